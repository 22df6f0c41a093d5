// RNN, LSTM and GRU over whole or packed sequences, and the cells of one step. Source of shapes, names and refusals: PyTorch 2.13.
// It must not know how modules become classes.
import { addDims, type Dim, dimBounds, dimEquals, formatDim, isKnown, multiplyDims, unknownDim } from '../../../tensors/dim.ts';
import { isFloating } from '../../../tensors/dtype.ts';
import { formatShape, shapeOf, type Shape, unknownShape } from '../../../tensors/shape.ts';
import { nativeMethod } from '../../../values/classes.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { none, str, tuple, unknown } from '../../../values/value.ts';
import { dimFromValue, numberFromValue } from '../../arrays/contents.ts';
import { demandEqual } from '../equations.ts';
import { batch, expectExactly, expectFeatures, expectSequence } from '../expected.ts';
import { torchTensor } from '../library.ts';
import type { ModuleConstruction, ModuleDeclaration, ModuleInvocation, ParameterDeclaration } from '../module-declaration.ts';
import { markOpen } from '../module-state.ts';
import { meetingWeights } from '../functional/types.ts';
import { isPacked, repacked, unpacked } from '../packing.ts';
import { sizeArgument } from './arguments.ts';

type Kind = 'RNN' | 'LSTM' | 'GRU';
/** So many gates a step computes at once. */
const gates: Readonly<Record<Kind, number>> = { RNN: 1, LSTM: 4, GRU: 3 };

/** A size of at least 1; PyTorch tells floats and strings apart from sizes that are too small. */
function positiveSize(construction: ModuleConstruction, name: string): Dim {
  const value = construction.args.get(name);
  const size = dimFromValue(value);
  if (
    size === undefined &&
    (value.kind === 'float' || value.kind === 'str' || value.kind === 'none' || value.kind === 'tuple' || value.kind === 'list')
  ) {
    construction.refuse(
      message('{layer}: {argument} must be a whole number, got {value}', {
        layer: construction.className,
        argument: name,
        value: construction.interpreter.representation(value, construction.place) ?? value.kind,
      }),
      { argument: name, exception: 'TypeError' },
    );
  } else if (size !== undefined && dimBounds(size).high <= 0) {
    construction.refuse(
      message('{layer}: {argument} must be greater than zero, got {value}', {
        layer: construction.className,
        argument: name,
        value: formatDim(size),
      }),
      { argument: name },
    );
  }
  return size ?? unknownDim();
}

function checkRecurrent(construction: ModuleConstruction, kind: Kind): void {
  const { args, className } = construction;
  for (const name of ['input_size', 'hidden_size', 'num_layers']) positiveSize(construction, name);
  const dropout = args.get('dropout');
  const rate = args.real('dropout');
  if (dropout.kind === 'bool' || (rate !== undefined && (rate < 0 || rate > 1))) {
    construction.refuse(
      message('{layer}: dropout must be a number from 0 to 1, got {value}', {
        layer: className,
        value: rate ?? (args.flag('dropout') === true ? 'True' : 'False'),
      }),
      { argument: 'dropout' },
    );
  }
  if (kind === 'RNN') {
    const nonlinearity = args.get('nonlinearity');
    const isKnownName = nonlinearity.kind === 'str' && (nonlinearity.value === 'tanh' || nonlinearity.value === 'relu');
    if (nonlinearity.kind !== 'unknown' && !isKnownName) {
      construction.refuse(
        message("{layer}: nonlinearity must be 'tanh' or 'relu', got {value}", {
          layer: className,
          value: construction.interpreter.representation(nonlinearity, construction.place) ?? nonlinearity.kind,
        }),
        { argument: 'nonlinearity' },
      );
    }
  }
  const projection = numberFromValue(args.get('proj_size'));
  const hidden = numberFromValue(args.get('hidden_size'));
  if (projection === undefined || projection === 0) return;
  if (kind !== 'LSTM') construction.refuse(message('{layer}: only LSTM takes proj_size', { layer: className }), { argument: 'proj_size' });
  else if (projection < 0)
    construction.refuse(message('{layer}: proj_size must not be negative, got {value}', { layer: className, value: projection }), {
      argument: 'proj_size',
    });
  else if (hidden !== undefined && projection >= hidden) {
    construction.refuse(
      message('{layer}: proj_size {value} must be smaller than hidden_size {hidden}', { layer: className, value: projection, hidden }),
      { argument: 'proj_size' },
    );
  }
}

interface Sizes {
  readonly input: Dim;
  readonly hidden: Dim;
  readonly output: Dim;
  readonly layers: Dim;
  readonly directions: number | undefined;
  readonly projects: boolean | undefined;
}

function sizesOf({ args }: ModuleConstruction): Sizes {
  const size = (name: string): Dim => dimFromValue(args.get(name)) ?? unknownDim();
  const projection = args.get('proj_size').kind === 'none' ? 0 : dimFromValue(args.get('proj_size'));
  const hidden = size('hidden_size');
  const flag = args.get('bidirectional');
  const directions =
    flag.kind === 'bool' ? (flag.value ? 2 : 1) : numberFromValue(flag) === undefined ? undefined : numberFromValue(flag) === 0 ? 1 : 2;
  return {
    input: size('input_size'),
    hidden,
    output: projection === undefined ? unknownDim() : projection === 0 ? hidden : projection,
    layers: size('num_layers'),
    directions,
    projects: projection === undefined ? undefined : projection !== 0,
  };
}

/** In PyTorch's order: for each layer and direction the input's weight, the state's, their biases, the projection's. */
function recurrentParameters(construction: ModuleConstruction, kind: Kind): readonly ParameterDeclaration[] {
  const { input, hidden, output, layers, directions, projects } = sizesOf(construction);
  const hasBias = construction.interpreter.truth(construction.args.get('bias'), construction.place);
  if (!isKnown(layers) || layers > 1000 || directions === undefined || projects === undefined || hasBias === undefined) {
    markOpen(construction.self);
    return [];
  }
  const width = multiplyDims(gates[kind], hidden);
  const dtype = construction.dtype ?? 'float32';
  const declared: ParameterDeclaration[] = [];
  for (let layer = 0; layer < layers; layer += 1) {
    for (const suffix of ['', '_reverse'].slice(0, directions)) {
      const put = (name: string, ...dims: readonly Dim[]): void => {
        declared.push({ name: `${name}_l${layer}${suffix}`, shape: shapeOf(...dims), dtype });
      };
      put('weight_ih', width, layer === 0 ? input : multiplyDims(directions, output));
      put('weight_hh', width, output);
      if (hasBias) {
        put('bias_ih', width);
        put('bias_hh', width);
      }
      if (projects) put('weight_hr', output, hidden);
    }
  }
  return declared;
}

function stateTensor(dims: readonly Dim[], like: TensorValue): TensorValue {
  return torchTensor({ shape: { dims }, dtype: like.dtype });
}

function refuseInteger(invocation: ModuleInvocation, tensor: TensorValue): void {
  if (tensor.dtype === undefined || isFloating(tensor.dtype) || tensor.dtype.startsWith('complex')) return;
  invocation.refuse(message('{layer} takes floating-point input, got {dtype}', { layer: invocation.context.name, dtype: tensor.dtype }), {
    rule: 'invalid-argument',
    exception: 'ValueError',
  });
}

/** Whether the last axis has the expected number of features; an unknown one must have it. */
function checkFeatures(invocation: ModuleInvocation, shape: Shape, expected: Dim): boolean {
  const last = shape.dims?.at(-1);
  if (last === undefined) return true;
  if (dimEquals(last, expected) === false) {
    invocation.refuse(
      message('{layer} expects {expected} input features (input_size), got {actual}: the input is {shape}', {
        layer: invocation.context.name,
        expected: formatDim(expected),
        actual: formatDim(last),
        shape: formatShape(shape),
      }),
    );
    return false;
  }
  demandEqual(invocation.interpreter, last, expected, invocation.layer);
  return true;
}

function sequenceOutput(invocation: ModuleInvocation, kind: Kind): Value {
  const { input, hidden, output, layers, directions } = sizesOf(invocation);
  const width = directions === undefined ? unknownDim() : multiplyDims(directions, output);
  const stacked = directions === undefined ? unknownDim() : multiplyDims(directions, layers);
  const given = invocation.input;
  if (isPacked(given)) {
    const { data, packing } = unpacked(given);
    const batch = packing?.batch ?? unknownDim();
    if (data?.shape.dims === undefined) return unknown();
    checkFeatures(invocation, data.shape, input);
    const states = checkedStates(
      invocation,
      kind,
      [
        [stacked, batch, output],
        [stacked, batch, hidden],
      ],
      data,
    );
    return tuple([repacked(given, stateTensor([data.shape.dims[0] ?? unknownDim(), width], data)), states]);
  }
  const tensor =
    invocation.tensor === undefined
      ? undefined
      : meetingWeights(invocation.context, invocation.tensor, [invocation.parameter('weight_ih_l0')], 'none', 'ValueError');
  if (tensor === undefined)
    return given.kind === 'unknown' ? tuple([unknown(), kind === 'LSTM' ? tuple([unknown(), unknown()]) : unknown()]) : unknown();
  const { dims } = tensor.shape;
  if (dims === undefined)
    return tuple([
      torchTensor({ shape: unknownShape, dtype: tensor.dtype }),
      kind === 'LSTM' ? tuple([unknownState(tensor), unknownState(tensor)]) : unknownState(tensor),
    ]);
  if (dims.length !== 2 && dims.length !== 3) {
    invocation.refuse(
      message('{layer} expects an input of 2 or 3 axes, got {shape}', { layer: invocation.context.name, shape: formatShape(tensor.shape) }),
      { exception: 'ValueError' },
    );
    return unknown();
  }
  refuseInteger(invocation, tensor);
  checkFeatures(invocation, tensor.shape, input);
  const first = invocation.args.flag('batch_first');
  const isBatched = dims.length === 3;
  const batch = !isBatched ? undefined : first === undefined ? unknownDim() : dims[first ? 0 : 1];
  const steps = !isBatched ? dims[0] : first === undefined ? undefined : dims[first ? 1 : 0];
  if (steps === 0)
    invocation.refuse(
      message('{layer} expects a sequence of at least one step, got {shape}', { layer: invocation.context.name, shape: formatShape(tensor.shape) }),
      { rule: 'empty-output' },
    );
  const middle = batch === undefined ? [] : [batch];
  const result = checkedStates(
    invocation,
    kind,
    [
      [stacked, ...middle, output],
      [stacked, ...middle, hidden],
    ],
    tensor,
  );
  return tuple([stateTensor([...dims.slice(0, -1), width], tensor), result]);
}

function unknownState(like: TensorValue): TensorValue {
  return torchTensor({ shape: unknownShape, dtype: like.dtype });
}

/** Compares the states that are given with what they must be, and makes those that the call gives back. */
function checkedStates(
  invocation: ModuleInvocation,
  kind: Kind,
  [forHidden, forCell]: readonly [readonly Dim[], readonly Dim[]],
  like: TensorValue,
): Value {
  const hx = invocation.callArgs.get('hx');
  if (kind === 'LSTM') {
    if (hx.kind === 'tuple' || (hx.kind === 'list' && !hx.open)) {
      const [hidden, cell] = hx.items;
      if (cell === undefined)
        invocation.refuse(
          message('{layer} takes its states as (h_0, c_0), got {count} of them', { layer: invocation.context.name, count: hx.items.length }),
          { argument: 'hx', rule: 'invalid-argument', exception: 'IndexError' },
        );
      checkState(invocation, hidden, forHidden, 'h_0');
      checkState(invocation, cell, forCell, 'c_0');
    } else if (
      hx.kind === 'tensor' &&
      hx.shape.dims?.[0] !== undefined &&
      dimEquals(hx.shape.dims[0], 2) === false &&
      dimEquals(hx.shape.dims[0], 1) === true
    ) {
      invocation.refuse(
        message('{layer} takes its states as the pair (h_0, c_0), got one tensor of shape {shape}', {
          layer: invocation.context.name,
          shape: formatShape(hx.shape),
        }),
        { argument: 'hx', rule: 'invalid-argument', exception: 'IndexError' },
      );
    }
    return tuple([stateTensor(forHidden, like), stateTensor(forCell, like)]);
  }
  checkState(invocation, hx, forHidden, 'h_0');
  return stateTensor(forHidden, like);
}

function checkState(invocation: ModuleInvocation, state: Value | undefined, expected: readonly Dim[], name: string): void {
  if (state?.kind === 'tensor') meetingWeights(invocation.context, state, [invocation.parameter('weight_hh_l0')]);
  const dims = state?.kind === 'tensor' ? state.shape.dims : undefined;
  if (state?.kind !== 'tensor' || dims === undefined) return;
  const differs = dims.length !== expected.length || dims.some((dim, at) => dimEquals(dim, expected[at] ?? dim) === false);
  if (!differs) return;
  invocation.refuse(
    message('{layer} expects {state} of shape {expected}, got {actual}', {
      layer: invocation.context.name,
      state: name,
      expected: formatShape({ dims: expected }),
      actual: formatShape(state.shape),
    }),
    { argument: 'hx' },
  );
}

function expectedSequence(construction: ModuleConstruction, kind: Kind): ReturnType<NonNullable<ModuleDeclaration['expects']>> {
  const { input, hidden, output, layers, directions } = sizesOf(construction);
  const stacked = directions === undefined ? unknownDim() : multiplyDims(directions, layers);
  const state = expectExactly(stacked, batch, output);
  return {
    input: expectSequence(input, construction.args.flag('batch_first')),
    hx: kind === 'LSTM' ? { kind: 'tuple', items: [state, expectExactly(stacked, batch, hidden)] } : state,
  };
}

function recurrent(kind: Kind, options: string): ModuleDeclaration {
  return {
    name: kind,
    base: 'RNNBase',
    signature: `input_size, hidden_size, num_layers=1, ${options}batch_first=False, dropout=0.0, bidirectional=False, proj_size=0, device=None, dtype=None`,
    callSignature: 'input, hx=None',
    check: (construction) => checkRecurrent(construction, kind),
    attributes: (construction) => ({
      bias: construction.args.get('bias'),
      mode: kind === 'RNN' ? modeOf(construction) : str(kind),
    }),
    parameters: (construction) => recurrentParameters(construction, kind),
    expects: (construction) => expectedSequence(construction, kind),
    output: (invocation) => sequenceOutput(invocation, kind),
    multiplyAdds: (invocation, output) => multiplyAddsOf(invocation, output),
    members: { flatten_parameters: flattenParameters },
  };
}

function modeOf(construction: ModuleConstruction): Value {
  const name = construction.args.str('nonlinearity');
  return name === undefined ? unknown(undefined, 'str') : str(`RNN_${name.toUpperCase()}`);
}

/** Lays the weights out in one piece: no shape changes. */
const flattenParameters = nativeMethod('flatten_parameters', 'self', () => none);

/** Each step multiplies with every matrix once. */
function multiplyAddsOf(invocation: ModuleInvocation, output: Value): Dim | undefined {
  const sequence = output.kind === 'tuple' ? output.items[0] : undefined;
  const dims = sequence?.kind === 'tensor' ? sequence.shape.dims?.slice(0, -1) : undefined;
  if (dims === undefined) return undefined;
  const matrices = [...invocation.self.attributes].flatMap(([name, value]) =>
    name.startsWith('weight_') && value.kind === 'tensor' ? [multiplyDims(...(value.shape.dims ?? [unknownDim()]))] : [],
  );
  return multiplyDims(addDims(...matrices), ...dims);
}

// ---- Cells.

function cellParameters(construction: ModuleConstruction, count: number): readonly ParameterDeclaration[] {
  const [input, hidden] = [sizeArgument(construction, 'input_size'), sizeArgument(construction, 'hidden_size')];
  const width = multiplyDims(count, hidden);
  const dtype = construction.dtype ?? 'float32';
  const hasBias = construction.interpreter.truth(construction.args.get('bias'), construction.place);
  const bias = hasBias === false ? undefined : hasBias === true ? shapeOf(width) : shapeOf(unknownDim());
  return [
    { name: 'weight_ih', shape: shapeOf(width, input), dtype },
    { name: 'weight_hh', shape: shapeOf(width, hidden), dtype },
    { name: 'bias_ih', shape: bias, dtype },
    { name: 'bias_hh', shape: bias, dtype },
  ];
}

function cellOutput(invocation: ModuleInvocation, kind: Kind): Value {
  const { context } = invocation;
  const tensor = invocation.tensor === undefined ? undefined : meetingWeights(context, invocation.tensor, [invocation.parameter('weight_ih')]);
  const hidden = dimFromValue(invocation.args.get('hidden_size')) ?? unknownDim();
  const give = (dims: readonly Dim[] | undefined): Value => {
    const state = (): TensorValue => torchTensor({ shape: dims === undefined ? unknownShape : { dims }, dtype: tensor?.dtype });
    return kind === 'LSTM' ? tuple([state(), state()]) : state();
  };
  const nonlinearity = kind === 'RNN' ? invocation.args.str('nonlinearity') : undefined;
  if (nonlinearity !== undefined && nonlinearity !== 'tanh' && nonlinearity !== 'relu') {
    invocation.refuse(message("{layer}: nonlinearity must be 'tanh' or 'relu', got '{value}'", { layer: context.name, value: nonlinearity }), {
      rule: 'invalid-argument',
    });
  }
  if (tensor === undefined) return give(undefined);
  const { dims } = tensor.shape;
  if (dims === undefined) return give(undefined);
  if (dims.length !== 1 && dims.length !== 2) {
    invocation.refuse(message('{layer} expects an input of 1 or 2 axes, got {shape}', { layer: context.name, shape: formatShape(tensor.shape) }), {
      exception: 'ValueError',
    });
    return give(undefined);
  }
  const expected = dimFromValue(invocation.args.get('input_size')) ?? unknownDim();
  const result = [...dims.slice(0, -1), hidden];
  if (!checkFeatures(invocation, tensor.shape, expected)) return give(result);
  const hx = invocation.callArgs.get('hx');
  if (kind !== 'LSTM') checkCellState(invocation, hx, result, 'hx');
  else if (hx.kind === 'tuple' || (hx.kind === 'list' && !hx.open))
    for (const [at, name] of ['h_0', 'c_0'].entries()) checkCellState(invocation, hx.items[at], result, name);
  else if (hx.kind === 'tensor')
    invocation.refuse(message('{layer} takes its states as the pair (h_0, c_0), got one tensor', { layer: context.name }), {
      argument: 'hx',
      rule: 'invalid-argument',
      exception: 'TypeError',
    });
  return give(result);
}

function checkCellState(invocation: ModuleInvocation, state: Value | undefined, expected: readonly Dim[], name: string): void {
  if (state?.kind === 'tensor') meetingWeights(invocation.context, state, [invocation.parameter('weight_hh')]);
  const dims = state?.kind === 'tensor' ? state.shape.dims : undefined;
  if (state?.kind !== 'tensor' || dims === undefined) return;
  if (dims.length === expected.length && !dims.some((dim, at) => dimEquals(dim, expected[at] ?? dim) === false)) return;
  invocation.refuse(
    message('{layer} expects {state} of shape {expected}, got {actual}', {
      layer: invocation.context.name,
      state: name,
      expected: formatShape({ dims: expected }),
      actual: formatShape(state.shape),
    }),
    { argument: 'hx' },
  );
}

function cell(kind: Kind, options = ''): ModuleDeclaration {
  return {
    name: `${kind}Cell`,
    base: 'RNNCellBase',
    signature: `input_size, hidden_size, bias=True, ${options}device=None, dtype=None`,
    callSignature: 'input, hx=None',
    attributes: (construction) => ({ bias: construction.args.get('bias') }),
    parameters: (construction) => cellParameters(construction, gates[kind]),
    expects: (construction) => {
      const state = expectExactly(batch, dimFromValue(construction.args.get('hidden_size')) ?? unknownDim());
      const input = expectFeatures(dimFromValue(construction.args.get('input_size')) ?? unknownDim());
      return { input, hx: kind === 'LSTM' ? { kind: 'tuple', items: [state, state] } : state };
    },
    output: (invocation) => cellOutput(invocation, kind),
  };
}

export const recurrentModules: readonly ModuleDeclaration[] = [
  {
    name: 'RNNBase',
    callSignature: '*input',
    signature:
      'mode, input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0, bidirectional=False, proj_size=0, device=None, dtype=None',
    attributes: (construction) => ({ bias: construction.args.get('bias') }),
    output: () => unknown(),
  },
  recurrent('RNN', "nonlinearity='tanh', bias=True, "),
  recurrent('LSTM', 'bias=True, '),
  recurrent('GRU', 'bias=True, '),
  {
    name: 'RNNCellBase',
    callSignature: '*input',
    signature: 'input_size, hidden_size, bias, num_chunks, device=None, dtype=None',
    attributes: (construction) => ({ bias: construction.args.get('bias') }),
    parameters: (construction) => cellParameters(construction, numberFromValue(construction.args.get('num_chunks')) ?? 1),
    output: () => unknown(),
  },
  cell('RNN', "nonlinearity='tanh', "),
  cell('LSTM'),
  cell('GRU'),
];
