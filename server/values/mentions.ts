// Whether a program's text reads an attribute, on a path that was run or not. It must not know the evaluator.
import { attributesRead } from '../syntax/attributes.ts';
import type { SourceFile } from './place.ts';

/** Whether `.name` is read anywhere in the text, or may be. */
export function readsAttribute(source: SourceFile, name: string): boolean {
  const names = attributesRead(source.parsed);
  return names.has(name) || names.has('*') || names.has('__dict__');
}
