// Python's regular expressions as JavaScript's, where the two certainly mean the same on printable ASCII text. Everything else,
// and everything that might run long, is refused. It must not know Python values.

export interface Translated {
  readonly source: string;
  readonly flags: string;
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
  readonly risky: boolean;
}
export interface RegexFlags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

const longestPattern = 300;
/** Subjects longer than this are not searched; with nested repetitions, than the second. */
export const longestSubject = 4_000;
export const longestRiskySubject = 40;

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
    risky = false;
  /** For each open group, whether a repetition without a limit stands in it. */
  const open: boolean[] = [];
  let closedHadRepetition = false;
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
      closedHadRepetition = false;
      continue;
    }
    if (character === '[') {
      const set = characterSet(pattern, at);
      if (set === undefined) return undefined;
      source += set.source;
      at = set.end;
      closedHadRepetition = false;
      continue;
    }
    if (character === '(') {
      const group = openGroup(pattern, at);
      if (group === undefined) return undefined;
      if (group.captures) {
        groups += 1;
        if (group.name !== undefined) names.set(group.name, groups);
      }
      if (group.closes !== true) open.push(false);
      source += group.source;
      at = group.end;
      continue;
    }
    if (character === ')') {
      const inner = open.pop();
      if (inner === undefined) return undefined;
      closedHadRepetition = inner;
      if (inner && open.length > 0) open[open.length - 1] = true;
      source += ')';
      at += 1;
      if (/[*+{]/.test(pattern[at] ?? '') && closedHadRepetition) risky = true;
      continue;
    }
    if (character === '*' || character === '+' || character === '?') {
      if (next === '+') return undefined;
      if (character !== '?' && open.length > 0) open[open.length - 1] = true;
      source += character;
      at += 1;
      continue;
    }
    if (character === '{') {
      const counts = /^\{(\d+)(,\d*)?\}/.exec(pattern.slice(at));
      if (counts === null || Number(counts[1]) > 1000) return undefined;
      if (open.length > 0) open[open.length - 1] = true;
      source += counts[0];
      at += counts[0].length;
      if (pattern[at] === '+') return undefined;
      continue;
    }
    if (character === '.') source += flags.dotAll ? '[\\s\\S]' : '[^\\n]';
    else if (character === '^') source += flags.multiline ? '(?<![^\\n])' : '(?<![\\s\\S])';
    else if (character === '$') source += flags.multiline ? '(?![^\\n])' : '(?=\\n?(?![\\s\\S]))';
    else if (character === '}' || character === ']' || character === '/') source += `\\${character}`;
    else source += character;
    at += 1;
  }
  if (open.length > 0) return undefined;
  const javascriptFlags = `gd${flags.ignoreCase ? 'i' : ''}`;
  try {
    new RegExp(source, javascriptFlags);
  } catch {
    return undefined;
  }
  return { source, flags: javascriptFlags, groups, names, risky };
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
