// The engine's side of the bench: a long model file edited key by key, and one summary again and again.
import { hintsOf } from '../../server/features/hints.ts';
import { summarize, summaryText } from '../../server/features/summary.ts';
import { parsePython } from '../../server/syntax/python.ts';
import { analyseText } from '../../server/workspace/analysis.ts';
import { makeSession } from '../../server/workspace/session.ts';
import { memoryHost } from '../support/program.ts';

/** A file of about a thousand lines as people write them: many blocks, helper functions, comments, one model of each. */
export function longProgram(): string {
  const parts = ['import keras', 'from keras import layers', '', ''];
  for (let block = 0; parts.length < 980; block += 1) {
    parts.push(
      `# Block ${block}: a small network of its own, with the usual parts.`,
      `def build_${block}(width=${8 + (block % 5) * 8}, depth=2, classes=${2 + (block % 9)}):`,
      '    """Builds one classifier: convolutions, pooling, a head.', '', '    The width doubles at each stage.', '    """',
      `    inputs = keras.Input(shape=(${32 + (block % 4) * 16}, ${32 + (block % 4) * 16}, 3))`,
      '    x = layers.Rescaling(1.0 / 255)(inputs)',
      '    for stage in range(depth):',
      '        x = layers.Conv2D(width * 2**stage, 3, padding="same")(x)',
      '        x = layers.BatchNormalization()(x)',
      '        x = layers.ReLU()(x)',
      '        x = layers.MaxPooling2D()(x)',
      '    x = layers.GlobalAveragePooling2D()(x)',
      '    x = layers.Dropout(0.5)(x)',
      '    outputs = layers.Dense(classes, activation="softmax")(x)',
      `    return keras.Model(inputs, outputs, name="net_${block}")`,
      '', '',
      `net_${block} = build_${block}()`,
      `net_${block}.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])`,
      '',
    );
  }
  return `${parts.join('\n')}\n`;
}

export function percentile(values: number[], share: number): number {
  return values.sort((left, right) => left - right)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
}

export function measureKeystrokes(): { lines: number; hints: number; parse: number } {
  const text = longProgram();
  const at = text.indexOf('layers.Dropout(0.5)') + 'layers.Dropout(0.5'.length;
  const session = makeSession({ hostFor: () => memoryHost({}), foldersFor: () => [], maximumMilliseconds: 10_000 });
  const hints: number[] = [], parse: number[] = [];
  for (let key = 0; key < 80; key += 1) {
    const edited = `${text.slice(0, at)}${key % 10}${text.slice(at)}`;
    let started = performance.now();
    session.update('/project/long.py', edited);
    const analysis = session.analysis('/project/long.py');
    if (analysis === undefined || hintsOf(analysis.trace, '/project/long.py').length < 100) throw new Error('the long program gives too few hints');
    if (key >= 20) hints.push(performance.now() - started);
    started = performance.now();
    parsePython(`${edited} `);
    if (key >= 20) parse.push(performance.now() - started);
  }
  return { lines: text.split('\n').length, hints: percentile(hints, 0.95), parse: percentile(parse, 0.95) };
}

export function measureSummary(program: string): number {
  const times: number[] = [];
  for (let run = 0; run < 60; run += 1) {
    const started = performance.now();
    const analysis = analyseText('/project/main.py', program, { host: memoryHost({}), folders: [] });
    const text = summarize(analysis.trace, '/project/main.py').map((summary) => summaryText(summary)).join('\n');
    if (!text.includes('13,132,322')) throw new Error('the summary is not that of the introductory program');
    if (run >= 20) times.push(performance.now() - started);
  }
  return percentile(times, 0.5);
}
