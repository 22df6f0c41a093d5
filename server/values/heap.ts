// Every change of a mutable value goes through here. While branches of an undecided `if` are tried, a journal remembers each
// touched object's state, so that it can be rolled back and the outcomes joined. It must not know the evaluator.
import { noteSet } from './maybe-attributes.ts';
import { failRecorders, noteDefinitionChange, recorders } from './recorder.ts';
import { lastInstanceId } from './value.ts';
import type { ClassValue, DictEntry, DictValue, FunctionValue, InstanceValue, IteratorValue, ListValue, ModuleValue, Scope, SetValue, TensorValue, Value } from './value.ts';
import type { Iteration } from './value.ts';

export type Mutable = ListValue | DictValue | SetValue | InstanceValue | ClassValue | ModuleValue | IteratorValue | FunctionValue | TensorValue | ScopeHolder | RecordHolder;
/** A scope has no `kind` of a value: it is wrapped once. */
export interface ScopeHolder { readonly kind: 'scope'; readonly scope: Pick<Scope, 'variables'> }

/**
 * A record that a catalogue keeps beside a value and changes in place (the layer behind a module): how its fields are read, put
 * back and joined. `owner` is the object that it came into being with.
 */
export interface RecordHolder {
  readonly kind: 'record';
  readonly owner: InstanceValue | undefined;
  readonly capture: () => unknown;
  readonly restore: (content: unknown) => void;
  readonly join: (left: unknown, right: unknown) => unknown;
}

export interface ListState { items: Value[]; open: boolean }
export interface DictState { entries: Map<string, DictEntry>; attributes: Map<string, Value> | undefined; open: boolean; optional: ReadonlySet<string> | undefined; isBounded: boolean | undefined }
export interface SetState { entries: Map<string, Value>; open: boolean }
export interface NamedState { values: Map<string, Value>; slots: Map<object, unknown> | undefined }
/** What an array that can be changed in place holds. Few operations change the shape (torch's `unsqueeze_`) or the type (`module.double()`): without one it stays. */
export type TensorState = Pick<TensorValue, 'range' | 'contents' | 'slots'> & Partial<Pick<TensorValue, 'shape' | 'dtype'>>;
export interface IteratorState { taken: Iteration | undefined; position: number }
export type State =
  | ({ of: 'list' } & ListState) | ({ of: 'dict' } & DictState) | ({ of: 'set' } & SetState) | ({ of: 'named' } & NamedState) | ({ of: 'iterator' } & IteratorState) | ({ of: 'tensor' } & TensorState) | { of: 'record'; content: unknown };

/** What changed since the journal was opened: each touched object with its state before. */
export interface Journal {
  readonly before: Map<Mutable, State>;
  readonly opened: Moment;
  /** While these passed it was suspended: what came into being then counts as older. */
  readonly suspended: { readonly from: Moment; readonly to: Moment }[];
}
/** What had come into being so far. */
interface Moment { readonly instance: number; readonly container: number; readonly scope: number }
/** Objects that came into being while a branch ran: the other branches know nothing of them. */
export type Births = (object: Mutable) => boolean;

/** A container of the program keeps at most so many items; one that outgrew them is open and keeps the first ones. */
export const mostItems = 200_000;
export const keptItems = 1_000;

const open: Journal[] = [];

/** Whether branches are being tried: what is changed now may be undone. */
export function journalsAreOpen(): boolean { return open.length > 0; }

/** Runs `body`, whose changes stay whatever becomes of the branches that are being tried. */
export function withoutJournals<T>(body: () => T): T {
  const suspended = open.splice(0), from = present();
  try {
    return body();
  } finally {
    open.splice(0, open.length, ...suspended);
    if (suspended.length > 0) { const to = present(); for (const journal of suspended) journal.suspended.push({ from, to }); }
  }
}

/** Before a run: a stack that overflowed may have left journals of an earlier one open. */
export function closeJournals(): void { open.length = 0; recorders.length = 0; }

let containerCount = 0;
const containerBirths = new WeakMap<object, number>();
/** A list, dict or set that the program makes while branches are tried. */
export function noteBirth<T extends ListValue | DictValue | SetValue>(container: T): T {
  if (open.length > 0) { containerCount += 1; containerBirths.set(container, containerCount); }
  return container;
}
function present(): Moment { return { instance: lastInstanceId(), container: containerCount, scope: scopeCount }; }

let scopeCount = 0;
/** The number of the youngest scope. */
export function lastScopeBirth(): number { return scopeCount; }
/** When a scope came into being, of those that one call or comprehension has for itself. */
export function nextScopeBirth(): number { scopeCount += 1; return scopeCount; }

/** Whether what came into being as the so-manieth of its kind did so under the journal: it has no state before, and keeps the one that it has. */
function isNewer(birth: number, of: 'instance' | 'scope', journal: Journal): boolean {
  if (birth <= journal.opened[of]) return false;
  for (const { from, to } of journal.suspended) if (birth > from[of] && birth <= to[of]) return false;
  return true;
}
function bornBetween(from: Moment, to: Moment): Births {
  return (object) => {
    const owner = object.kind === 'record' ? object.owner : object;
    if (owner?.kind === 'instance') return owner.id > from.instance && owner.id <= to.instance;
    const birth = owner === undefined ? undefined : containerBirths.get(owner);
    return birth !== undefined && birth > from.container && birth <= to.container;
  };
}

const scopeHolders = new WeakMap<Map<string, Value>, ScopeHolder>();

/** Runs `body` and undoes what it changed. Gives its result and the state it left each touched object in. */
export function attempt<T>(body: () => T): { result: T; after: Map<Mutable, State>; before: Map<Mutable, State>; born: Births } {
  const journal: Journal = { before: new Map(), opened: present(), suspended: [] };
  open.push(journal);
  let result: T;
  try {
    result = body();
  } catch (error) {
    for (const [object, state] of journal.before) restore(object, state);
    throw error;
  } finally {
    open.pop();
  }
  const after = new Map<Mutable, State>();
  for (const object of journal.before.keys()) after.set(object, capture(object));
  for (const [object, state] of journal.before) restore(object, state);
  return { result, after, before: journal.before, born: bornBetween(journal.opened, present()) };
}

/** Puts the object in a state, remembering the present one for the journals that are open. */
export function putState(object: Mutable, state: State): void {
  touch(object);
  restore(object, state);
}

export function currentState(object: Mutable): State { return capture(object); }

function touch(object: Mutable): void {
  if (guard !== undefined) noteChange(guard, object);
  if (object.kind === 'class' || object.kind === 'function' || object.kind === 'module') noteDefinitionChange();
  else if (recorders.length > 0) noteRecordedChange(object);
  if (open.length === 0) return;
  const owner = object.kind === 'record' ? object.owner : object;
  const birth = owner?.kind === 'instance' ? owner.id : undefined;
  for (const journal of open) {
    if (birth !== undefined && isNewer(birth, 'instance', journal)) continue;
    if (!journal.before.has(object)) journal.before.set(object, capture(object));
  }
}

/** A call that is recorded may change what came into being in it. */
function noteRecordedChange(object: Mutable): void {
  const owner = object.kind === 'record' ? object.owner : object;
  for (const recorder of recorders) {
    if (owner?.kind === 'instance') { if (owner.id <= recorder.lastInstance) recorder.failure ??= `changes an object of ${owner.cls.name}`; }
    else if (owner === undefined || owner.kind === 'scope') recorder.failure ??= 'changes a record';
    else recorder.changed.add(owner);
  }
}
function noteRecordedName(scope: Scope): void {
  for (const recorder of recorders) if (scope.birth === undefined || scope.birth <= recorder.lastScope) recorder.failure ??= 'sets a name outside';
}

function capture(object: Mutable): State {
  switch (object.kind) {
    case 'list': return { of: 'list', items: [...object.items], open: object.open };
    case 'dict': return { of: 'dict', entries: new Map(object.entries), attributes: object.attributes && new Map(object.attributes), open: object.open, optional: object.optional, isBounded: object.isBounded };
    case 'set': return { of: 'set', entries: new Map(object.entries), open: object.open };
    case 'instance': return { of: 'named', values: new Map(object.attributes), slots: new Map(object.slots) };
    case 'class': return { of: 'named', values: new Map(object.namespace), slots: undefined };
    case 'module': return { of: 'named', values: new Map(object.members), slots: undefined };
    case 'function': return { of: 'named', values: new Map(object.attributes), slots: undefined };
    case 'scope': return { of: 'named', values: new Map(object.scope.variables), slots: undefined };
    case 'tensor': return { of: 'tensor', shape: object.shape, dtype: object.dtype, range: object.range, contents: object.contents, slots: object.slots };
    case 'iterator': return { of: 'iterator', taken: object.taken, position: object.position };
    case 'record': return { of: 'record', content: object.capture() };
  }
}

function restore(object: Mutable, state: State): void {
  if (object.kind === 'list' && state.of === 'list') { object.items = [...state.items]; object.open = state.open; }
  else if (object.kind === 'dict' && state.of === 'dict') { object.entries = new Map(state.entries); object.attributes = state.attributes; object.open = state.open; object.optional = state.optional; object.isBounded = state.isBounded; }
  else if (object.kind === 'set' && state.of === 'set') { object.entries = new Map(state.entries); object.open = state.open; }
  else if (object.kind === 'iterator' && state.of === 'iterator') { object.taken = state.taken; object.position = state.position; }
  else if (object.kind === 'tensor' && state.of === 'tensor') fillTensor(object, state);
  else if (object.kind === 'record' && state.of === 'record') object.restore(state.content);
  else if (state.of === 'named') {
    refill(namedValues(object), state.values);
    if (object.kind === 'instance' && state.slots !== undefined) refill(object.slots, state.slots);
  }
}

/** Tensors are plain data; this is the one place that changes one. */
function fillTensor(target: { -readonly [K in keyof TensorState]: TensorState[K] }, state: TensorState): void {
  target.range = state.range;
  target.contents = state.contents;
  target.slots = state.slots;
  if (state.shape !== undefined) target.shape = state.shape;
  if ('dtype' in state) target.dtype = state.dtype;
}

function refill<K, V>(target: Map<K, V> | undefined, content: ReadonlyMap<K, V>): void {
  if (target === undefined) return;
  target.clear();
  for (const [key, value] of content) target.set(key, value);
}

function namedValues(object: Mutable): Map<string, Value> | undefined {
  switch (object.kind) {
    case 'instance': case 'function': return object.attributes;
    case 'class': return object.namespace;
    case 'module': return object.members;
    case 'scope': return object.scope.variables;
    default: return undefined;
  }
}

// Objects that outlive the run.

/** Objects, and tables of names, of libraries, which outlive the run as long as the program changes none of them. */
export interface Guard {
  readonly objects: WeakSet<object>;
  /** The program is about to change one of them. */
  onChange: () => void;
  /** While bodies of libraries run, what they change. */
  changing: Set<object> | undefined;
  /** What came into being later is the program's own. */
  until: Moment;
}

let guard: Guard | undefined;

export function makeGuard(): Guard { return { objects: new WeakSet(), onChange: () => undefined, changing: undefined, until: present() }; }
export function setGuard(next: Guard | undefined): void { guard = next; }
export function moveGuard(of: Guard): void { of.until = present(); }

function noteChange(to: Guard, object: Mutable): void {
  switch (object.kind) {
    case 'scope': noteChangeOf(to, object.scope.variables); return;
    case 'module': noteChangeOf(to, object.members); return;
    case 'record': noteChangeOf(to, object.owner ?? object); return;
    case 'instance': if (object.id <= to.until.instance || to.changing !== undefined) noteChangeOf(to, object); return;
    default: noteChangeOf(to, object);
  }
}
function noteScopeChange(to: Guard, scope: Scope): void {
  if (scope.birth === undefined || scope.birth <= to.until.scope || to.changing !== undefined) noteChangeOf(to, scope.variables);
}
function noteChangeOf(to: Guard, object: object): void {
  if (to.changing !== undefined) to.changing.add(object);
  else if (to.objects.has(object)) to.onChange();
}

/** Before a field of the record is changed. */
export function touchRecord(record: RecordHolder): void { touch(record); }

/** The same with the types of its content, which only the holder's own functions see. */
export function makeRecord<T>(
  owner: InstanceValue | undefined, capture: () => T, restore: (content: T) => void, join: (left: T, right: T) => T,
): RecordHolder {
  return {
    kind: 'record', owner, capture, restore: (content) => restore(content as T), join: (left, right) => join(left as T, right as T),
  };
}

export function touchInstance(instance: InstanceValue): void { touch(instance); }
export function setInstanceAttribute(instance: InstanceValue, name: string, value: Value): void { touch(instance); noteSet(instance, name); instance.attributes.set(name, value); }
export function deleteInstanceAttribute(instance: InstanceValue, name: string): boolean { touch(instance); return instance.attributes.delete(name); }
export function setClassAttribute(cls: ClassValue, name: string, value: Value): void { touch(cls); cls.namespace.set(name, value); }
export function setModuleMember(module: ModuleValue, name: string, value: Value): void {
  if (guard !== undefined && module.members.get(name) !== value) noteChangeOf(guard, module.members);
  if (recorders.length > 0) failRecorders('sets a member of a module');
  if (open.length > 0) touch(holderOf(module.members));
  module.members.set(name, value);
}
export function setFunctionAttribute(target: FunctionValue, name: string, value: Value): void { touch(target); target.attributes.set(name, value); }

export function setVariable(scope: Scope, name: string, value: Value): void {
  // What is set to what it is already changes nothing.
  if (guard !== undefined && scope.variables.get(name) !== value) noteScopeChange(guard, scope);
  if (recorders.length > 0) noteRecordedName(scope);
  if (open.length > 0) touchScope(scope);
  scope.variables.set(name, value);
}
export function deleteVariable(scope: Scope, name: string): boolean {
  if (guard !== undefined && scope.variables.has(name)) noteScopeChange(guard, scope);
  if (recorders.length > 0) noteRecordedName(scope);
  if (open.length > 0) touchScope(scope);
  return scope.variables.delete(name);
}
function touchScope(scope: Scope): void {
  let holder: ScopeHolder | undefined;
  for (const journal of open) {
    if (scope.birth !== undefined && isNewer(scope.birth, 'scope', journal)) continue;
    holder ??= holderOf(scope.variables);
    if (!journal.before.has(holder)) journal.before.set(holder, capture(holder));
  }
}
/** One holder for a table of names: a module's members and its global scope are the same one, and must be remembered once. */
function holderOf(variables: Map<string, Value>): ScopeHolder {
  let holder = scopeHolders.get(variables);
  if (holder === undefined) { holder = { kind: 'scope', scope: { variables } }; scopeHolders.set(variables, holder); }
  return holder;
}

export function appendItem(list: ListValue, value: Value): void {
  touch(list);
  if (list.items.length >= mostItems) list.open = true;
  else list.items.push(value);
}
export function replaceItems(list: ListValue, items: Value[], isOpen = list.open): void {
  touch(list);
  const tooMany = items.length > mostItems;
  list.items = tooMany ? items.slice(0, keptItems) : items;
  list.open = isOpen || tooMany;
}
export function setItem(list: ListValue, index: number, value: Value): void { touch(list); list.items[index] = value; }

export function setEntry(dict: DictValue, key: string, entry: DictEntry): void {
  touch(dict);
  if (dict.entries.size >= mostItems && !dict.entries.has(key)) { dict.open = true; dict.isBounded = false; return; }
  dict.entries.set(key, entry);
  noLongerOptional(dict, key);
}
/** An entry that is there on some paths only: `entry` says what it is where it is there. */
export function setOptionalEntry(dict: DictValue, key: string, entry: DictEntry): void {
  touch(dict);
  if (!dict.open) { dict.open = true; dict.isBounded = true; }
  if (!dict.entries.has(key)) dict.optional = new Set([...dict.optional ?? [], key]);
  dict.entries.set(key, entry);
}
export function deleteEntry(dict: DictValue, key: string): boolean { touch(dict); noLongerOptional(dict, key); return dict.entries.delete(key); }
export function replaceEntries(dict: DictValue, entries: Map<string, DictEntry>, isOpen = dict.open): void { touch(dict); dict.entries = entries; dict.open = isOpen; dict.optional = undefined; dict.isBounded = undefined; }
function noLongerOptional(dict: DictValue, key: string): void {
  if (dict.optional?.has(key) === true) dict.optional = new Set([...dict.optional].filter((one) => one !== key));
}
export function setDictAttribute(dict: DictValue, name: string, value: Value): void { touch(dict); dict.attributes ??= new Map(); dict.attributes.set(name, value); }

export function replaceSet(set: SetValue, entries: Map<string, Value>, isOpen = set.open): void { touch(set); set.entries = entries; set.open = isOpen; }

export function moveIterator(iterator: IteratorValue, taken: Iteration, position: number): void { touch(iterator); iterator.taken = taken; iterator.position = position; }

/** Everything that is known of the container is given up: it was handed to something unknown, or changed under an unknown key. */
export function openContainer(value: Value): void {
  if (value.kind === 'list' || value.kind === 'dict' || value.kind === 'set') { touch(value); value.open = true; if (value.kind === 'dict') value.isBounded = false; }
}

export function setTensorState(tensor: TensorValue, state: TensorState): void { touch(tensor); fillTensor(tensor, state); }

/** Runs `body` and keeps what it changes; tells the state before of each touched object. */
export function watch<T>(body: () => T): { result: T; before: ReadonlyMap<Mutable, State>; born: Births } {
  const journal: Journal = { before: new Map(), opened: present(), suspended: [] };
  open.push(journal);
  try {
    const result = body();
    return { result, before: journal.before, born: bornBetween(journal.opened, present()) };
  } finally {
    open.splice(open.indexOf(journal), 1);
  }
}
