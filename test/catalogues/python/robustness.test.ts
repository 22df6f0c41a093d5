// Every native function and method is called with all sorts of values, unknown and symbolic ones among them: the only thing that may
// come out is a value or a Python exception.
import assert from 'node:assert/strict';
import test from 'node:test';
import { builtinMembers } from '../../../server/catalogues/python/builtins.ts';
import { builtinClasses } from '../../../server/catalogues/python/classes.ts';
import { pythonCatalogue } from '../../../server/catalogues/python/index.ts';
import { makeRegistry } from '../../../server/catalogues/registry.ts';
import { BudgetExceeded, PythonError } from '../../../server/evaluator/errors.ts';
import { evaluateProgram } from '../../../server/evaluator/evaluate.ts';
import { parsePython } from '../../../server/syntax/python.ts';
import { symbol } from '../../../server/tensors/dim.ts';
import { nativeFunction } from '../../../server/values/classes.ts';
import type { Value } from '../../../server/values/value.ts';
import { bool, ellipsis, float, instance, int, list, none, str, tuple, unknown } from '../../../server/values/value.ts';

const seed = { state: 20260101 };
function random(limit: number): number {
  // A linear congruential generator: the same calls in every run.
  seed.state = (seed.state * 1103515245 + 12345) % 2147483648;
  return Math.floor((seed.state / 2147483648) * limit);
}

const object = builtinClasses['object'];
const makers: readonly (() => Value)[] = [
  () => unknown(), () => unknown(undefined, 'int'), () => unknown(undefined, 'str'), () => none, () => bool(true), () => int(0), () => int(-3), () => int(7), () => int(symbol('H')),
  () => float(2.5), () => float(Number.NaN), () => str(''), () => str('a b'), () => str('{} %s'), () => str('(a+)+$'), () => ellipsis,
  () => tuple([]), () => tuple([int(1), str('x')]), () => list([]), () => list([int(3), int(1)]), () => list([unknown()], true), () => list([tuple([str('k'), int(1)])]),
  () => ({ kind: 'dict', entries: new Map(), open: false }), () => ({ kind: 'dict', entries: new Map([['s:a', { key: str('a'), value: int(1) }]]), open: true }),
  () => ({ kind: 'set', entries: new Map([['n:1', int(1)]]), open: false, frozen: false }), () => ({ kind: 'range', start: 0, stop: 3, step: 1 }), () => ({ kind: 'range', start: 0, stop: symbol('N'), step: 1 }),
  () => ({ kind: 'slice', start: none, stop: int(2), step: none }), () => ({ kind: 'bytes', value: 'ab' }), () => nativeFunction('f', undefined, () => unknown()),
  () => (object === undefined ? none : instance(object)), () => builtinClasses['int'] ?? none, () => ({ kind: 'iterator', typeName: 'generator', source: () => ({ items: [int(1)], exact: false }), taken: undefined, position: 0 }),
];

function callables(): [string, Value][] {
  const found: [string, Value][] = [];
  const visit = (name: string, value: Value): void => {
    if (value.kind === 'native') found.push([name, value]);
    if (value.kind !== 'class' || !value.native) return;
    found.push([name, value]);
    for (const [member, one] of value.namespace) {
      const callable = one.kind === 'classmethod' || one.kind === 'staticmethod' ? one.callable : one.kind === 'property' ? one.getter : one;
      if (callable?.kind === 'native') found.push([`${name}.${member}`, callable]);
    }
  };
  for (const [name, value] of Object.entries(builtinMembers())) visit(name, value);
  for (const [module, make] of Object.entries(pythonCatalogue.modules)) for (const [name, value] of Object.entries(make())) visit(`${module}.${name}`, value);
  return found;
}

test('native functions give a value or a Python exception, whatever they are given', () => {
  const faults: string[] = [];
  let values = 0;
  const fuzz = nativeFunction('fuzz', undefined, ({ interpreter, place }) => {
    for (const [name, callee] of callables()) {
      for (let round = 0; round < 12; round += 1) {
        const given = Array.from({ length: random(4) + (round % 2) }, () => ({ value: makers[random(makers.length)]?.() ?? none, place: undefined }));
        const open = random(10) === 0;
        try {
          interpreter.quietly(() => {
            const result = interpreter.call(callee, { positional: given, keywords: [], openPositional: open, openKeywords: open }, place);
            if (result.kind === 'iterator') interpreter.iterate(result, place);
            interpreter.representation(result, place);
            values += 1;
          });
        } catch (error) {
          if (error instanceof PythonError || error instanceof BudgetExceeded) continue;
          const kinds = given.map(({ value }) => value.kind).join(', ');
          faults.push(`${name}(${kinds}): ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    }
    return none;
  });
  const { fault } = evaluateProgram({
    source: { path: 'main.py', parsed: parsePython('from fuzzing import fuzz\nfuzz()\n') }, registry: makeRegistry([pythonCatalogue, { modules: { fuzzing: () => ({ fuzz }) } }]),
    host: { readText: () => undefined, readBytes: () => undefined, listFolder: () => undefined }, strict: true, maximumMilliseconds: 60_000,
  });
  assert.equal(fault, undefined);
  assert.deepEqual([...new Set(faults)], []);
  assert.ok(values > 4_000, `only ${values} calls gave a value`);
});
