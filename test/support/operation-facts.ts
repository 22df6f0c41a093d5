// Holds what the engine says of torch's operations against what PyTorch answered (test/facts/torch-operations.jsonl, made by
// test/oracle/torch_operations.py): shapes, types, refusals, and that every element lies in the range we state.
import type { Value } from '../../server/values/value.ts';
import { dimFromValue } from '../../server/catalogues/arrays/contents.ts';
import { renderMessage } from '../../server/values/place.ts';
import { analyseText } from '../../server/workspace/analysis.ts';
import { memoryHost } from './program.ts';

export interface OperationFacts {
  /** The operation's name. */
  readonly o: string;
  readonly c: readonly (readonly [expression: string, tensors: string, answer: string])[];
}
export type OperationVerdict = 'right' | 'unknown' | 'missed' | 'wrong';
export interface OperationJudgement { readonly verdict: OperationVerdict; readonly reason: string; readonly refused: boolean }

const letters: Readonly<Record<string, string>> = {
  f: 'float32', d: 'float64', h: 'float16', e: 'bfloat16', i: 'int64', j: 'int32', s: 'int16', y: 'int8', b: 'bool', u: 'uint8', c: 'complex64', z: 'complex128',
};

/** The call that makes a tensor of a specification: `2,3i5`. */
function constructor(spec: string): string {
  const at = [...spec].findIndex((one) => /[a-z]/.test(one));
  const sizes = spec.slice(0, at).split(',').filter((size) => size !== '');
  const shape = `(${sizes.map((size) => `${size}, `).join('')})`;
  const letter = spec.charAt(at), rest = spec.slice(at + 1);
  if (letter === 'k') return `torch.arange(${sizes.reduce((count, size) => count * Number(size), 1)}, dtype=torch.float32).reshape(${shape})`;
  if (rest.startsWith('=')) return `torch.full(${shape}, ${rest.slice(1)}, dtype=torch.${letters[letter]})`;
  if (letter === 'b') return `torch.randn(${shape}) > 0`;
  if (['float', 'complex'].some((kind) => letters[letter]?.includes(kind))) return `torch.randn(${shape}, dtype=torch.${letters[letter]})`;
  return `torch.randint(0, ${rest || 5}, ${shape}, dtype=torch.${letters[letter]})`;
}

/** Our answer in the facts' notation; `?` for what is not known. */
function written(value: Value | undefined): string {
  if (value === undefined) return '?';
  switch (value.kind) {
    case 'tensor': {
      const letter = Object.entries(letters).find(([, dtype]) => dtype === value.dtype)?.[0] ?? '?';
      return value.shape.dims === undefined ? `?${letter}` : `${value.shape.dims.map((dim) => (typeof dim === 'number' ? dim : '?')).join(',')}${letter}`;
    }
    case 'tuple': case 'list': return value.kind === 'list' && value.open ? '?' : `(${value.items.map(written).join(';')})`;
    case 'bool': return `bool:${value.value ? 'True' : 'False'}`;
    case 'int': { const dim = dimFromValue(value); return `int:${typeof dim === 'number' ? dim : '?'}`; }
    case 'float': return `float:${value.value}`;
    case 'unknown': return '?';
    default: return value.kind;
  }
}

function parts(answer: string): string[] {
  if (!answer.startsWith('(')) return [answer];
  const inner: string[] = [];
  let depth = 0, start = 1;
  for (let at = 1; at < answer.length; at += 1) {
    const one = answer.charAt(at);
    if (one === '(') depth += 1;
    if ((one === ';' && depth === 0) || at === answer.length - 1) { if (at > start || inner.length > 0) inner.push(answer.slice(start, at)); start = at + 1; }
    else if (one === ')') depth -= 1;
  }
  return inner;
}

/** Undefined: not known; else whether it is the same. */
function same(ours: string, theirs: string): boolean | undefined {
  const [answer] = theirs.split('~');
  if (ours === '?' || ours === '??') return undefined;
  if (theirs.startsWith('(') || ours.startsWith('(')) {
    const [left, right] = [parts(ours), parts(theirs)];
    if (left.length !== right.length) return false;
    const each = left.map((one, at) => same(one, right[at] ?? ''));
    return each.includes(false) ? false : each.includes(undefined) ? undefined : true;
  }
  if (theirs.includes(':')) {
    const [kind, text] = theirs.split(':'), [ownKind, own] = ours.split(':');
    if (kind !== ownKind) return false;
    return own === '?' ? undefined : own === text || Math.abs(Number(own) - Number(text)) <= 1e-4 * Math.abs(Number(text));
  }
  const split = (text: string): [string[], string] => [text.slice(0, -1).split(','), text.slice(-1)];
  const [[left, letter], [right, otherLetter]] = [split(ours), split(answer ?? '')];
  if (letter !== '?' && letter !== otherLetter) return false;
  if (left.length === 1 && left[0] === '?') return right.length === 1 && letter !== '?' && right[0] !== '' ? undefined : undefined;
  if (left.length !== right.length) return false;
  let known: boolean | undefined = letter === '?' ? undefined : true;
  for (const [at, size] of left.entries()) {
    if (size === '?') known = undefined;
    else if (size !== right[at]) return false;
  }
  return known;
}

/** Elements outside the range that we state, as a reason. */
function outside(value: Value | undefined, theirs: string): string | undefined {
  if (value?.kind === 'tuple' || value?.kind === 'list') {
    const each = parts(theirs);
    return value.items.map((item, at) => outside(item, each[at] ?? '')).find((reason) => reason !== undefined);
  }
  const [bounds = '', listed] = theirs.split('#');
  const [, low, high] = bounds.split('~').map(Number);
  if (value?.kind !== 'tensor' || value.range === undefined || low === undefined || high === undefined) return undefined;
  const slack = (limit: number): number => 1e-3 * Math.max(1, Math.abs(limit));
  if (low < value.range.low - slack(value.range.low) || high > value.range.high + slack(value.range.high)) return `elements from ${low} to ${high}, ours say ${value.range.low} to ${value.range.high}`;
  const expected = listed?.split(',').map(Number);
  if (expected !== undefined && value.contents !== undefined && expected.some((element, at) => Math.abs(element - (value.contents?.[at] ?? Number.NaN)) > slack(element))) return `elements ${expected.join(', ')}, ours are ${value.contents.join(', ')}`;
  const numbers = value.contents?.filter((element) => Number.isFinite(element));
  if (numbers !== undefined && numbers.length > 0 && value.contents?.length === numbers.length) {
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    if (Math.abs(least - low) > slack(low) || Math.abs(most - high) > slack(high)) return `elements from ${low} to ${high}, ours from ${least} to ${most}`;
  }
  return value.range.integral && (!Number.isInteger(low) || !Number.isInteger(high)) && Math.abs(low) < 1e5 && Math.abs(high) < 1e5 ? `elements from ${low} to ${high} are no whole numbers` : undefined;
}

/** One program for all calls of an operation: a refused one does not end it. */
export function judgeOperation(facts: OperationFacts): OperationJudgement[] {
  const lines = ['import torch', ''];
  for (const [expression, tensors] of facts.c) {
    const specs = tensors.split(';').filter((spec) => spec !== '');
    lines.push(specs.length === 0 ? 'pass' : `${[...'abcde'].slice(0, specs.length).join(', ')}, = ${specs.map(constructor).join(', ')},`, `reveal_type(${expression})`);
  }
  const text = `${lines.join('\n')}\n`;
  const starts = [0];
  for (const line of lines) starts.push((starts.at(-1) ?? 0) + line.length + 1);
  const lineOf = (at: number): number => starts.findLastIndex((start) => start <= at);
  const analysis = analyseText('/project/main.py', text, { host: memoryHost({}), folders: ['/project'], maximumMilliseconds: 60_000, strict: true });
  const findings = new Map<number, string>();
  for (const finding of analysis.findings) if (finding.severity === 'error' && finding.place.source.path === '/project/main.py') findings.set(lineOf(finding.place.start), `[${finding.rule}] ${renderMessage(finding.message)}`);
  const revealed = new Map<number, Value>();
  for (const event of analysis.trace.events) if (event.kind === 'reveal') revealed.set(lineOf(event.place.start), event.value);
  return facts.c.map(([expression, tensors, answer], at): OperationJudgement => {
    const line = 3 + 2 * at;
    const finding = findings.get(line), value = revealed.get(line);
    const where = `${expression} on ${tensors}`;
    const refused = answer.startsWith('!');
    if (analysis.fault !== undefined) return { verdict: 'wrong', refused, reason: `${where}: ${String(analysis.fault instanceof Error ? analysis.fault.stack : analysis.fault)}` };
    if (refused) return finding !== undefined ? { verdict: 'right', refused, reason: '' } : { verdict: 'missed', refused, reason: `${where}: ${answer}` };
    if (finding !== undefined) return { verdict: 'wrong', refused, reason: `${where}: refused, PyTorch gives ${answer}: ${finding}` };
    const ours = written(value);
    const equal = same(ours, answer);
    if (equal === false) return { verdict: 'wrong', refused, reason: `${where}: ${ours}, PyTorch gives ${answer}` };
    const range = outside(value, answer);
    if (range !== undefined) return { verdict: 'wrong', refused, reason: `${where}: ${range}` };
    return equal === true ? { verdict: 'right', refused, reason: '' } : { verdict: 'unknown', refused, reason: `${where}: ${ours}, PyTorch gives ${answer}` };
  });
}
