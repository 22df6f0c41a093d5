// What every part of the converter shares: the parsed text, its tokens, the way back to the offsets of the user's text,
// and the ranges of nodes without their parentheses, as CPython has them.
import type { ExpressionNode } from '@zzzen/pyright-internal/dist/parser/parseNodes.js';
import type { Token } from '@zzzen/pyright-internal/dist/parser/tokenizerTypes.js';
import type { BrokenExpression, Expression } from '../ast.ts';
import { NodeKind, TokenKind } from './kinds.ts';
import type { RawText } from './run.ts';

export interface Conversion extends RawText {
  /** From an offset of the parsed text, which may hold repairs, to the user's text. */
  readonly toOriginal: (offset: number) => number;
  /** Offsets in the parsed text of the closing brackets that the repair inserted. */
  readonly inserted: ReadonlySet<number>;
  /** Set when a `yield` was converted; functions and lambdas save and clear it. */
  sawYield: boolean;
  /** How many broken expressions were made so far. */
  brokenCount: number;
}

export interface Span {
  readonly start: number;
  readonly end: number;
  /** Whether a parenthesis of the node was inserted by the repair. */
  readonly repaired: boolean;
}

export interface Range {
  readonly start: number;
  readonly length: number;
}

export function endOf(range: Range): number {
  return range.start + range.length;
}

/** The index of the first token that starts at the offset or after it. Dedents do not count: they are empty and lie on the token they precede. */
export function tokenIndexFrom(conversion: Conversion, offset: number): number {
  const { tokens } = conversion;
  let low = 0;
  let high = tokens.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tokens.getItemAt(middle).start < offset) low = middle + 1;
    else high = middle;
  }
  while (low < tokens.count && tokens.getItemAt(low).type === TokenKind.Dedent) low += 1;
  return low;
}

export function tokenAt(conversion: Conversion, index: number): Token | undefined {
  return index >= 0 && index < conversion.tokens.count ? conversion.tokens.getItemAt(index) : undefined;
}

export function hasProblemBetween(conversion: Conversion, start: number, end: number): boolean {
  const { problems } = conversion;
  // They are in the order of their starts; a text of nothing but errors has one for each word.
  let low = 0, high = problems.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((problems[middle]?.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  for (let at = low; at < problems.length; at += 1) {
    const problem = problems[at];
    if (problem === undefined || problem.start > end) return false;
    if (!problem.isLayout) return true;
  }
  return false;
}

export function brokenExpression(conversion: Conversion, start: number, end: number, children: readonly Expression[]): BrokenExpression {
  conversion.brokenCount += 1;
  return { kind: 'BrokenExpression', start: conversion.toOriginal(start), end: conversion.toOriginal(end), children };
}

/** The range of a node without the parentheses around it. Pyright counts them in, CPython does so for tuples and generators alone. */
export function ownSpan(conversion: Conversion, node: ExpressionNode): Span {
  const end = endOf(node);
  if (conversion.text.charCodeAt(node.start) !== 40) return { start: node.start, end, repaired: false };
  const inner = innerStart(node);
  if (inner === node.start) return { start: node.start, end, repaired: false };
  const { tokens } = conversion;
  const first = tokenIndexFrom(conversion, node.start);
  let open = 0;
  while (first + open < tokens.count) {
    const token = tokens.getItemAt(first + open);
    if (token.type !== TokenKind.OpenParenthesis || (inner !== undefined && token.start >= inner)) break;
    open += 1;
  }
  const keepsOne = (node.nodeType === NodeKind.Tuple || node.nodeType === NodeKind.Comprehension) && node.d.hasParens;
  const strip = keepsOne ? open - 1 : open;
  if (strip <= 0) return { start: node.start, end, repaired: false };
  const start = tokens.getItemAt(Math.min(first + strip, tokens.count - 1)).start;
  let last = tokenIndexFrom(conversion, end) - 1;
  let repaired = false;
  for (let count = 0; count < strip; count += 1) {
    const token = tokenAt(conversion, last);
    if (token === undefined || token.type !== TokenKind.CloseParenthesis || token.start <= start) break;
    if (conversion.inserted.has(token.start)) repaired = true;
    last -= 1;
  }
  const lastToken = tokenAt(conversion, last);
  return { start, end: lastToken === undefined ? end : Math.max(start, endOf(lastToken)), repaired };
}

/** Where the node's first part starts when that part can itself begin with a parenthesis, else undefined. */
function innerStart(node: ExpressionNode): number | undefined {
  switch (node.nodeType) {
    case NodeKind.Call:
    case NodeKind.MemberAccess:
    case NodeKind.Index:
    case NodeKind.BinaryOperation:
      return node.d.leftExpr.start;
    case NodeKind.Ternary:
      return node.d.ifExpr.start;
    case NodeKind.Tuple:
      return node.d.items[0]?.start;
    case NodeKind.Comprehension:
      return node.d.expr.start;
    case NodeKind.AssignmentExpression:
      return node.d.name.start;
    case NodeKind.Name:
      return node.d.token.start;
    default:
      return undefined;
  }
}
