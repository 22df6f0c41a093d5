// How large a box is and what is written in it. It measures text with the page's own fonts; colours stand in the style sheet.
import type { GraphNodeData, GraphWord } from '../shared/contract-graph.ts';
import { groupDigits } from '../shared/page.ts';

export type Words = Readonly<Record<GraphWord, string>>;

export interface BoxText {
  readonly title: string;
  /** Behind the title, whatever is cut of it: ` × 12`. */
  readonly times: string;
  readonly subtitle: string;
  /** Right of the subtitle: the parameters. */
  readonly count: string;
}

export type Family = 'convolution' | 'dense' | 'normalization' | 'activation' | 'pooling' | 'sequence' | 'shape' | 'other';

const families: readonly (readonly [Family, readonly string[]])[] = [
  ['normalization', ['Norm']],
  ['sequence', ['Attention', 'LSTM', 'GRU', 'RNN', 'Transformer', 'Bidirectional', 'TimeDistributed']],
  ['convolution', ['Conv']],
  ['pooling', ['Pool', 'Upsample', 'UpSampling', 'Resizing', 'PixelShuffle']],
  ['activation', ['LU', 'Softmax', 'Sigmoid', 'Tanh', 'Activation', 'Swish', 'Mish', 'Hardswish', 'Hardsigmoid', 'Softplus', 'Dropout']],
  ['dense', ['Dense', 'Linear', 'Embedding', 'Bilinear']],
  ['shape', ['Flatten', 'Reshape', 'Permute', 'Padding', 'Pad', 'Cropping', 'Unflatten', 'Identity', 'RepeatVector']],
];

/** Layers of a kind have a colour in common; what a layer is stands in words beside it. */
export function familyOf(node: GraphNodeData): Family {
  return families.find(([, words]) => words.some((word) => node.class.includes(word)))?.[0] ?? 'other';
}

const signs: Readonly<Record<string, string>> = { add: '+', Add: '+', sub: '−', Subtract: '−', mul: '×', Multiply: '×', div: '÷', TrueDivide: '÷', matmul: '@', Matmul: '@', getitem: '[ ]' };

export function textOf(node: GraphNodeData, words: Words): BoxText {
  switch (node.kind) {
    case 'input': case 'output': return { title: node.name, times: '', subtitle: '', count: '' };
    case 'operation': return { title: signs[node.class] ?? node.class, times: '', subtitle: '', count: '' };
    case 'repeat': return { title: node.class, times: ` × ${node.count}`, subtitle: node.name === node.class ? '' : node.name, count: parametersOf(node) };
    case 'range': return { title: node.class, times: '', subtitle: words.holds.replace('{0}', String(node.count)), count: parametersOf(node) };
    case 'function': return { title: node.name, times: '', subtitle: '', count: parametersOf(node) };
    default: return { title: node.class, times: node.count > 1 ? ` × ${node.count}` : '', subtitle: node.name === node.class ? '' : node.name, count: parametersOf(node) };
  }
}

export function parametersOf(node: GraphNodeData): string {
  if (node.params === 0) return node.complete ? '' : '?';
  return `${node.complete ? '' : '≥ '}${groupDigits(node.params)}`;
}

/** All of its parameters are kept as they are. */
export function isFrozen(node: GraphNodeData): boolean {
  return node.params > 0 && node.trainable === 0 && node.kind !== 'operation';
}

export interface Fonts { readonly title: string; readonly small: string; readonly code: string }

const measuring = document.createElement('canvas').getContext('2d');
const widths = new Map<string, number>();

export function fontsOf(page: HTMLElement): Fonts {
  const style = getComputedStyle(page);
  const code = style.getPropertyValue('--vscode-editor-font-family') || 'monospace';
  return { title: `600 13px ${style.fontFamily}`, small: `11px ${style.fontFamily}`, code: `11px ${code}` };
}

export function widthOf(text: string, font: string): number {
  const key = `${font} ${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    if (measuring !== null) measuring.font = font;
    width = Math.ceil(measuring?.measureText(text).width ?? 7 * text.length);
    widths.set(key, width);
  }
  return width;
}

/** The text, cut where it is wider. */
export function fitText(text: string, font: string, width: number): string {
  // Longer ones do not fit anyway, and measuring them takes time.
  const start = text.slice(0, 200);
  if (start.length === text.length && widthOf(text, font) <= width) return text;
  let low = 0, high = start.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (widthOf(`${start.slice(0, middle)}…`, font) <= width) low = middle;
    else high = middle - 1;
  }
  return `${start.slice(0, low)}…`;
}

const widest = 250, widestLine = 290, narrowest = 104, sides = 26;
export const boxHeight = 44, lineHeight = 30;
/** Between a title and a subtitle beside it. */
export const betweenTexts = 8;

/** The size of a closed box; `marks` is the room for the signs right of its title. */
export function sizeOf(node: GraphNodeData, words: Words, fonts: Fonts): readonly [width: number, height: number] {
  const { title, times, subtitle, count } = textOf(node, words), full = `${title}${times}`;
  if (node.kind === 'operation') return [Math.max(28, Math.min(widest, widthOf(title, fonts.small) + 22)), 26];
  if (node.kind === 'input' || node.kind === 'output') return [Math.max(64, Math.min(widest, widthOf(title, fonts.title) + 30)), 28];
  const marks = marksOf(node).length * 18 + (isHolder(node) ? 20 : 0);
  // What has no parameters is one line: what is learned stands out.
  if (count === '') return [Math.max(narrowest, Math.min(widestLine, widthOf(full, fonts.title) + (subtitle === '' ? 0 : betweenTexts + widthOf(subtitle, fonts.small)) + marks + sides)), lineHeight];
  const second = widthOf(subtitle, fonts.small) + widthOf(count, fonts.small) + 14;
  return [Math.max(narrowest, Math.min(widest, Math.max(widthOf(full, fonts.title) + marks, second) + sides)), boxHeight];
}

/** Whether it is a kind of box that holds others. */
export function isHolder(node: GraphNodeData): boolean {
  return node.kind === 'module' || node.kind === 'function' || node.kind === 'repeat' || node.kind === 'range';
}

export type Mark = 'frozen' | 'shared' | 'failure';

export function marksOf(node: GraphNodeData): Mark[] {
  if (node.kind === 'input' || node.kind === 'output' || node.kind === 'operation') return [];
  return [...(isFrozen(node) ? ['frozen' as const] : []), ...(node.uses > 1 && node.params > 0 ? ['shared' as const] : []), ...(node.error === '' ? [] : ['failure' as const])];
}
