// What a program's text holds around a place or anywhere, on a path that was run or not. It must not know the evaluator.
import { attributesNamed, attributesRead } from '../syntax/attributes.ts';
import { loopsAround } from '../syntax/loops.ts';
import type { Place, SourceFile } from './place.ts';

/** Whether `.name` is read anywhere in the text, or may be. */
export function readsAttribute(source: SourceFile, name: string): boolean {
  const names = attributesRead(source.parsed);
  return names.has(name) || names.has('*') || names.has('__dict__');
}

/** Whether `.name` stands anywhere in the text, be it only to be set. */
export function namesAttribute(source: SourceFile, name: string): boolean {
  return attributesNamed(source.parsed).has(name) || attributesRead(source.parsed).has('*');
}

/** A loop: where its body stands, and what comes before it (`for x, y in loader:`). */
export interface LoopPlaces { readonly body: Place; readonly head: Place }

/** The loops of a text around a place, innermost first; those outside of the function that holds it are not among them. */
export function loopsAroundPlace(place: Place): readonly LoopPlaces[] {
  const { source } = place;
  return loopsAround(source.parsed, place.start).map((body) => ({ body: { source, start: body.start, end: body.end }, head: { source, start: body.loopStart, end: body.start } }));
}
