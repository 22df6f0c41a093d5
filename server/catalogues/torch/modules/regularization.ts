// Dropout and its forms as modules. Source: PyTorch 2.13, torch/nn/modules/dropout.py. It must not know how modules become classes.
import { message } from '../../../values/place.ts';
import { unknown } from '../../../values/value.ts';
import { numberFromValue } from '../../arrays/contents.ts';
import { type DropoutFacts, dropout } from '../functional/regularization.ts';
import { changeInPlace } from '../in-place.ts';
import type { ModuleDeclaration } from '../module-declaration.ts';

function form(name: string, facts: Omit<DropoutFacts, 'training'>): ModuleDeclaration {
  return {
    name,
    base: '_DropoutNd',
    signature: 'p=0.5, inplace=False',
    check: (construction) => {
      const value = construction.args.get('p');
      const probability = numberFromValue(value);
      if (probability !== undefined && (probability < 0 || probability > 1)) {
        construction.refuse(message('{layer}: p must lie between 0 and 1, got {p}', { layer: construction.className, p: probability }), {
          argument: 'p',
        });
      } else if (value.kind === 'str' || value.kind === 'none' || value.kind === 'tuple' || value.kind === 'list') {
        construction.refuse(
          message('{layer}: p must be a number, got {value}', {
            layer: construction.className,
            value: construction.interpreter.representation(value, construction.place) ?? value.kind,
          }),
          { argument: 'p', exception: 'TypeError' },
        );
      }
    },
    output: (invocation) => {
      const { tensor, context, args, self, input } = invocation;
      if (tensor === undefined) return unknown();
      const training = self.attributes.get('training');
      const result = dropout(context, tensor, args, { ...facts, training: training?.kind === 'bool' ? training.value : undefined });
      return args.flag('inplace') === true && facts.isAlpha !== true ? changeInPlace(context, input, result, 'dropout') : result;
    },
  };
}

export const dropoutModules: readonly ModuleDeclaration[] = [
  { name: '_DropoutNd', signature: 'p=0.5, inplace=False', output: () => unknown() },
  form('Dropout', {}),
  form('Dropout1d', { spatialCount: 1 }),
  form('Dropout2d', { leastRank: 2 }),
  form('Dropout3d', { leastRank: 1 }),
  form('AlphaDropout', { isAlpha: true }),
  form('FeatureAlphaDropout', { isAlpha: true, leastRank: 2 }),
];
