// Keras' implicit masks: an Embedding or Masking layer attaches one, most layers hand it on, and a layer that takes `mask` makes the
// comparison behind it part of the graph, as a row of its own. It must not know what layers compute.
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { defineSlot } from '../../values/slots.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import { float, int } from '../../values/value.ts';
import type { CallArguments } from '../../values/arguments.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { kerasTensorClass } from './array-library.ts';
import { mapTensors } from './construction.ts';
import type { LayerDeclaration } from './layer-declaration.ts';
import type { LayerState } from './layer-state.ts';

/** The mask of a graph's tensor. */
const maskSlot = defineSlot<TensorValue>('keras mask');

/** Layers whose output has the mask of their input (`supports_masking`). */
const handsOn: ReadonlySet<string> = new Set([
  'Dense',
  'Dropout',
  'SpatialDropout1D',
  'GaussianNoise',
  'GaussianDropout',
  'AlphaDropout',
  'Activation',
  'ReLU',
  'LeakyReLU',
  'PReLU',
  'ELU',
  'Softmax',
  'BatchNormalization',
  'LayerNormalization',
  'RMSNormalization',
  'TimeDistributed',
  'Identity',
  'ActivityRegularization',
  'UnitNormalization',
]);
const recurrent: ReadonlySet<string> = new Set(['LSTM', 'GRU', 'SimpleRNN', 'RNN', 'Bidirectional']);

/** The mask that a call takes without being given it: a tensor that then belongs to the graph. */
export function implicitMask(state: LayerState, declaration: LayerDeclaration | undefined, args: CallArguments): TensorValue | undefined {
  const input = args.positional[0]?.value;
  // With other arguments Keras keeps the mask out of the node.
  if (args.keywords.length > 0 || args.positional.length !== 1 || input?.kind !== 'tensor' || input.dtype !== state.policy.compute) return undefined;
  const takesMask = declaration?.callSignature?.split(',').some((part) => part.trim().startsWith('mask')) === true;
  return takesMask ? maskSlot.get(input) : undefined;
}

/** The output with its mask. */
export function withMask(
  interpreter: Interpreter,
  state: LayerState,
  input: Value,
  output: Value,
  compare: Value | undefined,
  any: Value | undefined,
  place: Place,
): Value {
  if (input.kind !== 'tensor' || input.cls !== kerasTensorClass) return output;
  const name = state.layer.className;
  let mask: Value | undefined;
  if (name === 'Embedding') {
    if (state.args.flag('mask_zero') === true && compare !== undefined) mask = interpreter.call(compare, argumentsOf([input, int(0)]), place);
  } else if (name === 'Masking') {
    if (compare !== undefined && any !== undefined) {
      const differs = interpreter.call(compare, argumentsOf([input, float(state.args.real('mask_value') ?? 0)]), place);
      mask = interpreter.call(any, argumentsOf([differs], { axis: int(-1) }), place);
    }
  } else if (handsOn.has(name)) mask = maskSlot.get(input);
  else if (recurrent.has(name) && (state.args.flag('return_sequences') === true || name === 'Bidirectional')) mask = maskSlot.get(input);
  if (mask === undefined || mask.kind !== 'tensor') return output;
  const found = mask;
  return mapTensors(output, (tensor, at) => (at === 0 ? maskSlot.on(tensor, found) : tensor));
}
