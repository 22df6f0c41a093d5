// The classes that transforms become, in version 1 and in version 2, and those that hold other transforms: Compose, RandomApply, RandomChoice,
// RandomOrder, Lambda, CutMix and MixUp. Most are nn.Modules, so that nn.Sequential can hold them. It must not know single transforms.
import type { LayerArgument } from '../../../trace/trace.ts';
import type { BoundArguments } from '../../../values/arguments.ts';
import { argumentsOf } from '../../../values/arguments.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../../values/classes.ts';
import { setInstanceAttribute } from '../../../values/heap.ts';
import { message } from '../../../values/place.ts';
import { parseSignature } from '../../../values/signature.ts';
import { defineSlot } from '../../../values/slots.ts';
import type { ClassValue, InstanceValue, NativeCall, TensorValue, Value } from '../../../values/value.ts';
import { int, none, tuple, unknown } from '../../../values/value.ts';
import { makeArray } from '../../arrays/contents.ts';
import { dimFromValue } from '../../arrays/contents.ts';
import { oneHotTensor } from '../../datasets/label-facts.ts';
import { imageFacts } from '../../pil/image.ts';
import { tensorClass } from '../../torch/library.ts';
import { beginModule, moduleClass } from '../../torch/module-class.ts';
import { moduleSlot } from '../../torch/module-state.ts';
import { isTensor, joinPictures, pictureOf } from '../pictures.ts';
import { colorTransforms } from './colors.ts';
import { conversionTransforms } from './conversions.ts';
import type { TransformCall, TransformDeclaration } from './declaration.ts';
import { refuseTransform } from './declaration.ts';
import { geometryTransforms } from './geometry.ts';
import { applyToPictures, leavesOf, mapLeaves } from './structures.ts';

/** The arguments that a transform was made with. */
const argumentsSlot = defineSlot<BoundArguments>('transform arguments');

/** Version 2's base class, from which programs inherit as well. */
export const transformClass: ClassValue = nativeClass({
  name: 'Transform', qualifiedName: 'torchvision.transforms.v2.Transform', bases: [moduleClass],
  members: {
    __init__: nativeMethod('Transform', 'self', (call) => { begin(call, true); return none; }),
    make_params: nativeMethod('make_params', 'self, flat_inputs', () => ({ kind: 'dict', entries: new Map(), open: false })),
    check_inputs: nativeMethod('check_inputs', 'self, flat_inputs', () => none),
    forward: nativeMethod('forward', 'self, *inputs', (call) => onInputs(call, (value) => {
      const self = call.args.get('self');
      const params = call.interpreter.callMethod(self, 'make_params', [{ kind: 'list', items: leavesOf(value), open: false }], call.place);
      return applyToPictures(value, 'geometry', (leaf) => call.interpreter.callMethod(self, 'transform', [leaf, params], call.place));
    })),
  },
});

/** Starts the object: a module's record where it is one, its arguments as attributes. */
function begin(call: NativeCall, isModule: boolean, names: readonly string[] = []): InstanceValue | undefined {
  const self = call.args.get('self');
  if (self.kind !== 'instance') return undefined;
  if (isModule) beginModule(call, self);
  argumentsSlot.set(self, call.args);
  for (const name of names) setInstanceAttribute(self, name, call.args.get(name));
  const state = moduleSlot.get(self);
  if (state !== undefined) for (const name of names) (state.layer.arguments as Map<string, LayerArgument>).set(name, { value: call.args.get(name), place: call.args.place(name) });
  return self;
}

/** A call's inputs as one structure: a single one stands for itself. */
function onInputs(call: NativeCall, change: (value: Value) => Value): Value {
  const inputs = call.args.rest.map((argument) => argument.value);
  if (call.args.openPositional) return unknown();
  const [only] = inputs;
  return inputs.length === 1 && only !== undefined ? change(only) : change(tuple(inputs));
}

function transformCall(call: NativeCall, self: Value, isVersion2: boolean): TransformCall | undefined {
  const args = argumentsSlot.get(self);
  return args === undefined || self.kind !== 'instance' ? undefined : { interpreter: call.interpreter, args, place: call.place, name: self.cls.name, isVersion2 };
}

function namesOf(signature: string): string[] {
  return parseSignature(signature).parameters.flatMap((parameter) => (parameter.kind === 'star' || parameter.kind === 'double-star' ? [] : [parameter.name]));
}

/** The class of a declared transform. */
function declare(declaration: TransformDeclaration, isVersion2: boolean): ClassValue {
  const { name, signature } = declaration;
  const isModule = isVersion2 || declaration.isPlain !== true;
  const names = namesOf(signature);
  const run = (call: NativeCall, value: Value): Value => {
    const self = call.args.get('self');
    const made = transformCall(call, self, isVersion2);
    if (made === undefined) return unknown();
    const operate = (leaf: Value): Value => declaration.operation(made, leaf);
    return isVersion2 ? applyToPictures(value, declaration.reach, operate) : operate(value);
  };
  const cls = nativeClass({ name, qualifiedName: `torchvision.transforms.${isVersion2 ? 'v2.' : ''}${name}`, bases: [isVersion2 ? transformClass : moduleClass] });
  const plain = isModule ? cls : nativeClass({ name, qualifiedName: `torchvision.transforms.${name}` });
  plain.namespace.set('__init__', nativeMethod(name, signature === '' ? 'self' : `self, ${signature}`, (call) => {
    const self = begin(call, isModule, names);
    const made = self === undefined ? undefined : transformCall(call, self, isVersion2);
    if (made !== undefined) declaration.check?.(made);
    return none;
  }));
  if (isVersion2) {
    plain.namespace.set('forward', nativeMethod('forward', 'self, *inputs', (call) => onInputs(call, (value) => run(call, value))));
    plain.namespace.set('transform', nativeMethod('transform', 'self, inpt, params', (call) => run(call, call.args.get('inpt'))));
  } else {
    plain.namespace.set(isModule ? 'forward' : '__call__', nativeMethod(isModule ? 'forward' : '__call__', 'self, img', (call) => run(call, call.args.get('img'))));
  }
  plain.namespace.set('get_params', { kind: 'staticmethod', callable: nativeFunction('get_params', '*args, **kwargs', (call) => parametersOf(name, call)) });
  return plain;
}

/** `RandomCrop.get_params(img, output_size)`: four numbers that are drawn. */
function parametersOf(name: string, call: NativeCall): Value {
  const drawn = (): Value => unknown(undefined, 'int');
  const [, size] = call.args.rest.map((one) => one.value);
  const output = size ?? call.args.restKeywords.find((one) => one.name === 'output_size')?.value;
  if (name === 'RandomCrop' && output !== undefined && (output.kind === 'tuple' || output.kind === 'list')) {
    const [height, width] = output.items.map((item) => dimFromValue(item));
    if (height !== undefined && width !== undefined) return tuple([drawn(), drawn(), int(height), int(width)]);
  }
  return name === 'RandomCrop' || name === 'RandomResizedCrop' ? tuple([drawn(), drawn(), drawn(), drawn()]) : unknown();
}

// ---- Transforms that hold others.

function transformsOf(call: NativeCall, self: Value): { readonly items: readonly Value[]; readonly exact: boolean } {
  const held = self.kind === 'instance' ? self.attributes.get('transforms') : undefined;
  return held === undefined ? { items: [], exact: false } : call.interpreter.iterate(held, call.place);
}

/** One after the other. What is not known to be all of them leaves the outcome open. */
function inSequence(call: NativeCall, self: Value, inputs: readonly Value[]): Value {
  const { items, exact } = transformsOf(call, self);
  const spreads = inputs.length > 1;
  let current: readonly Value[] = inputs;
  let result: Value = spreads ? tuple(inputs) : inputs[0] ?? unknown();
  for (const transform of items) {
    result = call.interpreter.call(transform, argumentsOf(current), call.place);
    if (spreads && result.kind !== 'tuple' && result.kind !== 'list') return unknown();
    current = spreads && (result.kind === 'tuple' || result.kind === 'list') ? result.items : [result];
  }
  return exact ? result : unknown();
}

function joinStructures(left: Value, right: Value): Value {
  if (left.kind === 'tuple' && right.kind === 'tuple' && left.items.length === right.items.length) {
    return { ...left, items: left.items.map((item, at) => joinStructures(item, right.items[at] ?? unknown())) };
  }
  return joinPictures(left, right);
}

type Holder = 'Compose' | 'RandomApply' | 'RandomChoice' | 'RandomOrder';
const holderSignatures: Readonly<Record<Holder, string>> = { Compose: 'transforms', RandomApply: 'transforms, p=0.5', RandomChoice: 'transforms, p=None', RandomOrder: 'transforms' };

function applyHolder(name: Holder, call: NativeCall, self: Value, inputs: readonly Value[]): Value {
  if (name === 'Compose' || name === 'RandomOrder') return inSequence(call, self, inputs);
  const before: Value = inputs.length === 1 ? inputs[0] ?? unknown() : tuple(inputs);
  if (name === 'RandomApply') {
    const probability = argumentsSlot.get(self)?.real('p');
    if (probability === 0) return before;
    const after = inSequence(call, self, inputs);
    return probability !== undefined && probability >= 1 ? after : joinStructures(before, after);
  }
  const { items, exact } = transformsOf(call, self);
  const outcomes = items.map((transform) => call.interpreter.call(transform, argumentsOf(inputs), call.place));
  return outcomes.length === 0 || !exact ? unknown() : outcomes.reduce(joinStructures);
}

/** Members of `transforms=` that certainly cannot be called. */
function checkMembers(call: NativeCall): void {
  const given = call.args.get('transforms');
  if (argumentsSlot.get(given) !== undefined) {
    call.interpreter.refuse({
      rule: 'invalid-argument', exception: 'TypeError', place: call.args.place('transforms') ?? call.place,
      message: message('{transform} takes a list of transforms', { transform: call.name }),
    });
  }
}

function holder(name: Holder, isVersion2: boolean): ClassValue {
  const isModule = isVersion2 || name === 'RandomApply';
  const cls = nativeClass({
    name, qualifiedName: `torchvision.transforms.${isVersion2 ? 'v2.' : ''}${name}`, ...(isModule ? { bases: [isVersion2 ? transformClass : moduleClass] } : {}),
  });
  cls.namespace.set('__init__', nativeMethod(name, `self, ${holderSignatures[name]}`, (call) => {
    checkMembers(call);
    begin(call, isModule, namesOf(holderSignatures[name]));
    return none;
  }));
  const method = isModule ? 'forward' : '__call__';
  cls.namespace.set(method, nativeMethod(method, isVersion2 ? 'self, *inputs' : 'self, img', (call) => {
    const inputs = isVersion2 ? call.args.rest.map((one) => one.value) : [call.args.get('img')];
    return call.args.openPositional ? unknown() : applyHolder(name, call, call.args.get('self'), inputs);
  }));
  return cls;
}

function lambda(isVersion2: boolean): ClassValue {
  const cls = nativeClass({ name: 'Lambda', qualifiedName: `torchvision.transforms.${isVersion2 ? 'v2.' : ''}Lambda`, ...(isVersion2 ? { bases: [transformClass] } : {}) });
  cls.namespace.set('__init__', nativeMethod('Lambda', isVersion2 ? 'self, lambd, *types' : 'self, lambd', (call) => { begin(call, isVersion2, ['lambd']); return none; }));
  const apply = (call: NativeCall, value: Value): Value => {
    const self = call.args.get('self');
    const callee = self.kind === 'instance' ? self.attributes.get('lambd') ?? unknown() : unknown();
    return call.interpreter.call(callee, argumentsOf([value]), call.place);
  };
  if (!isVersion2) cls.namespace.set('__call__', nativeMethod('__call__', 'self, img', (call) => apply(call, call.args.get('img'))));
  else cls.namespace.set('forward', nativeMethod('forward', 'self, *inputs', (call) => onInputs(call, (value) => {
    const types = argumentsSlot.get(call.args.get('self'))?.rest.map((one) => one.value) ?? [];
    const isMeant = (leaf: Value): boolean => types.length === 0 || types.some((type) => type.kind === 'class' && call.interpreter.isInstance(leaf, type) === true);
    return mapLeaves(value, (leaf) => (isMeant(leaf) ? apply(call, leaf) : leaf));
  })));
  return cls;
}

/** CutMix and MixUp: batches of pictures with labels, which become rows of probabilities. */
function mixing(name: 'CutMix' | 'MixUp'): ClassValue {
  const signature = "*, alpha=1.0, num_classes=None, labels_getter='default'";
  const cls = nativeClass({ name, qualifiedName: `torchvision.transforms.v2.${name}`, bases: [transformClass] });
  cls.namespace.set('__init__', nativeMethod(name, `self, ${signature}`, (call) => { begin(call, true, ['num_classes']); return none; }));
  cls.namespace.set('forward', nativeMethod('forward', 'self, *inputs', (call) => onInputs(call, (value) => {
    const self = call.args.get('self');
    const made = transformCall(call, self, true);
    const items = value.kind === 'tuple' || (value.kind === 'list' && !value.open) ? value.items : undefined;
    const [pictures, labels] = items ?? [];
    if (made === undefined || items === undefined || pictures === undefined || labels === undefined || !isTensor(labels)) return unknown();
    if (leavesOf(value).some((leaf) => imageFacts(leaf) !== undefined)) {
      return refuseTransform(made, message('{transform} takes batches of tensors, not PIL images', { transform: name }), { exception: 'ValueError' });
    }
    const picture = pictureOf(pictures);
    const rank = picture?.kind === 'tensor' ? picture.tensor.shape.dims?.length : undefined;
    if (rank !== undefined && rank !== 4 && rank !== 5) {
      return refuseTransform(made, message('{transform} takes batches: pictures of shape (batch, channels, height, width)', { transform: name }), { exception: 'ValueError', rule: 'shape-mismatch' });
    }
    const mixed = [plain(pictures), mixedLabels(made, labels), ...items.slice(2)];
    return value.kind === 'tuple' ? tuple(mixed) : { kind: 'list', items: mixed, open: false };
  })));
  return cls;
}

function plain(value: Value): Value {
  return isTensor(value) ? makeArray({ cls: value.cls, shape: value.shape, dtype: value.dtype, range: value.range, origin: value.origin }) : value;
}

function mixedLabels(call: TransformCall, labels: TensorValue): Value {
  if (labels.shape.dims?.length === 2) return makeArray({ cls: tensorClass, shape: labels.shape, dtype: 'float32', range: undefined, origin: labels.origin });
  const count = call.args.isNone('num_classes') ? undefined : dimFromValue(call.args.get('num_classes'));
  if (labels.shape.dims?.length === 1 && call.args.isNone('num_classes')) {
    return refuseTransform(call, message('{transform} needs num_classes for labels that are numbers of classes', { transform: call.name }), { exception: 'ValueError' });
  }
  const range = labels.range;
  if (range?.attained === true && typeof count === 'number' && (range.high >= count || range.low < 0)) {
    refuseTransform(call, message('labels run from {low} to {high}, but {transform} is told of {classes} classes', { low: range.low, high: range.high, transform: call.name, classes: count }), { rule: 'label-range', exception: 'RuntimeError', argument: 'num_classes' });
  }
  const rows = oneHotTensor({ cls: tensorClass, labels, classes: count, dtype: 'float32' });
  return makeArray({ cls: tensorClass, shape: rows.shape, dtype: 'float32', origin: labels.origin });
}

/** Boxes and key points: transforms that leave the pictures alone. */
const untouched: readonly TransformDeclaration[] = [
  ['Identity', ''], ['ClampBoundingBoxes', "clamping_mode='auto'"], ['ClampKeyPoints', ''], ['ConvertBoundingBoxFormat', 'format'],
  ['SanitizeKeyPoints', 'labels_getter=None'], ['SetClampingMode', 'clamping_mode'],
].map(([name = '', signature = '']) => ({ name, signature, reach: 'everything', versions: 2, operation: (_, value) => value }));
/** Boxes that are dropped change their number and that of the labels. */
const sanitize: TransformDeclaration = { name: 'SanitizeBoundingBoxes', signature: "min_size=1.0, min_area=1.0, labels_getter='default'", reach: 'everything', versions: 2, operation: (_, value) => (pictureOf(value) === undefined || !isTensor(value) || value.shape.dims?.length === 3 ? value : unknown()) };

const declarations: readonly TransformDeclaration[] = [...conversionTransforms, ...geometryTransforms, ...colorTransforms, ...untouched, sanitize];

function membersOf(isVersion2: boolean): Record<string, Value> {
  const declared = declarations.filter((one) => one.versions === undefined || one.versions === (isVersion2 ? 2 : 1));
  const holders: readonly Holder[] = ['Compose', 'RandomApply', 'RandomChoice', 'RandomOrder'];
  return {
    ...Object.fromEntries(declared.map((one) => [one.name, declare(one, isVersion2)])),
    ...Object.fromEntries(holders.map((name) => [name, holder(name, isVersion2)])),
    Lambda: lambda(isVersion2),
    ...(isVersion2 ? { Transform: transformClass, CutMix: mixing('CutMix'), MixUp: mixing('MixUp') } : {}),
  };
}

let first: Record<string, Value> | undefined, second: Record<string, Value> | undefined;
export function transformClasses(isVersion2: boolean): Record<string, Value> {
  if (isVersion2) return (second ??= membersOf(true));
  return (first ??= membersOf(false));
}
