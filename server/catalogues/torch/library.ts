// torch as an array library: the classes of tensors and parameters, what types results get, and how an operation is declared once for
// `torch.f(x)`, `x.f()` and `F.f(x)`. It must not know modules (`nn.Module`) or any single operation.
import { type DType, dtypeCategory, isFloating, itemSize, type Operand, promoteTorch } from '../../tensors/dtype.ts';
import type { ValueRange } from '../../tensors/range.ts';
import { type Shape, shapeOf, unknownShape } from '../../tensors/shape.ts';
import { bindArguments, type CallArguments, type Signature } from '../../values/arguments.ts';
import { defineRunState, lookUpInClass, nativeClass, nativeMethod, nativeProperty } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Origin, Place } from '../../values/place.ts';
import { recordOperation } from '../../values/provenance.ts';
import { markReplayable, registerConstantClass, registerReplayedState } from '../../values/recorder.ts';
import { parseSignature } from '../../values/signature.ts';
import type { NativeCall, TensorValue, Value } from '../../values/value.ts';
import { bool, int, str, unknown } from '../../values/value.ts';
import { elementsOf, makeArray } from '../arrays/contents.ts';
import { type ArrayOperand, asTensor, sizesFromValue } from '../arrays/conversion.ts';
import { dtypeFromValue, dtypeObject } from '../arrays/dtypes.ts';
import {
  type ArrayContext,
  type ArrayDeclarations,
  type ArrayLibrary,
  type ArrayOperation,
  arrayFunctions,
  arrayMethods,
  registerLibrary,
} from '../arrays/library.ts';
import { demandSame } from './equations.ts';
import { changeInPlace } from './in-place.ts';
import { mayAutocast, withoutFloatType } from './precision.ts';

export const tensorClass = nativeClass({ name: 'Tensor', qualifiedName: 'torch.Tensor', construct: (call) => constructTensor(call, 'float32') });
export const dtypeClass = nativeClass({
  name: 'dtype',
  qualifiedName: 'torch.dtype',
  members: {
    __repr__: nativeMethod('__repr__', 'self', ({ args }) => {
      const dtype = dtypeFromValue(args.get('self'));
      return dtype === undefined ? unknown(undefined, 'str') : str(`torch.${dtype}`);
    }),
    is_floating_point: nativeProperty('is_floating_point', ({ args }) => {
      const dtype = dtypeFromValue(args.get('self'));
      return dtype === undefined ? unknown(undefined, 'bool') : bool(isFloating(dtype));
    }),
    is_complex: nativeProperty('is_complex', ({ args }) => {
      const dtype = dtypeFromValue(args.get('self'));
      return dtype === undefined ? unknown(undefined, 'bool') : bool(dtype.startsWith('complex'));
    }),
    is_signed: nativeProperty('is_signed', ({ args }) => {
      const dtype = dtypeFromValue(args.get('self'));
      return dtype === undefined ? unknown(undefined, 'bool') : bool(dtype !== 'bool' && !dtype.startsWith('uint'));
    }),
    itemsize: nativeProperty('itemsize', ({ args }) => {
      const dtype = dtypeFromValue(args.get('self'));
      return dtype === undefined ? unknown(undefined, 'int') : int(itemSize(dtype));
    }),
  },
});
registerConstantClass(dtypeClass);
export const deviceClass = nativeClass({ name: 'device', qualifiedName: 'torch.device' });

const floatOf = (dtype: DType): DType => (isFloating(dtype) || dtype.startsWith('complex') ? dtype : 'float32');

/** The dtype that `torch.set_default_dtype` may change. */
export const defaultDType = defineRunState<{ dtype: DType | undefined }>(() => ({ dtype: 'float32' }));

registerReplayedState({ conditions: (interpreter) => [defaultDType(interpreter).dtype] });

/**
 * torch.result_type: tensors with axes decide; those without, and then Python's numbers, only where they are of a higher kind.
 * Source: "Type promotion" in torch.Tensor's documentation.
 */
export function resultType(operands: readonly ArrayOperand[]): DType | undefined {
  const ranked: (Operand | undefined)[] = [],
    scalars: (Operand | undefined)[] = [],
    numbers: Operand[] = [];
  for (const { tensor, type } of operands) {
    if (type?.startsWith('python-')) numbers.push(type);
    else if (tensor.shape.dims?.length === 0) scalars.push(type);
    else ranked.push(type);
  }
  if ([...ranked, ...scalars].includes(undefined)) return undefined;
  const scalar = withLower(scalars.length === 0 ? undefined : promoteTorch(...scalars), numbers);
  const own = ranked.length === 0 ? undefined : promoteTorch(...ranked);
  return scalar === undefined ? own : withLower(own, [scalar]);
}

/** What operands of a lower rank in promotion make of a type: nothing, unless they are of a higher kind. */
function withLower(higher: DType | undefined, lower: readonly Operand[]): DType | undefined {
  if (higher === undefined || lower.length === 0) return higher ?? (lower.length === 0 ? undefined : promoteTorch(...lower));
  const kinds = ['bool', 'integer', 'float', 'complex', 'other'];
  const kindOf = (type: Operand): number =>
    type.startsWith('python-') ? kinds.indexOf(weakKinds[type] ?? 'other') : kinds.indexOf(dtypeCategory(type as DType));
  const highest = Math.max(...lower.map(kindOf));
  if (highest <= kindOf(higher)) return higher;
  // Floats keep their width beside a complex number.
  if (highest === 3 && isFloating(higher)) return higher === 'float64' ? 'complex128' : 'complex64';
  return promoteTorch(higher, ...lower);
}
const weakKinds: Readonly<Record<string, string>> = {
  'python-bool': 'bool',
  'python-int': 'integer',
  'python-float': 'float',
  'python-complex': 'complex',
};

export const torchLibrary: ArrayLibrary = {
  name: 'torch',
  cls: tensorClass,
  precedence: 10,
  axisName: 'dim',
  defaultInt: 'int64',
  defaultFloat: 'float32',
  promote: promoteTorch,
  resultType,
  floatOf,
  quotientOf: floatOf,
  // Sums and products of whole numbers and booleans are 64 bits wide.
  sumOf: (dtype) => (isFloating(dtype) || dtype.startsWith('complex') ? dtype : 'int64'),
  // PyTorch refuses the mean of whole numbers.
  meanOf: (dtype) => (isFloating(dtype) || dtype.startsWith('complex') ? dtype : undefined),
  indexType: 'int64',
  isMutable: true,
  shapeException: 'RuntimeError',
  onResult: (interpreter, name, inputs, result, place) =>
    recordOperation(
      interpreter,
      name,
      inputs,
      mayAutocast(interpreter) && !inputs.some((input) => input === result) ? withoutFloatType(result) : result,
      place,
    ),
  demandSame,
};
registerLibrary(torchLibrary);

export function torchContext(interpreter: Interpreter, place: Place, name: string): ArrayContext {
  return { interpreter, library: torchLibrary, cls: tensorClass, place, name };
}

export interface TorchTensorFacts {
  readonly shape: Shape;
  readonly dtype?: DType | undefined;
  readonly range?: ValueRange | undefined;
  readonly origin?: Origin | undefined;
}

/** A tensor of which no elements are known. */
export function torchTensor(facts: TorchTensorFacts): TensorValue {
  return makeArray({ cls: tensorClass, shape: facts.shape, dtype: facts.dtype, range: facts.range, origin: facts.origin });
}

/** `torch.Tensor(2, 3)` has those sizes, `torch.Tensor([2, 3])` those elements, single precision whatever they are. */
export function constructTensor({ args, interpreter }: NativeCall, dtype: DType): Value {
  const { rest } = args;
  const [first] = rest;
  const make = (shape: Shape): Value => makeArray({ cls: tensorClass, shape, dtype });
  if (args.openPositional) return make(unknownShape);
  if (first === undefined) return make(shapeOf(0));
  const isSize = first.value.kind === 'tuple' && first.value.cls !== undefined;
  if (rest.length === 1 && !isSize && first.value.kind !== 'int') return asTorchTensor(interpreter, first.value, dtype) ?? make(unknownShape);
  const sizes = sizesFromValue(interpreter, rest.length === 1 ? first.value : { kind: 'tuple', items: rest.map((argument) => argument.value) });
  return make(sizes === undefined ? unknownShape : { dims: sizes });
}

/** The value as a torch tensor: arrays of other libraries, numbers and nested lists become one. Undefined for what is not known. */
export function asTorchTensor(interpreter: Interpreter, value: Value, dtype?: DType): TensorValue | undefined {
  const found = asTensor(interpreter, value, torchLibrary, dtype);
  if (found === undefined || found.cls.mro.includes(tensorClass)) return found;
  return makeArray({
    cls: tensorClass,
    shape: found.shape,
    dtype: found.dtype,
    range: found.range,
    elements: elementsOf(found),
    origin: found.origin,
  });
}

/** `torch.float32` as an object of the program. */
export function torchDType(dtype: DType): Value {
  return dtypeObject(dtype, dtypeClass);
}

/** The type that a `dtype=` argument names; undefined for None and for what is not known. */
export function dtypeArgument(value: Value): DType | undefined {
  return value.kind === 'none' ? undefined : dtypeFromValue(value, 'float32');
}

export interface OperationPlaces {
  /** `torch.f(input, …)`; the default. */
  readonly function?: boolean;
  /** `x.f(…)`: the first parameter is the tensor; the default. */
  readonly method?: boolean;
  /** Also `x.f_(…)`, which changes the tensor in place. */
  readonly inPlace?: boolean;
}

const functions = new Map<string, Value>();
const submodules = new Map<string, Map<string, Value>>();

/**
 * Declares operations with their signature as torch's functions have it, the tensor first. Each becomes a member of the module `torch`
 * and a method of its tensors, unless `places` says otherwise.
 */
export function declareOperations(declarations: ArrayDeclarations, places: OperationPlaces = {}): void {
  if (places.function ?? true)
    for (const [name, value] of Object.entries(arrayFunctions(torchLibrary, declarations))) functions.set(name, operation(value));
  if (!(places.method ?? true)) return;
  const methods = Object.fromEntries(
    Object.entries(declarations).map(([name, [signature, operation]]): [string, readonly [string, ArrayOperation]] => [
      name,
      [withoutFirst(signature), operation],
    ]),
  );
  for (const [name, value] of Object.entries(arrayMethods(torchLibrary, methods))) tensorClass.namespace.set(name, operation(value));
  if (places.inPlace !== true) return;
  const inPlace = Object.fromEntries(
    Object.entries(declarations).map(([name, [signature, operation]]): [string, readonly [string, ArrayOperation]] => [
      `${name}_`,
      [signature, (call) => changeInPlace(call, call.operand(0), operation({ ...call, name }), name)],
    ]),
  );
  if (places.function ?? true)
    for (const [name, value] of Object.entries(arrayFunctions(torchLibrary, inPlace))) functions.set(name, operation(value));
  const inPlaceMethods = Object.fromEntries(
    Object.entries(inPlace).map(([name, [signature, operation]]): [string, readonly [string, ArrayOperation]] => [
      name,
      [withoutFirst(signature), operation],
    ]),
  );
  for (const [name, value] of Object.entries(arrayMethods(torchLibrary, inPlaceMethods)))
    if (lookUpInClass(tensorClass, name) === undefined) tensorClass.namespace.set(name, operation(value));
}

/** Functions of a module below torch: `torch.linalg`, `torch.fft`, `torch.special`. */
export function declareSubmodule(module: string, declarations: ArrayDeclarations): void {
  const members = submodules.get(module) ?? new Map<string, Value>();
  submodules.set(module, members);
  for (const [name, value] of Object.entries(arrayFunctions({ ...torchLibrary, name: module }, declarations))) members.set(name, operation(value));
}

function operation(value: Value): Value {
  const made = forgiving(value);
  markReplayable(made);
  return made;
}

/** The same functions under other names: `torch.special.expit` is `torch.sigmoid`. */
export function declareAliases(module: string, names: Readonly<Record<string, string>>): void {
  const members = submodules.get(module) ?? new Map<string, Value>();
  submodules.set(module, members);
  for (const [name, original] of Object.entries(names)) {
    const value = functions.get(original);
    if (value !== undefined) members.set(name, value);
  }
}

/** Members of the module `torch` that are no operations: constants, classes, context managers. */
export function declareMembers(members: Readonly<Record<string, Value>>): void {
  for (const [name, value] of Object.entries(members)) functions.set(name, value);
}

/** The members of the module `torch` that operations declare. */
export function declaredFunctions(): ReadonlyMap<string, Value> {
  return functions;
}

/** The modules below torch that operations declare, by their full name. */
export function declaredModules(): Record<string, () => Record<string, Value>> {
  return Object.fromEntries([...submodules].map(([name, members]) => [name, () => Object.fromEntries(members)]));
}

// torch takes these names of parameters, too: most of them are numpy's.
const otherNames: Readonly<Record<string, string>> = {
  axis: 'dim',
  keepdims: 'keepdim',
  x: 'input',
  a: 'input',
  x1: 'input',
  x2: 'other',
  // Two overloads, each with its own name.
  indices: 'indices_or_sections',
  sections: 'indices_or_sections',
};

/** Written in Python on torch's side: only their own names. */
const strictNames: ReadonlySet<string> = new Set(['norm', 'split', 'unique', 'unique_consecutive', 'stft', 'istft', 'tensordot', 'cdist']);

/** The function with numpy's names allowed for some parameters, and sizes as `size=` where they may come one by one. */
function forgiving(value: Value): Value {
  if (value.kind !== 'native') return value;
  // Signatures are parsed when a function is first called.
  let facts:
    | { readonly signature: Signature; readonly names: ReadonlySet<string>; readonly star: string | undefined; readonly positionals: number }
    | undefined;
  const readFacts = (): NonNullable<typeof facts> => {
    const signature = parseSignature(value.signature?.text ?? '');
    const { parameters } = signature;
    return {
      signature,
      names: new Set(parameters.map((parameter) => parameter.name)),
      star: parameters.find((parameter) => parameter.kind === 'star')?.name,
      positionals: parameters.filter((parameter) => parameter.kind === 'positional-or-keyword' || parameter.kind === 'positional-only').length,
    };
  };
  return {
    ...value,
    signature: undefined,
    call(call) {
      facts ??= readFacts();
      const { signature, names, star, positionals } = facts;
      const given = call.args.raw;
      if (given.keywords.length === 0) return bound(call, signature, given);
      const keywords = given.keywords.map((keyword) => {
        const other = names.has(keyword.name) || strictNames.has(value.name) ? undefined : otherNames[keyword.name];
        return other !== undefined && names.has(other) ? { ...keyword, name: other } : keyword;
      });
      const sizes = star === undefined ? undefined : keywords.find((keyword) => keyword.name === star);
      const args: CallArguments =
        sizes === undefined || given.positional.length > positionals
          ? { ...given, keywords }
          : { ...given, positional: [...given.positional, sizes], keywords: keywords.filter((keyword) => keyword !== sizes) };
      return bound(call, signature, args);
    },
  };
  function bound(call: NativeCall, signature: Signature, args: CallArguments): Value {
    if (value.kind !== 'native') return value;
    const binding = bindArguments(signature, args, call.name);
    if (binding.ok) return value.call({ interpreter: call.interpreter, args: binding.args, place: call.place, name: call.name });
    const { problem } = binding;
    return call.interpreter.refuse({
      rule: 'invalid-argument',
      message: problem.message,
      place: problem.place ?? call.place,
      exception: 'TypeError',
    });
  }
}

/** `input, dim=None` → `dim=None`; a marker for positional parameters goes with it. */
function withoutFirst(signature: string): string {
  const comma = signature.indexOf(',');
  if (comma < 0) return '';
  const rest = signature.slice(comma + 1).trim();
  return rest.startsWith('/,') ? rest.slice(2).trim() : rest === '/' ? '' : rest;
}
