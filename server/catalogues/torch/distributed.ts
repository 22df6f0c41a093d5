// torch.distributed and what is built on it. Which process this is and how many there are depends on the launch, so it is not known; wrappers
// hand on what they wrap; calls on other processes run here, as they would there. It must not know operations.
import { noteHandedOut } from '../../values/handing-out.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import { openInstance } from '../../values/attribute-dict.ts';
import { registerHandingOut } from '../../values/handing-out.ts';
import { setInstanceAttribute } from '../../values/heap.ts';
import type { ClassValue, NativeCall, Value } from '../../values/value.ts';
import { instance, none, unknown } from '../../values/value.ts';
import type { Catalogue } from '../catalogue.ts';
import { beginModule, makeModuleClass } from './module-class.ts';
import { registerMember } from './module-state.ts';
import { silent, unknowns } from './quiet-members.ts';

/** What the function is given first comes out again, wrapped in something that shows no other shape. */
function handingOn(names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, nativeFunction(name, '*args, **kwargs', ({ args }) => args.rest[0]?.value ?? unknown())]));
}
/** Classes of settings: they keep what they are given. */
function settings(names: readonly string[], module: string): Record<string, Value> {
  return Object.fromEntries(
    names.map((name) => [
      name,
      nativeClass({
        name,
        qualifiedName: `${module}.${name}`,
        members: {
          __init__: nativeMethod(name, 'self, *args, **kwargs', ({ args }) => {
            const self = args.get('self');
            for (const one of args.restKeywords) if (self.kind === 'instance') setInstanceAttribute(self, one.name, one.value);
            return none;
          }),
        },
      }),
    ]),
  );
}

const contextClass = (name: string): ClassValue =>
  nativeClass({
    name,
    qualifiedName: `torch.distributed.${name}`,
    members: {
      __init__: nativeMethod(name, 'self, *args, **kwargs', () => none),
      __enter__: nativeMethod('__enter__', 'self', () => unknown()),
      __exit__: nativeMethod('__exit__', 'self, *args', () => none),
    },
  });
const shardedContext = contextClass('state_dict_type');

/** `torch.nn.DataParallel(model)` and its kin: a module around another one. */
function parallel(name: string, signature: string, members: Readonly<Record<string, Value>> = {}): ClassValue {
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
    ...members,
  });
}
const noSync = nativeMethod('no_sync', 'self', () => instance(shardedContext));
const shardedClass = parallel('FullyShardedDataParallel', 'module, *args, **kwargs', {
  no_sync: noSync,
  clip_grad_norm_: nativeMethod('clip_grad_norm_', 'self, max_norm, norm_type=2.0', () => unknown()),
  state_dict_type: { kind: 'staticmethod', callable: nativeFunction('state_dict_type', '*args, **kwargs', () => instance(shardedContext)) },
  ...Object.fromEntries(
    [
      'set_state_dict_type',
      'optim_state_dict',
      'full_optim_state_dict',
      'sharded_optim_state_dict',
      'scatter_full_optim_state_dict',
      'shard_full_optim_state_dict',
      'optim_state_dict_to_load',
      'rekey_optim_state_dict',
      'summon_full_params',
      'fsdp_modules',
    ].map((name) => [name, { kind: 'staticmethod', callable: nativeFunction(name, '*args, **kwargs', () => unknown()) } satisfies Value]),
  ),
});
export const parallelClasses: readonly ClassValue[] = [
  parallel('DataParallel', 'module, device_ids=None, output_device=None, dim=0'),
  parallel('DistributedDataParallel', 'module, *args, **kwargs', { no_sync: noSync }),
  shardedClass,
];

/** `data_parallel(module, inputs, device_ids)`: the module called on the inputs, whose parts are put together again. */
const dataParallel = nativeFunction('data_parallel', 'module, inputs, device_ids=None, output_device=None, dim=0, module_kwargs=None', (call) => {
  const inputs = call.args.get('inputs');
  return call.interpreter.call(call.args.get('module'), argumentsOf(inputs.kind === 'tuple' ? inputs.items : [inputs]), call.place);
});
const parallelMembers = (): Record<string, Value> => ({
  ...Object.fromEntries(parallelClasses.map((cls) => [cls.name, cls])),
  data_parallel: dataParallel,
});

const questions = [
  'is_available',
  'is_initialized',
  'is_nccl_available',
  'is_gloo_available',
  'is_mpi_available',
  'is_xccl_available',
  'is_ucc_available',
  'is_torchelastic_launched',
  'is_backend_available',
];
const collectives = [
  'init_process_group',
  'destroy_process_group',
  'barrier',
  'all_reduce',
  'reduce',
  'broadcast',
  'all_gather',
  'all_gather_object',
  'broadcast_object_list',
  'gather',
  'scatter',
  'send',
  'recv',
  'reduce_scatter',
  'all_to_all',
  'all_to_all_single',
  'monitored_barrier',
  'all_gather_into_tensor',
  'reduce_scatter_tensor',
  'gather_object',
  'scatter_object_list',
  'breakpoint',
];
const distributedMembers = (): Record<string, Value> => ({
  ...unknowns(questions, 'bool'),
  ...unknowns(['get_rank', 'get_world_size', 'get_local_rank', 'get_node_local_rank', 'get_group_rank', 'get_global_rank'], 'int'),
  ...silent(collectives),
  ...unknowns([
    'new_group',
    'get_backend',
    'get_default_backend_for_device',
    'isend',
    'irecv',
    'batch_isend_irecv',
    'init_device_mesh',
    'get_process_group_ranks',
  ]),
  ReduceOp: unknown(),
  ProcessGroup: unknown(),
  group: unknown(),
  GroupMember: unknown(),
  P2POp: unknown(),
  Store: unknown(),
  TCPStore: unknown(),
  FileStore: unknown(),
  HashStore: unknown(),
  Backend: unknown(),
  DeviceMesh: unknown(),
  ...parallelMembers(),
});

/** A value that another process holds: made here, since what it is does not depend on where. */
const remoteReference: ClassValue = nativeClass({
  name: 'RRef',
  qualifiedName: 'torch.distributed.rpc.RRef',
  members: {
    __init__: nativeMethod('RRef', 'self, value, type_hint=None', ({ args }) => {
      const [self, value] = [args.get('self'), args.get('value')];
      if (self.kind === 'instance') setInstanceAttribute(self, '_value', value);
      // Other processes call what they are given a reference to.
      if (value.kind === 'instance') noteHandedOut(value);
      return none;
    }),
    ...Object.fromEntries(
      ['to_here', 'local_value'].map((name) => [
        name,
        nativeMethod(name, 'self, timeout=-1.0', ({ args }) => {
          const self = args.get('self');
          return (self.kind === 'instance' ? self.attributes.get('_value') : undefined) ?? unknown();
        }),
      ]),
    ),
    ...Object.fromEntries(
      ['owner', 'owner_name', 'is_owner', 'confirmed_by_owner', 'rpc_sync', 'rpc_async', 'remote', 'backward'].map((name) => [
        name,
        nativeMethod(name, 'self, *args, **kwargs', () => unknown()),
      ]),
    ),
  },
});
// Whoever gets the reference may change the object behind it, in another process.
registerHandingOut(remoteReference, (_interpreter, reference) => {
  const held = reference.attributes.get('_value');
  if (held?.kind === 'instance') openInstance(held);
});
function remoteCall(name: string, wrap: (value: Value) => Value): Value {
  return nativeFunction(name, 'to, func, args=None, kwargs=None, timeout=-1.0', (call: NativeCall) => {
    const [args, kwargs] = [call.args.get('args'), call.args.get('kwargs')];
    const isKnown =
      (args.kind === 'none' || args.kind === 'tuple' || (args.kind === 'list' && !args.open)) &&
      (kwargs.kind === 'none' || (kwargs.kind === 'dict' && !kwargs.open));
    if (!isKnown) return wrap(unknown());
    const keywords =
      kwargs.kind !== 'dict'
        ? {}
        : Object.fromEntries([...kwargs.entries.values()].flatMap(({ key, value }) => (key.kind === 'str' ? [[key.value, value] as const] : [])));
    return wrap(
      call.interpreter.call(
        call.args.get('func'),
        argumentsOf(args.kind === 'tuple' || args.kind === 'list' ? args.items : [], keywords),
        call.place,
      ),
    );
  });
}
const referenceTo = (value: Value): Value => {
  const made = instance(remoteReference);
  made.attributes.set('_value', value);
  return made;
};

/** A value that comes later: here it is there at once. */
const futureClass: ClassValue = nativeClass({
  name: 'Future',
  qualifiedName: 'torch.futures.Future',
  members: {
    __init__: nativeMethod('Future', 'self, *, devices=None', () => none),
    set_result: nativeMethod('set_result', 'self, result', ({ args }) => {
      const self = args.get('self');
      if (self.kind === 'instance') setInstanceAttribute(self, '_value', args.get('result'));
      return none;
    }),
    ...Object.fromEntries(
      ['wait', 'value'].map((name) => [
        name,
        nativeMethod(name, 'self', ({ args }) => {
          const self = args.get('self');
          return (self.kind === 'instance' ? self.attributes.get('_value') : undefined) ?? unknown();
        }),
      ]),
    ),
    ...Object.fromEntries(['done', 'add_done_callback', 'set_exception'].map((name) => [name, nativeMethod(name, 'self, *args', () => unknown())])),
  },
});
futureClass.namespace.set(
  'then',
  nativeMethod('then', 'self, callback', ({ interpreter, args, place }) =>
    futureOf(interpreter.call(args.get('callback'), argumentsOf([args.get('self')]), place)),
  ),
);
function futureOf(value: Value): Value {
  const made = instance(futureClass);
  made.attributes.set('_value', value);
  return made;
}

const remoteMembers = (): Record<string, Value> => ({
  RRef: remoteReference,
  rpc_sync: remoteCall('rpc_sync', (value) => value),
  rpc_async: remoteCall('rpc_async', futureOf),
  remote: remoteCall('remote', referenceTo),
  ...silent(['init_rpc', 'shutdown']),
  ...unknowns(['get_worker_info', 'WorkerInfo', 'TensorPipeRpcBackendOptions']),
  BackendType: unknown(),
  functions: unknown(),
});

const distributedOptimizer = nativeClass({
  name: 'DistributedOptimizer',
  qualifiedName: 'torch.distributed.optim.DistributedOptimizer',
  members: {
    __init__: nativeMethod('DistributedOptimizer', 'self, optimizer_class, params_rref, *args, **kwargs', () => none),
    step: nativeMethod('step', 'self, context_id', () => none),
  },
});

const shardingMembers = (): Record<string, Value> => ({
  FullyShardedDataParallel: shardedClass,
  ...handingOn(['fully_shard']),
  ...silent(['register_fsdp_forward_method']),
  ...settings(
    [
      'MixedPrecision',
      'MixedPrecisionPolicy',
      'CPUOffload',
      'CPUOffloadPolicy',
      'OffloadPolicy',
      'FullStateDictConfig',
      'ShardedStateDictConfig',
      'LocalStateDictConfig',
      'StateDictConfig',
      'FullOptimStateDictConfig',
      'ShardedOptimStateDictConfig',
    ],
    'torch.distributed.fsdp',
  ),
  ShardingStrategy: unknown(),
  BackwardPrefetch: unknown(),
  StateDictType: unknown(),
  FSDPModule: unknown(),
  UnshardHandle: unknown(),
});
const tensorMembers = (): Record<string, Value> => ({
  ...handingOn(['distribute_tensor', 'distribute_module']),
  ...unknowns(['init_device_mesh', 'zeros', 'ones', 'rand', 'randn', 'empty', 'full']),
  ...settings(['Shard', 'Replicate', 'Partial'], 'torch.distributed.tensor'),
  DTensor: unknown(),
  DeviceMesh: unknown(),
  Placement: unknown(),
});
const styles = [
  'ColwiseParallel',
  'RowwiseParallel',
  'SequenceParallel',
  'PrepareModuleInput',
  'PrepareModuleOutput',
  'PrepareModuleInputOutput',
  'ParallelStyle',
];
const checkpointMembers = (): Record<string, Value> => ({
  ...silent(['save', 'load', 'save_state_dict', 'load_state_dict', 'set_model_state_dict', 'set_optimizer_state_dict', 'set_state_dict']),
  ...unknowns(['async_save', 'get_model_state_dict', 'get_optimizer_state_dict', 'get_state_dict', '_init_optim_state']),
  ...settings(
    ['FileSystemReader', 'FileSystemWriter', 'StateDictOptions', 'DefaultSavePlanner', 'DefaultLoadPlanner', 'SavePlan', 'LoadPlan'],
    'torch.distributed.checkpoint',
  ),
});
const meshMembers = (): Record<string, Value> => ({ ...unknowns(['init_device_mesh']), DeviceMesh: unknown() });
const wrapperMembers = (): Record<string, Value> => ({
  ...handingOn(['checkpoint_wrapper', 'offload_wrapper']),
  ...silent(['apply_activation_checkpointing']),
  CheckpointImpl: unknown(),
  CheckpointWrapper: unknown(),
});

export const distributedModules: Catalogue['modules'] = {
  'torch.distributed': distributedMembers,
  'torch.nn.parallel': parallelMembers,
  'torch.nn.parallel.distributed': parallelMembers,
  'torch.distributed.rpc': remoteMembers,
  'torch.distributed.rpc.functions': () => ({ async_execution: nativeFunction('async_execution', 'fn', ({ args }) => args.get('fn')) }),
  'torch.distributed.autograd': () => ({ context: contextClass('context'), ...silent(['backward']), ...unknowns(['get_gradients']) }),
  'torch.distributed.optim': () => ({
    DistributedOptimizer: distributedOptimizer,
    ...unknowns(['ZeroRedundancyOptimizer', 'PostLocalSGDOptimizer']),
  }),
  'torch.distributed.fsdp': shardingMembers,
  'torch.distributed.fsdp.fully_sharded_data_parallel': shardingMembers,
  'torch.distributed.fsdp.wrap': () => ({
    ...unknowns(['size_based_auto_wrap_policy', 'transformer_auto_wrap_policy', 'lambda_auto_wrap_policy', 'always_wrap_policy']),
    ...handingOn(['wrap']),
    enable_wrap: contextClass('enable_wrap'),
    ModuleWrapPolicy: unknown(),
    CustomPolicy: unknown(),
  }),
  'torch.distributed.tensor': tensorMembers,
  'torch.distributed._tensor': tensorMembers,
  'torch.distributed._tensor.device_mesh': meshMembers,
  'torch.distributed.device_mesh': meshMembers,
  'torch.distributed.tensor.parallel': () => ({
    ...handingOn(['parallelize_module']),
    ...settings(styles, 'torch.distributed.tensor.parallel'),
    loss_parallel: contextClass('loss_parallel'),
  }),
  'torch.distributed.checkpoint': checkpointMembers,
  'torch.distributed.checkpoint.state_dict': checkpointMembers,
  'torch.distributed.checkpoint.default_planner': checkpointMembers,
  'torch.distributed.algorithms._checkpoint.checkpoint_wrapper': wrapperMembers,
  'torch.distributed.nn': () => ({
    ...handingOn(['all_reduce', 'broadcast', 'reduce']),
    ...unknowns(['all_gather', 'gather', 'scatter', 'all_to_all', 'all_to_all_single', 'reduce_scatter', 'RemoteModule']),
  }),
  'torch.distributed._functional_collectives': () => ({
    ...handingOn(['all_reduce', 'broadcast', 'wait_tensor']),
    ...unknowns(['all_gather_tensor', 'all_to_all_single', 'permute_tensor', 'reduce_scatter_tensor']),
    AsyncCollectiveTensor: unknown(),
  }),
  'torch.distributed.elastic.multiprocessing.errors': () => ({
    record: nativeFunction('record', 'fn, error_handler=None', ({ args }) => args.get('fn')),
  }),
  'torch.distributed.pipelining': () => ({
    ...unknowns(['pipeline', 'PipelineStage', 'ScheduleGPipe', 'Schedule1F1B', 'build_stage']),
    SplitPoint: unknown(),
  }),
  'torch.futures': () => ({
    Future: futureClass,
    wait_all: nativeFunction('wait_all', 'futures', ({ interpreter, args, place }) => {
      const { items, exact } = interpreter.iterate(args.get('futures'), place);
      return {
        kind: 'list',
        items: items.map((one) => (one.kind === 'instance' ? (one.attributes.get('_value') ?? unknown()) : unknown())),
        open: !exact,
      };
    }),
    ...unknowns(['collect_all']),
  }),
};
