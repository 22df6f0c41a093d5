// Element types as values of the program: `np.float32` (a class), `tf.float32` and `torch.float32` (objects), 'float32', `float`.
// It must not know any library.
import { type DType, dtypeOfName } from '../../tensors/dtype.ts';
import type { ClassValue, InstanceValue, Value } from '../../values/value.ts';
import { instance } from '../../values/value.ts';
import { dtypeOfScalarClass } from './conversion.ts';

// Not a slot: these objects outlive the branch in which they are made, and a slot's content would be rolled back with it.
const types = new WeakMap<InstanceValue, DType>();

/** An object of a library's dtype class that stands for the type. One for each class and type, so that `is` and `==` hold. */
export function dtypeObject(dtype: DType, cls: ClassValue): InstanceValue {
  let ofClass = objects.get(cls);
  if (ofClass === undefined) {
    ofClass = new Map();
    objects.set(cls, ofClass);
  }
  let object = ofClass.get(dtype);
  if (object === undefined) {
    object = instance(cls);
    types.set(object, dtype);
    ofClass.set(dtype, object);
  }
  return object;
}
const objects = new WeakMap<ClassValue, Map<DType, InstanceValue>>();

/** What an array protocol string says: 'f4', '<i8', 'U10'. */
const codes: Readonly<Record<string, DType>> = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  e: 'float16',
  f: 'float32',
  d: 'float64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  i: 'int32',
  l: 'int64',
  q: 'int64',
  b: 'int8',
  h: 'int16',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  B: 'uint8',
  H: 'uint16',
  I: 'uint32',
  L: 'uint64',
  Q: 'uint64',
  b1: 'bool',
  '?': 'bool',
  c8: 'complex64',
  c16: 'complex128',
  F: 'complex64',
  D: 'complex128',
  O: 'object',
  S: 'string',
  U: 'string',
  a: 'string',
};

export function dtypeOfCode(text: string): DType | undefined {
  const bare = '<>=|'.includes(text.charAt(0)) ? text.slice(1) : text;
  const known = Object.hasOwn(codes, bare) ? codes[bare] : undefined;
  if (known !== undefined) return known;
  const first = bare.charAt(0);
  return bare.length > 1 && 'SUaV'.includes(first) && [...bare.slice(1)].every((digit) => digit >= '0' && digit <= '9') ? 'string' : undefined;
}

/** The type that a `dtype=` argument names. `pythonFloat`: what Python's own `float` and 'float' mean to the library. */
export function dtypeFromValue(value: Value | undefined, pythonFloat: DType = 'float64'): DType | undefined {
  if (value === undefined) return undefined;
  switch (value.kind) {
    case 'str': {
      if (value.value === 'float') return pythonFloat;
      return dtypeOfCode(value.value) ?? dtypeOfName(value.value);
    }
    case 'class': {
      const scalar = dtypeOfScalarClass(value);
      if (scalar !== undefined) return scalar;
      switch (value.qualifiedName) {
        case 'builtins.float':
          return pythonFloat;
        case 'builtins.int':
          return 'int64';
        case 'builtins.bool':
          return 'bool';
        case 'builtins.complex':
          return 'complex128';
        case 'builtins.str':
        case 'builtins.bytes':
          return 'string';
        case 'builtins.object':
          return 'object';
        default:
          return undefined;
      }
    }
    case 'instance':
      return types.get(value);
    default:
      return undefined;
  }
}
