// The merging layers as functions: `keras.layers.concatenate([a, b])` makes a Concatenate and calls it.
// It must not know how the layers merge.
import { nativeFunction } from '../../values/classes.ts';
import type { KeywordArgument } from '../../values/arguments.ts';
import type { Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import { layerClassNamed } from './layer-class.ts';

const functions: Readonly<Record<string, { readonly layer: string; readonly signature: string; readonly own: readonly string[] }>> = {
  add: { layer: 'Add', signature: 'inputs, **kwargs', own: [] },
  subtract: { layer: 'Subtract', signature: 'inputs, **kwargs', own: [] },
  multiply: { layer: 'Multiply', signature: 'inputs, **kwargs', own: [] },
  average: { layer: 'Average', signature: 'inputs, **kwargs', own: [] },
  maximum: { layer: 'Maximum', signature: 'inputs, **kwargs', own: [] },
  minimum: { layer: 'Minimum', signature: 'inputs, **kwargs', own: [] },
  concatenate: { layer: 'Concatenate', signature: 'inputs, axis=-1, **kwargs', own: ['axis'] },
  dot: { layer: 'Dot', signature: 'inputs, axes, normalize=False, **kwargs', own: ['axes', 'normalize'] },
};

export const mergeFunctions: Readonly<Record<string, Value>> = Object.fromEntries(
  Object.entries(functions).map(([name, { layer, signature, own }]) => [
    name,
    nativeFunction(name, signature, ({ interpreter, args, place }) => {
      const cls = layerClassNamed(layer);
      if (cls === undefined) return unknown();
      const keywords: KeywordArgument[] = own
        .filter((one) => args.given(one) !== false)
        .map((one) => ({ name: one, value: args.get(one), place: args.place(one) }));
      const made = interpreter.call(
        cls,
        { positional: [], keywords: [...keywords, ...args.restKeywords], openPositional: false, openKeywords: args.openKeywords },
        place,
      );
      return interpreter.call(
        made,
        { positional: [{ value: args.get('inputs'), place: args.place('inputs') }], keywords: [], openPositional: false, openKeywords: false },
        place,
      );
    }),
  ]),
);
