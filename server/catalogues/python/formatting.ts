// Format specifications (`{x:>8.2f}`), `str.format` and `%`. Undefined where the text is not known; exceptions only where Python
// certainly raises one. It must not know the syntax of f-strings: the evaluator takes those apart.
import { bigintText, decimalText, exponentText, generalText } from './number-text.ts';
import type { CallArguments } from '../../values/arguments.ts';
import { dictKey } from '../../values/equality.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { Value } from '../../values/value.ts';
import { int, str } from '../../values/value.ts';
import { asciiOnly, floatText } from './representation.ts';
import { indexOf, raiseText, realOf, typeNameOf, underlying } from './support.ts';

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
const widest = 10_000;

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

function signText(negative: boolean, wanted: string): string {
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

/** `template % operand`. */
export function percentFormat(interpreter: Interpreter, template: string, operand: Value, place: Place): string | undefined {
  const pattern = /%(?:\((.*?)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?(.)/gsu;
  const items = operand.kind === 'tuple' ? operand.items : [operand];
  let next = 0;
  let known = true;
  let named = false;
  const take = (): Value | undefined => {
    const value = items[next];
    next += 1;
    if (value === undefined) raiseText(interpreter, 'TypeError', 'not enough arguments for format string', place);
    return value;
  };
  const text = template.replace(
    pattern,
    (_, name: string | undefined, flags: string, width: string | undefined, precision: string | undefined, type: string) => {
      if (type === '%') return '%';
      const size = width === '*' ? indexOf(take() ?? int(0)) : Number(width ?? 0);
      const digits = precision === undefined ? undefined : precision === '*' ? indexOf(take() ?? int(0)) : Number(precision);
      let value: Value | undefined;
      if (name === undefined) value = take();
      else {
        named = true;
        value = operand.kind === 'dict' ? operand.entries.get(dictKey(str(name)) ?? '')?.value : undefined;
        if (value === undefined && operand.kind === 'dict' && !operand.open && operand.cls === undefined)
          raiseText(interpreter, 'KeyError', name, place);
      }
      const shown = value === undefined || size === undefined ? undefined : percentField(interpreter, value, flags, size, digits, type, place);
      if (shown === undefined) known = false;
      return shown ?? '';
    },
  );
  if (!named && operand.kind === 'tuple' && next < items.length)
    raiseText(interpreter, 'TypeError', 'not all arguments converted during string formatting', place);
  const isMapping =
    operand.kind === 'dict' || operand.kind === 'list' || operand.kind === 'instance' || operand.kind === 'tensor' || operand.kind === 'unknown';
  if (!named && operand.kind !== 'tuple' && !isMapping && next === 0)
    raiseText(interpreter, 'TypeError', 'not all arguments converted during string formatting', place);
  return known ? text : undefined;
}

function percentField(
  interpreter: Interpreter,
  value: Value,
  flags: string,
  width: number,
  precision: number | undefined,
  type: string,
  place: Place,
): string | undefined {
  if (width > widest || (precision ?? 0) > 100) return undefined;
  const pad = (text: string): string => (flags.includes('-') ? text.padEnd(width) : text.padStart(width));
  if (type === 's' || type === 'r' || type === 'a') {
    const text = type === 's' ? interpreter.text(value, place) : interpreter.representation(value, place);
    if (text === undefined) return undefined;
    const shown = type === 'a' ? asciiOnly(text) : text;
    return pad(precision === undefined ? shown : shown.slice(0, precision));
  }
  const plain = underlying(value);
  if (type === 'c')
    return plain.kind === 'str'
      ? pad(plain.value)
      : plain.kind === 'int' && typeof plain.value === 'number'
        ? pad(String.fromCodePoint(plain.value))
        : undefined;
  let number = realOf(plain);
  if (number === undefined) {
    if (plain.kind === 'str' || plain.kind === 'none' || plain.kind === 'list') {
      raiseText(
        interpreter,
        'TypeError',
        'diuoxX'.includes(type)
          ? `%${type} format: a real number is required, not ${typeNameOf(plain)}`
          : `must be real number, not ${typeNameOf(plain)}`,
        place,
      );
    }
    return undefined;
  }
  const negative = number < 0 || Object.is(number, -0);
  let digits: string;
  const size = Math.abs(number);
  switch (type) {
    case 'd':
    case 'i':
    case 'u':
      number = Math.trunc(size);
      digits = bigintText(number).padStart(precision ?? 0, '0');
      break;
    case 'f':
    case 'F':
      digits = decimalText(size, precision ?? 6);
      break;
    case 'e':
      digits = exponentText(size, precision ?? 6);
      break;
    case 'E':
      digits = exponentText(size, precision ?? 6).toUpperCase();
      break;
    case 'g':
      digits = generalText(size, precision ?? 6, flags.includes('#'));
      break;
    case 'G':
      digits = generalText(size, precision ?? 6, flags.includes('#')).toUpperCase();
      break;
    case 'x':
      digits = (flags.includes('#') ? '0x' : '') + size.toString(16);
      break;
    case 'X':
      digits = (flags.includes('#') ? '0X' : '') + size.toString(16).toUpperCase();
      break;
    case 'o':
      digits = (flags.includes('#') ? '0o' : '') + size.toString(8);
      break;
    default:
      return undefined;
  }
  if (!Number.isFinite(size)) digits = Number.isNaN(size) ? 'nan' : 'inf';
  const sign = signText(
    negative && digits !== 'nan' && !('diu'.includes(type) && Number(digits) === 0),
    flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '-',
  );
  if (flags.includes('0') && !flags.includes('-') && Number.isFinite(size)) return sign + digits.padStart(width - sign.length, '0');
  return pad(sign + digits);
}
