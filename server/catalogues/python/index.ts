// Python's standard library as one catalogue: each file of modules gives its part. What is not listed is unknown.
import type { Catalogue } from '../catalogue.ts';
import { mathModules } from './math-modules.ts';

export const pythonCatalogue: Catalogue = {
  modules: { ...mathModules },
  aliases: {},
};
