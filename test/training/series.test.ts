// Series, marks, logs of other tools, event files, devices and progress: each against the documented form of its source, by hand.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { deviceEnvironment, readApple, readNvidia, readRocm } from '../../extension/training/devices/list.ts';
import { crc32c, eventFileHeader, readEventFile, scalarRecord } from '../../extension/training/runs/event-file.ts';
import type { MetricLine } from '../../extension/training/runs/format.ts';
import { metricText, readMetricLine, readRunRecord, runFiles, runId } from '../../extension/training/runs/format.ts';
import { makeProgress } from '../../extension/training/runs/progress.ts';
import { followLines } from '../../extension/training/runs/read.ts';
import { createRun, openAppender, openMetrics, readRecord } from '../../extension/training/runs/write.ts';
import { makeCurves, meaningOf } from '../../extension/training/series/curves.ts';
import { readCsv, readLogs, readTrainerState } from '../../extension/training/series/logs.ts';
import { findMarks } from '../../extension/training/series/marks.ts';
import { temporaryFolder } from './support.ts';

test('a line says what was written, numbers that are not finite too; what is none is left out', () => {
  const line: MetricLine = { type: 'step', time: 1.5, step: 3, epoch: 0.5, values: { loss: Number.NaN, 'val loss': Number.NEGATIVE_INFINITY, accuracy: 0.25 } };
  const text = metricText(line);
  assert.equal(text, '{"type":"step","time":1.5,"step":3,"epoch":0.5,"values":{"loss":"NaN","val loss":"-Infinity","accuracy":0.25}}\n');
  assert.deepEqual(readMetricLine(text), line);
  for (const wrong of ['', '{', '[]', '{"type":"step"}', '{"type":"step","time":1,"step":"a","values":{}}', 'null']) assert.equal(readMetricLine(wrong), undefined);
  assert.equal(readRunRecord('{"version":1,"id":"a"'), undefined);
});

test('names of runs are file names everywhere, and sort by time', () => {
  const at = Date.UTC(2026, 10, 25, 9, 30, 5);
  assert.equal(runId('my "train": 한글/?', at), '20261125-093005-my-train-한글');
  assert.equal(runId('..', at), '20261125-093005-run');
});

test('lines that are written while others read come whole; half a line waits, or is dropped when the next begins', (context) => {
  const folder = temporaryFolder(context), file = path.join(folder, 'metrics.jsonl'), follow = followLines(file);
  assert.deepEqual(follow(), []);
  writeFileSync(file, '{"a":1}\n{"b":');
  assert.deepEqual(follow(), ['{"a":1}']);
  writeFileSync(file, '{"a":1}\n{"b":2}\n');
  assert.deepEqual(follow(), ['{"b":2}']);
  const appender = openAppender(path.join(folder, 'other'));
  appender.append('one\n');
  appender.append('two\n');
  appender.close();
  assert.equal(readFileSync(path.join(folder, 'other'), 'utf8'), 'one\ntwo\n');
});

test('a thousand points a second behind a million: reading them takes a small part of the editor\'s time', (context) => {
  const folder = temporaryFolder(context), file = path.join(folder, runFiles.metrics), curves = makeCurves(), follow = followLines(file);
  const lines = (from: number, count: number): string => Array.from({ length: count }, (_, at) => metricText({ type: 'step', time: 1.7e9 + (from + at) / 1_000, step: from + at + 1, epoch: (from + at + 1) / 10_000, values: { loss: 1 / (from + at + 1) } })).join('');
  for (let step = 0; step < 1_000_000; step += 1) curves.addPoint('loss', 'step', step + 1, (step + 1) / 10_000, 1.7e9 + step / 1_000, 1 / (step + 1));
  curves.take();
  const seconds = 5, parts = Array.from({ length: seconds * 7 }, (_, at) => lines(1_000_000 + at * 143, 143));
  const before = process.cpuUsage();
  let taken = 0;
  // As the panel does it: seven looks a second, marks once a second.
  parts.forEach((part, at) => {
    writeFileSync(file, part, { flag: 'a' });
    for (const text of follow()) {
      const line = readMetricLine(text);
      if (line !== undefined) curves.add(line);
    }
    taken += curves.take()[0]?.value.length ?? 0;
    if (at % 7 === 6) findMarks(curves);
  });
  const { user, system } = process.cpuUsage(before), share = (user + system) / 1e6 / seconds;
  context.diagnostic(`${(share * 100).toFixed(1)} % of a processor`);
  assert.equal(taken, seconds * 7 * 143);
  assert.ok(share < 0.25, `${(share * 100).toFixed(1)} %`);
});

test('two runs of one second have folders of their own, which git does not see', (context) => {
  const workspace = temporaryFolder(context), request = { name: 'train', runner: 'python' as const, program: '/a.py', arguments: [], workingDirectory: workspace };
  const [one, two] = [createRun(workspace, request), createRun(workspace, request)];
  assert.notEqual(one.folder, two.folder);
  assert.equal(readRecord(one.folder)?.state, 'queued');
  assert.equal(readFileSync(path.join(workspace, '.inlayer', '.gitignore'), 'utf8'), '*\n');
});

test('event files: the checksum of RFC 3720, and what is written is read back', () => {
  assert.equal(crc32c(new TextEncoder().encode('123456789')), 0xe3069283);
  const parts = [eventFileHeader(5), scalarRecord({ time: 5.25, step: 300, tag: 'loss', value: 0.5 }, true), scalarRecord({ time: 6, step: 2 ** 40, tag: '손실', value: Number.NaN }, false)];
  const bytes = Buffer.concat(parts), { scalars, read } = readEventFile(bytes);
  assert.deepEqual(scalars, [{ time: 5.25, step: 300, tag: 'loss', value: 0.5 }, { time: 6, step: 2 ** 40, tag: '손실', value: Number.NaN }]);
  assert.equal(read, bytes.length);
  assert.equal(readEventFile(bytes.subarray(0, bytes.length - 3)).scalars.length, 1, 'a record that is cut is not read');
});

test('training and validation of one meaning share a chart', () => {
  for (const [name, chart, role] of [
    ['loss', 'loss', 'training'], ['val_loss', 'loss', 'validation'], ['train_loss', 'loss', 'training'], ['eval_loss', 'loss', 'validation'], ['Loss/train', 'loss', 'training'], ['Loss/val', 'loss', 'validation'],
    ['validation/accuracy', 'accuracy', 'validation'], ['val_sparse_categorical_accuracy', 'sparse_categorical_accuracy', 'validation'], ['epoch_loss', 'loss', 'training'], ['test.f1', 'f1', 'test'], ['learning_rate', 'learning_rate', 'training'], ['errD_real', 'errd_real', 'training'], ['val', 'val', 'validation'],
  ] as const) assert.deepEqual(meaningOf(name), { chart, role }, name);
});

const epochs = (training: readonly number[], validation?: readonly number[]): ReturnType<typeof makeCurves> => {
  const curves = makeCurves();
  curves.add({ type: 'plan', time: 0, phase: 0, source: 'keras', epochs: training.length, place: { file: '/w/train.py', line: 9 }, knobs: { epochs: { file: '/w/train.py', line: 9 }, learningRate: { file: '/w/train.py', line: 4 } } });
  training.forEach((loss, at) => { curves.add({ type: 'epoch', time: at, epoch: at + 1, step: (at + 1) * 10, values: { loss, ...(validation === undefined ? {} : { val_loss: validation[at] ?? 0 }) } }); });
  return curves;
};
const kinds = (curves: ReturnType<typeof makeCurves>): string[] => findMarks(curves).map(({ kind }) => kind);

test('over-fitting: since which epoch and by how much', () => {
  const marks = findMarks(epochs([2, 1.5, 1.1, 0.8, 0.6, 0.45, 0.3, 0.2], [2, 1.6, 1.3, 1.2, 1.3, 1.42, 1.5, 1.6]));
  assert.deepEqual(marks.map(({ kind, x }) => [kind, x.epoch]), [['best', 4], ['over-fitting', 4]]);
  const over = marks[1];
  assert.ok(over?.kind === 'over-fitting' && Math.abs(over.amount - ((1.42 + 1.5 + 1.6) / 3 / 1.2 - 1)) < 1e-9);
  assert.equal(over.place?.line, 9);
});

test('no over-fitting where validation is noisy, still falls, or training rises with it', () => {
  assert.deepEqual(kinds(epochs([2, 1.5, 1.1, 0.9, 0.7, 0.6, 0.5, 0.45], [2, 1.5, 1.2, 1, 0.9, 0.8, 0.75, 0.72])), ['best']);
  assert.ok(!kinds(epochs([2, 1.5, 1.1, 0.9, 0.7, 0.6, 0.5, 0.45], [2, 1, 1.5, 0.9, 1.4, 1, 1.3, 0.95])).includes('over-fitting'));
  assert.ok(!kinds(epochs([1, 0.8, 0.6, 0.7, 0.9, 1.1, 1.3, 1.5], [1, 0.8, 0.6, 0.7, 0.9, 1.1, 1.3, 1.5])).includes('over-fitting'));
});

test('under-fitting, plateau, and silence over a short run', () => {
  assert.ok(kinds(epochs([2.3, 2.299, 2.298, 2.298, 2.297, 2.297, 2.297], [2.3, 2.3, 2.3, 2.3, 2.3, 2.3, 2.3])).includes('under-fitting'));
  assert.ok(kinds(epochs([2, 1.5, 1.2, 1, 0.9, 0.8], [1.5, 1.1, 0.9, 0.7, 0.6, 0.5])).includes('under-fitting'));
  const flat = [2, 1, 0.5, 0.3, 0.25, 0.249, 0.25, 0.2495, 0.249, 0.25, 0.249, 0.2495];
  assert.ok(kinds(epochs(flat, flat)).includes('plateau'));
  assert.deepEqual(kinds(epochs([2, 1.9], [2, 2.5])), ['best']);
  assert.deepEqual(kinds(epochs([2, 1])), []);
});

test('numbers that are not finite are marked where they began, with the gradient to blame', () => {
  const curves = epochs([2, 1.5]);
  curves.add({ type: 'note', time: 3, kind: 'non-finite-loss', name: 'loss', step: 21, place: { file: '/w/train.py', line: 12 } });
  curves.add({ type: 'note', time: 3, kind: 'non-finite-gradient', name: 'conv1.weight', step: 22, place: { file: '/w/train.py', line: 13 } });
  const [mark] = findMarks(curves);
  assert.ok(mark?.kind === 'non-finite' && mark.isGradient && mark.name === 'conv1.weight' && mark.place?.line === 13 && mark.x.step === 21);
  // A cause that was seen goes before what it did to the gradients.
  curves.add({ type: 'note', time: 4, kind: 'non-finite-loss', name: 'loss', step: 23, cause: 'logarithm', place: { file: '/w/loss.py', line: 4 } });
  const [explained] = findMarks(curves);
  assert.ok(explained?.kind === 'non-finite' && explained.cause === 'logarithm' && explained.place?.line === 4);
  assert.deepEqual(kinds(epochs([2, Number.NaN, Number.NaN])), ['non-finite']);
});

test('validation by steps is held against the training loss up to there', () => {
  const curves = makeCurves();
  for (let step = 1; step <= 80; step += 1) {
    curves.add({ type: 'step', time: step, step, epoch: step / 10, values: { loss: 2 / step } });
    if (step % 10 === 0) curves.add({ type: 'step', time: step, step, epoch: step / 10, values: { eval_loss: step <= 30 ? 2 - step / 30 : 1 + (step - 30) / 50 } });
  }
  assert.deepEqual(findMarks(curves).map(({ kind, x }) => [kind, x.step]), [['best', 30], ['over-fitting', 30]]);
});

test('Keras\' CSVLogger and Lightning\'s metrics.csv', () => {
  const keras = readCsv('epoch,accuracy,loss,val_accuracy,val_loss\n0,0.5,1.25,0.4,1.5\n1,0.75,0.5,NaN,0.75\n')?.all() ?? [];
  assert.deepEqual(keras.map(({ name, kind, epoch, value }) => [name, kind, [...epoch], [...value]]), [
    ['accuracy', 'epoch', [1, 2], [0.5, 0.75]], ['loss', 'epoch', [1, 2], [1.25, 0.5]], ['val_accuracy', 'epoch', [1, 2], [0.4, Number.NaN]], ['val_loss', 'epoch', [1, 2], [1.5, 0.75]],
  ]);
  const lightning = readCsv('epoch,step,train_loss_epoch,train_loss_step,val_loss\n0,49,,0.5,\n0,99,0.45,,\n0,99,,,0.6\n')?.all() ?? [];
  assert.deepEqual(lightning.map(({ name, kind, step, value }) => [name, kind, [...step], [...value]]), [['train_loss', 'step', [50], [0.5]], ['train_loss', 'epoch', [100], [0.45]], ['val_loss', 'step', [100], [0.6]]]);
  assert.equal(readCsv('a,b\n1,2\n'), undefined);
});

test('trainer_state.json', () => {
  const text = '{"log_history": [{"epoch": 0.5, "grad_norm": NaN, "learning_rate": 5e-05, "loss": 0.7, "step": 10}, {"epoch": 1.0, "eval_loss": 0.6, "eval_runtime": 1.5, "step": 20}, {"epoch": 1.0, "step": 20, "total_flos": 0.0, "train_loss": 0.7}]}';
  assert.deepEqual((readTrainerState(text)?.all() ?? []).map(({ name, step, epoch, value }) => [name, [...step], [...epoch], [...value]]), [['grad_norm', [10], [0.5], [Number.NaN]], ['learning_rate', [10], [0.5], [5e-5]], ['loss', [10], [0.5], [0.7]], ['eval_loss', [20], [1], [0.6]]]);
});

test('logs below a folder: Keras\' two event folders are one run, our own runs are read once', (context) => {
  const folder = temporaryFolder(context);
  for (const [role, value] of [['train', 0.5], ['validation', 0.75]] as const) {
    mkdirSync(path.join(folder, 'keras', role), { recursive: true });
    writeFileSync(path.join(folder, 'keras', role, 'events.out.tfevents.1.host.1.0.v2'), Buffer.concat([eventFileHeader(1), scalarRecord({ time: 2, step: 0, tag: 'epoch_loss', value }, true)]));
  }
  const { folder: run } = createRun(folder, { name: 'mine', runner: 'python', program: '/a.py', arguments: [], workingDirectory: folder });
  const metrics = openMetrics(run);
  metrics.step(1, { loss: 1 });
  metrics.close();
  writeFileSync(path.join(run, 'events.out.tfevents.1.host.1.0'), Buffer.concat([eventFileHeader(1), scalarRecord({ time: 2, step: 1, tag: 'loss', value: 1 }, true)]));
  writeFileSync(path.join(folder, 'broken.csv'), Buffer.from([0, 255, 10, 13]));
  const logs = readLogs(folder);
  assert.deepEqual(logs.map(({ title, curves }) => [title, curves.all().map(({ name, role, epoch, value }) => [name, role, epoch[0], value[0]])]), [
    [path.join('.inlayer', 'runs', path.basename(run)), [['loss', 'training', Number.NaN, 1]]], ['keras', [['epoch_loss', 'training', 1, 0.5], ['epoch_loss', 'validation', 1, 0.75]]],
  ]);
  assert.equal(path.basename(logs[0]?.path ?? ''), runFiles.metrics);
});

test('devices, as the vendors\' tools print them; choosing one hides the others', () => {
  assert.deepEqual(readNvidia('0, NVIDIA A100-SXM4-80GB, 81920, 1024, 35, 41\n1, Tesla T4, 15360, 0, [N/A], 30\n').map(({ id, name, memoryTotal, utilisation }) => [id, name, memoryTotal, utilisation]), [['cuda:0', 'NVIDIA A100-SXM4-80GB', 81920 * 1024 ** 2, 0.35], ['cuda:1', 'Tesla T4', 15360 * 1024 ** 2, undefined]]);
  assert.deepEqual(readNvidia('NVIDIA-SMI has failed because it couldn\'t communicate with the NVIDIA driver.\n'), []);
  assert.deepEqual(readRocm('{"card0": {"GPU use (%)": "12", "VRAM Total Memory (B)": "1000", "VRAM Total Used Memory (B)": "100", "Card series": "Instinct"}, "system": {}}'), [{ id: 'rocm:0', name: 'Instinct', memoryTotal: 1000, memoryUsed: 100, utilisation: 0.12 }]);
  assert.deepEqual(readApple('{"SPDisplaysDataType": [{"sppci_model": "Apple M3", "spdisplays_mtlgpufamilysupport": "spdisplays_metal3"}]}'), [{ id: 'mps', name: 'Apple M3' }]);
  for (const read of [readRocm, readApple]) assert.deepEqual(read(''), []);
  assert.equal(deviceEnvironment('cuda:1')['CUDA_VISIBLE_DEVICES'], '1');
  assert.equal(deviceEnvironment('cpu')['CUDA_VISIBLE_DEVICES'], '-1');
  assert.deepEqual(deviceEnvironment(undefined), {});
});

test('progress and what is left, over two training calls', () => {
  const progress = makeProgress();
  progress.add({ type: 'plan', time: 100, phase: 0, source: 'keras', epochs: 4, stepsPerEpoch: 10 });
  progress.add({ type: 'step', time: 110, step: 10, epoch: 1, values: {} });
  progress.add({ type: 'step', time: 120, step: 20, epoch: 2, values: {} });
  assert.deepEqual(progress.get(), { fraction: 0.5, epoch: 3, epochs: 4, secondsLeft: 20 });
  progress.add({ type: 'plan', time: 200, phase: 1, source: 'keras', epochs: 2, stepsPerEpoch: 10 });
  progress.add({ type: 'step', time: 210, step: 25, epoch: 2.5, values: {} });
  assert.deepEqual([progress.get().fraction, progress.get().epoch], [0.25, 1]);
  const loop = makeProgress();
  loop.add({ type: 'step', time: 1, step: 5, epoch: 0, values: {} });
  assert.deepEqual(loop.get(), { epoch: 1 });
});
