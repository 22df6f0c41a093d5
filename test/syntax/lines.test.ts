// Offsets and positions: each line end that Python knows, columns in UTF-16 units, and places outside the text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findLineStarts, lineAt, lineText, offsetAt, positionAt } from '../../server/syntax/lines.ts';

const text = 'a\nbc\r\nd\r한😀e';
const starts = findLineStarts(text);

test('lines end with \\n, \\r\\n and \\r, and not with a form feed', () => {
  assert.deepEqual(starts, [0, 2, 6, 8]);
  assert.deepEqual(findLineStarts('a\fb\u2028c'), [0]);
  assert.deepEqual(findLineStarts(''), [0]);
  assert.deepEqual(findLineStarts('\n'), [0, 1]);
});

test('offset and position are each other', () => {
  for (let offset = 0; offset <= text.length; offset += 1) assert.equal(offsetAt(starts, positionAt(starts, offset), text.length), offset);
  assert.deepEqual(positionAt(starts, text.indexOf('e')), { line: 3, column: 3 });
  assert.equal(lineAt(starts, 5), 1);
});

test('places outside the text stop at its ends', () => {
  assert.deepEqual(positionAt(starts, -3), { line: 0, column: 0 });
  assert.equal(offsetAt(starts, { line: 9, column: 0 }, text.length), text.length);
  assert.equal(offsetAt(starts, { line: 0, column: 50 }, text.length), 2);
  assert.equal(offsetAt(starts, { line: -1, column: 4 }, text.length), 0);
});

test('the text of a line comes without its end', () => {
  assert.deepEqual([0, 1, 2, 3, 4].map((line) => lineText(text, starts, line)), ['a', 'bc', 'd', '한😀e', '']);
});
