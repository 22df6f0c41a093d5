// What ends a path: an exception of the program, the end of a generator that would not stop, a spent budget.
// These are thrown inside the engine only and never leave evaluate.ts.
import type { Loss } from '../trace/trace.ts';
import type { Value } from '../values/value.ts';

/** An exception of the program on its way up; `value` is the exception object, or unknown. */
export class PythonError extends Error {
  readonly value: Value;
  /** Where it was raised, within the call of a layer: where that model's shapes end, unless the program catches it. */
  readonly loss: Loss | undefined;
  constructor(value: Value, loss?: Loss) {
    super('a Python exception of the program');
    this.value = value;
    this.loss = loss;
  }
}

/** The run took too many steps or too much time, or was cancelled. */
export class BudgetExceeded extends Error {
  readonly reason: 'steps' | 'time' | 'depth' | 'cancelled';
  constructor(reason: 'steps' | 'time' | 'depth' | 'cancelled') {
    super(`budget exceeded: ${reason}`);
    this.reason = reason;
  }
}

/** What is tried out has told all that it was tried out for, or the run cannot be gone on with. */
export class Stopped extends Error {}

/** A generator gave as many items as are looked at. */
export class GeneratorStopped extends Error {}
