// torch.Tensor: what reading it as an object gives, operators, and indexing. Functions and methods that are declared once for both
// stand in operations/. It must not know modules.
import { markReplayable } from '../../values/recorder.ts';
import { multiplyDims, unknownDim } from '../../tensors/dim.ts';
import { itemSize } from '../../tensors/dtype.ts';
import { elementCount, unknownShape } from '../../tensors/shape.ts';
import { nativeClass, nativeMethod, nativeProperty } from '../../values/classes.ts';
import type { Shape } from '../../tensors/shape.ts';
import { setTensorState } from '../../values/heap.ts';
import type { Origin } from '../../values/place.ts';
import { recordOperation } from '../../values/provenance.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import { bool, int, none, str, tuple, unknown } from '../../values/value.ts';
import { operatorTable } from '../arrays/elementwise.ts';
import { shareMemory } from '../arrays/memory.ts';
import { getItemOperation, setItem } from '../arrays/indexing.ts';
import { arrayMethods, arrayOperators } from '../arrays/library.ts';
import { transpose } from '../arrays/reshaping.ts';
import { changeInPlace } from './in-place.ts';
import { operatorRules } from './operations/elementwise.ts';
import { matrixProduct } from './operations/products.ts';
import { deviceClass, tensorClass, torchContext, torchDType, torchLibrary, torchTensor } from './library.ts';
import { realType, refuseAxis } from './operations/support.ts';
import { parameterSlot, withoutParameter } from './parameters.ts';
import { instance } from '../../values/value.ts';

/** A tuple of sizes; it prints and compares as a tuple does. */
export const sizeClass = nativeClass({
  name: 'Size',
  qualifiedName: 'torch.Size',
  construct: ({ args, interpreter }) => {
    const [sizes] = args.rest;
    if (sizes === undefined) return { kind: 'tuple', items: [], cls: sizeClass };
    const iteration = interpreter.iterate(sizes.value, interpreter.place);
    return iteration.exact ? { kind: 'tuple', items: iteration.items, cls: sizeClass } : unknown(undefined, 'tuple');
  },
  members: {
    __repr__: nativeMethod('__repr__', 'self', (call) => {
      const self = call.args.get('self');
      const text =
        self.kind === 'tuple' ? call.interpreter.representation({ kind: 'list', items: [...self.items], open: false }, call.place) : undefined;
      return text === undefined ? unknown(undefined, 'str') : str(`torch.Size(${text})`);
    }),
    numel: nativeMethod('numel', 'self', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'tuple' && self.items.every((item) => item.kind === 'int')
        ? int(multiplyDims(...self.items.map((item) => (item.kind === 'int' ? item.value : 1))))
        : unknown(undefined, 'int');
    }),
  },
});

markReplayable(sizeClass, ...sizeClass.namespace.values());

export function torchSize(shape: Shape, origin?: Origin): Value {
  return shape.dims === undefined
    ? unknown(undefined, 'tuple')
    : { kind: 'tuple', items: tuple(shape.dims.map((dim) => int(dim, origin))).items, cls: sizeClass };
}

/** Devices change no shape: one object stands for those that are not known. */
export function deviceObject(type?: string, index?: Value): Value {
  const made = instance(deviceClass);
  made.attributes.set('type', type === undefined ? unknown(undefined, 'str') : str(type));
  made.attributes.set('index', index ?? none);
  return made;
}

const reversed = (tensor: TensorValue): readonly number[] | undefined =>
  tensor.shape.dims?.map((_, axis, all) => (axis === all.length - 1 ? axis - 1 : axis === all.length - 2 ? axis + 1 : axis));

type Read = (tensor: TensorValue, context: ReturnType<typeof torchContext>) => Value;
const properties: Readonly<Record<string, Read>> = {
  shape: (tensor) => torchSize(tensor.shape, tensor.origin),
  dtype: (tensor) => (tensor.dtype === undefined ? unknown() : torchDType(tensor.dtype)),
  ndim: (tensor) => (tensor.shape.dims === undefined ? unknown(undefined, 'int') : int(tensor.shape.dims.length)),
  device: () => deviceObject(),
  layout: () => unknown(),
  is_cuda: () => unknown(undefined, 'bool'),
  is_mps: () => unknown(undefined, 'bool'),
  is_sparse: () => bool(false),
  is_quantized: () => bool(false),
  is_meta: () => unknown(undefined, 'bool'),
  is_leaf: () => unknown(undefined, 'bool'),
  grad_fn: () => unknown(),
  itemsize: (tensor) => (tensor.dtype === undefined ? unknown(undefined, 'int') : int(itemSize(tensor.dtype))),
  nbytes: (tensor) =>
    tensor.dtype === undefined ? unknown(undefined, 'int') : int(multiplyDims(elementCount(tensor.shape) ?? unknownDim(), itemSize(tensor.dtype))),
  T: (tensor, context) => transpose(context, tensor, undefined),
  mT: (tensor, context) => (tensor.shape.dims === undefined ? unknown() : transpose(context, tensor, reversed(tensor))),
  real: (tensor) =>
    tensor.dtype === undefined || tensor.dtype.startsWith('complex') ? torchTensor({ shape: tensor.shape, dtype: realType(tensor.dtype) }) : tensor,
  imag: (tensor) => torchTensor({ shape: tensor.shape, dtype: realType(tensor.dtype) }),
  is_xpu: () => unknown(undefined, 'bool'),
  is_cpu: () => unknown(undefined, 'bool'),
  is_mtia: () => unknown(undefined, 'bool'),
  is_nested: () => bool(false),
  retains_grad: () => unknown(undefined, 'bool'),
  name: () => unknown(),
  output_nr: () => unknown(undefined, 'int'),
  names: () => unknown(undefined, 'tuple'),
  H: (tensor, context) => transpose(context, tensor, undefined),
  mH: (tensor, context) => (tensor.shape.dims === undefined ? unknown() : transpose(context, tensor, reversed(tensor))),
};

for (const [name, read] of Object.entries(properties)) {
  tensorClass.namespace.set(
    name,
    nativeProperty(name, (call) => {
      const self = call.args.get('self');
      if (self.kind !== 'tensor') return unknown();
      const context = torchContext(call.interpreter, call.place, name);
      const result = read(self, context);
      return result.kind === 'tensor' ? (torchLibrary.onResult?.(call.interpreter, name, [self], result, call.place) ?? result) : result;
    }),
  );
}

for (const name of Object.keys(properties)) markReplayable(tensorClass.namespace.get(name));
tensorClass.namespace.set(
  'requires_grad',
  nativeProperty(
    'requires_grad',
    ({ args }) => {
      const weight = parameterSlot.get(args.get('self'));
      return weight === undefined ? unknown(undefined, 'bool') : bool(weight.trainable);
    },
    ({ args }) => setRequiresGrad(args.get('self'), args.get('value')),
  ),
);
tensorClass.namespace.set(
  'data',
  nativeProperty(
    'data',
    ({ interpreter, args, place }) => {
      const self = args.get('self');
      if (self.kind !== 'tensor') return self;
      if (parameterSlot.get(self) !== undefined) return withoutParameter(self);
      // The same elements, out of the graph.
      const made = recordOperation(interpreter, 'detach', [self], { ...self }, place);
      return made.kind === 'tensor' ? shareMemory(self, made) : made;
    },
    ({ args }) => setData(args.get('self'), args.get('value')),
  ),
);
tensorClass.namespace.set(
  'grad',
  nativeProperty(
    'grad',
    ({ args }) => {
      const self = args.get('self');
      return self.kind === 'tensor' ? unknown() : unknown();
    },
    () => {},
  ),
);

/** `p.data = other`: the same tensor, with the other's elements, shape and type. */
function setData(self: Value, value: Value): void {
  if (self.kind !== 'tensor') return;
  const { shape, dtype, range, contents } = value.kind === 'tensor' ? value : torchTensor({ shape: unknownShape });
  setTensorState(self, { shape, dtype, range, contents, slots: self.slots });
}

function setRequiresGrad(self: Value, value: Value): void {
  const weight = parameterSlot.get(self);
  if (weight !== undefined && value.kind === 'bool') Object.assign(weight, { trainable: value.value, isSwitched: true });
}

// `-mask` and `~x` of floats are refused: the operators are the functions.
for (const [dunder, name] of [
  ['__neg__', 'neg'],
  ['__pos__', 'positive'],
  ['__abs__', 'abs'],
  ['__invert__', 'bitwise_not'],
] as const) {
  const method = tensorClass.namespace.get(name);
  if (method !== undefined) tensorClass.namespace.set(dunder, method);
}

const operators = { ...operatorTable, ...operatorRules, matmul: ['@', matrixProduct] } as const;
const ownMethods: Readonly<Record<string, Value>> = {
  requires_grad_: nativeMethod('requires_grad_', 'self, requires_grad=True', ({ args }) => {
    setRequiresGrad(args.get('self'), args.get('requires_grad'));
    return args.get('self');
  }),
  size: nativeMethod('size', 'self, dim=None', (call) => {
    const self = call.args.get('self');
    if (self.kind !== 'tensor') return unknown();
    const sizes = torchSize(self.shape, self.origin);
    if (self.shape.dims !== undefined && !call.args.isNone('dim')) {
      const [axis, rank] = [call.args.number('dim'), self.shape.dims.length];
      if (axis !== undefined && (axis >= rank || axis < -rank)) {
        refuseAxis(torchContext(call.interpreter, call.place, 'size'), self, axis, rank);
        return unknown(undefined, 'int');
      }
    }
    return call.args.isNone('dim')
      ? sizes
      : sizes.kind === 'tuple'
        ? call.interpreter.getItem(sizes, call.args.get('dim'), call.place)
        : unknown(undefined, 'int');
  }),
  __len__: nativeMethod('__len__', 'self', ({ args }) => {
    const self = args.get('self');
    return self.kind === 'tensor' ? int(self.shape.dims?.[0] ?? unknownDim()) : unknown(undefined, 'int');
  }),
  ...arrayMethods(torchLibrary, {
    __getitem__: ['key, /', getItemOperation],
    __setitem__: [
      'key, value, /',
      (call) => {
        setItem(call, call.operand(0), call.operand(1), call.operand(2));
        return none;
      },
    ],
  }),
  ...arrayOperators(torchLibrary, operators),
};
for (const [name, member] of Object.entries(ownMethods)) {
  tensorClass.namespace.set(name, member);
  if (name !== 'requires_grad_') markReplayable(member);
}
// `x += y` changes x, whose type and shape stay.
for (const name of ['add', 'sub', 'mul', 'truediv', 'floordiv', 'mod', 'pow', 'and', 'or', 'xor', 'lshift', 'rshift']) {
  const plain = tensorClass.namespace.get(`__${name}__`);
  if (plain?.kind !== 'native') continue;
  const member = nativeMethod(`__i${name}__`, 'self, other', (call) => {
    const result = plain.call(call);
    return result.kind === 'not-implemented'
      ? result
      : changeInPlace(torchContext(call.interpreter, call.place, `${operatorTable[name]?.[0] ?? ''}=`), call.args.get('self'), result, name);
  });
  markReplayable(member);
  tensorClass.namespace.set(`__i${name}__`, member);
}
