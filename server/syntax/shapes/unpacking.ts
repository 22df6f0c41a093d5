// Shapes that a function's first statements take apart: `b, c, h, w = x.shape`, `n, d = x.size()`, `h, w = x.shape[-2:]`, `assert x.dim() == 4`,
// and the left side of `rearrange(x, 'b c (h p) w -> …')`. Names of sizes and the number of axes, read off the tree. It must not know values.
import type { Expression, Statement } from '../ast.ts';
import { boundNames } from '../names.ts';
import { anyAxes, type DimExpression, type ShapeStatement, unknownSize } from './statement.ts';
import { cutTokens } from './tokens.ts';

const einopsFunctions = new Set(['rearrange', 'reduce', 'repeat']);

/** The first such statement for each of the names, as long as the name still holds what was passed in. */
export function unpackedShapes(statements: readonly Statement[], names: ReadonlySet<string>): ReadonlyMap<string, ShapeStatement> {
  const found = new Map<string, ShapeStatement>();
  const open = new Set(names);
  for (const statement of statements) {
    const seen = readStatement(statement, open) ?? (statement.kind === 'FunctionDef' || statement.kind === 'ClassDef' ? undefined : firstPattern(statement, open));
    // A partial statement, such as `h, w = x.shape[-2:]`, gives way to a whole one.
    if (seen !== undefined && !(found.has(seen.name) && (isPartial(seen.shape) || !isPartial(found.get(seen.name))))) found.set(seen.name, seen.shape);
    for (const name of boundNames([statement])) open.delete(name);
    if (open.size === 0) break;
  }
  return found;
}

interface Seen { readonly name: string; readonly shape: ShapeStatement }

function isPartial(shape: ShapeStatement | undefined): boolean {
  return shape === undefined || shape.dims.some((dim) => dim.kind === 'ellipsis');
}

function readStatement(statement: Statement, names: ReadonlySet<string>): Seen | undefined {
  if (statement.kind === 'Assert') return readAssertion(statement.test, names);
  if (statement.kind !== 'Assign') return undefined;
  const [target] = statement.targets;
  if (target === undefined || (target.kind !== 'Tuple' && target.kind !== 'List')) return undefined;
  const dims = target.elements.map(readTarget);
  const direct = shapeOwner(statement.value, names);
  const at = { start: statement.start, end: statement.end };
  if (direct !== undefined) return { name: direct, shape: stated(dims, at) };
  // `h, w = x.shape[-2:]` says nothing of the axes before, `b, t = x.shape[:2]` nothing of those behind.
  if (statement.value.kind !== 'Subscript' || statement.value.index.kind !== 'Slice') return undefined;
  const owner = shapeOwner(statement.value.object, names);
  const { lower, upper, step } = statement.value.index;
  if (owner === undefined || step !== undefined || dims.some((dim) => dim.kind === 'ellipsis')) return undefined;
  const first = lower === undefined ? 0 : integer(lower);
  const last = upper === undefined ? undefined : integer(upper);
  if (first === undefined || (upper !== undefined && last === undefined)) return undefined;
  if (upper === undefined && first < 0 && -first === dims.length) return { name: owner, shape: stated([anyAxes, ...dims], at) };
  if (upper === undefined && first >= 0) return { name: owner, shape: stated([...Array.from({ length: first }, () => unknownSize), ...dims], at) };
  if (last !== undefined && last > 0 && first === 0 && last === dims.length) return { name: owner, shape: stated([...dims, anyAxes], at) };
  return undefined;
}

function stated(dims: readonly DimExpression[], at: { readonly start: number; readonly end: number }): ShapeStatement {
  return { dims, role: 'input', ...at, brackets: 'none' };
}

function readTarget(target: Expression): DimExpression {
  if (target.kind === 'Starred') return anyAxes;
  return target.kind === 'Name' && !target.id.startsWith('_') ? { kind: 'name', name: target.id } : unknownSize;
}

/** The name in `x.shape`, `x.size()` and `tf.shape`-free kin. */
function shapeOwner(value: Expression, names: ReadonlySet<string>): string | undefined {
  const attribute = value.kind === 'Call' && value.args.length === 0 && value.keywords.length === 0 ? value.callee : value;
  if (attribute.kind !== 'Attribute' || attribute.object.kind !== 'Name' || !names.has(attribute.object.id)) return undefined;
  return attribute.name.text === (value.kind === 'Call' ? 'size' : 'shape') ? attribute.object.id : undefined;
}

function integer(expression: Expression): number | undefined {
  if (expression.kind === 'UnaryOp' && expression.operator === '-') {
    const value = integer(expression.operand);
    return value === undefined ? undefined : -value;
  }
  return expression.kind === 'Constant' && typeof expression.value === 'number' && !expression.isFloat ? expression.value : undefined;
}

/** `assert x.dim() == 4`, `x.ndim == 4`, `len(x.shape) == 4`. */
function readAssertion(test: Expression, names: ReadonlySet<string>): Seen | undefined {
  if (test.kind !== 'Compare' || test.operators.length !== 1 || test.operators[0] !== '==') return undefined;
  const rank = test.comparators[0] === undefined ? undefined : integer(test.comparators[0]);
  const name = rankOwner(test.left, names);
  if (name === undefined || rank === undefined || rank < 0 || rank > 12) return undefined;
  return { name, shape: stated(Array.from({ length: rank }, () => unknownSize), { start: test.start, end: test.end }) };
}

function rankOwner(left: Expression, names: ReadonlySet<string>): string | undefined {
  if (left.kind === 'Call' && left.callee.kind === 'Name' && left.callee.id === 'len') {
    const [argument] = left.args;
    return argument === undefined ? undefined : shapeOwner(argument, names);
  }
  const attribute = left.kind === 'Call' ? left.callee : left;
  if (attribute.kind !== 'Attribute' || attribute.object.kind !== 'Name' || !names.has(attribute.object.id)) return undefined;
  return attribute.name.text === 'ndim' || (left.kind === 'Call' && (attribute.name.text === 'dim' || attribute.name.text === 'ndimension')) ? attribute.object.id : undefined;
}

/** The first call of einops on one of the names, however deep in the statement. */
function firstPattern(thing: unknown, names: ReadonlySet<string>): Seen | undefined {
  if (Array.isArray(thing)) {
    for (const item of thing) {
      const seen = firstPattern(item, names);
      if (seen !== undefined) return seen;
    }
    return undefined;
  }
  if (typeof thing !== 'object' || thing === null) return undefined;
  const node = thing as Expression;
  if (node.kind === 'Call') {
    const callee = node.callee.kind === 'Name' ? node.callee.id : node.callee.kind === 'Attribute' ? node.callee.name.text : '';
    const [tensor, pattern] = node.args;
    if (einopsFunctions.has(callee) && tensor?.kind === 'Name' && names.has(tensor.id) && pattern?.kind === 'Constant' && typeof pattern.value === 'string') {
      const dims = patternDims(pattern.value);
      if (dims !== undefined) return { name: tensor.id, shape: stated(dims, { start: pattern.start, end: pattern.end }) };
    }
  }
  // Bodies of nested statements may rebind the name before.
  return firstPattern(Object.entries(node).filter(([key]) => !['body', 'orelse', 'finalbody', 'handlers', 'cases'].includes(key)).map(([, value]) => value), names);
}

/** Axes between spaces; brackets hold what is multiplied. */
function patternDims(pattern: string): readonly DimExpression[] | undefined {
  const arrow = pattern.indexOf('->');
  if (arrow < 0) return undefined;
  const dims: DimExpression[] = [];
  let product: DimExpression[] | undefined;
  for (const { kind, text } of cutTokens(pattern, 0, arrow)) {
    if (text === '(' && product === undefined) product = [];
    else if (text === ')' && product !== undefined) {
      dims.push(product.reduce((left, right) => ({ kind: 'operation', operator: '*', left, right }), product.shift() ?? { kind: 'number', value: 1 }));
      product = undefined;
    } else {
      const dim: DimExpression | undefined = text === '...' ? anyAxes : text === '_' ? unknownSize : kind === 'word' ? { kind: 'name', name: text } : kind === 'number' ? { kind: 'number', value: Number(text) } : undefined;
      if (dim === undefined) return undefined;
      (product ?? dims).push(dim);
    }
  }
  return product === undefined ? dims : undefined;
}
