// What `pyproject.toml` says of us: `[tool.inlayer.rules]`, a level for each rule. The text comes from a workspace that may be anyone's, so
// it is bounded, every fault of it is a problem with its line, and the rest of it still holds. It must not know files or the protocol.
import { parse } from 'smol-toml';
import { allChecks } from '../checks/index.ts';
import { type Message, message } from '../values/place.ts';
import { folderOf, joinPath, plain } from './paths.ts';
import type { RuleLevel } from './settings.ts';

export interface ProjectSettings {
  readonly rules: Readonly<Record<string, RuleLevel>>;
}

export interface ProjectProblem {
  /** From 1. */
  readonly line: number;
  readonly message: Message;
}

export interface ProjectFile {
  readonly path: string;
  readonly settings: ProjectSettings;
  readonly problems: readonly ProjectProblem[];
  /** Whether it says anything to us; a file that does not is looked past. */
  readonly isOurs: boolean;
}

export const projectFileName = 'pyproject.toml';

/** Larger files are left. */
export const largestProjectFile = 256 * 1024;
const mostProblems = 20;
/** Folders above a file that are looked at. */
const mostLevels = 64;

/** The nearest project file above a path that says something to us. `read` gives the file at a path. */
export function findProjectFile(path: string, read: (path: string) => ProjectFile | undefined): ProjectFile | undefined {
  let folder = folderOf(plain(path));
  for (let level = 0; level < mostLevels; level += 1) {
    const file = joinPath(folder, projectFileName), project = read(file);
    if (project?.isOurs === true) return project;
    const above = folderOf(folder);
    if (above === folder || above === '.') break;
    folder = above;
  }
  return undefined;
}

/** `text`: the beginning of the file, a little more than the limit. */
export function readProjectFile(path: string, text: string): ProjectFile {
  const none = (problems: readonly ProjectProblem[], isOurs: boolean): ProjectFile => ({ path, settings: { rules: {} }, problems, isOurs });
  // The tables of other tools are no concern of ours, nor are their faults.
  if (!text.includes('inlayer')) return none([], false);
  if (text.length > largestProjectFile) return none([{ line: 1, message: message('the file is larger than {size} KiB: [tool.inlayer] is not read', { size: largestProjectFile / 1024 }) }], true);
  let root: unknown;
  try {
    root = parse(text, { integersAsBigInt: 'asNeeded', maxDepth: 100 });
  } catch (error) {
    return none([{ line: lineOfError(error), message: message('the file is no valid TOML: {reason}; [tool.inlayer] is not read', { reason: reasonOf(error) }) }], true);
  }
  const tool = member(member(root, 'tool'), 'inlayer');
  if (tool === undefined) return none([], false);
  const problems: ProjectProblem[] = [];
  const lineOf = lineFinder(text);
  // Many are not even worded: there may be as many as the file has lines.
  const complain = (key: string, text: () => Message): void => { if (problems.length < mostProblems) problems.push({ line: lineOf(key), message: text() }); };
  const rules: Record<string, RuleLevel> = {};
  if (!isTable(tool)) {
    complain('inlayer', () => message('[tool.inlayer] is not a table'));
  } else {
    for (const [key, value] of Object.entries(tool)) {
      if (key !== 'rules') complain(key, () => message('[tool.inlayer] knows no {key}; it holds `rules`', { key: quoted(key) }));
      else if (!isTable(value)) complain('rules', () => message('[tool.inlayer.rules] is not a table'));
      else for (const [rule, level] of Object.entries(value)) readRule(rule, level, rules, (text) => complain(rule, text));
    }
  }
  return { path, settings: { rules }, problems, isOurs: true };
}

function readRule(rule: string, level: unknown, rules: Record<string, RuleLevel>, complain: (text: () => Message) => void): void {
  if (!allChecks.some(({ id }) => id === rule)) {
    complain(() => {
      const near = nearestRule(rule);
      return near === undefined ? message('[tool.inlayer.rules]: there is no rule {rule}', { rule: quoted(rule) })
        : message('[tool.inlayer.rules]: there is no rule {rule}; is {near} meant?', { rule: quoted(rule), near: quoted(near) });
    });
    return;
  }
  const known = ruleLevels.find((one) => one === level);
  if (known === undefined) complain(() => message('[tool.inlayer.rules]: {rule} takes {levels} or {last}, not {level}', { rule: quoted(rule), levels: ruleLevels.slice(0, -1).map((one) => `"${one}"`).join(', '), last: `"${ruleLevels.at(-1) ?? ''}"`, level: shown(level) }));
  else rules[rule] = known;
}

export const ruleLevels = ['off', 'hint', 'information', 'warning', 'error', 'default'] as const satisfies readonly RuleLevel[];

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function member(value: unknown, name: string): unknown {
  return isTable(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Smol-toml 1.9 counts lines from 1; a stack that ran over has none. */
function lineOfError(error: unknown): number {
  const line = (error as { line?: unknown } | null)?.line;
  return typeof line === 'number' && Number.isSafeInteger(line) && line > 0 ? line : 1;
}

/** Its message goes on with a picture of the place, which the editor shows itself. */
function reasonOf(error: unknown): string {
  const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return first.replace(/^Invalid TOML document: /, '').slice(0, 200);
}

/** The parser gives no places: a key stands on the first line below our table's that begins with it. */
function lineFinder(text: string): (key: string) => number {
  const lines = text.split(/\r\n|\n/);
  const first = Math.max(0, lines.findIndex((line) => line.includes('inlayer')));
  return (key) => {
    const at = lines.findIndex((line, index) => index >= first && line.includes(key));
    return (at < 0 ? first : at) + 1;
  };
}

function quoted(text: string): string {
  return `\`${text.length > 60 ? `${text.slice(0, 60)}…` : text}\``;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `"${value.length > 60 ? `${value.slice(0, 60)}…` : value}"`;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return Array.isArray(value) ? 'an array' : value instanceof Date ? 'a date' : 'a table';
}

/** The rule that differs in at most three letters. */
function nearestRule(given: string): string | undefined {
  if (given.length > 40) return undefined;
  const [nearest] = allChecks.map(({ id }) => ({ id, distance: distanceOf(given.toLowerCase().replaceAll('_', '-'), id) })).sort((left, right) => left.distance - right.distance);
  return nearest === undefined || nearest.distance > 3 ? undefined : nearest.id;
}

function distanceOf(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let at = 1; at <= left.length; at += 1) {
    const next = [at];
    for (let other = 1; other <= right.length; other += 1) {
      next.push(Math.min((row[other] ?? 0) + 1, (next[other - 1] ?? 0) + 1, (row[other - 1] ?? 0) + (left[at - 1] === right[other - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
