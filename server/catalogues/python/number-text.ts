// Non-negative numbers as decimal text, rounded as C's printf does it: from the exact binary value, halves to even. JavaScript's
// toFixed is exact too but rounds exact halves up and gives up at 1e21. It must not know Python values.

/** The value as `digits * 10 ** exponent`, exactly. */
function exactDecimal(value: number): { digits: bigint; exponent: number } {
  if (Number.isInteger(value)) return { digits: BigInt(value), exponent: 0 };
  let exponent = 0,
    mantissa = value;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent += 1;
  }
  return { digits: BigInt(mantissa) * 5n ** BigInt(exponent), exponent: -exponent };
}

/** The integer nearest to `digits * 10 ** shift`, halves to even. */
function scaled(digits: bigint, shift: number): bigint {
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  const quotient = digits / divisor,
    twice = (digits % divisor) * 2n;
  return twice > divisor || (twice === divisor && quotient % 2n === 1n) ? quotient + 1n : quotient;
}

/** `%.{precision}f` */
export function decimalText(value: number, precision: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : 'inf';
  const { digits, exponent } = exactDecimal(value);
  const text = scaled(digits, exponent + precision)
    .toString()
    .padStart(precision + 1, '0');
  return precision === 0 ? text : `${text.slice(0, -precision)}.${text.slice(-precision)}`;
}

/** The first `count` significant digits and the decimal exponent of the first one. */
function significant(value: number, count: number): { digits: string; exponent: number } {
  if (value === 0) return { digits: '0'.repeat(count), exponent: 0 };
  const { digits, exponent } = exactDecimal(value);
  const length = digits.toString().length;
  let text = scaled(digits, count - length).toString();
  let first = length + exponent - 1;
  if (text.length > count) {
    text = text.slice(0, count);
    first += 1;
  }
  return { digits: text, exponent: first };
}

function exponentSuffix(exponent: number): string {
  return `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** `%.{precision}e` */
export function exponentText(value: number, precision: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : 'inf';
  const { digits, exponent } = significant(value, precision + 1);
  return (precision === 0 ? digits : `${digits[0] ?? '0'}.${digits.slice(1)}`) + exponentSuffix(exponent);
}

/** `%.{precision}g`; `withPoint` as Python's formatting without a type: at least one digit behind the point. */
export function generalText(value: number, precision: number, keepZeros: boolean, withPoint = false): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : 'inf';
  const count = precision === 0 ? 1 : precision;
  const { digits, exponent } = significant(value, count);
  const trim = (text: string): string => (keepZeros ? text : text.replace(/0+$/, ''));
  if (exponent < -4 || exponent >= (withPoint ? count - 1 : count)) {
    const rest = trim(digits.slice(1));
    return `${digits[0] ?? '0'}${rest === '' ? '' : `.${rest}`}${exponentSuffix(exponent)}`;
  }
  const [whole, rest] =
    exponent < 0 ? ['0', trim('0'.repeat(-exponent - 1) + digits)] : [digits.slice(0, exponent + 1), trim(digits.slice(exponent + 1))];
  if (rest !== '') return `${whole}.${rest}`;
  return withPoint ? `${whole}.0` : keepZeros ? `${whole}.` : whole;
}

export function bigintText(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}
