// Modules of the environment's libraries: their bodies run when something of them is asked for, not where they are imported. A
// package whose `__init__` imports a hundred modules costs what is used of it. It must not know any library.
//
// What a body would have done by then is caught up with where it can matter: names are looked for in the modules that were
// imported with `*`, and a container that a package's functions fill (a registry) has the bodies run that may fill it, before
// it is read and found to lack something.
import { runStateMarks, runStatesDiffer } from '../values/classes.ts';
import type { Guard } from '../values/heap.ts';
import { journalsAreOpen, makeGuard, openContainer, withoutJournals } from '../values/heap.ts';
import { dictKey } from '../values/equality.ts';
import type { SourceFile } from '../values/place.ts';
import type { ClassValue, ModuleValue, Scope, Value } from '../values/value.ts';
import { str, unknown } from '../values/value.ts';
import { boundNames } from '../syntax/names.ts';
import { moduleOfScope } from './assignment.ts';
import { failRecorders } from '../values/recorder.ts';
import { BudgetExceeded, GeneratorStopped, PythonError } from './errors.ts';
import { filledNames } from './fillers.ts';
import type { Questions } from './memory.ts';
import { guardReachable, makeQuestions } from './memory.ts';
import type { FoundModule, LibraryPaths } from './module-finder.ts';
import { isLibrarySource, noLibraries } from './module-finder.ts';
import type { Frame, Run } from './run.ts';
import { currentFrame, newScope } from './run.ts';
import { executeBlock } from './statements.ts';

export interface LibraryModule {
  readonly module: ModuleValue;
  readonly scope: Scope;
  readonly text: string;
  /** Where its submodules stand, when it is a package. */
  readonly folder: string | undefined;
  readonly source: () => SourceFile;
  /** Names of modules that its body imports. */
  readonly imports: Set<string>;
  state: 'pending' | 'running' | 'done';
}

/** What a run knows of libraries. */
export interface Libraries {
  readonly paths: LibraryPaths;
  find: () => LibraryPaths | undefined;
  /** What was asked of the host to find and run them. */
  readonly questions: Questions;
  readonly guard: Guard;
  /** Whether what their bodies did is all in their own objects. */
  isKeepable: boolean;
  /** Those that are running, outermost first. */
  readonly bodies: LibraryModule[];
  /** Names of modules that the program itself imports, or that functions of libraries import for it. */
  readonly wanted: Set<string>;
  /** Folders of the program that are packages without a file of their own. */
  readonly ownNamespaces: WeakSet<ModuleValue>;
  readonly found: Map<string, FoundModule | undefined>;
  /** What the program has itself under the first part of a name that a library imports. */
  readonly ownTops: Map<string, FoundModule | undefined>;
  /** Paths of the library files that were read. */
  readonly sources: Set<string>;
  readonly pending: Set<LibraryModule>;
  /** How many bodies are running, one inside the other. */
  running: number;
  /** The steps that bodies took; they are not the program's. */
  steps: number;
  /** Containers that functions of a library fill, and the module in which they stand. */
  readonly filled: WeakMap<object, LibraryModule>;
}

export function makeLibraries(find: () => LibraryPaths | undefined): Libraries {
  return {
    find, get paths() { return this.find() ?? noLibraries; }, found: new Map(), ownTops: new Map(), sources: new Set(), pending: new Set(), running: 0, steps: 0, filled: new WeakMap(),
    questions: makeQuestions(), guard: makeGuard(), isKeepable: true, bodies: [], wanted: new Set(), ownNamespaces: new WeakSet(),
  };
}

const libraryModules = new WeakMap<ModuleValue, LibraryModule>();

export function libraryOf(module: ModuleValue): LibraryModule | undefined { return libraryModules.get(module); }

/** A library's module whose body has not run yet. */
export function makeLibraryModule(run: Run, name: string, found: Extract<FoundModule, { kind: 'source' }>): ModuleValue {
  const scope = newScope('module', undefined);
  let source: SourceFile | undefined;
  const read = (): SourceFile => (source ??= run.parse(found.path, found.text));
  const module: ModuleValue = { kind: 'module', name, members: scope.variables, load: undefined, complete: false, get source() { return read(); } };
  const library: LibraryModule = { module, scope, text: found.text, folder: found.folder, source: read, imports: new Set(), state: 'pending' };
  libraryModules.set(module, library);
  moduleOfScope.set(scope, module);
  scope.variables.set('__name__', str(name));
  scope.variables.set('__file__', str(found.path));
  scope.variables.set('__package__', str(found.folder === undefined ? name.slice(0, Math.max(0, name.lastIndexOf('.'))) : name));
  run.libraries.sources.add(found.path);
  run.libraries.pending.add(library);
  run.trace.filesRead.add(found.path);
  return module;
}

/** What one body may cost, and all together. */
const mostStepsOfBody = 300_000, mostSteps = 3_000_000;
/** Bodies inside one another: each takes a part of the engine's own stack. */
const deepestImport = 40;

/** Runs the body of a module that is still waiting. Nothing that it does is reported, and what it raises ends it. */
export function runPending(run: Run, library: LibraryModule): void {
  if (library.state !== 'pending') return;
  failRecorders('runs the body of a module');
  const { libraries, budget } = run;
  libraries.pending.delete(library);
  library.state = 'running';
  const before = { steps: budget.steps, checkedAt: budget.checkedAt, maximumSteps: budget.maximumSteps };
  const outer = { uncertain: run.uncertain, quiet: run.quiet, rehearsal: run.rehearsal, onYield: run.onYield, afterFailure: run.afterFailure };
  const frames = run.frames.splice(0), places = run.callPlaces.splice(0), tries = run.tries.splice(0);
  const layers = run.trace.layers.length;
  const isOutermost = libraries.running === 0;
  const effects = isOutermost ? { lengths: lengthsOf(run), states: runStateMarks(run.interpreter) } : undefined;
  libraries.guard.changing ??= new Set();
  libraries.bodies.push(library);
  libraries.questions.depth += 1;
  Object.assign(run, { uncertain: 0, quiet: [], rehearsal: undefined, onYield: undefined, afterFailure: false });
  Object.assign(budget, { maximumSteps: budget.steps + Math.max(0, Math.min(mostStepsOfBody, mostSteps - libraries.steps)) });
  libraries.running += 1;
  try {
    if (libraries.running > deepestImport) throw new BudgetExceeded('depth');
    // Python would have run it before: it is not undone with the branch that happens to ask for it first.
    withoutJournals(() => runModuleBody(run, library.scope, library.source()));
  } catch (error) {
    library.scope.open = true;
    const isOver = (error instanceof BudgetExceeded && (error.reason === 'steps' || error.reason === 'depth')) || (error instanceof RangeError && /call stack/i.test(error.message));
    // Where a body is cut short hangs on what ran before.
    libraries.isKeepable = false;
    if (!isOver && !(error instanceof GeneratorStopped)) throw error;
  } finally {
    libraries.running -= 1;
    libraries.questions.depth -= 1;
    libraries.bodies.pop();
    if (effects !== undefined) {
      if (effects.lengths !== lengthsOf(run) || runStatesDiffer(run.interpreter, effects.states)) libraries.isKeepable = false;
      if (!guardReachable(libraries.guard, [library.scope.variables, ...libraries.guard.changing ?? []])) libraries.isKeepable = false;
      libraries.guard.changing = undefined;
    }
    libraries.steps += budget.steps - before.steps;
    library.state = 'done';
    Object.assign(budget, before);
    Object.assign(run, outer);
    run.frames.splice(0, run.frames.length, ...frames);
    run.callPlaces.splice(0, run.callPlaces.length, ...places);
    run.tries.splice(0, run.tries.length, ...tries);
    // Layers that a library builds for itself are none of the program's.
    run.trace.layers.length = Math.min(run.trace.layers.length, layers);
  }
  noteFilled(run, library);
}

/** What a body may leave besides its objects, but for settings of a framework. */
function lengthsOf(run: Run): string {
  const { layers, models, refusals, events, losses, notes } = run.trace;
  return [layers, models, refusals, events, losses, notes].map((list) => list.length).join();
}

/** Runs a module's statements. What one raises ends that one; what stands behind is still of use. */
export function runModuleBody(run: Run, scope: Scope, source: SourceFile, callPlace?: Frame['callPlace']): void {
  const frame: Frame = { scope, source, callee: undefined, callPlace, self: undefined, definingClass: undefined, yields: undefined, pendingReturns: [], undecidedBreak: false };
  const depth = { frames: run.frames.length, places: run.callPlaces.length, tries: run.tries.length };
  run.frames.push(frame);
  try {
    for (const statement of source.parsed.module.body) {
      try {
        executeBlock(run, [statement]);
      } catch (error) {
        if (!(error instanceof PythonError)) throw error;
        run.frames.length = depth.frames + 1;
        run.callPlaces.length = depth.places;
        run.tries.length = depth.tries;
        scope.open = true;
      }
    }
  } finally {
    run.frames.length = depth.frames;
  }
}

// Names that wait.

interface LazyNames {
  readonly owner: ModuleValue | undefined;
  /** `from module import name`: the name here → the module and the name there. */
  readonly names: Map<string, { readonly module: ModuleValue; readonly name: string }>;
  /** `from module import *`, in order. */
  readonly stars: ModuleValue[];
  /** Looked for among the stars in vain. */
  readonly missing: Set<string>;
  readonly looking: Set<string>;
}

const lazyNames = new WeakMap<Map<string, Value>, LazyNames>();

function lazyNamesOf(scope: Scope): LazyNames {
  let lazy = lazyNames.get(scope.variables);
  if (lazy === undefined) {
    lazy = { owner: moduleOfScope.get(scope), names: new Map(), stars: [], missing: new Set(), looking: new Set() };
    lazyNames.set(scope.variables, lazy);
  }
  return lazy;
}

/** Whether imports of the running statement may wait: at the level of a library's module, on a path that is certain, with nothing that would catch an ImportError. */
export function importsMayWait(run: Run): boolean {
  const frame = currentFrame(run);
  return frame.scope.kind === 'module' && isLibrarySource(run, frame.source.path) && run.tries.length === 0 && run.uncertain === 0 && !journalsAreOpen();
}

/** Binds a name to what a module holds under another, once it is asked for. */
export function bindLater(scope: Scope, alias: string, module: ModuleValue, name: string): void {
  lazyNamesOf(scope).names.set(alias, { module, name });
}

/** `from module import *`: its names are found when they are asked for. */
export function starLater(scope: Scope, module: ModuleValue): void {
  const lazy = lazyNamesOf(scope);
  lazy.stars.push(module);
  lazy.missing.clear();
}

export function hasLazyNames(variables: Map<string, Value>): boolean { return lazyNames.has(variables); }

export type MemberLookUp = (run: Run, module: ModuleValue, name: string) => Value | undefined;

/** The value of a global name that was imported but not looked at so far. `memberOf` is Python's look-up in a module. */
export function lazyMember(run: Run, variables: Map<string, Value>, name: string, memberOf: MemberLookUp): Value | undefined {
  const lazy = lazyNames.get(variables);
  if (lazy === undefined || lazy.looking.has(name)) return undefined;
  lazy.looking.add(name);
  try {
    const imported = lazy.names.get(name);
    const value = imported !== undefined ? memberOf(run, imported.module, imported.name) ?? (isSettled(imported.module) ? unknown() : undefined) : starMember(run, lazy, name, memberOf);
    if (value !== undefined) {
      variables.set(name, value);
      noteImported(run, lazy.owner, name, value);
    }
    return value;
  } finally {
    lazy.looking.delete(name);
  }
}

/** Its body has run: what it lacks now it will lack. */
function isSettled(module: ModuleValue): boolean { return (libraryModules.get(module)?.state ?? 'done') === 'done'; }

function starMember(run: Run, lazy: LazyNames, name: string, memberOf: MemberLookUp): Value | undefined {
  if (lazy.stars.length === 0 || lazy.missing.has(name)) return undefined;
  const waiting: ModuleValue[] = [];
  for (const module of lazy.stars.toReversed()) {
    const library = libraryModules.get(module);
    if (library?.state === 'pending') {
      const isPassedOn = library.text.includes('import *') || library.text.includes('globals()');
      if (!isPassedOn && !mentions(library.text, name)) continue;
      // Mentioned, but bound by no statement: something may set it all the same (`setattr(module, …)`).
      if (!isPassedOn && !topNames(library.source()).has(name)) { waiting.push(module); continue; }
    }
    const value = exportedMember(run, module, name, memberOf);
    if (value !== undefined) return value;
  }
  if (!run.builtins.variables.has(name)) {
    for (const module of waiting) {
      const value = exportedMember(run, module, name, memberOf);
      if (value !== undefined) return value;
    }
  }
  if (lazy.stars.every(isSettled)) lazy.missing.add(name);
  return undefined;
}

/** Whether a text holds a word that is not a part of a longer one. */
function mentions(text: string, word: string): boolean {
  if (word === '') return false;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!isWordCharacter(text.charCodeAt(at - 1)) && !isWordCharacter(text.charCodeAt(at + word.length))) return true;
  }
  return false;
}
function isWordCharacter(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122) || code > 127;
}

const topNamesOf = new WeakMap<SourceFile, ReadonlySet<string>>();
function topNames(source: SourceFile): ReadonlySet<string> {
  let names = topNamesOf.get(source);
  if (names === undefined) { names = new Set(boundNames(source.parsed.module.body)); topNamesOf.set(source, names); }
  return names;
}

/** What `from module import *` binds to a name. */
function exportedMember(run: Run, module: ModuleValue, name: string, memberOf: MemberLookUp): Value | undefined {
  const library = libraryModules.get(module);
  if (library !== undefined) runPending(run, library);
  const all = module.members.get('__all__');
  if ((all?.kind === 'list' || all?.kind === 'tuple') && !(all.kind === 'list' && all.open)) {
    if (!all.items.some((item) => item.kind === 'unknown' || (item.kind === 'str' && item.value === name))) return undefined;
  } else if (name.startsWith('_')) return undefined;
  return module.members.get(name) ?? lazyMember(run, module.members, name, memberOf);
}

/** All names that wait in a table of names are looked for: someone asks for all of them (`vars(module)`). */
export function takeAllNames(run: Run, variables: Map<string, Value>, memberOf: MemberLookUp): void {
  const lazy = lazyNames.get(variables);
  if (lazy === undefined) return;
  for (const name of lazy.names.keys()) if (!variables.has(name)) lazyMember(run, variables, name, memberOf);
  for (const module of lazy.stars) {
    const library = libraryModules.get(module);
    if (library !== undefined) runPending(run, library);
    takeAllNames(run, module.members, memberOf);
    const all = module.members.get('__all__');
    const names = all?.kind === 'list' || all?.kind === 'tuple' ? all.items.flatMap((item) => (item.kind === 'str' ? [item.value] : [])) : [...module.members.keys()].filter((name) => !name.startsWith('_'));
    for (const name of names) if (!variables.has(name)) lazyMember(run, variables, name, memberOf);
  }
}

/** Whether a name that stands in a scope would be bound anew by `from module import *`: then the import cannot wait. */
export function isRebound(variables: ReadonlyMap<string, Value>, module: ModuleValue): boolean {
  const library = libraryModules.get(module);
  if (library === undefined) return false;
  const bound = [...variables.keys()].filter((name) => !name.startsWith('__') && mentions(library.text, name));
  return bound.length > 0 && bound.some((name) => topNames(library.source()).has(name));
}

// Containers that functions of a library fill.

/** More text than this is not read to find out what else a container would hold. */
const mostText = 1_000_000;

/** Before a container is read: bodies that are still waiting and may fill it are run, those first that mention the key that is looked for. */
export function catchUp(run: Run, container: Value, key?: Value): void {
  const { libraries } = run;
  if (libraries.pending.size === 0 || libraries.running > 0) return;
  const owner = libraries.filled.get(container);
  if (owner !== undefined) catchUpWith(run, owner, container, key);
}

function catchUpWith(run: Run, owner: LibraryModule, container: Value, key: Value | undefined): void {
  const { libraries } = run;
  const word = key?.kind === 'str' ? key.value : undefined;
  const entry = key === undefined ? undefined : dictKey(key);
  const hasKey = (): boolean => entry !== undefined && (container.kind === 'dict' || container.kind === 'set') && container.entries.has(entry);
  if (hasKey()) return;
  const { words } = filledNames(owner.source());
  const mayFill = (one: LibraryModule): boolean => words.some((each) => one.text.includes(each));
  const runThose = (wanted: (one: LibraryModule) => boolean): void => { for (const one of [...libraries.pending]) if (wanted(one)) runPending(run, one); };
  const topName = owner.module.name.split('.', 1)[0] ?? '';
  const isNear = (one: LibraryModule): boolean => one.module.name === topName || one.module.name.startsWith(`${topName}.`) || one.text.includes(topName);
  // Packages import the modules that do the filling, so their own bodies come in between.
  for (let left = -1; left !== libraries.pending.size;) {
    left = libraries.pending.size;
    if (word !== undefined) {
      runThose((one) => mentions(one.text, word) && isNear(one) && mayFill(one));
      if (hasKey()) return;
    }
    runThose((one) => one.folder !== undefined && isNear(one));
  }
  const rest = [...libraries.pending].filter((one) => isNear(one) && mayFill(one));
  if (rest.reduce((sum, one) => sum + one.text.length, 0) > mostText) withoutJournals(() => openContainer(container));
  else for (const one of rest) runPending(run, one);
}

function note(run: Run, library: LibraryModule, value: Value | undefined): void {
  if (value !== undefined && (value.kind === 'dict' || value.kind === 'list' || value.kind === 'set')) run.libraries.filled.set(value, library);
}

/** Remembers the containers of a module that its functions fill. */
function noteFilled(run: Run, library: LibraryModule): void {
  const filled = filledNames(library.source());
  for (const name of filled.names) note(run, library, library.scope.variables.get(name));
  if (filled.attributes.size === 0) return;
  for (const value of library.scope.variables.values()) {
    const holder = value.kind === 'instance' ? value.attributes : value.kind === 'class' && isOwn(value, library) ? value.namespace : undefined;
    if (holder !== undefined) for (const attribute of filled.attributes) note(run, library, holder.get(attribute));
  }
}

function isOwn(cls: ClassValue, library: LibraryModule): boolean { return cls.place?.source.path === library.source().path; }

/** The same for a container that stands in another module and is filled from here. */
function noteImported(run: Run, owner: ModuleValue | undefined, name: string, value: Value): void {
  if (owner === undefined || (value.kind !== 'dict' && value.kind !== 'list' && value.kind !== 'set')) return;
  const here = libraryModules.get(owner);
  if (here !== undefined && filledNames(here.source()).names.has(name)) note(run, here, value);
}
