// Members of torch that are no operations on tensors: constants, types' limits, gradient modes, seeds, saving and loading.
// It must not know modules.
import { type DType, integerLimits, itemSize, promoteTorch } from '../../../tensors/dtype.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../../values/classes.ts';
import type { NativeCall, Value } from '../../../values/value.ts';
import { bool, float, instance, int, none, str, unknown } from '../../../values/value.ts';
import { operandOf } from '../../arrays/conversion.ts';
import { dtypeFromValue } from '../../arrays/dtypes.ts';
import { canCast } from '../in-place.ts';
import { declareMembers, defaultDType, resultType, tensorClass, torchContext, torchDType } from '../library.ts';

/** A context manager that changes no shape; called with a function it decorates it. */
function gradientMode(name: string): Value {
  const made = nativeClass({
    name, qualifiedName: `torch.${name}`,
    construct: ({ args }) => {
      const [first] = args.raw.positional;
      // `@torch.no_grad` without parentheses.
      return first !== undefined && (first.value.kind === 'function' || first.value.kind === 'bound-method') ? first.value : instance(made);
    },
    members: {
      __enter__: nativeMethod('__enter__', 'self', ({ args }) => args.get('self')),
      __exit__: nativeMethod('__exit__', 'self, *args', () => none),
      __call__: nativeMethod('__call__', 'self, func', ({ args }) => args.get('func')),
    },
  });
  return made;
}

export const generatorClass = nativeClass({ name: 'Generator', qualifiedName: 'torch.Generator', members: {
  manual_seed: nativeMethod('manual_seed', 'self, seed', ({ args }) => args.get('self')),
  seed: nativeMethod('seed', 'self', () => unknown(undefined, 'int')),
  initial_seed: nativeMethod('initial_seed', 'self', () => unknown(undefined, 'int')),
} });

const ignored = (name: string, result: Value = none): Value => nativeFunction(name, undefined, () => result);
function question(name: string): Value {
  return nativeFunction(name, undefined, () => unknown(undefined, 'bool'));
}

function typeOfArgument(call: NativeCall, name: string): DType | undefined {
  const value = call.args.get(name);
  return value.kind === 'none' ? defaultDType(call.interpreter).dtype : dtypeFromValue(value, 'float32');
}

// Machine limits of the floating-point types: largest, smallest normal number, distance from 1 to the next.
const floatLimits: Readonly<Record<string, readonly [largest: number, smallest: number, epsilon: number]>> = {
  float64: [Number.MAX_VALUE, 2.2250738585072014e-308, Number.EPSILON], float32: [3.4028234663852886e38, 1.1754943508222875e-38, 1.1920928955078125e-7],
  float16: [65504, 6.103515625e-5, 0.0009765625], bfloat16: [3.3895313892515355e38, 1.1754943508222875e-38, 0.0078125],
};
const finfo = nativeClass({
  name: 'finfo', qualifiedName: 'torch.finfo', constructSignature: 'type=None',
  construct: (call, cls) => {
    const made = instance(cls);
    const dtype = typeOfArgument(call, 'type');
    const limits = dtype === undefined ? undefined : floatLimits[dtype];
    const number = (value: number | undefined): Value => (value === undefined ? unknown(undefined, 'float') : float(value));
    const facts: Readonly<Record<string, Value>> = {
      max: number(limits?.[0]), min: number(limits === undefined ? undefined : -limits[0]), tiny: number(limits?.[1]), smallest_normal: number(limits?.[1]), eps: number(limits?.[2]), resolution: unknown(undefined, 'float'),
      bits: dtype === undefined ? unknown(undefined, 'int') : int(8 * itemSize(dtype)), dtype: dtype === undefined ? unknown(undefined, 'str') : str(dtype),
    };
    for (const [name, value] of Object.entries(facts)) made.attributes.set(name, value);
    return made;
  },
});
const iinfo = nativeClass({
  name: 'iinfo', qualifiedName: 'torch.iinfo', constructSignature: 'type',
  construct: (call, cls) => {
    const made = instance(cls);
    const dtype = typeOfArgument(call, 'type');
    const limits = dtype === undefined ? undefined : integerLimits(dtype);
    const isExact = limits !== undefined && Number.isSafeInteger(limits.high);
    for (const [name, value] of [['max', limits?.high], ['min', limits?.low]] as const) made.attributes.set(name, value === undefined || !isExact ? unknown(undefined, 'int') : int(value));
    made.attributes.set('bits', dtype === undefined ? unknown(undefined, 'int') : int(8 * itemSize(dtype)));
    return made;
  },
});

const setDefault = (call: NativeCall, given: Value): Value => {
  defaultDType(call.interpreter).dtype = given.kind === 'class' ? (given.name === 'DoubleTensor' ? 'float64' : given.name === 'HalfTensor' ? 'float16' : 'float32') : dtypeFromValue(given, 'float32');
  return none;
};

/** `torch.compile(model)` and `@torch.compile`: what it is given, or a decorator. */
const compile = nativeFunction('compile', 'model=None, *, fullgraph=False, dynamic=None, backend="inductor", mode=None, options=None, disable=False, recompile_limit=None, name=None, isolate_recompiles=None', ({ args }) =>
  (args.isNone('model') ? nativeFunction('compile', 'model', (call) => call.args.get('model')) : args.get('model')));

declareMembers({
  pi: float(Math.PI), e: float(Math.E), inf: float(Number.POSITIVE_INFINITY), nan: float(Number.NaN), newaxis: none, __version__: unknown(undefined, 'str'),
  strided: unknown(), preserve_format: unknown(), contiguous_format: unknown(), channels_last: unknown(), channels_last_3d: unknown(), sparse_coo: unknown(), jagged: unknown(),
  no_grad: gradientMode('no_grad'), enable_grad: gradientMode('enable_grad'), inference_mode: gradientMode('inference_mode'), set_grad_enabled: gradientMode('set_grad_enabled'), autocast: gradientMode('autocast'),
  Generator: generatorClass, default_generator: instance(generatorClass), finfo, iinfo, compile,
  manual_seed: nativeFunction('manual_seed', 'seed', () => instance(generatorClass)), seed: nativeFunction('seed', '', () => unknown(undefined, 'int')), initial_seed: nativeFunction('initial_seed', '', () => unknown(undefined, 'int')),
  get_rng_state: ignored('get_rng_state', unknown()), set_rng_state: ignored('set_rng_state'), is_grad_enabled: question('is_grad_enabled'), is_inference_mode_enabled: question('is_inference_mode_enabled'),
  is_autocast_enabled: question('is_autocast_enabled'), is_autocast_cpu_enabled: question('is_autocast_cpu_enabled'), is_autocast_cache_enabled: question('is_autocast_cache_enabled'), are_deterministic_algorithms_enabled: question('are_deterministic_algorithms_enabled'),
  set_printoptions: ignored('set_printoptions'), set_num_threads: ignored('set_num_threads'), set_num_interop_threads: ignored('set_num_interop_threads'), use_deterministic_algorithms: ignored('use_deterministic_algorithms'),
  set_float32_matmul_precision: ignored('set_float32_matmul_precision'), set_flush_denormal: ignored('set_flush_denormal', bool(true)), set_default_device: ignored('set_default_device'), set_warn_always: ignored('set_warn_always'),
  get_num_threads: nativeFunction('get_num_threads', '', () => unknown(undefined, 'int')), get_default_device: ignored('get_default_device', unknown()), clear_autocast_cache: ignored('clear_autocast_cache'),
  load: nativeFunction('load', 'f, map_location=None, pickle_module=None, *, weights_only=None, mmap=None, **pickle_load_args', () => unknown()),
  save: nativeFunction('save', 'obj, f, pickle_module=None, pickle_protocol=2, _use_new_zipfile_serialization=True', () => none),
  is_tensor: nativeFunction('is_tensor', 'obj', ({ interpreter, args }) => { const is = interpreter.isInstance(args.get('obj'), tensorClass); return is === undefined ? unknown(undefined, 'bool') : bool(is); }),
  typename: nativeFunction('typename', 'obj', () => unknown(undefined, 'str')),
  get_default_dtype: nativeFunction('get_default_dtype', '', ({ interpreter }) => { const { dtype } = defaultDType(interpreter); return dtype === undefined ? unknown() : torchDType(dtype); }),
  set_default_dtype: nativeFunction('set_default_dtype', 'd, /', (call) => setDefault(call, call.args.get('d'))), set_default_tensor_type: nativeFunction('set_default_tensor_type', 't, /', (call) => setDefault(call, call.args.get('t'))),
  promote_types: nativeFunction('promote_types', 'type1, type2', ({ args }) => { const found = promoteTorch(dtypeFromValue(args.get('type1')), dtypeFromValue(args.get('type2'))); return found === undefined ? unknown() : torchDType(found); }),
  can_cast: nativeFunction('can_cast', 'from_, to', ({ args }) => { const [from, to] = [dtypeFromValue(args.get('from_')), dtypeFromValue(args.get('to'))]; return from === undefined || to === undefined ? unknown(undefined, 'bool') : bool(canCast(from, to)); }),
  result_type: nativeFunction('result_type', 'tensor1, tensor2', (call) => {
    const operands = ['tensor1', 'tensor2'].map((name) => operandOf(torchContext(call.interpreter, call.place, call.name), call.args.get(name)));
    const known = operands.filter((operand) => operand !== undefined);
    const found = known.length < 2 ? undefined : resultType(known);
    return found === undefined ? unknown() : torchDType(found);
  }),
  allclose: nativeFunction('allclose', 'input, other, rtol=1e-05, atol=1e-08, equal_nan=False', () => unknown(undefined, 'bool')),
});
