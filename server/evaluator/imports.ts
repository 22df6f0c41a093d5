// `import`: modules of the program's own folders are run from their source, libraries come from their catalogue, and what is
// neither is unknown. It must not know any library.
import type { Import, ImportFrom } from '../syntax/ast.ts';
import { message } from '../values/place.ts';
import type { Place } from '../values/place.ts';
import type { ModuleValue, Scope, Value } from '../values/value.ts';
import { str, unknown } from '../values/value.ts';
import { bindName, moduleOfScope } from './assignment.ts';
import { PythonError } from './errors.ts';
import type { Frame, Run } from './run.ts';
import { currentFrame, newScope, placeOf } from './run.ts';
import { executeBlock } from './statements.ts';

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
  if (node.star) {
    importStar(run, module);
    return;
  }
  for (const name of node.names) {
    const value = module.kind === 'module' ? memberOf(run, module, name.name, placeOf(run, name)) ?? unknown() : unknown();
    bindName(run, name.alias?.text ?? name.name, value);
  }
}

/** A member of a module: what it holds, then a submodule of that name. */
export function memberOf(run: Run, module: ModuleValue, name: string, place: Place): Value | undefined {
  const held = module.members.get(name);
  if (held !== undefined) return held;
  const loaded = module.load?.(name);
  if (loaded !== undefined) { module.members.set(name, loaded); return loaded; }
  const submodule = run.modules.get(`${module.name}.${name}`) ?? run.findNativeModule(`${module.name}.${name}`);
  if (submodule !== undefined) return submodule;
  if (module.source !== undefined && module.name !== '__main__') {
    const found = importModule(run, `${module.name}.${name}`, place);
    if (found.kind === 'module') return found;
  }
  return undefined;
}

function importStar(run: Run, module: Value): void {
  const scope = currentFrame(run).scope;
  if (module.kind !== 'module') { scope.open = true; return; }
  const all = module.members.get('__all__');
  if (module.source === undefined) {
    // A library's public names are those of its catalogue; they are found when they are asked for.
    scope.open = true;
    starSources.set(scope, [...(starSources.get(scope) ?? []), module]);
    for (const name of nativeNames(module)) {
      const value = module.load?.(name);
      if (value !== undefined) bindName(run, name, value);
    }
    return;
  }
  if (all?.kind === 'list' || all?.kind === 'tuple') {
    for (const item of all.items) if (item.kind === 'str') bindName(run, item.value, module.members.get(item.value) ?? unknown());
    return;
  }
  for (const [name, value] of module.members) if (!name.startsWith('_')) bindName(run, name, value);
}

const starSources = new WeakMap<Scope, ModuleValue[]>();

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
  let parts = own === '__main__' ? fileParts(run, path) : own.split('.');
  if (parts === undefined) return undefined;
  if (!isPackage) parts = parts.slice(0, -1);
  const up = level - 1;
  if (up > parts.length) return undefined;
  const base = parts.slice(0, parts.length - up);
  return [...base, ...(module === '' ? [] : [module])].join('.') || undefined;
}

function fileParts(run: Run, path: string): string[] | undefined {
  for (const folder of run.folders) {
    if (path.startsWith(`${folder}/`)) return path.slice(folder.length + 1).replace(/(\/__init__)?\.py$/, '').split('/');
  }
  return undefined;
}

function moduleOfFrame(run: Run): string {
  let scope: Scope | undefined = currentFrame(run).scope;
  while (scope !== undefined) {
    const module = moduleOfScope.get(scope);
    if (module !== undefined) return module.name;
    scope = scope.parent;
  }
  return '__main__';
}

/** Libraries whose catalogue always wins over a file of the same name. */
const alwaysNative = new Set(['keras', 'tensorflow', 'torch', 'numpy', 'builtins']);

export function importModule(run: Run, name: string, place: Place): ModuleValue | Value {
  const known = run.modules.get(name);
  if (known !== undefined) return known;
  const [top] = name.split('.');
  if (top !== undefined && !alwaysNative.has(top)) {
    const own = importFile(run, name, place);
    if (own !== undefined) return own;
  }
  const native = run.findNativeModule(name);
  if (native !== undefined) { run.modules.set(name, native); return native; }
  return unknown(message('the module {name} is not known', { name }), 'module');
}

function importFile(run: Run, name: string, place: Place): ModuleValue | Value | undefined {
  const relative = name.replaceAll('.', '/');
  const folders = [folderOf(currentFrame(run).source.path), ...run.folders];
  for (const folder of new Set(folders)) {
    for (const path of [`${folder}/${relative}.py`, `${folder}/${relative}/__init__.py`]) {
      if (path === run.mainPath) continue;
      const text = run.host.readText(path);
      if (text === undefined) continue;
      run.trace.filesRead.add(path);
      return runModule(run, name, path, text, place);
    }
    // A folder without __init__.py is a namespace package.
    const entries = run.host.listFolder(`${folder}/${relative}`);
    if (entries?.some((entry) => entry.isFolder || entry.name.endsWith('.py'))) {
      const module: ModuleValue = { kind: 'module', name, members: new Map(), load: (member) => {
        const found = importFile(run, `${name}.${member}`, place);
        return found?.kind === 'module' ? found : undefined;
      }, complete: false, source: undefined };
      run.modules.set(name, module);
      return module;
    }
  }
  return undefined;
}

function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '.' : path.slice(0, at);
}

/** Runs a file of the program as a module. What it raises ends it; what it had bound stays. */
function runModule(run: Run, name: string, path: string, text: string, place: Place): Value {
  const source = run.parse(path, text);
  const scope = newScope('module', undefined);
  const module: ModuleValue = { kind: 'module', name, members: scope.variables, load: undefined, complete: false, source };
  run.modules.set(name, module);
  moduleOfScope.set(scope, module);
  scope.variables.set('__name__', str(name));
  scope.variables.set('__file__', str(path));
  const frame: Frame = {
    scope, source, callee: undefined, callPlace: place, self: undefined, definingClass: undefined, yields: undefined, pendingReturns: [], undecidedBreak: false,
  };
  const depth = { frames: run.frames.length, places: run.callPlaces.length, tries: run.tries.length };
  run.frames.push(frame);
  try {
    for (const statement of source.parsed.module.body) {
      try {
        executeBlock(run, [statement]);
      } catch (error) {
        if (!(error instanceof PythonError)) throw error;
        // The rest of the module is still of use: what it defines is looked at.
        run.frames.length = depth.frames + 1;
        run.callPlaces.length = depth.places;
        run.tries.length = depth.tries;
        scope.open = true;
      }
    }
  } finally {
    run.frames.length = depth.frames;
  }
  return module;
}
