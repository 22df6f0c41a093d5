// Calls that CPython 3.11 accepts are accepted here: the parameters of each native function and method are compared with those that
// inspect.signature tells of the real one (signatures.json, written by test/oracle/python_snippets.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { builtinMembers } from '../../../server/catalogues/python/builtins.ts';
import { pythonCatalogue } from '../../../server/catalogues/python/index.ts';
import type { Signature } from '../../../server/values/arguments.ts';
import type { Value } from '../../../server/values/value.ts';

type Real = readonly [
  name: string,
  kind: 'POSITIONAL_ONLY' | 'POSITIONAL_OR_KEYWORD' | 'VAR_POSITIONAL' | 'KEYWORD_ONLY' | 'VAR_KEYWORD',
  hasDefault: boolean,
];
const facts = JSON.parse(readFileSync(path.join(process.cwd(), 'test', 'catalogues', 'python', 'snippets', 'signatures.json'), 'utf8')) as Record<
  string,
  readonly Real[]
>;

function find(name: string): Value | undefined {
  const parts = name.split('.');
  for (const length of [2, 1]) {
    const module = parts.slice(0, length).join('.');
    const members = module === 'builtins' ? builtinMembers() : pythonCatalogue.modules[module]?.();
    let value: Value | undefined = members?.[parts[length] ?? ''];
    for (const part of parts.slice(length + 1)) value = value?.kind === 'class' ? value.namespace.get(part) : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

function problems(name: string, own: Signature, real: readonly Real[]): string[] {
  const found: string[] = [];
  const isPositional = (kind: string): boolean => kind === 'POSITIONAL_ONLY' || kind === 'POSITIONAL_OR_KEYWORD';
  const ownPositional = own.parameters.filter((one) => one.kind === 'positional-only' || one.kind === 'positional-or-keyword');
  const realPositional = real.filter((one) => isPositional(one[1]));
  const has = (kind: Signature['parameters'][number]['kind']): boolean => own.parameters.some((one) => one.kind === kind);
  if (ownPositional.length < realPositional.length && !has('star'))
    found.push(`takes ${ownPositional.length} positional arguments, Python ${realPositional.length}`);
  if (real.some((one) => one[1] === 'VAR_POSITIONAL') && !has('star')) found.push('has no *args');
  if (real.some((one) => one[1] === 'VAR_KEYWORD') && !has('double-star')) found.push('has no **kwargs');
  for (const [parameter, kind] of real) {
    if ((kind !== 'POSITIONAL_OR_KEYWORD' && kind !== 'KEYWORD_ONLY') || parameter === 'self' || has('double-star')) continue;
    if (!own.parameters.some((one) => one.name === parameter && (one.kind === 'positional-or-keyword' || one.kind === 'keyword-only')))
      found.push(`does not take ${parameter}=`);
  }
  for (const [at, parameter] of ownPositional.entries()) {
    if (parameter.default === undefined && (realPositional[at] === undefined || realPositional[at]?.[2] === true))
      found.push(`wants ${parameter.name}`);
  }
  return found.map((problem) => `${name} ${problem} (${own.text})`);
}

test('native functions and methods take what Python takes', () => {
  let compared = 0;
  const found: string[] = [];
  for (const [name, real] of Object.entries(facts)) {
    const value = find(name);
    const callable = value?.kind === 'classmethod' || value?.kind === 'staticmethod' ? value.callable : value;
    if (callable?.kind !== 'native' || callable.signature === undefined) continue;
    compared += 1;
    // inspect gives class methods bound.
    const own = value?.kind === 'classmethod' ? { ...callable.signature, parameters: callable.signature.parameters.slice(1) } : callable.signature;
    found.push(...problems(name, own, real));
  }
  assert.deepEqual(found, []);
  assert.ok(compared > 250, `only ${compared} compared`);
});
