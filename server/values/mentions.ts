// What a program's text holds around a place or anywhere, on a path that was run or not. It must not know the evaluator.
import { attributesRead } from '../syntax/attributes.ts';
import { loopsAround } from '../syntax/loops.ts';
import type { Place, SourceFile } from './place.ts';

/** Whether `.name` is read anywhere in the text, or may be. */
export function readsAttribute(source: SourceFile, name: string): boolean {
  const names = attributesRead(source.parsed);
  return names.has(name) || names.has('*') || names.has('__dict__');
}

/** The loops of a text around a place, innermost first, as places; those outside of the function that holds it are not among them. */
export function loopsAroundPlace(place: Place): readonly Place[] {
  return loopsAround(place.source.parsed, place.start).map((body) => ({ source: place.source, start: body.start, end: body.end }));
}
