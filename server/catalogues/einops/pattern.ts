// einops' patterns: what `b (h w) c -> b c h w` says, and the sizes that follow from it. Source: einops 0.8, parsing.py and einops.py, described.
// Pure functions; it must not know values or frameworks.
import { type Dim, dimEquals, divides, floorDivideDims, formatDim, isKnown, multiplyDims, unknownDim } from '../../tensors/dim.ts';
import { message, type Message } from '../../values/place.ts';

/** A name, a number, or the ellipsis. */
export type Axis = string;
export const ellipsis = '…';

/** One side: each entry is one axis of the tensor, made of the axes in it; an empty one is a 1. */
export interface Side {
  readonly groups: readonly (readonly Axis[])[];
  readonly names: ReadonlySet<Axis>;
  readonly hasEllipsis: boolean;
  readonly ellipsisInside: boolean;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Message };
const failed = (problem: Message): { readonly ok: false; readonly problem: Message } => ({ ok: false, problem });

export function isNumber(axis: Axis): boolean {
  return axis.length > 0 && [...axis].every((letter) => letter >= '0' && letter <= '9');
}
function isName(axis: Axis): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(axis) && !axis.startsWith('_') && !axis.endsWith('_');
}

/** Reads one side of a pattern. `loose`: `_` and names that stand twice are allowed (parse_shape). */
export function parseSide(text: string, loose = false): Parsed<Side> {
  const dots = text.split('...');
  if (dots.length > 2 || dots.some((part) => part.includes('.'))) return failed(message('dots stand for nothing but one ellipsis (...)'));
  const groups: Axis[][] = [];
  const names = new Set<Axis>();
  let bracket: Axis[] | undefined;
  let ellipsisInside = false;
  let anonymous = 0;
  for (const token of dots.join(ellipsis).split(/([()\s])/).filter((part) => part.trim() !== '')) {
    if (token === '(') { if (bracket !== undefined) return failed(message('brackets cannot stand inside brackets')); bracket = []; continue; }
    if (token === ')') { if (bracket === undefined) return failed(message('brackets are not balanced')); groups.push(bracket); bracket = undefined; continue; }
    if (token === '1') { if (bracket === undefined) groups.push([]); continue; }
    let axis = token;
    if (isNumber(token)) { anonymous += 1; axis = `${token}#${anonymous}`; }
    else if (token !== ellipsis && !isName(token) && !(loose && token === '_')) return failed(message('"{token}" is no name of an axis', { token }));
    if (names.has(axis) && !(loose && axis === '_')) return failed(message('axis "{token}" stands twice', { token }));
    names.add(axis);
    if (axis === ellipsis) ellipsisInside = bracket !== undefined;
    if (bracket === undefined) groups.push([axis]);
    else bracket.push(axis);
  }
  return bracket === undefined ? { ok: true, value: { groups, names, hasEllipsis: names.has(ellipsis), ellipsisInside } } : failed(message('brackets are not balanced'));
}

/** The number that an axis is written as. */
function writtenSize(axis: Axis): number | undefined {
  const at = axis.indexOf('#');
  return at < 0 ? undefined : Number(axis.slice(0, at));
}

export type Operation = 'rearrange' | 'repeat' | 'reduce';
export interface Pattern { readonly left: Side; readonly right: Side }

export function parsePattern(text: string, operation: Operation): Parsed<Pattern> {
  const sides = text.split('->');
  if (sides.length !== 2) return failed(message('a pattern has two sides with -> between them'));
  const left = parseSide(sides[0] ?? ''), right = parseSide(sides[1] ?? '');
  if (!left.ok) return left;
  if (!right.ok) return right;
  if (!left.value.hasEllipsis && right.value.hasEllipsis) return failed(message('the ellipsis stands on the right side only'));
  if (left.value.hasEllipsis && left.value.ellipsisInside) return failed(message('the ellipsis of the left side cannot stand in brackets'));
  const numbered = (side: Side): boolean => [...side.names].some((axis) => writtenSize(axis) !== undefined);
  const lost = [...left.value.names].filter((axis) => !right.value.names.has(axis)), added = [...right.value.names].filter((axis) => !left.value.names.has(axis));
  if (operation === 'rearrange') {
    if (numbered(left.value) || numbered(right.value)) return failed(message('numbers other than 1 are not allowed in rearrange'));
    if (lost.length + added.length > 0) return failed(message('these stand on one side only: {axes}', { axes: [...lost, ...added].join(', ') }));
  } else if (operation === 'repeat') {
    if (lost.length > 0) return failed(message('repeat loses the axes {axes}', { axes: lost.map(shown).join(', ') }));
  } else {
    const fresh = added.filter((axis) => writtenSize(axis) === undefined);
    if (fresh.length > 0) return failed(message('reduce has no such axes on the left: {axes}', { axes: fresh.join(', ') }));
    if (added.length > 0) return failed(message('reduce has numbers on the right that are not on the left'));
  }
  return { ok: true, value: { left: left.value, right: right.value } };
}

function shown(axis: Axis): string { return axis.split('#')[0] ?? axis; }

export type Sizes =
  | { readonly ok: true; readonly sizes: ReadonlyMap<Axis, Dim>; readonly ellipsis: readonly Dim[] | undefined; readonly equations: readonly (readonly [Dim, Dim])[] }
  | { readonly ok: false; readonly rule: 'shape-mismatch' | 'reshape-size' | 'invalid-argument'; readonly problem: Message };

/** The size of each axis of the left side, from a tensor's sizes and the lengths that are given. */
export function sizesOf(side: Side, dims: readonly Dim[] | undefined, given: ReadonlyMap<Axis, Dim>): Sizes {
  const sizes = new Map<Axis, Dim>(given);
  for (const axis of side.names) { const size = writtenSize(axis); if (size !== undefined) sizes.set(axis, size); }
  const equations: (readonly [Dim, Dim])[] = [];
  for (const group of side.groups) {
    const open = group.filter((axis) => axis !== ellipsis && !sizes.has(axis));
    if (open.length > 1) return { ok: false, rule: 'invalid-argument', problem: message('the sizes of {axes} cannot be told: give all but one', { axes: open.join(', ') }) };
  }
  if (dims === undefined) {
    for (const axis of side.names) if (!sizes.has(axis)) sizes.set(axis, unknownDim());
    return { ok: true, sizes, ellipsis: side.hasEllipsis ? undefined : [], equations };
  }
  const others = side.groups.length - (side.hasEllipsis ? 1 : 0);
  if (side.hasEllipsis ? dims.length < others : dims.length !== others) {
    return { ok: false, rule: 'shape-mismatch', problem: side.hasEllipsis ? message('expected at least {expected} axes, got {actual}', { expected: others, actual: dims.length }) : message('expected {expected} axes, got {actual}', { expected: others, actual: dims.length }) };
  }
  const spread = dims.length - others;
  let rest: readonly Dim[] = [];
  let at = 0;
  for (const group of side.groups) {
    if (group[0] === ellipsis && group.length === 1) { rest = dims.slice(at, at + spread); at += spread; continue; }
    const length = dims[at] ?? unknownDim();
    at += 1;
    const [open] = group.filter((axis) => !sizes.has(axis));
    const known = multiplyDims(...group.flatMap((axis) => (axis === open ? [] : [sizes.get(axis) ?? 1])));
    if (open === undefined) {
      if (dimEquals(length, known) === false) {
        return { ok: false, rule: 'reshape-size', problem: message('axis {axis} has {size}, but ({group}) makes {known}', { axis: at - 1, size: formatDim(length), group: group.map(shown).join(' '), known: formatDim(known) }) };
      }
      equations.push([length, known]);
    } else if (group.length === 1) sizes.set(open, length);
    else {
      if (isKnown(known) && known !== 0 && divides(known, length) === false) {
        return { ok: false, rule: 'reshape-size', problem: message('axis {axis} of {size} cannot be split into ({group}): {known} does not divide it', { axis: at - 1, size: formatDim(length), group: group.map(shown).join(' '), known: formatDim(known) }) };
      }
      sizes.set(open, known === 0 ? unknownDim() : floorDivideDims(length, known));
    }
  }
  return { ok: true, sizes, ellipsis: rest, equations };
}

/** The sizes of the right side; undefined where not even the rank is known. */
export function resultSizes(side: Side, sizes: ReadonlyMap<Axis, Dim>, rest: readonly Dim[] | undefined): readonly Dim[] | undefined {
  if (side.hasEllipsis && rest === undefined && !side.ellipsisInside) return undefined;
  return side.groups.flatMap((group): readonly Dim[] => {
    if (group.length === 1 && group[0] === ellipsis && !side.ellipsisInside) return rest ?? [];
    return [multiplyDims(...group.flatMap((axis): readonly Dim[] => (axis === ellipsis ? rest ?? [unknownDim()] : [sizes.get(axis) ?? writtenSize(axis) ?? unknownDim()])))];
  });
}

/** Names of the right side that have no size. */
export function unsized(side: Side, sizes: ReadonlyMap<Axis, Dim>): readonly Axis[] {
  return [...side.names].filter((axis) => axis !== ellipsis && !sizes.has(axis) && writtenSize(axis) === undefined);
}

/** The groups of several operands that stand between commas, and the output, for `einsum`. */
export function parseEinsum(text: string): Parsed<{ readonly inputs: readonly Side[]; readonly output: Side }> {
  const sides = text.split('->');
  if (sides.length !== 2) return failed(message('an einsum pattern has two sides with -> between them'));
  const parsed = [...(sides[0] ?? '').split(','), sides[1] ?? ''].map((part) => parseSide(part));
  const wrong = parsed.find((side) => !side.ok);
  if (wrong !== undefined && !wrong.ok) return wrong;
  const read = parsed.flatMap((side) => (side.ok ? [side.value] : []));
  const output = read.at(-1);
  if (output === undefined) return failed(message('the pattern is empty'));
  if (read.some((side) => side.groups.some((group) => group.length !== 1))) return failed(message('einsum has no brackets and no 1'));
  const inputs = read.slice(0, -1);
  const strange = [...output.names].find((axis) => !inputs.some((side) => side.names.has(axis)));
  return strange === undefined ? { ok: true, value: { inputs, output } } : failed(message('axis "{axis}" of the output is in no input', { axis: shown(strange) }));
}
