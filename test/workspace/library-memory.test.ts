// What one analysis leaves of libraries for the next one: whatever programs do to a library's objects, and in whatever order they are
// analysed, each gives what it gives alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeLibraryMemory } from '../../server/evaluator/memory.ts';
import type { LibraryPaths } from '../../server/evaluator/module-finder.ts';
import { hintsOf } from '../../server/features/hints.ts';
import { summarize } from '../../server/features/summary.ts';
import { formatDim } from '../../server/tensors/dim.ts';
import { formatOutput } from '../../server/trace/counts.ts';
import type { Value } from '../../server/values/value.ts';
import type { Analysis } from '../../server/workspace/analysis.ts';
import { analyseText } from '../../server/workspace/analysis.ts';
import { keepingParser } from '../../server/workspace/parsing.ts';
import { makeSession } from '../../server/workspace/session.ts';
import { memoryHost } from '../support/program.ts';

const libraries: LibraryPaths = { folders: ['/site-packages'], packages: new Map(), complete: true };
const main = '/project/main.py';

const library: Readonly<Record<string, string>> = {
  '/site-packages/zoo/__init__.py': 'from .registry import create, register\nfrom .models import *\nfrom . import config\n__version__ = "1.0"\n',
  '/site-packages/zoo/config.py': `
width = 8
_stack = []
DEFAULTS = {"depth": 2, "bias": True}

class using:
    def __init__(self, value):
        global width
        self.before = width
        width = value
    def __enter__(self):
        return self
    def __exit__(self, *args):
        global width
        width = self.before
        return False

def set_width(value):
    global width
    width = value

def push(value):
    _stack.append(value)
    return len(_stack)
`,
  '/site-packages/zoo/registry.py': `
from collections import defaultdict
import functools

_models = {}
_by_family = defaultdict(list)
count = 0

def register(fn=None, *, family="none"):
    def decorate(fn):
        global count
        _models[fn.__name__] = fn
        _by_family[family].append(fn.__name__)
        count += 1
        return fn
    return decorate if fn is None else decorate(fn)

def create(name, **kwargs):
    return _models[name](**kwargs)

def names():
    return sorted(_models)

class Meta(type):
    classes = []
    def __new__(mcs, name, bases, namespace):
        made = super().__new__(mcs, name, bases, namespace)
        mcs.classes.append(name)
        return made

class Base(metaclass=Meta):
    children = []
    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        Base.children.append(cls.__name__)

@functools.singledispatch
def describe(value):
    return "something"

@describe.register(int)
def _(value):
    return "whole"
`,
  '/site-packages/zoo/models.py': `
import torch.nn as nn
from . import config
from .registry import register
from .blocks import Block

__all__ = ["Small", "small", "large"]

class Small(nn.Module):
    features = 4
    def __init__(self, classes=10, block=Block):
        super().__init__()
        self.stem = nn.Conv2d(3, config.width, 3, padding=1)
        self.block = block(config.width, config.DEFAULTS["depth"])
        self.head = nn.Linear(config.width, classes, bias=config.DEFAULTS["bias"])

    def forward(self, x):
        x = self.block(self.stem(x))
        return self.head(x.mean((2, 3)))

@register(family="plain")
def small(classes=10):
    return Small(classes)

@register(family="plain")
def large(classes=10):
    with config.using(64):
        return Small(classes)
`,
  '/site-packages/zoo/blocks.py': `
import torch.nn as nn
from .config import width

initial = width

class Block(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.layers = nn.Sequential(*[nn.Conv2d(width, width, 3, padding=1) for _ in range(depth)])
    def forward(self, x):
        return self.layers(x)

class Counted(Block):
    made = 0
    def __init__(self, width, depth):
        super().__init__(width, depth)
        Counted.made = Counted.made + 1
`,
  '/site-packages/zoo/late.py': 'from . import config\nfrom .registry import register\nseen = config.width\n\n@register(family="late")\ndef late(classes=3):\n    from .models import Small\n    return Small(classes)\n',
};

const programs: readonly string[] = [
  'import zoo\nmodel = zoo.small()\n',
  'import zoo\nmodel = zoo.large(classes=7)\nwidth = zoo.config.width\n',
  'import zoo\nzoo.config.width = 32\nmodel = zoo.small()\n',
  'import zoo\nzoo.config.set_width(16)\nimport zoo.late\nseen = zoo.late.seen\nmodel = zoo.create("late")\n',
  'import zoo.late\nseen = zoo.late.seen\nmodel = zoo.create("late")\nnames = zoo.registry.names()\n',
  'import zoo\nfrom zoo.registry import register, names, count, _by_family\n\n@register(family="own")\ndef mine():\n    return zoo.Small(3)\n\nmodel = zoo.create("mine")\nfound = names()\nfamilies = sorted(_by_family)\n',
  'from zoo import registry\nfound = registry.names()\ncount = registry.count\nfamilies = sorted(registry._by_family)\n',
  'import zoo\nimport torch.nn as nn\n\nclass Mine(zoo.Small):\n    def __init__(self):\n        super().__init__(5)\n        self.head = nn.Linear(8, 2)\n\nmodel = Mine()\nfeatures = Mine.features\n',
  'import zoo\nzoo.Small.features = 9\nzoo.Small.forward = lambda self, x: self.stem(x)\nmodel = zoo.small()\nfeatures = zoo.Small.features\n',
  'import zoo\nfrom zoo.blocks import Counted\nfeatures = zoo.Small.features\nmade = Counted.made\nmodel = zoo.Small(block=Counted)\nafter = Counted.made\n',
  'from zoo.config import DEFAULTS\nimport zoo\nDEFAULTS["depth"] = 5\nDEFAULTS.update(bias=False)\nmodel = zoo.small()\n',
  'from zoo import config\ndepth = config.DEFAULTS["depth"]\nsize = config.push(1)\nagain = config.push(2)\n',
  'from zoo.registry import Base, Meta\n\nclass One(Base):\n    pass\n\nclass Two(Base):\n    pass\n\nchildren = Base.children\nclasses = Meta.classes\n',
  'from zoo.registry import Base, Meta\nchildren = list(Base.children)\nclasses = list(Meta.classes)\n',
  'from zoo.registry import describe\n\n@describe.register(str)\ndef _(value):\n    return "text"\n\nfirst = describe("a")\nsecond = describe(1)\n',
  'from zoo.registry import describe\nfirst = describe("a")\nsecond = describe(1)\n',
  'import torch\nimport zoo\ntorch.nn.Conv2d = None\nok = zoo.config.width\n',
  'import torch.nn as nn\nlayer = nn.Conv2d(3, 4, 3)\nimport zoo\nmodel = zoo.small()\n',
  'import zoo\nimport random\nif random.random() > 0.5:\n    zoo.config.set_width(24)\nmodel = zoo.small()\nwidth = zoo.config.width\n',
  'import zoo\nfor step in range(3):\n    zoo.config.push(step)\nsize = len(zoo.config._stack)\nraise ValueError("the end")\n',
  'import zoo\nsize = len(zoo.config._stack)\nzoo.small.note = "mine"\nnote = zoo.small.note\n',
  'import zoo\nhas = hasattr(zoo.small, "note")\ninitial = zoo.blocks.initial\n',
  'x = 1\n',
];

function show(value: Value, depth = 0): string {
  switch (value.kind) {
    case 'int': return typeof value.value === 'number' ? String(value.value) : formatDim(value.value);
    case 'float': case 'str': case 'bool': return JSON.stringify(value.value);
    case 'list': case 'tuple': return depth > 3 ? '…' : `${value.kind}[${value.items.map((item) => show(item, depth + 1)).join(', ')}]`;
    case 'dict': return depth > 3 ? '…' : `{${[...value.entries.values()].map((entry) => `${show(entry.key, depth + 1)}: ${show(entry.value, depth + 1)}`).join(', ')}}`;
    case 'tensor': return formatOutput(value) ?? 'tensor';
    case 'instance': return `a ${value.cls.name}`;
    default: return value.kind;
  }
}

function answersOf({ trace, findings, exceeded, fault }: Analysis): unknown {
  return {
    hints: hintsOf(trace, main), models: summarize(trace, main), findings: findings.map(({ rule, place }) => [rule, place.start]), exceeded, fault,
    values: trace.values.map(({ name, role, place, value }) => `${role} ${place.start} ${name} = ${show(value)}`),
    layers: trace.layers.map((layer) => [layer.name, layer.className, layer.calls.length]), calls: trace.calls.length, events: trace.events.length, losses: trace.losses.length,
  };
}

const host = memoryHost(library);
const analyseAlone = (text: string): unknown => answersOf(analyseText(main, text, { host, folders: ['/project'], libraries: () => libraries, maximumMilliseconds: 60_000 }));

/** Numbers that only look random: a linear congruence. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ;) { state = (state * 1_103_515_245 + 12_345) % 2 ** 31; yield state / 2 ** 31; }
}

test('programs in any order give what each gives alone', () => {
  const alone = programs.map(analyseAlone);
  const next = numbers(7);
  let kept = 0;
  for (let round = 0; round < 6; round += 1) {
    const memory = makeLibraryMemory(), parse = keepingParser();
    for (let step = 0; step < 40; step += 1) {
      const at = Math.floor((next.next().value ?? 0) * programs.length);
      const analysis = analyseText(main, programs[at] ?? '', { host, folders: ['/project'], libraries: () => libraries, maximumMilliseconds: 60_000, memory, parse, strict: true });
      assert.deepEqual(answersOf(analysis), alone[at], `round ${round}, step ${step}:\n${programs[at]}`);
      if (memory.run !== undefined) kept += 1;
    }
  }
  assert.ok(kept > 80, `only ${kept} of 240 runs left something to the next one`);
});

test('each program gives the same again and again', () => {
  for (const program of programs) {
    const memory = makeLibraryMemory(), parse = keepingParser();
    const expected = analyseAlone(program);
    for (let time = 0; time < 3; time += 1) {
      const analysis = analyseText(main, program, { host, folders: ['/project'], libraries: () => libraries, maximumMilliseconds: 60_000, memory, parse, strict: true });
      assert.deepEqual(answersOf(analysis), expected, program);
    }
  }
});

test('what changes on the disk is seen', () => {
  const files: Record<string, string> = { ...library };
  const changing = { readText: (path: string) => memoryHost(files).readText(path), readBytes: () => undefined, listFolder: (path: string) => memoryHost(files).listFolder(path) };
  const session = makeSession({ hostFor: () => changing, foldersFor: () => ['/project'], libraries: () => libraries, maximumMilliseconds: 60_000 });
  let edits = 0;
  const totals = (): (number | undefined)[] => {
    edits += 1;
    session.update(main, `import zoo\nmodel = zoo.small()\n# ${edits}\n`);
    const analysis = session.analysis(main);
    return analysis === undefined ? [] : summarize(analysis.trace, main).map((model) => model.params.total);
  };
  const parameters = (width: number): number => 3 * 9 * width + width + 2 * (9 * width * width + width) + 10 * width + 10;
  assert.deepEqual(totals(), [parameters(8)]);
  assert.deepEqual(totals(), [parameters(8)]);
  files['/site-packages/zoo/config.py'] = (library['/site-packages/zoo/config.py'] ?? '').replace('width = 8', 'width = 12');
  assert.deepEqual(totals(), [parameters(12)]);
  // A module of the program hides the library.
  files['/project/zoo.py'] = 'import torch.nn as nn\ndef small():\n    return nn.Sequential(nn.Linear(2, 3))\n';
  assert.deepEqual(totals(), [9]);
  delete files['/project/zoo.py'];
  assert.deepEqual(totals(), [parameters(12)]);
  for (const path of Object.keys(library)) delete files[path];
  assert.deepEqual(totals(), []);
  Object.assign(files, library);
  assert.deepEqual(totals(), [parameters(8)]);
});

test('a run that was cut short leaves nothing', () => {
  const memory = makeLibraryMemory();
  const analyse = (maximumSteps: number): Analysis => analyseText(main, programs[0] ?? '', { host, folders: ['/project'], libraries: () => libraries, maximumMilliseconds: 60_000, maximumSteps, memory });
  assert.equal(analyse(3).exceeded, 'steps');
  assert.equal(memory.run, undefined);
  assert.deepEqual(answersOf(analyse(3_000_000)), analyseAlone(programs[0] ?? ''));
  assert.notEqual(memory.run, undefined);
});
