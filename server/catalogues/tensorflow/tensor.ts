// tf.Tensor, tf.TensorShape and tf.DType: TensorFlow as an array library. The functions of the module stand in the other files of this
// folder. It must not know data sets or Keras.
import { recordWithinLayers } from '../../values/provenance.ts';
import type { DType, Operand } from '../../tensors/dtype.ts';
import { isFloating } from '../../tensors/dtype.ts';
import { isKnown } from '../../tensors/dim.ts';
import type { Shape } from '../../tensors/shape.ts';
import { nativeClass, nativeMethod, nativeProperty } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import { bool, int, list, none, str, tuple, unknown } from '../../values/value.ts';
import { elementsOf, makeArray } from '../arrays/contents.ts';
import { asTensor } from '../arrays/conversion.ts';
import { dtypeFromValue, dtypeObject } from '../arrays/dtypes.ts';
import { operatorTable, unaryOperation } from '../arrays/elementwise.ts';
import { getItemOperation } from '../arrays/indexing.ts';
import { type ArrayLibrary, arrayMethods, arrayOperators, registerLibrary } from '../arrays/library.ts';
import { matmul } from '../arrays/products.ts';
import { useBackendTensorClass } from '../keras/array-library.ts';
import '../numpy/ndarray.ts';
import { ndarrayClass, toScalar } from '../numpy/library.ts';

export const tensorClass = nativeClass({ name: 'Tensor', qualifiedName: 'tensorflow.Tensor' });

/** TensorFlow converts nothing: operands of two types are an error, and only Python's numbers adapt. */
function promoteTensorflow(...operands: readonly (Operand | undefined)[]): DType | undefined {
  let result: DType | undefined;
  let weak: 'python-bool' | 'python-int' | 'python-float' | 'python-complex' | undefined;
  for (const operand of operands) {
    if (operand === undefined) return undefined;
    if (operand === 'python-bool' || operand === 'python-int' || operand === 'python-float' || operand === 'python-complex') {
      weak = weak === undefined || weakOrder[operand] > weakOrder[weak] ? operand : weak;
    } else if (result === undefined || result === operand) result = operand;
    else return undefined;
  }
  if (result === undefined) return weak === undefined ? undefined : weakDefaults[weak];
  if (weak === 'python-float' && !isFloating(result) && !result.startsWith('complex')) return undefined;
  return result;
}
const weakOrder = { 'python-bool': 0, 'python-int': 1, 'python-float': 2, 'python-complex': 3 } as const;
const weakDefaults = { 'python-bool': 'bool', 'python-int': 'int32', 'python-float': 'float32', 'python-complex': 'complex128' } as const;

export const tensorflowLibrary: ArrayLibrary = {
  name: 'tf', cls: tensorClass, precedence: 10, axisName: 'axis', defaultInt: 'int32', defaultFloat: 'float32',
  promote: promoteTensorflow,
  floatOf: (dtype) => (isFloating(dtype) ? dtype : undefined),
  // `tf.truediv`: 8 and 16 bits give single precision, wider integers double.
  quotientOf: (dtype) => (dtype === 'int8' || dtype === 'uint8' || dtype === 'int16' || dtype === 'uint16' ? 'float32' : 'float64'),
  sumOf: (dtype) => dtype,
  meanOf: (dtype) => dtype,
  indexType: 'int64', isMutable: false, shapeException: 'ValueError', laxEquality: true, onResult: recordWithinLayers,
};
registerLibrary(tensorflowLibrary);

/** The value as a tf.Tensor: arrays of other libraries, numbers and nested lists become one. Undefined for what is not known. */
export function asTensorflowTensor(interpreter: Interpreter, value: Value, dtype?: DType): TensorValue | undefined {
  const found = asTensor(interpreter, value, tensorflowLibrary, dtype);
  if (found === undefined || found.cls.mro.includes(tensorClass)) return found;
  return makeArray({ cls: tensorClass, shape: found.shape, dtype: found.dtype, range: found.range, elements: elementsOf(found), origin: found.origin });
}

export const dtypeClass = nativeClass({
  name: 'DType', qualifiedName: 'tensorflow.DType',
  members: {
    name: nativeProperty('name', ({ args }) => { const dtype = dtypeFromValue(args.get('self')); return dtype === undefined ? unknown(undefined, 'str') : str(dtype); }),
    is_floating: nativeProperty('is_floating', ({ args }) => { const dtype = dtypeFromValue(args.get('self')); return dtype === undefined ? unknown(undefined, 'bool') : bool(isFloating(dtype)); }),
    __eq__: nativeMethod('__eq__', 'self, other', ({ args }) => {
      const [own, other] = [dtypeFromValue(args.get('self')), dtypeFromValue(args.get('other'))];
      return own === undefined || other === undefined ? unknown(undefined, 'bool') : bool(own === other);
    }),
  },
});

/** The object that stands for an element type: `tf.float32`. */
export function tensorflowDType(dtype: DType | undefined): Value {
  return dtype === undefined ? unknown() : dtypeObject(dtype, dtypeClass);
}

/** A tuple of sizes with a few methods of its own. */
export const tensorShapeClass = nativeClass({
  name: 'TensorShape', qualifiedName: 'tensorflow.TensorShape',
  construct: ({ args, interpreter }) => {
    const dims = args.rest[0]?.value ?? none;
    if (dims.kind === 'tuple' && dims.cls === tensorShapeClass) return dims;
    return dims.kind === 'tuple' || dims.kind === 'list' && !dims.open
      ? { kind: 'tuple', items: interpreter.iterate(dims, interpreter.place).items, cls: tensorShapeClass } : unknown(undefined, 'tuple');
  },
  members: {
    as_list: nativeMethod('as_list', 'self', ({ args }) => { const self = args.get('self'); return self.kind === 'tuple' ? list([...self.items]) : unknown(undefined, 'list'); }),
    rank: nativeProperty('rank', ({ args }) => rankOf(args.get('self'))),
    ndims: nativeProperty('ndims', ({ args }) => rankOf(args.get('self'))),
    num_elements: nativeMethod('num_elements', 'self', ({ args }) => {
      const self = args.get('self');
      if (self.kind !== 'tuple') return unknown(undefined, 'int');
      let product = 1;
      for (const item of self.items) {
        if (item.kind !== 'int' || !isKnown(item.value)) return unknown(undefined, 'int');
        product *= item.value;
      }
      return int(product);
    }),
    is_fully_defined: nativeMethod('is_fully_defined', 'self', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'tuple' ? bool(self.items.every((item) => item.kind === 'int' && isKnown(item.value))) : unknown(undefined, 'bool');
    }),
  },
});

function rankOf(shape: Value): Value {
  return shape.kind === 'tuple' ? int(shape.items.length) : unknown(undefined, 'int');
}

export function tensorShape(shape: Shape): Value {
  return shape.dims === undefined ? unknown(undefined, 'tuple') : { kind: 'tuple', items: tuple(shape.dims.map((dim) => int(dim))).items, cls: tensorShapeClass };
}

const ownMembers: Readonly<Record<string, Value>> = {
  shape: nativeProperty('shape', ({ args }) => { const self = args.get('self'); return self.kind === 'tensor' ? tensorShape(self.shape) : unknown(); }),
  dtype: nativeProperty('dtype', ({ args }) => { const self = args.get('self'); return self.kind === 'tensor' ? tensorflowDType(self.dtype) : unknown(); }),
  ndim: nativeProperty('ndim', ({ args }) => { const self = args.get('self'); return self.kind === 'tensor' && self.shape.dims !== undefined ? int(self.shape.dims.length) : unknown(undefined, 'int'); }),
  get_shape: nativeMethod('get_shape', 'self', ({ args }) => { const self = args.get('self'); return self.kind === 'tensor' ? tensorShape(self.shape) : unknown(); }),
  numpy: nativeMethod('numpy', 'self', ({ args }) => asNumpy(args.get('self'))),
  __array__: nativeMethod('__array__', 'self, dtype=None', ({ args }) => asNumpy(args.get('self'))),
  ...arrayMethods(tensorflowLibrary, {
    __getitem__: ['key', getItemOperation], __neg__: ['', unaryOperation('negative')], __abs__: ['', unaryOperation('absolute')],
  }),
  ...arrayOperators(tensorflowLibrary, { ...operatorTable, matmul: ['@', matmul] }),
};
for (const [name, member] of Object.entries(ownMembers)) tensorClass.namespace.set(name, member);

/** Layers called on arrays give these. */
useBackendTensorClass(tensorClass);

/** The array that `x.numpy()` gives. */
export function asNumpy(value: Value): Value {
  if (value.kind !== 'tensor') return unknown();
  const array: TensorValue = { ...value, cls: ndarrayClass };
  return array.shape.dims?.length === 0 ? toScalar(array) : array;
}
