// The arrays of Keras: what layers give outside a graph (tensors of the backend), KerasTensor inside one, and variables.
// It must not know layers.
import { promoteKeras } from '../../tensors/dtype.ts';
import type { DType } from '../../tensors/dtype.ts';
import { isInteger } from '../../tensors/dtype.ts';
import type { ArrayLibrary } from '../arrays/library.ts';
import { arrayMethods, arrayOperators, registerLibrary } from '../arrays/library.ts';
import { operatorTable, unaryOperation } from '../arrays/elementwise.ts';
import { getItemOperation } from '../arrays/indexing.ts';
import { matmul } from '../arrays/products.ts';
import { formatDim } from '../../tensors/dim.ts';
import type { Shape } from '../../tensors/shape.ts';
import { nativeClass, nativeMethod, nativeProperty } from '../../values/classes.ts';
import { recordWithinLayers } from '../../values/provenance.ts';
import type { ClassValue, NativeCall, Value } from '../../values/value.ts';
import { int, none, str, tuple, unknown } from '../../values/value.ts';

/** A shape as Keras shows it: axes that it does not know are None. */
export function shapeValue(shape: Shape): Value {
  return shape.dims === undefined ? unknown(undefined, 'tuple') : tuple(shape.dims.map((dim) => (formatDim(dim) === 'None' ? none : int(dim))));
}

const floatOf = (dtype: DType): DType | undefined => (dtype === 'int64' || isInteger(dtype) || dtype === 'bool' ? 'float32' : dtype);

function libraryOf(name: string, precedence: number, cls: () => ClassValue): ArrayLibrary {
  return {
    name,
    precedence,
    get cls() {
      return cls();
    },
    axisName: 'axis',
    defaultInt: 'int32',
    defaultFloat: 'float32',
    promote: promoteKeras,
    floatOf,
    quotientOf: floatOf,
    sumOf: (dtype) => (dtype === 'bool' ? 'int32' : dtype),
    meanOf: floatOf,
    indexType: 'int32',
    isMutable: false,
    onResult: recordWithinLayers,
    shapeException: 'ValueError',
  };
}

function arrayMembers(library: ArrayLibrary): Record<string, Value> {
  return {
    ...arrayOperators(library, { ...operatorTable, matmul: ['@', matmul] }),
    ...arrayMethods(library, {
      __getitem__: ['key', getItemOperation],
      __neg__: ['', unaryOperation('negative')],
      __abs__: ['', unaryOperation('absolute')],
    }),
    shape: nativeProperty('shape', (call) => {
      const self = call.args.get('self');
      return self.kind === 'tensor' ? shapeValue(self.shape) : unknown();
    }),
    ndim: nativeProperty('ndim', (call) => {
      const self = call.args.get('self');
      return self.kind === 'tensor' && self.shape.dims !== undefined ? int(self.shape.dims.length) : unknown(undefined, 'int');
    }),
    dtype: nativeProperty('dtype', (call) => {
      const self = call.args.get('self');
      return self.kind === 'tensor' && self.dtype !== undefined ? str(self.dtype) : unknown(undefined, 'str');
    }),
    get_shape: nativeMethod('get_shape', 'self', (call) => {
      const self = call.args.get('self');
      return self.kind === 'tensor' ? shapeValue(self.shape) : unknown();
    }),
  };
}

/** A node's output in the graph of a functional model. Operations on it become rows of the model. */
export const kerasTensorClass: ClassValue = nativeClass({ name: 'KerasTensor', qualifiedName: 'keras.KerasTensor', hasUnknownBase: true });
/** The arrays of keras.ops where a KerasTensor is involved. */
export const kerasTensorLibrary: ArrayLibrary = libraryOf('ops', 20, () => kerasTensorClass);
registerLibrary(kerasTensorLibrary);
for (const [name, value] of Object.entries(arrayMembers(kerasTensorLibrary))) kerasTensorClass.namespace.set(name, value);

/** Stands in for the backend's tensors until a catalogue of the backend (TensorFlow) names its own class. */
const plainTensorClass: ClassValue = nativeClass({ name: 'Tensor', qualifiedName: 'keras.backend.Tensor', hasUnknownBase: true });
let backendClass: ClassValue = plainTensorClass;

/** What layers give when they are called on arrays. */
export function backendTensorClass(): ClassValue {
  return backendClass;
}
/** Says which class the backend's tensors have: `tf.Tensor`. To be called once, when the backend's catalogue is loaded. */
export function useBackendTensorClass(cls: ClassValue): void {
  backendClass = cls;
}

/** keras.ops on arrays of the backend. */
export const kerasLibrary: ArrayLibrary = libraryOf('ops', 10, backendTensorClass);
registerLibrary(libraryOf('ops', 10, () => plainTensorClass));
for (const [name, value] of Object.entries(arrayMembers(kerasLibrary))) plainTensorClass.namespace.set(name, value);

/** A layer's weight as an object of the program: `layer.kernel`. */
export const variableClass: ClassValue = nativeClass({
  name: 'Variable',
  qualifiedName: 'keras.Variable',
  hasUnknownBase: true,
  constructSignature:
    'initializer, shape=None, dtype=None, trainable=True, autocast=True, aggregation=None, synchronization=None, name=None, **kwargs',
  construct: (call) => variableConstruction.make?.(call) ?? unknown(),
});
/** What makes a variable of the program: handed in by variable.ts, which knows weights. */
export const variableConstruction: { make: ((call: NativeCall) => Value) | undefined } = { make: undefined };
registerLibrary(libraryOf('ops', 5, () => variableClass));
for (const [name, value] of Object.entries(arrayMembers(kerasLibrary))) variableClass.namespace.set(name, value);
variableClass.namespace.set(
  'assign',
  nativeMethod('assign', 'self, value', (call) => call.args.get('value')),
);
for (const name of ['assign_add', 'assign_sub', 'numpy', 'read_value', 'value']) {
  variableClass.namespace.set(
    name,
    nativeMethod(name, 'self, *args, **kwargs', (call) => {
      const self = call.args.get('self');
      return self.kind === 'tensor' ? { ...self, cls: backendTensorClass(), slots: new Map(), range: undefined, contents: undefined } : unknown();
    }),
  );
}
