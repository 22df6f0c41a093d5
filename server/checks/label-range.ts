// label-range: integer labels can lie outside the classes that the model's output has room for.
import type { Fix, RelatedPlace, Trace } from '../trace/trace.ts';
import type { Message, Place } from '../values/place.ts';
import { message, originPlaces, } from '../values/place.ts';
import type { TensorValue, Value } from '../values/value.ts';
import { practicallyReached } from '../values/draws.ts';
import { originOf } from '../values/value.ts';
import type { Check, RuleFinding } from './check.ts';
import { refusalsOf } from './check.ts';
import { layerName } from './heads.ts';
import type { LossPair } from './pairs.ts';
import { classCount, literalPlace, lossPairs, relatedOf } from './pairs.ts';

const sparseLosses = new Set(['sparse_categorical_crossentropy', 'cross_entropy', 'nll_loss']);

export const labelRange: Check = {
  id: 'label-range',
  severity: 'error',
  summary: 'Labels can lie outside the classes that the output has room for.',
  documentation: `
A classifier that is trained on integer labels needs one output for each class. With fewer outputs than the data has
classes Keras stops in training ("Received a label value of 4 which is outside the valid range of [0, 2)"), and on a GPU
it does not even stop: the loss becomes NaN or is silently wrong. Labels that start at 1, and negative labels, are the
same fault.

\`\`\`python
import keras
import tensorflow_datasets as tfds
from keras import layers

flowers = tfds.load("tf_flowers", split="train", as_supervised=True).batch(32)
model = keras.Sequential([
    layers.GlobalAveragePooling2D(),
    layers.Dense(2, activation="softmax"),  # error: [label-range] "5 classes"
])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
model.fit(flowers)
\`\`\`

Give the last layer as many units as the data has classes:

\`\`\`python
import keras
import tensorflow_datasets as tfds
from keras import layers

flowers = tfds.load("tf_flowers", split="train", as_supervised=True).batch(32)
model = keras.Sequential([
    layers.GlobalAveragePooling2D(),
    layers.Dense(5, activation="softmax"),
])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
model.fit(flowers)
\`\`\`
`,
  run: (trace) => [...refusalsOf('label-range')(trace), ...lossPairs(trace).flatMap((pair) => sparseFinding(trace, pair) ?? binaryFinding(pair) ?? [])],
};

function sparseFinding(trace: Trace, pair: LossPair): RuleFinding | undefined {
  if (!sparseLosses.has(pair.loss.name)) return undefined;
  const classes = classCount(pair);
  const labels = labelsOf(pair);
  if (classes === undefined || labels === undefined) return undefined;
  // A target as wide as the output holds probabilities or one-hot rows, not labels.
  const targetRank = pair.target.shape.dims?.length, rank = pair.prediction.shape.dims?.length;
  if (targetRank === undefined || rank === undefined || (targetRank === rank && pair.target.shape.dims?.at(-1) !== 1)) return undefined;
  const { low, high, certain } = labels;
  if (certain.low >= 0 && certain.high < classes) return undefined;
  // A layer of another width is not what sets the number of classes: a part of its outputs is taken.
  const head = setsClasses(pair, classes) ? pair.head : undefined;
  const layer = head?.layer === undefined ? message('the output') : layerName(head.layer);
  const needed = high + 1;
  const source = sourceOf(pair.target);
  const unitsPlace = head?.unitsPlace;
  // Where nothing states how many classes there are, either side may be wrong: labels that a program makes itself, grey levels of a mask.
  const place = (pair.framework === 'keras' || source !== undefined ? unitsPlace : undefined) ?? pair.targetPlace ?? pair.place;
  const values = { layer, units: classes, low, high, classes: high - low + 1, needed, source: source ?? '' };
  const text = low < 0
    ? message('{layer} has {units} outputs, so labels must lie in [0, {units}), but they run from {low} to {high}{source}', values)
    : low === 0
      ? message('{layer} has {units} outputs for {needed} classes: labels run from 0 to {high}{source}, the valid range is [0, {units})', values)
      : message('{layer} has {units} outputs, so labels must lie in [0, {units}), but they run from {low} to {high}{source}: {classes} classes counted from {low}', values);
  const related: RelatedPlace[] = [...relatedOf(pair.target.origin), { place: pair.place, message: pair.framework === 'torch' ? whatTorchSays(certain.low < 0 ? low : high) : message('labels and outputs meet here') }];
  if (unitsPlace !== undefined && unitsPlace !== place) related.push({ place: unitsPlace, message: message('{layer} is given its outputs here', values) });
  return { message: text, place, related, fixes: low < 0 || head === undefined ? [] : fixesFor(trace, pair, unitsPlace ?? place, needed) };
}

function whatTorchSays(label: number): Message {
  return message('labels and outputs meet here: PyTorch stops with "Target {label} is out of bounds", on a GPU with a device-side assert', { label });
}

/** Whether the head's units are the classes of the prediction. */
function setsClasses(pair: LossPair, classes: number): boolean {
  if (pair.framework === 'keras') return true;
  const units = pair.head?.units;
  return units?.kind === 'int' && units.value === classes;
}

/** Labels of a loss that reads each output as a yes or no. */
function binaryFinding(pair: LossPair): RuleFinding | undefined {
  if (!['binary_crossentropy', 'binary_focal_crossentropy', 'binary_cross_entropy', 'binary_cross_entropy_with_logits'].includes(pair.loss.name)) return undefined;
  const range = pair.target.range;
  if (range === undefined || !range.attained || !range.integral || (range.low >= 0 && range.high <= 1)) return undefined;
  const source = sourceOf(pair.target);
  return {
    severity: 'warning', place: pair.loss.place ?? pair.place,
    message: message('{loss} expects labels 0 and 1, but they run from {low} to {high}{source}', { loss: pair.loss.name, low: range.low, high: range.high, source: source ?? '' }),
    related: [...relatedOf(pair.target.origin), { place: pair.place, message: message('labels and outputs meet here') }],
  };
}

/** The labels' ends, both of which do occur; without the one that the loss ignores. */
function labelsOf(pair: LossPair): { low: number; high: number; certain: { low: number; high: number } } | undefined {
  const range = pair.target.range;
  if (range === undefined || !range.integral) return undefined;
  const ignored = ignoredLabels(pair);
  if (ignored === undefined) return undefined;
  // Many random draws reach far into their range, if not to its ends.
  const reached = range.attained ? range : practicallyReached(pair.target);
  if (reached === undefined) return undefined;
  const { contents } = pair.target;
  const kept = contents?.filter((label) => !ignored.includes(label));
  if (kept !== undefined) {
    const [low, high] = [Math.min(...kept), Math.max(...kept)];
    return kept.length === 0 ? undefined : { low, high, certain: { low, high } };
  }
  let { low, high } = range;
  const certain = { low: reached.low, high: reached.high };
  // Behind a label that is left out the next one need not occur.
  for (const label of ignored) {
    if (label === range.low) { low = label < 0 ? 0 : label + 1; certain.low = low; }
    if (label === range.high) { high -= 1; certain.high = low; }
  }
  return { low, high, certain };
}

/** Labels that the loss leaves out; undefined where they are not known. */
function ignoredLabels(pair: LossPair): readonly number[] | undefined {
  const labels: number[] = [];
  for (const name of ['ignore_class', 'ignore_index']) {
    const ignored = pair.loss.arguments.get(name);
    if (ignored === undefined || ignored.kind === 'none') continue;
    if (ignored.kind !== 'int' || typeof ignored.value !== 'number') return undefined;
    labels.push(ignored.value);
  }
  return labels;
}

/** "5 classes: tfds tf_flowers": the first thing that is said of where the labels come from. */
function sourceOf(target: TensorValue): Message | undefined {
  const says = originPlaces(target.origin).find((one) => one.says !== undefined)?.says;
  return says === undefined ? undefined : message(' ({source})', { source: says });
}

/** The units as a number where one literal holds them, and the names in the program that know the number of classes. */
function fixesFor(trace: Trace, pair: LossPair, place: Place, needed: number): Fix[] {
  if (pair.head?.unitsPlace === undefined) return [];
  const fixes: Fix[] = [];
  const literal = literalPlace(pair.head.units);
  if (literal !== undefined) fixes.push({ title: message('Change {old} to {new}', { old: textOf(literal), new: needed }), edits: [{ place: literal, newText: String(needed) }] });
  else fixes.push({ title: message('Change {old} to {new}', { old: textOf(place), new: needed }), edits: [{ place, newText: String(needed) }] });
  const name = classCountName(trace, pair, needed);
  if (name !== undefined && place.source.path === name.source) fixes.push({ title: message('Use {name}', { name: name.text }), edits: [{ place, newText: name.text }] });
  return fixes;
}

function textOf(place: Place): string {
  return place.source.parsed.text.slice(place.start, place.end);
}

/** A name at the module's level, bound before the layer, that holds the number of classes or the data set's description. */
function classCountName(trace: Trace, pair: LossPair, needed: number): { text: string; source: string } | undefined {
  const load = originPlaces(pair.target.origin)[0]?.place;
  const before = pair.head?.unitsPlace;
  if (load === undefined || before === undefined) return undefined;
  for (const record of trace.values) {
    if (record.role !== 'target' || record.inFunction !== undefined || record.place.source.path !== before.source.path || record.place.start > before.start) continue;
    if (isCount(record.value, needed, load)) return { text: record.name, source: before.source.path };
    if (record.value.kind === 'instance' && record.value.cls.name === 'DatasetInfo') return { text: `${record.name}.features['label'].num_classes`, source: before.source.path };
  }
  return undefined;
}

function isCount(value: Value, needed: number, load: Place): boolean {
  return value.kind === 'int' && value.value === needed && originPlaces(originOf(value)).some((one) => one.place.start === load.start && one.place.source.path === load.source.path);
}

