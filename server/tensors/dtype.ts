// Element types under numpy's names, which tf and torch share, and which type results when two meet.
// numpy: NEP 50 (numpy >= 2); TensorFlow converts nothing; Keras 3: keras/src/backend/common/dtypes.py, which follows JAX; torch:
// "Type promotion" in torch.Tensor's documentation. It must not know tensors.

export type DType =
  | 'bool' | 'uint8' | 'uint16' | 'uint32' | 'uint64' | 'int8' | 'int16' | 'int32' | 'int64'
  | 'float8_e4m3fn' | 'float8_e5m2' | 'float16' | 'bfloat16' | 'float32' | 'float64' | 'complex64' | 'complex128'
  | 'string' | 'object';

export type DTypeCategory = 'bool' | 'integer' | 'float' | 'complex' | 'other';

interface DTypeFacts { readonly category: DTypeCategory; readonly bytes: number; readonly signed: boolean }

const facts: Readonly<Record<DType, DTypeFacts>> = {
  bool: { category: 'bool', bytes: 1, signed: false },
  uint8: { category: 'integer', bytes: 1, signed: false },
  uint16: { category: 'integer', bytes: 2, signed: false },
  uint32: { category: 'integer', bytes: 4, signed: false },
  uint64: { category: 'integer', bytes: 8, signed: false },
  int8: { category: 'integer', bytes: 1, signed: true },
  int16: { category: 'integer', bytes: 2, signed: true },
  int32: { category: 'integer', bytes: 4, signed: true },
  int64: { category: 'integer', bytes: 8, signed: true },
  float8_e4m3fn: { category: 'float', bytes: 1, signed: true },
  float8_e5m2: { category: 'float', bytes: 1, signed: true },
  float16: { category: 'float', bytes: 2, signed: true },
  bfloat16: { category: 'float', bytes: 2, signed: true },
  float32: { category: 'float', bytes: 4, signed: true },
  float64: { category: 'float', bytes: 8, signed: true },
  complex64: { category: 'complex', bytes: 8, signed: true },
  complex128: { category: 'complex', bytes: 16, signed: true },
  string: { category: 'other', bytes: 0, signed: false },
  object: { category: 'other', bytes: 0, signed: false },
};

export const allDTypes = Object.keys(facts) as readonly DType[];

/** Other names that numpy, tf, torch and Keras give the same types. */
const aliases: Readonly<Record<string, DType>> = {
  bool_: 'bool', boolean: 'bool', byte: 'int8', ubyte: 'uint8', short: 'int16', ushort: 'uint16', intc: 'int32', uintc: 'uint32',
  int: 'int64', int_: 'int64', intp: 'int64', long: 'int64', longlong: 'int64', uint: 'uint64', uintp: 'uint64', ulonglong: 'uint64',
  half: 'float16', float: 'float32', single: 'float32', double: 'float64', float_: 'float64',
  cfloat: 'complex64', csingle: 'complex64', cdouble: 'complex128', complex: 'complex128', complex_: 'complex128',
  str: 'string', str_: 'string', bytes: 'string', bytes_: 'string', object_: 'object',
  float8_e4m3: 'float8_e4m3fn',
};

/**
 * The type a name stands for, with or without the library in front (`torch.float32`). In numpy `float` is Python's, a double; in torch and
 * Keras it is a single, which is what this gives.
 */
export function dtypeOfName(name: string): DType | undefined {
  const bare = name.slice(name.lastIndexOf('.') + 1);
  return Object.hasOwn(facts, bare) ? bare as DType : Object.hasOwn(aliases, bare) ? aliases[bare] : undefined;
}

export function dtypeCategory(dtype: DType): DTypeCategory {
  return facts[dtype].category;
}

export function isInteger(dtype: DType): boolean {
  return facts[dtype].category === 'integer';
}

export function isFloating(dtype: DType): boolean {
  return facts[dtype].category === 'float';
}

/** Bytes of one element; 0 for strings and objects, whose size is not fixed. */
export function itemSize(dtype: DType): number {
  return facts[dtype].bytes;
}

/** The values that fit; booleans count as 0 and 1. Undefined where there are no numbers or the ends do not matter (float, complex). */
export function integerLimits(dtype: DType): { readonly low: number; readonly high: number } | undefined {
  const { category, bytes, signed } = facts[dtype];
  if (category === 'bool') return { low: 0, high: 1 };
  if (category !== 'integer') return undefined;
  const values = 2 ** (8 * bytes);
  return signed ? { low: -values / 2, high: values / 2 - 1 } : { low: 0, high: values - 1 };
}

/** A Python number without a type of its own: it only decides the kind, not the width. */
export type WeakType = 'python-bool' | 'python-int' | 'python-float' | 'python-complex';
export type Operand = DType | WeakType;

interface Promotion {
  /** Types that the library mixes with no other one, or not reliably. */
  readonly keepsApart: (left: DType, right: DType) => boolean;
  /** Two integer types. */
  readonly integers: (left: DType, right: DType) => DType;
  /** An integer type with a float type. */
  readonly integerWithFloat: (integer: DType, float: DType) => DType;
  readonly floats: (left: DType, right: DType) => DType;
  readonly floatWithComplex: (float: DType, complex: DType) => DType;
  /** What a Python number is beside a type of a lower kind. */
  readonly weak: Readonly<Record<'python-int' | 'python-float' | 'python-complex', (other: DType) => DType | undefined>>;
  /** What two or more Python numbers make. */
  readonly defaults: Readonly<Record<WeakType, DType>>;
}

const order: Readonly<Record<DTypeCategory, number>> = { bool: 0, integer: 1, float: 2, complex: 3, other: 4 };

function isWeak(operand: Operand): operand is WeakType {
  return operand.startsWith('python-');
}

function weakCategory(weak: WeakType): DTypeCategory {
  switch (weak) {
    case 'python-bool': return 'bool';
    case 'python-int': return 'integer';
    case 'python-float': return 'float';
    case 'python-complex': return 'complex';
  }
}

function promote(rules: Promotion, left: Operand, right: Operand): DType | undefined {
  if (isWeak(left) && isWeak(right)) return rules.defaults[order[weakCategory(left)] >= order[weakCategory(right)] ? left : right];
  if (isWeak(left)) return isWeak(right) ? undefined : promoteWeak(rules, left, right);
  if (isWeak(right)) return promoteWeak(rules, right, left);
  if (left === right) return left;
  const [low, high] = order[facts[left].category] <= order[facts[right].category] ? [left, right] : [right, left];
  const [lowCategory, highCategory] = [facts[low].category, facts[high].category];
  if (highCategory === 'other' || rules.keepsApart(low, high)) return undefined;
  if (lowCategory === 'bool') return high;
  if (lowCategory === 'integer') return highCategory === 'integer' ? rules.integers(low, high) : highCategory === 'float' ? rules.integerWithFloat(low, high) : complexOf(rules, low, high);
  if (highCategory === 'float') return rules.floats(low, high);
  return lowCategory === 'complex' ? 'complex128' : rules.floatWithComplex(low, high);
}

function complexOf(rules: Promotion, integer: DType, complex: DType): DType {
  const float = rules.integerWithFloat(integer, complex === 'complex64' ? 'float32' : 'float64');
  return rules.floatWithComplex(float, complex);
}

function promoteWeak(rules: Promotion, weak: WeakType, other: DType): DType | undefined {
  if (facts[other].category === 'other' || isFloating(other) && rules.keepsApart(other, other)) return undefined;
  if (weak === 'python-bool' || order[facts[other].category] >= order[weakCategory(weak)]) return other;
  return rules.weak[weak](other);
}

/** The smallest integer type that holds both; undefined where none does (uint64 with a signed one). */
function commonInteger(left: DType, right: DType): DType | undefined {
  const [one, other] = [facts[left], facts[right]];
  if (one.signed === other.signed) return one.bytes >= other.bytes ? left : right;
  const [signed, unsigned] = one.signed ? [left, right] : [right, left];
  if (facts[signed].bytes > facts[unsigned].bytes) return signed;
  return ({ 1: 'int16', 2: 'int32', 4: 'int64' } as const)[facts[unsigned].bytes as 1 | 2 | 4];
}

function wider(left: DType, right: DType): DType {
  return facts[left].bytes >= facts[right].bytes ? left : right;
}

/** float16 and bfloat16 hold what the other does not; single precision holds both. */
function commonFloat(left: DType, right: DType): DType {
  return facts[left].bytes === facts[right].bytes && left !== right ? 'float32' : wider(left, right);
}

function isFloat8(dtype: DType): boolean {
  return isFloating(dtype) && itemSize(dtype) === 1;
}

/** Unsigned integers that torch 2 holds but computes little with. */
function isWideUnsigned(dtype: DType): boolean {
  return dtype === 'uint16' || dtype === 'uint32' || dtype === 'uint64';
}

function commonComplex(float: DType, complex: DType): DType {
  return float === 'float64' ? 'complex128' : complex;
}

/** The float that holds an integer type's values as numpy sees it. */
function floatOfInteger(integer: DType): DType {
  return facts[integer].bytes === 1 ? 'float16' : facts[integer].bytes === 2 ? 'float32' : 'float64';
}

const numpyRules: Promotion = {
  // bfloat16 and float8 come from ml_dtypes, which adds only some conversions to numpy.
  keepsApart: (low, high) => [low, high].some((dtype) => dtype === 'bfloat16' || isFloat8(dtype)) && dtypeCategory(low) !== 'bool',
  integers: (left, right) => commonInteger(left, right) ?? 'float64',
  integerWithFloat: (integer, float) => commonFloat(floatOfInteger(integer), float),
  floats: commonFloat,
  floatWithComplex: commonComplex,
  weak: {
    'python-int': () => 'int64',
    'python-float': () => 'float64',
    'python-complex': (other) => (isFloating(other) && other !== 'float64' ? 'complex64' : 'complex128'),
  },
  defaults: { 'python-bool': 'bool', 'python-int': 'int64', 'python-float': 'float64', 'python-complex': 'complex128' },
};

// As under the TensorFlow backend: the others make int32 of int64 and float32 of float64.
const kerasRules: Promotion = {
  keepsApart: (low, high) => isFloat8(low) || isFloat8(high),
  integers: (left, right) => commonInteger(left, right) ?? 'float32',
  integerWithFloat: (_, float) => float,
  floats: commonFloat,
  floatWithComplex: commonComplex,
  weak: {
    'python-int': () => 'int32',
    'python-float': () => 'float32',
    'python-complex': () => 'complex64',
  },
  defaults: { 'python-bool': 'bool', 'python-int': 'int32', 'python-float': 'float32', 'python-complex': 'complex64' },
};

const torchRules: Promotion = {
  keepsApart: (low, high) => isFloat8(low) || isFloat8(high) || [low, high].some(isWideUnsigned) && !isFloating(high),
  integers: (left, right) => commonInteger(left, right) ?? 'float32',
  integerWithFloat: (_, float) => float,
  floats: commonFloat,
  floatWithComplex: commonComplex,
  weak: {
    'python-int': () => 'int64',
    'python-float': () => 'float32',
    'python-complex': (other) => (other === 'float64' ? 'complex128' : other === 'float16' ? undefined : 'complex64'),
  },
  defaults: { 'python-bool': 'bool', 'python-int': 'int64', 'python-float': 'float32', 'python-complex': 'complex64' },
};

function promoteAll(rules: Promotion, operands: readonly (Operand | undefined)[]): DType | undefined {
  let result: Operand | undefined;
  for (const [index, operand] of operands.entries()) {
    if (operand === undefined) return undefined;
    result = index === 0 || result === undefined ? operand : promote(rules, result, operand);
    if (result === undefined) return undefined;
  }
  return result === undefined ? undefined : isWeak(result) ? rules.defaults[result] : result;
}

/** The type of an operation's result. Undefined operands, and types that do not mix, give undefined. */
export function promoteNumpy(...operands: readonly (Operand | undefined)[]): DType | undefined {
  return promoteAll(numpyRules, operands);
}

/** `keras.backend.result_type`. */
export function promoteKeras(...operands: readonly (Operand | undefined)[]): DType | undefined {
  const result = promoteAll(kerasRules, operands);
  return result === 'uint64' ? 'uint32' : result === 'complex128' ? 'complex64' : result;
}

/** `torch.result_type` of tensors with at least one axis; a tensor without axes gives way to others like a Python number. */
export function promoteTorch(...operands: readonly (Operand | undefined)[]): DType | undefined {
  return promoteAll(torchRules, operands);
}
