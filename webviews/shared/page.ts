// What every panel's page needs of the editor and of the document: its messages, its state, elements without markup in strings.
// Knows nothing of what a page shows.

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare const acquireVsCodeApi: () => EditorApi;

/** The editor's side of this page. It may be asked for once in a page's life. */
export const editor: EditorApi = acquireVsCodeApi();

export type Child = Node | string | undefined;

/** An element with its attributes and children. Text stays text: nothing given here is read as markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name, attributes: Readonly<Record<string, string | undefined>> = {}, ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(attribute, value);
  made.append(...children.filter((child): child is Node | string => child !== undefined));
  return made;
}

/** A number with its digits in groups, as the frameworks' own summaries print it. */
export function groupDigits(count: number): string {
  return count.toLocaleString('en-US');
}
