// Functions of keras.models: clone_model, load_model, save_model. It must not know layers.
import { argumentsOf } from '../../values/arguments.ts';
import { nativeFunction } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import type { InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { instance, list, none, str, unknown } from '../../values/value.ts';
import { tensorsIn } from '../arrays/library.ts';
import { mapTensors } from './construction.ts';
import { keyOf, resultAmong } from './graph.ts';
import { makeInputLayer } from './keras-tensor.ts';
import { callLayer } from './layer-call.ts';
import { createLayerState, isPerhapsBuilt, layerSlot } from './layer-state.ts';
import { functionalClass, makeFunctional, sequentialClass } from './model.ts';
import type { Graph } from './model-state.ts';
import { cloning, modelSlot, recordModel, updateModel, visibleStack } from './model-state.ts';
import { initialiseLayer } from './layer-class.ts';

/** A new layer from the arguments of another, with its name. */
function cloneLayer(interpreter: Interpreter, layer: InstanceValue, place: Place): InstanceValue | undefined {
  const state = layerSlot.get(layer);
  if (state === undefined) return undefined;
  if (modelSlot.get(layer) !== undefined) {
    const made = cloneModel(interpreter, layer, place);
    return made.kind === 'instance' ? made : undefined;
  }
  const keywords = [...state.layer.arguments]
    .filter(([name, argument]) => name !== 'name' && argument.value.kind !== 'unknown')
    .map(([name, argument]) => ({ name, value: argument.value, place: undefined }));
  const { result } = interpreter.quietly(() =>
    interpreter.call(
      layer.cls,
      {
        positional: [],
        keywords: [...keywords, { name: 'name', value: str(state.layer.name), place: undefined }],
        openPositional: true,
        openKeywords: true,
      },
      place,
    ),
  );
  return result.kind === 'instance' ? result : undefined;
}

function cloneModel(interpreter: Interpreter, model: Value, place: Place): Value {
  const held = modelSlot.get(model);
  const state = layerSlot.get(model);
  if (held === undefined || state === undefined || model.kind !== 'instance' || held.unknownMembers) return unknown();
  if (held.kind === 'sequential') {
    const layers = visibleStack(held).map((entry) => cloneLayer(interpreter, entry.layer, place));
    const [first] = held.stack;
    const input =
      first !== undefined && first.output !== undefined && visibleStack(held).length < held.stack.length
        ? makeInputLayer(interpreter, first.output.shape, first.output.dtype, place).output
        : undefined;
    if (layers.some((layer) => layer === undefined)) return unknown();
    return interpreter.call(
      sequentialClass,
      argumentsOf([list([...(input === undefined ? [] : [input]), ...layers.flatMap((layer) => layer ?? [])])], { name: str(state.layer.name) }),
      place,
    );
  }
  return held.graph === undefined ? unknown() : cloneGraph(interpreter, held.graph, state.layer.name, place);
}

function cloneGraph(interpreter: Interpreter, graph: Graph, name: string, place: Place): Value {
  const values = new Map<string, Value>();
  const layers = new Map<InstanceValue, InstanceValue | undefined>();
  const resultOf = (tensor: TensorValue): Value => resultAmong(values, tensor);
  for (const node of graph.nodes) {
    const outputs = tensorsIn([node.outputs]);
    let results: readonly Value[];
    if (node.isInput) {
      const output = outputs[0];
      results = output === undefined ? [] : [makeInputLayer(interpreter, output.shape, output.dtype, place, str(node.layer.name)).output];
    } else {
      const inputs = node.inputs.map(resultOf);
      if (!layers.has(node.layer.instance))
        layers.set(
          node.layer.instance,
          layerSlot.get(node.layer.instance) === undefined ? undefined : cloneLayer(interpreter, node.layer.instance, place),
        );
      const layer = layers.get(node.layer.instance);
      if (layer === undefined) return unknown();
      let at = 0;
      const input = mapTensors(node.input, () => {
        at += 1;
        return inputs[at - 1] ?? unknown();
      });
      results = tensorsIn([interpreter.quietly(() => callLayer(interpreter, layer, argumentsOf([input]), place)).result]);
    }
    for (const [at, output] of outputs.entries()) {
      const key = keyOf(output);
      if (key !== undefined) values.set(key, results[at] ?? unknown());
    }
  }
  const made = instance(functionalClass, { place });
  const state = createLayerState(interpreter, made, place);
  updateModel(made, {});
  recordModel(interpreter, made, state);
  initialiseLayer(interpreter, argumentsOf([made], { name: str(name) }), place, undefined);
  makeFunctional(
    interpreter,
    made,
    state,
    mapTensors(graph.inputs, resultOf),
    mapTensors(graph.outputs, resultOf),
    true,
    place,
  );
  return made;
}

cloning.clone = cloneModel;

const unknownModel = (name: string): Value =>
  nativeFunction(name, '*args, **kwargs', () => unknown(message('what is in the file is not known'), 'Model'));

export const modelFunctions: Readonly<Record<string, Value>> = {
  clone_model: nativeFunction(
    'clone_model',
    'model, input_tensors=None, clone_function=None, call_function=None, recursive=False, **kwargs',
    (call) => {
      if (!call.args.isNone('input_tensors') || !call.args.isNone('clone_function')) return unknown();
      return cloneModel(call.interpreter, call.args.get('model'), call.place);
    },
  ),
  load_model: unknownModel('load_model'),
  model_from_json: unknownModel('model_from_json'),
  model_from_config: unknownModel('model_from_config'),
  model_from_yaml: unknownModel('model_from_yaml'),
  save_model: nativeFunction('save_model', 'model, filepath, *args, **kwargs', (call) => {
    const model = call.args.get('model');
    const state = layerSlot.get(model);
    if (state !== undefined && model.kind === 'instance' && !call.interpreter.isQuiet)
      call.interpreter.trace.events.push({ kind: 'use', method: 'save', model: state.layer, wasBuilt: state.layer.built || isPerhapsBuilt(model), place: call.place });
    return none;
  }),
};
