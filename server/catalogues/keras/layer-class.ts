// Turns a LayerDeclaration into a class of the program: the constructor binds its signature, takes the base layer's arguments and
// refuses what Keras refuses. Calls stand in layer-call.ts, the base class's members in layer-members.ts.
// It must not know any single layer.
import { batchDim } from '../../tensors/dim.ts';
import type { Shape } from '../../tensors/shape.ts';
import type { LayerArgument } from '../../trace/trace.ts';
import type { BoundArguments, CallArguments, KeywordArgument, Signature } from '../../values/arguments.ts';
import { bindArguments, withValues } from '../../values/arguments.ts';
import { nativeClass, nativeMethod } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message, type Message } from '../../values/place.ts';
import { parseSignature } from '../../values/signature.ts';
import type { ClassValue, InstanceValue, Value } from '../../values/value.ts';
import { instance as makeInstance, none, unknown } from '../../values/value.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { dimFromValue } from '../arrays/contents.ts';
import { axisFromValue, constructionOf, keywordPlace, registerDeclaration, shapeFromValue } from './construction.ts';
import type { LayerDeclaration } from './layer-declaration.ts';
import { layerMembers, missingLayerAttribute } from './layer-members.ts';
import type { LayerState } from './layer-state.ts';
import { createLayerState, layerSlot, trackedSlot } from './layer-state.ts';
import type { DTypePolicy } from './run-state.ts';
import { automaticName, kerasRun, policyOfName } from './run-state.ts';
import { policySlot } from './policy.ts';

const classes = new Map<string, ClassValue>();

/** Keras' base class of all layers: `keras.layers.Layer`. */
export const layerClass: ClassValue = nativeClass({
  name: 'Layer',
  qualifiedName: 'keras.layers.Layer',
  members: {
    ...layerMembers,
    __new__: nativeMethod('__new__', undefined, (call) => {
      const cls = call.args.raw.positional[0]?.value;
      if (cls?.kind !== 'class') return unknown();
      const made = makeInstance(cls, { place: call.place });
      createLayerState(call.interpreter, made, call.place);
      return made;
    }),
    __init__: nativeMethod('__init__', undefined, (call) => {
      initialiseLayer(call.interpreter, call.args.raw, call.place, undefined);
      return none;
    }),
  },
  missingAttribute: missingLayerAttribute,
});
classes.set('Layer', layerClass);

/** The class of a declared layer. Bases are found by name among those declared before. */
export function declareLayer(declaration: LayerDeclaration, module = 'keras.layers'): ClassValue {
  const base = declaration.base === undefined ? layerClass : (classes.get(declaration.base) ?? layerClass);
  const cls = nativeClass({
    name: declaration.name,
    qualifiedName: `${module}.${declaration.name}`,
    bases: [base],
    members: {
      __init__: nativeMethod('__init__', undefined, (call) => {
        initialiseLayer(call.interpreter, call.args.raw, call.place, declaration);
        return none;
      }),
    },
  });
  registerDeclaration(cls, declaration);
  classes.set(declaration.name, cls);
  return cls;
}

/** All of them under their names and aliases; a base may stand behind what inherits from it. */
export function declareLayers(list: readonly LayerDeclaration[]): Record<string, ClassValue> {
  const made: Record<string, ClassValue> = {};
  const byName = new Map(list.map((declaration) => [declaration.name, declaration]));
  const declare = (declaration: LayerDeclaration): ClassValue => {
    const known = made[declaration.name];
    if (known !== undefined) return known;
    const base = declaration.base === undefined ? undefined : byName.get(declaration.base);
    if (base !== undefined && base !== declaration) declare(base);
    const cls = declareLayer(declaration);
    for (const name of [declaration.name, ...(declaration.aliases ?? [])]) made[name] = cls;
    return cls;
  };
  for (const declaration of list) declare(declaration);
  return made;
}

/** A layer's class by its name, once it is declared. */
export function layerClassNamed(name: string): ClassValue | undefined {
  return classes.get(name);
}

const baseSignature = parseSignature('self, *, activity_regularizer=None, trainable=True, dtype=None, autocast=True, name=None, **kwargs');
/** What the base layer of Keras 3 takes besides its own parameters. */
const baseNames: ReadonlySet<string> = new Set(['activity_regularizer', 'trainable', 'dtype', 'autocast', 'name', 'input_shape', 'input_dim']);
/** What Keras 2 took: refused by Keras 3, understood here. */
const formerNames: Readonly<Record<string, string | Message>> = {
  batch_input_shape: message('{input} in front of it', { input: 'Input(batch_shape=…)' }),
  batch_size: message('{input} in front of it', { input: 'Input(batch_size=…)' }),
  weights: message('set_weights() on the built layer'),
  input_length: message('{input} in front of it', { input: 'Input(shape=…)' }),
  input_dtype: 'dtype',
  implementation: message('nothing'),
  dynamic: message('nothing'),
};

/** Binds a constructor's arguments, checks them and gives the layer its name. `raw` starts with the instance. */
export function initialiseLayer(
  interpreter: Interpreter,
  raw: CallArguments,
  place: Place,
  declaration: LayerDeclaration | undefined,
): LayerState | undefined {
  const self = raw.positional[0]?.value;
  const state = layerSlot.get(self);
  if (state === undefined || self?.kind !== 'instance') return undefined;
  const className = self.cls.name;
  const signature = declaration === undefined ? baseSignature : constructorSignature(declaration);
  const args = bindLeniently(interpreter, signature, raw, className, place);
  state.args = args;
  const keywords =
    declaration === undefined
      ? [...baseKeywords(args, raw), ...args.restKeywords]
      : [...declaredBaseArguments(signature, args), ...args.restKeywords];
  applyBaseArguments(
    interpreter,
    state,
    self,
    keywords,
    args.openKeywords || declaration?.extraKeywords === 'any',
    place,
    declaration?.extraKeywords,
  );
  for (const parameter of signature.parameters) {
    if (parameter.kind === 'star' || parameter.kind === 'double-star' || parameter.name === 'self') continue;
    setArgument(state, parameter.name, { value: args.get(parameter.name), place: args.place(parameter.name) });
  }
  for (const keyword of keywords) setArgument(state, keyword.name, { value: keyword.value, place: keyword.place });
  state.args = withOverrides(args, self);
  state.initialised = true;
  // What has no weights has nothing to build, called or not.
  if (declaration !== undefined && declaration.weights === undefined && declaration.children === undefined && self.cls.native)
    state.layer.built = true;
  const construction = constructionOf(interpreter, self, state, place);
  declaration?.check?.({
    ...construction,
    refuse: (text, options) => {
      state.refused = true;
      construction.refuse(text, options);
    },
  });
  const children = declaration?.children;
  if (children !== undefined) state.childValues = () => [...children(construction), ...(trackedSlot.get(self) ?? [])];
  return state;
}

function setArgument(state: LayerState, name: string, argument: LayerArgument): void {
  (state.layer.arguments as Map<string, LayerArgument>).set(name, argument);
}

function baseKeywords(args: BoundArguments, raw: CallArguments): KeywordArgument[] {
  return raw.keywords.filter(
    (keyword) => baseSignature.parameters.some((parameter) => parameter.name === keyword.name) && args.given(keyword.name) === true,
  );
}

/** Some layers list `name` or `dtype` among their own parameters. Embedding's own `input_dim` is another thing than the base layer's. */
function declaredBaseArguments(signature: Signature, args: BoundArguments): KeywordArgument[] {
  return signature.parameters
    .filter((parameter) => parameter.name !== 'input_dim' && baseNames.has(parameter.name) && args.given(parameter.name) === true)
    .map(({ name }) => ({ name, value: args.get(name), place: args.place(name) }));
}

const signatures = new Map<LayerDeclaration, Signature>();
function constructorSignature(declaration: LayerDeclaration): Signature {
  let signature = signatures.get(declaration);
  if (signature === undefined) {
    signature = parseSignature(declaration.signature === '' ? 'self' : `self, ${declaration.signature}`);
    signatures.set(declaration, signature);
  }
  return signature;
}

/** Binds; what does not fit is refused once and left out, so that the layer is still of use. */
function bindLeniently(interpreter: Interpreter, signature: Signature, raw: CallArguments, className: string, place: Place): BoundArguments {
  let given = raw;
  for (let attempts = 0; attempts < 8; attempts += 1) {
    const binding = bindArguments(signature, given, className);
    if (binding.ok) return binding.args;
    const problem = binding.problem;
    interpreter.refuse({ rule: 'invalid-argument', message: problem.message, place: problem.place ?? place, exception: 'TypeError' });
    if (problem.kind === 'unexpected-keyword' || problem.kind === 'multiple-values')
      given = { ...given, keywords: given.keywords.filter((keyword) => keyword.name !== problem.parameter) };
    else if (problem.kind === 'too-many-positional')
      given = {
        ...given,
        positional: given.positional.slice(
          0,
          signature.parameters.filter((one) => one.kind === 'positional-or-keyword' || one.kind === 'positional-only').length,
        ),
      };
    else given = { ...given, openKeywords: true, openPositional: true };
  }
  const open = bindArguments(parseSignature('*args, **kwargs'), { ...raw, openKeywords: true, openPositional: true }, className);
  if (!open.ok) throw new Error(`arguments of ${className} cannot be bound`);
  return open.args;
}

/** name, dtype, trainable, input_shape …: what every layer takes. */
function applyBaseArguments(
  interpreter: Interpreter,
  state: LayerState,
  self: InstanceValue,
  keywords: readonly KeywordArgument[],
  open: boolean,
  place: Place,
  extra?: LayerDeclaration['extraKeywords'],
): void {
  const layer = state.layer;
  const find = (name: string): KeywordArgument | undefined => keywords.find((keyword) => keyword.name === name);
  const name = find('name')?.value;
  if (name?.kind === 'str') {
    layer.name = name.value;
    if (name.value.includes('/')) {
      interpreter.refuse({
        rule: 'invalid-argument',
        message: message('the name of a layer cannot hold the character "/": "{name}"', { name: name.value }),
        place: find('name')?.place ?? place,
        layer,
      });
    }
  } else if (layer.name === '') {
    layer.name = automaticName(interpreter, self.cls.name);
  }
  state.policy = readPolicy(interpreter, find('dtype')?.value);
  const trainable = find('trainable')?.value;
  if (trainable?.kind === 'bool') layer.trainable = trainable.value;
  else if (trainable !== undefined && (trainable.kind === 'int' || trainable.kind === 'str' || trainable.kind === 'float')) {
    interpreter.refuse({
      rule: 'invalid-argument',
      message: message('{layer}: "trainable" must be True or False', { layer: self.cls.name }),
      place: find('trainable')?.place ?? place,
      layer,
    });
  }
  state.declaredInput = declaredInput(interpreter, find);
  if (open) return;
  for (const keyword of keywords) {
    if (baseNames.has(keyword.name) || extra?.includes(keyword.name) === true) continue;
    const instead = formerNames[keyword.name];
    interpreter.refuse(
      instead === undefined
        ? {
            rule: 'invalid-argument',
            message: message('{layer} has no argument "{name}"', { layer: self.cls.name, name: keyword.name }),
            place: keywordPlace(keyword) ?? place,
            layer,
          }
        : {
            rule: 'deprecated-argument',
            message: message('{layer}: Keras 3 has no argument "{name}"; use {instead}', { layer: self.cls.name, name: keyword.name, instead }),
            place: keywordPlace(keyword) ?? place,
            layer,
          },
    );
  }
}

function readPolicy(interpreter: Interpreter, value: Value | undefined): DTypePolicy {
  if (value === undefined || value.kind === 'none') return kerasRun(interpreter).policy;
  if (value.kind === 'str') return policyOfName(value.value) ?? { name: undefined, compute: undefined, variable: undefined };
  const policy = policySlot.get(value);
  if (policy !== undefined) return policy;
  const dtype = dtypeFromValue(value, 'float32');
  return { name: dtype, compute: dtype, variable: dtype };
}

function declaredInput(interpreter: Interpreter, find: (name: string) => KeywordArgument | undefined): Shape | undefined {
  const batchShape = shapeFromValue(interpreter, find('batch_input_shape')?.value);
  if (batchShape !== undefined) return batchShape;
  const inputDim = find('input_dim')?.value;
  const size = dimFromValue(find('batch_size')?.value) ?? batchDim;
  if (inputDim !== undefined && inputDim.kind !== 'none') {
    const length = find('input_length')?.value;
    const dim = axisFromValue(inputDim);
    return { dims: length === undefined ? [size, dim] : [size, axisFromValue(length), dim] };
  }
  const shape = shapeFromValue(interpreter, find('input_shape')?.value);
  return shape?.dims === undefined ? undefined : { dims: [size, ...shape.dims] };
}

/** The arguments as the attributes of the object have them now: `layer.rate = 0.5` changes what the layer does. */
function withOverrides(args: BoundArguments, self: InstanceValue): BoundArguments {
  return withValues(args, (name) => self.attributes.get(name) ?? args.get(name));
}
