// torch.optim: optimizers, their parameter groups, and learning-rate schedules. They change no shape; what they are given and when they
// step is recorded for the rules on training loops. Signatures: PyTorch 2.13. It must not know modules.
import { nativeClass, nativeMethod } from '../../values/classes.ts';
import { setInstanceAttribute } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import { message } from '../../values/place.ts';
import { parseSignature } from '../../values/signature.ts';
import type { ClassValue, DictEntry, InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { list, none, str, unknown } from '../../values/value.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { recordTraining } from './training-events.ts';

const common = 'foreach=None, maximize=False, capturable=False, differentiable=False, fused=None';
const signatures: Readonly<Record<string, string>> = {
  Optimizer: 'params, defaults',
  ASGD: 'params, lr=0.01, lambd=0.0001, alpha=0.75, t0=1000000.0, weight_decay=0, foreach=None, maximize=False, differentiable=False, capturable=False',
  Adadelta: 'params, lr=1.0, rho=0.9, eps=1e-06, weight_decay=0, foreach=None, *, capturable=False, maximize=False, differentiable=False',
  Adafactor: 'params, lr=0.01, beta2_decay=-0.8, eps=(None, 0.001), d=1.0, weight_decay=0.0, *, foreach=None, maximize=False',
  Adagrad:
    'params, lr=0.01, lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10, foreach=None, *, maximize=False, differentiable=False, fused=None',
  Adam: `params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0, amsgrad=False, *, ${common}, decoupled_weight_decay=False`,
  AdamW: `params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.01, amsgrad=False, *, ${common}`,
  Adamax: 'params, lr=0.002, betas=(0.9, 0.999), eps=1e-08, weight_decay=0, foreach=None, *, maximize=False, differentiable=False, capturable=False',
  LBFGS: 'params, lr=1, max_iter=20, max_eval=None, tolerance_grad=1e-07, tolerance_change=1e-09, history_size=100, line_search_fn=None',
  Muon: 'params, lr=0.001, weight_decay=0.1, momentum=0.95, nesterov=True, ns_coefficients=(3.4445, -4.775, 2.0315), eps=1e-07, ns_steps=5, adjust_lr_fn=None',
  NAdam:
    'params, lr=0.002, betas=(0.9, 0.999), eps=1e-08, weight_decay=0, momentum_decay=0.004, decoupled_weight_decay=False, *, foreach=None, maximize=False, capturable=False, differentiable=False',
  RAdam:
    'params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0, decoupled_weight_decay=False, *, foreach=None, maximize=False, capturable=False, differentiable=False',
  RMSprop:
    'params, lr=0.01, alpha=0.99, eps=1e-08, weight_decay=0, momentum=0, centered=False, capturable=False, foreach=None, maximize=False, differentiable=False',
  Rprop: 'params, lr=0.01, etas=(0.5, 1.2), step_sizes=(1e-06, 50), *, capturable=False, foreach=None, maximize=False, differentiable=False',
  SGD: 'params, lr=0.001, momentum=0, dampening=0, weight_decay=0, nesterov=False, *, maximize=False, foreach=None, differentiable=False, fused=None',
  SparseAdam: 'params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, maximize=False',
};

function method(name: string, signature: string, body: (self: InstanceValue, call: NativeCall) => Value): [string, Value] {
  return [
    name,
    nativeMethod(name, signature === '' ? 'self' : `self, ${signature}`, (call) => {
      const self = call.args.get('self');
      return self.kind === 'instance' ? body(self, call) : unknown();
    }),
  ];
}

/** `for group in optimizer.param_groups: group['lr'] = …`. */
function groupsOf(interpreter: Interpreter, call: NativeCall, signature: string): Value {
  const given = call.args.get('params');
  const iteration = interpreter.iterate(given, call.place);
  const groups = iteration.items.filter((item) => item.kind === 'dict');
  const made = (groups.length > 0 ? groups : [undefined]).map((group): Value => {
    const entries = new Map<string, DictEntry>();
    const put = (name: string, value: Value): void => {
      entries.set(`s:${name}`, { key: str(name), value });
    };
    put(
      'params',
      list(
        [...iteration.items].filter((item) => item.kind !== 'dict'),
        !iteration.exact,
      ),
    );
    for (const parameter of parseSignature(signature).parameters) if (parameter.name !== 'params') put(parameter.name, call.args.get(parameter.name));
    for (const entry of group?.entries.values() ?? []) if (entry.key.kind === 'str') put(entry.key.value, entry.value);
    return { kind: 'dict', entries, open: group?.open ?? false };
  });
  return list(made, !iteration.exact);
}

function declare(name: string, base: ClassValue | undefined): ClassValue {
  const signature = signatures[name] ?? 'params, *args, **kwargs';
  const cls = nativeClass({
    name,
    qualifiedName: `torch.optim.${name}`,
    ...(base === undefined ? {} : { bases: [base] }),
    members: {
      __init__: nativeMethod(name, `self, ${signature}`, (call) => {
        const self = call.args.get('self');
        if (self.kind !== 'instance') return none;
        const parameters = call.args.get('params');
        setInstanceAttribute(self, 'param_groups', groupsOf(call.interpreter, call, signature));
        recordTraining(call.interpreter, 'optimizer', self, call.place, parameters);
        return none;
      }),
    },
  });
  return cls;
}

const optimizerClass = declare('Optimizer', undefined);
for (const [name, member] of [
  method('zero_grad', 'set_to_none=True', (self, call) => {
    recordTraining(call.interpreter, 'zero_grad', self, call.place);
    return none;
  }),
  method('step', 'closure=None', (self, call) => {
    const closure = call.args.get('closure');
    const loss = closure.kind === 'none' ? none : call.interpreter.call(closure, argumentsOf([]), call.place);
    recordTraining(call.interpreter, 'step', self, call.place);
    return loss;
  }),
  method('state_dict', '', () => unknown(undefined, 'dict')),
  method('load_state_dict', 'state_dict', () => none),
  method('add_param_group', 'param_group', (self, call) => {
    const groups = self.attributes.get('param_groups');
    if (groups?.kind === 'list') call.interpreter.callMethod(groups, 'append', [call.args.get('param_group')], call.place);
    return none;
  }),
  method('register_step_pre_hook', 'hook', () => unknown()),
  method('register_step_post_hook', 'hook', () => unknown()),
])
  optimizerClass.namespace.set(name, member);

export function optimizerMembers(): Record<string, Value> {
  return { Optimizer: optimizerClass, ...optimizerClasses };
}
const optimizerClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  Object.keys(signatures)
    .filter((name) => name !== 'Optimizer')
    .map((name) => [name, declare(name, optimizerClass)]),
);

const scheduleSignatures: Readonly<Record<string, string>> = {
  LRScheduler: 'optimizer, last_epoch=-1',
  LambdaLR: 'optimizer, lr_lambda, last_epoch=-1',
  MultiplicativeLR: 'optimizer, lr_lambda, last_epoch=-1',
  StepLR: 'optimizer, step_size, gamma=0.1, last_epoch=-1',
  MultiStepLR: 'optimizer, milestones, gamma=0.1, last_epoch=-1',
  ConstantLR: 'optimizer, factor=0.3333333333333333, total_iters=5, last_epoch=-1',
  LinearLR: 'optimizer, start_factor=0.3333333333333333, end_factor=1.0, total_iters=5, last_epoch=-1',
  ExponentialLR: 'optimizer, gamma, last_epoch=-1',
  SequentialLR: 'optimizer, schedulers, milestones, last_epoch=-1',
  CosineAnnealingLR: 'optimizer, T_max, eta_min=0.0, last_epoch=-1',
  ChainedScheduler: 'schedulers, optimizer=None',
  ReduceLROnPlateau: "optimizer, mode='min', factor=0.1, patience=10, threshold=0.0001, threshold_mode='rel', cooldown=0, min_lr=0, eps=1e-08",
  CyclicLR:
    "optimizer, base_lr, max_lr, step_size_up=2000, step_size_down=None, mode='triangular', gamma=1.0, scale_fn=None, scale_mode='cycle', cycle_momentum=True, base_momentum=0.8, max_momentum=0.9, last_epoch=-1",
  CosineAnnealingWarmRestarts: 'optimizer, T_0, T_mult=1, eta_min=0.0, last_epoch=-1',
  OneCycleLR:
    "optimizer, max_lr, total_steps=None, epochs=None, steps_per_epoch=None, pct_start=0.3, anneal_strategy='cos', cycle_momentum=True, base_momentum=0.85, max_momentum=0.95, div_factor=25.0, final_div_factor=10000.0, three_phase=False, last_epoch=-1",
  SWALR: "optimizer, swa_lr, anneal_epochs=10, anneal_strategy='cos', last_epoch=-1",
  PolynomialLR: 'optimizer, total_iters=5, power=1.0, last_epoch=-1',
};

/** `verbose=` and other arguments that PyTorch has had: the recorded schedules take no unknown ones. */
const removedInTorch: ReadonlySet<string> = new Set(['verbose']);

function declareSchedule(name: string, base: ClassValue | undefined): ClassValue {
  return nativeClass({
    name,
    qualifiedName: `torch.optim.lr_scheduler.${name}`,
    ...(base === undefined ? {} : { bases: [base] }),
    members: {
      __init__: nativeMethod(name, `self, ${scheduleSignatures[name] ?? 'optimizer'}, **kwargs`, (call) => {
        const self = call.args.get('self');
        for (const keyword of call.args.restKeywords) {
          call.interpreter.refuse({
            rule: removedInTorch.has(keyword.name) ? 'deprecated-argument' : 'invalid-argument',
            exception: 'TypeError',
            place: keyword.place ?? call.place,
            message: message('{schedule} has no argument "{name}" in PyTorch 2', { schedule: name, name: keyword.name }),
          });
        }
        if (self.kind === 'instance') setInstanceAttribute(self, 'optimizer', call.args.get('optimizer'));
        return none;
      }),
      ...(base !== undefined
        ? {}
        : Object.fromEntries([
            method('step', '*args, **kwargs', () => none),
            method('get_last_lr', '', () => list([unknown(undefined, 'float')], true)),
            method('get_lr', '', () => list([unknown(undefined, 'float')], true)),
            method('state_dict', '', () => unknown(undefined, 'dict')),
            method('load_state_dict', 'state_dict', () => none),
          ])),
    },
  });
}
const scheduleBase = declareSchedule('LRScheduler', undefined);
const schedules: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  Object.keys(scheduleSignatures)
    .filter((name) => name !== 'LRScheduler' && name !== 'SWALR')
    .map((name) => [name, declareSchedule(name, scheduleBase)]),
);

/** The schedule of torch.optim.swa_utils. */
export const averagingSchedule: ClassValue = declareSchedule('SWALR', scheduleBase);

export function scheduleMembers(): Record<string, Value> {
  return { LRScheduler: scheduleBase, _LRScheduler: scheduleBase, ...schedules };
}
