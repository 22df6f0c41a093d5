// How a model is called on an input that its user states beside the program (`inlayer summary --input`). A catalogue says it
// for its own classes. It must not know any framework.
import type { Shape } from '../tensors/shape.ts';
import type { Interpreter } from './interpreter.ts';
import type { Place } from './place.ts';
import type { ClassValue, InstanceValue, Value } from './value.ts';

/** Calls a model on floating-point numbers of that shape; undefined where the program has called or built it already. */
export type CallOnInput = (interpreter: Interpreter, model: InstanceValue, shape: Shape, place: Place) => Value | undefined;

const callers = new Map<ClassValue, CallOnInput>();

/** Says how instances of a class and of its subclasses are called. */
export function registerModelInput(cls: ClassValue, call: CallOnInput): void {
  callers.set(cls, call);
}

export function modelInputCaller(cls: ClassValue): CallOnInput | undefined {
  for (const one of cls.mro) {
    const call = callers.get(one);
    if (call !== undefined) return call;
  }
  return undefined;
}
