// Programs as people write them: for how many of their layer calls the shape is known, and what is found fault with. Nothing of them is kept.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { environmentFiles, nodeHost } from '../../server/node-host.ts';
import { readNotebook } from '../../server/syntax/notebook.ts';
import { formatOutput } from '../../server/trace/counts.ts';
import { renderMessage } from '../../server/values/place.ts';
import type { Place } from '../../server/values/place.ts';
import { analyse, readSource } from '../../server/workspace/analysis.ts';
import { environmentOf } from '../../server/workspace/environment.ts';
import { keepingParser } from '../../server/workspace/parsing.ts';
import type { CorpusOptions } from './corpus.ts';
import { isWanted } from './corpus.ts';

export interface ProgramsResult {
  readonly folder: string;
  readonly files: number;
  /** Files in which a layer is called. */
  readonly withCalls: number;
  readonly calls: number;
  readonly known: number;
  /** Of these some sizes are not known, or all of them, but the number of axes is. */
  readonly ranked: number;
  readonly milliseconds: number;
  /** Findings of severity error, faults of the engine, programs that were not followed to their end. */
  readonly errors: readonly string[];
  readonly remarks: readonly string[];
  /** Files by the number of their calls of unknown shape, with the first reason. */
  readonly losing: readonly { readonly file: string; readonly unknown: number; readonly calls: number; readonly reason: string }[];
}

const lineOf = (place: Place): number => place.source.parsed.lineStarts.findLastIndex((start) => start <= place.start) + 1;

/** The files that the command line would check. */
function filesIn(folder: string): string[] {
  if (!statSync(folder).isDirectory()) return [folder];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(py|ipynb)$/.test(entry.name)).map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !/(^|[\\/])(\.[^\\/]+|node_modules|site-packages|__pycache__)[\\/]/.test(path.relative(folder, file))).sort();
}

export async function measurePrograms(folder: string, environment: string, options: CorpusOptions): Promise<ProgramsResult> {
  const libraries = environmentOf(environmentFiles, { folders: [], variables: { VIRTUAL_ENV: environment } });
  const parse = keepingParser();
  const files = filesIn(folder).filter((file) => isWanted(options, file));
  const errors: string[] = [], remarks: string[] = [], losing: ProgramsResult['losing'][number][] = [];
  let calls = 0, known = 0, ranked = 0, withCalls = 0, milliseconds = 0;
  for (const [at, file] of files.entries()) {
    const raw = readFileSync(file, 'utf8'), text = file.endsWith('.ipynb') ? readNotebook(raw)?.text : raw;
    if (text === undefined) continue;
    const own = path.dirname(file), folders = [...new Set([own, folder])], name = path.relative(folder, file);
    const started = performance.now();
    const analysis = analyse(readSource(file, text, file.endsWith('.ipynb')), {
      host: nodeHost(folders, own, undefined, () => libraries()?.readable ?? []), folders, libraries, parse, maximumMilliseconds: 60_000,
    });
    milliseconds += performance.now() - started;
    // What happens inside libraries is theirs.
    const inside = analysis.trace.calls.filter((call) => call.place?.source.path === file);
    const lost = inside.filter((call) => { const output = formatOutput(call.output); return output === undefined || output.includes('?'); });
    calls += inside.length;
    known += inside.length - lost.length;
    ranked += lost.filter((call) => call.output.kind === 'tensor' && call.output.shape.dims !== undefined).length;
    if (inside.length > 0) withCalls += 1;
    if (lost.length > 0) {
      const [loss] = analysis.trace.losses, [first] = lost;
      const reason = loss === undefined ? `${first?.layer.className} is called on ${formatOutput(first?.input) ?? 'something unknown'}` : `line ${lineOf(loss.place)}: ${renderMessage(loss.reason)}`;
      losing.push({ file: name, unknown: lost.length, calls: inside.length, reason });
    }
    for (const finding of analysis.findings) {
      const line = `${name}:${lineOf(finding.place)}: ${finding.severity} [${finding.rule}] ${renderMessage(finding.message)}`;
      (finding.severity === 'error' ? errors : remarks).push(line);
    }
    if (analysis.fault !== undefined) errors.push(`${name}: fault of the engine: ${analysis.fault instanceof Error ? analysis.fault.message : String(analysis.fault)}`);
    if (analysis.exceeded !== undefined) remarks.push(`${name}: not followed to its end: ${analysis.exceeded} ran out`);
    options.progress(`programs of ${path.basename(folder)}`, at + 1, files.length);
    await new Promise((resolve) => setImmediate(resolve));
  }
  losing.sort((left, right) => right.unknown - left.unknown);
  return { folder, files: files.length, withCalls, calls, known, ranked, milliseconds, errors, remarks, losing };
}

const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;

/** Lines for a person. */
export function programsReport({ folder, files, withCalls, calls, known, ranked, milliseconds, errors, remarks, losing }: ProgramsResult): readonly string[] {
  return [
    `${folder}: ${files} programs, ${withCalls} of them call layers; ${calls} layer calls, the shape of ${known} is known (${percent(known, calls)}), of ${ranked} more the number of axes (${percent(known + ranked, calls)} together); ${errors.length} findings of severity error; ${(milliseconds / 1000).toFixed(1)} s`,
    ...errors.map((line) => `  ${line}`), ...remarks.map((line) => `  ${line}`),
    ...losing.slice(0, 40).map(({ file, unknown, calls: all, reason }) => `  ${file}: ${unknown} of ${all} calls of unknown shape; ${reason}`),
  ];
}
