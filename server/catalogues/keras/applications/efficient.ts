// EfficientNet, EfficientNetV2 and ConvNeXt, after their papers and with the layer names of Keras.
// Tan & Le 2019, 2021; Liu et al. 2022.
import type { Value } from '../../../values/value.ts';
import { list, unknown } from '../../../values/value.ts';
import { argumentsOf } from '../../../values/arguments.ts';
import type { ClassValue } from '../../../values/value.ts';
import { str } from '../../../values/value.ts';
import { declareLayer } from '../layer-class.ts';
import { callLayer } from '../layer-call.ts';
import type { Architecture, Builder, Settings } from './builder.ts';
import { classify, correctPadding, pool, roundedFilters } from './builder.ts';

/** Kernel, repeats, filters in, filters out, expansion, stride; 0.25 of the filters squeeze and excite. */
type Stage = readonly [kernel: number, repeats: number, from: number, to: number, expansion: number, stride: number];
const stages: readonly Stage[] = [
  [3, 1, 32, 16, 1, 1],
  [3, 2, 16, 24, 6, 2],
  [5, 2, 24, 40, 6, 2],
  [3, 3, 40, 80, 6, 2],
  [5, 3, 80, 112, 6, 1],
  [5, 4, 112, 192, 6, 2],
  [3, 1, 192, 320, 6, 1],
];

function excite(builder: Builder, x: Value, reduced: number, filters: number, name: string): Value {
  let se = builder.layer('GlobalAveragePooling2D', x, {}, `${name}se_squeeze`);
  se = builder.layer('Reshape', se, { target_shape: [1, 1, filters] }, `${name}se_reshape`);
  se = builder.conv(se, reduced, 1, { padding: 'same', activation: 'swish' }, `${name}se_reduce`);
  se = builder.conv(se, filters, 1, { padding: 'same', activation: 'sigmoid' }, `${name}se_expand`);
  return builder.layer('Multiply', list([x, se]), {}, `${name}se_excite`);
}

const letter = (at: number): string => String.fromCharCode(97 + at);
const dropped: Settings = { noise_shape: [null, 1, 1, 1] };

export function efficientNet(width: number, depth: number, dropout: number): Architecture {
  const round = (filters: number): number => roundedFilters(filters * width);
  return (builder, input, ending, { pretrained }) => {
    let x = builder.layer('Rescaling', input, { scale: 1 / 255 });
    x = builder.layer('Normalization', x, { axis: 3 });
    if (pretrained) x = builder.layer('Rescaling', x, { scale: [0.229, 0.224, 0.225].map((deviation) => 1 / Math.sqrt(deviation)) });
    x = builder.layer('ZeroPadding2D', x, { padding: correctPadding(builder, x, 3) }, 'stem_conv_pad');
    x = builder.conv(x, round(32), 3, { strides: 2, padding: 'valid', use_bias: false }, 'stem_conv');
    x = builder.activate(builder.norm(x, 'stem_bn'), 'swish', 'stem_activation');
    const total = stages.reduce((sum, [, repeats]) => sum + Math.ceil(depth * repeats), 0);
    let block = 0;
    for (const [at, [kernel, repeats, from, to, expansion, firstStride]] of stages.entries()) {
      for (let repeat = 0; repeat < Math.ceil(depth * repeats); repeat += 1) {
        const stride = repeat === 0 ? firstStride : 1;
        const filtersIn = repeat === 0 ? round(from) : round(to);
        const name = `block${at + 1}${letter(repeat)}_`;
        const before = x;
        const filters = filtersIn * expansion;
        if (expansion !== 1) {
          x = builder.conv(x, filters, 1, { padding: 'same', use_bias: false }, `${name}expand_conv`);
          x = builder.activate(builder.norm(x, `${name}expand_bn`), 'swish', `${name}expand_activation`);
        }
        if (stride === 2) x = builder.layer('ZeroPadding2D', x, { padding: correctPadding(builder, x, kernel) }, `${name}dwconv_pad`);
        x = builder.layer(
          'DepthwiseConv2D',
          x,
          { kernel_size: kernel, strides: stride, padding: stride === 2 ? 'valid' : 'same', use_bias: false },
          `${name}dwconv`,
        );
        x = builder.activate(builder.norm(x, `${name}bn`), 'swish', `${name}activation`);
        x = excite(builder, x, Math.max(1, Math.trunc(filtersIn * 0.25)), filters, name);
        x = builder.norm(builder.conv(x, round(to), 1, { padding: 'same', use_bias: false }, `${name}project_conv`), `${name}project_bn`);
        if (stride === 1 && filtersIn === round(to)) {
          const rate = (0.2 * block) / total;
          if (rate > 0) x = builder.layer('Dropout', x, { rate, ...dropped }, `${name}drop`);
          x = builder.add([x, before], `${name}add`);
        }
        block += 1;
      }
    }
    x = builder.conv(x, round(1280), 1, { padding: 'same', use_bias: false }, 'top_conv');
    x = builder.activate(builder.norm(x, 'top_bn'), 'swish', 'top_activation');
    if (!ending.includeTop) return pool(builder, x, ending, 'avg_pool', 'max_pool');
    x = builder.layer('GlobalAveragePooling2D', x, {}, 'avg_pool');
    if (dropout > 0) x = builder.layer('Dropout', x, { rate: dropout }, 'top_dropout');
    return classify(builder, x, ending);
  };
}

/** Repeats, filters in, filters out, expansion, stride, whether expansion and depthwise convolution are fused, whether it squeezes. All kernels are 3×3. */
type StageV2 = readonly [repeats: number, from: number, to: number, expansion: number, stride: number, fused: boolean];
const smallest: readonly StageV2[] = [
  [1, 32, 16, 1, 1, true],
  [2, 16, 32, 4, 2, true],
  [2, 32, 48, 4, 2, true],
  [3, 48, 96, 4, 2, false],
  [5, 96, 112, 6, 1, false],
  [8, 112, 192, 6, 2, false],
];
export const stagesV2: Readonly<Record<'b' | 's' | 'm' | 'l', readonly StageV2[]>> = {
  b: smallest,
  s: [
    [2, 24, 24, 1, 1, true],
    [4, 24, 48, 4, 2, true],
    [4, 48, 64, 4, 2, true],
    [6, 64, 128, 4, 2, false],
    [9, 128, 160, 6, 1, false],
    [15, 160, 256, 6, 2, false],
  ],
  m: [
    [3, 24, 24, 1, 1, true],
    [5, 24, 48, 4, 2, true],
    [5, 48, 80, 4, 2, true],
    [7, 80, 160, 4, 2, false],
    [14, 160, 176, 6, 1, false],
    [18, 176, 304, 6, 2, false],
    [5, 304, 512, 6, 1, false],
  ],
  l: [
    [4, 32, 32, 1, 1, true],
    [7, 32, 64, 4, 2, true],
    [7, 64, 96, 4, 2, true],
    [10, 96, 192, 4, 2, false],
    [19, 192, 224, 6, 1, false],
    [25, 224, 384, 6, 2, false],
    [7, 384, 640, 6, 1, false],
  ],
};

export function efficientNetV2(kind: 'b' | 's' | 'm' | 'l', width: number, depth: number): Architecture {
  const round = (filters: number): number => roundedFilters(filters * width, 8, false);
  return (builder, input, ending, { preprocessing }) => {
    let x = input;
    if (preprocessing) {
      if (kind === 'b' && builder.channels(input) === 3) {
        x = builder.layer('Rescaling', x, { scale: 1 / 255 });
        x = builder.layer('Normalization', x, { mean: [0.485, 0.456, 0.406], variance: [0.229 ** 2, 0.224 ** 2, 0.225 ** 2], axis: 3 });
      } else x = builder.layer('Rescaling', x, { scale: 1 / 128, offset: -1 });
    }
    const all = stagesV2[kind];
    const momentum = { momentum: 0.9 };
    x = builder.conv(x, round(all[0]?.[1] ?? 32), 3, { strides: 2, padding: 'same', use_bias: false }, 'stem_conv');
    x = builder.activate(builder.norm(x, 'stem_bn', momentum), 'swish', 'stem_activation');
    const total = all.reduce((sum, [repeats]) => sum + repeats, 0);
    let block = 0;
    for (const [at, [repeats, from, to, expansion, firstStride, fused]] of all.entries()) {
      for (let repeat = 0; repeat < Math.ceil(depth * repeats); repeat += 1) {
        const stride = repeat === 0 ? firstStride : 1;
        const filtersIn = repeat === 0 ? round(from) : round(to);
        const filters = filtersIn * expansion;
        const name = `block${at + 1}${letter(repeat)}_`;
        const before = x;
        if (expansion !== 1) {
          x = builder.conv(x, filters, fused ? 3 : 1, { strides: fused ? stride : 1, padding: 'same', use_bias: false }, `${name}expand_conv`);
          x = builder.activate(builder.norm(x, `${name}expand_bn`, momentum), 'swish', `${name}expand_activation`);
        }
        if (!fused) {
          x = builder.layer('DepthwiseConv2D', x, { kernel_size: 3, strides: stride, padding: 'same', use_bias: false }, `${name}dwconv2`);
          x = builder.activate(builder.norm(x, `${name}bn`, momentum), 'swish', `${name}activation`);
          x = excite(builder, x, Math.max(1, Math.trunc(filtersIn * 0.25)), filters, name);
        }
        const projects = fused && expansion === 1;
        x = builder.conv(x, round(to), projects ? 3 : 1, { strides: projects ? stride : 1, padding: 'same', use_bias: false }, `${name}project_conv`);
        x = builder.norm(x, `${name}project_bn`, momentum);
        if (projects) x = builder.activate(x, 'swish', `${name}project_activation`);
        if (stride === 1 && filtersIn === round(to)) {
          const rate = (0.2 * block) / total;
          if (rate > 0) x = builder.layer('Dropout', x, { rate, ...dropped }, `${name}drop`);
          x = builder.add([x, before], `${name}add`);
        }
        block += 1;
      }
    }
    x = builder.conv(x, round(1280), 1, { padding: 'same', use_bias: false }, 'top_conv');
    x = builder.activate(builder.norm(x, 'top_bn', momentum), 'swish', 'top_activation');
    if (!ending.includeTop) return pool(builder, x, ending, 'avg_pool', 'max_pool');
    x = builder.layer('GlobalAveragePooling2D', x, {}, 'avg_pool');
    return classify(builder, builder.layer('Dropout', x, { rate: 0.2 }, 'top_dropout'), ending);
  };
}

const layerScale: ClassValue = declareLayer(
  {
    name: 'LayerScale',
    signature: 'init_values, projection_dim, **kwargs',
    weights: (build) => [{ name: 'gamma', shape: { dims: [build.args.int('projection_dim') ?? 0] } }],
    output: (invocation) => (invocation.tensor === undefined ? unknown() : invocation.result(invocation.tensor.shape)),
  },
  'keras.applications.convnext',
);

export function convNeXt(depths: readonly number[], widths: readonly number[]): Architecture {
  return (builder, input, ending, { preprocessing, name }) => {
    const epsilon = { epsilon: 1e-6 };
    let x = input;
    if (preprocessing && builder.channels(input) === 3) {
      x = builder.layer(
        'Normalization',
        x,
        { mean: [0.485 * 255, 0.456 * 255, 0.406 * 255], variance: [0.229, 0.224, 0.225].map((one) => (one * 255) ** 2) },
        `${name}_prestem_normalization`,
      );
    }
    const stack = (parts: readonly (readonly [string, Settings, string])[], title: string): Value => sequential(builder, parts, title);
    const downsampling = [
      stack(
        [
          ['Conv2D', { filters: widths[0], kernel_size: 4, strides: 4 }, `${name}_stem_conv`],
          ['LayerNormalization', epsilon, `${name}_stem_layernorm`],
        ],
        `${name}_stem`,
      ),
      ...[0, 1, 2].map((at) =>
        stack(
          [
            ['LayerNormalization', epsilon, `${name}_downsampling_layernorm_${at}`],
            ['Conv2D', { filters: widths[at + 1], kernel_size: 2, strides: 2 }, `${name}_downsampling_conv_${at}`],
          ],
          `${name}_downsampling_block_${at}`,
        ),
      ),
    ];
    for (const [stage, depth] of depths.entries()) {
      const width = widths[stage] ?? 0;
      x = run(builder, downsampling[stage] ?? unknown(), x);
      for (let at = 0; at < depth; at += 1) {
        const title = `${name}_stage_${stage}_block_${at}`;
        let y = builder.conv(x, width, 7, { padding: 'same', groups: width }, `${title}_depthwise_conv`);
        y = builder.layer('LayerNormalization', y, epsilon, `${title}_layernorm`);
        y = builder.layer('Dense', y, { units: 4 * width }, `${title}_pointwise_conv_1`);
        y = builder.activate(y, 'gelu', `${title}_gelu`);
        y = builder.layer('Dense', y, { units: width }, `${title}_pointwise_conv_2`);
        y = builder.layer(layerScale, y, { init_values: 1e-6, projection_dim: width }, `${title}_layer_scale`);
        y = builder.activate(y, 'linear', `${title}_identity`);
        x = builder.operate('+', x, y);
      }
    }
    if (ending.includeTop) {
      x = builder.layer('GlobalAveragePooling2D', x, {}, `${name}_head_gap`);
      return classify(builder, builder.layer('LayerNormalization', x, epsilon, `${name}_head_layernorm`), ending, `${name}_head_dense`);
    }
    return builder.layer('LayerNormalization', pool(builder, x, ending), epsilon);
  };
}

let sequentialClass: ClassValue | undefined;
/** Sequential's class, handed in by index.ts: its module needs this folder's. */
export function useSequentialClass(cls: ClassValue): void {
  sequentialClass = cls;
}

function sequential(builder: Builder, parts: readonly (readonly [string, Settings, string])[], name: string): Value {
  const cls = sequentialClass;
  if (cls === undefined) return unknown();
  const layers = parts.map(([type, settings, title]) => builder.make(type, settings, title));
  return builder.interpreter.call(cls, argumentsOf([list(layers)], { name: str(name) }), builder.place);
}

function run(builder: Builder, layer: Value, x: Value): Value {
  return layer.kind === 'instance' ? callLayer(builder.interpreter, layer, argumentsOf([x]), builder.place) : unknown();
}
