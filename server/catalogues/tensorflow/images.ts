// tf.image: what its functions do to shapes, types and value ranges of pictures. It must not know data sets.
import { isKnown, unknownDim } from '../../tensors/dim.ts';
import { averageRange } from '../../tensors/range.ts';
import { message } from '../../values/place.ts';
import type { Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import { makeArray } from '../arrays/contents.ts';
import { sizesFromValue, tensorOf } from '../arrays/conversion.ts';
import { type ArrayCall, type ArrayDeclarations, arrayFunctions, refuse } from '../arrays/library.ts';
import { tensorflowLibrary } from './tensor.ts';

function resize(call: ArrayCall): Value {
  const images = tensorOf(call, call.argument('images'));
  if (images === undefined) return unknown();
  const method = call.args.str('method');
  const isNearest = method === 'nearest';
  const sizes = sizesFromValue(call.interpreter, call.argument('size'));
  const [height, width] = call.args.flag('preserve_aspect_ratio') === false && sizes?.length === 2 ? sizes.map((size) => (isKnown(size) && size < 0 ? unknownDim() : size)) : [unknownDim(), unknownDim()];
  const dims = images.shape.dims;
  if (dims !== undefined && dims.length !== 3 && dims.length !== 4) {
    return refuse(call, 'shape-mismatch', message('tf.image.resize() needs images with 3 or 4 axes, got {actual}', { actual: dims.length }));
  }
  const range = images.range === undefined ? undefined
    : isNearest ? images.range
    // Cubic and Lanczos kernels overshoot.
    : method === 'bilinear' || method === 'area' ? averageRange(images.range) : undefined;
  return makeArray({
    cls: call.cls, dtype: isNearest ? images.dtype : method === undefined ? undefined : 'float32', range, origin: images.origin,
    shape: dims === undefined ? { dims: undefined } : { dims: [...(dims.length === 4 ? dims.slice(0, 1) : []), height ?? unknownDim(), width ?? unknownDim(), dims.at(-1) ?? unknownDim()] },
  });
}

const declarations: ArrayDeclarations = {
  resize: ['images, size, method="bilinear", preserve_aspect_ratio=False, antialias=False, name=None', resize],
};

export function imageMembers(): Readonly<Record<string, Value>> {
  return arrayFunctions(tensorflowLibrary, declarations);
}
