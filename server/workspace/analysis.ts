// One file's analysis: parse, evaluate, check. The engine's front door; the language server and the command line call it.
// It must not know LSP or Node.
import { allCatalogues } from '../catalogues/index.ts';
import type { Registry } from '../catalogues/registry.ts';
import { makeRegistry } from '../catalogues/registry.ts';
import type { Check } from '../checks/check.ts';
import { findingsOf, quietChecks, usualChecks } from '../checks/index.ts';
import type { CallingFile } from '../evaluator/calling-files.ts';
import { evaluateProgram } from '../evaluator/evaluate.ts';
import type { LibraryMemory } from '../evaluator/memory.ts';
import type { LibraryPaths } from '../evaluator/module-finder.ts';
import type { Explain } from '../evaluator/run.ts';
import type { StatedInput } from '../evaluator/stated-input.ts';
import { findLineStarts } from '../syntax/lines.ts';
import { parsePython } from '../syntax/python.ts';
import { isIgnored } from './ignoring.ts';
import type { Finding, Trace } from '../trace/trace.ts';
import { emptyTrace } from '../trace/trace.ts';
import type { Host } from '../values/interpreter.ts';
import type { SourceFile } from '../values/place.ts';
import { message } from '../values/place.ts';

export interface AnalysisOptions {
  readonly host: Host;
  readonly folders?: readonly string[];
  /** What the environment holds, asked for when a program imports what is neither its own nor a catalogue's. */
  readonly libraries?: (() => LibraryPaths | undefined) | undefined;
  readonly maximumMilliseconds?: number;
  readonly maximumSteps?: number;
  readonly isCancelled?: () => boolean;
  readonly parse?: (path: string, text: string) => SourceFile;
  /** Faults of the engine end the analysis and are given, instead of being taken for unknown: for tests. */
  readonly strict?: boolean;
  /** Told where the evaluation stops to know: for measurements. */
  readonly explain?: Explain | undefined;
  /** What models are called on that the program does not call. */
  readonly modelInput?: StatedInput | undefined;
  /** Files of the workspace that import this one. */
  readonly callingFiles?: (() => readonly CallingFile[]) | undefined;
  /** What the last analysis of the same file left of libraries. */
  readonly memory?: LibraryMemory | undefined;
  /** Equal calls are run again each time: for comparison. */
  readonly runsEqualCalls?: boolean | undefined;
}

export interface Analysis {
  readonly source: SourceFile;
  readonly trace: Trace;
  /** Findings whose place is in this file, without those that a comment switches off. */
  readonly findings: readonly Finding[];
  /** Findings of the rules that are off unless the settings switch them on. */
  readonly quietFindings: () => readonly Finding[];
  readonly exceeded: string | undefined;
  /** A fault of the engine itself, for its log; the analysis is what was found until then. */
  readonly fault: unknown;
}

/** Longer texts are data or a slip: they are not read. Pyright's tree takes about a hundred times the text's size. */
const longestSource = 500_000;

/** A text as a source file. One that is too long has no statements. */
export function readSource(path: string, text: string, isNotebook = false): SourceFile {
  if (text.length > longestSource) {
    return { path, parsed: { text, module: { kind: 'Module', start: 0, end: text.length, body: [] }, problems: [], comments: [], lineStarts: findLineStarts(text) } };
  }
  return { path, parsed: parsePython(text, { notebook: isNotebook }) };
}

let sharedRegistry: Registry | undefined;

/** Analyses a file. It never throws for what the file holds. */
export function analyse(source: SourceFile, options: AnalysisOptions): Analysis {
  sharedRegistry ??= makeRegistry(allCatalogues);
  let trace = emptyTrace();
  let exceeded: string | undefined, fault: unknown;
  try {
    const evaluation = evaluateProgram({ source, registry: sharedRegistry, ...options });
    ({ trace, exceeded, fault } = evaluation);
  } catch (error) {
    fault = error;
  }
  if (source.parsed.text.length > longestSource) {
    trace.notes.push({ message: message('the file is too long: it has {length} characters, more than {limit} are not read', { length: source.parsed.text.length, limit: longestSource }), place: { source, start: 0, end: 0 } });
  }
  // A library that is being looked at is read like any other file, but nothing is found fault with.
  const isInstalled = source.path.split(/[\\/]/).some((part) => part === 'site-packages' || part === 'dist-packages');
  const shown = (checks: readonly Check[]): Finding[] =>
    isInstalled ? [] : findingsOf(trace, checks).map((finding) => moveToFile(finding, source)).filter((finding) => finding !== undefined).filter((finding) => !isIgnored(finding));
  let findings: Finding[] = [];
  try {
    findings = shown(usualChecks);
  } catch (error) {
    fault ??= error;
  }
  const quietFindings = (): readonly Finding[] => {
    try { return shown(quietChecks); } catch { return []; }
  };
  return { source, trace, findings, quietFindings, exceeded, fault };
}

/** A finding in another file of the program is shown where this file leads to it, when it says where. */
function moveToFile(finding: Finding, source: SourceFile): Finding | undefined {
  if (finding.place.source.path === source.path) return finding;
  // The last of the related places is where things meet (the `fit` call); the place itself stays as a link.
  const here = finding.related.findLast((related) => related.place.source.path === source.path);
  return here === undefined ? undefined : { ...finding, place: here.place, related: [{ place: finding.place, message: finding.message }, ...finding.related] };
}

export function analyseText(path: string, text: string, options: AnalysisOptions): Analysis {
  return analyse(readSource(path, text), options);
}
