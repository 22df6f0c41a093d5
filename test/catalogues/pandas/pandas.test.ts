// pandas programs under the evaluator, compared with pandas itself, and the reading of comma-separated text.
import assert from 'node:assert/strict';
import test from 'node:test';
import { frameSlot, seriesSlot } from '../../../server/catalogues/pandas/objects.ts';
import { splitText } from '../../../server/catalogues/pandas/table.ts';
import { formatDim } from '../../../server/tensors/dim.ts';
import { checkArrayProgram } from '../../support/array-program.ts';

checkArrayProgram('pandas', 'frames', {
  frame: (value) => {
    const table = frameSlot.get(value);
    return table === undefined
      ? undefined
      : { shape: `(${formatDim(table.rows)}, ${table.columns?.length ?? '?'})`, columns: table.columns?.map((column) => column.name) };
  },
  series: (value) => seriesSlot.get(value)?.data,
});

test('comma-separated text is split as spreadsheets write it', () => {
  assert.deepEqual(splitText('a,b\r\n"x, ""y""",2\r\n\r\n3,\n', ','), [
    ['a', 'b'],
    ['x, "y"', '2'],
    ['3', ''],
  ]);
  assert.deepEqual(splitText('1  2\n 3 4', ' '), [
    ['1', '2'],
    ['3', '4'],
  ]);
});
