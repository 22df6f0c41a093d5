// VGG, ResNet, ResNetV2, DenseNet and Xception, after their papers and with the layer names of Keras.
// Simonyan & Zisserman 2014; He et al. 2015, 2016; Huang et al. 2016; Chollet 2016.
import type { Value } from '../../../values/value.ts';
import type { Architecture, Builder } from './builder.ts';
import { classify, finish, pool } from './builder.ts';

/** Blocks of 3×3 convolutions, each ended by a pooling. */
export function vgg(convolutions: readonly number[]): Architecture {
  const widths = [64, 128, 256, 512, 512];
  return (builder, input, ending) => {
    let x = input;
    for (const [at, count] of convolutions.entries()) {
      for (let conv = 1; conv <= count; conv += 1)
        x = builder.conv(x, widths[at] ?? 512, [3, 3], { activation: 'relu', padding: 'same' }, `block${at + 1}_conv${conv}`);
      x = builder.layer('MaxPooling2D', x, { pool_size: [2, 2], strides: [2, 2] }, `block${at + 1}_pool`);
    }
    if (!ending.includeTop) return pool(builder, x, ending);
    x = builder.layer('Flatten', x, {}, 'flatten');
    for (const name of ['fc1', 'fc2']) x = builder.layer('Dense', x, { units: 4096, activation: 'relu' }, name);
    return classify(builder, x, ending);
  };
}

const epsilon = 1.001e-5;

function stem(builder: Builder, input: Value, withNorm: boolean, useBias: boolean): Value {
  let x = builder.layer(
    'ZeroPadding2D',
    input,
    {
      padding: [
        [3, 3],
        [3, 3],
      ],
    },
    'conv1_pad',
  );
  x = builder.conv(x, 64, 7, { strides: 2, use_bias: useBias }, 'conv1_conv');
  if (withNorm) x = builder.activate(builder.norm(x, 'conv1_bn', { epsilon }), 'relu', 'conv1_relu');
  x = builder.layer(
    'ZeroPadding2D',
    x,
    {
      padding: [
        [1, 1],
        [1, 1],
      ],
    },
    'pool1_pad',
  );
  return builder.layer('MaxPooling2D', x, { pool_size: 3, strides: 2 }, 'pool1_pool');
}

function residualV1(builder: Builder, input: Value, filters: number, stride: number, convolves: boolean, name: string): Value {
  let shortcut = input;
  if (convolves) shortcut = builder.norm(builder.conv(input, 4 * filters, 1, { strides: stride }, `${name}_0_conv`), `${name}_0_bn`, { epsilon });
  let x = builder.conv(input, filters, 1, { strides: stride }, `${name}_1_conv`);
  x = builder.activate(builder.norm(x, `${name}_1_bn`, { epsilon }), 'relu', `${name}_1_relu`);
  x = builder.conv(x, filters, 3, { padding: 'same' }, `${name}_2_conv`);
  x = builder.activate(builder.norm(x, `${name}_2_bn`, { epsilon }), 'relu', `${name}_2_relu`);
  x = builder.norm(builder.conv(x, 4 * filters, 1, {}, `${name}_3_conv`), `${name}_3_bn`, { epsilon });
  return builder.activate(builder.add([shortcut, x], `${name}_add`), 'relu', `${name}_out`);
}

export function resnet(blocks: readonly number[]): Architecture {
  return (builder, input, ending) => {
    let x = stem(builder, input, true, true);
    for (const [at, count] of blocks.entries()) {
      for (let block = 1; block <= count; block += 1) {
        x = residualV1(builder, x, 64 * 2 ** at, block === 1 && at > 0 ? 2 : 1, block === 1, `conv${at + 2}_block${block}`);
      }
    }
    return finish(builder, x, ending, 'avg_pool', 'max_pool');
  };
}

function residualV2(builder: Builder, input: Value, filters: number, stride: number, convolves: boolean, name: string): Value {
  const active = builder.activate(builder.norm(input, `${name}_preact_bn`, { epsilon }), 'relu', `${name}_preact_relu`);
  const shortcut = convolves
    ? builder.conv(active, 4 * filters, 1, { strides: stride }, `${name}_0_conv`)
    : stride > 1
      ? builder.layer('MaxPooling2D', input, { pool_size: 1, strides: stride })
      : input;
  let x = builder.conv(active, filters, 1, { strides: 1, use_bias: false }, `${name}_1_conv`);
  x = builder.activate(builder.norm(x, `${name}_1_bn`, { epsilon }), 'relu', `${name}_1_relu`);
  x = builder.layer(
    'ZeroPadding2D',
    x,
    {
      padding: [
        [1, 1],
        [1, 1],
      ],
    },
    `${name}_2_pad`,
  );
  x = builder.conv(x, filters, 3, { strides: stride, use_bias: false }, `${name}_2_conv`);
  x = builder.activate(builder.norm(x, `${name}_2_bn`, { epsilon }), 'relu', `${name}_2_relu`);
  x = builder.conv(x, 4 * filters, 1, {}, `${name}_3_conv`);
  return builder.add([shortcut, x], `${name}_out`);
}

/** The stride stands in a stack's last block; the last stack has none. */
export function resnetV2(blocks: readonly number[]): Architecture {
  return (builder, input, ending) => {
    let x = stem(builder, input, false, true);
    for (const [at, count] of blocks.entries()) {
      const stride = at === blocks.length - 1 ? 1 : 2;
      for (let block = 1; block <= count; block += 1) {
        x = residualV2(builder, x, 64 * 2 ** at, block === count ? stride : 1, block === 1, `conv${at + 2}_block${block}`);
      }
    }
    x = builder.activate(builder.norm(x, 'post_bn', { epsilon }), 'relu', 'post_relu');
    return finish(builder, x, ending, 'avg_pool', 'max_pool');
  };
}

export function densenet(blocks: readonly number[]): Architecture {
  return (builder, input, ending) => {
    let x = builder.layer('ZeroPadding2D', input, {
      padding: [
        [3, 3],
        [3, 3],
      ],
    });
    x = builder.conv(x, 64, 7, { strides: 2, use_bias: false }, 'conv1_conv');
    x = builder.activate(builder.norm(x, 'conv1_bn', { epsilon }), 'relu', 'conv1_relu');
    x = builder.layer('ZeroPadding2D', x, {
      padding: [
        [1, 1],
        [1, 1],
      ],
    });
    x = builder.layer('MaxPooling2D', x, { pool_size: 3, strides: 2 }, 'pool1');
    for (const [at, count] of blocks.entries()) {
      if (at > 0) {
        const name = `pool${at + 1}`;
        x = builder.activate(builder.norm(x, `${name}_bn`, { epsilon }), 'relu', `${name}_relu`);
        x = builder.conv(x, Math.floor(builder.channels(x) / 2), 1, { use_bias: false }, `${name}_conv`);
        x = builder.layer('AveragePooling2D', x, { pool_size: 2, strides: 2 }, `${name}_pool`);
      }
      for (let block = 1; block <= count; block += 1) {
        const name = `conv${at + 2}_block${block}`;
        let grown = builder.activate(builder.norm(x, `${name}_0_bn`, { epsilon }), 'relu', `${name}_0_relu`);
        grown = builder.conv(grown, 128, 1, { use_bias: false }, `${name}_1_conv`);
        grown = builder.activate(builder.norm(grown, `${name}_1_bn`, { epsilon }), 'relu', `${name}_1_relu`);
        grown = builder.conv(grown, 32, 3, { padding: 'same', use_bias: false }, `${name}_2_conv`);
        x = builder.concat([x, grown], `${name}_concat`);
      }
    }
    x = builder.activate(builder.norm(x, 'bn', { epsilon }), 'relu', 'relu');
    return finish(builder, x, ending, 'avg_pool', 'max_pool');
  };
}

/** A separable convolution with its normalization; `before` puts the activation in front, under the name Keras gives it. */
function separable(builder: Builder, input: Value, filters: number, name: string, before: boolean): Value {
  const x = before ? builder.activate(input, 'relu', `${name}_act`) : input;
  return builder.norm(builder.layer('SeparableConv2D', x, { filters, kernel_size: [3, 3], padding: 'same', use_bias: false }, name), `${name}_bn`);
}

export const xception: Architecture = (builder, input, ending) => {
  let x = builder.conv(input, 32, [3, 3], { strides: [2, 2], use_bias: false }, 'block1_conv1');
  x = builder.activate(builder.norm(x, 'block1_conv1_bn'), 'relu', 'block1_conv1_act');
  x = builder.conv(x, 64, [3, 3], { use_bias: false }, 'block1_conv2');
  x = builder.activate(builder.norm(x, 'block1_conv2_bn'), 'relu', 'block1_conv2_act');
  const narrowing = (block: number, first: number, second: number): void => {
    const residual = builder.norm(builder.conv(x, second, [1, 1], { strides: [2, 2], padding: 'same', use_bias: false }));
    let y = separable(builder, x, first, `block${block}_sepconv1`, block > 2);
    y = separable(builder, y, second, `block${block}_sepconv2`, true);
    y = builder.layer('MaxPooling2D', y, { pool_size: [3, 3], strides: [2, 2], padding: 'same' }, `block${block}_pool`);
    x = builder.add([y, residual]);
  };
  narrowing(2, 128, 128);
  narrowing(3, 256, 256);
  narrowing(4, 728, 728);
  for (let block = 5; block <= 12; block += 1) {
    const residual = x;
    for (let at = 1; at <= 3; at += 1) x = separable(builder, x, 728, `block${block}_sepconv${at}`, true);
    x = builder.add([x, residual]);
  }
  narrowing(13, 728, 1024);
  for (const [at, filters] of [1536, 2048].entries()) {
    x = builder.activate(separable(builder, x, filters, `block14_sepconv${at + 1}`, false), 'relu', `block14_sepconv${at + 1}_act`);
  }
  return finish(builder, x, ending, undefined, undefined, 'avg_pool');
};
