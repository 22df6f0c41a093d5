// Makes a graph small enough to look at: layers whose names have a beginning in common stand in a box, boxes that are alike and follow one
// another are folded into one, and very many are shown in ranges. It changes boxes only, never what flows. It must not know frameworks.
import { formatOutput } from '../trace/counts.ts';
import type { Draft, DraftGraph } from './graph-draft.ts';

/** More boxes than these in one box are shown in ranges. */
const mostInOneBox = 100;
/** Repeats of longer patterns are not looked for. */
const longestPattern = 24;

export function foldRepeats(graph: DraftGraph): void {
  const signatures = new Map<string, number>();
  const known = new Map<Draft, number>();
  const signatureOf = (draft: Draft): number => {
    let number = known.get(draft);
    if (number !== undefined) return number;
    const text = signatureText(graph, draft, signatureOf);
    number = signatures.get(text);
    if (number === undefined) {
      number = signatures.size;
      signatures.set(text, number);
    }
    known.set(draft, number);
    return number;
  };
  const fold = (box: Draft): void => {
    groupByName(box);
    for (const child of box.children) if (child.children.length > 0) fold(child);
    foldChildren(box, signatureOf);
    splitIntoRanges(box);
  };
  fold(graph.root);
}

/** Boxes are alike that hold the same, weigh the same and give the same shape. Names do not matter. */
function signatureText(graph: DraftGraph, draft: Draft, signatureOf: (draft: Draft) => number): string {
  const count = draft.layer === undefined || draft.kind === 'operation' ? undefined : graph.countOf(draft.layer);
  const inside = draft.children.map((child) => signatureOf(child)).join(',');
  return `${draft.kind} ${draft.className} ${count?.total}/${count?.trainable} ${formatOutput(draft.output) ?? '?'} [${inside}] ${draft.count ?? 0}`;
}

function foldChildren(box: Draft, signatureOf: (draft: Draft) => number): void {
  const { children } = box;
  if (children.length < 2) return;
  const marks = children.map((child) => (child.kind === 'input' || child.kind === 'output' ? -1 - children.indexOf(child) : signatureOf(child)));
  const folded: Draft[] = [];
  let at = 0;
  while (at < children.length) {
    const { period, times } = repeatAt(marks, at);
    const units = children.slice(at, at + period * times);
    if (!isWorthFolding(units, period, times)) {
      const child = children[at];
      if (child !== undefined) folded.push(child);
      at += 1;
      continue;
    }
    at += period * times;
    // A box that holds nothing else is that repeat itself.
    if (period === 1 && units.length === children.length && box.parent !== undefined && box.kind === 'module') {
      box.count = times;
      return;
    }
    folded.push(repeatBox(box, units, period, times));
  }
  box.children = folded;
}

/** The repeat that covers the most from here on, of the shortest pattern that does. */
function repeatAt(marks: readonly number[], start: number): { period: number; times: number } {
  let best = { period: 1, times: 1 };
  for (let period = 1; period <= longestPattern && start + 2 * period <= marks.length; period += 1) {
    let length = period;
    while (start + length < marks.length && marks[start + length] === marks[start + length - period]) length += 1;
    const times = Math.floor(length / period);
    if (times > 1 && times * period > best.times * best.period) best = { period, times };
  }
  return best;
}

function isWorthFolding(units: readonly Draft[], period: number, times: number): boolean {
  if (times < 2 || units.every((unit) => unit.kind === 'operation')) return false;
  const hasBoxes = units.some((unit) => unit.children.length > 0);
  return hasBoxes || times >= 3 || (period >= 3 && times >= 2);
}

function repeatBox(box: Draft, units: readonly Draft[], period: number, times: number): Draft {
  const [first] = units;
  const repeat = boxAround(box, 'repeat', units.slice(0, period).map((unit) => unit.className || unit.name), first, times);
  if (period === 1) { adopt(repeat, units); return repeat; }
  for (let at = 0; at < times; at += 1) {
    const members = units.slice(at * period, (at + 1) * period);
    const unit = boxAround(repeat, 'range', members.map((member) => member.className || member.name), members[0], period);
    adopt(unit, members);
    repeat.children.push(unit);
  }
  return repeat;
}

const mostNames = 4;

function boxAround(parent: Draft, kind: 'repeat' | 'range' | 'function', names: readonly string[], first: Draft | undefined, count: number): Draft {
  const className = names.length > mostNames ? `${names.slice(0, mostNames - 1).join(', ')}, …` : names.join(', ');
  return { kind, name: kind === 'repeat' ? holderName(first?.name ?? className) : first?.name ?? className, className, layer: undefined, call: undefined, place: undefined, output: undefined, parent, children: [], time: first?.time ?? 0, count };
}

/** `blocks` of `blocks.0`. */
function holderName(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 && /^\d+$/.test(name.slice(dot + 1)) ? name.slice(0, dot) : name;
}

function adopt(box: Draft, members: readonly Draft[]): void {
  for (const member of members) {
    member.parent = box;
    box.children.push(member);
  }
}

function splitIntoRanges(box: Draft): void {
  if (box.children.length <= mostInOneBox) return;
  const isEnd = (draft: Draft): boolean => draft.kind === 'input' || draft.kind === 'output';
  const [members, ends] = [box.children.filter((child) => !isEnd(child)), box.children.filter(isEnd)];
  const size = Math.max(10, Math.ceil(Math.sqrt(members.length)));
  const ranges: Draft[] = [];
  for (let at = 0; at < members.length; at += size) {
    const part = members.slice(at, at + size);
    const range = boxAround(box, 'range', [...new Set(part.map((member) => member.className || member.name))], part[0], part.length);
    adopt(range, part);
    ranges.push(range);
  }
  box.children = [...ends.filter((one) => one.kind === 'input'), ...ranges, ...ends.filter((one) => one.kind === 'output')];
}

/** Fewer layers than these are not sorted into boxes by their names. */
const fewestNamed = 8, fewestInGroup = 3;

/** Large models written without blocks name their layers after them: `conv2_block1_1_conv`. */
function groupByName(box: Draft, level = 0): void {
  const inner = box.children.filter((child) => child.kind === 'layer' || child.kind === 'operation');
  if (inner.length < fewestNamed && level === 0) return;
  if (box.children.some((child) => child.children.length > 0) || inner.some((child) => child.layer?.framework !== 'keras')) return;
  const grouped: Draft[] = [];
  const runs: { key: string | undefined; members: Draft[] }[] = [];
  for (const child of box.children) {
    const key = child.kind === 'layer' || child.kind === 'operation' ? blockNames(child)[level] : undefined;
    const last = runs.at(-1);
    if (last !== undefined && last.key === key) last.members.push(child);
    else runs.push({ key, members: [child] });
  }
  const groups = runs.filter((run) => run.key !== undefined && run.members.length >= fewestInGroup);
  if (groups.length < 2) return;
  for (const { key, members } of runs) {
    if (key === undefined || members.length < fewestInGroup) { grouped.push(...members); continue; }
    // What tells blocks of one kind apart is the number at the end.
    const group = boxAround(box, 'function', [key.replace(/_?\d+[a-z]?$/, '') || key], members[0], 0);
    group.name = key;
    group.count = 0;
    adopt(group, members);
    groupByName(group, level + 1);
    grouped.push(group);
  }
  box.children = grouped;
}

/** `conv2` and `conv2_block1` of `conv2_block1_1_conv`, `block_3` of `block_3_expand`; none of names that Keras gave itself. */
function blockNames(draft: Draft): string[] {
  const parts = draft.name.split('_');
  if (draft.name === draft.className || isAutomatic(draft.name, draft.className)) return [];
  const names: string[] = [];
  let at = 0;
  while (at < parts.length - 1) {
    let part = parts[at] ?? '';
    at += 1;
    // `block_3` is one word.
    if (!/\d/.test(part) && /^\d+$/.test(parts[at] ?? '') && at < parts.length - 1) {
      part = `${part}_${parts[at]}`;
      at += 1;
    }
    if (!/[a-z].*\d/i.test(part)) break;
    names.push(names.length === 0 ? part : `${names.at(-1)}_${part}`);
  }
  return names;
}

function isAutomatic(name: string, className: string): boolean {
  const snake = className.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  const start = name.toLowerCase();
  return start === snake || start.startsWith(snake.replaceAll('_', '')) || (start.startsWith(`${snake}_`) && /^\d+$/.test(start.slice(snake.length + 1)));
}
