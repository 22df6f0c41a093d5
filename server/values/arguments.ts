// Arguments of a call, and how they are bound to a signature written in Python's own notation. It must not know the evaluator.
import type { Message, Place } from './place.ts';
import { message } from './place.ts';
import type { Value } from './value.ts';
import { none, unknown } from './value.ts';
import type { Dim } from '../tensors/dim.ts';

export interface Argument { readonly value: Value; readonly place: Place | undefined }
export interface KeywordArgument extends Argument { readonly name: string }

/** What stands between the parentheses of a call, evaluated. */
export interface CallArguments {
  readonly positional: readonly Argument[];
  readonly keywords: readonly KeywordArgument[];
  /** `*xs` of unknown length was given: positions behind it are not known. */
  readonly openPositional: boolean;
  /** `**kw` of unknown content was given, so every parameter may have been given. */
  readonly openKeywords: boolean;
}

export const noArguments: CallArguments = { positional: [], keywords: [], openPositional: false, openKeywords: false };

/** Arguments from plain values. `place`: where all of them stand. */
export function argumentsOf(positional: readonly Value[], keywords: Readonly<Record<string, Value>> = {}, place?: Place): CallArguments {
  return {
    positional: positional.map((value) => ({ value, place })),
    keywords: Object.entries(keywords).map(([name, value]) => ({ name, value, place })),
    openPositional: false, openKeywords: false,
  };
}

export interface SignatureParameter {
  readonly name: string;
  readonly kind: 'positional-only' | 'positional-or-keyword' | 'keyword-only' | 'star' | 'double-star';
  /** The default's value; undefined: the parameter is required. */
  readonly default: Value | undefined;
}
export interface Signature {
  readonly parameters: readonly SignatureParameter[];
  /** As it was written. */
  readonly text: string;
}

/** Arguments by parameter name. */
export interface BoundArguments {
  /** The value given or the default; `None` where the parameter does not exist. */
  get(name: string): Value;
  /** Whether the call gives it (undefined: maybe, through `**kw`). */
  given(name: string): boolean | undefined;
  /** The place of the argument's expression, where the call gives it. */
  place(name: string): Place | undefined;
  /** The values that went into `*args`. */
  readonly rest: readonly Argument[];
  /** The values that went into `**kwargs`. */
  readonly restKeywords: readonly KeywordArgument[];
  readonly openPositional: boolean;
  readonly openKeywords: boolean;
  /** A known whole number (symbolic ones too), else undefined. Booleans and integral floats are not ints. */
  int(name: string): Dim | undefined;
  /** A known concrete whole number. */
  number(name: string): number | undefined;
  /** A known int or float as a number. */
  real(name: string): number | undefined;
  str(name: string): string | undefined;
  /** True or False as known; undefined when not known or of another type. */
  flag(name: string): boolean | undefined;
  isNone(name: string): boolean;
  readonly raw: CallArguments;
}

export type Binding = { readonly ok: true; readonly args: BoundArguments } | { readonly ok: false; readonly problem: BindingProblem };
export interface BindingProblem {
  readonly kind: 'unexpected-keyword' | 'too-many-positional' | 'missing' | 'multiple-values';
  readonly parameter: string;
  readonly place: Place | undefined;
  readonly message: Message;
}

/** Binds arguments as Python does. `callee` is for the messages. Open arguments never give a problem that they may have solved. */
export function bindArguments(signature: Signature, given: CallArguments, callee: string): Binding {
  const bound = new Map<string, Argument>();
  const rest: Argument[] = [];
  const restKeywords: KeywordArgument[] = [];
  const positional = signature.parameters.filter((one) => one.kind === 'positional-only' || one.kind === 'positional-or-keyword');
  const star = signature.parameters.find((one) => one.kind === 'star');
  const doubleStar = signature.parameters.find((one) => one.kind === 'double-star');
  for (const [at, argument] of given.positional.entries()) {
    const parameter = positional[at];
    if (parameter !== undefined) bound.set(parameter.name, argument);
    else if (star !== undefined) rest.push(argument);
    else {
      return { ok: false, problem: {
        kind: 'too-many-positional', parameter: '', place: argument.place,
        message: message('{callee} takes {expected} positional arguments but {actual} were given', { callee, expected: positional.length, actual: given.positional.length }),
      } };
    }
  }
  for (const keyword of given.keywords) {
    const parameter = signature.parameters.find((one) => one.name === keyword.name && (one.kind === 'positional-or-keyword' || one.kind === 'keyword-only'));
    if (parameter === undefined) {
      if (doubleStar !== undefined) { restKeywords.push(keyword); continue; }
      return { ok: false, problem: {
        kind: 'unexpected-keyword', parameter: keyword.name, place: keyword.place,
        message: message('{callee} has no argument "{name}"', { callee, name: keyword.name }),
      } };
    }
    if (bound.has(parameter.name)) {
      return { ok: false, problem: {
        kind: 'multiple-values', parameter: keyword.name, place: keyword.place,
        message: message('{callee} got two values for argument "{name}"', { callee, name: keyword.name }),
      } };
    }
    bound.set(parameter.name, keyword);
  }
  for (const parameter of signature.parameters) {
    if (parameter.default !== undefined || parameter.kind === 'star' || parameter.kind === 'double-star' || bound.has(parameter.name)) continue;
    if (given.openPositional && parameter.kind !== 'keyword-only') continue;
    if (given.openKeywords && parameter.kind !== 'positional-only') continue;
    return { ok: false, problem: {
      kind: 'missing', parameter: parameter.name, place: undefined,
      message: message('{callee} needs the argument "{name}"', { callee, name: parameter.name }),
    } };
  }
  return { ok: true, args: boundArguments(signature, bound, rest, restKeywords, given) };
}

function boundArguments(
  signature: Signature, bound: ReadonlyMap<string, Argument>, rest: readonly Argument[], restKeywords: readonly KeywordArgument[], raw: CallArguments,
): BoundArguments {
  const open = raw.openPositional || raw.openKeywords;
  const get = (name: string): Value => {
    const argument = bound.get(name);
    if (argument !== undefined) return argument.value;
    const parameter = signature.parameters.find((one) => one.name === name);
    if (parameter === undefined) return restKeywords.find((one) => one.name === name)?.value ?? none;
    if (open) return unknown();
    return parameter.default ?? none;
  };
  return {
    get,
    given: (name) => bound.has(name) || restKeywords.some((one) => one.name === name) || (open ? undefined : false),
    place: (name) => (bound.get(name) ?? restKeywords.find((one) => one.name === name))?.place,
    rest, restKeywords, openPositional: raw.openPositional, openKeywords: raw.openKeywords, raw,
    int: (name) => { const value = get(name); return value.kind === 'int' ? value.value : undefined; },
    number: (name) => { const value = get(name); return value.kind === 'int' && typeof value.value === 'number' ? value.value : undefined; },
    real: (name) => {
      const value = get(name);
      if (value.kind === 'float') return value.value;
      return value.kind === 'int' && typeof value.value === 'number' ? value.value : undefined;
    },
    str: (name) => { const value = get(name); return value.kind === 'str' ? value.value : undefined; },
    flag: (name) => { const value = get(name); return value.kind === 'bool' ? value.value : undefined; },
    isNone: (name) => get(name).kind === 'none',
  };
}
