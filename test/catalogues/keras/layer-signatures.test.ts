// Holds the declared layers against the signatures of the real classes (test/facts/keras-signatures.json, made by test/oracle/keras_signatures.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import type { LayerDeclaration } from '../../../server/catalogues/keras/layer-declaration.ts';
import { layerDeclarations } from '../../../server/catalogues/keras/layers/index.ts';
import type { SignatureParameter } from '../../../server/values/arguments.ts';
import { parseSignature } from '../../../server/values/signature.ts';
import type { Value } from '../../../server/values/value.ts';

interface Signatures { readonly signature: string; readonly call: string; readonly base: string | null; readonly aliases: readonly string[] }

const facts = new Map(Object.entries(JSON.parse(readFileSync('test/facts/keras-signatures.json', 'utf8')) as Record<string, Signatures>));
/** The base class is made by the mechanism itself; InputSpec is no layer. */
const undeclared = new Set(['Layer', 'InputSpec']);

function plain(value: Value | undefined): unknown {
  switch (value?.kind) {
    case undefined: return 'required';
    case 'tuple': case 'list': return [value.kind, ...value.items.map(plain)];
    case 'int': case 'float': case 'str': case 'bool': return [value.kind, value.value];
    default: return value?.kind;
  }
}

function described(parameter: SignatureParameter): unknown {
  return [parameter.name, parameter.kind, plain(parameter.default)];
}

function parameters(text: string): readonly unknown[] {
  return parseSignature(text).parameters.map(described);
}

function declarationOf(name: string): LayerDeclaration | undefined {
  return layerDeclarations.find((declaration) => declaration.name === name);
}

test('every public class of keras.layers is declared once, under all its names', () => {
  const names = layerDeclarations.map((declaration) => declaration.name);
  assert.deepEqual(names.filter((name, index) => names.indexOf(name) !== index), []);
  assert.deepEqual([...facts.keys()].filter((name) => !undeclared.has(name)).sort(), [...names].sort());
  for (const declaration of layerDeclarations) assert.deepEqual([...declaration.aliases ?? []], [...facts.get(declaration.name)?.aliases ?? []], declaration.name);
});

for (const [name, fact] of facts) {
  if (undeclared.has(name)) continue;
  test(`the signature of ${name}`, () => {
    const declaration = declarationOf(name);
    assert.ok(declaration !== undefined, 'not declared');
    assert.deepEqual(parameters(declaration.signature), parameters(fact.signature));
    assert.equal(declaration.base ?? 'Layer', fact.base ?? 'Layer');
    // `mask` and `training` alone are handed on by the mechanism, which knows them.
    if (fact.call !== '') assert.deepEqual(parameters(declaration.callSignature ?? 'inputs'), parameters(fact.call));
  });
}
