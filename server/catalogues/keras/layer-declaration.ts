// How a Keras layer is declared: its signature in Python's own notation, what its constructor refuses, the weights it creates
// and the output it gives, and nothing else. Binding, defaults, naming, counts, hints and errors come from layer-class.ts.
import type { Dim } from '../../tensors/dim.ts';
import type { BoundArguments } from '../../values/arguments.ts';
import type { Interpreter, RefusalInput } from '../../values/interpreter.ts';
import type { Message, Place } from '../../values/place.ts';
import type { InstanceValue, TensorValue, Value } from '../../values/value.ts';
import type { DType } from '../../tensors/dtype.ts';
import type { Shape } from '../../tensors/shape.ts';
import type { Layer } from '../../trace/trace.ts';

export interface LayerDeclaration {
  readonly name: string;
  /** Other public names of the same class: `Convolution2D`, `MaxPool2D`. */
  readonly aliases?: readonly string[];
  /** The class it inherits from; `Layer` when absent. */
  readonly base?: string;
  /** As in the framework's documentation, without `self`. `**kwargs` stands for the base layer's arguments (name, dtype, trainable, input_shape …). */
  readonly signature: string;
  /** Keywords that `**kwargs` takes besides those of the base layer: `input_length`, `alpha`. 'any': they are thrown away unseen. */
  readonly extraKeywords?: readonly string[] | 'any';
  /** The parameters of `call` without `self`, the input first, where there are others besides it: `query, value, key=None`. `callArgs` is bound to it. */
  readonly callSignature?: string;
  /** Refuses arguments as the real constructor does. */
  readonly check?: (construction: Construction) => void;
  /** The weights made when it is first called. Refuses input shapes that the framework refuses while building. */
  readonly weights?: (build: LayerBuild) => readonly WeightDeclaration[];
  /** What a call gives, or `unknown`. */
  readonly output: (invocation: LayerInvocation) => Value;
  /** Multiply-adds of one sample, where they are more than elementwise. */
  readonly multiplyAdds?: (invocation: LayerInvocation, output: Value) => Dim | undefined;
  /** The ranks that a single input tensor may have (Keras' `input_spec`). */
  readonly inputRank?: number | { readonly minimum: number };
  /** Layers that its arguments hold (wrappers, RNN cells): they are its children. */
  readonly children?: (construction: Construction) => readonly Value[];
}

export interface WeightDeclaration {
  /** `kernel`, `bias`, `gamma`. */
  readonly name: string;
  readonly shape: Shape;
  readonly trainable?: boolean;
  readonly dtype?: DType;
}

export interface Construction {
  readonly interpreter: Interpreter;
  readonly args: BoundArguments;
  readonly place: Place;
  readonly instance: InstanceValue;
  readonly className: string;
  /** The framework's reason, at the argument's place when `argument` names one. Rule `invalid-argument` unless `rule` says otherwise. */
  refuse(text: Message, options?: { readonly argument?: string; readonly rule?: string; readonly fixes?: RefusalInput['fixes'] }): void;
}

export interface LayerBuild extends Construction {
  readonly layer: Layer;
  /** The input as it was given. */
  readonly input: Value;
  /** The single input's shape; unknown rank when the input is no single tensor. */
  readonly inputShape: Shape;
  /** The arguments of the call that builds the layer, bound to `callSignature`; undefined when `build(shape)` does. */
  readonly callArgs: BoundArguments | undefined;
}

export interface LayerInvocation extends LayerBuild {
  /** The single input tensor, where the input is one. */
  readonly tensor: TensorValue | undefined;
  /** The tensors of a list or tuple input, in order; one element for a single tensor; undefined when not all are known tensors. */
  readonly tensors: readonly TensorValue[] | undefined;
  /** The arguments of this call, bound to `callSignature` (`inputs` when there is none); those that it does not name are in `restKeywords`. */
  readonly callArgs: BoundArguments;
  /** A tensor like the input with another shape, no range and no contents; dtype of the layer's compute dtype unless given. */
  result(shape: Shape, facts?: { readonly dtype?: DType | undefined; readonly range?: TensorValue['range'] }): TensorValue;
}
