// Reading what came from outside: each function gives a value of the kind that is wanted, or what stands for its absence.
// Both ends of the panels' messages use it. Imports nothing.

export type Fields = Readonly<Record<string, unknown>>;

export function readObject(given: unknown): Fields | undefined {
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Fields) : undefined;
}

export function readList(given: unknown): readonly unknown[] { return Array.isArray(given) ? given : []; }
export function readText(given: unknown): string { return typeof given === 'string' ? given : ''; }
export function readCount(given: unknown): number { return isCount(given) ? given : 0; }
export function readCounts(given: unknown): number[] { return readList(given).filter(isCount); }
export function readTexts(given: unknown): string[] { return readList(given).filter((one) => typeof one === 'string'); }

/** A line from 1, as a property; none where it is not known. */
export function readLine(given: unknown): { line?: number } { return isCount(given) && given > 0 ? { line: given } : {}; }

export function isCount(given: unknown): given is number { return typeof given === 'number' && Number.isFinite(given) && given >= 0; }

/** One of these texts. */
export function isOneOf<Text extends string>(given: unknown, texts: readonly Text[]): given is Text {
  return typeof given === 'string' && (texts as readonly string[]).includes(given);
}

/** All of these words as texts, or undefined where one is missing. */
export function readWords<Word extends string>(given: unknown, words: readonly Word[]): Readonly<Record<Word, string>> | undefined {
  const found = readObject(given);
  return found !== undefined && words.every((word) => typeof found[word] === 'string') ? (found as Readonly<Record<Word, string>>) : undefined;
}

export function isNumber(given: unknown): given is number { return typeof given === 'number' && Number.isFinite(given); }
