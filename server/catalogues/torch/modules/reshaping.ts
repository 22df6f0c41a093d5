// Flatten, Unflatten, pixel and channel shuffles, Fold and Unfold as modules. Sources: PyTorch 2.13, torch/nn/modules/flatten.py, fold.py,
// pixelshuffle.py. It must not know how modules become classes.
import { flattenShape, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import { unknown } from '../../../values/value.ts';
import { refuseConflict } from '../../arrays/library.ts';
import { expectPicture } from '../expected.ts';
import { channelShuffle, fold, pixelShuffle, pixelUnshuffle, type Rearrangement, unfold } from '../functional/reshaping.ts';
import { torchTensor } from '../library.ts';
import type { ModuleDeclaration } from '../module-declaration.ts';

function form(name: string, signature: string, rule: Rearrangement): ModuleDeclaration {
  return { name, signature, output: ({ tensor, context, args }) => (tensor === undefined ? unknown() : rule(context, tensor, args)) };
}

/** What a module hands on to a method of the tensor. */
function method(name: string, signature: string, methodName: string, ...names: readonly string[]): ModuleDeclaration {
  return {
    name,
    signature,
    output: ({ tensor, interpreter, args, place }) =>
      tensor === undefined
        ? unknown()
        : interpreter.callMethod(
            tensor,
            methodName,
            names.map((one) => args.get(one)),
            place,
          ),
  };
}

export const reshapingModules: readonly ModuleDeclaration[] = [
  {
    name: 'Flatten',
    signature: 'start_dim=1, end_dim=-1',
    output: ({ tensor, context, args }) => {
      if (tensor === undefined) return unknown();
      const [start, end] = [args.number('start_dim'), args.number('end_dim')];
      const facts = { dtype: tensor.dtype, range: tensor.range, origin: tensor.origin };
      if (start === undefined || end === undefined) return torchTensor({ shape: unknownShape, ...facts });
      const shape = flattenShape(tensor.shape, start, end);
      return shape.ok ? torchTensor({ shape: shape.shape, ...facts }) : refuseConflict(context, shape.reason, [tensor.shape]);
    },
  },
  {
    ...method('Unflatten', 'dim, unflattened_size', 'unflatten', 'dim', 'unflattened_size'),
    check: (construction) => {
      const value = construction.args.get('unflattened_size');
      const isSequence = value.kind === 'tuple' || value.kind === 'list';
      if (
        value.kind === 'unknown' ||
        (isSequence && value.items.every((item) => item.kind === 'int' || item.kind === 'unknown' || item.kind === 'bool'))
      )
        return;
      construction.refuse(
        message('{layer}: unflattened_size must be a tuple of whole numbers, got {value}', {
          layer: construction.className,
          value: construction.interpreter.representation(value, construction.place) ?? value.kind,
        }),
        { argument: 'unflattened_size', exception: 'TypeError' },
      );
    },
  },
  ...[
    form('PixelShuffle', 'upscale_factor', pixelShuffle),
    form('PixelUnshuffle', 'downscale_factor', pixelUnshuffle),
    form('ChannelShuffle', 'groups', channelShuffle),
  ].map((one): ModuleDeclaration => ({ ...one, expects: () => ({ input: expectPicture(2, undefined) }) })),
  form('Fold', 'output_size, kernel_size, dilation=1, padding=0, stride=1', fold),
  form('Unfold', 'kernel_size, dilation=1, padding=0, stride=1', unfold),
];
