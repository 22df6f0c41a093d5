// Python's standard library as one catalogue: each file of modules gives its part. What is not listed is unknown.
import type { Catalogue } from '../catalogue.ts';
import { argparseModules } from './argparse-module.ts';
import { collectionsModules } from './collections-modules.ts';
import { contextlibModules } from './contextlib-module.ts';
import { copyModules } from './copying.ts';
import { dataModules } from './data-modules.ts';
import { dataclassesModules } from './dataclasses-module.ts';
import { enumModules } from './enum-module.ts';
import { functoolsModules } from './functools-modules.ts';
import { itertoolsModules } from './itertools-modules.ts';
import { mathModules } from './math-modules.ts';
import { objectModules } from './object-modules.ts';
import { outsideModules } from './outside-modules.ts';
import { pathsModules } from './paths-modules.ts';
import { randomModules } from './random-module.ts';
import { reModules } from './re-module.ts';
import { systemModules } from './system-modules.ts';
import { typingModules } from './typing-modules.ts';

/** Several modules stand in both tables. */
function outsideAndSystem(): Catalogue['modules'] {
  const merged: Record<string, Catalogue['modules'][string]> = { ...systemModules };
  for (const [name, members] of Object.entries(outsideModules)) {
    const other = systemModules[name];
    merged[name] = other === undefined ? members : () => ({ ...members(), ...other() });
  }
  return merged;
}

export const pythonCatalogue: Catalogue = {
  modules: {
    ...mathModules,
    ...functoolsModules,
    ...itertoolsModules,
    ...collectionsModules,
    ...typingModules,
    ...copyModules,
    ...dataclassesModules,
    ...enumModules,
    ...objectModules,
    ...contextlibModules,
    ...pathsModules,
    ...outsideAndSystem(),
    ...argparseModules,
    ...randomModules,
    ...dataModules,
    ...reModules,
  },
};
