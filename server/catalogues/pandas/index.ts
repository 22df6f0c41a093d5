// The pandas catalogue: its modules and where their members come from.
import type { Catalogue } from '../catalogue.ts';
import './frame.ts';
import './series.ts';
import { pandasMembers } from './functions.ts';

export const pandasCatalogue: Catalogue = { modules: { pandas: pandasMembers } };
