// Open programs: what an edit makes stale, and that typing a file ends where reading it at once does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hintsOf } from '../../server/features/hints.ts';
import { renderMessage } from '../../server/values/place.ts';
import type { Analysis } from '../../server/workspace/analysis.ts';
import { analyseText } from '../../server/workspace/analysis.ts';
import type { Session } from '../../server/workspace/session.ts';
import { makeSession } from '../../server/workspace/session.ts';
import { memoryHost } from '../support/program.ts';

const main = '/project/main.py';

const program = `import os
from dataclasses import dataclass

import keras
from keras import layers
import numpy as np
from parts import stem


@dataclass
class Config:
    """What the network is made of."""
    widths: tuple = (16, 32, 64)
    classes: int = 7
    rate: float = 0.25


def block(x, filters, name):
    shortcut = layers.Conv2D(filters, 1, strides=2, padding="same", name=f"{name}_skip")(x)
    x = layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    return layers.add([x, shortcut])


class Head(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.pool = layers.GlobalAveragePooling2D()
        self.dense = layers.Dense(units, activation="softmax")

    def call(self, inputs):
        x = self.pool(inputs)
        return self.dense(x)


config = Config()
inputs = keras.Input(shape=(160, 160, 3))  # 입력 😀
x = stem(inputs)
for at, width in enumerate(config.widths):
    x = block(x, width, f"block{at}")
if config.rate > 0:
    x = layers.Dropout(config.rate)(x)
outputs = Head(config.classes)(x)
model = keras.Model(inputs, outputs, name="flowers")

images = np.zeros((100, 160, 160, 3), dtype="float32")
labels = np.random.randint(0, 10, size=(100,))
model.compile(
    optimizer=keras.optimizers.Adam(lr=1e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(images, labels, epochs=3 if os.environ.get("QUICK") else 10)

wrong = layers.Dense(4)(layers.Flatten()(inputs))
joined = layers.concatenate([outputs, wrong])
summed = outputs + wrong
print(model.count_params(), joined.shape)
`;
const parts = 'from keras import layers\n\n\ndef stem(x):\n    return layers.Conv2D(8, 3, padding="same")(x)\n';

function openSession(files: Record<string, string>): Session {
  return makeSession({ hostFor: () => memoryHost(files), foldersFor: () => ['/project'], maximumMilliseconds: 60_000 });
}

function shown(analysis: Analysis | undefined): unknown {
  assert.ok(analysis !== undefined);
  assert.equal(analysis.fault, undefined);
  return {
    hints: hintsOf(analysis.trace, main).map((hint) => [hint.line, hint.column, hint.text]),
    findings: analysis.findings.map((finding) => [finding.rule, finding.severity, finding.place.start, finding.place.end, renderMessage(finding.message), finding.related.length]),
  };
}

const fresh = (text: string, files: Record<string, string>): unknown => shown(analyseText(main, text, { host: memoryHost(files), folders: ['/project'], maximumMilliseconds: 60_000 }));

test('a file that is typed ends as one that is read', () => {
  const files = { '/project/parts.py': parts };
  const session = openSession(files);
  for (let length = 0; length < program.length; length += 5) {
    session.update(main, program.slice(0, length));
    const analysis = session.analysis(main);
    // Now and then in between: what was typed before leaves nothing behind.
    if (length % 500 === 0) assert.deepEqual(shown(analysis), fresh(program.slice(0, length), files), `after ${length} characters`);
    else assert.equal(analysis?.fault, undefined);
  }
  session.update(main, program);
  const result = shown(session.analysis(main));
  assert.deepEqual(result, fresh(program, files));
  const text = JSON.stringify(result);
  for (const part of ['(None, 160, 160, 8)', '144 … 2,112 params', '(None, 7)', 'label-range', 'deprecated-argument', 'shape-mismatch']) assert.ok(text.includes(part), `${part} in ${text}`);
});

test('a file that is deleted from its end ends empty', () => {
  const session = openSession({ '/project/parts.py': parts });
  for (let length = program.length; length >= 0; length -= 97) {
    session.update(main, program.slice(0, length));
    assert.equal(session.analysis(main)?.fault, undefined);
  }
  session.update(main, '');
  assert.deepEqual(shown(session.analysis(main)), { hints: [], findings: [] });
});

test('an analysis is kept until something that it read changes', () => {
  const files: Record<string, string> = { '/project/parts.py': parts };
  const session = openSession(files);
  assert.deepEqual(session.update(main, program), []);
  const first = session.analysis(main);
  assert.equal(session.analysis(main), first);
  assert.deepEqual(session.update(main, program), [], 'the same text is no change');
  assert.equal(session.analysis(main), first);
  assert.deepEqual(session.invalidate('/project/other.py'), []);
  assert.equal(session.analysis(main), first);
  assert.deepEqual(session.readersOf('/project/parts.py'), [main]);
  assert.deepEqual(session.invalidate('/project/parts.py'), [main]);
  assert.notEqual(session.analysis(main), first);
  assert.deepEqual(session.update('/project/parts.py', parts), [main], 'an opened document takes the place of the file');
  assert.deepEqual(session.close('/project/parts.py'), [main]);
  assert.deepEqual(session.close(main), []);
  assert.equal(session.analysis(main), undefined);
  assert.deepEqual(session.paths(), []);
});

test('a file that was looked for in vain, and relative names of data', () => {
  const session = openSession({});
  session.update(main, 'import missing\nfrom deep.inner import x\nopen("./data/../classes.txt").read()\n');
  session.analysis(main);
  for (const path of ['/project/missing.py', '/project/deep/inner.py', '/project/classes.txt']) {
    assert.deepEqual(session.invalidate(path), [main], path);
    session.analysis(main);
  }
  assert.deepEqual(session.invalidate('/elsewhere/missing.py'), []);
});
