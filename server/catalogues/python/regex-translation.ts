// Python's regular expressions as JavaScript's, where the two certainly mean the same on printable ASCII text. Everything else,
// and everything that might run long, is refused. It must not know Python values.

export interface Translated {
  readonly source: string;
  readonly flags: string;
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
  /** How many steps a search may take at worst on a text of this length; infinite where that is not bounded well. */
  readonly worstCase: (length: number) => number;
}
export interface RegexFlags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

const longestPattern = 300;
/** Searches that may take more steps than this are not made: JavaScript's cannot be interrupted. */
export const mostSearchSteps = 20_000_000;
/** Repetitions in repetitions, and choices in them, may try every way to divide the text. */
const longestDividedText = 14;

const cache = new Map<string, Translated | undefined>();

/** The pattern for JavaScript; undefined when it is not certainly the same. */
export function translateRegex(pattern: string, flags: RegexFlags): Translated | undefined {
  const key = `${Number(flags.ignoreCase)}${Number(flags.multiline)}${Number(flags.dotAll)}${pattern}`;
  if (!cache.has(key)) cache.set(key, translate(pattern, flags));
  return cache.get(key);
}

/** Text on which `\w`, `\s`, `\b` and case mean the same in both. */
export function isPlainSubject(text: string): boolean {
  return /^[\t\n\r\x20-\x7e]*$/.test(text);
}

function translate(given: string, outer: RegexFlags): Translated | undefined {
  if (given.length > longestPattern || !isPlainSubject(given)) return undefined;
  let flags = outer,
    pattern = given;
  const inline = /^\(\?([aimsux]+)\)/.exec(pattern);
  if (inline !== null) {
    const letters = inline[1] ?? '';
    if (/[ux]/.test(letters.replace('u', ''))) return undefined;
    flags = {
      ignoreCase: flags.ignoreCase || letters.includes('i'),
      multiline: flags.multiline || letters.includes('m'),
      dotAll: flags.dotAll || letters.includes('s'),
    };
    pattern = pattern.slice(inline[0].length);
  }
  const names = new Map<string, number>();
  let groups = 0,
    source = '',
    at = 0,
    isNested = false,
    repetitions = 0,
    choices = 1,
    afterQuantifier = false;
  /** For each open group, whether it can match in several ways, and how many alternatives it has. */
  const open: { isChoice: boolean; alternatives: number }[] = [];
  const markChoice = (): void => {
    const group = open.at(-1);
    if (group !== undefined) group.isChoice = true;
  };
  while (at < pattern.length) {
    const character = pattern[at] ?? '';
    const next = pattern[at + 1] ?? '';
    if (character === '\\') {
      if (next === 'A') source += '(?<![\\s\\S])';
      else if (next === 'Z') source += '(?![\\s\\S])';
      else if (/[dDwWsSbBntrfv]/.test(next)) source += character + next;
      else if (/[1-9]/.test(next) && !/\d/.test(pattern[at + 2] ?? '')) source += character + next;
      else if (/[^a-zA-Z0-9]/.test(next)) source += `\\${next}`;
      else return undefined;
      at += 2;
      afterQuantifier = false;
      continue;
    }
    if (character === '[') {
      const set = characterSet(pattern, at);
      if (set === undefined) return undefined;
      source += set.source;
      at = set.end;
      afterQuantifier = false;
      continue;
    }
    if (character === '(') {
      const group = openGroup(pattern, at);
      if (group === undefined) return undefined;
      if (group.captures) {
        groups += 1;
        if (group.name !== undefined) names.set(group.name, groups);
      }
      if (group.closes !== true) open.push({ isChoice: false, alternatives: 1 });
      afterQuantifier = false;
      source += group.source;
      at = group.end;
      continue;
    }
    if (character === ')') {
      const inner = open.pop();
      if (inner === undefined) return undefined;
      choices *= inner.alternatives;
      if (inner.isChoice) markChoice();
      source += ')';
      at += 1;
      if (/[*+{]/.test(pattern[at] ?? '') && inner.isChoice) isNested = true;
      afterQuantifier = false;
      continue;
    }
    if (character === '*' || character === '+' || character === '?') {
      if (next === '+') return undefined;
      if (!afterQuantifier) {
        markChoice();
        if (character === '?') choices *= 2;
        else repetitions += 1;
      }
      afterQuantifier = true;
      source += character;
      at += 1;
      continue;
    }
    if (character === '{') {
      const counts = /^\{(\d+)(,\d*)?\}/.exec(pattern.slice(at));
      if (counts === null || Number(counts[1]) > 1000) return undefined;
      if (counts[2] !== undefined) {
        markChoice();
        repetitions += 1;
      }
      afterQuantifier = true;
      source += counts[0];
      at += counts[0].length;
      if (pattern[at] === '+') return undefined;
      continue;
    }
    if (character === '.') source += flags.dotAll ? '[\\s\\S]' : '[^\\n]';
    else if (character === '^') source += flags.multiline ? '(?<![^\\n])' : '(?<![\\s\\S])';
    else if (character === '$') source += flags.multiline ? '(?![^\\n])' : '(?=\\n?(?![\\s\\S]))';
    else if (character === '}' || character === ']' || character === '/') source += `\\${character}`;
    else {
      const group = open.at(-1);
      if (character === '|' && group !== undefined) {
        group.isChoice = true;
        group.alternatives += 1;
      }
      source += character;
    }
    afterQuantifier = false;
    at += 1;
  }
  if (open.length > 0) return undefined;
  const javascriptFlags = `gd${flags.ignoreCase ? 'i' : ''}`;
  try {
    new RegExp(source, javascriptFlags);
  } catch {
    return undefined;
  }
  // Each start, and for each repetition each end.
  const worstCase = (length: number): number =>
    isNested ? (length <= longestDividedText ? 0 : Number.POSITIVE_INFINITY) : (length + 1) ** (repetitions + 1) * choices;
  return { source, flags: javascriptFlags, groups, names, worstCase };
}

function characterSet(pattern: string, start: number): { source: string; end: number } | undefined {
  let at = start + 1,
    source = '[';
  if (pattern[at] === '^') {
    source += '^';
    at += 1;
  }
  if (pattern[at] === ']') {
    source += '\\]';
    at += 1;
  }
  while (at < pattern.length) {
    const character = pattern[at] ?? '',
      next = pattern[at + 1] ?? '';
    if (character === ']') return { source: `${source}]`, end: at + 1 };
    if (character === '\\') {
      if (!/[dDwWsSntrfv]/.test(next) && /[a-zA-Z0-9]/.test(next)) return undefined;
      source += /[a-zA-Z]/.test(next) ? character + next : `\\${next}`;
      at += 2;
      continue;
    }
    if (character === '[' && next === ':') return undefined;
    source += character === '[' ? '\\[' : character;
    at += 1;
  }
  return undefined;
}

function openGroup(pattern: string, start: number): { source: string; end: number; captures: boolean; name?: string; closes?: boolean } | undefined {
  const rest = pattern.slice(start);
  if (!rest.startsWith('(?')) return { source: '(', end: start + 1, captures: true };
  for (const plain of ['(?:', '(?=', '(?!', '(?<=', '(?<!'])
    if (rest.startsWith(plain)) return { source: plain, end: start + plain.length, captures: false };
  const named = /^\(\?P<([A-Za-z_]\w*)>/.exec(rest);
  if (named?.[1] !== undefined) return { source: `(?<${named[1]}>`, end: start + named[0].length, captures: true, name: named[1] };
  const reference = /^\(\?P=([A-Za-z_]\w*)\)/.exec(rest);
  if (reference?.[1] !== undefined) return { source: `\\k<${reference[1]}>`, end: start + reference[0].length, captures: false, closes: true };
  return undefined;
}
