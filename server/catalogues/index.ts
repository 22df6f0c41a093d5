// The one list of catalogues.
import type { Catalogue } from './catalogue.ts';
import { pythonCatalogue } from './python/index.ts';

export const allCatalogues: readonly Catalogue[] = [pythonCatalogue];
