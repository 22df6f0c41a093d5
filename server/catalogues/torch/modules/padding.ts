// The padding modules: zeros, a constant, reflections, replicas, circular; one to three axes. Source: PyTorch 2.13, torch/nn/modules/padding.py.
// It must not know how modules become classes.
import type { Dim } from '../../../tensors/dim.ts';
import { unknownDim } from '../../../tensors/dim.ts';
import { message } from '../../../values/place.ts';
import { float, none, unknown } from '../../../values/value.ts';
import { dimFromValue } from '../../arrays/contents.ts';
import { expectPicture } from '../expected.ts';
import { pad } from '../functional/padding.ts';
import { refuseRank } from '../functional/sizes.ts';
import { axesInWords } from '../functional/windows.ts';
import type { ModuleDeclaration, ModuleInvocation } from '../module-declaration.ts';
import { spreadAttribute } from './arguments.ts';

/** The module's amounts; undefined where they are not known or, after a refusal, no whole numbers. */
function amountsOf(invocation: ModuleInvocation): readonly Dim[] | undefined {
  const value = invocation.args.get('padding');
  if (value.kind !== 'tuple') return undefined;
  if (value.items.some((item) => item.kind === 'float' || item.kind === 'str' || item.kind === 'none')) {
    invocation.refuse(
      message('{layer}: padding must be whole numbers, got {value}', {
        layer: invocation.context.name,
        value: invocation.interpreter.representation(value, invocation.place) ?? '',
      }),
      { rule: 'invalid-argument', exception: 'TypeError' },
    );
    return undefined;
  }
  return value.items.map((item) => dimFromValue(item) ?? unknownDim({ minimum: Number.NEGATIVE_INFINITY }));
}

function form(name: string, spatialCount: number, mode: string, base: string, signature = 'padding'): ModuleDeclaration {
  return {
    name: `${name}${spatialCount}d`,
    base,
    signature,
    attributes: ({ args }) => ({
      padding: spreadAttribute(args.get('padding'), 2 * spatialCount),
      ...(name === 'ZeroPad' ? { value: float(0) } : {}),
    }),
    expects: () => ({ input: expectPicture(spatialCount, undefined) }),
    output: (invocation) => {
      const { tensor, context, args } = invocation;
      if (tensor === undefined) return unknown();
      const rank = tensor.shape.dims?.length;
      if (mode === 'circular' && rank !== undefined && rank !== spatialCount + 1 && rank !== spatialCount + 2) {
        refuseRank(context, axesInWords(spatialCount), tensor.shape, 'ValueError');
        return invocation.result(tensor.shape);
      }
      const value = mode !== 'constant' ? none : name === 'ZeroPad' ? float(0) : args.get('value');
      return pad(context, tensor, amountsOf(invocation), { mode, value, argument: 'padding', args });
    },
  };
}

const bases: readonly ModuleDeclaration[] = ['_CircularPadNd', '_ConstantPadNd', '_ReflectionPadNd', '_ReplicationPadNd'].map((name) => ({
  name,
  signature: '*args, **kwargs',
  output: () => unknown(),
}));

export const paddingModules: readonly ModuleDeclaration[] = [
  ...bases,
  ...[1, 2, 3].flatMap((count) => [
    form('ConstantPad', count, 'constant', '_ConstantPadNd', 'padding, value'),
    form('ZeroPad', count, 'constant', `ConstantPad${count}d`),
    form('ReflectionPad', count, 'reflect', '_ReflectionPadNd'),
    form('ReplicationPad', count, 'replicate', '_ReplicationPadNd'),
    form('CircularPad', count, 'circular', '_CircularPadNd'),
  ]),
];
