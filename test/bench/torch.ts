// The engine's side of the bench for PyTorch: a transformer edited key by key, and models of torchvision summarised again and again from the
// source that an environment holds.
import { hintsOf } from '../../server/features/hints.ts';
import { summarize, summaryText } from '../../server/features/summary.ts';
import { environmentFiles, nodeHost } from '../../server/node-host.ts';
import { parsePython } from '../../server/syntax/python.ts';
import { environmentOf } from '../../server/workspace/environment.ts';
import { makeSession } from '../../server/workspace/session.ts';
import { memoryHost } from '../support/program.ts';
import { percentile } from './engine.ts';

export interface Keystrokes { readonly lines: number; readonly hints: number; readonly median: number; readonly parse: number }

/** Milliseconds from a changed text to its hints; a number in it changes with each key. */
export function measureTransformer(text: string): Keystrokes {
  const at = text.indexOf('dropout: float = 0.0') + 'dropout: float = 0.0'.length;
  const session = makeSession({ hostFor: () => memoryHost({}), foldersFor: () => [], maximumMilliseconds: 10_000 });
  const hints: number[] = [], parse: number[] = [];
  for (let key = 0; key < 160; key += 1) {
    const edited = `${text.slice(0, at)}${key % 10}${text.slice(at)}`;
    let started = performance.now();
    session.update('/project/transformer.py', edited);
    const analysis = session.analysis('/project/transformer.py');
    if (analysis === undefined || hintsOf(analysis.trace, '/project/transformer.py').length < 50) throw new Error('the transformer gives too few hints');
    if (key >= 40) hints.push(performance.now() - started);
    started = performance.now();
    parsePython(`${edited} `);
    if (key >= 40) parse.push(performance.now() - started);
  }
  return { lines: text.split('\n').length, hints: percentile(hints, 0.95), median: percentile(hints, 0.5), parse: percentile(parse, 0.95) };
}

/** Milliseconds for the summary of a model of torchvision, the engine running; undefined where the environment does not hold torchvision. */
export function measureBuilder(environment: string, builder: string, total: string): number | undefined {
  const libraries = environmentOf(environmentFiles, { folders: [], variables: { VIRTUAL_ENV: environment } });
  const host = nodeHost([], environment, undefined, () => libraries()?.readable ?? []);
  const session = makeSession({ hostFor: () => host, foldersFor: () => [], libraries, maximumMilliseconds: 20_000 });
  const times: number[] = [];
  for (let run = 0; run < 40; run += 1) {
    const started = performance.now();
    session.update('/project/main.py', `from torchvision.models import ${builder}\n\nmodel = ${builder}()\n# ${'key'.repeat(run % 7)}\n`);
    const analysis = session.analysis('/project/main.py');
    const text = analysis === undefined ? '' : summarize(analysis.trace, '/project/main.py').map((summary) => summaryText(summary)).join('\n');
    if (run === 0 && analysis !== undefined && ![...analysis.trace.filesRead].some((path) => path.includes('torchvision'))) return undefined;
    if (!text.includes(total)) throw new Error(`the summary of ${builder} lacks its total of ${total} parameters`);
    if (run >= 15) times.push(performance.now() - started);
  }
  return percentile(times, 0.5);
}
