// Where shapes are lost: tensors of known shape go into an expression of the analysed file, and nothing known comes out. It is noted within
// calls of layers only, since that is where models compute. It must not know any library.
import type { Attribute, Call, Expression, Subscript } from '../syntax/ast.ts';
import type { CallArguments } from '../values/arguments.ts';
import { lookUpInClass } from '../values/classes.ts';
import type { Loss } from '../trace/trace.ts';
import { type Message, message, type Place, } from '../values/place.ts';
import type { TensorValue, Value } from '../values/value.ts';
import type { Run } from './run.ts';
import { currentFrame, placeOf } from './run.ts';

const mostLosses = 256;

/** Whether it is worth a closer look: asked behind every call. */
export function mayBeLost(run: Run, result: Value): boolean {
  if (result.kind !== 'unknown' && result.kind !== 'tensor' && result.kind !== 'tuple') return false;
  return run.trace.openCalls.length > 0 && isLost(result);
}

function isLost(value: Value): boolean {
  switch (value.kind) {
    case 'unknown': return value.typeName === undefined && value.alternatives === undefined;
    case 'tensor': return value.shape.dims === undefined;
    case 'tuple': return value.items.length > 0 && value.items.every(isLost);
    default: return false;
  }
}

/** A tensor whose number of axes is known, or a container of some. */
function isKnownTensor(value: Value, depth = 0): boolean {
  switch (value.kind) {
    case 'tensor': return value.shape.dims !== undefined;
    case 'tuple': case 'list': return depth < 8 && value.items.slice(0, 8).some((item) => isKnownTensor(item, depth + 1));
    default: return false;
  }
}

export function noteLostCall(run: Run, node: Call, callee: Value, args: CallArguments, result: Value): void {
  const takes = [...args.positional, ...args.keywords].some(({ value }) => isKnownTensor(value)) || (callee.kind === 'bound-method' && isKnownTensor(callee.self));
  if (!takes) return;
  const name = textOf(run, node.callee);
  note(run, node, callee.kind === 'unknown' ? callee.reason ?? message('what {name} is, is not known', { name }) : reasonOf(result) ?? lost(result, name));
}

export function noteLostItem(run: Run, node: Subscript, object: Value, result: Value): void {
  if (isKnownTensor(object)) note(run, node, reasonOf(result) ?? message('which part of {name} is taken is not known', { name: textOf(run, node.object) }));
}

export function noteUnknownMember(run: Run, node: Attribute, object: TensorValue, result: Value): void {
  if (!mayBeLost(run, result) || !isKnownTensor(object) || lookUpInClass(object.cls, node.name.text) !== undefined) return;
  note(run, node, message('the member {name} of {cls} is not known', { name: node.name.text, cls: object.cls.name }));
}

/** What an exception that the program does not catch ends; undefined outside the calls of layers. */
export function lossByException(run: Run, place: Place | undefined, exceptionClass: string, text: Message | undefined): Loss | undefined {
  const call = run.trace.openCalls.at(-1);
  if (call === undefined || place === undefined || (run.quiet !== undefined && run.rehearsal === undefined) || place.source.path !== run.mainPath) return undefined;
  const reason = text === undefined ? message('{exception} is raised', { exception: exceptionClass }) : message('{exception} is raised: {text}', { exception: exceptionClass, text });
  return { place, reason, call };
}

function lost(result: Value, name: string): Message {
  return result.kind === 'tensor' ? message('the number of axes of what {name} gives is not known', { name }) : message('what {name} gives is not known', { name });
}

function reasonOf(value: Value): Message | undefined {
  return value.kind === 'unknown' ? value.reason : value.kind === 'tuple' ? value.items.map(reasonOf).find((reason) => reason !== undefined) : undefined;
}

function note(run: Run, node: Expression, reason: Message): void {
  const call = run.trace.openCalls.at(-1);
  if (call === undefined || (run.quiet !== undefined && run.rehearsal === undefined) || run.trace.losses.length >= mostLosses || currentFrame(run).source.path !== run.mainPath) return;
  run.trace.losses.push({ place: placeOf(run, node), reason, call });
}

/** Says where something unknown first comes up: what it is made of is known. */
export function explainUnknown(run: Run, node: Expression, result: Value, from: readonly Value[]): void {
  if (run.explain === undefined || result.kind !== 'unknown' || result.typeName !== undefined || result.alternatives !== undefined) return;
  if (from.some((one) => one.kind === 'unknown')) return;
  run.explain(result.reason ?? message('{text} is not known', { text: textOf(run, node) }), placeOf(run, node));
}

export function explainCondition(run: Run, node: Expression): void {
  run.explain?.(message('whether {text} holds is not known', { text: textOf(run, node) }), placeOf(run, node));
}

const longestText = 60;

function textOf(run: Run, node: Expression): string {
  const text = currentFrame(run).source.parsed.text.slice(node.start, node.end);
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}
