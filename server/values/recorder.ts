// What is noted while a call is recorded, so that an equal call can be given the same result without being run (evaluator/reuse.ts): what
// it read and changed of what was there before it, and whether it did anything that cannot be done over again. It must not know the evaluator.
import type { Copier } from './copier.ts';
import type { Interpreter } from './interpreter.ts';
import type { Node } from '../syntax/ast.ts';
import type { Layer, ValueRecord } from '../trace/trace.ts';
import type { ClassValue, Value } from './value.ts';

/** A value that a name or attribute was worth when it came by (evaluator/recording.ts), and what became of that. */
export interface NotedValue {
  readonly node: Node;
  readonly record: ValueRecord;
  /** The value itself; the record holds what an array or list was then. */
  readonly given: Value;
  /** It, or an equal one, had been recorded there before: it was not recorded again. */
  readonly isKnown: boolean;
  /** Of a recording: it is a part of what the call was given. */
  readonly isGiven?: boolean;
}

export interface Recorder {
  /** Why the call cannot be done over again; undefined as long as it can. */
  failure: string | undefined;
  /** Instances and scopes with higher numbers came into being in the call. */
  readonly lastInstance: number;
  readonly lastScope: number;
  /** Containers and arrays that were changed: they must have come into being in the call. */
  readonly changed: Set<object>;
  /** Functions that were made in it: they close over its scopes. */
  readonly functions: Set<object>;
  /** Names that were read outside of the call, by the table that they stand in. */
  readonly reads: Map<ReadonlyMap<string, Value>, Map<string, Value>>;
  readonly values: NotedValue[];
  /** Values that the program was given by calls of its own. */
  readonly received: Value[];
  /** What else has to be done again, on the values that stand for these. */
  readonly effects: { readonly values: readonly (Value | object)[]; readonly perform: Effect }[];
}
export type Effect = (values: readonly (Value | object)[]) => void;

/** The recorders at work, outermost first. */
export const recorders: Recorder[] = [];

/** What is being recorded cannot be done over again. */
export function failRecorders(reason: string): void {
  for (const recorder of recorders) recorder.failure ??= reason;
}

/** Natives, and classes made by natives, that change nothing but through heap.ts, the trace and what is noted here, and whose result hangs on their arguments alone. */
const replayables = new WeakSet<object>();
export function markReplayable(...values: readonly (Value | undefined)[]): void {
  for (const value of values) {
    if (value === undefined) continue;
    if (value.kind === 'property') markReplayable(value.getter, value.setter);
    else if (value.kind === 'staticmethod' || value.kind === 'classmethod') markReplayable(value.callable);
    else replayables.add(value);
  }
}
/** The same members, all of which are that. */
export function replayable(members: Record<string, Value>): Record<string, Value> {
  markReplayable(...Object.values(members));
  return members;
}
export function isReplayable(value: object): boolean { return replayables.has(value); }

/** What definitions of classes and functions say has changed since so many changes. */
let definitionChanges = 0;
export function definitionsChanged(): number { return definitionChanges; }
export function noteDefinitionChange(): void {
  definitionChanges += 1;
  failRecorders('a definition changes');
}

/** A name was read; `birth` is that of its scope, if one call has it for itself. */
export function noteRead(table: ReadonlyMap<string, Value>, birth: number | undefined, name: string, value: Value): void {
  for (const recorder of recorders) {
    if (birth !== undefined && birth > recorder.lastScope) continue;
    if (!isLasting(value)) { recorder.failure ??= `reads ${name}, which may change`; continue; }
    let names = recorder.reads.get(table);
    if (names === undefined) recorder.reads.set(table, (names = new Map()));
    names.set(name, value);
  }
}

/** A member of a class or module was read. */
export function noteMember(name: string, value: Value): void {
  if (!isLasting(value)) failRecorders(`reads the member ${name}, which may change`);
}

/** Whether nothing of the value can change, but for definitions. */
function isLasting(value: Value): boolean {
  switch (value.kind) {
    case 'none': case 'ellipsis': case 'not-implemented': case 'bool': case 'int': case 'float': case 'str': case 'bytes': case 'range': case 'function': case 'native': case 'class': case 'module': case 'property': return true;
    case 'tuple': return value.items.every(isLasting);
    case 'staticmethod': case 'classmethod': return isLasting(value.callable);
    case 'instance': return constantClasses.has(value.cls);
    default: return false;
  }
}

/** Classes of catalogues: what the program derives from them is worth being looked at when it is made over and over. */
const reusableBases = new WeakSet<object>();
export function registerReusableBase(cls: ClassValue): void { reusableBases.add(cls); }
export function isReusable(cls: ClassValue): boolean {
  for (const base of cls.mro) if (reusableBases.has(base)) return true;
  return false;
}

const constantClasses = new WeakSet<object>();
/** Objects of the class never change, and there is one for each: element types, devices. */
export function registerConstantClass(cls: object): void { constantClasses.add(cls); }
export function isConstant(value: Value): boolean { return value.kind === 'instance' && constantClasses.has(value.cls); }

/** What else has to be done where the call is done over again. `values`: values and layers; `perform` is given those that stand for them then. */
export function noteEffect(values: readonly (Value | object)[], perform: Effect): void {
  for (const recorder of recorders) recorder.effects.push({ values, perform });
}

/** What is no change of the heap, but one of an object or array: its record's name. */
export function noteObjectChange(value: Value): void {
  for (const recorder of recorders) if (value.kind === 'instance' && value.id <= recorder.lastInstance) recorder.failure ??= `changes the record of an object of ${value.cls.name}`;
}
export function noteArrayChange(value: Value): void {
  for (const recorder of recorders) recorder.changed.add(value);
}

/** State of a run that a catalogue keeps, and that calls hang on or change. */
export interface ReplayedState {
  /** Has to be the same when a call is recorded and when it is done over again. */
  readonly conditions: (interpreter: Interpreter) => readonly unknown[];
  readonly begin?: (interpreter: Interpreter) => unknown;
  /** By how much numbers of new layers have to be moved. */
  readonly counts?: (interpreter: Interpreter) => number;
  /** Behind a call that is recorded: what does to the state what the call did. `layers`: those that it made. */
  readonly end?: (interpreter: Interpreter, begun: unknown, layers: readonly Layer[], copier: Copier) => (replayed: Copier) => void;
}
export const replayedStates: ReplayedState[] = [];
export function registerReplayedState(state: ReplayedState): void { replayedStates.push(state); }
