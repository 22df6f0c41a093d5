// Holds the declared classes of torch.nn and functions of torch.nn.functional against the signatures of the real ones (test/facts/torch-
// signatures.json, made by test/oracle/torch_signatures.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { functionalMembers } from '../../../server/catalogues/torch/functional/index.ts';
import { moduleDeclarations } from '../../../server/catalogues/torch/modules/index.ts';
import type { SignatureParameter } from '../../../server/values/arguments.ts';
import { parseSignature } from '../../../server/values/signature.ts';
import type { Value } from '../../../server/values/value.ts';

interface ClassFact {
  readonly signature: string;
  readonly call: string;
  readonly base: string | null;
}

const facts = JSON.parse(readFileSync('test/facts/torch-signatures.json', 'utf8')) as {
  readonly classes: Readonly<Record<string, ClassFact>>;
  readonly functions: Readonly<Record<string, string>>;
};

function plain(value: Value | undefined): unknown {
  switch (value?.kind) {
    case undefined:
      return 'required';
    case 'tuple':
    case 'list':
      return [value.kind, ...value.items.map(plain)];
    // A default of 1 and one of 1.0 are told apart by nothing that reads them.
    case 'int':
    case 'float':
      return value.value;
    case 'str':
    case 'bool':
      return [value.kind, value.value];
    default:
      return value?.kind;
  }
}

function parameters(text: string, withKinds = true): readonly (readonly unknown[])[] {
  return parseSignature(text).parameters.map((parameter: SignatureParameter) => [
    parameter.name,
    withKinds ? parameter.kind : '',
    plain(parameter.default),
  ]);
}

/** The facts leave open what is no literal (`F.relu`, `1./8`): there any default is right. */
function openDefaults(declared: readonly (readonly unknown[])[], fact: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] {
  return declared.map(([name, kind, value], at) => [name, kind, fact[at]?.[2] === 'ellipsis' || fact[at]?.[2] === 'unknown' ? fact[at][2] : value]);
}

function sameParameters(declared: string, fact: string, withKinds = true): void {
  const expected = parameters(fact, withKinds);
  assert.deepEqual(openDefaults(parameters(declared, withKinds), expected), expected);
}

test('each class is declared once', () => {
  const names = moduleDeclarations.map((declaration) => declaration.name);
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
});

for (const declaration of moduleDeclarations) {
  const fact = facts.classes[declaration.name];
  if (fact === undefined) continue;
  test(`the signature of nn.${declaration.name}`, () => {
    // What `inspect` cannot see through: Module's own constructor, and that of RNNBase.
    if (fact.signature !== '*args, **kwargs') sameParameters(declaration.signature, fact.signature);
    sameParameters(declaration.callSignature ?? 'input', fact.call);
    // Bases that torch.nn does not show (`_ConvNd`) are passed over.
    let base = declaration.base;
    while (base?.startsWith('_') === true) base = moduleDeclarations.find((one) => one.name === base)?.base;
    assert.equal(base ?? 'Module', fact.base ?? 'Module');
  });
}

for (const [name, value] of Object.entries(functionalMembers())) {
  const fact = facts.functions[name];
  if (fact === undefined || value.kind !== 'native' || value.signature === undefined) continue;
  const { text } = value.signature;
  test(`the signature of F.${name}`, () => {
    sameParameters(text, fact, false);
  });
}

/** Made by hand, or not for programs. */
const otherwise: ReadonlySet<string> = new Set([
  'Module',
  'Container',
  'ModuleDict',
  'ModuleList',
  'ParameterDict',
  'ParameterList',
  'Sequential',
  'DataParallel',
]);
const internal: ReadonlySet<string> = new Set([
  'assert_int_or_pair',
  'has_torch_function_unary',
  'has_torch_function_variadic',
  'handle_torch_function',
  'grouped_mm',
  'scaled_grouped_mm',
  'scaled_mm',
  'multi_head_attention_forward',
]);

test('every class of torch.nn is declared', () => {
  const names = new Set(moduleDeclarations.map((declaration) => declaration.name));
  assert.deepEqual(
    Object.keys(facts.classes).filter((name) => !names.has(name) && !otherwise.has(name)),
    [],
  );
});

test('every function of torch.nn.functional is declared', () => {
  const names = new Set(Object.keys(functionalMembers()));
  assert.deepEqual(
    Object.keys(facts.functions).filter((name) => !names.has(name) && !internal.has(name)),
    [],
  );
});
