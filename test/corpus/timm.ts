// timm's registered models from its source: what `timm.create_model` builds and gives, against real timm (test/facts/timm-totals.tsv). Programs
// hold several models each, as a benchmark of backbones does. Weights are not fetched.
import { readFileSync } from 'node:fs';
import { renderMessage } from '../../server/values/place.ts';
import type { CorpusOptions, CorpusResult, CorpusRow } from './corpus.ts';
import type { CorpusProgram } from './engine.ts';
import { processorTime } from './corpus.ts';
import { judged, makeEngine } from './engine.ts';

interface Model { readonly name: string; readonly total: number; readonly input: string; readonly output: string }

/** A program that runs out of steps is told again in two halves. */
const modelsInProgram = 6;

function programOf(models: readonly Model[]): string {
  const lines = models.flatMap(({ name, input }, at) => [
    `model_${at} = timm.create_model('${name}').eval()`,
    `total_${at} = sum(parameter.numel() for parameter in model_${at}.parameters())`,
    ...(input === '-' ? [] : [`output_${at} = model_${at}(torch.zeros(1, ${input.replaceAll('x', ', ')}))`]),
  ]);
  return ['import timm', 'import torch', '', ...lines, ''].join('\n');
}

/** `1000` or `8x8x512`, as the facts write it, behind a batch of one. */
function printed(output: string): string | undefined {
  if (output === '-') return undefined;
  const tuples = output.split(',').map((one) => `(1, ${one.replaceAll('x', ', ')})`);
  return tuples.length === 1 ? tuples[0] : `(${tuples.join(', ')})`;
}

function verdictOf(program: CorpusProgram, model: Model, at: number): Omit<CorpusRow, 'model' | 'milliseconds'> {
  const built = program.valueOf(`model_${at}`);
  const verdict = judged(program, {
    total: [program.numberOf(`total_${at}`), model.total], summary: [built?.kind === 'instance' ? program.totalOf(built) : undefined, model.total], output: [program.shapeOf(`output_${at}`), printed(model.output)],
  });
  if (verdict.verdict === 'exact') return verdict;
  // What the program says first may be another model's.
  const own = program.analysis.trace.refusals.find((refusal) => refusal.place.source.parsed.text.slice(refusal.place.start, refusal.place.end).includes(`model_${at}(`) || refusal.place.source.parsed.text.slice(refusal.place.start, refusal.place.end).includes(`'${model.name}'`));
  return own === undefined ? verdict : { ...verdict, reason: `${verdict.reason}; ${renderMessage(own.message)}` };
}

export async function measureTimm(environment: string, options: CorpusOptions): Promise<readonly CorpusResult[]> {
  const evaluate = makeEngine(environment, 600_000);
  const [header = '', ...lines] = readFileSync('test/facts/timm-totals.tsv', 'utf8').trim().split('\n');
  const columns = header.split('\t');
  const models = lines.map((line): Model => {
    const cells = line.split('\t'), cell = (name: string): string => cells[columns.indexOf(name)] ?? '-';
    return { name: cell('name'), total: Number(cell('total')), input: cell('input'), output: cell('output') };
  }).filter(({ name }) => options.only.length === 0 || options.only.some((word) => name.includes(word)));
  const rows: CorpusRow[] = [];
  let lost = 0;
  const measure = (some: readonly Model[]): void => {
    const began = processorTime();
    const program = evaluate(programOf(some));
    const milliseconds = (processorTime() - began) / some.length;
    if (program.analysis.exceeded === 'steps' && some.length > 1) {
      const half = Math.ceil(some.length / 2);
      lost += milliseconds * some.length;
      measure(some.slice(0, half));
      measure(some.slice(half));
      return;
    }
    for (const [at, model] of some.entries()) rows.push({ model: model.name, ...verdictOf(program, model, at), milliseconds: milliseconds + (at === 0 ? lost : 0) });
    lost = 0;
  };
  for (let start = 0; start < models.length; start += modelsInProgram) {
    measure(models.slice(start, start + modelsInProgram));
    options.progress('timm', rows.length, models.length);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return rows.length === 0 ? [] : [{ group: 'timm', rows, least: 95, mostSeconds: 300 }];
}
