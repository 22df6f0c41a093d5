// JSON as Python reads and writes it: whole numbers and floats apart, objects as dicts. It must not know files.
import { dictKey } from '../../values/equality.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { DictValue, Value } from '../../values/value.ts';
import { bool, float, int, list, none, str } from '../../values/value.ts';
import { floatText } from './representation.ts';
import { largestExactInteger, underlying, unknownOf } from './support.ts';

/** The value of a JSON text; undefined when it is none. */
export function parseJson(text: string): Value | undefined {
  const scanner = { text, at: 0 };
  const value = readValue(scanner, 0);
  skipSpace(scanner);
  return value !== undefined && scanner.at === text.length ? value : undefined;
}

interface Scanner {
  readonly text: string;
  at: number;
}

function skipSpace(scanner: Scanner): void {
  while (' \t\n\r'.includes(scanner.text[scanner.at] ?? 'x')) scanner.at += 1;
}

function take(scanner: Scanner, word: string): boolean {
  if (!scanner.text.startsWith(word, scanner.at)) return false;
  scanner.at += word.length;
  return true;
}

const words: readonly (readonly [string, Value])[] = [
  ['null', none],
  ['true', bool(true)],
  ['false', bool(false)],
  ['NaN', float(Number.NaN)],
  ['Infinity', float(Number.POSITIVE_INFINITY)],
  ['-Infinity', float(Number.NEGATIVE_INFINITY)],
];

function readValue(scanner: Scanner, depth: number): Value | undefined {
  if (depth > 200) return undefined;
  skipSpace(scanner);
  const character = scanner.text[scanner.at];
  if (character === '{') return readObject(scanner, depth);
  if (character === '[') return readArray(scanner, depth);
  if (character === '"') {
    const text = readString(scanner);
    return text === undefined ? undefined : str(text);
  }
  for (const [word, value] of words) if (take(scanner, word)) return value;
  return readNumber(scanner);
}

const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;

function readNumber(scanner: Scanner): Value | undefined {
  numberPattern.lastIndex = scanner.at;
  const match = numberPattern.exec(scanner.text);
  if (match === null) return undefined;
  scanner.at += match[0].length;
  const value = Number(match[0]);
  if (match[1] !== undefined || match[2] !== undefined) return float(value);
  return Math.abs(value) <= largestExactInteger ? int(value + 0) : unknownOf('int');
}

function readString(scanner: Scanner): string | undefined {
  const start = scanner.at;
  for (let at = start + 1; at < scanner.text.length; at += 1) {
    const character = scanner.text[at];
    if (character === '\\') at += 1;
    else if (character === '"') {
      scanner.at = at + 1;
      try {
        const parsed: unknown = JSON.parse(scanner.text.slice(start, at + 1));
        return typeof parsed === 'string' ? parsed : undefined;
      } catch {
        return undefined;
      }
    }
  }
  return undefined;
}

function readArray(scanner: Scanner, depth: number): Value | undefined {
  scanner.at += 1;
  const items: Value[] = [];
  skipSpace(scanner);
  if (take(scanner, ']')) return list(items);
  for (;;) {
    const item = readValue(scanner, depth + 1);
    if (item === undefined) return undefined;
    items.push(item);
    skipSpace(scanner);
    if (take(scanner, ']')) return list(items);
    if (!take(scanner, ',')) return undefined;
  }
}

function readObject(scanner: Scanner, depth: number): Value | undefined {
  scanner.at += 1;
  const made: DictValue = { kind: 'dict', entries: new Map(), open: false };
  skipSpace(scanner);
  if (take(scanner, '}')) return made;
  for (;;) {
    skipSpace(scanner);
    const key = scanner.text[scanner.at] === '"' ? readString(scanner) : undefined;
    skipSpace(scanner);
    if (key === undefined || !take(scanner, ':')) return undefined;
    const value = readValue(scanner, depth + 1);
    if (value === undefined) return undefined;
    made.entries.set(dictKey(str(key)) ?? '', { key: str(key), value });
    skipSpace(scanner);
    if (take(scanner, '}')) return made;
    if (!take(scanner, ',')) return undefined;
  }
}

export interface JsonStyle {
  readonly indent: string | undefined;
  readonly itemSeparator: string;
  readonly keySeparator: string;
  readonly sortKeys: boolean;
  readonly ascii: boolean;
}

/** Lists that hold one another many times have no end that anyone could write. */
const mostParts = 20_000;
let parts = 0;

/** The text of a value; undefined when something in it is not known or has no JSON form. */
export function jsonText(interpreter: Interpreter, given: Value, style: JsonStyle, place: Place, level = 0): string | undefined {
  parts = level === 0 ? 0 : parts + 1;
  if (level > 100 || parts > mostParts) return undefined;
  const value = underlying(given);
  const open = style.indent === undefined ? '' : `\n${style.indent.repeat(level + 1)}`,
    close = style.indent === undefined ? '' : `\n${style.indent.repeat(level)}`;
  const wrap = (start: string, parts: readonly (string | undefined)[], end: string): string | undefined =>
    parts.includes(undefined) ? undefined : parts.length === 0 ? start + end : start + open + parts.join(style.itemSeparator + open) + close + end;
  switch (value.kind) {
    case 'none':
      return 'null';
    case 'bool':
      return value.value ? 'true' : 'false';
    case 'int':
      return typeof value.value === 'number' ? String(value.value) : undefined;
    case 'float':
      return Number.isNaN(value.value) ? 'NaN' : Number.isFinite(value.value) ? floatText(value.value) : value.value > 0 ? 'Infinity' : '-Infinity';
    case 'str':
      return quoted(value.value, style.ascii);
    case 'tuple':
      return wrap(
        '[',
        value.items.map((item) => jsonText(interpreter, item, style, place, level + 1)),
        ']',
      );
    case 'list':
      return value.open
        ? undefined
        : wrap(
            '[',
            value.items.map((item) => jsonText(interpreter, item, style, place, level + 1)),
            ']',
          );
    case 'dict': {
      if (value.open) return undefined;
      const pairs = [...value.entries.values()].map(
        (entry) => [keyText(entry.key), jsonText(interpreter, entry.value, style, place, level + 1)] as const,
      );
      if (style.sortKeys) pairs.sort(([one], [other]) => ((one ?? '') < (other ?? '') ? -1 : (one ?? '') > (other ?? '') ? 1 : 0));
      return wrap(
        '{',
        pairs.map(([key, text]) => (key === undefined || text === undefined ? undefined : quoted(key, style.ascii) + style.keySeparator + text)),
        '}',
      );
    }
    default:
      return undefined;
  }
}

function keyText(key: Value): string | undefined {
  switch (key.kind) {
    case 'str':
      return key.value;
    case 'int':
      return typeof key.value === 'number' ? String(key.value) : undefined;
    case 'float':
      return floatText(key.value);
    case 'bool':
      return key.value ? 'true' : 'false';
    case 'none':
      return 'null';
    default:
      return undefined;
  }
}

function quoted(text: string, ascii: boolean): string {
  const plain = JSON.stringify(text);
  return ascii
    ? plain.replace(/[\u007f-\uffff]/g, (one) => (one === '\u007f' ? one : `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`))
    : plain;
}
