// What products cost, for the summary: multiply-adds are counted where a program takes a product itself, in the layer call that is going on.
// Layers with a declared cost say it themselves. It must not know any library.
import { addDims, type Dim, multiplyDims, unknownDim } from '../../tensors/dim.ts';
import type { Shape } from '../../tensors/shape.ts';
import type { Interpreter } from '../../values/interpreter.ts';

/** A product in which each element of the result sums up so many terms: `elements × terms` multiply-adds. */
export function countMultiplyAdds({ interpreter }: { readonly interpreter: Interpreter }, result: Shape | undefined, ...terms: readonly (Dim | undefined)[]): void {
  const call = interpreter.isRecording ? interpreter.trace.openCalls.at(-1) : undefined;
  if (call === undefined) return;
  const known = result?.dims !== undefined && terms.every((term) => term !== undefined);
  const cost = known ? multiplyDims(...(result.dims ?? []), ...terms.map((term) => term ?? 1)) : unknownDim();
  call.operationMultiplyAdds = addDims(call.operationMultiplyAdds ?? 0, cost);
}
