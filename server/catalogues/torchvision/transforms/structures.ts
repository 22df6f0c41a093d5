// What a transform of version 2 does to its inputs: pictures inside tuples, lists and dicts, labels and boxes passed through.
// Source: torchvision 0.29, transforms/v2/_transform.py, described. It must not know any transform.
import type { DictEntry, Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { imageFacts } from '../../pil/image.ts';
import { isArray, isOfClass, isTensor, tvClasses, tvTensorClass } from '../pictures.ts';
import type { TransformReach } from './declaration.ts';

/** The structure with each leaf replaced, in Python's order. */
export function mapLeaves(value: Value, change: (leaf: Value) => Value, depth = 0): Value {
  if (depth > 12) return unknown();
  switch (value.kind) {
    case 'tuple': return { ...value, items: value.items.map((item) => mapLeaves(item, change, depth + 1)) };
    case 'list': return value.open && value.items.length === 0 ? value : { kind: 'list', items: value.items.map((item) => mapLeaves(item, change, depth + 1)), open: value.open };
    case 'dict': {
      const entries = new Map<string, DictEntry>();
      for (const [key, entry] of value.entries) entries.set(key, { key: entry.key, value: mapLeaves(entry.value, change, depth + 1) });
      return { kind: 'dict', entries, open: value.open, cls: value.cls };
    }
    default: return change(value);
  }
}

export function leavesOf(value: Value): Value[] {
  const found: Value[] = [];
  mapLeaves(value, (leaf) => { found.push(leaf); return leaf; });
  return found;
}

function isPicture(value: Value): boolean {
  return imageFacts(value) !== undefined || isOfClass(value, tvClasses.Image) || isOfClass(value, tvClasses.Video);
}

/** Applies a transform to what it is meant for. A plain tensor is taken for a picture when it is the first one and no picture is there. */
export function applyToPictures(value: Value, reach: TransformReach, change: (leaf: Value) => Value): Value {
  if (reach === 'everything') return mapLeaves(value, change);
  let takesTensor = !leavesOf(value).some(isPicture);
  return mapLeaves(value, (leaf) => {
    if (isPicture(leaf)) return change(leaf);
    if (isOfClass(leaf, tvClasses.Mask)) return reach === 'geometry' || reach === 'color' ? (reach === 'geometry' ? change(leaf) : leaf) : leaf;
    if (isOfClass(leaf, tvTensorClass)) return leaf;
    if (isTensor(leaf)) {
      if (!takesTensor) return leaf;
      takesTensor = false;
      return change(leaf);
    }
    if (isArray(leaf)) return reach === 'conversion' ? change(leaf) : leaf;
    // What is not known alone is the picture; beside others it may be anything.
    return leaf.kind === 'unknown' && leaf.typeName === undefined && leaf === value ? change(leaf) : leaf;
  });
}
