// What settings make of findings: other severities, rules switched off, and rules that are off unless they are switched on.
import assert from 'node:assert/strict';
import test from 'node:test';
import { analyseText } from '../../server/workspace/analysis.ts';
import { adjustFindings } from '../../server/workspace/adjusting.ts';
import { readSettings } from '../../server/workspace/settings.ts';
import { memoryHost } from '../support/program.ts';

const text = `import torch
from torch import nn
from own_kernels import mix


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        x = mix(self.fc(x))
        return mix(x)


Net()(torch.rand(3, 8))
nn.Linear(2, 2)(torch.rand(3, 3))
`;

function rulesWith(rules: Record<string, string>): string[] {
  const analysis = analyseText('/project/main.py', text, { host: memoryHost({ '/project/main.py': text }) });
  return adjustFindings(analysis.findings, readSettings({ rules }), analysis.quietFindings).map((finding) => `${finding.severity} ${finding.rule}`);
}

test('a rule that is off by default says nothing', () => {
  assert.deepEqual(rulesWith({}), ['error shape-mismatch']);
  assert.deepEqual(rulesWith({ 'inference-lost': 'default' }), ['error shape-mismatch']);
  assert.deepEqual(rulesWith({ 'inference-lost': 'off', 'shape-mismatch': 'off' }), []);
});

test('switched on it speaks once for a model, in the severity of the settings and in the order of places', () => {
  assert.deepEqual(rulesWith({ 'inference-lost': 'hint' }), ['hint inference-lost', 'error shape-mismatch']);
  assert.deepEqual(rulesWith({ 'inference-lost': 'warning', 'shape-mismatch': 'information' }), ['warning inference-lost', 'information shape-mismatch']);
});
