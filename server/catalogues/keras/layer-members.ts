// What a program may read of a Keras layer and do with it besides calling it: weights, counts, configuration, building, freezing.
// It must not know what any layer computes.
import { unknownShape } from '../../tensors/shape.ts';
import { countParameters } from '../../trace/counts.ts';
import type { CallArguments } from '../../values/arguments.ts';
import { argumentsOf, bindArguments } from '../../values/arguments.ts';
import { nativeMethod, nativeProperty } from '../../values/classes.ts';
import { dictKey } from '../../values/equality.ts';
import { setInstanceAttribute } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import { parseSignature } from '../../values/signature.ts';
import { tensor } from '../../values/tensor.ts';
import type { DictEntry, InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { bool, int, list, none, str, tuple, unknown } from '../../values/value.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { ndarrayClass } from '../numpy/library.ts';
import { backendTensorClass, kerasTensorClass } from './array-library.ts';
import { activationValue } from './activations.ts';
import { behaviourOf, declarationOf, shapeFromValue } from './construction.ts';
import { callLayer } from './layer-call.ts';
import { shapesOf, tensorsFromShapes } from './call-inputs.ts';
import { invokeDeclared, buildForShape } from './declared-call.ts';
import type { LayerState } from './layer-state.ts';
import { allWeights, isPerhapsBuilt, layerSlot, makeWeight, setTrainable, trackedSlot, variableOf, weightSlot } from './layer-state.ts';
import { policyObject } from './policy.ts';

/** `self` and what stands behind it; undefined for something that is no layer (a class whose constructor did not run). */
export function layerSelf(call: NativeCall): { self: InstanceValue; state: LayerState; rest: CallArguments } | undefined {
  const [first, ...others] = call.args.raw.positional;
  const self = first?.value ?? call.args.get('self');
  const state = layerSlot.get(self);
  return state === undefined || self.kind !== 'instance' ? undefined : { self, state, rest: { ...call.args.raw, positional: others } };
}

/** A property that the program may set to a value of its own. */
export function layerProperty(
  name: string,
  get: (self: InstanceValue, state: LayerState, call: NativeCall) => Value,
  set?: (self: InstanceValue, state: LayerState, value: Value, call: NativeCall) => void,
): Value {
  return nativeProperty(
    name,
    (call) => {
      const self = call.args.get('self');
      const state = layerSlot.get(self);
      if (self.kind !== 'instance' || state === undefined) return unknown();
      return self.attributes.get(name) ?? get(self, state, call);
    },
    (call) => {
      const self = call.args.get('self');
      const state = layerSlot.get(self);
      if (self.kind !== 'instance') return;
      if (set !== undefined && state !== undefined) set(self, state, call.args.get('value'), call);
      else {
        setInstanceAttribute(self, name, call.args.get('value'));
        track(self, call.args.get('value'));
      }
    },
  );
}

/** A method on a layer, which binds the arguments behind `self` itself. */
export function layerMethod(name: string, body: (self: InstanceValue, state: LayerState, args: CallArguments, call: NativeCall) => Value): Value {
  return nativeMethod(name, undefined, (call) => {
    const found = layerSelf(call);
    return found === undefined ? unknown() : body(found.self, found.state, found.rest, call);
  });
}

/** Remembers layers, variables and containers of them as Keras' tracker does. */
function track(self: InstanceValue, value: Value): void {
  const isTracked =
    (value.kind === 'instance' && layerSlot.get(value) !== undefined) ||
    (value.kind === 'tensor' && weightSlot.get(value) !== undefined) ||
    value.kind === 'list' ||
    value.kind === 'tuple' ||
    value.kind === 'dict' ||
    value.kind === 'set' ||
    (value.kind === 'unknown' && value.alternatives?.some((one) => layerSlot.get(one) !== undefined) === true);
  if (!isTracked) return;
  const tracked = trackedSlot.get(self) ?? [];
  if (!tracked.includes(value)) trackedSlot.set(self, [...tracked, value]);
}

const weightSignature = parseSignature(
  'shape=(), initializer=None, dtype=None, *, trainable=True, autocast=True, regularizer=None, constraint=None, aggregation=None, overwrite_with_gradient=False, name=None, **kwargs',
);

function addWeight(interpreter: Interpreter, _self: InstanceValue, state: LayerState, args: CallArguments, place: Place): Value {
  let given = args;
  const [first, ...others] = args.positional;
  if (first?.value.kind === 'str') {
    // Keras 2 took the name first. Keras 3 refuses it by position.
    const name = first.value;
    interpreter.refuse({
      rule: 'invalid-argument',
      message: message('add_weight() takes the name by keyword: name="{name}"', { name: name.value }),
      place: first.place ?? place,
      layer: state.layer,
      fixes:
        first.place === undefined || others.length > 0
          ? []
          : [{ title: message('Give the name by keyword'), edits: [{ place: { ...first.place, end: first.place.start }, newText: 'name=' }] }],
    });
    given = { ...args, positional: others, keywords: [...args.keywords, { name: 'name', value: name, place: undefined }] };
  }
  const binding = bindArguments(weightSignature, given, 'add_weight');
  if (!binding.ok) {
    interpreter.refuse({
      rule: 'invalid-argument',
      message: binding.problem.message,
      place: binding.problem.place ?? place,
      layer: state.layer,
      exception: 'TypeError',
    });
    return unknown();
  }
  const bound = binding.args;
  const shapeValue = bound.get('shape');
  if ((shapeValue.kind === 'tuple' || shapeValue.kind === 'list') && shapeValue.items.some((item) => item.kind === 'none')) {
    interpreter.refuse({
      rule: 'shape-mismatch',
      layer: state.layer,
      place: bound.place('shape') ?? place,
      message: message('a weight cannot have an axis of unknown size: shape={shape}', { shape: interpreter.representation(shapeValue, place) ?? '' }),
    });
  }
  const trainable = bound.get('trainable');
  const dtype = bound.get('dtype');
  const weight = makeWeight(state, {
    name: bound.str('name') ?? 'variable',
    shape: shapeValue.kind === 'none' ? { dims: [] } : (shapeFromValue(interpreter, shapeValue) ?? unknownShape),
    dtype: dtype.kind === 'none' ? undefined : dtypeFromValue(dtype, 'float32'),
    trainable: trainable.kind !== 'bool' || trainable.value,
  });
  if (weight.shape.dims === undefined) state.weightsUnknown = true;
  state.ownWeights = [...state.ownWeights, weight];
  return variableOf(weight);
}

function config(_interpreter: Interpreter, self: InstanceValue, state: LayerState): Value {
  const entries = new Map<string, DictEntry>();
  const put = (name: string, value: Value): void => {
    const key = str(name);
    entries.set(dictKey(key) ?? name, { key, value });
  };
  const declaration = declarationOf(self.cls);
  // A constructor without `**kwargs` is given by its configuration what it names (Discretization has no `trainable`).
  const takes = (name: string): boolean => declaration === undefined || declaration.signature.includes('**') || state.layer.arguments.has(name);
  put('name', str(state.layer.name));
  if (takes('trainable')) put('trainable', bool(state.layer.trainable));
  const policy = state.policy.name;
  if (takes('dtype')) put('dtype', policy === undefined ? unknown() : str(policy));
  if (declaration !== undefined)
    for (const [name, argument] of state.layer.arguments) if (!entries.has(`s:${name}`)) put(name, argument.value);
  return { kind: 'dict', entries, open: !self.cls.native || declaration === undefined };
}

function variableList(state: LayerState, wanted: (weight: { trainable: boolean }) => boolean): Value {
  return state.layer.built || state.ownWeights.length > 0 || state.layer.children().length > 0
    ? list(allWeights(state.layer).filter(wanted).map(variableOf), state.layer.incomplete || !countParameters(state.layer).complete)
    : list([], !state.layer.built);
}

function nodeTensors(state: LayerState, which: 'input' | 'output'): Value {
  const [node] = state.nodes;
  if (node === undefined) return unknown();
  const value =
    which === 'input'
      ? node.isInput
        ? node.outputs
        : node.inputs.length === 1
          ? (node.inputs[0] ?? unknown())
          : list([...node.inputs])
      : node.outputs;
  return value.kind === 'list' && value.items.length === 1 ? (value.items[0] ?? value) : value;
}

const listOfVariables = (name: string, wanted: (weight: { trainable: boolean }, state: LayerState) => boolean): Value =>
  layerProperty(name, (_, state) => variableList(state, (weight) => wanted(weight, state)));

/** Members of `keras.layers.Layer`, in the order of its documentation. */
export const layerMembers: Readonly<Record<string, Value>> = {
  __call__: layerMethod('__call__', (self, _, args, call) => callLayer(call.interpreter, self, args, call.place)),
  call: layerMethod('call', (self, state, args, call) => {
    const behaviour = behaviourOf(self.cls);
    const input = (args.positional[0] ?? args.keywords[0])?.value ?? unknown();
    if (behaviour !== undefined)
      return behaviour.call({
        interpreter: call.interpreter,
        self,
        state,
        args,
        input,
        isSymbolic: input.kind === 'tensor' && input.cls === kerasTensorClass,
        place: call.place,
      });
    return invokeDeclared(call.interpreter, self, state, args, call.place, false).output;
  }),
  build: layerMethod('build', (self, state, args, call) => {
    const shape = (args.positional[0] ?? args.keywords[0])?.value ?? none;
    const behaviour = behaviourOf(self.cls);
    if (behaviour?.build !== undefined) behaviour.build(call.interpreter, self, state, shape, call.place);
    else buildForShape(call.interpreter, self, state, shape, call.place);
    if (declarationOf(self.cls) === undefined && behaviour === undefined) state.layer.built = true;
    return none;
  }),
  compute_output_shape: layerMethod('compute_output_shape', (self, state, args, call) => {
    const shape = (args.positional[0] ?? args.keywords[0])?.value ?? unknown();
    const input = tensorsFromShapes(shape, (one) => tensor({ cls: backendTensorClass(), shape: one, dtype: state.policy.compute }));
    if (input === undefined) return unknown();
    const { result } = call.interpreter.quietly(() => callLayer(call.interpreter, self, argumentsOf([input]), call.place));
    const shapes = shapesOf(result);
    return shapes.kind === 'unknown' ? unknown(undefined, 'tuple') : shapes;
  }),
  compute_mask: layerMethod('compute_mask', () => unknown()),
  __setattr__: nativeMethod('__setattr__', 'self, name, value', (call) => {
    const self = call.args.get('self');
    const name = call.args.str('name');
    if (self.kind !== 'instance' || name === undefined) return none;
    setInstanceAttribute(self, name, call.args.get('value'));
    track(self, call.args.get('value'));
    return none;
  }),
  add_weight: layerMethod('add_weight', (self, state, args, call) => addWeight(call.interpreter, self, state, args, call.place)),
  add_variable: layerMethod('add_variable', (self, state, args, call) => addWeight(call.interpreter, self, state, args, call.place)),
  add_loss: layerMethod('add_loss', (_, state, args) => {
    state.losses = [...state.losses, args.positional[0]?.value ?? unknown()];
    return none;
  }),
  add_metric: layerMethod('add_metric', () => none),
  get_weights: layerMethod('get_weights', (_, state) =>
    list(
      allWeights(state.layer).map((weight) => tensor({ cls: ndarrayClass, shape: weight.shape, dtype: weight.dtype })),
      !state.layer.built,
    ),
  ),
  set_weights: layerMethod('set_weights', () => none),
  count_params: layerMethod('count_params', (self, state, _, call) => {
    if (!call.interpreter.isQuiet && state.layer.model !== undefined) {
      call.interpreter.trace.events.push({ kind: 'use', method: 'count_params', model: state.layer, wasBuilt: state.layer.built || isPerhapsBuilt(self), place: call.place });
    }
    const count = countParameters(state.layer);
    if (!state.layer.built && state.layer.model === undefined && state.layer.calls.length === 0 && state.initialised && self.cls.native && !call.interpreter.isUncertain) {
      call.interpreter.refuse({
        rule: 'missing-input-shape',
        layer: state.layer,
        place: call.place,
        message: message('{layer} is not built yet: it has no weights to count', { layer: state.layer.name }),
      });
    }
    return count.complete ? int(count.total) : unknown(undefined, 'int');
  }),
  get_config: layerMethod('get_config', (self, state, _, call) => config(call.interpreter, self, state)),
  get_build_config: layerMethod('get_build_config', () => unknown()),
  from_config: {
    kind: 'classmethod',
    callable: nativeMethod('from_config', undefined, (call) => {
      const [cls, given] = call.args.raw.positional.map((argument) => argument.value);
      const values = given ?? call.args.raw.keywords.find((keyword) => keyword.name === 'config')?.value;
      if (cls?.kind !== 'class' || values?.kind !== 'dict') return unknown();
      const keywords = [...values.entries.values()].flatMap((entry) =>
        entry.key.kind === 'str' ? [{ name: entry.key.value, value: entry.value, place: undefined }] : [],
      );
      return call.interpreter.call(cls, { positional: [], keywords, openPositional: false, openKeywords: values.open }, call.place);
    }),
  },
  name: layerProperty(
    'name',
    (_, state) => (state.layer.name === '' ? unknown(undefined, 'str') : str(state.layer.name)),
    (_, state, value) => {
      if (value.kind === 'str') state.layer.name = value.value;
    },
  ),
  trainable: layerProperty(
    'trainable',
    (_, state) => bool(state.layer.trainable),
    (self, state, value, call) => {
      const wanted = call.interpreter.truth(value, call.place);
      if (wanted === undefined) return;
      setTrainable(self, wanted);
      if (!call.interpreter.isQuiet) call.interpreter.trace.events.push({ kind: 'trainable', layer: state.layer, value: wanted, place: call.place });
    },
  ),
  built: layerProperty(
    'built',
    (_, state) => (state.layer.built ? bool(true) : unknown(undefined, 'bool')),
    (_, state, value) => {
      if (value.kind === 'bool') state.layer.built = value.value;
    },
  ),
  weights: listOfVariables('weights', () => true),
  variables: listOfVariables('variables', () => true),
  trainable_weights: listOfVariables('trainable_weights', (weight, state) => state.layer.trainable && weight.trainable),
  trainable_variables: listOfVariables('trainable_variables', (weight, state) => state.layer.trainable && weight.trainable),
  non_trainable_weights: listOfVariables('non_trainable_weights', (weight, state) => !state.layer.trainable || !weight.trainable),
  non_trainable_variables: listOfVariables('non_trainable_variables', (weight, state) => !state.layer.trainable || !weight.trainable),
  losses: layerProperty('losses', () => list([], true)),
  metrics: layerProperty('metrics', () => list([], true)),
  input: layerProperty('input', (_, state) => nodeTensors(state, 'input')),
  output: layerProperty('output', (_, state) => nodeTensors(state, 'output')),
  input_shape: layerProperty('input_shape', (_, state) => shapesOf(nodeTensors(state, 'input'))),
  output_shape: layerProperty('output_shape', (_, state) => shapesOf(nodeTensors(state, 'output'))),
  dtype: layerProperty('dtype', (_, state) => (state.policy.variable === undefined ? unknown(undefined, 'str') : str(state.policy.variable))),
  variable_dtype: layerProperty('variable_dtype', (_, state) =>
    state.policy.variable === undefined ? unknown(undefined, 'str') : str(state.policy.variable),
  ),
  compute_dtype: layerProperty('compute_dtype', (_, state) =>
    state.policy.compute === undefined ? unknown(undefined, 'str') : str(state.policy.compute),
  ),
  dtype_policy: layerProperty('dtype_policy', (_, state) => policyObject(state.policy)),
};

const perAxis: ReadonlySet<string> = new Set(['kernel_size', 'strides', 'dilation_rate', 'pool_size', 'size', 'output_padding']);

/** Weights by name, and the constructor's arguments as attributes. */
export function missingLayerAttribute(_interpreter: Interpreter, self: InstanceValue, name: string, _place: Place): Value | undefined {
  const state = layerSlot.get(self);
  if (state === undefined) return undefined;
  const weight = state.layer.weights.find((one) => one.name === name);
  if (weight !== undefined) return variableOf(weight);
  const argument = state.layer.arguments.get(name);
  if (argument === undefined || argument.value.kind === 'unknown') return undefined;
  const value = argument.value;
  if (name === 'activation' || name === 'recurrent_activation') return activationValue(value) ?? value;
  // Normalization makes another array of these when it is built (they stand as `input_mean` and `input_variance`).
  if ((name === 'mean' || name === 'variance') && value.kind !== 'none') return unknown();
  if (perAxis.has(name) && value.kind === 'int') {
    const axes = ['1D', '2D', '3D'].findIndex((part) => self.cls.mro.some((cls) => cls.native && cls.name.includes(part))) + 1;
    return axes > 0 ? tuple(Array.from({ length: axes }, () => value)) : value;
  }
  if (name === 'input_spec' || name.endsWith('_initializer') || name.endsWith('_regularizer') || name.endsWith('_constraint')) return undefined;
  return value;
}
