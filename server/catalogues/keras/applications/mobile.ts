// MobileNet, MobileNetV2 and MobileNetV3, after their papers and with the layer names of Keras.
// Howard et al. 2017; Sandler et al. 2018; Howard et al. 2019.
import type { Value } from '../../../values/value.ts';
import { list } from '../../../values/value.ts';
import { argumentsOf } from '../../../values/arguments.ts';
import { str } from '../../../values/value.ts';
import { callLayer } from '../layer-call.ts';
import { layerClassNamed } from '../layer-class.ts';
import type { Architecture, Builder, Ending } from './builder.ts';
import { correctPadding, finish, pool, roundedFilters } from './builder.ts';

function relu6(builder: Builder, x: Value, name?: string): Value {
  return builder.layer('ReLU', x, { max_value: { real: 6 } }, name);
}

/** Classes by a 1×1 convolution, whose activation is a layer of its own. */
function activation(builder: Builder, x: Value, ending: Ending): Value {
  const cls = layerClassNamed('Activation');
  if (cls === undefined) return x;
  const layer = builder.interpreter.call(cls, argumentsOf([], { activation: ending.activation, name: str('predictions') }), builder.place);
  return layer.kind === 'instance' ? callLayer(builder.interpreter, layer, argumentsOf([x]), builder.place) : x;
}

export const mobileNet: Architecture = (builder, input, ending, { alpha, depthMultiplier, dropout }) => {
  let x = builder.conv(input, Math.trunc(32 * alpha), [3, 3], { padding: 'same', use_bias: false, strides: [2, 2] }, 'conv1');
  x = relu6(builder, builder.norm(x, 'conv1_bn'), 'conv1_relu');
  const blocks: readonly (readonly [filters: number, stride: number])[] = [
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
    [512, 2],
    [512, 1],
    [512, 1],
    [512, 1],
    [512, 1],
    [512, 1],
    [1024, 2],
    [1024, 1],
  ];
  for (const [at, [filters, stride]] of blocks.entries()) {
    const id = at + 1;
    if (stride === 2)
      x = builder.layer(
        'ZeroPadding2D',
        x,
        {
          padding: [
            [0, 1],
            [0, 1],
          ],
        },
        `conv_pad_${id}`,
      );
    x = builder.layer(
      'DepthwiseConv2D',
      x,
      {
        kernel_size: [3, 3],
        padding: stride === 1 ? 'same' : 'valid',
        depth_multiplier: depthMultiplier,
        strides: [stride, stride],
        use_bias: false,
      },
      `conv_dw_${id}`,
    );
    x = relu6(builder, builder.norm(x, `conv_dw_${id}_bn`), `conv_dw_${id}_relu`);
    x = builder.conv(x, Math.trunc(filters * alpha), [1, 1], { padding: 'same', use_bias: false }, `conv_pw_${id}`);
    x = relu6(builder, builder.norm(x, `conv_pw_${id}_bn`), `conv_pw_${id}_relu`);
  }
  if (!ending.includeTop) return pool(builder, x, ending);
  x = builder.layer('GlobalAveragePooling2D', x, { keepdims: true });
  x = builder.layer('Dropout', x, { rate: dropout }, 'dropout');
  x = builder.conv(x, ending.classes, [1, 1], { padding: 'same' }, 'conv_preds');
  x = builder.layer('Reshape', x, { target_shape: [ending.classes] }, 'reshape_2');
  return activation(builder, x, ending);
};

export const mobileNetV2: Architecture = (builder, input, ending, { alpha }) => {
  const settings = { epsilon: 1e-3, momentum: 0.999 };
  let x = builder.conv(input, roundedFilters(32 * alpha), 3, { strides: [2, 2], padding: 'same', use_bias: false }, 'Conv1');
  x = relu6(builder, builder.norm(x, 'bn_Conv1', settings), 'Conv1_relu');
  // Filters, stride and repeats of each stage; only the first block of a stage strides.
  const stages: readonly (readonly [filters: number, stride: number, repeats: number])[] = [
    [16, 1, 1],
    [24, 2, 2],
    [32, 2, 3],
    [64, 2, 4],
    [96, 1, 3],
    [160, 2, 3],
    [320, 1, 1],
  ];
  let id = 0;
  for (const [filters, firstStride, repeats] of stages) {
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const stride = repeat === 0 ? firstStride : 1;
      const before = x;
      const width = builder.channels(x);
      const narrow = roundedFilters(Math.trunc(filters * alpha));
      const prefix = id === 0 ? 'expanded_conv_' : `block_${id}_`;
      if (id > 0) {
        x = builder.conv(x, 6 * width, 1, { padding: 'same', use_bias: false }, `${prefix}expand`);
        x = relu6(builder, builder.norm(x, `${prefix}expand_BN`, settings), `${prefix}expand_relu`);
      }
      if (stride === 2) x = builder.layer('ZeroPadding2D', x, { padding: correctPadding(builder, x, 3) }, `${prefix}pad`);
      x = builder.layer(
        'DepthwiseConv2D',
        x,
        { kernel_size: 3, strides: stride, use_bias: false, padding: stride === 1 ? 'same' : 'valid' },
        `${prefix}depthwise`,
      );
      x = relu6(builder, builder.norm(x, `${prefix}depthwise_BN`, settings), `${prefix}depthwise_relu`);
      x = builder.norm(builder.conv(x, narrow, 1, { padding: 'same', use_bias: false }, `${prefix}project`), `${prefix}project_BN`, settings);
      if (width === narrow && stride === 1) x = builder.add([before, x], `${prefix}add`);
      id += 1;
    }
  }
  x = builder.conv(x, alpha > 1 ? roundedFilters(1280 * alpha) : 1280, 1, { use_bias: false }, 'Conv_1');
  x = relu6(builder, builder.norm(x, 'Conv_1_bn', settings), 'out_relu');
  return finish(builder, x, ending, undefined, undefined);
};

type Block = readonly [expansion: number, filters: number, kernel: 3 | 'k', stride: number, squeezes: boolean, activation: 'relu' | 'a'];
const smallBlocks: readonly Block[] = [
  [1, 16, 3, 2, true, 'relu'],
  [72 / 16, 24, 3, 2, false, 'relu'],
  [88 / 24, 24, 3, 1, false, 'relu'],
  [4, 40, 'k', 2, true, 'a'],
  [6, 40, 'k', 1, true, 'a'],
  [6, 40, 'k', 1, true, 'a'],
  [3, 48, 'k', 1, true, 'a'],
  [3, 48, 'k', 1, true, 'a'],
  [6, 96, 'k', 2, true, 'a'],
  [6, 96, 'k', 1, true, 'a'],
  [6, 96, 'k', 1, true, 'a'],
];
const largeBlocks: readonly Block[] = [
  [1, 16, 3, 1, false, 'relu'],
  [4, 24, 3, 2, false, 'relu'],
  [3, 24, 3, 1, false, 'relu'],
  [3, 40, 'k', 2, true, 'relu'],
  [3, 40, 'k', 1, true, 'relu'],
  [3, 40, 'k', 1, true, 'relu'],
  [6, 80, 3, 2, false, 'a'],
  [2.5, 80, 3, 1, false, 'a'],
  [2.3, 80, 3, 1, false, 'a'],
  [2.3, 80, 3, 1, false, 'a'],
  [6, 112, 3, 1, true, 'a'],
  [6, 112, 3, 1, true, 'a'],
  [6, 160, 'k', 2, true, 'a'],
  [6, 160, 'k', 1, true, 'a'],
  [6, 160, 'k', 1, true, 'a'],
];

export function mobileNetV3(size: 'small' | 'large'): Architecture {
  return (builder, input, ending, { alpha, minimalistic, preprocessing, dropout }) => {
    const settings = { epsilon: 1e-3, momentum: 0.999 };
    const kernel = minimalistic ? 3 : 5;
    const active = (x: Value, kind: 'relu' | 'a'): Value =>
      kind === 'relu' || minimalistic ? builder.layer('ReLU', x) : builder.activate(x, 'hard_swish');
    let x = preprocessing ? builder.layer('Rescaling', input, { scale: 1 / 127.5, offset: { real: -1 } }) : input;
    x = builder.conv(x, 16, 3, { strides: [2, 2], padding: 'same', use_bias: false }, 'conv');
    x = active(builder.norm(x, 'conv_bn', settings), 'a');
    for (const [id, [expansion, filters, window, stride, squeezes, kind]] of (size === 'small' ? smallBlocks : largeBlocks).entries()) {
      const before = x;
      const width = builder.channels(x);
      const prefix = id === 0 ? 'expanded_conv_' : `expanded_conv_${id}_`;
      const narrow = roundedFilters(filters * alpha);
      const side = window === 'k' ? kernel : 3;
      if (id > 0) {
        x = builder.conv(x, roundedFilters(width * expansion), 1, { padding: 'same', use_bias: false }, `${prefix}expand`);
        x = active(builder.norm(x, `${prefix}expand_bn`, settings), kind);
      }
      if (stride === 2) x = builder.layer('ZeroPadding2D', x, { padding: correctPadding(builder, x, side) }, `${prefix}depthwise_pad`);
      x = builder.layer(
        'DepthwiseConv2D',
        x,
        { kernel_size: side, strides: stride, padding: stride === 1 ? 'same' : 'valid', use_bias: false },
        `${prefix}depthwise`,
      );
      x = active(builder.norm(x, `${prefix}depthwise_bn`, settings), kind);
      if (squeezes && !minimalistic) x = squeeze(builder, x, roundedFilters(width * expansion), prefix);
      x = builder.norm(builder.conv(x, narrow, 1, { padding: 'same', use_bias: false }, `${prefix}project`), `${prefix}project_bn`, settings);
      if (stride === 1 && width === narrow) x = builder.add([before, x], `${prefix}add`);
    }
    x = builder.conv(x, roundedFilters(builder.channels(x) * 6), 1, { padding: 'same', use_bias: false }, 'conv_1');
    x = active(builder.norm(x, 'conv_1_bn', settings), 'a');
    if (!ending.includeTop) return pool(builder, x, ending, 'avg_pool', 'max_pool');
    const last = size === 'small' ? 1024 : 1280;
    x = builder.layer('GlobalAveragePooling2D', x, { keepdims: true });
    x = active(builder.conv(x, alpha > 1 ? roundedFilters(last * alpha) : last, 1, { padding: 'same', use_bias: true }, 'conv_2'), 'a');
    if (dropout > 0) x = builder.layer('Dropout', x, { rate: dropout });
    x = builder.layer('Flatten', builder.conv(x, ending.classes, 1, { padding: 'same' }, 'logits'));
    return activation(builder, x, ending);
  };
}

/** Squeeze and excite; the hard sigmoid is written out as operations on the tensor. */
function squeeze(builder: Builder, input: Value, filters: number, prefix: string): Value {
  const name = `${prefix}squeeze_excite_`;
  let x = builder.layer('GlobalAveragePooling2D', input, { keepdims: true }, `${name}avg_pool`);
  x = builder.conv(x, roundedFilters(filters * 0.25), 1, { padding: 'same' }, `${name}conv`);
  x = builder.layer('ReLU', x, {}, `${name}relu`);
  x = builder.conv(x, filters, 1, { padding: 'same' }, `${name}conv_1`);
  const plus = builder.operate('+', x, 3);
  x = builder.operate('*', relu6(builder, plus), 1 / 6);
  return builder.layer('Multiply', list([input, x]), {}, `${name}mul`);
}
