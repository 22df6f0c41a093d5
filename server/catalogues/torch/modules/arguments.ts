// Reading the arguments of modules: sizes, one number for each spatial axis, and what many declarations share.
// It must not know any single module.
import { type Dim, multiplyDims, unknownDim, dimBounds } from '../../../tensors/dim.ts';
import { elementCount, shapeOf } from '../../../tensors/shape.ts';
import { setInstanceAttribute } from '../../../values/heap.ts';
import { message } from '../../../values/place.ts';
import type { Value } from '../../../values/value.ts';
import { int, tuple, unknown } from '../../../values/value.ts';
import { dimFromValue } from '../../arrays/contents.ts';
import type { ModuleConstruction, ParameterDeclaration } from '../module-declaration.ts';

/** A size that a lazy module learns from its first input: 0 until then, as its attribute says. */
export function learnedSize(construction: ModuleConstruction, name: string, size: Dim | undefined): Dim {
  setInstanceAttribute(construction.self, name, size === undefined ? unknown() : int(size));
  return size ?? unknownDim();
}

/** A size that a constructor is given. PyTorch refuses negative sizes and what is no whole number when it makes the weight. */
export function sizeArgument(construction: ModuleConstruction, name: string): Dim {
  const value = construction.args.get(name);
  const size = dimFromValue(value);
  if (size !== undefined && dimBounds(size).high < 0) {
    construction.refuse(
      message('{layer}: {argument} must not be negative, got {value}', { layer: construction.className, argument: name, value: String(size) }),
      { argument: name, exception: 'RuntimeError' },
    );
  } else if (
    size === undefined &&
    (value.kind === 'float' || value.kind === 'str' || value.kind === 'none' || value.kind === 'tuple' || value.kind === 'list')
  ) {
    construction.refuse(
      message('{layer}: {argument} must be a whole number, got {value}', {
        layer: construction.className,
        argument: name,
        value: construction.interpreter.representation(value, construction.place) ?? value.kind,
      }),
      { argument: name, exception: 'TypeError' },
    );
  }
  return size ?? unknownDim();
}

/** `bias=True`: a vector of the outputs; False registers None. */
export function optionalBias(construction: ModuleConstruction, size: Dim): ParameterDeclaration {
  const flag = construction.interpreter.truth(construction.args.get('bias'), construction.place);
  return {
    name: 'bias',
    shape: flag === false ? undefined : flag === true ? shapeOf(size) : { dims: [unknownDim()] },
    dtype: construction.dtype ?? 'float32',
  };
}

/** A number for each spatial axis, as PyTorch's `_ntuple` gives it; undefined where it is not known. */
export function perAxis(value: Value, count: number): readonly Dim[] | undefined {
  const single = dimFromValue(value);
  if (single !== undefined) return Array.from({ length: count }, () => single);
  if (value.kind !== 'tuple' && (value.kind !== 'list' || value.open)) return undefined;
  const sizes = value.items.map((item) => dimFromValue(item) ?? unknownDim());
  return sizes.length === count ? sizes : undefined;
}

/** The argument as the tuple that the module keeps as its attribute. */
export function tupleAttribute(value: Value, count: number): Value {
  const sizes = perAxis(value, count);
  return sizes === undefined ? value : tuple(sizes.map((size) => int(size)));
}

/** As PyTorch's `_pair` and its kin keep it: a number once for each axis, a sequence as a tuple whatever its length. */
export function spreadAttribute(value: Value, count: number): Value {
  if (value.kind === 'tuple') return value;
  if (value.kind === 'list') return value.open ? unknown() : tuple(value.items);
  return value.kind === 'unknown' ? value : tuple(Array.from({ length: count }, () => value));
}

/** A size among the arguments, unknown where it is not known. */
export function sizeOf({ args }: ModuleConstruction, name: string): Dim {
  return dimFromValue(args.get(name)) ?? unknownDim();
}

/** The number of the output's elements times a size; undefined where it is not known. */
export function elementsTimes(output: Value, ...sizes: readonly (Dim | undefined)[]): Dim | undefined {
  const count = output.kind === 'tensor' ? elementCount(output.shape) : undefined;
  if (count === undefined || sizes.some((size) => size === undefined)) return undefined;
  return multiplyDims(count, ...sizes.map((size) => size ?? 1));
}
