// torchvision's builders from their source: what each holds and gives without weights, against real torchvision
// (test/facts/torchvision-builders.jsonl), and what each entry of its weights holds, against the published figure
// (test/facts/torchvision-num-params.csv). Weights are not fetched: only their description decides on the model.
import { readFileSync } from 'node:fs';
import type { CorpusOptions, CorpusResult } from './corpus.ts';
import { measureEach } from './corpus.ts';
import type { CorpusProgram } from './engine.ts';
import { judged, makeEngine } from './engine.ts';

type Output = readonly number[] | { readonly [key: string]: Output };
interface Builder { readonly builder: string; readonly group: string; readonly params: number; readonly inputs: readonly (readonly number[])[] | null; readonly output: Output | readonly Output[] | null }
interface Entry { readonly builder: string; readonly weights: string; readonly entry: string; readonly params: number; readonly module: string }

const moduleOf = (group: string): string => (group === 'classification' ? 'torchvision.models' : `torchvision.models.${group}`);

/** A shape as Python prints it. */
function printed(output: Output | readonly Output[]): string {
  if (!Array.isArray(output)) return `{${Object.entries(output).map(([key, value]) => `'${key}': ${printed(value as Output)}`).join(', ')}}`;
  const parts = output.map((one) => (typeof one === 'number' ? String(one) : printed(one as Output)));
  return parts.length === 1 ? `(${parts[0]},)` : `(${parts.join(', ')})`;
}

function withoutWeights({ builder, group, inputs }: Builder): string {
  const given = group === 'detection' || group === 'segmentation' ? ', weights_backbone=None' : '';
  return [
    'import torch', `from ${moduleOf(group)} import ${builder}`, '',
    `model = ${builder}(weights=None${given}).eval()`,
    'total = sum(parameter.numel() for parameter in model.parameters())',
    ...(inputs === null ? [] : [`output = model(${inputs.map((shape) => `torch.rand(${shape.join(', ')})`).join(', ')})`]), '',
  ].join('\n');
}

function withWeights({ builder, weights, entry, module }: Entry): string {
  // What weights of a quantized model state is the count of the model that they were made of: of the ordinary builder with the weights that they name.
  const isQuantized = module.endsWith('.quantization');
  return [
    `from ${isQuantized ? 'torchvision.models' : module} import ${builder}`, `from ${module} import ${weights}`, '',
    `model = ${builder}(weights=${weights}.${entry}${isQuantized ? '.meta["unquantized"]' : ''})`, 'total = sum(parameter.numel() for parameter in model.parameters())', '',
  ].join('\n');
}

/** The total of a summary is the one that the program counts. */
function summaryTotal(program: CorpusProgram): number | undefined {
  const model = program.valueOf('model');
  return model?.kind === 'instance' ? program.countOf(model)?.total : undefined;
}

export async function measureTorchvision(environment: string, options: CorpusOptions): Promise<readonly CorpusResult[]> {
  const evaluate = makeEngine(environment);
  const builders = readFileSync('test/facts/torchvision-builders.jsonl', 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Builder);
  const entries = readFileSync('test/facts/torchvision-num-params.csv', 'utf8').trim().split('\n').slice(1).map((line): Entry => {
    const [builder = '', weights = '', entry = '', params = '', ...others] = line.split(','), file = others.at(-1) ?? '';
    const group = /models\/(\w+)\/\w+\.py$/.exec(file)?.[1];
    return { builder, weights, entry, params: Number(params), module: moduleOf(group ?? 'classification') };
  });
  const results: CorpusResult[] = [];
  for (const group of new Set(builders.map((one) => one.group))) {
    const name = `torchvision ${group}`;
    const rows = await measureEach(name, builders.filter((one) => one.group === group), options, (one) => one.builder, (one) => {
      const program = evaluate(withoutWeights(one));
      const shape = one.output === null ? undefined : printed(one.output);
      return judged(program, { total: [program.numberOf('total'), one.params], summary: [summaryTotal(program), one.params], output: [program.shapeOf('output'), shape] });
    });
    results.push({ group: name, rows, least: 100 });
  }
  const rows = await measureEach('torchvision weights', entries, options, (one) => `${one.builder}, ${one.weights}.${one.entry}`, (one) => {
    const program = evaluate(withWeights(one));
    return judged(program, { total: [program.numberOf('total'), one.params], summary: [summaryTotal(program), one.params] });
  });
  results.push({ group: 'torchvision weights', rows, least: 100 });
  return results.filter((one) => one.rows.length > 0);
}
