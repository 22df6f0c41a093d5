// How a module of torch.nn is declared: its signature in Python's own notation, what its constructor refuses, the parameters it makes
// and the output it gives, and nothing else. Binding, registration, counts, hints and errors come from module-class.ts and module-call.ts.
import type { Dim } from '../../tensors/dim.ts';
import type { DType } from '../../tensors/dtype.ts';
import type { ValueRange } from '../../tensors/range.ts';
import type { Shape } from '../../tensors/shape.ts';
import type { Layer } from '../../trace/trace.ts';
import type { BoundArguments } from '../../values/arguments.ts';
import type { Interpreter, RefusalInput } from '../../values/interpreter.ts';
import type { Message, Place } from '../../values/place.ts';
import type { InstanceValue, TensorValue, Value } from '../../values/value.ts';
import type { ArrayContext } from '../arrays/library.ts';
import type { Expected } from './expected.ts';

export interface ModuleDeclaration {
  readonly name: string;
  /** The declared class it inherits from; `Module` when absent. */
  readonly base?: string;
  /** As in the framework's documentation, without `self`. */
  readonly signature: string;
  /** The parameters of `forward` without `self`, the input first; `input` when absent. */
  readonly callSignature?: string;
  /** Refuses arguments as the real constructor does. */
  readonly check?: (construction: ModuleConstruction) => void;
  /** Parameters and buffers made by the constructor, in order. A lazy module makes them at its first call: then `input` is its input's shape. */
  readonly parameters?: (construction: ModuleConstruction) => readonly ParameterDeclaration[];
  /** `parameters` wait for the first call (LazyLinear). */
  readonly isLazy?: boolean;
  /** Attributes besides the arguments themselves, which every module has as attributes: `kernel_size` as a tuple. Made before `parameters`. */
  readonly attributes?: (construction: ModuleConstruction) => Readonly<Record<string, Value>>;
  /** Modules that it holds, by attribute, in order. */
  readonly children?: (construction: ModuleConstruction) => Readonly<Record<string, Value>>;
  /** What a call gives, or `unknown`. */
  readonly output: (invocation: ModuleInvocation) => Value;
  /** What the arguments of a call have to be, by parameter of `callSignature`. It is how inputs are found that nobody states. */
  readonly expects?: (construction: ModuleConstruction) => Readonly<Record<string, Expected | undefined>>;
  /** Arguments that do not become attributes: a module that is copied. */
  readonly unkept?: readonly string[];
  /** Members of the class besides its constructor and `forward` (`from_pretrained`). */
  readonly members?: Readonly<Record<string, Value>>;
  /** Multiply-adds for the whole input, where they are more than elementwise. */
  readonly multiplyAdds?: (invocation: ModuleInvocation, output: Value) => Dim | undefined;
}

export interface ParameterDeclaration {
  readonly name: string;
  /** Undefined: registered as None (`bias=False`). */
  readonly shape: Shape | undefined;
  readonly dtype?: DType;
  readonly isBuffer?: boolean;
  /** A buffer that `state_dict` leaves out. */
  readonly isPersistent?: boolean;
  readonly trainable?: boolean;
}

export interface ModuleConstruction {
  readonly interpreter: Interpreter;
  /** The constructor's arguments; behind the constructor, attributes that the program set since then stand for them. */
  readonly args: BoundArguments;
  readonly place: Place;
  readonly self: InstanceValue;
  readonly className: string;
  readonly layer: Layer;
  /** The type that `dtype=` asks for, the default one otherwise; undefined: not known. */
  readonly dtype: DType | undefined;
  /** The input's shape at a lazy module's first call; of unknown rank before. */
  readonly inputShape: Shape;
  /** The framework's reason, at the argument's place when `argument` names one. Rule `invalid-argument` unless `rule` says otherwise. */
  refuse(text: Message, options?: RefuseOptions): void;
  /** A module of torch.nn, made as the framework makes its own inner modules. */
  make(className: string, positional: readonly Value[], keywords?: Readonly<Record<string, Value>>): Value;
}

export interface RefuseOptions {
  readonly argument?: string;
  readonly rule?: string;
  readonly fixes?: RefusalInput['fixes'];
  readonly related?: RefusalInput['related'];
  /** RuntimeError for calls, ValueError for constructors when absent. */
  readonly exception?: string;
}

export interface ModuleInvocation extends ModuleConstruction {
  /** The arguments of this call, bound to `callSignature`. */
  readonly callArgs: BoundArguments;
  /** The first argument, and the tensor it is, where it is one. */
  readonly input: Value;
  readonly tensor: TensorValue | undefined;
  /** For the shared array operations; its name is the layer's. */
  readonly context: ArrayContext;
  /** A parameter or buffer as it is now; undefined when it is None or not known. */
  parameter(name: string): TensorValue | undefined;
  /** Calls a module that it holds. */
  callChild(name: string, positional: readonly Value[]): Value;
  /** A tensor like the input with another shape and no range. */
  result(shape: Shape, facts?: { readonly dtype?: DType | undefined; readonly range?: ValueRange | undefined }): TensorValue;
}
