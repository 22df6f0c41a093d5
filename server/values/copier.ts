// Graphs of values compared and copied, for calls that are done over again without being run (evaluator/reuse.ts). Both walk over everything
// that a value leads to; what a catalogue keeps in slots is compared and copied as the slot says. It must not know the evaluator.
import { dimEquals } from '../tensors/dim.ts';
import type { ValueRange } from '../tensors/range.ts';
import type { Shape } from '../tensors/shape.ts';
import type { LayerCall } from '../trace/trace.ts';
import type { Argument, BoundArguments, CallArguments, KeywordArgument } from './arguments.ts';
import { dictKey } from './equality.ts';
import type { Origin, Place, SourceFile } from './place.ts';
import { samePlace } from './place.ts';
import { isConstant } from './recorder.ts';
import { copySlots, slotsMatch } from './slots.ts';
import type { DictEntry, InstanceValue, SliceValue, TensorSlots, TensorValue, Value } from './value.ts';

/** Thrown where something cannot be copied. */
export class NotCopied extends Error {}

const deepest = 200;

/** Whether one graph is like another, and which object stands for which. */
export class Matcher {
  /** Recorded object → the one that stands for it now. */
  readonly pairs = new Map<object, object>();
  private readonly back = new Map<object, object>();
  private depth = 0;

  /** The two are the same part of both graphs. False where one of them is part of another pair. */
  pair(recorded: object, actual: object): boolean {
    if (this.back.has(actual)) return false;
    this.pairs.set(recorded, actual);
    this.back.set(actual, recorded);
    return true;
  }

  values(recorded: readonly Value[], actual: readonly Value[]): boolean {
    if (recorded.length !== actual.length) return false;
    for (let at = 0; at < recorded.length; at += 1) if (!this.value(recorded[at] as Value, actual[at] as Value)) return false;
    return true;
  }

  value(recorded: Value, actual: Value): boolean {
    if (recorded.kind !== actual.kind) return false;
    switch (recorded.kind) {
      case 'none': case 'ellipsis': case 'not-implemented': return true;
      case 'bool': case 'str': return recorded.value === (actual as typeof recorded).value && this.origin(recorded, actual as typeof recorded);
      case 'bytes': return recorded.value === (actual as typeof recorded).value;
      case 'float': { const other = actual as typeof recorded; return Object.is(recorded.value, other.value) && recorded.cls === other.cls && this.origin(recorded, other); }
      case 'int': { const other = actual as typeof recorded; return dimEquals(recorded.value, other.value) === true && recorded.cls === other.cls && this.origin(recorded, other); }
      case 'range': { const other = actual as typeof recorded; return recorded.step === other.step && dimEquals(recorded.start, other.start) === true && dimEquals(recorded.stop, other.stop) === true && this.origin(recorded, other); }
      case 'function': case 'native': case 'class': case 'module': case 'property': case 'staticmethod': case 'classmethod': return recorded === actual;
      case 'unknown': {
        const other = actual as typeof recorded;
        return recorded.reason === undefined && other.reason === undefined && recorded.alternatives === undefined && other.alternatives === undefined && recorded.typeName === other.typeName && this.origin(recorded, other);
      }
      default:
    }
    const known = this.pairs.get(recorded);
    if (known !== undefined) return known === actual;
    if (isConstant(recorded)) return recorded === actual;
    if (this.depth > deepest || !this.pair(recorded, actual)) return false;
    this.depth += 1;
    const same = this.parts(recorded, actual);
    this.depth -= 1;
    return same;
  }

  private parts(recorded: Value, actual: Value): boolean {
    switch (recorded.kind) {
      case 'tuple': { const other = actual as typeof recorded; return recorded.cls === other.cls && this.values(recorded.items, other.items) && this.origin(recorded, other); }
      case 'list': { const other = actual as typeof recorded; return recorded.cls === other.cls && recorded.open === other.open && this.values(recorded.items, other.items) && this.origin(recorded, other); }
      case 'dict': {
        const other = actual as typeof recorded;
        if (recorded.cls !== other.cls || recorded.open !== other.open || recorded.optional !== undefined || other.optional !== undefined || recorded.isBounded !== other.isBounded || recorded.entries.size !== other.entries.size) return false;
        const others = other.entries.values();
        for (const entry of recorded.entries.values()) {
          const next = others.next().value;
          if (next === undefined || !this.value(entry.key, next.key) || !this.value(entry.value, next.value)) return false;
        }
        if ((recorded.factory === undefined) !== (other.factory === undefined)) return false;
        if (recorded.factory !== undefined && other.factory !== undefined && !this.value(recorded.factory, other.factory)) return false;
        return this.named(recorded.attributes, other.attributes);
      }
      case 'set': { const other = actual as typeof recorded; return recorded.frozen === other.frozen && recorded.open === other.open && this.values([...recorded.entries.values()], [...other.entries.values()]); }
      case 'slice': { const other = actual as typeof recorded; return this.value(recorded.start, other.start) && this.value(recorded.stop, other.stop) && this.value(recorded.step, other.step); }
      case 'bound-method': { const other = actual as typeof recorded; return this.value(recorded.self, other.self) && this.value(recorded.callable, other.callable); }
      case 'tensor': return this.tensor(recorded, actual as typeof recorded);
      case 'instance': {
        const other = actual as typeof recorded;
        return recorded.cls === other.cls && this.named(recorded.attributes, other.attributes) && slotsMatch(recorded.slots, other.slots, this) && this.sameOrigin(recorded.origin, other.origin);
      }
      default: return false;
    }
  }

  private named(recorded: ReadonlyMap<string, Value> | undefined, actual: ReadonlyMap<string, Value> | undefined): boolean {
    if (recorded === undefined || actual === undefined) return recorded === actual;
    if (recorded.size !== actual.size) return false;
    const others = actual.entries();
    for (const [name, value] of recorded) {
      const next = others.next().value;
      if (next === undefined || next[0] !== name || !this.value(value, next[1])) return false;
    }
    return true;
  }

  private tensor(recorded: TensorValue, actual: TensorValue): boolean {
    if (recorded.cls !== actual.cls || recorded.dtype !== actual.dtype || !isSameShape(recorded.shape, actual.shape) || !isSameRange(recorded.range, actual.range)) return false;
    if (!isSameNumbers(recorded.contents, actual.contents) || !this.sameOrigin(recorded.origin, actual.origin) || !slotsMatch(recorded.slots, actual.slots, this)) return false;
    this.pairs.set(recorded.shape, actual.shape);
    return true;
  }

  private origin(recorded: { readonly origin?: Origin | undefined }, actual: { readonly origin?: Origin | undefined }): boolean {
    if (recorded !== actual) this.pairs.set(recorded, actual);
    return this.sameOrigin(recorded.origin, actual.origin);
  }

  private sameOrigin(recorded: Origin | undefined, actual: Origin | undefined): boolean {
    if (recorded === actual) return true;
    if (recorded === undefined || actual === undefined || !isSameOrigin(recorded, actual)) return false;
    this.pairs.set(recorded, actual);
    return true;
  }

  /** `isAnywhere`: wherever they stand. */
  arguments(recorded: CallArguments, actual: CallArguments, isAnywhere = false): boolean {
    if (recorded.openPositional !== actual.openPositional || recorded.openKeywords !== actual.openKeywords || recorded.positional.length !== actual.positional.length || recorded.keywords.length !== actual.keywords.length) return false;
    for (let at = recorded.keywords.length - 1; at >= 0; at -= 1) {
      const [one, other] = [recorded.keywords[at], actual.keywords[at]];
      if (one === undefined || other === undefined || one.name !== other.name || one.isOptional !== other.isOptional || !this.argument(one, other, isAnywhere)) return false;
    }
    // The object itself, which is the largest, comes last.
    for (let at = recorded.positional.length - 1; at >= 0; at -= 1) {
      const [one, other] = [recorded.positional[at], actual.positional[at]];
      if (one === undefined || other === undefined || !this.argument(one, other, isAnywhere)) return false;
    }
    return true;
  }

  private argument(recorded: Argument, actual: Argument, isAnywhere: boolean): boolean {
    if (recorded.place !== actual.place && !isAnywhere) {
      if (!samePlace(recorded.place, actual.place) || recorded.place === undefined || actual.place === undefined) return false;
      this.pairs.set(recorded.place, actual.place);
    }
    return this.value(recorded.value, actual.value);
  }
}

export function isSameShape(left: Shape, right: Shape): boolean {
  if (left === right) return true;
  const [one, other] = [left.dims, right.dims];
  if (one === undefined || other === undefined) return one === other;
  if (one.length !== other.length) return false;
  for (let axis = 0; axis < one.length; axis += 1) {
    const [a, b] = [one[axis] ?? 0, other[axis] ?? 0];
    if (a !== b && (typeof a === 'number' || typeof b === 'number' || dimEquals(a, b) !== true)) return false;
  }
  return true;
}

function isSameRange(left: ValueRange | undefined, right: ValueRange | undefined): boolean {
  return left === right || isSamePlain(left, right);
}

function isSameNumbers(left: readonly number[] | undefined, right: readonly number[] | undefined): boolean {
  if (left === right) return true;
  return left !== undefined && right !== undefined && left.length === right.length && left.every((one, at) => Object.is(one, right[at]));
}

function isSameOrigin(left: Origin, right: Origin, depth = 0): boolean {
  if (left === right) return true;
  if (depth > 8 || left.literal !== right.literal || (left.place !== right.place && !samePlace(left.place, right.place)) || !isSamePlain(left.says, right.says)) return false;
  const [from, other] = [left.from ?? [], right.from ?? []];
  return from.length === other.length && from.every((one, at) => isSameOrigin(one, other[at] ?? one, depth + 1));
}

/** Plain data: numbers, texts, and objects and lists of them. */
export function isSamePlain(left: unknown, right: unknown, depth = 0): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null || depth > 4) return false;
  if (left instanceof Map && right instanceof Map) return left.size === right.size && isSamePlain([...left], [...right], depth + 1);
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right) || left instanceof Map) return false;
  const [one, other] = [Object.entries(left), Object.entries(right)];
  return one.length === other.length && one.every(([key, value], at) => key === other[at]?.[0] && isSamePlain(value, other[at]?.[1], depth + 1));
}

/** How places of the program's text are carried over to another version of it. */
export interface PlaceMap { readonly source: SourceFile; readonly place: (place: Place) => Place }

export interface Shifts { readonly instances: number; readonly operations: number; readonly calls: number; readonly layers: number }
export const noShifts: Shifts = { instances: 0, operations: 0, calls: 0, layers: 0 };

type Filling = { -readonly [K in keyof LayerCall]: LayerCall[K] };

/** Copies a graph of values once: what two parts of it share, their copies share. */
export class Copier {
  /** Object → what stands for it in the copy. */
  readonly made: Map<object, object>;
  readonly shifts: Shifts;
  private readonly places: PlaceMap | undefined;
  /** Objects with a number up to this were there before: they are not copied. */
  private readonly oldest: number;
  private readonly functions: ReadonlySet<object> | undefined;
  /** What is copied is what a call is given: how it came about is left out. */
  readonly isOfGiven: boolean;
  private unfinished: { readonly from: LayerCall; readonly to: Filling }[] = [];

  constructor(made: Map<object, object>, shifts: Shifts = noShifts, places?: PlaceMap, oldest = 0, functions?: ReadonlySet<object>, isOfGiven = false) {
    this.made = made;
    this.shifts = shifts;
    this.places = places;
    this.oldest = oldest;
    this.functions = functions;
    this.isOfGiven = isOfGiven;
  }

  fail(reason: string): never { throw new NotCopied(reason); }

  /** What stands for an object that has been matched or copied already. */
  known<T extends object>(object: T): T {
    return (this.made.get(object) as T | undefined) ?? this.fail('an object that is not followed');
  }

  value<T extends Value>(value: T): T {
    return this.copyOf(value) as T;
  }

  private copyOf(value: Value): Value {
    switch (value.kind) {
      case 'none': case 'ellipsis': case 'not-implemented': case 'bytes': case 'native': case 'class': case 'module': case 'property': case 'staticmethod': case 'classmethod': return value;
      case 'bool': case 'int': case 'float': case 'str': case 'range': {
        if (value.origin === undefined) return value;
        const known = this.made.get(value) as Value | undefined;
        if (known !== undefined) return known;
        const origin = this.origin(value.origin);
        return origin === value.origin ? value : { ...value, origin };
      }
      case 'function': return this.functions?.has(value) === true ? this.fail('a function that the call makes') : value;
      default:
    }
    const known = this.made.get(value) as Value | undefined;
    if (known !== undefined) return known;
    if (isConstant(value)) return value;
    switch (value.kind) {
      case 'unknown': return value.reason === undefined && value.alternatives === undefined && value.origin === undefined ? value : this.fail('something unknown');
      case 'tuple': {
        const items = this.values(value.items), origin = this.origin(value.origin);
        return items === value.items && origin === value.origin ? value : this.keep(value, { ...value, items, origin });
      }
      case 'list': {
        const made = this.keep(value, { ...value, items: [], origin: this.origin(value.origin) });
        for (const item of value.items) made.items.push(this.copyOf(item));
        return made;
      }
      case 'dict': {
        if (value.optional !== undefined) this.fail('a dict of which some entries may lack');
        const made = this.keep(value, { ...value, entries: new Map<string, DictEntry>() });
        for (const [key, entry] of value.entries) {
          const ownKey = this.copyOf(entry.key);
          made.entries.set(ownKey === entry.key ? key : (dictKey(ownKey) ?? key), { key: ownKey, value: this.copyOf(entry.value) });
        }
        if (value.attributes !== undefined) made.attributes = this.named(value.attributes);
        if (value.factory !== undefined) made.factory = this.copyOf(value.factory);
        return made;
      }
      case 'set': {
        const made = this.keep(value, { ...value, entries: new Map<string, Value>() });
        for (const [key, item] of value.entries) { const own = this.copyOf(item); made.entries.set(own === item ? key : (dictKey(own) ?? key), own); }
        return made;
      }
      case 'slice': { const made: SliceValue = { kind: 'slice', start: this.copyOf(value.start), stop: this.copyOf(value.stop), step: this.copyOf(value.step) }; return this.keep(value, made); }
      case 'bound-method': return this.keep(value, { kind: 'bound-method', self: this.copyOf(value.self), callable: this.copyOf(value.callable) });
      case 'tensor': return this.tensor(value);
      case 'instance': return this.instance(value);
      default: return this.fail(`a value of the kind ${value.kind}`);
    }
  }

  keep<T extends object>(from: T, to: T): T {
    this.made.set(from, to);
    return to;
  }

  /** The list itself where no part of it has to be another one. */
  values(items: readonly Value[]): readonly Value[] {
    let made: Value[] | undefined;
    for (let at = 0; at < items.length; at += 1) {
      const item = items[at] as Value, own = this.copyOf(item);
      if (made === undefined && own !== item) made = items.slice(0, at);
      made?.push(own);
    }
    return made ?? items;
  }

  named(from: ReadonlyMap<string, Value>): Map<string, Value> {
    const made = new Map<string, Value>();
    for (const [name, value] of from) made.set(name, this.copyOf(value));
    return made;
  }

  private instance(from: InstanceValue): InstanceValue {
    if (from.id <= this.oldest) this.fail(`an object of ${from.cls.name} that was there before`);
    const attributes = new Map<string, Value>(), slots = new Map<object, unknown>();
    const made: InstanceValue = { kind: 'instance', id: from.id + this.shifts.instances, cls: from.cls, attributes, slots, origin: this.origin(from.origin) };
    this.made.set(from, made);
    for (const [name, value] of from.attributes) attributes.set(name, this.copyOf(value));
    if (from.slots.size > 0) for (const [key, content] of copySlots(from.slots, this, made)) slots.set(key, content);
    return made;
  }

  private tensor(from: TensorValue): TensorValue {
    const { kind, cls, shape, dtype, range, contents, origin } = from;
    const made: TensorValue & { slots: TensorSlots } = { kind, cls, shape: this.shape(shape), dtype, range, contents, origin: this.origin(origin), slots: from.slots };
    this.made.set(from, made);
    made.slots = copySlots(from.slots, this, made);
    return made;
  }

  /** A shape of its own, as an operation would have made it: whether two arrays share theirs says whether they are one (evaluator/recording.ts). */
  private shape(shape: Shape): Shape {
    if (shape.dims === undefined || shape.dims.length === 0) return shape;
    return (this.made.get(shape) as Shape | undefined) ?? this.keep(shape, { dims: shape.dims });
  }

  origin(origin: Origin | undefined): Origin | undefined {
    if (origin === undefined) return undefined;
    const known = this.made.get(origin) as Origin | undefined;
    if (known !== undefined || this.places === undefined) return known ?? origin;
    if (this.isOfGiven) return this.keep(origin, origin);
    const place = origin.place === undefined ? undefined : this.place(origin.place);
    let from = origin.from;
    if (from !== undefined) {
      const own = from.map((one) => this.origin(one) ?? one);
      if (own.some((one, at) => one !== origin.from?.[at])) from = own;
    }
    return place === origin.place && from === origin.from ? origin : this.keep(origin, { ...origin, ...(from === undefined ? {} : { from }), place });
  }

  place(place: Place): Place {
    if (this.places === undefined || place.source !== this.places.source) return place;
    const known = this.made.get(place) as Place | undefined;
    return known ?? (this.isOfGiven ? this.keep(place, place) : this.places.place(place));
  }

  arguments(args: CallArguments): CallArguments {
    return {
      positional: args.positional.map((one) => this.argument(one)), keywords: args.keywords.map((one): KeywordArgument => ({ ...one, value: this.copyOf(one.value), place: one.place && this.place(one.place) })),
      openPositional: args.openPositional, openKeywords: args.openKeywords,
    };
  }
  argument(one: Argument): Argument {
    const value = this.copyOf(one.value), place = one.place && this.place(one.place);
    return value === one.value && place === one.place ? one : { value, place };
  }

  /** The arguments that an object keeps: those of its constructor are kept in two places. */
  bound(args: BoundArguments): BoundArguments {
    const known = this.made.get(args) as BoundArguments | undefined;
    return known ?? this.keep(args, args.mapped(this.ofArgument));
  }
  private readonly ofArgument = (argument: Argument): Argument => this.argument(argument);

  /** A call of a layer; what went in and came out is filled in by `finish`. */
  call(from: LayerCall): LayerCall {
    const known = this.made.get(from) as LayerCall | undefined;
    if (known !== undefined) return known;
    if (from.within !== undefined) this.fail('a call within functions');
    const made: Filling = { ...from, id: from.id + this.shifts.calls, place: from.place && this.place(from.place) };
    this.made.set(from, made);
    this.unfinished.push({ from, to: made });
    return made;
  }

  /** Calls without others inside first: what they give leads on to what came before, so that no chain is followed from its end. */
  finish(): void {
    while (this.unfinished.length > 0) {
      const round = this.unfinished.sort((left, right) => left.from.id - right.from.id);
      this.unfinished = [];
      const parents = new Set<LayerCall | undefined>(round.map(({ from }) => from.parent));
      for (const isLeaf of [true, false]) for (const { from, to } of round) if (parents.has(from) !== isLeaf) this.fill(from, to);
    }
  }

  private fill(from: LayerCall, to: Filling): void {
    to.parent = from.parent && this.call(from.parent);
    to.input = this.copyOf(from.input);
    to.layer = this.known(from.layer);
    if (from.others !== undefined) to.others = this.values(from.others);
    if (from.received !== undefined) to.received = this.values(from.received);
    to.output = this.copyOf(from.output);
  }
}
