// Keeps what was parsed: a module is parsed once for each text, however many programs read it and however often they change.
// It must not know files.
import type { SourceFile } from '../values/place.ts';
import { readSource } from './analysis.ts';

/** So much text is kept parsed, the last used of it. A tree takes about thirty times its text. */
const mostText = 6_000_000;

export function keepingParser(): (path: string, text: string) => SourceFile {
  const kept = new Map<string, SourceFile>();
  let size = 0;
  return (path, text) => {
    const known = kept.get(path);
    if (known !== undefined) {
      kept.delete(path);
      size -= known.parsed.text.length;
    }
    const source = known?.parsed.text === text ? known : readSource(path, text);
    kept.set(path, source);
    size += text.length;
    for (const [oldest, one] of kept) {
      if (size <= mostText || oldest === path) break;
      kept.delete(oldest);
      size -= one.parsed.text.length;
    }
    return source;
  };
}
