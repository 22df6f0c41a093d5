// Models as graphs: what feeds what, written down by hand from each program's text; shapes by the frameworks' own rules.
// A line says what a box reads: `conv <- x (1, 3, 8, 8)`; `~` where only the order of calls says so.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { ModelGraph } from '../../server/features/graph.ts';
import { graphOfModel } from '../../server/features/graph.ts';
import { modelsOf } from '../../server/features/summary.ts';
import { renderMessage } from '../../server/values/place.ts';
import { runProgram } from '../support/program.ts';

function graphOf(program: string, name?: string): ModelGraph {
  const { trace } = runProgram(program);
  const models = modelsOf(trace, '/project/main.py');
  const model = name === undefined ? models.at(-1) : models.find((one) => one.layer.name === name);
  assert.ok(model !== undefined, 'no model');
  return graphOfModel(trace, model);
}

/** The name of a box with those of the boxes around it, but for boxes that only fold others. */
function nameOf(graph: ModelGraph, at: number): string {
  const node = graph.nodes[at];
  if (node === undefined) return '';
  const around = nameOf(graph, node.parent);
  if (node.kind === 'repeat' || node.kind === 'range') return around;
  return around === '' ? node.name : `${around}/${node.name}`;
}

function flows(graph: ModelGraph): string[] {
  return graph.nodes.flatMap((_, at) => {
    const read = graph.edges.filter((edge) => edge.to === at).map((edge) => `${edge.certain ? '' : '~'}${nameOf(graph, edge.from)} ${edge.shape ?? '?'}`);
    return read.length === 0 ? [] : [`${nameOf(graph, at)} <- ${read.join(' | ')}`];
  });
}

/** The tree of boxes: indented, with what each is. */
function boxes(graph: ModelGraph): string[] {
  const depth = (at: number): number => (at < 0 ? 0 : 1 + depth(graph.nodes[at]?.parent ?? -1));
  return graph.nodes.map((node) => `${'  '.repeat(depth(node.parent))}${node.kind} ${node.name}${node.count > 0 ? ` x${node.count}` : ''}`);
}

test('a Sequential model is a chain', () => {
  const graph = graphOf(`
import keras
from keras import layers
model = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(8, 3), layers.Flatten(), layers.Dense(10)])
`);
  assert.deepEqual(flows(graph), ['conv2d <- input_layer (None, 28, 28, 1)', 'flatten <- conv2d (None, 26, 26, 8)', 'dense <- flatten (None, 5408)']);
  assert.deepEqual(graph.nodes.map((node) => node.params), [0, 80, 0, 54090]);
});

test('a functional model: branches, a merge, two outputs, an operator', () => {
  const graph = graphOf(`
import keras
from keras import layers
inputs = keras.Input((16,), name='features')
a = layers.Dense(8, name='a')(inputs)
b = layers.Dense(8, name='b')(inputs)
both = layers.Concatenate(name='both')([a, b * 2.0])
model = keras.Model(inputs, [layers.Dense(3, name='kind')(both), layers.Dense(1, name='size')(a)])
`);
  assert.deepEqual(flows(graph).sort(), [
    'a <- features (None, 16)', 'b <- features (None, 16)', 'both <- a (None, 8) | multiply (None, 8)', 'kind <- both (None, 16)', 'multiply <- b (None, 8)',
    'output 1 <- kind (None, 3)', 'output 2 <- size (None, 1)', 'size <- a (None, 8)',
  ]);
  assert.equal(graph.nodes.find((node) => node.name === 'multiply')?.kind, 'operation');
});

test('a shared layer is a box at each of its uses', () => {
  const graph = graphOf(`
import keras
from keras import layers
left, right = keras.Input((4,), name='left'), keras.Input((4,), name='right')
shared = layers.Dense(2, name='shared')
model = keras.Model([left, right], layers.Add(name='sum')([shared(left), shared(right)]))
`);
  const uses = graph.nodes.filter((node) => node.name === 'shared');
  assert.deepEqual(uses.map((node) => [node.uses, node.params]), [[2, 10], [2, 10]]);
  assert.notEqual(uses[0]?.id, uses[1]?.id);
  assert.deepEqual(flows(graph).filter((line) => line.startsWith('sum')), ['sum <- shared (None, 2) | shared (None, 2)']);
  assert.equal(graph.params.total, 10);
});

test('nested models: flows go to the innermost boxes, and through a layer of the program with two inputs', () => {
  const graph = graphOf(`
import keras
from keras import layers
encoder = keras.Sequential([layers.Dense(16, name='wide'), layers.Dense(4, name='narrow')], name='encoder')
class Scale(layers.Layer):
    def __init__(self):
        super().__init__(name='scale')
        self.dense = layers.Dense(4, name='inner')
    def call(self, a, b):
        return self.dense(a) + b
left, right = keras.Input((8,), name='left'), keras.Input((8,), name='right')
l, r = encoder(left), encoder(right)
s = Scale()(layers.Subtract(name='difference')([l, r]), l)
model = keras.Model([left, right], layers.Dense(1, name='score')(s))
`);
  const lines = flows(graph);
  assert.deepEqual(lines.filter((line) => !line.startsWith('encoder')), [
    'difference <- encoder/narrow (None, 4) | encoder/narrow (None, 4)',
    'scale/inner <- difference (None, 4)',
    'scale/add <- scale/inner (None, 4) | encoder/narrow (None, 4)',
    'score <- scale/add (None, 4)',
    'output <- score (None, 1)',
  ]);
  assert.deepEqual(lines.filter((line) => line.startsWith('encoder/wide')).length, 2);
  assert.equal(graph.nodes.filter((node) => node.name === 'encoder').length, 2);
});

const residualBlock = `
import torch
from torch import nn
class Block(nn.Module):
    def __init__(self, i, o, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(i, o, 3, stride, 1)
        self.bn1 = nn.BatchNorm2d(o)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(o, o, 3, 1, 1)
        self.bn2 = nn.BatchNorm2d(o)
        self.downsample = nn.Conv2d(i, o, 1, stride) if stride != 1 or i != o else None
    def forward(self, x):
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)
`;

test('a residual block: the skip goes around, in-place layers and += notwithstanding', () => {
  const plain = graphOf(`${residualBlock}
model = Block(8, 8)
y = model(torch.zeros(1, 8, 4, 4))
`);
  assert.deepEqual(flows(plain), [
    'conv1 <- x (1, 8, 4, 4)', 'bn1 <- conv1 (1, 8, 4, 4)', 'relu <- bn1 (1, 8, 4, 4)', 'conv2 <- relu (1, 8, 4, 4)', 'bn2 <- conv2 (1, 8, 4, 4)',
    'add <- bn2 (1, 8, 4, 4) | x (1, 8, 4, 4)', 'relu <- add (1, 8, 4, 4)', 'output <- relu (1, 8, 4, 4)',
  ]);
  const strided = graphOf(`${residualBlock}
model = Block(8, 16, 2)
y = model(torch.zeros(1, 8, 4, 4))
`);
  assert.deepEqual(flows(strided).filter((line) => /^(downsample|add)/.test(line)), ['downsample <- x (1, 8, 4, 4)', 'add <- bn2 (1, 16, 2, 2) | downsample (1, 16, 2, 2)']);
});

test('blocks that are alike are folded, the first one that is not stands by itself', () => {
  const graph = graphOf(`${residualBlock}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stage = nn.Sequential(Block(8, 16, 2), *[Block(16, 16) for _ in range(4)])
        self.even = nn.Sequential(*[Block(16, 16) for _ in range(3)])
    def forward(self, x):
        return self.even(self.stage(x))
model = Net()
y = model(torch.zeros(1, 8, 8, 8))
`);
  assert.deepEqual(boxes(graph).filter((line) => /^ {0,6}(module|repeat|input|output) /.test(line)), [
    'input x', 'module stage', '  module 0', '  repeat 1 x4', '    module 1', '    module 2', '    module 3', '    module 4', 'module even x3', '  module 0', '  module 1', '  module 2', 'output output',
  ]);
  assert.ok(flows(graph).includes('stage/1/conv1 <- stage/0/relu (1, 16, 4, 4)'));
});

test('a U-Net: each skip leads from the way down to the concatenation on the way up', () => {
  const graph = graphOf(`
import torch
from torch import nn
class DoubleConv(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(i, o, 3, padding=1), nn.ReLU(inplace=True))
    def forward(self, x):
        return self.net(x)
class Up(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.up = nn.ConvTranspose2d(i, o, 2, stride=2)
        self.conv = DoubleConv(2 * o, o)
    def forward(self, x, skip):
        return self.conv(torch.cat([skip, self.up(x)], dim=1))
class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.inc, self.pool = DoubleConv(3, 8), nn.MaxPool2d(2)
        self.down1, self.down2 = DoubleConv(8, 16), DoubleConv(16, 32)
        self.up1, self.up2 = Up(32, 16), Up(16, 8)
        self.out = nn.Conv2d(8, 2, 1)
    def forward(self, image):
        a = self.inc(image)
        b = self.down1(self.pool(a))
        c = self.down2(self.pool(b))
        return self.out(self.up2(self.up1(c, b), a))
model = UNet()
y = model(torch.zeros(1, 3, 16, 16))
`);
  const lines = flows(graph);
  assert.ok(lines.includes('up1/cat <- down1/net/1 (1, 16, 8, 8) | up1/up (1, 16, 8, 8)'), lines.join('\n'));
  assert.ok(lines.includes('up2/cat <- inc/net/1 (1, 8, 16, 16) | up2/up (1, 8, 16, 16)'), lines.join('\n'));
  assert.deepEqual(lines.filter((line) => line.startsWith('pool')), ['pool <- inc/net/1 (1, 8, 16, 16)', 'pool <- down1/net/1 (1, 16, 8, 8)']);
  assert.equal(lines.at(-1), 'output <- out (1, 2, 16, 16)');
  assert.ok(graph.edges.every((edge) => edge.certain));
});

test('a transformer block: two residual sums, attention with three inputs of one tensor, heads split and joined', () => {
  const graph = graphOf(`
import torch
from torch import nn
class Block(nn.Module):
    def __init__(self, d, h):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.attention = nn.MultiheadAttention(d, h, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d))
    def forward(self, x):
        y = self.ln1(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        return x + self.mlp(self.ln2(x))
model = Block(32, 4)
y = model(torch.zeros(2, 10, 32))
`);
  assert.deepEqual(flows(graph), [
    'ln1 <- x (2, 10, 32)', 'attention <- ln1 (2, 10, 32)', 'add <- x (2, 10, 32) | attention (2, 10, 32)', 'ln2 <- add (2, 10, 32)',
    'mlp/0 <- ln2 (2, 10, 32)', 'mlp/1 <- mlp/0 (2, 10, 128)', 'mlp/2 <- mlp/1 (2, 10, 128)', 'add <- add (2, 10, 32) | mlp/2 (2, 10, 32)', 'output <- add (2, 10, 32)',
  ]);
});

test('a model that fails half-way is whole up to there, with the reason at the layer', () => {
  const torch = graphOf(`
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.fc1 = nn.Linear(100, 32)
        self.fc2 = nn.Linear(32, 2)
    def forward(self, x):
        return self.fc2(self.fc1(self.conv(x).flatten(1)))
model = Net()
y = model(torch.zeros(1, 3, 10, 10))
`);
  assert.deepEqual(flows(torch).slice(0, 3), ['conv <- x (1, 3, 10, 10)', 'flatten <- conv (1, 8, 8, 8)', 'fc1 <- flatten (1, 512)']);
  const failing = torch.nodes.filter((node) => node.error !== undefined);
  assert.deepEqual(failing.map((node) => node.name), ['fc1']);
  assert.match(failing[0]?.error === undefined ? '' : renderMessage(failing[0].error), /100.*512/);
  const keras = graphOf(`
import keras
from keras import layers
inputs = keras.Input((32, 32, 3), name='image')
x = layers.Conv2D(8, 3, name='small')(inputs)
y = layers.Conv2D(8, 5, name='large')(inputs)
z = layers.Add(name='sum')([x, y])
model = keras.Model(inputs, layers.Dense(3, name='head')(layers.Flatten(name='flat')(z)))
`);
  assert.deepEqual(flows(keras).slice(0, 3), ['small <- image (None, 32, 32, 3)', 'large <- image (None, 32, 32, 3)', 'sum <- small (None, 30, 30, 8) | large (None, 28, 28, 8)']);
  assert.deepEqual(keras.nodes.filter((node) => node.error !== undefined).map((node) => node.name), ['sum']);
});

test('what one run of a function of the program made stands in a box, repeats of it are folded', () => {
  const graph = graphOf(`
import keras
from keras import layers
def residual(x, filters):
    skip = x
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding='same')(x)
    return layers.Add()([x, skip])
def build():
    inputs = keras.Input((8, 8, 4), name='image')
    x = inputs
    for _ in range(3):
        x = residual(x, 4)
    return keras.Model(inputs, layers.GlobalAveragePooling2D(name='mean')(x))
model = build()
`);
  assert.deepEqual(boxes(graph), [
    'input image', 'repeat residual x3',
    ...['', '_1', '_2'].flatMap((end, at) => ['  function residual', `    layer conv2d${at === 0 ? '' : `_${2 * at}`}`, `    layer conv2d_${2 * at + 1}`, `    layer add${end}`]),
    'layer mean', 'output output',
  ]);
  assert.equal(graph.nodes[1]?.params, 3 * 2 * (3 * 3 * 4 * 4 + 4));
  assert.ok(flows(graph).includes('residual/add <- residual/conv2d_1 (None, 8, 8, 4) | image (None, 8, 8, 4)'));
});

test('a large model without blocks is sorted by the beginnings of its names', () => {
  const graph = graphOf(`
import keras
model = keras.applications.ResNet50(weights=None)
`);
  const outer = graph.nodes.filter((node) => node.parent === -1).map((node) => node.name);
  assert.deepEqual(outer.filter((name) => /^conv\d$/.test(name)), ['conv1', 'conv2', 'conv3', 'conv4', 'conv5']);
  const third = graph.nodes.findIndex((node) => node.name === 'conv3');
  assert.deepEqual(graph.nodes.filter((node) => node.parent === third).map((node) => [node.kind, node.count]), [['function', 0], ['repeat', 3]]);
  // Keras counts 25,636,712 parameters, 53,120 of them of batch normalisations' moving statistics.
  assert.deepEqual(graph.params, { total: 25_636_712, trainable: 25_583_592 });
});

test('very many different layers are shown in ranges', () => {
  const graph = graphOf(`
import keras
from keras import layers
model = keras.Sequential([keras.Input((16,))])
for i in range(400):
    model.add(layers.Dense(16 + (i * 7) % 13 + i % 11))
`);
  assert.equal(graph.nodes.filter((node) => node.name.startsWith('dense') && node.kind === 'layer').length, 400);
  assert.ok(graph.nodes.filter((node) => node.parent === -1).length <= 101);
  assert.equal(graph.edges.length, 400);
});

test('where values cannot be followed the order of the calls stands in, and says so', () => {
  const graph = graphOf(`
import torch, somewhere
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 8)
        self.second = nn.Linear(8, 2)
    def forward(self, x):
        return self.second(somewhere.transform(self.first(x)))
model = Net()
y = model(torch.zeros(1, 4))
`);
  assert.deepEqual(flows(graph).slice(0, 2), ['first <- x (1, 4)', 'second <- ~first ?']);
});

test('a model that nothing calls with known sizes still shows what it holds', () => {
  const graph = graphOf(`
import keras
from keras import layers
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(8, name='first')
        self.second = layers.Dense(2, name='second')
model = Net()
`);
  assert.deepEqual(flows(graph), ['second <- ~first ?']);
});

test('a weight that is added is no lost input', () => {
  const graph = graphOf(`
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(10, 4)
        self.positions = nn.Parameter(torch.zeros(1, 6, 4))
        self.register_buffer('ids', torch.arange(6))
        self.extra = nn.Embedding(6, 4)
    def forward(self, ids):
        return self.tokens(ids) + self.positions + self.extra(self.ids)
model = Net()
y = model(torch.zeros(2, 6, dtype=torch.long))
`);
  assert.deepEqual(flows(graph), ['tokens <- ids (2, 6)', 'add <- tokens (2, 6, 4)', 'add <- add (2, 6, 4) | extra (6, 4)', 'output <- add (2, 6, 4)']);
});

test('a container of equal blocks is called after them', () => {
  const graph = graphOf(`
import torch
from torch import nn
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(4, 4), nn.ReLU()
    def forward(self, x):
        return x + self.b(self.a(x))
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(*[Block() for _ in range(5)])
    def forward(self, x):
        return self.blocks(x)
y = Net()(torch.zeros(1, 4))
`);
  const blocks = graph.nodes.find((node) => node.name === 'blocks');
  assert.deepEqual([blocks?.class, blocks?.count], ['Block', 5]);
});
