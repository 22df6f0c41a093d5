// Keras 3's optimizers in TensorFlow.js' operations, by Keras' own formulas (TensorFlow.js' own place epsilon elsewhere), with its clipping,
// weight decay and learning rate schedules. It must not know models.
import type { Tensor } from '@tensorflow/tfjs-core';
import { dispose, keep, tidy } from '@tensorflow/tfjs-core';
import type { Json, ObjectConfiguration } from '../../../server/trace/configuration.ts';
import { abs, add, clipByValue, div, fill, maximum, mul, norm, scalar, sign, sqrt, square, sub, sum, zerosLike } from './operations.ts';

/** A weight that is trained: read and replaced. */
export interface Trained { readonly read: () => Tensor; readonly write: (value: Tensor) => void }

export interface Optimizer {
  readonly name: string;
  /** Takes one step. The gradients stand in the order of the weights. */
  readonly apply: (weights: readonly Trained[], gradients: readonly Tensor[], learningRate: number) => void;
  readonly dispose: () => void;
}

type Numbers = Readonly<Record<string, number>>;
interface Step { readonly learningRate: number; readonly step: number; readonly numbers: Numbers; readonly flags: ReadonlySet<string> }
/** Gives the new weight and the new state, which begins as zeros (`start` else). */
interface Rule { readonly slots: (flags: ReadonlySet<string>, numbers: Numbers) => readonly number[]; readonly update: (weight: Tensor, gradient: Tensor, state: readonly Tensor[], step: Step) => { readonly weight: Tensor; readonly state: readonly Tensor[] } }

const times = (factor: number, values: Tensor): Tensor => mul(scalar(factor), values);
const plus = (values: Tensor, offset: number): Tensor => add(values, scalar(offset));
/** `old` moved towards `present` by what `kept` leaves. */
const moved = (old: Tensor, present: Tensor, kept: number): Tensor => add(times(kept, old), times(1 - kept, present));
const none: readonly number[] = [];

function adam(weight: Tensor, gradient: Tensor, state: readonly Tensor[], { learningRate, step, numbers, flags }: Step): { weight: Tensor; state: readonly Tensor[] } {
  const [first = gradient, second = gradient, most = gradient] = state;
  const { beta_1: one = 0.9, beta_2: two = 0.999, epsilon = 1e-7 } = numbers;
  const rate = (learningRate * Math.sqrt(1 - two ** step)) / (1 - one ** step);
  const [mean, spread] = [moved(first, gradient, one), moved(second, square(gradient), two)];
  const largest = flags.has('amsgrad') ? maximum(most, spread) : undefined;
  return { weight: sub(weight, div(times(rate, mean), plus(sqrt(largest ?? spread), epsilon))), state: largest === undefined ? [mean, spread] : [mean, spread, largest] };
}
const adamRule: Rule = { slots: (flags) => (flags.has('amsgrad') ? [0, 0, 0] : [0, 0]), update: adam };

const rules: Readonly<Record<string, Rule>> = {
  sgd: {
    slots: (_, { momentum = 0 }) => (momentum === 0 ? none : [0]),
    update: (weight, gradient, [velocity], { learningRate, numbers, flags }) => {
      const { momentum = 0 } = numbers;
      const move = times(-learningRate, gradient);
      if (velocity === undefined) return { weight: add(weight, move), state: [] };
      const next = add(times(momentum, velocity), move);
      return { weight: add(weight, flags.has('nesterov') ? add(times(momentum, next), move) : next), state: [next] };
    },
  },
  rmsprop: {
    slots: (flags, { momentum = 0 }) => [0, ...(flags.has('centered') ? [0] : []), ...(momentum > 0 ? [0] : [])],
    update: (weight, gradient, [spread = gradient, ...others], { learningRate, numbers, flags }) => {
      const { rho = 0.9, momentum = 0, epsilon = 1e-7 } = numbers;
      const squares = moved(spread, square(gradient), rho);
      const isCentered = flags.has('centered');
      const average = isCentered ? moved(others[0] ?? gradient, gradient, rho) : undefined;
      const move = div(times(learningRate, gradient), sqrt(plus(average === undefined ? squares : sub(squares, square(average)), epsilon)));
      const velocity = momentum > 0 ? add(times(momentum, others.at(-1) ?? gradient), move) : undefined;
      return { weight: sub(weight, velocity ?? move), state: [squares, ...(average === undefined ? [] : [average]), ...(velocity === undefined ? [] : [velocity])] };
    },
  },
  adam: adamRule,
  adamw: adamRule,
  adamax: {
    slots: () => [0, 0],
    update: (weight, gradient, [first = gradient, most = gradient], { learningRate, step, numbers }) => {
      const { beta_1: one = 0.9, beta_2: two = 0.999, epsilon = 1e-7 } = numbers;
      const [mean, largest] = [moved(first, gradient, one), maximum(times(two, most), abs(gradient))];
      return { weight: sub(weight, div(times(learningRate / (1 - one ** step), mean), plus(largest, epsilon))), state: [mean, largest] };
    },
  },
  nadam: {
    slots: () => [0, 0],
    update: (weight, gradient, [first = gradient, second = gradient], { learningRate, step, numbers }) => {
      const { beta_1: one = 0.9, beta_2: two = 0.999, epsilon = 1e-7 } = numbers;
      const momentumAt = (at: number): number => one * (1 - 0.5 * 0.96 ** at);
      let product = 1;
      for (let at = 1; at <= step; at += 1) product *= momentumAt(at);
      const [now, next] = [momentumAt(step), momentumAt(step + 1)];
      const [mean, spread] = [moved(first, gradient, one), moved(second, square(gradient), two)];
      const direction = add(times(next / (1 - product * next), mean), times((1 - now) / (1 - product), gradient));
      return { weight: sub(weight, div(times(learningRate, direction), plus(sqrt(times(1 / (1 - two ** step), spread)), epsilon))), state: [mean, spread] };
    },
  },
  adagrad: {
    slots: (_, { initial_accumulator_value: start = 0.1 }) => [start],
    update: (weight, gradient, [sums = gradient], { learningRate, numbers }) => {
      const next = add(sums, square(gradient));
      return { weight: sub(weight, div(times(learningRate, gradient), sqrt(plus(next, numbers['epsilon'] ?? 1e-7)))), state: [next] };
    },
  },
  adadelta: {
    slots: () => [0, 0],
    update: (weight, gradient, [squares = gradient, moves = gradient], { learningRate, numbers }) => {
      const { rho = 0.95, epsilon = 1e-7 } = numbers;
      const next = moved(squares, square(gradient), rho);
      const move = times(-1, div(mul(sqrt(plus(moves, epsilon)), gradient), sqrt(plus(next, epsilon))));
      return { weight: add(weight, times(learningRate, move)), state: [next, moved(moves, square(move), rho)] };
    },
  },
  lion: {
    slots: () => [0],
    update: (weight, gradient, [first = gradient], { learningRate, numbers }) => {
      const { beta_1: one = 0.9, beta_2: two = 0.99 } = numbers;
      return { weight: sub(weight, times(learningRate, sign(moved(first, gradient, one)))), state: [moved(first, gradient, two)] };
    },
  },
};

/** Why an optimizer cannot be had here; undefined when it can. */
export function optimizerProblem(given: ObjectConfiguration): string | undefined {
  if (rules[given.name.toLowerCase()] === undefined) return `the optimizer ${given.name} is not available without Python`;
  if (given.arguments['use_ema'] === true) return `${given.name}: use_ema is not available without Python`;
  const rate = given.arguments['learning_rate'];
  if (rate !== undefined && typeof rate !== 'number' && learningRateAt(rate, 0) === undefined) return `${given.name}: the learning rate is not known`;
  return undefined;
}

export function makeOptimizer(given: ObjectConfiguration): Optimizer {
  const rule = rules[given.name.toLowerCase()];
  if (rule === undefined) throw new Error(optimizerProblem(given));
  const numbers = Object.fromEntries(Object.entries(given.arguments).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  const flags = new Set(Object.entries(given.arguments).flatMap(([name, value]) => (value === true ? [name] : [])));
  const state = new Map<number, readonly Tensor[]>();
  const starts = rule.slots(flags, numbers);
  let step = 0;
  return {
    name: given.name,
    apply: (weights, gradients, learningRate) => {
      step += 1;
      const clipped = clip(gradients, numbers);
      for (const [at, weight] of weights.entries()) {
        const gradient = clipped[at];
        if (gradient === undefined) continue;
        const old = state.get(at);
        const next = tidy(() => {
          const before = old ?? starts.map((start) => (start === 0 ? zerosLike(gradient) : fill(gradient.shape, start)));
          const { weight_decay: decay } = numbers;
          const value = weight.read();
          const result = rule.update(decay === undefined ? value : sub(value, times(decay * learningRate, value)), gradient, before, { learningRate, step, numbers, flags });
          weight.write(result.weight);
          return result.state.map((one) => keep(one));
        });
        dispose([...(old ?? [])]);
        state.set(at, next);
      }
      if (clipped !== gradients) dispose([...clipped]);
    },
    dispose: () => { for (const tensors of state.values()) dispose([...tensors]); state.clear(); },
  };
}

function clip(gradients: readonly Tensor[], numbers: Numbers): readonly Tensor[] {
  const { clipnorm, clipvalue, global_clipnorm: all } = numbers;
  const scaled = (gradient: Tensor, length: Tensor, limit: number): Tensor => mul(gradient, div(scalar(limit), maximum(length, scalar(limit))));
  if (clipnorm !== undefined) return gradients.map((gradient) => tidy(() => scaled(gradient, norm(gradient), clipnorm)));
  if (all !== undefined) {
    return tidy(() => {
      const length = sqrt(gradients.map((gradient) => sum(square(gradient))).reduce((left, right) => add(left, right)));
      return gradients.map((gradient) => scaled(gradient, length, all));
    });
  }
  return clipvalue === undefined ? gradients : gradients.map((gradient) => tidy(() => clipByValue(gradient, -clipvalue, clipvalue)));
}

/** The learning rate of an argument after so many steps; undefined for a schedule that is not written here. */
export function learningRateAt(given: Json | undefined, step: number): number | undefined {
  if (given === undefined) return undefined;
  if (typeof given === 'number') return given;
  if (given === null || typeof given !== 'object' || Array.isArray(given)) return undefined;
  const { class_name: name, config } = given as { class_name?: Json; config?: Readonly<Record<string, Json>> };
  const number = (key: string, otherwise = Number.NaN): number => (typeof config?.[key] === 'number' ? config[key] : otherwise);
  const start = number('initial_learning_rate'), length = number('decay_steps');
  switch (name) {
    case 'ExponentialDecay': { const passed = step / length; return start * number('decay_rate') ** (config?.['staircase'] === true ? Math.floor(passed) : passed); }
    case 'InverseTimeDecay': { const passed = step / length; return start / (1 + number('decay_rate') * (config?.['staircase'] === true ? Math.floor(passed) : passed)); }
    case 'PolynomialDecay': {
      const end = number('end_learning_rate', 0.0001);
      const whole = config?.['cycle'] === true ? length * Math.max(1, Math.ceil(step / length)) : length;
      return (start - end) * (1 - Math.min(step, whole) / whole) ** number('power', 1) + end;
    }
    case 'CosineDecay': {
      const warm = number('warmup_steps', 0), target = number('warmup_target');
      if (warm > 0 && !Number.isNaN(target) && step < warm) return start + (target - start) * (step / warm);
      const from = Number.isNaN(target) ? start : target, passed = Math.min(Math.max(0, step - (Number.isNaN(target) ? 0 : warm)), length) / length, low = number('alpha', 0);
      return from * ((1 - low) * 0.5 * (1 + Math.cos(Math.PI * passed)) + low);
    }
    case 'PiecewiseConstantDecay': {
      const [boundaries, values] = [config?.['boundaries'], config?.['values']].map((list) => (Array.isArray(list) ? (list as readonly Json[]).map(Number) : []));
      const at = (boundaries ?? []).findIndex((boundary) => step <= boundary);
      return values?.[at < 0 ? values.length - 1 : at];
    }
    default: return undefined;
  }
}

