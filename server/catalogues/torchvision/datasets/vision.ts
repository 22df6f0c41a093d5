// VisionDataset and what its subclasses share: a picture and a target that stand for every example, passed through the program's transforms.
// It must not know any one data set.
import { type Dim, isKnown, unknownDim } from '../../../tensors/dim.ts';
import { occurringDim, rangeOfDim, standsForAll } from '../../../tensors/occurring.ts';
import type { ValueRange } from '../../../tensors/range.ts';
import { argumentsOf } from '../../../values/arguments.ts';
import { nativeClass, nativeMethod } from '../../../values/classes.ts';
import { setInstanceAttribute } from '../../../values/heap.ts';
import type { Interpreter } from '../../../values/interpreter.ts';
import type { Origin, Place } from '../../../values/place.ts';
import { registerPresentation } from '../../../values/presentation.ts';
import { defineSlot } from '../../../values/slots.ts';
import type { ClassValue, InstanceValue, NativeCall, Value } from '../../../values/value.ts';
import { int, list, none, tuple, unknown } from '../../../values/value.ts';
import { groupDigits } from '../../../trace/counts.ts';
import { datasetClass, elementOf } from '../../torch/data/dataset.ts';
import { elementOfPart } from '../../torch/data/elements.ts';

export interface VisionFacts {
  /** What the data set reads before any transform. */
  readonly picture: Value;
  /** Undefined: elements are the picture alone. */
  readonly target: Value | undefined;
  /** The attribute that holds all targets, which programs change. */
  readonly targetsAttribute?: string | undefined;
  /** The attribute whose length is the data set's. */
  readonly dataAttribute?: string | undefined;
  readonly length: Dim | undefined;
  /** `torchvision MNIST`. */
  readonly source: string;
}

const visionSlot = defineSlot<VisionFacts>('torchvision data set');

/** Starts a data set of torchvision. */
export function setVision(self: InstanceValue, facts: VisionFacts): void { visionSlot.set(self, facts); }
export function visionFacts(value: Value | undefined): VisionFacts | undefined { return visionSlot.get(value); }

/** A label of which the range is known. */
export function labelValue(range: ValueRange, origin: Origin | undefined): Value {
  return int(occurringDim(range), origin);
}

/** Names of classes of which only the number is known. */
export function classNames(count: number, names: readonly string[] | undefined, origin: Origin | undefined): Value {
  const made = list(names === undefined ? Array.from({ length: count }, () => unknown(undefined, 'str')) : names.map((name): Value => ({ kind: 'str', value: name })));
  made.origin = origin;
  return made;
}

/** `class_to_idx`; names that are not known leave it open. */
export function classIndices(names: readonly string[] | undefined): Value {
  return { kind: 'dict', open: names === undefined, entries: new Map((names ?? []).map((name, at) => [`s:${name}`, { key: { kind: 'str', value: name }, value: int(at) }])) };
}

function attribute(self: Value, name: string): Value {
  return self.kind === 'instance' ? self.attributes.get(name) ?? none : none;
}

/** One example, or what stands for all where the position does. */
function exampleAt(interpreter: Interpreter, self: Value, index: Value, place: Place): Value {
  const facts = visionSlot.get(self);
  if (facts === undefined) return unknown();
  const isAll = index.kind !== 'int' || standsForAll(index.value, lengthOf(interpreter, self, place) ?? unknownDim());
  const target = facts.target === undefined ? undefined : isAll ? presentTarget(interpreter, self, facts, place) : elementOfPart(presentTarget(interpreter, self, facts, place), undefined);
  // What a transform does to examples is shown and refused where the program makes it, not at the loops that take examples.
  const apply = (callee: Value, values: readonly Value[]): Value => interpreter.call(callee, argumentsOf(values), callee.kind === 'instance' ? callee.origin?.place ?? place : place);
  const joint = attribute(self, 'transforms');
  if (joint.kind !== 'none') {
    const result = apply(joint, target === undefined ? [facts.picture] : [facts.picture, target]);
    return result.kind === 'list' && !result.open ? tuple(result.items) : result;
  }
  const [transform, targetTransform] = [attribute(self, 'transform'), attribute(self, 'target_transform')];
  const picture = transform.kind === 'none' ? facts.picture : apply(transform, [facts.picture]);
  if (target === undefined) return picture;
  return tuple([picture, targetTransform.kind === 'none' || target.kind === 'none' ? target : apply(targetTransform, [target])]);
}

/** The target, as the attribute that holds them all says now: `dataset.targets = dataset.targets - 1`. */
function presentTarget(interpreter: Interpreter, self: Value, facts: VisionFacts, place: Place): Value {
  const target = facts.target ?? none;
  if (facts.targetsAttribute === undefined) return target;
  const held = attribute(self, facts.targetsAttribute);
  if (held.kind === 'tensor') return held.range === undefined ? unknown(undefined, 'int') : int(occurringDim(held.range), held.origin);
  if (held.kind === 'list') { const one = elementOf(interpreter, held, place); return one.kind === 'int' ? one : target; }
  return held.kind === 'none' ? target : unknown();
}

function lengthOf(interpreter: Interpreter, self: Value, place: Place): Dim | undefined {
  const facts = visionSlot.get(self);
  const held = facts?.dataAttribute === undefined ? none : attribute(self, facts.dataAttribute);
  if (held.kind === 'none') return facts?.length;
  const length = interpreter.length(held, place);
  return length.kind === 'int' ? length.value : facts?.length !== undefined && held.kind === 'list' && held.open ? facts.length : undefined;
}

export const visionDatasetClass: ClassValue = nativeClass({
  name: 'VisionDataset', qualifiedName: 'torchvision.datasets.VisionDataset', bases: [datasetClass],
  members: {
    __init__: nativeMethod('VisionDataset', 'self, root=None, transforms=None, transform=None, target_transform=None', (call) => { holdTransforms(call); return none; }),
    extra_repr: nativeMethod('extra_repr', 'self', () => ({ kind: 'str', value: '' })),
  },
});

/** The arguments that all data sets of torchvision keep. */
export function holdTransforms(call: NativeCall): void {
  const self = call.args.get('self');
  if (self.kind !== 'instance') return;
  const raw = [...call.args.restKeywords];
  const get = (name: string): Value => raw.find((one) => one.name === name)?.value ?? call.args.get(name);
  for (const name of ['root', 'transforms', 'transform', 'target_transform']) setInstanceAttribute(self, name, get(name));
}

/** `__getitem__` and `__len__` of the library's own data sets. */
export const exampleMembers: Readonly<Record<string, Value>> = {
  __getitem__: nativeMethod('__getitem__', 'self, index', ({ args, interpreter, place }) => exampleAt(interpreter, args.get('self'), args.get('index'), place)),
  __len__: nativeMethod('__len__', 'self', ({ args, interpreter, place }) => {
    const length = lengthOf(interpreter, args.get('self'), place);
    return length === undefined ? unknown(undefined, 'int') : int(length);
  }),
};

/** Labels as a list of which only what they have in common is known. */
export function labelList(label: Value): Value { return list([label], true); }

/** The values that the labels have. */
export function labelRangeOf(label: Value): ValueRange | undefined {
  return label.kind === 'int' ? rangeOfDim(label.value) : undefined;
}

registerPresentation(visionDatasetClass, (value) => {
  const facts = visionSlot.get(value);
  if (facts === undefined) return undefined;
  return { text: facts.length !== undefined && isKnown(facts.length) ? `${facts.source}, ${groupDigits(facts.length)} examples` : facts.source };
});
