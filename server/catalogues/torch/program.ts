// What surrounds tensors and modules in a PyTorch program: modes of gradients, devices, compilation, saving, distribution. None of it
// changes a shape; most of it does nothing here. It must not know operations.
import { argumentsOf } from '../../values/arguments.ts';
import { builtinObject, lookUpInClass, nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import { message } from '../../values/place.ts';
import type { ClassValue, InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { bool, instance, int, none, str, tuple, unknown } from '../../values/value.ts';
import type { Catalogue } from '../catalogue.ts';
import { tensorsIn } from '../arrays/library.ts';
import { deviceClass } from './library.ts';
import { beginModule, makeModuleClass } from './module-class.ts';
import { isModule, registerMember } from './module-state.ts';
import { withoutParameter } from './parameters.ts';
import { deviceObject } from './tensor.ts';
import { enterAutocast, leaveAutocast, openAutocast } from './precision.ts';
import { recordTraining } from './training-events.ts';
import { legacyTensors } from './operations/creation.ts';

/** Functions that hand their first argument on, also as decorators with or without arguments. */
function identity(name: string): Value {
  return nativeFunction(name, undefined, (call) => {
    const first = call.args.rest[0]?.value;
    if (first === undefined || first.kind === 'str' || first.kind === 'bool') return nativeFunction(name, 'fn', ({ args }) => args.get('fn'));
    return first;
  });
}
function silent(names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, nativeFunction(name, '*args, **kwargs', () => none)]));
}
function unknowns(names: readonly string[], type?: string): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, nativeFunction(name, '*args, **kwargs', () => unknown(undefined, type))]));
}
function constants(names: readonly string[], value: Value): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, nativeFunction(name, '*args, **kwargs', () => value)]));
}

/** A context manager that is a decorator as well: `with torch.no_grad():`, `@torch.no_grad()`, `@torch.no_grad`. */
function mode(name: string, signature: string, stopsGradients: (self: InstanceValue) => boolean): ClassValue {
  const cls: ClassValue = nativeClass({
    name, qualifiedName: `torch.${name}`, constructSignature: signature,
    construct: ({ args, place }) => {
      const first = args.raw.positional[0]?.value;
      // Used as a decorator without being called.
      if (first?.kind === 'function' || first?.kind === 'bound-method') return first;
      const made = instance(cls, { place });
      const enabled = args.raw.keywords.find((keyword) => keyword.name === 'enabled') ?? args.raw.positional.find(({ value }) => value.kind === 'bool');
      if (enabled !== undefined) made.attributes.set('enabled', enabled.value);
      made.attributes.set('mode', first ?? args.raw.keywords[0]?.value ?? bool(true));
      return made;
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
      __call__: nativeMethod('__call__', 'self, func', ({ args }) => args.get('func')),
    },
  });
  return cls;
}
const isOff = (self: InstanceValue): boolean => { const value = self.attributes.get('mode'); return value?.kind === 'bool' && !value.value; };
const isOn = (self: InstanceValue): boolean => { const value = self.attributes.get('mode'); return value?.kind !== 'bool' || value.value; };

const noGrad = mode('no_grad', '*args, **kwargs', () => true);
const enableGrad = mode('enable_grad', '*args, **kwargs', () => false);
const inferenceMode = mode('inference_mode', 'mode=True', isOn);
const setGradEnabled = mode('set_grad_enabled', 'mode', isOff);
const autocast = mode('autocast', '*args, **kwargs', () => false);
autocast.namespace.set('__enter__', nativeMethod('__enter__', 'self', ({ interpreter, args }) => {
  const self = args.get('self');
  const enabled = self.kind === 'instance' ? self.attributes.get('enabled') : undefined;
  enterAutocast(interpreter, enabled?.kind !== 'bool' || enabled.value);
  return self;
}));
autocast.namespace.set('__exit__', nativeMethod('__exit__', 'self, *args', ({ interpreter }) => { leaveAutocast(interpreter); return none; }));
autocast.namespace.set('__call__', nativeMethod('__call__', 'self, func', ({ interpreter, args }) => { openAutocast(interpreter); return args.get('func'); }));
const profile = mode('profile', '*args, **kwargs', () => false);

deviceClass.namespace.set('__str__', nativeMethod('__str__', 'self', ({ args }) => { const self = args.get('self'); return (self.kind === 'instance' ? self.attributes.get('type') : undefined) ?? unknown(undefined, 'str'); }));
deviceClass.namespace.set('__eq__', nativeMethod('__eq__', 'self, other', () => unknown(undefined, 'bool')));
deviceClass.namespace.set('__enter__', nativeMethod('__enter__', 'self', ({ args }) => args.get('self')));
deviceClass.namespace.set('__exit__', nativeMethod('__exit__', 'self, *args', () => none));

/** `torch.device('cuda:0')`. */
const makeDevice = nativeFunction('device', 'type=None, index=None', ({ args }) => {
  const given = args.get('type');
  if (given.kind === 'instance') return given;
  const [type, index] = (args.str('type') ?? '').split(':');
  return deviceObject(type === '' ? undefined : type, index === undefined ? args.get('index') : int(Number(index)));
});

/** `torch.nn.DataParallel(model)` and its kin: a module around another one. */
function parallel(name: string, signature: string): ClassValue {
  return makeModuleClass(name, {
    __init__: nativeMethod(name, `self, ${signature}`, (call) => {
      const self = call.args.get('self');
      if (self.kind !== 'instance') return none;
      beginModule(call, self);
      registerMember(call.interpreter, self, 'module', call.args.get('module'));
      return none;
    }),
    forward: nativeMethod('forward', 'self, *inputs, **kwargs', (call) => {
      const [self, ...positional] = call.args.raw.positional;
      const module = self?.value.kind === 'instance' ? self.value.attributes.get('module') : undefined;
      return module === undefined ? unknown() : call.interpreter.call(module, { ...call.args.raw, positional }, call.place);
    }),
  });
}
export const parallelClasses: readonly ClassValue[] = [
  parallel('DataParallel', 'module, device_ids=None, output_device=None, dim=0'), parallel('DistributedDataParallel', 'module, *args, **kwargs'), parallel('FullyShardedDataParallel', 'module, *args, **kwargs'),
];

/** torch.autograd.Function: `apply` runs the program's own `forward` with a context that keeps anything. */
const contextClass = nativeClass({
  name: 'FunctionCtx', qualifiedName: 'torch.autograd.function.FunctionCtx',
  members: { ...Object.fromEntries(['save_for_backward', 'mark_dirty', 'mark_non_differentiable', 'set_materialize_grads', 'save_for_forward'].map((name) => [name, nativeMethod(name, 'self, *args', () => none)])) },
});
const functionClass = nativeClass({
  name: 'Function', qualifiedName: 'torch.autograd.Function',
  members: {
    apply: { kind: 'classmethod', callable: nativeFunction('apply', undefined, (call) => {
      const [cls, ...positional] = call.args.raw.positional;
      if (cls?.value.kind !== 'class') return unknown();
      const forward = lookUpInClass(cls.value, 'forward')?.value;
      if (forward === undefined) return unknown();
      const hasSetup = lookUpInClass(cls.value, 'setup_context') !== undefined;
      const context = { value: instance(contextClass), place: undefined };
      return call.interpreter.call(forward.kind === 'staticmethod' ? forward.callable : forward, { ...call.args.raw, positional: hasSetup ? positional : [context, ...positional] }, call.place);
    }) },
  },
});

/** `checkpoint(function, *args)`: the function called now. */
const checkpoint = nativeFunction('checkpoint', undefined, (call) => {
  const [callee, ...positional] = call.args.raw.positional;
  const own = new Set(['use_reentrant', 'preserve_rng_state', 'context_fn', 'determinism_check', 'debug', 'early_stop']);
  return callee === undefined ? unknown() : call.interpreter.call(callee.value, { ...call.args.raw, positional, keywords: call.args.raw.keywords.filter((keyword) => !own.has(keyword.name)) }, call.place);
});

/** `torch.jit.trace(model, inputs)`: the model, called once on the example. */
const traceModule = nativeFunction('trace', 'func, example_inputs=None, *args, **kwargs', (call) => {
  const [callee, inputs] = [call.args.get('func'), call.args.get('example_inputs')];
  if (inputs.kind !== 'none') call.interpreter.call(callee, argumentsOf(inputs.kind === 'tuple' || inputs.kind === 'list' ? inputs.items : [inputs]), call.place);
  return callee;
});

function assertion(call: NativeCall): Value {
  if (call.interpreter.truth(call.args.get('condition'), call.place) === false) call.interpreter.raise('AssertionError', message('{text}', { text: call.args.str('message') ?? '' }), call.place);
  return none;
}

/** The gradients have the shapes of what they are taken with respect to. */
const gradients = nativeFunction('grad', 'outputs, inputs, grad_outputs=None, retain_graph=None, create_graph=False, only_inputs=True, allow_unused=None, is_grads_batched=False, materialize_grads=False', ({ args }) =>
  (args.get('inputs').kind === 'unknown' ? unknown() : tuple(tensorsIn([args.get('inputs')]).map((one) => ({ ...withoutParameter(one), range: undefined, contents: undefined })))));

const scaler = nativeClass({
  name: 'GradScaler', qualifiedName: 'torch.amp.GradScaler', constructSignature: '*args, **kwargs',
  construct: ({ place }) => instance(scaler, { place }),
  members: {
    scale: nativeMethod('scale', 'self, outputs', ({ args }) => args.get('outputs')),
    step: nativeMethod('step', 'self, optimizer, *args, **kwargs', ({ interpreter, args, place }) => { recordTraining(interpreter, 'step', args.get('optimizer'), place); return none; }),
    ...Object.fromEntries(['unscale_', 'update', 'load_state_dict'].map((name) => [name, nativeMethod(name, 'self, *args, **kwargs', () => none)])),
    ...Object.fromEntries(['get_scale', 'is_enabled', 'state_dict'].map((name) => [name, nativeMethod(name, 'self', () => unknown())])),
  },
});

const generatorClass = nativeClass({
  name: 'Generator', qualifiedName: 'torch.Generator', constructSignature: 'device=None', construct: ({ place }) => instance(generatorClass, { place }),
  members: { manual_seed: nativeMethod('manual_seed', 'self, seed', ({ args }) => args.get('self')), initial_seed: nativeMethod('initial_seed', 'self', () => unknown(undefined, 'int')), seed: nativeMethod('seed', 'self', () => unknown(undefined, 'int')) },
});

const queries = ['is_available', 'is_initialized', 'is_built', 'is_bf16_supported', 'is_nccl_available', 'is_gloo_available', 'is_mpi_available', 'is_torchelastic_launched'];
const counts = ['device_count', 'current_device', 'memory_allocated', 'max_memory_allocated', 'memory_reserved', 'max_memory_reserved', 'get_rank', 'get_world_size', 'get_local_rank'];
const emptyActions = [
  'synchronize', 'empty_cache', 'manual_seed', 'manual_seed_all', 'seed', 'seed_all', 'set_device', 'reset_peak_memory_stats', 'reset_max_memory_allocated', 'init', 'ipc_collect', 'set_rng_state', 'set_per_process_memory_fraction',
];
const deviceMembers = (): Record<string, Value> => ({
  ...legacyTensors(),
  ...unknowns(queries, 'bool'), ...unknowns(counts, 'int'), ...silent(emptyActions), ...unknowns(['get_device_name', 'get_device_properties', 'get_device_capability', 'Event', 'Stream', 'stream', 'current_stream', 'default_stream', 'mem_get_info', 'memory_summary', 'memory_stats', 'get_rng_state']),
});

const jitMembers = (): Record<string, Value> => ({
  ...Object.fromEntries(['script', 'ignore', 'unused', 'export', 'freeze', 'optimize_for_inference', 'script_method', 'interface', 'fork', 'wait', 'script_if_tracing'].map((name) => [name, identity(name)])),
  trace: traceModule, trace_module: traceModule, annotate: nativeFunction('annotate', 'the_type, the_value', ({ args }) => args.get('the_value')),
  ...constants(['is_scripting', 'is_tracing'], bool(false)), ...unknowns(['load', 'isinstance']), ...silent(['save', 'enable_onednn_fusion', 'set_fusion_strategy']),
  Final: builtinObject, ScriptModule: unknown(), Attribute: nativeFunction('Attribute', 'value, type', ({ args }) => args.get('value')),
});

export const programMembers = (): Record<string, Value> => ({
  no_grad: noGrad, enable_grad: enableGrad, inference_mode: inferenceMode, set_grad_enabled: setGradEnabled, autocast, device: makeDevice, Generator: generatorClass,
  compile: identity('compile'), typename: nativeFunction('typename', 'obj', () => unknown(undefined, 'str')),
  ...silent(['manual_seed', 'seed', 'save', 'use_deterministic_algorithms', 'set_num_threads', 'set_num_interop_threads', 'set_printoptions', 'set_float32_matmul_precision', 'set_default_device', 'set_rng_state', 'set_deterministic_debug_mode', 'set_flush_denormal', 'set_autocast_gpu_dtype', 'set_autocast_cpu_dtype', 'set_autocast_dtype', 'set_autocast_cache_enabled', '_check', '_check_is_size', '_check_value']),
  ...unknowns(['load', 'get_rng_state', 'initial_seed', 'get_num_threads', 'get_default_device', 'get_autocast_dtype', 'get_autocast_gpu_dtype', 'vmap', 'func_call']),
  ...constants(['is_grad_enabled', 'is_inference_mode_enabled', 'is_autocast_enabled', 'are_deterministic_algorithms_enabled', 'is_vulkan_available'], unknown(undefined, 'bool')),
  ...Object.fromEntries(['set_autocast_enabled', 'set_autocast_cpu_enabled'].map((name) => [name, nativeFunction(name, '*args, **kwargs', ({ interpreter }) => { openAutocast(interpreter); return none; })])),
  _assert: nativeFunction('_assert', 'condition, message=None', assertion),
  __version__: str('2.13.0'), version: unknown(),
  strided: unknown(), sparse_coo: unknown(), sparse_csr: unknown(), contiguous_format: unknown(), channels_last: unknown(), channels_last_3d: unknown(), preserve_format: unknown(),
  SymInt: builtinObject, SymBool: builtinObject, SymFloat: builtinObject,
});

const distributedMembers = (): Record<string, Value> => ({
  ...unknowns(queries, 'bool'), ...unknowns(counts, 'int'), ...silent(['init_process_group', 'destroy_process_group', 'barrier', 'all_reduce', 'reduce', 'broadcast', 'all_gather', 'all_gather_object', 'broadcast_object_list', 'gather', 'scatter', 'send', 'recv', 'reduce_scatter', 'all_to_all', 'all_to_all_single', 'monitored_barrier', 'all_gather_into_tensor', 'reduce_scatter_tensor']),
  ...unknowns(['new_group', 'get_backend', 'isend', 'irecv', 'init_device_mesh', 'ReduceOp', 'get_process_group_ranks']), ...parallelMembers(),
});
/** `data_parallel(module, inputs, device_ids)`: the module called on the inputs, whose parts are put together again. */
const dataParallel = nativeFunction('data_parallel', 'module, inputs, device_ids=None, output_device=None, dim=0, module_kwargs=None', (call) => {
  const inputs = call.args.get('inputs');
  return call.interpreter.call(call.args.get('module'), argumentsOf(inputs.kind === 'tuple' ? inputs.items : [inputs]), call.place);
});

const parallelMembers = (): Record<string, Value> => ({ ...Object.fromEntries(parallelClasses.map((cls) => [cls.name, cls])), data_parallel: dataParallel });

const writerClass = nativeClass({
  name: 'SummaryWriter', qualifiedName: 'torch.utils.tensorboard.SummaryWriter', constructSignature: '*args, **kwargs', construct: ({ place }) => instance(writerClass, { place }),
  members: {
    ...Object.fromEntries(['add_scalar', 'add_scalars', 'add_image', 'add_images', 'add_figure', 'add_histogram', 'add_text', 'add_embedding', 'add_hparams', 'add_pr_curve', 'add_video', 'add_audio', 'add_mesh', 'flush', 'close'].map((name) => [name, nativeMethod(name, 'self, *args, **kwargs', () => none)])),
    // It runs the model once on the example.
    add_graph: nativeMethod('add_graph', 'self, model, input_to_model=None, *args, **kwargs', ({ interpreter, args, place }) => {
      const [model, input] = [args.get('model'), args.get('input_to_model')];
      if (isModule(model) && input.kind !== 'none') interpreter.call(model, argumentsOf(input.kind === 'tuple' || input.kind === 'list' ? input.items : [input]), place);
      return none;
    }),
    __enter__: nativeMethod('__enter__', 'self', ({ args }) => args.get('self')), __exit__: nativeMethod('__exit__', 'self, *args', () => none),
  },
});

export const programModules: Catalogue['modules'] = {
  'torch.cuda': deviceMembers, 'torch.mps': deviceMembers, 'torch.xpu': deviceMembers, 'torch.cpu': deviceMembers, 'torch.mtia': deviceMembers, 'torch.accelerator': () => ({ ...deviceMembers(), ...unknowns(['current_accelerator']) }),
  'torch.cuda.amp': () => ({ autocast, GradScaler: scaler, custom_fwd: identity('custom_fwd'), custom_bwd: identity('custom_bwd') }), 'torch.amp': () => ({ autocast, GradScaler: scaler, custom_fwd: identity('custom_fwd'), custom_bwd: identity('custom_bwd') }), 'torch.cpu.amp': () => ({ autocast }),
  'torch.jit': jitMembers,
  'torch.autograd': () => ({ Function: functionClass, Variable: identity('Variable'), grad: gradients, set_detect_anomaly: mode('set_detect_anomaly', 'mode', () => false), detect_anomaly: mode('detect_anomaly', '*args, **kwargs', () => false), ...silent(['backward']), ...unknowns(['gradcheck', 'gradgradcheck']), no_grad: noGrad, enable_grad: enableGrad, inference_mode: inferenceMode, set_grad_enabled: setGradEnabled }),
  'torch.autograd.function': () => ({ Function: functionClass, FunctionCtx: contextClass, once_differentiable: identity('once_differentiable') }),
  'torch.autograd.functional': () => unknowns(['jacobian', 'hessian', 'vjp', 'jvp', 'vhp', 'hvp']),
  'torch.autograd.profiler': () => ({ profile, record_function: profile }),
  'torch.profiler': () => ({ profile, record_function: profile, ...unknowns(['ProfilerActivity', 'schedule', 'tensorboard_trace_handler']) }),
  'torch.backends': () => ({}), 'torch.backends.cudnn': () => ({ ...unknowns(['is_available', 'version', 'flags', 'is_acceptable']) }), 'torch.backends.mps': () => unknowns(queries, 'bool'), 'torch.backends.cuda': () => unknowns([...queries, 'sdp_kernel', 'enable_flash_sdp', 'enable_mem_efficient_sdp', 'enable_math_sdp', 'flash_sdp_enabled', 'mem_efficient_sdp_enabled']), 'torch.backends.mkldnn': () => unknowns(queries, 'bool'),
  'torch.nn.attention': () => ({ sdpa_kernel: mode('sdpa_kernel', '*args, **kwargs', () => false), SDPBackend: unknown() }),
  'torch.distributed': distributedMembers, 'torch.nn.parallel': parallelMembers, 'torch.nn.parallel.distributed': parallelMembers,
  'torch.onnx': () => ({ export: nativeFunction('export', 'model, args=(), *others, **kwargs', ({ interpreter, args, place }) => {
    const [model, inputs] = [args.get('model'), args.get('args')];
    if (isModule(model)) interpreter.call(model, argumentsOf(inputs.kind === 'tuple' ? inputs.items : [inputs]), place);
    return none;
  }), ...constants(['is_in_onnx_export'], bool(false)) }),
  'torch.fx': () => ({ wrap: identity('wrap'), ...unknowns(['symbolic_trace', 'Tracer', 'Graph', 'GraphModule', 'Node']) }),
  'torch.compiler': () => ({ disable: identity('disable'), allow_in_graph: identity('allow_in_graph'), ...constants(['is_compiling', 'is_dynamo_compiling', 'is_exporting'], bool(false)), ...silent(['reset', 'cudagraph_mark_step_begin']) }),
  'torch._dynamo': () => ({ disable: identity('disable'), allow_in_graph: identity('allow_in_graph'), ...constants(['is_compiling'], bool(false)), ...silent(['reset', 'mark_dynamic']) }),
  'torch.overrides': () => ({ ...constants(['has_torch_function', 'has_torch_function_unary', 'has_torch_function_variadic', 'is_tensor_like'], bool(false)), ...unknowns(['handle_torch_function']) }),
  'torch.utils.checkpoint': () => ({ checkpoint, checkpoint_sequential: nativeFunction('checkpoint_sequential', 'functions, segments, input, use_reentrant=None, **kwargs', ({ interpreter, args, place }) => {
    const functions = args.get('functions');
    if (isModule(functions)) return interpreter.call(functions, argumentsOf([args.get('input')]), place);
    let value = args.get('input');
    for (const one of interpreter.iterate(functions, place).items) value = interpreter.call(one, argumentsOf([value]), place);
    return value;
  }) }),
  'torch.utils.model_zoo': () => unknowns(['load_url']),
  'torch.utils.tensorboard': () => ({ SummaryWriter: writerClass }), 'tensorboardX': () => ({ SummaryWriter: writerClass }),
  'torch.hub': () => ({ ...unknowns(['load_state_dict_from_url', 'load', 'list', 'help', 'get_dir']), ...silent(['set_dir', 'download_url_to_file']) }),
  'torch.multiprocessing': () => ({ ...silent(['spawn', 'set_start_method', 'set_sharing_strategy', 'freeze_support']), ...unknowns(['Process', 'Queue', 'Pool', 'cpu_count', 'get_context', 'Manager', 'Value', 'Lock']) }),
  'torch._C': () => ({ ...silent(['_log_api_usage_once', '_jit_set_profiling_executor', '_jit_set_profiling_mode']), ...unknowns(['Generator']) }),
  'torch.types': () => ({ Device: unknown(), Number: unknown(), _size: unknown() }),
  'torch.random': () => ({ ...silent(['manual_seed', 'set_rng_state', 'seed']), ...unknowns(['get_rng_state', 'initial_seed', 'fork_rng']) }),
};
