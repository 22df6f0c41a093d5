// Quantization in eager mode (torch.ao.quantization, torch.ao.nn.quantized; PyTorch 2.13): the modules that mark where numbers change their
// type, and the functions that change a model. What those leave behind has other modules and parameters, which are not followed.
import { argumentsOf } from '../../values/arguments.ts';
import { nativeFunction, nativeMethod } from '../../values/classes.ts';
import type { ClassValue, NativeCall, Value } from '../../values/value.ts';
import { none, unknown } from '../../values/value.ts';
import type { Catalogue } from '../catalogue.ts';
import { declareModule, moduleClass } from './module-class.ts';
import type { ModuleDeclaration } from './module-declaration.ts';
import { isModule, markOpen } from './module-state.ts';
import { declaredFunctions } from './library.ts';

/** Calls a function of torch as the program would. */
function callFunction(call: NativeCall, name: string, positional: readonly Value[]): Value {
  const found = declaredFunctions().get(name);
  return found === undefined ? unknown() : call.interpreter.call(found, argumentsOf(positional), call.place);
}

/** `self.skip.add(x, y)`: the operation itself; the object only observes the numbers. */
function functional(name: string, signature: string, operation: string, thenRelu = false): [string, Value] {
  return [
    name,
    nativeMethod(name, `self, ${signature}`, (call) => {
      const [x, y, dim] = ['x', 'y', 'dim'].map((one) => (signature.includes(one) ? call.args.get(one) : none));
      const operands = operation === 'cat' ? [x ?? none, dim ?? none] : [x ?? none, y ?? none];
      const result = callFunction(call, operation, operands);
      return thenRelu ? callFunction(call, 'relu', [result]) : result;
    }),
  ];
}

const functionals = Object.fromEntries([
  functional('add', 'x, y', 'add'),
  functional('add_scalar', 'x, y', 'add'),
  functional('mul', 'x, y', 'mul'),
  functional('mul_scalar', 'x, y', 'mul'),
  functional('matmul', 'x, y', 'matmul'),
  functional('cat', 'x, dim=0', 'cat'),
  functional('add_relu', 'x, y', 'add', true),
]);

const same: ModuleDeclaration['output'] = ({ input }) => input;
const declarations: readonly ModuleDeclaration[] = [
  { name: 'QuantStub', signature: 'qconfig=None', output: same, unkept: ['qconfig'] },
  { name: 'DeQuantStub', signature: 'qconfig=None', output: same, unkept: ['qconfig'] },
  // Calling it is refused by the framework: its methods are called.
  {
    name: 'FloatFunctional',
    signature: '',
    output: () => unknown(),
    members: functionals,
    children: (construction) => ({ activation_post_process: construction.make('Identity', []) }),
  },
  { name: 'FXFloatFunctional', signature: '', output: () => unknown(), members: functionals },
  {
    name: 'QuantWrapper',
    signature: 'module',
    callSignature: 'X',
    unkept: ['module'],
    children: ({ args }) => ({ module: args.get('module') }),
    output: (invocation) => invocation.callChild('module', [invocation.input]),
  },
];
const classes = new Map<string, ClassValue>(declarations.map((declaration) => [declaration.name, declareModule(declaration, moduleClass)]));
const classesOf = (...names: readonly string[]): Record<string, Value> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const cls = classes.get(name);
      return cls === undefined ? [] : [[name, cls]];
    }),
  );

/** The model with observers in it: it computes and counts as before. */
const prepared = (name: string): [string, Value] => [name, nativeFunction(name, 'model, *args, **kwargs', ({ args }) => args.get('model'))];

/** Modules are put together or replaced: parameters come and go. */
const replacing = (name: string): [string, Value] => [
  name,
  nativeFunction(name, 'model, *args, **kwargs', ({ args }) => {
    const [model, inPlace] = [args.get('model'), args.raw.keywords.find((one) => one.name === 'inplace')?.value];
    if (inPlace?.kind !== 'bool' || !inPlace.value || !isModule(model)) return unknown();
    markOpen(model);
    return model;
  }),
];

const unknowns = (...names: readonly string[]): Record<string, Value> =>
  Object.fromEntries(names.map((name) => [name, nativeFunction(name, '*args, **kwargs', () => unknown())]));

const quantization = (): Record<string, Value> => ({
  ...classesOf('QuantStub', 'DeQuantStub', 'QuantWrapper'),
  ...Object.fromEntries([
    prepared('prepare'),
    prepared('prepare_qat'),
    prepared('propagate_qconfig_'),
    replacing('convert'),
    replacing('fuse_modules'),
    replacing('fuse_modules_qat'),
    replacing('swap_module'),
  ]),
  ...unknowns(
    'quantize',
    'quantize_dynamic',
    'quantize_qat',
    'get_default_qconfig',
    'get_default_qat_qconfig',
    'get_default_qconfig_mapping',
    'QConfig',
    'QConfigMapping',
    'default_observer',
    'default_weight_observer',
    'default_per_channel_weight_observer',
    'default_dynamic_qconfig',
  ),
  default_qconfig: unknown(),
  float_qparams_weight_only_qconfig: unknown(),
});

export const quantizationModules: Catalogue['modules'] = {
  'torch.ao.quantization': quantization,
  'torch.ao.nn.quantized': () => classesOf('FloatFunctional', 'FXFloatFunctional'),
  'torch.backends.quantized': () => ({ supported_engines: unknown(undefined, 'list'), engine: unknown(undefined, 'str') }),
};

export const quantizationAliases: Catalogue['aliases'] = {
  'torch.quantization': 'torch.ao.quantization',
  'torch.nn.quantized': 'torch.ao.nn.quantized',
};
