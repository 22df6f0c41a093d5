// What a run leaves for the next one of the same program: the modules of libraries, whose bodies need not run again while nothing
// they were made from has changed. A run that changes an object of theirs leaves nothing, and takes up nothing. It must not know any library.
//
// Bodies run when something of them is asked for (libraries.ts). With what an earlier run left, more of them have run than this one
// would have asked for, as in Python, where all that are imported have.
import { isEndless } from '../catalogues/python/iterating.ts';
import type { FolderEntry, Host } from '../values/interpreter.ts';
import type { Guard } from '../values/heap.ts';
import { moveGuard } from '../values/heap.ts';
import type { Value } from '../values/value.ts';
import { libraryOf } from './libraries.ts';
import type { LibraryPaths } from './module-finder.ts';
import { noLibraries } from './module-finder.ts';
import { lastingCalls } from './reuse.ts';
import type { Run } from './run.ts';

export interface LibraryMemory { run: Run | undefined; paths: LibraryPaths | undefined }

export function makeLibraryMemory(): LibraryMemory { return { run: undefined, paths: undefined }; }

// ---- What was asked of the host.

export interface Questions {
  readonly texts: Map<string, string | undefined>;
  readonly folders: Map<string, readonly FolderEntry[] | undefined>;
  /** Something else was asked, which is not asked again for comparison. */
  hasOthers: boolean;
  /** While this is not 0, questions are noted. */
  depth: number;
}

export function makeQuestions(): Questions { return { texts: new Map(), folders: new Map(), hasOthers: false, depth: 0 }; }

interface Asked { readonly texts: ReadonlySet<string>; readonly folders: ReadonlySet<string> }

/** Notes what is asked until `endAsking`, which may say that it was for the program alone. */
export function beginAsking(questions: Questions): Asked | undefined {
  questions.depth += 1;
  return questions.depth > 1 ? undefined : { texts: new Set(questions.texts.keys()), folders: new Set(questions.folders.keys()) };
}

export function endAsking(questions: Questions, before: Asked | undefined, isKept: boolean): void {
  questions.depth -= 1;
  if (before === undefined || isKept) return;
  for (const path of questions.texts.keys()) if (!before.texts.has(path)) questions.texts.delete(path);
  for (const path of questions.folders.keys()) if (!before.folders.has(path)) questions.folders.delete(path);
}

/** The host, with what is asked for the sake of libraries noted. */
export function askingHost(host: Host, questions: Questions): Host {
  return {
    readText(path) {
      const text = host.readText(path);
      if (questions.depth > 0) questions.texts.set(path, text);
      return text;
    },
    readBytes(path, limit) {
      if (questions.depth > 0) questions.hasOthers = true;
      return host.readBytes(path, limit);
    },
    listFolder(path) {
      const entries = host.listFolder(path);
      if (questions.depth > 0) questions.folders.set(path, entries);
      return entries;
    },
  };
}

function haveSameAnswers(questions: Questions, host: Host): boolean {
  for (const [path, text] of questions.texts) if (host.readText(path) !== text) return false;
  for (const [path, entries] of questions.folders) if (!isSameListing(host.listFolder(path), entries)) return false;
  return true;
}

function isSameListing(left: readonly FolderEntry[] | undefined, right: readonly FolderEntry[] | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left.length === right.length && left.every((entry, at) => entry.name === right[at]?.name && entry.isFolder === right[at]?.isFolder);
}

// ---- Keeping and taking up again.

export interface NextRun extends Pick<Run, 'trace' | 'budget' | 'folders' | 'findNativeModule' | 'isNative' | 'parse' | 'explain' | 'strict' | 'mainPath' | 'reused'> {
  readonly host: Host;
  readonly find: () => LibraryPaths | undefined;
}

/** The kept run made ready for another one; undefined where none is kept, or where libraries have changed. */
export function takeUp(memory: LibraryMemory | undefined, next: NextRun): Run | undefined {
  const run = memory?.run;
  if (memory === undefined || run === undefined) return undefined;
  memory.run = undefined;
  if (run.mainPath !== next.mainPath || run.strict !== next.strict || run.folders.join('\n') !== next.folders.join('\n')) return undefined;
  if ((next.find() ?? noLibraries) !== memory.paths || !haveSameAnswers(run.libraries.questions, next.host)) return undefined;
  for (const path of run.libraries.sources) next.trace.filesRead.add(path);
  run.libraries.find = next.find;
  const { trace, budget, folders, findNativeModule, isNative, parse, explain } = next;
  Object.assign(run, {
    trace, budget, folders, findNativeModule, isNative, parse, explain, host: askingHost(next.host, run.libraries.questions),
    frames: [], callPlaces: [], tries: [], reached: new Set(), uncertain: 0, unknownContexts: 0, onYield: undefined, afterFailure: false, callingPath: undefined, quiet: undefined, rehearsal: undefined, recorded: new Map(), received: new WeakSet(),
  });
  for (const [name, module] of run.modules) if (libraryOf(module) === undefined && !run.libraries.guard.objects.has(module)) run.modules.delete(name);
  Object.assign(run.libraries, { running: 0, steps: 0 });
  run.libraries.bodies.length = 0;
  run.libraries.wanted.clear();
  return run;
}

/** Keeps the modules of libraries of a run that has ended, unless something else hangs on them. */
export function keep(memory: LibraryMemory | undefined, run: Run): void {
  if (memory === undefined) return;
  const { libraries } = run;
  const { guard, questions, paths } = libraries;
  if (!libraries.isKeepable || questions.hasOthers || libraries.running > 0 || libraries.sources.size === 0) return;
  for (const module of run.modules.values()) {
    if (!guard.objects.has(module) || libraryOf(module) !== undefined) continue;
    // A module of the program, or one of a catalogue that the program changed before a library had it.
    if (module.source !== undefined || libraries.ownNamespaces.has(module) || [...module.members].some(([name, value]) => module.load?.(name) !== value)) return;
  }
  Object.assign(run, { reused: lastingCalls(run) });
  memory.run = run;
  memory.paths = paths;
}

/** Whether the run imported all modules that it took up: one that it did not may have filled a table of another. */
export function importsAll(run: Run): boolean {
  const reached = new Set<string>();
  const visit = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    const at = name.lastIndexOf('.');
    if (at >= 0) visit(name.slice(0, at));
    const module = run.modules.get(name);
    const library = module === undefined ? undefined : libraryOf(module);
    if (library !== undefined) for (const one of library.imports) visit(one);
  };
  for (const name of run.libraries.wanted) visit(name);
  for (const [name, module] of run.modules) if (!reached.has(name) && libraryOf(module) !== undefined) return false;
  return true;
}

// ---- Which objects are theirs.

/** Guards all that can be reached from these objects and tables of names; false where something of it cannot be guarded. */
export function guardReachable(guard: Guard, roots: Iterable<object>): boolean {
  let isWhole = true;
  const seen = new Set<object>();
  const waiting: object[] = [];
  const visit = (object: object | undefined): void => {
    if (object === undefined || seen.has(object)) return;
    seen.add(object);
    waiting.push(object);
  };
  /** What is guarded already has been followed; what was written into it since is among the roots. */
  const follow = (object: object | undefined): void => { if (object !== undefined && !guard.objects.has(object)) visit(object); };
  for (const root of roots) visit(root);
  for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
    if (object instanceof Map) {
      guard.objects.add(object);
      for (const value of object.values()) follow(value as Value);
      continue;
    }
    const value = object as Value;
    switch (value.kind) {
      case 'list': case 'tuple': guard.objects.add(value); value.items.forEach(follow); break;
      case 'set': guard.objects.add(value); value.entries.forEach(follow); break;
      case 'dict':
        guard.objects.add(value);
        for (const entry of value.entries.values()) { follow(entry.key); follow(entry.value); }
        value.attributes?.forEach(follow);
        follow(value.factory);
        break;
      case 'instance': guard.objects.add(value); follow(value.cls); value.attributes.forEach(follow); break;
      case 'class':
        if (value.native) break;
        guard.objects.add(value);
        value.namespace.forEach(follow);
        value.bases.forEach(follow);
        break;
      case 'function':
        guard.objects.add(value);
        value.defaults.forEach(follow);
        value.attributes.forEach(follow);
        follow(value.definingClass);
        for (let scope = value.scope as typeof value.scope | undefined; scope !== undefined; scope = scope.parent) follow(scope.variables);
        break;
      case 'module': guard.objects.add(value); follow(value.members); break;
      // How far one without an end has come is kept elsewhere.
      case 'iterator': guard.objects.add(value); if (isEndless(value)) isWhole = false; break;
      case 'tensor': guard.objects.add(value); break;
      case 'bound-method': follow(value.self); follow(value.callable); break;
      case 'staticmethod': case 'classmethod': follow(value.callable); break;
      case 'property': follow(value.getter); follow(value.setter); break;
      case 'super': follow(value.self); break;
      case 'unknown': value.alternatives?.forEach(follow); break;
      default:
    }
  }
  moveGuard(guard);
  return isWhole;
}
