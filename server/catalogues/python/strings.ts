// The class str: its methods on known texts. On unknown ones the result has the right type. Lengths and positions count code
// points, as Python's do. It must not know formatting beyond calling it.
import { nativeFunction, nativeMethod } from '../../values/classes.ts';
import { dictKey } from '../../values/equality.ts';
import type { ClassValue, DictValue, NativeCall, NativeFunction, Value } from '../../values/value.ts';
import { bool, int, list, maybeBool, none, str, tuple } from '../../values/value.ts';
import { encodeText } from './bytes.ts';
import { containsBuiltin } from './comparison.ts';
import { builtinType } from './constructing.ts';
import { formatString, formatValue } from './formatting.ts';
import { getItemBuiltin } from './items.ts';
import { indexOf, raiseText, textValue, typeNameOf, unfollowedMethods, unknownInt, unknownOf } from './support.ts';

/** A method on a known text; `otherwise` is the result's type when it is not known. */
function textMethod(name: string, signature: string, otherwise: string, body: (self: string, call: NativeCall) => Value | undefined): NativeFunction {
  return nativeMethod(name, signature, (call) => {
    const self = textValue(call.args.get('self'));
    return (self === undefined ? undefined : body(self, call)) ?? unknownResult(otherwise);
  });
}

function unknownResult(typeName: string): Value {
  return typeName === 'int' ? unknownInt() : typeName === 'list' ? list([], true) : unknownOf(typeName);
}

const simple = (name: string, change: (text: string) => string): NativeFunction => textMethod(name, 'self, /', 'str', (self) => str(change(self)));

/** Answers only for ASCII where Unicode's categories would be needed. */
const test = (name: string, pattern: RegExp, beyond?: RegExp): NativeFunction =>
  textMethod(name, 'self, /', 'bool', (self) => {
    if (isAscii(self)) return bool(pattern.test(self));
    return beyond === undefined ? undefined : bool(beyond.test(self));
  });

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return false;
  return true;
}

/** What Python's `str.strip()` and `split()` take for white space. */
const space = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const leadingSpace = new RegExp(`^[${space}]+`, 'u'),
  trailingSpace = new RegExp(`[${space}]+$`, 'u'),
  spaces = new RegExp(`[${space}]+`, 'u');

function strip(name: string, left: boolean, right: boolean): NativeFunction {
  return textMethod(name, 'self, chars=None, /', 'str', (self, { args }) => {
    if (args.isNone('chars'))
      return str((right ? (text: string) => text.replace(trailingSpace, '') : (text: string) => text)(left ? self.replace(leadingSpace, '') : self));
    const given = textValue(args.get('chars'));
    if (given === undefined) return undefined;
    const characters = [...self],
      dropped = new Set(given);
    let start = 0,
      end = characters.length;
    while (left && start < end && dropped.has(characters[start] ?? '')) start += 1;
    while (right && end > start && dropped.has(characters[end - 1] ?? '')) end -= 1;
    return str(characters.slice(start, end).join(''));
  });
}

/** `split` and `rsplit`. */
export function splitText(text: string, separator: string | undefined, limit: number, fromRight: boolean): string[] {
  if (separator === undefined) {
    const trimmed = text.replace(leadingSpace, '').replace(trailingSpace, '');
    if (trimmed === '') return [];
    const words = trimmed.split(spaces);
    if (limit < 0 || words.length <= limit + 1) return words;
    // What is not split keeps its white space, but none at the outer end.
    if (!fromRight) {
      let rest = text.replace(leadingSpace, '');
      const parts: string[] = [];
      for (let count = 0; count < limit; count += 1) {
        const word = words[count] ?? '';
        parts.push(word);
        rest = rest.slice(word.length).replace(leadingSpace, '');
      }
      return [...parts, rest];
    }
    let rest = text.replace(trailingSpace, '');
    const parts: string[] = [];
    for (let count = 0; count < limit; count += 1) {
      const word = words.at(-1 - count) ?? '';
      parts.unshift(word);
      rest = rest.slice(0, rest.length - word.length).replace(trailingSpace, '');
    }
    return [rest, ...parts];
  }
  const parts = text.split(separator);
  if (limit < 0 || parts.length <= limit + 1) return parts;
  return fromRight
    ? [parts.slice(0, parts.length - limit).join(separator), ...parts.slice(parts.length - limit)]
    : [...parts.slice(0, limit), parts.slice(limit).join(separator)];
}

function splitMethod(name: string, fromRight: boolean): NativeFunction {
  return textMethod(name, 'self, sep=None, maxsplit=-1', 'list', (self, { interpreter, args, place }) => {
    const separator = args.isNone('sep') ? undefined : textValue(args.get('sep'));
    const limit = indexOf(args.get('maxsplit'));
    if ((separator === undefined && !args.isNone('sep')) || limit === undefined) return undefined;
    if (separator === '') return raiseText(interpreter, 'ValueError', 'empty separator', place);
    return list(splitText(self, separator, limit, fromRight).map((part) => str(part)));
  });
}

/** `startswith` and `endswith`, with a tuple of alternatives and bounds. */
function ends(name: string, matches: (text: string, part: string) => boolean): NativeFunction {
  return textMethod(name, 'self, prefix, start=None, end=None, /', 'bool', (self, { args }) => {
    const text = part(self, args.get('start'), args.get('end'))?.text;
    if (text === undefined) return undefined;
    const given = args.get('prefix');
    const alternatives = given.kind === 'tuple' ? given.items : [given];
    let answer: boolean | undefined = false;
    for (const alternative of alternatives) {
      const wanted = textValue(alternative);
      if (wanted === undefined) answer = undefined;
      else if (matches(text, wanted)) return bool(true);
    }
    return maybeBool(answer);
  });
}

/** The part of a text between Python's optional bounds. */
function part(text: string, start: Value, end: Value): { text: string; offset: number } | undefined {
  if (start.kind === 'none' && end.kind === 'none') return { text, offset: 0 };
  const characters = [...text];
  const from = start.kind === 'none' ? 0 : indexOf(start),
    to = end.kind === 'none' ? characters.length : indexOf(end);
  if (from === undefined || to === undefined) return undefined;
  const clip = (at: number): number => Math.min(Math.max(at < 0 ? at + characters.length : at, 0), characters.length);
  return { text: characters.slice(clip(from), clip(to)).join(''), offset: clip(from) };
}

function find(name: string, fromRight: boolean, mustExist: boolean): NativeFunction {
  return textMethod(name, 'self, sub, start=None, end=None, /', 'int', (self, { interpreter, args, place }) => {
    const wanted = textValue(args.get('sub')),
      inside = part(self, args.get('start'), args.get('end'));
    if (wanted === undefined || inside === undefined) return undefined;
    const at = fromRight ? inside.text.lastIndexOf(wanted) : inside.text.indexOf(wanted);
    if (at < 0 && mustExist) return raiseText(interpreter, 'ValueError', 'substring not found', place);
    return int(at < 0 ? -1 : [...inside.text.slice(0, at)].length + inside.offset);
  });
}

function pad(name: string, place: (missing: number, width: number) => readonly [number, number]): NativeFunction {
  return textMethod(name, 'self, width, fillchar=" ", /', 'str', (self, { args }) => {
    const width = indexOf(args.get('width')),
      fill = textValue(args.get('fillchar'));
    if (width === undefined || fill === undefined || width > 100_000) return undefined;
    const missing = width - [...self].length;
    if (missing <= 0) return str(self);
    const [before, behind] = place(missing, width);
    return str(fill.repeat(before) + self + fill.repeat(behind));
  });
}

function partition(name: string, fromRight: boolean): NativeFunction {
  return textMethod(name, 'self, sep, /', 'tuple', (self, { args }) => {
    const separator = textValue(args.get('sep'));
    if (separator === undefined || separator === '') return tuple([unknownOf('str'), unknownOf('str'), unknownOf('str')]);
    const at = fromRight ? self.lastIndexOf(separator) : self.indexOf(separator);
    if (at < 0) return tuple((fromRight ? ['', '', self] : [self, '', '']).map((text) => str(text)));
    return tuple([str(self.slice(0, at)), str(separator), str(self.slice(at + separator.length))]);
  });
}

function titleCase(text: string): string {
  return text.replace(/\p{L}+/gu, (word) => [...word].map((letter, at) => (at === 0 ? letter.toUpperCase() : letter.toLowerCase())).join(''));
}

const join = nativeMethod('join', 'self, iterable, /', ({ interpreter, args, place }) => {
  const separator = textValue(args.get('self'));
  const iteration = interpreter.iterate(args.get('iterable'), place);
  const parts: string[] = [];
  for (const [at, item] of iteration.items.entries()) {
    const text = textValue(item);
    if (text !== undefined) {
      parts.push(text);
      continue;
    }
    if (
      iteration.exact &&
      ['int', 'float', 'none', 'bool', 'list', 'tuple', 'dict', 'bytes'].includes(item.kind) &&
      !('cls' in item && item.cls !== undefined)
    ) {
      return raiseText(interpreter, 'TypeError', `sequence item ${at}: expected str instance, ${typeNameOf(item)} found`, place);
    }
    return unknownOf('str');
  }
  const length = parts.reduce((sum, one) => sum + one.length, 0);
  return separator === undefined || !iteration.exact || length > 1_000_000 ? unknownOf('str') : str(parts.join(separator));
});

const format = nativeMethod('format', undefined, ({ interpreter, args: { raw }, place }) => {
  const [self, ...others] = raw.positional;
  const text = self === undefined ? undefined : textValue(self.value);
  const formatted = text === undefined ? undefined : formatString(interpreter, text, { ...raw, positional: others }, place);
  return formatted === undefined ? unknownOf('str') : str(formatted);
});

const formatMap = textMethod('format_map', 'self, mapping, /', 'str', (self, { interpreter, args, place }) => {
  const mapping = args.get('mapping');
  if (mapping.kind !== 'dict') return undefined;
  const keywords = [...mapping.entries.values()].flatMap((entry) =>
    entry.key.kind === 'str' ? [{ name: entry.key.value, value: entry.value, place: undefined }] : [],
  );
  const text = formatString(
    interpreter,
    self,
    { positional: [], keywords, openPositional: false, openKeywords: mapping.open || mapping.cls !== undefined },
    place,
  );
  return text === undefined ? undefined : str(text);
});

const replace = textMethod('replace', 'self, old, new, count=-1, /', 'str', (self, { args }) => {
  const old = textValue(args.get('old')),
    next = textValue(args.get('new')),
    count = indexOf(args.get('count'));
  if (old === undefined || next === undefined || count === undefined) return undefined;
  const parts = old === '' ? ['', ...self, ''] : self.split(old);
  const limit = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1);
  if (parts.length * next.length > 1_000_000) return undefined;
  return str(
    parts.slice(0, limit + 1).join(next) +
      parts
        .slice(limit + 1)
        .map((one) => old + one)
        .join(''),
  );
});

const splitLines = textMethod('splitlines', 'self, keepends=False', 'list', (self, { interpreter, args, place }) => {
  const keep = interpreter.truth(args.get('keepends'), place);
  if (keep === undefined) return undefined;
  const lines = self.match(/[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|$)/gu) ?? [];
  return list(
    lines.filter((line) => line !== '').map((line) => str(keep ? line : line.replace(/(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])$/u, ''))),
  );
});

const translate = textMethod('translate', 'self, table, /', 'str', (self, { args }) => {
  const table = args.get('table');
  if (table.kind !== 'dict' || table.open || table.cls !== undefined) return undefined;
  let result = '';
  for (const character of self) {
    const entry = table.entries.get(`n:${character.codePointAt(0) ?? 0}`)?.value;
    if (entry === undefined) result += character;
    else if (entry.kind === 'str') result += entry.value;
    else if (entry.kind === 'int' && typeof entry.value === 'number') result += String.fromCodePoint(entry.value);
    else if (entry.kind !== 'none') return undefined;
  }
  return str(result);
});

const makeTranslation = nativeFunction('maketrans', 'x, y=None, z=None, /', ({ args }) => {
  const made: DictValue = { kind: 'dict', entries: new Map(), open: false };
  const put = (character: string, value: Value): void => {
    const key = int(character.codePointAt(0) ?? 0);
    made.entries.set(dictKey(key) ?? '', { key, value });
  };
  const from = args.get('x'),
    to = textValue(args.get('y')),
    dropped = args.isNone('z') ? '' : textValue(args.get('z'));
  if (from.kind === 'dict' && !from.open) {
    for (const entry of from.entries.values()) {
      if (entry.key.kind === 'str') put(entry.key.value, entry.value);
      else made.entries.set(dictKey(entry.key) ?? '', entry);
    }
    return made;
  }
  const source = textValue(from);
  if (source === undefined || to === undefined || dropped === undefined) return unknownOf('dict');
  const targets = [...to];
  for (const [at, character] of [...source].entries()) put(character, int(targets[at]?.codePointAt(0) ?? 0));
  for (const character of dropped) put(character, none);
  return made;
});

export const strClass: ClassValue = builtinType({
  name: 'str',
  operators: '+ * %',
  make: ({ interpreter, given, place }) => {
    if (given.openPositional || given.openKeywords) return unknownOf('str');
    const first = given.positional[0]?.value ?? given.keywords.find((keyword) => keyword.name === 'object')?.value;
    if (first === undefined) return str('');
    if (first.kind === 'bytes' && given.positional.length + given.keywords.length > 1)
      return interpreter.callMethod(
        first,
        'decode',
        given.positional.slice(1).map((one) => one.value),
        place,
      );
    const text = interpreter.text(first, place);
    return text === undefined ? unknownOf('str') : first.kind === 'str' ? first : str(text);
  },
  members: {
    lower: simple('lower', (text) => text.toLowerCase()),
    upper: simple('upper', (text) => text.toUpperCase()),
    casefold: textMethod('casefold', 'self, /', 'str', (self) => (isAscii(self) ? str(self.toLowerCase()) : undefined)),
    capitalize: simple('capitalize', (text) => [...text].map((one, at) => (at === 0 ? one.toUpperCase() : one.toLowerCase())).join('')),
    title: simple('title', titleCase),
    swapcase: textMethod('swapcase', 'self, /', 'str', (self) =>
      str([...self].map((one) => (one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase())).join('')),
    ),
    strip: strip('strip', true, true),
    lstrip: strip('lstrip', true, false),
    rstrip: strip('rstrip', false, true),
    split: splitMethod('split', false),
    rsplit: splitMethod('rsplit', true),
    splitlines: splitLines,
    partition: partition('partition', false),
    rpartition: partition('rpartition', true),
    startswith: ends('startswith', (text, wanted) => text.startsWith(wanted)),
    endswith: ends('endswith', (text, wanted) => text.endsWith(wanted)),
    removeprefix: textMethod('removeprefix', 'self, prefix, /', 'str', (self, { args }) => {
      const prefix = textValue(args.get('prefix'));
      return prefix === undefined ? undefined : str(self.startsWith(prefix) ? self.slice(prefix.length) : self);
    }),
    removesuffix: textMethod('removesuffix', 'self, suffix, /', 'str', (self, { args }) => {
      const suffix = textValue(args.get('suffix'));
      return suffix === undefined ? undefined : str(suffix !== '' && self.endsWith(suffix) ? self.slice(0, -suffix.length) : self);
    }),
    find: find('find', false, false),
    rfind: find('rfind', true, false),
    index: find('index', false, true),
    rindex: find('rindex', true, true),
    count: textMethod('count', 'self, sub, start=None, end=None, /', 'int', (self, { args }) => {
      const wanted = textValue(args.get('sub')),
        inside = part(self, args.get('start'), args.get('end'))?.text;
      return wanted === undefined || inside === undefined ? undefined : int(wanted === '' ? [...inside].length + 1 : inside.split(wanted).length - 1);
    }),
    replace,
    join,
    format,
    format_map: formatMap,
    translate,
    maketrans: { kind: 'staticmethod', callable: makeTranslation },
    zfill: textMethod('zfill', 'self, width, /', 'str', (self, { args }) => {
      const width = indexOf(args.get('width'));
      if (width === undefined || width > 100_000) return undefined;
      const sign = /^[+-]/.test(self) ? (self[0] ?? '') : '';
      return str(sign + self.slice(sign.length).padStart(width - sign.length, '0'));
    }),
    // CPython puts the odd one left when both the missing and the wanted width are odd.
    center: pad('center', (missing, width) => {
      const before = Math.floor(missing / 2) + (missing & width & 1);
      return [before, missing - before];
    }),
    ljust: pad('ljust', (missing) => [0, missing]),
    rjust: pad('rjust', (missing) => [missing, 0]),
    expandtabs: nativeMethod('expandtabs', 'self, tabsize=8', () => unknownOf('str')),
    encode: textMethod('encode', 'self, encoding="utf-8", errors="strict"', 'bytes', (self, { args }) => encodeText(self, args.str('encoding'))),
    isdigit: test('isdigit', /^[0-9]+$/),
    isdecimal: test('isdecimal', /^[0-9]+$/, /^\p{Nd}+$/u),
    isnumeric: test('isnumeric', /^[0-9]+$/),
    isalpha: test('isalpha', /^[a-zA-Z]+$/, /^\p{L}+$/u),
    isalnum: test('isalnum', /^[a-zA-Z0-9]+$/),
    isascii: textMethod('isascii', 'self, /', 'bool', (self) => bool(isAscii(self))),
    isspace: test('isspace', /^[\t-\r\x1c-\x20]+$/),
    isidentifier: test('isidentifier', /^[a-zA-Z_][a-zA-Z0-9_]*$/, /^[\p{ID_Start}_][\p{ID_Continue}]*$/u),
    islower: textMethod('islower', 'self, /', 'bool', (self) => bool(/\p{L}/u.test(self) && self === self.toLowerCase())),
    isupper: textMethod('isupper', 'self, /', 'bool', (self) => bool(/\p{L}/u.test(self) && self === self.toUpperCase())),
    istitle: textMethod('istitle', 'self, /', 'bool', (self) => bool(/\p{L}/u.test(self) && self === titleCase(self))),
    isprintable: textMethod('isprintable', 'self, /', 'bool', (self) => (isAscii(self) ? bool(/^[\x20-\x7e]*$/.test(self)) : undefined)),
    __len__: textMethod('__len__', 'self, /', 'int', (self) => int([...self].length)),
    __contains__: textMethod('__contains__', 'self, key, /', 'bool', (self, { interpreter, args, place }) => {
      const answer = containsBuiltin(interpreter, str(self), args.get('key'), place);
      return maybeBool(answer === 'not a container' ? undefined : answer);
    }),
    __getitem__: textMethod('__getitem__', 'self, key, /', 'str', (self, { interpreter, args, place }) =>
      getItemBuiltin(interpreter, str(self), args.get('key'), place),
    ),
    __iter__: textMethod('__iter__', 'self, /', 'iterator', (self) => ({
      kind: 'iterator',
      typeName: 'str_iterator',
      taken: undefined,
      position: 0,
      source: () => ({ items: [...self].map((one) => str(one)), exact: true }),
    })),
    __format__: nativeMethod('__format__', 'self, format_spec, /', ({ interpreter, args }) => {
      const wanted = textValue(args.get('format_spec')),
        text = wanted === undefined ? undefined : formatValue(interpreter, args.get('self'), wanted);
      return text === undefined ? unknownOf('str') : str(text);
    }),
    ...unfollowedMethods('__getnewargs__'),
  },
});
