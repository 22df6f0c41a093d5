// What numpy arrays and scalars can do: properties, methods and operators. Each is one line; the operations are those of arrays/.
import { type DType, itemSize } from '../../tensors/dtype.ts';
import { elementCount } from '../../tensors/shape.ts';
import { multiplyDims, unknownDim } from '../../tensors/dim.ts';
import { nativeMethod, nativeProperty } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import { float, int, iterator, none, unknown } from '../../values/value.ts';
import { elementsOf, makeArray, numberFromValue } from '../arrays/contents.ts';
import { asTensor, nestedLists, numbersFromValue, pythonNumber, shapeTuple, tensorOf } from '../arrays/conversion.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { cast, clip, operatorTable, unary } from '../arrays/elementwise.ts';
import { getItemOperation, setItem } from '../arrays/indexing.ts';
import type { ArrayCall, ArrayContext, ArrayDeclarations, ArrayOperation } from '../arrays/library.ts';
import { arrayMethods, arrayOperators } from '../arrays/library.ts';
import { gatherOperation, nonzeroOperation } from '../arrays/lookup.ts';
import { forgetOrder, overwriteArray } from '../arrays/memory.ts';
import { dot, matmul } from '../arrays/products.ts';
import { alongOperation, argOperation, reduction } from '../arrays/reductions.ts';
import { flatten, flattenOperation, repeatOperation, reshape, restOrOne, squeezeOperation, swapOperation, transpose } from '../arrays/reshaping.ts';
import { dtypeValue, genericClass, ndarrayClass, numpyLibrary } from './library.ts';

/** An operation context outside a declared member. */
export function numpyContext(interpreter: Interpreter, place: Place, name: string): ArrayContext {
  return { interpreter, library: numpyLibrary, cls: ndarrayClass, place, name };
}

const reshapeMethod: ArrayOperation = (call) => reshape(call, call.operand(0), restOrOne(call, 'shape'));
const transposeMethod: ArrayOperation = (call) => {
  const axes = restOrOne(call, 'axes');
  return transpose(call, call.operand(0), axes.kind === 'none' ? undefined : (numbersFromValue(call.interpreter, axes) ?? 'unknown'));
};
/** A copy: like the array, but not sharing its elements. */
const copyOperation: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  return tensor === undefined
    ? unknown()
    : makeArray({
        cls: call.cls,
        shape: tensor.shape,
        dtype: tensor.dtype,
        range: tensor.range,
        elements: elementsOf(tensor),
        origin: tensor.origin,
      });
};
const itemMethod: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  if (tensor === undefined) return unknown();
  const elements = elementsOf(tensor);
  const [at] = call.args.rest.map((argument) => numberFromValue(argument.value));
  const element =
    call.args.rest.length === 0
      ? elements?.length === 1
        ? elements[0]
        : undefined
      : call.args.rest.length === 1 && at !== undefined
        ? elements?.at(at)
        : undefined;
  return element === undefined ? unknown(undefined, pythonTypeName(tensor.dtype)) : pythonNumber(element, tensor.dtype, tensor.origin);
};

export function pythonTypeName(dtype: DType | undefined): string | undefined {
  if (dtype === undefined || dtype === 'object' || dtype.startsWith('complex')) return undefined;
  if (dtype === 'string') return 'str';
  return dtype === 'bool' ? 'bool' : dtype.includes('float') ? 'float' : 'int';
}

const sortMethod: ArrayOperation = (call) => {
  const target = call.operand(0);
  if (target.kind === 'tensor') forgetOrder(target);
  return none;
};
const fillMethod: ArrayOperation = (call) => {
  setItem(call, call.operand(0), { kind: 'slice', start: none, stop: none, step: none }, call.operand(1));
  return none;
};

const methods: ArrayDeclarations = {
  reshape: ['*shape, order="C", copy=None', reshapeMethod],
  astype: ['dtype, order="K", casting="unsafe", subok=True, copy=True', (call) => cast(call, call.operand(0), dtypeFromValue(call.operand(1)))],
  flatten: ['order="C"', flattenOperation],
  ravel: ['order="C"', (call) => flatten(call, call.operand(0), true)],
  transpose: ['*axes', transposeMethod],
  swapaxes: ['axis1, axis2', swapOperation],
  squeeze: ['axis=None', squeezeOperation],
  copy: ['order="C"', copyOperation],
  view: ['*args, **kwargs', (call) => (call.args.rest.length === 0 && call.args.restKeywords.length === 0 ? call.operand(0) : unknown())],
  sum: ['axis=None, dtype=None, out=None, keepdims=False, initial=0, where=True, **kwargs', reduction('sum')],
  prod: ['axis=None, dtype=None, out=None, keepdims=False, initial=1, where=True, **kwargs', reduction('prod')],
  mean: ['axis=None, dtype=None, out=None, keepdims=False, *, where=True, **kwargs', reduction('mean')],
  std: ['axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, **kwargs', deviation('std')],
  var: ['axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, **kwargs', deviation('var')],
  max: ['axis=None, out=None, keepdims=False, initial=None, where=True, **kwargs', reduction('max')],
  min: ['axis=None, out=None, keepdims=False, initial=None, where=True, **kwargs', reduction('min')],
  ptp: ['axis=None, out=None, keepdims=False', reduction('ptp')],
  all: ['axis=None, out=None, keepdims=False, *, where=True', reduction('all')],
  any: ['axis=None, out=None, keepdims=False, *, where=True', reduction('any')],
  argmax: ['axis=None, out=None, *, keepdims=False', argOperation('argmax')],
  argmin: ['axis=None, out=None, *, keepdims=False', argOperation('argmin')],
  cumsum: ['axis=None, dtype=None, out=None', alongOperation('cumsum')],
  cumprod: ['axis=None, dtype=None, out=None', alongOperation('cumprod')],
  argsort: ['axis=-1, kind=None, order=None, *, stable=None', alongOperation('argsort')],
  sort: ['axis=-1, kind=None, order=None, *, stable=None', sortMethod],
  clip: ['min=None, max=None, out=None, **kwargs', (call) => clip(call, call.operand(0), call.operand(1), call.operand(2))],
  round: ['decimals=0, out=None', roundOperation],
  dot: ['b, out=None', (call) => dot(call, call.operand(0), call.operand(1))],
  repeat: ['repeats, axis=None', repeatOperation],
  take: ['indices, axis=None, out=None, mode="raise"', gatherOperation({ countsFromEnd: true })],
  nonzero: ['', nonzeroOperation('tuple')],
  fill: ['value', fillMethod],
  item: ['*args', itemMethod],
  tolist: [
    '',
    (call) => {
      const tensor = tensorOf(call, call.operand(0));
      return tensor === undefined ? unknown() : nestedLists(tensor);
    },
  ],
  conj: ['', (call) => unary(call, 'identity', call.operand(0))],
  diagonal: ['offset=0, axis1=0, axis2=1', () => unknown()],
  trace: ['offset=0, axis1=0, axis2=1, dtype=None, out=None', () => unknown()],
  __neg__: ['', (call) => unary(call, 'negative', call.operand(0))],
  __pos__: ['', (call) => unary(call, 'identity', call.operand(0))],
  __abs__: ['', (call) => unary(call, 'absolute', call.operand(0))],
  __invert__: ['', (call) => unary(call, 'invert', call.operand(0))],
  __getitem__: ['key, /', getItemOperation],
};

/** `std` and `var`; with `ddof` only the range is known. */
export function deviation(name: 'std' | 'var'): ArrayOperation {
  return (call) => {
    const result = reduction(name)(call);
    return (call.argument('ddof').kind === 'int' && numberFromValue(call.argument('ddof')) === 0) || result.kind !== 'tensor'
      ? result
      : makeArray({ ...result, range: undefined });
  };
}

export function roundOperation(call: ArrayCall): Value {
  if (numberFromValue(call.argument('decimals')) === 0) return unary(call, 'round', call.operand(0));
  const tensor = tensorOf(call, call.operand(0));
  return tensor === undefined
    ? unknown()
    : makeArray({
        cls: call.cls,
        shape: tensor.shape,
        dtype: tensor.dtype,
        range: tensor.range === undefined ? undefined : { ...tensor.range, attained: false },
        origin: tensor.origin,
      });
}

// ---- Properties.

const properties: Readonly<Record<string, (tensor: TensorValue, context: ArrayContext) => Value>> = {
  shape: (tensor) => shapeTuple(tensor.shape, tensor.origin),
  ndim: (tensor) => (tensor.shape.dims === undefined ? unknown(undefined, 'int') : int(tensor.shape.dims.length)),
  size: (tensor) => int(elementCount(tensor.shape) ?? unknownDim(), tensor.origin),
  dtype: (tensor) => dtypeValue(tensor.dtype),
  itemsize: (tensor) => (tensor.dtype === undefined || itemSize(tensor.dtype) === 0 ? unknown(undefined, 'int') : int(itemSize(tensor.dtype))),
  nbytes: (tensor) => {
    const count = elementCount(tensor.shape);
    return tensor.dtype === undefined || itemSize(tensor.dtype) === 0 || count === undefined
      ? unknown(undefined, 'int')
      : int(multiplyDims(count, itemSize(tensor.dtype)));
  },
  T: (tensor, context) => transpose(context, tensor, undefined),
  mT: (tensor, context) =>
    tensor.shape.dims === undefined
      ? unknown()
      : transpose(
          context,
          tensor,
          tensor.shape.dims.map((_, axis, all) => (axis === all.length - 1 ? axis - 1 : axis === all.length - 2 ? axis + 1 : axis)),
        ),
  flat: (tensor, context) => flatten(context, tensor, true),
  real: (tensor) => tensor,
};

function numberOf(value: Value): TensorValue | undefined {
  return value.kind === 'tensor' ? value : undefined;
}

for (const [name, read] of Object.entries(properties)) {
  ndarrayClass.namespace.set(
    name,
    nativeProperty(name, (call) => {
      const self = numberOf(call.args.get('self'));
      return self === undefined ? unknown() : read(self, numpyContext(call.interpreter, call.place, name));
    }),
  );
  genericClass.namespace.set(
    name,
    nativeProperty(name, (call) => {
      const tensor = asTensor(call.interpreter, call.args.get('self'), numpyLibrary);
      return tensor === undefined
        ? unknown()
        : name === 'real'
          ? call.args.get('self')
          : read(tensor, numpyContext(call.interpreter, call.place, name));
    }),
  );
}

for (const [name, member] of Object.entries(arrayMethods(numpyLibrary, methods))) {
  ndarrayClass.namespace.set(name, member);
  if (!name.startsWith('__')) genericClass.namespace.set(name, member);
}

for (const [name, member] of Object.entries(arrayOperators(numpyLibrary, { ...operatorTable, matmul: ['@', matmul] })))
  ndarrayClass.namespace.set(name, member);

// `x /= 255` changes the array that others may hold.
for (const [dunder, [symbol, operation]] of Object.entries(operatorTable)) {
  if (['eq', 'ne', 'lt', 'le', 'gt', 'ge'].includes(dunder)) continue;
  const name = `__i${dunder}__`;
  ndarrayClass.namespace.set(
    name,
    nativeMethod(name, 'self, other', (call) => {
      const self = call.args.get('self');
      const result = operation(numpyContext(call.interpreter, call.place, `${symbol}=`), self, call.args.get('other'));
      if (self.kind !== 'tensor') return result;
      const isSame = result.kind === 'tensor' && result.shape.dims?.length === self.shape.dims?.length;
      if (!isSame || result.kind !== 'tensor') {
        overwriteArray(self, { range: undefined, contents: undefined });
        return result;
      }
      overwriteArray(self, result);
      return self;
    }),
  );
}

ndarrayClass.namespace.set(
  '__setitem__',
  nativeMethod('__setitem__', 'self, key, value, /', (call) =>
    setItem(numpyContext(call.interpreter, call.place, 'assignment'), call.args.get('self'), call.args.get('key'), call.args.get('value')),
  ),
);
ndarrayClass.namespace.set(
  '__len__',
  nativeMethod('__len__', 'self', (call) => {
    const [rows] = numberOf(call.args.get('self'))?.shape.dims ?? [];
    return rows === undefined ? unknown(undefined, 'int') : int(rows);
  }),
);
ndarrayClass.namespace.set(
  '__iter__',
  nativeMethod('__iter__', 'self', (call) => {
    const self = call.args.get('self');
    return iterator(() => call.interpreter.iterate(self, call.place));
  }),
);
for (const name of ['__int__', '__index__']) {
  ndarrayClass.namespace.set(
    name,
    nativeMethod(name, 'self', (call) => {
      const self = numberOf(call.args.get('self'));
      const elements = self === undefined ? undefined : elementsOf(self);
      const element = elements?.length === 1 ? elements[0] : undefined;
      if (typeof element === 'number') return int(Math.trunc(element), self?.origin);
      return element === undefined
        ? int(
            unknownDim({
              minimum: Math.trunc(self?.range?.low ?? Number.NEGATIVE_INFINITY),
              maximum: Math.trunc(self?.range?.high ?? Number.POSITIVE_INFINITY),
            }),
            self?.origin,
          )
        : int(element, self?.origin);
    }),
  );
}
ndarrayClass.namespace.set(
  '__float__',
  nativeMethod('__float__', 'self', (call) => {
    const self = numberOf(call.args.get('self'));
    const elements = self === undefined ? undefined : elementsOf(self);
    return elements?.length === 1 && typeof elements[0] === 'number' ? float(elements[0], self?.origin) : unknown(undefined, 'float');
  }),
);
