// Compares what a program of array statements gives here with what the real libraries gave (test/oracle/array_programs.py wrote that down).
// Every shape and element type must be known and equal, unless the line ends with `# unknown`; a range must hold the real values, and what
// is said to be attained must be.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { elementsOf } from '../../server/catalogues/arrays/contents.ts';
import { asTensor } from '../../server/catalogues/arrays/conversion.ts';
import { numpyLibrary } from '../../server/catalogues/numpy/library.ts';
import { formatShape } from '../../server/tensors/shape.ts';
import type { Interpreter } from '../../server/values/interpreter.ts';
import type { TensorValue, Value } from '../../server/values/value.ts';
import { runProgram } from './program.ts';

interface Fact {
  readonly line: number;
  readonly name?: string;
  readonly error?: string;
  readonly kind: string;
  readonly shape?: readonly number[];
  readonly dtype?: string;
  readonly low?: number;
  readonly high?: number;
  readonly elements?: readonly number[];
  readonly value?: string;
  readonly items?: readonly Fact[];
  readonly columns?: readonly string[];
  readonly values?: Fact;
}

/** How a library's own objects (frames, series) are looked into. */
export interface Inspection {
  readonly frame?: (value: Value) => { readonly shape: string; readonly columns: readonly string[] | undefined } | undefined;
  readonly series?: (value: Value) => TensorValue | undefined;
}

const noInterpreter = {
  iterate: (value: Value) => ({ items: value.kind === 'tuple' ? value.items : [], exact: value.kind === 'tuple' }),
} as unknown as Interpreter;

/** One test for the program `name` in a folder below test/catalogues. */
export function checkArrayProgram(folder: string, name: string, inspection: Inspection = {}): void {
  const base = path.join(process.cwd(), 'test', 'catalogues', folder);
  const text = readFileSync(path.join(base, `${name}.py`), 'utf8');
  const facts = JSON.parse(readFileSync(path.join(base, `${name}.json`), 'utf8')) as readonly Fact[];
  const lines = text.split('\n');
  test(`${folder}/${name}: as the real libraries have it`, () => {
    const files = Object.fromEntries(
      readdirSync(base)
        .filter((file) => !file.endsWith('.ts'))
        .map((file) => [
          `/project/${file}`,
          file.endsWith('.csv') || file.endsWith('.txt') ? readFileSync(path.join(base, file), 'utf8') : readFileSync(path.join(base, file)),
        ]),
    );
    const run = runProgram(text, { files });
    const lineOf = (start: number): number => text.slice(0, start).split('\n').length;
    const valueAt = new Map(run.trace.values.map((record) => [`${lineOf(record.place.start)} ${record.name}`, record.value]));
    const refusedLines = new Map(run.trace.refusals.map((refusal) => [lineOf(refusal.place.start), refusal]));
    const wrong: string[] = [];
    let known = 0;
    for (const fact of facts) {
      const source = lines[fact.line - 1] ?? '';
      if (fact.error !== undefined) {
        if (!refusedLines.has(fact.line) && !source.includes('# unknown'))
          wrong.push(`${fact.line}: ${source}: nothing refused, really ${fact.error}`);
        refusedLines.delete(fact.line);
        continue;
      }
      const value = valueAt.get(`${fact.line} ${fact.name ?? ''}`);
      const problem = compare(value, fact, inspection);
      if (problem === undefined) known += 1;
      else if (!source.includes('# unknown') || !problem.startsWith('unknown')) wrong.push(`${fact.line}: ${source}: ${problem}`);
    }
    for (const [line, refusal] of refusedLines)
      wrong.push(`${line}: ${lines[line - 1] ?? ''}: refused: ${refusal.message.template} ${JSON.stringify(refusal.message.values)}`);
    assert.equal(run.fault, undefined);
    assert.deepEqual(wrong, []);
    assert.ok(known > facts.length / 2);
  });
}

function compare(value: Value | undefined, fact: Fact, inspection: Inspection): string | undefined {
  switch (fact.kind) {
    case 'array':
      return compareArray(value, fact);
    case 'plain':
      return comparePlain(value, fact.value ?? '');
    case 'sequence': {
      if (value?.kind !== 'list' && value?.kind !== 'tuple') return `unknown sequence (${value?.kind ?? 'no value'})`;
      const items = fact.items ?? [];
      if (value.kind === 'list' && value.open) return 'unknown length';
      if (value.items.length !== items.length) return `${value.items.length} items, really ${items.length}`;
      return items.map((item, at) => compare(value.items[at], item, inspection)).find((problem) => problem !== undefined);
    }
    case 'frame': {
      const found = value === undefined ? undefined : inspection.frame?.(value);
      if (found === undefined) return `unknown frame (${value?.kind ?? 'no value'})`;
      const shape = formatShape({ dims: fact.shape ?? [] });
      if (found.shape !== shape) return `${found.shape.includes('?') ? 'unknown: ' : ''}frame of shape ${found.shape}, really ${shape}`;
      return JSON.stringify(found.columns) === JSON.stringify(fact.columns)
        ? undefined
        : `${found.columns === undefined ? 'unknown: ' : ''}columns ${JSON.stringify(found.columns)}, really ${JSON.stringify(fact.columns)}`;
    }
    case 'series': {
      const tensor = value === undefined ? undefined : inspection.series?.(value);
      return tensor === undefined
        ? `unknown series (${value?.kind ?? 'no value'})`
        : fact.values === undefined
          ? undefined
          : compareArray(tensor, fact.values);
    }
    default:
      return undefined;
  }
}

function comparePlain(value: Value | undefined, expected: string): string | undefined {
  const shown = value === undefined ? undefined : plainText(value);
  return shown === undefined ? `unknown: really ${expected}` : sameNumber(shown, expected) ? undefined : `${shown}, really ${expected}`;
}

function sameNumber(left: string, right: string): boolean {
  if (left === right) return true;
  const [one, other] = [Number(left), Number(right)];
  return !Number.isNaN(one) && Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(other));
}

function plainText(value: Value): string | undefined {
  switch (value.kind) {
    case 'int':
      return typeof value.value === 'number' ? String(value.value) : undefined;
    case 'float':
      return String(value.value);
    case 'bool':
      return value.value ? 'True' : 'False';
    case 'str':
      return `'${value.value}'`;
    case 'none':
      return 'None';
    case 'unknown':
      return undefined;
    case 'tensor':
      return value.contents?.length === 1 && value.shape.dims?.length === 0
        ? value.dtype === 'bool'
          ? value.contents[0] === 0
            ? 'False'
            : 'True'
          : String(value.contents[0])
        : undefined;
    default:
      return `a ${value.kind}`;
  }
}

function compareArray(value: Value | undefined, fact: Fact): string | undefined {
  const tensor = value === undefined || value.kind === 'unknown' ? undefined : asTensor(noInterpreter, value, numpyLibrary);
  if (tensor === undefined) return `unknown array (${value?.kind ?? 'no value'})`;
  const shape = formatShape({ dims: fact.shape ?? [] });
  if (formatShape(tensor.shape) !== shape)
    return `${formatShape(tensor.shape).includes('?') ? 'unknown: ' : ''}shape ${formatShape(tensor.shape)}, really ${shape}`;
  if (tensor.range !== undefined && fact.low !== undefined && fact.high !== undefined) {
    const slack = 1e-6 * Math.max(1, Math.abs(fact.low), Math.abs(fact.high));
    if (fact.low < tensor.range.low - slack || fact.high > tensor.range.high + slack)
      return `range ${tensor.range.low}..${tensor.range.high}, really ${fact.low}..${fact.high}`;
    if (tensor.range.attained && (Math.abs(fact.low - tensor.range.low) > slack || Math.abs(fact.high - tensor.range.high) > slack))
      return `attained range ${tensor.range.low}..${tensor.range.high}, really ${fact.low}..${fact.high}`;
    if (tensor.range.integral && fact.elements?.some((element) => !Number.isInteger(element))) return 'whole numbers, really not';
  }
  const elements = elementsOf(tensor);
  if (
    elements &&
    fact.elements?.some(
      (element, at) => typeof elements[at] === 'number' && Math.abs(element - Number(elements[at])) > 1e-6 * Math.max(1, Math.abs(element)),
    )
  ) {
    return `elements ${JSON.stringify(elements)}, really ${JSON.stringify(fact.elements)}`;
  }
  return tensor.dtype === fact.dtype || (fact.dtype === 'object' && tensor.dtype === 'string')
    ? undefined
    : `${tensor.dtype === undefined ? 'unknown: ' : ''}type ${tensor.dtype ?? '?'}, really ${fact.dtype ?? '?'}`;
}
