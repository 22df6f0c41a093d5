// `template % operand`: printf's conversions on Python values. Undefined where the text is not known; exceptions only where Python
// certainly raises one. It must not know format specifications.
import { dictKey } from '../../values/equality.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { Value } from '../../values/value.ts';
import { int, str } from '../../values/value.ts';
import { signText, widest } from './formatting.ts';
import { bigintText, decimalText, exponentText, generalText } from './number-text.ts';
import { asciiOnly } from './representation.ts';
import { indexOf, raiseText, realOf, typeNameOf, underlying } from './support.ts';

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
