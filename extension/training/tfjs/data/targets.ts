// Targets as a loss takes them, and whether they can be right: TensorFlow.js says nothing of labels that lie outside the classes, it just learns
// nothing from them. It must not know where samples come from.
import { TrainingError } from '../engine.ts';
import type { TargetKind } from '../losses.ts';
import type { Samples } from './samples.ts';
import { product } from './samples.ts';

export interface Targets { readonly values: Float32Array; readonly width: number }

/** `where`: the layer and line that have the units, for the message. */
export function targetsFor(samples: Samples, kind: TargetKind, outputShape: readonly number[], where: string): Targets {
  const units = outputShape.at(-1) ?? 1, places = product(outputShape.slice(0, -1));
  const { targets, targetWidth, count } = samples;
  checkFinite(samples);
  if (kind === 'classes') {
    if (targetWidth !== places) throw new TrainingError(`${samples.name} has ${targetWidth} labels a sample, the model gives ${places} (output (${outputShape.join(', ')})); ${where}`);
    checkClasses(samples, units, where);
    return { values: targets, width: places };
  }
  if (targetWidth === product(outputShape)) {
    if (kind === 'binary') checkBinary(samples, where);
    return { values: targets, width: targetWidth };
  }
  if (targetWidth === 1 && units > 1 && places === 1 && kind !== 'values') {
    checkClasses(samples, units, where);
    const rows = new Float32Array(count * units);
    for (let at = 0; at < count; at += 1) rows[at * units + (targets[at] ?? 0)] = 1;
    return { values: rows, width: units };
  }
  throw new TrainingError(`${samples.name} has targets of ${targetWidth} numbers a sample, the model gives (${outputShape.join(', ')}); ${where}`);
}

function checkFinite({ targets, targetWidth, describe, name }: Samples): void {
  const at = targets.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new TrainingError(`${name}: the target of ${describe(Math.floor(at / targetWidth))} is ${targets[at]}, no number`);
}

function checkClasses(samples: Samples, units: number, where: string): void {
  const { targets, targetWidth, describe, name, classes } = samples;
  const [low, high] = targets.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)] as [number, number], [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as [number, number]);
  const at = targets.findIndex((value) => !Number.isInteger(value) || value < 0 || value >= units);
  if (at >= 0) {
    const value = targets[at] ?? 0, of = describe(Math.floor(at / targetWidth));
    const label = classes?.[value] === undefined ? `label ${value}` : `the class ${classes[value] ?? ''} (number ${value})`;
    const reason = !Number.isInteger(value) ? 'labels are whole numbers' : `${where} has ${units} ${units === 1 ? 'unit' : 'units'}, which takes labels from 0 to ${units - 1}`;
    throw new TrainingError(`${name}: ${of} has ${label}; ${reason}${Number.isInteger(value) ? `; the labels go from ${low} to ${high}` : ''}`);
  }
  if (low === high) throw new TrainingError(`${name} holds one class only (${classes?.[low] ?? low}): there is nothing to tell apart`);
}

function checkBinary(samples: Samples, where: string): void {
  const { targets, targetWidth, describe, name, classes } = samples;
  const at = targets.findIndex((value) => value < 0 || value > 1);
  if (at >= 0) throw new TrainingError(`${name}: ${describe(Math.floor(at / targetWidth))} has ${classes?.[targets[at] ?? 0] === undefined ? `the target ${targets[at]}` : `the class ${classes[targets[at] ?? 0] ?? ''} (number ${targets[at]})`}; ${where} tells two classes apart, 0 and 1`);
  if (targetWidth === 1 && targets.every((value) => value === targets[0])) throw new TrainingError(`${name} holds one class only (${classes?.[targets[0] ?? 0] ?? targets[0]}): there is nothing to tell apart`);
}
