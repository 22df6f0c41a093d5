// A model as a table: rows as a tree, weights, costs, folds, failures; and the comparison of two. Multiply-adds of PyTorch's models are those
// that torch.utils.flop_counter.FlopCounterMode (2.13) counts, halved and for one sample, where it counts them; the others by hand.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { compareTables } from '../../server/features/compare.ts';
import { amountFor } from '../../server/features/cost.ts';
import { shortDifference } from '../../server/features/lenses.ts';
import type { ModelTable, TableRow } from '../../server/features/summary-table.ts';
import { tablesOf } from '../../server/features/summary-table.ts';
import { formatTable, tableColumns } from '../../server/features/summary-formats.ts';
import { runProgram } from '../support/program.ts';

function tables(text: string): ModelTable[] {
  return tablesOf(runProgram(text).trace, '/project/main.py');
}
function table(text: string, name?: string): ModelTable {
  const all = tables(text);
  return all.find((one) => name === undefined || one.name === name) ?? assert.fail(`no model ${name ?? ''} among ${all.map((one) => one.name).join(', ')}`);
}
const rowOf = ({ rows }: ModelTable, key: string): TableRow => rows.find((row) => row.key === key) ?? assert.fail(`no row ${key} among ${rows.map((row) => row.key).join(', ')}`);
const multiplyAdds = (row: { readonly multiplyAdds: TableRow['multiplyAdds'] }): number | undefined => (row.multiplyAdds.complete ? amountFor(row.multiplyAdds, 1) : undefined);
const outline = ({ rows }: ModelTable): string[] => rows.map((row) => `${'  '.repeat(row.level - 1)}${row.name} ${row.kind === 'failure' ? row.reason : row.class}${row.repeat > 1 ? ` × ${row.repeat}` : ''}`);

const torchHeader = 'import torch\nimport torch.nn.functional as F\nfrom torch import nn\n';

test('a language model: blocks folded, attention that the program writes itself counted', () => {
  const model = table(readFileSync('test/editor/example/language_model.py', 'utf8'), 'LanguageModel');
  assert.equal(model.params.total, 869_376);
  assert.equal(multiplyAdds(model), 53_329_920);
  for (const [key, expected] of [['blocks', 47_185_920], ['blocks.0', 7_864_320], ['blocks.0.attention', 3_145_728], ['blocks.0.attention.qkv', 1_769_472], ['blocks.5.mlp.2', 2_359_296], ['head', 6_144_000]] as const) {
    assert.equal(multiplyAdds(rowOf(model, key)), expected, key);
  }
  assert.deepEqual(outline(model).slice(2, 12), [
    'blocks Sequential', '  0 … 5 Block × 6', '    0 Block', '      norm1 LayerNorm', '      attention Attention', '        qkv Linear', '        out Linear', '      norm2 LayerNorm', '      mlp Sequential', '        0 Linear',
  ]);
  assert.equal(rowOf(model, 'blocks.0…').params.total, 671_040);
});

const mixed = `${torchHeader}
class Mixed(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(8, 16, 3, stride=2, padding=1, groups=4)
        self.up = nn.ConvTranspose2d(16, 8, 4, stride=2, padding=1)
        self.lstm = nn.LSTM(8, 12, num_layers=2, bidirectional=True, batch_first=True)
        self.weight = nn.Parameter(torch.zeros(5, 24))

    def forward(self, x):
        x = self.up(self.conv(x)).flatten(2).transpose(1, 2)
        x, _ = self.lstm(x)
        return torch.einsum('btc,kc->btk', x, self.weight)

Mixed()(torch.zeros(3, 8, 10, 10))
`;

test('convolutions, recurrence and einsum', () => {
  const model = table(mixed);
  assert.equal(model.batch, 3);
  assert.equal(multiplyAdds(rowOf(model, 'conv')), 7_200);
  assert.equal(multiplyAdds(rowOf(model, 'up')), 51_200);
  // 100 steps, four gates of 12, both directions: from 8 and 12 values, then from 24 and 12.
  assert.equal(multiplyAdds(rowOf(model, 'lstm')), 100 * 4 * 12 * 2 * ((8 + 12) + (24 + 12)));
  // The einsum: 100 x 5 x 24. FlopCounterMode counts 70,400 without the LSTM.
  assert.equal(multiplyAdds(model), 70_400 + 537_600);
  // 16 x 5 x 5, 8 x 10 x 10 floats.
  assert.equal(amountFor(rowOf(model, 'conv').activation, 1), 1600);
  assert.equal(amountFor(rowOf(model, 'up').activation, 7), 7 * 3200);
});

test('attention layers, and scaled_dot_product_attention', () => {
  const model = table(`${torchHeader}
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4, 128, batch_first=True), 3)
        self.attention = nn.MultiheadAttention(64, 8, batch_first=True)

    def forward(self, x):
        x = self.encoder(x)
        y = F.scaled_dot_product_attention(x[:, None], x[:, None], x[:, None])[:, 0]
        return self.attention(x + y, x, x)[0]

Encoder()(torch.zeros(2, 20, 64))
`, 'Encoder');
  assert.equal(multiplyAdds(rowOf(model, 'encoder')), 2_119_680);
  assert.equal(multiplyAdds(rowOf(model, 'attention')), 378_880);
  // FlopCounterMode leaves out the fused attention on the CPU: 2 x 20 x 20 x 64.
  assert.equal(multiplyAdds(model), 2_498_560 + 51_200);
  assert.equal(model.activation.complete, true);
});

test('Keras: per sample, for a batch of any size; nested models open, shared layers called twice', () => {
  const model = table(`import keras
from keras import layers
backbone = keras.Sequential([keras.Input((32, 32, 3)), layers.Conv2D(8, 3), layers.DepthwiseConv2D(3), layers.SeparableConv2D(16, 3), layers.Flatten()], name="backbone")
backbone.trainable = False
shared = layers.Dense(4, name="shared")
a, b = keras.Input((32, 32, 3)), keras.Input((32, 32, 3))
out = layers.Subtract()([shared(backbone(a)), shared(backbone(b))])
model = keras.Model([a, b], out, name="twin")
`, 'twin');
  // 30 x 30 positions of 8 x 27; 28 x 28 of 8 x 9; 26 x 26 of 8 x 9 and 16 x 8.
  const once = 30 * 30 * 8 * 27 + 28 * 28 * 8 * 9 + 26 * 26 * (8 * 9 + 16 * 8);
  assert.equal(multiplyAdds(rowOf(model, 'backbone')), 2 * once);
  assert.equal(rowOf(model, 'shared').calls, 2);
  assert.equal(multiplyAdds(rowOf(model, 'shared')), 2 * 4 * 26 * 26 * 16);
  assert.equal(rowOf(model, 'backbone').params.trainable, 0);
  assert.ok(rowOf(model, 'backbone.conv2d').level === 2);
  assert.equal(amountFor(rowOf(model, 'shared').activation, 10), 10 * 2 * 4 * 4);
});

test('Keras: recurrent layers and their wrappers', () => {
  const model = table(`import keras
from keras import layers
model = keras.Sequential([keras.Input((10, 8)), layers.Bidirectional(layers.LSTM(4, return_sequences=True)), layers.TimeDistributed(layers.Dense(3)), layers.TimeDistributed(layers.Dropout(0.1)), layers.GRU(5)])
`);
  assert.deepEqual(model.rows.filter((row) => row.level === 1).map(multiplyAdds), [2 * 10 * 4 * 4 * (8 + 4), 10 * 8 * 3, 0, 10 * 3 * 5 * (3 + 5)]);
});

test('weights by type, buffers apart', () => {
  const model = table(`${torchHeader}
net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Flatten(), nn.Linear(8, 2).half())
net(torch.zeros(1, 3, 3, 3))
`);
  assert.deepEqual(model.weights, [{ dtype: 'float32', count: 224 + 16 + 16, bytes: 4 * 256 }, { dtype: 'float16', count: 18, bytes: 36 }, { dtype: 'int64', count: 1, bytes: 8 }]);
  assert.equal(model.params.buffers, 17);
});

test('a failure stands where it happens, and what came before is shown', () => {
  assert.deepEqual(outline(table(`import keras
from keras import layers
a = keras.Input((32,))
x = layers.Dense(16)(a)
y = layers.Conv2D(4, 3)(x)
z = layers.Dense(2)(y)
model = keras.Model(a, z)
`)), ['input_layer InputLayer', 'dense Dense', 'conv2d Conv2D', 'shape-mismatch conv2d expects an input with 4 axes, got 2: (None, 16)']);
  const net = table(`${torchHeader}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.fc = nn.Linear(32, 2)

    def forward(self, x):
        x = self.conv(x)
        x = x.view(-1, 7, 7, 7, 5)
        return self.fc(x)

Net()(torch.zeros(4, 3, 32, 32))
`);
  assert.deepEqual(outline(net), ['conv Conv2d', 'reshape-size view: the 28800 elements of (4, 8, 30, 30) are no multiple of 1715', 'fc Linear']);
  assert.equal(net.rows[1]?.line, 13);
  assert.equal(net.complete, false);
});

const before = `import keras
from keras import layers
model = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(8, 3), layers.Flatten(), layers.Dense(64), layers.Dense(10)])
`;

test('two versions: what came, went and changed, whatever the framework counts up', () => {
  const after = before.replace('layers.Conv2D(8, 3), ', 'layers.Conv2D(8, 3), layers.Conv2D(8, 3), layers.Dropout(0.5), ').replace('Dense(64)', 'Dense(32)');
  const { rows, counts, difference } = compareTables(table(before), table(after));
  assert.deepEqual(rows.map((row) => [row.change, row.before?.name, row.after?.name]), [
    ['same', 'conv2d', 'conv2d'], ['added', undefined, 'conv2d_1'], ['added', undefined, 'dropout'], ['changed', 'flatten', 'flatten'], ['changed', 'dense', 'dense'], ['changed', 'dense_1', 'dense_1'],
  ]);
  assert.deepEqual(counts, { added: 2, removed: 0, changed: 3 });
  // 584 for the convolution; 4608 x 32 + 32 for 5408 x 64 + 64; 32 x 10 for 64 x 10.
  assert.equal(difference.params, 584 + (4608 * 32 + 32) - (5408 * 64 + 64) + (320 - 640));
  assert.ok(compareTables(table(before), table(before)).rows.every((row) => row.change === 'same'));
});

test('a fold that grew by one is one row more', () => {
  const blocks = (count: number): string => `${torchHeader}
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 8)
    def forward(self, x):
        return x + self.fc(x)
net = nn.Sequential(*[Block() for _ in range(${count})])
net(torch.zeros(1, 8))
`;
  const { rows, difference } = compareTables(table(blocks(5)), table(blocks(6)));
  assert.deepEqual(rows.filter((row) => row.change !== 'same').map((row) => [row.change, row.after?.key]), [['added', '5'], ['added', '5.fc']]);
  assert.equal(difference.params, 72);
});

test('text forms: names are text in each of them', () => {
  const hostile = table(`import keras
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="a|b_<img onerror=x>&%$#"), keras.layers.Dense(3, name="=1+1, \\"x\\"")], name="m")
`);
  const columns = ['class', 'output', 'params', 'share'] as const;
  const markdown = formatTable(hostile, 'markdown', { columns, batch: 1 }).split('\n');
  assert.equal(markdown[2], '| a\\|b\\_\\<img onerror=x\\>&%$\\# | Dense | (None, 1) | 3 | 33.3 % |');
  assert.equal(markdown.at(-1), '| **Total** |  |  | **9** |  |');
  assert.equal(formatTable(hostile, 'csv', { columns: ['params'], batch: 1 }), 'layer,level,Parameters\na|b_<img onerror=x>&%$#,1,3\n"\'=1+1, ""x""",1,6');
  assert.match(formatTable(hostile, 'latex', { columns: tableColumns, batch: 4 }), /a\|b\\_<img onerror=x>\\&\\%\\\$\\# & Dense/);
});

test('a difference in few characters', () => {
  assert.deepEqual([72, -512, 9_999, 10_000, 1_234_567, -25_557_032, 3_000_000_000].map(shortDifference), ['+72', '−512', '+9,999', '+10.0 k', '+1.2 M', '−25.6 M', '+3.0 G']);
});

test('of models known from the outside only the multiply-adds are a lower bound', () => {
  const vision = table('import torch\nimport torchvision\nmodel = torchvision.models.resnet18(weights=None)\nmodel(torch.zeros(1, 3, 224, 224))\n');
  assert.equal(vision.multiplyAdds.complete, false);
  // The stem alone is known: 7 x 7 x 3 x 64 for 112 x 112 places; and the head, 512 x 1000.
  assert.equal(amountFor(vision.multiplyAdds, 1), 7 * 7 * 3 * 64 * 112 * 112 + 512 * 1000);
  const timm = table('import torch\nimport timm\nmodel = timm.create_model("resnet50")\nmodel(torch.zeros(1, 3, 224, 224))\n');
  assert.equal(timm.multiplyAdds.complete, false);
});
