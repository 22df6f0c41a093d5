// Sizes that must agree between an input and what a layer or function was built with: one refusal for all of them, which leads to the place where
// the layer is built, and the equality that is demanded where a size is symbolic. It must not know modules.
import { type Dim, dimEquals, formatDim, isKnown } from '../../../tensors/dim.ts';
import { dtypeCategory } from '../../../tensors/dtype.ts';
import { formatShape, type Shape } from '../../../tensors/shape.ts';
import type { Fix, RelatedPlace } from '../../../trace/trace.ts';
import { type Message, message } from '../../../values/place.ts';
import type { TensorValue } from '../../../values/value.ts';
import type { ArrayContext } from '../../arrays/library.ts';
import { demandEqual } from '../equations.ts';

/** `input channels`, `input features`: what the sizes count. */
export type Counted = 'input channels' | 'input features' | 'channels' | 'features';

const countedWords: Readonly<Record<Counted, Message>> = {
  'input channels': message('input channels'), 'input features': message('input features'), channels: message('channels'), features: message('features'),
};

/**
 * Whether the size may be the one expected. If certainly not, that is said; if it is open, the equality is demanded.
 * `argument` is what the layer was told the size by.
 */
export function expectSize(
  context: ArrayContext,
  expected: Dim,
  actual: Dim,
  counted: Counted,
  input: Shape,
  argument?: string,
  exception = 'RuntimeError',
): boolean {
  if (dimEquals(actual, expected) === false) {
    refuseShape(
      context,
      message('{layer} expects {expected} {counted}, got {actual}: the input is {shape}', {
        counted: countedWords[counted],
        layer: context.name,
        expected: formatDim(expected),
        actual: formatDim(actual),
        shape: formatShape(input),
      }),
      message('{layer} is built here with {expected} {counted}', { counted: countedWords[counted], layer: context.name, expected: formatDim(expected) }),
      { exception, fixes: sizeFixes(context, argument, expected, actual) },
    );
    return false;
  }
  demandEqual(context.interpreter, actual, expected, context.layer);
  return true;
}

/** The number as it is written where the layer is built, made the one that the input has. A number from elsewhere may mean more than this size. */
export function sizeFixes(context: ArrayContext, argument: string | undefined, expected: Dim, actual: Dim): readonly Fix[] {
  const built = context.layer?.place;
  const value = argument === undefined ? undefined : context.layer?.arguments.get(argument)?.value;
  const origin = value?.kind === 'int' && value.value === expected && isKnown(actual) ? value.origin : undefined;
  const place = origin?.literal === true ? origin.place : undefined;
  if (built === undefined || place === undefined || place.source !== built.source || place.start < built.start || place.end > built.end) return [];
  return [
    {
      title: message('Set {argument} to {size}', { argument: argument ?? '', size: formatDim(actual) }),
      edits: [{ place, newText: formatDim(actual) }],
    },
  ];
}

function ranksText(takes: string): string | Message {
  const [one, other, ...more] = takes.split(' or ');
  return one === undefined || other === undefined || more.length > 0 ? takes : message('{one} or {other}', { one, other });
}

/** The input's rank is none of those that are taken. `takes` says what the axes are: `(N, C, H, W) or (C, H, W)`. */
export function refuseRank(context: ArrayContext, takes: string, input: Shape, exception = 'RuntimeError'): void {
  refuseShape(
    context,
    message('{layer} expects an input of {takes}, got {rank} axes: the input is {shape}', {
      layer: context.name,
      takes: ranksText(takes),
      rank: input.dims?.length ?? 0,
      shape: formatShape(input),
    }),
    undefined,
    { exception },
  );
}

/** Says that the call cannot work, and where the layer is built that it cannot work with. */
export function refuseShape(
  context: ArrayContext,
  text: Message,
  built: Message = message('{layer} is built here', { layer: context.name }),
  options: { readonly rule?: string; readonly exception?: string; readonly fixes?: readonly Fix[] } = {},
): void {
  const place = context.layer?.place;
  const related: RelatedPlace[] =
    place === undefined || (place.start === context.place.start && place.source === context.place.source) ? [] : [{ place, message: built }];
  context.interpreter.refuse({
    rule: options.rule ?? 'shape-mismatch',
    exception: options.exception ?? 'RuntimeError',
    layer: context.layer,
    place: context.place,
    message: text,
    related,
    fixes: options.fixes ?? [],
  });
}

/** A bias, a scale or a statistic of one axis that must have as many elements as there are outputs. `mayBeOne`: one element broadcasts. */
export function expectVector(context: ArrayContext, name: string, vector: TensorValue | undefined, size: Dim, mayBeOne = false): boolean {
  const dims = vector?.shape.dims;
  const [only] = dims ?? [];
  if (vector === undefined || dims === undefined || (dims.length === 1 && only !== undefined && dimEquals(only, size) !== false)) return true;
  if (mayBeOne && (dims.length === 0 || (dims.length === 1 && only === 1))) return true;
  refuseShape(
    context,
    message('{layer}: {name} needs {expected} elements, got {shape}', {
      layer: context.name,
      name,
      expected: formatDim(size),
      shape: formatShape(vector.shape),
    }),
  );
  return false;
}

/** Whether the input may be of floats, as nearly all layers need; whole numbers and booleans are refused. */
export function expectFloats(context: ArrayContext, input: TensorValue): boolean {
  const category = input.dtype === undefined ? undefined : dtypeCategory(input.dtype);
  if (category !== 'integer' && category !== 'bool') return true;
  refuseShape(context, message('{layer} needs floats, got a tensor of {type}', { layer: context.name, type: input.dtype ?? '' }), undefined, {
    rule: 'invalid-argument',
  });
  return false;
}
