// torchvision's classification models from a table of facts, where the library itself is not installed: the modules at the top with their
// real names, simple ones (stems, heads) as they are, the rest as one module that knows its number of parameters and what it does to a
// picture. It must not know weights or how a program asks for a model.
import { ceilDivideDims, type Dim, dimEquals, floorDivideDims, formatDim, isKnown, unknownDim } from '../../../tensors/dim.ts';
import { formatShape } from '../../../tensors/shape.ts';
import { argumentsOf, withValues } from '../../../values/arguments.ts';
import { nativeClass, nativeMethod } from '../../../values/classes.ts';
import { setInstanceAttribute } from '../../../values/heap.ts';
import { message } from '../../../values/place.ts';
import { defineSlot } from '../../../values/slots.ts';
import type { ClassValue, InstanceValue, NativeCall, Value } from '../../../values/value.ts';
import { bool, float, instance, int, list, none, str, tuple, unknown } from '../../../values/value.ts';
import { countMultiplyAdds } from '../../arrays/costs.ts';
import { transpose } from '../../arrays/reshaping.ts';
import { sizesFromValue } from '../../arrays/conversion.ts';
import { torchvisionModels } from '../../facts/torchvision-models.ts';
import { moduleClassNamed } from '../../torch/construction.ts';
import { torchTensor } from '../../torch/library.ts';
import { beginModule, declareModule, moduleClass } from '../../torch/module-class.ts';
import { callModule } from '../../torch/module-call.ts';
import { isModule, markOpen, moduleSlot, pathOf, presentAsModel, registerMember } from '../../torch/module-state.ts';
import { makeParameter } from '../../torch/parameters.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
/** `['Conv2d', arguments]`, `['Sequential', [[name, module], …]]`. */
type Described = readonly ['Sequential', readonly (readonly [string, Described])[]] | readonly [string, { readonly [key: string]: Json }];
interface ChildFacts {
  readonly class: string;
  /** Null: only `params` and what comes out are known. */
  readonly made: Described | null;
  readonly params?: number;
  /** Rank and channels of what comes out, and the rule of its sides: `c32` (divided and rounded up), `f32` (down), `=`, a number, `?`. */
  readonly out?: readonly ['rows' | 'flat', number] | readonly ['map' | 'last', number, string | number];
  readonly in?: number | null;
}
export interface ModelFacts {
  readonly name: string;
  readonly class: string;
  readonly module: string;
  readonly params: number;
  readonly weights: string;
  readonly entries: readonly (readonly [name: string, params: number, crop: number, resize: number])[];
  readonly default: string;
  readonly own: readonly (readonly [string, readonly number[]])[];
  readonly children: readonly (readonly [string, ChildFacts])[];
  /** The modules in the order of their calls, with what the model does to a tensor in front of each. */
  readonly steps: readonly (readonly [child: string, before: string, shape?: readonly number[]])[];
  readonly ends: number;
  /** The only side of a picture that it takes. */
  readonly size?: number;
}

let lines: ReadonlyMap<string, string> | undefined;
const nameMark = '{"name":"';
function linesByName(): ReadonlyMap<string, string> {
  lines ??= new Map(torchvisionModels.split('\n').filter((line) => line.startsWith(nameMark)).map((line) => [line.slice(nameMark.length, line.indexOf('"', nameMark.length)), line]));
  return lines;
}
export function modelNames(): readonly string[] { return [...linesByName().keys()]; }

const parsed = new Map<string, ModelFacts>();
export function modelFacts(name: string): ModelFacts | undefined {
  const known = parsed.get(name);
  const line = linesByName().get(name);
  if (known !== undefined || line === undefined) return known;
  const facts = JSON.parse(line) as ModelFacts;
  parsed.set(name, facts);
  return facts;
}

// ---- Modules of which only the outside is known.

const publishedSlot = defineSlot<ChildFacts>('published module');

/** Its members are not known: whoever takes one may change it. */
const opened = (name: string): [string, Value] => [name, nativeMethod(name, 'self, *args', ({ args }) => {
  const self = args.get('self');
  if (self.kind === 'instance') markOpen(self);
  return name === '__iter__' ? list([unknown()], true) : unknown();
})];

const publishedClasses = new Map<string, ClassValue>();
/** The class says where the count comes from: `Sequential (published)`. */
function publishedClass(name: string): ClassValue {
  const known = publishedClasses.get(name);
  if (known !== undefined) return known;
  const cls = nativeClass({
    name: `${name} (published)`, qualifiedName: `torchvision.models.${name}`, bases: [moduleClass],
    members: { ...Object.fromEntries(['__getitem__', '__iter__', '__len__', '__setitem__', 'children', 'named_children'].map(opened)), forward: nativeMethod('forward', 'self, input', forwardPublished) },
  });
  publishedClasses.set(name, cls);
  return cls;
}

function forwardPublished(call: NativeCall): Value {
  const self = call.args.get('self'), input = call.args.get('input');
  const facts = publishedSlot.get(self);
  // Its products are not known.
  countMultiplyAdds(call, undefined);
  if (facts?.out === undefined || input.kind !== 'tensor') return unknown();
  const dims = input.shape.dims;
  const [kind, channels, rule] = facts.out;
  const rank = kind === 'rows' ? 3 : kind === 'flat' ? 2 : 4;
  const layer = moduleSlot.get(self)?.layer;
  const isOpen = layer?.incomplete === true;
  if (dims !== undefined && rank === 4 && typeof facts.in === 'number' && !isOpen) {
    const axis = dims.length === 3 || dims.length === 4 ? dims.length - 3 : undefined;
    const actual = axis === undefined ? undefined : dims[axis];
    if (actual !== undefined && dimEquals(actual, facts.in) === false) {
      call.interpreter.refuse({
        rule: 'shape-mismatch', exception: 'RuntimeError', layer, place: call.place,
        message: message('{layer} expects {expected} channels, got {actual}: the input is {shape}', {
          layer: layer === undefined ? message('the model') : pathOf(call.interpreter, layer), expected: facts.in, actual: formatDim(actual), shape: formatShape(input.shape),
        }),
      });
      return torchTensor({ shape: { dims: undefined }, dtype: input.dtype });
    }
  }
  const batch: readonly Dim[] = dims === undefined ? [unknownDim()] : dims.slice(0, 1);
  if (kind === 'flat') return torchTensor({ shape: { dims: [...batch, channels] }, dtype: input.dtype });
  if (kind === 'rows') return torchTensor({ shape: { dims: [...batch, dims?.[1] ?? unknownDim(), channels] }, dtype: input.dtype });
  const sides = [sideAfter(rule ?? '?', dims?.at(-2)), sideAfter(rule ?? '?', dims?.at(-1))] as const;
  return torchTensor({ shape: { dims: kind === 'map' ? [...batch, channels, ...sides] : [...batch, ...sides, channels] }, dtype: input.dtype });
}

function sideAfter(rule: string | number, side: Dim | undefined): Dim {
  if (typeof rule === 'number') return rule;
  if (side === undefined || rule === '?') return unknownDim({ minimum: 1 });
  if (rule === '=') return side;
  const step = Number(rule.slice(1));
  return rule.startsWith('c') ? ceilDivideDims(side, step) : floorDivideDims(side, step);
}

function makePublished(call: NativeCall, facts: ChildFacts, extra: number): InstanceValue {
  const made = instance(publishedClass(facts.class));
  started(call, made);
  publishedSlot.set(made, facts);
  const count = (facts.params ?? 0) + extra;
  if (count > 0) registerMember(call.interpreter, made, 'published', makeParameter({ name: 'published', shape: { dims: [count] } }));
  return made;
}

/** A module's record, without a constructor of its own. */
function started(call: NativeCall, made: InstanceValue): void {
  const args = withValues(call.args, (name) => (name === 'self' ? made : call.args.get(name)));
  beginModule({ ...call, args }, made);
}

// ---- Simple modules, as they are.

/** torchvision's own small modules, which heads hold. */
export const layerNorm2d: ClassValue = declareModule({
  name: 'LayerNorm2d', signature: 'normalized_shape, eps=1e-05, elementwise_affine=True, bias=True',
  parameters: ({ args, interpreter }) => {
    const dims = sizesFromValue(interpreter, args.get('normalized_shape')) ?? [unknownDim()];
    return [{ name: 'weight', shape: { dims } }, { name: 'bias', shape: { dims } }];
  },
  output: ({ tensor, result }) => (tensor === undefined ? unknown() : result(tensor.shape)),
});
export const permuteClass: ClassValue = declareModule({
  name: 'Permute', signature: 'dims', callSignature: 'x',
  output: ({ context, tensor, args, interpreter }) => (tensor === undefined ? unknown() : transpose(context, tensor, numbers(sizesFromValue(interpreter, args.get('dims'))))),
});
function numbers(dims: readonly Dim[] | undefined): readonly number[] | 'unknown' {
  return dims === undefined || !dims.every(isKnown) ? 'unknown' : dims;
}

function pythonValue(value: Json): Value {
  if (Array.isArray(value)) return tuple((value as readonly Json[]).map(pythonValue));
  switch (typeof value) {
    case 'number': return Number.isInteger(value) ? int(value) : float(value);
    case 'boolean': return bool(value);
    case 'string': return str(value);
    default: return none;
  }
}

/** The module; its `classes` outputs are those that 1000 stands for in the table. */
function makeDescribed(call: NativeCall, described: Described, classes: Value | undefined): Value {
  const [name, content] = described;
  if (name === 'Sequential') {
    const members = content as readonly (readonly [string, Described])[];
    const entries = new Map(members.map(([key, inner]) => [`s:${key}`, { key: str(key), value: makeDescribed(call, inner, classes) }]));
    return construct(call, 'Sequential', [{ kind: 'dict', entries, open: false }], {});
  }
  const given = Object.entries(content as { readonly [key: string]: Json });
  return construct(call, name, [], Object.fromEntries(given.map(([key, value]) => [key, classes !== undefined && value === 1000 && key.startsWith('out_') ? classes : pythonValue(value)])));
}

function construct(call: NativeCall, name: string, positional: readonly Value[], keywords: Readonly<Record<string, Value>>): Value {
  const cls = name === 'LayerNorm2d' ? layerNorm2d : name === 'Permute' ? permuteClass : moduleClassNamed(name);
  return cls === undefined ? unknown() : call.interpreter.call(cls, argumentsOf(positional, keywords), call.place);
}

// ---- Models.

const modelSlot = defineSlot<ModelFacts>('published model');
const modelClasses = new Map<string, ClassValue>();
/** `torchvision.models.resnet.ResNet`: what the builders give. Built with blocks of the program's own it is not known. */
export function modelClass(name: string, module: string): ClassValue {
  const known = modelClasses.get(name);
  if (known !== undefined) return known;
  const cls = nativeClass({
    name, qualifiedName: `${module}.${name}`, bases: [moduleClass],
    members: {
      __init__: nativeMethod(name, 'self, *args, **kwargs', (call) => {
        const self = call.args.get('self');
        if (self.kind !== 'instance') return none;
        beginModule(call, self);
        markOpen(self);
        return none;
      }),
      forward: nativeMethod('forward', 'self, x', (call) => forwardModel(call)),
    },
  });
  modelClasses.set(name, cls);
  return cls;
}

function forwardModel(call: NativeCall): Value {
  const self = call.args.get('self');
  const facts = modelSlot.get(self);
  let value = call.args.get('x');
  if (facts === undefined || self.kind !== 'instance') return unknown();
  if (!hasRightSize(call, facts, value)) return torchTensor({ shape: { dims: undefined } });
  const batch = value.kind === 'tensor' ? value.shape.dims?.[0] ?? unknownDim() : unknownDim();
  for (const [child, before, shape] of facts.steps) {
    value = between(call, value, before, shape, batch);
    const module = self.attributes.get(child);
    if (module === undefined) return unknown();
    // No line of the program stands for these calls.
    value = isModule(module) ? callModule(call.interpreter, module, argumentsOf([value]), call.place, 'nowhere') : call.interpreter.call(module, argumentsOf([value]), call.place);
  }
  if (facts.ends === 4) value = between(call, value, 'flatten', undefined, batch);
  // In training these give the answers of their auxiliary heads as well.
  return self.attributes.get('training')?.kind === 'bool' && hasAuxiliary(self) && call.interpreter.truth(self.attributes.get('training') ?? none, call.place) !== false ? unknown() : value;
}

function hasAuxiliary(self: InstanceValue): boolean {
  return ['aux1', 'AuxLogits'].some((name) => { const head = self.attributes.get(name); return head !== undefined && head.kind !== 'none'; });
}

function hasRightSize(call: NativeCall, facts: ModelFacts, value: Value): boolean {
  const dims = value.kind === 'tensor' ? value.shape.dims : undefined;
  const side = facts.size;
  const wrong = dims?.length === 4 && side !== undefined ? [dims[2], dims[3]].find((one) => one !== undefined && dimEquals(one, side) === false) : undefined;
  if (wrong === undefined || side === undefined || value.kind !== 'tensor') return true;
  call.interpreter.refuse({
    rule: 'shape-mismatch', exception: 'AssertionError', place: call.place, layer: moduleSlot.get(call.args.get('self'))?.layer,
    message: message('{model} takes pictures of {expected}x{expected}, got {shape}', { model: facts.name, expected: side, shape: formatShape(value.shape) }),
  });
  return false;
}

/** What the model itself does between two of its modules. */
function between(call: NativeCall, value: Value, step: string, shape: readonly number[] | undefined, batch: Dim): Value {
  if (step === '') return value;
  if (step === 'jump') {
    const tail = (shape ?? []).map((size, at, all) => (all.length === 2 && at === 0 ? unknownDim({ minimum: 1 }) : size));
    return torchTensor({ shape: { dims: [batch, ...tail] }, dtype: value.kind === 'tensor' ? value.dtype : 'float32' });
  }
  const method = (name: string, positional: readonly Value[]): Value => (value.kind === 'tensor' ? call.interpreter.callMethod(value, name, positional, call.place) : unknown());
  if (step === 'flatten') return method('flatten', [int(1)]);
  if (step === 'mean') return method('mean', [list([int(2), int(3)])]);
  return call.interpreter.getItem(value, tuple([{ kind: 'slice', start: none, stop: none, step: none }, int(0)]), call.place);
}

export interface ModelRequest {
  /** The weights that are asked for, by name; undefined: none. 'unknown' where it is not known. */
  readonly weights: string | 'unknown' | undefined;
  readonly classes: Value | undefined;
}

/** Widths of the auxiliary heads that models have for training. */
const auxiliaryWidths: Readonly<Record<string, number>> = { aux1: 1024, aux2: 1024, AuxLogits: 768 };

export function makeModel(call: NativeCall, facts: ModelFacts, request: ModelRequest): InstanceValue {
  const made = instance(modelClass(facts.class, facts.module), { place: call.place });
  started(call, made);
  const state = moduleSlot.get(made);
  if (state !== undefined) presentAsModel(call.interpreter, state);
  const entry = facts.entries.find(([name]) => name === request.weights);
  modelSlot.set(made, entry !== undefined && facts.size !== undefined ? { ...facts, size: entry[2] } : facts);
  // Weights for larger pictures come with more positions; GoogLeNet's come without its auxiliary heads.
  const hasHeads = entry === undefined || facts.class !== 'GoogLeNet';
  const extra = entry === undefined || !hasHeads ? 0 : entry[1] - facts.params;
  for (const [name, shape] of facts.own) registerMember(call.interpreter, made, name, makeParameter({ name, shape: { dims: shape } }));
  let spent = false;
  for (const [name, child] of facts.children) {
    const width = auxiliaryWidths[name];
    if (width !== undefined && !hasHeads) { setInstanceAttribute(made, name, none); continue; }
    if (child.made !== null) { registerMember(call.interpreter, made, name, makeDescribed(call, child.made, request.classes)); continue; }
    const classes = request.classes?.kind === 'int' && typeof request.classes.value === 'number' ? request.classes.value : undefined;
    const smaller = width === undefined || classes === undefined ? 0 : (width + 1) * (classes - 1000);
    const more: number = extra !== 0 && !spent && child.out?.[0] === 'rows' ? extra : 0;
    spent ||= more !== 0;
    registerMember(call.interpreter, made, name, makePublished(call, child, smaller + more));
  }
  if (request.weights === 'unknown' && facts.entries.some(([, params]) => params !== facts.params)) markOpen(made);
  return made;
}
