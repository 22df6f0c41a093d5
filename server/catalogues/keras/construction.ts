// What classes of layers are known by: their declarations, the behaviour of models, and what a declaration's functions are given.
// It must not know any single layer.
import { unknownDim } from '../../tensors/dim.ts';
import type { Dim } from '../../tensors/dim.ts';
import type { Shape } from '../../tensors/shape.ts';
import type { BoundArguments, CallArguments, KeywordArgument } from '../../values/arguments.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Message, Place } from '../../values/place.ts';
import type { ClassValue, InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { dimFromValue } from '../arrays/contents.ts';
import { sortedEntries } from '../arrays/library.ts';
import type { Construction, LayerDeclaration } from './layer-declaration.ts';
import type { LayerState } from './layer-state.ts';

/** What calling a layer that is no declared one does: models. */
export interface LayerBehaviour {
  readonly call: (running: RunningCall) => Value;
  /** Runs once before the first call. */
  readonly build?: (interpreter: Interpreter, self: InstanceValue, state: LayerState, shape: Value, place: Place) => void;
  /** Numbers and flags may be given by position. */
  readonly takesAnything?: boolean;
}

export interface RunningCall {
  readonly interpreter: Interpreter;
  readonly self: InstanceValue;
  readonly state: LayerState;
  readonly args: CallArguments;
  /** The first argument. */
  readonly input: Value;
  readonly isSymbolic: boolean;
  readonly place: Place;
}

const declarations = new Map<ClassValue, LayerDeclaration>();
const behaviours = new Map<ClassValue, LayerBehaviour>();

export function registerDeclaration(cls: ClassValue, declaration: LayerDeclaration): void {
  declarations.set(cls, declaration);
}
export function registerBehaviour(cls: ClassValue, behaviour: LayerBehaviour): void {
  behaviours.set(cls, behaviour);
}

/** The declaration that says what instances of the class do. */
export function declarationOf(cls: ClassValue): LayerDeclaration | undefined {
  return cls.mro.map((one) => declarations.get(one)).find((one) => one !== undefined);
}
export function behaviourOf(cls: ClassValue): LayerBehaviour | undefined {
  return cls.mro.map((one) => behaviours.get(one)).find((one) => one !== undefined);
}

/** An axis of a declared shape: None is an axis that Keras does not know. */
export function axisFromValue(value: Value): Dim {
  return value.kind === 'none' ? unknownDim({ prints: 'None' }) : (dimFromValue(value) ?? unknownDim());
}

/** A shape given as a tuple, a list or a single number; undefined when its rank is not known. */
export function shapeFromValue(interpreter: Interpreter, value: Value | undefined): Shape | undefined {
  if (value === undefined) return undefined;
  if (value.kind === 'tuple' || (value.kind === 'list' && !value.open)) return { dims: value.items.map(axisFromValue) };
  if (value.kind === 'int') return { dims: [value.value] };
  if (value.kind === 'tensor' || value.kind === 'range' || value.kind === 'instance') {
    const iteration = interpreter.iterate(value, interpreter.place);
    return iteration.exact ? { dims: iteration.items.map(axisFromValue) } : undefined;
  }
  return undefined;
}

/** The whole keyword, with its name, where it stands as such in the text. */
export function keywordPlace(keyword: KeywordArgument): Place | undefined {
  const place = keyword.place;
  if (place === undefined) return undefined;
  const text = place.source.parsed.text;
  const behindSpaces = (from: number): number => {
    let at = from;
    while (at > 0 && ' \t'.includes(text[at - 1] ?? '')) at -= 1;
    return at;
  };
  const equals = behindSpaces(place.start);
  if (text[equals - 1] !== '=') return place;
  const end = behindSpaces(equals - 1);
  return text.slice(end - keyword.name.length, end) === keyword.name ? { ...place, start: end - keyword.name.length } : place;
}

/** What a declaration's functions are given. */
export function constructionOf(
  interpreter: Interpreter,
  self: InstanceValue,
  state: LayerState,
  place: Place,
  callArgs?: BoundArguments,
): Construction {
  return {
    interpreter,
    args: state.args,
    place,
    instance: self,
    className: self.cls.name,
    refuse(text: Message, options = {}) {
      const at = options.argument === undefined ? undefined : (callArgs?.place(options.argument) ?? state.args.place(options.argument));
      interpreter.refuse({
        rule: options.rule ?? 'invalid-argument',
        message: text,
        place: at ?? place,
        layer: state.layer,
        ...(options.fixes === undefined ? {} : { fixes: options.fixes }),
      });
    },
  };
}

/** Applies a function to every tensor of a structure. */
export function mapTensors(value: Value, apply: (tensor: TensorValue, at: number) => Value): Value {
  let count = 0;
  const visit = (one: Value, depth: number): Value => {
    if (one.kind === 'tensor') {
      count += 1;
      return apply(one, count - 1);
    }
    if (depth > 6) return one;
    if (one.kind === 'tuple') return { ...one, items: one.items.map((item) => visit(item, depth + 1)) };
    if (one.kind === 'list') return { kind: 'list', items: one.items.map((item) => visit(item, depth + 1)), open: one.open };
    if (one.kind === 'dict') {
      // Counted by key, as Keras flattens it; kept in its own order.
      const mapped = new Map(sortedEntries(one).map((entry) => [entry, visit(entry.value, depth + 1)]));
      return {
        kind: 'dict',
        open: one.open,
        entries: new Map([...one.entries].map(([key, entry]) => [key, { key: entry.key, value: mapped.get(entry) ?? entry.value }])),
      };
    }
    return one;
  };
  return visit(value, 0);
}
