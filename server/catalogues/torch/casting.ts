// `module.double()` and its kin: the element types of parameters and buffers change, the parameters stay the same ones, as Module._apply
// of PyTorch 2.13 keeps them. It must not know what any module computes.
import { type DType, isFloating } from '../../tensors/dtype.ts';
import { castRange } from '../../tensors/range.ts';
import { setInstanceAttribute, setTensorState } from '../../values/heap.ts';
import type { InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { castArray, castElements } from '../arrays/conversion.ts';
import { elementsOf } from '../arrays/contents.ts';
import { moduleSlot, namedModules, ownBuffers, ownParameters } from './module-state.ts';
import { isParameter } from './parameters.ts';

/** What becomes of an element type; undefined: it is not known afterwards. */
export type Cast = (dtype: DType | undefined) => DType | undefined;

/** Numbers with fractions change, whole ones stay (`double`, `half`, `to`). */
export function castingFloats(wanted: DType | undefined): Cast {
  return (dtype) => (dtype === undefined || isFractional(dtype) ? (dtype === undefined ? undefined : wanted) : dtype);
}

/** Floats alone, as `float`, `double`, `half` and `bfloat16` do: complex numbers stay. */
export function castingRealFloats(wanted: DType): Cast {
  return (dtype) => (dtype !== undefined && isFloating(dtype) ? wanted : dtype);
}

function isFractional(dtype: DType): boolean {
  return isFloating(dtype) || dtype.startsWith('complex');
}

/** The module and all that it holds. */
export function castModule(self: InstanceValue, cast: Cast): void {
  for (const [, module] of namedModules(self)) {
    const state = moduleSlot.get(module);
    if (state?.waits === true) state.lateType = cast(state.lateType);
    for (const [, parameter] of ownParameters(module)) castInPlace(parameter, cast(parameter.dtype));
    // A buffer is another tensor afterwards: what else holds the old one keeps it.
    for (const [name, buffer] of ownBuffers(module)) {
      const dtype = cast(buffer.dtype);
      if (dtype !== buffer.dtype)
        setInstanceAttribute(module, name, dtype === undefined ? { ...buffer, dtype } : { ...castArray(buffer, dtype), cls: buffer.cls });
    }
    for (const [name, value] of [...module.attributes]) {
      if (value.kind === 'tensor' && isComputed(module, name, value)) setInstanceAttribute(module, name, { ...value, dtype: cast(value.dtype) });
    }
  }
}

function castInPlace(tensor: TensorValue, dtype: DType | undefined): void {
  if (dtype === tensor.dtype) return;
  const elements = dtype === undefined ? undefined : castElements(elementsOf(tensor), dtype);
  setTensorState(tensor, {
    dtype,
    slots: tensor.slots,
    range: tensor.range === undefined || dtype === undefined ? undefined : castRange(tensor.range, dtype),
    contents: elements?.every((element) => typeof element === 'number') ? elements : undefined,
  });
}

/** A weight that hooks compute of other parameters before each call: `weight` of `weight_g` and `weight_v`. */
function isComputed(module: InstanceValue, name: string, value: Value): boolean {
  if (isParameter(value)) return false;
  return [`${name}_g`, `${name}_orig`, `parametrizations.${name}.original0`, `parametrizations.${name}.original`].some((other) =>
    isParameter(module.attributes.get(other)),
  );
}
