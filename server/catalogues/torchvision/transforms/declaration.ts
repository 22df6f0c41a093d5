// How a transform is declared: its signature in Python's own notation and what it makes of one value; version 1, version 2 and, where there is
// one, the function of the same meaning share it. Classes, structures of inputs and the trace come from classes.ts. It must not know any transform.
import type { BoundArguments } from '../../../values/arguments.ts';
import type { Interpreter } from '../../../values/interpreter.ts';
import { message, type Message, type Place } from '../../../values/place.ts';
import type { Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { formatShape } from '../../../tensors/shape.ts';
import { imageFacts } from '../../pil/image.ts';

export interface TransformCall {
  readonly interpreter: Interpreter;
  /** The constructor's arguments, or the function's. */
  readonly args: BoundArguments;
  readonly place: Place;
  /** As the program calls it, for messages: `Normalize`. */
  readonly name: string;
  readonly isVersion2: boolean;
}

export type TransformOperation = (call: TransformCall, value: Value) => Value;

/** To what a transform is applied in version 2, where its inputs are structures. */
export type TransformReach =
  /** Pictures and masks. */
  | 'geometry'
  /** Pictures alone. */
  | 'color'
  /** Whatever it can convert. */
  | 'conversion'
  /** The whole input. */
  | 'everything';

export interface TransformDeclaration {
  readonly name: string;
  readonly signature: string;
  readonly reach: TransformReach;
  /** In which versions it exists; both when absent. */
  readonly versions?: 1 | 2;
  /** In version 1 it is no nn.Module. */
  readonly isPlain?: boolean;
  /** What the constructor refuses. */
  readonly check?: (call: TransformCall) => void;
  readonly operation: TransformOperation;
}

/** The framework's reason. */
export function refuseTransform(call: TransformCall, text: Message, options: { readonly rule?: string; readonly exception?: string; readonly argument?: string } = {}, result: Value = unknown()): Value {
  return call.interpreter.refuse({
    rule: options.rule ?? 'invalid-argument', exception: options.exception ?? 'TypeError', message: text,
    place: (options.argument === undefined ? undefined : call.args.place(options.argument)) ?? call.place,
  }, result);
}

/** What a value is, for messages: `a PIL image`, `a tensor of shape (3, 8, 8)`. */
export function kindText(value: Value): Message {
  if (imageFacts(value) !== undefined) return message('a PIL image');
  const shape = value.kind === 'tensor' ? formatShape(value.shape) : '';
  if (value.kind === 'tensor') return value.cls.name === 'ndarray' ? message('an array of shape {shape}', { shape }) : message('a tensor of shape {shape}', { shape });
  return message('a {type}', { type: value.kind === 'instance' ? value.cls.name : value.kind === 'none' ? 'None' : value.kind });
}

/** Whether it is known what the value is. */
export function isDecided(value: Value): boolean {
  return value.kind !== 'unknown' && !(value.kind === 'instance' && value.cls.mro.some((cls) => !cls.native && cls.hasUnknownBase));
}
