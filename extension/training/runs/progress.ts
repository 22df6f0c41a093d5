// How far a training is: from its plan and the epochs or steps it reports. Pure; knows no file.
import type { MetricLine } from './format.ts';

export interface Progress {
  /** Of all that the present plan announces, from 0 to 1; undefined where it announces nothing. */
  readonly fraction?: number;
  /** The epoch that runs, from 1, and how many there are. */
  readonly epoch?: number;
  readonly epochs?: number;
  readonly secondsLeft?: number;
}

/** Is told every line in order; says after each how far the training is. */
export function makeProgress(): { readonly add: (line: MetricLine) => void; readonly get: () => Progress } {
  let plan: Extract<MetricLine, { type: 'plan' }> | undefined, before = 0, epoch: number | undefined, firstStep: number | undefined, step = 0, started = 0, time = 0;
  return {
    add: (line) => {
      time = Math.max(time, line.time);
      if (line.type === 'plan' && (line.epochs !== undefined || plan?.epochs === undefined)) {
        plan = line;
        before = Math.round(epoch ?? 0);
        firstStep = undefined;
        started = line.time;
      } else if (line.type === 'step' || line.type === 'epoch') {
        if (line.step !== undefined) { firstStep ??= line.step - 1; step = Math.max(step, line.step); }
        if (line.epoch !== undefined) epoch = line.epoch;
        if (started === 0) started = line.time;
      }
    },
    get: () => {
      const epochs = plan?.epochs;
      if (epochs === undefined || epochs <= 0) return epoch === undefined ? {} : { epoch: Math.floor(epoch) + 1 };
      const perEpoch = plan?.stepsPerEpoch, byStep = perEpoch === undefined || firstStep === undefined ? undefined : (step - firstStep) / perEpoch;
      const done = Math.min(epochs, Math.max(0, epoch === undefined ? byStep ?? 0 : Math.max(epoch - before, Number.isInteger(epoch) && byStep !== undefined ? Math.min(byStep, epoch - before + 1) : 0)));
      const fraction = done / epochs, elapsed = time - started;
      return { fraction, epoch: Math.min(epochs, Math.floor(done) + 1), epochs, ...(fraction > 0.01 && elapsed > 1 ? { secondsLeft: (elapsed / fraction) * (1 - fraction) } : {}) };
    },
  };
}
