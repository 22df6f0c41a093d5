// torchvision.models where torchvision is not installed: builders of classification models, their weights and the functions that list them.
// It must not know how models are made of facts.
import { nativeClass, nativeFunction, nativeMethod, nativeProperty } from '../../../values/classes.ts';
import { message } from '../../../values/place.ts';
import type { ClassValue, InstanceValue, NativeCall, Value } from '../../../values/value.ts';
import { instance, int, list, str, unknown } from '../../../values/value.ts';
import type { Catalogue } from '../../catalogue.ts';
import { makeImageClassification } from '../transforms/index.ts';
import { type ModelFacts, makeModel, modelClass, modelFacts, modelNames } from './published.ts';

// ---- Weights.

const weightClasses = new Map<string, ClassValue>();

/** `ResNet18_Weights`: an enumeration whose members tell what they were trained on. */
function weightsOf(facts: ModelFacts): ClassValue {
  const known = weightClasses.get(facts.weights);
  if (known !== undefined) return known;
  const cls = nativeClass({ name: facts.weights, qualifiedName: `${facts.module}.${facts.weights}`, members: weightsMembers(facts) });
  for (const entry of facts.entries) cls.namespace.set(entry[0], weightsEntry(cls, entry));
  const standard = cls.namespace.get(facts.default);
  if (standard !== undefined) cls.namespace.set('DEFAULT', standard);
  weightClasses.set(facts.weights, cls);
  return cls;
}

function weightsEntry(cls: ClassValue, [name]: ModelFacts['entries'][number]): InstanceValue {
  const made = instance(cls);
  for (const [key, value] of Object.entries({ name: str(name), url: unknown(undefined, 'str'), value: made })) made.attributes.set(key, value);
  return made;
}

/** `weights.meta`, `weights.transforms()`. */
function weightsMembers(facts: ModelFacts): Record<string, Value> {
  const entryOf = (self: Value): ModelFacts['entries'][number] | undefined => {
    const name = self.kind === 'instance' ? self.attributes.get('name') : undefined;
    return name?.kind === 'str' ? facts.entries.find(([entry]) => entry === name.value) : undefined;
  };
  return {
    meta: nativeProperty('meta', ({ args }) => {
      const categories = list(Array.from({ length: 1000 }, () => unknown(undefined, 'str')));
      const count = entryOf(args.get('self'))?.[1];
      const entries: readonly (readonly [string, Value])[] = [['categories', categories], ['num_params', count === undefined ? unknown(undefined, 'int') : int(count)]];
      return { kind: 'dict', open: true, entries: new Map(entries.map(([key, value]) => [`s:${key}`, { key: str(key), value }])) };
    }),
    transforms: nativeMethod('transforms', 'self, *args, **kwargs', (call) => {
      const entry = entryOf(call.args.get('self'));
      return entry === undefined ? unknown() : makeImageClassification(call, entry[2], entry[3]);
    }),
    get_state_dict: nativeMethod('get_state_dict', 'self, *args, **kwargs', () => unknown(undefined, 'dict')),
  };
}

// ---- Builders.

const signature = 'pretrained=None, *, weights=None, progress=True, num_classes=None, **kwargs';

/** The name of the weights that are asked for. */
function weightsName(call: NativeCall, facts: ModelFacts): string | 'unknown' | undefined {
  const given = call.args.isNone('weights') ? call.args.get('pretrained') : call.args.get('weights');
  switch (given.kind) {
    case 'none': return undefined;
    case 'bool': return given.value ? facts.default : undefined;
    case 'str': {
      const name = given.value.slice(given.value.indexOf('.') + 1);
      if (name === 'DEFAULT') return facts.default;
      if (facts.entries.some(([entry]) => entry === name)) return name;
      call.interpreter.refuse({
        rule: 'invalid-argument', exception: 'KeyError', place: call.args.place('weights') ?? call.place,
        message: message('{model} has no weights "{name}"; there are {known}', { model: facts.name, name, known: facts.entries.map(([entry]) => entry).join(', ') }),
      });
      return 'unknown';
    }
    case 'instance': { const name = given.attributes.get('name'); return name?.kind === 'str' ? name.value : 'unknown'; }
    default: return 'unknown';
  }
}

function build(call: NativeCall, facts: ModelFacts): Value {
  const weights = weightsName(call, facts);
  const classes = call.args.get('num_classes');
  if (weights !== undefined && weights !== 'unknown' && classes.kind === 'int' && typeof classes.value === 'number' && classes.value !== 1000) {
    call.interpreter.refuse({
      rule: 'invalid-argument', exception: 'ValueError', place: call.args.place('num_classes') ?? call.place,
      message: message('the weights of {model} are for 1000 classes: num_classes cannot be {actual}', { model: facts.name, actual: classes.value }),
    });
  }
  return makeModel(call, facts, { weights, classes: classes.kind === 'none' ? undefined : classes });
}

const builders = new Map<string, Value>();
function builder(name: string): Value | undefined {
  const facts = modelFacts(name);
  const known = builders.get(name);
  if (facts === undefined || known !== undefined) return known;
  const made = nativeFunction(name, signature, (call) => build(call, facts));
  builders.set(name, made);
  return made;
}

/** A model, its weights or its builder by name. */
const named = (name: string, parameters: string, give: (facts: ModelFacts, call: NativeCall) => Value): [string, Value] => [name, nativeFunction(name, parameters, (call) => {
  const asked = call.args.get('name');
  const facts = asked.kind === 'str' ? modelFacts(asked.value.toLowerCase()) : undefined;
  return facts === undefined ? unknown() : give(facts, call);
})];

const functions = (): Record<string, Value> => ({
  ...Object.fromEntries([
    named('get_model', 'name, *, weights=None, progress=True, num_classes=None, pretrained=None, **kwargs', (facts, call) => build(call, facts)),
    named('get_model_builder', 'name', (facts) => builder(facts.name) ?? unknown()),
    named('get_model_weights', 'name', (facts) => weightsOf(facts)),
  ]),
  get_weight: nativeFunction('get_weight', 'name', ({ args }) => {
    const [cls = '', entry = ''] = args.str('name')?.split('.') ?? [];
    const facts = modelNames().map(modelFacts).find((one) => one?.weights === cls);
    return facts === undefined ? unknown() : weightsOf(facts).namespace.get(entry) ?? unknown();
  }),
  list_models: nativeFunction('list_models', 'module=None, include=None, exclude=None', () => unknown(undefined, 'list')),
});

/** What a file of torchvision.models holds. */
function membersOf(names: readonly string[]): Record<string, Value> {
  const members: Record<string, Value> = {};
  for (const name of names) {
    const facts = modelFacts(name), made = builder(name);
    if (facts === undefined || made === undefined) continue;
    members[name] = made;
    members[facts.weights] = weightsOf(facts);
    members[facts.class] = modelClass(facts.class, facts.module);
  }
  return members;
}

const files = ['alexnet', 'convnext', 'densenet', 'efficientnet', 'googlenet', 'inception', 'maxvit', 'mnasnet', 'mobilenetv2', 'mobilenetv3', 'regnet', 'resnet', 'shufflenetv2', 'squeezenet', 'swin_transformer', 'vgg', 'vision_transformer'];

/** Stand-ins: an installed torchvision is read from its source. */
export const modelModules: Catalogue['modules'] = {
  'torchvision.models': () => ({ ...membersOf(modelNames()), ...functions() }),
  ...Object.fromEntries(files.map((file) => [`torchvision.models.${file}`, () => membersOf(modelNames().filter((name) => modelFacts(name)?.module === `torchvision.models.${file}`))])),
};
