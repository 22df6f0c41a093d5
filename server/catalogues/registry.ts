// Finds a library's module by its dotted name among the catalogues. It must not know any one library.
import { nativeModule } from '../values/classes.ts';
import type { ModuleValue, Value } from '../values/value.ts';
import { str, tuple } from '../values/value.ts';
import type { Catalogue } from './catalogue.ts';

/** A catalogue that is read when a program first asks for a name whose first part is one of its roots, other spellings included. */
export interface LazyCatalogue {
  readonly roots: readonly string[];
  readonly load: () => Catalogue;
}

export interface Registry {
  /** A module made anew, so that what a program writes into it does not outlive the run. */
  findModule(name: string): ModuleValue | undefined;
  /** Whether a catalogue holds this module or one that it is in; false for a package of which only some modules are held. */
  hasModule(name: string): boolean;
}

/** Under this name a module lists its public names, for `import *`; Python cannot spell it. */
const publicNames = '*names';

/** What the catalogues that were read so far hold together. */
interface Contents {
  readonly factories: ReadonlyMap<string, readonly (() => Readonly<Record<string, Value>>)[]>;
  /** The longest spelling stands first: `tensorflow.python.keras` before `tensorflow.python`. */
  readonly aliases: readonly (readonly [from: string, to: string])[];
  /** Names above a module that are none themselves. */
  readonly packages: ReadonlySet<string>;
  /** Modules of which the library's own source would say more. */
  readonly standIns: ReadonlySet<string>;
  /** Spellings that mean the library's own source. */
  readonly ownSources: readonly string[];
}

function contentsOf(catalogues: readonly Catalogue[]): Contents {
  const factories = new Map<string, (() => Readonly<Record<string, Value>>)[]>();
  const aliases: [string, string][] = [];
  const packages = new Set<string>();
  const standIns = new Set<string>();
  const addPackagesAbove = (name: string): void => {
    for (let at = name.indexOf('.'); at >= 0; at = name.indexOf('.', at + 1)) packages.add(name.slice(0, at));
  };
  for (const catalogue of catalogues) {
    for (const name of Object.keys(catalogue.standIns ?? {})) standIns.add(name);
    for (const [name, factory] of Object.entries({ ...catalogue.modules, ...catalogue.standIns })) {
      const others = factories.get(name);
      if (others === undefined) factories.set(name, [factory]);
      else others.push(factory);
      addPackagesAbove(name);
    }
    for (const [from, to] of Object.entries(catalogue.aliases ?? {})) {
      aliases.push([from, to]);
      addPackagesAbove(from);
    }
  }
  aliases.sort((left, right) => right[0].length - left[0].length);
  return { factories, aliases, packages, standIns, ownSources: catalogues.flatMap((catalogue) => catalogue.ownSources ?? []) };
}

export function makeRegistry(entries: readonly (Catalogue | LazyCatalogue)[]): Registry {
  const read = new Map<Catalogue | LazyCatalogue, Catalogue>();
  const readRoots = new Set<string>();
  let contents: Contents | undefined;
  /** Reads the catalogues in which a name can stand. What they hold stands in the list's order, whichever was asked for first. */
  const contentsFor = (name: string): Contents => {
    const root = name.split('.', 1)[0] ?? name;
    if (contents !== undefined && readRoots.has(root)) return contents;
    readRoots.add(root);
    const before = read.size;
    for (const entry of entries) {
      if (!read.has(entry) && (!('load' in entry) || entry.roots.includes(root))) read.set(entry, 'load' in entry ? entry.load() : entry);
    }
    if (contents === undefined || read.size > before) contents = contentsOf(entries.flatMap((entry) => read.get(entry) ?? []));
    return contents;
  };
  const members = new Map<string, Map<string, Value>>();
  const membersOf = (name: string): Map<string, Value> | undefined => {
    let found = members.get(name);
    if (found === undefined) {
      const made = contentsFor(name).factories.get(name);
      if (made === undefined) return undefined;
      found = new Map(made.flatMap((factory) => Object.entries(factory())));
      members.set(name, found);
    }
    return found;
  };
  const canonical = (name: string): string => {
    let current = name;
    for (let rounds = 0; rounds < 8; rounds += 1) {
      const alias = contentsFor(current).aliases.find(([from]) => current === from || current.startsWith(`${from}.`));
      if (alias === undefined) return current;
      current = alias[1] + current.slice(alias[0].length);
    }
    return current;
  };
  return {
    findModule(name) {
      const target = canonical(name);
      const { factories, packages } = contentsFor(target);
      if (!factories.has(target) && !packages.has(target)) return undefined;
      return nativeModule(target, (member) => {
        const own = membersOf(target);
        if (member === publicNames) return tuple([...(own?.keys() ?? [])].filter((key) => !key.startsWith('_')).map((key) => str(key)));
        return own?.get(member);
      });
    },
    hasModule(name) {
      if (contentsFor(name).ownSources.some((source) => name === source || name.startsWith(`${source}.`))) return false;
      const target = canonical(name);
      const { factories, standIns } = contentsFor(target);
      const isHeld = (part: string): boolean => factories.has(part) && !standIns.has(part);
      for (let at = target.length; at > 0; at = target.lastIndexOf('.', at - 1)) if (isHeld(target.slice(0, at))) return true;
      return false;
    },
  };
}
