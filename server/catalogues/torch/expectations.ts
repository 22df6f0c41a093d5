// What a module of torch.nn says about its input by being what it is: rank and channels of a convolution, features of a Linear, tokens of an
// Embedding. It is how inputs are found that nobody states. It must not know how they are used.
import { type Dim, symbol, unknownDim } from '../../tensors/dim.ts';
import { formatShape, type Shape } from '../../tensors/shape.ts';
import type { Layer } from '../../trace/trace.ts';
import { defineRunState } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import { operationOf } from '../../values/provenance.ts';
import { defineSlot } from '../../values/slots.ts';
import type { InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { dimFromValue } from '../arrays/contents.ts';
import { moduleSlot } from './module-state.ts';

export interface ExpectedInput {
  readonly shape: Shape;
  /** Other numbers of axes are as possible: a Linear takes any. */
  readonly isRankFree: boolean;
  /** The input holds whole numbers below this: an Embedding's rows. */
  readonly below?: Dim | undefined;
  readonly layer: Layer;
}

/** Which parameter of the method being run the tensor is. */
export const parameterNameSlot = defineSlot<string>('parameter of forward');

const expectations = defineRunState<{ found: Map<string, ExpectedInput> | undefined }>(() => ({ found: undefined }));

/** Runs `body`; the first module that each marked tensor meets says what is expected of it. */
export function collectExpectations(interpreter: Interpreter, body: () => void): ReadonlyMap<string, ExpectedInput> {
  const state = expectations(interpreter);
  const outer = state.found;
  const found = new Map<string, ExpectedInput>();
  state.found = found;
  try {
    body();
    return found;
  } finally {
    state.found = outer;
  }
}

/** Told by every call of a module of torch.nn. */
export function noteInput(interpreter: Interpreter, self: InstanceValue, tensor: TensorValue | undefined): void {
  const { found } = expectations(interpreter);
  if (found === undefined || tensor === undefined) return;
  const name = parameterNameSlot.get(rootOf(tensor));
  if (name === undefined || found.has(name)) return;
  const expected = expectedOf(self);
  if (expected !== undefined) found.set(name, expected);
}

/** Operations that hand on their first tensor's shape. */
const keepsShape: ReadonlySet<string> = new Set([
  'to', 'float', 'double', 'half', 'long', 'int', 'type', 'contiguous', 'clone', 'detach', 'cuda', 'cpu', 'requires_grad_', 'relu', 'tanh', 'sigmoid', 'neg', 'abs', 'clamp',
  'dropout', 'gelu', 'silu', 'leaky_relu', 'elu', 'softmax', 'log_softmax', 'normalize', 'div', 'truediv', 'sub', 'mul',
]);

/** The tensor that this one has the shape of. Modules that keep shapes hand it on as well. */
function rootOf(tensor: TensorValue): TensorValue {
  let current = tensor;
  for (let depth = 0; depth < 16; depth += 1) {
    const operation = operationOf(current);
    const [first] = operation?.inputs ?? [];
    if (operation === undefined || first === undefined || !keepsShape.has(operation.name)) return current;
    current = first;
  }
  return current;
}

const batch = symbol('N');
const spatial: Readonly<Record<number, readonly string[]>> = { 1: ['L'], 2: ['H', 'W'], 3: ['D', 'H', 'W'] };

type Reader = (self: InstanceValue, axes: number) => Omit<ExpectedInput, 'layer'> | undefined;

function attribute(self: InstanceValue, name: string): Dim | undefined {
  return dimFromValue(self.attributes.get(name));
}

/** Batch, channels, and an axis for each number of the class's name. */
function picture(channels: (self: InstanceValue) => Dim | undefined): Reader {
  return (self, axes) => ({ shape: { dims: [batch, channels(self) ?? symbol('C'), ...(spatial[axes] ?? []).map((name) => symbol(name))] }, isRankFree: false });
}

/** Steps in time, in the order that `batch_first` says. */
function sequence(size: string): Reader {
  return (self) => {
    const features = attribute(self, size) ?? unknownDim();
    const isBatchFirst = self.attributes.get('batch_first');
    return { shape: { dims: isBatchFirst?.kind === 'bool' && isBatchFirst.value ? [batch, symbol('L'), features] : [symbol('L'), batch, features] }, isRankFree: false };
  };
}

function lastAxis(size: string, front: readonly Dim[]): Reader {
  return (self) => ({ shape: { dims: [...front, attribute(self, size) ?? unknownDim()] }, isRankFree: true });
}

const tokens: Reader = (self) => ({ shape: { dims: [batch, symbol('L')] }, isRankFree: true, below: attribute(self, 'num_embeddings') ?? unknownDim() });

/** By class name, the number of spatial axes left out. */
const readers: Readonly<Record<string, Reader>> = {
  Conv: picture((self) => attribute(self, 'in_channels')), ConvTranspose: picture((self) => attribute(self, 'in_channels')),
  BatchNorm: (self, axes) => (axes === 1 ? { shape: { dims: [batch, attribute(self, 'num_features') ?? unknownDim()] }, isRankFree: true } : picture((one) => attribute(one, 'num_features'))(self, axes)),
  InstanceNorm: picture((self) => attribute(self, 'num_features')),
  MaxPool: picture(() => undefined), AvgPool: picture(() => undefined), AdaptiveAvgPool: picture(() => undefined), AdaptiveMaxPool: picture(() => undefined),
  ReflectionPad: picture(() => undefined), ReplicationPad: picture(() => undefined), ZeroPad: picture(() => undefined), ConstantPad: picture(() => undefined),
  GroupNorm: (self) => ({ shape: { dims: [batch, attribute(self, 'num_channels') ?? unknownDim(), symbol('H'), symbol('W')] }, isRankFree: true }),
  Linear: lastAxis('in_features', [batch]),
  LayerNorm: (self) => {
    const sizes = self.attributes.get('normalized_shape');
    const own = sizes?.kind === 'tuple' ? sizes.items.map((item) => dimFromValue(item) ?? unknownDim()) : [dimFromValue(sizes) ?? unknownDim()];
    return { shape: { dims: own.length === 1 ? [batch, symbol('L'), ...own] : [batch, ...own] }, isRankFree: own.length === 1 };
  },
  Embedding: tokens, EmbeddingBag: tokens,
  RNN: sequence('input_size'), LSTM: sequence('input_size'), GRU: sequence('input_size'),
  RNNCell: lastAxis('input_size', [batch]), LSTMCell: lastAxis('input_size', [batch]), GRUCell: lastAxis('input_size', [batch]),
  MultiheadAttention: sequence('embed_dim'),
  PixelShuffle: picture(() => undefined), PixelUnshuffle: picture(() => undefined),
};

function expectedOf(self: InstanceValue): ExpectedInput | undefined {
  const layer = moduleSlot.get(self)?.layer;
  if (layer === undefined) return undefined;
  for (const cls of self.cls.mro) {
    if (!cls.native) continue;
    const match = splitAxes(cls.name);
    const read = readers[match.name] ?? readers[cls.name];
    if (read === undefined) continue;
    const expected = read(self, match.axes ?? 2);
    return expected === undefined ? undefined : { ...expected, layer };
  }
  return undefined;
}

/** `Conv2d` → Conv and 2. */
function splitAxes(name: string): { readonly name: string; readonly axes: number | undefined } {
  const digit = Number(name.at(-2));
  return name.endsWith('d') && digit >= 1 && digit <= 3 ? { name: name.slice(0, -2), axes: digit } : { name, axes: undefined };
}

/** `(N, 3, H, W)`, for explanations. */
export function formatExpected(expected: ExpectedInput): string {
  return formatShape(expected.shape);
}

/** What a value is made from that the program gave to a parameter. */
export function isMarked(value: Value): boolean {
  return value.kind === 'tensor' && parameterNameSlot.get(rootOf(value)) !== undefined;
}
