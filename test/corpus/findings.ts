// No false findings at scale: `check` over every Python file of big libraries, each read as its authors have it open, in one process. What is
// found must be what test/facts/findings-at-scale.txt says has been proved right. It must not know how findings come about.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { environmentFiles, nodeHost } from '../../server/node-host.ts';
import type { Finding } from '../../server/trace/trace.ts';
import type { Host } from '../../server/values/interpreter.ts';
import { renderMessage } from '../../server/values/place.ts';
import { analyse, readSource } from '../../server/workspace/analysis.ts';
import { environmentOf } from '../../server/workspace/environment.ts';
import { makeImporters } from '../../server/workspace/importers.ts';
import { keepingParser } from '../../server/workspace/parsing.ts';
import type { CorpusOptions, CorpusResult, CorpusRow } from './corpus.ts';
import { isWanted, processorTime } from './corpus.ts';
import { sitePackages } from './engine.ts';

const packages = ['torchvision', 'timm', 'keras', 'transformers', 'lightning', 'segmentation_models_pytorch', 'monai', 'diffusers'];
const reviewed = 'test/facts/findings-at-scale.txt';
/** A terminal waits (server/cli.ts); what takes longer than this in all has not kept to its budget. */
const budget = 20_000, grace = 3_000;
const mostMemory = 500 * 1024 * 1024;
/** A package stands in a folder of this name, so that its files are its author's own and not an installed library's. */
const authored = '/authored';

interface Reviewed { readonly version: string; readonly findings: ReadonlySet<string> }

/** Lines of `package version`, and below each `path: [rule] message  # reason`. */
function readReviewed(): ReadonlyMap<string, Reviewed> {
  const known = new Map<string, { version: string; findings: Set<string> }>();
  let latest: { version: string; findings: Set<string> } | undefined;
  for (const line of existsSync(reviewed) ? readFileSync(reviewed, 'utf8').split('\n') : []) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, name, version] = /^(\S+) (\S+)$/.exec(line) ?? [];
    if (name !== undefined && version !== undefined) known.set(name, latest = { version, findings: new Set() });
    else latest?.findings.add(line.trim().replace(/ {2}# .*$/, ''));
  }
  return known;
}

function versionOf(folder: string, name: string): string | undefined {
  const spelled = (one: string): string => one.toLowerCase().replaceAll('-', '_');
  return readdirSync(folder).map((one) => /^(.+)-([^-]+)\.dist-info$/.exec(one)).find((match) => match !== null && spelled(match[1] ?? '') === name)?.[2];
}

/** A package's files under its author's folder; all other files as they are. */
function authoredHost(host: Host, root: string, folder: string): Host {
  const real = (given: string): string => (given === root ? folder : given.startsWith(`${root}/`) ? path.join(folder, given.slice(root.length + 1)) : given);
  // Other packages of the environment are installed for the author, too.
  const isOwn = (given: string): boolean => { const own = path.basename(root); return given === root || given === `${root}/${own}` || given.startsWith(`${root}/${own}/`) || !given.startsWith(root); };
  return {
    readText: (given) => (isOwn(given) ? host.readText(real(given)) : undefined),
    readBytes: (given, limit) => (isOwn(given) ? host.readBytes(real(given), limit) : undefined),
    listFolder: (given) => (given === root ? [{ name: path.basename(root), isFolder: true }] : isOwn(given) ? host.listFolder(real(given)) : undefined),
  };
}

let collect: (() => void) | undefined;

/** What is still held, when there may be too much of it. */
function memoryHeld(): number {
  const used = process.memoryUsage().heapUsed;
  if (used < mostMemory) return used;
  if (collect === undefined) { setFlagsFromString('--expose-gc'); collect = runInNewContext('gc') as () => void; }
  collect();
  return process.memoryUsage().heapUsed;
}

function quantile(sorted: readonly number[], share: number): string { return `${(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(0)} ms`; }

export async function measureFindings(environment: string, options: CorpusOptions): Promise<readonly CorpusResult[]> {
  const libraries = environmentOf(environmentFiles, { folders: [], variables: { VIRTUAL_ENV: environment } });
  const site = sitePackages(environment), proved = readReviewed();
  const disk = nodeHost([site], environment, undefined, () => libraries()?.readable ?? []);
  const results: CorpusResult[] = [];
  // Line by line: a run that is broken off leaves what it has found.
  const table = 'out/corpus/findings.tsv';
  mkdirSync('out/corpus', { recursive: true });
  writeFileSync(table, '');
  for (const name of packages.filter((one) => existsSync(path.join(site, one)))) {
    const version = versionOf(site, name), root = `${authored}/${name}`;
    const expected = proved.get(name)?.version === version ? proved.get(name)?.findings ?? new Set() : undefined;
    const host = authoredHost(disk, root, site);
    const parse = keepingParser(), importers = makeImporters(5000);
    const files = readdirSync(path.join(site, name), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && entry.name.endsWith('.py'))
      .map((entry) => path.relative(site, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/')).filter((one) => isWanted(options, one)).sort();
    const rows: CorpusRow[] = [], seen = new Set<string>(), remarks = new Map<string, number>();
    let mostHeld = 0;
    for (const file of files) {
      const text = readFileSync(path.join(site, file), 'utf8'), full = `${root}/${file}`, folder = path.posix.dirname(full), folders = [folder, root];
      const started = processorTime();
      const analysis = analyse(readSource(full, text), {
        host, folders, libraries, parse, maximumMilliseconds: 10 * budget, isCancelled: () => processorTime() - started > budget, callingFiles: () => importers.of(host, folders, full),
      });
      const milliseconds = processorTime() - started, held = memoryHeld();
      mostHeld = Math.max(mostHeld, held);
      const lineOf = ({ place }: Finding): number => place.source.parsed.lineStarts.findLastIndex((start) => start <= place.start) + 1;
      const said: string[] = [];
      for (const finding of analysis.findings) {
        const line = `${file}: [${finding.rule}] ${renderMessage(finding.message)}`;
        appendFileSync(table, `${finding.severity}\t${name}\t${file}:${lineOf(finding)}\t${finding.rule}\t${renderMessage(finding.message)}\n`);
        if (finding.severity === 'error') said.push(line);
        else remarks.set(finding.rule, (remarks.get(finding.rule) ?? 0) + 1);
      }
      if (analysis.fault !== undefined) said.push(`${file}: fault of the engine: ${analysis.fault instanceof Error ? (analysis.fault.stack ?? analysis.fault.message).split('\n').slice(0, 4).join(' ') : String(analysis.fault)}`);
      if (analysis.exceeded === 'cancelled' || analysis.exceeded === 'time' || milliseconds > budget + grace) said.push(`${file}: ${(milliseconds / 1000).toFixed(0)} s, the budget is ${budget / 1000} s`);
      if (held > mostMemory) said.push(`${file}: ${(held / 1024 / 1024).toFixed(0)} MB are held`);
      for (const line of said) seen.add(line);
      const missing = said.filter((line) => expected?.has(line) !== true);
      rows.push({ model: file, verdict: missing.length === 0 ? 'exact' : 'wrong', reason: missing.map((line) => line.slice(file.length + 2)).join('; '), milliseconds });
      options.progress(`findings in ${name}`, rows.length, files.length);
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const line of options.only.length === 0 ? expected ?? [] : []) if (!seen.has(line)) rows.push({ model: line, verdict: 'wrong', reason: 'it stands in the list and is not found', milliseconds: 0 });
    const times = rows.map((row) => row.milliseconds).sort((left, right) => left - right);
    if (rows.length > 0) {
      results.push({
        group: `findings in ${name} ${version}`, rows, least: 100,
        notes: [`${name}: a file takes ${quantile(times, 0.5)} (median), ${quantile(times, 0.95)} (95 of 100), ${quantile(times, 1)} (most); at most ${(mostHeld / 1024 / 1024).toFixed(0)} MB held; ${[...remarks].map(([rule, count]) => `${count} ${rule}`).join(', ') || 'no warnings'}`],
      });
    }
  }
  return results;
}
