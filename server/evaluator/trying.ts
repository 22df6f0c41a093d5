// Trying something out: what it refuses is collected, and what it records is thrown away or, of a rehearsal, kept if that is wanted then.
// It must not know any library.
import type { Layer, LayerCall } from '../trace/trace.ts';
import type { RefusalInput } from '../values/interpreter.ts';
import { Stopped } from './errors.ts';
import type { Rehearsal, Run } from './run.ts';

export function quietly<T>(run: Run, body: () => T): { readonly result: T; readonly refusals: readonly RefusalInput[] } {
  const { quiet, rehearsal } = run;
  const collected: RefusalInput[] = [];
  run.quiet = collected;
  run.rehearsal = undefined;
  const { values, calls, events } = run.trace;
  const lengths = { values: values.length, calls: calls.length, events: events.length };
  try {
    return { result: body(), refusals: collected };
  } finally {
    run.quiet = quiet;
    run.rehearsal = rehearsal;
    values.length = Math.min(values.length, lengths.values);
    calls.length = Math.min(calls.length, lengths.calls);
    events.length = Math.min(events.length, lengths.events);
  }
}

export function rehearse<T>(run: Run, body: () => T): { readonly result: T; readonly refusals: readonly RefusalInput[]; readonly keep: () => boolean } {
  const { quiet, rehearsal: outer } = run;
  // Within something that is tried out nothing is kept.
  if (quiet !== undefined) return { ...quietly(run, body), keep: () => false };
  const collected: RefusalInput[] = [];
  const rehearsal: Rehearsal = { isFaithful: true, recorded: [] };
  run.quiet = collected;
  run.rehearsal = rehearsal;
  const before = lengthsOf(run);
  let recorded: ReturnType<typeof undo> | undefined;
  try {
    const result = body();
    run.quiet = quiet;
    run.rehearsal = outer;
    recorded = undo(run, rehearsal, before);
    const kept = recorded;
    return {
      result, refusals: collected,
      keep: () => {
        if (!rehearsal.isFaithful || lengthsOf(run).some((length, at) => length !== before[at])) return false;
        redo(run, rehearsal, kept);
        return true;
      },
    };
  } finally {
    run.quiet = quiet;
    run.rehearsal = outer;
    if (recorded === undefined) undo(run, rehearsal, before);
  }
}

/** The lists that a run appends to. */
function listsOf(run: Run): readonly unknown[][] {
  const { values, calls, events, losses } = run.trace;
  return [values, calls, events, losses];
}

function lengthsOf(run: Run): readonly number[] { return listsOf(run).map((list) => list.length); }

/** Takes what a rehearsal recorded out of the trace. */
function undo(run: Run, rehearsal: Rehearsal, before: readonly number[]): { readonly parts: readonly (readonly unknown[])[]; readonly byLayer: ReadonlyMap<Layer, readonly LayerCall[]> } {
  const calls = run.trace.calls.slice(before[1]);
  const own = new Set(calls);
  const byLayer = new Map<Layer, readonly LayerCall[]>();
  for (const { layer } of calls) {
    if (byLayer.has(layer)) continue;
    const ended = layer.calls.filter((call) => own.has(call));
    byLayer.set(layer, ended);
    layer.calls.length -= ended.length;
  }
  for (const { byNode, node } of rehearsal.recorded.toReversed()) {
    const values = byNode.get(node);
    values?.pop();
    if (values?.length === 0) byNode.delete(node);
  }
  const parts = listsOf(run).map((list, at) => list.splice(Math.min(list.length, before[at] ?? 0)));
  return { parts, byLayer };
}

function redo(run: Run, rehearsal: Rehearsal, recorded: ReturnType<typeof undo>): void {
  for (const [at, list] of listsOf(run).entries()) for (const one of recorded.parts[at] ?? []) list.push(one);
  for (const [layer, calls] of recorded.byLayer) layer.calls.push(...calls);
  for (const { byNode, node, value } of rehearsal.recorded) {
    const values = byNode.get(node);
    if (values === undefined) byNode.set(node, [value]);
    else values.push(value);
  }
}

export function untilStopped<T>(run: Run, body: (stop: () => never) => T): { readonly result: T } | undefined {
  const depths = { frames: run.frames.length, places: run.callPlaces.length, tries: run.tries.length, uncertain: run.uncertain };
  const stopped = new Stopped();
  try {
    return { result: body(() => { throw stopped; }) };
  } catch (error) {
    if (error !== stopped) throw error;
    run.frames.length = depths.frames;
    run.callPlaces.length = depths.places;
    run.tries.length = depths.tries;
    run.uncertain = depths.uncertain;
    return undefined;
  }
}
