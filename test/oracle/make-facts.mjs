// Writes the tables of facts that the engine carries (server/catalogues/facts/*.ts) from the CSV files of test/facts.
//   node test/oracle/make-facts.mjs [--check]     with --check nothing is written; exit 1 when a table is out of date
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** Rows of a CSV file as objects. Quoted fields may hold commas, line ends and doubled quotes. */
function readTable(name) {
  const text = readFileSync(path.join(root, 'test', 'facts', name), 'utf8');
  const rows = [];
  let row = [], field = '', quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      if (character === '"' && text[at + 1] === '"') { field += '"'; at += 1; }
      else if (character === '"') quoted = false;
      else field += character;
    } else if (character === '"') quoted = true;
    else if (character === ',') { row.push(field); field = ''; }
    else if (character === '\n') { rows.push([...row, field]); row = []; field = ''; }
    else if (character !== '\r') field += character;
  }
  if (field !== '' || row.length > 0) rows.push([...row, field]);
  const [header, ...body] = rows;
  return body.map((cells) => Object.fromEntries(header.map((column, at) => [column, cells[at] ?? ''])));
}

function grouped(rows, keyOf) {
  const groups = new Map();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}

/** A data set with more configurations than this is kept with its first one only: they differ in language or in a number. */
const mostConfigurations = 20;

/** `('image', 'label')` → `image,label`; anything nested or absent is left out. */
function supervisedNames(text) {
  const match = /^\('(\w+)', '(\w+)'\)$/.exec(text);
  return match === null ? '' : `${match[1]},${match[2]}`;
}

function tensorflowDatasets() {
  const lines = [];
  for (const [dataset, rows] of grouped(readTable('tfds-classes.csv'), (row) => row.dataset)) {
    const configurations = [...grouped(rows, (row) => row.config).values()].sort((left, right) => Number(right[0].default_config === 'yes') - Number(left[0].default_config === 'yes'));
    let previous = [];
    const entries = configurations.slice(0, configurations.length > mostConfigurations ? 1 : undefined).map((own) => {
      const [first] = own;
      const image = first.image_feature === '' ? (first.modality === 'text' ? 'text' : '') : `${first.image_feature}:${[...first.image_shape.matchAll(/\d+|None/g)].map(([size]) => (size === 'None' ? '?' : size)).join('x')}`;
      const fields = [
        own.map((row) => `${row.label_feature}${row.label_kind === 'multi' ? '*' : ''}:${row.num_classes}`).join(' '),
        image, first.splits.replaceAll(';', ' '), supervisedNames(first.supervised_keys),
      ];
      const written = fields.map((field, at) => (field !== '' && field === previous[at] ? '^' : field));
      previous = fields;
      return `'${[first.config.startsWith('* (') ? '*' : first.config, ...written].join('|')}'`;
    });
    lines.push(`  ${dataset}: [${entries.join(', ')}],`);
  }
  return [
    '// Label classes, image shapes and split sizes of TensorFlow Datasets. Generated from test/facts/tfds-classes.csv by',
    '// test/oracle/make-facts.mjs; not to be edited. datasets/tfds-facts.ts reads it.',
    '//',
    '// Name → configurations, the default one first: `configuration|labels|image|splits|supervised pair`. `label:5` has 5 classes, `labels*:43` is a',
    '// sequence of such labels; `image:?x?x3` is the image feature with its shape, `text` a data set of texts; `^` repeats the entry before it;',
    '// configuration `*` stands for any.',
    'export const tensorflowDatasets: Readonly<Record<string, readonly string[]>> = {',
    ...lines,
    '};',
    '',
  ].join('\n');
}

const tables = { 'tensorflow-datasets.ts': tensorflowDatasets() };
let outdated = 0;
for (const [name, content] of Object.entries(tables)) {
  const file = path.join(root, 'server', 'catalogues', 'facts', name);
  const present = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (present === content) continue;
  if (process.argv.includes('--check')) { outdated += 1; console.log(`${name} is out of date`); } else writeFileSync(file, content);
}
process.exit(outdated > 0 ? 1 : 0);
