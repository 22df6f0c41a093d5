// einops' functions on arrays of any library: rearrange, reduce, repeat, einsum, pack, unpack, parse_shape. It must not know its layers.
import { addDims, type Dim, dimEquals, floorDivideDims, formatDim, multiplyDims, subtractDims, unknownDim } from '../../tensors/dim.ts';
import { isFloating } from '../../tensors/dtype.ts';
import { averageRange, type ValueRange } from '../../tensors/range.ts';
import { broadcastDims, formatShape, stackShapes, unknownShape } from '../../tensors/shape.ts';
import { nativeFunction } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message, type Message } from '../../values/place.ts';
import { recordOperation } from '../../values/provenance.ts';
import type { Layer } from '../../trace/trace.ts';
import type { KeywordArgument } from '../../values/arguments.ts';
import type { NativeCall, TensorValue, Value } from '../../values/value.ts';
import { int, list, str, tuple, unknown } from '../../values/value.ts';
import { dimFromValue, makeArray } from '../arrays/contents.ts';
import { sizesFromValue } from '../arrays/conversion.ts';
import { isSymbolicArray } from '../arrays/library.ts';
import { demandEqual } from '../torch/equations.ts';
import { tensorClass } from '../torch/library.ts';
import { type Axis, ellipsis, type Operation, parseEinsum, parsePattern, parseSide, resultSizes, sizesOf, unsized } from './pattern.ts';

/** Where an operation stands and how it is called in messages. */
export interface EinopsCall {
  readonly interpreter: Interpreter;
  readonly place: Place;
  readonly name: string;
  readonly layer?: Layer | undefined;
}

export function refuseEinops(call: EinopsCall, rule: string, pattern: string, problem: Message, input?: TensorValue): Value {
  return call.interpreter.refuse({
    rule, exception: 'RuntimeError', place: call.place, layer: call.layer,
    message: input === undefined ? message('{function} "{pattern}": {problem}', { function: call.name, pattern, problem })
      : message('{function} "{pattern}": {problem}; the input is {shape}', { function: call.name, pattern, problem, shape: formatShape(input.shape) }),
  }, input === undefined ? unknown() : like(input, undefined, undefined));
}

/** A plain tensor of the input's library. */
function like(input: TensorValue, dims: readonly Dim[] | undefined, range: ValueRange | undefined, dtype = input.dtype): TensorValue {
  return makeArray({ cls: input.cls.mro.includes(tensorClass) ? tensorClass : input.cls, shape: dims === undefined ? unknownShape : { dims }, dtype, range, origin: input.origin });
}

function recorded(call: EinopsCall, name: string, inputs: readonly TensorValue[], result: Value): Value {
  return recordOperation(call.interpreter, name, inputs, result, call.place);
}

/** A tensor, or tensors of a list stacked in front; undefined for what is not known. */
export function inputTensor(value: Value): TensorValue | undefined {
  if (value.kind === 'tensor') return isSymbolicArray(value) ? undefined : value;
  if (value.kind !== 'tuple' && (value.kind !== 'list' || value.open)) return undefined;
  const tensors = value.items.flatMap((item) => (item.kind === 'tensor' ? [item] : []));
  const [first] = tensors;
  if (first === undefined || tensors.length !== value.items.length || isSymbolicArray(first)) return undefined;
  const shape = stackShapes(tensors.map((tensor) => tensor.shape), 0);
  return like(first, shape.ok ? shape.shape.dims : undefined, first.range);
}

/** `h=4, w=w`. */
export function lengthsOf(keywords: readonly KeywordArgument[]): Map<Axis, Dim> {
  return new Map(keywords.map((one) => [one.name, dimFromValue(one.value) ?? unknownDim()]));
}

/** rearrange, repeat and reduce. */
export function transform(call: EinopsCall, operation: Operation, value: Value, pattern: Value, lengths: ReadonlyMap<Axis, Dim>, isOpen: boolean, reduction?: Value): Value {
  const input = inputTensor(value);
  if (pattern.kind !== 'str') return unknown();
  const parsed = parsePattern(pattern.value, operation);
  if (!parsed.ok) return refuseEinops(call, 'invalid-argument', pattern.value, parsed.problem);
  const { left, right } = parsed.value;
  const strange = [...lengths.keys()].find((axis) => !left.names.has(axis) && !right.names.has(axis));
  if (strange !== undefined) return refuseEinops(call, 'invalid-argument', pattern.value, message('axis "{axis}" is not in the pattern', { axis: strange }));
  if (input === undefined) return unknown();
  if (isOpen) return like(input, undefined, undefined);
  const found = sizesOf(left, input.shape.dims, lengths);
  if (!found.ok) return refuseEinops(call, found.rule, pattern.value, found.problem, input);
  const missing = unsized(right, found.sizes);
  if (missing.length > 0) return refuseEinops(call, 'invalid-argument', pattern.value, message('the size of {axes} is not given', { axes: missing.join(', ') }));
  for (const [one, other] of found.equations) demandEqual(call.interpreter, one, other, call.layer);
  const dims = resultSizes(right, found.sizes, found.ellipsis);
  if (operation !== 'reduce') return recorded(call, operation, [input], like(input, dims, input.range));
  return reduced(call, input, dims, pattern.value, reduction ?? unknown());
}

const reductions: ReadonlySet<string> = new Set(['min', 'max', 'sum', 'mean', 'prod', 'any', 'all']);

function reduced(call: EinopsCall, input: TensorValue, dims: readonly Dim[] | undefined, pattern: string, reduction: Value): Value {
  if (reduction.kind !== 'str') return recorded(call, 'reduce', [input], like(input, dims, undefined, undefined));
  const kind = reduction.value;
  if (!reductions.has(kind)) return refuseEinops(call, 'invalid-argument', pattern, message('there is no reduction "{kind}", only {known}', { kind, known: [...reductions].join(', ') }));
  if (kind === 'mean' && input.dtype !== undefined && !isFloating(input.dtype)) return refuseEinops(call, 'invalid-argument', pattern, message('a mean of {dtype} is not defined', { dtype: input.dtype }), input);
  const range = input.range === undefined || kind === 'sum' || kind === 'prod' ? undefined : kind === 'mean' ? averageRange(input.range) : { ...input.range, attained: false };
  const dtype = kind === 'any' || kind === 'all' ? 'bool' : kind === 'sum' && input.dtype !== undefined && !isFloating(input.dtype) ? 'int64' : input.dtype;
  return recorded(call, kind, [input], like(input, dims, range, dtype));
}

const here = (call: NativeCall, name: string): EinopsCall => ({ interpreter: call.interpreter, place: call.place, name });
const transforming = (operation: Operation): Value => nativeFunction(operation, operation === 'reduce' ? 'tensor, pattern, reduction, **axes_lengths' : 'tensor, pattern, **axes_lengths', (call) =>
  transform(here(call, operation), operation, call.args.get('tensor'), call.args.get('pattern'), lengthsOf(call.args.restKeywords), call.args.openKeywords, call.args.get('reduction')));

// ---- einsum.

/** Sizes by name over all operands; 1 gives way. */
export function einsumSizes(call: EinopsCall, pattern: string, tensors: readonly TensorValue[]): Value | { readonly dims: readonly Dim[] | undefined } {
  const parsed = parseEinsum(pattern);
  if (!parsed.ok) return refuseEinops(call, 'invalid-argument', pattern, parsed.problem);
  const { inputs, output } = parsed.value;
  if (inputs.length !== tensors.length) return refuseEinops(call, 'invalid-argument', pattern, message('the pattern is for {expected} tensors, {actual} are given', { expected: inputs.length, actual: tensors.length }));
  const sizes = new Map<Axis, Dim>();
  let rest: readonly Dim[] | undefined = [];
  for (const [at, side] of inputs.entries()) {
    const tensor = tensors[at];
    const own = sizesOf(side, tensor?.shape.dims, new Map());
    if (!own.ok) return refuseEinops(call, own.rule, pattern, own.problem, tensor);
    for (const [axis, size] of own.sizes) {
      if (axis === ellipsis) continue;
      const before = sizes.get(axis);
      const merged = before === undefined ? size : broadcastDims(before, size);
      if (merged === undefined) return refuseEinops(call, 'shape-mismatch', pattern, message('axis "{axis}" has {left} and {right}', { axis, left: formatDim(before ?? size), right: formatDim(size) }));
      sizes.set(axis, merged);
    }
    if (side.hasEllipsis) rest = own.ellipsis === undefined || rest === undefined ? undefined : own.ellipsis.length >= rest.length ? own.ellipsis : rest;
  }
  return { dims: resultSizes(output, sizes, rest) };
}

const einsum = nativeFunction('einsum', '*tensors_and_pattern', (call) => {
  const values = call.args.rest.map((one) => one.value);
  const pattern = values.at(-1);
  const tensors = values.slice(0, -1).flatMap((value) => { const tensor = inputTensor(value); return tensor === undefined ? [] : [tensor]; });
  const [first] = tensors;
  if (pattern?.kind !== 'str' || first === undefined || tensors.length !== values.length - 1 || call.args.openPositional) return unknown();
  const name = here(call, 'einsum');
  const found = einsumSizes(name, pattern.value, tensors);
  return 'kind' in found ? found : recorded(name, 'einsum', tensors, like(first, found.dims, undefined, tensors.every((one) => one.dtype === first.dtype) ? first.dtype : undefined));
});

// ---- pack, unpack, parse_shape.

/** How many axes stand in front of and behind the star. */
function starPattern(call: EinopsCall, pattern: string): readonly [number, number] | undefined {
  const axes = pattern.split(' ').filter((part) => part !== '');
  const at = axes.indexOf('*');
  if (at >= 0 && new Set(axes).size === axes.length) return [at, axes.length - at - 1];
  refuseEinops(call, 'invalid-argument', pattern, at < 0 ? message('there is no * in the pattern') : message('an axis stands twice'));
  return undefined;
}

function pack(call: NativeCall): Value {
  const name = here(call, 'pack');
  const [given, pattern] = [call.args.get('tensors'), call.args.get('pattern')];
  const star = pattern.kind === 'str' ? starPattern(name, pattern.value) : undefined;
  const items = given.kind === 'tuple' || (given.kind === 'list' && !given.open) ? given.items : undefined;
  if (star === undefined || pattern.kind !== 'str' || items === undefined) return unknown(undefined, 'tuple');
  const tensors = items.flatMap((item) => (item.kind === 'tensor' && !isSymbolicArray(item) ? [item] : []));
  const [first] = tensors;
  if (first === undefined || tensors.length !== items.length) return unknown(undefined, 'tuple');
  const [before, after] = star;
  const packed: (readonly Dim[] | undefined)[] = [];
  let outer: Dim[] | undefined;
  for (const [at, tensor] of tensors.entries()) {
    const dims = tensor.shape.dims;
    if (dims === undefined) { packed.push(undefined); continue; }
    if (dims.length < before + after) return refuseEinops(name, 'shape-mismatch', pattern.value, message('tensor {at} has {rank} axes, at least {least} are needed', { at, rank: dims.length, least: before + after }), tensor);
    const own = [...dims.slice(0, before), ...dims.slice(dims.length - after)];
    const wrong = outer?.findIndex((dim, axis) => dimEquals(dim, own[axis] ?? dim) === false) ?? -1;
    if (wrong >= 0) return refuseEinops(name, 'shape-mismatch', pattern.value, message('tensor {at} has {size} where the first has {first}', { at, size: formatDim(own[wrong] ?? 0), first: formatDim(outer?.[wrong] ?? 0) }), tensor);
    outer ??= own;
    packed.push(dims.slice(before, dims.length - after));
  }
  const total = packed.includes(undefined) ? unknownDim() : addDims(...packed.map((dims) => multiplyDims(...(dims ?? []))));
  const shape = outer === undefined ? undefined : [...outer.slice(0, before), total, ...outer.slice(before)];
  const shapes = list(packed.map((dims) => (dims === undefined ? unknown(undefined, 'tuple') : tuple(dims.map((dim) => int(dim))))));
  return tuple([recorded(name, 'pack', tensors, like(first, shape, undefined, tensors.every((one) => one.dtype === first.dtype) ? first.dtype : undefined)), shapes]);
}

function unpack(call: NativeCall): Value {
  const name = here(call, 'unpack');
  const [given, shapes, pattern] = [call.args.get('tensor'), call.args.get('packed_shapes'), call.args.get('pattern')];
  const star = pattern.kind === 'str' ? starPattern(name, pattern.value) : undefined;
  const input = inputTensor(given);
  if (star === undefined || pattern.kind !== 'str' || input === undefined) return unknown(undefined, 'list');
  const [before, after] = star;
  const dims = input.shape.dims;
  if (dims !== undefined && dims.length !== before + 1 + after) return refuseEinops(name, 'shape-mismatch', pattern.value, message('expected {expected} axes, got {actual}', { expected: before + 1 + after, actual: dims.length }), input);
  if (shapes.kind !== 'tuple' && (shapes.kind !== 'list' || shapes.open)) return unknown(undefined, 'list');
  const inner = shapes.items.map((item) => sizesFromValue(call.interpreter, item));
  const open = inner.filter((sizes) => sizes?.includes(-1)).length;
  if (open > 1) return refuseEinops(name, 'invalid-argument', pattern.value, message('more than one -1 in the packed shapes'));
  const whole = dims?.[before];
  const others = inner.map((sizes) => (sizes === undefined || sizes.includes(-1) ? undefined : multiplyDims(...sizes)));
  const known = addDims(...others.map((size) => size ?? 0));
  if (open === 0 && whole !== undefined && inner.every((sizes) => sizes !== undefined) && dimEquals(known, whole) === false) {
    return refuseEinops(name, 'reshape-size', pattern.value, message('the packed shapes hold {known}, the axis has {whole}', { known: formatDim(known), whole: formatDim(whole) }), input);
  }
  return list(inner.map((sizes) => {
    if (sizes === undefined || dims === undefined) return like(input, undefined, undefined);
    const fixed = multiplyDims(...sizes.filter((size) => size !== -1));
    const left = whole === undefined || inner.some((one) => one === undefined) ? unknownDim() : floorDivideDims(subtractDims(whole, known), fixed);
    return recorded(name, 'unpack', [input], like(input, [...dims.slice(0, before), ...sizes.map((size) => (size === -1 ? left : size)), ...dims.slice(before + 1)], input.range === undefined ? undefined : { ...input.range, attained: false }));
  }));
}

const parseShape = nativeFunction('parse_shape', 'x, pattern', (call) => {
  const name = here(call, 'parse_shape');
  const [input, pattern] = [inputTensor(call.args.get('x')), call.args.get('pattern')];
  if (pattern.kind !== 'str' || input === undefined) return unknown(undefined, 'dict');
  const parsed = parseSide(pattern.value, true);
  if (!parsed.ok) return refuseEinops(name, 'invalid-argument', pattern.value, parsed.problem);
  const side = parsed.value;
  const dims = input.shape.dims;
  const others = side.groups.length - (side.hasEllipsis ? 1 : 0);
  if (dims !== undefined && (side.hasEllipsis ? dims.length < others : dims.length !== others)) return refuseEinops(name, 'shape-mismatch', pattern.value, message('expected {expected} axes, got {actual}', { expected: others, actual: dims.length }), input);
  const stretch = (dims?.length ?? 0) - others;
  const entries = new Map<string, { key: Value; value: Value }>();
  let at = 0;
  for (const [axis] of side.groups) {
    if (axis === ellipsis) { at += stretch; continue; }
    const size = dims?.[at];
    at += 1;
    if (axis !== undefined && axis !== '_' && !axis.includes('#')) entries.set(`s:${axis}`, { key: str(axis), value: size === undefined ? unknown(undefined, 'int') : int(size) });
  }
  return { kind: 'dict', entries, open: false };
});

export const einopsFunctions: Readonly<Record<string, Value>> = {
  rearrange: transforming('rearrange'), repeat: transforming('repeat'), reduce: transforming('reduce'), einsum,
  pack: nativeFunction('pack', 'tensors, pattern', pack), unpack: nativeFunction('unpack', 'tensor, packed_shapes, pattern', unpack), parse_shape: parseShape,
  asnumpy: nativeFunction('asnumpy', 'tensor', (call) => call.interpreter.callMethod(call.args.get('tensor'), 'numpy', [], call.place)),
};
