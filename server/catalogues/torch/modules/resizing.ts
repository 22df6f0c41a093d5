// Upsample and its older names. Source: PyTorch 2.13, torch/nn/modules/upsampling.py. It must not know how modules become classes.
import { message } from '../../../values/place.ts';
import type { Value } from '../../../values/value.ts';
import { bool, float, none, str, tuple, unknown } from '../../../values/value.ts';
import { numberFromValue } from '../../arrays/contents.ts';
import { interpolate, withFixed } from '../functional/resizing.ts';
import type { ModuleConstruction, ModuleDeclaration } from '../module-declaration.ts';

/** A factor becomes a float, in a tuple each of them; 0 becomes None. */
function scaleFactor({ args }: ModuleConstruction): Value {
  const value = args.get('scale_factor');
  const asFloat = (one: Value): Value => {
    const number = numberFromValue(one);
    return number === undefined ? one : float(number);
  };
  if (value.kind === 'tuple') return tuple(value.items.map(asFloat));
  return numberFromValue(value) === 0 ? none : asFloat(value);
}

function form(name: string, signature: string, fixed: Readonly<Record<string, Value>>, base?: string): ModuleDeclaration {
  return {
    name,
    ...(base === undefined ? {} : { base }),
    signature,
    check: (construction) => {
      const value = construction.args.get('scale_factor');
      if (value.kind !== 'list' && (value.kind !== 'str' || Number.isFinite(Number(value.value)))) return;
      construction.refuse(
        message('{layer}: scale_factor must be a number or a tuple of numbers, got {value}', {
          layer: construction.className,
          value: construction.interpreter.representation(value, construction.place) ?? value.kind,
        }),
        { argument: 'scale_factor', exception: 'TypeError' },
      );
    },
    attributes: (construction) => ({
      scale_factor: scaleFactor(construction),
      name: str(construction.className),
      align_corners: construction.args.get('align_corners'),
      recompute_scale_factor: construction.args.get('recompute_scale_factor'),
      ...fixed,
    }),
    output: ({ tensor, context, args }) => (tensor === undefined ? unknown() : interpolate(context, tensor, withFixed(args, fixed))),
  };
}

export const resizingModules: readonly ModuleDeclaration[] = [
  form('Upsample', "size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None", {}),
  form('UpsamplingNearest2d', 'size=None, scale_factor=None', { mode: str('nearest') }, 'Upsample'),
  form('UpsamplingBilinear2d', 'size=None, scale_factor=None', { mode: str('bilinear'), align_corners: bool(true) }, 'Upsample'),
];
