// Finds a library's module by its dotted name among the catalogues. It must not know any one library.
import { nativeModule } from '../values/classes.ts';
import type { ModuleValue, Value } from '../values/value.ts';
import { str, tuple } from '../values/value.ts';
import type { Catalogue } from './catalogue.ts';

export interface Registry {
  /** A module made anew, so that what a program writes into it does not outlive the run. */
  findModule(name: string): ModuleValue | undefined;
}

/** Under this name a module lists its public names, for `import *`; Python cannot spell it. */
const publicNames = '*names';

export function makeRegistry(catalogues: readonly Catalogue[]): Registry {
  const factories = new Map<string, (() => Readonly<Record<string, Value>>)[]>();
  const aliases: [string, string][] = [];
  const packages = new Set<string>();
  for (const catalogue of catalogues) {
    for (const [name, factory] of Object.entries(catalogue.modules)) {
      factories.set(name, [...(factories.get(name) ?? []), factory]);
      const parts = name.split('.');
      for (let length = 1; length < parts.length; length += 1) packages.add(parts.slice(0, length).join('.'));
    }
    for (const [from, to] of Object.entries(catalogue.aliases ?? {})) {
      aliases.push([from, to]);
      const parts = from.split('.');
      for (let length = 1; length < parts.length; length += 1) packages.add(parts.slice(0, length).join('.'));
    }
  }
  // The longest spelling wins: `tensorflow.python.keras` before `tensorflow.python`.
  aliases.sort((left, right) => right[0].length - left[0].length);
  const members = new Map<string, Map<string, Value>>();
  const membersOf = (name: string): Map<string, Value> | undefined => {
    let found = members.get(name);
    if (found === undefined) {
      const made = factories.get(name);
      if (made === undefined) return undefined;
      found = new Map(made.flatMap((factory) => Object.entries(factory())));
      members.set(name, found);
    }
    return found;
  };
  const canonical = (name: string): string => {
    let current = name;
    for (let rounds = 0; rounds < 8; rounds += 1) {
      const alias = aliases.find(([from]) => current === from || current.startsWith(`${from}.`));
      if (alias === undefined) return current;
      current = alias[1] + current.slice(alias[0].length);
    }
    return current;
  };
  return {
    findModule(name) {
      const target = canonical(name);
      if (!factories.has(target) && !packages.has(target)) return undefined;
      return nativeModule(target, (member) => {
        const own = membersOf(target);
        if (member === publicNames) return tuple([...(own?.keys() ?? [])].filter((key) => !key.startsWith('_')).map((key) => str(key)));
        return own?.get(member);
      });
    },
  };
}
