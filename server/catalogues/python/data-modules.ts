// Modules about data in files and memory: json, csv, io, string, textwrap, heapq, bisect, statistics. Files are read through the
// host; what is not known stays unknown. YAML is not read: that would need a parser of its own.
import type { Catalogue } from '../catalogue.ts';
import { nativeClass, nativeFunction, nativeMethod, nativeProperty } from '../../values/classes.ts';
import { openContainer } from '../../values/heap.ts';
import { defineSlot } from '../../values/slots.ts';
import type { ClassValue, Iteration, NativeCall, Value } from '../../values/value.ts';
import { instance, list, none, str, unknown } from '../../values/value.ts';
import { builtinClasses } from './classes.ts';
import { fileClass, openFunction, openedFile, remainingText } from './files.ts';
import { makeIterator } from './iterating.ts';
import { jsonText, parseJson } from './json-text.ts';
import { dictOfPairs } from './container-arithmetic.ts';
import { indexOf, raiseText, realOf, textValue, unknownInt, unknownOf } from './support.ts';

const functions = (names: string, result: () => Value): Record<string, Value> =>
  Object.fromEntries(names.split(' ').map((name) => [name, nativeFunction(name, undefined, result)]));

// json

const decodeError: ClassValue = nativeClass({
  name: 'JSONDecodeError',
  qualifiedName: 'json.JSONDecodeError',
  bases: [builtinClasses['ValueError']].flatMap((one) => one ?? []),
});
const plainReading = (call: NativeCall): boolean =>
  ['cls', 'object_hook', 'object_pairs_hook', 'parse_float', 'parse_int'].every((name) => call.args.isNone(name)) &&
  call.args.restKeywords.length === 0;
const readingParameters = '*, cls=None, object_hook=None, parse_float=None, parse_int=None, parse_constant=None, object_pairs_hook=None, **kw';
const writingParameters =
  '*, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True, cls=None, indent=None, separators=None, default=None, sort_keys=False, **kw';

const dumps = nativeFunction('dumps', `obj, ${writingParameters}`, ({ interpreter, args, place }) => {
  if (!args.isNone('cls')) return unknownOf('str');
  const width = indexOf(args.get('indent')),
    indent = args.isNone('indent') ? undefined : width !== undefined ? ' '.repeat(Math.max(0, width)) : textValue(args.get('indent'));
  if (indent === undefined && !args.isNone('indent')) return unknownOf('str');
  const separators = args.get('separators'),
    given = separators.kind === 'tuple' ? separators.items.map(textValue) : undefined;
  if (given?.includes(undefined) === true) return unknownOf('str');
  const text = jsonText(
    interpreter,
    args.get('obj'),
    {
      indent,
      itemSeparator: given?.[0] ?? (indent === undefined ? ', ' : ','),
      keySeparator: given?.[1] ?? ': ',
      sortKeys: args.flag('sort_keys') === true,
      ascii: args.flag('ensure_ascii') !== false,
    },
    place,
  );
  return text === undefined ? unknownOf('str') : str(text);
});

function read(call: NativeCall, text: string | undefined): Value {
  if (text === undefined || !plainReading(call)) return unknown();
  return parseJson(text) ?? raiseText(call.interpreter, 'ValueError', 'the text is not JSON', call.place);
}

// csv

/** Rows of a text in the default dialect with another delimiter; undefined when the text is too long to be read. */
function csvRows(text: string, delimiter: string, quote: string): string[][] | undefined {
  if (text.length > 500_000) return undefined;
  const rows: string[][] = [];
  let row: string[] = [],
    field = '',
    at = 0;
  const endField = (): void => {
    row.push(field);
    field = '';
  };
  const endRow = (): void => {
    endField();
    rows.push(row.length === 1 && row[0] === '' ? [] : row);
    row = [];
  };
  while (at < text.length) {
    const character = text[at] ?? '';
    if (character === quote && field === '') {
      at += 1;
      while (at < text.length) {
        if (text[at] === quote) {
          if (text[at + 1] !== quote) break;
          at += 1;
        }
        field += text[at] ?? '';
        at += 1;
      }
    } else if (character === delimiter) endField();
    else if (character === '\n') endRow();
    else field += character;
    at += 1;
  }
  if (field !== '' || row.length > 0) endRow();
  return rows;
}

const mostRows = 5_000;
interface Table {
  readonly rows: Iteration;
  readonly names: Value;
}
const tableSlot = defineSlot<Table>('csv reader');

function tableOf(call: NativeCall): string[][] | undefined {
  const { interpreter, args, place } = call;
  const source = args.get('csvfile');
  const delimiter = args.given('delimiter') === true ? textValue(args.get('delimiter')) : ',',
    quote = args.given('quotechar') === true ? textValue(args.get('quotechar')) : '"';
  const known = ['delimiter', 'quotechar', 'newline'];
  if (delimiter === undefined || quote === undefined || args.openKeywords || args.restKeywords.some((one) => !known.includes(one.name)))
    return undefined;
  let text = remainingText(source);
  if (text === undefined && (source.kind === 'list' || source.kind === 'tuple')) {
    const lines = interpreter.iterate(source, place);
    const texts = lines.items.map(textValue);
    text =
      lines.exact && !texts.includes(undefined) ? texts.map((one) => (one?.endsWith('\n') === true ? one : `${one ?? ''}\n`)).join('') : undefined;
  }
  const rows = text === undefined ? undefined : csvRows(text, delimiter, quote);
  return rows === undefined || rows.length > mostRows ? undefined : rows;
}

const iteratorOf = (self: Value): Value => makeIterator('reader', () => tableSlot.get(self)?.rows ?? { items: [unknown()], exact: false });
const readerClass: ClassValue = nativeClass({
  name: 'DictReader',
  qualifiedName: 'csv.DictReader',
  members: {
    __iter__: nativeMethod('__iter__', 'self', ({ args }) => iteratorOf(args.get('self'))),
    __next__: nativeMethod('__next__', 'self', () => unknown()),
    fieldnames: nativeProperty('fieldnames', ({ args }) => tableSlot.get(args.get('self'))?.names ?? unknownOf('list')),
  },
  construct: (call, cls) => made(call, cls),
  constructSignature: 'csvfile, fieldnames=None, restkey=None, restval=None, dialect="excel", **kwds',
});

function made(call: NativeCall, cls: ClassValue): Value {
  const rows = tableOf(call),
    reader = instance(cls);
  const given = call.args.isNone('fieldnames') ? undefined : call.interpreter.iterate(call.args.get('fieldnames'), call.place);
  if (rows === undefined || given?.exact === false) return reader;
  const filled = rows.filter((row) => row.length > 0);
  const names = given?.items ?? (filled[0] ?? []).map((name) => str(name));
  const body = given === undefined ? filled.slice(1) : filled;
  tableSlot.set(reader, {
    names: list([...names]),
    rows: {
      exact: true,
      items: body.map((row) => dictOfPairs(names.map((name, at) => [name, row[at] === undefined ? none : str(row[at])] as const))),
    },
  });
  return reader;
}

// heapq and bisect keep an order that is not followed: what they change is given up.

const changed = (name: string, result: Value): Value =>
  nativeFunction(name, undefined, ({ args: { raw } }) => {
    const target = raw.positional[0]?.value;
    if (target !== undefined) openContainer(target);
    return result;
  });

// string

const letters = 'abcdefghijklmnopqrstuvwxyz';

function dedent(text: string): string {
  const lines = text.split('\n').map((line) => (/^[ \t]+$/.test(line) ? '' : line));
  const margins = lines.filter((line) => line !== '').map((line) => /^[ \t]*/.exec(line)?.[0] ?? '');
  const margin =
    margins.reduce<string | undefined>((common, one) => {
      if (common === undefined) return one;
      let length = 0;
      while (length < common.length && common[length] === one[length]) length += 1;
      return common.slice(0, length);
    }, undefined) ?? '';
  return lines.map((line) => line.slice(margin.length)).join('\n');
}

/** A function of numbers that are all known. */
function statistic(name: string, compute: (numbers: readonly number[]) => number): Value {
  return nativeFunction(name, 'data', ({ interpreter, args, place }) => {
    const iteration = interpreter.iterate(args.get('data'), place),
      numbers = iteration.items.map(realOf);
    if (!iteration.exact || numbers.includes(undefined) || numbers.length === 0) return unknown();
    const result = compute(numbers.map((one) => one ?? 0));
    return iteration.items.every((item) => item.kind === 'int') && Number.isInteger(result)
      ? { kind: 'int', value: result }
      : { kind: 'float', value: result };
  });
}

export const dataModules: Catalogue['modules'] = {
  json: () => ({
    dumps,
    dump: nativeFunction('dump', `obj, fp, ${writingParameters}`, () => none),
    JSONDecodeError: decodeError,
    loads: nativeFunction('loads', `s, ${readingParameters}`, (call) => read(call, textValue(call.args.get('s')))),
    load: nativeFunction('load', `fp, ${readingParameters}`, (call) => read(call, remainingText(call.args.get('fp')))),
    JSONEncoder: nativeClass({ name: 'JSONEncoder', qualifiedName: 'json.JSONEncoder' }),
    JSONDecoder: nativeClass({ name: 'JSONDecoder', qualifiedName: 'json.JSONDecoder' }),
  }),
  'json.decoder': () => ({ JSONDecodeError: decodeError }),
  csv: () => ({
    reader: nativeFunction('reader', 'csvfile, dialect="excel", **fmtparams', (call) => {
      const rows = tableOf(call);
      return makeIterator('reader', () =>
        rows === undefined ? { items: [list([], true)], exact: false } : { items: rows.map((row) => list(row.map((one) => str(one)))), exact: true },
      );
    }),
    DictReader: readerClass,
    writer: nativeFunction('writer', undefined, () => unknown()),
    DictWriter: nativeFunction('DictWriter', undefined, () => unknown()),
    QUOTE_ALL: { kind: 'int', value: 1 },
    QUOTE_MINIMAL: { kind: 'int', value: 0 },
    QUOTE_NONE: { kind: 'int', value: 3 },
    QUOTE_NONNUMERIC: { kind: 'int', value: 2 },
  }),
  io: () => ({
    StringIO: nativeFunction('StringIO', "initial_value='', newline='\\n'", ({ args }) => openedFile(textValue(args.get('initial_value')))),
    open: openFunction,
    TextIOWrapper: fileClass,
    BytesIO: nativeFunction('BytesIO', undefined, () => unknown()),
  }),
  string: () => ({
    ascii_lowercase: str(letters),
    ascii_uppercase: str(letters.toUpperCase()),
    ascii_letters: str(letters + letters.toUpperCase()),
    digits: str('0123456789'),
    hexdigits: str('0123456789abcdefABCDEF'),
    octdigits: str('01234567'),
    punctuation: str('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'),
    whitespace: str(' \t\n\r\v\f'),
    printable: str(`0123456789${letters}${letters.toUpperCase()}!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~ \t\n\r\v\f`),
    capwords: nativeFunction('capwords', 's, sep=None', () => unknownOf('str')),
  }),
  textwrap: () => ({
    dedent: nativeFunction('dedent', 'text', ({ args }) => {
      const text = textValue(args.get('text'));
      return text === undefined ? unknownOf('str') : str(dedent(text));
    }),
    ...functions('fill indent shorten', () => unknownOf('str')),
    wrap: nativeFunction('wrap', undefined, () => list([], true)),
  }),
  heapq: () => ({
    heappush: changed('heappush', none),
    heapify: changed('heapify', none),
    heappop: changed('heappop', unknown()),
    heappushpop: changed('heappushpop', unknown()),
    heapreplace: changed('heapreplace', unknown()),
    ...functions('nlargest nsmallest', () => list([], true)),
    merge: nativeFunction('merge', undefined, () => unknown()),
  }),
  bisect: () => ({
    insort: changed('insort', none),
    insort_left: changed('insort_left', none),
    insort_right: changed('insort_right', none),
    ...functions('bisect bisect_left bisect_right', () => unknownInt(0)),
  }),
  statistics: () => ({
    mean: statistic('mean', (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length),
    fmean: nativeFunction('fmean', undefined, () => unknownOf('float')),
    median: statistic('median', (numbers) => {
      const sorted = [...numbers].sort((one, other) => one - other),
        middle = sorted.length >> 1;
      return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
    }),
    ...functions('stdev pstdev variance pvariance', () => unknownOf('float')),
  }),
};
