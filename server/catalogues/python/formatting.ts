// Format specifications (`{x:>8.2f}`) and `str.format`. Undefined where the text is not known; exceptions only where Python
// certainly raises one. It must not know the syntax of f-strings: the evaluator takes those apart.
import { decimalText, exponentText, generalText } from './number-text.ts';
import type { CallArguments } from '../../values/arguments.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { Value } from '../../values/value.ts';
import { int, str } from '../../values/value.ts';
import { asciiOnly, floatText } from './representation.ts';
import { raiseText, realOf, typeNameOf, underlying } from './support.ts';

interface Specification {
  readonly fill: string;
  readonly align: string | undefined;
  readonly sign: string;
  readonly alternate: boolean;
  readonly width: number;
  readonly grouping: string;
  readonly precision: number | undefined;
  readonly type: string;
}
const specificationPattern = /^(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;
export const widest = 10_000;

function parseSpecification(text: string): Specification | undefined {
  const match = specificationPattern.exec(text);
  if (match === null) return undefined;
  const [, fill, align, sign, , alternate, zero, width, grouping, precision, type] = match;
  if (Number(width ?? 0) > widest || Number(precision ?? 0) > 100) return undefined;
  return {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align: align ?? (zero === undefined ? undefined : '='),
    sign: sign ?? '-',
    alternate: alternate !== undefined,
    width: Number(width ?? 0),
    grouping: grouping ?? '',
    precision: precision === undefined ? undefined : Number(precision),
    type: type ?? '',
  };
}

/** `format(value, specification)`. */
export function formatValue(interpreter: Interpreter, given: Value, specification: string): string | undefined {
  const place = interpreter.place;
  if (specification === '') return interpreter.text(given, place);
  const value = underlying(given);
  const parsed = parseSpecification(specification);
  if (parsed === undefined) return undefined;
  if (value.kind === 'str') {
    if ('bcdoxXeEfFgGn%'.includes(parsed.type) && parsed.type !== '') {
      raiseText(interpreter, 'ValueError', `Unknown format code '${parsed.type}' for object of type 'str'`, place);
    }
    if (parsed.align === '=' && specification.includes('=')) return undefined;
    const text = parsed.precision === undefined ? value.value : [...value.value].slice(0, parsed.precision).join('');
    return padded(text, parsed, parsed.align === '=' ? '<' : (parsed.align ?? '<'));
  }
  const number = realOf(value);
  if (number === undefined) {
    if (value.kind === 'none' || value.kind === 'list' || value.kind === 'tuple' || value.kind === 'dict') {
      if ('cls' in value && value.cls !== undefined) return undefined;
      raiseText(interpreter, 'TypeError', `unsupported format string passed to ${typeNameOf(value)}.__format__`, place);
    }
    return undefined;
  }
  if (value.kind === 'bool' && parsed.type === '') return undefined;
  return value.kind === 'float' ? formatFloat(number, parsed) : formatInteger(interpreter, number, parsed, place);
}

function formatInteger(interpreter: Interpreter, value: number, wanted: Specification, place: Place): string | undefined {
  const size = Math.abs(value),
    sign = signText(value < 0, wanted.sign);
  switch (wanted.type) {
    case '':
    case 'd':
    case 'n':
      if (wanted.precision !== undefined) raiseText(interpreter, 'ValueError', 'Precision not allowed in integer format specifier', place);
      return numberPadded(sign, '', grouped(String(size), wanted.grouping, 3), wanted);
    case 'b':
      return numberPadded(sign, wanted.alternate ? '0b' : '', grouped(size.toString(2), wanted.grouping, 4), wanted);
    case 'o':
      return numberPadded(sign, wanted.alternate ? '0o' : '', grouped(size.toString(8), wanted.grouping, 4), wanted);
    case 'x':
      return numberPadded(sign, wanted.alternate ? '0x' : '', grouped(size.toString(16), wanted.grouping, 4), wanted);
    case 'X':
      return numberPadded(sign, wanted.alternate ? '0X' : '', grouped(size.toString(16).toUpperCase(), wanted.grouping, 4), wanted);
    case 'c':
      return value >= 0 && value <= 0x10ffff ? padded(String.fromCodePoint(value), wanted, wanted.align ?? '<') : undefined;
    case 's':
      return raiseText(interpreter, 'ValueError', "Unknown format code 's' for object of type 'int'", place);
    default:
      return 'eEfFgG%'.includes(wanted.type) ? formatFloat(value, wanted) : undefined;
  }
}

function formatFloat(value: number, wanted: Specification): string | undefined {
  const negative = value < 0 || Object.is(value, -0);
  const sign = signText(negative, wanted.sign),
    size = Math.abs(value);
  if (!Number.isFinite(value)) {
    const text = Number.isNaN(value) ? 'nan' : 'inf';
    const shown = wanted.type === 'F' || wanted.type === 'E' || wanted.type === 'G' ? text.toUpperCase() : text;
    return numberPadded(Number.isNaN(value) ? signText(false, wanted.sign) : sign, '', wanted.type === '%' ? `${shown}%` : shown, wanted);
  }
  const precision = wanted.precision ?? 6;
  let text: string;
  switch (wanted.type) {
    case 'f':
    case 'F':
      text = decimalText(size, precision);
      break;
    case '%':
      text = `${decimalText(size * 100, precision)}%`;
      break;
    case 'e':
      text = exponentText(size, precision);
      break;
    case 'E':
      text = exponentText(size, precision).toUpperCase();
      break;
    case 'g':
    case 'n':
      text = generalText(size, precision, wanted.alternate);
      break;
    case 'G':
      text = generalText(size, precision, wanted.alternate).toUpperCase();
      break;
    case '': {
      if (wanted.precision === undefined) {
        text = floatText(size);
        break;
      }
      // Like 'g', but with at least one digit behind the point.
      text = generalText(size, precision, false, true);
      break;
    }
    default:
      return undefined;
  }
  const [whole = '', rest = ''] = splitWhole(text);
  return numberPadded(sign, '', grouped(whole, wanted.grouping, 3) + rest, wanted);
}

function splitWhole(text: string): [string, string] {
  const end = text.search(/[^0-9]/);
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end)];
}

export function signText(negative: boolean, wanted: string): string {
  return negative ? '-' : wanted === '+' ? '+' : wanted === ' ' ? ' ' : '';
}

function grouped(digits: string, separator: string, size: number): string {
  if (separator === '') return digits;
  let text = '';
  for (let end = digits.length; end > 0; end -= size) {
    const group = digits.slice(Math.max(0, end - size), end);
    text = text === '' ? group : group + separator + text;
  }
  return text;
}

function numberPadded(sign: string, prefix: string, digits: string, wanted: Specification): string {
  const align = wanted.align ?? '>';
  if (align !== '=') return padded(sign + prefix + digits, wanted, align);
  const room = wanted.width - sign.length - prefix.length;
  if (wanted.fill === '0' && wanted.grouping !== '') {
    // Zeros are grouped too, and the text never starts with a separator.
    const [whole, rest] = splitWhole(digits.replaceAll(wanted.grouping, ''));
    const size = 'boxX'.includes(wanted.type) && wanted.type !== '' ? 4 : 3;
    let count = whole.length;
    while (grouped('0'.repeat(count), wanted.grouping, size).length + rest.length < room) count += 1;
    return sign + prefix + grouped(whole.padStart(count, '0'), wanted.grouping, size) + rest;
  }
  return sign + prefix + wanted.fill.repeat(Math.max(0, room - digits.length)) + digits;
}

function padded(text: string, wanted: Specification, align: string): string {
  const missing = wanted.width - [...text].length;
  if (missing <= 0) return text;
  if (align === '<') return text + wanted.fill.repeat(missing);
  if (align === '^') return wanted.fill.repeat(Math.floor(missing / 2)) + text + wanted.fill.repeat(missing - Math.floor(missing / 2));
  return wanted.fill.repeat(missing) + text;
}

/** `text.format(*args, **kwargs)`. */
export function formatString(interpreter: Interpreter, text: string, given: CallArguments, place: Place): string | undefined {
  let automatic = 0;
  const field = (name: string): Value | undefined => {
    const match = /^([^.[\]]*)((?:\.[^.[\]]+|\[[^\]]+\])*)$/su.exec(name);
    if (match === null) return undefined;
    const [, base = '', path = ''] = match;
    let value: Value | undefined;
    if (base === '' || /^\d+$/.test(base)) {
      const at = base === '' ? automatic++ : Number(base);
      value = given.positional[at]?.value;
      if (value === undefined && !given.openPositional)
        raiseText(interpreter, 'IndexError', `Replacement index ${at} out of range for positional args tuple`, place);
    } else {
      value = given.keywords.find((keyword) => keyword.name === base)?.value;
      if (value === undefined && !given.openKeywords) raiseText(interpreter, 'KeyError', base, place);
    }
    for (const step of path.match(/\.[^.[\]]+|\[[^\]]+\]/gsu) ?? []) {
      if (value === undefined) return undefined;
      const key = step.startsWith('.') ? step.slice(1) : step.slice(1, -1);
      value = step.startsWith('.')
        ? interpreter.getAttribute(value, key, place)
        : interpreter.getItem(value, /^\d+$/.test(key) ? int(Number(key)) : str(key), place);
    }
    return value;
  };
  const expand = (template: string, depth: number): string | undefined => {
    let result = '';
    let position = 0;
    while (position < template.length) {
      const character = template[position] ?? '';
      if (character === '{' && template[position + 1] === '{') {
        result += '{';
        position += 2;
        continue;
      }
      if (character === '}' && template[position + 1] === '}') {
        result += '}';
        position += 2;
        continue;
      }
      if (character === '}') return raiseText(interpreter, 'ValueError', "Single '}' encountered in format string", place);
      if (character !== '{') {
        result += character;
        position += 1;
        continue;
      }
      const end = closingBrace(template, position);
      if (end < 0) return raiseText(interpreter, 'ValueError', "Single '{' encountered in format string", place);
      const shown = replacement(
        interpreter,
        template.slice(position + 1, end),
        field,
        (inner) => (depth < 2 ? expand(inner, depth + 1) : undefined),
        place,
      );
      if (shown === undefined) return undefined;
      result += shown;
      position = end + 1;
    }
    return result;
  };
  return expand(text, 0);
}

function replacement(
  interpreter: Interpreter,
  content: string,
  field: (name: string) => Value | undefined,
  expand: (text: string) => string | undefined,
  place: Place,
): string | undefined {
  const match = /^([^!:]*(?:\[[^\]]*\])?[^!:]*)(?:!([rsa]))?(?::(.*))?$/su.exec(content);
  if (match === null) return undefined;
  const [, name = '', conversion, specificationText = ''] = match;
  const value = field(name);
  const specification = specificationText.includes('{') ? expand(specificationText) : specificationText;
  if (value === undefined || specification === undefined) return undefined;
  if (conversion === undefined) return formatValue(interpreter, value, specification);
  const converted = conversion === 's' ? interpreter.text(value, place) : interpreter.representation(value, place);
  if (converted === undefined) return undefined;
  return formatValue(interpreter, str(conversion === 'a' ? asciiOnly(converted) : converted), specification);
}

function closingBrace(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}
