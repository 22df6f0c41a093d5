// The groups of the corpus by the name that the command line gives them, and the coverage report; what run.mjs bundles.
import type { Measure } from './corpus.ts';
import { measureTimm } from './timm.ts';
import { measureFindings } from './findings.ts';
import { measureKeras } from './keras.ts';
import { measureTorchvision } from './torchvision.ts';

export { failuresOf, missesOf, slowestOf, tableOf } from './corpus.ts';
export { measurePrograms, programsReport } from './programs.ts';
export { coverageReport } from '../support/coverage.ts';

export const groups: Readonly<Record<string, Measure>> = {
  torchvision: measureTorchvision,
  keras: measureKeras,
  timm: measureTimm,
  findings: measureFindings,
};
