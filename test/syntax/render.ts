// Writes a syntax tree as short text, so that test cases can state the tree they expect. Ranges are tested elsewhere.
import type { Comprehension, Expression, FormattedValue, Keyword, Parameters, Pattern, Statement } from '../../server/syntax/ast.ts';
import { parsePython } from '../../server/syntax/python.ts';

/** The statements of a text, each on a line of its own; blocks stand in braces. */
export function render(text: string): string {
  return parsePython(text).module.body.map(renderStatement).join('\n');
}

function block(statements: readonly Statement[]): string {
  return `{${statements.map(renderStatement).join('; ')}}`;
}

function optional(prefix: string, node: Expression | undefined): string {
  return node === undefined ? '' : `${prefix}${renderExpression(node)}`;
}

export function renderStatement(node: Statement): string {
  switch (node.kind) {
    case 'FunctionDef': {
      const decorators = node.decorators.map((decorator) => `@${renderExpression(decorator)} `).join('');
      const head = `${node.isAsync ? 'async ' : ''}def${node.isGenerator ? '*' : ''} ${node.name.text}(${renderParameters(node.parameters)})`;
      return `${decorators}${head}${optional(' -> ', node.returns)} ${block(node.body)}`;
    }
    case 'ClassDef': {
      const decorators = node.decorators.map((decorator) => `@${renderExpression(decorator)} `).join('');
      return `${decorators}class ${node.name.text}(${renderArguments(node.bases, node.keywords)}) ${block(node.body)}`;
    }
    case 'Return': return `return${optional(' ', node.value)}`;
    case 'Delete': return `del ${all(node.targets)}`;
    case 'Assign': return `${node.targets.map((target) => `${renderExpression(target)} = `).join('')}${renderExpression(node.value)}`;
    case 'AugAssign': return `${renderExpression(node.target)} ${node.operator}= ${renderExpression(node.value)}`;
    case 'AnnAssign': return `${renderExpression(node.target)}: ${renderExpression(node.annotation)}${optional(' = ', node.value)}`;
    case 'For': return `${node.isAsync ? 'async ' : ''}for ${renderExpression(node.target)} in ${renderExpression(node.iterable)} ${block(node.body)}${orelse(node.orelse)}`;
    case 'While': return `while ${renderExpression(node.test)} ${block(node.body)}${orelse(node.orelse)}`;
    case 'If': return `if ${renderExpression(node.test)} ${block(node.body)}${orelse(node.orelse)}`;
    case 'With': return `${node.isAsync ? 'async ' : ''}with ${node.items.map((item) => `${renderExpression(item.context)}${optional(' as ', item.target)}`).join(', ')} ${block(node.body)}`;
    case 'Match': return `match ${renderExpression(node.subject)} {${node.cases.map((item) => `case ${renderPattern(item.pattern)}${optional(' if ', item.guard)} ${block(item.body)}`).join('; ')}}`;
    case 'Raise': return `raise${optional(' ', node.exception)}${optional(' from ', node.cause)}`;
    case 'Try': {
      const handlers = node.handlers.map((handler) => ` except${node.isGroup ? '*' : ''}${optional(' ', handler.type)}${handler.name ? ` as ${handler.name.text}` : ''} ${block(handler.body)}`);
      return `try ${block(node.body)}${handlers.join('')}${orelse(node.orelse)}${node.finalbody.length > 0 ? ` finally ${block(node.finalbody)}` : ''}`;
    }
    case 'Assert': return `assert ${renderExpression(node.test)}${optional(', ', node.message)}`;
    case 'Import': return `import ${node.names.map((name) => `${name.name}${name.alias ? ` as ${name.alias.text}` : ''}`).join(', ')}`;
    case 'ImportFrom': return `from ${'.'.repeat(node.level)}${node.module} import ${node.star ? '*' : node.names.map((name) => `${name.name}${name.alias ? ` as ${name.alias.text}` : ''}`).join(', ')}`;
    case 'Global': return `global ${node.names.join(', ')}`;
    case 'Nonlocal': return `nonlocal ${node.names.join(', ')}`;
    case 'Expr': return renderExpression(node.value);
    case 'Pass': return 'pass';
    case 'Break': return 'break';
    case 'Continue': return 'continue';
    case 'TypeAlias': return `type ${node.name.text} = ${renderExpression(node.value)}`;
    case 'Broken': return `<broken ${node.names.join(' ')}>`;
  }
}

function orelse(statements: readonly Statement[]): string {
  return statements.length > 0 ? ` else ${block(statements)}` : '';
}

function all(nodes: readonly Expression[]): string {
  return nodes.map(renderExpression).join(', ');
}

function renderArguments(args: readonly Expression[], keywords: readonly Keyword[]): string {
  return [...args.map(renderExpression), ...keywords.map((keyword) => `${keyword.name === undefined ? '**' : `${keyword.name.text}=`}${renderExpression(keyword.value)}`)].join(', ');
}

function renderParameters(parameters: Parameters): string {
  const marks = { 'positional-only': '/', 'positional-or-keyword': '', 'keyword-only': '!', star: '*', 'double-star': '**' };
  return parameters.all.map((parameter) => `${marks[parameter.kind]}${parameter.name.text}${optional(': ', parameter.annotation)}${optional('=', parameter.default)}`).join(', ');
}

function renderGenerators(generators: readonly Comprehension[]): string {
  return generators
    .map((part) => ` ${part.isAsync ? 'async ' : ''}for ${renderExpression(part.target)} in ${renderExpression(part.iterable)}${part.conditions.map((condition) => ` if ${renderExpression(condition)}`).join('')}`)
    .join('');
}

function renderPart(part: string | FormattedValue): string {
  if (typeof part === 'string') return JSON.stringify(part);
  return `{${renderExpression(part.value)}${part.conversion ? `!${part.conversion}` : ''}${part.format ? `:${part.format.parts.map(renderPart).join('')}` : ''}}`;
}

/** Every operation in parentheses, so that precedence shows. */
export function renderExpression(node: Expression): string {
  switch (node.kind) {
    case 'BoolOp': return `(${node.values.map(renderExpression).join(` ${node.operator} `)})`;
    case 'NamedExpr': return `(${node.target.id} := ${renderExpression(node.value)})`;
    case 'BinOp': return `(${renderExpression(node.left)} ${node.operator} ${renderExpression(node.right)})`;
    case 'UnaryOp': return `(${node.operator} ${renderExpression(node.operand)})`;
    case 'Lambda': return `(lambda ${renderParameters(node.parameters)}: ${renderExpression(node.body)})`;
    case 'IfExp': return `(${renderExpression(node.body)} if ${renderExpression(node.test)} else ${renderExpression(node.orelse)})`;
    case 'Dict': return `{${node.keys.map((key, index) => { const value = node.values[index]; return `${key === undefined ? '**' : `${renderExpression(key)}: `}${value === undefined ? '?' : renderExpression(value)}`; }).join(', ')}}`;
    case 'Set': return `{${all(node.elements)}}`;
    case 'ListComp': return `[${renderExpression(node.element)}${renderGenerators(node.generators)}]`;
    case 'SetComp': return `{${renderExpression(node.element)}${renderGenerators(node.generators)}}`;
    case 'DictComp': return `{${renderExpression(node.key)}: ${renderExpression(node.value)}${renderGenerators(node.generators)}}`;
    case 'GeneratorExp': return `(${renderExpression(node.element)}${renderGenerators(node.generators)})`;
    case 'Await': return `(await ${renderExpression(node.value)})`;
    case 'Yield': return `(yield${optional(' ', node.value)})`;
    case 'YieldFrom': return `(yield from ${renderExpression(node.value)})`;
    case 'Compare': return `(${renderExpression(node.left)}${node.operators.map((operator, index) => { const right = node.comparators[index]; return ` ${operator} ${right === undefined ? '?' : renderExpression(right)}`; }).join('')})`;
    case 'Call': return `${renderExpression(node.callee)}(${renderArguments(node.args, node.keywords)})`;
    case 'JoinedStr': return `f[${node.parts.map(renderPart).join(' ')}]`;
    case 'Constant': return renderConstant(node.value, node.isFloat);
    case 'Attribute': return `${renderExpression(node.object)}.${node.name.text}`;
    case 'Subscript': return `${renderExpression(node.object)}[${renderExpression(node.index)}]`;
    case 'Starred': return `*${renderExpression(node.value)}`;
    case 'Name': return node.id;
    case 'List': return `[${all(node.elements)}]`;
    case 'Tuple': return `(${all(node.elements)}${node.elements.length === 1 ? ',' : ''})`;
    case 'Slice': return `${optional('', node.lower)}:${optional('', node.upper)}${optional(':', node.step)}`;
    case 'BrokenExpression': return `<${all(node.children)}>`;
  }
}

function renderConstant(value: (Expression & { kind: 'Constant' })['value'], isFloat: boolean): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return isFloat ? `float ${value}` : String(value);
  if ('ellipsis' in value) return '...';
  if ('bytes' in value) return `b${JSON.stringify(value.bytes)}`;
  if ('bigint' in value) return `big ${value.bigint}`;
  return `${value.imaginary}j`;
}

function renderPattern(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'MatchValue': return renderExpression(pattern.value);
    case 'MatchSingleton': return String(pattern.value);
    case 'MatchSequence': return `[${pattern.patterns.map(renderPattern).join(', ')}]`;
    case 'MatchMapping': return `{${pattern.keys.map((key, index) => { const value = pattern.patterns[index]; return `${renderExpression(key)}: ${value === undefined ? '?' : renderPattern(value)}`; }).join(', ')}${pattern.rest === undefined ? '' : ` **${pattern.rest}`}}`;
    case 'MatchClass': return `${renderExpression(pattern.cls)}(${[...pattern.patterns.map(renderPattern), ...pattern.keywordNames.map((name, index) => { const value = pattern.keywordPatterns[index]; return `${name}=${value === undefined ? '?' : renderPattern(value)}`; })].join(', ')})`;
    case 'MatchStar': return `*${pattern.name ?? '_'}`;
    case 'MatchAs': return pattern.pattern === undefined ? (pattern.name ?? '_') : `(${renderPattern(pattern.pattern)} as ${pattern.name ?? '_'})`;
    case 'MatchOr': return `(${pattern.patterns.map(renderPattern).join(' | ')})`;
  }
}
