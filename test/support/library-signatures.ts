// Whether a catalogue's signatures accept what the real ones accept: each parameter by name, and as many positional ones.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import type { Signature } from '../../server/values/arguments.ts';
import type { Value } from '../../server/values/value.ts';

type RealParameter = readonly [name: string, kind: string, hasDefault: boolean];

/** `members` by the full names of the file. */
export function checkSignatures(title: string, file: string, members: ReadonlyMap<string, Value>): void {
  test(title, () => {
    const real = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, readonly RealParameter[]>>;
    const wrong: string[] = [];
    let compared = 0;
    for (const [name, value] of members) {
      const expected = real[name];
      const signature: Signature | undefined =
        value.kind === 'native' ? value.signature : value.kind === 'class' ? value.constructSignature : undefined;
      if (expected === undefined || signature === undefined) continue;
      compared += 1;
      const problem = difference(signature, expected);
      if (problem !== undefined) wrong.push(`${name}(${signature.text}): ${problem}`);
    }
    assert.deepEqual(wrong, []);
    assert.ok(compared > 0);
  });
}

function difference(signature: Signature, real: readonly RealParameter[]): string | undefined {
  // A wrapper that hides what it takes says nothing.
  if (real.every(([, kind]) => kind === 'VAR_POSITIONAL' || kind === 'VAR_KEYWORD')) return undefined;
  const own = signature.parameters.filter((parameter) => parameter.name !== 'self');
  const takesAnyKeyword = own.some((parameter) => parameter.kind === 'double-star');
  const takesAnyPosition = own.some((parameter) => parameter.kind === 'star');
  const positional = own.filter((parameter) => parameter.kind === 'positional-only' || parameter.kind === 'positional-or-keyword');
  const realPositional = real.filter(([, kind]) => kind === 'POSITIONAL_ONLY' || kind === 'POSITIONAL_OR_KEYWORD');
  for (const [name, kind] of real) {
    if (
      (kind === 'KEYWORD_ONLY' || kind === 'POSITIONAL_OR_KEYWORD') &&
      !takesAnyKeyword &&
      !own.some((parameter) => parameter.name === name && parameter.kind !== 'positional-only')
    )
      return `no parameter ${name}`;
    if (kind === 'VAR_KEYWORD' && !takesAnyKeyword) return 'no **';
    if (kind === 'VAR_POSITIONAL' && !takesAnyPosition) return 'no *';
  }
  if (!takesAnyPosition && positional.length < realPositional.length)
    return `${positional.length} positional parameters, really ${realPositional.length}`;
  for (const [at, [name, kind, hasDefault]] of realPositional.entries()) {
    const parameter = positional[at];
    if (parameter === undefined) break;
    if (kind === 'POSITIONAL_OR_KEYWORD' && parameter.name !== name && !name.startsWith('args'))
      return `position ${at} is ${parameter.name}, really ${name}`;
    if (hasDefault && parameter.default === undefined) return `${name} is required, really not`;
  }
  return undefined;
}
