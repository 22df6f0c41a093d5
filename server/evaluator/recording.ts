// Remembers what names and attributes were worth where they stand, for hovers and hints. It must not know any library.
import type { Node } from '../syntax/ast.ts';
import { valuesEqual } from '../values/equality.ts';
import type { ValueRecord } from '../trace/trace.ts';
import type { NotedValue } from '../values/recorder.ts';
import { recorders } from '../values/recorder.ts';
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
  if (seen !== undefined && seen.length >= (role === 'use' ? mostUses : mostValues)) return;
  const isKnown = seen !== undefined && (given.kind === 'tensor' ? seen.some((one) => one.kind === 'tensor' && isSameRecord(one, given)) : seen.includes(given) || valuesEqual(seen.at(-1) ?? given, given) === true);
  if (isKnown && recorders.length === 0) return;
  const value = asItIs(given);
  const record: ValueRecord = { place: placeOf(run, node), name, value, role, inFunction: currentFrame(run).callee?.name, call: run.trace.openCalls.at(-1) };
  for (const recorder of recorders) recorder.values.push({ node, record, given, isKnown });
  if (isKnown) return;
  add(run, byNode, node, record);
}

function add(run: Run, byNode: Map<Node, Value[]>, node: Node, record: ValueRecord): void {
  const seen = byNode.get(node);
  if (seen === undefined) byNode.set(node, [record.value]);
  else seen.push(record.value);
  run.rehearsal?.recorded.push({ byNode, node, value: record.value });
  run.trace.values.push(record);
}

/** The same for a value of a call that is done over again without being run: `isKnown` says what became of the one that it stands for. */
export function recordAgain(run: Run, { node, isKnown, isGiven, record: copied }: NotedValue): void {
  const { role, value: given } = copied, value = isGiven === true ? asItIs(given) : given;
  const record = value === given ? copied : { ...copied, value };
  let byNode = run.recorded.get(role);
  if (byNode === undefined) run.recorded.set(role, (byNode = new Map()));
  const seen = byNode.get(node);
  if (seen !== undefined && seen.length >= (role === 'use' ? mostUses : mostValues)) return;
  const isSame = value.kind === 'tensor' ? (isGiven === true && seen !== undefined ? seen.some((one) => one.kind === 'tensor' && isSameRecord(one, value)) : isKnown) : seen !== undefined && (valuesEqual(seen.at(-1) ?? value, value) === true || ((isKnown || isGiven === true) && seen.includes(value)));
  for (const recorder of recorders) recorder.values.push({ node, record, given, isKnown: isSame });
  if (!isSame) add(run, byNode, node, record);
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
