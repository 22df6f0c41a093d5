// The split notation of TensorFlow Datasets: `train`, `train[:80%]`, `train[100:200]+test`, and how many examples each names.
// It must not know data sets' elements.

export interface SplitPart {
  /** `train`; `all` stands for every split. */
  readonly name: string;
  readonly count: number | undefined;
  /** Not cut: all examples of the split. */
  readonly whole: boolean;
}

/** The parts of a sum of splits; undefined where the text is none. Percents are rounded to the closest example, halves to the even one, as `ReadInstruction` does. */
export function readSplit(text: string, sizes: ReadonlyMap<string, number | undefined>): readonly SplitPart[] | undefined {
  const parts: SplitPart[] = [];
  for (const written of text.split('+')) {
    const part = readPart(written.trim(), sizes);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts;
}

export function countOfParts(parts: readonly SplitPart[]): number | undefined {
  let sum = 0;
  for (const part of parts) {
    if (part.count === undefined) return undefined;
    sum += part.count;
  }
  return sum;
}

function sizeOf(name: string, sizes: ReadonlyMap<string, number | undefined>): number | undefined {
  if (name !== 'all' || sizes.has('all')) return sizes.get(name);
  let sum = 0;
  for (const size of sizes.values()) {
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}

function readPart(text: string, sizes: ReadonlyMap<string, number | undefined>): SplitPart | undefined {
  const bracket = text.indexOf('[');
  const name = bracket < 0 ? text : text.slice(0, bracket);
  if (name === '') return undefined;
  const size = sizeOf(name, sizes);
  if (bracket < 0) return { name, count: size, whole: true };
  if (!text.endsWith(']')) return undefined;
  const inside = text.slice(bracket + 1, -1);
  const colon = inside.indexOf(':');
  if (colon < 0) return { name, count: undefined, whole: false };
  const [from, to] = [boundary(inside.slice(0, colon), size, 0), boundary(inside.slice(colon + 1), size, size)];
  if (from === 'bad' || to === 'bad') return undefined;
  const count = from === undefined || to === undefined ? undefined : Math.max(0, to - from);
  return { name, count, whole: count !== undefined && count === size };
}

/** A position in the split; 'bad' is no boundary, undefined one that depends on what is not known. */
function boundary(text: string, size: number | undefined, absent: number | undefined): number | undefined | 'bad' {
  const bare = text.trim().replaceAll('_', '');
  if (bare === '') return absent;
  // Shards hold numbers of examples that the table does not give.
  if (bare.endsWith('shard')) return undefined;
  const isPercent = bare.endsWith('%');
  const value = Number(isPercent ? bare.slice(0, -1) : bare);
  if (!Number.isFinite(value)) return 'bad';
  if (size === undefined) return value >= 0 && !isPercent ? value : undefined;
  const position = isPercent ? roundHalfEven(value * size / 100) : value;
  return Math.min(size, Math.max(0, position < 0 ? position + size : position));
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  return value - below === 0.5 ? (below % 2 === 0 ? below : below + 1) : Math.round(value);
}
