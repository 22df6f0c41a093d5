// String literals: escapes, bytes, adjacent literals, and f-strings. Pyright's own decoding is not used: it stops at U+0003
// and cuts code points above U+FFFF.
import type { ExpressionNode, FormatStringNode, StringListNode } from '@zzzen/pyright-internal/dist/parser/parseNodes.js';
import type { StringToken } from '@zzzen/pyright-internal/dist/parser/tokenizerTypes.js';
import type { Expression, FormattedValue, JoinedStr } from '../ast.ts';
import { brokenExpression, type Conversion, endOf, type Span, tokenAt, tokenIndexFrom } from './conversion.ts';
import { NodeKind, Operator, StringFlag, TokenKind } from './kinds.ts';

type ConvertExpression = (conversion: Conversion, node: ExpressionNode) => Expression;

export function convertStringList(conversion: Conversion, node: StringListNode, span: Span, convert: ConvertExpression): Expression {
  const start = conversion.toOriginal(span.start);
  const end = conversion.toOriginal(span.end);
  const parts: (string | FormattedValue)[] = [];
  let formatted = false;
  let bytes = false;
  let broken = false;
  for (const piece of node.d.strings) {
    const { token } = piece.d;
    if ((token.flags & StringFlag.Template) !== 0) broken = true; // A template string is an object of its own kind, not a str.
    // Its quote is missing, or the repair's: nobody knows how it goes on.
    if ((token.flags & StringFlag.Unterminated) !== 0 || conversion.inserted.has(endOf(piece) - 1)) broken = true;
    if (piece.nodeType === NodeKind.FormatString) {
      formatted = true;
      if (!convertFormatString(conversion, piece, parts, convert)) broken = true;
    } else {
      if ((token.flags & StringFlag.Bytes) !== 0) bytes = true;
      addText(parts, decodeToken(conversion.text, piece.d.token));
    }
  }
  if (broken) return brokenExpression(conversion, span.start, span.end, parts.filter((part) => typeof part !== 'string').map((part) => part.value));
  if (formatted) return { kind: 'JoinedStr', start, end, parts };
  const text = typeof parts[0] === 'string' ? parts[0] : '';
  return { kind: 'Constant', start, end, value: bytes ? { bytes: text } : text, isFloat: false };
}

function addText(parts: (string | FormattedValue)[], text: string): void {
  if (text === '') return;
  const last = parts[parts.length - 1];
  if (typeof last === 'string') parts[parts.length - 1] = last + text;
  else parts.push(text);
}

function decodeToken(text: string, token: StringToken): string {
  const start = token.start + token.prefixLength + token.quoteMarkLength;
  const terminated = (token.flags & StringFlag.Unterminated) === 0;
  return decode(text.slice(start, endOf(token) - (terminated ? token.quoteMarkLength : 0)), token.flags, false);
}

/**
 * Appends the parts of one f-string. Pyright lists all its replacement fields in one row, those inside format
 * specifications too, and drops the literal text of format specifications: the tokens tell how they nest.
 */
function convertFormatString(conversion: Conversion, node: FormatStringNode, parts: (string | FormattedValue)[], convert: ConvertExpression): boolean {
  const fields = node.d.fieldExprs;
  let index = tokenIndexFrom(conversion, node.d.token.start) + 1;
  let field = 0;
  let complete = true;

  const readParts = (into: (string | FormattedValue)[]): void => {
    for (;;) {
      const token = tokenAt(conversion, index);
      if (token?.type === TokenKind.FStringMiddle) {
        const flags = 'flags' in token ? (token.flags as number) : 0;
        addText(into, decode(conversion.text.slice(token.start, endOf(token)), flags, true));
        index += 1;
      } else if (token?.type === TokenKind.OpenCurlyBrace && field < fields.length) {
        if (!readField(into, token.start)) return;
      } else {
        return;
      }
    }
  };

  const readField = (into: (string | FormattedValue)[], braceStart: number): boolean => {
    const expression = fields[field] as ExpressionNode;
    field += 1;
    if (expression.nodeType === NodeKind.Error) complete = false;
    const value = convert(conversion, expression);
    index = tokenIndexFrom(conversion, Math.max(endOf(expression), braceStart + 1));
    let token = tokenAt(conversion, index);
    while (token?.type === TokenKind.Comma) {
      index += 1;
      token = tokenAt(conversion, index);
    }
    let debug = false;
    if (token?.type === TokenKind.Operator && 'operatorType' in token && token.operatorType === Operator.Assign) {
      index += 1;
      token = tokenAt(conversion, index);
      debug = true;
      addText(into, conversion.text.slice(braceStart + 1, token?.start ?? endOf(expression)));
    }
    let conversionFlag: FormattedValue['conversion'];
    if (token?.type === TokenKind.ExclamationMark) {
      const name = tokenAt(conversion, index + 1);
      const letter = name === undefined ? '' : conversion.text.slice(name.start, endOf(name));
      if (letter === 's' || letter === 'r' || letter === 'a') conversionFlag = letter;
      index += 2;
      token = tokenAt(conversion, index);
    }
    let format: JoinedStr | undefined;
    if (token?.type === TokenKind.Colon) {
      index += 1;
      const formatParts: (string | FormattedValue)[] = [];
      readParts(formatParts);
      const formatEnd = tokenAt(conversion, index)?.start ?? endOf(token);
      format = { kind: 'JoinedStr', start: conversion.toOriginal(token.start), end: conversion.toOriginal(formatEnd), parts: formatParts };
      token = tokenAt(conversion, index);
    } else if (debug) {
      conversionFlag ??= 'r';
    }
    const closed = token?.type === TokenKind.CloseCurlyBrace;
    into.push({
      start: conversion.toOriginal(braceStart), end: conversion.toOriginal(token === undefined ? endOf(expression) : endOf(token)),
      value, conversion: conversionFlag, format,
    });
    if (closed) index += 1;
    else complete = false;
    return closed;
  };

  readParts(parts);
  if (tokenAt(conversion, index)?.type !== TokenKind.FStringEnd) complete = false;
  return complete;
}

function decode(content: string, flags: number, isFormat: boolean): string {
  const raw = (flags & StringFlag.Raw) !== 0;
  const bytes = (flags & StringFlag.Bytes) !== 0;
  let plainUntil = 0;
  let result = '';
  let index = 0;
  while (index < content.length) {
    const code = content.charCodeAt(index);
    if (code === 92 && !raw) {
      result += content.slice(plainUntil, index);
      const [text, next] = decodeEscape(content, index, bytes);
      result += text;
      index = next;
      plainUntil = next;
    } else if (code === 13) {
      // A line end inside a literal is always "\n" to Python.
      result += `${content.slice(plainUntil, index)}\n`;
      index += content.charCodeAt(index + 1) === 10 ? 2 : 1;
      plainUntil = index;
    } else if (isFormat && (code === 123 || code === 125) && content.charCodeAt(index + 1) === code) {
      result += content.slice(plainUntil, index + 1);
      index += 2;
      plainUntil = index;
    } else {
      index += 1;
    }
  }
  return plainUntil === 0 ? content : result + content.slice(plainUntil);
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\n': '',
};

/** Decodes the escape that starts at `start`: its text and the offset after it. An unknown escape keeps its backslash. */
function decodeEscape(content: string, start: number, bytes: boolean): [string, number] {
  const letter = content[start + 1];
  if (letter === undefined) return ['\\', start + 1];
  const simple = simpleEscapes[letter];
  if (simple !== undefined) return [simple, start + 2];
  if (letter === '\r') return ['', start + (content[start + 2] === '\n' ? 3 : 2)];
  if (letter >= '0' && letter <= '7') {
    let end = start + 1;
    let value = 0;
    while (end < start + 4 && (content[end] ?? '') >= '0' && (content[end] ?? '') <= '7') {
      value = value * 8 + Number(content[end]);
      end += 1;
    }
    return [String.fromCharCode(bytes ? value & 255 : value), end];
  }
  const digits = letter === 'x' ? 2 : bytes ? 0 : letter === 'u' ? 4 : letter === 'U' ? 8 : 0;
  if (digits > 0) {
    const hex = content.slice(start + 2, start + 2 + digits);
    const value = hex.length === digits && isHex(hex) ? Number.parseInt(hex, 16) : -1;
    if (value >= 0 && value <= 0x10ffff) return [String.fromCodePoint(value), start + 2 + digits];
  }
  if (letter === 'N' && !bytes && content[start + 2] === '{') {
    const close = content.indexOf('}', start);
    // The table of Unicode names is not at hand: one character stands for any named one.
    if (close > 0) return ['\ufffd', close + 1];
  }
  return [`\\${letter}`, start + 2];
}

function isHex(text: string): boolean {
  for (const character of text) {
    if (!'0123456789abcdefABCDEF'.includes(character)) return false;
  }
  return true;
}
