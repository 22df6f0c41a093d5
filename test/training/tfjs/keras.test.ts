// The trainer's layers, gradients, optimizers, losses and metrics against real Keras: test/facts/training.json holds what Keras computed on numbers
// that both draw alike (test/oracle/training.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import type { Engine, LayerWeights } from '../../../extension/training/tfjs/engine.ts';
import { metricNamed } from '../../../extension/training/tfjs/metrics.ts';
import type { TargetKind } from '../../../extension/training/tfjs/losses.ts';
import { learningRateAt } from '../../../extension/training/tfjs/optimizers.ts';
import { drawn, probedLosses, probeLosses } from '../../../extension/training/tfjs/probe.ts';
import { heldTensors, makeTensorFlowEngine } from '../../../extension/training/tfjs/tensorflow-engine.ts';
import { startWasmBackend } from '../../../extension/training/tfjs/wasm-backend.ts';
import type { Json, ObjectConfiguration } from '../../../server/trace/configuration.ts';

interface TrainingFact {
  readonly name: string; readonly config: Json; readonly optimizer: ObjectConfiguration; readonly loss: ObjectConfiguration; readonly batch: number; readonly integers: number | null;
  readonly shape: readonly number[]; readonly target: readonly number[]; readonly prediction: readonly number[]; readonly losses: readonly number[];
}
interface MetricFact { readonly metric: string; readonly arguments: ObjectConfiguration['arguments']; readonly kind: TargetKind; readonly width: number; readonly target: readonly number[]; readonly prediction: readonly number[]; readonly result: number }

const facts = JSON.parse(readFileSync('test/facts/training.json', 'utf8')) as { readonly training: readonly TrainingFact[]; readonly metrics: readonly MetricFact[] };

before(async () => assert.ok(await startWasmBackend(path.resolve('node_modules/@tensorflow/tfjs-backend-wasm/dist'))));

test('the probe gives Keras\' numbers', async () => {
  const losses = await probedLosses(makeTensorFlowEngine('here'));
  for (const [at, loss] of losses.entries()) assert.ok(Math.abs(loss - (probeLosses[at] ?? 0)) < 1e-4, `${losses}`);
});

function weightsLike(weights: readonly LayerWeights[]): LayerWeights[] {
  let at = 1;
  return weights.filter((one) => !one.path.includes('seed_generator')).map((one) => ({
    ...one, weights: one.weights.map(({ shape, values }) => {
      const own = drawn(values.length, (at += 1));
      return { shape, values: one.path.includes('batch_normalization') ? own.map((value) => Math.abs(value) + 0.5) : own };
    }),
  }));
}

async function replay(fact: TrainingFact, engine: Engine): Promise<void> {
  await engine.build({ config: fact.config, optimizer: fact.optimizer, loss: fact.loss, inputShape: fact.shape });
  engine.setWeights(weightsLike(await engine.weights()));
  const size = fact.batch * fact.shape.reduce((product, one) => product * one, 1), { integers } = fact;
  const batch = { size: fact.batch, input: integers === null ? drawn(size, 1) : Float32Array.from({ length: size }, (_, at) => at % integers), target: Float32Array.from(fact.target) };
  const { prediction } = await engine.evaluate(batch);
  for (const [at, value] of fact.prediction.entries()) assert.ok(Math.abs(value - (prediction[at] ?? Number.NaN)) < 2e-4 * Math.max(1, Math.abs(value)), `prediction ${at}: Keras gives ${value}, it gives ${prediction[at]}`);
  const losses: number[] = [];
  for (let step = 0; step + 1 < fact.losses.length; step += 1) losses.push((await engine.step(batch, learningRateAt(fact.optimizer.arguments['learning_rate'], step) ?? Number.NaN)).loss);
  losses.push((await engine.evaluate(batch)).loss);
  for (const [at, loss] of fact.losses.entries()) assert.ok(Math.abs(loss - (losses[at] ?? Number.NaN)) < 1e-3 * Math.max(1, Math.abs(loss)), `losses: Keras gives ${fact.losses.join(' ')}, they are ${losses.map((one) => one.toFixed(6)).join(' ')}`);
}

for (const fact of facts.training) {
  test(`as Keras: ${fact.name}`, async () => {
    const engine = makeTensorFlowEngine('here');
    try {
      await replay(fact, engine);
    } finally {
      engine.dispose();
    }
  });
}

test('steps leave no tensors behind', async () => {
  const fact = facts.training.find(({ name }) => name === 'conv2d');
  assert.ok(fact);
  const engine = makeTensorFlowEngine('here');
  await engine.build({ config: fact.config, optimizer: { name: 'Adam', arguments: { learning_rate: 0.01 } }, loss: fact.loss, inputShape: fact.shape });
  const batch = { size: fact.batch, input: drawn(fact.batch * 72, 1), target: Float32Array.from(fact.target) };
  await engine.step(batch, 0.01);
  const held = heldTensors();
  for (let step = 0; step < 3; step += 1) await engine.step(batch, 0.01);
  await engine.evaluate(batch);
  assert.equal(heldTensors(), held);
  engine.dispose();
});

for (const fact of facts.metrics) {
  test(`as Keras: ${fact.metric} ${JSON.stringify(fact.arguments)}`, () => {
    const metric = metricNamed({ name: fact.metric, arguments: fact.arguments }, fact.kind, fact.width);
    metric?.update({ target: fact.target, prediction: fact.prediction, width: fact.width });
    assert.ok(Math.abs((metric?.result() ?? Number.NaN) - fact.result) < 1e-5, `Keras gives ${fact.result}, it is ${metric?.result()}`);
  });
}
