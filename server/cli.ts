// The engine for the terminal and for CI: `inlayer summary|hints|check`. Thin: reads arguments and files, prints.
import { existsSync, readFileSync, readdirSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { allChecks } from './checks/index.ts';
import type { StatedInput } from './evaluator/stated-input.ts';
import { checkOutput } from './features/check-output.ts';
import { annotate, hintsOf } from './features/hints.ts';
import { summarize, summaryText } from './features/summary.ts';
import { environmentFiles, nodeHost, projectFileText } from './node-host.ts';
import { readNotebook } from './syntax/notebook.ts';
import { formatShape } from './tensors/shape.ts';
import { parseShape } from './tensors/shape-text.ts';
import type { Finding, Layer } from './trace/trace.ts';
import { renderMessage } from './values/place.ts';
import { adjustFindings } from './workspace/adjusting.ts';
import type { Analysis } from './workspace/analysis.ts';
import { analyse, readSource } from './workspace/analysis.ts';
import { environmentOf } from './workspace/environment.ts';
import { makeImporters } from './workspace/importers.ts';
import { keepingParser } from './workspace/parsing.ts';
import type { ProjectFile } from './workspace/pyproject.ts';
import { findProjectFile, readProjectFile } from './workspace/pyproject.ts';
import type { Settings } from './workspace/settings.ts';
import { readSettings, withProjectRules } from './workspace/settings.ts';

const usage = `inlayer summary FILE [--json] [--input SHAPE] [--model NAME]   each model as a table
    --input SHAPE   what a model is called on that the file neither calls nor builds, batch first: "(None, 224, 224, 3)", 1x3x224x224
    --model NAME    only the models of that name or class
inlayer hints FILE [--json]                                    the file's text with the hints at the line ends
inlayer check PATH… [--format text|json|sarif|github]          findings; exit 0 none, 1 errors, 2 could not run
    --rules RULE=LEVEL,…   another level for rules: off, hint, information, warning, error; before [tool.inlayer.rules] of pyproject.toml
inlayer rules                                                  the rules and what they say`;

interface Options { readonly positional: readonly string[]; readonly flags: ReadonlyMap<string, string | true> }

const valued = new Set(['format', 'input', 'model', 'rules']);

function readOptions(args: readonly string[]): Options {
  const positional: string[] = [];
  const flags = new Map<string, string | true>();
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? '';
    if (!argument.startsWith('--')) { positional.push(argument); continue; }
    const equals = argument.indexOf('=');
    const [name, inline] = equals < 0 ? [argument.slice(2), undefined] : [argument.slice(2, equals), argument.slice(equals + 1)];
    if (inline !== undefined) flags.set(name, inline);
    else if (valued.has(name)) { at += 1; flags.set(name, args[at] ?? ''); }
    else flags.set(name, true);
  }
  return { positional, flags };
}

/** Larger files are named and left. A notebook's pictures count, too. */
const largestFile = 8 * 1024 * 1024, largestNotebook = 64 * 1024 * 1024;

/** Files of one call share what they import. */
const parse = keepingParser();
const importers = makeImporters(5000);

function analyseFile(file: string, modelInput?: StatedInput): Analysis {
  const full = path.resolve(file);
  const facts = statSync(full);
  if (!facts.isFile()) throw new Error('it is not a file');
  const limit = full.endsWith('.ipynb') ? largestNotebook : largestFile;
  if (facts.size > limit) throw new Error(`it has ${facts.size} bytes; more than ${limit} are not read`);
  const content = readFileSync(full);
  if (content.includes(0)) throw new Error('it is not text');
  const raw = content.toString('utf8');
  const notebook = full.endsWith('.ipynb') ? readNotebook(raw) : undefined;
  if (full.endsWith('.ipynb') && notebook === undefined) throw new Error('it is not a notebook');
  const text = notebook?.text ?? raw;
  const folder = path.dirname(full);
  const folders = [...new Set([folder, packageRoot(folder), process.cwd()])];
  const libraries = environmentOf(environmentFiles, { folders, variables: process.env, isWindows: process.platform === 'win32' });
  // A terminal waits, and what is found must not depend on what else the machine does.
  const host = nodeHost(folders, folder, undefined, () => libraries()?.readable ?? []);
  return analyse(readSource(full, text, notebook !== undefined), { maximumMilliseconds: 20_000, host, folders, libraries, parse, modelInput, callingFiles: () => importers.of(host, folders, full) });
}

/** Each is read once and its faults are said once. */
const projectFiles = new Map<string, ProjectFile | undefined>();
let isProjectFaulty = false;

/** What the nearest pyproject.toml above a file says stands behind what the command was given. */
function settingsOf(file: string, given: Settings): Settings {
  return withProjectRules(given, findProjectFile(file, (name) => {
    if (projectFiles.has(name)) return projectFiles.get(name);
    const text = projectFileText(name), project = text === undefined ? undefined : readProjectFile(name, text);
    projectFiles.set(name, project);
    const [first, ...others] = project?.problems ?? [];
    if (first !== undefined) {
      isProjectFaulty = true;
      process.stderr.write(`inlayer: ${path.relative(process.cwd(), name) || name}:${first.line}: ${first.message}${others.length === 0 ? '' : ` (and ${others.length} more)`}\n`);
    }
    return project;
  })?.settings);
}

/** Where Python would have to start for the imports of a package's own modules by their full names: above its outermost `__init__.py`. */
function packageRoot(folder: string): string {
  let root = folder;
  while (existsSync(path.join(root, '__init__.py')) && path.dirname(root) !== root) root = path.dirname(root);
  return root;
}

/** Prints without Node's stream, which takes 10 ms to make. Windows' console needs it, and so does a pipe that is full and does not wait. */
function print(text: string): void {
  const bytes = Buffer.from(`${text}\n`);
  let written = 0;
  try {
    while (process.platform !== 'win32' && written < bytes.length) written += writeSync(1, bytes, written);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EPIPE') return;
    if (code !== 'EAGAIN') throw error;
  }
  if (written < bytes.length) process.stdout.write(bytes.subarray(written));
}

function cannotRead(file: string, error: unknown): void {
  const reason = error instanceof Error ? error.message.replace(/^[A-Z]+: /, '').replace(/, .*$/, '') : String(error);
  process.stderr.write(`inlayer: ${file} cannot be read: ${reason}\n`);
}

function expand(paths: readonly string[]): string[] {
  return paths.flatMap((name) => {
    let isFolder = false;
    try { isFolder = statSync(name).isDirectory(); } catch { return [name]; }
    if (!isFolder) return [name];
    return readdirSync(name, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(py|ipynb)$/.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => !/(^|[\\/])(\.[^\\/]+|node_modules|site-packages|__pycache__)[\\/]/.test(path.relative(name, file)))
      .sort();
  });
}

function main(args: readonly string[]): number {
  const [command, ...rest] = args;
  const { positional, flags } = readOptions(rest);
  if (command === undefined || command === 'help' || command === '--help') { print(usage); return command === undefined ? 2 : 0; }
  if (command === '--version') { print(VERSION); return 0; }
  if (command === 'rules') {
    for (const check of allChecks) print(`${check.id.padEnd(24)} ${check.severity.padEnd(8)} ${check.summary}`);
    return 0;
  }
  if (!['summary', 'hints', 'check'].includes(command) || positional.length === 0) { process.stderr.write(`${usage}\n`); return 2; }
  const wanted = flags.get('model');
  const isWanted = (model: { readonly name: string; readonly class: string }): boolean => wanted === undefined || model.name === wanted || model.class === wanted;
  const statedShape = flags.get('input'), shape = typeof statedShape === 'string' ? parseShape(statedShape) : undefined;
  if (statedShape !== undefined && shape === undefined) {
    process.stderr.write(`inlayer: --input ${statedShape} is not a shape such as "(None, 224, 224, 3)" or 1x3x224x224\n`);
    return 2;
  }
  const modelInput: StatedInput | undefined = shape === undefined ? undefined : {
    shape,
    isFor: (model) => isWanted({ name: model.name, class: model.className }),
    onRefusal: (model: Layer, reason) => process.stderr.write(`inlayer: ${model.name} does not take ${formatShape(shape)}: ${renderMessage(reason)}\n`),
  };
  const settings = readSettings({ rules: Object.fromEntries(String(flags.get('rules') ?? '').split(',').map((one) => one.trim().split('='))) });
  let failed = false;
  const findings: Finding[] = [];
  for (const file of command === 'check' ? expand(positional) : positional) {
    let analysis: Analysis;
    try {
      analysis = analyseFile(file, command === 'summary' ? modelInput : undefined);
    } catch (error) {
      cannotRead(file, error);
      failed = true;
      continue;
    }
    if (process.env['INLAYER_DEBUG'] !== undefined && analysis.fault !== undefined) console.error(analysis.fault);
    const full = path.resolve(file);
    if (command === 'check') findings.push(...adjustFindings(analysis.findings, settingsOf(full, settings), analysis.quietFindings));
    else if (command === 'hints') {
      const hints = hintsOf(analysis.trace, full);
      print(flags.has('json') ? JSON.stringify({ hints: hints.map(({ kind: _kind, ...hint }) => hint) }) : annotate(analysis.source.parsed.text, hints));
    } else {
      const models = summarize(analysis.trace, full).filter(isWanted);
      if (flags.has('json')) print(JSON.stringify({ models }));
      else print(models.length === 0 ? 'No model found.' : models.map(summaryText).join('\n\n'));
    }
  }
  if (command === 'check') {
    if (isProjectFaulty) failed = true;
    print(checkOutput(findings, String(flags.get('format') ?? 'text'), (name) => path.relative(process.cwd(), name) || name));
    if (findings.some((finding) => finding.severity === 'error')) return failed ? 2 : 1;
  }
  return failed ? 2 : 0;
}

declare const VERSION: string;

process.exitCode = main(process.argv.slice(2));
