// What the array libraries (numpy, TensorFlow, keras.ops, torch) differ in, and how their members are declared: a signature and an
// operation, one line each. Operations stand in the other files of this folder and are shared. It must not know any library.
import type { DType, Operand } from '../../tensors/dtype.ts';
import { shapeOfRank, unknownShape, type Shape, type ShapeConflict, type ShapeResult } from '../../tensors/shape.ts';
import type { Layer } from '../../trace/trace.ts';
import type { BoundArguments, CallArguments } from '../../values/arguments.ts';
import { lookUpInClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Message, Place } from '../../values/place.ts';
import { parseSignature } from '../../values/signature.ts';
import { defineSlot, plainContent } from '../../values/slots.ts';
import type { ClassValue, DictEntry, DictValue, NativeCall, TensorValue, Value } from '../../values/value.ts';
import { list, none, notImplemented, unknown } from '../../values/value.ts';
import { describeConflict } from './refusals.ts';

export interface ArrayLibrary {
  /** In front of a member's name in messages: `np`, `tf`, `ops`, `torch`. */
  readonly name: string;
  /** The class of its arrays. */
  readonly cls: ClassValue;
  /** Arrays of a higher one decide what a binary operator does: ndarray 0, tf and torch tensors 10, KerasTensor 20. */
  readonly precedence: number;
  readonly axisName: 'axis' | 'dim';
  /** The types that Python's numbers get. */
  readonly defaultInt: DType;
  readonly defaultFloat: DType;
  readonly promote: (...operands: readonly (Operand | undefined)[]) => DType | undefined;
  /** The type that operands make together, where a tensor without axes gives way like a Python number (torch); else `promote` of their types. */
  readonly resultType?: (operands: readonly { readonly tensor: TensorValue; readonly type: Operand | undefined }[]) => DType | undefined;
  /** The type of sqrt, exp, mean … of an array of integers or booleans. */
  readonly floatOf: (dtype: DType) => DType | undefined;
  /** The type of `a / b` for integers. */
  readonly quotientOf: (dtype: DType) => DType | undefined;
  /** The type of the sum, product or cumulative sum of such an array. */
  readonly sumOf: (dtype: DType) => DType;
  /** The type of a mean; numpy and Keras give a float for integers, TensorFlow an integer. */
  readonly meanOf: (dtype: DType) => DType | undefined;
  /** The type of argmax, argsort, nonzero. */
  readonly indexType: DType;
  /** What a known result without axes is, where the library gives scalars (numpy). */
  readonly scalar?: (result: TensorValue) => Value;
  /** Views share their elements with their base, and items can be assigned. */
  readonly isMutable: boolean;
  /** The exception that a shape that does not fit raises. */
  readonly shapeException: string;
  /** `==` and `!=` of shapes that do not broadcast are no error (TensorFlow: False). */
  readonly laxEquality?: boolean;
  /** Functions of this library cannot take arrays that stand for a graph's nodes (numpy on a KerasTensor). */
  readonly rejectsSymbolic?: boolean;
  /** Told of the shapes of two operands that must agree, but for sizes of 1 or one axis along which they are joined. */
  readonly demandSame?: (context: ArrayContext, left: Shape, right: Shape, joined?: number) => void;
  /** Told of every operation that gave arrays; what it gives stands for the result. */
  readonly onResult?: (interpreter: Interpreter, operationName: string, inputs: readonly TensorValue[], result: Value, place: Place) => Value;
}

/** What every operation is given. */
export interface ArrayContext {
  readonly interpreter: Interpreter;
  readonly library: ArrayLibrary;
  /** The class of the results. */
  readonly cls: ClassValue;
  readonly place: Place;
  /** As the program would write it: `np.concatenate`. */
  readonly name: string;
  /** The layer that does it, for messages and findings. */
  readonly layer?: Layer | undefined;
}

/** A call of a declared member. */
export interface ArrayCall extends ArrayContext {
  readonly args: BoundArguments;
  /** The signature's parameters, in order. A method's first one is `self`. */
  readonly parameters: readonly string[];
  /** The value of the parameter at this position. */
  readonly operand: (at: number) => Value;
  /** The value of the first of these parameters that the signature has; None where it has none of them. */
  readonly argument: (...names: readonly string[]) => Value;
}

export type ArrayOperation = (call: ArrayCall) => Value;
/** Name → signature in Python's notation (a method's without `self`) and operation. */
export type ArrayDeclarations = Readonly<Record<string, readonly [signature: string, operation: ArrayOperation]>>;

/** Told of every operation on arrays of a class that stands for nodes of a graph; gives what the operation results in instead. */
export type OperationHook = (interpreter: Interpreter, operationName: string, inputs: Value, result: Value, place: Place) => Value;

const hooks = new Map<ClassValue, OperationHook>();
const precedences = new Map<ClassValue, number>();

/** Operations on arrays of the class are told to the hook, and their results have this class. */
export function registerOperationHook(cls: ClassValue, hook: OperationHook): void {
  hooks.set(cls, hook);
  hooked = new WeakMap();
}

/** Makes operators of arrays of lower classes give way. To be called once for each library. */
export function registerLibrary(library: ArrayLibrary): void {
  precedences.set(library.cls, library.precedence);
}

/** 0 for what is no array. */
export function precedenceOf(value: Value): number {
  if (value.kind !== 'tensor' && value.kind !== 'instance') return -1;
  for (const cls of value.cls.mro) {
    const precedence = precedences.get(cls);
    if (precedence !== undefined) return precedence;
  }
  return -1;
}

interface Hooked { readonly hook: OperationHook; readonly cls: ClassValue }

let hooked = new WeakMap<ClassValue, Hooked | 'none'>();

function hookOf(value: Value): Hooked | undefined {
  if (value.kind !== 'tensor' || hooks.size === 0) return undefined;
  const known = hooked.get(value.cls);
  if (known !== undefined) return known === 'none' ? undefined : known;
  const cls = value.cls.mro.find((one) => hooks.has(one)), hook = cls === undefined ? undefined : hooks.get(cls);
  const found = cls === undefined || hook === undefined ? undefined : { hook, cls };
  hooked.set(value.cls, found ?? 'none');
  return found;
}

function firstHook(tensors: readonly TensorValue[]): Hooked | undefined {
  for (const tensor of tensors) {
    const found = hookOf(tensor);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether the value is an array that stands for a node of a graph (a KerasTensor). */
export function isSymbolicArray(value: Value): boolean {
  return hookOf(value) !== undefined;
}

/** Functions of a module. */
export function arrayFunctions(library: ArrayLibrary, declarations: ArrayDeclarations): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(declarations).map(([name, [signature, operation]]) => [
      name,
      nativeFunction(name, signature, (call) => runOperation(library, `${library.name}.${name}`, name, signature, operation, call)),
    ]),
  );
}

/** Methods of the library's array class; the operation's first parameter is the array. */
export function arrayMethods(library: ArrayLibrary, declarations: ArrayDeclarations): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(declarations).map(([name, [signature, operation]]) => {
      const whole = signature === '' ? 'self' : `self, ${signature}`;
      return [name, nativeMethod(name, whole, (call) => runOperation(library, name, name, whole, operation, call))];
    }),
  );
}

/** `__add__`, `__radd__` … : the operation on both operands, or NotImplemented where the other one's class comes first. */
export function arrayOperators(
  library: ArrayLibrary,
  operators: Readonly<Record<string, readonly [symbol: string, operation: (context: ArrayContext, left: Value, right: Value) => Value]>>,
): Record<string, Value> {
  const members: Record<string, Value> = {};
  const declare = (
    dunder: string,
    name: string,
    symbol: string,
    swapped: boolean,
    operation: (context: ArrayContext, left: Value, right: Value) => Value,
  ): void => {
    const operationName = dunder.replaceAll('_', '');
    members[dunder] = nativeMethod(dunder, 'self, other', (call) => {
      const [self, other] = [call.args.get('self'), call.args.get('other')];
      if (precedenceOf(other) > library.precedence || !isArrayOperand(other, comparisonNames.has(name) ? name : `r${name}`)) return notImplemented;
      const [left, right] = swapped ? [other, self] : [self, other];
      const tensors = tensorsIn([left, right]);
      return performOn(contextOf(library, symbol, call, tensors), operationName, tensors, (context) => operation(context, left, right));
    });
  };
  for (const [name, [symbol, operation]] of Object.entries(operators)) {
    declare(`__${name}__`, name, symbol, false, operation);
    if (!comparisonNames.has(name)) declare(`__r${name}__`, name, symbol, true, operation);
  }
  return members;
}

const comparisonNames: ReadonlySet<string> = new Set(['eq', 'ne', 'lt', 'le', 'gt', 'ge']);

function isArrayOperand(value: Value, reflected: string): boolean {
  switch (value.kind) {
    case 'tensor':
    case 'int':
    case 'float':
    case 'bool':
    case 'list':
    case 'tuple':
    case 'unknown':
    case 'range':
    case 'str':
      return true;
    // An object of the program or of a library with an operator of its own is asked first.
    case 'instance':
      return lookUpInClass(value.cls, `__${reflected}__`) === undefined;
    default:
      return false;
  }
}

function contextOf(library: ArrayLibrary, name: string, call: NativeCall, tensors: readonly TensorValue[]): ArrayContext {
  return { interpreter: call.interpreter, library, cls: firstHook(tensors)?.cls ?? library.cls, place: call.place, name, layer: undefined };
}

const parameterNames = new Map<string, readonly string[]>();

function parametersOf(signature: string): readonly string[] {
  let names = parameterNames.get(signature);
  if (names === undefined) {
    names = parseSignature(signature).parameters.map((parameter) => parameter.name);
    parameterNames.set(signature, names);
  }
  return names;
}

function runOperation(
  library: ArrayLibrary,
  name: string,
  operationName: string,
  signature: string,
  operation: ArrayOperation,
  native: NativeCall,
): Value {
  const parameters = parametersOf(signature);
  const { args } = native;
  const tensors = tensorsOf(args.raw);
  const symbolic = firstHook(tensors);
  if (symbolic !== undefined && library.rejectsSymbolic) return unknown();
  const call: ArrayCall = {
    interpreter: native.interpreter,
    library,
    cls: symbolic?.cls ?? library.cls,
    place: native.place,
    name,
    layer: undefined,
    args,
    parameters,
    operand: (at) => {
      const parameter = parameters[at];
      return parameter === undefined ? none : args.get(parameter);
    },
    argument: (...names) => {
      const found = names.find((one) => parameters.includes(one));
      return found === undefined ? none : args.get(found);
    },
  };
  return told(call, operationName, tensors, symbolic, operation(call));
}

function tensorsOf(raw: CallArguments): TensorValue[] {
  const found: TensorValue[] = [];
  for (const argument of raw.positional) collectTensor(argument.value, 0, found);
  for (const argument of raw.keywords) collectTensor(argument.value, 0, found);
  return found;
}

/** Runs an operation, makes scalars of results without axes, and tells a graph's hook. */
export function perform(context: ArrayContext, operationName: string, inputs: readonly Value[], run: (context: ArrayContext) => Value): Value {
  return performOn(context, operationName, tensorsIn(inputs), run);
}

function performOn(context: ArrayContext, operationName: string, tensors: readonly TensorValue[], run: (context: ArrayContext) => Value): Value {
  const symbolic = firstHook(tensors);
  return symbolic !== undefined && context.library.rejectsSymbolic ? unknown() : told(context, operationName, tensors, symbolic, run(context));
}

/** What an operation gave, once all who want to know were told. */
function told(context: ArrayContext, operationName: string, tensors: readonly TensorValue[], symbolic: Hooked | undefined, result: Value): Value {
  if (symbolic === undefined) {
    const shown = asScalars(context.library, result);
    return context.library.onResult === undefined ? shown : context.library.onResult(context.interpreter, operationName, tensors, shown, context.place);
  }
  if (tensorsIn([result]).length === 0) return result;
  const [first] = tensors;
  return symbolic.hook(
    context.interpreter,
    operationName,
    tensors.length === 1 && first !== undefined ? first : list([...tensors]),
    result,
    context.place,
  );
}

function asScalars(library: ArrayLibrary, result: Value): Value {
  if (library.scalar === undefined) return result;
  return result.kind === 'tensor' && result.shape.dims?.length === 0 && !keepsArray.get(result) ? library.scalar(result) : result;
}

const keepsArray = defineSlot<boolean>('array without axes', undefined, plainContent);
/** An array without axes that is no scalar: what `np.array(5)` and `reshape(())` give. */
export function withoutScalar(result: Value): Value {
  return result.kind === 'tensor' && result.shape.dims?.length === 0 ? keepsArray.on(result, true) : result;
}

/** The arrays among values, in order, also inside containers. */
export function tensorsIn(values: readonly Value[]): TensorValue[] {
  const found: TensorValue[] = [];
  collectTensors(values, 0, found);
  return found;
}

function collectTensors(values: readonly Value[], depth: number, found: TensorValue[]): void {
  for (const value of values) collectTensor(value, depth, found);
}

function collectTensor(value: Value, depth: number, found: TensorValue[]): void {
  if (value.kind === 'tensor') found.push(value);
  else if (depth > 4) return;
  else if (value.kind === 'list' || value.kind === 'tuple') collectTensors(value.items, depth + 1, found);
  else if (value.kind === 'dict') collectTensors(sortedEntries(value).map((entry) => entry.value), depth + 1, found);
}

/** The entries of a dict in the order in which Keras and tf.nest flatten it: by key. */
export function sortedEntries(value: DictValue): DictEntry[] {
  const entries = [...value.entries.values()];
  const key = (entry: DictEntry): string | undefined => (entry.key.kind === 'str' ? entry.key.value : undefined);
  if (entries.some((entry) => key(entry) === undefined)) return entries;
  return entries.sort((left, right) => ((key(left) ?? '') < (key(right) ?? '') ? -1 : 1));
}

/** Says that shapes certainly do not fit; the result is an array of which at most the rank is known. */
export function refuseConflict(context: ArrayContext, reason: ShapeConflict, shapes: readonly Shape[], rank?: number): Value {
  const conflict = describeConflict(reason, context.name, shapes);
  return refuse(
    context,
    conflict.rule,
    conflict.message,
    rank,
    conflict.rule === 'invalid-axis' && context.library.scalar !== undefined ? 'AxisError' : context.library.shapeException,
  );
}

export function refuse(context: ArrayContext, rule: string, text: Message, rank?: number, exception = context.library.shapeException): Value {
  const shape = rank === undefined ? unknownShape : shapeOfRank(rank);
  return context.interpreter.refuse(
    { rule, message: text, exception, layer: context.layer },
    {
      kind: 'tensor',
      cls: context.cls,
      shape,
      dtype: undefined,
      range: undefined,
      contents: undefined,
      origin: undefined,
      slots: new Map(),
    },
  );
}

/** The shape, or undefined after a refusal whose stand-in is `failed`. */
export function shapeOrRefusal(
  context: ArrayContext,
  result: ShapeResult,
  shapes: readonly Shape[],
  rank?: number,
): { readonly shape: Shape } | { readonly failed: Value } {
  return result.ok ? { shape: result.shape } : { failed: refuseConflict(context, result.reason, shapes, rank) };
}
