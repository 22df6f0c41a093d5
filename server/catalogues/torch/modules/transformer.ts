// Transformer and its parts, with the modules that they hold and the order in which those are called. Source of names, shapes and
// refusals: PyTorch 2.13. It must not know how modules become classes.
import { type Dim, dimEquals, formatDim } from '../../../tensors/dim.ts';
import { formatShape, shapeOf } from '../../../tensors/shape.ts';
import type { CallArguments } from '../../../values/arguments.ts';
import { argumentsOf } from '../../../values/arguments.ts';
import { nativeFunction } from '../../../values/classes.ts';
import { message } from '../../../values/place.ts';
import type { InstanceValue, Value } from '../../../values/value.ts';
import { bool, list, none, unknown } from '../../../values/value.ts';
import { dimFromValue, numberFromValue } from '../../arrays/contents.ts';
import { deepCopy } from '../../python/copying.ts';
import { torchTensor } from '../library.ts';
import type { ModuleConstruction, ModuleDeclaration, ModuleInvocation } from '../module-declaration.ts';
import { callModule } from '../module-call.ts';
import { isModule, membersOf } from '../module-state.ts';

const layerSignature =
  "d_model, nhead, dim_feedforward=2048, dropout=0.1, activation='relu', layer_norm_eps=1e-5, batch_first=False, norm_first=False, bias=True, device=None, dtype=None";

function checkActivation(construction: ModuleConstruction): void {
  const activation = construction.args.get('activation');
  if (activation.kind !== 'str' || activation.value === 'relu' || activation.value === 'gelu') return;
  construction.refuse(
    message("{layer}: activation must be 'relu' or 'gelu' or a function, got '{value}'", { layer: construction.className, value: activation.value }),
    { argument: 'activation', exception: 'RuntimeError' },
  );
}

/** The modules of a layer; `attentions` are the names of its attention modules. */
function layerChildren(construction: ModuleConstruction, attentions: readonly string[]): Readonly<Record<string, Value>> {
  const { args } = construction;
  const make: ModuleConstruction['make'] = (name, positional, keywords) => construction.make(name, positional, keywords);
  const [model, hidden, rate] = ['d_model', 'dim_feedforward', 'dropout'].map((name) => args.get(name));
  if (model === undefined || hidden === undefined || rate === undefined) return {};
  const options = { bias: args.get('bias'), device: args.get('device'), dtype: args.get('dtype') };
  const numbers = Array.from({ length: attentions.length + 1 }, (_, at) => at + 1);
  const normalization = (): Value => make('LayerNorm', [model], { eps: args.get('layer_norm_eps'), bias: options.bias });
  return {
    ...Object.fromEntries(
      attentions.map((name) => [
        name,
        make('MultiheadAttention', [model, args.get('nhead')], { dropout: rate, batch_first: args.get('batch_first'), ...options }),
      ]),
    ),
    linear1: make('Linear', [model, hidden], options),
    dropout: make('Dropout', [rate]),
    linear2: make('Linear', [hidden, model], options),
    ...Object.fromEntries(numbers.map((at) => [`norm${at}`, normalization()])),
    ...Object.fromEntries(numbers.map((at) => [`dropout${at}`, make('Dropout', [rate])])),
  };
}

/** The function of that name, which changes no shape. */
function activationOf(construction: ModuleConstruction): Value {
  const given = construction.args.get('activation');
  if (given.kind !== 'str') return given;
  return nativeFunction(given.value, 'input', ({ args }) => {
    const input = args.get('input');
    return input.kind === 'tensor' ? torchTensor({ shape: input.shape, dtype: input.dtype }) : unknown();
  });
}

/** `x + sublayer(x)`: the same shape as `x`. */
function add(invocation: ModuleInvocation, left: Value, right: Value): Value {
  return left.kind === 'tensor' && right.kind === 'tensor' ? invocation.interpreter.binary('+', left, right, invocation.place) : unknown();
}

function attend(invocation: ModuleInvocation, name: string, query: Value, memory: Value, mask: Value, padding: Value, isCausal: Value): Value {
  const result = invocation.callChild(name, [query, memory, memory, padding, bool(false), mask, bool(true), isCausal]);
  return result.kind === 'tuple' ? (result.items[0] ?? unknown()) : unknown();
}

function feedForward(invocation: ModuleInvocation, input: Value): Value {
  const activation = invocation.self.attributes.get('activation') ?? unknown();
  const hidden = invocation.interpreter.call(activation, argumentsOf([invocation.callChild('linear1', [input])]), invocation.place);
  return invocation.callChild('linear2', [invocation.callChild('dropout', [hidden])]);
}

/** Sublayers one after the other, each with its dropout and norm in front or behind. */
function runLayer(invocation: ModuleInvocation, start: Value, sublayers: readonly ((input: Value) => Value)[]): Value {
  const first = invocation.args.flag('norm_first');
  let value = start;
  for (const [at, sublayer] of sublayers.entries()) {
    const [norm, dropout] = [`norm${at + 1}`, `dropout${at + 1}`];
    if (first === true) value = add(invocation, value, invocation.callChild(dropout, [sublayer(invocation.callChild(norm, [value]))]));
    else value = invocation.callChild(norm, [add(invocation, value, invocation.callChild(dropout, [sublayer(value)]))]);
  }
  return value;
}

/** The output has the input's shape whatever happened inside; without the inner modules' word it is still that of the input. */
function asInput(invocation: ModuleInvocation, value: Value): Value {
  if (value.kind === 'tensor' && value.shape.dims !== undefined) return value;
  return invocation.tensor === undefined ? unknown() : invocation.result(invocation.tensor.shape);
}

function encoderLayer(invocation: ModuleInvocation): Value {
  const { callArgs, input } = invocation;
  if (invocation.tensor === undefined) return unknown();
  return asInput(
    invocation,
    runLayer(invocation, input, [
      (value) =>
        attend(
          invocation,
          'self_attn',
          value,
          value,
          callArgs.get('src_mask'),
          callArgs.get('src_key_padding_mask'),
          causal(callArgs.get('is_causal'), callArgs.get('src_mask')),
        ),
      (value) => feedForward(invocation, value),
    ]),
  );
}

function decoderLayer(invocation: ModuleInvocation): Value {
  const { callArgs, input } = invocation;
  const memory = callArgs.get('memory');
  if (invocation.tensor === undefined) return unknown();
  return asInput(
    invocation,
    runLayer(invocation, input, [
      (value) =>
        attend(
          invocation,
          'self_attn',
          value,
          value,
          callArgs.get('tgt_mask'),
          callArgs.get('tgt_key_padding_mask'),
          causal(callArgs.get('tgt_is_causal'), callArgs.get('tgt_mask')),
        ),
      (value) =>
        attend(
          invocation,
          'multihead_attn',
          value,
          memory,
          callArgs.get('memory_mask'),
          callArgs.get('memory_key_padding_mask'),
          causal(callArgs.get('memory_is_causal'), callArgs.get('memory_mask')),
        ),
      (value) => feedForward(invocation, value),
    ]),
  );
}

/** None means that the mask is looked at. */
function causal(flag: Value, mask: Value): Value {
  return flag.kind === 'none' ? bool(false) : flag.kind === 'bool' && flag.value && mask.kind === 'unknown' ? unknown(undefined, 'bool') : flag;
}

/** No line of the program stands for what a module calls inside. */
function callInner(invocation: ModuleInvocation, module: InstanceValue, args: CallArguments): Value {
  return callModule(invocation.interpreter, module, args, invocation.place, 'nowhere');
}

// ---- Stacks.

/** `num_layers` copies of the layer, each with its own weights. */
function copies(construction: ModuleConstruction, name: string): Value {
  const layer = construction.args.get(name);
  const count = numberFromValue(construction.args.get('num_layers'));
  if (count === undefined || layer.kind !== 'instance') return construction.make('ModuleList', [unknown()]);
  return construction.make('ModuleList', [
    list(Array.from({ length: Math.max(0, Math.min(count, 512)) }, () => deepCopy(construction.interpreter, layer, construction.place))),
  ]);
}

function checkLayer(construction: ModuleConstruction, name: string): void {
  const layer = construction.args.get(name);
  if (layer.kind !== 'int' && layer.kind !== 'str' && layer.kind !== 'float' && layer.kind !== 'class') return;
  construction.refuse(
    message('{layer} copies a module, got {value}', {
      layer: construction.className,
      value: layer.kind === 'class' ? message('the class {name}', { name: layer.name }) : (construction.interpreter.representation(layer, construction.place) ?? layer.kind),
    }),
    { argument: name, exception: 'TypeError' },
  );
}

/** Each layer in turn, then the norm; a layer is given `keywords` as PyTorch gives them. */
function runStack(invocation: ModuleInvocation, keywords: Readonly<Record<string, Value>>, others: readonly Value[]): Value {
  const { self } = invocation;
  const layers = self.attributes.get('layers');
  let value: Value = invocation.input;
  if (!isModule(layers)) return asInput(invocation, unknown());
  for (const [, layer] of membersOf(layers)) {
    if (!isModule(layer)) return asInput(invocation, unknown());
    value = callInner(invocation, layer, argumentsOf([value, ...others], keywords));
    if (value.kind !== 'tensor') return asInput(invocation, unknown());
  }
  const norm = self.attributes.get('norm');
  return asInput(invocation, isModule(norm) ? invocation.callChild('norm', [value]) : value);
}

function transformerChildren(construction: ModuleConstruction): Readonly<Record<string, Value>> {
  const { args } = construction;
  const names = ['dim_feedforward', 'dropout', 'activation', 'layer_norm_eps', 'batch_first', 'norm_first', 'bias', 'device', 'dtype'];
  const stack = (kind: 'Encoder' | 'Decoder', custom: string, count: string): Value => {
    if (!args.isNone(custom)) return args.get(custom);
    const layer = construction.make(
      `Transformer${kind}Layer`,
      [args.get('d_model'), args.get('nhead')],
      Object.fromEntries(names.map((name) => [name, args.get(name)])),
    );
    const norm = construction.make('LayerNorm', [args.get('d_model')], { eps: args.get('layer_norm_eps'), bias: args.get('bias') });
    return construction.make(`Transformer${kind}`, [layer, args.get(count), norm]);
  };
  return { encoder: stack('Encoder', 'custom_encoder', 'num_encoder_layers'), decoder: stack('Decoder', 'custom_decoder', 'num_decoder_layers') };
}

function transformer(invocation: ModuleInvocation): Value {
  const { callArgs, args, self } = invocation;
  const [source, target] = [callArgs.get('src'), callArgs.get('tgt')];
  if (source.kind !== 'tensor' || target.kind !== 'tensor')
    return target.kind === 'tensor' ? torchTensor({ shape: target.shape, dtype: target.dtype }) : unknown();
  const [from, to] = [source.shape.dims, target.shape.dims];
  const model = dimFromValue(args.get('d_model'));
  const first = args.flag('batch_first');
  const differ = (left: Dim | undefined, right: Dim | undefined): boolean =>
    left !== undefined && right !== undefined && dimEquals(left, right) === false;
  const shapes = { layer: invocation.context.name, source: formatShape(source.shape), target: formatShape(target.shape) };
  const result = torchTensor({ shape: target.shape, dtype: target.dtype });
  if (from !== undefined && to !== undefined) {
    if (from.length === 3 && first !== undefined && (to.length !== 3 || differ(from[first ? 0 : 1], to[first ? 0 : 1]))) {
      invocation.refuse(
        message('{layer} reads src {source} and tgt {target} with batch_first={first}: their batches differ', {
          ...shapes,
          first: first ? 'True' : 'False',
        }),
      );
      return result;
    }
    if (model !== undefined && (differ(from.at(-1), model) || differ(to.at(-1), model))) {
      invocation.refuse(
        message('{layer} expects {expected} features (d_model): src is {source}, tgt {target}', { ...shapes, expected: formatDim(model) }),
      );
      return result;
    }
  }
  const encoder = self.attributes.get('encoder'),
    decoder = self.attributes.get('decoder');
  if (!isModule(encoder) || !isModule(decoder)) return result;
  const memory = callInner(
    invocation,
    encoder,
    argumentsOf([source], {
      mask: callArgs.get('src_mask'),
      src_key_padding_mask: callArgs.get('src_key_padding_mask'),
      is_causal: callArgs.get('src_is_causal'),
    }),
  );
  const names = ['tgt_mask', 'memory_mask', 'tgt_key_padding_mask', 'memory_key_padding_mask', 'tgt_is_causal', 'memory_is_causal'];
  const output = callInner(invocation, decoder, argumentsOf([target, memory], Object.fromEntries(names.map((name) => [name, callArgs.get(name)]))));
  return output.kind === 'tensor' && output.shape.dims !== undefined ? output : result;
}

/** `Transformer.generate_square_subsequent_mask(sz)`. */
const subsequentMask: Value = {
  kind: 'staticmethod',
  callable: nativeFunction('generate_square_subsequent_mask', 'sz, device=None, dtype=None', ({ args }) => {
    const size = args.int('sz');
    return size === undefined ? unknown() : torchTensor({ shape: shapeOf(size, size), dtype: 'float32' });
  }),
};

export const transformerModules: readonly ModuleDeclaration[] = [
  {
    name: 'TransformerEncoderLayer',
    signature: layerSignature,
    callSignature: 'src, src_mask=None, src_key_padding_mask=None, is_causal=False',
    check: checkActivation,
    attributes: (construction) => ({ activation: activationOf(construction) }),
    children: (construction) => layerChildren(construction, ['self_attn']),
    output: encoderLayer,
  },
  {
    name: 'TransformerDecoderLayer',
    signature: layerSignature,
    check: checkActivation,
    callSignature:
      'tgt, memory, tgt_mask=None, memory_mask=None, tgt_key_padding_mask=None, memory_key_padding_mask=None, tgt_is_causal=False, memory_is_causal=False',
    attributes: (construction) => ({ activation: activationOf(construction) }),
    children: (construction) => layerChildren(construction, ['self_attn', 'multihead_attn']),
    output: decoderLayer,
  },
  {
    name: 'TransformerEncoder',
    signature: 'encoder_layer, num_layers, norm=None, enable_nested_tensor=True, mask_check=True',
    callSignature: 'src, mask=None, src_key_padding_mask=None, is_causal=None',
    check: (construction) => checkLayer(construction, 'encoder_layer'),
    unkept: ['encoder_layer', 'norm'],
    children: (construction) => ({ layers: copies(construction, 'encoder_layer'), norm: construction.args.get('norm') }),
    output: (invocation) =>
      runStack(
        invocation,
        {
          src_mask: invocation.callArgs.get('mask'),
          is_causal: causal(invocation.callArgs.get('is_causal'), none),
          src_key_padding_mask: invocation.callArgs.get('src_key_padding_mask'),
        },
        [],
      ),
  },
  {
    name: 'TransformerDecoder',
    signature: 'decoder_layer, num_layers, norm=None',
    callSignature:
      'tgt, memory, tgt_mask=None, memory_mask=None, tgt_key_padding_mask=None, memory_key_padding_mask=None, tgt_is_causal=None, memory_is_causal=False',
    check: (construction) => checkLayer(construction, 'decoder_layer'),
    unkept: ['decoder_layer', 'norm'],
    children: (construction) => ({ layers: copies(construction, 'decoder_layer'), norm: construction.args.get('norm') }),
    output: (invocation) => {
      const names = ['tgt_mask', 'memory_mask', 'tgt_key_padding_mask', 'memory_key_padding_mask'];
      return runStack(
        invocation,
        {
          ...Object.fromEntries(names.map((name) => [name, invocation.callArgs.get(name)])),
          tgt_is_causal: causal(invocation.callArgs.get('tgt_is_causal'), none),
          memory_is_causal: causal(invocation.callArgs.get('memory_is_causal'), none),
        },
        [invocation.callArgs.get('memory')],
      );
    },
  },
  {
    name: 'Transformer',
    signature:
      "d_model=512, nhead=8, num_encoder_layers=6, num_decoder_layers=6, dim_feedforward=2048, dropout=0.1, activation='relu', custom_encoder=None, custom_decoder=None, " +
      'layer_norm_eps=1e-5, batch_first=False, norm_first=False, bias=True, device=None, dtype=None',
    callSignature:
      'src, tgt, src_mask=None, tgt_mask=None, memory_mask=None, src_key_padding_mask=None, tgt_key_padding_mask=None, memory_key_padding_mask=None, ' +
      'src_is_causal=None, tgt_is_causal=None, memory_is_causal=False',
    check: checkActivation,
    unkept: ['custom_encoder', 'custom_decoder'],
    children: transformerChildren,
    output: transformer,
    members: { generate_square_subsequent_mask: subsequentMask },
  },
];
