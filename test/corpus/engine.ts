// The engine as the editor runs it, on small programs that use the libraries of an environment: one session, so that what is kept between
// two programs is kept here, too.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describeValue } from '../../server/features/describe.ts';
import { environmentFiles, nodeHost } from '../../server/node-host.ts';
import { countParameters, formatOutput } from '../../server/trace/counts.ts';
import { renderMessage } from '../../server/values/place.ts';
import type { InstanceValue, Value } from '../../server/values/value.ts';
import type { Analysis } from '../../server/workspace/analysis.ts';
import { environmentOf } from '../../server/workspace/environment.ts';
import { makeSession } from '../../server/workspace/session.ts';
import type { CorpusRow } from './corpus.ts';

const main = '/project/main.py';

export interface CorpusProgram {
  readonly analysis: Analysis;
  /** The last value of a name at the program's own level. */
  valueOf(name: string): Value | undefined;
  /** An integer of that name. */
  numberOf(name: string): number | undefined;
  /** A tuple of numbers and None, as Python prints it. */
  textOf(name: string): string | undefined;
  /** The parameters that a summary of the model counts; undefined where they are not all known. */
  totalOf(model: InstanceValue): number | undefined;
  countOf(model: InstanceValue): { readonly total: number; readonly trainable: number } | undefined;
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
    session.update(main, text);
    const analysis = session.analysis(main);
    if (analysis === undefined) throw new Error('the program was not analysed');
    const countOf: CorpusProgram['countOf'] = (model) => {
      const layer = analysis.trace.layers.find((one) => one.instance === model), count = layer === undefined ? undefined : countParameters(layer);
      return count?.complete === true ? count : undefined;
    };
    const valueOf = (name: string): Value | undefined => analysis.trace.values.findLast((record) => record.name === name && record.place.source.path === main)?.value;
    return {
      analysis, valueOf,
      numberOf(name) { const value = valueOf(name); return value?.kind === 'int' && typeof value.value === 'number' ? value.value : undefined; },
      textOf(name) {
        const value = valueOf(name);
        return value?.kind === 'tuple' ? describeValue(value) : undefined;
      },
      countOf,
      totalOf: (model) => countOf(model)?.total,
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

/** The folder in which an environment holds its packages. */
export function sitePackages(environment: string): string {
  const library = path.join(environment, 'lib');
  const version = existsSync(library) ? readdirSync(library).find((name) => name.startsWith('python3.')) : undefined;
  return version === undefined ? path.join(environment, 'Lib', 'site-packages') : path.join(library, version, 'site-packages');
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
