// Members of a library that nothing follows: what they do leaves no trace here, or what they give is not known. It must not know any library.
import { nativeFunction } from '../../values/classes.ts';
import type { Value } from '../../values/value.ts';
import { none, unknown } from '../../values/value.ts';

/** Functions that give None. */
export function silent(names: readonly string[]): Record<string, Value> {
  return constants(names, none);
}
/** Functions of which at most the type of what they give is known. */
export function unknowns(names: readonly string[], type?: string): Record<string, Value> {
  return constants(names, unknown(undefined, type));
}
/** Functions that always give the same. */
export function constants(names: readonly string[], value: Value): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, nativeFunction(name, '*args, **kwargs', () => value)]));
}
