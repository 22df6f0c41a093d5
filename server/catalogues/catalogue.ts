// What a catalogue gives to the evaluator: modules by dotted name, each a function that makes its members on demand.
// It must not know the evaluator.
import type { Value } from '../values/value.ts';

export interface Catalogue {
  /** `keras.layers` → its members. A member that is itself a module (`keras.layers` in `keras`) is found by name and not listed. */
  readonly modules: Readonly<Record<string, () => Readonly<Record<string, Value>>>>;
  /** Modules that stand in where the environment has no source of the library. */
  readonly standIns?: Readonly<Record<string, () => Readonly<Record<string, Value>>>>;
  /** Other spellings of a module and all below it: `tensorflow.keras` → `keras`. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Spellings that mean the library's own source where the environment has it; they are aliases where it has not. */
  readonly ownSources?: readonly string[];
}
