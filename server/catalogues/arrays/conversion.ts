// From Python values to arrays and back: numbers, nested lists, other libraries' arrays, objects that know how to become arrays.
// It must not know any library.
import { addDims, ceilDivideDims, type Dim, dimBounds, maximumDims, subtractDims, unknownDim } from '../../tensors/dim.ts';
import { type DType, isFloating, type Operand } from '../../tensors/dtype.ts';
import { castRange, rangeBetween, rangeOfValues, uniteRanges, type ValueRange } from '../../tensors/range.ts';
import { joinShapes, shapeOf, type Shape, unknownShape } from '../../tensors/shape.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Origin } from '../../values/place.ts';
import { derivedOrigin } from '../../values/place.ts';
import { largestKnownContents } from '../../values/tensor.ts';
import type { ClassValue, InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { float, int, list, originOf, bool, tuple, unknown } from '../../values/value.ts';
import { countOf, dimFromValue, distinctSlot, elementsOf, knownSizes, makeArray } from './contents.ts';
import type { ArrayContext, ArrayLibrary } from './library.ts';

/** How an object becomes an array (a pandas column, a variable): `__array__`. */
export type ArrayConversion = (interpreter: Interpreter, object: InstanceValue) => TensorValue | undefined;
const conversions = new Map<ClassValue, ArrayConversion>();
export function registerArrayConversion(cls: ClassValue, convert: ArrayConversion): void {
  conversions.set(cls, convert);
}

/** The type that a scalar class (`numpy.int64`) stands for. */
const scalarTypes = new Map<ClassValue, DType>();
export function registerScalarClass(cls: ClassValue, dtype: DType): void {
  scalarTypes.set(cls, dtype);
}
export function dtypeOfScalarClass(cls: ClassValue | undefined): DType | undefined {
  return cls === undefined ? undefined : scalarTypes.get(cls);
}

/** The value as an array of the library; undefined for what is not known, or no array. */
export function asTensor(interpreter: Interpreter, value: Value, library: ArrayLibrary, dtype?: DType): TensorValue | undefined {
  const found = asOperand(interpreter, value, library, library.cls)?.tensor;
  return found === undefined || dtype === undefined ? found : castArray(found, dtype);
}

/** An array operand; `weak` says that it is a Python number, whose type gives way. */
export interface ArrayOperand {
  readonly tensor: TensorValue;
  readonly type: Operand | undefined;
}

/** The type that operands of an elementwise operation make together. */
export function typeOfOperands(library: ArrayLibrary, operands: readonly ArrayOperand[]): DType | undefined {
  return library.resultType === undefined ? library.promote(...operands.map((operand) => operand.type)) : library.resultType(operands);
}

export function operandOf(context: ArrayContext, value: Value): ArrayOperand | undefined {
  return asOperand(context.interpreter, value, context.library, context.cls);
}

export function tensorOf(context: ArrayContext, value: Value): TensorValue | undefined {
  return operandOf(context, value)?.tensor;
}

function asOperand(interpreter: Interpreter, value: Value, library: ArrayLibrary, cls: ClassValue): ArrayOperand | undefined {
  switch (value.kind) {
    case 'tensor':
      return { tensor: value, type: value.dtype };
    case 'int': {
      const known = dtypeOfScalarClass(value.cls);
      return { tensor: scalarArray(cls, value.value, known ?? library.defaultInt, value.origin), type: known ?? 'python-int' };
    }
    case 'float': {
      const declared = dtypeOfScalarClass(value.cls);
      // Arithmetic on an integer scalar may have given a float.
      const known = declared === undefined || isFloating(declared) ? declared : 'float64';
      return { tensor: scalarArray(cls, value.value, known ?? library.defaultFloat, value.origin), type: known ?? 'python-float' };
    }
    case 'bool':
      return { tensor: scalarArray(cls, Number(value.value), 'bool', value.origin), type: 'python-bool' };
    case 'unknown':
      return unknownNumber(value.typeName, library, cls, value.origin);
    case 'list':
    case 'tuple':
    case 'range': {
      const tensor = sequenceArray(interpreter, value, library, cls);
      return tensor === undefined ? undefined : { tensor, type: tensor.dtype };
    }
    case 'str':
      return { tensor: makeArray({ cls, shape: shapeOf(), dtype: 'string', origin: value.origin }), type: 'string' };
    case 'instance': {
      for (const owner of value.cls.mro) {
        const tensor = conversions.get(owner)?.(interpreter, value);
        if (tensor !== undefined) return { tensor, type: tensor.dtype };
      }
      return undefined;
    }
    default:
      return undefined;
  }
}

function scalarArray(cls: ClassValue, element: Dim, dtype: DType, origin: Origin | undefined): TensorValue {
  return makeArray({ cls, shape: shapeOf(), dtype, elements: typeof element === 'number' && Number.isNaN(element) ? undefined : [element], origin });
}

function unknownNumber(typeName: string | undefined, library: ArrayLibrary, cls: ClassValue, origin: Origin | undefined): ArrayOperand | undefined {
  if (typeName === 'int') return { tensor: makeArray({ cls, shape: shapeOf(), dtype: library.defaultInt, origin }), type: 'python-int' };
  if (typeName === 'float') return { tensor: makeArray({ cls, shape: shapeOf(), dtype: library.defaultFloat, origin }), type: 'python-float' };
  if (typeName === 'bool') return { tensor: makeArray({ cls, shape: shapeOf(), dtype: 'bool', origin }), type: 'python-bool' };
  return undefined;
}

/** The positions of a `range`, without running it. */
function rangeArray(value: Extract<Value, { kind: 'range' }>, library: ArrayLibrary, cls: ClassValue): TensorValue {
  const { start, stop, step, origin } = value;
  const length = maximumDims(0, step > 0 ? ceilDivideDims(subtractDims(stop, start), step) : ceilDivideDims(subtractDims(start, stop), -step));
  const isKnownRange = typeof start === 'number' && typeof length === 'number';
  const [first, last] = [dimBounds(start), dimBounds(step > 0 ? subtractDims(stop, 1) : addDims(stop, 1))];
  return makeArray({
    cls,
    shape: shapeOf(length),
    dtype: library.defaultInt,
    origin,
    elements: isKnownRange && length <= largestKnownContents ? Array.from({ length }, (_, at) => start + at * step) : undefined,
    range:
      isKnownRange && length > 0
        ? rangeBetween(Math.min(start, start + (length - 1) * step), Math.max(start, start + (length - 1) * step), { integral: true, attained: true })
        : rangeBetween(Math.min(first.low, last.low), Math.max(first.high, last.high), { integral: true }),
  });
}

// numpy has no more than 64 axes; lists that hold one another many times have more items than can be looked at.
const deepest = 64,
  mostSequences = 20_000;
const sequences = { depth: 0, converted: 0 };

function sequenceArray(
  interpreter: Interpreter,
  value: Extract<Value, { kind: 'list' | 'tuple' | 'range' }>,
  library: ArrayLibrary,
  cls: ClassValue,
): TensorValue | undefined {
  sequences.converted = sequences.depth === 0 ? 0 : sequences.converted + 1;
  if (sequences.depth >= deepest || sequences.converted > mostSequences) return undefined;
  sequences.depth += 1;
  try {
    return itemsArray(interpreter, value, library, cls);
  } finally {
    sequences.depth -= 1;
  }
}

function itemsArray(
  interpreter: Interpreter,
  value: Extract<Value, { kind: 'list' | 'tuple' | 'range' }>,
  library: ArrayLibrary,
  cls: ClassValue,
): TensorValue | undefined {
  if (value.kind === 'range') return rangeArray(value, library, cls);
  const iteration = value.kind === 'list' && value.open ? interpreter.iterate(value, interpreter.place) : { items: value.items, exact: true };
  const { items, exact } = iteration;
  const length: Dim = exact ? items.length : unknownDim();
  const origin = originOf(value);
  // What an open list holds may be numbers or arrays.
  if (items.length === 0)
    return exact
      ? makeArray({ cls, shape: shapeOf(length), dtype: library.defaultFloat, elements: [], origin })
      : makeArray({ cls, shape: unknownShape, dtype: undefined, origin });
  if (exact && items.every((item) => item.kind === 'str')) {
    const texts = [...new Set(items.map((item) => (item.kind === 'str' ? item.value : '')))].sort();
    return distinctSlot.on(makeArray({ cls, shape: shapeOf(length), dtype: 'string', origin: origin ?? originOf(items[0] ?? value) }), { texts });
  }
  const plain = exact ? plainNumbers(items, library) : undefined;
  if (plain !== undefined) {
    return makeArray({
      cls,
      shape: shapeOf(length),
      dtype: plain.dtype,
      range: rangeOfValues(plain.numbers),
      elements: plain.numbers,
      origin: origin ?? originOf(items[0] ?? value),
    });
  }
  if (items.length > 4 * largestKnownContents) return undefined;
  let shape: Shape | undefined;
  let range: ValueRange | undefined;
  let rangeKnown = true,
    allKnown = true;
  let elements: Dim[] | undefined = exact ? [] : undefined;
  const types: (Operand | undefined)[] = [];
  const origins: (Origin | undefined)[] = [origin];
  for (const item of items) {
    const operand = asOperand(interpreter, item, library, cls);
    if (operand === undefined) {
      allKnown = false;
      rangeKnown = false;
      elements = undefined;
      types.push(undefined);
      continue;
    }
    const { tensor } = operand;
    // Ragged lists are objects to numpy and an error elsewhere; nothing is said of them.
    if (shape !== undefined && shape.dims !== undefined && tensor.shape.dims !== undefined && shape.dims.length !== tensor.shape.dims.length)
      return undefined;
    shape = shape === undefined ? tensor.shape : joinShapes(shape, tensor.shape);
    if (tensor.range === undefined) rangeKnown = false;
    else if (rangeKnown) range = range === undefined ? tensor.range : uniteRanges(range, tensor.range);
    const own = elementsOf(tensor);
    if (own === undefined) elements = undefined;
    else elements?.push(...own);
    if (elements !== undefined && elements.length > largestKnownContents) elements = undefined;
    types.push(operand.type);
    if (origins.length < 4) origins.push(tensor.origin);
  }
  // A list of unknown things may hold numbers or arrays.
  if (shape === undefined || (!allKnown && shape.dims?.length === 0))
    return makeArray({ cls, shape: shape === undefined ? unknownShape : shapeOf(length), dtype: undefined, origin });
  const dtype = types.every((type) => type === 'string') ? 'string' : library.promote(...types);
  return makeArray({
    cls,
    dtype,
    origin: derivedOrigin(...origins),
    shape: shape.dims === undefined ? unknownShape : { dims: [length, ...shape.dims] },
    range: rangeKnown && exact ? range : undefined,
    elements,
  });
}

/** The usual case, and long lists: known numbers only. */
function plainNumbers(
  items: readonly Value[],
  library: ArrayLibrary,
): { readonly numbers: readonly number[]; readonly dtype: DType | undefined } | undefined {
  const numbers: number[] = [];
  const kinds = new Set<Operand>();
  for (const item of items) {
    if (item.kind === 'bool') {
      numbers.push(Number(item.value));
      kinds.add('python-bool');
    } else if (item.kind === 'float' && item.cls === undefined && !Number.isNaN(item.value)) {
      numbers.push(item.value);
      kinds.add('python-float');
    } else if (item.kind === 'int' && item.cls === undefined && typeof item.value === 'number') {
      numbers.push(item.value);
      kinds.add('python-int');
    } else return undefined;
  }
  return { numbers, dtype: library.promote(...kinds) };
}

/** The array in another type: elements and range follow. */
export function castArray(value: TensorValue, dtype: DType): TensorValue {
  if (value.dtype === dtype) return value;
  return makeArray({
    cls: value.cls,
    shape: value.shape,
    dtype,
    origin: value.origin,
    range: value.range === undefined ? undefined : castRange(value.range, dtype),
    elements: castElements(elementsOf(value), dtype),
  });
}

export function castElements(elements: readonly Dim[] | undefined, dtype: DType): readonly Dim[] | undefined {
  if (elements === undefined || dtype === 'string' || dtype === 'object') return undefined;
  return elements.every((element) => typeof element === 'number') ? castNumbers(elements, dtype) : dtype === 'bool' ? undefined : elements;
}

function castNumbers(elements: readonly number[], dtype: DType): readonly number[] | undefined {
  if (dtype === 'bool') return elements.map((element) => (element === 0 ? 0 : 1));
  const limits =
    castRange({ low: 0, high: 0, integral: true, attained: true }, dtype)?.integral === true &&
    !dtype.includes('float') &&
    !dtype.includes('complex');
  if (!limits) return dtype === 'float32' ? elements.map(Math.fround) : elements;
  const whole = elements.map((element) => Math.trunc(element) + 0);
  return whole.every(
    (element) => Number.isFinite(element) && castRange({ low: element, high: element, integral: true, attained: true }, dtype)?.low === element,
  )
    ? whole
    : undefined;
}

/** The sizes that a shape argument names: one number, a tuple or list of them, a small array. Undefined: not even their number is known. */
export function sizesFromValue(interpreter: Interpreter, value: Value): readonly Dim[] | undefined {
  const single = dimFromValue(value);
  if (single !== undefined) return [single];
  if (value.kind === 'unknown' && value.typeName === 'int') return [unknownDim()];
  if (value.kind === 'tensor') {
    const elements = elementsOf(value);
    if (elements !== undefined) return value.shape.dims?.length === 1 ? elements : undefined;
    const [length] = value.shape.dims ?? [];
    return value.shape.dims?.length === 1 && typeof length === 'number' && length < 32 ? Array.from({ length }, () => unknownDim()) : undefined;
  }
  if (value.kind === 'list' ? !value.open : value.kind === 'tuple') {
    return (value.kind === 'list' || value.kind === 'tuple' ? value.items : []).map((item) => dimFromValue(item) ?? unknownDim());
  }
  if (value.kind === 'range') {
    const iteration = interpreter.iterate(value, interpreter.place);
    return iteration.exact ? iteration.items.map((item) => dimFromValue(item) ?? unknownDim()) : undefined;
  }
  return undefined;
}

/** Whole numbers of an axis or permutation argument, all known; a single number gives a list of one. */
export function numbersFromValue(interpreter: Interpreter, value: Value): readonly number[] | undefined {
  const sizes = sizesFromValue(interpreter, value);
  return sizes?.every((size) => typeof size === 'number') ? sizes : undefined;
}

/** A shape as the tuple that `x.shape` gives. */
export function shapeTuple(shape: Shape, origin?: Origin): Value {
  return shape.dims === undefined
    ? unknown(undefined, 'tuple')
    : tuple(
        shape.dims.map((dim) => int(dim, origin)),
        origin,
      );
}

/** A known element as a Python number. */
export function pythonNumber(element: Dim, dtype: DType | undefined, origin?: Origin): Value {
  if (dtype === 'bool') return typeof element === 'number' ? bool(element !== 0) : unknown(undefined, 'bool');
  if (typeof element !== 'number') return int(element, origin);
  return dtype !== undefined && (dtype.startsWith('float') || dtype === 'bfloat16') ? float(element, origin) : int(element, origin);
}

/** `tolist()`: nested lists of Python numbers. */
export function nestedLists(value: TensorValue): Value {
  const sizes = knownSizes(value.shape);
  const elements = elementsOf(value);
  if (sizes === undefined || elements === undefined || value.dtype === undefined)
    return value.shape.dims?.length === 0 ? unknown() : unknown(undefined, 'list');
  const build = (axis: number, start: number): Value => {
    const size = sizes[axis];
    if (size === undefined) return pythonNumber(elements[start] ?? 0, value.dtype, value.origin);
    const step = countOf(sizes.slice(axis + 1));
    return list(Array.from({ length: size }, (_, at) => build(axis + 1, start + at * step)));
  };
  return build(0, 0);
}
