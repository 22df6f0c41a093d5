// Unmodified programs under the launcher, with the real frameworks: metrics.jsonl holds the numbers that they print, to the last digit;
// TensorBoard's own reader reads the run; the launcher costs little.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { startRun } from '../../extension/training/runs/control.ts';
import type { MetricLine } from '../../extension/training/runs/format.ts';
import { readMetricLine, runFiles } from '../../extension/training/runs/format.ts';
import { pythonLaunch } from '../../extension/training/runs/python-launch.ts';
import { createRun } from '../../extension/training/runs/write.ts';
import { ended, findPython, launcher, supervisor, temporaryFolder } from './support.ts';

interface Finished {
  readonly folder: string;
  readonly lines: readonly MetricLine[];
  /** What the program printed behind a word, in order. */
  readonly printed: (word: string) => readonly Readonly<Record<string, number>>[];
  readonly steps: readonly Readonly<Record<string, number>>[];
  readonly epochs: readonly Readonly<Record<string, number>>[];
}

async function finish(context: TestContext, python: string, program: string, given: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const workspace = temporaryFolder(context), file = path.resolve('test/training/programs', program);
  const { folder } = createRun(workspace, { name: program, runner: 'python', program: file, arguments: given, workingDirectory: workspace });
  const quiet = { TF_CPP_MIN_LOG_LEVEL: '3', INLAYER_DEBUG: '1', ...environment };
  startRun(folder, pythonLaunch({ interpreter: path.isAbsolute(python) || !python.includes('/') ? python : path.resolve(python), program: file, arguments: given, workingDirectory: workspace, environment: quiet }, folder, launcher), await supervisor());
  const record = await ended(folder, 600_000), output = readFileSync(path.join(folder, runFiles.output), 'utf8');
  assert.equal(record.state, 'finished', output);
  assert.doesNotMatch(output, /inlayer_launcher/, 'a hook failed');
  const lines = readFileSync(path.join(folder, runFiles.metrics), 'utf8').split('\n').flatMap((line) => readMetricLine(line) ?? []);
  const numbers = (given: Readonly<Record<string, unknown>>): Record<string, number> => Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value === 'nan' ? Number.NaN : Number(value)]));
  return {
    folder, lines,
    printed: (word) => output.split('\n').filter((line) => line.startsWith(`${word} `)).map((line) => JSON.parse(line.slice(word.length + 1)) as unknown).map((value) => (typeof value === 'object' && value !== null ? numbers(value as Readonly<Record<string, unknown>>) : { value: Number(value) })),
    steps: lines.flatMap((line) => (line.type === 'step' ? [{ ...line.values }] : [])), epochs: lines.flatMap((line) => (line.type === 'epoch' ? [{ ...line.values }] : [])),
  };
}

const only = (values: Readonly<Record<string, number>>, ...names: readonly string[]): Record<string, number> => Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
const needs = (...modules: readonly string[]) => {
  const python = findPython(...modules);
  return { python: python ?? '', skip: python === undefined ? `no Python with ${modules.join(' and ')} (INLAYER_TEST_PYTHON names one)` : false };
};

for (const backend of ['tensorflow', 'torch'] as const) {
  const { python, skip } = needs('keras', backend);
  test(`Keras on ${backend}: every batch, every epoch, validation, learning rate, two calls of fit`, { skip }, async (context) => {
    const { lines, printed, steps, epochs } = await finish(context, python, 'keras_fit.py', [], { KERAS_BACKEND: backend });
    // The second call's printer is there as well; all of them in order.
    assert.deepEqual(steps, printed('STEP'));
    const expected = printed('EPOCH');
    assert.deepEqual(epochs.map(({ learning_rate: _, ...values }) => values), expected.map(({ learning_rate: _, ...values }) => values));
    assert.ok(epochs.every((values) => (values['learning_rate'] ?? 0) > 0));
    assert.deepEqual(lines.flatMap((line) => (line.type === 'step' ? [line.step] : [])), Array.from({ length: 12 }, (_, at) => at + 1));
    assert.deepEqual(lines.flatMap((line) => (line.type === 'epoch' ? [line.epoch] : [])), [1, 2, 3]);
    const plans = lines.filter((line) => line.type === 'plan');
    assert.deepEqual(plans.map(({ epochs: count, stepsPerEpoch, backend: name }) => [count, stepsPerEpoch, name?.endsWith(`(${backend})`)]), [[2, 4, true], [1, 4, true]]);
  });
}

const torch = needs('torch');
test('a PyTorch loop by hand: each loss, each learning rate, validation, epochs', { skip: torch.skip }, async (context) => {
  const { lines, printed, steps, epochs } = await finish(context, torch.python, 'torch_loop.py');
  assert.deepEqual(steps.filter((values) => values['loss'] !== undefined).map((values) => only(values, 'loss')), printed('STEP'));
  assert.deepEqual(steps.flatMap((values) => (values['learning_rate'] === undefined ? [] : [{ value: values['learning_rate'] }])), printed('RATE'));
  assert.deepEqual(epochs.map((values) => ({ value: values['val_loss'] ?? Number.NaN })), printed('VALIDATION'));
  assert.deepEqual(lines.flatMap((line) => (line.type === 'epoch' ? [[line.epoch, line.step]] : [])), [[1, 4], [2, 8], [3, 12]]);
  // The loop's variable is `t`: its range speaks of epochs.
  assert.deepEqual([...new Set(lines.flatMap((line) => (line.type === 'step' ? [line.epoch] : [])))], [0, 1, 2]);
  const [plan] = lines;
  assert.ok(plan?.type === 'plan' && plan.epochs === 3 && plan.place?.file.endsWith('torch_loop.py'));
  assert.equal(readFileSync('test/training/programs/torch_loop.py', 'utf8').split('\n')[(plan.place?.line ?? 0) - 1]?.trim(), 'loss.backward()');
});

test('two losses, one scaled: their names and values; which loss is no longer finite, and since when', { skip: torch.skip }, async (context) => {
  const { lines, printed, steps } = await finish(context, torch.python, 'torch_gan.py');
  assert.deepEqual(steps.map((values) => only(values, 'loss_critic', 'loss_generator')), printed('STEP'));
  const notes = lines.filter((line) => line.type === 'note');
  assert.deepEqual(notes.filter(({ kind }) => kind === 'non-finite-loss').map(({ name, step }) => [name, step]), [['loss_generator', 7]]);
  assert.ok(notes.every(({ place }) => place?.file.endsWith('torch_gan.py') === true));
});

test('a loss that is no longer finite leads to the line that made it so', { skip: torch.skip }, async (context) => {
  const source = readFileSync('test/training/programs/torch_nan.py', 'utf8').split('\n');
  for (const [kind, line] of Object.entries({ logarithm: 'return -torch.log(chance)', division: 'loss = (out * 0 + 1).div(', weights: 'optimizer = optim.SGD(', data: 'loss = (out ** 2).mean()' })) {
    const { lines } = await finish(context, torch.python, 'torch_nan.py', [kind]);
    const [note] = lines.filter((one) => one.type === 'note');
    assert.ok(note?.kind === 'non-finite-loss' && note.cause === kind, `${kind}: ${JSON.stringify(note)}`);
    assert.ok(source[(note.place?.line ?? 0) - 1]?.trim().startsWith(line), `${kind}: ${JSON.stringify(note)}`);
    const plan = lines.find((one) => one.type === 'plan');
    assert.equal(source[(plan?.knobs?.learningRate?.line ?? 0) - 1], 'optimizer = optim.SGD(model.parameters(), lr=rate)');
  }
});

const lightning = needs('lightning');
test('Lightning: its logs by step and by epoch', { skip: lightning.skip }, async (context) => {
  const { lines, printed, steps, epochs } = await finish(context, lightning.python, 'lightning_fit.py');
  assert.deepEqual(steps.map((values) => only(values, 'train_loss')), printed('STEP'));
  assert.deepEqual(epochs, printed('EPOCH'));
  assert.ok(lines.some((line) => line.type === 'plan' && line.source === 'lightning' && line.epochs === 2 && line.stepsPerEpoch === 4));
});

const transformers = needs('transformers', 'accelerate', 'torch');
test('Transformers\' Trainer: what it logs', { skip: transformers.skip }, async (context) => {
  const folder = temporaryFolder(context);
  const { printed, steps } = await finish(context, transformers.python, 'transformers_trainer.py', [folder]);
  const isLogged = (name: string): boolean => !/^(epoch|total_flos|train_loss|train_runtime)$|_runtime$|_per_second$/.test(name);
  assert.deepEqual(steps, printed('STEP').map((values) => Object.fromEntries(Object.entries(values).filter(([name]) => isLogged(name)))).filter((values) => Object.keys(values).length > 0));
});

const tensorboard = needs('tensorboard');
test('TensorBoard\'s own reader reads the run', { skip: tensorboard.skip }, async (context) => {
  const { folder, lines } = await finish(context, needs('tensorboard', 'torch').python || tensorboard.python, 'torch_loop.py');
  assert.ok(readdirSync(folder).some((name) => name.startsWith('events.out.tfevents.')));
  const program = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
events.Reload()
print(json.dumps({tag: [[one.step, one.value, one.wall_time] for one in events.Scalars(tag)] for tag in events.Tags()["scalars"]}))
`;
  const read = JSON.parse(execFileSync(tensorboard.python, ['-c', program, folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as Readonly<Record<string, readonly (readonly [number, number, number])[]>>;
  const written: Record<string, [number, number, number][]> = {};
  for (const line of lines) {
    if (line.type !== 'step' && line.type !== 'epoch') continue;
    for (const [name, value] of Object.entries(line.values)) (written[line.type === 'epoch' ? `epoch_${name}` : name] ??= []).push([line.type === 'epoch' ? line.epoch : line.step, Math.fround(value), line.time]);
  }
  assert.deepEqual(read, written);
});

test('the launcher costs a few hundredths of a step of about a millisecond at most', { skip: torch.skip }, async (context) => {
  const { printed } = await finish(context, torch.python, 'step_time.py', [], { INLAYER_DEBUG: '' });
  const [times] = printed('TIMES');
  assert.ok(times !== undefined);
  const { plain = 0, added = 0, beside = 0 } = times, share = (added + beside) / plain;
  context.diagnostic(`a step takes ${plain.toFixed(0)} µs of processor time; the hooks add ${added.toFixed(1)} µs to it, the writing thread takes ${beside.toFixed(1)} µs: ${(share * 100).toFixed(2)} %`);
  // Wanted are two hundredths. Steps with hooks and without take turns here, so that the hooks' code is cold each time, which costs three times what it
  // costs in a loop; on a machine without time to spare it is more.
  const bound = (os.loadavg()[0] ?? 0) > os.cpus().length ? 0.15 : 0.09;
  assert.ok(share < bound, `${(share * 100).toFixed(2)} %`);
});
