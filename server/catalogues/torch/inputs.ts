// Inputs that nobody states: a module that the program builds and never calls is called on what its text and its own layers say about its
// input. In this order: a directive or annotation, sizes that its constructor has as `img_size`, comments and docstrings, the first
// layer that each input meets, and last what `Linear(400, …)` behind a flatten demands of the size.
// What is only supposed is never a reason for a finding. It must not know any single module.
import { type Dim, dimEquals, isKnown, substituteDim, symbol, symbolsOf, unknownDim } from '../../tensors/dim.ts';
import { rangeBetween } from '../../tensors/range.ts';
import { type Shape, unknownShape } from '../../tensors/shape.ts';
import { type SizeEquation, solveSize } from '../../tensors/solve.ts';
import { type NamedDims, shapeOfStatement } from '../../tensors/stated.ts';
import { type StatedShape, statedShapes } from '../../syntax/shapes/stated.ts';
import type { Refusal } from '../../trace/trace.ts';
import type { CallArguments, KeywordArgument } from '../../values/arguments.ts';
import { noArguments } from '../../values/arguments.ts';
import { lookUpInClass } from '../../values/classes.ts';
import { registerEntryPoints } from '../../values/entry-points.ts';
import type { Interpreter, RefusalInput } from '../../values/interpreter.ts';
import type { Message, Place } from '../../values/place.ts';
import { message, samePlace } from '../../values/place.ts';
import type { FunctionValue, InstanceValue, Value } from '../../values/value.ts';
import { dimFromValue } from '../arrays/contents.ts';
import { collectDemands, type Demand } from './equations.ts';
import { collectExpectations, type ExpectedInput, parameterNameSlot } from './expectations.ts';
import { torchTensor } from './library.ts';
import { callModule } from './module-call.ts';
import { moduleClass } from './module-class.ts';
import { moduleSlot, torchRun } from './module-state.ts';

/** The supposed inputs of a call, by parameter. */
interface Supposition {
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly says: Message;
}

interface Trial {
  readonly refusals: readonly RefusalInput[];
  readonly demands: readonly Demand[];
  /** It ended in an exception of the program, such as a failed assertion. */
  readonly hasRaised: boolean;
}

registerEntryPoints(moduleClass, {
  unused: (interpreter) => interpreter.trace.models.flatMap((model) => {
    const { layer } = model;
    return layer.framework === 'torch' && layer.calls.length === 0 && !torchRun(interpreter).holders.has(layer) && forwardOf(layer.instance) !== undefined ? [layer.instance] : [];
  }),
  run: runOnSupposedInputs,
  covers: (method) => method.name === 'forward',
});

function forwardOf(self: InstanceValue): Value | undefined {
  const found = lookUpInClass(self.cls, 'forward');
  // A class that leaves `forward` to its subclasses, or a container that is only looped over, has none of its own.
  return found === undefined || found.owner === moduleClass ? undefined : found.value;
}

function runOnSupposedInputs(interpreter: Interpreter, self: InstanceValue, place: Place): void {
  const state = moduleSlot.get(self);
  const forward = forwardOf(self);
  if (state === undefined || forward === undefined || state.layer.calls.length > 0) return;
  const names = forward.kind === 'function' ? requiredParameters(forward) : ['input'];
  const stated = forward.kind === 'function' && forward.node.kind === 'FunctionDef' ? statedShapes(forward.node, forward.source.parsed) : new Map<string, readonly StatedShape[]>();
  const trying: Trying = { interpreter, self, place, names, below: new Map() };
  const expected = expectationsOf(trying);
  for (const [name, one] of expected) if (one.below !== undefined) trying.below.set(name, one.below);
  const symbolic = mostGeneral(names, expected);
  const base = tryOn(trying, symbolic);
  const supposition = best(trying, stated, expected, symbolic, base);
  // Only what no supposition about sizes brings about is certain.
  const certain = certainRefusals(trying, expected, symbolic, base);
  const from = interpreter.trace.refusals.length;
  interpreter.survives(() => callModule(interpreter, self, argumentsFor(trying, supposition), place, 'nowhere'));
  keepCertain(interpreter.trace.refusals, from, certain);
}

interface Trying {
  readonly interpreter: Interpreter;
  readonly self: InstanceValue;
  readonly place: Place;
  readonly names: readonly string[];
  /** Parameters that hold whole numbers, and below what. */
  readonly below: Map<string, Dim>;
}

function requiredParameters(forward: FunctionValue): string[] {
  return forward.node.parameters.all.slice(1).flatMap((parameter) => (parameter.default !== undefined || parameter.kind === 'star' || parameter.kind === 'double-star' || parameter.kind === 'positional-only' ? [] : [parameter.name.text]));
}

/** What the first layers say of each parameter, of which nothing is supposed. */
function expectationsOf(trying: Trying): ReadonlyMap<string, ExpectedInput> {
  const unknowns = new Map(trying.names.map((name) => [name, unknownShape]));
  return collectExpectations(trying.interpreter, () => { tryOn(trying, { shapes: unknowns, says: message('') }); });
}

function tryOn(trying: Trying, supposition: Supposition): Trial {
  const { interpreter, self, place } = trying;
  let hasRaised = false;
  const tried = collectDemands(interpreter, () => interpreter.quietly(() => {
    hasRaised = interpreter.survives(() => callModule(interpreter, self, argumentsFor(trying, supposition), place, 'nowhere')) === undefined;
  }));
  return { refusals: tried.result.refusals, demands: tried.demands, hasRaised };
}

function argumentsFor(trying: Trying, supposition: Supposition): CallArguments {
  const keywords = trying.names.flatMap((name): KeywordArgument[] => {
    const shape = supposition.shapes.get(name);
    if (shape === undefined) return [{ name, value: { kind: 'unknown', typeName: undefined, reason: undefined }, place: undefined }];
    const below = trying.below.get(name);
    const isWhole = below !== undefined;
    const value = torchTensor({
      shape, dtype: isWhole ? 'int64' : 'float32', range: isWhole && isKnown(below) ? rangeBetween(0, Math.max(0, below - 1), { integral: true }) : undefined,
      origin: { place: undefined, says: supposition.says },
    });
    return [{ name, value: parameterNameSlot.on(value, name), place: undefined }];
  });
  // The first one by position, as programs call modules: `forward(self, x)` and `forward(self, *inputs)` both take it.
  const [first, ...others] = keywords;
  return first === undefined ? noArguments : { ...noArguments, positional: [{ value: first.value, place: undefined }], keywords: others };
}

/** Rank and channels as the first layers want them, every other size a symbol. */
function mostGeneral(names: readonly string[], expected: ReadonlyMap<string, ExpectedInput>): Supposition {
  const shapes = new Map<string, Shape>();
  for (const name of names) {
    const one = expected.get(name);
    if (one !== undefined) shapes.set(name, one.shape);
  }
  const [first] = expected.values();
  return { shapes, says: first === undefined ? message('supposed') : message('from {layer}', { layer: first.layer.name }) };
}

/** The supposition that says most and does no harm. */
function best(trying: Trying, stated: ReadonlyMap<string, readonly StatedShape[]>, expected: ReadonlyMap<string, ExpectedInput>, symbolic: Supposition, base: Trial): Supposition {
  for (const candidate of statedSuppositions(trying, stated, expected, symbolic)) {
    const trial = tryOn(trying, candidate);
    if (!isWorse(trial, base)) return solved(trying, candidate, trial) ?? candidate;
  }
  for (const candidate of sizeSuppositions(trying, symbolic)) if (!isWorse(tryOn(trying, candidate), base)) return candidate;
  return solved(trying, symbolic, base) ?? flattened(trying, symbolic, base) ?? symbolic;
}

function isWorse(trial: Trial, base: Trial): boolean {
  return (trial.hasRaised && !base.hasRaised) || trial.refusals.some((refusal) => !base.refusals.some((other) => sameRefusal(other, refusal)));
}

function sameRefusal(left: RefusalInput, right: RefusalInput): boolean {
  return left.rule === right.rule && left.message.template === right.message.template && (left.place === right.place || (left.place !== undefined && right.place !== undefined && samePlace(left.place, right.place)));
}

/** What directives, annotations, comments and docstrings say, strongest first; what the layers prove wins over it. */
function statedSuppositions(trying: Trying, stated: ReadonlyMap<string, readonly StatedShape[]>, expected: ReadonlyMap<string, ExpectedInput>, symbolic: Supposition): Supposition[] {
  const suppositions: Supposition[] = [];
  for (let rankOfTrust = 0; rankOfTrust < 3; rankOfTrust += 1) {
    const names: NamedDims = new Map();
    const shapes = new Map(symbolic.shapes);
    let source: StatedShape | undefined;
    for (const name of trying.names) {
      const statement = (stated.get(name) ?? []).filter((one) => one.role !== 'output')[rankOfTrust];
      if (statement === undefined) continue;
      const own = expected.get(name);
      const shape = agreeing(shapeOfStatement(statement.dims, names, own === undefined || own.isRankFree ? undefined : own.shape.dims?.length), own);
      if (shape === undefined) continue;
      shapes.set(name, shape);
      source ??= statement;
    }
    if (source !== undefined) suppositions.push({ shapes, says: saysOf(source) });
  }
  return suppositions;
}

function saysOf(statement: StatedShape): Message {
  switch (statement.source) {
    case 'directive': return message('stated by "# inlayer: input"');
    case 'annotation': return message('from the annotation');
    case 'docstring': return message('from the docstring');
    case 'unpacking': return message('from what forward unpacks');
    default: return message('from the comment');
  }
}

/** The stated shape with the sizes that a layer fixes; undefined where they contradict each other. */
function agreeing(statement: Shape, expected: ExpectedInput | undefined): Shape | undefined {
  if (statement.dims === undefined) return undefined;
  if (expected?.shape.dims === undefined) return statement;
  const own = expected.shape.dims;
  if (own.length !== statement.dims.length) {
    if (!expected.isRankFree || statement.dims.length === 0) return undefined;
    // A Linear takes any number of axes in front of its features.
    const last = own.at(-1), given = statement.dims.at(-1);
    if (last === undefined || given === undefined || expected.below !== undefined || dimEquals(last, given) === false) return expected.below === undefined ? undefined : statement;
    return { dims: [...statement.dims.slice(0, -1), isKnown(last) ? last : given] };
  }
  const dims = statement.dims.map((dim, at) => { const wanted = own[at]; return wanted !== undefined && isKnown(wanted) ? wanted : dim; });
  const contradicts = statement.dims.some((dim, at) => { const wanted = own[at]; return wanted !== undefined && isKnown(wanted) && dimEquals(dim, wanted) === false; });
  return contradicts ? undefined : { dims };
}

const sizeNames: readonly string[] = ['img_size', 'image_size', 'input_size', 'input_resolution', 'resolution', 'imgsz', 'sample_size', 'image_dim'];

/** Height and width as the constructor's arguments or the module's attributes name them. */
function sizeSuppositions(trying: Trying, symbolic: Supposition): Supposition[] {
  const found: Supposition[] = [];
  for (const name of sizeNames) {
    const size = sizeOf(trying.self, name);
    if (size === undefined) continue;
    const replacement = new Map<Dim, Dim>([[symbol('H'), size[0]], [symbol('W'), size[1]]]);
    found.push(substituted(symbolic, replacement, message('from {name}', { name })));
  }
  return found;
}

function sizeOf(self: InstanceValue, name: string): readonly [Dim, Dim] | undefined {
  const init = lookUpInClass(self.cls, '__init__')?.value;
  const value = self.attributes.get(name) ?? (init?.kind === 'function' ? init.defaults.get(name) : undefined);
  const single = dimFromValue(value);
  if (single !== undefined) return isKnown(single) && single > 1 ? [single, single] : undefined;
  if (value?.kind !== 'tuple' && value?.kind !== 'list') return undefined;
  const [height, width] = value.items.slice(-2).map((item) => dimFromValue(item));
  return height !== undefined && width !== undefined && isKnown(height) && isKnown(width) ? [height, width] : undefined;
}

function substituted(supposition: Supposition, replacement: ReadonlyMap<Dim, Dim>, says: Message): Supposition {
  const shapes = new Map([...supposition.shapes].map(([name, shape]): [string, Shape] => [name, shape.dims === undefined ? shape : { dims: shape.dims.map((dim) => substituteDim(dim, replacement)) }]));
  return { shapes, says };
}

/** Sizes that people use, the likeliest first; then the smallest. */
const commonSizes: readonly number[] = [224, 32, 28, 256, 64, 128, 96, 48, 84, 112, 160, 192, 227, 299, 320, 384, 416, 448, 512, 572, 640, 1024];
const largestSize = 1024;

/** One size for all spatial axes, where the equations have a solution. */
function solved(trying: Trying, supposition: Supposition, trial: Trial): Supposition | undefined {
  const sizes = new Set(trying.names.flatMap((name) => (supposition.shapes.get(name)?.dims ?? []).slice(1).flatMap((dim) => symbolsOf(dim))));
  const [first, ...others] = [...sizes];
  if (first === undefined) return undefined;
  const toFirst = new Map<Dim, Dim>(others.map((other) => [other, first]));
  const equations: (SizeEquation & { readonly layer: Demand['layer'] })[] = [];
  for (const demand of trial.demands) {
    const [left, right] = [substituteDim(demand.left, toFirst), substituteDim(demand.right, toFirst)];
    const symbols = new Set([...symbolsOf(left), ...symbolsOf(right)]);
    if (symbols.size === 1 && symbols.has(first)) equations.push({ left, right, layer: demand.layer });
  }
  // Sizes that only have to agree with each other fix none.
  const fixed = equations.filter((equation) => isKnown(equation.left) || isKnown(equation.right));
  if (fixed.length === 0) return undefined;
  const strict = solveSize(equations, first, { low: 1, high: largestSize });
  const solutions = strict.length > 0 ? strict : solveSize(fixed, first, { low: 1, high: largestSize });
  if (solutions.length === 0) return undefined;
  const chosen = commonSizes.find((size) => solutions.includes(size)) ?? solutions[0];
  if (chosen === undefined) return undefined;
  const layer = fixed.find((equation) => equation.layer !== undefined)?.layer;
  const candidate = substituted(supposition, new Map([...sizes].map((size): [Dim, Dim] => [size, chosen])), message('inferred from {layer}', { layer: layer?.name ?? trying.self.cls.name }));
  return isWorse(tryOn(trying, candidate), trial) ? undefined : candidate;
}

/** Inputs that no layer meets as they are: `x.view(x.size(0), -1)` in front of a Linear. Two axes do where nothing speaks against them. */
function flattened(trying: Trying, symbolic: Supposition, base: Trial): Supposition | undefined {
  const missing = trying.names.filter((name) => !symbolic.shapes.has(name));
  const [first] = trying.names;
  if (first === undefined || missing.length !== trying.names.length || trying.names.length !== 1) return undefined;
  const width = symbol('D');
  const candidate: Supposition = { shapes: new Map([[first, { dims: [symbol('N'), width] }]]), says: message('supposed') };
  const trial = tryOn(trying, candidate);
  if (isWorse(trial, base)) return undefined;
  const equation = trial.demands.find((demand) => dimEquals(demand.left, width) === true && isKnown(demand.right));
  if (equation === undefined) return undefined;
  return substituted(candidate, new Map([[width, equation.right]]), message('inferred from {layer}', { layer: equation.layer?.name ?? trying.self.cls.name }));
}

/** Refusals that every supposition brings. */
function certainRefusals(trying: Trying, expected: ReadonlyMap<string, ExpectedInput>, symbolic: Supposition, base: Trial): readonly RefusalInput[] {
  if (base.refusals.length === 0) return [];
  // Of another number of axes, where the first layer leaves that open.
  const longer = new Map([...symbolic.shapes].map(([name, shape]): [string, Shape] => {
    const one = expected.get(name);
    return [name, one?.isRankFree === true && shape.dims !== undefined ? { dims: [symbol('N'), unknownDim(), ...shape.dims.slice(1)] } : shape];
  }));
  const other = tryOn(trying, { shapes: longer, says: symbolic.says });
  return base.refusals.filter((refusal) => other.refusals.some((one) => sameRefusal(one, refusal)));
}

function keepCertain(refusals: Refusal[], from: number, certain: readonly RefusalInput[]): void {
  const kept = refusals.slice(from).filter((refusal) => certain.some((one) => one.rule === refusal.rule && one.message.template === refusal.message.template && (one.place === undefined || samePlace(one.place, refusal.place))));
  refusals.splice(from, refusals.length - from, ...kept);
}
