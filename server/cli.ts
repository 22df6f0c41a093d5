// The engine for the terminal and for CI: `inlayer summary|hints|check`. Thin: reads arguments and files, prints.
import { writeSync } from 'node:fs';
import path from 'node:path';
import { allChecks } from './checks/index.ts';
import type { StatedInput } from './evaluator/stated-input.ts';
import { checkOutput } from './features/check-output.ts';
import { annotate, hintsOf } from './features/hints.ts';
import { summarize, summaryText } from './features/summary.ts';
import { projectFileText } from './node-host.ts';
import { analyseFile, expandFolders, translationsOf, unreadableText } from './node-analysis.ts';
import { serveMcp } from './node-mcp.ts';
import { formatShape } from './tensors/shape.ts';
import { parseShape } from './tensors/shape-text.ts';
import type { Finding, Layer } from './trace/trace.ts';
import { type Message, message, renderMessage } from './values/place.ts';
import { adjustFindings } from './workspace/adjusting.ts';
import type { Analysis } from './workspace/analysis.ts';
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
inlayer rules                                                  the rules and what they say
inlayer mcp                                                    summarize_model, get_tensor_shapes and check_model for language models (stdio)
    --language ko          texts in Korean; without it the locale decides, and what programs read (json, sarif, github) stays English`;

interface Options { readonly positional: readonly string[]; readonly flags: ReadonlyMap<string, string | true> }

const valued = new Set(['format', 'input', 'language', 'model', 'rules']);

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

/** Each is read once and its faults are said once. */
const projectFiles = new Map<string, ProjectFile | undefined>();
let isProjectFaulty = false;

/** What the nearest pyproject.toml above a file says stands behind what the command was given. */
function settingsOf(file: string, given: Settings, complain: (text: Message) => void): Settings {
  return withProjectRules(given, findProjectFile(file, (name) => {
    if (projectFiles.has(name)) return projectFiles.get(name);
    const text = projectFileText(name), project = text === undefined ? undefined : readProjectFile(name, text);
    projectFiles.set(name, project);
    const [first, ...others] = project?.problems ?? [];
    if (first !== undefined) {
      isProjectFaulty = true;
      const values = { place: `${path.relative(process.cwd(), name) || name}:${first.line}`, problem: first.message, count: others.length };
      complain(others.length === 0 ? message('{place}: {problem}', values) : message('{place}: {problem} (and {count} more)', values));
    }
    return project;
  })?.settings);
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

function main(args: readonly string[]): number {
  const [command, ...rest] = args;
  const { positional, flags } = readOptions(rest);
  if (command === undefined || command === 'help' || command === '--help') { print(usage); return command === undefined ? 2 : 0; }
  if (command === '--version') { print(VERSION); return 0; }
  const asked = flags.get('language');
  const translate = translationsOf(typeof asked === 'string' ? asked : process.env['LC_ALL'] || process.env['LC_MESSAGES'] || process.env['LANG'], __dirname);
  /** What programs read is in another language only if that was asked for. */
  const translateData = asked === undefined ? undefined : translate;
  const say = (text: Message): string => renderMessage(text, translate);
  const complain = (text: string): void => { process.stderr.write(`inlayer: ${text}\n`); };
  if (command === 'rules') {
    for (const check of allChecks) print(`${check.id.padEnd(24)} ${check.severity.padEnd(8)} ${say(message(check.summary))}`);
    return 0;
  }
  if (command === 'mcp') {
    serveMcp(VERSION, (file) => settingsOf(file, readSettings({}), (text) => complain(say(text))));
    return 0;
  }
  if (!['summary', 'hints', 'check'].includes(command) || positional.length === 0) { process.stderr.write(`${usage}\n`); return 2; }
  const wanted = flags.get('model');
  const isWanted = (model: { readonly name: string; readonly class: string }): boolean => wanted === undefined || model.name === wanted || model.class === wanted;
  const statedShape = flags.get('input'), shape = typeof statedShape === 'string' ? parseShape(statedShape) : undefined;
  if (statedShape !== undefined && shape === undefined) {
    complain(say(message('--input {given} is not a shape such as "(None, 224, 224, 3)" or 1x3x224x224', { given: String(statedShape) })));
    return 2;
  }
  const modelInput: StatedInput | undefined = shape === undefined ? undefined : {
    shape,
    isFor: (model) => isWanted({ name: model.name, class: model.className }),
    onRefusal: (model: Layer, reason) => complain(say(message('{model} does not take {shape}: {reason}', { model: model.name, shape: formatShape(shape), reason }))),
  };
  const settings = readSettings({ rules: Object.fromEntries(String(flags.get('rules') ?? '').split(',').map((one) => one.trim().split('='))) });
  let failed = false;
  const findings: Finding[] = [];
  for (const file of command === 'check' ? expandFolders(positional) : positional) {
    let analysis: Analysis;
    try {
      analysis = analyseFile(file, { modelInput: command === 'summary' ? modelInput : undefined });
    } catch (error) {
      complain(unreadableText(file, error, translate));
      failed = true;
      continue;
    }
    if (process.env['INLAYER_DEBUG'] !== undefined && analysis.fault !== undefined) console.error(analysis.fault);
    const full = path.resolve(file);
    if (command === 'check') findings.push(...adjustFindings(analysis.findings, settingsOf(full, settings, (text) => complain(say(text))), analysis.quietFindings));
    else if (command === 'hints') {
      const hints = hintsOf(analysis.trace, full, undefined, undefined, flags.has('json') ? translateData : translate);
      print(flags.has('json') ? JSON.stringify({ hints: hints.map(({ kind: _kind, ...hint }) => hint) }) : annotate(analysis.source.parsed.text, hints));
    } else {
      const models = summarize(analysis.trace, full).filter(isWanted);
      if (flags.has('json')) print(JSON.stringify({ models }));
      else print(models.length === 0 ? say(message('No model found.')) : models.map((model) => summaryText(model, translate)).join('\n\n'));
    }
  }
  if (command === 'check') {
    if (isProjectFaulty) failed = true;
    const format = String(flags.get('format') ?? 'text');
    print(checkOutput(findings, format, (name) => path.relative(process.cwd(), name) || name, format === 'text' ? translate : translateData));
    if (findings.some((finding) => finding.severity === 'error')) return failed ? 2 : 1;
  }
  return failed ? 2 : 0;
}

declare const VERSION: string;

process.exitCode = main(process.argv.slice(2));
