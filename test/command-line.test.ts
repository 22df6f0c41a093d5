// The command line as it is built: it starts from stored compiled code, without it, with another's, and it prints the same.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { Script } from 'node:vm';

const folder = path.resolve('out', `command-line-${process.pid}`);
const built = path.join(folder, 'built');

before(() => {
  const result = spawnSync(process.execPath, ['esbuild.mjs', '--production', '--only', 'command-line', '--to', built], { encoding: 'utf8' });
  assert.equal(result.status, 0, result.stderr);
});
after(() => { rmSync(folder, { recursive: true, force: true }); });

function run(args: readonly string[], from = built): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(from, 'cli.js'), ...args], { encoding: 'utf8', cwd: folder });
  return { status, stdout, stderr };
}

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

const program = 'import keras\nmodel = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])\n';

test('the build stores compiled code, and this Node takes it', () => {
  const [stored, ...others] = readdirSync(built).filter((name) => name.endsWith('.cache'));
  assert.deepEqual(others, []);
  const file = path.join(built, 'cli.cjs');
  const script = new Script(Module.wrap(readFileSync(file, 'latin1')), { filename: file, cachedData: readFileSync(path.join(built, stored ?? '')) });
  assert.equal(script.cachedDataRejected, false);
});

test('it runs the same without stored code and with code that V8 refuses', () => {
  const file = write('model.py', program);
  const expected = run(['summary', file]);
  assert.match(expected.stdout, /Total params: 15/);
  for (const change of ['gone', 'foreign', 'cut']) {
    const other = path.join(folder, change);
    mkdirSync(other);
    cpSync(built, other, { recursive: true });
    const stored = path.join(other, readdirSync(other).find((name) => name.endsWith('.cache')) ?? '');
    if (change === 'gone') rmSync(stored);
    else if (change === 'foreign') writeFileSync(stored, Buffer.alloc(50_000, 7));
    else writeFileSync(stored, readFileSync(stored).subarray(0, 10_000));
    assert.deepEqual(run(['summary', file], other), expected, change);
  }
});

test('long output arrives whole', () => {
  const file = write('long.py', program + '# é\n'.repeat(60_000));
  const { stdout, status } = run(['hints', file]);
  assert.equal(status, 0);
  assert.equal(stdout.split('# é\n').length, 60_001);
});

const subclassed = `import keras
from keras import layers


class Block(keras.Model):
    def __init__(self, filters):
        super().__init__()
        self.conv = layers.Conv2D(filters, 3, padding="same")
        self.norm = layers.BatchNormalization()

    def call(self, x):
        return keras.activations.relu(self.norm(self.conv(x)))


class Net(keras.Model):
    def __init__(self, classes=10):
        super().__init__()
        self.first = Block(16)
        self.pool = layers.MaxPooling2D()
        self.second = Block(32)
        self.flatten = layers.Flatten()
        self.head = layers.Dense(classes)

    def call(self, x):
        return self.head(self.flatten(self.second(self.pool(self.first(x)))))
`;

interface Summaries { models: { name: string; class: string; params: { total: number; trainable: number }; complete: boolean; layers: { output: string; params: number }[] }[] }

function summaries(text: string, ...options: readonly string[]): Summaries['models'] {
  const { stdout, stderr } = run(['summary', write('given.py', text), '--json', ...options]);
  assert.equal(stderr, '');
  return (JSON.parse(stdout) as Summaries).models;
}

// Counts and shapes: Keras 3.15.1, the model called on zeros of that shape.
test('--input: a model that the file neither calls nor builds', () => {
  for (const text of [subclassed, `${subclassed}\nmodel = Net()\n`, `${subclassed}\ndef build():\n    return Net()\n`]) {
    const net = summaries(text, '--input', '(None, 28, 28, 3)').find((model) => model.class === 'Net');
    assert.deepEqual(net?.params, { total: 68010, trainable: 67914, nonTrainable: 96 });
    assert.deepEqual(net?.layers.map((layer) => [layer.output, layer.params]),
      [['(None, 28, 28, 16)', 512], ['(None, 14, 14, 16)', 0], ['(None, 14, 14, 32)', 4768], ['(None, 6272)', 0], ['(None, 10)', 62730]]);
  }
});

test('--input: a Sequential without a shape, in each spelling; --model picks the one', () => {
  const text = 'import keras\nfrom keras import layers\nmodel = keras.Sequential([layers.Conv2D(8, 3), layers.Flatten(), layers.Dense(2)], name="wanted")\nother = keras.Sequential([layers.Dense(2)], name="other")\n';
  for (const shape of ['(1, 28, 28, 3)', '1x28x28x3', '1,28,28,3', '[1, 28, 28, 3,]']) {
    const [model, ...others] = summaries(text, '--input', shape, '--model', 'wanted');
    assert.deepEqual(others, []);
    assert.deepEqual(model?.layers.map((layer) => layer.output), ['(1, 26, 26, 8)', '(1, 5408)', '(1, 2)'], shape);
    assert.equal(model?.params.total, 11042);
  }
});

test('--input: calls on data of which nothing is known do not hide it, what the file says stays', () => {
  const [unknownData] = summaries('import keras\nfrom somewhere import data\nclass Net(keras.Model):\n    def __init__(self):\n        super().__init__()\n        self.a = keras.layers.Dense(16)\n    def call(self, x):\n        return self.a(x)\nnet = Net()\nfor x in data:\n    net(x)\n', '--input', 'None,4');
  assert.deepEqual(unknownData?.layers.map((layer) => [layer.output, layer.params]), [['(None, 16)', 80]]);
  const [stated] = summaries('import keras\nmodel = keras.Sequential([keras.Input((8,)), keras.layers.Dense(2)])\n', '--input', '(None, 4)');
  assert.equal(stated?.params.total, 18);
});

test('--input: what is no shape, and what the model does not take, is one line', () => {
  const file = write('given.py', `${subclassed}\nmodel = Net()\n`);
  for (const text of ['(None, 3', 'large', '', '0x3', '1,,3', '-1,3', 'None 3', '1.5,3']) {
    const { status, stdout, stderr } = run(['summary', file, `--input=${text}`]);
    assert.deepEqual([status, stdout], [2, ''], text);
    assert.match(stderr, /^inlayer: --input .*is not a shape such as .*\n$/);
  }
  const refused = run(['summary', file, '--input', '(None, 4)']);
  assert.match(refused.stderr, /^inlayer: net does not take \(None, 4\): .*4 axes.*\n$/);
  assert.match(refused.stdout, /Model: "net"/);
});

test("a package's modules are found by their full names, wherever the command is run", () => {
  mkdirSync(path.join(folder, 'project', 'nets', 'blocks'), { recursive: true });
  for (const inside of ['nets', 'nets/blocks']) write(`project/${inside}/__init__.py`, '');
  write('project/nets/widths.py', 'WIDTH = 12\n');
  const file = write('project/nets/blocks/head.py', 'from torch import nn\nfrom nets.widths import WIDTH\n\nhead = nn.Linear(WIDTH, 2)\n');
  const { stdout } = run(['hints', file]);
  assert.match(stdout, /26 params/);
});

test('pyproject.toml: its levels hold, the option comes first, a fault is one line and ends with 2', () => {
  const inside = path.join(folder, 'levels');
  mkdirSync(path.join(inside, 'nets'), { recursive: true });
  const file = write('levels/nets/model.py', 'import keras\nkeras.layers.Dense(4, unit=3)\n');
  const check = (text: string, ...options: readonly string[]) => {
    write('levels/pyproject.toml', text);
    const { status, stdout, stderr } = run(['check', file, '--format', 'json', ...options]);
    return { status, stderr, found: (JSON.parse(stdout) as { findings: { severity: string }[] }).findings.map(({ severity }) => severity) };
  };
  assert.deepEqual(check('[project]\nname = "x"\n'), { status: 1, stderr: '', found: ['error'] });
  assert.deepEqual(check('[tool.inlayer.rules]\ninvalid-argument = "warning"\n'), { status: 0, stderr: '', found: ['warning'] });
  assert.deepEqual(check('[tool.inlayer.rules]\ninvalid-argument = "off"\n'), { status: 0, stderr: '', found: [] });
  assert.deepEqual(check('[tool.inlayer.rules]\ninvalid-argument = "off"\n', '--rules', 'invalid-argument=error'), { status: 1, stderr: '', found: ['error'] });
  const faulty = check('[tool.inlayer.rules]\ninvalid-arguments = "off"\nlast-batch = 1\n');
  assert.deepEqual([faulty.status, faulty.found], [2, ['error']]);
  assert.match(faulty.stderr, /^inlayer: levels[/\\]pyproject\.toml:2: \[tool\.inlayer\.rules\]: there is no rule `invalid-arguments`; is `invalid-argument` meant\? \(and 1 more\)\n$/);
});

test('the language is asked for or that of the locale; what programs read is in another one only if it was asked for', () => {
  const file = write('wrong.py', 'import keras\nmodel = keras.Sequential([keras.Input((8,)), keras.layers.Reshape((3, 3))])\n');
  const spoken = (args: readonly string[], locale: string): string =>
    spawnSync(process.execPath, [path.join(built, 'cli.js'), ...args], { encoding: 'utf8', cwd: folder, env: { ...process.env, LC_ALL: locale } }).stdout;
  const korean = /샘플마다 요소가 9개 필요/, english = /needs 9 elements/;
  assert.match(spoken(['check', file], 'C'), english);
  assert.match(spoken(['check', file], 'ko_KR.UTF-8'), korean);
  assert.match(spoken(['check', file, '--language', 'en'], 'ko_KR.UTF-8'), english);
  assert.match(spoken(['check', file, '--language', 'ko'], 'C'), korean);
  assert.match(spoken(['check', file, '--format', 'json'], 'ko_KR.UTF-8'), english);
  assert.match(spoken(['check', file, '--format', 'json', '--language', 'ko'], 'C'), korean);
  assert.match(spoken(['check', file, '--language', '../../etc'], 'C'), english);
  assert.match(spoken(['rules'], 'ko_KR.UTF-8'), /label-range +error +레이블이 출력이/);
});
