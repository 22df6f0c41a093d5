// torch.func and torch.autograd.functional: functions of functions. They run the program's function and say what shapes its results and
// derivatives have. PyTorch 2.13. It must not know modules' declarations.
import type { Dim } from '../../tensors/dim.ts';
import { type Shape, unknownShape } from '../../tensors/shape.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeFunction } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { DictEntry, NativeCall, TensorValue, Value } from '../../values/value.ts';
import { none, str, tuple, unknown } from '../../values/value.ts';
import { torchTensor } from './library.ts';
import { isModule, namedModules, namedParameters, ownBuffers } from './module-state.ts';
import { withoutParameter } from './parameters.ts';
import { unknowns } from './quiet-members.ts';

/** The value with each tensor in it changed; undefined where something in it is not known. */
function mapped(value: Value, change: (tensor: TensorValue) => Value | undefined): Value | undefined {
  if (value.kind === 'tensor') return change(value);
  if (value.kind === 'list' || value.kind === 'tuple') {
    if (value.kind === 'list' && value.open) return undefined;
    const items = value.items.map((item) => mapped(item, change));
    return items.includes(undefined) ? undefined : ({ ...value, items: items.flatMap((item) => item ?? []) } as Value);
  }
  if (value.kind === 'dict') {
    if (value.open) return undefined;
    const entries = new Map<string, DictEntry>();
    for (const [key, entry] of value.entries) {
      const one = mapped(entry.value, change);
      if (one === undefined) return undefined;
      entries.set(key, { key: entry.key, value: one });
    }
    return { ...value, entries };
  }
  return value.kind === 'unknown' ? undefined : value;
}

function withShape(tensor: TensorValue, shape: Shape): TensorValue {
  return torchTensor({ shape, dtype: tensor.dtype, range: tensor.range });
}

/** `vmap(f)`: the function sees one sample; its results get the axis back. */
const vmap = nativeFunction('vmap', "func, in_dims=0, out_dims=0, randomness='error', *, chunk_size=None", (outer) => {
  const [callee, inDims, outDims] = [outer.args.get('func'), outer.args.get('in_dims'), outer.args.get('out_dims')];
  return nativeFunction('vmap', undefined, (call) => {
    const sizes: Dim[] = [];
    const positional = call.args.raw.positional.map(({ value }, at): Value | undefined => {
      const axis = inDims.kind === 'tuple' || inDims.kind === 'list' ? (inDims.items[at] ?? none) : inDims;
      if (axis.kind === 'none') return value;
      if (axis.kind !== 'int' || typeof axis.value !== 'number') return undefined;
      const where = axis.value;
      return mapped(value, (tensor) => {
        const position = tensor.shape.dims === undefined ? -1 : where < 0 ? tensor.shape.dims.length + where : where;
        const size = tensor.shape.dims?.[position];
        if (size === undefined) return undefined;
        sizes.push(size);
        return withShape(tensor, { dims: tensor.shape.dims?.toSpliced(position, 1) });
      });
    });
    const [size] = sizes;
    if (size === undefined || positional.includes(undefined) || call.args.raw.keywords.length > 0) return unknown();
    const result = call.interpreter.call(callee, argumentsOf(positional.flatMap((one) => one ?? [])), call.place);
    const where = outDims.kind === 'int' && typeof outDims.value === 'number' ? outDims.value : undefined;
    return (
      mapped(result, (tensor) => {
        const { dims } = tensor.shape;
        if (where === undefined || dims === undefined) return withShape(tensor, unknownShape);
        return withShape(tensor, { dims: dims.toSpliced(where < 0 ? dims.length + 1 + where : where, 0, size) });
      }) ?? unknown()
    );
  });
});

/** The arguments that a derivative is taken with respect to, as the program names them: one position or several. */
function chosen(call: NativeCall, positions: Value): Value {
  const at = (position: Value): Value =>
    position.kind === 'int' && typeof position.value === 'number' ? (call.args.raw.positional.at(position.value)?.value ?? unknown()) : unknown();
  return positions.kind === 'tuple' ? { kind: 'tuple', items: positions.items.map(at) } : at(positions);
}

const plain = (tensor: TensorValue): TensorValue => ({ ...withoutParameter(tensor), range: undefined, contents: undefined });

/** Functions that give the gradient, in the shape of what it is taken with respect to. */
function gradient(name: string, combine: (gradient: Value, result: Value, hasAux: boolean) => Value): Value {
  return nativeFunction(name, 'func, argnums=0, has_aux=False', (outer) =>
    nativeFunction(name, undefined, (call) => {
      const result = call.interpreter.call(outer.args.get('func'), call.args.raw, call.place);
      const found = mapped(chosen(call, outer.args.get('argnums')), plain) ?? unknown();
      const hasAux = outer.args.flag('has_aux');
      return hasAux === undefined ? unknown() : combine(found, result, hasAux);
    }),
  );
}
const second = (pair: Value): Value => (pair.kind === 'tuple' ? (pair.items[1] ?? unknown()) : unknown());

/** Derivatives of one result with respect to one input: the axes of the result, then those of the input, `times` times. */
function derivative(result: Value, input: Value, times: number): Value {
  if (result.kind !== 'tensor' || input.kind !== 'tensor') return unknown();
  const [outer, inner] = [result.shape.dims, input.shape.dims];
  return torchTensor({
    shape: outer === undefined || inner === undefined ? unknownShape : { dims: [...outer, ...Array.from({ length: times }, () => inner).flat()] },
    dtype: result.dtype,
  });
}
function jacobian(name: string, signature: string, times: number): Value {
  return nativeFunction(name, signature, (outer) =>
    nativeFunction(name, undefined, (call) => {
      const result = call.interpreter.call(outer.args.get('func'), call.args.raw, call.place);
      return outer.args.flag('has_aux') === true ? unknown() : derivative(result, chosen(call, outer.args.get('argnums')), times);
    }),
  );
}

/** `functional_call(module, parameters, args, kwargs)`: the module called, with other numbers in the same places. */
const functionalCall = nativeFunction(
  'functional_call',
  'module, parameter_and_buffer_dicts, args=None, kwargs=None, *, tie_weights=True, strict=False',
  (call) => {
    const [args, kwargs] = [call.args.get('args'), call.args.get('kwargs')];
    if (kwargs.kind !== 'none' && (kwargs.kind !== 'dict' || kwargs.open)) return unknown();
    const keywords =
      kwargs.kind !== 'dict'
        ? {}
        : Object.fromEntries([...kwargs.entries.values()].flatMap(({ key, value }) => (key.kind === 'str' ? [[key.value, value] as const] : [])));
    const positional = args.kind === 'none' ? [] : args.kind === 'tuple' ? args.items : [args];
    return call.interpreter.call(call.args.get('module'), argumentsOf(positional, keywords), call.place);
  },
);

/** `stack_module_state(models)`: parameters and buffers of models of one kind, stacked along a new first axis. */
const stackState = nativeFunction('stack_module_state', 'models', ({ interpreter, args, place }) => {
  const { items, exact } = interpreter.iterate(args.get('models'), place);
  const [first] = items;
  if (!exact || !isModule(first)) return unknown();
  const stacked = (named: readonly (readonly [string, Value])[]): Value => {
    const entries = new Map<string, DictEntry>();
    for (const [name, value] of named) {
      if (value.kind === 'tensor')
        entries.set(`s:${name}`, {
          key: str(name),
          value: withShape(withoutParameter(value), value.shape.dims === undefined ? unknownShape : { dims: [items.length, ...value.shape.dims] }),
        });
    }
    return { kind: 'dict', entries, open: false };
  };
  const buffers = namedModules(first).flatMap(([prefix, module]) =>
    ownBuffers(module).map(([name, value]): readonly [string, Value] => [prefix === '' ? name : `${prefix}.${name}`, value]),
  );
  return tuple([stacked(namedParameters(first)), stacked(buffers)]);
});

function callOn(interpreter: Interpreter, callee: Value, inputs: Value, place: Place): Value {
  return interpreter.call(callee, argumentsOf(inputs.kind === 'tuple' ? inputs.items : [inputs]), place);
}

export const transformationMembers = (): Record<string, Value> => ({
  vmap,
  functional_call: functionalCall,
  stack_module_state: stackState,
  grad: gradient('grad', (found, result, hasAux) => (hasAux ? tuple([found, second(result)]) : found)),
  grad_and_value: gradient('grad_and_value', (found, result) => tuple([found, result])),
  jacrev: jacobian('jacrev', 'func, argnums=0, has_aux=False, *, chunk_size=None', 1),
  jacfwd: jacobian('jacfwd', "func, argnums=0, has_aux=False, *, randomness='error'", 1),
  hessian: jacobian('hessian', 'func, argnums=0', 2),
  jvp: nativeFunction('jvp', 'func, primals, tangents, *, strict=False, has_aux=False', ({ interpreter, args, place }) => {
    const result = callOn(interpreter, args.get('func'), args.get('primals'), place);
    return args.flag('has_aux') === false ? tuple([result, mapped(result, plain) ?? unknown()]) : unknown();
  }),
  ...unknowns(['vjp', 'linearize', 'functionalize', 'replace_all_batch_norm_modules_', 'debug_unwrap']),
});

/** torch.autograd.functional: the same, with the inputs given at once. */
export const functionalDerivatives = (): Record<string, Value> => ({
  jacobian: nativeFunction(
    'jacobian',
    "func, inputs, create_graph=False, strict=False, vectorize=False, strategy='reverse-mode'",
    ({ interpreter, args, place }) => derivative(callOn(interpreter, args.get('func'), args.get('inputs'), place), args.get('inputs'), 1),
  ),
  hessian: nativeFunction(
    'hessian',
    "func, inputs, create_graph=False, strict=False, vectorize=False, outer_jacobian_strategy='reverse-mode'",
    ({ interpreter, args, place }) => derivative(callOn(interpreter, args.get('func'), args.get('inputs'), place), args.get('inputs'), 2),
  ),
  ...unknowns(['vjp', 'jvp', 'vhp', 'hvp']),
});

/** `torch.vmap` is `torch.func.vmap`. */
export const vectorized = vmap;
