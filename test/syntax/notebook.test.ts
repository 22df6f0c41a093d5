// Notebooks: IPython's additions are covered over without moving anything, and places go both ways.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coverMagics, joinCells, readNotebook, toCell, toProgram } from '../../server/syntax/notebook.ts';
import { parsePython } from '../../server/syntax/python.ts';
import { renderStatement } from './render.ts';

const cases: readonly (readonly [source: string, covered: string])[] = [
  ['%matplotlib inline\nx = 1', '#matplotlib inline\nx = 1'],
  ['!pip install keras', '#pip install keras'],
  ['!pip install \\\n  keras\nx = 1', '#pip install \\\n# keras\nx = 1'],
  ['if x:\n    !ls\ny = 1', 'if x:\n    0#s\ny = 1'],
  ['files = !ls -la', 'files = _#s -la'],
  ['t = %timeit -o f()', 't = _#imeit -o f()'],
  ['model?', '#odel?'],
  ['?model', '#model'],
  ['nn.Linear??', '#n.Linear??'],
  ['%time m = build(3)', '0;    m = build(3)'],
  ['%timeit -n 10 f()', '#timeit -n 10 f()'],
  ['%%bash\nls (\nx = 1', '#%bash\n#s (\n# = 1'],
  ['\n%%time\nx = f(1)\n%cd a', '\n#%time\nx = f(1)\n#cd a'],
  ['%%capture out\ny = 1', '#%capture out\ny = 1'],
  // Python's own.
  ['x = (a\n  % b)', 'x = (a\n  % b)'],
  ['s = """\n%x\n!y\n"""', 's = """\n%x\n!y\n"""'],
  ['x = a % b', 'x = a % b'],
  ['x %= 3', 'x %= 3'],
  ['x = "what?"', 'x = "what?"'],
  ['a != b', 'a != b'],
  ['x == "!"', 'x == "!"'],
  ['f(x=3)  # why?', 'f(x=3)  # why?'],
];

for (const [source, covered] of cases) {
  test(`magics: ${JSON.stringify(source)}`, () => {
    assert.equal(coverMagics(source), covered);
    assert.equal(covered.length, source.length);
    if (!source.startsWith('s =')) assert.deepEqual(parsePython(source, { notebook: true }).problems, []);
  });
}

test('a notebook parses as one program, with places in both directions', () => {
  const json = JSON.stringify({
    cells: [
      { cell_type: 'markdown', source: ['# Title'] },
      { cell_type: 'code', source: ['%pip install x\n', 'a = 1'] },
      { cell_type: 'code', source: 'b = f(a)\n' },
      { cell_type: 'raw', source: 'raw' },
      { cell_type: 'code', source: ['%%bash\n', 'ls'] },
      { cell_type: 'code', source: ['c = b'] },
    ],
    metadata: { kernelspec: { language: 'python' } },
  });
  const program = readNotebook(json);
  assert.ok(program !== undefined);
  assert.equal(program.text.length, program.source.length);
  assert.equal(program.source, '%pip install x\na = 1\nb = f(a)\n\n%%bash\nls\nc = b\n');
  const parsed = parsePython(program.text);
  assert.deepEqual(parsed.problems, []);
  assert.deepEqual(parsed.module.body.map(renderStatement), ['a = 1', 'b = f(a)', 'c = b']);
  assert.deepEqual(parsed.module.body.map((statement) => toCell(program, statement.start)), [{ cell: 1, offset: 15 }, { cell: 2, offset: 0 }, { cell: 5, offset: 0 }]);
  assert.deepEqual(program.cells.map((cell) => toProgram(program, { cell: cell.index, offset: 2 })), [2, 23, 33, 43]);
  assert.equal(toProgram(program, { cell: 0, offset: 0 }), undefined);
});

test('what is no Python notebook is none', () => {
  assert.equal(readNotebook('x = 1'), undefined);
  assert.equal(readNotebook('{}'), undefined);
  assert.equal(readNotebook('[1]'), undefined);
  assert.equal(readNotebook(JSON.stringify({ cells: [], metadata: { language_info: { name: 'R' } } })), undefined);
  assert.equal(readNotebook(JSON.stringify({ cells: [null, 3, { cell_type: 'code' }] }))?.text, '\n');
});

test('a cell left unfinished does not spoil the next', () => {
  const program = joinCells([{ index: 0, source: 'model.add(Dense(' }, { index: 1, source: 'x = 1' }]);
  assert.deepEqual(parsePython(program.text).module.body.map(renderStatement), ['<model.add, <Dense>>', 'x = 1']);
});
