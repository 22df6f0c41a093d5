// Layers that act while training: dropout and noise. Outside training they pass their input on, and so they do here. It must not know how
// layers become classes.
import type { LayerDeclaration } from '../layer-declaration.ts';
import { integerOf, isNoInteger, itemsOf } from './arguments.ts';
import { unchanged } from './outputs.ts';
import { type Check, checks, dataFormat, isNoNumber, numberBetween, refuseArgument, shown } from './refusals.ts';
import { message } from '../../../values/place.ts';

const rate = numberBetween('rate', 0, 1);

/** None, or positive sizes and None for each axis. */
const noiseShape: Check = (construction) => {
  const value = construction.args.get('noise_shape');
  if (value.kind === 'none') return false;
  const items = itemsOf(value);
  const wrong =
    items === undefined
      ? value.kind === 'str' ||
        value.kind === 'bool' ||
        (isNoNumber(value) && value.kind !== 'list') ||
        value.kind === 'int' ||
        value.kind === 'float'
      : items.some((item) => {
          const size = integerOf(item);
          return item.kind !== 'none' && (isNoInteger(item) || (typeof size === 'number' && size <= 0));
        });
  return (
    wrong &&
    refuseArgument(
      construction,
      'noise_shape',
      message('{layer}: the argument "noise_shape" must be a tuple of positive integers or None, got {actual}', {
        layer: construction.className,
        actual: shown(construction, value),
      }),
    )
  );
};

/** The generator is made only where something is to be drawn. */
function seedFor(argument: string): Check {
  return (construction) => {
    const value = construction.args.get('seed');
    const wrong = value.kind === 'float' || value.kind === 'str' || value.kind === 'tuple' || value.kind === 'list';
    return (
      wrong &&
      (construction.args.real(argument) ?? 0) > 0 &&
      refuseArgument(
        construction,
        'seed',
        message('{layer}: the argument "seed" must be an integer, got {actual}', {
          layer: construction.className,
          actual: shown(construction, value),
        }),
      )
    );
  };
}

const seed = seedFor('rate');

const callSignature = 'inputs, training=False';

const dropout: LayerDeclaration = {
  name: 'Dropout',
  signature: 'rate, noise_shape=None, seed=None, **kwargs',
  callSignature,
  check: checks(rate, noiseShape, seed),
  output: unchanged,
};

const alphaDropout: LayerDeclaration = {
  name: 'AlphaDropout',
  signature: 'rate, noise_shape=None, seed=None, **kwargs',
  callSignature,
  check: checks(rate, seed),
  output: unchanged,
};

const gaussianDropout: LayerDeclaration = {
  name: 'GaussianDropout',
  signature: 'rate, seed=None, **kwargs',
  callSignature,
  check: checks(rate, seed),
  output: unchanged,
};

const gaussianNoise: LayerDeclaration = {
  name: 'GaussianNoise',
  signature: 'stddev, seed=None, **kwargs',
  callSignature,
  check: checks(numberBetween('stddev', 0, 1), seedFor('stddev')),
  output: unchanged,
};

function spatialDropout(spatialCount: number): LayerDeclaration {
  return {
    name: `SpatialDropout${spatialCount}D`,
    base: 'Dropout',
    signature: spatialCount === 1 ? 'rate, seed=None, name=None, dtype=None' : 'rate, data_format=None, seed=None, name=None, dtype=None',
    callSignature,
    inputRank: spatialCount + 2,
    check: checks(rate, seed, dataFormat),
    output: unchanged,
  };
}

export const regularizationLayers: readonly LayerDeclaration[] = [
  dropout,
  spatialDropout(1),
  spatialDropout(2),
  spatialDropout(3),
  gaussianNoise,
  gaussianDropout,
  alphaDropout,
];
