// InceptionV3, InceptionResNetV2 and NASNet, after their papers and with the layer names of Keras.
// Szegedy et al. 2015, 2016; Zoph et al. 2017.
import { dimEquals } from '../../../tensors/dim.ts';
import type { ClassValue, Value } from '../../../values/value.ts';
import { list, unknown } from '../../../values/value.ts';
import { declareLayer } from '../layer-class.ts';
import type { Architecture, Builder, Setting } from './builder.ts';
import { correctPadding, finish, isUndefinedSize } from './builder.ts';

interface Unit {
  readonly strides?: Setting;
  readonly padding?: 'valid' | 'same';
}

/** Convolution, normalization without scale, ReLU; Keras names them. */
function unit(builder: Builder, x: Value, filters: number, rows: number, columns = rows, facts: Unit = {}): Value {
  const y = builder.conv(x, filters, [rows, columns], { strides: facts.strides ?? [1, 1], padding: facts.padding ?? 'same', use_bias: false });
  return builder.activate(builder.norm(y, undefined, { scale: false }), 'relu');
}

const halving: Unit = { strides: [2, 2], padding: 'valid' };

function stem(builder: Builder, input: Value): Value {
  let x = unit(builder, input, 32, 3, 3, halving);
  x = unit(builder, x, 32, 3, 3, { padding: 'valid' });
  x = unit(builder, x, 64, 3);
  x = builder.layer('MaxPooling2D', x, { pool_size: [3, 3], strides: [2, 2] });
  x = unit(builder, x, 80, 1, 1, { padding: 'valid' });
  x = unit(builder, x, 192, 3, 3, { padding: 'valid' });
  return builder.layer('MaxPooling2D', x, { pool_size: [3, 3], strides: [2, 2] });
}

function average(builder: Builder, x: Value): Value {
  return builder.layer('AveragePooling2D', x, { pool_size: [3, 3], strides: [1, 1], padding: 'same' });
}
function maximum(builder: Builder, x: Value): Value {
  return builder.layer('MaxPooling2D', x, { pool_size: [3, 3], strides: [2, 2] });
}

/** Units one behind the other, each by its filters, rows and columns. */
function chain(
  builder: Builder,
  input: Value,
  ...units: readonly (readonly [filters: number, rows: number, columns?: number, facts?: Unit])[]
): Value {
  return units.reduce((x, [filters, rows, columns, facts]) => unit(builder, x, filters, rows, columns ?? rows, facts), input);
}

export const inceptionV3: Architecture = (builder, input, ending) => {
  let x = stem(builder, input);
  for (const [at, pooled] of [32, 64, 64].entries()) {
    const one = chain(builder, x, [64, 1]);
    const five = chain(builder, x, [48, 1], [64, 5]);
    const three = chain(builder, x, [64, 1], [96, 3], [96, 3]);
    const pool = unit(builder, average(builder, x), pooled, 1);
    x = builder.concat([one, five, three, pool], `mixed${at}`);
  }
  {
    const three = chain(builder, x, [384, 3, 3, halving]);
    const double = chain(builder, x, [64, 1], [96, 3], [96, 3, 3, halving]);
    x = builder.concat([three, double, maximum(builder, x)], 'mixed3');
  }
  for (const [at, width] of [128, 160, 160, 192].entries()) {
    const one = chain(builder, x, [192, 1]);
    const seven = chain(builder, x, [width, 1], [width, 1, 7], [192, 7, 1]);
    const double = chain(builder, x, [width, 1], [width, 7, 1], [width, 1, 7], [width, 7, 1], [192, 1, 7]);
    const pool = unit(builder, average(builder, x), 192, 1);
    x = builder.concat([one, seven, double, pool], `mixed${4 + at}`);
  }
  {
    const three = chain(builder, x, [192, 1], [320, 3, 3, halving]);
    const seven = chain(builder, x, [192, 1], [192, 1, 7], [192, 7, 1], [192, 3, 3, halving]);
    x = builder.concat([three, seven, maximum(builder, x)], 'mixed8');
  }
  for (const at of [0, 1]) {
    const one = chain(builder, x, [320, 1]);
    let three = chain(builder, x, [384, 1]);
    three = builder.concat([unit(builder, three, 384, 1, 3), unit(builder, three, 384, 3, 1)], `mixed9_${at}`);
    let double = chain(builder, x, [448, 1], [384, 3]);
    double = builder.concat([unit(builder, double, 384, 1, 3), unit(builder, double, 384, 3, 1)]);
    const pool = unit(builder, average(builder, x), 192, 1);
    x = builder.concat([one, three, double, pool], `mixed${9 + at}`);
  }
  return finish(builder, x, ending, undefined, undefined, 'avg_pool');
};

const scaledAddition: ClassValue = declareLayer(
  {
    name: 'CustomScaleLayer',
    signature: 'scale, **kwargs',
    output: (invocation) => {
      const first = invocation.tensors?.[0];
      return first === undefined ? unknown() : invocation.result(first.shape);
    },
  },
  'keras.applications.inception_resnet_v2',
);

function residual(builder: Builder, x: Value, kind: 'block35' | 'block17' | 'block8', at: number, scale: number, activates = true): Value {
  const branches =
    kind === 'block35'
      ? [chain(builder, x, [32, 1]), chain(builder, x, [32, 1], [32, 3]), chain(builder, x, [32, 1], [48, 3], [64, 3])]
      : kind === 'block17'
        ? [chain(builder, x, [192, 1]), chain(builder, x, [128, 1], [160, 1, 7], [192, 7, 1])]
        : [chain(builder, x, [192, 1]), chain(builder, x, [192, 1], [224, 1, 3], [256, 3, 1])];
  const name = `${kind}_${at}`;
  const mixed = builder.concat(branches, `${name}_mixed`);
  const up = builder.conv(mixed, builder.channels(x), 1, { strides: 1, padding: 'same', use_bias: true }, `${name}_conv`);
  const sum = builder.layer(scaledAddition, list([x, up]), { scale: { real: scale } });
  return activates ? builder.activate(sum, 'relu', `${name}_ac`) : sum;
}

export const inceptionResNetV2: Architecture = (builder, input, ending) => {
  let x = stem(builder, input);
  {
    const first = chain(builder, x, [96, 1]);
    const second = chain(builder, x, [48, 1], [64, 5]);
    const third = chain(builder, x, [64, 1], [96, 3], [96, 3]);
    x = builder.concat([first, second, third, unit(builder, average(builder, x), 64, 1)], 'mixed_5b');
  }
  for (let at = 1; at <= 10; at += 1) x = residual(builder, x, 'block35', at, 0.17);
  {
    const first = chain(builder, x, [384, 3, 3, halving]);
    const second = chain(builder, x, [256, 1], [256, 3], [384, 3, 3, halving]);
    x = builder.concat([first, second, maximum(builder, x)], 'mixed_6a');
  }
  for (let at = 1; at <= 20; at += 1) x = residual(builder, x, 'block17', at, 0.1);
  {
    const first = chain(builder, x, [256, 1], [384, 3, 3, halving]);
    const second = chain(builder, x, [256, 1], [288, 3, 3, halving]);
    const third = chain(builder, x, [256, 1], [288, 3], [320, 3, 3, halving]);
    x = builder.concat([first, second, third, maximum(builder, x)], 'mixed_7a');
  }
  for (let at = 1; at <= 10; at += 1) x = residual(builder, x, 'block8', at, at === 10 ? 1 : 0.2, at < 10);
  x = builder.conv(x, 1536, 1, { strides: 1, padding: 'same', use_bias: false }, 'conv_7b');
  x = builder.activate(builder.norm(x, 'conv_7b_bn', { scale: false }), 'relu', 'conv_7b_ac');
  return finish(builder, x, ending, undefined, undefined, 'avg_pool');
};

const momentum = { momentum: 0.9997, epsilon: 1e-3 };

function separable(builder: Builder, input: Value, filters: number, kernel: number, strides: number, id: string): Value {
  let x = builder.activate(input, 'relu');
  if (strides === 2) x = builder.layer('ZeroPadding2D', x, { padding: correctPadding(builder, x, kernel) }, `separable_conv_1_pad_${id}`);
  x = builder.layer(
    'SeparableConv2D',
    x,
    { filters, kernel_size: [kernel, kernel], strides: [strides, strides], padding: strides === 2 ? 'valid' : 'same', use_bias: false },
    `separable_conv_1_${id}`,
  );
  x = builder.activate(builder.norm(x, `separable_conv_1_bn_${id}`, momentum), 'relu');
  x = builder.layer('SeparableConv2D', x, { filters, kernel_size: [kernel, kernel], padding: 'same', use_bias: false }, `separable_conv_2_${id}`);
  return builder.norm(x, `separable_conv_2_bn_${id}`, momentum);
}

/** Brings the cell before last to the size and width of the last one. */
function adjusted(builder: Builder, previous: Value | undefined, current: Value, filters: number, id: string): Value {
  if (previous === undefined) return current;
  const [before, now] = [builder.size(previous, -2), builder.size(current, -2)];
  // Keras compares None with None where the picture's size is not known.
  const same = (isUndefinedSize(before) && isUndefinedSize(now)) || dimEquals(before, now) !== false;
  if (!same) {
    const active = builder.activate(previous, 'relu', `adjust_relu_1_${id}`);
    let first = builder.layer('AveragePooling2D', active, { pool_size: [1, 1], strides: [2, 2], padding: 'valid' }, `adjust_avg_pool_1_${id}`);
    first = builder.conv(first, Math.floor(filters / 2), [1, 1], { padding: 'same', use_bias: false }, `adjust_conv_1_${id}`);
    let second = builder.layer('ZeroPadding2D', active, {
      padding: [
        [0, 1],
        [0, 1],
      ],
    });
    second = builder.layer('Cropping2D', second, {
      cropping: [
        [1, 0],
        [1, 0],
      ],
    });
    second = builder.layer('AveragePooling2D', second, { pool_size: [1, 1], strides: [2, 2], padding: 'valid' }, `adjust_avg_pool_2_${id}`);
    second = builder.conv(second, Math.floor(filters / 2), [1, 1], { padding: 'same', use_bias: false }, `adjust_conv_2_${id}`);
    return builder.norm(builder.concat([first, second]), `adjust_bn_${id}`, momentum);
  }
  if (builder.channels(previous) === filters) return previous;
  const projected = builder.conv(
    builder.activate(previous, 'relu'),
    filters,
    [1, 1],
    { strides: [1, 1], padding: 'same', use_bias: false },
    `adjust_conv_projection_${id}`,
  );
  return builder.norm(projected, `adjust_bn_${id}`, momentum);
}

function narrowed(builder: Builder, input: Value, filters: number, kind: 'normal' | 'reduction', id: string): Value {
  const x = builder.conv(
    builder.activate(input, 'relu'),
    filters,
    [1, 1],
    { strides: [1, 1], padding: 'same', use_bias: false },
    `${kind}_conv_1_${id}`,
  );
  return builder.norm(x, `${kind}_bn_1_${id}`, momentum);
}

function normalCell(builder: Builder, input: Value, previous: Value | undefined, filters: number, id: string): Value {
  const p = adjusted(builder, previous, input, filters, id);
  const h = narrowed(builder, input, filters, 'normal', id);
  const pooled = (x: Value, name: string): Value =>
    builder.layer('AveragePooling2D', x, { pool_size: [3, 3], strides: [1, 1], padding: 'same' }, `${name}_${id}`);
  const x1 = builder.add(
    [separable(builder, h, filters, 5, 1, `normal_left1_${id}`), separable(builder, p, filters, 3, 1, `normal_right1_${id}`)],
    `normal_add_1_${id}`,
  );
  const x2 = builder.add(
    [separable(builder, p, filters, 5, 1, `normal_left2_${id}`), separable(builder, p, filters, 3, 1, `normal_right2_${id}`)],
    `normal_add_2_${id}`,
  );
  const x3 = builder.add([pooled(h, 'normal_left3'), p], `normal_add_3_${id}`);
  const x4 = builder.add([pooled(p, 'normal_left4'), pooled(p, 'normal_right4')], `normal_add_4_${id}`);
  const x5 = builder.add([separable(builder, h, filters, 3, 1, `normal_left5_${id}`), h], `normal_add_5_${id}`);
  return builder.concat([p, x1, x2, x3, x4, x5], `normal_concat_${id}`);
}

function reductionCell(builder: Builder, input: Value, previous: Value | undefined, filters: number, id: string): Value {
  const p = adjusted(builder, previous, input, filters, id);
  const h = narrowed(builder, input, filters, 'reduction', id);
  const padded = builder.layer('ZeroPadding2D', h, { padding: correctPadding(builder, h, 3) }, `reduction_pad_1_${id}`);
  const pooled = (kind: 'MaxPooling2D' | 'AveragePooling2D', name: string): Value =>
    builder.layer(kind, padded, { pool_size: [3, 3], strides: [2, 2], padding: 'valid' }, `${name}_${id}`);
  const x1 = builder.add(
    [separable(builder, h, filters, 5, 2, `reduction_left1_${id}`), separable(builder, p, filters, 7, 2, `reduction_right1_${id}`)],
    `reduction_add_1_${id}`,
  );
  const x2 = builder.add(
    [pooled('MaxPooling2D', 'reduction_left2'), separable(builder, p, filters, 7, 2, `reduction_right2_${id}`)],
    `reduction_add_2_${id}`,
  );
  const x3 = builder.add(
    [pooled('AveragePooling2D', 'reduction_left3'), separable(builder, p, filters, 5, 2, `reduction_right3_${id}`)],
    `reduction_add3_${id}`,
  );
  const x4 = builder.add([
    x2,
    builder.layer('AveragePooling2D', x1, { pool_size: [3, 3], strides: [1, 1], padding: 'same' }, `reduction_left4_${id}`),
  ]);
  const x5 = builder.add(
    [separable(builder, x1, filters, 3, 1, `reduction_left4_${id}`), pooled('MaxPooling2D', 'reduction_right5')],
    `reduction_add4_${id}`,
  );
  return builder.concat([x2, x3, x4, x5], `reduction_concat_${id}`);
}

export function nasNet(penultimate: number, blocks: number, stemFilters: number, skipsReduction: boolean): Architecture {
  return (builder, input, ending) => {
    const filters = Math.floor(penultimate / 24);
    let x = builder.conv(input, stemFilters, [3, 3], { strides: [2, 2], padding: 'valid', use_bias: false }, 'stem_conv1');
    x = builder.norm(x, 'stem_bn1', momentum);
    let p: Value | undefined;
    // Each cell gives its output and its input, which the next but one looks at.
    const reduce = (width: number, id: string): Value | undefined => {
      const before = x;
      x = reductionCell(builder, x, p, width, id);
      return before;
    };
    p = reduce(Math.floor(filters / 4), 'stem_1');
    p = reduce(Math.floor(filters / 2), 'stem_2');
    for (const stage of [0, 1, 2]) {
      if (stage > 0) {
        const before = reduce(filters * 2 ** stage, `reduce_${stage * blocks}`);
        if (!skipsReduction) p = before;
      }
      for (let at = 0; at < blocks; at += 1) {
        const before = x;
        x = normalCell(builder, x, p, filters * 2 ** stage, String(stage * blocks + at + (stage > 0 ? 1 : 0)));
        p = before;
      }
    }
    x = builder.activate(x, 'relu');
    return finish(builder, x, ending, undefined, undefined);
  };
}
