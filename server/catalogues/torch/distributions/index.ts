// torch.distributions as modules of the catalogue. It must not know how any distribution works.
import { nativeClass } from '../../../values/classes.ts';
import type { Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import type { Catalogue } from '../../catalogue.ts';
import { choleskyClass, divergence, independentClass, mixtureClass, transformedClass, transformMembers } from './composed.ts';
import { declareFamily } from './declared.ts';
import { distributionClass } from './distribution.ts';
import { families } from './families.ts';

const exponentialFamily = nativeClass({
  name: 'ExponentialFamily',
  qualifiedName: 'torch.distributions.ExponentialFamily',
  bases: [distributionClass],
});

let classes: Readonly<Record<string, Value>> | undefined;
const distributionMembers = (): Record<string, Value> => {
  classes ??= Object.fromEntries(
    [
      ...families.map((family) => declareFamily(family)),
      distributionClass,
      exponentialFamily,
      independentClass,
      mixtureClass,
      transformedClass,
      choleskyClass,
    ].map((cls) => [cls.name, cls]),
  );
  return { ...classes, ...transformMembers, kl_divergence: divergence, register_kl: unknown(), biject_to: unknown(), transform_to: unknown() };
};

/** The files of the package, which programs name too: each shows all classes. */
const files = [
  'bernoulli',
  'beta',
  'binomial',
  'categorical',
  'cauchy',
  'chi2',
  'continuous_bernoulli',
  'dirichlet',
  'distribution',
  'exp_family',
  'exponential',
  'fishersnedecor',
  'gamma',
  'generalized_pareto',
  'geometric',
  'gumbel',
  'half_cauchy',
  'half_normal',
  'independent',
  'inverse_gamma',
  'kl',
  'kumaraswamy',
  'laplace',
  'lkj_cholesky',
  'log_normal',
  'logistic_normal',
  'lowrank_multivariate_normal',
  'mixture_same_family',
  'multinomial',
  'multivariate_normal',
  'negative_binomial',
  'normal',
  'one_hot_categorical',
  'pareto',
  'poisson',
  'relaxed_bernoulli',
  'relaxed_categorical',
  'studentT',
  'transformed_distribution',
  'transforms',
  'uniform',
  'von_mises',
  'weibull',
  'wishart',
];

export const distributionModules: Catalogue['modules'] = { 'torch.distributions': distributionMembers };
export const distributionAliases: Readonly<Record<string, string>> = Object.fromEntries(
  files.map((file) => [`torch.distributions.${file}`, 'torch.distributions']),
);
