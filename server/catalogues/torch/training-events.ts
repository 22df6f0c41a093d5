// Records the steps of a training loop in the trace, for the rules on loops. It must not know any rule.
import type { TrainingEvent } from '../../trace/trace.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { Value } from '../../values/value.ts';

export function recordTraining(interpreter: Interpreter, method: TrainingEvent['method'], subject: Value, place: Place, parameters?: Value): void {
  record(interpreter, { method, subject, parameters, place });
}

/** `loss.backward()`; None keeps the graph only where second derivatives are asked for. */
export function recordBackward(interpreter: Interpreter, loss: Value, keepGraph: Value, createGraph: Value, place: Place): void {
  const asked = keepGraph.kind === 'none' ? createGraph : keepGraph;
  record(interpreter, {
    method: 'backward',
    subject: loss,
    loss: loss.kind === 'tensor' ? { ...loss } : undefined,
    keepsGraph: asked.kind === 'bool' ? asked.value : undefined,
    place,
  });
}

function record(interpreter: Interpreter, event: Pick<TrainingEvent, 'method' | 'subject' | 'loss' | 'parameters' | 'keepsGraph' | 'place'>): void {
  if (!interpreter.isRecording) return;
  interpreter.trace.events.push({
    kind: 'training',
    ...event,
    callCount: interpreter.trace.calls.length,
    certain: !interpreter.isUncertain,
    callers: interpreter.callers(),
  });
}
