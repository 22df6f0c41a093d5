// Statements: Pyright's nodes into ours. What Pyright read across a mistake is distrusted: such a statement becomes a broken
// one that says which names it may have bound, and the statements around it survive.
import type {
  ClassNode, ExceptNode, ExpressionNode, FunctionNode, IfNode, ImportFromNode, ImportNode, ParseNode, StatementListNode, StatementNode, SuiteNode,
  TryNode,
} from '@zzzen/pyright-internal/dist/parser/parseNodes.js';
import type { BinaryOperator, BrokenStatement, Expression, ExceptHandler, Identifier, ImportName, Statement } from '../ast.ts';
import { boundNames } from '../names.ts';
import { brokenExpression, type Conversion, endOf, hasProblemBetween, type Range, tokenAt, tokenIndexFrom } from './conversion.ts';
import { afterComma, convertAll, convertArguments, convertExpression, convertName, convertParameters } from './expressions.ts';
import { NodeKind, Operator, TokenKind } from './kinds.ts';
import { convertPattern } from './patterns.ts';

export function convertBlock(conversion: Conversion, nodes: readonly StatementNode[]): Statement[] {
  const result: Statement[] = [];
  const first = nodes[0];
  const column = first === undefined || conversion.problems.length === 0 ? 0 : columnOf(conversion, first);
  for (const [index, node] of nodes.entries()) {
    if (conversion.problems.length > 0 && index > 0) {
      if (!startsLine(conversion, node)) {
        // Left over on the line of the statement before it, as in Python 2's `print x`.
        const previous = nodes[index - 1]?.nodeType === NodeKind.StatementList ? result.pop() : undefined;
        result.push(brokenStatement(conversion, node, [...(previous === undefined ? [] : [previous]), ...convertSafely(conversion, node)], previous?.start));
        continue;
      }
      if (columnOf(conversion, node) > column) {
        // Indented deeper than its block: the body of a header that could not be read.
        result.push(brokenStatement(conversion, node, convertSafely(conversion, node)));
        continue;
      }
    }
    result.push(...convertSafely(conversion, node));
  }
  return result;
}

function columnOf(conversion: Conversion, node: Range): number {
  let start = node.start;
  while (start > 0 && conversion.text.charCodeAt(start - 1) !== 10 && conversion.text.charCodeAt(start - 1) !== 13) start -= 1;
  let column = 0;
  for (let index = start; index < node.start; index += 1) {
    const code = conversion.text.charCodeAt(index);
    if (code === 9) column += 8 - (column % 8);
    else if (code === 32) column += 1;
    else if (code !== 12) break;
  }
  return column;
}

function startsLine(conversion: Conversion, node: Range): boolean {
  let index = tokenIndexFrom(conversion, node.start) - 1;
  for (;;) {
    const token = tokenAt(conversion, index);
    if (token === undefined || token.type === TokenKind.NewLine) return true;
    if (token.type !== TokenKind.Indent && token.type !== TokenKind.Dedent) return false;
    index -= 1;
  }
}

function brokenStatement(conversion: Conversion, node: Range, parts: readonly Statement[], originalStart?: number): BrokenStatement {
  return { kind: 'Broken', start: originalStart ?? conversion.toOriginal(node.start), end: conversion.toOriginal(endOf(node)), names: boundNames(parts) };
}

/** One node may hold several statements (`a = 1; b = 2`). A failure, such as nesting too deep for the stack, costs that statement alone. */
function convertSafely(conversion: Conversion, node: StatementNode): Statement[] {
  const { sawYield } = conversion;
  try {
    if (node.nodeType === NodeKind.StatementList) return convertStatementList(conversion, node);
    return [convertCompound(conversion, node)];
  } catch {
    conversion.sawYield = sawYield;
    return [{ ...brokenStatement(conversion, node, []), names: namesOfNode(node) }];
  }
}

/** The names that a node binds, read without recursion. */
function namesOfNode(node: ParseNode): string[] {
  if (node.nodeType === NodeKind.Function || node.nodeType === NodeKind.Class) return [node.d.name.d.value];
  if (node.nodeType !== NodeKind.StatementList) return [];
  const names: string[] = [];
  for (const statement of node.d.statements) {
    let target: ParseNode = statement;
    while (target.nodeType === NodeKind.Assignment) {
      if (target.d.leftExpr.nodeType === NodeKind.Name) names.push(target.d.leftExpr.d.value);
      target = target.d.rightExpr;
    }
  }
  return names;
}

function convertStatementList(conversion: Conversion, node: StatementListNode): Statement[] {
  const result: Statement[] = [];
  const { statements } = node.d;
  for (const [index, statement] of statements.entries()) {
    const brokenBefore = conversion.brokenCount;
    const converted = convertSimple(conversion, statement);
    if (conversion.problems.length > 0 && conversion.brokenCount === brokenBefore && converted.kind !== 'Broken') {
      const end = statements[index + 1]?.start ?? lineEnd(conversion, endOf(statement));
      if (hasProblemBetween(conversion, statement.start, end)) {
        result.push(brokenStatement(conversion, statement, [converted]));
        continue;
      }
    }
    result.push(converted);
  }
  return result;
}

/** Where the logical line that holds the offset ends. */
function lineEnd(conversion: Conversion, offset: number): number {
  for (let index = tokenIndexFrom(conversion, offset); ; index += 1) {
    const token = tokenAt(conversion, index);
    if (token === undefined) return conversion.text.length;
    if (token.type === TokenKind.NewLine) return token.start;
    if (token.type !== TokenKind.Semicolon) return offset;
  }
}

const augmentedOperators = new Map<number, BinaryOperator>([
  [Operator.AddEqual, '+'], [Operator.SubtractEqual, '-'], [Operator.MultiplyEqual, '*'], [Operator.DivideEqual, '/'],
  [Operator.FloorDivideEqual, '//'], [Operator.ModEqual, '%'], [Operator.PowerEqual, '**'], [Operator.MatrixMultiplyEqual, '@'],
  [Operator.LeftShiftEqual, '<<'], [Operator.RightShiftEqual, '>>'], [Operator.BitwiseAndEqual, '&'], [Operator.BitwiseOrEqual, '|'],
  [Operator.BitwiseXorEqual, '^'],
]);

function convertSimple(conversion: Conversion, node: ParseNode): Statement {
  const start = conversion.toOriginal(node.start);
  const end = conversion.toOriginal(endOf(node));
  switch (node.nodeType) {
    case NodeKind.Assignment:
      return convertAssignment(conversion, node, start, end);
    case NodeKind.AugmentedAssignment: {
      const target = convertExpression(conversion, node.d.leftExpr);
      const value = convertExpression(conversion, node.d.rightExpr);
      const operator = augmentedOperators.get(node.d.operator);
      if (operator === undefined) return brokenStatement(conversion, node, []);
      return { kind: 'AugAssign', start, end: Math.max(end, value.end), target, operator, value };
    }
    case NodeKind.TypeAnnotation:
      return {
        kind: 'AnnAssign', start, end, target: convertExpression(conversion, node.d.valueExpr),
        annotation: convertExpression(conversion, node.d.annotation), value: undefined,
      };
    case NodeKind.Return: {
      const value = node.d.expr === undefined ? undefined : convertExpression(conversion, node.d.expr);
      return { kind: 'Return', start, end: Math.max(end, value?.end ?? 0), value };
    }
    case NodeKind.Import:
      return convertImport(conversion, node, start, end);
    case NodeKind.ImportFrom:
      return convertImportFrom(conversion, node, start, end);
    case NodeKind.Pass:
      return { kind: 'Pass', start, end };
    case NodeKind.Break:
      return { kind: 'Break', start, end };
    case NodeKind.Continue:
      return { kind: 'Continue', start, end };
    case NodeKind.Raise:
      return {
        kind: 'Raise', start, end, exception: node.d.expr === undefined ? undefined : convertExpression(conversion, node.d.expr),
        cause: node.d.fromExpr === undefined ? undefined : convertExpression(conversion, node.d.fromExpr),
      };
    case NodeKind.Assert:
      return {
        kind: 'Assert', start, end, test: convertExpression(conversion, node.d.testExpr),
        message: node.d.exceptionExpr === undefined ? undefined : convertExpression(conversion, node.d.exceptionExpr),
      };
    case NodeKind.Global:
    case NodeKind.Nonlocal:
      return { kind: node.nodeType === NodeKind.Global ? 'Global' : 'Nonlocal', start, end, names: node.d.targets.map((name) => name.d.value) };
    case NodeKind.Del:
      return { kind: 'Delete', start, end: conversion.toOriginal(afterComma(conversion, endOf(node))), targets: convertAll(conversion, node.d.targets) };
    case NodeKind.TypeAlias:
      return { kind: 'TypeAlias', start, end, name: convertName(conversion, node.d.name), value: convertExpression(conversion, node.d.expr) };
    case NodeKind.Error: {
      const value = convertExpression(conversion, node);
      return { kind: 'Expr', start, end, value };
    }
    default: {
      const value = convertExpression(conversion, node as ExpressionNode);
      return { kind: 'Expr', start, end: Math.max(end, value.end), value };
    }
  }
}

function convertAssignment(conversion: Conversion, node: ParseNode & { nodeType: typeof NodeKind.Assignment }, start: number, end: number): Statement {
  const { leftExpr } = node.d;
  if (leftExpr.nodeType === NodeKind.TypeAnnotation) {
    const target = convertExpression(conversion, leftExpr.d.valueExpr);
    const annotation = convertExpression(conversion, leftExpr.d.annotation);
    const value = convertExpression(conversion, node.d.rightExpr);
    return { kind: 'AnnAssign', start, end: Math.max(end, value.end), target, annotation, value };
  }
  // `a = b = c` comes as (b, (a, c)): the first target is the innermost.
  const targets: ExpressionNode[] = [leftExpr];
  let value = node.d.rightExpr;
  while (value.nodeType === NodeKind.Assignment) {
    targets.push(value.d.leftExpr);
    value = value.d.rightExpr;
  }
  targets.reverse();
  const convertedTargets = convertAll(conversion, targets);
  const convertedValue = convertExpression(conversion, value);
  const firstStart = Math.min(start, ...convertedTargets.map((target) => target.start), conversion.toOriginal(targets[0]?.start ?? node.start));
  return { kind: 'Assign', start: firstStart, end: Math.max(end, convertedValue.end), targets: convertedTargets, value: convertedValue };
}

function convertImport(conversion: Conversion, node: ImportNode, start: number, end: number): Statement {
  const names: ImportName[] = [];
  for (const { d, ...range } of node.d.list) {
    const name = d.module.d.nameParts.map((part) => part.d.value).join('.');
    names.push({
      start: conversion.toOriginal(range.start), end: conversion.toOriginal(endOf(d.alias ?? d.module)), name,
      alias: d.alias === undefined ? undefined : convertName(conversion, d.alias),
    });
  }
  return { kind: 'Import', start, end, names };
}

function convertImportFrom(conversion: Conversion, node: ImportFromNode, start: number, end: number): Statement {
  const { module, imports, isWildcardImport } = node.d;
  const parts = module.d.nameParts;
  const [first, last] = [parts[0] ?? module, parts[parts.length - 1] ?? module];
  const names: ImportName[] = imports.map((item) => ({
    start: conversion.toOriginal(item.d.name.start), end: conversion.toOriginal(endOf(item.d.alias ?? item.d.name)), name: item.d.name.d.value,
    alias: item.d.alias === undefined ? undefined : convertName(conversion, item.d.alias),
  }));
  return {
    kind: 'ImportFrom', start, end, module: parts.map((part) => part.d.value).join('.'), moduleStart: conversion.toOriginal(first.start),
    moduleEnd: conversion.toOriginal(endOf(last)), level: module.d.leadingDots, names, star: isWildcardImport,
  };
}

function convertCompound(conversion: Conversion, node: Exclude<StatementNode, StatementListNode>): Statement {
  const start = conversion.toOriginal(node.start);
  switch (node.nodeType) {
    case NodeKind.Function:
      return convertFunction(conversion, node);
    case NodeKind.Class:
      return convertClass(conversion, node);
    case NodeKind.If:
      return convertIf(conversion, node);
    case NodeKind.While: {
      const test = convertHeader(conversion, node, node.d.testExpr, node.d.whileSuite);
      const body = convertSuite(conversion, node.d.whileSuite);
      const orelse = convertSuite(conversion, node.d.elseSuite);
      return { kind: 'While', start, end: endOfBlocks(conversion, node, body, orelse), test, body, orelse };
    }
    case NodeKind.For: {
      const target = convertExpression(conversion, node.d.targetExpr);
      const iterable = convertHeader(conversion, node, node.d.iterableExpr, node.d.forSuite);
      const body = convertSuite(conversion, node.d.forSuite);
      const orelse = convertSuite(conversion, node.d.elseSuite);
      return { kind: 'For', start, end: endOfBlocks(conversion, node, body, orelse), target, iterable, body, orelse, isAsync: node.d.isAsync === true };
    }
    case NodeKind.With: {
      const items = node.d.withItems.map((item) => ({
        start: conversion.toOriginal(item.start), end: conversion.toOriginal(endOf(item)), context: convertHeader(conversion, node, item.d.expr, node.d.suite),
        target: item.d.target === undefined ? undefined : convertExpression(conversion, item.d.target),
      }));
      const body = convertSuite(conversion, node.d.suite);
      return { kind: 'With', start, end: endOfBlocks(conversion, node, body), items, body, isAsync: node.d.isAsync === true };
    }
    case NodeKind.Try:
      return convertTry(conversion, node);
    case NodeKind.Match: {
      const subject = convertExpression(conversion, node.d.expr);
      const cases = node.d.cases.map((item) => {
        const pattern = convertPattern(conversion, item.d.pattern);
        const guard = item.d.guardExpr === undefined ? undefined : convertExpression(conversion, item.d.guardExpr);
        const body = convertSuite(conversion, item.d.suite);
        return { start: conversion.toOriginal(item.start), end: endOfBlocks(conversion, item, body), pattern, guard, body };
      });
      return { kind: 'Match', start, end: cases[cases.length - 1]?.end ?? conversion.toOriginal(endOf(node)), subject, cases };
    }
    case NodeKind.TypeAlias:
      return convertSimple(conversion, node);
    case NodeKind.Error: {
      // A `def` without a name or a parameter list.
      const names = node.d.child?.nodeType === NodeKind.Name ? [node.d.child.d.value] : [];
      return { ...brokenStatement(conversion, node, []), names };
    }
  }
}

function convertSuite(conversion: Conversion, suite: SuiteNode | undefined): Statement[] {
  return suite === undefined ? [] : convertBlock(conversion, suite.d.statements);
}

function endOfBlocks(conversion: Conversion, node: Range, ...blocks: readonly (readonly Statement[])[]): number {
  for (let index = blocks.length - 1; index >= 0; index -= 1) {
    const block = blocks[index];
    const last = block?.[block.length - 1];
    if (last !== undefined) return last.end;
  }
  return conversion.toOriginal(endOf(node));
}

/** The test or iterable of a header. A mistake elsewhere in the header, such as `if x = 3:`, makes it a broken expression; a missing colon does not. */
function convertHeader(conversion: Conversion, header: Range, node: ExpressionNode, suite: SuiteNode): Expression {
  const brokenBefore = conversion.brokenCount;
  const expression = convertExpression(conversion, node);
  if (conversion.problems.length === 0 || conversion.brokenCount > brokenBefore) return expression;
  const suiteToken = tokenAt(conversion, tokenIndexFrom(conversion, suite.start));
  const end = suiteToken?.type === TokenKind.NewLine || suiteToken?.type === TokenKind.Indent ? suite.start - 1 : suite.start;
  return hasProblemBetween(conversion, header.start, end) ? brokenExpression(conversion, node.start, endOf(node), [expression]) : expression;
}

function convertIf(conversion: Conversion, node: IfNode): Statement {
  const test = convertHeader(conversion, node, node.d.testExpr, node.d.ifSuite);
  const body = convertSuite(conversion, node.d.ifSuite);
  const { elseSuite } = node.d;
  const orelse = elseSuite?.nodeType === NodeKind.If ? [convertIf(conversion, elseSuite)] : convertSuite(conversion, elseSuite);
  return { kind: 'If', start: conversion.toOriginal(node.start), end: endOfBlocks(conversion, node, body, orelse), test, body, orelse };
}

function convertTry(conversion: Conversion, node: TryNode): Statement {
  const body = convertSuite(conversion, node.d.trySuite);
  const handlers = node.d.exceptClauses.map((clause) => convertHandler(conversion, clause));
  const orelse = convertSuite(conversion, node.d.elseSuite);
  const finalbody = convertSuite(conversion, node.d.finallySuite);
  const end = endOfBlocks(conversion, node, body, handlers.flatMap((handler) => handler.body), orelse, finalbody);
  const isGroup = node.d.exceptClauses.some((clause) => clause.d.isExceptGroup);
  return { kind: 'Try', start: conversion.toOriginal(node.start), end, body, handlers, orelse, finalbody, isGroup };
}

function convertHandler(conversion: Conversion, node: ExceptNode): ExceptHandler {
  const type = node.d.typeExpr === undefined ? undefined : convertExpression(conversion, node.d.typeExpr);
  const name = node.d.name === undefined ? undefined : convertName(conversion, node.d.name);
  const body = convertSuite(conversion, node.d.exceptSuite);
  return { start: conversion.toOriginal(node.start), end: endOfBlocks(conversion, node, body), type, name, body };
}

/** The name's place in the token stream leads back to `def` or `class`: CPython's range of a definition leaves its decorators out. */
function keywordStart(conversion: Conversion, name: Range, isAsync: boolean): number {
  const index = tokenIndexFrom(conversion, name.start) - (isAsync ? 2 : 1);
  return tokenAt(conversion, index)?.start ?? name.start;
}

function convertFunction(conversion: Conversion, node: FunctionNode): Statement {
  const decorators = node.d.decorators.map((decorator) => convertExpression(conversion, decorator.d.expr));
  const parameters = convertParameters(conversion, node.d.params);
  const returns = node.d.returnAnnotation === undefined ? undefined : convertExpression(conversion, node.d.returnAnnotation);
  const name = convertName(conversion, node.d.name);
  const outerYield = conversion.sawYield;
  conversion.sawYield = false;
  const body = convertSuite(conversion, node.d.suite);
  const isGenerator = conversion.sawYield;
  conversion.sawYield = outerYield;
  return {
    kind: 'FunctionDef', start: conversion.toOriginal(keywordStart(conversion, node.d.name.d.token, node.d.isAsync)), end: endOfBlocks(conversion, node, body),
    name, parameters, body, decorators, returns, isAsync: node.d.isAsync, isGenerator,
  };
}

function convertClass(conversion: Conversion, node: ClassNode): Statement {
  const decorators = node.d.decorators.map((decorator) => convertExpression(conversion, decorator.d.expr));
  const [bases, keywords] = convertArguments(conversion, node.d.arguments);
  const body = convertSuite(conversion, node.d.suite);
  const name: Identifier = convertName(conversion, node.d.name);
  // A class without a name is Pyright's stand-in for decorators that nothing follows, or `class:`.
  if (name.text === '') return brokenStatement(conversion, node, []);
  return {
    kind: 'ClassDef', start: conversion.toOriginal(keywordStart(conversion, node.d.name.d.token, false)), end: endOfBlocks(conversion, node, body),
    name, bases, keywords, body, decorators,
  };
}
