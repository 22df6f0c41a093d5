// How objects of a library are shown in hovers: a catalogue says it for its own classes. It must not know any view.
import type { ClassValue, InstanceValue, Value } from './value.ts';

export interface Presentation {
  /** A few words: `tf.data.Dataset, 3,670 elements`. */
  readonly text: string;
  /** What iterating or calling it gives, shown with its shapes and ranges. */
  readonly element?: Value | undefined;
}

const presentations = new Map<ClassValue, (instance: InstanceValue) => Presentation | undefined>();

/** Says how instances of a class and of its subclasses are shown. */
export function registerPresentation(cls: ClassValue, present: (instance: InstanceValue) => Presentation | undefined): void {
  presentations.set(cls, present);
}

export function presentationOf(instance: InstanceValue): Presentation | undefined {
  for (const cls of instance.cls.mro) {
    const present = presentations.get(cls);
    if (present !== undefined) return present(instance);
  }
  return undefined;
}
