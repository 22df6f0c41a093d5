// What may be supposed about the inputs of a method that nothing calls: what directives, annotations, comments and docstrings state, sizes that
// the object has as `img_size`, other numbers of axes. Whether a supposition holds is for the run to say. It must not know any single module.
import { type Dim, dimEquals, isKnown, substituteDim, symbol, symbolsOf } from '../../tensors/dim.ts';
import type { Shape } from '../../tensors/shape.ts';
import { type NamedDims, shapeOfStatement } from '../../tensors/stated.ts';
import { type StatedShape, type StatementSource, statedShapes } from '../../syntax/shapes/stated.ts';
import { lookUpInClass } from '../../values/classes.ts';
import type { Message, Place, SourceFile } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import type { FunctionValue, InstanceValue } from '../../values/value.ts';
import { dimFromValue } from '../arrays/contents.ts';
import type { ExpectedInput } from './expectations.ts';
import { batch, type Expected, type ExpectedTensor } from './expected.ts';

export interface SupposedInput {
  readonly value: Expected;
  readonly says: Message;
  readonly place: Place | undefined;
}

/** By parameter; of a name that is missing nothing is known. */
export type Supposition = ReadonlyMap<string, SupposedInput>;

export type Statements = ReadonlyMap<string, readonly StatedShape[]>;

export function statementsOf(method: FunctionValue | undefined): Statements {
  return method?.node.kind === 'FunctionDef' ? statedShapes(method.node, method.source.parsed) : new Map();
}

/** Rank and channels as the first layers want them, every other size a symbol. */
export function mostGeneral(names: readonly string[], expected: ReadonlyMap<string, ExpectedInput>): Supposition {
  const inputs = new Map<string, SupposedInput>();
  const taken = new Set<Dim>();
  for (const name of names) {
    const one = expected.get(name);
    if (one === undefined) continue;
    const value = withOwnSizes(one.value, taken);
    for (const size of sizesOf(value)) taken.add(size);
    inputs.set(name, { value, says: message('from {layer}', { layer: one.layer.name }), place: one.layer.place });
  }
  return inputs;
}

/** Lengths of sequences that nothing ties to each other are not the same; pictures mostly have one size. */
function withOwnSizes(value: Expected, taken: ReadonlySet<Dim>): Expected {
  const replacement = new Map<Dim, Dim>();
  for (const size of [symbol('L'), symbol('C')]) if (taken.has(size)) replacement.set(size, freshSize(size, taken));
  return replacement.size === 0 ? value : substituteExpected(value, replacement);
}

function freshSize(size: Dim, taken: ReadonlySet<Dim>): Dim {
  const name = size === symbol('L') ? 'L' : size === symbol('C') ? 'C' : 'D';
  for (let count = 2; ; count += 1) if (!taken.has(symbol(`${name}${count}`))) return symbol(`${name}${count}`);
}

export function sizesOf(value: Expected): readonly Dim[] {
  return value.kind === 'tuple' ? value.items.flatMap(sizesOf) : (value.shape.dims ?? []).flatMap((dim) => symbolsOf(dim));
}

function substituteExpected(value: Expected, replacement: ReadonlyMap<Dim, Dim>): Expected {
  const replace = (one: ExpectedTensor): ExpectedTensor =>
    one.shape.dims === undefined ? one : { ...one, shape: { dims: one.shape.dims.map((dim) => substituteDim(dim, replacement)) } };
  return value.kind === 'tuple' ? { ...value, items: value.items.map(replace) } : replace(value);
}

/** Sizes put in the place of names. Inputs that change say so. */
export function substituted(supposition: Supposition, replacement: ReadonlyMap<Dim, Dim>, says: Message | undefined, place?: Place): Supposition {
  return new Map(
    [...supposition].map(([name, input]): [string, SupposedInput] => {
      const value = substituteExpected(input.value, replacement);
      const isNumber = sizesOf(input.value).some((size) => {
        const now = replacement.get(size);
        return now !== undefined && isKnown(now);
      });
      return [name, { value, says: isNumber && says !== undefined ? says : input.says, place: isNumber && says !== undefined ? place : input.place }];
    }),
  );
}

/** What texts of these kinds state, strongest first; what the layers prove wins over it. */
export function statedSuppositions(
  statements: Statements,
  source: SourceFile | undefined,
  names: readonly string[],
  expected: ReadonlyMap<string, ExpectedInput>,
  present: Supposition,
  wanted: (source: StatementSource) => boolean,
): Supposition[] {
  const suppositions: Supposition[] = [];
  for (let rankOfTrust = 0; rankOfTrust < 3; rankOfTrust += 1) {
    const dims: NamedDims = new Map();
    const inputs = new Map(present);
    let hasStatement = false;
    for (const name of names) {
      const statement = (statements.get(name) ?? []).filter((one) => one.role !== 'output' && wanted(one.source))[rankOfTrust];
      if (statement === undefined) continue;
      const own = expected.get(name)?.value;
      if (own?.kind === 'tuple') continue;
      const shape = agreeing(shapeOfStatement(statement.dims, dims, own === undefined || own.isRankFree ? undefined : own.shape.dims?.length), own);
      if (shape === undefined) continue;
      inputs.set(name, {
        value: { kind: 'tensor', shape, isRankFree: false, below: own?.below },
        says: saysOf(statement),
        place: source === undefined ? undefined : { source, start: statement.start, end: statement.end },
      });
      hasStatement = true;
    }
    if (hasStatement) suppositions.push(inputs);
  }
  return suppositions;
}

function saysOf(statement: StatedShape): Message {
  switch (statement.source) {
    case 'directive':
      return message('stated by "# inlayer: input"');
    case 'annotation':
      return message('from the annotation');
    case 'docstring':
      return message('from the docstring');
    case 'unpacking':
      return message('from what the body unpacks');
    default:
      return message('from the comment');
  }
}

/** The stated shape with the sizes that a layer fixes; undefined where they contradict each other. */
function agreeing(statement: Shape, expected: ExpectedTensor | undefined): Shape | undefined {
  if (statement.dims === undefined) return undefined;
  if (expected?.shape.dims === undefined) return statement;
  const own = expected.shape.dims;
  if (own.length !== statement.dims.length) {
    if (!expected.isRankFree || statement.dims.length === 0) return undefined;
    if (expected.below !== undefined) return statement;
    // A Linear takes any number of axes in front of its features.
    const last = own.at(-1),
      given = statement.dims.at(-1);
    if (last === undefined || given === undefined || dimEquals(last, given) === false) return undefined;
    return { dims: [...statement.dims.slice(0, -1), isKnown(last) ? last : given] };
  }
  const dims = statement.dims.map((dim, at) => {
    const wanted = own[at];
    return wanted !== undefined && isKnown(wanted) ? wanted : dim;
  });
  const contradicts = statement.dims.some((dim, at) => {
    const wanted = own[at];
    return wanted !== undefined && isKnown(wanted) && dimEquals(dim, wanted) === false;
  });
  return contradicts ? undefined : { dims };
}

const sizeNames: readonly string[] = [
  'img_size',
  'image_size',
  'input_size',
  'input_resolution',
  'resolution',
  'imgsz',
  'sample_size',
  'image_dim',
  'img_dim',
  'im_size',
];

/** Height and width as the constructor's arguments or the module's attributes name them. */
export function sizeSuppositions(self: InstanceValue, present: Supposition): Supposition[] {
  if (![...present.values()].some(({ value }) => sizesOf(value).includes(symbol('H')) || sizesOf(value).includes(symbol('W')))) return [];
  return sizeNames.flatMap((name) => {
    const size = sizeOf(self, name);
    return size === undefined
      ? []
      : [
          substituted(
            present,
            new Map<Dim, Dim>([
              [symbol('H'), size[0]],
              [symbol('W'), size[1]],
            ]),
            message('from {name}', { name }),
          ),
        ];
  });
}

function sizeOf(self: InstanceValue, name: string): readonly [Dim, Dim] | undefined {
  const init = lookUpInClass(self.cls, '__init__')?.value;
  const value = self.attributes.get(name) ?? (init?.kind === 'function' ? init.defaults.get(name) : undefined);
  const single = dimFromValue(value);
  if (single !== undefined) return !isKnown(single) || single > 1 ? [single, single] : undefined;
  if (value?.kind !== 'tuple' && value?.kind !== 'list') return undefined;
  const [height, width] = value.items.slice(-2).map((item) => dimFromValue(item));
  return height !== undefined && width !== undefined ? [height, width] : undefined;
}

const axesByRank: readonly (readonly string[])[] = [['D'], ['C', 'H', 'W'], ['L', 'D'], [], ['C', 'D', 'H', 'W']];
const tokenAxes: readonly (readonly string[])[] = [['L'], [], ['L', 'D']];

/** Numbers of axes that an input may have of which that is not known, the likeliest first; undefined: nothing is supposed. */
export function ranksOf(
  name: string,
  present: Supposition,
  expected: ReadonlyMap<string, ExpectedInput>,
  below: Dim | undefined,
): readonly (SupposedInput | undefined)[] {
  const input = present.get(name);
  const own = expected.get(name)?.value;
  const taken = new Set([...present].flatMap(([other, one]) => (other === name ? [] : sizesOf(one.value))));
  if (input === undefined) {
    return [
      undefined,
      ...(below === undefined ? axesByRank : tokenAxes).map(
        (axes): SupposedInput => ({
          value: { kind: 'tensor', shape: { dims: [batch, ...axes.map((axis) => distinct(axis, taken))] }, isRankFree: false, below },
          says: message('supposed'),
          place: undefined,
        }),
      ),
    ];
  }
  if (own?.kind !== 'tensor' || !own.isRankFree || input.value.kind !== 'tensor' || !input.value.isRankFree || own.shape.dims === undefined)
    return [input];
  const last = own.below === undefined ? own.shape.dims.slice(-1) : [];
  const fronts: readonly (readonly string[])[] =
    own.below === undefined ? [['N'], ['N', 'L'], ['L', 'N'], ['N', 'H', 'W']] : [['N', 'L'], ['N'], ['L', 'N'], ['N', 'L', 'D']];
  return fronts.map((front) => ({
    ...input,
    value: { ...own, shape: { dims: [...front.map((axis) => (axis === 'N' ? batch : distinct(axis, taken))), ...last] } },
  }));
}

function distinct(axis: string, taken: ReadonlySet<Dim>): Dim {
  const plain = symbol(axis);
  if (axis === 'H' || axis === 'W' || !taken.has(plain)) return plain;
  for (let count = 2; ; count += 1) if (!taken.has(symbol(`${axis}${count}`))) return symbol(`${axis}${count}`);
}
