// Where a thing stands in a source text, and the chain of places behind a fact. It must not know values or the evaluator.
import type { ParsedSource } from '../syntax/ast.ts';

/** One text that was read: a file, a notebook as one program, or a block of a test. */
export interface SourceFile {
  /** How the host names it: a path or a URI. */
  readonly path: string;
  readonly parsed: ParsedSource;
}

/** A range of a source text, in UTF-16 offsets; `end` is exclusive. */
export interface Place {
  readonly source: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** Where a fact comes from. `says` is a short noun phrase ("5 classes: tfds tf_flowers"), absent for a literal. */
export interface Origin {
  readonly place: Place | undefined;
  readonly says?: Message;
  readonly from?: readonly Origin[];
  /** The place is the literal itself: replacing its text changes the fact. */
  readonly literal?: boolean;
}

/** An English sentence with `{name}` where a value stands. It is the key of its translations (`server/languages`), which a test holds: what is
 * declared as a Template is written as a literal where it is given. */
export type Template = string;

/** What stands in a sentence: names, numbers and shapes as they are; words are sentences of their own, to be translated too. */
export type MessageValues = Readonly<Record<string, string | number | Message>>;

/** A sentence with the values apart from the words, so that it can be shown in another language. */
export interface Message {
  readonly template: Template;
  readonly values: MessageValues;
}

/** Gives a template in another language; undefined keeps the English one. */
export type Translate = (template: Template) => string | undefined;

/** A sentence for a person: `message('{layer} expects {expected} channels', { layer: 'conv2d', expected: 3 })`. */
export function message(template: Template, values: MessageValues = {}): Message {
  return { template, values };
}

/** The sentence as text, in English without `translate`. */
export function renderMessage(text: Message, translate?: Translate): string {
  const template = translate?.(text.template) ?? text.template;
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = text.values[name];
    return value === undefined ? whole : typeof value === 'object' ? renderMessage(value, translate) : String(value);
  });
}

/** So many parts of a chain are looked at. */
const mostVisited = 2000;

/** The places of an origin and of all that is behind it, nearest first, each once. */
export function originPlaces(origin: Origin | undefined, limit = 8): { place: Place; says: Message | undefined }[] {
  const found: { place: Place; says: Message | undefined }[] = [];
  // Origins share their parts: a value that a loop computes from itself has a chain that branches without end.
  const visited = new Set<Origin>();
  const visit = (at: Origin | undefined): void => {
    if (at === undefined || found.length >= limit || visited.size > mostVisited || visited.has(at)) return;
    visited.add(at);
    if (at.place !== undefined && !found.some((other) => samePlace(other.place, at.place))) found.push({ place: at.place, says: at.says });
    for (const next of at.from ?? []) visit(next);
  };
  visit(origin);
  return found;
}

/** What is said along the chain without a place to go to: an input that is supposed. */
export function placelessReasons(origin: Origin | undefined, limit = 4): Message[] {
  const found: Message[] = [];
  const visited = new Set<Origin>();
  const visit = (at: Origin | undefined): void => {
    if (at === undefined || found.length >= limit || visited.size > mostVisited || visited.has(at)) return;
    visited.add(at);
    if (at.place === undefined && at.says !== undefined && !found.some((other) => renderMessage(other) === renderMessage(at.says ?? other))) found.push(at.says);
    for (const next of at.from ?? []) visit(next);
  };
  visit(origin);
  return found;
}

export function samePlace(left: Place | undefined, right: Place | undefined): boolean {
  return left !== undefined && right !== undefined && left.source.path === right.source.path && left.start === right.start && left.end === right.end;
}

/** The origin of a result that was computed from several facts. */
export function derivedOrigin(...from: (Origin | undefined)[]): Origin | undefined {
  const known = from.filter((origin) => origin !== undefined);
  if (known.length === 0) return undefined;
  if (known.length === 1) return known[0]?.literal ? { place: undefined, from: known } : known[0];
  return { place: undefined, from: known };
}
