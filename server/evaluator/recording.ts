// Remembers what names and attributes were worth where they stand, for hovers and hints. It must not know any library.
import type { Node } from '../syntax/ast.ts';
import { valuesEqual } from '../values/equality.ts';
import type { ValueRecord } from '../trace/trace.ts';
import type { TensorValue, Value } from '../values/value.ts';
import type { Run } from './run.ts';
import { currentFrame, placeOf } from './run.ts';

/** One place keeps at most so many different values. */
const mostValues = 32;
/** Where a value is only used: hovers show eight. */
const mostUses = 12;

export function recordValue(run: Run, node: Node, name: string, given: Value, role: ValueRecord['role'] = 'use'): void {
  switch (given.kind) {
    case 'function': case 'native': case 'class': case 'module': case 'bound-method': case 'unknown': case 'none': case 'super': case 'bool': return;
    default:
  }
  if (run.quiet !== undefined && run.rehearsal === undefined) return;
  if (currentFrame(run).source.path !== run.mainPath) return;
  // The name in `x += y` is used and given a value.
  let byNode = run.recorded.get(role);
  if (byNode === undefined) run.recorded.set(role, (byNode = new Map()));
  const seen = byNode.get(node);
  if (seen !== undefined) {
    if (seen.length >= (role === 'use' ? mostUses : mostValues)) return;
    if (given.kind === 'tensor') {
      for (const one of seen) if (one.kind === 'tensor' && isSameRecord(one, given)) return;
    } else if (seen.includes(given) || valuesEqual(seen.at(-1) ?? given, given) === true) return;
  }
  const value = asItIs(given);
  if (seen === undefined) byNode.set(node, [value]);
  else seen.push(value);
  run.rehearsal?.recorded.push({ byNode, node, value });
  run.trace.values.push({ place: placeOf(run, node), name, value, role, inFunction: currentFrame(run).callee?.name, call: run.trace.openCalls.at(-1) });
}

/** Arrays and lists may be changed in place later: what is kept is what they are now. */
function asItIs(given: Value): Value {
  if (given.kind === 'list') return { ...given, items: given.items.slice() };
  if (given.kind !== 'tensor') return given;
  const { kind, cls, shape, dtype, range, contents, origin, slots } = given;
  return { kind, cls, shape, dtype, range, contents, origin, slots };
}

function isSameRecord(kept: TensorValue, value: TensorValue): boolean {
  return kept.cls === value.cls && kept.shape === value.shape && kept.dtype === value.dtype && kept.range === value.range && kept.contents === value.contents && kept.origin === value.origin;
}
