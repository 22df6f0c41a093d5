// Inputs that nobody states: a module that the program builds and never calls is called on what its text and its own layers say about its
// input. In this order: a directive or annotation, sizes that its constructor has as `img_size`, comments and docstrings, the first
// layer that each input meets, and last what `Linear(400, …)` behind a flatten demands of the size.
// What is only supposed is never a reason for a finding. It must not know any single module.
import { type Dim, isKnown, symbol, unknownDim } from '../../tensors/dim.ts';
import { rangeBetween } from '../../tensors/range.ts';
import type { LayerCall } from '../../trace/trace.ts';
import type { Refusal } from '../../trace/trace.ts';
import type { CallArguments, KeywordArgument } from '../../values/arguments.ts';
import { noArguments } from '../../values/arguments.ts';
import { lookUpInClass } from '../../values/classes.ts';
import { registerEntryPoints } from '../../values/entry-points.ts';
import type { Interpreter, RefusalInput } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message, samePlace } from '../../values/place.ts';
import type { FunctionValue, InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { int, tuple, unknown } from '../../values/value.ts';
import { collectDemands, type Demand } from './equations.ts';
import { collectExpectations, collectExpectationsOf, costOf, type Collected, type ExpectedInput, parameterNameSlot } from './expectations.ts';
import type { ExpectedTensor } from './expected.ts';
import { torchTensor } from './library.ts';
import { callModule } from './module-call.ts';
import { moduleClass } from './module-class.ts';
import { moduleSlot, pathOf, torchRun } from './module-state.ts';
import { settle } from './settling.ts';
import {
  mostGeneral,
  ranksOf,
  sizesOf,
  sizeSuppositions,
  statedSuppositions,
  statementsOf,
  substituted,
  type SupposedInput,
  type Supposition,
} from './suppositions.ts';

interface Trial {
  readonly refusals: readonly RefusalInput[];
  readonly demands: readonly Demand[];
  readonly collected: Collected;
  /** It ended in an exception of the program, such as a failed assertion. */
  readonly hasRaised: boolean;
  /** Takes it for the run in earnest, where that would certainly go the same way. */
  readonly keep: () => boolean;
}

/** What is being tried: the module's `forward`, or another method that nothing calls. */
interface Trying {
  readonly interpreter: Interpreter;
  readonly self: InstanceValue;
  readonly method: FunctionValue | undefined;
  readonly place: Place;
  readonly names: readonly string[];
  readonly isForward: boolean;
}

registerEntryPoints(moduleClass, {
  unused: (interpreter) => {
    dropLibraryModels(interpreter);
    return interpreter.trace.models.flatMap(({ layer }) => {
      return layer.framework === 'torch' &&
        layer.calls.every(saysNothing) &&
        !torchRun(interpreter).holders.has(layer) &&
        !torchRun(interpreter).copied.has(layer) &&
        forwardOf(layer.instance) !== undefined
        ? [layer.instance]
        : [];
    });
  },
  run: (interpreter, self, place, method) => {
    if (method !== undefined) {
      runOnSupposedInputs(interpreter, self, method, place, false);
      return;
    }
    const state = moduleSlot.get(self),
      forward = forwardOf(self);
    if (state !== undefined && forward !== undefined && state.layer.calls.every(saysNothing))
      runOnSupposedInputs(interpreter, self, forward.kind === 'function' ? forward : undefined, place, true);
  },
  covers: (method) => method.name === 'forward',
});

/** The program calls it on something of which not even the number of axes is known: what its layers expect says more. */
function saysNothing({ input }: LayerCall): boolean {
  const parts = input.kind === 'tuple' || input.kind === 'list' ? input.items : [input];
  return parts.every((part) => part.kind === 'unknown' || (part.kind === 'tensor' && part.shape.dims === undefined));
}

/** Modules that a library built for itself, to try something out, and the program never had. */
function dropLibraryModels(interpreter: Interpreter): void {
  const { models } = interpreter.trace;
  for (let at = models.length - 1; at >= 0; at -= 1) {
    const layer = models[at]?.layer;
    if (layer?.framework === 'torch' && layer.place !== undefined && interpreter.isInLibrary(layer.place) && !interpreter.hasReceived(layer.instance))
      models.splice(at, 1);
  }
}

function forwardOf(self: InstanceValue): Value | undefined {
  const found = lookUpInClass(self.cls, 'forward');
  // A class that leaves `forward` to its subclasses, or a container that is only looped over, has none of its own.
  return found === undefined || found.owner === moduleClass ? undefined : found.value;
}

function runOnSupposedInputs(
  interpreter: Interpreter,
  self: InstanceValue,
  method: FunctionValue | undefined,
  place: Place,
  isForward: boolean,
): void {
  const trying: Trying = { interpreter, self, method, place, isForward, names: method === undefined ? requiredOfLibrary(self) : requiredParameters(method) };
  const { expected, below } = expectationsOf(trying);
  const symbolic = mostGeneral(trying.names, expected);
  const base = tryOn(trying, symbolic);
  const { supposition, trial } = best(trying, expected, below, symbolic, base);
  if (trial.keep()) return;
  // Only what no supposition about sizes brings about is certain.
  const built = moduleSlot.get(self)?.layer;
  const certain = built !== undefined && torchRun(interpreter).undecided.has(built) ? [] : certainRefusals(trying, expected, symbolic, base);
  const from = interpreter.trace.refusals.length;
  interpreter.survives(() => call(trying, supposition));
  keepCertain(interpreter.trace.refusals, from, certain);
}

/** What the `forward` of a library's class needs, such as a loss: `input` and `target`. */
function requiredOfLibrary(self: InstanceValue): readonly string[] {
  const forward = forwardOf(self);
  const parameters = forward?.kind === 'native' ? forward.signature?.parameters.slice(1) ?? [] : [];
  const required = parameters.filter(({ kind, default: fallback }) => fallback === undefined && kind !== 'star' && kind !== 'double-star').map(({ name }) => name);
  return required.length > 0 ? required : ['input'];
}

function requiredParameters(method: FunctionValue): string[] {
  const bindable = method.node.parameters.all.slice(1).filter((parameter) => parameter.default === undefined && parameter.kind !== 'double-star');
  const named = bindable.filter(
    (parameter) => parameter.kind === 'positional-or-keyword' || parameter.kind === 'keyword-only' || parameter.kind === 'positional-only',
  );
  return (named.length > 0 ? named : bindable.slice(0, 1)).map((parameter) => parameter.name.text);
}

/** What the first layers say of each parameter, of which nothing is supposed. */
function expectationsOf(trying: Trying): Pick<Collected, 'expected' | 'below'> {
  const whole = ask(trying, new Set(trying.names));
  if (!whole.hasRaised || trying.names.length < 2) return whole.collected;
  // One of them is no tensor: each in turn, for what it alone says.
  const found = new Map(whole.collected.expected),
    below = new Map(whole.collected.below);
  for (const name of trying.names) {
    const { collected } = ask(trying, new Set([name]));
    for (const [key, one] of collected.expected) if (!found.has(key)) found.set(key, one);
    for (const [key, one] of collected.below) if (!below.has(key)) below.set(key, one);
  }
  return { expected: found, below };
}

function call(trying: Trying, supposition: Supposition, marked?: ReadonlySet<string>): Value {
  const { interpreter, self, method, place } = trying;
  const args = argumentsFor(trying, supposition, marked);
  if (trying.isForward || method === undefined) return callModule(interpreter, self, args, place, 'nowhere');
  const result = interpreter.call({ kind: 'bound-method', self, callable: method }, args, place);
  // A generator runs when it is asked.
  if (result.kind === 'iterator') interpreter.iterate(result, place);
  return result;
}

/** Runs it on inputs of which nothing is known but which parameter they are, until something is expected of each of them. */
function ask(trying: Trying, marked: ReadonlySet<string>): Pick<Trial, 'collected' | 'hasRaised'> {
  const { interpreter } = trying;
  let hasRaised = false;
  const { result: collected } = interpreter.quietly(() =>
    collectExpectationsOf(interpreter, marked.size, () => {
      hasRaised = interpreter.survives(() => call(trying, new Map(), marked)) === undefined;
    }),
  );
  return { collected, hasRaised };
}

function tryOn(trying: Trying, supposition: Supposition): Trial {
  const { interpreter } = trying;
  const outcome = collectDemands(interpreter, () =>
    collectExpectations(interpreter, () => interpreter.rehearse(() => interpreter.survives(() => call(trying, supposition)))),
  );
  const {
    result: {
      result: { result: survived, refusals, keep },
      collected,
    },
    demands,
  } = outcome;
  collected.cost += survived === undefined ? 0 : 2 * costOf(survived.result);
  return { refusals, demands, collected, keep, hasRaised: survived === undefined };
}

function argumentsFor(trying: Trying, supposition: Supposition, marked: ReadonlySet<string> | undefined): CallArguments {
  const keywords = trying.names.map(
    (name): KeywordArgument => ({ name, value: argumentFor(trying, name, supposition.get(name), marked), place: undefined }),
  );
  const isPositionalOnly =
    trying.method?.node.parameters.all.some(
      (parameter) => parameter.kind === 'positional-only' || (parameter.kind === 'star' && trying.names.includes(parameter.name.text)),
    ) === true;
  // The first one by position, as programs call modules: `forward(self, x)` and `forward(self, *inputs)` both take it.
  const count = isPositionalOnly
    ? keywords.length
    : trying.method?.node.parameters.all.find((parameter) => parameter.name.text === trying.names[0])?.kind === 'keyword-only'
      ? 0
      : 1;
  return { ...noArguments, positional: keywords.slice(0, count).map(({ value }) => ({ value, place: undefined })), keywords: keywords.slice(count) };
}

function argumentFor(trying: Trying, name: string, input: SupposedInput | undefined, marked: ReadonlySet<string> | undefined): Value {
  if (input === undefined) {
    const annotation = trying.method?.node.parameters.all.find((parameter) => parameter.name.text === name)?.annotation;
    const type = annotation?.kind === 'Name' ? annotation.id : undefined;
    if (type === 'int') return int(symbol(name, { minimum: 0 }));
    if (type === 'float' || type === 'bool' || type === 'str') return unknown(undefined, type);
    return marked?.has(name) === true ? parameterNameSlot.on(torchTensor({ shape: { dims: undefined }, dtype: undefined }), name) : unknown();
  }
  const make = (one: ExpectedTensor): TensorValue =>
    torchTensor({
      shape: one.shape,
      dtype: one.below === undefined ? 'float32' : 'int64',
      range: one.below !== undefined && isKnown(one.below) ? rangeBetween(0, Math.max(0, one.below - 1), { integral: true }) : undefined,
      origin: { place: input.place, says: input.says },
    });
  return input.value.kind === 'tuple' ? tuple(input.value.items.map(make)) : parameterNameSlot.on(make(input.value), name);
}

// ---- Which supposition is taken.

/** The supposition that says most and does no harm. */
function best(
  trying: Trying,
  expected: ReadonlyMap<string, ExpectedInput>,
  below: ReadonlyMap<string, Dim>,
  symbolic: Supposition,
  base: Trial,
): { readonly supposition: Supposition; readonly trial: Trial } {
  const statements = statementsOf(trying.method);
  let present = symbolic,
    trial = base;
  const adopt = (candidates: readonly Supposition[]): boolean => {
    for (const candidate of candidates) {
      const tried = tryOn(trying, candidate);
      if (isWorse(tried, base)) continue;
      [present, trial] = [candidate, tried];
      return true;
    }
    return false;
  };
  const isStrong = (source: string): boolean => source === 'directive' || source === 'annotation';
  const isStated = adopt(statedSuppositions(statements, trying.method?.source, trying.names, expected, present, isStrong));
  const hasSize = adopt(sizeSuppositions(trying.self, present));
  if (!isStated && !hasSize)
    adopt(statedSuppositions(statements, trying.method?.source, trying.names, expected, present, (source) => !isStrong(source)));
  const ranked = rightRanks(trying, expected, below, present, trial, base);
  if (ranked !== undefined) {
    [present, trial] = [ranked.supposition, ranked.trial];
    if (!hasSize) adopt(sizeSuppositions(trying.self, present));
  }
  return settledSupposition(trying, present, trial) ?? { supposition: present, trial };
}

function isWorse(trial: Trial, base: Trial): boolean {
  return (trial.hasRaised && !base.hasRaised) || trial.refusals.some((refusal) => !base.refusals.some((other) => sameRefusal(other, refusal)));
}

function sameRefusal(left: RefusalInput, right: RefusalInput): boolean {
  return (
    left.rule === right.rule &&
    left.message.template === right.message.template &&
    (left.place === right.place || (left.place !== undefined && right.place !== undefined && samePlace(left.place, right.place)))
  );
}

interface Settled {
  readonly supposition: Supposition;
  readonly trial: Trial;
  readonly conflicts: number;
}

/** The sizes that the run demands, put in. Undefined where there are none, or where they do harm. */
function settledSupposition(trying: Trying, supposition: Supposition, trial: Trial): Settled | undefined {
  const sizes = [...new Set([...supposition.values()].flatMap(({ value }) => sizesOf(value)))];
  const { replacement, layer, conflicts } = settle(trial.demands, sizes);
  if (replacement.size === 0) return conflicts === 0 ? undefined : { supposition, trial, conflicts };
  const says = message('inferred from {layer}', { layer: layer === undefined ? trying.self.cls.name : pathOf(trying.interpreter, layer) });
  const candidate = substituted(supposition, replacement, says, layer?.place);
  const tried = tryOn(trying, candidate);
  return isWorse(tried, trial) ? undefined : { supposition: candidate, trial: tried, conflicts };
}

/** A trial costs a run of the module: so many calls of modules are made for finding out about axes. */
const mostCalls = 3000,
  mostTrials = 60;

/** Other numbers of axes, where the present ones leave something unknown or do not fit together. */
function rightRanks(
  trying: Trying,
  expected: ReadonlyMap<string, ExpectedInput>,
  below: ReadonlyMap<string, Dim>,
  present: Supposition,
  trial: Trial,
  base: Trial,
): { supposition: Supposition; trial: Trial } | undefined {
  const rate = (candidate: Supposition, tried: Trial): { readonly penalty: number; readonly supposition: Supposition; readonly trial: Trial } => {
    const settled = settledSupposition(trying, candidate, tried);
    const final = settled?.trial ?? tried;
    return {
      penalty: final.collected.cost + 5 * (settled?.conflicts ?? 0) + 20 * final.refusals.length + (final.hasRaised ? 50 : 0),
      supposition: candidate,
      trial: tried,
    };
  };
  const now = rate(present, trial);
  if (now.penalty === 0 || (!trying.isForward && trial.collected.calls === 0)) return undefined;
  const open = trying.names
    .map((name) => ({ name, choices: ranksOf(name, present, expected, below.get(name)) }))
    .filter(({ choices }) => choices.length > 1)
    .slice(0, 4);
  if (open.length === 0) return undefined;
  let left = Math.min(mostTrials, Math.max(6, Math.floor(mostCalls / (1 + trial.collected.calls))));
  let least = now,
    chosen = open.map(() => 0);
  const look = (choice: readonly number[]): void => {
    if (left === 0 || least.penalty === 0) return;
    left -= 1;
    const candidate = new Map(present);
    for (const [at, { name, choices }] of open.entries()) {
      const input = choices[choice[at] ?? 0];
      if (input === undefined) candidate.delete(name);
      else candidate.set(name, input);
    }
    const tried = tryOn(trying, candidate);
    if (isWorse(tried, base)) return;
    const rated = rate(candidate, tried);
    if (rated.penalty < least.penalty) [least, chosen] = [rated, [...choice]];
  };
  // One after the other, and where that is not enough several at once.
  for (const [at, { choices }] of open.entries()) for (let choice = 1; choice < choices.length; choice += 1) look(chosen.with(at, choice));
  for (const choice of combinations(open.map(({ choices }) => choices.length))) if (choice.filter((one) => one > 0).length > 1) look(choice);
  return least === now ? undefined : least;
}

/** All choices of one from each, those near the front first. */
function combinations(counts: readonly number[]): readonly (readonly number[])[] {
  const all = counts.reduce<readonly (readonly number[])[]>(
    (found, count) => found.flatMap((front) => Array.from({ length: count }, (_, at) => [...front, at])),
    [[]],
  );
  const sum = (choice: readonly number[]): number => choice.reduce((total, one) => total + one, 0);
  return [...all].sort((left, right) => sum(left) - sum(right));
}

// ---- What is certain.

/** Refusals that every supposition brings. */
function certainRefusals(trying: Trying, expected: ReadonlyMap<string, ExpectedInput>, symbolic: Supposition, base: Trial): readonly RefusalInput[] {
  if (base.refusals.length === 0) return [];
  // Of another number of axes, where the first layer leaves that open.
  const longer = new Map(
    [...symbolic].map(([name, input]): [string, SupposedInput] => {
      const { value } = input;
      const isOpen = expected.get(name)?.value.kind === 'tensor' && value.kind === 'tensor' && value.isRankFree && value.shape.dims !== undefined;
      return [
        name,
        isOpen ? { ...input, value: { ...value, shape: { dims: [symbol('N'), unknownDim(), ...(value.shape.dims ?? []).slice(1)] } } } : input,
      ];
    }),
  );
  const other = tryOn(trying, longer);
  return base.refusals.filter((refusal) => other.refusals.some((one) => sameRefusal(one, refusal)));
}

function keepCertain(refusals: Refusal[], from: number, certain: readonly RefusalInput[]): void {
  const kept = refusals
    .slice(from)
    .filter((refusal) =>
      certain.some(
        (one) =>
          one.rule === refusal.rule &&
          one.message.template === refusal.message.template &&
          (one.place === undefined || samePlace(one.place, refusal.place)),
      ),
    );
  refusals.splice(from, refusals.length - from, ...kept);
}
