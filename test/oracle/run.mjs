// `npm run oracle`: the real frameworks produce the right values. Specs, cases, syntax trees and fresh random layers and modules; needs Python.
//   INLAYER_ORACLE_PYTHON=/path/to/python npm run oracle     uses an interpreter that has the frameworks
// The last line is `N passed, N failed`; exit 1 when something failed or nothing ran.
import { runCases } from './cases.mjs';
import { runKerasConfigs } from './keras_configs.mjs';
import { runLayers } from './layers.mjs';
import { oraclePython } from './setup.mjs';
import { runSpecs } from './specs.mjs';
import { runSyntax } from './syntax.mjs';
import { runTorchModules } from './torch_modules.mjs';
import { runTrainedModels } from './trained_models.mjs';
import { runTorchOperations } from './torch_operations.mjs';

const python = oraclePython();
const started = Date.now();
let passed = 0, failed = 0;
const add = (result) => {
  passed += result.passed;
  failed += result.failed;
};
// Two at a time: programs in one process a framework, layers in one of their own.
const [layers] = await Promise.all([
  runLayers({ python }),
  (async () => {
    add(await runSpecs({ python }));
    add(await runCases({ python }));
    add(await runSyntax({ python }));
    add(await runKerasConfigs({ python }));
    add(await runTrainedModels({ python }));
    add(await runTorchModules({ python }));
    add(await runTorchOperations({ python }));
    add(await runTorchOperations({ python, calls: 'torch_distribution_calls', count: 8 }));
  })(),
]);
add(layers);
console.log(`${Math.round((Date.now() - started) / 1000)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
