// The families of torch.distributions as a table: their parameters, how many axes of each belong to one sample, and what the class computes.
// PyTorch 2.13. It must not know how samples or probabilities get their shapes.
import { rangeBetween, type ValueRange } from '../../../tensors/range.ts';

/** What a class of distributions may compute; `rsample`: samples through which gradients flow. */
export type Ability = 'rsample' | 'mean' | 'mode' | 'variance' | 'entropy' | 'cdf' | 'icdf' | 'enumerate_support';

export interface Family {
  readonly name: string;
  /** Parameters as the constructor has them, without `self` and `validate_args`. */
  readonly signature: string;
  /** Parameters that are tensors, and how many of their last axes are no batch axes. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Exactly one of these is to be given; the others are computed from it. */
  readonly alternatives?: readonly string[];
  /** The axes of one sample: none, the last axis of a parameter, or the last axis twice. */
  readonly event?: { readonly of: string; readonly times: 1 | 2; readonly more?: number };
  readonly abilities: readonly Ability[];
  /** Samples are positions along the parameters' last axis. */
  readonly positions?: boolean;
  /** What samples lie in, where that does not depend on the parameters. */
  readonly support?: ValueRange;
  /** Parameters of which no element may be 0 or less. */
  readonly positive?: readonly string[];
}

/** Classes of which no divergence from themselves is registered. */
export const withoutDivergence: ReadonlySet<string> = new Set([
  'FisherSnedecor',
  'GeneralizedPareto',
  'LKJCholesky',
  'MixtureSameFamily',
  'Multinomial',
  'NegativeBinomial',
  'StudentT',
  'VonMises',
]);

const moments: readonly Ability[] = ['mean', 'mode', 'variance'];
const everything: readonly Ability[] = [...moments, 'entropy', 'rsample', 'cdf', 'icdf'];
const unit = rangeBetween(0, 1);
const wholeUnit = rangeBetween(0, 1, { integral: true });
const above = rangeBetween(0, Number.POSITIVE_INFINITY);
const counts = rangeBetween(0, Number.POSITIVE_INFINITY, { integral: true });
const either = 'probs=None, logits=None';
const matrices = 'covariance_matrix=None, precision_matrix=None, scale_tril=None';
const matrixNames: readonly string[] = ['covariance_matrix', 'precision_matrix', 'scale_tril'];
const scores = { probs: 0, logits: 0 },
  rows = { probs: 1, logits: 1 };
const scoreNames: readonly string[] = ['probs', 'logits'];

export const families: readonly Family[] = [
  {
    name: 'Bernoulli',
    signature: either,
    parameters: scores,
    alternatives: scoreNames,
    abilities: [...moments, 'entropy', 'enumerate_support'],
    support: wholeUnit,
  },
  {
    name: 'Beta',
    signature: 'concentration1, concentration0',
    parameters: { concentration1: 0, concentration0: 0 },
    abilities: [...moments, 'entropy', 'rsample'],
    support: unit,
    positive: ['concentration1', 'concentration0'],
  },
  {
    name: 'Binomial',
    signature: `total_count=1, ${either}`,
    parameters: { total_count: 0, ...scores },
    alternatives: scoreNames,
    abilities: [...moments, 'entropy'],
    support: counts,
  },
  {
    name: 'Categorical',
    signature: either,
    parameters: rows,
    alternatives: scoreNames,
    abilities: [...moments, 'entropy', 'enumerate_support'],
    positions: true,
  },
  { name: 'Cauchy', signature: 'loc, scale', parameters: { loc: 0, scale: 0 }, abilities: everything, positive: ['scale'] },
  { name: 'Chi2', signature: 'df', parameters: { df: 0 }, abilities: [...moments, 'entropy', 'rsample', 'cdf'], support: above, positive: ['df'] },
  {
    name: 'ContinuousBernoulli',
    signature: `${either}, lims=(0.499, 0.501)`,
    parameters: scores,
    alternatives: scoreNames,
    abilities: ['mean', 'variance', 'entropy', 'rsample', 'cdf', 'icdf'],
    support: unit,
  },
  {
    name: 'Dirichlet',
    signature: 'concentration',
    parameters: { concentration: 1 },
    event: { of: 'concentration', times: 1 },
    abilities: [...moments, 'entropy', 'rsample'],
    support: unit,
    positive: ['concentration'],
  },
  { name: 'Exponential', signature: 'rate', parameters: { rate: 0 }, abilities: everything, support: above, positive: ['rate'] },
  {
    name: 'FisherSnedecor',
    signature: 'df1, df2',
    parameters: { df1: 0, df2: 0 },
    abilities: [...moments, 'rsample'],
    support: above,
    positive: ['df1', 'df2'],
  },
  {
    name: 'Gamma',
    signature: 'concentration, rate',
    parameters: { concentration: 0, rate: 0 },
    abilities: [...moments, 'entropy', 'rsample', 'cdf'],
    support: above,
    positive: ['concentration', 'rate'],
  },
  {
    name: 'GeneralizedPareto',
    signature: 'loc, scale, concentration',
    parameters: { loc: 0, scale: 0, concentration: 0 },
    abilities: everything,
    positive: ['scale'],
  },
  { name: 'Geometric', signature: either, parameters: scores, alternatives: scoreNames, abilities: [...moments, 'entropy'], support: counts },
  { name: 'Gumbel', signature: 'loc, scale', parameters: { loc: 0, scale: 0 }, abilities: everything, positive: ['scale'] },
  { name: 'HalfCauchy', signature: 'scale', parameters: { scale: 0 }, abilities: everything, support: above, positive: ['scale'] },
  { name: 'HalfNormal', signature: 'scale', parameters: { scale: 0 }, abilities: everything, support: above, positive: ['scale'] },
  {
    name: 'InverseGamma',
    signature: 'concentration, rate',
    parameters: { concentration: 0, rate: 0 },
    abilities: [...moments, 'entropy', 'rsample', 'cdf'],
    support: above,
    positive: ['concentration', 'rate'],
  },
  {
    name: 'Kumaraswamy',
    signature: 'concentration1, concentration0',
    parameters: { concentration1: 0, concentration0: 0 },
    abilities: everything,
    support: unit,
    positive: ['concentration1', 'concentration0'],
  },
  { name: 'Laplace', signature: 'loc, scale', parameters: { loc: 0, scale: 0 }, abilities: everything, positive: ['scale'] },
  { name: 'LogNormal', signature: 'loc, scale', parameters: { loc: 0, scale: 0 }, abilities: everything, support: above, positive: ['scale'] },
  {
    name: 'LogisticNormal',
    signature: 'loc, scale',
    parameters: { loc: 1, scale: 1 },
    event: { of: 'loc', times: 1, more: 1 },
    abilities: ['rsample'],
    support: unit,
    positive: ['scale'],
  },
  {
    name: 'LowRankMultivariateNormal',
    signature: 'loc, cov_factor, cov_diag',
    parameters: { loc: 1, cov_factor: 2, cov_diag: 1 },
    event: { of: 'loc', times: 1 },
    abilities: [...moments, 'entropy', 'rsample'],
    positive: ['cov_diag'],
  },
  {
    name: 'Multinomial',
    signature: `total_count=1, ${either}`,
    parameters: rows,
    alternatives: scoreNames,
    event: { of: 'probs', times: 1 },
    abilities: ['mean', 'variance', 'entropy'],
    support: counts,
  },
  {
    name: 'MultivariateNormal',
    signature: `loc, ${matrices}`,
    parameters: { loc: 1, covariance_matrix: 2, precision_matrix: 2, scale_tril: 2 },
    alternatives: matrixNames,
    event: { of: 'loc', times: 1 },
    abilities: [...moments, 'entropy', 'rsample'],
  },
  {
    name: 'NegativeBinomial',
    signature: `total_count, ${either}`,
    parameters: { total_count: 0, ...scores },
    alternatives: scoreNames,
    abilities: moments,
    support: counts,
  },
  { name: 'Normal', signature: 'loc, scale', parameters: { loc: 0, scale: 0 }, abilities: everything, positive: ['scale'] },
  {
    name: 'OneHotCategorical',
    signature: either,
    parameters: rows,
    alternatives: scoreNames,
    event: { of: 'probs', times: 1 },
    abilities: [...moments, 'entropy', 'enumerate_support'],
    support: wholeUnit,
  },
  {
    name: 'OneHotCategoricalStraightThrough',
    signature: either,
    parameters: rows,
    alternatives: scoreNames,
    event: { of: 'probs', times: 1 },
    abilities: [...moments, 'entropy', 'rsample', 'enumerate_support'],
  },
  {
    name: 'Pareto',
    signature: 'scale, alpha',
    parameters: { scale: 0, alpha: 0 },
    abilities: everything,
    support: above,
    positive: ['scale', 'alpha'],
  },
  { name: 'Poisson', signature: 'rate', parameters: { rate: 0 }, abilities: moments, support: counts },
  {
    name: 'RelaxedBernoulli',
    signature: `temperature, ${either}`,
    parameters: scores,
    alternatives: scoreNames,
    abilities: ['rsample', 'cdf', 'icdf'],
    support: unit,
  },
  {
    name: 'RelaxedOneHotCategorical',
    signature: `temperature, ${either}`,
    parameters: rows,
    alternatives: scoreNames,
    event: { of: 'probs', times: 1 },
    abilities: ['rsample'],
    support: unit,
  },
  {
    name: 'StudentT',
    signature: 'df, loc=0.0, scale=1.0',
    parameters: { df: 0, loc: 0, scale: 0 },
    abilities: [...moments, 'entropy', 'rsample'],
    positive: ['df', 'scale'],
  },
  { name: 'Uniform', signature: 'low, high', parameters: { low: 0, high: 0 }, abilities: everything },
  {
    name: 'VonMises',
    signature: 'loc, concentration',
    parameters: { loc: 0, concentration: 0 },
    abilities: moments,
    support: rangeBetween(-Math.PI, Math.PI),
    positive: ['concentration'],
  },
  {
    name: 'Weibull',
    signature: 'scale, concentration',
    parameters: { scale: 0, concentration: 0 },
    abilities: everything,
    support: above,
    positive: ['scale', 'concentration'],
  },
  {
    name: 'Wishart',
    signature: `df, ${matrices}`,
    parameters: { df: 0, covariance_matrix: 2, precision_matrix: 2, scale_tril: 2 },
    alternatives: matrixNames,
    event: { of: 'covariance_matrix', times: 2 },
    abilities: [...moments, 'entropy', 'rsample'],
  },
];
