// Every name that CPython 3.11's built-in classes and its builtins module have exists here: a missing one would be an
// AttributeError or NameError that no program gets. members.json is written by test/oracle/python_snippets.py.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { builtinMembers } from '../../../server/catalogues/python/builtins.ts';
import { builtinClasses } from '../../../server/catalogues/python/classes.ts';
import { pythonCatalogue } from '../../../server/catalogues/python/index.ts';
import { lookUpInClass } from '../../../server/values/classes.ts';
import type { Value } from '../../../server/values/value.ts';

const facts = JSON.parse(readFileSync(path.join(process.cwd(), 'test', 'catalogues', 'python', 'snippets', 'members.json'), 'utf8')) as {
  builtins: string[];
  classes: Record<string, string[]>;
};

/** What the evaluator itself answers for every class, and the comparisons that `object` has and that give NotImplemented. */
const answered = new Set([
  '__class__',
  '__dict__',
  '__module__',
  '__weakref__',
  '__name__',
  '__qualname__',
  '__objclass__',
  '__isabstractmethod__',
  '__self__',
  '__self_class__',
  '__thisclass__',
  '__builtins__',
  '__type_params__',
  '__lt__',
  '__le__',
  '__gt__',
  '__ge__',
]);

test('built-in classes have all members of the real ones', () => {
  const missing: string[] = [];
  for (const [name, members] of Object.entries(facts.classes)) {
    // enumerate, map and their kin are functions that make iterators here.
    if (['enumerate', 'filter', 'map', 'reversed', 'zip'].includes(name)) continue;
    const cls = builtinClasses[name];
    if (cls === undefined) {
      missing.push(name);
      continue;
    }
    for (const member of members) if (!answered.has(member) && lookUpInClass(cls, member) === undefined) missing.push(`${name}.${member}`);
  }
  assert.deepEqual(missing, []);
});

test('the builtins module has all names of the real one', () => {
  const own = builtinMembers();
  const keywords = ['None', 'True', 'False'];
  assert.deepEqual(
    facts.builtins.filter((name) => own[name] === undefined && !keywords.includes(name)),
    [],
  );
});

test('every module of the catalogue can be made, and every signature parses', () => {
  const visit = (value: Value, where: string): void => {
    if (value.kind === 'native') assert.doesNotThrow(() => value.signature, where);
    if (value.kind === 'class' && value.native) {
      for (const [name, member] of value.namespace) {
        const callable = member.kind === 'classmethod' || member.kind === 'staticmethod' ? member.callable : member;
        if (callable.kind === 'native') assert.doesNotThrow(() => callable.signature, `${where}.${name}`);
      }
    }
  };
  for (const [name, make] of Object.entries(pythonCatalogue.modules))
    for (const [member, value] of Object.entries(make())) visit(value, `${name}.${member}`);
  for (const [name, value] of Object.entries(builtinMembers())) visit(value, name);
});
