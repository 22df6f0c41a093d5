// Records the steps of a training loop in the trace, for the rules on loops. It must not know any rule.
import type { TrainingEvent } from '../../trace/trace.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { Value } from '../../values/value.ts';

export function recordTraining(interpreter: Interpreter, method: TrainingEvent['method'], subject: Value, place: Place, parameters?: Value): void {
  if (interpreter.isQuiet) return;
  interpreter.trace.events.push({ kind: 'training', method, subject, parameters, place, callers: interpreter.callers() });
}
