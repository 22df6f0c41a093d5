// Turns a shape that a text states into one of symbolic sizes. Within one table the same name is the same size.
// It must not know where the statement was read.
import type { DimExpression } from '../syntax/shapes/statement.ts';
import { addDims, type Dim, dimBounds, floorDivideDims, moduloDims, multiplyDims, subtractDims, symbol, unknownDim } from './dim.ts';
import { type Shape, unknownShape } from './shape.ts';

/** The sizes that names stand for, shared by the statements about one function. Missing names are added. */
export type NamedDims = Map<string, Dim>;

/**
 * `rank`: how many axes the shape has, where that is known from elsewhere; it says how many `...` stands for. Without it, a statement with
 * `...` has no known rank. A statement of another rank than that gives the unknown shape.
 */
export function shapeOfStatement(dims: readonly DimExpression[], names: NamedDims, rank?: number): Shape {
  const ellipses = dims.filter((dim) => dim.kind === 'ellipsis').length;
  if (ellipses > 1 || (ellipses === 1 && rank === undefined)) return unknownShape;
  const missing = (rank ?? dims.length) - (dims.length - ellipses);
  if (missing < 0 || (ellipses === 0 && missing > 0)) return unknownShape;
  return { dims: dims.flatMap((dim) => (dim.kind === 'ellipsis' ? Array.from({ length: missing }, () => unknownDim()) : [dimOfExpression(dim, names)])) };
}

export function dimOfExpression(expression: DimExpression, names: NamedDims): Dim {
  switch (expression.kind) {
    case 'number': return expression.value;
    case 'name': {
      const present = names.get(expression.name);
      if (present !== undefined) return present;
      const made = symbol(expression.name);
      names.set(expression.name, made);
      return made;
    }
    case 'operation': {
      const size = operate(expression.operator, dimOfExpression(expression.left, names), dimOfExpression(expression.right, names));
      // No axis has a negative size: an expression that can only be negative was no size.
      return dimBounds(size).high < 0 ? unknownDim() : size;
    }
    case 'unknown': case 'ellipsis': return unknownDim();
  }
}

const largestExponent = 6;

function operate(operator: '+' | '-' | '*' | '//' | '%' | '**', left: Dim, right: Dim): Dim {
  switch (operator) {
    case '+': return addDims(left, right);
    case '-': return subtractDims(left, right);
    case '*': return multiplyDims(left, right);
    case '//': return floorDivideDims(left, right);
    case '%': return moduloDims(left, right);
    case '**':
      if (typeof left === 'number' && typeof right === 'number' && right >= 0) return Number.isSafeInteger(left ** right) ? left ** right : unknownDim();
      if (typeof right !== 'number' || right < 0 || right > largestExponent) return unknownDim();
      return multiplyDims(...Array.from({ length: right }, () => left));
  }
}
