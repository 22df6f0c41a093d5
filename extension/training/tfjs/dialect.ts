// Keras 3's configuration of a model in the dialect that TensorFlow.js' layers (4.22) read, which is Keras 2's. What they lack, or compute
// otherwise than Keras, is told with the layer's name before anything is built. It must not know TensorFlow.js' code.
import type { Json } from '../../../server/trace/configuration.ts';

export type Config = Readonly<Record<string, Json>>;

/** A layer that cannot be trained here, and why. */
export interface Unsupported { readonly layer: string; readonly reason: string }

export interface Translation {
  /** For `modelFromJSON`. */
  readonly topology: Json;
  readonly unsupported: readonly Unsupported[];
  /** Layers that never run in training mode: frozen normalisation. */
  readonly inference: ReadonlySet<string>;
}

interface Rule {
  /** Arguments that both have, under one name. */
  readonly keep: readonly string[];
  readonly rename?: Readonly<Record<string, string>>;
  /** Arguments that must have this value, being what TensorFlow.js does. */
  readonly only?: Readonly<Record<string, readonly Json[]>>;
  /** Arguments that both have, and the values that TensorFlow.js can do. */
  readonly limit?: Readonly<Record<string, readonly Json[]>>;
  /** A layer that it holds. */
  readonly inner?: string;
  readonly asClass?: string;
}

const kernel = ['kernel_initializer', 'kernel_regularizer', 'kernel_constraint'], bias = ['use_bias', 'bias_initializer', 'bias_regularizer', 'bias_constraint'];
const windowed = ['kernel_size', 'strides', 'padding', 'activation', ...bias];
const notDilated = { dilation_rate: [1, [1], [1, 1], [1, 1, 1]] } as const;
const channelsLast = { data_format: [null, 'channels_last'] } as const;
const convolution: Rule = { keep: ['filters', ...windowed, ...kernel], only: { ...notDilated, ...channelsLast, groups: [1] } };
const pool: Rule = { keep: ['pool_size', 'strides', 'padding'], only: channelsLast };
const globalPool: Rule = { keep: [], only: { ...channelsLast, keepdims: [false] } };
const recurrent = ['units', 'activation', 'use_bias', 'return_sequences', 'go_backwards', 'dropout', 'recurrent_dropout', 'unroll', ...kernel, 'bias_initializer', 'bias_regularizer', 'bias_constraint',
  'recurrent_initializer', 'recurrent_regularizer', 'recurrent_constraint'];
const recurrentOnly = { return_state: [false], stateful: [false], zero_output_for_mask: [false, true], use_cudnn: ['auto', true, false] } as const;
const plain: Rule = { keep: [] };

const rules: Readonly<Record<string, Rule>> = {
  Dense: { keep: ['units', 'activation', ...kernel, ...bias] },
  // TensorFlow.js knows the word `causal`, and does not do it.
  Conv1D: { ...convolution, limit: { padding: ['valid', 'same'] } }, Conv2D: convolution, Conv3D: convolution,
  Conv2DTranspose: { keep: ['filters', ...windowed, ...kernel], only: { ...notDilated, ...channelsLast, output_padding: [null] } },
  DepthwiseConv2D: { keep: ['depth_multiplier', ...windowed, 'depthwise_initializer', 'depthwise_regularizer', 'depthwise_constraint'], only: { ...notDilated, ...channelsLast } },
  SeparableConv2D: { keep: ['filters', 'depth_multiplier', ...windowed, 'depthwise_initializer', 'depthwise_regularizer', 'depthwise_constraint', 'pointwise_initializer', 'pointwise_regularizer', 'pointwise_constraint'], only: { ...notDilated, ...channelsLast } },
  MaxPooling1D: pool, MaxPooling2D: pool, MaxPooling3D: pool, AveragePooling1D: pool, AveragePooling2D: pool, AveragePooling3D: { ...pool, limit: { padding: ['valid'] } },
  GlobalAveragePooling1D: globalPool, GlobalAveragePooling2D: globalPool, GlobalMaxPooling1D: globalPool, GlobalMaxPooling2D: globalPool,
  BatchNormalization: {
    keep: ['axis', 'momentum', 'epsilon', 'center', 'scale', 'beta_initializer', 'gamma_initializer', 'moving_mean_initializer', 'moving_variance_initializer', 'beta_regularizer', 'gamma_regularizer', 'beta_constraint', 'gamma_constraint'],
    only: { renorm: [false], synchronized: [false], renorm_clipping: [null] },
  },
  LayerNormalization: { keep: ['axis', 'epsilon', 'center', 'scale', 'beta_initializer', 'gamma_initializer', 'beta_regularizer', 'gamma_regularizer'], only: { beta_constraint: [null], gamma_constraint: [null], rms_scaling: [false] } },
  Dropout: { keep: ['rate'], only: { noise_shape: [null] } }, SpatialDropout1D: { keep: ['rate'] },
  GaussianNoise: { keep: ['stddev'] }, GaussianDropout: { keep: ['rate'] }, AlphaDropout: { keep: ['rate'], only: { noise_shape: [null] } },
  Flatten: { keep: [], only: channelsLast }, Reshape: { keep: ['target_shape'] }, Permute: { keep: ['dims'] }, RepeatVector: { keep: ['n'] }, Masking: { keep: ['mask_value'] },
  Activation: { keep: ['activation'] },
  ReLU: { keep: ['max_value'], only: { negative_slope: [0], threshold: [0] } }, LeakyReLU: { keep: [], rename: { negative_slope: 'alpha' } }, ELU: { keep: [], only: { alpha: [1] } },
  PReLU: { keep: ['alpha_initializer', 'alpha_regularizer', 'alpha_constraint', 'shared_axes'] }, Softmax: { keep: ['axis'] },
  Embedding: { keep: ['input_dim', 'output_dim', 'embeddings_initializer', 'embeddings_regularizer', 'embeddings_constraint', 'mask_zero'], only: { weights: [null] } },
  SimpleRNN: { keep: recurrent, only: recurrentOnly },
  LSTM: { keep: [...recurrent, 'recurrent_activation', 'unit_forget_bias'], only: recurrentOnly },
  // TensorFlow.js' cell has one bias; Keras' default has two.
  GRU: { keep: [...recurrent, 'recurrent_activation'], only: { ...recurrentOnly, reset_after: [false] } },
  Bidirectional: { keep: ['merge_mode'], inner: 'layer', only: { weights: [null] } },
  TimeDistributed: { keep: [], inner: 'layer' },
  Add: plain, Multiply: plain, Average: plain, Maximum: plain, Minimum: plain, Concatenate: { keep: ['axis'] }, Dot: { keep: ['axes', 'normalize'] },
  ZeroPadding2D: { keep: ['padding'], only: channelsLast }, Cropping2D: { keep: ['cropping'], only: channelsLast },
  // The bilinear kind lies half a pixel beside Keras'.
  UpSampling2D: { keep: ['size'], only: { ...channelsLast, interpolation: ['nearest'] } },
  Rescaling: { keep: ['scale', 'offset'] },
};

/** Values that change nothing, whichever layer has them. */
const neutral: Readonly<Record<string, readonly Json[]>> = {
  activity_regularizer: [null], lora_rank: [null], lora_alpha: [null], quantization_config: [null], seed: [], renorm_momentum: [], groups: [1], data_format: [null, 'channels_last'], noise_shape: [null], autocast: [true],
};
const anyValue: ReadonlySet<string> = new Set(['seed', 'renorm_momentum', 'name', 'trainable', 'dtype']);

/** Keras' names; TensorFlow.js lacks the others, or (hard_sigmoid) computes another function under the name. */
const activations: Readonly<Record<string, string>> = {
  elu: 'elu', selu: 'selu', relu: 'relu', relu6: 'relu6', linear: 'linear', sigmoid: 'sigmoid', softplus: 'softplus', softsign: 'softsign', tanh: 'tanh', softmax: 'softmax', log_softmax: 'logSoftmax',
  gelu: 'gelu', mish: 'mish', silu: 'swish', swish: 'swish',
};
const initializers: Readonly<Record<string, string>> = {
  zeros: 'Zeros', zero: 'Zeros', ones: 'Ones', one: 'Ones', constant: 'Constant', randomuniform: 'RandomUniform', uniform: 'RandomUniform', randomnormal: 'RandomNormal', normal: 'RandomNormal', truncatednormal: 'TruncatedNormal', identity: 'Identity',
  identityinitializer: 'Identity', variancescaling: 'VarianceScaling', glorotuniform: 'GlorotUniform', glorotnormal: 'GlorotNormal', henormal: 'HeNormal', heuniform: 'HeUniform', lecunnormal: 'LeCunNormal', lecununiform: 'LeCunUniform',
  orthogonal: 'Orthogonal', orthogonalinitializer: 'Orthogonal',
};
const constraints: Readonly<Record<string, string>> = { maxnorm: 'MaxNorm', unitnorm: 'UnitNorm', nonneg: 'NonNeg', minmaxnorm: 'MinMaxNorm' };

/** The model as TensorFlow.js reads it. */
export function translateModel(model: Json): Translation {
  const unsupported: Unsupported[] = [];
  const inference = new Set<string>();
  const topology = modelTopology(objectOf(model), { unsupported, inference });
  return { topology, unsupported, inference };
}

interface Context { readonly unsupported: Unsupported[]; readonly inference: Set<string> }

function modelTopology(model: Config, context: Context): Config {
  const config = objectOf(model['config']);
  const layers = listOf(config['layers']).map(objectOf);
  if (model['class_name'] === 'Sequential') return { class_name: 'Sequential', config: { name: config['name'] ?? 'sequential', layers: layers.map((layer) => layerTopology(layer, context)) } };
  return {
    class_name: 'Model',
    config: {
      name: config['name'] ?? 'functional',
      layers: layers.map((layer) => ({ ...layerTopology(layer, context), name: layer['name'] ?? null, inbound_nodes: listOf(layer['inbound_nodes']).map((node) => inboundNode(objectOf(node), String(layer['name']), context)) })),
      input_layers: histories(config['input_layers']), output_layers: histories(config['output_layers']),
    },
  };
}

/** All `[layer, node, tensor]` of a structure, in order. */
function histories(structure: Json | undefined): readonly Json[] {
  if (Array.isArray(structure)) return typeof structure[0] === 'string' ? [structure as Json] : (structure as readonly Json[]).flatMap(histories);
  return Object.values(objectOf(structure)).flatMap(histories);
}

function inboundNode(node: Config, layer: string, context: Context): Json {
  const given = Object.entries(objectOf(node['kwargs'])).filter(([, value]) => value !== null);
  for (const [name] of given) {
    // `training=False` written at the call holds outside `fit` only: there Keras 3.15 hands its own on to every layer.
    if (name !== 'training') context.unsupported.push({ layer, reason: `it is called with ${name}=` });
  }
  const [first, ...others] = listOf(node['args']);
  if (others.some((one) => one !== null)) context.unsupported.push({ layer, reason: 'it is called with more than one argument' });
  return tensorsOf(first ?? null).map((history) => [...history, {}]);
}

function tensorsOf(value: Json): readonly (readonly Json[])[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(tensorsOf);
  const object = objectOf(value);
  return object['class_name'] === '__keras_tensor__' ? [listOf(objectOf(object['config'])['keras_history'])] : Object.values(object).flatMap(tensorsOf);
}

function layerTopology(layer: Config, context: Context): Config {
  const className = String(layer['class_name']), config = objectOf(layer['config']), name = String(config['name'] ?? layer['name']);
  if (className === 'Sequential' || className === 'Functional') return modelTopology(layer, context);
  if (className === 'InputLayer') return { class_name: className, config: { batch_input_shape: config['batch_shape'] ?? null, dtype: config['dtype'] ?? 'float32', name } };
  const refuse = (reason: string): void => { context.unsupported.push({ layer: name, reason }); };
  const rule = rules[className];
  if (rule === undefined) {
    refuse(`TensorFlow.js has no ${className}`);
    return { class_name: className, config: { name } };
  }
  const dtype = objectOf(objectOf(config['dtype'])['config'])['name'] ?? config['dtype'];
  if (typeof dtype === 'string' && dtype !== 'float32') refuse(`TensorFlow.js computes in float32 only, not in ${dtype}`);
  const made: Record<string, Json> = { name, trainable: config['trainable'] ?? true };
  if (className === 'BatchNormalization' && config['trainable'] === false) context.inference.add(name);
  for (const [key, value] of Object.entries(config)) {
    if (key === 'backward_layer' && isMirrored(value, config['layer'])) continue;
    if (rule.inner === key) made[key] = layerTopology(objectOf(value), context);
    else if (rule.limit?.[key]?.includes(value) === false) refuse(`TensorFlow.js cannot train ${key}=${JSON.stringify(value)}`);
    else if (rule.keep.includes(key) || rule.rename?.[key] !== undefined) made[rule.rename?.[key] ?? key] = argument(key, value, refuse);
    else if (!anyValue.has(key)) {
      const allowed = rule.only?.[key] ?? neutral[key];
      if (allowed === undefined) { if (value !== null) refuse(`TensorFlow.js' ${className} has no ${key}`); }
      else if (!allowed.some((one) => JSON.stringify(one) === JSON.stringify(value))) refuse(key === 'dilation_rate' ? 'TensorFlow.js cannot train dilated convolutions' : key === 'reset_after' ? 'TensorFlow.js has the GRU with reset_after=False only' : `TensorFlow.js cannot do ${key}=${JSON.stringify(value)}`);
    }
  }
  // Without a stride of its own a pool moves by its size; TensorFlow.js wants it said.
  if (made['strides'] === null && made['pool_size'] !== undefined) made['strides'] = made['pool_size'];
  return { class_name: className, config: made };
}

/** Whether the layer that runs backwards is the other one turned round, which is what a Bidirectional makes by itself. */
function isMirrored(backward: Json, forward: Json | undefined): boolean {
  const own = (layer: Json | undefined): string => {
    const { name: _name, go_backwards: _backwards, dtype: _dtype, ...config } = objectOf(objectOf(layer)['config']);
    return JSON.stringify([objectOf(layer)['class_name'], config]);
  };
  return backward === null || own(backward) === own(forward);
}

function argument(name: string, value: Json, refuse: (reason: string) => void): Json {
  if (name === 'activation' || name === 'recurrent_activation') {
    const key = value === null ? 'linear' : typeof value === 'string' ? value : '';
    const found = activations[key];
    if (found === undefined) refuse(`TensorFlow.js has no activation ${JSON.stringify(value)} that is Keras'`);
    return found ?? 'linear';
  }
  if (name.endsWith('_initializer')) return namedObject(name, value, initializers, refuse);
  if (name.endsWith('_constraint')) return value === null ? null : namedObject(name, value, constraints, refuse);
  if (name.endsWith('_regularizer')) return regularizer(value, refuse);
  return value;
}

function namedObject(what: string, value: Json, names: Readonly<Record<string, string>>, refuse: (reason: string) => void): Json {
  const { className, config } = nameAndConfig(value);
  const found = names[className.toLowerCase().replaceAll('_', '')];
  if (found === undefined) refuse(`TensorFlow.js has no ${what} ${JSON.stringify(value)}`);
  const { axis, max_value, min_value, rate, seed, value: constant, ...others } = config;
  const kept = { ...(axis === undefined ? {} : { axis }), ...(max_value === undefined ? {} : { max_value }), ...(min_value === undefined ? {} : { min_value }), ...(rate === undefined ? {} : { rate }), ...(constant === undefined ? {} : { value: constant }), ...(typeof seed === 'number' ? { seed } : {}) };
  const numbers = Object.fromEntries(['mean', 'stddev', 'minval', 'maxval', 'scale', 'mode', 'distribution', 'gain'].flatMap((name) => (others[name] === undefined ? [] : [[name, others[name]]])));
  if (numbers['distribution'] === 'untruncated_normal') refuse('TensorFlow.js has no untruncated normal distribution for initial weights');
  return { class_name: found ?? 'Zeros', config: { ...kept, ...numbers } };
}

function regularizer(value: Json, refuse: (reason: string) => void): Json {
  if (value === null) return null;
  const { className, config } = nameAndConfig(value);
  const strength = (name: string): Json => config[name] ?? (typeof value === 'string' ? 0.01 : 0);
  switch (className.toLowerCase()) {
    case 'l1': return { class_name: 'L1L2', config: { l1: strength('l1'), l2: 0 } };
    case 'l2': return { class_name: 'L1L2', config: { l1: 0, l2: strength('l2') } };
    case 'l1l2': case 'l1_l2': return { class_name: 'L1L2', config: { l1: strength('l1'), l2: strength('l2') } };
    default:
      refuse(`TensorFlow.js has no regularizer ${className}`);
      return null;
  }
}

function nameAndConfig(value: Json): { readonly className: string; readonly config: Config } {
  return typeof value === 'string' ? { className: value, config: {} } : { className: String(objectOf(value)['class_name'] ?? ''), config: objectOf(objectOf(value)['config']) };
}

export function objectOf(value: Json | undefined): Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Config) : {};
}
export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
