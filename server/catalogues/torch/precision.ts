// Whether operations may choose the element types themselves: within autocast, or what may be one. It must not know modules or any single operation.
import { isFloating } from '../../tensors/dtype.ts';
import { defineRunState } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import { failRecorders, registerReplayedState } from '../../values/recorder.ts';
import type { Value } from '../../values/value.ts';

interface Precision {
  /** The contexts that are entered, innermost last: whether they may cast. */
  readonly contexts: boolean[];
  /** It may be on from here on, wherever the program is. */
  isOpen: boolean;
}
const precisionOf = defineRunState<Precision>(() => ({ contexts: [], isOpen: false }));

registerReplayedState({ conditions: (interpreter) => [precisionOf(interpreter).contexts.length === 0, precisionOf(interpreter).isOpen, mayAutocast(interpreter)] });

export function enterAutocast(interpreter: Interpreter, mayCast: boolean): void {
  failRecorders('enters autocast');
  precisionOf(interpreter).contexts.push(mayCast);
}

export function leaveAutocast(interpreter: Interpreter): void {
  failRecorders('leaves autocast');
  precisionOf(interpreter).contexts.pop();
}

/** A decorated function, a setting of the whole program: where it holds is not followed. */
export function openAutocast(interpreter: Interpreter): void {
  precisionOf(interpreter).isOpen = true;
}

export function mayAutocast(interpreter: Interpreter): boolean {
  const { contexts, isOpen } = precisionOf(interpreter);
  return isOpen || interpreter.isInUnknownContext || contexts.at(-1) === true;
}

/** Whether two types that meet may be brought together: within autocast, or in a class that nothing calls and that whoever uses it may cast. */
export function mayMix(interpreter: Interpreter): boolean {
  return mayAutocast(interpreter) || interpreter.trace.supposedFrom !== undefined;
}

/** Floats that operations give within autocast are of a type that is not known. Whole numbers stay. */
export function withoutFloatType(value: Value, depth = 0): Value {
  if (value.kind === 'tensor') return value.dtype !== undefined && isFloating(value.dtype) ? { ...value, dtype: undefined } : value;
  if ((value.kind !== 'tuple' && value.kind !== 'list') || depth > 3) return value;
  return value.kind === 'tuple' ? { ...value, items: value.items.map((item) => withoutFloatType(item, depth + 1)) } : value;
}
