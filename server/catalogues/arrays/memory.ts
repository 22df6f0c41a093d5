// Arrays that can be changed in place: which of them share their elements (views and their bases), and what an assignment does to all of
// them. Only libraries with `isMutable` come here. Changes go through the heap, so that branches can be undone and joined.
import { castRange, uniteRanges, type ValueRange } from '../../tensors/range.ts';
import { setTensorState } from '../../values/heap.ts';
import { failRecorders } from '../../values/recorder.ts';
import { defineSlot } from '../../values/slots.ts';
import type { TensorValue } from '../../values/value.ts';
import type { Dim } from '../../tensors/dim.ts';

const mostSharers = 1024;

interface Memory {
  readonly base: TensorValue;
  readonly sharers: Set<TensorValue>;
}
const memorySlot = defineSlot<Memory>('memory', undefined, {
  matches: (recorded, actual, matcher) => {
    matcher.pairs.set(recorded, actual);
    return true;
  },
  isIgnored: true,
  // What shares it besides is not followed.
  ofGiven: (content, copier, on) => {
    const known = copier.made.get(content) as Memory | undefined;
    return known ?? copier.keep(content, { base: on as TensorValue, sharers: new Set<TensorValue>() });
  },
  // The copy shares the memory of what stands for the base.
  copy: (content, copier, on) => {
    let memory = copier.made.get(content) as Memory | undefined;
    if (memory === undefined) {
      const base = copier.value(content.base);
      memory = copier.keep(content, memoryFrom(base));
    }
    if (on.kind === 'tensor') memory.sharers.add(on);
    return memory;
  },
});
const memories = new WeakMap<TensorValue, Memory>();

/** The result shares its elements with the base: what is written into one is seen in the other. */
export function shareMemory(base: TensorValue, view: TensorValue): TensorValue {
  if (base === view) return view;
  const memory = memoryFrom(base);
  const shared = memorySlot.on(view, memory);
  memory.sharers.add(shared);
  // Rows read in a long loop: the oldest are given up.
  if (memory.sharers.size > mostSharers)
    for (const oldest of memory.sharers) {
      if (oldest !== base) {
        memory.sharers.delete(oldest);
        break;
      }
    }
  return shared;
}

function memoryFrom(base: TensorValue): Memory {
  let memory = memoryOf(base);
  if (memory === undefined) {
    memory = { base, sharers: new Set([base]) };
    memories.set(base, memory);
  }
  return memory;
}

function memoryOf(array: TensorValue): Memory | undefined {
  return memories.get(array) ?? memorySlot.get(array);
}

export interface Write {
  /** Of the values written; undefined: not known. */
  readonly range: ValueRange | undefined;
  /** The array's elements afterwards, where they are known. */
  readonly elements: readonly number[] | undefined;
  /** All elements are replaced. */
  readonly whole: boolean;
}

/** Elements of the array are assigned. */
export function writeArray(array: TensorValue, write: Write): void {
  const written = write.range === undefined || array.dtype === undefined ? write.range : castRange(write.range, array.dtype);
  for (const sharer of memoryOf(array)?.sharers ?? []) {
    const nothingNew =
      sharer.contents === undefined &&
      (sharer.range === undefined ||
        (written !== undefined &&
          !sharer.range.attained &&
          written.low >= sharer.range.low &&
          written.high <= sharer.range.high &&
          (written.integral || !sharer.range.integral)));
    if (sharer === array || nothingNew) continue;
    failRecorders('writes into what shares its elements');
    put(sharer, widened(sharer, written), undefined);
  }
  put(array, write.whole ? written : widened(array, written), write.elements);
}

/** The elements were put in another order: their values stay, but not where they stand. */
export function forgetOrder(array: TensorValue): void {
  for (const sharer of memoryOf(array)?.sharers ?? []) {
    failRecorders('writes into what shares its elements');
    put(sharer, sharer.range, undefined);
  }
  put(array, array.range, undefined);
}

/** What is known of the array becomes what is known of another one of the same shape (`x += y`). */
export function overwriteArray(array: TensorValue, content: Pick<TensorValue, 'range' | 'contents'>): void {
  writeArray(array, { range: content.range, elements: content.contents, whole: true });
}

function widened(array: TensorValue, written: ValueRange | undefined): ValueRange | undefined {
  return array.range === undefined || written === undefined ? undefined : { ...uniteRanges(array.range, written), attained: false };
}

function put(array: TensorValue, range: ValueRange | undefined, elements: readonly number[] | undefined): void {
  setTensorState(array, { range, contents: elements, slots: new Map([...array.slots].filter(([, content]) => !isElementList(content))) });
}

/** Symbolic elements stand in a slot as a list of sizes. */
function isElementList(content: unknown): content is readonly Dim[] {
  return Array.isArray(content);
}
