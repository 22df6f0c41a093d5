// The names that statements and targets bind, read off the tree alone. It must not know scopes or values.
import type { Expression, Pattern, Statement } from './ast.ts';

/** The names that the statements may bind in their own scope, in order of appearance, each once. Bodies of functions and classes are other scopes. */
export function boundNames(statements: readonly Statement[]): string[] {
  const names = new Set<string>();
  for (const statement of statements) addStatement(names, statement);
  return [...names];
}

/** The names that a target such as `a, (b, *c)` binds. Attributes and items bind none. */
export function targetNames(target: Expression): string[] {
  const names = new Set<string>();
  addTarget(names, target);
  return [...names];
}

function addAll(names: Set<string>, statements: readonly Statement[]): void {
  for (const statement of statements) addStatement(names, statement);
}

function addStatement(names: Set<string>, statement: Statement): void {
  switch (statement.kind) {
    case 'FunctionDef':
    case 'ClassDef':
      names.add(statement.name.text);
      break;
    case 'Assign':
      for (const target of statement.targets) addTarget(names, target);
      addWalrus(names, statement.value);
      break;
    case 'AugAssign':
      addTarget(names, statement.target);
      addWalrus(names, statement.value);
      break;
    case 'AnnAssign':
      if (statement.value !== undefined) {
        addTarget(names, statement.target);
        addWalrus(names, statement.value);
      }
      break;
    case 'Delete':
      for (const target of statement.targets) addTarget(names, target);
      break;
    case 'For':
      addTarget(names, statement.target);
      addWalrus(names, statement.iterable);
      addAll(names, statement.body);
      addAll(names, statement.orelse);
      break;
    case 'While':
    case 'If':
      addWalrus(names, statement.test);
      addAll(names, statement.body);
      addAll(names, statement.orelse);
      break;
    case 'With':
      for (const item of statement.items) {
        addWalrus(names, item.context);
        if (item.target !== undefined) addTarget(names, item.target);
      }
      addAll(names, statement.body);
      break;
    case 'Match':
      addWalrus(names, statement.subject);
      for (const matchCase of statement.cases) {
        addPattern(names, matchCase.pattern);
        if (matchCase.guard !== undefined) addWalrus(names, matchCase.guard);
        addAll(names, matchCase.body);
      }
      break;
    case 'Try':
      addAll(names, statement.body);
      for (const handler of statement.handlers) {
        if (handler.name !== undefined) names.add(handler.name.text);
        addAll(names, handler.body);
      }
      addAll(names, statement.orelse);
      addAll(names, statement.finalbody);
      break;
    case 'Import':
      for (const { name, alias } of statement.names) names.add(alias?.text ?? name.split('.')[0] ?? name);
      break;
    case 'ImportFrom':
      for (const { name, alias } of statement.names) names.add(alias?.text ?? name);
      break;
    case 'TypeAlias':
      names.add(statement.name.text);
      break;
    case 'Broken':
      for (const name of statement.names) names.add(name);
      break;
    case 'Expr':
      addWalrus(names, statement.value);
      break;
    case 'Return':
      if (statement.value !== undefined) addWalrus(names, statement.value);
      break;
    case 'Assert':
      addWalrus(names, statement.test);
      break;
    case 'Raise':
    case 'Global':
    case 'Nonlocal':
    case 'Pass':
    case 'Break':
    case 'Continue':
      break;
  }
}

function addTarget(names: Set<string>, target: Expression): void {
  if (target.kind === 'Name') names.add(target.id);
  else if (target.kind === 'Starred') addTarget(names, target.value);
  else if (target.kind === 'Tuple' || target.kind === 'List') for (const element of target.elements) addTarget(names, element);
  else if (target.kind === 'BrokenExpression') for (const child of target.children) addTarget(names, child);
}

function addPattern(names: Set<string>, pattern: Pattern): void {
  switch (pattern.kind) {
    case 'MatchSequence':
    case 'MatchOr':
      for (const part of pattern.patterns) addPattern(names, part);
      break;
    case 'MatchMapping':
      for (const part of pattern.patterns) addPattern(names, part);
      if (pattern.rest !== undefined) names.add(pattern.rest);
      break;
    case 'MatchClass':
      for (const part of [...pattern.patterns, ...pattern.keywordPatterns]) addPattern(names, part);
      break;
    case 'MatchStar':
      if (pattern.name !== undefined) names.add(pattern.name);
      break;
    case 'MatchAs':
      if (pattern.pattern !== undefined) addPattern(names, pattern.pattern);
      if (pattern.name !== undefined) names.add(pattern.name);
      break;
    case 'MatchValue':
    case 'MatchSingleton':
      break;
  }
}

/** `:=` binds in the enclosing function even from within a comprehension, but not from within a lambda. */
function addWalrus(names: Set<string>, expression: Expression): void {
  if (expression.kind === 'NamedExpr') names.add(expression.target.id);
  for (const child of childExpressions(expression)) addWalrus(names, child);
}

/** The expressions directly inside an expression, in source order; a lambda counts as a leaf. */
export function childExpressions(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'BoolOp': return expression.values;
    case 'NamedExpr': return [expression.target, expression.value];
    case 'BinOp': return [expression.left, expression.right];
    case 'UnaryOp': return [expression.operand];
    case 'IfExp': return [expression.body, expression.test, expression.orelse];
    case 'Dict': return [...expression.keys.filter((key) => key !== undefined), ...expression.values];
    case 'Set':
    case 'List':
    case 'Tuple': return expression.elements;
    case 'ListComp':
    case 'SetComp':
    case 'GeneratorExp': return [expression.element, ...expression.generators.flatMap((part) => [part.target, part.iterable, ...part.conditions])];
    case 'DictComp': return [expression.key, expression.value, ...expression.generators.flatMap((part) => [part.target, part.iterable, ...part.conditions])];
    case 'Await':
    case 'YieldFrom':
    case 'Starred': return [expression.value];
    case 'Yield': return expression.value === undefined ? [] : [expression.value];
    case 'Compare': return [expression.left, ...expression.comparators];
    case 'Call': return [expression.callee, ...expression.args, ...expression.keywords.map((keyword) => keyword.value)];
    case 'JoinedStr': return expression.parts.filter((part) => typeof part !== 'string').flatMap((part) => part.format === undefined ? [part.value] : [part.value, part.format]);
    case 'Attribute': return [expression.object];
    case 'Subscript': return [expression.object, expression.index];
    case 'Slice': return [expression.lower, expression.upper, expression.step].filter((part) => part !== undefined);
    case 'BrokenExpression': return expression.children;
    case 'Lambda':
    case 'Constant':
    case 'Name': return [];
  }
}
