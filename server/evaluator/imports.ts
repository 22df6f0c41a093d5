// `import`: modules of the program's own folders are run from their source, libraries come from their catalogue, else from their
// source in the environment, and what is none of these is unknown. It must not know any library.
import { failRecorders } from '../values/recorder.ts';
import type { Import, ImportFrom } from '../syntax/ast.ts';
import { message } from '../values/place.ts';
import type { Message, Place } from '../values/place.ts';
import { argumentsOf } from '../values/arguments.ts';
import type { ModuleValue, Scope, Value } from '../values/value.ts';
import { str, unknown } from '../values/value.ts';
import { isStandardModule } from '../catalogues/python/standard-modules.ts';
import { bindName, moduleOfScope } from './assignment.ts';
import { PythonError } from './errors.ts';
import { bindLater, hasLazyNames, importsMayWait, isRebound, lazyMember, libraryOf, makeLibraryModule, runModuleBody, runPending, starLater, takeAllNames } from './libraries.ts';
import { beginAsking, endAsking } from './memory.ts';
import type { FoundModule } from './module-finder.ts';
import { findLibrary, findOwn, isCertainlyMissing, isLibrarySource, partsOfPath } from './module-finder.ts';
import type { Run } from './run.ts';
import { currentFrame, newScope, placeOf } from './run.ts';
import { catches, makeException } from './statements.ts';

export function runImport(run: Run, node: Import): void {
  for (const name of node.names) {
    const place = placeOf(run, name);
    const module = importModule(run, name.name, place);
    if (name.alias !== undefined) { bindName(run, name.alias.text, module); continue; }
    const [top] = name.name.split('.');
    if (top !== undefined) bindName(run, top, top === name.name ? module : importModule(run, top, place));
  }
}

export function runImportFrom(run: Run, node: ImportFrom): void {
  const place = placeOf(run, node);
  if (node.module === '__future__' && node.level === 0) return;
  const moduleName = node.level > 0 ? relativeName(run, node.level, node.module) : node.module;
  const module = moduleName === undefined ? unknown() : importModule(run, moduleName, place);
  const scope = currentFrame(run).scope;
  if (node.star) {
    importStar(run, module);
    return;
  }
  const library = module.kind === 'module' && importsMayWait(run) ? libraryOf(module) : undefined;
  for (const name of node.names) {
    const alias = name.alias?.text ?? name.name;
    if (library !== undefined && module.kind === 'module' && !scope.variables.has(alias)) {
      bindLater(scope, alias, module, name.name);
      // Python would run a submodule now: it is among those that wait.
      if (library.folder !== undefined && isAround(run, module.name)) findSubmodule(run, module, name.name, placeOf(run, name));
      continue;
    }
    const value = module.kind === 'module' ? memberOf(run, module, name.name, placeOf(run, name)) : unknown(module.kind === 'unknown' ? module.reason : undefined);
    if (value === undefined && module.kind === 'module') missingName(run, module, name.name);
    bindName(run, alias, value ?? unknown(unknownMember(module, name.name)));
  }
}

/** Why a name of a module stands for nothing known. */
export function unknownMember(module: Value, name: string): Message {
  return message('{module}.{name} is not known', { module: module.kind === 'module' ? module.name : '', name });
}

/** Whether the running module is in the package of this name. */
function isAround(run: Run, packageName: string): boolean {
  const own = moduleOfFrame(run);
  return own === packageName || own.startsWith(`${packageName}.`);
}

/** A member of a module: what it holds, then a submodule of that name. */
export function memberOf(run: Run, module: ModuleValue, name: string, place: Place): Value | undefined {
  const library = libraryOf(module);
  if (library?.state === 'pending' && !alwaysBound.has(name)) runPending(run, library);
  const held = module.members.get(name) ?? lazyMember(run, module.members, name, memberHere);
  if (held !== undefined) return held;
  const loaded = module.load?.(name);
  if (loaded !== undefined) { module.members.set(name, loaded); return loaded; }
  const submodule = findSubmodule(run, module, name, place);
  if (submodule !== undefined) return submodule;
  const fallback = name.startsWith('__') ? undefined : module.members.get('__getattr__');
  return fallback?.kind === 'function' ? run.interpreter.call(fallback, argumentsOf([str(name)]), place) : undefined;
}

/** Names that a module has before its body runs. */
const alwaysBound: ReadonlySet<string> = new Set(['__name__', '__file__', '__package__']);

function memberHere(run: Run, module: ModuleValue, name: string): Value | undefined { return memberOf(run, module, name, run.interpreter.place); }

/** A global name that was imported but not looked at so far. */
export function lazyGlobal(run: Run, scope: Scope, name: string): Value | undefined {
  return lazyMember(run, scope.variables, name, memberHere);
}

/** Before all names of a module are listed. */
export function takeNames(run: Run, module: ModuleValue): void {
  const library = libraryOf(module);
  if (library !== undefined) runPending(run, library);
  takeAllNames(run, module.members, memberHere);
}

/** What `dir(module)` lists, and whether that is all. */
export function namesOf(run: Run, module: ModuleValue): { readonly names: readonly string[]; readonly complete: boolean } {
  const library = libraryOf(module);
  takeNames(run, module);
  const names = new Set([...module.members.keys(), ...nativeNames(module)]);
  const complete = library !== undefined && library.state !== 'pending' && !library.scope.open && !names.has('__getattr__') && !library.text.includes('globals()');
  return { names: [...names].filter((name) => name !== publicNames), complete };
}

function findSubmodule(run: Run, module: ModuleValue, name: string, place: Place): ModuleValue | undefined {
  const full = `${module.name}.${name}`;
  const known = run.modules.get(full);
  if (known !== undefined) return known;
  const native = run.isNative(full) ? run.findNativeModule(full) : undefined;
  if (native !== undefined) { run.modules.set(full, native); return native; }
  const library = libraryOf(module);
  if (module.name === '__main__' || (library === undefined ? module.source === undefined : library.folder === undefined)) return run.findNativeModule(full);
  const found = importModule(run, full, place, false);
  return found.kind === 'module' ? found : undefined;
}

function importStar(run: Run, module: Value): void {
  const scope = currentFrame(run).scope;
  if (module.kind !== 'module') { scope.open = true; return; }
  const library = libraryOf(module);
  if (library !== undefined && scope.kind === 'module') {
    if (isRebound(scope.variables, module)) takeStar(run, module);
    else starLater(scope, module);
    return;
  }
  if (library === undefined && module.source === undefined) {
    // A library's public names are those of its catalogue; they are found when they are asked for.
    scope.open = true;
    for (const name of nativeNames(module)) {
      const value = module.load?.(name);
      if (value !== undefined) bindName(run, name, value);
    }
    return;
  }
  takeStar(run, module);
  if (hasLazyNames(module.members) && scope.kind === 'module') starLater(scope, module);
}

/** Binds what a module from source exports. */
function takeStar(run: Run, module: ModuleValue): void {
  if (libraryOf(module) !== undefined) takeNames(run, module);
  const all = module.members.get('__all__');
  if (all?.kind === 'list' || all?.kind === 'tuple') {
    for (const item of all.items) if (item.kind === 'str') bindName(run, item.value, memberHere(run, module, item.value) ?? unknown());
    return;
  }
  for (const [name, value] of [...module.members]) if (!name.startsWith('_')) bindName(run, name, value);
}

/** A native module lists its public names under this name, which Python cannot spell. */
export const publicNames = '*names';

function nativeNames(module: ModuleValue): string[] {
  const names = module.load?.(publicNames);
  return names?.kind === 'tuple' ? names.items.flatMap((item) => (item.kind === 'str' ? [item.value] : [])) : [];
}

function relativeName(run: Run, level: number, module: string): string | undefined {
  const own = moduleOfFrame(run);
  const path = currentFrame(run).source.path;
  const isPackage = path.endsWith('/__init__.py');
  let parts = own === '__main__' ? partsOfPath(run, path) : own.split('.');
  if (parts === undefined) return undefined;
  if (!isPackage) parts = parts.slice(0, -1);
  const up = level - 1;
  if (up > parts.length) return undefined;
  const base = parts.slice(0, parts.length - up);
  return [...base, ...(module === '' ? [] : [module])].join('.') || undefined;
}

export function moduleOfFrame(run: Run): string { return moduleNameOf(currentFrame(run).scope); }

/** The name of the module in which a scope lies. */
export function moduleNameOf(inner: Scope): string {
  for (let scope: Scope | undefined = inner; scope !== undefined; scope = scope.parent) {
    const module = moduleOfScope.get(scope);
    if (module !== undefined) return module.name;
  }
  return '__main__';
}

/** Libraries whose catalogue always wins over a file of the same name. */
const alwaysNative = new Set(['keras', 'tensorflow', 'torch', 'numpy', 'builtins']);

/** A module by its dotted name. `mayRaise`: one that the environment certainly lacks raises where the program would catch that. */
export function importModule(run: Run, name: string, place: Place, mayRaise = true): ModuleValue | Value {
  failRecorders('imports');
  (run.libraries.bodies.at(-1)?.imports ?? run.libraries.wanted).add(name);
  const known = run.modules.get(name);
  if (known !== undefined) return known;
  const [top = name] = name.split('.', 1);
  const asked = beginAsking(run.libraries.questions);
  const own = alwaysNative.has(top) ? undefined : findOwn(run, name);
  if (own?.kind === 'source') {
    // What a library makes of a module of the program goes with the program.
    if (isFromLibrary(run)) run.libraries.isKeepable = false;
    endAsking(run.libraries.questions, asked, false);
    return moduleFrom(run, name, own, place);
  }
  // A catalogue knows its library better than the library's source would say.
  const isOwned = run.isNative(name);
  const found = isOwned ? undefined : findLibrary(run, name) ?? own;
  endAsking(run.libraries.questions, asked, true);
  if (found?.kind === 'source') return moduleFrom(run, name, found, place);
  const native = run.findNativeModule(name);
  if (native !== undefined) { run.modules.set(name, native); return native; }
  if (found !== undefined) return moduleFrom(run, name, found, place);
  if (mayRaise && !isOwned && run.frames.some((frame) => isLibrarySource(run, frame.source.path)) && isCertainlyMissing(run, name, isStandardModule)) raiseMissing(run, `No module named '${name}'`);
  return unknown(message('the module {name} is not known', { name }), 'module');
}

function isFromLibrary(run: Run): boolean {
  const frame = run.frames.at(-1);
  return frame !== undefined && isLibrarySource(run, frame.source.path);
}

function moduleFrom(run: Run, name: string, found: FoundModule, place: Place): ModuleValue | Value {
  if (found.kind === 'namespace') {
    const module: ModuleValue = { kind: 'module', name, members: new Map(), load: (member) => {
      const inner = importModule(run, `${name}.${member}`, place, false);
      return inner.kind === 'module' ? inner : undefined;
    }, complete: false, source: undefined };
    if (!found.isLibrary) run.libraries.ownNamespaces.add(module);
    run.modules.set(name, module);
    return module;
  }
  if (!found.isLibrary) return runModule(run, name, found.path, found.text, place);
  // Python runs the packages around it first.
  const at = name.lastIndexOf('.');
  if (at >= 0) importModule(run, name.slice(0, at), place, false);
  const module = makeLibraryModule(run, name, found);
  run.modules.set(name, module);
  return module;
}

/** Runs a file of the program as a module. What it raises ends it; what it had bound stays. */
function runModule(run: Run, name: string, path: string, text: string, place: Place): Value {
  run.trace.filesRead.add(path);
  const source = run.parse(path, text);
  const scope = newScope('module', undefined);
  const module: ModuleValue = { kind: 'module', name, members: scope.variables, load: undefined, complete: false, source };
  run.modules.set(name, module);
  moduleOfScope.set(scope, module);
  scope.variables.set('__name__', str(name));
  scope.variables.set('__file__', str(path));
  runModuleBody(run, scope, source, place);
  return module;
}

/** `from module import name` of a library's module that certainly has no such name, where an ImportError is waited for. */
function missingName(run: Run, module: ModuleValue, name: string): void {
  const library = libraryOf(module);
  if (library === undefined || library.state !== 'done' || library.scope.open) return;
  if (['import *', 'globals()', '__getattr__', name].some((word) => library.text.includes(word))) return;
  if (run.libraries.paths.complete) raiseMissing(run, `cannot import name '${name}' from '${module.name}'`);
}

function raiseMissing(run: Run, text: string): void {
  const exception = makeException(run, 'ImportError', [str(text)]);
  if (run.tries.some((active) => active.catches.some((caught) => catches(run, caught, exception) === true))) throw new PythonError(exception);
}
