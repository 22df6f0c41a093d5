// keras.Model, keras.Sequential and functional models: construction, calling, layers and the methods that do not train.
// Training stands in training.ts. It must not know any single layer.
import { batchDim, dimEquals, isKnown } from '../../tensors/dim.ts';
import { formatShape, type Shape } from '../../tensors/shape.ts';
import type { Fix } from '../../trace/trace.ts';
import type { CallArguments } from '../../values/arguments.ts';
import { argumentsOf, bindArguments } from '../../values/arguments.ts';
import { nativeClass, nativeMethod } from '../../values/classes.ts';
import { registerHandingOut } from '../../values/handing-out.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import { parseSignature } from '../../values/signature.ts';
import { tensor } from '../../values/tensor.ts';
import type { ClassValue, DictValue, InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { instance as makeInstance, list, none, str, unknown } from '../../values/value.ts';
import { sortedEntries, tensorsIn } from '../arrays/library.ts';
import { asTensor } from '../arrays/conversion.ts';
import { backendTensorClass, kerasLibrary, kerasTensorClass } from './array-library.ts';
import type { RunningCall } from './construction.ts';
import type { Graph } from './model-state.ts';
import { keywordPlace, mapTensors, registerBehaviour, shapeFromValue } from './construction.ts';
import { mapGraph, runGraph } from './graph.ts';
import { initialiseLayer, layerClass } from './layer-class.ts';
import { callLayer } from './layer-call.ts';
import { shapesOf, tensorsFromShapes, userMethod } from './call-inputs.ts';
import { layerMethod, layerProperty } from './layer-members.ts';
import type { LayerState } from './layer-state.ts';
import { createLayerState, flattened, historySlot, isPerhapsBuilt, layerOf, layerSlot, notePerhapsBuilt, setTrainable, trackedSlot } from './layer-state.ts';
import { hasCertainLayers, modelInputs, modelLayers, modelOutputs, modelSlot, recordModel, updateModel, isModelBuilt, cloning } from './model-state.ts';
import { sequentialInitialise, sequentialMembers, callStack, buildStack } from './sequential.ts';
import { trainingMembers } from './training.ts';

/** `Model(inputs, outputs)` in any of its spellings. */
function isFunctional(args: CallArguments): boolean {
  const has = (name: string): boolean => args.keywords.some((keyword) => keyword.name === name);
  return (
    args.positional.length === 2 ||
    (args.positional.length === 1 && (has('outputs') || has('output'))) ||
    ((has('inputs') || has('input')) && (has('outputs') || has('output')))
  );
}

const useEvent = (interpreter: Interpreter, self: InstanceValue, state: LayerState, method: string, place: Place): void => {
  if (!interpreter.isQuiet) interpreter.trace.events.push({ kind: 'use', method, model: state.layer, wasBuilt: isModelBuilt(self) || isPerhapsBuilt(self), place });
};

const needsBuilt = (name: string, result: () => Value = () => none): Value =>
  layerMethod(name, (self, state, _, call) => {
    useEvent(call.interpreter, self, state, name, call.place);
    return result();
  });

const configSource = '*source';

const modelMembers: Readonly<Record<string, Value>> = {
  layers: layerProperty('layers', (self) => list(modelLayers(self), !hasCertainLayers(self))),
  inputs: layerProperty('inputs', (self) => {
    const inputs = modelInputs(self);
    return inputs === undefined ? unknown() : list(tensorsIn([inputs]));
  }),
  outputs: layerProperty('outputs', (self) => {
    const outputs = modelOutputs(self);
    return outputs === undefined ? unknown() : list(tensorsIn([outputs]));
  }),
  input: layerProperty('input', (self, state, call) => modelEnd(self, state, 'input', call.interpreter, call.place)),
  output: layerProperty('output', (self, state, call) => modelEnd(self, state, 'output', call.interpreter, call.place)),
  input_shape: layerProperty('input_shape', (self) => shapesOf(unpacked(modelInputs(self) ?? unknown()))),
  output_shape: layerProperty('output_shape', (self) => shapesOf(unpacked(modelOutputs(self) ?? unknown()))),
  input_names: layerProperty('input_names', (self) => names(modelInputs(self))),
  output_names: layerProperty('output_names', (self) => names(modelOutputs(self))),
  get_layer: nativeMethod('get_layer', 'self, name=None, index=None', (call) => {
    const self = call.args.get('self');
    if (self.kind !== 'instance' || layerSlot.get(self) === undefined) return unknown();
    const layers = modelLayers(self);
    const isComplete =
      hasCertainLayers(self) &&
      layerSlot.get(self)?.layer.incomplete !== true &&
      !call.args.openKeywords &&
      !call.args.openPositional;
    const [name, index] = [call.args.str('name'), call.args.number('index')];
    const found = index !== undefined ? layers.at(index) : name !== undefined ? layers.find((one) => layerOf(one)?.name === name) : undefined;
    if (found !== undefined) return found;
    if (!isComplete || (name === undefined && index === undefined) || layers.some((one) => layerOf(one)?.name === '')) return unknown();
    // Names with a counter depend on what else the session has built.
    if (index === undefined && /_\d+$/.test(name ?? '')) return unknown();
    return call.interpreter.refuse({
      rule: 'invalid-argument',
      place: call.args.place(index !== undefined ? 'index' : 'name') ?? call.place,
      message:
        index !== undefined
          ? message('the model has {count} layers, there is none at index {index}', { count: layers.length, index })
          : message('the model has no layer "{name}"; it has {names}', {
              name: name ?? '',
              names: shortList(layers.map((one) => layerOf(one)?.name ?? '')),
            }),
    });
  }),
  summary: needsBuilt('summary'),
  save: needsBuilt('save'),
  export: needsBuilt('export'),
  save_weights: needsBuilt('save_weights'),
  load_weights: needsBuilt('load_weights'),
  // Where a configuration comes from is remembered beside its entries, under a name that Python cannot spell.
  get_config: layerMethod('get_config', (self, state) => ({
    kind: 'dict', open: true, attributes: new Map([[configSource, self]]), entries: new Map([['s:name', { key: str('name'), value: str(state.layer.name) }]]),
  })),
  from_config: {
    kind: 'classmethod',
    callable: nativeMethod('from_config', 'cls, config, custom_objects=None', (call) => {
      const [cls, config] = [call.args.get('cls'), call.args.get('config')];
      if (cls.kind !== 'class' || config.kind !== 'dict') return unknown(undefined, 'Model');
      const source = config.attributes?.get(configSource);
      if (source !== undefined) return cloning.clone?.(call.interpreter, source, call.place) ?? unknown(undefined, 'Model');
      if (cls.native) return unknown(undefined, 'Model');
      const keywords = [...config.entries.values()].flatMap((entry) => (entry.key.kind === 'str' ? [{ name: entry.key.value, value: entry.value, place: undefined }] : []));
      return call.interpreter.call(cls, { positional: [], keywords, openPositional: false, openKeywords: config.open }, call.place);
    }),
  },
  to_json: layerMethod('to_json', () => unknown(undefined, 'str')),
  to_yaml: layerMethod('to_yaml', () => unknown(undefined, 'str')),
  reset_states: layerMethod('reset_states', () => none),
  reset_metrics: layerMethod('reset_metrics', () => none),
  ...trainingMembers,
};

function shortList(all: readonly string[]): string {
  return all.length <= 8 ? all.join(', ') : `${all.slice(0, 4).join(', ')}, …, ${all.slice(-3).join(', ')}`;
}

function unpacked(value: Value): Value {
  return value.kind === 'list' && value.items.length === 1 ? (value.items[0] ?? value) : value;
}

function names(value: Value | undefined): Value {
  return value === undefined
    ? unknown(undefined, 'list')
    : list(
        tensorsIn([value]).map((one) => {
          const history = historySlot.get(one);
          return history === undefined ? unknown(undefined, 'str') : str(history.node.layer.name);
        }),
      );
}

function modelEnd(self: InstanceValue, state: LayerState, which: 'input' | 'output', interpreter: Interpreter, place: Place): Value {
  const value = which === 'input' ? modelInputs(self) : modelOutputs(self);
  if (value === undefined) {
    if (modelSlot.get(self)?.kind === 'sequential') useEvent(interpreter, self, state, which, place);
    return unknown();
  }
  return unpacked(value);
}

export const modelClass: ClassValue = nativeClass({
  name: 'Model',
  qualifiedName: 'keras.Model',
  bases: [layerClass],
  members: {
    ...modelMembers,
    __new__: nativeMethod('__new__', undefined, (call) => {
      const [cls, ...rest] = call.args.raw.positional;
      if (cls?.value.kind !== 'class') return unknown();
      const isPlain = cls.value === modelClass && isFunctional({ ...call.args.raw, positional: rest });
      const made = makeInstance(isPlain ? functionalClass : cls.value, { place: call.place });
      const state = createLayerState(call.interpreter, made, call.place);
      updateModel(made, {});
      recordModel(call.interpreter, made, state);
      return made;
    }),
    __init__: nativeMethod('__init__', undefined, (call) => {
      const [self, ...rest] = call.args.raw.positional;
      if (self?.value.kind !== 'instance') return none;
      const args = { ...call.args.raw, positional: rest };
      if (isFunctional(args)) functionalInitialise(call.interpreter, self.value, args, call.place);
      else initialiseLayer(call.interpreter, call.args.raw, call.place, undefined);
      return none;
    }),
  },
});

/** What `Model(inputs, outputs)` is an instance of. */
export const functionalClass: ClassValue = nativeClass({ name: 'Functional', qualifiedName: 'keras.Functional', bases: [modelClass] });

export const sequentialClass: ClassValue = nativeClass({
  name: 'Sequential',
  qualifiedName: 'keras.Sequential',
  bases: [modelClass],
  members: {
    ...sequentialMembers,
    __init__: nativeMethod('__init__', 'self, layers=None, trainable=True, name=None', (call) => {
      const self = call.args.get('self');
      if (self.kind !== 'instance') return none;
      const base = argumentsOf([self], {
        trainable: call.args.get('trainable'),
        ...(call.args.isNone('name') ? {} : { name: call.args.get('name') }),
      });
      initialiseLayer(call.interpreter, base, call.place, undefined);
      sequentialInitialise(call.interpreter, self, call.args.get('layers'), call.args.openKeywords || call.args.openPositional, call.place);
      return none;
    }),
  },
});

registerHandingOut(modelClass, (_, model) => notePerhapsBuilt(model));
for (const cls of [modelClass]) registerBehaviour(cls, { call: callModel, build: buildModel, takesAnything: true });

const functionalSignature = parseSignature('inputs, outputs, name=None, trainable=None');

/** `inputs` and `outputs` of a functional model. */
function functionalInitialise(interpreter: Interpreter, self: InstanceValue, given: CallArguments, place: Place): void {
  const args = renameFormerArguments(interpreter, given, place);
  const binding = bindArguments(functionalSignature, args, self.cls.name);
  if (!binding.ok) {
    interpreter.refuse({ rule: 'invalid-argument', message: binding.problem.message, place: binding.problem.place ?? place, exception: 'TypeError' });
    initialiseLayer(interpreter, argumentsOf([self]), place, undefined);
    updateModel(self, { kind: 'functional', unknownMembers: true });
    return;
  }
  const bound = binding.args;
  initialiseLayer(interpreter, argumentsOf([self], bound.isNone('name') ? {} : { name: bound.get('name') }), place, undefined);
  const state = layerSlot.get(self);
  if (state === undefined) return;
  const inputs = symbolic(interpreter, bound.get('inputs'), 'inputs', bound.place('inputs') ?? place);
  const outputs = symbolic(interpreter, bound.get('outputs'), 'outputs', bound.place('outputs') ?? place);
  // Keras takes a single output out of its list: the model gives a tensor.
  const structure = outputs.value;
  const output = structure.kind === 'list' && !structure.open && structure.items.length === 1 ? (structure.items[0] ?? structure) : structure;
  makeFunctional(interpreter, self, state, inputs.value, output, inputs.complete && outputs.complete, place);
  const trainable = bound.get('trainable');
  if (trainable.kind === 'bool') setTrainable(self, trainable.value);
}

/** Gives a model its graph. */
export function makeFunctional(
  interpreter: Interpreter,
  self: InstanceValue,
  state: LayerState,
  inputs: Value,
  outputs: Value,
  isComplete: boolean,
  place: Place,
): void {
  const map = (): Graph => mapGraph(interpreter, inputs, outputs, place);
  const graph = isComplete ? map() : interpreter.quietly(map).result;
  updateModel(self, { kind: 'functional', graph: { ...graph, complete: graph.complete && isComplete }, unknownMembers: !isComplete });
  state.childValues = () => [...graph.operations.map((operation) => operation.instance), ...(trackedSlot.get(self) ?? [])];
  const undecided = new Set([...(graph.undecided ?? [])].map((layer) => layer.instance));
  if (undecided.size > 0) state.mayHold = (child) => undecided.has(child);
  state.layer.built = true;
  recordModel(interpreter, self, state);
}

/** Keras 1 wrote `input=` and `output=`. */
function renameFormerArguments(interpreter: Interpreter, args: CallArguments, place: Place): CallArguments {
  const renamed: Readonly<Record<string, string>> = { input: 'inputs', output: 'outputs' };
  return {
    ...args,
    keywords: args.keywords.map((keyword) => {
      const name = renamed[keyword.name];
      if (name === undefined) return keyword;
      const at = keywordPlace(keyword);
      const fixes: Fix[] =
        at === undefined || at === keyword.place
          ? []
          : [{ title: message('Rename to {name}', { name }), edits: [{ place: { ...at, end: at.start + keyword.name.length }, newText: name }] }];
      interpreter.refuse({
        rule: 'deprecated-argument',
        message: message('Model takes "{name}", not "{former}"', { name, former: keyword.name }),
        place: at ?? place,
        fixes,
      });
      return { ...keyword, name };
    }),
  };
}

/** The tensors of a structure; layers given by mistake are refused. */
function symbolic(interpreter: Interpreter, value: Value, argument: string, place: Place): { value: Value; complete: boolean } {
  let complete = true;
  for (const item of flattened([value])) {
    if (item.kind === 'tensor' && item.cls === kerasTensorClass && historySlot.get(item) !== undefined) continue;
    complete = false;
    if (item.kind === 'instance' && layerSlot.get(item) !== undefined) {
      interpreter.refuse({
        rule: 'invalid-argument',
        place,
        message: message('the {argument} of a model are tensors; {layer} is a layer that has not been called', {
          argument,
          layer: layerOf(item)?.name ?? '',
        }),
      });
    } else if (item.kind === 'none' && argument === 'outputs') {
      interpreter.refuse({ rule: 'invalid-argument', place, message: message('the outputs of a model are tensors, got None') });
    }
  }
  return { value, complete };
}

/** The values in the order of the model's inputs: by name for a dict. Undefined where they cannot be matched. */
function matchInputs(declared: Value, given: Value): readonly Value[] | undefined {
  const expected = tensorsIn([declared]);
  if (given.kind === 'dict' && !given.open) {
    const keys =
      declared.kind === 'dict'
        ? sortedEntries(declared).map((entry) => (entry.key.kind === 'str' ? entry.key.value : ''))
        : expected.map((one) => historySlot.get(one)?.node.layer.name ?? '');
    const values = keys.map((key) => (given as DictValue).entries.get(`s:${key}`)?.value);
    return values.every((value) => value !== undefined) ? values : undefined;
  }
  const items = flattened([given]);
  return items.length === expected.length ? items : undefined;
}

function callModel(running: RunningCall): Value {
  const { interpreter, self, state } = running;
  const model = modelSlot.get(self);
  if (model === undefined) return unknown();
  const input = convertModelInput(interpreter, running.input);
  if (model.kind === 'sequential') {
    if (!isModelBuilt(self) && input.kind === 'tensor' && input.shape.dims !== undefined)
      buildStack(interpreter, self, input.shape, input.dtype, running.place);
    notePerhapsBuilt(self);
    return callStack({ ...running, input });
  }
  if (model.graph === undefined) return unknown();
  const given = matchInputs(model.graph.inputs, input);
  if (given === undefined) return mapTensors(model.graph.outputs, () => unknown());
  const adjusted = adjustInputs(interpreter, state, model.graph.inputs, given, running.place);
  if (adjusted === undefined)
    return mapTensors(model.graph.outputs, (output) => ({
      ...output,
      cls: running.isSymbolic ? kerasTensorClass : backendTensorClass(),
      slots: new Map(),
    }));
  const { graph } = model;
  if (!hasOtherChannels(graph.inputs, adjusted)) return runGraph(interpreter, graph, adjusted, running.isSymbolic);
  // Keras leaves a last axis of 1 out of its check: whether the layers take it shows when they run.
  const { result, refusals } = interpreter.quietly(() => runGraph(interpreter, graph, adjusted, running.isSymbolic));
  const [first] = tensorsIn([graph.inputs]);
  const [actual] = adjusted;
  if (refusals.length > 0 && first !== undefined && actual?.kind === 'tensor') refuseInput(interpreter, state, first.shape, actual.shape, running.place);
  return result;
}

function hasOtherChannels(declared: Value, given: readonly Value[]): boolean {
  return tensorsIn([declared]).some((expected, at) => {
    const value = given[at];
    const [wanted, actual] = [expected.shape.dims?.at(-1), value?.kind === 'tensor' ? value.shape.dims?.at(-1) : undefined];
    return wanted !== undefined && actual !== undefined && (wanted === 1 || actual === 1) && dimEquals(wanted, actual) === false;
  });
}

function refuseInput(interpreter: Interpreter, state: LayerState, expected: Shape, actual: Shape, place: Place): void {
  interpreter.refuse({
    rule: 'input-shape',
    place,
    layer: state.layer,
    message: message('{model} takes {expected}, got {actual}', {
      model: state.layer.name,
      expected: formatShape(expected),
      actual: formatShape(actual),
    }),
  });
}

function convertModelInput(interpreter: Interpreter, value: Value): Value {
  if (value.kind === 'tensor') return value;
  if (value.kind === 'dict')
    return {
      kind: 'dict',
      open: value.open,
      entries: new Map([...value.entries].map(([key, entry]) => [key, { key: entry.key, value: convertModelInput(interpreter, entry.value) }])),
    };
  if (value.kind === 'list' || value.kind === 'tuple') {
    if (flattened([value]).some((item) => item.kind === 'tensor' || item.kind === 'unknown' || item.kind === 'instance'))
      return list(value.items.map((item) => convertModelInput(interpreter, item)));
    return asTensor(interpreter, value, kerasLibrary) ?? value;
  }
  return value.kind === 'instance' ? (asTensor(interpreter, value, kerasLibrary) ?? value) : value;
}

/** Adds or drops a last axis of size 1, as Keras does, and refuses what does not fit the declared inputs. */
export function adjustInputs(
  interpreter: Interpreter,
  state: LayerState,
  declared: Value,
  given: readonly Value[],
  place: Place,
): readonly Value[] | undefined {
  const adjusted: Value[] = [];
  for (const [at, expected] of tensorsIn([declared]).entries()) {
    const value = given[at];
    if (value?.kind !== 'tensor') {
      adjusted.push(value ?? unknown());
      continue;
    }
    const fitted = fitShape(expected.shape, value);
    if (fitted === undefined) {
      refuseInput(interpreter, state, expected.shape, value.shape, place);
      return undefined;
    }
    adjusted.push(fitted);
  }
  return adjusted;
}

function fitShape(expected: Shape, value: TensorValue): TensorValue | undefined {
  const [wanted, dims] = [expected.dims, value.shape.dims];
  if (wanted === undefined || dims === undefined) return value;
  let fitted = dims;
  if (dims.length === wanted.length + 1 && dims.at(-1) === 1) fitted = dims.slice(0, -1);
  else if (dims.length === wanted.length - 1 && wanted.at(-1) === 1) fitted = [...dims, 1];
  if (fitted.length !== wanted.length) return undefined;
  for (const [at, dim] of wanted.entries()) {
    const actual = fitted[at];
    if (at === 0 || actual === undefined || !isKnown(dim) || !isKnown(actual)) continue;
    if (at === wanted.length - 1 && (dim === 1 || actual === 1)) continue;
    if (dimEquals(dim, actual) === false) return undefined;
  }
  return fitted === dims ? value : { ...value, shape: { dims: fitted }, contents: undefined };
}

/** `model.build(input_shape)`. */
function buildModel(interpreter: Interpreter, self: InstanceValue, state: LayerState, shape: Value, place: Place): void {
  const model = modelSlot.get(self);
  notePerhapsBuilt(self);
  if (model?.kind === 'functional') return;
  if (model?.kind === 'sequential') {
    const dims = shapeFromValue(interpreter, shape)?.dims;
    if (dims !== undefined && !isModelBuilt(self))
      buildStack(interpreter, self, { dims: dims.map((dim, at) => (at === 0 && !isKnown(dim) ? batchDim : dim)) }, undefined, place);
    return;
  }
  if (userMethod(self, 'call') === undefined || state.layer.built) return;
  const input = tensorsFromShapes(shape, (one) => tensor({ cls: backendTensorClass(), shape: one, dtype: 'float32' }));
  if (input === undefined) return;
  callLayer(interpreter, self, argumentsOf([input]), place, undefined);
  state.layer.built = true;
}
