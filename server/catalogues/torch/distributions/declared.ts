// The classes that the table of families becomes: parameters are broadcast against each other, their common axes are the batch.
// It must not know a single family.
import { type Dim, dimEquals, isKnown, addDims } from '../../../tensors/dim.ts';
import { type DType, isFloating } from '../../../tensors/dtype.ts';
import { rangeBetween } from '../../../tensors/range.ts';
import { broadcastAll, formatShape, type Shape, shapeOf, unknownShape } from '../../../tensors/shape.ts';
import { nativeClass, nativeMethod } from '../../../values/classes.ts';
import { setInstanceAttribute } from '../../../values/heap.ts';
import { message } from '../../../values/place.ts';
import type { ClassValue, NativeCall, TensorValue, Value } from '../../../values/value.ts';
import { none } from '../../../values/value.ts';
import { operandOf } from '../../arrays/conversion.ts';
import { defaultDType, resultType, torchContext, torchTensor } from '../library.ts';
import { type DistributionFacts, distributionClass, distributionSlot, joinedShape, makeDistribution, withoutLast } from './distribution.ts';
import type { Family } from './families.ts';

interface Given {
  readonly name: string;
  readonly own: number;
  readonly value: Value;
  readonly tensor: TensorValue | undefined;
}

export function declareFamily(family: Family, base: ClassValue = distributionClass): ClassValue {
  const cls = nativeClass({
    name: family.name,
    qualifiedName: `torch.distributions.${family.name}`,
    bases: [base],
    members: {
      __init__: nativeMethod(family.name, `self, ${family.signature}, validate_args=None`, (call) => {
        construct(call, family, cls);
        return none;
      }),
    },
  });
  return cls;
}

function construct(call: NativeCall, family: Family, cls: ClassValue): void {
  const self = call.args.get('self');
  if (self.kind !== 'instance') return;
  const { interpreter, args, place } = call;
  const refuse = (text: ReturnType<typeof message>, argument?: string): void => {
    interpreter.refuse({
      rule: 'invalid-argument',
      exception: 'ValueError',
      place: (argument === undefined ? undefined : args.place(argument)) ?? place,
      message: text,
    });
  };
  const alternatives = family.alternatives ?? [];
  const stated = alternatives.filter((name) => !args.isNone(name));
  const isOpen = args.openKeywords || args.openPositional || alternatives.some((name) => args.get(name).kind === 'unknown');
  if (alternatives.length > 0 && stated.length !== 1 && !isOpen) {
    refuse(
      message('{distribution}: exactly one of {names} is to be given, not {count}', {
        distribution: family.name,
        names: alternatives.join(', '),
        count: stated.length,
      }),
    );
    return;
  }
  const context = torchContext(interpreter, place, family.name);
  const names = Object.keys(family.parameters).filter((name) => !alternatives.includes(name) || stated.includes(name));
  const given = names.map((name): Given & { readonly operand: ReturnType<typeof operandOf> } => {
    const value = args.get(name),
      operand = operandOf(context, value);
    return { name, own: family.parameters[name] ?? 0, value, operand, tensor: operand?.tensor };
  });
  for (const { name, own, tensor } of given) {
    if (tensor !== undefined && withoutLast(tensor.shape, own) === undefined) {
      refuse(
        message('{distribution}: {name} needs at least {count} axes, got {shape}', {
          distribution: family.name,
          name,
          count: own,
          shape: formatShape(tensor.shape),
        }),
        name,
      );
      return;
    }
    if (
      tensor?.range !== undefined &&
      tensor.range.high <= 0 &&
      family.positive?.includes(name) === true &&
      tensor.shape.dims?.includes(0) !== true
    ) {
      refuse(message('{distribution}: {name} must be above 0', { distribution: family.name, name }), name);
      return;
    }
  }
  const batches = given.map(({ tensor, own }) => (tensor === undefined ? unknownShape : (withoutLast(tensor.shape, own) ?? unknownShape)));
  const found = given.length === 0 ? undefined : broadcastAll(batches);
  if (found?.ok === false) {
    const shapes = given.flatMap(({ name, tensor }) => (tensor === undefined ? [] : [`${name} ${formatShape(tensor.shape)}`])).join(', ');
    interpreter.refuse({
      rule: 'shape-mismatch',
      exception: 'ValueError',
      place,
      message: message('{distribution}: {shapes} cannot be broadcast together', { distribution: family.name, shapes }),
    });
    return;
  }
  // Spaces of different sizes are refused by some families here, by others when a sample is drawn.
  const isClear = given.every(({ tensor }) => tensor !== undefined) && agree(given, family);
  const batch = !isClear || found === undefined ? unknownShape : found.shape;
  const event = isClear || family.event === undefined ? eventShape(family, given, stated) : unknownShape;
  const dtype = typeOf(call, given);
  const wholeSize = lastSize(given);
  const facts: DistributionFacts = {
    batch,
    event,
    dtype,
    sampleType: family.positions === true ? 'int64' : dtype,
    support:
      family.positions === true
        ? rangeBetween(0, typeof wholeSize === 'number' ? wholeSize - 1 : Number.POSITIVE_INFINITY, { integral: true })
        : family.support,
    abilities: new Set(family.abilities),
    tensors: given.flatMap(({ value }) => (value.kind === 'tensor' ? [value] : [])),
    valueCount: family.parameters['probs'] === 1 ? wholeSize : 2,
  };
  const withExpand: DistributionFacts = {
    ...facts,
    expand: (_call, wanted) => makeDistribution(cls, { ...withExpand, batch: wanted }, attributesOf(family, wanted, event, given, dtype)),
  };
  distributionSlot.set(self, withExpand);
  for (const [name, value] of attributesOf(family, batch, event, given, dtype)) setInstanceAttribute(self, name, value);
  for (const one of ['total_count', 'temperature', 'lims'])
    if (!(one in family.parameters) && !args.isNone(one)) setInstanceAttribute(self, one, args.get(one));
}

/** The parameters as attributes: broadcast to the batch, those that are computed from others too. */
function attributesOf(family: Family, batch: Shape, event: Shape, given: readonly Given[], dtype: DType | undefined): [string, Value][] {
  return Object.entries(family.parameters).map(([name, own]) => {
    const one =
      given.find((other) => other.name === name) ?? given.find((other) => other.own === own && family.alternatives?.includes(other.name) === true);
    // The degrees of freedom of matrices stay as they were given.
    if (own === 0 && family.event?.times === 2 && one !== undefined) return [name, one.tensor === undefined ? one.value : { ...one.tensor, dtype }];
    const last: Shape = own === 0 ? shapeOf() : { dims: one?.tensor?.shape.dims?.slice(-own) };
    // What has the axes of a sample has those of the batch in front; Uniform and the like have the batch alone.
    return [
      name,
      torchTensor({
        shape: joinedShape(batch, last.dims === undefined && own === event.dims?.length ? event : last),
        dtype,
        range: one?.name === name ? one.tensor?.range : undefined,
      }),
    ];
  });
}

function eventShape(family: Family, given: readonly Given[], stated: readonly string[]): Shape {
  const { event } = family;
  if (event === undefined) return shapeOf();
  const name = family.alternatives?.includes(event.of) === true ? stated[0] : event.of;
  // Multivariate families broadcast the last axes of all their parameters.
  const size = given.find((one) => one.name === name)?.tensor?.shape.dims?.at(-1);
  if (size === undefined) return unknownShape;
  const whole = event.more === undefined ? size : addDims(size, event.more);
  return { dims: event.times === 1 ? [whole] : [whole, whole] };
}

function lastSize(given: readonly Given[]): Dim | undefined {
  return given.find((one) => one.own > 0)?.tensor?.shape.dims?.at(-1);
}

/** Parameters of several axes stand for one space: their last axes are of one size. */
function agree(given: readonly Given[], family: Family): boolean {
  const sizes = given.flatMap(({ name, own, tensor }) => {
    const dims = tensor?.shape.dims;
    if (own === 0 || dims === undefined) return [];
    const [row, column] = [dims.at(-2), dims.at(-1)];
    return name === 'cov_factor'
      ? row === undefined
        ? []
        : [row]
      : own === 2
        ? [row, column].flatMap((one) => one ?? [])
        : column === undefined
          ? []
          : [column];
  });
  const first = sizes.find(isKnown);
  return family.event === undefined || first === undefined || sizes.every((size) => dimEquals(size, first) !== false);
}

function typeOf(call: NativeCall, given: readonly (Given & { readonly operand: ReturnType<typeof operandOf> })[]): DType | undefined {
  const operands = given.flatMap(({ operand }) => operand ?? []);
  if (operands.length < given.length || operands.length === 0) return undefined;
  const plain = operands.every(({ type }) => type?.startsWith('python-'));
  if (plain) return defaultDType(call.interpreter).dtype;
  const dtype = resultType(operands);
  return dtype !== undefined && isFloating(dtype) ? dtype : undefined;
}
