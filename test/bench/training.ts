// A step of the trainer against a bare loop of TensorFlow.js on the same backend with the same gradient kernels: what the trainer adds to each batch.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { dispose, tensor, train } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { drawn } from '../../extension/training/tfjs/probe.ts';
import { makeTensorFlowEngine } from '../../extension/training/tfjs/tensorflow-engine.ts';
import { startWasmBackend } from '../../extension/training/tfjs/wasm-backend.ts';
import { trainingPlans } from '../../server/features/keras-config.ts';
import { analyseText } from '../../server/workspace/analysis.ts';
import { memoryHost } from '../support/program.ts';

const batchSize = 32, stepsOfBlock = 30, blocks = 7;

/** Medians over blocks of steps that take turns: milliseconds a step of the trainer's engine and of `trainOnBatch`. */
export async function measureTraining(): Promise<{ readonly ours: number; readonly bare: number; readonly parameters: number }> {
  if (!(await startWasmBackend(path.resolve('node_modules/@tensorflow/tfjs-backend-wasm/dist')))) throw new Error('the wasm backend does not start');
  const file = '/project/digits.py';
  const [plan] = trainingPlans(analyseText(file, readFileSync('test/editor/example/digits.py', 'utf8'), { host: memoryHost({}) }).trace, file);
  const compile = plan?.compile, [loss] = compile?.losses ?? [];
  if (plan?.model.config === undefined || compile?.optimizer === undefined || loss === undefined) throw new Error('the example is not read');
  const engine = makeTensorFlowEngine('here');
  const { parameters } = await engine.build({ config: plan.model.config, optimizer: compile.optimizer, loss, inputShape: [8, 8, 1] });
  const input = drawn(batchSize * 64, 1), target = Float32Array.from({ length: batchSize }, (_, at) => at % 10);

  const model = sequential({
    layers: [
      layers.conv2d({ inputShape: [8, 8, 1], filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' }), layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }), layers.flatten(), layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: train.adam(0.003), loss: 'sparseCategoricalCrossentropy' });
  if (model.countParams() !== parameters) throw new Error(`${model.countParams()} parameters, not ${parameters}`);
  const ours = async (): Promise<void> => { await engine.step({ size: batchSize, input, target }, 0.003); };
  const bare = async (): Promise<void> => {
    const x = tensor(input, [batchSize, 8, 8, 1]), y = tensor(target, [batchSize, 1]);
    await model.trainOnBatch(x, y);
    dispose([x, y]);
  };
  const time = async (step: () => Promise<void>): Promise<number> => {
    const started = performance.now();
    for (let count = 0; count < stepsOfBlock; count += 1) await step();
    return (performance.now() - started) / stepsOfBlock;
  };
  const times: { readonly ours: number[]; readonly bare: number[] } = { ours: [], bare: [] };
  await time(ours);
  await time(bare);
  for (let block = 0; block < blocks; block += 1) { times.ours.push(await time(ours)); times.bare.push(await time(bare)); }
  const median = (values: readonly number[]): number => [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
  engine.dispose();
  return { ours: median(times.ours), bare: median(times.bare), parameters };
}
