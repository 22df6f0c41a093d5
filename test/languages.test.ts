// Korean: every sentence of the engine has its translation and no translation is left over; what is inserted is inserted in both; whole
// analyses speak no English; numbers are grouped and rule ids stay as they are.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { allChecks } from '../server/checks/index.ts';
import { checkOutput } from '../server/features/check-output.ts';
import { hintsOf } from '../server/features/hints.ts';
import { hoverAt } from '../server/features/hovers.ts';
import { callLensesOf, lensesOf } from '../server/features/lenses.ts';
import { parsePython } from '../server/syntax/python.ts';
import type { Finding } from '../server/trace/trace.ts';
import type { Message, Translate } from '../server/values/place.ts';
import { message, renderMessage } from '../server/values/place.ts';
import { type Analysis, analyse } from '../server/workspace/analysis.ts';
import { findTemplates } from './support/message-templates.ts';
import { readSpecs } from './support/markdown-spec.ts';
import { memoryHost } from './support/program.ts';

const languages = readdirSync('server/languages');
const read = (file: string): Readonly<Record<string, string>> => JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
const filesOf = (language: string): string[] => readdirSync(path.join('server/languages', language)).map((name) => path.posix.join('server/languages', language, name));
const korean = new Map(filesOf('ko').flatMap((file) => Object.entries(read(file))));
const translate: Translate = (template) => korean.get(template);

function findingsOf(analysis: Analysis): readonly Finding[] {
  return [...analysis.findings, ...analysis.quietFindings()];
}

/** Which file of translations a source's sentences stand in. */
function areaOf(source: string): string {
  const [, room = '', library = ''] = source.split('/');
  if (room === 'checks') return 'checks';
  if (room !== 'catalogues') return 'engine';
  return ['torch', 'keras', 'arrays'].includes(library) ? library : 'libraries';
}

const hasWords = (template: string): boolean => /[A-Za-z]/.test(template.replace(/\{\w+\}/g, ''));
const found = findTemplates('server');
const templates = new Map([...found.templates].filter(([template]) => hasWords(template)));
for (const check of allChecks) templates.set(check.summary, ['server/checks/index.ts']);

test('every sentence is a literal that can be found', () => {
  assert.deepEqual(found.unreadable, []);
  assert.ok(templates.size > 800, `${templates.size} sentences`);
});

test('every sentence stands in the file of its room, in every language, and nothing else does', () => {
  for (const language of languages) {
    const wrong: string[] = [];
    const texts = new Map(filesOf(language).map((file) => [path.basename(file, '.json'), read(file)]));
    for (const [template, [source = '']] of templates) if (texts.get(areaOf(source))?.[template] === undefined) wrong.push(`missing in ${areaOf(source)}.json: ${template}`);
    for (const [area, sentences] of texts) for (const template of Object.keys(sentences)) {
      const source = templates.get(template)?.[0];
      if (source === undefined || areaOf(source) !== area) wrong.push(`not used in ${area}.json: ${template}`);
    }
    assert.deepEqual(wrong, [], language);
  }
});

test('a translation inserts what its sentence inserts, and is sorted in', () => {
  const holes = (text: string): string => [...new Set(text.match(/\{\w+\}/g))].sort().join(' ');
  for (const language of languages) for (const file of filesOf(language)) {
    const sentences = Object.entries(read(file));
    assert.deepEqual(sentences.filter(([template, text]) => holes(template) !== holes(text) || text === ''), [], file);
    assert.deepEqual(sentences.map(([template]) => template), sentences.map(([template]) => template).sort(), `${file} is not sorted`);
  }
});

test('the same sentence says the same in the extension and in the engine', () => {
  for (const language of languages) {
    const own = read(`extension/l10n/bundle.l10n.${language}.json`);
    for (const file of filesOf(language)) assert.deepEqual(Object.entries(read(file)).filter(([template, text]) => own[template] !== undefined && own[template] !== text), [], file);
  }
});

test('particles fit whatever word is inserted', () => {
  // Behind an inserted word a particle that depends on its last sound is written both ways.
  const single = /\}["')]?(을|를|은|는|이|가|과|와|으로|로)(?= |$|[.,:])/;
  assert.deepEqual([...korean].filter(([, text]) => single.test(text)).map(([, text]) => text), []);
});

const analysisOf = (files: Readonly<Record<string, string>>, file: string): Analysis =>
  analyse({ path: file, parsed: parsePython(files[file] ?? '') }, { host: memoryHost(files), folders: ['/project'], maximumMilliseconds: 60_000, libraries: () => ({ folders: ['/site-packages'], packages: new Map(), complete: true }) });

const flowers = `import keras
import tensorflow_datasets as tfds
from keras import layers

flowers = tfds.load("tf_flowers", split="train", as_supervised=True).batch(32)
model = keras.Sequential([
    keras.Input(shape=(160, 160, 3)),
    layers.Conv2D(16, 3),
    layers.GlobalAveragePooling2D(),
    layers.Dense(2, activation="softmax"),
])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
model.fit(flowers)
`;

test('findings, hints, lenses and hovers in Korean', () => {
  const file = '/project/flowers.py', text = flowers;
  const { trace, findings } = analysisOf({ [file]: flowers }, file);
  assert.match(checkOutput(findings, 'text', () => 'flowers.py', translate), /^flowers\.py:10:18: error \[label-range\] dense의 출력은 2개인데 클래스는 5개입니다: 레이블은 0부터 4까지이고 \(클래스 5개: tfds tf_flowers\) 올바른 범위는 \[0, 2\)입니다/);
  assert.match(checkOutput(findings, 'text', () => 'flowers.py', translate), /수정: 2을\(를\) 5\(으\)로 바꾸기\n/);
  assert.match(checkOutput(findings, 'text', () => 'flowers.py'), /dense has 2 outputs for 5 classes/);
  const hints = hintsOf(trace, file, undefined, undefined, translate);
  assert.equal(hints.find((hint) => hint.line === 8)?.text, '(None, 158, 158, 16) · 파라미터 448개');
  assert.deepEqual(lensesOf(trace, file).map((lens) => renderMessage(lens.title, translate)), ['파라미터 482개 · 요약']);
  assert.deepEqual(callLensesOf(trace, file, new Map()), []);
  const hover = hoverAt(trace, file, text.indexOf('Conv2D') + 1, translate)?.markdown ?? '';
  assert.match(hover, /3 × 3 × 3 × 16 \+ 16 = 파라미터 448개/);
  assert.match(hover, /\| 가중치 \| 형상 \| 개수 \|/);
});

test('a sentence within a sentence is translated, names and numbers are not', () => {
  const inner: Message = message('the output');
  assert.equal(renderMessage(message('{layer} gives the output', { layer: inner }), translate), '출력이(가) 출력을 냅니다');
  assert.equal(renderMessage(message('{layer} gives the output', { layer: 'the output' }), translate), 'the output이(가) 출력을 냅니다');
});

test('whatever is found in the specifications is said in Korean', () => {
  const english = new Set<string>();
  let said = 0;
  const specs = readdirSync('test/specs', { recursive: true }).map(String).filter((name) => name.endsWith('.md')).flatMap((name) => readSpecs(readFileSync(path.join('test/specs', name), 'utf8')))
    .filter((spec) => spec.expectations.some((one) => one.rule !== undefined));
  const programs = specs.map((spec) => Object.fromEntries(Object.entries(spec.files).map(([name, content]) => [name.startsWith('site-packages/') ? `/${name}` : `/project/${name}`, content])));
  for (const files of programs) for (const name of Object.keys(files).filter((one) => one.startsWith('/project/') && one.endsWith('.py'))) for (const finding of findingsOf(analysisOf(files, name))) {
    for (const text of [finding.message, ...finding.related.map((one) => one.message), ...finding.fixes.map((one) => one.title)]) {
      said += 1;
      // Names, code, exceptions' own words in quotes and units may stand; three plain English words in a row are a sentence.
      const shown = renderMessage(text, translate).replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '');
      if (/\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b/.test(shown)) english.add(`${name}: ${shown}`);
    }
  }
  assert.ok(said > 300, `${said} sentences`);
  assert.deepEqual([...english], []);
});
