// The patterns of `case`. A pattern that did not parse compares with a broken expression, so nobody knows whether it matches.
import type { PatternAtomNode, PatternMappingNode } from '@zzzen/pyright-internal/dist/parser/parseNodes.js';
import type { Expression, Pattern } from '../ast.ts';
import { brokenExpression, type Conversion, endOf, tokenAt, tokenIndexFrom } from './conversion.ts';
import { convertExpression } from './expressions.ts';
import { NodeKind, TokenKind } from './kinds.ts';

export function convertPattern(conversion: Conversion, node: PatternAtomNode): Pattern {
  const start = conversion.toOriginal(node.start);
  const end = conversion.toOriginal(endOf(node));
  switch (node.nodeType) {
    case NodeKind.PatternAs: {
      const patterns = node.d.orPatterns.map((part) => convertPattern(conversion, part));
      const only = patterns[0];
      const pattern: Pattern = only !== undefined && patterns.length === 1 ? only : { kind: 'MatchOr', start, end, patterns };
      return node.d.target === undefined ? pattern : { kind: 'MatchAs', start, end, pattern, name: node.d.target.d.value };
    }
    case NodeKind.PatternCapture: {
      const name = node.d.isWildcard ? undefined : node.d.target.d.value;
      return node.d.isStar ? { kind: 'MatchStar', start, end, name } : { kind: 'MatchAs', start, end, pattern: undefined, name };
    }
    case NodeKind.PatternLiteral: {
      const value = convertExpression(conversion, node.d.expr);
      if (value.kind === 'Constant' && (value.value === null || typeof value.value === 'boolean')) return { kind: 'MatchSingleton', start, end, value: value.value };
      return { kind: 'MatchValue', start, end, value };
    }
    case NodeKind.PatternValue:
      return { kind: 'MatchValue', start, end, value: convertExpression(conversion, node.d.expr) };
    case NodeKind.PatternSequence:
      return { kind: 'MatchSequence', start, end, patterns: node.d.entries.map((entry) => convertPattern(conversion, entry)) };
    case NodeKind.PatternMapping:
      return convertMapping(conversion, node, start, end);
    case NodeKind.PatternClass: {
      // Pyright leaves the parentheses out of the range, those after the last argument at least.
      const last = node.d.args[node.d.args.length - 1] ?? node.d.className;
      const closing = closingParenthesis(conversion, endOf(last));
      const positional = node.d.args.filter((argument) => argument.d.name === undefined);
      const named = node.d.args.filter((argument) => argument.d.name !== undefined);
      return {
        kind: 'MatchClass', start, end: Math.max(end, conversion.toOriginal(closing)), cls: convertExpression(conversion, node.d.className),
        patterns: positional.map((argument) => convertPattern(conversion, argument.d.pattern)),
        keywordNames: named.map((argument) => argument.d.name?.d.value ?? ''),
        keywordPatterns: named.map((argument) => convertPattern(conversion, argument.d.pattern)),
      };
    }
    case NodeKind.Error: {
      // Pyright reads the empty mapping `{}` as an error node on its closing brace, without a complaint.
      const index = tokenIndexFrom(conversion, node.start);
      const before = tokenAt(conversion, index - 1);
      if (tokenAt(conversion, index)?.type === TokenKind.CloseCurlyBrace && before?.type === TokenKind.OpenCurlyBrace) {
        return { kind: 'MatchMapping', start: conversion.toOriginal(before.start), end, keys: [], patterns: [], rest: undefined };
      }
      return { kind: 'MatchValue', start, end, value: brokenExpression(conversion, node.start, endOf(node), []) };
    }
  }
}

/** The end of the parenthesis that closes the class pattern whose last part ends at the offset, else the offset. */
function closingParenthesis(conversion: Conversion, offset: number): number {
  for (let index = tokenIndexFrom(conversion, offset); ; index += 1) {
    const token = tokenAt(conversion, index);
    if (token?.type === TokenKind.CloseParenthesis) return endOf(token);
    if (token?.type !== TokenKind.Comma && token?.type !== TokenKind.OpenParenthesis) return offset;
  }
}

function convertMapping(conversion: Conversion, node: PatternMappingNode, start: number, end: number): Pattern {
  const keys: Expression[] = [];
  const patterns: Pattern[] = [];
  let rest: string | undefined;
  for (const entry of node.d.entries) {
    if (entry.nodeType === NodeKind.PatternMappingExpandEntry) {
      rest = entry.d.target.d.value;
    } else {
      const { keyPattern, valuePattern } = entry.d;
      const key = keyPattern.nodeType === NodeKind.Error ? brokenExpression(conversion, keyPattern.start, endOf(keyPattern), []) : convertExpression(conversion, keyPattern.d.expr);
      keys.push(key);
      patterns.push(convertPattern(conversion, valuePattern));
    }
  }
  return { kind: 'MatchMapping', start, end, keys, patterns, rest };
}
