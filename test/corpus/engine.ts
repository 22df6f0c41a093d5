// The engine as the editor runs it, on small programs that use the libraries of an environment: one session, so that what is kept between
// two programs is kept here, too.
import { environmentFiles, nodeHost } from '../../server/node-host.ts';
import { countParameters, formatOutput } from '../../server/trace/counts.ts';
import { renderMessage } from '../../server/values/place.ts';
import type { InstanceValue, Value } from '../../server/values/value.ts';
import type { Analysis } from '../../server/workspace/analysis.ts';
import { environmentOf } from '../../server/workspace/environment.ts';
import { makeSession } from '../../server/workspace/session.ts';
import type { CorpusRow } from './corpus.ts';

const path = '/project/main.py';

export interface CorpusProgram {
  readonly analysis: Analysis;
  /** The last value of a name at the program's own level. */
  valueOf(name: string): Value | undefined;
  /** An integer of that name. */
  numberOf(name: string): number | undefined;
  /** The parameters that a summary of the model counts; undefined where they are not all known. */
  totalOf(model: InstanceValue): number | undefined;
  /** The shape of a tensor, or of all tensors of a tuple or dict, as Python prints it. */
  shapeOf(name: string): string | undefined;
  /** The first thing that the engine says of the program, refusals within libraries included; where shapes end; empty where it says nothing. */
  reason(): string;
}

export function makeEngine(environment: string, maximumMilliseconds = 30_000): (text: string) => CorpusProgram {
  const libraries = environmentOf(environmentFiles, { folders: [], variables: { VIRTUAL_ENV: environment } });
  if (libraries() === undefined) throw new Error(`${environment} is no environment of Python`);
  const host = nodeHost([], environment, undefined, () => libraries()?.readable ?? []);
  const session = makeSession({ hostFor: () => host, foldersFor: () => [], libraries, maximumMilliseconds });
  return (text) => {
    session.update(path, text);
    const analysis = session.analysis(path);
    if (analysis === undefined) throw new Error('the program was not analysed');
    const valueOf = (name: string): Value | undefined => analysis.trace.values.findLast((record) => record.name === name && record.place.source.path === path)?.value;
    return {
      analysis, valueOf,
      numberOf(name) { const value = valueOf(name); return value?.kind === 'int' && typeof value.value === 'number' ? value.value : undefined; },
      totalOf(model) {
        const layer = analysis.trace.layers.find((one) => one.instance === model), count = layer === undefined ? undefined : countParameters(layer);
        return count?.complete === true ? count.total : undefined;
      },
      shapeOf: (name) => formatOutput(valueOf(name)),
      reason() {
        const { trace, fault, exceeded } = analysis;
        if (fault !== undefined) return `fault: ${fault instanceof Error ? (fault.stack ?? fault.message).split('\n').slice(0, 3).join(' ') : String(fault)}`;
        const [refusal] = trace.refusals;
        if (refusal !== undefined) return `[${refusal.rule}] ${renderMessage(refusal.message)} at ${placed(refusal.place)}`;
        const [loss] = trace.losses;
        if (loss !== undefined) return `${renderMessage(loss.reason)} at ${placed(loss.place)}`;
        return exceeded === undefined ? '' : `${exceeded} ran out`;
      },
    };
  };
}

function placed(place: Analysis['trace']['losses'][number]['place']): string {
  const { path: file, parsed } = place.source;
  return `${file.replace(/^.*site-packages\//, '')}:${parsed.lineStarts.findLastIndex((start) => start <= place.start) + 1}`;
}

/** Compares what was found with what is right: `{ total: [found, right], output: [found, right] }`; undefined on the right is not compared. */
export function judged(program: CorpusProgram, facts: Readonly<Record<string, readonly [found: string | number | undefined, right: string | number | undefined]>>): Omit<CorpusRow, 'model' | 'milliseconds'> {
  const compared = Object.entries(facts).filter(([, [, right]]) => right !== undefined);
  const isUnknown = (found: string | number | undefined): boolean => found === undefined || (typeof found === 'string' && /\?|\*|[A-Za-z]/.test(found.replace(/'[^']*'/g, '')));
  const differing = compared.filter(([, [found, right]]) => found !== right);
  const wrong = differing.filter(([, [found]]) => !isUnknown(found));
  const text = ([name, [found, right]]: (typeof compared)[number]): string => `${name} ${found ?? 'unknown'} instead of ${right}`;
  const because = program.reason();
  if (wrong.length > 0) return { verdict: 'wrong', reason: [...wrong.map(text), because].filter((one) => one !== '').join('; ') };
  if (differing.length > 0) return { verdict: 'unknown', reason: [...differing.map(([name]) => `${name} is not known`), because].filter((one) => one !== '').join('; ') };
  return { verdict: 'exact', reason: '' };
}
