// Models as the trainer writes them, in real Keras: each kind of layer, after a step of training, saved and loaded again, gives the same predictions.
//   node trained_models.mjs
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundledTensorFlow } from '../../esbuild.mjs';
import { oraclePython } from './setup.mjs';
import { root } from './typescript.mjs';

async function loadEngine(folder) {
  const entry = `export { startWasmBackend } from './extension/training/tfjs/wasm-backend.ts'; export { makeTensorFlowEngine } from './extension/training/tfjs/tensorflow-engine.ts';
export { saveModel } from './extension/training/tfjs/saving.ts'; export { drawn } from './extension/training/tfjs/probe.ts';`;
  const outfile = path.join(folder, 'engine.cjs');
  await build({ stdin: { contents: entry, resolveDir: root, loader: 'ts' }, outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error', logOverride: { 'empty-import-meta': 'silent' }, ...bundledTensorFlow });
  return (await import(pathToFileURL(outfile))).default;
}

export async function runTrainedModels({ python, log = console.log }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'inlayer-trained-'));
  const child = spawn(python, ['-B', path.join(root, 'test', 'oracle', 'trained_models.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const result = { passed: 0, failed: 0 };
  try {
    const { startWasmBackend, makeTensorFlowEngine, saveModel, drawn } = await loadEngine(folder);
    await startWasmBackend(path.join(root, 'node_modules/@tensorflow/tfjs-backend-wasm/dist'));
    const facts = JSON.parse(readFileSync(path.join(root, 'test/facts/training.json'), 'utf8')).training.filter(({ name }) => !/^(optimizer|loss) /.test(name));
    for (const fact of facts) {
      const engine = makeTensorFlowEngine('here');
      await engine.build({ config: fact.config, optimizer: { name: 'SGD', arguments: { learning_rate: 0.01 } }, loss: fact.loss, inputShape: fact.shape });
      const size = fact.batch * fact.shape.reduce((product, one) => product * one, 1);
      const input = fact.integers === null ? drawn(size, 1) : Float32Array.from({ length: size }, (_, at) => at % fact.integers);
      const batch = { size: fact.batch, input, target: Float32Array.from(fact.target) };
      await engine.step(batch, 0.01);
      const { prediction } = await engine.evaluate(batch);
      saveModel(folder, { config: fact.config, weights: await engine.weights(), saved: await engine.save() });
      engine.dispose();
      child.stdin.write(`${JSON.stringify({ folder, config: fact.config, input: [...input], shape: [fact.batch, ...fact.shape], prediction: [...prediction] })}\n`);
      const answer = JSON.parse((await answers.next()).value);
      const problem = answer.error ?? (answer.difference.every((one) => one < 1e-4) ? undefined : `predictions differ by ${answer.difference}`);
      if (problem === undefined) result.passed += 1;
      else { result.failed += 1; log(`  FAILED trained ${fact.name}: ${problem}`); }
    }
  } finally {
    child.stdin.end();
    rmSync(folder, { recursive: true, force: true });
  }
  log(`trained models: ${result.passed} give in Keras what they gave in TensorFlow.js, ${result.failed} do not`);
  return result;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { failed, passed } = await runTrainedModels({ python: oraclePython() });
  process.exit(failed > 0 || passed === 0 ? 1 : 0);
}
