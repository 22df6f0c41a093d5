// What the declared layers say besides shapes and counts: element types and single weights against the stored answers of Keras, how many of
// Keras' refusals are told, value ranges, multiply-adds, and silence about what is not known.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { allWeights } from '../../../server/catalogues/keras/layer-state.ts';
import { formatRange } from '../../../server/tensors/range.ts';
import { formatShape } from '../../../server/tensors/shape.ts';
import { formatOutput } from '../../../server/trace/counts.ts';
import type { Layer } from '../../../server/trace/trace.ts';
import { renderMessage } from '../../../server/values/place.ts';
import type { Value } from '../../../server/values/value.ts';
import { type Analysis, analyseText } from '../../../server/workspace/analysis.ts';
import { type LayerFact, programOf, readFacts } from '../../support/layer-facts.ts';
import { memoryHost } from '../../support/program.ts';

interface WeighedFact extends LayerFact { readonly weights?: Readonly<Record<string, readonly number[]>> }

function run(text: string): Analysis {
  const analysis = analyseText('/project/main.py', text, { host: memoryHost({}), folders: ['/project'], maximumMilliseconds: 20_000 });
  assert.equal(analysis.fault, undefined);
  return analysis;
}

function revealed(analysis: Analysis): Value[] {
  return analysis.trace.events.flatMap((event) => (event.kind === 'reveal' ? [event.value] : []));
}

function layerOn(analysis: Analysis, text: string): Layer | undefined {
  const start = text.indexOf('layer = ') + 'layer = '.length;
  return analysis.trace.layers.find((layer) => layer.place?.start === start);
}

function errors(analysis: Analysis): string[] {
  return analysis.findings.filter((finding) => finding.severity === 'error').map((finding) => `[${finding.rule}] ${renderMessage(finding.message)}`);
}

function elementTypes(value: Value): string[] {
  if (value.kind === 'tensor') return value.dtype === undefined ? [] : [value.dtype];
  return value.kind === 'tuple' || value.kind === 'list' ? value.items.flatMap(elementTypes) : [];
}

/** The weight's own name: Keras puts the names of the layers around it in front. */
function described(name: string, shape: string): string {
  return `${name.slice(name.lastIndexOf('/') + 1)} ${shape}`;
}

// Keras accepts these and gives a bias that its own sum cannot use.
function isBroken(fact: LayerFact): boolean {
  return fact.class === 'GroupQueryAttention' && (fact.inputs[0]?.length ?? 3) > 3;
}

const folder = path.join('test', 'facts', 'keras-layers');
/** Every so many facts are looked at; the main suite looks at all shapes and counts. */
const stride = 3;

for (const file of readdirSync(folder).filter((name) => name.endsWith('.jsonl')).sort()) {
  test(`weights, types and refusals of keras layers: ${file.replace('.jsonl', '')}`, () => {
    const facts = (readFacts(readFileSync(path.join(folder, file), 'utf8')) as WeighedFact[]).filter((_, index) => index % stride === 0);
    let refused = 0, told = 0;
    for (const fact of facts) {
      const text = programOf(fact);
      const analysis = run(text);
      if (fact.refused !== undefined) {
        if (!fact.refused.startsWith('ValueError') && !fact.refused.startsWith('TypeError')) continue;
        refused += 1;
        if (errors(analysis).length > 0) told += 1;
        continue;
      }
      const output = revealed(analysis)[0];
      if (output !== undefined && (fact.outputDtype === undefined || typeof fact.outputDtype === 'string')) {
        for (const type of elementTypes(output)) assert.equal(type, fact.outputDtype ?? 'float32', fact.source);
      }
      const layer = layerOn(analysis, text);
      if (fact.weights === undefined || layer === undefined || layer.incomplete || isBroken(fact)) continue;
      const weights = allWeights(layer);
      if (weights.some((weight) => weight.shape.dims?.every((dim) => typeof dim === 'number') !== true)) continue;
      assert.deepEqual(
        weights.map((weight) => described(weight.name, formatShape(weight.shape))).sort(),
        Object.entries(fact.weights).map(([name, dims]) => described(name, formatShape({ dims }))).sort(), fact.source,
      );
    }
    assert.ok(told >= 0.95 * refused, `${told} of ${refused} refusals are told`);
  });
}

const pixels = "np.random.randint(0, 256, (2, 8, 8, 3)).astype('float32')";
const counts = "np.random.randint(-5, 6, (4, 10)).astype('float32')";

// Bounds from the definitions of the functions, checked once against random data under Keras.
const ranges: readonly (readonly [data: string, layer: string, range: string | undefined])[] = [
  [pixels, 'layers.Rescaling(1./255)', '[0, 1]'],
  [pixels, 'layers.Rescaling(1./127.5, offset=-1)', '[-1, 1]'],
  [pixels, 'layers.Rescaling(scale=[1., 2., -1.], offset=[0., 1., 2.])', '[-253, 511]'],
  [pixels, 'layers.Normalization(mean=100., variance=25.)', '[-20, 31]'],
  [pixels, 'layers.Resizing(4, 4)', '[0, 255]'],
  [pixels, "layers.Resizing(4, 4, interpolation='bicubic')", undefined],
  [pixels, 'layers.MaxPooling2D()', '[0, 256)'],
  [pixels, 'layers.GlobalAveragePooling2D()', '[0, 255]'],
  [pixels, "layers.Conv2D(4, 3, activation='relu')", '[0, inf)'],
  [pixels, 'layers.Conv2D(4, 3)', undefined],
  [counts, "layers.Activation('relu')", '[0, 6)'],
  [counts, "layers.Activation('sigmoid')", '[0, 1]'],
  [counts, "layers.Activation('tanh')", '[-1, 1]'],
  [counts, 'layers.Softmax()', '[0, 1]'],
  [counts, 'layers.LeakyReLU(0.2)', '[-1, 5]'],
  [counts, "layers.Dense(6, activation='softmax')", '[0, 1]'],
  [counts, 'layers.Dense(6)', undefined],
  ['np.random.rand(2, 6, 5)', 'layers.LSTM(4)', '[-1, 1]'],
  ['np.random.randint(0, 11, (4, 10))', "layers.CategoryEncoding(12, output_mode='one_hot')", '[0, 2)'],
];

for (const [data, layer, range] of ranges) {
  test(`values of ${layer}`, () => {
    const [value] = revealed(run(`import keras\nimport numpy as np\nfrom keras import layers\nreveal_type(${layer}(${data}))\n`));
    assert.equal(value?.kind, 'tensor');
    assert.equal(value.kind === 'tensor' && value.range !== undefined ? formatRange(value.range) : undefined, range);
  });
}

// Worked out by hand: what each output element, or each time step, costs.
const costs: readonly (readonly [input: string, layer: string, multiplyAdds: number])[] = [
  ['(7,)', 'layers.Dense(5)', 7 * 5],
  ['(6, 7)', 'layers.Dense(5)', 6 * 7 * 5],
  ['(8, 8, 3)', 'layers.Conv2D(4, 3)', 6 * 6 * 4 * 9 * 3],
  ['(8, 8, 4)', 'layers.Conv2D(4, 3, groups=2)', 6 * 6 * 4 * 9 * 2],
  ['(8, 8, 3)', 'layers.Conv2DTranspose(4, 3, strides=2)', 8 * 8 * 3 * 9 * 4],
  ['(8, 8, 3)', 'layers.DepthwiseConv2D(3)', 6 * 6 * 3 * 9],
  ['(8, 8, 3)', 'layers.SeparableConv2D(6, 3)', 6 * 6 * 3 * 9 + 6 * 6 * 3 * 6],
  ['(6, 5)', 'layers.LSTM(4)', 6 * 4 * (5 * 4 + 4 * 4)],
  ['(6, 5)', 'layers.GRU(4, return_sequences=True)', 6 * 3 * (5 * 4 + 4 * 4)],
  ['(6, 5)', 'layers.Bidirectional(layers.SimpleRNN(4))', 2 * 6 * (5 * 4 + 4 * 4)],
  ['(6, 5)', 'layers.TimeDistributed(layers.Dense(3))', 6 * 5 * 3],
];

for (const [input, source, multiplyAdds] of costs) {
  test(`multiply-adds of ${source} on ${input}`, () => {
    const text = `import keras\nfrom keras import layers\nlayer = ${source}\nlayer(keras.Input(${input}))\n`;
    assert.equal(layerOn(run(text), text)?.calls[0]?.multiplyAdds, multiplyAdds);
  });
}

test('a layer that is called again must be given the size it was built for', () => {
  const found = errors(run('import keras\nfrom keras import layers\nlayer = layers.Dense(4)\nlayer(keras.Input((10,)))\nlayer(keras.Input((12,)))\n'));
  assert.deepEqual(found, ['[shape-mismatch] dense was built for inputs with 10 at axis -1, got 12 in (None, 12)']);
});

test('what is not known is silent, and what is known beside it is kept', () => {
  const analysis = run(`import keras
from keras import layers
from unknown_package import config
image = keras.Input((32, 32, 3))
reveal_type(layers.Conv2D(8, config.kernel, padding=config.padding)(image))
reveal_type(layers.Conv2D(config.filters, 3)(image))
reveal_type(layers.Concatenate()([image, config.other]))
reveal_type(layers.LSTM(4, return_sequences=config.all)(keras.Input((5, 3))))
layers.Dense(config.units, activation=config.activation, **config.more)(image)
layers.Reshape(config.shape)(image)
layers.BatchNormalization(axis=config.axis)(image)
`);
  assert.deepEqual(errors(analysis), []);
  assert.deepEqual(revealed(analysis).map(formatOutput), ['(None, ?, ?, 8)', '(None, 30, 30, ?)', '(None, 32, 32, ?)', '?']);
});

test('one refused argument is one finding', () => {
  const found = errors(run('import keras\nfrom keras import layers\nx = layers.Conv2D(6, 3, groups=4)(keras.Input((32, 32, 3)))\nlayers.Reshape((-2, 4))(x)\n'));
  assert.equal(found.length, 2);
});

test('cells of the program inside RNN', () => {
  const analysis = run(`import keras
from keras import layers
class Cell(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units
        self.state_size = units
    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name='kernel')
    def call(self, inputs, states):
        output = keras.ops.matmul(inputs, self.kernel) + states[0]
        return output, [output]
layer = layers.RNN(Cell(9), return_sequences=True, return_state=True)
reveal_type(layer(keras.Input((5, 3))))
`);
  assert.deepEqual(revealed(analysis).map(formatOutput), ['((None, 5, 9), (None, 9))']);
  assert.deepEqual(errors(analysis), []);
});
