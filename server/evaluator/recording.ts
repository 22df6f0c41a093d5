// Remembers what names and attributes were worth where they stand, for hovers and hints. It must not know any library.
import type { Node } from '../syntax/ast.ts';
import { valuesEqual } from '../values/equality.ts';
import type { ValueRecord } from '../trace/trace.ts';
import type { Value } from '../values/value.ts';
import type { Run } from './run.ts';
import { currentFrame, placeOf } from './run.ts';

/** One place keeps at most so many different values. */
const mostValues = 32;

export function recordValue(run: Run, node: Node, name: string, value: Value, role: ValueRecord['role'] = 'use'): void {
  switch (value.kind) {
    case 'function': case 'native': case 'class': case 'module': case 'bound-method': case 'unknown': case 'none': case 'super': case 'bool': return;
    default:
  }
  if (run.quiet !== undefined) return;
  if (currentFrame(run).source.path !== run.mainPath) return;
  const seen = run.recorded.get(node);
  if (seen === undefined) run.recorded.set(node, [value]);
  else if (seen.length < mostValues && !seen.includes(value) && (value.kind === 'tensor' || valuesEqual(seen.at(-1) ?? value, value) !== true)) seen.push(value);
  else return;
  run.trace.values.push({ place: placeOf(run, node), name, value, role, inFunction: currentFrame(run).callee?.name });
}
