// Shapes under an einsum equation, with ellipses, as numpy, tf and torch read it. It must not know Python values.
import { type Dim, unknownDim } from './dim.ts';
import { broadcast, broadcastDims, failure, type Shape, type ShapeConflict, type ShapeResult, shapeOf, success, unknownShape } from './shape.ts';

/** The labels of an operand before and after its ellipsis; `after` undefined where it has none. */
interface Subscripts { readonly before: readonly string[]; readonly after: readonly string[] | undefined }

interface Equation { readonly operands: readonly Subscripts[]; readonly output: Subscripts | undefined }

export function einsumShapes(equation: string, shapes: readonly Shape[]): ShapeResult {
  const parsed = parseEquation(equation);
  if (parsed === undefined) return failure({ kind: 'equation', problem: 'syntax', detail: equation });
  if (parsed.operands.length !== shapes.length) {
    return failure({ kind: 'equation', problem: 'operands', detail: String(parsed.operands.length) });
  }
  const sizes = new Map<string, Dim>();
  // Every label of an operand of unknown rank has some size; whether the ellipsis stands for axes is then unknown.
  let ellipsis: Shape = shapeOf();
  for (const [operand, subscripts] of parsed.operands.entries()) {
    const dims = shapes[operand]?.dims;
    const labels = [...subscripts.before, ...subscripts.after ?? []];
    if (dims === undefined) {
      if (subscripts.after !== undefined) ellipsis = unknownShape;
      continue;
    }
    const fits = subscripts.after === undefined ? dims.length === labels.length : dims.length >= labels.length;
    if (!fits) return failure({ kind: 'rank', operand, expected: labels.length, actual: dims.length, atLeast: subscripts.after !== undefined });
    const trailing = subscripts.after?.length ?? 0;
    if (subscripts.after !== undefined) {
      const merged = broadcast(ellipsis, { dims: dims.slice(subscripts.before.length, dims.length - trailing) });
      if (!merged.ok) return merged;
      ellipsis = merged.shape;
    }
    for (const [index, label] of labels.entries()) {
      const dim = dims[index < subscripts.before.length ? index : dims.length - labels.length + index] ?? unknownDim();
      const conflict = record(sizes, label, dim, operand);
      if (conflict !== undefined) return failure(conflict);
    }
  }
  const output = parsed.output ?? implicitOutput(parsed.operands);
  const known = new Set(parsed.operands.flatMap((subscripts) => [...subscripts.before, ...subscripts.after ?? []]));
  const outputLabels = [...output.before, ...output.after ?? []];
  for (const [index, label] of outputLabels.entries()) {
    if (!known.has(label) || outputLabels.indexOf(label) !== index) return failure({ kind: 'equation', problem: 'output-label', detail: label });
  }
  if (output.after !== undefined && ellipsis.dims === undefined) return success(unknownShape);
  const dimsOf = (labels: readonly string[]): readonly Dim[] => labels.map((label) => sizes.get(label) ?? unknownDim());
  return success({ dims: [...dimsOf(output.before), ...(output.after === undefined ? [] : ellipsis.dims ?? []), ...dimsOf(output.after ?? [])] });
}

/** Size 1 is let through beside another size: numpy and torch broadcast it. */
function record(sizes: Map<string, Dim>, label: string, dim: Dim, operand: number): ShapeConflict | undefined {
  const present = sizes.get(label);
  if (present === undefined) { sizes.set(label, dim); return undefined; }
  const merged = broadcastDims(present, dim);
  if (merged === undefined) return { kind: 'label', label, operand, left: present, right: dim };
  sizes.set(label, merged);
  return undefined;
}

function parseEquation(equation: string): Equation | undefined {
  const text = equation.split(' ').join('');
  const sides = text.split('->');
  const [inputs, output] = sides;
  if (inputs === undefined || sides.length > 2) return undefined;
  const operands = inputs.split(',').map(parseSubscripts);
  const parsedOutput = output === undefined ? undefined : parseSubscripts(output);
  if (output !== undefined && parsedOutput === undefined) return undefined;
  const complete = operands.filter((operand) => operand !== undefined);
  return complete.length === operands.length ? { operands: complete, output: parsedOutput } : undefined;
}

function parseSubscripts(text: string): Subscripts | undefined {
  const parts = text.split('...');
  if (parts.length > 2 || parts.some((part) => [...part].some((letter) => !isLetter(letter)))) return undefined;
  const [before = '', after] = parts;
  return { before: [...before], after: after === undefined ? undefined : [...after] };
}

function isLetter(character: string): boolean {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

/** Without an arrow: the ellipsis, then the labels that occur once, in alphabetical order. */
function implicitOutput(operands: readonly Subscripts[]): Subscripts {
  const labels = operands.flatMap((subscripts) => [...subscripts.before, ...subscripts.after ?? []]);
  const once = labels.filter((label) => labels.indexOf(label) === labels.lastIndexOf(label)).sort();
  return operands.some((subscripts) => subscripts.after !== undefined) ? { before: [], after: once } : { before: once, after: undefined };
}
