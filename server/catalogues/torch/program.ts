// What surrounds tensors and modules in a PyTorch program: modes of gradients, devices, compilation, saving, distribution. None of it
// changes a shape; most of it does nothing here. It must not know operations.
import { replayable } from '../../values/recorder.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { builtinObject, contextAround, lookUpInClass, nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import { message } from '../../values/place.ts';
import type { ClassValue, InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { bool, instance, int, none, str, tuple, unknown } from '../../values/value.ts';
import type { Catalogue } from '../catalogue.ts';
import { tensorsIn } from '../arrays/library.ts';
import { distributedModules } from './distributed.ts';
import { deviceClass } from './library.ts';
import { isModule } from './module-state.ts';
import { withoutParameter } from './parameters.ts';
import { deviceObject } from './tensor.ts';
import { enterAutocast, leaveAutocast, openAutocast } from './precision.ts';
import { functionalDerivatives, transformationMembers, vectorized } from './transformations.ts';
import { constants, silent, unknowns } from './quiet-members.ts';
import { recordTraining } from './training-events.ts';
import { averagingMembers } from './averaging.ts';
import { legacyTensors } from './operations/creation.ts';

/** Functions that hand their first argument on, also as decorators with or without arguments. */
function identity(name: string): Value {
  return nativeFunction(name, undefined, (call) => {
    const first = call.args.rest[0]?.value;
    if (first === undefined || first.kind === 'str' || first.kind === 'bool') return nativeFunction(name, 'fn', ({ args }) => args.get('fn'));
    return first;
  });
}
/**
 * A context manager that is a decorator as well: `with torch.no_grad():`, `@torch.no_grad()`, `@torch.no_grad`.
 * `isAround`: calls of what it decorates are told, too.
 */
function mode(name: string, signature: string, stopsGradients: (self: InstanceValue) => boolean, isAround = false): ClassValue {
  const cls: ClassValue = nativeClass({
    name,
    qualifiedName: `torch.${name}`,
    constructSignature: signature,
    construct: ({ args, place }) => {
      const first = args.raw.positional[0]?.value;
      const made = instance(cls, { place });
      const enabled =
        args.raw.keywords.find((keyword) => keyword.name === 'enabled') ?? args.raw.positional.find(({ value }) => value.kind === 'bool');
      if (enabled !== undefined) made.attributes.set('enabled', enabled.value);
      made.attributes.set('mode', first ?? args.raw.keywords[0]?.value ?? bool(true));
      // Used as a decorator without being called.
      return first?.kind === 'function' || first?.kind === 'bound-method' ? around(first, isAround ? made : undefined) : made;
    },
    members: {
      __enter__: nativeMethod('__enter__', 'self', ({ interpreter, args, place }) => {
        const self = args.get('self');
        if (self.kind === 'instance' && stopsGradients(self)) recordTraining(interpreter, 'enter no_grad', self, place);
        return self;
      }),
      __exit__: nativeMethod('__exit__', 'self, *args', ({ interpreter, args, place }) => {
        const self = args.get('self');
        if (self.kind === 'instance' && stopsGradients(self)) recordTraining(interpreter, 'exit no_grad', self, place);
        return none;
      }),
      __call__: nativeMethod('__call__', 'self, func', ({ args }) => {
        const self = args.get('self');
        return around(args.get('func'), isAround && self.kind === 'instance' ? self : undefined);
      }),
    },
  });
  return cls;
}

/** The function with a context around each of its calls. */
function around(decorated: Value, context: InstanceValue | undefined): Value {
  return context !== undefined && decorated.kind === 'function'
    ? { ...decorated, attributes: new Map([...decorated.attributes, [contextAround, context]]) }
    : decorated;
}
const isOff = (self: InstanceValue): boolean => {
  const value = self.attributes.get('mode');
  return value?.kind === 'bool' && !value.value;
};
const isOn = (self: InstanceValue): boolean => {
  const value = self.attributes.get('mode');
  return value?.kind !== 'bool' || value.value;
};

const noGrad = mode('no_grad', '*args, **kwargs', () => true, true);
const enableGrad = mode('enable_grad', '*args, **kwargs', () => false);
const inferenceMode = mode('inference_mode', 'mode=True', isOn, true);
const setGradEnabled = mode('set_grad_enabled', 'mode', isOff, true);
const autocast = mode('autocast', '*args, **kwargs', () => false);
autocast.namespace.set(
  '__enter__',
  nativeMethod('__enter__', 'self', ({ interpreter, args }) => {
    const self = args.get('self');
    const enabled = self.kind === 'instance' ? self.attributes.get('enabled') : undefined;
    enterAutocast(interpreter, enabled?.kind !== 'bool' || enabled.value);
    return self;
  }),
);
autocast.namespace.set(
  '__exit__',
  nativeMethod('__exit__', 'self, *args', ({ interpreter }) => {
    leaveAutocast(interpreter);
    return none;
  }),
);
autocast.namespace.set(
  '__call__',
  nativeMethod('__call__', 'self, func', ({ interpreter, args }) => {
    openAutocast(interpreter);
    return args.get('func');
  }),
);
const profile = mode('profile', '*args, **kwargs', () => false);

deviceClass.namespace.set(
  '__str__',
  nativeMethod('__str__', 'self', ({ args }) => {
    const self = args.get('self');
    return (self.kind === 'instance' ? self.attributes.get('type') : undefined) ?? unknown(undefined, 'str');
  }),
);
deviceClass.namespace.set(
  '__eq__',
  nativeMethod('__eq__', 'self, other', () => unknown(undefined, 'bool')),
);
deviceClass.namespace.set(
  '__enter__',
  nativeMethod('__enter__', 'self', ({ args }) => args.get('self')),
);
deviceClass.namespace.set(
  '__exit__',
  nativeMethod('__exit__', 'self, *args', () => none),
);

/** `torch.device('cuda:0')`. */
const makeDevice = nativeFunction('device', 'type=None, index=None', ({ args }) => {
  const given = args.get('type');
  if (given.kind === 'instance') return given;
  const [type, index] = (args.str('type') ?? '').split(':');
  return deviceObject(type === '' ? undefined : type, index === undefined ? args.get('index') : int(Number(index)));
});

/** torch.autograd.Function: `apply` runs the program's own `forward` with a context that keeps anything. */
const contextClass = nativeClass({
  name: 'FunctionCtx',
  qualifiedName: 'torch.autograd.function.FunctionCtx',
  members: {
    ...Object.fromEntries(
      ['save_for_backward', 'mark_dirty', 'mark_non_differentiable', 'set_materialize_grads', 'save_for_forward'].map((name) => [
        name,
        nativeMethod(name, 'self, *args', () => none),
      ]),
    ),
  },
});
const functionClass = nativeClass({
  name: 'Function',
  qualifiedName: 'torch.autograd.Function',
  members: {
    apply: {
      kind: 'classmethod',
      callable: nativeFunction('apply', undefined, (call) => {
        const [cls, ...positional] = call.args.raw.positional;
        if (cls?.value.kind !== 'class') return unknown();
        const forward = lookUpInClass(cls.value, 'forward')?.value;
        if (forward === undefined) return unknown();
        const hasSetup = lookUpInClass(cls.value, 'setup_context') !== undefined;
        const context = { value: instance(contextClass), place: undefined };
        return call.interpreter.call(
          forward.kind === 'staticmethod' ? forward.callable : forward,
          { ...call.args.raw, positional: hasSetup ? positional : [context, ...positional] },
          call.place,
        );
      }),
    },
  },
});

/** `checkpoint(function, *args)`: the function called now. */
const checkpoint = nativeFunction('checkpoint', undefined, (call) => {
  const [callee, ...positional] = call.args.raw.positional;
  const own = new Set(['use_reentrant', 'preserve_rng_state', 'context_fn', 'determinism_check', 'debug', 'early_stop']);
  return callee === undefined
    ? unknown()
    : call.interpreter.call(
        callee.value,
        { ...call.args.raw, positional, keywords: call.args.raw.keywords.filter((keyword) => !own.has(keyword.name)) },
        call.place,
      );
});

/** `torch.jit.trace(model, inputs)`: the model, called once on the example. */
const traceModule = nativeFunction('trace', 'func, example_inputs=None, *args, **kwargs', (call) => {
  const [callee, inputs] = [call.args.get('func'), call.args.get('example_inputs')];
  if (inputs.kind !== 'none')
    call.interpreter.call(callee, argumentsOf(inputs.kind === 'tuple' || inputs.kind === 'list' ? inputs.items : [inputs]), call.place);
  return callee;
});

function assertion(call: NativeCall): Value {
  if (call.interpreter.truth(call.args.get('condition'), call.place) === false)
    call.interpreter.raise('AssertionError', message('{text}', { text: call.args.str('message') ?? '' }), call.place);
  return none;
}

/** The gradients have the shapes of what they are taken with respect to. */
const gradients = nativeFunction(
  'grad',
  'outputs, inputs, grad_outputs=None, retain_graph=None, create_graph=False, only_inputs=True, allow_unused=None, is_grads_batched=False, materialize_grads=False',
  ({ args }) =>
    args.get('inputs').kind === 'unknown'
      ? unknown()
      : tuple(tensorsIn([args.get('inputs')]).map((one) => ({ ...withoutParameter(one), range: undefined, contents: undefined }))),
);

const scaler = nativeClass({
  name: 'GradScaler',
  qualifiedName: 'torch.amp.GradScaler',
  constructSignature: '*args, **kwargs',
  construct: ({ place }) => instance(scaler, { place }),
  members: {
    scale: nativeMethod('scale', 'self, outputs', ({ args }) => args.get('outputs')),
    step: nativeMethod('step', 'self, optimizer, *args, **kwargs', ({ interpreter, args, place }) => {
      recordTraining(interpreter, 'step', args.get('optimizer'), place);
      return none;
    }),
    ...Object.fromEntries(['unscale_', 'update', 'load_state_dict'].map((name) => [name, nativeMethod(name, 'self, *args, **kwargs', () => none)])),
    ...Object.fromEntries(['get_scale', 'is_enabled', 'state_dict'].map((name) => [name, nativeMethod(name, 'self', () => unknown())])),
  },
});

const generatorClass = nativeClass({
  name: 'Generator',
  qualifiedName: 'torch.Generator',
  constructSignature: 'device=None',
  construct: ({ place }) => instance(generatorClass, { place }),
  members: {
    manual_seed: nativeMethod('manual_seed', 'self, seed', ({ args }) => args.get('self')),
    initial_seed: nativeMethod('initial_seed', 'self', () => unknown(undefined, 'int')),
    seed: nativeMethod('seed', 'self', () => unknown(undefined, 'int')),
  },
});

const queries = [
  'is_available',
  'is_initialized',
  'is_built',
  'is_bf16_supported',
  'is_nccl_available',
  'is_gloo_available',
  'is_mpi_available',
  'is_torchelastic_launched',
];
const counts = [
  'device_count',
  'current_device',
  'memory_allocated',
  'max_memory_allocated',
  'memory_reserved',
  'max_memory_reserved',
  'get_rank',
  'get_world_size',
  'get_local_rank',
];
const emptyActions = [
  'synchronize',
  'empty_cache',
  'manual_seed',
  'manual_seed_all',
  'seed',
  'seed_all',
  'set_device',
  'reset_peak_memory_stats',
  'reset_max_memory_allocated',
  'init',
  'ipc_collect',
  'set_rng_state',
  'set_per_process_memory_fraction',
];
const deviceMembers = (): Record<string, Value> => ({
  ...legacyTensors(),
  ...unknowns(queries, 'bool'),
  ...unknowns(counts, 'int'),
  ...silent(emptyActions),
  ...unknowns([
    'get_device_name',
    'get_device_properties',
    'get_device_capability',
    'Event',
    'Stream',
    'stream',
    'current_stream',
    'default_stream',
    'mem_get_info',
    'memory_summary',
    'memory_stats',
    'get_rng_state',
  ]),
  default_generators: unknown(),
  OutOfMemoryError: unknown(),
});

const jitMembers = (): Record<string, Value> => ({
  ...Object.fromEntries(
    [
      'script',
      'ignore',
      'unused',
      'export',
      'freeze',
      'optimize_for_inference',
      'script_method',
      'interface',
      'fork',
      'wait',
      'script_if_tracing',
    ].map((name) => [name, identity(name)]),
  ),
  trace: traceModule,
  trace_module: traceModule,
  annotate: nativeFunction('annotate', 'the_type, the_value', ({ args }) => args.get('the_value')),
  ...replayable(constants(['is_scripting', 'is_tracing'], bool(false))),
  ...unknowns(['load', 'isinstance']),
  ...silent(['save', 'enable_onednn_fusion', 'set_fusion_strategy']),
  Final: builtinObject,
  ScriptModule: unknown(),
  Attribute: nativeFunction('Attribute', 'value, type', ({ args }) => args.get('value')),
});

export const programMembers = (): Record<string, Value> => ({
  no_grad: noGrad,
  enable_grad: enableGrad,
  inference_mode: inferenceMode,
  set_grad_enabled: setGradEnabled,
  autocast,
  device: makeDevice,
  Generator: generatorClass,
  compile: identity('compile'),
  typename: nativeFunction('typename', 'obj', () => unknown(undefined, 'str')),
  ...silent([
    'manual_seed',
    'seed',
    'save',
    'use_deterministic_algorithms',
    'set_num_threads',
    'set_num_interop_threads',
    'set_printoptions',
    'set_float32_matmul_precision',
    'set_default_device',
    'set_rng_state',
    'set_deterministic_debug_mode',
    'set_flush_denormal',
    'set_autocast_gpu_dtype',
    'set_autocast_cpu_dtype',
    'set_autocast_dtype',
    'set_autocast_cache_enabled',
    '_check',
    '_check_is_size',
    '_check_value',
  ]),
  ...unknowns([
    'load',
    'get_rng_state',
    'initial_seed',
    'get_num_threads',
    'get_default_device',
    'get_autocast_dtype',
    'get_autocast_gpu_dtype',
    'get_autocast_cpu_dtype',
    'get_device_module',
  ]),
  ...constants(
    [
      'is_grad_enabled',
      'is_inference_mode_enabled',
      'is_autocast_enabled',
      'is_autocast_cpu_enabled',
      'cudnn_is_available',
      'are_deterministic_algorithms_enabled',
      'is_vulkan_available',
    ],
    unknown(undefined, 'bool'),
  ),
  ...Object.fromEntries(
    ['set_autocast_enabled', 'set_autocast_cpu_enabled'].map((name) => [
      name,
      nativeFunction(name, '*args, **kwargs', ({ interpreter }) => {
        openAutocast(interpreter);
        return none;
      }),
    ]),
  ),
  _assert: nativeFunction('_assert', 'condition, message=None', assertion),
  vmap: vectorized,
  jagged: unknown(),
  ByteStorage: unknown(),
  Storage: unknown(),
  FloatStorage: unknown(),
  LongStorage: unknown(),
  classes: unknown(),
  __version__: str('2.13.0'),
  version: unknown(),
  strided: unknown(),
  sparse_coo: unknown(),
  sparse_csr: unknown(),
  contiguous_format: unknown(),
  channels_last: unknown(),
  channels_last_3d: unknown(),
  preserve_format: unknown(),
  SymInt: builtinObject,
  SymBool: builtinObject,
  SymFloat: builtinObject,
});

const writerClass = nativeClass({
  name: 'SummaryWriter',
  qualifiedName: 'torch.utils.tensorboard.SummaryWriter',
  constructSignature: '*args, **kwargs',
  construct: ({ place }) => instance(writerClass, { place }),
  members: {
    ...Object.fromEntries(
      [
        'add_scalar',
        'add_scalars',
        'add_image',
        'add_images',
        'add_figure',
        'add_histogram',
        'add_text',
        'add_embedding',
        'add_hparams',
        'add_pr_curve',
        'add_video',
        'add_audio',
        'add_mesh',
        'flush',
        'close',
      ].map((name) => [name, nativeMethod(name, 'self, *args, **kwargs', () => none)]),
    ),
    // It runs the model once on the example.
    add_graph: nativeMethod('add_graph', 'self, model, input_to_model=None, *args, **kwargs', ({ interpreter, args, place }) => {
      const [model, input] = [args.get('model'), args.get('input_to_model')];
      if (isModule(model) && input.kind !== 'none')
        interpreter.call(model, argumentsOf(input.kind === 'tuple' || input.kind === 'list' ? input.items : [input]), place);
      return none;
    }),
    __enter__: nativeMethod('__enter__', 'self', ({ args }) => args.get('self')),
    __exit__: nativeMethod('__exit__', 'self, *args', () => none),
  },
});

/** Switches of the libraries underneath: what they are set to depends on the machine, and on no shape. */
const switches = (names: readonly string[]): Record<string, Value> => Object.fromEntries(names.map((name) => [name, unknown(undefined, 'bool')]));
const backendModules: Catalogue['modules'] = {
  'torch.backends': () => ({}),
  'torch.backends.cudnn': () => ({
    ...unknowns(['is_available', 'version', 'flags', 'is_acceptable', 'set_flags']),
    ...switches(['benchmark', 'deterministic', 'enabled', 'allow_tf32']),
    benchmark_limit: unknown(undefined, 'int'),
    fp32_precision: unknown(undefined, 'str'),
  }),
  'torch.backends.mps': () => unknowns(queries, 'bool'),
  'torch.backends.mkldnn': () => ({ ...unknowns(queries, 'bool'), ...switches(['enabled', 'deterministic']) }),
  'torch.backends.mkl': () => unknowns(queries, 'bool'),
  'torch.backends.openmp': () => unknowns(queries, 'bool'),
  'torch.backends.cpu': () => unknowns(['get_cpu_capability'], 'str'),
  'torch.backends.quantized': () => ({ engine: unknown(undefined, 'str'), supported_engines: unknown() }),
  'torch.backends.opt_einsum': () => ({ ...unknowns(queries, 'bool'), ...switches(['enabled']), strategy: unknown() }),
  'torch.backends.cuda': () => ({
    ...unknowns([
      ...queries,
      'sdp_kernel',
      'flash_sdp_enabled',
      'mem_efficient_sdp_enabled',
      'math_sdp_enabled',
      'cudnn_sdp_enabled',
      'can_use_flash_attention',
      'preferred_linalg_library',
      'preferred_blas_library',
    ]),
    ...silent(['enable_flash_sdp', 'enable_mem_efficient_sdp', 'enable_math_sdp', 'enable_cudnn_sdp', 'allow_fp16_bf16_reduction_math_sdp']),
    cufft_plan_cache: unknown(),
  }),
  'torch.backends.cuda.matmul': () => ({
    ...switches(['allow_tf32', 'allow_fp16_reduced_precision_reduction', 'allow_bf16_reduced_precision_reduction', 'allow_fp16_accumulation']),
    fp32_precision: unknown(undefined, 'str'),
  }),
};

/** `torch.hub.load('pytorch/vision:v0.10.0', 'resnet18', pretrained=True)` calls the builder of that name. */
const hubOnly: ReadonlySet<string> = new Set(['source', 'trust_repo', 'force_reload', 'verbose', 'skip_validation']);
const hubLoad = nativeFunction('load', 'repo_or_dir, model, *args, **kwargs', (call) => {
  const [repository, model] = [call.args.str('repo_or_dir'), call.args.str('model')];
  if (repository === undefined || model === undefined || repository.split(':')[0] !== 'pytorch/vision') return unknown();
  const models = call.interpreter.importModule('torchvision.models', call.place);
  const builder = models.kind === 'module' ? call.interpreter.lookUpAttribute(models, model, call.place) : undefined;
  if (builder === undefined) return unknown();
  const keywords = call.args.restKeywords.filter(({ name }) => !hubOnly.has(name));
  return call.interpreter.call(builder, { ...call.args.raw, positional: call.args.rest, keywords }, call.place);
});

/** `symbolic_trace(module)`: another module that computes the same. */
const symbolicTrace = nativeFunction('symbolic_trace', 'root, concrete_args=None', ({ args }) => args.get('root'));

/** `spawn(function, args, nprocs)`: the function runs in each process, told which one it is. */
const spawn = nativeFunction('spawn', "fn, args=(), nprocs=1, join=True, daemon=False, start_method='spawn'", ({ interpreter, args, place }) => {
  const given = args.get('args');
  if (given.kind === 'tuple' || (given.kind === 'list' && !given.open))
    interpreter.call(args.get('fn'), argumentsOf([unknown(undefined, 'int'), ...given.items]), place);
  return none;
});

export const programModules: Catalogue['modules'] = {
  'torch.cuda': deviceMembers,
  'torch.mps': deviceMembers,
  'torch.xpu': deviceMembers,
  'torch.cpu': deviceMembers,
  'torch.mtia': deviceMembers,
  'torch.accelerator': () => ({
    ...deviceMembers(),
    ...unknowns(['current_accelerator', 'current_device_index']),
    ...silent(['set_device_index', 'set_device_idx']),
    device_index: mode('device_index', '*args, **kwargs', () => false),
  }),
  'torch.cuda.amp': () => ({ autocast, GradScaler: scaler, custom_fwd: identity('custom_fwd'), custom_bwd: identity('custom_bwd') }),
  'torch.cuda.amp.grad_scaler': () => ({ GradScaler: scaler }),
  'torch.cuda.nccl': () => unknowns(['version']),
  'torch.amp': () => ({ autocast, GradScaler: scaler, custom_fwd: identity('custom_fwd'), custom_bwd: identity('custom_bwd') }),
  'torch.cpu.amp': () => ({ autocast }),
  'torch.jit': jitMembers,
  'torch.jit.annotations': () => ({ List: unknown(), Dict: unknown(), Optional: unknown(), Tuple: unknown() }),
  'torch.autograd': () => ({
    Function: functionClass,
    Variable: identity('Variable'),
    grad: gradients,
    set_detect_anomaly: mode('set_detect_anomaly', 'mode', () => false),
    detect_anomaly: mode('detect_anomaly', '*args, **kwargs', () => false),
    ...silent(['backward']),
    ...unknowns(['gradcheck', 'gradgradcheck']),
    no_grad: noGrad,
    enable_grad: enableGrad,
    inference_mode: inferenceMode,
    set_grad_enabled: setGradEnabled,
  }),
  'torch.autograd.function': () => ({ Function: functionClass, FunctionCtx: contextClass, once_differentiable: identity('once_differentiable') }),
  'torch.autograd.functional': functionalDerivatives,
  'torch.func': transformationMembers,
  'torch._functorch': transformationMembers,
  functorch: transformationMembers,
  'torch.optim.swa_utils': averagingMembers,
  'torch.autograd.profiler': () => ({ profile, record_function: profile }),
  'torch.profiler': () => ({
    profile,
    record_function: profile,
    ...unknowns(['schedule', 'tensorboard_trace_handler', 'supported_activities']),
    ProfilerActivity: unknown(),
    ProfilerAction: unknown(),
    ExecutionTraceObserver: unknown(),
  }),
  ...backendModules,
  'torch.nn.attention': () => ({ sdpa_kernel: mode('sdpa_kernel', '*args, **kwargs', () => false), SDPBackend: unknown() }),
  ...distributedModules,
  'torch.onnx': () => ({
    export: nativeFunction('export', 'model, args=(), *others, **kwargs', ({ interpreter, args, place }) => {
      const [model, inputs] = [args.get('model'), args.get('args')];
      if (isModule(model)) interpreter.call(model, argumentsOf(inputs.kind === 'tuple' ? inputs.items : [inputs]), place);
      return none;
    }),
    ...constants(['is_in_onnx_export'], bool(false)),
  }),
  'torch.fx': () => ({
    wrap: identity('wrap'),
    symbolic_trace: symbolicTrace,
    ...unknowns(['replace_pattern']),
    Tracer: unknown(),
    Graph: unknown(),
    GraphModule: unknown(),
    Node: unknown(),
    Proxy: unknown(),
    Interpreter: unknown(),
    Transformer: unknown(),
  }),
  'torch.fx.node': () => unknowns(['map_arg', 'map_aggregate']),
  'torch.fx.proxy': () => ({ GraphAppendingTracer: unknown(), Proxy: unknown() }),
  'torch.fx.experimental.optimization': () => ({ ...unknowns(['fuse']) }),
  'torch.compiler': () => ({
    disable: identity('disable'),
    allow_in_graph: identity('allow_in_graph'),
    ...constants(['is_compiling', 'is_dynamo_compiling', 'is_exporting'], bool(false)),
    ...silent(['reset', 'cudagraph_mark_step_begin']),
  }),
  'torch._dynamo.config': () => ({ suppress_errors: unknown(), verbose: unknown(), cache_size_limit: unknown() }),
  'torch._dynamo': () => ({
    disable: identity('disable'),
    allow_in_graph: identity('allow_in_graph'),
    ...constants(['is_compiling'], bool(false)),
    ...silent(['reset', 'mark_dynamic']),
  }),
  'torch.overrides': () => ({
    ...constants(['has_torch_function', 'has_torch_function_unary', 'has_torch_function_variadic', 'is_tensor_like'], bool(false)),
    ...unknowns(['handle_torch_function']),
  }),
  'torch.utils.checkpoint': () => ({
    checkpoint,
    checkpoint_sequential: nativeFunction(
      'checkpoint_sequential',
      'functions, segments, input, use_reentrant=None, **kwargs',
      ({ interpreter, args, place }) => {
        const functions = args.get('functions');
        if (isModule(functions)) return interpreter.call(functions, argumentsOf([args.get('input')]), place);
        let value = args.get('input');
        for (const one of interpreter.iterate(functions, place).items) value = interpreter.call(one, argumentsOf([value]), place);
        return value;
      },
    ),
  }),
  'torch.utils.model_zoo': () => unknowns(['load_url']),
  'torch.utils.tensorboard': () => ({ SummaryWriter: writerClass }),
  'torch.utils.tensorboard.writer': () => ({ SummaryWriter: writerClass }),
  tensorboardX: () => ({ SummaryWriter: writerClass }),
  'torch.hub': () => ({
    load: hubLoad,
    ...unknowns(['load_state_dict_from_url', 'list', 'help', 'get_dir', '_get_torch_home', 'urlparse']),
    ...silent(['set_dir', 'download_url_to_file', '_download_url_to_file']),
    HASH_REGEX: unknown(),
  }),
  'torch.multiprocessing': () => ({
    spawn,
    start_processes: spawn,
    ...silent(['set_start_method', 'set_sharing_strategy', 'freeze_support']),
    ...unknowns(['Process', 'Queue', 'Pool', 'cpu_count', 'get_context', 'Manager', 'Value', 'Lock']),
  }),
  'torch._C': () => ({
    ...replayable(silent(['_log_api_usage_once'])),
    ...silent(['_jit_set_profiling_executor', '_jit_set_profiling_mode']),
    ...unknowns(['Generator', '_get_accelerator']),
    ...constants(['_is_tracing', '_get_tracing_state'], unknown()),
  }),
  'torch.testing': () => ({ ...silent(['assert_close', 'assert_allclose']), ...unknowns(['make_tensor']) }),
  'torch.serialization': () => ({
    safe_globals: mode('safe_globals', '*args, **kwargs', () => false),
    ...silent(['add_safe_globals', 'clear_safe_globals']),
    ...unknowns(['get_unsafe_globals_in_checkpoint', 'get_safe_globals', 'load']),
  }),
  'torch.library': () => ({
    custom_op: identity('custom_op'),
    register_fake: identity('register_fake'),
    register_kernel: identity('register_kernel'),
    ...unknowns(['Library', 'triton_op', 'wrap_triton']),
    impl: identity('impl'),
  }),
  'torch.nested': () => unknowns(['nested_tensor', 'as_nested_tensor', 'to_padded_tensor', 'narrow', 'nested_tensor_from_jagged']),
  'torch.utils._pytree': () => unknowns(['tree_flatten', 'tree_unflatten', 'tree_map', 'tree_leaves']),
  'torch.types': () => ({ Device: unknown(), Number: unknown(), _size: unknown() }),
  'torch.random': () => ({ ...silent(['manual_seed', 'set_rng_state', 'seed']), ...unknowns(['get_rng_state', 'initial_seed', 'fork_rng']) }),
};
