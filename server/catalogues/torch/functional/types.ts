// Element types that must agree between an input and weights, which PyTorch's products do not promote. Measured with PyTorch 2.13 on every
// family of layers. It must not know modules.
import { type DType, isFloating } from '../../../tensors/dtype.ts';
import type { Fix, RelatedPlace } from '../../../trace/trace.ts';
import { message, samePlace } from '../../../values/place.ts';
import { operationOf } from '../../../values/provenance.ts';
import type { TensorValue } from '../../../values/value.ts';
import type { ArrayContext } from '../../arrays/library.ts';
import { tensorClass } from '../library.ts';
import { mayAutocast, mayMix } from '../precision.ts';

/** 'half too': normalisations with weights of single precision take half precision as well. */
export type Mixing = 'none' | 'half too';

/**
 * The input as the operation computes with it. Where its type is certainly not that of the weights, that is said, and what follows goes on
 * with theirs.
 */
export function meetingWeights(
  context: ArrayContext,
  input: TensorValue,
  weights: readonly (TensorValue | undefined)[],
  mixing: Mixing = 'none',
  exception = 'RuntimeError',
): TensorValue {
  if (mayAutocast(context.interpreter)) return input.dtype !== undefined && isFloating(input.dtype) ? { ...input, dtype: undefined } : input;
  const { dtype } = input;
  const wanted = weights.find((weight) => weight?.dtype !== undefined && weight.dtype !== dtype)?.dtype;
  if (dtype === undefined || wanted === undefined || !isFraction(dtype) || !isFraction(wanted) || mayMix(context.interpreter)) return input;
  if (mixing === 'half too' && wanted === 'float32' && (dtype === 'float16' || dtype === 'bfloat16')) return input;
  refuseType(context, input, wanted, exception);
  return { ...input, dtype: wanted };
}

function isFraction(dtype: DType): boolean {
  return isFloating(dtype) || dtype.startsWith('complex');
}

const casts: Readonly<Partial<Record<DType, string>>> = { float32: '.float()', float64: '.double()', float16: '.half()', bfloat16: '.bfloat16()' };

function refuseType(context: ArrayContext, input: TensorValue, wanted: DType, exception: string): void {
  const { interpreter, layer, place } = context;
  const cast = casts[wanted] ?? `.to(torch.${wanted})`;
  const maker = makerOf(input);
  const values = { layer: context.name, expected: wanted, actual: input.dtype ?? '', cast };
  const related: RelatedPlace[] = [];
  const put = (one: RelatedPlace | undefined): void => {
    if (one !== undefined && !samePlace(one.place, place)) related.push(one);
  };
  put(maker === undefined ? undefined : { place: maker.place, message: message('{type} comes from here', { type: input.dtype ?? '' }) });
  put(layer?.place === undefined ? undefined : { place: layer.place, message: message('{layer} is built here', { layer: context.name }) });
  const fixes: Fix[] =
    maker === undefined || maker.place.source !== place.source
      ? []
      : [
          {
            title: message('Convert with {cast}', { cast }),
            edits: [{ place: { ...maker.place, start: maker.place.end }, newText: cast }],
          },
        ];
  interpreter.refuse({
    rule: 'invalid-argument',
    exception,
    layer,
    place,
    related,
    fixes,
    message:
      maker?.isNumpy === true && input.dtype === 'float64'
        ? message("{layer} has weights of type {expected}, got {actual} as numpy's arrays are: convert the tensor with {cast}", values)
        : message('{layer} has weights of type {expected}, got {actual}: convert the input with {cast}', values),
  });
}

const makers: ReadonlySet<string> = new Set(['from_numpy', 'tensor', 'as_tensor', 'asarray']);

/** The call that took data of this type over from elsewhere, where every step behind it kept the type. */
function makerOf(
  tensor: TensorValue,
  depth = 0,
): { readonly place: NonNullable<ReturnType<typeof operationOf>>['place']; readonly isNumpy: boolean } | undefined {
  const operation = operationOf(tensor);
  if (operation === undefined || depth > 20) return undefined;
  if (makers.has(operation.name)) return { place: operation.place, isNumpy: operation.inputs.some((input) => !input.cls.mro.includes(tensorClass)) };
  const origin = operation.inputs.find((input) => input.dtype === tensor.dtype);
  return origin === undefined ? undefined : makerOf(origin, depth + 1);
}
