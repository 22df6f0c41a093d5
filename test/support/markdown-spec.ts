// Reads the specs: a heading names a test, the fenced Python blocks under it are the files of an in-memory project, and
// expectations stand in comments at the end of the line they concern. It must not know how a program is evaluated.
//
//   # hint: (None, 80, 80, 16) · 448 params      the hint of the line, exactly
//   # error: [label-range] "5 classes"           a finding: severity, rule, words that the message holds (optional)
//   # related: 3 "5 classes"                     a place that a finding of the line is linked to (`data.py:3` in another file)
//   # fix: Change 2 to 5                         the title of a fix of the line's finding: once it is applied the finding must be gone
//   # hover: images "uint8 in [0, 255]"          what the hover on the line's first word of that name holds
//   # revealed: (B, 128)                         behind `reveal_type(x)`: what x is
// A block's info string may name its file (```python title="utils.py"); without one, blocks are joined to main.py.
// A title that begins with `site-packages/` makes the file one of an installed library.
// Any other block with a title is a file too (```csv title="labels.csv").

export interface Expectation {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly kind: 'hint' | 'error' | 'warning' | 'information' | 'revealed' | 'related' | 'fix' | 'hover';
  readonly rule: string | undefined;
  /** The place of `related`, the word of `hover`. */
  readonly target?: string | undefined;
  readonly text: string | undefined;
}

export interface Spec {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly expectations: readonly Expectation[];
  /** Line of the heading in the Markdown file, from 1. */
  readonly line: number;
}

/** The tests of a Markdown text. Headings without a block under them only group. */
export function readSpecs(markdown: string): Spec[] {
  const specs: Spec[] = [];
  const headings: string[] = [];
  let files: Record<string, string> = {};
  let name = '', headingLine = 1;
  const finish = (): void => {
    if (Object.keys(files).length > 0) specs.push({ name, files, line: headingLine, expectations: Object.entries(files).flatMap(([file, text]) => expectationsOf(file, text)) });
    files = {};
  };
  const lines = markdown.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const heading = /^(#+)\s+(.*)$/.exec(line);
    if (heading !== null) {
      finish();
      headings.length = (heading[1]?.length ?? 1) - 1;
      headings[(heading[1]?.length ?? 1) - 1] = heading[2] ?? '';
      name = headings.filter((part) => part !== undefined).join(' › ');
      headingLine = at + 1;
      continue;
    }
    const fence = /^(`{3,})(\w+)(.*)$/.exec(line);
    if (fence === null) continue;
    const body: string[] = [];
    for (at += 1; at < lines.length && lines[at] !== fence[1]; at += 1) body.push(lines[at] ?? '');
    const title = /title="([^"]+)"/.exec(fence[3] ?? '')?.[1];
    const file = title ?? (fence[2] === 'python' ? 'main.py' : undefined);
    if (file === undefined) continue;
    files[file] = files[file] === undefined ? `${body.join('\n')}\n` : `${files[file]}${body.join('\n')}\n`;
  }
  finish();
  return specs;
}

function expectationsOf(file: string, text: string): Expectation[] {
  if (!file.endsWith('.py')) return [];
  const found: Expectation[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    for (const part of line.split(/\s#\s(?=(?:hint|error|warning|information|revealed|related|fix|hover):)/).slice(1)) {
      const match = /^(\w+):\s*(.*?)\s*$/.exec(part);
      if (match === null) continue;
      const kind = match[1] as Expectation['kind'], rest = match[2] ?? '', here = { file, line: at + 1, kind };
      if (kind === 'hint' || kind === 'revealed' || kind === 'fix') { found.push({ ...here, rule: undefined, text: rest }); continue; }
      if (kind === 'related' || kind === 'hover') {
        const place = /^(\S+)\s*(?:"(.*)")?$/.exec(rest);
        found.push({ ...here, rule: undefined, target: place?.[1], text: place?.[2] });
        continue;
      }
      const rule = /^\[([a-z-]+)\]\s*(?:"(.*)")?$/.exec(rest);
      found.push({ ...here, rule: rule?.[1], text: rule?.[2] });
    }
  }
  return found;
}
