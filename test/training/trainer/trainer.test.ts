// The trainer as a process: real digits to more than 90 %, pictures and tables as data, stopping, and one clear message for each thing that is wrong.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { PNG } from 'pngjs';
import { createTfjsRun, startTfjsRun } from '../../../extension/training/tfjs/launch.ts';
import type { DataChoice, TrainingSettings } from '../../../extension/training/tfjs/request.ts';
import type { MetricLine, RunRecord } from '../../../extension/training/runs/format.ts';
import { readRecord } from '../../../extension/training/runs/write.ts';
import { planned } from '../../support/training-plans.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'inlayer-trainer-'));
const trainer = path.join(folder, 'dist', 'trainer.cjs'), supervisor = path.join(folder, 'dist', 'supervisor.cjs');

before(async () => {
  const { buildOptions } = (await import(path.resolve('esbuild.mjs'))) as { buildOptions: (production: boolean, target: string) => { outfile?: string }[] };
  const options = buildOptions(false, path.dirname(trainer)).filter((one) => one.outfile === trainer || one.outfile === supervisor);
  assert.equal(options.length, 2);
  await Promise.all(options.map((one) => build({ ...one, logLevel: 'error', sourcemap: false })));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const digitsProgram = readFileSync('test/editor/example/digits.py', 'utf8');

interface Ended { readonly code: number | null; readonly output: string; readonly errors: string; readonly run: string; readonly record: RunRecord | undefined; readonly lines: readonly MetricLine[] }

function prepare(name: string, program: string, data: DataChoice, settings: TrainingSettings = {}): string {
  const [plan] = planned(program);
  assert.ok(plan);
  return createTfjsRun({ workspaceFolder: folder, name, plan: { ...plan, file: path.join(folder, 'train.py') }, data, settings: { backend: 'wasm', ...settings } });
}

function readLines(run: string): MetricLine[] {
  return readFileSync(path.join(run, 'metrics.jsonl'), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as MetricLine);
}

function train(name: string, program: string, data: DataChoice, settings: TrainingSettings = {}): Ended {
  const run = prepare(name, program, data, settings);
  const { status, stdout, stderr } = spawnSync(process.execPath, [trainer, run], { encoding: 'utf8', timeout: 180_000 });
  return { code: status, output: stdout, errors: stderr, run, record: readRecord(run), lines: readLines(run) };
}

const valuesOf = (lines: readonly MetricLine[]): Readonly<Record<string, number>>[] => lines.flatMap((line) => (line.type === 'epoch' ? [line.values] : []));

test('the example trains on real digits to more than 90 % on what was held back, on the default backend', () => {
  const started = Date.now();
  const { code, errors, record, lines, run } = train('digits', digitsProgram, { kind: 'packaged', name: 'digits' }, { backend: 'auto' });
  assert.equal(code, 0, errors);
  const best = Math.max(...valuesOf(lines).map((values) => values['val_accuracy'] ?? 0));
  assert.ok(best >= 0.9, `${best}`);
  assert.ok(Date.now() - started < 180_000);
  assert.equal(record?.state, 'finished');
  assert.match(record?.backend ?? '', /^tensorflow\.js 4\.22\.0 (wasm|tensorflow|webgpu) on ./);
  const [plan] = lines;
  assert.ok(plan?.type === 'plan' && plan.source === 'tfjs' && plan.stepsPerEpoch !== undefined && plan.knobs?.optimizer?.line !== undefined);
  assert.equal(lines.filter((line) => line.type === 'step').length, (plan.stepsPerEpoch ?? 0) * valuesOf(lines).length);
  // A batch lies within its epoch: the curves of batches and of epochs stand under each other.
  const epochs = lines.flatMap((line) => (line.type === 'step' ? [line.epoch ?? Number.NaN] : []));
  assert.ok((epochs[0] ?? 1) < 0.1 && epochs.at(-1) === valuesOf(lines).length, `${epochs[0]} to ${epochs.at(-1)}`);
  for (const name of ['model.keras', 'model.weights.h5', 'model.json', 'weights.bin']) assert.ok(existsSync(path.join(run, name)), name);
});

test('as a run of its own: the supervisor keeps the record, with what really computed', async () => {
  const [plan] = planned(digitsProgram);
  assert.ok(plan);
  const run = startTfjsRun({ workspaceFolder: folder, name: '숫자 "digits"; rm', plan, data: { kind: 'packaged', name: 'digits' }, settings: { backend: 'wasm', epochs: 1 } }, { trainer, supervisor });
  for (let waited = 0; waited < 120_000 && ['queued', 'running'].includes(readRecord(run)?.state ?? ''); waited += 100) await new Promise((resolve) => { setTimeout(resolve, 100); });
  const record = readRecord(run);
  assert.equal(record?.state, 'finished', readFileSync(path.join(run, 'output.log'), 'utf8'));
  assert.equal(record.runner, 'tfjs');
  assert.match(record.backend ?? '', /^tensorflow\.js 4\.22\.0 wasm on ./);
  assert.match(readFileSync(path.join(run, 'output.log'), 'utf8'), /Epoch 1\/1 /);
});

// ---- Other data.

function writePictures(where: string, classes: readonly string[], count = 12): void {
  for (const [kind, name] of classes.entries()) {
    mkdirSync(path.join(where, name), { recursive: true });
    for (let at = 0; at < count; at += 1) {
      const picture = new PNG({ width: 10, height: 8 });
      for (let pixel = 0; pixel < 80; pixel += 1) picture.data.set([kind === 0 ? 220 - at : 20 + at, 100, kind === 0 ? 30 : 200, 255], pixel * 4);
      writeFileSync(path.join(where, name, `${at}.png`), PNG.sync.write(picture));
    }
  }
}

/** A JPEG of one colour made with the encoder of the same project as the decoder, 8 × 8, kept as text. */
const greyJpeg = '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQH/wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACv/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AfwH/2Q==';

const pictureProgram = (units: number): string => `
import keras
from keras import layers
train = keras.utils.image_dataset_from_directory("pictures", image_size=(8, 10), batch_size=8, validation_split=0.25, subset="training", seed=1)
model = keras.Sequential([
    keras.Input((8, 10, 3)),
    layers.Rescaling(1 / 255),
    layers.Conv2D(4, 3, activation="relu"),
    layers.GlobalAveragePooling2D(),
    layers.Dense(${units}, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=3)
`;

test('a folder of pictures: PNG and JPEG, read once, split as the program says', () => {
  const where = path.join(folder, 'pictures');
  writePictures(where, ['blue', 'red']);
  writeFileSync(path.join(where, 'blue', 'grey.jpg'), Buffer.from(greyJpeg, 'base64'));
  const { code, errors, lines, output } = train('pictures', pictureProgram(2), { kind: 'images', folder: where }, { learningRate: 0.05, epochs: 6 });
  assert.equal(code, 0, errors);
  assert.match(output, /25 pictures of 2 classes, decoded by/);
  assert.match(output, /18 samples to train on, 7 held back, 3 steps an epoch/);
  assert.ok((valuesOf(lines).at(-1)?.['loss'] ?? 9) < 0.6, output);
});

const tableProgram = (last: string, loss: string): string => `
import keras
model = keras.Sequential([keras.layers.Dense(8, activation="relu"), ${last}])
model.compile("adam", "${loss}", metrics=["accuracy"])
`;
const classesHead = 'keras.layers.Dense(3, activation="softmax")';

test('a CSV whose labels are words; the model takes its input from the columns', () => {
  const file = path.join(folder, 'flowers.csv'), names = ['setosa', 'virginica', 'versicolor'];
  writeFileSync(file, `length,width,kind\n${Array.from({ length: 90 }, (_, at) => `${(at % 3) + Math.sin(at) / 4},${1 - (at % 3) / 2},${names[at % 3]}`).join('\n')}\n`);
  const { code, errors, lines } = train('table', tableProgram(classesHead, 'sparse_categorical_crossentropy'), { kind: 'csv', file, label: 'kind' }, { epochs: 40, learningRate: 0.05 });
  assert.equal(code, 0, errors);
  assert.ok((valuesOf(lines).at(-1)?.['val_accuracy'] ?? 0) >= 0.9, JSON.stringify(valuesOf(lines).at(-1)));
});

// ---- What is wrong is said in one sentence, before anything starts.

function refused(name: string, program: string, data: DataChoice, settings: TrainingSettings = {}): string {
  const { code, errors, record, lines } = train(name, program, data, settings);
  assert.equal(code, 1, errors);
  assert.equal(lines.filter((line) => line.type === 'step').length, 0);
  assert.equal(errors.trim().split('\n').length, 1, errors);
  const [end] = lines.slice(-1);
  assert.ok(end?.type === 'end' && end.exitCode === 1);
  assert.equal(record?.state, 'failed');
  assert.equal(record?.message, end.message);
  return end.message ?? '';
}

test('labels outside the units are named with their row, the layer and its line', () => {
  const file = path.join(folder, 'labels.csv');
  writeFileSync(file, 'a,b,label\n1,2,0\n3,4,1\n5,6,3\n');
  assert.equal(refused('labels', tableProgram(classesHead, 'sparse_categorical_crossentropy'), { kind: 'csv', file }),
    'labels.csv: row 4 has label 3; the last layer dense_1 (line 3) has 3 units, which takes labels from 0 to 2; the labels go from 0 to 3');
});

test('a class more than units is named with its picture', () => {
  const where = path.join(folder, 'three');
  writePictures(where, ['blue', 'green', 'red'], 4);
  assert.match(refused('three', pictureProgram(2), { kind: 'images', folder: where }), /three: red.0\.png has the class red \(number 2\); the last layer dense \(line 10\) has 2 units/);
});

test('a damaged picture, one class only, no folder, an empty one', () => {
  const where = path.join(folder, 'damaged');
  writePictures(where, ['blue', 'red'], 4);
  writeFileSync(path.join(where, 'red', '1.png'), readFileSync(path.join(where, 'red', '0.png')).subarray(0, 40));
  assert.match(refused('damaged', pictureProgram(2), { kind: 'images', folder: where }), /^the picture .*red.1\.png cannot be decoded: /);
  const single = path.join(folder, 'single');
  writePictures(single, ['blue'], 4);
  assert.match(refused('single', pictureProgram(2), { kind: 'images', folder: single }), /single holds one class only \(blue\)/);
  assert.match(refused('missing', pictureProgram(2), { kind: 'images', folder: path.join(folder, 'nowhere') }), /nowhere does not exist$/);
  mkdirSync(path.join(single, 'red'));
  assert.match(refused('empty', pictureProgram(2), { kind: 'images', folder: single }), /red holds no JPEG or PNG pictures$/);
});

test('what TensorFlow.js cannot train is named with layer and line', () => {
  const program = `
import keras
from keras import layers
model = keras.Sequential([
    keras.Input((8, 8, 1)),
    layers.Conv2D(4, 3, dilation_rate=2),
    layers.GroupNormalization(2),
    layers.Flatten(),
    layers.Dense(10),
])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
`;
  assert.equal(refused('cannot', program, { kind: 'packaged', name: 'digits' }), 'conv2d: TensorFlow.js cannot train dilated convolutions; group_normalization: TensorFlow.js has no GroupNormalization');
  const optimizer = digitsProgram.replace(/optimizer=[^\n]*\n/, 'optimizer="adafactor",\n');
  assert.match(refused('optimizer', optimizer, { kind: 'packaged', name: 'digits' }), /^the optimizer Adafactor is not available without Python \(line \d+\)$/);
  const own = 'import keras\nclass Net(keras.Model):\n    def __init__(self):\n        super().__init__()\n        self.dense = keras.layers.Dense(10)\n    def call(self, x):\n        return self.dense(x)\nmodel = Net()\nmodel.build((None, 64))\n';
  assert.match(refused('subclassed', own, { kind: 'packaged', name: 'digits' }), /is a class of the program: only Sequential and functional models can be told as a configuration \(line 8\)$/);
});

test('a folder that takes no files: one message, and nothing else is touched', { skip: process.getuid?.() === 0 ? 'root may write anywhere' : false }, () => {
  const run = prepare('read-only', digitsProgram, { kind: 'packaged', name: 'digits' });
  chmodSync(run, 0o555);
  const { status, stderr } = spawnSync(process.execPath, [trainer, run], { encoding: 'utf8' });
  chmodSync(run, 0o755);
  assert.equal(status, 1);
  assert.match(stderr, /^inlayer: .* cannot be written: it may not be written or read/);
});

test('a full disk: the training says so and ends; what was written stays whole', { skip: process.platform !== 'linux' ? 'needs /dev/full' : false }, () => {
  const run = prepare('full', digitsProgram, { kind: 'packaged', name: 'digits' }, { epochs: 1 });
  // The device that is always full takes the place of the file beside the model's.
  spawnSync('ln', ['-s', '/dev/full', path.join(run, 'model.weights.h5.new')]);
  const { status, stderr } = spawnSync(process.execPath, [trainer, run], { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /^inlayer: the disk is full/);
  assert.equal(readRecord(run)?.state, 'failed');
  assert.equal(valuesOf(readLines(run)).length, 1);
});

test('SIGINT ends it behind the batch, with the weights saved', async () => {
  const run = prepare('stopped', digitsProgram, { kind: 'packaged', name: 'digits' }, { epochs: 500 });
  const child = spawn(process.execPath, [trainer, run], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => { child.on('exit', resolve); });
  await new Promise<void>((resolve) => { child.stdout.on('data', (text: Buffer) => { if (text.toString().includes('Epoch 1/')) resolve(); }); });
  const asked = Date.now();
  child.kill('SIGINT');
  assert.equal(await ended, 0);
  assert.ok(Date.now() - asked < 5_000);
  assert.equal(readRecord(run)?.state, 'stopped');
  assert.ok(existsSync(path.join(run, 'model.keras')));
  const lines = readLines(run);
  assert.ok(lines.at(-1)?.type === 'end');
});
