// numpy programs under the evaluator, compared with numpy itself.
import { checkArrayProgram } from '../../support/array-program.ts';

for (const name of ['creation', 'elementwise', 'reductions', 'moving', 'indexing', 'random_numbers', 'files']) checkArrayProgram('numpy', name);
