// keras.applications from Keras' own source: each model with and without its head, against the counts of real Keras
// (test/facts/keras-applications.csv). What the catalogue itself says of these models is checked in test/keras-applications.test.ts.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CorpusOptions, CorpusResult } from './corpus.ts';
import { measureEach } from './corpus.ts';
import { judged, makeEngine, sitePackages } from './engine.ts';

interface Application { readonly name: string; readonly input: string; readonly total: number; readonly nonTrainable: number; readonly bare: number; readonly bareOutput: string }

const tuple = (sizes: string): string => `(${sizes.split('x').join(', ')})`;

export async function measureKeras(environment: string, options: CorpusOptions): Promise<readonly CorpusResult[]> {
  const evaluate = makeEngine(environment);
  const folder = path.join(sitePackages(environment), 'keras', 'src', 'applications');
  const sources = readdirSync(folder).filter((name) => name.endsWith('.py') && !name.endsWith('_test.py')).map((name) => ({ module: name.slice(0, -3), text: readFileSync(path.join(folder, name), 'utf8') }));
  const moduleOf = (name: string): string => sources.find(({ text }) => text.includes(`\ndef ${name}(`))?.module ?? 'missing';
  const applications = readFileSync('test/facts/keras-applications.csv', 'utf8').trim().split('\n').slice(1).map((line): Application => {
    const [name = '', input = '', , total, nonTrainable, bare, bareOutput = ''] = line.split(',');
    return { name, input, total: Number(total), nonTrainable: Number(nonTrainable), bare: Number(bare), bareOutput };
  });
  const rows = await measureEach('keras.applications', applications, options, (one) => one.name, ({ name, input, total, nonTrainable, bare, bareOutput }) => {
    const program = evaluate([
      `from keras.src.applications.${moduleOf(name)} import ${name}`, '',
      `model = ${name}(weights=None)`, 'total = model.count_params()', 'output = model.output_shape',
      `base = ${name}(weights=None, include_top=False, input_shape=${tuple(input)})`, 'bare = base.count_params()', 'features = base.output_shape', '',
    ].join('\n'));
    const [model, base] = [program.valueOf('model'), program.valueOf('base')];
    const counted = model?.kind === 'instance' ? program.countOf(model) : undefined, baseCount = base?.kind === 'instance' ? program.countOf(base) : undefined;
    return judged(program, {
      total: [program.numberOf('total'), total], summary: [counted?.total, total], 'not trained': [counted === undefined ? undefined : counted.total - counted.trainable, nonTrainable], output: [program.textOf('output'), '(None, 1000)'],
      'total without head': [program.numberOf('bare'), bare], 'summary without head': [baseCount?.total, bare], features: [program.textOf('features'), `(None, ${bareOutput.split('x').join(', ')})`],
    });
  });
  return rows.length === 0 ? [] : [{ group: 'keras.applications', rows, least: 100 }];
}
