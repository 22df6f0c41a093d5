// Analyses files of the disk for a terminal, for CI and for `inlayer mcp`: nobody waits for a keystroke, and the result must not depend on the
// clock. It must not know what is printed of it.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { StatedInput } from './evaluator/stated-input.ts';
import { environmentFiles, nodeHost } from './node-host.ts';
import { readNotebook } from './syntax/notebook.ts';
import { type Message, message, renderMessage, type Translate } from './values/place.ts';
import type { Analysis } from './workspace/analysis.ts';
import { analyse, readSource } from './workspace/analysis.ts';
import { environmentOf } from './workspace/environment.ts';
import { makeImporters } from './workspace/importers.ts';
import { keepingParser } from './workspace/parsing.ts';

/** Larger files are named and left. A notebook's pictures count, too. */
const largestFile = 8 * 1024 * 1024, largestNotebook = 64 * 1024 * 1024;

/** Files of one call share what they import. */
const parse = keepingParser();
const importers = makeImporters(5000);

export interface AnalysisOptions {
  readonly modelInput?: StatedInput | undefined;
  /** The only folder whose files are read besides the libraries of the environment; undefined: those around the file and where we were started. */
  readonly within?: string;
}

/** Throws a reason where the file is none that can be read. */
export function analyseFile(file: string, { modelInput, within }: AnalysisOptions = {}): Analysis {
  const full = path.resolve(file);
  const facts = statSync(full);
  if (!facts.isFile()) throw unreadable(message('it is not a file'));
  const limit = full.endsWith('.ipynb') ? largestNotebook : largestFile;
  if (facts.size > limit) throw unreadable(message('it has {size} bytes; more than {limit} are not read', { size: facts.size, limit }));
  const content = readFileSync(full);
  if (content.includes(0)) throw unreadable(message('it is not text'));
  const raw = content.toString('utf8');
  const notebook = full.endsWith('.ipynb') ? readNotebook(raw) : undefined;
  if (full.endsWith('.ipynb') && notebook === undefined) throw unreadable(message('it is not a notebook'));
  const text = notebook?.text ?? raw;
  const folder = path.dirname(full);
  const folders = [...new Set([folder, packageRoot(folder), within ?? process.cwd()])].filter((one) => within === undefined || isWithin(one, within));
  const libraries = environmentOf(environmentFiles, { folders, variables: process.env, isWindows: process.platform === 'win32' });
  // A terminal waits, and what is found must not depend on what else the machine does.
  const host = nodeHost(folders, folder, undefined, () => libraries()?.readable ?? []);
  return analyse(readSource(full, text, notebook !== undefined), {
    maximumMilliseconds: 20_000, host, folders, libraries, parse, modelInput,
    // A process that goes on sees files come and go.
    callingFiles: () => (within === undefined ? importers : makeImporters(2000)).of(host, folders, full),
  });
}

export function isWithin(name: string, folder: string): boolean {
  const relative = path.relative(folder, name);
  return relative === '' || !(relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative));
}

interface Unreadable extends Error { readonly reason: Message }

function unreadable(reason: Message): Unreadable {
  return Object.assign(new Error(renderMessage(reason)), { reason });
}

/** Why a file cannot be read, in one line. */
export function unreadableText(file: string, error: unknown, translate?: Translate): string {
  const own = error instanceof Error && 'reason' in error ? (error as Unreadable).reason : undefined;
  const reason = own ?? (error instanceof Error ? error.message.replace(/^[A-Z]+: /, '').replace(/, .*$/, '') : String(error));
  return renderMessage(message('{file} cannot be read: {reason}', { file, reason }), translate);
}

/** The Python files and notebooks of folders, without those of environments and hidden folders. */
export function expandFolders(paths: readonly string[]): string[] {
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

/** The texts of a language that lie beside the built program; undefined for English, and for a language that is not there. */
export function translationsOf(language: string | undefined, folder: string): Translate | undefined {
  const name = language?.toLowerCase().split(/[_.@-]/)[0] ?? '';
  const file = path.join(folder, 'l10n', `bundle.l10n.${name}.json`);
  if (!/^[a-z]{2,3}$/.test(name) || !existsSync(file)) return undefined;
  const texts = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>;
  return (template) => (Object.hasOwn(texts, template) ? texts[template] : undefined);
}

/** Where Python would have to start for the imports of a package's own modules by their full names: above its outermost `__init__.py`. */
function packageRoot(folder: string): string {
  let root = folder;
  while (existsSync(path.join(root, '__init__.py')) && path.dirname(root) !== root) root = path.dirname(root);
  return root;
}
