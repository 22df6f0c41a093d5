// What of a file runs besides its body: a library says how objects of its classes are run that the program made and never used
// (a module whose `forward` nothing calls), so that their shapes are shown. It must not know any library.
import type { Interpreter } from './interpreter.ts';
import type { Place } from './place.ts';
import type { ClassValue, FunctionValue, InstanceValue } from './value.ts';

export interface EntryPoints {
  /** Objects that this run has made so far and never used, in the order in which they are to be run. */
  readonly unused: (interpreter: Interpreter) => readonly InstanceValue[];
  /** Runs an object, called once for each; with `method`, that method of it, which nothing has called. */
  readonly run: (interpreter: Interpreter, object: InstanceValue, place: Place, method?: FunctionValue) => void;
  /** Whether `run` is what runs this method of its class. */
  readonly covers: (method: FunctionValue) => boolean;
}

const entryPoints = new Map<ClassValue, EntryPoints>();

export function registerEntryPoints(cls: ClassValue, points: EntryPoints): void {
  entryPoints.set(cls, points);
}

export function allEntryPoints(): readonly EntryPoints[] {
  return [...entryPoints.values()];
}

export function entryPointsOf(cls: ClassValue): EntryPoints | undefined {
  for (const one of cls.mro) {
    const points = entryPoints.get(one);
    if (points !== undefined) return points;
  }
  return undefined;
}
