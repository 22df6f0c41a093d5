// What Python's operators and functions make of sizes that are symbols, of open containers and of unknown values. The expected texts
// are worked out by hand: sizes H and W of at least 1, `thing` something unknown, `more` a list that may hold more than 3.
import assert from 'node:assert/strict';
import test from 'node:test';
import { pythonCatalogue } from '../../../server/catalogues/python/index.ts';
import { makeRegistry } from '../../../server/catalogues/registry.ts';
import { PythonError } from '../../../server/evaluator/errors.ts';
import { evaluateProgram } from '../../../server/evaluator/evaluate.ts';
import { parsePython } from '../../../server/syntax/python.ts';
import { formatDim, symbol } from '../../../server/tensors/dim.ts';
import { nativeFunction } from '../../../server/values/classes.ts';
import type { Value } from '../../../server/values/value.ts';
import { int, list, none, unknown } from '../../../server/values/value.ts';

function show(value: Value): string {
  switch (value.kind) {
    case 'int': return formatDim(value.value);
    case 'bool': return value.value ? 'True' : 'False';
    case 'float': case 'str': return String(value.value);
    case 'unknown': return value.typeName === undefined ? '?' : `?${value.typeName}`;
    case 'tuple': return `(${value.items.map(show).join(', ')})`;
    case 'list': return `[${value.items.map(show).join(', ')}${value.open ? ', ...' : ''}]`;
    case 'dict': return `{${[...value.entries.values()].map((entry) => `${show(entry.key)}: ${show(entry.value)}`).join(', ')}${value.open ? ', ...' : ''}}`;
    case 'set': return `{${[...value.entries.values()].map(show).join(', ')}${value.open ? ', ...' : ''}}`;
    case 'range': return `range(${formatDim(value.start)}, ${formatDim(value.stop)}, ${value.step})`;
    default: return value.kind;
  }
}

function evaluate(expression: string): string {
  let shown = '(nothing)';
  const given = { modules: { given: () => ({
    H: int(symbol('H')), W: int(symbol('W')), thing: unknown(), more: list([int(3)], true), number: unknown(undefined, 'int'),
    show: nativeFunction('show', 'value', ({ args }) => { shown = show(args.get('value')); return none; }),
    fails: nativeFunction('fails', 'function', ({ interpreter, args, place }) => {
      try { interpreter.call(args.get('function'), { positional: [], keywords: [], openPositional: false, openKeywords: false }, place); shown = 'no exception'; }
      catch (error) { if (!(error instanceof PythonError)) throw error; shown = error.value.kind === 'instance' ? error.value.cls.name : '?'; }
      return none;
    }),
  }) } };
  const text = `import math\nfrom given import H, W, thing, more, number, show, fails\n${expression.includes('\n') ? expression : `show(${expression})`}\n`;
  const { fault } = evaluateProgram({
    source: { path: 'main.py', parsed: parsePython(text) }, registry: makeRegistry([pythonCatalogue, given]), strict: true,
    host: { readText: () => undefined, readBytes: () => undefined, listFolder: () => undefined },
  });
  assert.equal(fault, undefined);
  return shown;
}

const table: readonly (readonly [expression: string, shown: string])[] = [
  ['H + 1', 'H + 1'], ['2 * H - H', 'H'], ['H // 2', 'H//2'], ['-(-H // 2)', '(H + 1)//2'], ['H % 1', '0'], ['H ** 2', 'H**2'], ['(H + 1) * (W - 1) - H * W', 'W - H - 1'], ['H << 2', '4*H'], ['H >> 1', 'H//2'],
  ['H / 2', '?float'], ['int(H / 2)', 'H//2'], ['math.floor(H / 2)', 'H//2'], ['math.ceil(H / 2)', '(H + 1)//2'], ['int(H * 0.5)', 'H//2'], ['int(H * 2.0)', '2*H'], ['int((H + 1) / 2 + 1)', '(H + 1)//2 + 1'], ['int(H * W / W)', 'H'], ['round(H * 4 / 2)', '2*H'],
  ['int(H * 0.3)', '?'], ['int(-H / 2)', '-(H//2)'], ['int(0.5 * H + 0.5)', '(H + 1)//2'], ['float(H) / 4', '?float'], ['int(float(H) / 4)', 'H//4'], ['divmod(H, 4)', '(H//4, H % 4)'], ['abs(H)', 'H'], ['abs(-H)', 'H'],
  ['H == H', 'True'], ['H == W', '?bool'], ['H > 0', 'True'], ['H >= 1', 'True'], ['H < 1', 'False'], ['H > 5', '?bool'], ['H != H + 1', 'True'], ['H * 2 % 2 == 0', 'True'], ['max(H, 1)', 'H'], ['min(H, 0)', '0'], ['max(H, W)', 'max(H, W)'], ['sum([H, W, 1])', 'H + W + 1'], ['math.prod([H, W])', 'H*W'],
  ['range(H)', 'range(0, H, 1)'], ['len(range(H))', 'H'], ['len(range(0, 2 * H, 2))', 'H'], ['[0] * H', '[0, ...]'], ['(1,) * H', '?tuple'], ['"a" * H', '?str'], ['f"{H}"', '?str'], ['str(H)', '?str'], ['isinstance(H, int)', 'True'], ['bool(H)', 'True'], ['[1, 2][H]', '?'],
  ['thing + 1', '?'], ['number + 1', '?'], ['number * 0.5', '?float'], ['number / 2', '?float'], ['number > 3', '?bool'], ['-number', '?int'], ['int(thing)', '?'], ['float(thing)', '?float'], ['str(thing)', '?str'], ['len(thing)', '?'], ['max(1, thing)', '?'], ['thing == 1', '?'], ['thing is None', '?bool'], ['isinstance(thing, int)', '?bool'], ['isinstance(number, int)', 'True'], ['isinstance(number, str)', 'False'],
  ['more[0]', '?'], ['more[-1]', '?'], ['len(more)', '?'], ['3 in more', 'True'], ['4 in more', '?bool'], ['more + [4]', '[3, 4, ...]'], ['[4] + more', '[4, 3, ...]'], ['sorted(more)', '[3, ...]'], ['[x + 1 for x in more]', '[4, ...]'], ['more[1:]', '[, ...]'], ['tuple(more)', '?tuple'], ['list(zip(more, [1, 2]))', '[(3, 1), (3, 2), ...]'], ['sum(more)', '?'], ['all(more)', '?bool'], ['", ".join(thing)', '?str'],
  ['dict(thing)', '{, ...}'], ['{**{"a": 1}, "b": thing}', '{a: 1, b: ?}'], ['{"a": 1}.get(thing)', '?'], ['{"a": 1}["a"]', '1'], ['set(more)', '{3, ...}'], ['{1, 2} | set(more)', '{1, 2, 3, ...}'], ['[1, 2, 3][thing]', '?'], ['[5, 5][thing]', '5'], ['[1, 2, 3][:thing]', '[, ...]'], ['"abc"[thing]', '?str'], ['"%d" % thing', '?str'], ['"{}".format(thing)', '?str'], ['f"{thing:.2f}"', '?str'], ['"a,b".split(thing)', '[, ...]'],
  ['enumerate([1])', 'iterator'], ['list(enumerate(more))', '[(?, 3), ...]'], ['list(map(lambda x: x, thing))', '[, ...]'], ['list(range(number))', '[, ...]'], ['getattr(thing, "x")', '?'], ['hasattr(thing, "x")', '?bool'], ['callable(thing)', '?bool'], ['thing.x.y(1)[2]', '?'], ['round(thing, 2)', '?float'], ['round(number)', '?'],
  ['\nd = {"a": 1}\nd[thing] = 2\nshow(d)', '{a: ?, ...}'], ['\nx = [1, 2]\nx[thing] = 3\nshow(x)', '[?, ?]'], ['\nx = [1]\nx.extend(thing)\nshow(x)', '[1, ?, ...]'], ['\nd = dict(a=1)\nd.update(thing)\nshow(d)', '{a: ?, ...}'], ['\nd = dict(a=1)\nd.update(b=thing)\nshow(d)', '{a: 1, b: ?}'], ['\nx = [1, 2, 3]\nx.pop(thing)\nshow(len(x))', '2'], ['\ns = {1}\ns.add(thing)\nshow(s)', '{1, ...}'], ['\nx = [3, 1]\nx.sort(key=thing)\nshow(len(x))', '2'],
  ['\nfails(lambda: {"a": 1}["b"])', 'KeyError'], ['\nfails(lambda: more[7])', 'no exception'], ['\nfails(lambda: dict(thing)["b"])', 'no exception'], ['\nfails(lambda: H / 0)', 'ZeroDivisionError'], ['\nfails(lambda: 1 / (H - H))', 'ZeroDivisionError'], ['\nfails(lambda: 1 / (H - W))', 'no exception'], ['\nfails(lambda: thing / 0)', 'no exception'], ['\nfails(lambda: [1, 2][H + 1])', 'no exception'], ['\nfails(lambda: int("a" + thing))', 'no exception'], ['\nfails(lambda: thing + "a" + 1)', 'no exception'], ['\nfails(lambda: thing.missing)', 'no exception'], ['\nfails(lambda: range(thing)[5])', 'no exception'],
  ['\nclass C:\n    def __init__(self, **kw):\n        for k, v in kw.items():\n            setattr(self, k, v)\nfails(lambda: C(**thing).x)', 'no exception'], ['\nclass C:\n    def __init__(self, **kw):\n        self.__dict__.update(kw)\nfails(lambda: C(**thing).x)', 'no exception'], ['\nclass C:\n    pass\nfails(lambda: C().x)', 'AttributeError'],
];

for (const [expression, shown] of table) test(expression.trim(), () => assert.equal(evaluate(expression), shown));
