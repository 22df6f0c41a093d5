// `[tool.inlayer]` in pyproject.toml: what it sets, what is said of its faults, which file counts, and that no text does harm.
import assert from 'node:assert/strict';
import test from 'node:test';
import { readSettings, withProjectRules } from '../../server/workspace/settings.ts';
import type { ProjectFile } from '../../server/workspace/pyproject.ts';
import { findProjectFile, largestProjectFile, readProjectFile } from '../../server/workspace/pyproject.ts';
import { renderMessage } from '../../server/values/place.ts';

const read = (text: string): ProjectFile => readProjectFile('/project/pyproject.toml', text);
const problems = (text: string): string[] => read(text).problems.map(({ line, message }) => `${line}: ${renderMessage(message)}`);

test('levels of rules, in every spelling that TOML has', () => {
  const expected = { 'label-range': 'off', 'unused-layer': 'error' };
  for (const text of [
    '[project]\nname = "x"\n\n[tool.inlayer.rules]\nlabel-range = "off"\nunused-layer = "error"\n',
    '[tool.inlayer.rules]\r\n"label-range" = \'off\' # why\r\n\'unused-layer\' = """error"""\r\n',
    '[tool.inlayer]\nrules = { label-range = "off", unused-layer = "error" }\n',
    '[tool]\ninlayer.rules.label-range = "off"\ninlayer.rules.unused-layer = "error"\n',
    '[tool."inlayer"."rules"]\nlabel-range = "off"\nunused-layer = "error"\n[tool.other]\nhuge = 99999999999999999999\n',
  ]) {
    assert.deepEqual({ ...read(text).settings.rules }, expected, text);
    assert.deepEqual(problems(text), text.includes('99999') ? problems(text) : []);
  }
});

test('a fault is one message with its line, and the rest holds', () => {
  const text = '[tool.inlayer]\nhints = true\n\n[tool.inlayer.rules]\nlabel-rnge = "off"\nunused-layer = "eror"\nlast-batch = 3\nlabel-range = "hint"\n';
  assert.deepEqual(problems(text), [
    '2: [tool.inlayer] knows no `hints`; it holds `rules`',
    '5: [tool.inlayer.rules]: there is no rule `label-rnge`; is `label-range` meant?',
    '6: [tool.inlayer.rules]: `unused-layer` takes "off", "hint", "information", "warning", "error" or "default", not "eror"',
    '7: [tool.inlayer.rules]: `last-batch` takes "off", "hint", "information", "warning", "error" or "default", not 3',
  ]);
  assert.deepEqual({ ...read(text).settings.rules }, { 'label-range': 'hint' });
  assert.deepEqual(problems('[tool.inlayer.rules]\nlabel_range = "off"\n'), ['2: [tool.inlayer.rules]: there is no rule `label_range`; is `label-range` meant?']);
  assert.deepEqual(problems('[tool.inlayer.rules]\nsomething-else-entirely = "off"\n'), ['2: [tool.inlayer.rules]: there is no rule `something-else-entirely`']);
  assert.deepEqual(problems('[tool]\ninlayer = 3\n'), ['2: [tool.inlayer] is not a table']);
  assert.deepEqual(problems('[tool.inlayer]\nrules = ["off"]\n'), ['2: [tool.inlayer.rules] is not a table']);
});

test('a file that is no TOML is said once, with the line', () => {
  const [problem, ...others] = problems('[tool.inlayer.rules]\nlabel-range = "off"\nlast-batch = off\n');
  assert.deepEqual(others, []);
  assert.match(problem ?? '', /^3: the file is no valid TOML: [^\n]+; \[tool\.inlayer\] is not read$/);
  assert.equal(problems('[tool.inlayer.rules]\nlabel-range = "off"\nlabel-range = "error"\n').length, 1, 'a key twice');
});

test('what is not for us is not judged', () => {
  for (const text of ['', 'this is = = no TOML', '[tool.ruff]\nline-length = 100\n', '\0\0\0', '[project]\nname = "inlayer"\ndependencies = []\n']) {
    assert.deepEqual([read(text).isOurs, problems(text)], [false, []], text);
  }
});

test('hostile texts end soon and set nothing', () => {
  const ours = '[tool.inlayer.rules]\nlabel-range = "off"\n';
  const huge = `${ours}${'# x\n'.repeat(100_000)}`;
  assert.deepEqual([read(huge.slice(0, largestProjectFile + 1)).problems.length, read(huge).settings.rules], [1, {}]);
  const texts = [
    `${ours}x = ${'['.repeat(100_000)}`, `${ours}x = ${'{a='.repeat(50_000)}`, `${ours}${'a.'.repeat(50_000)}b = 1`, `${ours}x = "${'\\u00e9'.repeat(20_000)}`, `${ours}${Array.from({ length: 15_000 }, (_, at) => `k${at}=1`).join('\n')}`,
    `${ours}__proto__ = "off"\nconstructor = "off"\n[__proto__]\nrules = 1\n[tool.inlayer.__proto__]\nrules = "x"\n`, `[tool.inlayer.rules.__proto__]\nlabel-range = "off"\n`, `${ours}"${'x'.repeat(100_000)}" = "off"`, `${ours}\ud800 = 1`, `inlayer${'[[a]]\n'.repeat(40_000)}`,
    `${ours}${'"\\u0000" = 1\n'.repeat(3)}`, `${ours}date = 2026-99-99`,
  ];
  for (const text of texts) {
    const started = performance.now();
    const { problems: found, settings } = read(text);
    assert.ok(performance.now() - started < 2000, `${text.slice(0, 60)}: ${performance.now() - started} ms`);
    assert.ok(found.length <= 20 && found.every(({ message, line }) => renderMessage(message).length < 400 && line >= 1), text.slice(0, 60));
    assert.ok(Object.keys(settings.rules).every((rule) => rule === 'label-range'), text.slice(0, 60));
  }
  assert.equal(({} as Record<string, unknown>)['rules'], undefined);
});

test('the nearest file that says something to us counts', () => {
  const files = new Map([['/a/pyproject.toml', '[tool.inlayer.rules]\nlast-batch = "off"\n'], ['/a/b/pyproject.toml', '[tool.black]\nline-length = 1\n'], ['/a/b/c/pyproject.toml', '[tool.inlayer.rules]\nlast-batch = "hint"\n']]);
  const asked: string[] = [];
  const find = (path: string): string | undefined => findProjectFile(path, (name) => { asked.push(name); const text = files.get(name); return text === undefined ? undefined : readProjectFile(name, text); })?.path;
  assert.equal(find('/a/b/c/d/model.py'), '/a/b/c/pyproject.toml');
  assert.equal(find('/a/b/model.py'), '/a/pyproject.toml');
  assert.equal(find('/z/model.py'), undefined);
  assert.equal(find('C:\\a\\model.py'), undefined);
  assert.equal(find('untitled:Untitled-1'), undefined);
  assert.ok(asked.length < 30, String(asked));
});

test('the order: a setting, the project, the rule itself; `default` is no wish', () => {
  const project = { rules: { 'label-range': 'hint', 'last-batch': 'off' } } as const;
  const merged = withProjectRules(readSettings({ rules: { 'label-range': 'error', 'last-batch': 'default', 'unused-layer': 'off' } }), project);
  assert.deepEqual(merged.rules, { 'label-range': 'error', 'last-batch': 'off', 'unused-layer': 'off' });
  assert.deepEqual(withProjectRules(readSettings({}), undefined).rules, {});
});
