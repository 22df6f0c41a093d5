// Expressions and parameters: Pyright's nodes into ours. An expression that did not parse becomes a broken one that keeps
// what could be read inside it. It must not know statements.
import type {
  ArgumentNode, BinaryOperationNode, CallNode, ComprehensionNode, DictionaryNode, ExpressionNode, IndexNode, NameNode, NumberNode,
  ParameterNode, ParseNode, SetNode, SliceNode, TupleNode,
} from '@zzzen/pyright-internal/dist/parser/parseNodes.js';
import type { BinaryOperator, CompareOperator, Comprehension, ConstantValue, Expression, Identifier, Keyword, Parameter, Parameters } from '../ast.ts';
import { brokenExpression, type Conversion, endOf, ownSpan, type Range, type Span, tokenAt, tokenIndexFrom } from './conversion.ts';
import { ArgumentKind, Keyword as KeywordKind, NodeKind, Operator, ParameterKind, TokenKind } from './kinds.ts';
import { convertStringList } from './strings.ts';

export function convertExpression(conversion: Conversion, node: ExpressionNode): Expression {
  const span = ownSpan(conversion, node);
  const expression = convertWithin(conversion, node, span);
  return span.repaired && expression.kind !== 'BrokenExpression' ? brokenExpression(conversion, node.start, endOf(node), [expression]) : expression;
}

function convertOptional(conversion: Conversion, node: ExpressionNode | undefined): Expression | undefined {
  return node === undefined ? undefined : convertExpression(conversion, node);
}

function convertWithin(conversion: Conversion, node: ExpressionNode, span: Span): Expression {
  const start = conversion.toOriginal(span.start);
  const end = conversion.toOriginal(span.end);
  switch (node.nodeType) {
    case NodeKind.Name:
      // A name that the repair supplied stands for an operand that is missing.
      if (conversion.inserted.has(span.start)) return brokenExpression(conversion, span.start, span.end, []);
      return { kind: 'Name', start, end, id: node.d.value };
    case NodeKind.MemberAccess:
      if (conversion.inserted.has(node.d.member.start)) return brokenExpression(conversion, span.start, span.end, [convertExpression(conversion, node.d.leftExpr)]);
      return { kind: 'Attribute', start, end, object: convertExpression(conversion, node.d.leftExpr), name: convertName(conversion, node.d.member) };
    case NodeKind.Call:
      return convertCall(conversion, node, span);
    case NodeKind.Number:
      return { kind: 'Constant', start, end, value: numberValue(node), isFloat: !node.d.isInteger && !node.d.isImaginary };
    case NodeKind.StringList:
      return convertStringList(conversion, node, span, convertExpression);
    case NodeKind.BinaryOperation:
      return convertBinary(conversion, node, start, end);
    case NodeKind.Index:
      return convertSubscript(conversion, node, span);
    case NodeKind.Constant:
      return convertConstant(node.d.constType, start, end);
    case NodeKind.Tuple:
      return convertTuple(conversion, node, span);
    case NodeKind.List: {
      const only = node.d.items[0];
      if (!closes(conversion, span.end, 93)) return brokenExpression(conversion, span.start, span.end, convertAll(conversion, node.d.items));
      if (node.d.items.length === 1 && only?.nodeType === NodeKind.Comprehension && !only.d.isGenerator) {
        const element = convertElement(conversion, only.d.expr);
        return { kind: 'ListComp', start, end, element, generators: convertGenerators(conversion, only) };
      }
      return { kind: 'List', start, end, elements: convertAll(conversion, node.d.items) };
    }
    case NodeKind.UnaryOperation: {
      const operand = convertExpression(conversion, node.d.expr);
      const operator = unaryOperators.get(node.d.operator);
      if (operator === undefined) return brokenExpression(conversion, span.start, span.end, [operand]);
      return { kind: 'UnaryOp', start, end, operator, operand };
    }
    case NodeKind.Dictionary:
      return convertDictionary(conversion, node, span);
    case NodeKind.Set:
      return convertSet(conversion, node, span);
    case NodeKind.Ternary:
      return {
        kind: 'IfExp', start, end, test: convertExpression(conversion, node.d.testExpr), body: convertExpression(conversion, node.d.ifExpr),
        orelse: convertExpression(conversion, node.d.elseExpr),
      };
    case NodeKind.Comprehension:
      return convertGenerator(conversion, node, span);
    case NodeKind.Lambda: {
      const outerYield = conversion.sawYield;
      const parameters = convertParameters(conversion, node.d.params);
      const body = convertExpression(conversion, node.d.expr);
      conversion.sawYield = outerYield;
      return { kind: 'Lambda', start, end, parameters, body };
    }
    case NodeKind.Unpack:
      return { kind: 'Starred', start, end, value: convertExpression(conversion, node.d.expr) };
    case NodeKind.AssignmentExpression:
      return { kind: 'NamedExpr', start, end, target: convertNameExpression(conversion, node.d.name), value: convertExpression(conversion, node.d.rightExpr) };
    case NodeKind.Slice:
      return convertSlice(conversion, node);
    case NodeKind.Ellipsis:
      return { kind: 'Constant', start, end, value: { ellipsis: true }, isFloat: false };
    case NodeKind.Await:
      return { kind: 'Await', start, end, value: convertExpression(conversion, node.d.expr) };
    case NodeKind.Yield: {
      conversion.sawYield = true;
      const value = convertOptional(conversion, node.d.expr);
      // Pyright stretches a parenthesized `yield` over the closing parenthesis alone.
      const yieldEnd = value === undefined ? conversion.toOriginal(span.start + 'yield'.length) : Math.max(value.end, originalEnd(conversion, node.d.expr));
      return { kind: 'Yield', start, end: yieldEnd, value };
    }
    case NodeKind.YieldFrom: {
      conversion.sawYield = true;
      return { kind: 'YieldFrom', start, end: originalEnd(conversion, node.d.expr), value: convertExpression(conversion, node.d.expr) };
    }
    case NodeKind.Error:
      return brokenExpression(conversion, span.start, span.end, node.d.child === undefined ? [] : [convertExpression(conversion, node.d.child)]);
    case NodeKind.Assignment:
    case NodeKind.TypeAnnotation:
    case NodeKind.AugmentedAssignment:
    case NodeKind.String:
    case NodeKind.FormatString:
      return brokenExpression(conversion, span.start, span.end, []);
  }
}

function originalEnd(conversion: Conversion, node: Range | undefined): number {
  return node === undefined ? 0 : conversion.toOriginal(endOf(node));
}

export function convertAll(conversion: Conversion, nodes: readonly ExpressionNode[]): Expression[] {
  return nodes.map((node) => convertExpression(conversion, node));
}

export function convertName(conversion: Conversion, node: NameNode): Identifier {
  const { token, value } = node.d;
  return { text: value, start: conversion.toOriginal(token.start), end: conversion.toOriginal(endOf(token)) };
}

function convertNameExpression(conversion: Conversion, node: NameNode): Expression & { kind: 'Name' } {
  const { text, start, end } = convertName(conversion, node);
  return { kind: 'Name', start, end, id: text };
}

/** Whether the character before `end` is this closing bracket, as written by the user. */
function closes(conversion: Conversion, end: number, bracket: number): boolean {
  return conversion.text.charCodeAt(end - 1) === bracket && !conversion.inserted.has(end - 1);
}

function numberValue(node: NumberNode): ConstantValue {
  const { value, isImaginary } = node.d;
  if (isImaginary) return { imaginary: Number(value) };
  return typeof value === 'bigint' ? { bigint: value } : value;
}

function convertConstant(keyword: number, start: number, end: number): Expression {
  // `__debug__` is a keyword to Pyright and a name to CPython.
  if (keyword === KeywordKind.Debug) return { kind: 'Name', start, end, id: '__debug__' };
  const value = keyword === KeywordKind.True ? true : keyword === KeywordKind.False ? false : null;
  return { kind: 'Constant', start, end, value, isFloat: false };
}

const unaryOperators = new Map<number, '-' | '+' | '~' | 'not'>([
  [Operator.Subtract, '-'], [Operator.Add, '+'], [Operator.BitwiseInvert, '~'], [Operator.Not, 'not'],
]);

const binaryOperators = new Map<number, BinaryOperator>([
  [Operator.Add, '+'], [Operator.Subtract, '-'], [Operator.Multiply, '*'], [Operator.Divide, '/'], [Operator.FloorDivide, '//'],
  [Operator.Mod, '%'], [Operator.Power, '**'], [Operator.MatrixMultiply, '@'], [Operator.LeftShift, '<<'], [Operator.RightShift, '>>'],
  [Operator.BitwiseAnd, '&'], [Operator.BitwiseOr, '|'], [Operator.BitwiseXor, '^'],
]);

const compareOperators = new Map<number, CompareOperator>([
  [Operator.Equals, '=='], [Operator.NotEquals, '!='], [Operator.LessThan, '<'], [Operator.LessThanOrEqual, '<='],
  [Operator.GreaterThan, '>'], [Operator.GreaterThanOrEqual, '>='], [Operator.Is, 'is'], [Operator.IsNot, 'is not'],
  [Operator.In, 'in'], [Operator.NotIn, 'not in'],
]);

function convertBinary(conversion: Conversion, node: BinaryOperationNode, start: number, end: number): Expression {
  const { operator, leftExpr, rightExpr } = node.d;
  const binary = binaryOperators.get(operator);
  if (binary !== undefined) {
    return { kind: 'BinOp', start, end, left: convertExpression(conversion, leftExpr), operator: binary, right: convertExpression(conversion, rightExpr) };
  }
  if (operator === Operator.And || operator === Operator.Or) {
    // `a and b and c` nests to the left here and is one operation with three values in CPython.
    const operands: ExpressionNode[] = [rightExpr];
    let left = leftExpr;
    while (left.nodeType === NodeKind.BinaryOperation && left.d.operator === operator && !left.d.hasParens) {
      operands.push(left.d.rightExpr);
      left = left.d.leftExpr;
    }
    operands.push(left);
    operands.reverse();
    return { kind: 'BoolOp', start, end, operator: operator === Operator.And ? 'and' : 'or', values: convertAll(conversion, operands) };
  }
  // `a < b < c` nests to the right.
  const operators: CompareOperator[] = [];
  const comparators: Expression[] = [];
  const left = convertExpression(conversion, leftExpr);
  let current = node;
  for (;;) {
    const compare = compareOperators.get(current.d.operator);
    if (compare === undefined) return brokenExpression(conversion, node.start, endOf(node), [left, ...comparators]);
    operators.push(compare);
    const right = current.d.rightExpr;
    if (right.nodeType === NodeKind.BinaryOperation && !right.d.hasParens && compareOperators.has(right.d.operator)) {
      comparators.push(convertExpression(conversion, right.d.leftExpr));
      current = right;
    } else {
      comparators.push(convertExpression(conversion, right));
      return { kind: 'Compare', start, end, left, operators, comparators };
    }
  }
}

function convertCall(conversion: Conversion, node: CallNode, span: Span): Expression {
  const callee = convertExpression(conversion, node.d.leftExpr);
  const [args, keywords] = convertArguments(conversion, node.d.args);
  if (!closes(conversion, span.end, 41)) {
    return brokenExpression(conversion, span.start, span.end, [callee, ...args, ...keywords.map((keyword) => keyword.value)]);
  }
  return { kind: 'Call', start: conversion.toOriginal(span.start), end: conversion.toOriginal(span.end), callee, args, keywords };
}

export function convertArguments(conversion: Conversion, nodes: readonly ArgumentNode[]): [Expression[], Keyword[]] {
  const args: Expression[] = [];
  const keywords: Keyword[] = [];
  for (const node of nodes) {
    const start = conversion.toOriginal(node.start);
    const end = conversion.toOriginal(endOf(node));
    const { name, argCategory, valueExpr } = node.d;
    const value = convertExpression(conversion, valueExpr);
    if (name !== undefined) keywords.push({ start, end, name: convertName(conversion, name), value });
    else if (argCategory === ArgumentKind.UnpackedDictionary) keywords.push({ start, end, name: undefined, value });
    else if (argCategory === ArgumentKind.UnpackedList) args.push({ kind: 'Starred', start, end, value });
    else args.push(value);
  }
  return [args, keywords];
}

function convertSubscript(conversion: Conversion, node: IndexNode, span: Span): Expression {
  const object = convertExpression(conversion, node.d.leftExpr);
  const [args, keywords] = convertArguments(conversion, node.d.items);
  const elements = [...args, ...keywords.map((keyword) => keyword.value)];
  if (!closes(conversion, span.end, 93)) return brokenExpression(conversion, span.start, span.end, [object, ...elements]);
  const only = elements[0];
  const first = node.d.items[0];
  const last = node.d.items[node.d.items.length - 1];
  let index: Expression;
  if (only !== undefined && elements.length === 1 && !node.d.trailingComma && only.kind !== 'Starred') {
    index = only;
  } else {
    const tupleEnd = last === undefined ? span.end : afterComma(conversion, last.d.valueExpr.nodeType === NodeKind.Slice ? sliceEnd(conversion, last.d.valueExpr) : endOf(last));
    index = { kind: 'Tuple', start: conversion.toOriginal(first?.start ?? span.start), end: conversion.toOriginal(tupleEnd), elements };
  }
  return { kind: 'Subscript', start: conversion.toOriginal(span.start), end: conversion.toOriginal(span.end), object, index };
}

/** The end of the comma that follows, if one does. CPython counts the last comma of a bare tuple in. */
export function afterComma(conversion: Conversion, end: number): number {
  const next = tokenAt(conversion, tokenIndexFrom(conversion, end));
  return next?.type === TokenKind.Comma ? endOf(next) : end;
}

function convertTuple(conversion: Conversion, node: TupleNode, span: Span): Expression {
  const elements = convertAll(conversion, node.d.items);
  const end = node.d.hasParens ? span.end : afterComma(conversion, span.end);
  if (node.d.hasParens && !closes(conversion, span.end, 41)) return brokenExpression(conversion, span.start, span.end, elements);
  return { kind: 'Tuple', start: conversion.toOriginal(span.start), end: conversion.toOriginal(end), elements };
}

/** Pyright leaves the last colons of a slice out of its range. */
function sliceEnd(conversion: Conversion, node: SliceNode): number {
  let end = endOf(node);
  for (let index = tokenIndexFrom(conversion, end); ; index += 1) {
    const token = tokenAt(conversion, index);
    if (token?.type !== TokenKind.Colon) return end;
    end = endOf(token);
  }
}

function convertSlice(conversion: Conversion, node: SliceNode): Expression {
  const { startValue, endValue, stepValue } = node.d;
  return {
    kind: 'Slice', start: conversion.toOriginal(node.start), end: conversion.toOriginal(sliceEnd(conversion, node)),
    lower: convertOptional(conversion, startValue), upper: convertOptional(conversion, endValue), step: convertOptional(conversion, stepValue),
  };
}

function convertDictionary(conversion: Conversion, node: DictionaryNode, span: Span): Expression {
  const start = conversion.toOriginal(span.start);
  const end = conversion.toOriginal(span.end);
  const first = node.d.items[0];
  if (node.d.items.length === 1 && first?.nodeType === NodeKind.Comprehension && first.d.expr.nodeType === NodeKind.DictionaryKeyEntry) {
    const key = convertExpression(conversion, first.d.expr.d.keyExpr);
    const value = convertExpression(conversion, first.d.expr.d.valueExpr);
    const generators = convertGenerators(conversion, first);
    if (!closes(conversion, span.end, 125)) return brokenExpression(conversion, span.start, span.end, []);
    return { kind: 'DictComp', start, end, key, value, generators };
  }
  const keys: (Expression | undefined)[] = [];
  const values: Expression[] = [];
  let broken = !closes(conversion, span.end, 125);
  for (const entry of node.d.items) {
    if (entry.nodeType === NodeKind.DictionaryKeyEntry) {
      keys.push(convertExpression(conversion, entry.d.keyExpr));
      values.push(convertExpression(conversion, entry.d.valueExpr));
    } else if (entry.nodeType === NodeKind.DictionaryExpandEntry) {
      keys.push(undefined);
      values.push(convertExpression(conversion, entry.d.expr));
    } else {
      broken = true;
    }
  }
  if (broken) return brokenExpression(conversion, span.start, span.end, values);
  return { kind: 'Dict', start, end, keys, values };
}

function convertSet(conversion: Conversion, node: SetNode, span: Span): Expression {
  const start = conversion.toOriginal(span.start);
  const end = conversion.toOriginal(span.end);
  const first = node.d.items[0];
  if (!closes(conversion, span.end, 125)) return brokenExpression(conversion, span.start, span.end, convertAll(conversion, node.d.items));
  if (node.d.items.length === 1 && first?.nodeType === NodeKind.Comprehension && !first.d.isGenerator) {
    return { kind: 'SetComp', start, end, element: convertElement(conversion, first.d.expr), generators: convertGenerators(conversion, first) };
  }
  return { kind: 'Set', start, end, elements: convertAll(conversion, node.d.items) };
}

function convertGenerator(conversion: Conversion, node: ComprehensionNode, span: Span): Expression {
  let { start, end } = span;
  if (!node.d.hasParens) {
    // The only argument of a call: CPython counts the call's parentheses in.
    const before = tokenAt(conversion, tokenIndexFrom(conversion, start) - 1);
    const after = tokenAt(conversion, tokenIndexFrom(conversion, end));
    if (before?.type === TokenKind.OpenParenthesis && after?.type === TokenKind.CloseParenthesis) {
      start = before.start;
      end = endOf(after);
    }
  }
  const element = convertElement(conversion, node.d.expr);
  const generators = convertGenerators(conversion, node);
  return { kind: 'GeneratorExp', start: conversion.toOriginal(start), end: conversion.toOriginal(end), element, generators };
}

function convertElement(conversion: Conversion, node: ParseNode): Expression {
  // Pyright types the element of any comprehension as a node of any kind; only a dictionary's is no expression.
  if (node.nodeType === NodeKind.DictionaryKeyEntry || node.nodeType === NodeKind.DictionaryExpandEntry) {
    return brokenExpression(conversion, node.start, endOf(node), []);
  }
  return convertExpression(conversion, node as ExpressionNode);
}

function convertGenerators(conversion: Conversion, node: ComprehensionNode): Comprehension[] {
  const generators: (Comprehension & { conditions: Expression[] })[] = [];
  for (const part of node.d.forIfNodes) {
    if (part.nodeType === NodeKind.ComprehensionFor) {
      generators.push({
        target: convertExpression(conversion, part.d.targetExpr), iterable: convertExpression(conversion, part.d.iterableExpr),
        conditions: [], isAsync: part.d.isAsync === true,
      });
    } else {
      generators[generators.length - 1]?.conditions.push(convertExpression(conversion, part.d.testExpr));
    }
  }
  return generators;
}

export function convertParameters(conversion: Conversion, nodes: readonly ParameterNode[]): Parameters {
  const all: Parameter[] = [];
  let keywordOnly = false;
  for (const node of nodes) {
    const { category, name } = node.d;
    if (name === undefined) {
      if (category === ParameterKind.ArgsList) keywordOnly = true;
      else if (conversion.text.charCodeAt(node.start) === 47) {
        for (const [index, parameter] of all.entries()) all[index] = { ...parameter, kind: 'positional-only' };
      }
      continue;
    }
    const kind: Parameter['kind'] =
      category === ParameterKind.ArgsList ? 'star' : category === ParameterKind.KwargsDict ? 'double-star' : keywordOnly ? 'keyword-only' : 'positional-or-keyword';
    if (kind === 'star') keywordOnly = true;
    all.push({
      start: conversion.toOriginal(node.start), end: conversion.toOriginal(endOf(node)), kind, name: convertName(conversion, name),
      annotation: convertOptional(conversion, node.d.annotation), default: convertOptional(conversion, node.d.defaultValue),
    });
  }
  return { all };
}
