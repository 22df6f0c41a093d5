// Python snippets under the evaluator, compared with what CPython 3.11 shows (test/oracle/python_snippets.py writes expected.json).
// A line that ends with `# unknown` may be unknown here; everything else must be equal.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import type { Catalogue } from '../../../server/catalogues/catalogue.ts';
import { pythonCatalogue } from '../../../server/catalogues/python/index.ts';
import { makeRegistry } from '../../../server/catalogues/registry.ts';
import { PythonError } from '../../../server/evaluator/errors.ts';
import { evaluateProgram } from '../../../server/evaluator/evaluate.ts';
import { parsePython } from '../../../server/syntax/python.ts';
import { argumentsOf } from '../../../server/values/arguments.ts';
import { nativeFunction } from '../../../server/values/classes.ts';
import type { Host } from '../../../server/values/interpreter.ts';
import type { Place } from '../../../server/values/place.ts';
import { none, unknown } from '../../../server/values/value.ts';

const folder = path.join(process.cwd(), 'test', 'catalogues', 'python', 'snippets');
const expected = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as Record<string, [number, string][]>;

const host: Host = {
  readText: (name) => {
    try {
      return readFileSync(path.join(folder, name), 'utf8');
    } catch {
      return undefined;
    }
  },
  readBytes: () => undefined,
  listFolder: (name) => {
    try {
      return readdirSync(path.join(folder, name), { withFileTypes: true })
        .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
        .sort((one, other) => (one.name < other.name ? -1 : 1));
    } catch {
      return undefined;
    }
  },
};

function lineOf(place: Place, text: string): number {
  return text.slice(0, place.start).split('\n').length;
}

function run(name: string): { shown: [number, string][]; refusals: string[] } {
  const text = readFileSync(path.join(folder, name), 'utf8');
  const shown: [number, string][] = [];
  const oracle: Catalogue = {
    modules: {
      oracle: () => ({
        show: nativeFunction('show', '*values', ({ interpreter, args, place }) => {
          shown.push([lineOf(place, text), args.rest.map((one) => interpreter.representation(one.value, place) ?? 'UNKNOWN').join(', ')]);
          return none;
        }),
        fails: nativeFunction('fails', 'function', ({ interpreter, args, place }) => {
          let result: string;
          try {
            result = interpreter.representation(interpreter.call(args.get('function'), argumentsOf([]), place), place) ?? 'UNKNOWN';
          } catch (error) {
            if (!(error instanceof PythonError)) throw error;
            result = error.value.kind === 'instance' ? error.value.cls.name : 'UNKNOWN';
          }
          shown.push([lineOf(place, text), result]);
          return unknown();
        }),
      }),
    },
  };
  const { trace, fault } = evaluateProgram({
    source: { path: name, parsed: parsePython(text) },
    host,
    registry: makeRegistry([pythonCatalogue, oracle]),
    strict: true,
  });
  assert.equal(fault, undefined);
  return { shown, refusals: trace.refusals.map((one) => `${lineOf(one.place, text)}: ${one.message.template}`) };
}

for (const [name, values] of Object.entries(expected)) {
  test(name, () => {
    const lines = readFileSync(path.join(folder, name), 'utf8').split('\n');
    const { shown, refusals } = run(name);
    const problems: string[] = [];
    for (let at = 0; at < Math.max(values.length, shown.length); at += 1) {
      const [line, right] = values[at] ?? [0, 'nothing more'],
        [ownLine, own] = shown[at] ?? [0, 'nothing more'];
      const mayBeUnknown = (lines[line - 1] ?? '').trimEnd().endsWith('# unknown');
      if (line !== ownLine) {
        problems.push(`line ${line}: expected a value here, got one for line ${ownLine}`);
        break;
      }
      if (own !== right && !(mayBeUnknown && own.includes('UNKNOWN')))
        problems.push(`line ${line}: ${lines[line - 1]?.trim()}\n    Python ${right}\n    here   ${own}`);
    }
    assert.deepEqual(refusals, [], `${name}: nothing is refused`);
    assert.equal(problems.length, 0, `\n${problems.join('\n')}`);
  });
}

test('every language feature that model code uses has its small program', () => {
  const named = new Set(readFileSync(path.join(folder, 'features.py'), 'utf8').split('\n').filter((line) => line.startsWith('# feature: ')).map((line) => line.slice('# feature: '.length)));
  const used = readFileSync('test/facts/features-python.tsv', 'utf8').trim().split('\n').map((line) => line.split('\t')[0] ?? '');
  assert.ok(used.length > 100, 'the table is read');
  assert.deepEqual(used.filter((feature) => !named.has(feature)), []);
});
