// Evaluates a program given as text, with an in-memory project around it. Faults of the engine are thrown.
import { allCatalogues } from '../../server/catalogues/index.ts';
import { makeRegistry } from '../../server/catalogues/registry.ts';
import type { Evaluation } from '../../server/evaluator/evaluate.ts';
import { evaluateProgram } from '../../server/evaluator/evaluate.ts';
import { parsePython } from '../../server/syntax/python.ts';
import type { Host } from '../../server/values/interpreter.ts';
import type { Value } from '../../server/values/value.ts';

export const registry = makeRegistry(allCatalogues);

/** Files by absolute path: text or bytes. */
export function memoryHost(files: Readonly<Record<string, string | Uint8Array>>): Host {
  const paths = Object.keys(files);
  const resolve = (path: string): string => (path.startsWith('/') ? path : `/project/${path.replace(/^\.\//, '')}`).replace(/\/$/, '');
  return {
    readText: (path) => { const content = files[resolve(path)]; return typeof content === 'string' ? content : undefined; },
    readBytes: (path, limit) => { const content = files[resolve(path)]; return content === undefined ? undefined : typeof content === 'string' ? new TextEncoder().encode(content).slice(0, limit) : content.slice(0, limit); },
    listFolder: (path) => {
      const prefix = `${resolve(path)}/`;
      const names = new Map<string, boolean>();
      for (const file of paths) {
        if (!file.startsWith(prefix)) continue;
        const [name, ...rest] = file.slice(prefix.length).split('/');
        if (name !== undefined) names.set(name, rest.length > 0);
      }
      return names.size === 0 ? undefined : [...names].sort().map(([name, isFolder]) => ({ name, isFolder }));
    },
  };
}

export interface ProgramOptions {
  /** Other files of the project: `/project/utils.py`, `/project/data/cat/1.jpg`. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly path?: string;
  readonly maximumSteps?: number;
}

export interface ProgramResult extends Evaluation {
  /** The last value recorded for a name. */
  valueOf(name: string): Value | undefined;
}

export function runProgram(text: string, options: ProgramOptions = {}): ProgramResult {
  const path = options.path ?? '/project/main.py';
  const evaluation = evaluateProgram({
    source: { path, parsed: parsePython(text) }, host: memoryHost(options.files ?? {}), registry, folders: ['/project'], strict: true,
    ...(options.maximumSteps === undefined ? {} : { maximumSteps: options.maximumSteps }), maximumMilliseconds: 60_000,
  });
  return { ...evaluation, valueOf: (name) => evaluation.trace.values.findLast((record) => record.name === name)?.value };
}
