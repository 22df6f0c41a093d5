// Reuse of equal calls: what the construction of an object of a class, or the call of a module, came to is recorded, and an equal one is given
// copies of it instead of being run. It must not know any library.
//
// A recording holds only where what the call did hangs on its arguments alone, everything that they lead to included, and on names that are
// still worth the same; and where it changed nothing but what came into being in it, the trace, and what is noted (values/recorder.ts).
// Everything else is run again. Steps are counted as if it had been run, so that loops are cut at the same pass.
import type { Layer, LayerCall, ValueRecord } from '../trace/trace.ts';
import { countAnonymous } from '../tensors/polynomial.ts';
import type { CallArguments } from '../values/arguments.ts';
import type { PlaceMap } from '../values/copier.ts';
import { Copier, Matcher, NotCopied } from '../values/copier.ts';
import { lastScopeBirth } from '../values/heap.ts';
import type { Place, SourceFile } from '../values/place.ts';
import { samePlace } from '../values/place.ts';
import { lastOperation, reserveOperations } from '../values/provenance.ts';
import type { NotedValue, Recorder } from '../values/recorder.ts';
import { definitionsChanged, noteEffect, noteRead, recorders, replayedStates } from '../values/recorder.ts';
import type { Value } from '../values/value.ts';
import { lastInstanceId, none, reserveInstanceIds } from '../values/value.ts';
import { markReceived } from './expressions.ts';
import { isLibrarySource } from './module-finder.ts';
import { recordAgain } from './recording.ts';
import type { Run } from './run.ts';
import { step } from './run.ts';

/** A call that may equal an earlier one. `key`: what is called; `kind`: in which way, and where it is shown. */
export interface ReusableCall {
  readonly key: object;
  readonly kind: string;
  readonly args: CallArguments;
  readonly place: Place;
}

/** What a call hangs on besides its arguments. */
interface Circumstances {
  readonly kind: string;
  readonly place: Place;
  readonly outer: readonly Place[];
  readonly source: SourceFile | undefined;
  readonly parent: LayerCall | undefined;
  readonly definitions: number;
  readonly state: readonly unknown[];
}

interface Counts { readonly instances: number; readonly operations: number; readonly calls: number; readonly layers: number; readonly steps: number }

interface Recording {
  readonly circumstances: Circumstances;
  readonly args: CallArguments;
  readonly before: Counts;
  readonly made: Counts;
  readonly reads: Recorder['reads'];
  readonly result: Value;
  readonly layers: readonly Layer[];
  readonly calls: readonly LayerCall[];
  /** The calls of each layer, in the order in which they ended. */
  readonly byLayer: readonly (readonly [Layer, readonly LayerCall[]])[];
  /** Layers whose models stand in the trace. */
  readonly models: readonly Layer[];
  readonly values: readonly NotedValue[];
  readonly received: readonly Value[];
  readonly effects: Recorder['effects'];
  readonly states: readonly ((replayed: Copier) => void)[];
  readonly losesFaith: boolean;
  /** Nothing in it stands for a thing of the program, but for the places that its call is made from: it holds for another version of the program. */
  readonly isLasting: boolean;
}

/** What is known of the calls of one key. */
export interface KnownCalls {
  /** Arguments of a call that was run and not recorded: an equal one is. */
  seen: { readonly circumstances: Circumstances; readonly args: CallArguments }[];
  recordings: Recording[];
  failures: number;
  /** An earlier run of the program came by here: what comes by again will come by once more. */
  isOld: boolean;
}

const mostSeen = 4, mostRecordings = 8, mostFailures = 3;

/** Told why calls are not reused: for measurements. */
export const reuseStatistics: { note: ((what: string, key: object) => void) | undefined } = { note: undefined };

/** Gives what an equal call gave, or runs `body`. */
export function reuse(run: Run, call: ReusableCall, body: () => Value): Value {
  if (run.reused === undefined || run.explain !== undefined || run.libraries.running > 0 || run.onYield !== undefined || (run.quiet !== undefined && run.rehearsal === undefined)) return body();
  let known = run.reused.get(call.key);
  if (known === undefined) run.reused.set(call.key, (known = { seen: [], recordings: [], failures: 0, isOld: false }));
  if (known.failures >= mostFailures) return body();
  const circumstances = circumstancesOf(run, call);
  for (const recording of known.recordings) {
    if (!areAlike(recording.circumstances, circumstances, recording.isLasting) || run.budget.steps + recording.made.steps > run.budget.maximumSteps || !areStill(recording.reads)) continue;
    const matcher = new Matcher();
    if (!matcher.arguments(recording.args, call.args)) continue;
    reuseStatistics.note?.('replayed', call.key);
    return replay(run, recording, matcher, circumstances);
  }
  // What the outer one gives again, the inner ones need not.
  if (recorders.length > 0) return body();
  const isSeen = known.isOld || known.seen.some((one) => areAlike(one.circumstances, circumstances, false) && new Matcher().arguments(one.args, call.args));
  if (isSeen) return record(run, call, circumstances, known, body);
  known.seen.unshift({ circumstances, args: call.args });
  known.seen.length = Math.min(known.seen.length, mostSeen);
  reuseStatistics.note?.('seen', call.key);
  const before = lengthsOf(run).fixed, result = body();
  // What tells of a loss or a fault does so each time: there is nothing to be had from recording it.
  if (lengthsOf(run).fixed !== before) known.failures = mostFailures;
  return result;
}

function circumstancesOf(run: Run, call: ReusableCall): Circumstances {
  const { trace, interpreter } = run;
  return {
    kind: call.kind, place: call.place, outer: interpreter.callers(), source: run.frames[0]?.source, parent: trace.openCalls.at(-1), definitions: definitionsChanged(),
    state: [
      run.uncertain, run.unknownContexts, run.afterFailure, run.callingPath, run.quiet === undefined, run.frames.length, run.callPlaces.length, run.tries.length, run.tries.at(-1), trace.openCalls.length > 0, trace.supposedFrom === undefined,
      ...replayedStates.flatMap((state) => state.conditions(interpreter)),
    ],
  };
}

function areAlike(recorded: Circumstances, actual: Circumstances, isLasting: boolean): boolean {
  if (recorded.kind !== actual.kind || recorded.definitions !== actual.definitions || (recorded.source !== actual.source && !isLasting)) return false;
  if (recorded.state.length !== actual.state.length || !recorded.state.every((one, at) => one === actual.state[at]) || recorded.outer.length !== actual.outer.length) return false;
  const isSame = (one: Place, other: Place | undefined): boolean =>
    one === other || samePlace(one, other) || (recorded.source !== actual.source && one.source === recorded.source && other?.source === actual.source);
  return isSame(recorded.place, actual.place) && recorded.outer.every((one, at) => isSame(one, actual.outer[at]));
}

function areStill(reads: Recorder['reads']): boolean {
  for (const [table, names] of reads) for (const [name, value] of names) if (table.get(name) !== value) return false;
  return true;
}

function countsOf(run: Run): Counts {
  let layers = 0;
  for (const state of replayedStates) layers += state.counts?.(run.interpreter) ?? 0;
  return { instances: lastInstanceId(), operations: lastOperation(), calls: run.trace.calls.length, layers, steps: run.budget.steps };
}

// ---- Recording.

function record(run: Run, call: ReusableCall, circumstances: Circumstances, known: KnownCalls, body: () => Value): Value {
  const { trace, interpreter } = run;
  // As it is now: what the arguments lead to may be changed later.
  const found = { isLasting: true };
  const places = lastingPlaces(run, call, circumstances, found);
  const copier = new Copier(new Map(), undefined, places, undefined, undefined, true);
  const parent = circumstances.parent && standIn(circumstances.parent);
  if (circumstances.parent !== undefined && parent !== undefined) copier.made.set(circumstances.parent, parent);
  let args: CallArguments;
  try {
    args = copier.arguments(call.args);
  } catch (error) {
    if (!(error instanceof NotCopied) && !(error instanceof RangeError)) throw error;
    return notRecorded(call, known, error.message, body);
  }
  const foreign = new Set(copier.made.keys());
  const recorder: Recorder = {
    failure: undefined, lastInstance: lastInstanceId(), lastScope: lastScopeBirth(), changed: new Set(), functions: new Set(), reads: new Map(), values: [], received: [], effects: [],
  };
  const before = countsOf(run), anonymous = countAnonymous(), wasFaithful = run.rehearsal?.isFaithful === true;
  const lengths = lengthsOf(run), lastModel = trace.models.at(-1), begun = replayedStates.map((state) => state.begin?.(interpreter));
  const depth = recorders.length;
  recorders.push(recorder);
  let result: Value;
  try {
    result = body();
  } finally {
    recorders.length = depth;
  }
  const after = lengthsOf(run);
  if (recorder.failure === undefined && (lengths.fixed !== after.fixed || trace.models.length < lengths.models || (lengths.models > 0 && trace.models[lengths.models - 1] !== lastModel) || countAnonymous() !== anonymous)) recorder.failure = 'tells something else';
  for (const one of recorder.changed) if (foreign.has(one)) recorder.failure ??= 'changes what it is given';
  if (recorder.failure !== undefined) return notRecorded(call, known, recorder.failure, () => result);
  try {
    known.recordings.unshift(made(run, places, found, { ...circumstances, parent }, recorder, args, result, { lengths, before, begun, foreign: copier, given: foreign, losesFaith: wasFaithful && run.rehearsal?.isFaithful === false }));
    known.recordings.length = Math.min(known.recordings.length, mostRecordings);
    reuseStatistics.note?.('recorded', call.key);
  } catch (error) {
    if (!(error instanceof NotCopied) && !(error instanceof RangeError)) throw error;
    return notRecorded(call, known, error.message, () => result);
  }
  return result;
}

function notRecorded(call: ReusableCall, known: KnownCalls, reason: string, body: () => Value): Value {
  known.failures += 1;
  reuseStatistics.note?.(`not recorded: ${reason}`, call.key);
  return body();
}

interface Lengths { readonly layers: number; readonly calls: number; readonly models: number; readonly fixed: string }
/** `fixed`: of what a call must leave as it is. */
function lengthsOf(run: Run): Lengths {
  const { layers, calls, models, refusals, events, losses, notes, openCalls } = run.trace;
  return { layers: layers.length, calls: calls.length, models: models.length, fixed: [refusals, events, losses, notes, openCalls, run.quiet ?? []].map((list) => list.length).join() };
}

interface Begun {
  readonly lengths: Lengths;
  readonly before: Counts;
  readonly begun: readonly unknown[];
  /** Has copied the arguments, as they were before. */
  readonly foreign: Copier;
  readonly given: ReadonlySet<object>;
  readonly losesFaith: boolean;
}

/** A copy of all that the call left, which nothing changes. */
function made(run: Run, places: PlaceMap | undefined, found: { readonly isLasting: boolean }, circumstances: Circumstances, recorder: Recorder, args: CallArguments, result: Value, { lengths, before, begun, foreign, given, losesFaith }: Begun): Recording {
  const { trace, interpreter } = run;
  const copier = new Copier(foreign.made, undefined, places, recorder.lastInstance, recorder.functions);
  const ownCalls = trace.calls.slice(lengths.calls), ownLayers = trace.layers.slice(lengths.layers);
  const now = countsOf(run);
  if (now.layers - before.layers !== ownLayers.length) copier.fail('layers that are not told');
  for (const layer of ownLayers) copier.value(layer.instance);
  const layers = ownLayers.map((layer) => copier.known(layer));
  const calls = ownCalls.map((one) => copier.call(one));
  copier.finish();
  const own = new Set(ownCalls);
  const byLayer = new Map<Layer, readonly LayerCall[]>();
  for (const { layer } of ownCalls) if (!byLayer.has(copier.known(layer))) byLayer.set(copier.known(layer), layer.calls.filter((one) => own.has(one)).map((one) => copier.call(one)));
  const recording: Omit<Recording, 'isLasting'> = {
    circumstances, args, before, reads: recorder.reads, layers, calls, byLayer: [...byLayer], losesFaith,
    made: { instances: now.instances - before.instances, operations: now.operations - before.operations, calls: ownCalls.length, layers: ownLayers.length, steps: now.steps - before.steps },
    models: trace.models.slice(lengths.models).map((model) => copier.known(model.layer)),
    values: recorder.values.map((noted) => copyOfValue(noted, recorder, copier, given)),
    received: recorder.received.map((value) => copier.value(value)),
    effects: recorder.effects.map(({ values, perform }) => ({ perform, values: values.map((value) => copyOfPart(value, copier)) })),
    result: copier.value(result),
    states: replayedStates.map((state, at) => state.end?.(interpreter, begun[at], ownLayers, copier) ?? (() => undefined)),
  };
  copier.finish();
  return { ...recording, isLasting: places !== undefined && found.isLasting && recorder.values.length === 0 && recorder.received.length === 0 };
}

/** What stands for the call around the recorded one. */
function standIn(call: LayerCall): LayerCall { return { ...call, layer: undefined as unknown as Layer, input: none, output: none, parent: undefined }; }

/** Of a library's classes: places of the program are those that the call is made from, or the recording holds for this run alone. */
function lastingPlaces(run: Run, call: ReusableCall, { source, outer, place }: Circumstances, found: { isLasting: boolean }): PlaceMap | undefined {
  const defined = 'place' in call.key ? (call.key.place as Place | undefined) : undefined;
  if (source === undefined || defined === undefined || !isLibrarySource(run, defined.source.path)) return undefined;
  return {
    source,
    place: (one) => {
      if (!samePlace(one, place) && !outer.some((other) => samePlace(other, one))) found.isLasting = false;
      return one;
    },
  };
}

function copyOfValue({ node, record, given, isKnown }: NotedValue, recorder: Recorder, copier: Copier, foreign: ReadonlySet<object>): NotedValue {
  // What it was when it came by is not what it is now.
  if ((given.kind === 'dict' || given.kind === 'set') && recorder.changed.has(given)) copier.fail('a container that grows is recorded');
  const isGiven = foreign.has(given);
  return { node, given, isKnown, isGiven, record: copyOfRecord(isGiven ? { ...record, value: given } : record, copier) };
}

function copyOfRecord(record: ValueRecord, copier: Copier): ValueRecord {
  const { place, name, value, role, inFunction, call } = record;
  return { place, name, value: copier.value(value), role, inFunction, call: call && copier.call(call) };
}

/** Values, and layers of objects that are copied. */
function copyOfPart(part: Value | object, copier: Copier): Value | object {
  return 'kind' in part ? copier.value(part as Value) : copier.known(part);
}

// ---- Doing it over again.

function replay(run: Run, recording: Recording, matcher: Matcher, circumstances: Circumstances): Value {
  const { trace } = run;
  const now = countsOf(run);
  step(run);
  run.budget.steps += recording.made.steps - 1;
  if (recording.circumstances.parent !== undefined && circumstances.parent !== undefined) matcher.pairs.set(recording.circumstances.parent, circumstances.parent);
  const shifts = {
    instances: reserveInstanceIds(recording.made.instances) - recording.before.instances, operations: reserveOperations(recording.made.operations) - recording.before.operations,
    calls: now.calls - recording.before.calls, layers: now.layers - recording.before.layers,
  };
  const copier = new Copier(matcher.pairs, shifts, placesOf(recording, circumstances));
  for (const layer of recording.layers) copier.value(layer.instance);
  for (const call of recording.calls) copier.call(call);
  copier.finish();
  for (const layer of recording.layers) trace.layers.push(copier.known(layer));
  for (const call of recording.calls) trace.calls.push(copier.call(call));
  for (const [layer, calls] of recording.byLayer) copier.known(layer).calls.push(...calls.map((call) => copier.call(call)));
  for (const layer of recording.models) { const { model } = copier.known(layer); if (model !== undefined) trace.models.push(model); }
  for (const noted of recording.values) recordAgain(run, { ...noted, record: copyOfRecord(noted.record, copier) });
  for (const value of recording.received) {
    const own = copier.value(value);
    for (const recorder of recorders) recorder.received.push(own);
    markReceived(run, own);
  }
  for (const { values, perform } of recording.effects) {
    const own = values.map((value) => copyOfPart(value, copier));
    if (recorders.length > 0) noteEffect(own, perform);
    perform(own);
  }
  for (const state of recording.states) state(copier);
  if (recorders.length > 0) for (const [table, names] of recording.reads) for (const [name, value] of names) noteRead(table, undefined, name, value);
  if (recording.losesFaith && run.rehearsal !== undefined) run.rehearsal.isFaithful = false;
  const result = copier.value(recording.result);
  copier.finish();
  return result;
}

/** Places of the version of the program that the call was recorded in, as they are in the present one. */
function placesOf({ circumstances: recorded }: Recording, actual: Circumstances): PlaceMap | undefined {
  const { source } = recorded;
  if (source === undefined || source === actual.source) return undefined;
  return {
    source,
    place: (one) => {
      if (samePlace(one, recorded.place)) return actual.place;
      const at = recorded.outer.findIndex((other) => samePlace(other, one));
      return actual.outer[at] ?? one;
    },
  };
}

/** What is left for the next run of the same program, whose libraries are the same objects. */
export function lastingCalls(run: Run): Map<object, KnownCalls> | undefined {
  if (run.reused === undefined) return undefined;
  const kept = new Map<object, KnownCalls>();
  for (const [key, known] of run.reused) {
    const place = 'place' in key ? (key.place as Place | undefined) : undefined;
    if (place === undefined || !isLibrarySource(run, place.source.path)) continue;
    kept.set(key, { seen: [], recordings: known.recordings.filter((recording) => recording.isLasting), failures: known.failures, isOld: true });
  }
  return kept;
}
