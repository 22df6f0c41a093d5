// Two versions of a model, or two models, row against row: what came, what went, what is different, and by how much. Plain data;
// it knows neither where the versions come from nor how they are shown.
import type { Amount } from './cost.ts';
import { amountFor } from './cost.ts';
import type { ModelTable, TableRow } from './summary-table.ts';

export type Change = 'same' | 'added' | 'removed' | 'changed';

export interface ComparedRow {
  readonly change: Change;
  readonly level: number;
  readonly before: TableRow | undefined;
  readonly after: TableRow | undefined;
}

export interface Comparison {
  readonly rows: readonly ComparedRow[];
  readonly counts: Readonly<Record<Exclude<Change, 'same'>, number>>;
  readonly difference: Difference;
}

/** What the second has more than the first. */
export interface Difference {
  readonly params: number;
  readonly trainable: number;
  readonly weightBytes: number;
  /** For one sample; undefined where one of the two is not known. */
  readonly multiplyAdds: number | undefined;
  readonly activation: number | undefined;
  /** Whether all parameters of both are known. */
  readonly complete: boolean;
}

export function compareTables(before: ModelTable, after: ModelTable): Comparison {
  const rows: ComparedRow[] = [];
  compareMembers(treeOf(before.rows), treeOf(after.rows), 1, rows);
  const count = (change: Change): number => rows.filter((row) => row.change === change && (row.after ?? row.before)?.kind === 'layer').length;
  return { rows, counts: { added: count('added'), removed: count('removed'), changed: count('changed') }, difference: differenceOf(before, after) };
}

export function differenceOf(before: ModelTable, after: ModelTable): Difference {
  const bytes = (table: ModelTable): number => table.weights.reduce((sum, weight) => sum + weight.bytes, 0);
  const minus = (left: Amount, right: Amount): number | undefined => (left.complete && right.complete ? amountFor(left, 1) - amountFor(right, 1) : undefined);
  return {
    params: after.params.total - before.params.total, trainable: after.params.trainable - before.params.trainable, weightBytes: bytes(after) - bytes(before),
    multiplyAdds: minus(after.multiplyAdds, before.multiplyAdds), activation: minus(after.activation, before.activation),
    complete: before.params.complete && after.params.complete,
  };
}

/** The version of each model in another version of its file: by name, else at the same position of the same class. */
export function counterpartOf<Named extends { readonly name: string; readonly class: string }>(model: { readonly name: string; readonly class: string }, at: number, others: readonly Named[]): Named | undefined {
  const named = others.filter((other) => other.name === model.name);
  if (named.length > 0) return named.find((other) => other.class === model.class) ?? named[0];
  const placed = others[at];
  return placed?.class === model.class ? placed : others.length === 1 ? others[0] : undefined;
}

interface Branch { readonly row: TableRow; readonly members: readonly Branch[] }

/** The rows as a tree again. Groups are taken apart: a fold that grew by one is one row more, not another fold. */
function treeOf(rows: readonly TableRow[]): Branch[] {
  const top: Branch[] = [];
  const open: { readonly level: number; readonly members: Branch[] }[] = [{ level: 0, members: top }];
  for (const row of rows) {
    while ((open.at(-1)?.level ?? 0) >= row.level) open.pop();
    const around = open.at(-1) ?? { level: 0, members: top };
    if (row.kind === 'group') { open.push({ level: row.level, members: around.members }); continue; }
    const members: Branch[] = [];
    around.members.push({ row, members });
    open.push({ level: row.level, members });
  }
  return top;
}

function compareMembers(before: readonly Branch[], after: readonly Branch[], level: number, rows: ComparedRow[]): void {
  for (const [left, right] of align(before, after)) {
    const at = rows.length;
    if (left === undefined || right === undefined) { addWhole(left ?? right, left === undefined ? 'added' : 'removed', level, rows); continue; }
    rows.push({ change: 'same', level, before: left.row, after: right.row });
    compareMembers(left.members, right.members, level + 1, rows);
    const isChanged = differs(left.row, right.row) || rows.slice(at + 1).some((row) => row.change !== 'same');
    if (isChanged) rows[at] = { change: 'changed', level, before: left.row, after: right.row };
  }
}

function addWhole(branch: Branch | undefined, change: 'added' | 'removed', level: number, rows: ComparedRow[]): void {
  if (branch === undefined) return;
  rows.push({ change, level, before: change === 'removed' ? branch.row : undefined, after: change === 'added' ? branch.row : undefined });
  for (const member of branch.members) addWhole(member, change, level + 1, rows);
}

function differs(left: TableRow, right: TableRow): boolean {
  return left.class !== right.class || left.output !== right.output || left.params.total !== right.params.total || left.params.trainable !== right.params.trainable
    || left.params.buffers !== right.params.buffers || left.reason !== right.reason;
}

/** More pairs than these are matched by their names alone. */
const mostPairs = 1_000_000;

/** Pairs in order: what stands alone on one side came or went. The ends that are equal are taken first; most edits are small. */
function align(before: readonly Branch[], after: readonly Branch[]): (readonly [Branch | undefined, Branch | undefined])[] {
  let start = 0, end = 0;
  const shorter = Math.min(before.length, after.length);
  const isSame = (left: Branch | undefined, right: Branch | undefined): boolean => left !== undefined && right !== undefined && likeness(left.row, right.row) === mostAlike;
  while (start < shorter && isSame(before[start], after[start])) start += 1;
  while (end < shorter - start && isSame(before[before.length - 1 - end], after[after.length - 1 - end])) end += 1;
  const left = before.slice(start, before.length - end), right = after.slice(start, after.length - end);
  return [
    ...before.slice(0, start).map((branch, at) => [branch, after[at]] as const),
    ...(left.length * right.length > mostPairs ? alignByName(left, right) : alignBest(left, right)),
    ...before.slice(before.length - end).map((branch, at) => [branch, after[after.length - end + at]] as const),
  ];
}

const mostAlike = 6;

/** How well two rows match; 0: not at all. Names that a framework counts up (`dense_1`, `3`) move on when a layer comes before them. */
function likeness(left: TableRow, right: TableRow): number {
  if (left.kind !== right.kind) return 0;
  const isNamed = left.name === right.name, isChosen = isNamed && !isCountedUp(left);
  if (left.class !== right.class) return isChosen ? 1 : 0;
  const hasSameOutput = left.output === right.output, hasSameSize = left.params.total === right.params.total;
  if (hasSameOutput && hasSameSize) return isNamed ? mostAlike : 5;
  if (isChosen) return 4.5;
  if (hasSameOutput || (hasSameSize && left.params.total > 0)) return isNamed ? 4 : 3.5;
  return isNamed ? 2.5 : 2;
}

/** Whether the framework made up the name: a position in a container, or the class with a number. */
function isCountedUp({ name, class: className }: TableRow): boolean {
  const digits = /\d+$/.exec(name)?.[0] ?? '';
  const rest = name.slice(0, name.length - digits.length).replaceAll('_', '').toLowerCase();
  return rest === '' || className.toLowerCase().startsWith(rest);
}

/** The pairing in order with the greatest likeness in all. */
function alignBest(left: readonly Branch[], right: readonly Branch[]): (readonly [Branch | undefined, Branch | undefined])[] {
  const width = right.length + 1;
  const best = new Float64Array((left.length + 1) * width);
  const at = (row: number, column: number): number => best[row * width + column] ?? 0;
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      const [one, other] = [left[row], right[column]];
      const paired = one === undefined || other === undefined ? 0 : likeness(one.row, other.row);
      best[row * width + column] = Math.max(at(row + 1, column), at(row, column + 1), paired === 0 ? 0 : at(row + 1, column + 1) + paired);
    }
  }
  const pairs: (readonly [Branch | undefined, Branch | undefined])[] = [];
  let row = 0, column = 0;
  while (row < left.length || column < right.length) {
    const [one, other] = [left[row], right[column]];
    const paired = one === undefined || other === undefined ? 0 : likeness(one.row, other.row);
    if (paired > 0 && at(row, column) === at(row + 1, column + 1) + paired) { pairs.push([one, other]); row += 1; column += 1; }
    else if (one !== undefined && (other === undefined || at(row, column) === at(row + 1, column))) { pairs.push([one, undefined]); row += 1; }
    else { pairs.push([undefined, other]); column += 1; }
  }
  return pairs;
}

function alignByName(left: readonly Branch[], right: readonly Branch[]): (readonly [Branch | undefined, Branch | undefined])[] {
  const rest = new Map(right.map((branch) => [branch.row.key, branch]));
  const pairs = left.map((branch): readonly [Branch, Branch | undefined] => {
    const other = rest.get(branch.row.key);
    rest.delete(branch.row.key);
    return [branch, other];
  });
  return [...pairs, ...[...rest.values()].map((branch) => [undefined, branch] as const)];
}
