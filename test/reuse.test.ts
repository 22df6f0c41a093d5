// Reuse of equal calls must show in nothing: programs are run with and without it, and all that a run leaves is compared. The programs are
// those of the specifications and cases of PyTorch, the ones measured by the bench, and some made for what may go wrong here. With an
// environment that holds torchvision (INLAYER_CORPUS_ENVIRONMENT) some of its builders, in several versions of one program, as well.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import type { LibraryMemory } from '../server/evaluator/memory.ts';
import { makeLibraryMemory } from '../server/evaluator/memory.ts';
import { reuseStatistics } from '../server/evaluator/reuse.ts';
import { environmentFiles, nodeHost } from '../server/node-host.ts';
import type { Analysis } from '../server/workspace/analysis.ts';
import { analyse, readSource } from '../server/workspace/analysis.ts';
import { environmentOf } from '../server/workspace/environment.ts';
import { keepingParser } from '../server/workspace/parsing.ts';
import { readSpecs } from './support/markdown-spec.ts';
import { memoryHost } from './support/program.ts';
import { firstDifference, wholeTrace } from './support/whole-trace.ts';

/** How often calls were given what an earlier one gave. */
let replayed = 0;

function analysed(files: Readonly<Record<string, string>>, name: string, runsEqualCalls: boolean): Analysis {
  return analyse(readSource(name, files[name] ?? ''), { host: memoryHost(files), folders: ['/project'], maximumMilliseconds: 600_000, runsEqualCalls });
}

function compare(files: Readonly<Record<string, string>>, name: string): void {
  const plain = wholeTrace(() => analysed(files, name, true));
  reuseStatistics.note = (what) => { if (what === 'replayed') replayed += 1; };
  try {
    const difference = firstDifference(plain, wholeTrace(() => analysed(files, name, false)));
    if (difference !== undefined) throw new Error(difference);
  } finally {
    reuseStatistics.note = undefined;
  }
}

const specs = path.join('test', 'specs', 'torch');
for (const file of readdirSync(specs, { recursive: true }).map(String).filter((name) => name.endsWith('.md')).sort()) {
  test(`programs of ${file}`, () => {
    for (const spec of readSpecs(readFileSync(path.join(specs, file), 'utf8'))) {
      const files = Object.fromEntries(Object.entries(spec.files).map(([name, text]) => [`/project/${name}`, text]));
      for (const name of Object.keys(files)) if (name.endsWith('.py')) compare(files, name);
    }
  });
}
test('programs after public bug reports', () => {
  const folder = path.join('test', 'cases');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')).sort()) {
    if ((JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as { framework: string }).framework !== 'torch') continue;
    compare({ '/project/main.py': readFileSync(path.join(folder, file.replace('.json', '.py')), 'utf8') }, '/project/main.py');
  }
});
test('the transformer of the bench', () => {
  const before = replayed;
  compare({ '/project/main.py': readFileSync('test/bench/transformer.py', 'utf8') }, '/project/main.py');
  assert.ok(replayed - before >= 40, `${replayed - before} calls were reused`);
});
test('programs that change what calls hang on', async (context) => {
  const before = replayed;
  for (const [name, program] of Object.entries(programs)) await context.test(name, () => compare({ '/project/main.py': `import torch\nfrom torch import nn\nimport torch.nn.functional as F\n\n${program}` }, '/project/main.py'));
  assert.ok(replayed - before >= 20, `${replayed - before} calls were reused`);
});

const block = `class Block(nn.Module):
    def __init__(self, width, scale=2):
        super().__init__()
        self.first = nn.Linear(width, scale * width)
        self.second = nn.Linear(scale * width, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, x):
        y = F.relu(self.first(x))
        y = self.second(y)
        return self.norm(x + y)
`;
const programs: Readonly<Record<string, string>> = {
  'a weight of one block has another shape': `${block}
blocks = [Block(8) for _ in range(5)]
blocks[3].first = nn.Linear(8, 24)
x = torch.rand(2, 8)
for one in blocks:
    x = one(x)
`,
  'two blocks share a weight': `${block}
blocks = nn.ModuleList([Block(8) for _ in range(6)])
blocks[2].first.weight = blocks[1].first.weight
x = torch.rand(2, 8)
for one in blocks:
    x = one(x)
print(sum(p.numel() for p in blocks.parameters()))
`,
  'a global size is set anew': `SIZE = 4

class Wide(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(SIZE, SIZE)

    def forward(self, x):
        return self.inner(x)

first = [Wide() for _ in range(4)]
SIZE = 6
second = [Wide() for _ in range(4)]
for one in first:
    a = one(torch.rand(1, 4))
for one in second:
    b = one(torch.rand(1, 6))
`,
  'a global size is set anew within the loop': `SIZE = 4

class Wide(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(SIZE, SIZE)

made = []
for at in range(7):
    if at == 4:
        SIZE = 6
    made.append(Wide())
y = made[6].inner(torch.rand(1, 6))
`,
  'a module changes itself to and fro': `class Turning(nn.Module):
    def __init__(self):
        super().__init__()
        self.wide = False
        self.inner = nn.Linear(4, 4)

    def forward(self, x):
        self.wide = not self.wide
        y = self.inner(x)
        return torch.cat([y, y]) if self.wide else y

model = Turning()
a = torch.rand(2, 4)
for _ in range(12):
    y = model(a)
`,
  'a counter of the class and a list outside': `made = []

class Counted(nn.Module):
    count = 0

    def __init__(self):
        super().__init__()
        Counted.count += 1
        self.inner = nn.Linear(Counted.count, 3)
        made.append(self.inner)

all = [Counted() for _ in range(5)]
y = all[4].inner(torch.rand(2, 5))
z = made[2](torch.rand(2, 3))
`,
  'a module counts its calls': `class Counting(nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0
        self.inner = nn.Linear(4, 4)

    def forward(self, x):
        self.calls += 1
        return self.inner(x).repeat(self.calls, 1)

model = Counting()
for _ in range(4):
    y = model(torch.rand(2, 4))
`,
  'a mode is switched': `${block}
class Dropping(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Block(4)

    def forward(self, x):
        if self.training:
            return self.inner(x)
        return self.inner(x).mean(dim=1)

model = Dropping()
for _ in range(3):
    a = model(torch.rand(5, 4))
model.eval()
for _ in range(3):
    b = model(torch.rand(5, 4))
`,
  'a shared configuration is changed': `class Config:
    width = 4
    def __init__(self):
        self.depth = 2

class Stack(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(config.depth)])

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

config = Config()
stacks = [Stack(config) for _ in range(4)]
config.depth = 3
more = [Stack(config) for _ in range(4)]
for one in stacks + more:
    y = one(torch.rand(1, 4))
`,
  'arrays are changed in place': `class InPlace(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(4, 4)
        nn.init.zeros_(self.inner.weight)
        self.register_buffer('table', torch.arange(6).view(2, 3))

    def forward(self, x):
        y = self.inner(x)
        y[:, 0] = 0
        y += 1
        v = y.view(-1)
        return F.relu(v, inplace=True)

all = [InPlace() for _ in range(5)]
x = torch.rand(2, 4)
for one in all:
    y = one(x)
    x.add_(1)
`,
  'a fault inside': `${block}
blocks = [Block(8) for _ in range(4)]
for one in blocks:
    y = one(torch.rand(2, 9))
`,
  'a refusal that is caught': `${block}
class Careful(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Block(8)

    def forward(self, x):
        try:
            return self.inner(x)
        except RuntimeError:
            return x

model = Careful()
for _ in range(4):
    y = model(torch.rand(2, 9))
for _ in range(4):
    z = model(torch.rand(2, 8))
`,
  'functions and modules are handed in': `${block}
class Around(nn.Module):
    def __init__(self, make, inner, act=F.relu):
        super().__init__()
        self.made = make(4)
        self.inner = inner
        self.act = act

    def forward(self, x, *rest, **more):
        return self.act(self.inner(self.made(x))), rest, more

shared = nn.Linear(4, 4)
all = [Around(lambda n: nn.Linear(n, n), shared) for _ in range(4)]
all += [Around(Block, nn.Identity(), torch.tanh) for _ in range(4)]
for at, one in enumerate(all):
    y, rest, more = one(torch.rand(3, 4), at, key=torch.zeros(at + 1))
`,
  'sizes are symbolic and the batch is not known': `${block}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.blocks = nn.Sequential(*[Block(8) for _ in range(4)])

    def forward(self, x):
        x = self.stem(x).flatten(2).transpose(1, 2)
        return self.blocks(x).mean(dim=1)
`,
  'a loop whose passes are cut': `${block}
model = nn.Sequential(*[Block(16) for _ in range(3)])
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(1000):
    optimizer.zero_grad()
    loss = model(torch.rand(4, 16)).pow(2).mean()
    loss.backward()
    optimizer.step()
`,
  'branches that are not decided': `import sys
${block}
blocks = [Block(8) for _ in range(3)]
if len(sys.argv) > 1:
    x = torch.rand(2, 8)
    blocks.append(Block(8))
    blocks[0].norm = nn.Identity()
else:
    x = torch.rand(3, 8)
for one in blocks:
    y = one(x)
for one in blocks:
    z = one(torch.rand(2, 8))
`,
  'a hook, a deep copy and a subclass': `import copy
${block}
class Smaller(Block):
    def forward(self, x):
        return super().forward(x)[:, :2]

base = Smaller(8)
copies = nn.ModuleList([copy.deepcopy(base) for _ in range(4)])
base.register_forward_hook(lambda module, args, output: output[:1])
for one in [base, *copies, base]:
    y = one(torch.rand(3, 8))
`,
  'what is returned is kept and changed': `class Keeping(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(4, 4)

    def forward(self, x):
        y = self.inner(x)
        return {'y': y, 'all': [x, y]}

model = Keeping()
kept = []
for _ in range(4):
    out = model(torch.rand(2, 4))
    out['all'].append(out['y'])
    out['y'].mul_(2)
    kept.append(out)
print(len(kept[3]['all']), len(kept[2]['all']))
`,
};

const environment = process.env.INLAYER_CORPUS_ENVIRONMENT === '' ? undefined : process.env.INLAYER_CORPUS_ENVIRONMENT;
const builders = ['resnet18', 'resnet50', 'mobilenet_v2', 'efficientnet_b0', 'vit_b_16', 'swin_t', 'densenet121', 'convnext_tiny'];
for (const builder of environment === undefined ? [] : (process.env.INLAYER_REUSE_BUILDERS?.split(',') ?? builders)) {
  test(`torchvision's ${builder}, version after version`, () => {
    const libraries = environmentOf(environmentFiles, { folders: [], variables: { VIRTUAL_ENV: environment } });
    const host = nodeHost([], environment ?? '', undefined, () => libraries()?.readable ?? []);
    const [module = 'torchvision.models', name = module] = builder.includes(':') ? builder.split(':') : ['torchvision.models', builder];
    const memories: readonly LibraryMemory[] = [makeLibraryMemory(), makeLibraryMemory()], parse = keepingParser();
    const texts = ['', '# one more line', 'other = 3', 'x = 1'].map((more, at) => `${at === 3 ? '# moved\n' : ''}from ${module} import ${name}\n\nmodel = ${name}()\n${more}\n`);
    for (const [at, text] of texts.entries()) {
      const [plain, reused] = memories.map((memory, which) => wholeTrace(() => analyse(readSource('/project/main.py', text), { host, folders: [], libraries, maximumMilliseconds: 600_000, parse, memory, runsEqualCalls: which === 0 })));
      if (plain === undefined || reused === undefined) throw new Error('no analysis');
      const difference = firstDifference(plain, reused);
      if (difference !== undefined) throw new Error(`version ${at}: ${difference}`);
    }
  });
}
