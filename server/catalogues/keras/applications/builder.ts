// A short notation in which the ready-made models are written: each step makes a layer of the catalogue and calls it.
// It must not know any one architecture.
import { formatDim } from '../../../tensors/dim.ts';
import type { Dim } from '../../../tensors/dim.ts';
import { argumentsOf } from '../../../values/arguments.ts';
import type { Interpreter } from '../../../values/interpreter.ts';
import type { Place } from '../../../values/place.ts';
import type { ClassValue, Value } from '../../../values/value.ts';
import { bool, float, int, list, none, str, tuple, unknown } from '../../../values/value.ts';
import { callLayer } from '../layer-call.ts';
import { layerClassNamed } from '../layer-class.ts';

export type Setting = number | boolean | string | null | undefined | readonly Setting[] | { readonly real: number };
export type Settings = Readonly<Record<string, Setting>>;

export interface Builder {
  readonly interpreter: Interpreter;
  readonly place: Place;
  /** Makes a layer and calls it; `name` undefined: Keras names it. */
  layer(cls: string | ClassValue, x: Value, settings?: Settings, name?: string): Value;
  make(cls: string | ClassValue, settings?: Settings, name?: string): Value;
  conv(x: Value, filters: number, kernel: Setting, settings?: Settings, name?: string): Value;
  norm(x: Value, name?: string, settings?: Settings): Value;
  activate(x: Value, activation: string, name?: string): Value;
  add(parts: readonly Value[], name?: string): Value;
  concat(parts: readonly Value[], name?: string): Value;
  operate(operator: '+' | '*', x: Value, other: Value | number): Value;
  /** A size of the tensor; 0 where it is not known. */
  size(x: Value, axis: number): Dim;
  /** Channels as a plain number. */
  channels(x: Value): number;
}

function settingValue(setting: Setting): Value {
  if (setting === null || setting === undefined) return none;
  if (typeof setting === 'number') return Number.isInteger(setting) ? int(setting) : float(setting);
  if (typeof setting === 'boolean') return bool(setting);
  if (typeof setting === 'string') return str(setting);
  return 'real' in setting ? float(setting.real) : tuple(setting.map(settingValue));
}

export function makeBuilder(interpreter: Interpreter, place: Place): Builder {
  const builder: Builder = {
    interpreter,
    place,
    layer(cls, x, settings, name) {
      const layer = builder.make(cls, settings, name);
      return layer.kind === 'instance' ? callLayer(interpreter, layer, argumentsOf([x]), place) : unknown();
    },
    make(cls, settings = {}, name) {
      const found = typeof cls === 'string' ? layerClassNamed(cls) : cls;
      if (found === undefined) return unknown();
      const keywords = Object.fromEntries(Object.entries(settings).map(([key, setting]) => [key, settingValue(setting)]));
      return interpreter.call(found, argumentsOf([], name === undefined ? keywords : { ...keywords, name: str(name) }), place);
    },
    conv: (x, filters, kernel, settings = {}, name) => builder.layer('Conv2D', x, { filters, kernel_size: kernel, ...settings }, name),
    norm: (x, name, settings = {}) => builder.layer('BatchNormalization', x, settings, name),
    activate: (x, activation, name) => builder.layer('Activation', x, { activation }, name),
    add: (parts, name) => builder.layer('Add', list([...parts]), {}, name),
    concat: (parts, name) => builder.layer('Concatenate', list([...parts]), { axis: -1 }, name),
    operate: (operator, x, other) => interpreter.binary(operator, x, typeof other === 'number' ? float(other) : other, place),
    size: (x, axis) => (x.kind === 'tensor' ? (x.shape.dims?.at(axis) ?? 0) : 0),
    channels(x) {
      const size = builder.size(x, -1);
      return typeof size === 'number' ? size : 0;
    },
  };
  return builder;
}

export function isUndefinedSize(size: Dim): boolean {
  return formatDim(size) === 'None';
}

/** The zeros in front of a strided convolution, as the original TensorFlow models have them: fewer before an even size. */
export function correctPadding(builder: Builder, x: Value, kernel: number): Setting {
  const half = Math.floor(kernel / 2);
  const along = (axis: number): Setting => {
    const size = builder.size(x, axis);
    const adjust = builder.size(x, 1) === 0 || typeof size !== 'number' ? 1 : 1 - (size % 2);
    return [half - adjust, half];
  };
  return [along(1), along(2)];
}

/** Filters scaled by a factor and rounded to multiples, never by more than a tenth down. */
export function roundedFilters(filters: number, divisor = 8, keepsTenth = true): number {
  const rounded = Math.max(divisor, Math.floor(Math.trunc(filters + divisor / 2) / divisor) * divisor);
  return keepsTenth && rounded < 0.9 * filters ? rounded + divisor : rounded;
}

/** What a model ends with: classes, or a pooling of the features. */
export interface Ending {
  readonly includeTop: boolean;
  readonly pooling: string | undefined;
  readonly classes: number;
  readonly activation: Value;
}

export interface Scaling {
  readonly alpha: number;
  readonly depthMultiplier: number;
  readonly minimalistic: boolean;
  readonly preprocessing: boolean;
  readonly dropout: number;
  /** `weights="imagenet"`. */
  readonly pretrained: boolean;
  readonly name: string;
}

/** The features of a model on its input; `end` adds the top. */
export type Architecture = (builder: Builder, x: Value, ending: Ending, scaling: Scaling) => Value;

/** The usual ending: average, classes. `poolName` names the pooling layer where the model does. */
export function finish(
  builder: Builder,
  x: Value,
  ending: Ending,
  poolName: string | undefined,
  maxName: string | undefined,
  topName = poolName,
): Value {
  if (ending.includeTop) {
    const pooled = builder.layer('GlobalAveragePooling2D', x, {}, topName);
    return classify(builder, pooled, ending);
  }
  return pool(builder, x, ending, poolName, maxName);
}

export function pool(builder: Builder, x: Value, ending: Ending, averageName?: string, maxName?: string): Value {
  if (ending.pooling === 'avg') return builder.layer('GlobalAveragePooling2D', x, {}, averageName);
  return ending.pooling === 'max' ? builder.layer('GlobalMaxPooling2D', x, {}, maxName) : x;
}

export function classify(builder: Builder, x: Value, ending: Ending, name = 'predictions'): Value {
  const { interpreter, place } = builder;
  const cls = layerClassNamed('Dense');
  if (cls === undefined) return unknown();
  const layer = interpreter.call(cls, argumentsOf([int(ending.classes)], { activation: ending.activation, name: str(name) }), place);
  return layer.kind === 'instance' ? callLayer(interpreter, layer, argumentsOf([x]), place) : unknown();
}
