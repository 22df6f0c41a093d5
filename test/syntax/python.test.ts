// Valid Python into trees: what each construct becomes, with values and ranges worked out by hand from Python's grammar.
// Whole files are compared with CPython by the oracle (test/oracle/syntax.mjs).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Expression, Node } from '../../server/syntax/ast.ts';
import { boundNames } from '../../server/syntax/names.ts';
import { parseExpression, parsePython } from '../../server/syntax/python.ts';
import { render, renderExpression } from './render.ts';

const expressions: readonly (readonly [source: string, tree: string])[] = [
  ['a + b * c - d', '((a + (b * c)) - d)'],
  ['(a + b) * c', '((a + b) * c)'],
  ['2 ** -x ** y', '(2 ** (- (x ** y)))'],
  ['-x ** 2', '(- (x ** 2))'],
  ['a @ b // c % d', '(((a @ b) // c) % d)'],
  ['a << 1 | b & c ^ ~d', '((a << 1) | ((b & c) ^ (~ d)))'],
  ['not a and b or c', '(((not a) and b) or c)'],
  ['a and b and c', '(a and b and c)'],
  ['(a and b) and c', '((a and b) and c)'],
  ['a and (b and c)', '(a and (b and c))'],
  ['a < b <= c != d', '(a < b <= c != d)'],
  ['(a < b) < c', '((a < b) < c)'],
  ['a < (b < c)', '(a < (b < c))'],
  ['a is not b not in c', '(a is not b not in c)'],
  ['a if b else c if d else e', '(a if b else (c if d else e))'],
  ['lambda: 0', '(lambda : 0)'],
  ['lambda x, *a, k=1, **kw: x', '(lambda x, *a, !k=1, **kw: x)'],
  ['f(a, *b, c=1, *d, **e)', 'f(a, *b, *d, c=1, **e)'],
  ['f(x for x in y)', 'f((x for x in y))'],
  ['f()(g)[h].i', 'f()(g)[h].i'],
  ['x[1]', 'x[1]'],
  ['x[1,]', 'x[(1,)]'],
  ['x[1, 2]', 'x[(1, 2)]'],
  ['x[:, ::2, 1:-1, ...]', 'x[(:, ::2, 1:(- 1), ...)]'],
  ['x[*a]', 'x[(*a,)]'],
  ['[a, *b]', '[a, *b]'],
  ['()', '()'],
  ['(a,)', '(a,)'],
  ['(a)', 'a'],
  ['{}', '{}'],
  ['{a: 1, **b}', '{a: 1, **b}'],
  ['{a, *b}', '{a, *b}'],
  ['[x for x in y if a if b for z in x]', '[x for x in y if a if b for z in x]'],
  ['[(x for x in y)]', '[(x for x in y)]'],
  ['{k: v for k, v in d.items()}', '{k: v for (k, v) in d.items()}'],
  ['{x async for x in y}', '{x async for x in y}'],
  ['(y := f(x)) + y', '((y := f(x)) + y)'],
  ['await x', '(await x)'],
  ['True', 'True'],
  ['None', 'None'],
  ['__debug__', '__debug__'],
  ['0', '0'],
  ['1_000', '1000'],
  ['0xFF', '255'],
  ['0b101', '5'],
  ['0o17', '15'],
  ['9007199254740993', 'big 9007199254740993'],
  ['0x1fffffffffffffff', 'big 2305843009213693951'],
  ['1.', 'float 1'],
  ['1. - x', '(float 1 - x)'],
  ['1e-5', 'float 0.00001'],
  ['.5', 'float 0.5'],
  ['2j', '2j'],
  ["'a' \"b\"", '"ab"'],
  ["'\\n\\t\\\\\\'\\x41\\u00e9\\101\\q'", '"\\n\\t\\\\\'AéA\\\\q"'],
  ["r'\\n'", '"\\\\n"'],
  ["'\\U0001F600'", '"😀"'],
  ["b'\\xff\\0'", 'b"ÿ\\u0000"'],
  ['"""a\r\nb"""', '"a\\nb"'],
  ["'a\\\nb'", '"ab"'],
  ["'\u0003 after'", '"\\u0003 after"'],
  ["f'a{x}b'", 'f["a" {x} "b"]'],
  ["f'{x!r:>{w}.2f}'", 'f[{x!r:">"{w}".2f"}]'],
  ["f'{{x}}'", 'f["{x}"]'],
  ["f'{x=}'", 'f["x=" {x!r}]'],
  ["f'{x = :d}'", 'f["x = " {x:"d"}]'],
  ["'a' f'{x}' 'b' f'c'", 'f["a" {x} "bc"]'],
  ["f'{a, }'", 'f[{(a,)}]'],
  ["f'{d[\"k\"]}'", 'f[{d["k"]}]'],
  ["f'{f\"{x}\"}'", 'f[{f[{x}]}]'],
  ["f'{(lambda x: 1)}'", 'f[{(lambda x: 1)}]'],
  ["rf'\\d{x}'", 'f["\\\\d" {x}]'],
  ["f''", 'f[]'],
];

for (const [source, tree] of expressions) {
  test(`expression: ${source}`, () => {
    const parsed = parsePython(source);
    assert.deepEqual(parsed.problems, []);
    assert.equal(render(source), tree);
  });
}

const statements: readonly (readonly [source: string, tree: string])[] = [
  ['a = b = c', 'a = b = c'],
  ['a, *b = c', '(a, *b) = c'],
  ['x: int', 'x: int'],
  ['x: "Tensor" = 1', 'x: "Tensor" = 1'],
  ['x //= 2', 'x //= 2'],
  ['a = 1; b = 2;', 'a = 1\nb = 2'],
  ['del a, b[0]', 'del a, b[0]'],
  ['import a.b, c as d', 'import a.b, c as d'],
  ['from . import x', 'from . import x'],
  ['from ...a.b import (c as d, e,)', 'from ...a.b import c as d, e'],
  ['from a import *', 'from a import *'],
  ['global a, b', 'global a, b'],
  ['assert a, "no"', 'assert a, "no"'],
  ['raise E from e', 'raise E from e'],
  ['def f(a, b=1, /, c: int = 2, *d, e, g=3, **h) -> int: return 1', 'def f(/a, /b=1, c: int=2, *d, !e, !g=3, **h) -> int {return 1}'],
  ['def f(*, a): pass', 'def f(!a) {pass}'],
  ['@d\n@e(1)\nasync def f():\n  await x', '@d @e(1) async def f() {(await x)}'],
  ['def f():\n  yield 1', 'def* f() {(yield 1)}'],
  ['def f():\n  def g():\n    yield\n  return g', 'def f() {def* g() {(yield)}; return g}'],
  ['def f():\n  return lambda: (yield)', 'def f() {return (lambda : (yield))}'],
  ['def f():\n  x = yield from g', 'def* f() {x = (yield from g)}'],
  ['def f[T: int](x: T): pass', 'def f(x: T) {pass}'],
  ['class A(B, metaclass=M): x = 1', 'class A(B, metaclass=M) {x = 1}'],
  ['if a: pass\nelif b: pass\nelse: pass', 'if a {pass} else {if b {pass} else {pass}}'],
  ['for i, j in x:\n  continue\nelse:\n  break', 'for (i, j) in x {continue} else {break}'],
  ['while a: pass', 'while a {pass}'],
  ['with a as b, c: pass', 'with a as b, c {pass}'],
  ['with (a as b, c): pass', 'with a as b, c {pass}'],
  ['async def f():\n  async with a: pass\n  async for b in c: pass', 'async def f() {async with a {pass}; async for b in c {pass}}'],
  ['try: a\nexcept E as e: b\nexcept (F, G): c\nelse: d\nfinally: e', 'try {a} except E as e {b} except (F, G) {c} else {d} finally {e}'],
  ['try: a\nexcept* E: b', 'try {a} except* E {b}'],
  ['match = 1\nmatch(x)\nmatch[x]', 'match = 1\nmatch(x)\nmatch[x]'],
  ['match x:\n  case 1 | -2: pass\n  case [a, *_]: pass\n  case {"k": v, **r}: pass\n  case P(1, y=b) as p if q: pass\n  case None: pass\n  case m.V: pass\n  case {}: pass\n  case _: pass',
    'match x {case (1 | (- 2)) {pass}; case [a, *_] {pass}; case {"k": v **r} {pass}; case (P(1, y=b) as p) if q {pass}; case null {pass}; case m.V {pass}; case {} {pass}; case _ {pass}}'],
  ['type X = int', 'type X = int'],
  ['return 1', 'return 1'],
  ['x = 1 # type: **Any', 'x = 1'],
  ['def f(a, a): break', 'def f(a, a) {break}'],
  ['\ufeffx = 1', 'x = 1'],
  ['x = 1\ry = 2', 'x = 1\ny = 2'],
];

for (const [source, tree] of statements) {
  test(`statement: ${JSON.stringify(source)}`, () => {
    const parsed = parsePython(source);
    assert.deepEqual(parsed.problems, []);
    assert.equal(render(source), tree);
  });
}

const rangeOf = (source: string, node: Node): string => source.slice(node.start, node.end);

test('ranges count UTF-16 units and leave parentheses out, as CPython does but for tuples and generators', () => {
  const cases: readonly (readonly [string, (value: Expression) => Node, string])[] = [
    ['x = (a)', (value) => value, 'a'],
    ['x = ( # why\n (f)(1) )', (value) => value, '(f)(1)'],
    ['x = ((a, b))', (value) => value, '(a, b)'],
    ['x = a, b,', (value) => value, 'a, b,'],
    ['x = "한글😀" + y', (value) => (value.kind === 'BinOp' ? value.right : value), 'y'],
    ['x = f(i for i in j)', (value) => (value.kind === 'Call' ? (value.args[0] ?? value) : value), '(i for i in j)'],
    ['x = y[1:]', (value) => (value.kind === 'Subscript' ? value.index : value), '1:'],
    ['x = f(a, k = 1)', (value) => (value.kind === 'Call' ? (value.keywords[0] ?? value) : value), 'k = 1'],
    ['x = f(**k)', (value) => (value.kind === 'Call' ? (value.keywords[0] ?? value) : value), '**k'],
  ];
  for (const [source, pick, expected] of cases) {
    const statement = parsePython(source).module.body[0];
    assert.ok(statement?.kind === 'Assign');
    assert.equal(rangeOf(source, pick(statement.value)), expected);
  }
});

test('the range of a definition starts at its keyword, not at its decorators', () => {
  const source = '@a\n@b\nasync def f(x: int = 1): pass\n@c\nclass D: pass\n';
  const [first, second] = parsePython(source).module.body;
  assert.ok(first?.kind === 'FunctionDef' && second?.kind === 'ClassDef');
  assert.equal(rangeOf(source, first), 'async def f(x: int = 1): pass');
  assert.equal(rangeOf(source, first.name), 'f');
  assert.equal(rangeOf(source, first.parameters.all[0] ?? first), 'x: int = 1');
  assert.equal(rangeOf(source, second), 'class D: pass');
});

test('a statement after a dedent may start with a parenthesis or an f-string', () => {
  const source = 'if a:\n  pass\n(\n b.c()\n)\nif a:\n  pass\nf"{x}"\n';
  const [, second, , fourth] = parsePython(source).module.body;
  assert.ok(second?.kind === 'Expr' && fourth?.kind === 'Expr');
  assert.equal(rangeOf(source, second.value), 'b.c()');
  assert.equal(renderExpression(fourth.value), 'f[{x}]');
});

test('comments keep their text and place', () => {
  const source = 'x = 1  # inlayer: ignore\n# two\nf(  # three\n)';
  const { comments } = parsePython(source);
  assert.deepEqual(comments.map((comment) => [comment.text, rangeOf(source, comment)]), [[' inlayer: ignore', '# inlayer: ignore'], [' two', '# two'], [' three', '# three']]);
});

test('parseExpression reads one expression, over several lines if need be', () => {
  const rendered = (text: string): string | undefined => {
    const expression = parseExpression(text);
    return expression === undefined ? undefined : renderExpression(expression);
  };
  assert.equal(rendered('f(a, b=None)'), 'f(a, b=None)');
  assert.equal(rendered(' (B, C, H // 2)'), '(B, C, (H // 2))');
  assert.equal(rendered('B, T'), '(B, T)');
  assert.equal(rendered('f(\n a, # first\n b)'), 'f(a, b)');
  assert.equal(rendered('a +\n b # sum'), '(a + b)');
  for (const text of ['', 'a b', 'a)+(b', 'x = 1', 'f(', 'a; b', 'a\n)', 'pass', '"']) assert.equal(rendered(text), undefined, text);
  const second = parseExpression('f(ab)');
  assert.ok(second?.kind === 'Call');
  assert.deepEqual([second.start, second.end, second.args[0]?.start, second.args[0]?.end], [0, 5, 2, 4]);
});

test('bound names', () => {
  const names = (source: string): string[] => boundNames(parsePython(source).module.body);
  assert.deepEqual(names('a, (b, *c) = d\nx.y = z[0] = 1\nimport p.q, r as s\nfrom t import u as v'), ['a', 'b', 'c', 'p', 's', 'v']);
  assert.deepEqual(names('for i in x:\n  if (n := i): k = 1\nelse:\n  l = 2\nwith a as b: pass'), ['i', 'n', 'k', 'l', 'b']);
  assert.deepEqual(names('def f(p):\n  q = 1\nclass C:\n  r = 1\nx: int\ny: int = 1\nlambda: (m := 1)'), ['f', 'C', 'y']);
  assert.deepEqual(names('try: a = 1\nexcept E as e: b = 1\nmatch x:\n  case [c, {"k": d, **r}] as w: pass'), ['a', 'e', 'b', 'c', 'd', 'r', 'w']);
});
