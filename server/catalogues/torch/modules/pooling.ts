// Pooling modules: each runs the rule of its function with its own arguments. Source: PyTorch 2.13, torch/nn/modules/pooling.py.
// It must not know how modules become classes.
import { message } from '../../../values/place.ts';
import type { Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { numberFromValue } from '../../arrays/contents.ts';
import { expectPicture } from '../expected.ts';
import { adaptivePooling, fractionalPooling, type Pooling, pooling, unpooling } from '../functional/pooling.ts';
import type { ModuleConstruction, ModuleDeclaration } from '../module-declaration.ts';
import { spreadAttribute } from './arguments.ts';

function form(name: string, base: string, signature: string, rule: Pooling, more: Partial<ModuleDeclaration> = {}): ModuleDeclaration {
  return { name, base, signature, output: ({ tensor, context, args }) => (tensor === undefined ? unknown() : rule(context, tensor, args)), ...more };
}

/** `stride=None` is the kernel's size from then on; each of the named arguments becomes a tuple where the class does that. */
function windowAttributes(
  spatialCount: number | undefined,
  ...names: readonly string[]
): (construction: ModuleConstruction) => Readonly<Record<string, Value>> {
  return ({ args }) => {
    const stride = args.get('stride');
    const spread = (value: Value): Value => (spatialCount === undefined ? value : spreadAttribute(value, spatialCount));
    return {
      ...Object.fromEntries(names.map((name) => [name, spread(args.get(name))])),
      stride: stride.kind === 'none' ? spread(args.get('kernel_size')) : names.includes('stride') ? spread(stride) : stride,
    };
  };
}

/** `output_ratio` and `output_size` exclude each other; a ratio lies between 0 and 1. */
function checkFraction(spatialCount: number): (construction: ModuleConstruction) => void {
  return (construction) => {
    const [size, ratio] = [construction.args.get('output_size'), construction.args.get('output_ratio')];
    if (size.kind === 'unknown' || ratio.kind === 'unknown') return;
    if ((size.kind === 'none') === (ratio.kind === 'none')) {
      construction.refuse(message('{layer} needs output_size or output_ratio, not both', { layer: construction.className }), {
        argument: 'output_ratio',
      });
      return;
    }
    const ratios = (ratio.kind === 'tuple' || ratio.kind === 'list' ? ratio.items : ratio.kind === 'none' ? [] : [ratio]).map((one) =>
      numberFromValue(one),
    );
    if (ratios.some((one) => one !== undefined && (one <= 0 || one >= 1))) {
      construction.refuse(
        message('{layer}: output_ratio must lie between 0 and 1, got {value}', {
          layer: construction.className,
          value: construction.interpreter.representation(ratio, construction.place) ?? '',
        }),
        { argument: 'output_ratio' },
      );
    } else if ((ratio.kind === 'tuple' || ratio.kind === 'list') && ratio.items.length < spatialCount) {
      construction.refuse(message('{layer}: output_ratio needs {count} numbers', { layer: construction.className, count: spatialCount }), {
        argument: 'output_ratio',
        exception: 'IndexError',
      });
    }
  };
}

function forms(count: number): readonly ModuleDeclaration[] {
  return [
    form(
      `MaxPool${count}d`,
      '_MaxPoolNd',
      'kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False',
      pooling('max', count),
      { attributes: windowAttributes(undefined) },
    ),
    form(
      `AvgPool${count}d`,
      '_AvgPoolNd',
      `kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True${count === 1 ? '' : ', divisor_override=None'}`,
      pooling('average', count),
      {
        attributes: count === 1 ? windowAttributes(1, 'kernel_size', 'stride', 'padding') : windowAttributes(undefined),
      },
    ),
    form(`LPPool${count}d`, '_LPPoolNd', 'norm_type, kernel_size, stride=None, ceil_mode=False', pooling('norm', count)),
    form(`AdaptiveMaxPool${count}d`, '_AdaptiveMaxPoolNd', 'output_size, return_indices=False', adaptivePooling('max', count)),
    form(`AdaptiveAvgPool${count}d`, '_AdaptiveAvgPoolNd', 'output_size', adaptivePooling('average', count)),
    {
      name: `MaxUnpool${count}d`,
      base: '_MaxUnpoolNd',
      signature: 'kernel_size, stride=None, padding=0',
      callSignature: 'input, indices, output_size=None',
      attributes: windowAttributes(count, 'kernel_size', 'stride', 'padding'),
      output: ({ tensor, context, args, callArgs }) => {
        const indices = callArgs.get('indices');
        return tensor === undefined
          ? unknown()
          : unpooling(context, count, tensor, indices.kind === 'tensor' ? indices : undefined, args, callArgs.get('output_size'));
      },
    },
    ...(count === 1
      ? []
      : [
          form(
            `FractionalMaxPool${count}d`,
            'Module',
            'kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None',
            fractionalPooling(count),
            {
              check: checkFraction(count),
              attributes: ({ args }) => ({
                kernel_size: spreadAttribute(args.get('kernel_size'), count),
                ...(args.isNone('output_size') ? {} : { output_size: spreadAttribute(args.get('output_size'), count) }),
                ...(args.isNone('output_ratio') ? {} : { output_ratio: spreadAttribute(args.get('output_ratio'), count) }),
              }),
            },
          ),
        ]),
  ];
}

const bases: readonly ModuleDeclaration[] = ['_MaxPoolNd', '_AvgPoolNd', '_LPPoolNd', '_AdaptiveMaxPoolNd', '_AdaptiveAvgPoolNd', '_MaxUnpoolNd'].map(
  (name) => ({ name, signature: '*args, **kwargs', output: () => unknown() }),
);

export const poolingModules: readonly ModuleDeclaration[] = [
  ...bases,
  ...[1, 2, 3].flatMap((count) =>
    forms(count).map((one): ModuleDeclaration => ({ ...one, expects: () => ({ input: expectPicture(count, undefined) }) })),
  ),
];
