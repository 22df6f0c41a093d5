// What a run demands of sizes that it does not know: `Linear(400, …)` behind a flatten says that 16·h·w is 400. Inputs that nobody
// states are solved from these. It must not know modules.
import type { SizeEquation } from '../../tensors/solve.ts';
import { isKnown, type Dim } from '../../tensors/dim.ts';
import type { Shape } from '../../tensors/shape.ts';
import type { Layer } from '../../trace/trace.ts';
import { defineRunState } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import { failRecorders, registerReplayedState } from '../../values/recorder.ts';

export interface Demand extends SizeEquation {
  /** The module that demands it, for "inferred from fc1". */
  readonly layer: Layer | undefined;
}

const demands = defineRunState<{ found: Demand[] | undefined }>(() => ({ found: undefined }));

registerReplayedState({ conditions: (interpreter) => [demands(interpreter).found === undefined] });

/** Says that a size must equal another for the program to work. Kept only while someone collects. */
export function demandEqual(interpreter: Interpreter, left: Dim, right: Dim, layer: Layer | undefined): void {
  if (isKnown(left) && isKnown(right)) return;
  const { found } = demands(interpreter);
  if (found === undefined) return;
  failRecorders('demands something of sizes');
  found.push({ left, right, layer });
}

/** Runs `body` and gives what it demanded. */
export function collectDemands<T>(interpreter: Interpreter, body: () => T): { readonly result: T; readonly demands: readonly Demand[] } {
  const state = demands(interpreter);
  const outer = state.found;
  const found: Demand[] = [];
  state.found = found;
  try {
    return { result: body(), demands: found };
  } finally {
    state.found = outer;
  }
}

/** Says that two shapes agree from the last axis on, but for sizes that are 1 and the axis along which they are joined. */
export function demandSame(
  context: { readonly interpreter: Interpreter; readonly layer?: Layer | undefined },
  left: Shape,
  right: Shape,
  joined?: number,
): void {
  if (demands(context.interpreter).found === undefined || left.dims === undefined || right.dims === undefined) return;
  const rank = Math.min(left.dims.length, right.dims.length);
  for (let back = 1; back <= rank; back += 1) {
    const [one, other] = [left.dims[left.dims.length - back], right.dims[right.dims.length - back]];
    if (one === undefined || other === undefined || one === other || one === 1 || other === 1) continue;
    if (joined !== undefined && (joined === -back || joined === left.dims.length - back)) continue;
    demandEqual(context.interpreter, one, other, context.layer);
  }
}
