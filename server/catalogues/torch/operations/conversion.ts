// From one type to another, to numbers, lists and numpy, and what a tensor says of itself: item, size, stride, numel.
// It must not know modules.
import { recordBackward } from '../training-events.ts';
import { type Dim, isKnown, multiplyDims, unknownDim } from '../../../tensors/dim.ts';
import { type DType, dtypeCategory, dtypeOfName, isFloating, itemSize } from '../../../tensors/dtype.ts';
import { elementCount, formatShape, shapesEqual } from '../../../tensors/shape.ts';
import type { BoundArguments } from '../../../values/arguments.ts';
import { nativeMethod } from '../../../values/classes.ts';
import { message } from '../../../values/place.ts';
import type { NativeCall, TensorValue, Value } from '../../../values/value.ts';
import { bool, float, int, iterator, list, none, str, tuple, unknown } from '../../../values/value.ts';
import { elementsOf, makeArray } from '../../arrays/contents.ts';
import { castArray, nestedLists, pythonNumber } from '../../arrays/conversion.ts';
import { dtypeFromValue } from '../../arrays/dtypes.ts';
import { type ArrayCall, type ArrayOperation, withoutScalar } from '../../arrays/library.ts';
import '../../numpy/ndarray.ts';
import { ndarrayClass } from '../../numpy/library.ts';
import { declareOperations, tensorClass } from '../library.ts';
import { parameterSlot, withoutParameter } from '../parameters.ts';
import { copyOf, onTensor, rankOf, refuseType, resultOf, tensorAt } from './support.ts';

// ---- Types.

/** The tensor itself where it has the type already, as PyTorch hands it back. */
function castTo(call: ArrayCall, tensor: TensorValue, dtype: DType | undefined): Value {
  if (dtype === undefined) return makeArray({ cls: call.cls, shape: tensor.shape, dtype: undefined, origin: tensor.origin });
  if (tensor.dtype === dtype) return tensor;
  const cast = castArray(tensor, dtype);
  return resultOf(call, tensor, tensor.shape, { dtype, range: cast.range, elements: elementsOf(cast) });
}
function casting(dtype: DType): ArrayOperation {
  return onTensor((call, tensor) => castTo(call, tensor, dtype));
}

/**
 * What `to(dtype)`, `to(device)`, `to(other)`, `to(device, dtype)` ask for; 'none': no type.
 * Undefined: not known, something unknown may be a type as well as a device.
 */
export function typeOfTo(args: BoundArguments): DType | 'none' | undefined {
  if (args.openPositional || args.openKeywords) return undefined;
  const given = [
    ...args.rest,
    ...args.restKeywords.filter((keyword) => keyword.name === 'dtype' || keyword.name === 'other' || keyword.name === 'tensor'),
  ].map((argument) => argument.value);
  for (const value of given) {
    if (value.kind === 'tensor') return value.dtype;
    const dtype = value.kind === 'instance' ? dtypeFromValue(value) : value.kind === 'class' ? dtypeFromValue(value, 'float32') : undefined;
    if (dtype !== undefined) return dtype;
    if (value.kind === 'unknown' && value.typeName !== 'str' && value.typeName !== 'bool' && value.typeName !== 'torch.device') return undefined;
  }
  return 'none';
}
const to: ArrayOperation = onTensor((call, tensor) => {
  const dtype = typeOfTo(call.args);
  return dtype === 'none' ? tensor : castTo(call, tensor, dtype);
});

/** The type that `type(…)` is told: a name, a type, or one of the old classes of tensors. */
export function typeOfName(asked: Value): DType | undefined {
  const name = asked.kind === 'str' ? asked.value : asked.kind === 'native' ? asked.name : undefined;
  return name === undefined ? dtypeFromValue(asked, 'float32') : dtypeOfTensorType(name.slice(name.lastIndexOf('.') + 1));
}

const typeOperation: ArrayOperation = onTensor((call, tensor) => {
  const asked = call.argument('dtype');
  if (asked.kind === 'none') return str(tensorTypeName(tensor.dtype) ?? '');
  return castTo(call, tensor, typeOfName(asked));
});

const typeNames: Readonly<Record<string, DType>> = {
  FloatTensor: 'float32',
  DoubleTensor: 'float64',
  HalfTensor: 'float16',
  BFloat16Tensor: 'bfloat16',
  LongTensor: 'int64',
  IntTensor: 'int32',
  ShortTensor: 'int16',
  CharTensor: 'int8',
  ByteTensor: 'uint8',
  BoolTensor: 'bool',
};
/** The names of the old tensor types, `torch.FloatTensor` and others. */
export const tensorTypes = typeNames;
function dtypeOfTensorType(name: string): DType | undefined {
  return Object.hasOwn(typeNames, name) ? typeNames[name] : dtypeOfName(name);
}
function tensorTypeName(dtype: DType | undefined): string | undefined {
  const found = Object.entries(typeNames).find(([, one]) => one === dtype);
  return found === undefined ? undefined : `torch.${found[0]}`;
}

const itself: ArrayOperation = onTensor((_, tensor) => tensor);

// ---- Numbers, lists, other libraries.

function pythonType(dtype: DType | undefined): string | undefined {
  const category = dtype === undefined ? undefined : dtypeCategory(dtype);
  return category === 'bool' ? 'bool' : category === 'integer' ? 'int' : category === 'float' ? 'float' : undefined;
}

/** The only element as a Python number; a whole number that is not known is a size within its range. */
const item: ArrayOperation = onTensor((call, tensor) => {
  const count = elementCount(tensor.shape);
  if (count !== undefined && isKnown(count) && count !== 1) {
    return call.interpreter.refuse(
      {
        rule: 'shape-mismatch',
        exception: 'RuntimeError',
        place: call.place,
        message: message('{operation}: a tensor of shape {shape} with {count} elements is not one number', {
          operation: call.name,
          shape: formatShape(tensor.shape),
          count,
        }),
      },
      unknown(undefined, pythonType(tensor.dtype)),
    );
  }
  const [element] = elementsOf(tensor) ?? [];
  if (element !== undefined) return pythonNumber(element, tensor.dtype, tensor.origin);
  return numberWithin(tensor);
});
function numberWithin(tensor: TensorValue): Value {
  const type = pythonType(tensor.dtype);
  if (type !== 'int') return unknown(undefined, type);
  return int(
    unknownDim({ minimum: tensor.range?.low ?? Number.NEGATIVE_INFINITY, maximum: tensor.range?.high ?? Number.POSITIVE_INFINITY }),
    tensor.origin,
  );
}

/** `x.numpy()`: an array of the same elements. bfloat16 is refused, as numpy has no such type. */
export function toNumpy(tensor: TensorValue): Value {
  return withoutScalar(
    makeArray({
      cls: ndarrayClass,
      shape: tensor.shape,
      dtype: tensor.dtype,
      range: tensor.range,
      elements: elementsOf(tensor),
      origin: tensor.origin,
    }),
  );
}
const numpy: ArrayOperation = onTensor((call, tensor) => {
  if (tensor.dtype === 'bfloat16') return refuseType(call, tensor, message('a type that numpy has'), undefined);
  return toNumpy(tensor);
});

const toList: ArrayOperation = onTensor((call, tensor) => {
  if (rankOf(tensor) === 0) return item(call);
  const known = nestedLists(tensor);
  const dims = tensor.shape.dims;
  if (known.kind === 'list' || dims?.length !== 1) return known;
  const [length] = dims;
  return length !== undefined && isKnown(length) && length <= 256 ? list(Array.from({ length }, () => numberWithin(tensor))) : known;
});

// ---- What a tensor says of itself.

const strides: ArrayOperation = onTensor((call, tensor) => {
  const dims = tensor.shape.dims;
  const steps: Dim[] = [];
  if (dims === undefined) return unknown(undefined, 'tuple');
  for (let at = dims.length - 1, step: Dim = 1; at >= 0; at -= 1) {
    steps.unshift(step);
    step = multiplyDims(step, dims[at] ?? 1);
  }
  // Views have other strides; these are those of a fresh tensor.
  const dim = call.argument('dim');
  const all = tuple(steps.map(() => unknown(undefined, 'int')));
  return dim.kind === 'none' ? all : unknown(undefined, 'int');
});

function fact(read: (tensor: TensorValue) => Value): ArrayOperation {
  return onTensor((_, tensor) => read(tensor));
}
const count = fact((tensor) => {
  const found = elementCount(tensor.shape);
  return found === undefined ? unknown(undefined, 'int') : int(found, tensor.origin);
});
const rank = fact((tensor) => (tensor.shape.dims === undefined ? unknown(undefined, 'int') : int(tensor.shape.dims.length)));
const typeIs = (test: (dtype: DType) => boolean): ArrayOperation =>
  fact((tensor) => (tensor.dtype === undefined ? unknown(undefined, 'bool') : bool(test(tensor.dtype))));
const isComplex = (dtype: DType): boolean => dtypeCategory(dtype) === 'complex';
const isSigned = (dtype: DType): boolean => dtype !== 'bool' && !dtype.startsWith('uint');
const unknownBool: ArrayOperation = () => unknown(undefined, 'bool');
const unknownInt: ArrayOperation = () => unknown(undefined, 'int');
const nothing: ArrayOperation = () => none;

/** The tensor outside the graph of gradients: no parameter any more. */
const detach: ArrayOperation = onTensor((call, tensor) =>
  parameterSlot.get(tensor) === undefined ? copyOf(call, tensor) : withoutParameter(tensor),
);

const isNonzero: ArrayOperation = onTensor((call, tensor) => {
  const found = elementCount(tensor.shape);
  void call;
  return found === 1 && tensor.contents !== undefined ? bool(tensor.contents[0] !== 0) : unknown(undefined, 'bool');
});

/** Known where the shapes differ or all elements are known. */
const equal: ArrayOperation = (call) => {
  const [left, right] = [tensorAt(call, 0), tensorAt(call, 1)];
  if (left === undefined || right === undefined) return unknown(undefined, 'bool');
  if (shapesEqual(left.shape, right.shape) === false) return bool(false);
  const known = left.contents !== undefined && right.contents !== undefined && shapesEqual(left.shape, right.shape) === true;
  return known ? bool(left.contents?.every((element, at) => element === right.contents?.[at]) === true) : unknown(undefined, 'bool');
};

const memory = 'memory_format=None';
const backward: ArrayOperation = (call) => {
  recordBackward(call.interpreter, call.operand(0), call.argument('retain_graph'), call.argument('create_graph'), call.place);
  return none;
};
const conversions: Readonly<Record<string, readonly [string, ArrayOperation]>> = {
  float: [`input, ${memory}`, casting('float32')],
  double: [`input, ${memory}`, casting('float64')],
  half: [`input, ${memory}`, casting('float16')],
  bfloat16: [`input, ${memory}`, casting('bfloat16')],
  int: [`input, ${memory}`, casting('int32')],
  long: [`input, ${memory}`, casting('int64')],
  short: [`input, ${memory}`, casting('int16')],
  char: [`input, ${memory}`, casting('int8')],
  byte: [`input, ${memory}`, casting('uint8')],
  bool: [`input, ${memory}`, casting('bool')],
  cfloat: [`input, ${memory}`, casting('complex64')],
  cdouble: [`input, ${memory}`, casting('complex128')],
  to: ['input, *args, **kwargs', to],
  type: ['input, dtype=None, non_blocking=False, **kwargs', typeOperation],
  type_as: ['input, other', onTensor((call, tensor) => castTo(call, tensor, tensorAt(call, 1)?.dtype))],
  cpu: ['input, memory_format=None', itself],
  cuda: ['input, device=None, non_blocking=False, memory_format=None', itself],
  xpu: ['input, device=None, non_blocking=False, memory_format=None', itself],
  npu: ['input, *args, **kwargs', itself],
  mtia: ['input, device=None, non_blocking=False, memory_format=None', itself],
  ipu: ['input, device=None, non_blocking=False, memory_format=None', itself],
  contiguous: ['input, memory_format=None', itself],
  pin_memory: ['input, device=None', itself],
  share_memory_: ['input', itself],
  to_dense: ['input, dtype=None, *, masked_grad=True', itself],
  coalesce: ['input', itself],
  dequantize: ['input', casting('float32')],
  to_mkldnn: ['input, dtype=None', itself],
  refine_names: ['input, *names', itself],
  rename: ['input, *names, **rename_map', itself],
  detach: ['input', detach],
  detach_: ['input', itself],
  numpy: ['input, *, force=False', numpy],
  item: ['input', item],
  tolist: ['input', toList],
  stride: ['input, dim=None', strides],
  numel: ['input', count],
  nelement: ['input', count],
  dim: ['input', rank],
  ndimension: ['input', rank],
  element_size: ['input', fact((tensor) => (tensor.dtype === undefined ? unknown(undefined, 'int') : int(itemSize(tensor.dtype))))],
  is_floating_point: ['input', typeIs(isFloating)],
  is_complex: ['input', typeIs(isComplex)],
  is_signed: ['input', typeIs(isSigned)],
  is_conj: ['input', unknownBool],
  is_neg: ['input', unknownBool],
  is_nonzero: ['input', isNonzero],
  is_contiguous: ['input, memory_format=None', unknownBool],
  is_pinned: ['input, device=None', unknownBool],
  is_shared: ['input', unknownBool],
  is_inference: ['input', unknownBool],
  is_set_to: ['input, tensor', unknownBool],
  is_same_size: ['input, other', unknownBool],
  is_coalesced: ['input', unknownBool],
  has_names: ['input', () => bool(false)],
  data_ptr: ['input', unknownInt],
  storage_offset: ['input', unknownInt],
  get_device: ['input', unknownInt],
  storage: ['input', () => unknown()],
  untyped_storage: ['input', () => unknown()],
  backward: ['input, gradient=None, retain_graph=None, create_graph=False, inputs=None', backward],
  retain_grad: ['input', nothing],
  register_hook: ['input, hook', () => unknown()],
  register_post_accumulate_grad_hook: ['input, hook', () => unknown()],
  record_stream: ['input, stream', nothing],
  apply_: ['input, callable', onTensor((_, tensor) => tensor)],
  equal: ['input, other', equal],
  allclose: ['input, other, rtol=1e-05, atol=1e-08, equal_nan=False', unknownBool],
  to_sparse: ['input, *args, **kwargs', () => unknown()],
  sparse_mask: ['input, mask', () => unknown()],
  indices: ['input', () => unknown()],
  values: ['input', () => unknown()],
};
declareOperations(conversions, { function: false });
declareOperations(
  {
    numel: ['input', count],
    is_floating_point: ['input', typeIs(isFloating)],
    is_complex: ['input', typeIs(isComplex)],
    is_nonzero: ['input', isNonzero],
    is_signed: ['input', typeIs(isSigned)],
    detach: ['input', detach],
    equal: ['input, other', equal],
    is_same_size: ['input, other', unknownBool],
    is_conj: ['input', unknownBool],
    get_device: ['input', unknownInt],
  },
  { method: false },
);

// ---- What Python asks of it.

function selfOf(call: NativeCall): TensorValue | undefined {
  const self = call.args.get('self');
  return self.kind === 'tensor' ? self : undefined;
}
const pythonMembers: Readonly<Record<string, (call: NativeCall) => Value>> = {
  __int__: (call) => {
    const self = selfOf(call);
    const [element] = self === undefined ? [] : (elementsOf(self) ?? []);
    return typeof element === 'number'
      ? int(Math.trunc(element), self?.origin)
      : element === undefined
        ? self === undefined
          ? unknown(undefined, 'int')
          : numberWithin({
              ...self,
              dtype: 'int64',
              range: self.range === undefined ? undefined : { ...self.range, low: Math.trunc(self.range.low), high: Math.trunc(self.range.high) },
            })
        : int(element, self?.origin);
  },
  __float__: (call) => {
    const self = selfOf(call);
    const [element] = self === undefined ? [] : (elementsOf(self) ?? []);
    return typeof element === 'number' ? float(element, self?.origin) : unknown(undefined, 'float');
  },
  __iter__: (call) => {
    const self = call.args.get('self');
    return iterator(() => call.interpreter.iterate(self, call.place));
  },
  __array__: (call) => {
    const self = selfOf(call);
    return self === undefined ? unknown() : toNumpy(self);
  },
  __bool__: (call) => {
    const self = selfOf(call);
    return self?.contents?.length === 1 ? bool(self.contents[0] !== 0) : unknown(undefined, 'bool');
  },
  __hash__: () => unknown(undefined, 'int'),
  __contains__: () => unknown(undefined, 'bool'),
};
for (const [name, run] of Object.entries(pythonMembers))
  tensorClass.namespace.set(
    name,
    nativeMethod(name, name === '__array__' ? 'self, dtype=None, copy=None' : name === '__contains__' ? 'self, element' : 'self', run),
  );
tensorClass.namespace.set('__index__', nativeMethod('__index__', 'self', pythonMembers['__int__'] ?? (() => unknown(undefined, 'int'))));
