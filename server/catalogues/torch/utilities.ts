// torch.nn.utils: norms of gradients, and reparametrizations that replace a weight by what it is computed from.
// It must not know any single module.
import { addDims, multiplyDims, unknownDim } from '../../tensors/dim.ts';
import { elementCount, shapeOf, unknownShape } from '../../tensors/shape.ts';
import { nativeClass, nativeFunction } from '../../values/classes.ts';
import { deleteInstanceAttribute, setInstanceAttribute } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { none, tuple, unknown } from '../../values/value.ts';
import { numberFromValue } from '../arrays/contents.ts';
import { deepCopy } from '../python/copying.ts';
import { torchTensor } from './library.ts';
import { registerBuffer } from './module-call.ts';
import { isModule, registerMember } from './module-state.ts';
import { isParameter, makeParameter, parameterFrom, withoutParameter } from './parameters.ts';

interface Names {
  /** Names of the parameters that take the weight's place, and of the buffers. */
  readonly parameters: readonly string[];
  readonly buffers: readonly string[];
}

/** Takes the parameter away and keeps its value as a plain attribute, as the hooks compute it before each call. */
function replaced(self: InstanceValue, name: string): ReturnType<typeof withoutParameter> | undefined {
  const weight = self.attributes.get(name);
  if (!isParameter(weight)) return undefined;
  deleteInstanceAttribute(self, name);
  const plain = withoutParameter(weight);
  setInstanceAttribute(self, name, plain);
  return plain;
}

/** Weight normalization (Salimans and Kingma 2016): a magnitude for each slice along `dim`, and a direction of the weight's shape. */
function weightNorm(call: NativeCall, names: (name: string) => Names): Value {
  const [module, name] = [call.args.get('module'), call.args.str('name') ?? 'weight'];
  if (!isModule(module)) return module;
  const weight = replaced(module, name);
  if (weight === undefined) return module;
  const given = call.args.get('dim');
  const axis = given.kind === 'none' || numberFromValue(given) === -1 ? undefined : (numberFromValue(given) ?? 0);
  const dims = weight.shape.dims;
  const magnitude =
    dims === undefined
      ? unknownShape
      : axis === undefined
        ? shapeOf()
        : { dims: dims.map((dim, at) => (at === (axis < 0 ? dims.length + axis : axis) ? dim : 1)) };
  const [first, second] = names(name).parameters;
  if (first !== undefined) registerMember(call.interpreter, module, first, makeParameter({ name: first, shape: magnitude, dtype: weight.dtype }));
  if (second !== undefined)
    registerMember(call.interpreter, module, second, makeParameter({ name: second, shape: weight.shape, dtype: weight.dtype }));
  return module;
}

/** Spectral normalization (Miyato et al. 2018): the weight as it was, and two vectors of the power iteration as buffers. */
function spectralNorm(call: NativeCall, names: (name: string) => Names): Value {
  const [module, name] = [call.args.get('module'), call.args.str('name') ?? 'weight'];
  if (!isModule(module)) return module;
  const weight = replaced(module, name);
  if (weight === undefined) return module;
  const dims = weight.shape.dims;
  const given = call.args.get('dim');
  // Transposed convolutions have their outputs on the second axis.
  const axis =
    given.kind === 'none'
      ? module.cls.mro.some((cls) => cls.native && cls.name.startsWith('ConvTranspose'))
        ? 1
        : 0
      : (numberFromValue(given) ?? 0);
  const rows = dims?.[axis] ?? unknownDim();
  const columns = dims === undefined ? unknownDim() : (elementCount({ dims: dims.filter((_, at) => at !== axis) }) ?? unknownDim());
  const {
    parameters: [original],
    buffers: [left, right],
  } = names(name);
  if (original !== undefined)
    registerMember(call.interpreter, module, original, makeParameter({ name: original, shape: weight.shape, dtype: weight.dtype }));
  if (dims !== undefined && dims.length <= 1) return module;
  if (left !== undefined) registerBuffer(call.interpreter, module, left, torchTensor({ shape: shapeOf(rows), dtype: weight.dtype }), true);
  if (right !== undefined) registerBuffer(call.interpreter, module, right, torchTensor({ shape: shapeOf(columns), dtype: weight.dtype }), true);
  return module;
}

function remove(interpreter: Interpreter, module: Value, name: string, added: readonly string[]): Value {
  if (!isModule(module)) return module;
  const weight = module.attributes.get(name);
  for (const one of added) deleteInstanceAttribute(module, one);
  deleteInstanceAttribute(module, name);
  if (weight?.kind === 'tensor') registerMember(interpreter, module, name, parameterFrom(weight, true));
  return module;
}

/** A copy of the layer that does what a normalization behind it did: it has a bias, whatever it had before. */
function fused(call: NativeCall, name: string, axis: number): Value {
  const given = call.args.get(name);
  const copy = isModule(given) ? deepCopy(call.interpreter, given, call.place) : unknown();
  if (!isModule(copy)) return copy;
  const [weight, bias] = [copy.attributes.get('weight'), copy.attributes.get('bias')];
  if (isParameter(bias) || !isParameter(weight)) return copy;
  const count = numberFromValue(copy.attributes.get('groups')) ?? 1;
  const size = weight.shape.dims?.[axis];
  registerMember(
    call.interpreter,
    copy,
    'bias',
    makeParameter({
      name: 'bias',
      shape: shapeOf(size === undefined ? unknownDim() : multiplyDims(size, axis === 1 ? count : 1)),
      dtype: weight.dtype,
    }),
  );
  return copy;
}

const former = {
  weight: (name: string): Names => ({ parameters: [`${name}_g`, `${name}_v`], buffers: [] }),
  spectral: (name: string): Names => ({ parameters: [`${name}_orig`], buffers: [`${name}_u`, `${name}_v`] }),
};
const pruned = (name: string): Names => ({ parameters: [`${name}_orig`], buffers: [`${name}_mask`] });

/** Pruning: the weight under another name, and a mask of its shape as a buffer. A second one multiplies the masks. */
function prune(call: NativeCall, module: Value, name: string): Value {
  if (!isModule(module)) return module;
  const weight = replaced(module, name);
  const {
    parameters: [original],
    buffers: [mask],
  } = pruned(name);
  if (weight === undefined || original === undefined || mask === undefined) return module;
  registerMember(call.interpreter, module, original, makeParameter({ name: original, shape: weight.shape, dtype: weight.dtype }));
  registerBuffer(call.interpreter, module, mask, torchTensor({ shape: weight.shape, dtype: weight.dtype }), true);
  return module;
}
const pruningSignatures: Readonly<Record<string, string>> = {
  identity: 'module, name',
  random_unstructured: 'module, name, amount',
  l1_unstructured: 'module, name, amount, importance_scores=None',
  random_structured: 'module, name, amount, dim',
  ln_structured: 'module, name, amount, n, dim, importance_scores=None',
  custom_from_mask: 'module, name, mask',
};

/** torch.nn.utils.prune */
export function pruningMembers(): Record<string, Value> {
  const methods = [
    'BasePruningMethod',
    'PruningContainer',
    'Identity',
    'RandomUnstructured',
    'L1Unstructured',
    'RandomStructured',
    'LnStructured',
    'CustomFromMask',
  ];
  return {
    ...Object.fromEntries(
      Object.entries(pruningSignatures).map(([name, signature]) => [
        name,
        nativeFunction(name, signature, (call) => prune(call, call.args.get('module'), call.args.str('name') ?? 'weight')),
      ]),
    ),
    ...Object.fromEntries(methods.map((name) => [name, nativeClass({ name, qualifiedName: `torch.nn.utils.prune.${name}` })])),
    global_unstructured: nativeFunction('global_unstructured', 'parameters, pruning_method, importance_scores=None, **kwargs', (call) => {
      for (const pair of call.interpreter.iterate(call.args.get('parameters'), call.place).items) {
        const [module, name] = pair.kind === 'tuple' || pair.kind === 'list' ? pair.items : [];
        if (module !== undefined && name?.kind === 'str') prune(call, module, name.value);
      }
      return none;
    }),
    remove: nativeFunction('remove', 'module, name', (call) => {
      const name = call.args.str('name') ?? 'weight';
      const { parameters, buffers } = pruned(name);
      return remove(call.interpreter, call.args.get('module'), name, [...parameters, ...buffers]);
    }),
    is_pruned: nativeFunction('is_pruned', 'module', () => unknown(undefined, 'bool')),
  };
}

const parametrized = {
  weight: (name: string): Names => ({ parameters: [`parametrizations.${name}.original0`, `parametrizations.${name}.original1`], buffers: [] }),
  spectral: (name: string): Names => ({
    parameters: [`parametrizations.${name}.original`],
    buffers: [`parametrizations.${name}.0._u`, `parametrizations.${name}.0._v`],
  }),
};

const norm = (): Value =>
  torchTensor({ shape: shapeOf(), dtype: 'float32', range: { low: 0, high: Number.POSITIVE_INFINITY, integral: false, attained: false } });

export function utilityMembers(): Record<string, Value> {
  return {
    clip_grad_norm_: nativeFunction('clip_grad_norm_', 'parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None', norm),
    clip_grad_norm: nativeFunction('clip_grad_norm', 'parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None', norm),
    get_total_norm: nativeFunction('get_total_norm', 'tensors, norm_type=2.0, error_if_nonfinite=False, foreach=None', norm),
    clip_grad_value_: nativeFunction('clip_grad_value_', 'parameters, clip_value, foreach=None', () => none),
    clip_grads_with_norm_: nativeFunction('clip_grads_with_norm_', 'parameters, max_norm, total_norm, foreach=None', () => none),
    weight_norm: nativeFunction('weight_norm', "module, name='weight', dim=0", (call) => weightNorm(call, former.weight)),
    spectral_norm: nativeFunction('spectral_norm', "module, name='weight', n_power_iterations=1, eps=1e-12, dim=None", (call) =>
      spectralNorm(call, former.spectral),
    ),
    remove_weight_norm: nativeFunction('remove_weight_norm', "module, name='weight'", (call) => {
      const name = call.args.str('name') ?? 'weight';
      return remove(call.interpreter, call.args.get('module'), name, former.weight(name).parameters);
    }),
    remove_spectral_norm: nativeFunction('remove_spectral_norm', "module, name='weight'", (call) => {
      const name = call.args.str('name') ?? 'weight';
      const { parameters, buffers } = former.spectral(name);
      return remove(call.interpreter, call.args.get('module'), name, [...parameters, ...buffers]);
    }),
    parameters_to_vector: nativeFunction('parameters_to_vector', 'parameters', (call) => {
      const iteration = call.interpreter.iterate(call.args.get('parameters'), call.place);
      const counts = iteration.items.map((item) => (item.kind === 'tensor' ? elementCount(item.shape) : undefined));
      return torchTensor({
        shape: shapeOf(iteration.exact && !counts.includes(undefined) ? addDims(...counts.map((count) => count ?? 0)) : unknownDim()),
        dtype: 'float32',
      });
    }),
    vector_to_parameters: nativeFunction('vector_to_parameters', 'vec, parameters', () => none),
    skip_init: nativeFunction('skip_init', 'module_cls, *args, **kwargs', ({ interpreter, args, place }) =>
      interpreter.call(args.get('module_cls'), { ...args.raw, positional: args.raw.positional.slice(1) }, place),
    ),
    fuse_conv_bn_eval: nativeFunction('fuse_conv_bn_eval', 'conv, bn, transpose=False', (call) =>
      fused(call, 'conv', call.args.flag('transpose') === true ? 1 : 0),
    ),
    fuse_linear_bn_eval: nativeFunction('fuse_linear_bn_eval', 'linear, bn', (call) => fused(call, 'linear', 0)),
    fuse_conv_bn_weights: nativeFunction('fuse_conv_bn_weights', 'conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, transpose=False', ({ args }) =>
      tuple([args.get('conv_w'), args.get('bn_rm')]),
    ),
    fuse_linear_bn_weights: nativeFunction('fuse_linear_bn_weights', 'linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b', ({ args }) =>
      tuple([args.get('linear_w'), args.get('bn_rm')]),
    ),
  };
}

export function parametrizationMembers(): Record<string, Value> {
  return {
    weight_norm: nativeFunction('weight_norm', "module, name='weight', dim=0", (call) => weightNorm(call, parametrized.weight)),
    spectral_norm: nativeFunction('spectral_norm', "module, name='weight', n_power_iterations=1, eps=1e-12, dim=None", (call) =>
      spectralNorm(call, parametrized.spectral),
    ),
    // The weight stays one parameter of the same size under another name.
    orthogonal: nativeFunction('orthogonal', "module, name='weight', orthogonal_map=None, *, use_trivialization=True", ({ args }) =>
      args.get('module'),
    ),
  };
}

export function parametrizeMembers(): Record<string, Value> {
  return {
    register_parametrization: nativeFunction('register_parametrization', 'module, tensor_name, parametrization, *, unsafe=False', ({ args }) =>
      args.get('module'),
    ),
    remove_parametrizations: nativeFunction('remove_parametrizations', 'module, tensor_name, leave_parametrized=True', ({ args }) =>
      args.get('module'),
    ),
    is_parametrized: nativeFunction('is_parametrized', 'module, tensor_name=None', () => unknown(undefined, 'bool')),
    cached: nativeFunction('cached', '', () => unknown()),
  };
}
