// Holds what the engine says of calls of torchvision's transforms and of einops against what really happened (test/facts/picture-calls.jsonl, made
// by test/oracle/picture_calls.py): shapes, types, sizes and modes of pictures, refusals, and that all values lie in the range we state.
import type { Value } from '../../server/values/value.ts';
import { imageFacts } from '../../server/catalogues/pil/image.ts';
import { lineAt } from '../../server/syntax/lines.ts';
import { renderMessage } from '../../server/values/place.ts';
import { analyseText } from '../../server/workspace/analysis.ts';
import { memoryHost } from './program.ts';

export interface PictureCall { readonly o: string; readonly e: string; readonly a: string }
export type Verdict = 'right' | 'unknown' | 'missed' | 'wrong';
export interface PictureJudgement { readonly call: PictureCall; readonly verdict: Verdict; readonly ours: string }

const preamble = [
  'import numpy as np', 'import torch', 'import einops', 'import torchvision.ops as ops', 'import torchvision.utils as utils', 'import torchvision.transforms as T',
  'import torchvision.transforms.functional as F', 'import torchvision.transforms.v2 as V', 'import torchvision.transforms.v2.functional as VF',
  'from einops.layers.torch import EinMix, Rearrange, Reduce', 'from PIL import Image',
];

/** Our answer in the facts' notation; `?` for what is not known. */
function written(value: Value | undefined): string {
  if (value === undefined) return '?';
  const image = imageFacts(value);
  if (image !== undefined) return `image ${shown(image.width)},${shown(image.height)} ${image.mode ?? '?'}`;
  switch (value.kind) {
    case 'tensor': return `${value.shape.dims === undefined ? '?' : value.shape.dims.map(shown).join(',')} ${value.dtype ?? '?'}${value.range === undefined ? '' : ` ${value.range.low} ${value.range.high}`}`;
    case 'tuple': case 'list': return value.kind === 'list' && value.open ? '?' : `(${value.items.map(written).join(';')})`;
    case 'dict': return value.open ? '?' : `(${[...value.entries.values()].map((entry) => written(entry.value)).join(';')})`;
    case 'int': return `int ${shown(value.value)}`;
    case 'float': return 'float';
    case 'unknown': return '?';
    default: return value.kind;
  }
}
function shown(dim: unknown): string { return typeof dim === 'number' ? String(dim) : '?'; }

function parts(answer: string): string[] {
  const found: string[] = [];
  let depth = 0, start = 1;
  for (let at = 1; at < answer.length; at += 1) {
    const one = answer.charAt(at);
    if ((one === ';' || at === answer.length - 1) && depth === 0) { if (at > start || found.length > 0) found.push(answer.slice(start, at)); start = at + 1; }
    if (one === '(') depth += 1;
    else if (one === ')') depth -= 1;
  }
  return found;
}

/** Undefined: not all is known; else whether it is the same. */
function same(ours: string, theirs: string): boolean | undefined {
  if (ours === '?') return undefined;
  if (ours.startsWith('(') !== theirs.startsWith('(')) return false;
  if (ours.startsWith('(')) {
    const [left, right] = [parts(ours), parts(theirs)];
    const each = left.map((one, at) => same(one, right[at] ?? ''));
    return left.length !== right.length || each.includes(false) ? false : each.includes(undefined) ? undefined : true;
  }
  const [left = '', leftType = '', low, high] = ours.split(' '), [right = '', rightType = '', least, most] = theirs.split(' ');
  if (left === 'image' || left === 'int' || right === 'image' || right === 'int') {
    const [own, other] = [ours.split(/[ ,]/), theirs.split(/[ ,]/)];
    return own.length !== other.length || own.some((part, at) => part !== '?' && part !== other[at]) ? false : own.includes('?') ? undefined : true;
  }
  const sizes = left.split(','), others = right.split(',');
  if (left !== '?' && (sizes.length !== others.length || sizes.some((size, at) => size !== '?' && size !== others[at]))) return false;
  if (leftType !== '?' && leftType !== rightType) return false;
  const slack = 1e-4 * Math.max(1, Math.abs(Number(least ?? 0)), Math.abs(Number(most ?? 0)));
  if (low !== undefined && high !== undefined && least !== undefined && most !== undefined && (Number(least) < Number(low) - slack || Number(most) > Number(high) + slack)) return false;
  return left === '?' || sizes.includes('?') || leftType === '?' ? undefined : true;
}

/** Judges some calls, all in one program. */
export function judgePictures(calls: readonly PictureCall[]): PictureJudgement[] {
  const text = [...preamble, ...calls.map((call, at) => `r${at} = reveal_type(${call.e})`)].join('\n');
  const analysis = analyseText('calls.py', `${text}\n`, { host: memoryHost({}), strict: true });
  if (analysis.fault !== undefined) throw analysis.fault;
  const lineOf = (start: number): number => lineAt(analysis.source.parsed.lineStarts, start) - preamble.length;
  const values = new Map<number, Value>(), refused = new Map<number, string>();
  for (const event of analysis.trace.events) if (event.kind === 'reveal') values.set(lineOf(event.place.start), event.value);
  for (const finding of analysis.findings) if (finding.severity === 'error') refused.set(lineOf(finding.place.start), renderMessage(finding.message));
  return calls.map((call, at): PictureJudgement => {
    const reason = refused.get(at);
    const ours = reason === undefined ? written(values.get(at)) : `!${reason}`;
    if (call.a.startsWith('!')) return { call, ours, verdict: reason === undefined ? 'missed' : 'right' };
    const answer = reason === undefined ? same(ours, call.a) : false;
    return { call, ours, verdict: answer === undefined ? 'unknown' : answer ? 'right' : 'wrong' };
  });
}
