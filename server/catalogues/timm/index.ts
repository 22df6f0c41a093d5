// timm where it is not installed: what the models that its table lists hold and give, marked as published figures. An installed timm is read from
// its source. Names, tags and arguments that the table does not cover give nothing known. It must not know how the table is made.
import '../torch/index.ts';
import { type Dim, dimEquals, formatDim, unknownDim } from '../../tensors/dim.ts';
import { formatShape } from '../../tensors/shape.ts';
import { argumentsOf, withValues } from '../../values/arguments.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import { setInstanceAttribute } from '../../values/heap.ts';
import { message } from '../../values/place.ts';
import { defineSlot } from '../../values/slots.ts';
import type { ClassValue, InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { instance, int, none, str, unknown } from '../../values/value.ts';
import { countMultiplyAdds } from '../arrays/costs.ts';
import type { Catalogue } from '../catalogue.ts';
import { timmModels } from '../facts/timm-models.ts';
import { moduleClassNamed } from '../torch/construction.ts';
import { torchTensor } from '../torch/library.ts';
import { callModule } from '../torch/module-call.ts';
import { beginModule, moduleClass } from '../torch/module-class.ts';
import { isModule, markOpen, moduleSlot, presentAsModel, registerMember } from '../torch/module-state.ts';
import { makeParameter } from '../torch/parameters.ts';

interface TimmFacts {
  readonly name: string;
  /** Parameters without a classifier. */
  readonly headless: number;
  /** What the classifier, one linear layer with a bias, takes. */
  readonly width: number;
  readonly classes: number;
  readonly features: number;
  /** The classifier's name; nested ones have dots. */
  readonly classifier: string;
}

let lines: ReadonlyMap<string, string> | undefined;

function factsOf(name: string): TimmFacts | undefined {
  lines ??= new Map(timmModels.trim().split('\n').map((line) => [line.slice(0, line.indexOf(' ')), line]));
  const [, headless, width, classes, features, classifier = ''] = lines.get(name)?.split(' ') ?? [];
  return headless === undefined ? undefined : { name, headless: Number(headless), width: Number(width), classes: Number(classes), features: Number(features), classifier };
}

const factsSlot = defineSlot<TimmFacts>('published timm model');

// What a model of the table holds is not known by name.
const classes = new Map<string, ClassValue>();
function classNamed(name: string): ClassValue {
  const known = classes.get(name);
  if (known !== undefined) return known;
  const cls = nativeClass({
    name: `${name} (published)`, qualifiedName: `timm.models.${name}`, bases: [moduleClass], missingAttribute: () => unknown(),
    members: {
      forward: nativeMethod('forward', 'self, x', forward),
      forward_features: nativeMethod('forward_features', undefined, () => unknown()), forward_head: nativeMethod('forward_head', undefined, () => unknown()),
      forward_intermediates: nativeMethod('forward_intermediates', undefined, () => unknown()),
      get_classifier: nativeMethod('get_classifier', 'self', ({ args }) => classifierOf(args.get('self')) ?? unknown()),
      reset_classifier: nativeMethod('reset_classifier', 'self, num_classes, global_pool=None, **kwargs', (call) => {
        const self = call.args.get('self'), facts = factsSlot.get(self);
        if (self.kind === 'instance' && facts !== undefined) setClassifier(call, self, facts, call.args.get('num_classes'));
        return none;
      }),
    },
  });
  classes.set(name, cls);
  return cls;
}

/** The module that holds the classifier, and its name there. */
function holderOf(self: InstanceValue, facts: TimmFacts): { readonly holder: InstanceValue; readonly name: string } | undefined {
  const parts = facts.classifier.split('.');
  const [first = '', second] = parts;
  if (second === undefined) return { holder: self, name: first };
  const holder = self.attributes.get(first);
  return holder?.kind === 'instance' && parts.length === 2 ? { holder, name: second } : undefined;
}

function classifierOf(self: Value): Value | undefined {
  const facts = factsSlot.get(self);
  const found = self.kind === 'instance' && facts !== undefined ? holderOf(self, facts) : undefined;
  return found?.holder.attributes.get(found.name);
}

function setClassifier(call: NativeCall, self: InstanceValue, facts: TimmFacts, count: Value): void {
  const found = holderOf(self, facts);
  setInstanceAttribute(self, 'num_classes', count);
  if (found === undefined) return;
  const isNone = count.kind === 'int' && count.value === 0;
  const cls = count.kind === 'int' ? moduleClassNamed(isNone ? 'Identity' : 'Linear') : undefined;
  registerMember(call.interpreter, found.holder, found.name, cls === undefined ? unknown() : call.interpreter.call(cls, argumentsOf(isNone ? [] : [int(facts.width), count]), call.place));
}

function begun(call: NativeCall, made: InstanceValue): InstanceValue {
  beginModule({ ...call, args: withValues(call.args, (name) => (name === 'self' ? made : call.args.get(name))) }, made);
  return made;
}

function forward(call: NativeCall): Value {
  const self = call.args.get('self'), input = call.args.get('x');
  const facts = factsSlot.get(self), layer = moduleSlot.get(self)?.layer;
  countMultiplyAdds(call, undefined);
  if (facts === undefined || self.kind !== 'instance' || layer?.incomplete === true) return unknown();
  const dims = input.kind === 'tensor' ? input.shape.dims : undefined;
  const channels = dims?.length === 4 ? dims[1] : undefined;
  if (channels !== undefined && dimEquals(channels, 3) === false && input.kind === 'tensor') {
    call.interpreter.refuse({
      rule: 'shape-mismatch', exception: 'RuntimeError', layer, place: call.place,
      message: message('{model} expects 3 channels, got {actual}: the input is {shape}', { model: facts.name, actual: formatDim(channels), shape: formatShape(input.shape) }),
    });
    return torchTensor({ shape: { dims: undefined } });
  }
  const batch: Dim = dims?.[0] ?? unknownDim();
  const features = torchTensor({ shape: { dims: [batch, facts.width] }, dtype: input.kind === 'tensor' ? input.dtype : undefined });
  const head = classifierOf(self);
  // No line of the program stands for this call.
  return head === undefined ? unknown() : isModule(head) ? callModule(call.interpreter, head, argumentsOf([features]), call.place, 'nowhere') : call.interpreter.call(head, argumentsOf([features]), call.place);
}

/** Arguments that change neither what a model holds nor what it gives. */
const harmless: ReadonlySet<string> = new Set(['drop_rate', 'drop_path_rate', 'attn_drop_rate', 'proj_drop_rate', 'drop_block_rate', 'exportable', 'scriptable', 'no_jit', 'cache_dir']);

function make(call: NativeCall, facts: TimmFacts, hasTag: boolean): Value {
  const { args, interpreter } = call;
  const made = begun(call, instance(classNamed(facts.name), { place: call.place }));
  const state = moduleSlot.get(made);
  if (state !== undefined) presentAsModel(interpreter, state);
  factsSlot.set(made, facts);
  const body = begun(call, instance(classNamed('features')));
  registerMember(interpreter, body, 'published', makeParameter({ name: 'published', shape: { dims: [facts.headless] } }));
  registerMember(interpreter, made, 'features', body);
  const [holder, inner] = facts.classifier.split('.');
  if (inner !== undefined && holder !== undefined) registerMember(interpreter, made, holder, begun(call, instance(classNamed(holder))));
  setInstanceAttribute(made, 'num_features', int(facts.features));
  const channels = args.restKeywords.find(({ name }) => name === 'in_chans')?.value;
  const isStandard = args.openKeywords !== true && args.isNone('pretrained_cfg') && args.isNone('pretrained_cfg_overlay') && args.isNone('checkpoint_path')
    && args.restKeywords.every(({ name }) => harmless.has(name) || name === 'num_classes' || name === 'in_chans') && (channels === undefined || (channels.kind === 'int' && channels.value === 3));
  const count = args.restKeywords.find(({ name }) => name === 'num_classes')?.value;
  // Weights of another data set have other classes.
  setClassifier(call, made, facts, count === undefined || count.kind === 'none' ? (hasTag ? unknown(undefined, 'int') : int(facts.classes)) : count);
  if (!isStandard) markOpen(made);
  return made;
}

const createModel = nativeFunction('create_model', "model_name, pretrained=False, pretrained_cfg=None, pretrained_cfg_overlay=None, checkpoint_path=None, cache_dir=None, scriptable=None, exportable=None, no_jit=None, **kwargs", (call) => {
  const name = call.args.str('model_name');
  if (name === undefined || call.args.restKeywords.some((keyword) => keyword.name === 'features_only' || keyword.name === 'out_indices')) return unknown();
  const [architecture = '', tag] = name.split('/').at(-1)?.split('.') ?? [];
  const facts = factsOf(architecture);
  return facts === undefined ? unknown(message('timm is not installed, and its table does not list {name}', { name })) : make(call, facts, tag !== undefined);
});

const members = (): Readonly<Record<string, Value>> => ({
  create_model: createModel, list_models: nativeFunction('list_models', undefined, () => unknown(undefined, 'list')), list_pretrained: nativeFunction('list_pretrained', undefined, () => unknown(undefined, 'list')),
  is_model: nativeFunction('is_model', undefined, () => unknown(undefined, 'bool')), __version__: str('1.0.31'),
});

export const timmCatalogue: Catalogue = {
  modules: {},
  standIns: { timm: members, 'timm.models': members },
};
