// The plain attributes of modules behind their constructor are those of PyTorch (test/facts/torch-attributes.json, made by
// test/oracle/torch_attributes.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { runProgram } from '../../support/program.ts';

const facts = JSON.parse(readFileSync('test/facts/torch-attributes.json', 'utf8')) as Readonly<Record<string, Readonly<Record<string, string>>>>;

for (const [source, attributes] of Object.entries(facts)) {
  test(`the attributes of ${source}`, () => {
    const names = Object.keys(attributes);
    const lines = names.map((name, at) => `a${at} = repr(m.${name})`);
    const result = runProgram(`import torch\nfrom torch import nn\nm = ${source}\n${lines.join('\n')}\n`);
    const found = Object.fromEntries(
      names.map((name, at) => {
        const value = result.valueOf(`a${at}`);
        return [name, value?.kind === 'str' ? value.value : value?.kind];
      }),
    );
    assert.deepEqual(found, attributes);
  });
}
