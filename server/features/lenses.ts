// The line above a model: its parameters and the way to its summary. Plain data; it knows no LSP.
import { countParameters, groupDigits } from '../trace/counts.ts';
import type { Model, Trace } from '../trace/trace.ts';
import type { Place } from '../values/place.ts';
import { message } from '../values/place.ts';
import type { Message } from '../values/place.ts';
import type { ChosenCalls } from './shared-calls.ts';
import { nextChoice, sharedClassesOf, sharedTitle } from './shared-calls.ts';
import { modelsOf, placeIn } from './summary.ts';

export interface Lens {
  readonly place: Place;
  readonly title: Message;
  /** Position in `summarize`'s list. */
  readonly modelIndex: number;
  readonly model: Model;
}

/** A lens that goes through the calls of a class whose code runs many times. */
export interface CallLens {
  readonly place: Place;
  readonly title: Message;
  readonly className: string;
  /** What a click chooses; undefined: all of them. */
  readonly next: number | undefined;
}

export function callLensesOf(trace: Trace, path: string, chosen: ChosenCalls): CallLens[] {
  return sharedClassesOf(trace, path).map((shared) => ({ place: shared.place, title: sharedTitle(shared, chosen), className: shared.cls.name, next: nextChoice(shared, chosen) }));
}

export function lensesOf(trace: Trace, path: string): Lens[] {
  return modelsOf(trace, path).flatMap((model, modelIndex) => {
    const place = placeIn(model.layer, path);
    if (place === undefined) return [];
    const count = countParameters(model.layer);
    const parameters = `${count.complete ? '' : '≥ '}${groupDigits(count.total)}`;
    const title = count.trainable === count.total || !count.complete
      ? message('{parameters} parameters · Summary', { parameters })
      : message('{parameters} parameters, {trainable} trainable · Summary', { parameters, trainable: groupDigits(count.trainable) });
    return [{ place, title, modelIndex, model }];
  });
}
