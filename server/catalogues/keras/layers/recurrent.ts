// SimpleRNN, LSTM, GRU and their cells: one declaration of the gates for both. RNN over any cell stands in recurrent-wrappers.ts.
// It must not know how layers become classes.
import { type Dim, dimEquals, formatDim, multiplyDims, unknownDim } from '../../../tensors/dim.ts';
import { anyNumber, constantRange, uniteRanges, multiplyRanges, type ValueRange } from '../../../tensors/range.ts';
import { formatShape, type Shape, shapeOf, shapeOfRank, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { list, tuple, unknown } from '../../../values/value.ts';
import type { Construction, LayerBuild, LayerDeclaration, LayerInvocation, WeightDeclaration } from '../layer-declaration.ts';
import { flag, itemsOf, sizeOf } from './arguments.ts';
import { activationRange } from './identifiers.ts';
import { builtSize, definedSize, fromTensor, isUndefinedAxis, knownProduct, optionalWeight, refusesOtherSize } from './outputs.ts';
import { activations, type Check, checks, identifiers, isNoNumber, oneOf, positiveInteger, refuseArgument, shown } from './refusals.ts';

interface Gates {
  /** `LSTM`; the cell is `LSTMCell`. */
  readonly name: string;
  readonly gates: number;
  readonly states: number;
  /** What stands between `units` and the initializers. */
  readonly activationArguments: string;
  readonly afterInitializers: string;
  readonly range: (args: Construction['args']) => ValueRange | undefined;
}

const kinds: readonly Gates[] = [
  {
    name: 'LSTM',
    gates: 4,
    states: 2,
    activationArguments: "activation='tanh', recurrent_activation='sigmoid'",
    afterInitializers: 'unit_forget_bias=True, ',
    range: (args) => {
      const [gate, content] = [activationRange(args.get('recurrent_activation'), anyNumber), activationRange(args.get('activation'), anyNumber)];
      return gate === undefined || content === undefined ? undefined : { ...multiplyRanges(gate, content), attained: false };
    },
  },
  {
    name: 'GRU',
    gates: 3,
    states: 1,
    activationArguments: "activation='tanh', recurrent_activation='sigmoid'",
    afterInitializers: '',
    range: (args) => {
      // A mean of the last state, 0 at first, and the candidate, as long as the gate weighs them between 0 and 1.
      const [gate, content] = [activationRange(args.get('recurrent_activation'), anyNumber), activationRange(args.get('activation'), anyNumber)];
      return gate === undefined || content === undefined || gate.low < 0 || gate.high > 1
        ? undefined
        : { ...uniteRanges(content, constantRange(0)), integral: false, attained: false };
    },
  },
  {
    name: 'SimpleRNN',
    gates: 1,
    states: 1,
    activationArguments: "activation='tanh'",
    afterInitializers: '',
    range: (args) => activationRange(args.get('activation'), anyNumber),
  },
];

const initializers = "use_bias=True, kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', bias_initializer='zeros', ";
const constraints = 'kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, dropout=0.0, recurrent_dropout=0.0, ';

/** `dropout` is clipped to [0, 1], whatever number it is. */
const dropouts: Check = (construction) =>
  ['dropout', 'recurrent_dropout'].some(
    (argument) =>
      isNoNumber(construction.args.get(argument)) &&
      refuseArgument(
        construction,
        argument,
        message('{layer}: the argument "{argument}" must be a number, got {actual}', {
          layer: construction.className,
          argument,
          actual: shown(construction, construction.args.get(argument)),
        }),
      ),
  );

const cudnn: Check = oneOf('use_cudnn', ['auto'], { others: true, optional: true });

function gateWeights(build: LayerBuild, kind: Gates, features: Dim): readonly WeightDeclaration[] {
  const units = sizeOf(build.args, 'units');
  const width = multiplyDims(kind.gates, units);
  const resetAfter = kind.name === 'GRU' ? flag(build.args, 'reset_after') : false;
  const bias: Shape = resetAfter === undefined ? unknownShape : resetAfter ? shapeOf(2, width) : shapeOf(width);
  return [
    { name: 'kernel', shape: shapeOf(features, width) },
    { name: 'recurrent_kernel', shape: shapeOf(units, width) },
    ...optionalWeight(flag(build.args, 'use_bias'), { name: 'bias', shape: bias }),
  ];
}

function stepMultiplyAdds(invocation: LayerInvocation, kind: Gates, steps: Dim): number | undefined {
  const units = sizeOf(invocation.args, 'units');
  const features = builtSize(invocation, 'kernel', 0) ?? unknownDim();
  const [fromInput, fromState] = [knownProduct(steps, kind.gates, units, features), knownProduct(steps, kind.gates, units, units)];
  return fromInput === undefined || fromState === undefined ? undefined : fromInput + fromState;
}

function cell(kind: Gates): LayerDeclaration {
  const input = kind.name === 'SimpleRNN' ? 'sequence' : 'inputs';
  return {
    name: `${kind.name}Cell`,
    signature:
      `units, ${kind.activationArguments}, ${initializers}${kind.afterInitializers}kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, ` +
      `${constraints}${kind.name === 'GRU' ? 'reset_after=True, ' : ''}seed=None, **kwargs`,
    callSignature: `${input}, states, training=False`,
    ...(kind.name === 'SimpleRNN' ? {} : { extraKeywords: ['implementation'] }),
    check: checks(positiveInteger('units'), activations, identifiers, dropouts),
    weights: (build) => gateWeights(build, kind, definedSize(build, -1)),
    output: fromTensor((_, dims, invocation): Value => {
      refusesOtherSize(invocation, -1, builtSize(invocation, 'kernel', 0));
      const given = invocation.callArgs.get('states');
      const states = refusedStates(invocation, given, kind.states, sizeOf(invocation.args, 'units'));
      const shape = dims === undefined ? unknownShape : { dims: [...dims.slice(0, -1), sizeOf(invocation.args, 'units')] };
      const output = invocation.result(shape, { range: kind.range(invocation.args) });
      const next = [output, ...Array.from({ length: kind.states - 1 }, () => invocation.result(states[1]?.shape ?? shape))];
      return tuple([output, itemsOf(given) === undefined && given.kind === 'tensor' && kind.states === 1 ? output : list(next)]);
    }),
    multiplyAdds: (invocation) => stepMultiplyAdds(invocation, kind, 1),
  };
}

/** The state tensors that were given, checked against the units: Keras fails on others when it runs. */
export function refusedStates(invocation: LayerInvocation, given: Value, count: number, units: Dim): readonly TensorValue[] {
  const items = given.kind === 'tensor' ? [given] : (itemsOf(given) ?? []);
  const tensors = items.filter((item) => item.kind === 'tensor');
  const layer = invocation.layer.name;
  if (given.kind !== 'none' && items.length > 0 && tensors.length === items.length && items.length < count) {
    invocation.refuse(message('{layer} starts from {expected} states, got {actual}', { layer, expected: count, actual: items.length }), {
      rule: 'shape-mismatch',
    });
  }
  const wrong = tensors.find((tensor) => {
    const last = tensor.shape.dims?.at(-1);
    return last !== undefined && !isUndefinedAxis(last) && dimEquals(last, units) === false;
  });
  if (wrong !== undefined) {
    invocation.refuse(
      message('{layer} has {expected} units, got a state of shape {shape}', { layer, expected: formatDim(units), shape: formatShape(wrong.shape) }),
      { rule: 'shape-mismatch' },
    );
  }
  return tensors;
}

/** A stateful layer makes its states for a batch of known size. */
export function refusesOpenBatch(build: LayerBuild): void {
  const batch = build.inputShape.dims?.[0];
  if (flag(build.args, 'stateful') !== true || batch === undefined || !isUndefinedAxis(batch)) return;
  build.refuse(
    message('{layer}: with stateful=True the batch size must be known, got an input of shape {shape}', {
      layer: build.layer.name,
      shape: formatShape(build.inputShape),
    }),
    { rule: 'shape-mismatch', argument: 'stateful' },
  );
}

/** The sequence or its last element, and the states where they are asked for. */
export function sequenceResult(invocation: LayerInvocation, last: TensorValue, states: readonly Value[] | undefined): Value {
  const [sequences, withStates] = [flag(invocation.args, 'return_sequences'), flag(invocation.args, 'return_state')];
  const dims = last.shape.dims;
  const steps = invocation.tensor?.shape.dims?.[1] ?? unknownDim();
  const sequence = invocation.result(dims === undefined ? unknownShape : { dims: [dims[0] ?? unknownDim(), steps, ...dims.slice(1)] }, {
    dtype: last.dtype,
    range: last.range,
  });
  const output = sequences === undefined ? invocation.result(unknownShape, { range: last.range }) : sequences ? sequence : last;
  if (withStates === undefined || (states === undefined && withStates)) return unknown();
  return withStates ? tuple([output, ...(states ?? [])]) : output;
}

function layer(kind: Gates): LayerDeclaration {
  const flags = 'return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False, ';
  const tail =
    kind.name === 'SimpleRNN' ? `${flags}seed=None, ` : `seed=None, ${flags}${kind.name === 'GRU' ? 'reset_after=True, ' : ''}use_cudnn='auto', `;
  return {
    name: kind.name,
    base: 'RNN',
    signature:
      `units, ${kind.activationArguments}, ${initializers}${kind.afterInitializers}kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, ` +
      `activity_regularizer=None, ${constraints}${tail}**kwargs`,
    callSignature: 'sequences, initial_state=None, mask=None, training=False',
    extraKeywords: kind.name === 'SimpleRNN' ? ['zero_output_for_mask'] : ['implementation', 'zero_output_for_mask'],
    inputRank: 3,
    check: checks(positiveInteger('units'), activations, identifiers, dropouts, cudnn),
    weights: (build) => {
      refusesOpenBatch(build);
      return gateWeights(build, kind, definedSize(build, -1));
    },
    output: fromTensor((_, dims, invocation): Value => {
      refusesOtherSize(invocation, -1, builtSize(invocation, 'kernel', 0));
      const units = sizeOf(invocation.args, 'units');
      refusedStates(invocation, invocation.callArgs.get('initial_state'), kind.states, units);
      const shape = dims === undefined ? shapeOfRank(2) : shapeOf(dims[0] ?? unknownDim(), units);
      const last = invocation.result(shape, { range: kind.range(invocation.args) });
      return sequenceResult(invocation, last, [last, ...Array.from({ length: kind.states - 1 }, () => invocation.result(shape))]);
    }),
    multiplyAdds: (invocation) => stepMultiplyAdds(invocation, kind, invocation.tensor?.shape.dims?.[1] ?? unknownDim()),
  };
}

export const recurrentLayers: readonly LayerDeclaration[] = [...kinds.map(layer), ...kinds.map(cell)];
