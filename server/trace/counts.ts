// Parameter counts and the printing of what calls give. It must not know how anything is shown.
import { isKnown } from '../tensors/dim.ts';
import { elementCount, formatShape } from '../tensors/shape.ts';
import type { Value } from '../values/value.ts';
import type { Layer, Weight } from './trace.ts';

export interface ParameterCount {
  readonly total: number;
  readonly trainable: number;
  /** False when some weight's size is not known, or the layer is not built: the figures are then lower bounds. */
  readonly complete: boolean;
}

/** Parameters of a layer with all it holds; a layer or weight that is held twice counts once. Freezing a layer freezes its weights, so only the layer's own
 * `trainable` is asked besides theirs: what was unfrozen inside a frozen model is trained by the model around it, as in Keras 3 and PyTorch. */
export function countParameters(layer: Layer): ParameterCount { return count(layer, true); }

/** The layer's own parameters, without those of what it holds. */
export function countOwnParameters(layer: Layer): ParameterCount { return count(layer, false); }

function count(layer: Layer, withChildren: boolean): ParameterCount {
  let total = 0, trainable = 0;
  const complete = visitWeights(layer, withChildren, (weight, size, isTrained) => {
    if (weight.isBuffer === true) return;
    total += size;
    if (isTrained) trainable += size;
  });
  return { total, trainable, complete };
}

/** Each weight and buffer once, with its size where that is known. Gives whether these are all, and all parameters' sizes known. */
export function visitWeights(layer: Layer, withChildren: boolean, tell: (weight: Weight, size: number, isTrained: boolean) => void): boolean {
  const seen = new Set<Layer>();
  const weights = new Set<Weight>();
  let complete = true;
  const visit = (one: Layer, isTrainable: boolean): void => {
    if (seen.has(one)) return;
    seen.add(one);
    if (!one.built || one.incomplete) complete = false;
    for (const weight of one.weights) {
      if (weights.has(weight)) continue;
      weights.add(weight);
      const size = elementCount(weight.shape);
      if (size !== undefined && isKnown(size)) tell(weight, size, isTrainable && weight.trainable);
      else if (weight.isBuffer !== true) complete = false;
    }
    if (withChildren) for (const child of one.children()) {
      if (one.mayHold?.(child) === true) {
        // What may be there or not is left out; a layer without parameters changes nothing.
        if (child.weights.length > 0 || child.incomplete || child.children().length > 0) complete = false;
      } else visit(child, isTrainable);
    }
  };
  visit(layer, layer.trainable);
  return complete;
}

/** An output as Python prints its shapes: one shape, a tuple of shapes, or a dict of them; undefined where it holds no tensor. */
export function formatOutput(value: Value | undefined): string | undefined {
  return value === undefined ? undefined : formatWithin(value, { left: mostParts });
}

/** Larger structures are no outputs of layers, and one that holds itself has no end. */
const mostParts = 1_000;

function formatWithin(value: Value, parts: { left: number }): string | undefined {
  parts.left -= 1;
  if (parts.left < 0) return undefined;
  switch (value.kind) {
    case 'tensor': return formatShape(value.shape);
    case 'tuple': case 'list': {
      const texts: string[] = [];
      for (const item of value.items) {
        const text = formatWithin(item, parts);
        if (text === undefined) return undefined;
        texts.push(text);
      }
      if (texts.length === 0) return undefined;
      if (value.kind === 'list' && texts.length === 1) return texts[0];
      return texts.length === 1 ? `(${texts[0]},)` : `(${texts.join(', ')})`;
    }
    case 'dict': {
      const texts: string[] = [];
      for (const entry of value.entries.values()) {
        const shape = entry.key.kind === 'str' ? formatWithin(entry.value, parts) : undefined;
        if (entry.key.kind !== 'str' || shape === undefined) return undefined;
        texts.push(`'${entry.key.value}': ${shape}`);
      }
      return texts.length === 0 ? undefined : `{${texts.join(', ')}}`;
    }
    default: return undefined;
  }
}

/** The shape as JSON: numbers, null for an axis that is not known; undefined when it is no single tensor of known rank. */
export function outputShapeJson(value: Value | undefined): (number | null)[] | undefined {
  if (value?.kind !== 'tensor' || value.shape.dims === undefined) return undefined;
  return value.shape.dims.map((dim) => (isKnown(dim) ? dim : null));
}

/** 13,132,322. */
export function groupDigits(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}
