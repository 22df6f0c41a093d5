// Text that is being typed: what is wrong costs as little as can be, nothing is invented, and nothing throws.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Expression, Statement } from '../../server/syntax/ast.ts';
import { repairBrackets } from '../../server/syntax/bracket-repair.ts';
import { childExpressions } from '../../server/syntax/names.ts';
import { parsePython } from '../../server/syntax/python.ts';
import { render } from './render.ts';

const cases: readonly (readonly [source: string, tree: string])[] = [
  // Brackets left open.
  ['x = foo(\ny = 2\n', 'x = <foo>\ny = 2'],
  ['self.conv = nn.Conv2d(64, \nself.fc = nn.Linear(3, 4)\n', 'self.conv = <nn.Conv2d, 64>\nself.fc = nn.Linear(3, 4)'],
  ['model.add(Dense(10)\nmodel.add(Dense(5))\n', '<model.add, Dense(10)>\nmodel.add(Dense(5))'],
  ['m = Sequential([\n  Conv2D(8, 3),\n  Dense(10,\nm.compile("adam")\n', 'm = <Sequential, <Conv2D(8, 3), <Dense, 10>>>\nm.compile("adam")'],
  ['class A(nn.Module\n  def f(self): pass\nx = 1', 'class A(nn.Module) {def f(self) {pass}}\nx = 1'],
  ['def f(self, x:\n    super().a()\n    return 3\nz = 1', 'def f(self, x) {super().a(); return 3}\nz = 1'],
  ['for i in range(10:\n    y = i\nz = 3', 'for i in <range, 10> {y = i}\nz = 3'],
  ['if x.shape[\n  y = 1\nz = 2\n', 'if <x.shape, <>> {y = 1}\nz = 2'],
  ['from c import (d, e\ny = 1', 'from c import d, e\ny = 1'],
  ['@decorator(1\ndef f(): pass', '@<decorator, 1> def f() {pass}'],
  ['x = (a + b\ndef f(): pass', 'x = <(a + b)>\ndef f() {pass}'],
  ['d = {"a": 1, "b": [1, 2}\ny = 1', 'd = {"a": 1, "b": <1, 2>}\ny = 1'],
  ['x = foo(1,\ndef f():\n  return g(2))\ny = 1', 'x = <foo, 1>\ndef f() {return g(2)}\ny = 1'],
  ['class A(\n  def f(self): pass\nx = 1', 'class A() {def f(self) {pass}}\nx = 1'],
  ['@export("a\nclass A(B): pass\ny = 1', '@<export, <>> class A(B) {pass}\ny = 1'],
  ['x = ["a", "b\ny = 1', 'x = <"a", <>>\ny = 1'],
  ["x = f('it\\'\ny = 1", 'x = <f, <>>\ny = 1'],
  // Brackets and commas that are wrong.
  ['x = 3))\ny = 2', 'x = 3\ny = 2'],
  ['m = S([A(1), B(3, 3 a=1), C(3)])\ny = 1', 'm = S([A(1), B(3, 3, a=1), C(3)])\ny = 1'],
  ['m = S([\n  A(1) # one\n  B(2),\n])', 'm = S([A(1), B(2)])'],
  // Expressions cut short.
  ['x = layers.\ny = 1', 'x = <layers>\ny = 1'],
  ['x = \ny = 1', 'x = <>\ny = 1'],
  ['x = a +\ny = 1', 'x = <>\ny = 1'],
  ['m = S([A(1), B(3, x=), C(nn.), D(, 2), E(3)])\ny = 1', 'm = S([A(1), B(3, x=<>), C(<nn>), D(<>, 2), E(3)])\ny = 1'],
  ['x = f(a and, b -)\ny = 1', 'x = f((a and <>), (b - <>))\ny = 1'],
  ['x = f(a, b=\ny = 1', 'x = <f, a, <>>\ny = 1'],
  ['f(a, b=)\ny = 1', 'f(a, b=<>)\ny = 1'],
  ['x = "abc\ny = 1', 'x = <>\ny = 1'],
  ['x = f"{a" + b\ny = 1', 'x = (f[{a}] + b)\ny = 1'],
  ['x = f"{a:{b}" + c\ny = 1', 'x = (f[{a:{b}}] + c)\ny = 1'],
  ['x = (f"{a["k"]}", f"{b"\ny = 1', 'x = <f[{a["k"]}], f[{b}]>\ny = 1'],
  ['if x = 3:\n  y = 1\nz = 2', 'if <x> {y = 1}\nz = 2'],
  ['if x\n  y = 1\nz = 2', 'if x {y = 1}\nz = 2'],
  ['while\ny = 1', 'while <> {}\ny = 1'],
  ['for i\n  y = 1\nz = 1', 'for i in <> {}\n<broken y>\nz = 1'],
  // Statements that cannot be read.
  ['print "a", x\nz = 1', '<broken >\nz = 1'],
  ['exec code; w = 2\nz = 1', '<broken w>\nz = 1'],
  ['a b = 3\nz = 1', '<broken b>\nz = 1'],
  ['raise E, "no"\nz = 1', '<broken >\nz = 1'],
  ['f(a=1, 2)\nx = f(a=1, 2)', '<broken >\n<broken x>'],
  ['import a.\nfrom b import\ny = 1', '<broken a>\n<broken >\ny = 1'],
  ['def\n  x = 1\ny = 2', '<broken >\n<broken x>\ny = 2'],
  ['def f\n  x = 1\ny = 2', '<broken f>\n<broken x>\ny = 2'],
  ['class :\n  x = 1\ny = 2', '<broken >\ny = 2'],
  ['@decorator\nx = 1', '<broken >\nx = 1'],
  ['else:\n  x = 1\ny = 2', '<>\n<broken x>\ny = 2'],
  ['<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> b\nz = 1', '<>\nx = 1\n<>\nx = 2\n<>\nz = 1'],
  // Layout.
  ['x = 1\n  y = 2\nz = 3', 'x = 1\n<broken y>\nz = 3'],
  ['def f():\nx = 1', 'def f() {}\nx = 1'],
  ['class A:\n  def f(self):\n\n  def g(self): pass\n', 'class A() {def f(self) {}; def g(self) {pass}}'],
  ['try:\n  x = 1\ny = 2', 'try {x = 1}\ny = 2'],
];

for (const [source, tree] of cases) {
  test(`broken: ${JSON.stringify(source)}`, () => {
    assert.notDeepEqual(parsePython(source).problems, []);
    assert.equal(render(source), tree);
  });
}

test('places after a repair are those of the text as written', () => {
  const source = 'x = f(1,\ny = g(a)\n# note\nz = [1, 2\nw = y\n';
  const { module, comments, problems } = parsePython(source);
  assert.deepEqual(module.body.map((statement) => source.slice(statement.start, statement.end)), ['x = f(1,', 'y = g(a)', 'z = [1, 2', 'w = y']);
  assert.deepEqual(comments.map((comment) => source.slice(comment.start, comment.end)), ['# note']);
  assert.deepEqual(problems.map((problem) => [problem.start, problem.message]), [[5, '"(" was not closed'], [29, '"[" was not closed']]);
});

test('the repair leaves balanced text alone, strings and comments included', () => {
  for (const text of ['f(a)\n', 'x = "("\n', "y = '''\n(\n'''\n", '# (\n', 'x = ")" # (\n', 'f(a,\n  b)\n', 'x = (a\n @ b)\n', 's = ("a"\n "b")\n', 'f(x for x in y if not z)\n', 'f"{x["a"]}"\n', 'a = \\\n  (1)\n', 'f(*a, **b, c=lambda x, y=1: x)\n', 'x[..., 1., :, None, -1.]\n', 'def f(a, /, *, b=1.): pass\n', 'x = (yield)\n', 'f(a.\n  b)\n', 'f("a\\\\", \'\\\'\')\n', 'x = ("a\\\nb")\n', 'f("", \'\')\n']) {
    const repair = repairBrackets(text);
    assert.equal(repair.changed, false, text);
    assert.equal(repair.text, text);
  }
});

test('text nested too deeply for the stack costs one statement', () => {
  for (const [text, name] of [[`${'('.repeat(20000)}${')'.repeat(20000)}`, 'parentheses'], [`${'-'.repeat(20000)}1`, 'signs']] as const) {
    const { module, problems } = parsePython(`a = 1\nx = ${text}\ny = 2\n`);
    assert.notDeepEqual(problems, [], name);
    assert.deepEqual(module.body.map((statement) => statement.kind), ['Assign', 'Broken', 'Assign'], name);
    const broken = module.body[1];
    assert.ok(broken?.kind === 'Broken');
    assert.deepEqual(broken.names, ['x'], name);
  }
});

const model = `import torch.nn as nn


class Net(nn.Module):
    """A net (with brackets [in {its docstring"""

    def __init__(self, classes: int = 10, *, widths=(32, 64)):
        super().__init__()
        self.conv = nn.Conv2d(3, widths[0], kernel_size=3, padding="same")
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in zip(widths, widths[1:])])
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Linear(64 * 8 * 8, 128), nn.ReLU(),
            nn.Linear(128, classes),
        )

    def forward(self, x):
        x = self.conv(x)
        if x.shape[1] > 3 and not self.training:
            x = x.view(x.size(0), -1)
        for layer in self.layers:
            x = layer(x)
        print(f"shape: {x.shape!r:>{20}}")
        return self.head(x)


def main():
    net = Net(classes=5)
    print(net({"a": [1, 2]}["a"]))


if __name__ == "__main__":
    main()
`;

function definitions(statements: readonly Statement[], prefix = ''): string[] {
  return statements.flatMap((statement) => {
    if (statement.kind === 'ClassDef' || statement.kind === 'FunctionDef') return [`${prefix}${statement.name.text}`, ...definitions(statement.body, `${prefix}${statement.name.text}.`)];
    return statement.kind === 'If' ? [...definitions(statement.body, prefix), ...definitions(statement.orelse, prefix)] : [];
  });
}

test('any one closing bracket may be missing: all definitions survive', () => {
  const whole = definitions(parsePython(model).module.body);
  assert.deepEqual(whole, ['Net', 'Net.__init__', 'Net.forward', 'main']);
  const losses: string[] = [];
  for (let index = 0; index < model.length; index += 1) {
    if (!')]}'.includes(model[index] ?? ' ')) continue;
    const text = model.slice(0, index) + model.slice(index + 1);
    const found = definitions(parsePython(text).module.body);
    // A bracket that closes a parameter list takes its own definition along at worst.
    if (!whole.every((name) => found.includes(name))) losses.push(`${model.slice(Math.max(0, index - 20), index)}␡${model.slice(index + 1, index + 10)}: ${found.join(' ')}`);
  }
  assert.deepEqual(losses, []);
});

function checkRanges(text: string, statements: readonly Statement[]): void {
  const within = (node: { start: number; end: number }): void => assert.ok(node.start >= 0 && node.start <= node.end && node.end <= text.length, JSON.stringify([text, node.start, node.end]));
  const visit = (expression: Expression): void => {
    within(expression);
    childExpressions(expression).forEach(visit);
  };
  for (const statement of statements) {
    within(statement);
    if (statement.kind === 'Expr' || statement.kind === 'Assign') visit(statement.value);
    if (statement.kind === 'FunctionDef' || statement.kind === 'ClassDef' || statement.kind === 'If') checkRanges(text, statement.body);
  }
}

test('every prefix of a program parses, with ranges inside the text', () => {
  for (let length = 0; length <= model.length; length += 1) {
    const text = model.slice(0, length);
    checkRanges(text, parsePython(text).module.body);
  }
});

test('a program with any character replaced parses, with ranges inside the text', () => {
  const characters = ['(', ')', '[', '"', "'", '\n', ':', ' ', '\\', '{', '#', '@', '*', '😀'];
  for (let index = 0; index < model.length; index += 3) {
    const text = model.slice(0, index) + (characters[index % characters.length] ?? '') + model.slice(index + 1);
    checkRanges(text, parsePython(text).module.body);
  }
});
