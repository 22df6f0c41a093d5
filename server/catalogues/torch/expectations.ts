// Collects, while a module is tried out, what the first module that each of its own inputs meets says about that input (`expects` of its
// declaration), and how much of the run was known. It is how inputs are found that nobody states. It must not know how they are used.
import { type Dim, isAnonymous, isKnown, symbolsOf } from '../../tensors/dim.ts';
import type { Layer } from '../../trace/trace.ts';
import type { BoundArguments } from '../../values/arguments.ts';
import { defineRunState } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import { operationOf } from '../../values/provenance.ts';
import { failRecorders, noteEffect, recorders, registerReplayedState } from '../../values/recorder.ts';
import { defineSlot, plainContent } from '../../values/slots.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import type { Shape } from '../../tensors/shape.ts';
import { type Expected, isBatch } from './expected.ts';
import type { ModuleConstruction, ModuleDeclaration } from './module-declaration.ts';

export interface ExpectedInput {
  readonly value: Expected;
  readonly layer: Layer;
}

export interface Collected {
  /** Parameters of which something is looked up, and below which number: what they hold are whole numbers. */
  readonly below: Map<string, Dim>;
  /** By parameter. */
  readonly expected: Map<string, ExpectedInput>;
  /** How much was not known of what the modules were called on. */
  cost: number;
  /** Calls of modules of torch.nn. */
  calls: number;
}

/** Which parameter of the method being run the tensor is. */
export const parameterNameSlot = defineSlot<string>('parameter of forward', undefined, plainContent);

interface Collecting {
  found: Collected | undefined;
  /** Called once something is expected of so many parameters. */
  enough: { readonly count: number; readonly stop: () => never } | undefined;
}
const collecting = defineRunState<Collecting>(() => ({ found: undefined, enough: undefined }));

registerReplayedState({
  conditions: (interpreter) => [collecting(interpreter).found === undefined, collecting(interpreter).enough === undefined],
});

export function collectExpectations<T>(interpreter: Interpreter, body: () => T): { readonly result: T; readonly collected: Collected } {
  return collectUntil(interpreter, body, undefined);
}

/** The same until something is expected of `count` parameters, whatever the rest of the run would cost. */
export function collectExpectationsOf(interpreter: Interpreter, count: number, body: () => void): Collected {
  const collected: Collected = { below: new Map(), expected: new Map(), cost: 0, calls: 0 };
  interpreter.untilStopped((stop) => {
    collectUntil(interpreter, body, { count, stop }, collected);
  });
  return collected;
}

function collectUntil<T>(
  interpreter: Interpreter,
  body: () => T,
  enough: Collecting['enough'],
  collected: Collected = { below: new Map(), expected: new Map(), cost: 0, calls: 0 },
): { readonly result: T; readonly collected: Collected } {
  const state = collecting(interpreter);
  const outer = { ...state };
  Object.assign(state, { found: collected, enough });
  try {
    return { result: body(), collected };
  } finally {
    Object.assign(state, outer);
  }
}

/** Told by every call of a module of torch.nn. */
export function noteInputs(
  interpreter: Interpreter,
  declaration: ModuleDeclaration,
  construction: ModuleConstruction,
  callArgs: BoundArguments,
  input: Value,
): void {
  const { found, enough } = collecting(interpreter);
  if (found === undefined) return;
  if (enough !== undefined) failRecorders('may be stopped');
  const expects = declaration.expects?.(construction);
  if (recorders.length > 0) noteAgain(interpreter, callArgs, construction.layer, expects, costOf(input));
  found.calls += 1;
  found.cost += costOf(input);
  if (expects === undefined) return;
  for (const [name, expected] of Object.entries(expects)) if (expected !== undefined) note(found, callArgs.get(name), expected, construction.layer);
  if (enough !== undefined && found.expected.size >= enough.count) enough.stop();
}

/** What is told has to be told again where the call is done over again. */
function noteAgain(
  interpreter: Interpreter,
  callArgs: BoundArguments,
  layer: Layer,
  expects: Readonly<Record<string, Expected | undefined>> | undefined,
  cost: number,
): void {
  const expected = Object.entries(expects ?? {}).flatMap(([name, one]) => (one === undefined ? [] : [{ value: callArgs.get(name), expected: one }]));
  noteEffect([layer, ...expected.map(({ value }) => value)], ([present, ...values]) => {
    const { found } = collecting(interpreter);
    if (found === undefined) return;
    found.calls += 1;
    found.cost += cost;
    for (const [at, one] of expected.entries()) note(found, values[at] as Value, one.expected, present as Layer);
  });
}

function note(found: Collected, value: Value, expected: Expected, layer: Layer): void {
  if (value.kind === 'tuple' && expected.kind === 'tuple') {
    for (const [at, item] of expected.items.entries()) {
      const part = value.items[at];
      if (part !== undefined) note(found, part, item, layer);
    }
    return;
  }
  if (value.kind !== 'tensor') return;
  if (expected.kind === 'tensor' && !expected.isRankFree) found.cost += misplacedBatch(expected.shape, value.shape);
  const name = parameterNameSlot.get(rootOf(value, keepsShape));
  if (name !== undefined && !found.expected.has(name)) found.expected.set(name, { value: expected, layer });
  if (name !== undefined || expected.kind !== 'tensor' || expected.below === undefined) return;
  // A part of it, or it in another shape: the element type still says something.
  const part = parameterNameSlot.get(rootOf(value, undefined));
  if (part !== undefined && !found.below.has(part)) found.below.set(part, expected.below);
}

/** 2 for what is not known at all, 1 for sizes without a name. */
export function costOf(value: Value): number {
  switch (value.kind) {
    case 'unknown':
      return 2;
    case 'tensor':
      return value.shape.dims === undefined ? 2 : value.shape.dims.some(isAnonymous) ? 1 : 0;
    case 'tuple':
    case 'list':
      return Math.max(0, ...value.items.slice(0, 16).map(costOf));
    case 'dict':
      return Math.max(0, ...[...value.entries.values()].slice(0, 16).map((entry) => costOf(entry.value)));
    default:
      return 0;
  }
}

/** Operations that hand on their first tensor's shape. */
const keepsShape: ReadonlySet<string> = new Set([
  'to',
  'float',
  'double',
  'half',
  'long',
  'int',
  'type',
  'contiguous',
  'clone',
  'detach',
  'cuda',
  'cpu',
  'requires_grad_',
  'relu',
  'tanh',
  'sigmoid',
  'neg',
  'abs',
  'clamp',
  'dropout',
  'gelu',
  'silu',
  'leaky_relu',
  'elu',
  'softmax',
  'log_softmax',
  'normalize',
  'div',
  'truediv',
  'sub',
  'mul',
]);

/** There is no batch, or it stands on another axis than the module has it: reason enough to try others, and no fault. */
function misplacedBatch(expected: Shape, actual: Shape): number {
  if (expected.dims === undefined || actual.dims === undefined) return 0;
  if (expected.dims.length !== actual.dims.length) return 1;
  const at = expected.dims.findIndex(isBatch);
  const there = actual.dims[at];
  return there !== undefined && !isKnown(there) && actual.dims.some((dim, axis) => axis !== at && symbolsOf(dim).some(isBatch)) ? 1 : 0;
}

/** The tensor that this one was made from by such operations; undefined: by any. */
function rootOf(tensor: TensorValue, through: ReadonlySet<string> | undefined): TensorValue {
  let current = tensor;
  for (let depth = 0; depth < 16; depth += 1) {
    const operation = operationOf(current);
    const [first] = operation?.inputs ?? [];
    if (operation === undefined || first === undefined || through?.has(operation.name) === false) return current;
    current = first;
  }
  return current;
}
