// Numbers as panels show them: grouped by the reader's language, shortened with their unit, bytes, differences with their sign.
// Pure functions; nothing of a page.

import type { Amount } from './contract.ts';

export interface Numbers {
  /** 13,132,322 */
  readonly grouped: (count: number) => string;
  /** 44.0 M: of large counts the first three digits. */
  readonly short: (count: number) => string;
  /** 1.52 MiB */
  readonly bytes: (count: number) => string;
  /** +1,024, −3, or nothing for 0. */
  readonly signed: (count: number) => string;
  readonly percent: (part: number) => string;
}

/** An amount for so many samples. */
export function amountFor({ terms }: Amount, batch: number): number {
  return terms[0] + terms[1] * batch + terms[2] * batch * batch;
}

const countUnits = ['', ' k', ' M', ' G', ' T', ' P'];
const byteUnits = [' B', ' KiB', ' MiB', ' GiB', ' TiB', ' PiB'];

/** For a language tag; English where the browser knows no such language. */
export function numbersIn(language: string): Numbers {
  const make = (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
    try { return new Intl.NumberFormat(language || 'en', options); } catch { return new Intl.NumberFormat('en', options); }
  };
  const whole = make({ maximumFractionDigits: 0 });
  const threeDigits = make({ minimumSignificantDigits: 3, maximumSignificantDigits: 3, useGrouping: false });
  const percent = make({ style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const scaled = (count: number, base: number, units: readonly string[], below: number): string => {
    if (count < below) return whole.format(count) + (units[0] ?? '');
    let unit = 0, value = count;
    // What rounds to a whole next unit is written in it: 999,950 is 1.00 M.
    while (unit + 1 < units.length && value >= base * 0.9995) { value /= base; unit += 1; }
    return (value >= 999.5 ? whole.format(value) : threeDigits.format(value)) + (units[unit] ?? '');
  };
  return {
    grouped: (count) => whole.format(count),
    short: (count) => scaled(count, 1000, countUnits, 1000),
    bytes: (count) => scaled(count, 1024, byteUnits, 1024),
    signed: (count) => (count === 0 ? '' : `${count > 0 ? '+' : '\u2212'}${whole.format(Math.abs(count))}`),
    percent: (part) => percent.format(part),
  };
}
