// RNN over any cell and StackedRNNCells: sizes come from the cells, declared or of the program. It must not know what a cell computes.
import { type Dim, unknownDim } from '../../../tensors/dim.ts';
import { shapeOf, unknownShape } from '../../../tensors/shape.ts';
import { argumentsOf } from '../../../values/arguments.ts';
import { lookUpInClass } from '../../../values/classes.ts';
import { message } from '../../../values/place.ts';
import type { Value } from '../../../values/value.ts';
import { list, tuple, unknown } from '../../../values/value.ts';
import type { Construction, LayerDeclaration, LayerInvocation } from '../layer-declaration.ts';
import { layerOf } from '../layer-state.ts';
import { integerOf, itemsOf } from './arguments.ts';
import { fromTensor } from './outputs.ts';
import { refusesOpenBatch, sequenceResult } from './recurrent.ts';
import { type Check, checks, refuseArgument, shown } from './refusals.ts';

/** Sizes of a cell's states, in the structure in which it keeps them. */
type StateSizes = Dim | readonly StateSizes[];
interface CellSizes {
  readonly states: StateSizes;
  readonly output: Dim;
}

function sizesOfStates(value: Value): StateSizes | undefined {
  const single = integerOf(value);
  if (single !== undefined) return single;
  const items = itemsOf(value)?.map(sizesOfStates);
  return items?.every((item) => item !== undefined) ? items : undefined;
}

function firstSize(sizes: StateSizes): Dim {
  return isSeveral(sizes) ? (sizes[0] === undefined ? unknownDim() : firstSize(sizes[0])) : sizes;
}

function isSeveral(sizes: StateSizes): sizes is readonly StateSizes[] {
  return Array.isArray(sizes);
}

/** What is known of a cell's sizes; undefined when it is nothing. */
function cellSizes(construction: Construction, cell: Value): CellSizes | undefined {
  const layer = layerOf(cell);
  const own = (name: string): Value | undefined => layer?.arguments.get(name)?.value;
  if (layer !== undefined && cell.kind === 'instance' && cell.cls.native) {
    const units = integerOf(own('units') ?? unknown()) ?? unknownDim();
    switch (layer.className) {
      case 'LSTMCell':
        return { states: [units, units], output: units };
      case 'GRUCell':
      case 'SimpleRNNCell':
        return { states: units, output: units };
      case 'StackedRNNCells':
        return stackedSizes(construction, itemsOf(own('cells') ?? unknown()) ?? []);
      default:
        return undefined;
    }
  }
  if (cell.kind !== 'instance') return undefined;
  const { interpreter, place } = construction;
  const states = sizesOfStates(interpreter.lookUpAttribute(cell, 'state_size', place) ?? unknown());
  if (states === undefined) return undefined;
  const hasOutput = cell.attributes.has('output_size') || lookUpInClass(cell.cls, 'output_size') !== undefined;
  const output = hasOutput ? interpreter.lookUpAttribute(cell, 'output_size', place) : undefined;
  return { states, output: output === undefined || output.kind === 'none' ? firstSize(states) : (integerOf(output) ?? unknownDim()) };
}

function stackedSizes(construction: Construction, cells: readonly Value[]): CellSizes | undefined {
  const sizes = cells.map((cell) => cellSizes(construction, cell));
  const known = sizes.filter((size) => size !== undefined);
  const last = known.at(-1);
  return last === undefined || known.length !== sizes.length ? undefined : { states: known.map((size) => size.states), output: last.output };
}

/** A state of zeros for each size. */
function statesFor(invocation: LayerInvocation, sizes: StateSizes, batch: Dim): Value {
  return isSeveral(sizes) ? list(sizes.map((size) => statesFor(invocation, size, batch))) : invocation.result(shapeOf(batch, sizes));
}

function cellsOf(value: Value): readonly Value[] | undefined {
  return value.kind === 'list' || value.kind === 'tuple' ? itemsOf(value) : [value];
}

function isNoCell(value: Value): boolean {
  const layer = layerOf(value);
  // Keras' own layers are no cells, but for those made for it; RNN layers have a state_size as well.
  if (layer !== undefined && value.kind === 'instance' && value.cls.native)
    return !layer.className.endsWith('Cell') && !layer.className.endsWith('Cells') && !layer.classNames.includes('RNN');
  return (
    value.kind === 'str' ||
    value.kind === 'int' ||
    value.kind === 'float' ||
    value.kind === 'none' ||
    value.kind === 'class' ||
    value.kind === 'function'
  );
}

function cellArgument(argument: string): Check {
  return (construction) =>
    (cellsOf(construction.args.get(argument)) ?? []).some(isNoCell) &&
    refuseArgument(
      construction,
      argument,
      message('{layer} takes a cell with a call method and a state_size, got {actual}', {
        layer: construction.className,
        actual: shown(construction, construction.args.get(argument)),
      }),
    );
}

function refusesNoList(construction: Construction): true {
  return refuseArgument(
    construction,
    'cells',
    message('{layer} takes a list of cells, got {actual}', {
      layer: construction.className,
      actual: shown(construction, construction.args.get('cells')),
    }),
  );
}

/** Runs a cell on one step, which builds it; gives its output, or a tensor of its size. */
function step(invocation: LayerInvocation, cell: Value, input: Value, states: Value): { readonly output: Value; readonly states: Value } {
  const result = invocation.interpreter.call(cell, argumentsOf([input, states]), invocation.place);
  const items = itemsOf(result);
  return { output: items?.[0] ?? unknown(), states: items?.[1] ?? unknown() };
}

const rnn: LayerDeclaration = {
  name: 'RNN',
  signature:
    'cell, return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False, zero_output_for_mask=False, **kwargs',
  callSignature: 'sequences, initial_state=None, mask=None, training=False',
  check: checks(cellArgument('cell')),
  children: ({ args }) => cellsOf(args.get('cell')) ?? [unknown()],
  weights: (build) => {
    refusesOpenBatch(build);
    return [];
  },
  output: fromTensor((tensor, dims, invocation): Value => {
    const cells = cellsOf(invocation.args.get('cell'));
    if (cells === undefined) return unknown();
    const batch = dims?.[0] ?? unknownDim();
    const sizes =
      cells.length === 1 && invocation.args.get('cell').kind === 'instance'
        ? cellSizes(invocation, cells[0] ?? unknown())
        : stackedSizes(invocation, cells);
    let input: Value = invocation.result(dims === undefined ? unknownShape : { dims: dims.toSpliced(1, 1) }, {
      dtype: tensor.dtype,
      range: tensor.range,
    });
    for (const cell of cells) {
      const own = cellSizes(invocation, cell);
      // Keras hands over a list of states, also when there is one.
      const states =
        own === undefined
          ? unknown()
          : isSeveral(own.states)
            ? statesFor(invocation, own.states, batch)
            : list([statesFor(invocation, own.states, batch)]);
      const { output } = step(invocation, cell, input, states);
      input = own === undefined ? output : invocation.result(shapeOf(batch, own.output), output.kind === 'tensor' ? { range: output.range } : {});
    }
    if (sizes === undefined) return unknown();
    const last = input.kind === 'tensor' ? input : invocation.result(shapeOf(batch, sizes.output));
    const states = isSeveral(sizes.states) ? sizes.states : [sizes.states];
    return sequenceResult(
      invocation,
      last,
      states.map((size) => statesFor(invocation, size, batch)),
    );
  }),
};

const stackedRnnCells: LayerDeclaration = {
  name: 'StackedRNNCells',
  signature: 'cells, **kwargs',
  callSignature: 'inputs, states, training=False, **kwargs',
  check: checks((construction) => layerOf(construction.args.get('cells')) !== undefined && refusesNoList(construction), cellArgument('cells')),
  children: ({ args }) => cellsOf(args.get('cells')) ?? [unknown()],
  output: (invocation) => {
    const [cells, given] = [itemsOf(invocation.args.get('cells')), itemsOf(invocation.callArgs.get('states'))];
    if (cells === undefined) return unknown();
    let input: Value = invocation.input;
    const after: Value[] = [];
    for (const [index, cell] of cells.entries()) {
      const states = given?.[index] ?? unknown();
      const isList = states.kind === 'list' || states.kind === 'tuple';
      const result = step(invocation, cell, input, isList || states.kind === 'unknown' ? states : list([states]));
      const items = itemsOf(result.states);
      input = result.output;
      after.push(!isList && items?.length === 1 ? (items[0] ?? unknown()) : result.states);
    }
    return tuple([input, after.length === 1 ? (after[0] ?? unknown()) : list(after)]);
  },
};

export const recurrentWrapperLayers: readonly LayerDeclaration[] = [rnn, stackedRnnCells];
