// torch as an array library: the classes of tensors and parameters, what types results get, and how an operation is declared once for
// `torch.f(x)`, `x.f()` and `F.f(x)`. It must not know modules (`nn.Module`) or any single operation.
import type { DType } from '../../tensors/dtype.ts';
import { isFloating, promoteTorch } from '../../tensors/dtype.ts';
import type { ValueRange } from '../../tensors/range.ts';
import type { Shape } from '../../tensors/shape.ts';
import { lookUpInClass, nativeClass } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Origin, Place } from '../../values/place.ts';
import { recordOperation } from '../../values/provenance.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import { elementsOf, makeArray } from '../arrays/contents.ts';
import { asTensor } from '../arrays/conversion.ts';
import { dtypeFromValue, dtypeObject } from '../arrays/dtypes.ts';
import { type ArrayContext, type ArrayDeclarations, type ArrayLibrary, type ArrayOperation, arrayFunctions, arrayMethods, registerLibrary } from '../arrays/library.ts';

export const tensorClass = nativeClass({ name: 'Tensor', qualifiedName: 'torch.Tensor' });
export const dtypeClass = nativeClass({ name: 'dtype', qualifiedName: 'torch.dtype' });
export const deviceClass = nativeClass({ name: 'device', qualifiedName: 'torch.device' });

const floatOf = (dtype: DType): DType => (isFloating(dtype) || dtype.startsWith('complex') ? dtype : 'float32');

export const torchLibrary: ArrayLibrary = {
  name: 'torch', cls: tensorClass, precedence: 10, axisName: 'dim', defaultInt: 'int64', defaultFloat: 'float32',
  promote: promoteTorch, floatOf, quotientOf: floatOf,
  // Sums and products of whole numbers and booleans are 64 bits wide.
  sumOf: (dtype) => (isFloating(dtype) || dtype.startsWith('complex') ? dtype : 'int64'),
  // PyTorch refuses the mean of whole numbers.
  meanOf: (dtype) => (isFloating(dtype) || dtype.startsWith('complex') ? dtype : undefined),
  indexType: 'int64', isMutable: true, shapeException: 'RuntimeError',
  onResult: recordOperation,
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

/** The value as a torch tensor: arrays of other libraries, numbers and nested lists become one. Undefined for what is not known. */
export function asTorchTensor(interpreter: Interpreter, value: Value, dtype?: DType): TensorValue | undefined {
  const found = asTensor(interpreter, value, torchLibrary, dtype);
  if (found === undefined || found.cls.mro.includes(tensorClass)) return found;
  return makeArray({ cls: tensorClass, shape: found.shape, dtype: found.dtype, range: found.range, elements: elementsOf(found), origin: found.origin });
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
  /** Also `x.f_(…)`, which changes the tensor in place: the result stands for it. */
  readonly inPlace?: boolean;
}

const functions = new Map<string, Value>();

/**
 * Declares operations with their signature as torch's functions have it, the tensor first. Each becomes a member of the module `torch`
 * and a method of its tensors, unless `places` says otherwise.
 */
export function declareOperations(declarations: ArrayDeclarations, places: OperationPlaces = {}): void {
  if (places.function ?? true) for (const [name, value] of Object.entries(arrayFunctions(torchLibrary, declarations))) functions.set(name, value);
  if (!(places.method ?? true)) return;
  const methods = Object.fromEntries(
    Object.entries(declarations).map(([name, [signature, operation]]): [string, readonly [string, ArrayOperation]] => [name, [withoutFirst(signature), operation]]),
  );
  for (const [name, value] of Object.entries(arrayMethods(torchLibrary, methods))) tensorClass.namespace.set(name, value);
  if (places.inPlace !== true) return;
  const inPlace = Object.fromEntries(Object.entries(methods).map(([name, declaration]) => [`${name}_`, declaration]));
  for (const [name, value] of Object.entries(arrayMethods(torchLibrary, inPlace))) if (lookUpInClass(tensorClass, name) === undefined) tensorClass.namespace.set(name, value);
}

/** The members of the module `torch` that operations declare. */
export function declaredFunctions(): ReadonlyMap<string, Value> {
  return functions;
}

/** `input, dim=None` → `dim=None`; a marker for positional parameters goes with it. */
function withoutFirst(signature: string): string {
  const comma = signature.indexOf(',');
  if (comma < 0) return '';
  const rest = signature.slice(comma + 1).trim();
  return rest.startsWith('/,') ? rest.slice(2).trim() : rest === '/' ? '' : rest;
}
