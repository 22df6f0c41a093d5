// The record of a run, and what every view reads: layers, their calls, models, refusals and training events. Plain data.
// It must not know the evaluator, LSP, or how anything is shown.
import type { CompileConfiguration, Configuration, FitConfiguration } from './configuration.ts';
import type { Message, Place } from '../values/place.ts';
import type { Dim } from '../tensors/dim.ts';
import type { DType } from '../tensors/dtype.ts';
import type { Shape } from '../tensors/shape.ts';
import type { InstanceValue, TensorValue, Value } from '../values/value.ts';

export type Framework = 'keras' | 'torch';

export interface Weight {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType | undefined;
  /** Whether an optimizer may change it, apart from the layer's own `trainable`. */
  readonly trainable: boolean;
  /** State that is no parameter (running statistics): it is listed, not counted. */
  readonly isBuffer?: boolean | undefined;
  /** The program has set whether it is trained, so that this may not have been so all along. */
  readonly isSwitched?: boolean | undefined;
}

export interface LayerArgument { readonly value: Value; readonly place: Place | undefined }

export interface Layer {
  readonly id: number;
  readonly framework: Framework;
  /** `Conv2D`; a user's class has its own name. */
  readonly className: string;
  /** Names of the class and of all its bases, nearest first: `['Conv2D', 'BaseConv', 'Layer', …]`. */
  readonly classNames: readonly string[];
  /** As the framework would name it: `conv2d_1`. */
  name: string;
  /** The call expression that builds it. */
  readonly place: Place | undefined;
  /** The call sites around `place`, innermost first, when a function or class of the program builds it. */
  readonly callers: readonly Place[];
  /** The constructor's arguments by parameter name, defaults included. */
  readonly arguments: ReadonlyMap<string, LayerArgument>;
  /** Its own weights, without those of the layers it holds; empty until it is built. */
  weights: Weight[];
  built: boolean;
  trainable: boolean;
  /** Layers that it holds, in the order in which the framework lists them. */
  children: () => readonly Layer[];
  /** Whether it holds the child on some path of an undecided condition only. */
  readonly mayHold?: (child: Layer) => boolean;
  readonly instance: InstanceValue;
  readonly calls: LayerCall[];
  /** Set when it is a model. */
  model: Model | undefined;
  /** The weights are not all known (an unknown size or an unknown member): counts are not shown. */
  incomplete: boolean;
}

export interface LayerCall {
  readonly id: number;
  readonly layer: Layer;
  /** The call expression, or what stands for it (the element of a Sequential's list). */
  readonly place: Place | undefined;
  /** What it was called on: a tensor, or a list, tuple or dict of them. */
  readonly input: Value;
  readonly output: Value;
  /** Multiply-adds of all that happens in it, as its declaration counts them: in Keras for one sample, in PyTorch for all that it was given,
   * symbolic sizes among them. Undefined for what costs none and for layers of the program, whose cost is that of what they do. */
  readonly multiplyAdds: Dim | undefined;
  /** Multiply-adds of the products that the program itself takes in it, outside the layers that it calls. */
  operationMultiplyAdds?: Dim | undefined;
  /** The layer call inside which this one happened. */
  readonly parent: LayerCall | undefined;
  /** What it was called on besides `input`. */
  readonly others?: readonly Value[] | undefined;
  /** `input` and `others` as the program's own code got them, where they were converted. */
  received?: readonly Value[] | undefined;
  /** The functions of the program that were running, outermost first; methods are none. Of calls that make a graph only. */
  readonly within?: readonly FunctionCall[] | undefined;
}

/** One run of a function of the program. */
export interface FunctionCall {
  readonly name: string;
  /** Different for each run. */
  readonly serial: number;
}

export type ModelKind = 'sequential' | 'functional' | 'subclassed';

export interface Model {
  readonly layer: Layer;
  kind: ModelKind;
  /** The rows of a summary, in order, nested models as one row. */
  layers: readonly ModelRow[];
  inputs: readonly TensorValue[];
  outputs: Value | undefined;
  /** Whether all that it does was understood. */
  complete: boolean;
  /** The names in the program that hold it (`model`, `self.encoder`), for titles. */
  readonly variableNames: string[];
  /** The model as its framework's own JSON, made when asked for. */
  readonly configuration?: (() => Configuration) | undefined;
  /** What feeds what, in an order in which it can be computed; undefined where only running the model tells. */
  readonly steps?: () => readonly ModelStep[] | undefined;
}

/** One use of a layer or operation in a model that is a graph. */
export interface ModelStep {
  readonly layer: Layer;
  readonly call: LayerCall | undefined;
  readonly isInput: boolean;
  /** What it reads: which output of which step. */
  readonly inputs: readonly { readonly step: number; readonly output: number; readonly tensor: TensorValue | undefined }[];
  readonly outputs: Value;
  /** The positions of its outputs among those of the model, where it gives some. */
  readonly gives: readonly { readonly output: number; readonly modelOutput: number }[];
}

export interface ModelRow {
  readonly layer: Layer;
  /** The call that this row shows; undefined while the shape is not known. */
  readonly call: LayerCall | undefined;
  /** All calls of it in the model, where it is called more than once. */
  readonly calls?: readonly LayerCall[];
  /** Rows that feed it, by position in the model's list. */
  readonly inbound: readonly number[];
  /** It stands in the model on some path of an undecided condition only. */
  readonly undecided?: boolean;
}

/** Something the framework (or arithmetic) certainly refuses. The rule's own file may add fixes and words. */
export interface Refusal {
  readonly rule: string;
  readonly message: Message;
  readonly place: Place;
  readonly related: readonly RelatedPlace[];
  readonly fixes: readonly Fix[];
  readonly layer: Layer | undefined;
  /** The layer call during which it happened, and how many calls stood in the trace by then. */
  readonly during?: LayerCall | undefined;
  readonly callCount?: number;
}
export interface RelatedPlace { readonly place: Place; readonly message: Message }
export interface Fix { readonly title: Message; readonly edits: readonly Edit[] }
export interface Edit { readonly place: Place; readonly newText: string }

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** What a person is told: a refusal or a rule's own discovery, ready to be shown. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: Message;
  readonly place: Place;
  readonly related: readonly RelatedPlace[];
  readonly fixes: readonly Fix[];
}

export type TraceEvent = CompileEvent | DataEvent | UseEvent | TrainableEvent | LossEvent | RevealEvent | TrainingEvent;

export interface CompileEvent {
  readonly kind: 'compile';
  readonly model: Layer;
  readonly optimizer: Value;
  readonly loss: Value;
  readonly metrics: Value;
  /** One for each output in order, or one for all; undefined where it is not known (a function of the program). */
  readonly losses: readonly (LossFacts | undefined)[];
  readonly place: Place;
  readonly argumentPlaces: ReadonlyMap<string, Place>;
  readonly configuration?: (() => CompileConfiguration) | undefined;
}

/** What a loss is, whichever way it was given: a string, a function, an object. */
export interface LossFacts {
  /** The framework's function name: `sparse_categorical_crossentropy`, `mean_squared_error`; `cross_entropy`, `nll_loss`. */
  readonly name: string;
  /** Whether it expects raw scores; undefined where that is not known or has no meaning for it. */
  readonly fromLogits: boolean | undefined;
  /** The arguments it was made with, defaults included. */
  readonly arguments: ReadonlyMap<string, Value>;
  readonly place: Place | undefined;
}

/** Data meet a model: fit, evaluate, predict, train_on_batch. `input` and `target` are batched tensors or structures of them. */
export interface DataEvent {
  readonly kind: 'data';
  readonly method: 'fit' | 'evaluate' | 'predict' | 'train_on_batch' | 'test_on_batch';
  readonly model: Layer;
  /** The last compile before it. */
  readonly compile: CompileEvent | undefined;
  readonly input: Value;
  readonly target: Value;
  /** The model called on `input`; unknown when it could not be. */
  readonly output: Value;
  readonly inputPlace: Place | undefined;
  readonly targetPlace: Place | undefined;
  readonly place: Place;
  readonly callers: readonly Place[];
  /** Of `fit`: its other arguments. */
  readonly configuration?: (() => FitConfiguration) | undefined;
}

/** A model is used in a way that needs it built: summary, count_params, save, get_weights. */
export interface UseEvent { readonly kind: 'use'; readonly method: string; readonly model: Layer; readonly wasBuilt: boolean; readonly place: Place }

/** `trainable` of a layer was set. */
export interface TrainableEvent { readonly kind: 'trainable'; readonly layer: Layer; readonly value: boolean; readonly place: Place }

/** A loss function met a prediction and a target outside `fit` (a training loop). */
export interface LossEvent {
  readonly kind: 'loss';
  readonly loss: LossFacts;
  readonly prediction: Value;
  readonly target: Value;
  readonly place: Place;
}

/** A step of a training loop that the program writes itself (PyTorch). */
export interface TrainingEvent {
  readonly kind: 'training';
  /** 'optimizer': one is built; 'train' and 'eval': a module's mode is set; 'enter' and 'exit': gradients are off within a `with`. */
  readonly method: 'optimizer' | 'zero_grad' | 'backward' | 'step' | 'train' | 'eval' | 'enter no_grad' | 'exit no_grad';
  /** The optimizer, the module, or the tensor that `backward` is called on. */
  readonly subject: Value;
  /** The parameters of an optimizer that is built. */
  readonly parameters?: Value | undefined;
  /** Of `backward`: the loss as it was then; in-place operations may change it later. */
  readonly loss?: TensorValue | undefined;
  /** Of `backward`: whether the graph is kept for another one; undefined where that is not known. */
  readonly keepsGraph?: boolean | undefined;
  /** So many calls stood in the trace when it happened. */
  readonly callCount: number;
  /** It happens on every path: no condition that was not known decides on it. */
  readonly certain: boolean;
  readonly place: Place;
  readonly callers: readonly Place[];
}

/** `reveal_type(x)`. */
export interface RevealEvent { readonly kind: 'reveal'; readonly value: Value; readonly place: Place }

/** A value that a name or attribute was given, or that an expression had, for hovers and hints. */
export interface ValueRecord {
  readonly place: Place;
  readonly name: string;
  readonly value: Value;
  /** 'return': what `return` gives back. */
  readonly role: 'target' | 'use' | 'parameter' | 'return';
  /** The function of the program in which it stands; undefined at a module's level. */
  readonly inFunction: string | undefined;
  /** The innermost layer call during which it had the value. */
  readonly call: LayerCall | undefined;
}

/** From here on shapes are not known, and why. */
export interface Loss { readonly place: Place; readonly reason: Message; readonly call: LayerCall }

export interface Trace {
  readonly layers: Layer[];
  readonly calls: LayerCall[];
  readonly models: Model[];
  readonly refusals: Refusal[];
  readonly events: TraceEvent[];
  readonly values: ValueRecord[];
  /** The layer calls that are going on, outermost first; empty behind the run. */
  readonly openCalls: LayerCall[];
  /** Where, within the call of a layer, tensors of known shape went in and nothing known came out, in the order of the run. */
  readonly losses: Loss[];
  /** Messages that are no fault of the program: TensorFlow 1 graph code, a budget that ran out. */
  readonly notes: { readonly message: Message; readonly place: Place }[];
  /** Where in `layers`, `calls` and `values` that begins which no path of the program itself reached: it ran on arguments that are supposed. */
  supposedFrom: { readonly layers: number; readonly calls: number; readonly values: number } | undefined;
  /** Paths of all files that the run read, for caching. */
  readonly filesRead: Set<string>;
}

export function emptyTrace(): Trace {
  return { layers: [], calls: [], models: [], refusals: [], events: [], values: [], openCalls: [], losses: [], notes: [], supposedFrom: undefined, filesRead: new Set() };
}
