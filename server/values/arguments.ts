// Arguments of a call, and how they are bound to a signature written in Python's own notation. It must not know the evaluator.
import { joinValues } from './equality.ts';
import type { Message, Place } from './place.ts';
import { message } from './place.ts';
import type { Value } from './value.ts';
import { none, unknown } from './value.ts';
import type { Dim } from '../tensors/dim.ts';

export interface Argument { readonly value: Value; readonly place: Place | undefined }
export interface KeywordArgument extends Argument {
  readonly name: string;
  /** It is given on some paths only, through the `**` of a dict that may lack it. */
  readonly isOptional?: boolean | undefined;
}

/** What stands between the parentheses of a call, evaluated. */
export interface CallArguments {
  readonly positional: readonly Argument[];
  readonly keywords: readonly KeywordArgument[];
  /** `*xs` of unknown length was given: positions behind it are not known. */
  readonly openPositional: boolean;
  /** `**kw` of unknown content was given, so every parameter may have been given. */
  readonly openKeywords: boolean;
  /** What goes into the `*args` and `**kwargs` of a function of the program is not known, all its other parameters are as they are given here. */
  readonly openRest?: boolean | undefined;
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
  /** The same with other values and places: the object itself where `of` changes nothing. */
  mapped(of: (argument: Argument) => Argument): BoundArguments;
}

export type Binding = { readonly ok: true; readonly args: BoundArguments } | { readonly ok: false; readonly problem: BindingProblem };
export interface BindingProblem {
  readonly kind: 'unexpected-keyword' | 'too-many-positional' | 'missing' | 'multiple-values';
  readonly parameter: string;
  readonly place: Place | undefined;
  readonly message: Message;
}

/** What binding asks of a signature, worked out once. Parameters are known by their index. */
interface Plan {
  readonly parameters: readonly SignatureParameter[];
  readonly positional: readonly number[];
  readonly indexes: ReadonlyMap<string, number>;
  readonly hasStar: boolean;
  readonly hasDoubleStar: boolean;
  /** `*args, **kwargs` and nothing else. */
  readonly takesAnything: boolean;
}

const plans = new WeakMap<Signature, Plan>();

function planOf(signature: Signature): Plan {
  let plan = plans.get(signature);
  if (plan === undefined) {
    const { parameters } = signature;
    const indexes = new Map<string, number>();
    for (const [at, { name }] of parameters.entries()) if (!indexes.has(name)) indexes.set(name, at);
    plan = {
      parameters, indexes,
      positional: parameters.flatMap(({ kind }, at) => (kind === 'positional-only' || kind === 'positional-or-keyword' ? [at] : [])),
      hasStar: parameters.some(({ kind }) => kind === 'star'), hasDoubleStar: parameters.some(({ kind }) => kind === 'double-star'),
      takesAnything: parameters.length === 2 && parameters[0]?.kind === 'star' && parameters[1]?.kind === 'double-star',
    };
    plans.set(signature, plan);
  }
  return plan;
}

const nothingMore: readonly never[] = [];
const nothingBound: readonly undefined[] = [undefined, undefined];

/** Binds arguments as Python does. `callee` is for the messages. Open arguments never give a problem that they may have solved. */
export function bindArguments(signature: Signature, given: CallArguments, callee: string): Binding {
  const plan = planOf(signature);
  if (plan.takesAnything && given.keywords.length === 0) return { ok: true, args: new Bound(plan, nothingBound, given.positional, given.keywords, given) };
  const { parameters, positional } = plan;
  const bound: (Argument | undefined)[] = new Array<Argument | undefined>(parameters.length).fill(undefined);
  const count = Math.min(positional.length, given.positional.length);
  for (let at = 0; at < count; at += 1) bound[positional[at] ?? 0] = given.positional[at];
  if (given.positional.length > count && !plan.hasStar) {
    return { ok: false, problem: {
      kind: 'too-many-positional', parameter: '', place: given.positional[count]?.place,
      message: message('{callee} takes {expected} positional arguments but {actual} were given', { callee, expected: positional.length, actual: given.positional.length }),
    } };
  }
  const rest: readonly Argument[] = given.positional.length > count ? given.positional.slice(count) : nothingMore;
  let restKeywords: KeywordArgument[] | undefined;
  let openKeywords = given.openKeywords;
  for (const keyword of given.keywords) {
    if (keyword.isOptional === true) continue;
    const at = plan.indexes.get(keyword.name);
    const kind = at === undefined ? undefined : parameters[at]?.kind;
    if (at === undefined || (kind !== 'positional-or-keyword' && kind !== 'keyword-only')) {
      if (plan.hasDoubleStar) { (restKeywords ??= []).push(keyword); continue; }
      return { ok: false, problem: {
        kind: 'unexpected-keyword', parameter: keyword.name, place: keyword.place,
        message: message('{callee} has no argument "{name}"', { callee, name: keyword.name }),
      } };
    }
    if (bound[at] !== undefined) {
      return { ok: false, problem: {
        kind: 'multiple-values', parameter: keyword.name, place: keyword.place,
        message: message('{callee} got two values for argument "{name}"', { callee, name: keyword.name }),
      } };
    }
    bound[at] = keyword;
  }
  for (const keyword of given.keywords) {
    if (keyword.isOptional !== true) continue;
    const at = plan.indexes.get(keyword.name) ?? -1;
    const parameter = parameters[at];
    if (parameter?.kind === 'positional-or-keyword' || parameter?.kind === 'keyword-only') bound[at] ??= sometimes(keyword, parameter.default);
    else if (plan.hasDoubleStar) openKeywords = true;
  }
  for (let at = 0; at < parameters.length; at += 1) {
    const parameter = parameters[at];
    if (parameter === undefined || bound[at] !== undefined || parameter.default !== undefined || parameter.kind === 'star' || parameter.kind === 'double-star') continue;
    if (given.openPositional && parameter.kind !== 'keyword-only') continue;
    if (openKeywords && parameter.kind !== 'positional-only') continue;
    return { ok: false, problem: {
      kind: 'missing', parameter: parameter.name, place: undefined,
      message: message('{callee} needs the argument "{name}"', { callee, name: parameter.name }),
    } };
  }
  return { ok: true, args: new Bound(plan, bound, rest, restKeywords ?? nothingMore, openKeywords === given.openKeywords ? given : { ...given, openKeywords }) };
}

/** What a keyword gives that stands on some paths only: itself or the default. */
export function sometimes(keyword: KeywordArgument, byDefault: Value | undefined): KeywordArgument {
  return byDefault === undefined ? keyword : { ...keyword, value: joinValues(keyword.value, byDefault) };
}

/** The same arguments, where `get` says what they are. */
export function withValues(args: BoundArguments, get: (name: string) => Value): BoundArguments {
  return new Changed(args, get);
}

// Classes, since every call makes such an object: functions made anew for each cost more than what most calls do.

abstract class Reading {
  abstract get(name: string): Value;
  int(name: string): Dim | undefined { const value = this.get(name); return value.kind === 'int' ? value.value : undefined; }
  number(name: string): number | undefined { const value = this.get(name); return value.kind === 'int' && typeof value.value === 'number' ? value.value : undefined; }
  real(name: string): number | undefined {
    const value = this.get(name);
    if (value.kind === 'float') return value.value;
    return value.kind === 'int' && typeof value.value === 'number' ? value.value : undefined;
  }
  str(name: string): string | undefined { const value = this.get(name); return value.kind === 'str' ? value.value : undefined; }
  flag(name: string): boolean | undefined { const value = this.get(name); return value.kind === 'bool' ? value.value : undefined; }
  isNone(name: string): boolean { return this.get(name).kind === 'none'; }
}

class Bound extends Reading implements BoundArguments {
  private readonly plan: Plan;
  private readonly bound: readonly (Argument | undefined)[];
  readonly rest: readonly Argument[];
  readonly restKeywords: readonly KeywordArgument[];
  readonly openPositional: boolean;
  readonly openKeywords: boolean;
  readonly raw: CallArguments;

  constructor(plan: Plan, bound: readonly (Argument | undefined)[], rest: readonly Argument[], restKeywords: readonly KeywordArgument[], raw: CallArguments) {
    super();
    this.plan = plan;
    this.bound = bound;
    this.rest = rest;
    this.restKeywords = restKeywords;
    this.openPositional = raw.openPositional;
    this.openKeywords = raw.openKeywords;
    this.raw = raw;
  }

  get(name: string): Value {
    const at = this.plan.indexes.get(name);
    if (at === undefined) return this.further(name)?.value ?? none;
    const argument = this.bound[at];
    if (argument !== undefined) return argument.value;
    if (this.openPositional || this.openKeywords) return unknown();
    return this.plan.parameters[at]?.default ?? none;
  }

  given(name: string): boolean | undefined {
    return this.argument(name) !== undefined || (this.openPositional || this.openKeywords ? undefined : false);
  }

  place(name: string): Place | undefined { return this.argument(name)?.place; }

  mapped(of: (argument: Argument) => Argument): BoundArguments {
    if (!this.bound.some((argument) => argument !== undefined && of(argument) !== argument) && !this.rest.some((argument) => of(argument) !== argument) && !this.restKeywords.some((argument) => of(argument) !== argument)) return this;
    const one = <T extends Argument>(argument: T): T => { const made = of(argument); return made === argument ? argument : { ...argument, ...made }; };
    const all = <T extends Argument>(list: readonly T[]): readonly T[] => { const made = list.map(one); return made.some((item, at) => item !== list[at]) ? made : list; };
    const { positional, keywords } = this.raw;
    return new Bound(this.plan, this.bound.map((argument) => argument && one(argument)), all(this.rest), all(this.restKeywords), { ...this.raw, positional: all(positional), keywords: all(keywords) });
  }

  private argument(name: string): Argument | undefined {
    const at = this.plan.indexes.get(name);
    return (at === undefined ? undefined : this.bound[at]) ?? this.further(name);
  }

  private further(name: string): KeywordArgument | undefined {
    return this.restKeywords.length === 0 ? undefined : this.restKeywords.find((one) => one.name === name);
  }
}

class Changed extends Reading implements BoundArguments {
  private readonly args: BoundArguments;
  private readonly read: (name: string) => Value;

  constructor(args: BoundArguments, get: (name: string) => Value) {
    super();
    this.args = args;
    this.read = get;
  }

  get(name: string): Value { return this.read(name); }
  given(name: string): boolean | undefined { return this.args.given(name); }
  place(name: string): Place | undefined { return this.args.place(name); }
  get rest(): readonly Argument[] { return this.args.rest; }
  get restKeywords(): readonly KeywordArgument[] { return this.args.restKeywords; }
  get openPositional(): boolean { return this.args.openPositional; }
  get openKeywords(): boolean { return this.args.openKeywords; }
  get raw(): CallArguments { return this.args.raw; }
  mapped(of: (argument: Argument) => Argument): BoundArguments { return new Changed(this.args.mapped(of), this.read); }
}
