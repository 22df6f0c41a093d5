// numpy as an array library: the ndarray class (filled by ndarray.ts), the scalar classes, dtype objects and numpy's rules for element types.
import { type DType, isFloating, itemSize, promoteNumpy } from '../../tensors/dtype.ts';
import type { NativeCall, TensorValue, Value } from '../../values/value.ts';
import type { ClassValue } from '../../values/value.ts';
import { bool, float, int, notImplemented, str, unknown } from '../../values/value.ts';
import { nativeClass, nativeMethod, nativeProperty } from '../../values/classes.ts';
import { floatClass } from '../python/numbers.ts';
import { elementsOf } from '../arrays/contents.ts';
import { asTensor, castArray, registerScalarClass } from '../arrays/conversion.ts';
import { dtypeFromValue, dtypeObject } from '../arrays/dtypes.ts';
import type { ArrayLibrary } from '../arrays/library.ts';
import { registerLibrary } from '../arrays/library.ts';

export const ndarrayClass: ClassValue = nativeClass({ name: 'ndarray', qualifiedName: 'numpy.ndarray' });

function abstractScalar(name: string, bases: readonly ClassValue[] = []): ClassValue {
  return nativeClass({ name, qualifiedName: `numpy.${name}`, ...(bases.length === 0 ? {} : { bases }) });
}

/** `numpy.generic`: its members, which ndarray.ts gives it, are those of every scalar. */
export const genericClass = abstractScalar('generic');
const numberClass = abstractScalar('number', [genericClass]);
const integerClass = abstractScalar('integer', [numberClass]);
const signedClass = abstractScalar('signedinteger', [integerClass]);
const unsignedClass = abstractScalar('unsignedinteger', [integerClass]);
const inexactClass = abstractScalar('inexact', [numberClass]);
const floatingClass = abstractScalar('floating', [inexactClass]);
const complexFloatingClass = abstractScalar('complexfloating', [inexactClass]);
const characterClass = abstractScalar('character', [genericClass]);

function scalarClass(name: string, dtype: DType, ...bases: readonly ClassValue[]): ClassValue {
  const cls = nativeClass({
    name,
    qualifiedName: `numpy.${name}`,
    bases,
    constructSignature: 'value=0, /, *args, **kwargs',
    construct: (call) => convertScalar(call, dtype),
  });
  registerScalarClass(cls, dtype);
  return cls;
}

function convertScalar(call: NativeCall, dtype: DType): Value {
  const value = call.args.get('value');
  const tensor = value.kind === 'str' ? undefined : asTensor(call.interpreter, value, numpyLibrary);
  if (tensor === undefined) return unknown();
  const cast = castArray(tensor, dtype);
  return cast.shape.dims?.length === 0 ? toScalar(cast) : cast;
}

/** The scalar classes by their numpy names. */
export const scalarClasses = {
  bool_: scalarClass('bool_', 'bool', genericClass),
  int8: scalarClass('int8', 'int8', signedClass),
  int16: scalarClass('int16', 'int16', signedClass),
  int32: scalarClass('int32', 'int32', signedClass),
  int64: scalarClass('int64', 'int64', signedClass),
  uint8: scalarClass('uint8', 'uint8', unsignedClass),
  uint16: scalarClass('uint16', 'uint16', unsignedClass),
  uint32: scalarClass('uint32', 'uint32', unsignedClass),
  uint64: scalarClass('uint64', 'uint64', unsignedClass),
  float16: scalarClass('float16', 'float16', floatingClass),
  float32: scalarClass('float32', 'float32', floatingClass),
  float64: scalarClass('float64', 'float64', floatingClass, floatClass),
  complex64: scalarClass('complex64', 'complex64', complexFloatingClass),
  complex128: scalarClass('complex128', 'complex128', complexFloatingClass),
  str_: scalarClass('str_', 'string', characterClass),
  object_: scalarClass('object_', 'object', genericClass),
} as const;

/** Every name that stands for a scalar class in the numpy module. */
export const scalarMembers: Readonly<Record<string, Value>> = {
  generic: genericClass,
  number: numberClass,
  integer: integerClass,
  signedinteger: signedClass,
  unsignedinteger: unsignedClass,
  inexact: inexactClass,
  floating: floatingClass,
  complexfloating: complexFloatingClass,
  character: characterClass,
  ...scalarClasses,
  bool: scalarClasses.bool_,
  byte: scalarClasses.int8,
  ubyte: scalarClasses.uint8,
  short: scalarClasses.int16,
  ushort: scalarClasses.uint16,
  intc: scalarClasses.int32,
  uintc: scalarClasses.uint32,
  int_: scalarClasses.int64,
  intp: scalarClasses.int64,
  longlong: scalarClasses.int64,
  long: scalarClasses.int64,
  uint: scalarClasses.uint64,
  uintp: scalarClasses.uint64,
  ulonglong: scalarClasses.uint64,
  ulong: scalarClasses.uint64,
  half: scalarClasses.float16,
  single: scalarClasses.float32,
  double: scalarClasses.float64,
  float_: scalarClasses.float64,
  csingle: scalarClasses.complex64,
  cdouble: scalarClasses.complex128,
  complex_: scalarClasses.complex128,
  bytes_: scalarClasses.str_,
  unicode_: scalarClasses.str_,
};

const classOfType: Partial<Readonly<Record<DType, ClassValue>>> = {
  ...scalarClasses,
  bool: scalarClasses.bool_,
  string: scalarClasses.str_,
  object: scalarClasses.object_,
};

/** `x.dtype`, `np.dtype('float32')`. */
export const dtypeClass: ClassValue = nativeClass({
  name: 'dtype',
  qualifiedName: 'numpy.dtype',
  constructSignature: 'dtype, align=False, copy=False, **kwargs',
  construct: (call) => dtypeValue(dtypeFromValue(call.args.get('dtype'))),
});

export function dtypeValue(dtype: DType | undefined): Value {
  return dtype === undefined ? unknown() : dtypeObject(dtype, dtypeClass);
}

function dtypeMember(name: string, read: (dtype: DType) => Value): void {
  dtypeClass.namespace.set(
    name,
    nativeProperty(name, (call) => {
      const dtype = dtypeFromValue(call.args.get('self'));
      return dtype === undefined ? unknown() : read(dtype);
    }),
  );
}
const kinds: Readonly<Record<string, string>> = { bool: 'b', string: 'U', object: 'O' };
dtypeMember('name', (dtype) => str(dtype === 'string' ? 'str' : dtype));
dtypeMember('kind', (dtype) =>
  str(kinds[dtype] ?? (dtype.startsWith('uint') ? 'u' : dtype.startsWith('int') ? 'i' : dtype.startsWith('complex') ? 'c' : 'f')),
);
dtypeMember('itemsize', (dtype) => (itemSize(dtype) === 0 ? unknown(undefined, 'int') : int(itemSize(dtype))));
dtypeMember('type', (dtype) => classOfType[dtype] ?? unknown());
for (const [name, wanted] of [
  ['__eq__', true],
  ['__ne__', false],
] as const) {
  dtypeClass.namespace.set(
    name,
    nativeMethod(name, 'self, other', (call) => {
      const [own, other] = [dtypeFromValue(call.args.get('self')), dtypeFromValue(call.args.get('other'))];
      if (own === undefined || call.args.get('other').kind === 'unknown') return unknown(undefined, 'bool');
      return other === undefined ? (call.args.get('other').kind === 'none' ? bool(!wanted) : notImplemented) : bool((own === other) === wanted);
    }),
  );
}
for (const name of ['__str__', '__repr__']) {
  dtypeClass.namespace.set(
    name,
    nativeMethod(name, 'self', (call) => {
      const dtype = dtypeFromValue(call.args.get('self'));
      return dtype === undefined || dtype === 'string' ? unknown(undefined, 'str') : str(name === '__str__' ? dtype : `dtype('${dtype}')`);
    }),
  );
}
dtypeClass.namespace.set(
  'newbyteorder',
  nativeMethod('newbyteorder', 'self, new_order="S", /', (call) => call.args.get('self')),
);

/** A known number without axes is one of numpy's scalars, which behave like Python's numbers; others stay arrays. */
export function toScalar(result: TensorValue): Value {
  const element = elementsOf(result)?.[0];
  const cls = result.dtype === undefined ? undefined : classOfType[result.dtype];
  if (element === undefined || cls === undefined || result.dtype === undefined || result.cls !== ndarrayClass) return result;
  if (isFloating(result.dtype)) return typeof element === 'number' ? { ...float(element, result.origin), cls } : result;
  return result.dtype === 'bool' || result.dtype === 'string' || result.dtype.startsWith('complex')
    ? result
    : { ...int(element, result.origin), cls };
}

/** The float type that numpy's universal functions give for integers: the smallest that holds them. */
function floatOfInteger(dtype: DType): DType {
  if (dtype === 'bool' || itemSize(dtype) === 1) return 'float16';
  return itemSize(dtype) === 2 ? 'float32' : 'float64';
}

function sumType(dtype: DType): DType {
  if (dtype === 'bool' || dtype.startsWith('int')) return 'int64';
  return dtype.startsWith('uint') ? 'uint64' : dtype;
}

export const numpyLibrary: ArrayLibrary = {
  name: 'np',
  cls: ndarrayClass,
  precedence: 0,
  axisName: 'axis',
  defaultInt: 'int64',
  defaultFloat: 'float64',
  promote: promoteNumpy,
  floatOf: (dtype) =>
    isFloating(dtype) || dtype.startsWith('complex') ? dtype : dtype === 'string' || dtype === 'object' ? undefined : floatOfInteger(dtype),
  quotientOf: (dtype) => (dtype === 'string' || dtype === 'object' ? undefined : 'float64'),
  sumOf: sumType,
  meanOf: (dtype) => (dtype === 'string' || dtype === 'object' ? undefined : 'float64'),
  indexType: 'int64',
  scalar: toScalar,
  isMutable: true,
  shapeException: 'ValueError',
  rejectsSymbolic: true,
};
registerLibrary(numpyLibrary);

/** The type an argument names: None gives the fallback, something not known gives undefined. */
export function dtypeOr(value: Value, fallback: DType | undefined): DType | undefined {
  return value.kind === 'none' ? fallback : dtypeFromValue(value);
}
