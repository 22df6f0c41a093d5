// `repr()` and `str()` of Python's own types; undefined where the text is not known (symbolic sizes, addresses, open containers).
// Elements are asked of the interpreter, which knows user-defined `__repr__`. It must not know format specifications.
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { DictValue, Value } from '../../values/value.ts';
import { underlying } from './support.ts';

/** Containers nested deeper than this have no known text (they may hold themselves). */
const deepest = 30;
const longestText = 100_000;
let depth = 0;

/** `repr(value)`. */
export function representation(interpreter: Interpreter, given: Value, place: Place = interpreter.place): string | undefined {
  const value = underlying(given);
  switch (value.kind) {
    case 'none':
      return 'None';
    case 'ellipsis':
      return 'Ellipsis';
    case 'not-implemented':
      return 'NotImplemented';
    case 'bool':
      return value.value ? 'True' : 'False';
    case 'int':
      return typeof value.value === 'number' ? String(value.value) : undefined;
    case 'float':
      return floatText(value.value);
    case 'str':
      return quoted(value.value);
    case 'bytes':
      return `b${quotedBytes(value.value)}`;
    case 'range':
      if (typeof value.start !== 'number' || typeof value.stop !== 'number') return undefined;
      return value.step === 1 ? `range(${value.start}, ${value.stop})` : `range(${value.start}, ${value.stop}, ${value.step})`;
    case 'slice':
      return joined(interpreter, [value.start, value.stop, value.step], place, 'slice(', ')');
    case 'tuple': {
      const fields = value.cls?.namespace.get('_fields');
      if (fields?.kind === 'tuple') return namedTuple(interpreter, value.cls?.name ?? '', fields.items, value.items, place);
      if (value.cls !== undefined && !value.cls.native) return undefined;
      if (value.cls?.namespace.has('__repr__')) {
        const own = interpreter.callMethod(value, '__repr__', [], place);
        return own.kind === 'str' ? own.value : undefined;
      }
      return joined(interpreter, value.items, place, '(', value.items.length === 1 ? ',)' : ')');
    }
    case 'list': {
      if (value.open) return undefined;
      if (value.cls?.native === true && value.cls.name === 'deque') {
        const limit = interpreter.getAttribute(value, 'maxlen', place);
        return limit.kind === 'none'
          ? joined(interpreter, value.items, place, 'deque([', '])')
          : limit.kind === 'int'
            ? joined(interpreter, value.items, place, 'deque([', `], maxlen=${limit.value})`)
            : undefined;
      }
      return joined(interpreter, value.items, place, '[', ']');
    }
    case 'set': {
      // The order of a set with several members depends on hashes.
      if (value.open || value.entries.size > 1) return undefined;
      if (value.entries.size === 0) return value.frozen ? 'frozenset()' : 'set()';
      const [start, end] = value.frozen ? ['frozenset({', '})'] : ['{', '}'];
      return joined(interpreter, [...value.entries.values()], place, start, end);
    }
    case 'dict':
      return dictText(interpreter, value, place);
    case 'class':
      return value.native && value.qualifiedName.startsWith('builtins.') ? `<class '${value.name}'>` : `<class '${value.qualifiedName}'>`;
    default:
      return undefined;
  }
}

/** `str(value)`. */
export function textOf(interpreter: Interpreter, given: Value, place: Place = interpreter.place): string | undefined {
  const value = underlying(given);
  return value.kind === 'str' ? value.value : representation(interpreter, value, place);
}

function deeper<T>(body: () => T | undefined): T | undefined {
  if (depth >= deepest) return undefined;
  depth += 1;
  try {
    return body();
  } finally {
    depth -= 1;
  }
}

function joined(interpreter: Interpreter, items: readonly Value[], place: Place, start: string, end: string): string | undefined {
  return deeper(() => {
    const texts: string[] = [];
    let length = 0;
    for (const item of items) {
      const text = interpreter.representation(item, place);
      if (text === undefined) return undefined;
      length += text.length;
      if (length > longestText) return undefined;
      texts.push(text);
    }
    return start + texts.join(', ') + end;
  });
}

function namedTuple(interpreter: Interpreter, name: string, fields: readonly Value[], items: readonly Value[], place: Place): string | undefined {
  return deeper(() => {
    const texts = items.map((item, at) => {
      const field = fields[at],
        text = interpreter.representation(item, place);
      return field?.kind === 'str' && text !== undefined ? `${field.value}=${text}` : undefined;
    });
    return texts.includes(undefined) ? undefined : `${name}(${texts.join(', ')})`;
  });
}

function dictText(interpreter: Interpreter, dict: DictValue, place: Place): string | undefined {
  if (dict.open) return undefined;
  const className = dict.cls?.name;
  // Their texts have a form of their own.
  if (className === 'Counter') {
    const common = interpreter.callMethod(dict, 'most_common', [], place);
    if (common.kind !== 'list') return undefined;
    const texts = common.items.map((pair) =>
      pair.kind === 'tuple' ? pair.items.map((item) => interpreter.representation(item, place)).join(': ') : '',
    );
    return texts.length === 0 ? 'Counter()' : `Counter({${texts.join(', ')}})`;
  }
  if (className !== undefined && dict.cls?.native === true && className !== 'OrderedDict' && className !== 'defaultdict') return undefined;
  return deeper(() => {
    const texts: string[] = [];
    let length = 0;
    for (const entry of dict.entries.values()) {
      const key = interpreter.representation(entry.key, place),
        value = interpreter.representation(entry.value, place);
      if (key === undefined || value === undefined) return undefined;
      length += key.length + value.length;
      if (length > longestText) return undefined;
      // Python 3.11 shows an OrderedDict as a list of pairs.
      texts.push(className === 'OrderedDict' ? `(${key}, ${value})` : `${key}: ${value}`);
    }
    if (className === 'OrderedDict') return texts.length === 0 ? 'OrderedDict()' : `OrderedDict([${texts.join(', ')}])`;
    const inner = `{${texts.join(', ')}}`;
    if (className !== 'defaultdict') return inner;
    const factory = dict.factory === undefined ? 'None' : interpreter.representation(dict.factory, place);
    return factory === undefined ? undefined : `defaultdict(${factory}, ${inner})`;
  });
}

/** A float as Python writes it: the shortest digits, exponents from 1e16 and below 1e-4. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa = '0', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  const digits = mantissa.replace(/[-.]/g, '');
  const sign = value < 0 ? '-' : '';
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return `${sign}${digits.padEnd(exponent + 1, '0')}.0`;
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/** A str between quotes, with Python's escapes. */
export function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let result = quote;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === quote || character === '\\') result += `\\${character}`;
    else if (character === '\n') result += '\\n';
    else if (character === '\r') result += '\\r';
    else if (character === '\t') result += '\\t';
    else if (isPrintable(character, code)) result += character;
    else if (code <= 0xff) result += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (code <= 0xffff) result += `\\u${code.toString(16).padStart(4, '0')}`;
    else result += `\\U${code.toString(16).padStart(8, '0')}`;
  }
  return result + quote;
}

function isPrintable(character: string, code: number): boolean {
  if (code < 0x7f) return code >= 0x20;
  return !/^[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]$/u.test(character);
}

function quotedBytes(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let result = quote;
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (character === quote || character === '\\') result += `\\${character}`;
    else if (character === '\n') result += '\\n';
    else if (character === '\r') result += '\\r';
    else if (character === '\t') result += '\\t';
    else if (code >= 0x20 && code < 0x7f) result += character;
    else result += `\\x${code.toString(16).padStart(2, '0')}`;
  }
  return result + quote;
}

/** `ascii()`: what is not ASCII is escaped. */
export function asciiOnly(text: string): string {
  let result = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) result += character;
    else if (code <= 0xff) result += `\\x${code.toString(16)}`;
    else if (code <= 0xffff) result += `\\u${code.toString(16).padStart(4, '0')}`;
    else result += `\\U${code.toString(16).padStart(8, '0')}`;
  }
  return result;
}
