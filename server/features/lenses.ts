// The line above a model: its parameters and the way to its summary. Plain data; it knows no LSP.
import type { ParameterCount } from '../trace/counts.ts';
import { countParameters, groupDigits } from '../trace/counts.ts';
import type { Model, Trace } from '../trace/trace.ts';
import type { Place } from '../values/place.ts';
import { message } from '../values/place.ts';
import type { Message } from '../values/place.ts';
import type { ChosenCalls } from './shared-calls.ts';
import { counterpartOf } from './compare.ts';
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

/** A model's parameters, to compare with those of another version. */
export interface CountedModel { readonly name: string; readonly class: string; readonly count: ParameterCount }

export function countedModelsOf(trace: Trace, path: string): CountedModel[] {
  return modelsOf(trace, path).map(({ layer }) => ({ name: layer.name, class: layer.className, count: countParameters(layer) }));
}

/** What each model has more or less than in the last commit, where that is known and something: `+1.2 M parameters since HEAD`. */
export function committedLensesOf(trace: Trace, path: string, committed: readonly CountedModel[]): Lens[] {
  if (committed.length === 0) return [];
  const counted = countedModelsOf(trace, path);
  return modelsOf(trace, path).flatMap((model, modelIndex) => {
    const place = placeIn(model.layer, path), after = counted[modelIndex];
    const before = after === undefined ? undefined : counterpartOf(after, modelIndex, committed);
    if (place === undefined || after === undefined || before === undefined || !before.count.complete || !after.count.complete) return [];
    const difference = after.count.total - before.count.total;
    return difference === 0 ? [] : [{ place, title: message('{difference} parameters since HEAD', { difference: shortDifference(difference) }), modelIndex, model }];
  });
}

/** `+1.2 M`, `−512`. */
export function shortDifference(count: number): string {
  const sign = count < 0 ? '\u2212' : '+';
  let size = Math.abs(count), unit = 0;
  if (size < 10_000) return sign + groupDigits(size);
  const units = ['', ' k', ' M', ' G', ' T'];
  while (size >= 999.5 && unit + 1 < units.length) { size /= 1000; unit += 1; }
  return `${sign}${size < 99.95 ? size.toFixed(1) : size.toFixed(0)}${units[unit] ?? ''}`;
}
