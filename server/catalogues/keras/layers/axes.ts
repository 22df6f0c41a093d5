// Axes that an argument names, checked against the input's rank. It must not know any single layer.
import { formatShape, normalizeAxis } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { LayerBuild } from '../layer-declaration.ts';
import { axesOf } from './arguments.ts';

/** The axes that the argument names, counted from the front; undefined when they or the rank are not known, or when they are refused. */
export function inputAxes(build: LayerBuild, argument = 'axis'): readonly number[] | undefined {
  const [axes, dims] = [axesOf(build.args.get(argument)), build.inputShape.dims];
  if (axes === undefined || dims === undefined) return undefined;
  const normal: number[] = [];
  for (const axis of axes) {
    const position = normalizeAxis(axis, dims.length);
    if (position === undefined) {
      build.refuse(
        message('{layer}: axis {axis} is outside an input of rank {rank}, {shape}', {
          layer: build.layer.name,
          axis,
          rank: dims.length,
          shape: formatShape(build.inputShape),
        }),
        {
          rule: 'invalid-axis',
          argument,
        },
      );
      return undefined;
    }
    normal.push(position);
  }
  return normal;
}
