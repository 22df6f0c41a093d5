// Compares what we say of a program with what the framework did. Pure functions over text and plain data; it runs nothing.

/** What run_program.py prints of a program. */
export interface ProgramFacts {
  readonly layers: readonly LayerRecord[];
  readonly models: readonly ModelRecord[];
  readonly calls: readonly ShapeRecord[];
  readonly values: readonly ShapeRecord[];
  readonly revealed: readonly RevealRecord[];
  readonly errors: readonly ErrorRecord[];
}
interface Placed { readonly file: string; readonly line: number; readonly endLine?: number }
export interface ShapeRecord extends Placed { readonly shape: string; readonly function?: string }
export interface LayerRecord extends Placed { readonly class: string; readonly outputs: readonly string[]; readonly params: number | null }
export interface ModelRecord extends Placed { readonly class: string; readonly output: string | null; readonly params: { readonly total: number | null } }
export interface RevealRecord extends Placed { readonly shape: string | null; readonly dtype: string | null; readonly text: string; readonly type: string }
export interface ErrorRecord {
  readonly type: string;
  readonly message: string;
  readonly line: number | null;
  /** The program's lines in the traceback, outermost first. */
  readonly lines?: readonly number[];
  /** First and last line of the module's statement that failed. */
  readonly statement?: readonly [number, number];
}
export interface ExpectedFinding { readonly kind: string; readonly rule: string | undefined; readonly line: number }

/** A shape text as data: numbers, symbols, null for None and ?; nested for several outputs. */
export type Size = number | string | null;
export type ParsedShape = Size | readonly ParsedShape[] | { readonly entries: Readonly<Record<string, ParsedShape>> };

/** Reads `(None, 28, 28, 1)`, `((B, 4), (B, 4))`, `{'a': (None, 4)}`; undefined when the text is no shape. */
export function parseShape(text: string): ParsedShape | undefined {
  let at = 0;
  const space = (): void => { while (text[at] === ' ') at += 1; };
  const items = (close: string): ParsedShape[] | undefined => {
    const found: ParsedShape[] = [];
    for (space(); text[at] !== close; space()) {
      const item = at < text.length ? parse() : undefined;
      if (item === undefined) return undefined;
      found.push(item);
      space();
      if (text[at] === ',') at += 1;
      else if (text[at] !== close) return undefined;
    }
    at += 1;
    return found;
  };
  const parse = (): ParsedShape | undefined => {
    space();
    const open = text[at];
    if ((open === '(' && isGroup(text, at)) || open === '[') {
      at += 1;
      return items(open === '(' ? ')' : ']');
    }
    if (open === '{') {
      at += 1;
      const entries: Record<string, ParsedShape> = {};
      for (space(); text[at] !== '}'; space()) {
        const key = /^'([^']*)':/.exec(text.slice(at));
        if (key === null) return undefined;
        at += key[0].length;
        const value = parse();
        if (value === undefined) return undefined;
        entries[key[1] ?? ''] = value;
        space();
        if (text[at] === ',') at += 1;
      }
      at += 1;
      return { entries };
    }
    let depth = 0, end = at;
    for (; end < text.length && (depth > 0 || !',)]}'.includes(text[end] ?? '')); end += 1) depth += text[end] === '(' ? 1 : text[end] === ')' ? -1 : 0;
    const word = text.slice(at, end).trim();
    at = end;
    return word === '' ? undefined : /^-?\d+$/.test(word) ? Number(word) : word === 'None' || word === '?' ? null : word;
  };
  const result = parse();
  space();
  return at === text.length && typeof result === 'object' && result !== null ? result : undefined;
}

/** Whether a bracket holds items; `(H + 1)//2` begins with one that does not. */
function isGroup(text: string, start: number): boolean {
  let depth = 0, at = start;
  do {
    depth += text[at] === '(' ? 1 : text[at] === ')' ? -1 : 0;
    at += 1;
  } while (depth > 0 && at < text.length);
  const next = text.slice(at).trimStart()[0];
  return next === undefined || ',)]}'.includes(next);
}

function isList(shape: ParsedShape | undefined): shape is readonly ParsedShape[] {
  return Array.isArray(shape);
}

function isDict(shape: ParsedShape | undefined): shape is { readonly entries: Readonly<Record<string, ParsedShape>> } {
  return typeof shape === 'object' && shape !== null && !Array.isArray(shape);
}

/**
 * Whether a shape that we print can be the one that ran. None and ? fit everything. A symbol stands for one number, which `bound` remembers;
 * an expression over symbols is computed where all of them are bound.
 */
export function sameShape(ours: ParsedShape | undefined, theirs: ParsedShape | undefined, bound = new Map<string, number>()): boolean {
  if (ours === undefined || theirs === undefined) return false;
  if (ours === null || theirs === null) return true;
  if (typeof ours === 'number') return ours === theirs;
  if (typeof ours === 'string') return typeof theirs !== 'number' || sameSize(ours, theirs, bound);
  if (isDict(ours)) return isDict(theirs) && Object.entries(ours.entries).every(([key, one]) => sameShape(one, theirs.entries[key], bound));
  const [left, right] = [unwrapped(ours), unwrapped(theirs)];
  return isList(left) && isList(right) && left.length === right.length && left.every((one, at) => sameShape(one, right[at], bound));
}

/** A list of one output counts as that output. */
function unwrapped(shape: ParsedShape): ParsedShape {
  return isList(shape) && shape.length === 1 && isList(shape[0]) ? shape[0] : shape;
}

function sameSize(expression: string, size: number, bound: Map<string, number>): boolean {
  if (/^[A-Za-z_]\w*$/.test(expression)) {
    if (!bound.has(expression)) bound.set(expression, size);
    return bound.get(expression) === size;
  }
  const names = expression.match(/[A-Za-z_]\w*/g) ?? [];
  if (!/^[\w\s+\-*/%()]+$/.test(expression) || names.some((name) => !bound.has(name))) return true;
  return evaluate(expression, bound) === size;
}

// + - * // % over integers, as Python has them.
function evaluate(text: string, bound: ReadonlyMap<string, number>): number {
  const tokens = text.match(/\d+|[A-Za-z_]\w*|\/\/|[+\-*%()]/g) ?? [];
  let at = 0;
  const atom = (): number => {
    const token = tokens[at] ?? '0';
    at += 1;
    if (token === '-') return -atom();
    if (token === '(') { const value = sum(); at += 1; return value; }
    return /^\d/.test(token) ? Number(token) : bound.get(token) ?? Number.NaN;
  };
  const product = (): number => {
    let value = atom();
    for (let operator = tokens[at]; operator === '*' || operator === '//' || operator === '%'; operator = tokens[at]) {
      at += 1;
      const right = atom();
      value = operator === '*' ? value * right : operator === '//' ? Math.floor(value / right) : value - right * Math.floor(value / right);
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    for (let operator = tokens[at]; operator === '+' || operator === '-'; operator = tokens[at]) {
      at += 1;
      value = operator === '+' ? value + product() : value - product();
    }
    return value;
  };
  return sum();
}

/** `(56, 56, 64) … (7, 7, 512) · 448 params · 4 calls` taken apart. */
export function parseHint(text: string): { readonly shapes: readonly string[]; readonly params: readonly number[] } {
  let shapes: string[] = [], params: number[] = [];
  for (const part of text.split(' · ')) {
    const counts = /^(.*) params?$/.exec(part);
    if (counts !== null) params = (counts[1] ?? '').split(/ (?:…|\+) /).map((one) => Number(one.replace(/\D/g, '')));
    else if (/^[([{]/.test(part)) shapes = part.split(/ (?:…|→) /);
  }
  return { shapes, params };
}

export function covers(record: { readonly line: number; readonly endLine?: number }, line: number): boolean {
  return record.line <= line && line <= (record.endLine ?? record.line);
}

/** The layers of a program, and the models that a library made for it (VGG16), which are shown like layers. */
export function layersOf(facts: ProgramFacts): readonly LayerRecord[] {
  return [...facts.layers, ...facts.models.map((model) => ({ ...model, outputs: model.output === null ? [] : [model.output], params: model.params.total }))];
}

/** What is wrong with a hint: undefined when its line never ran. */
export function checkHint(text: string, line: number, file: string, facts: ProgramFacts, symbols: ReadonlyMap<string, number> = new Map()): readonly string[] | undefined {
  const hint = parseHint(text);
  const here = <T extends Placed>(records: readonly T[]): T[] => records.filter((record) => record.file === file && covers(record, line));
  const all = here(layersOf(facts));
  const exact = all.filter((layer) => layer.line === line);
  const layers = exact.length > 0 ? exact : all;
  const shapes = [...layers.flatMap((layer) => layer.outputs), ...here(facts.calls).map((one) => one.shape), ...here(facts.values).map((one) => one.shape)];
  const counts = layers.map((layer) => layer.params).filter((count) => count !== null);
  if (shapes.length === 0 && counts.length === 0) return undefined;
  const problems: string[] = [];
  for (const one of shapes.length === 0 ? [] : hint.shapes) {
    // Several names on a line show one shape each.
    const ours = parseShape(one) ?? parseShape(`(${one})`);
    const isThere = (part: ParsedShape | undefined): boolean => shapes.some((shape) => sameShape(part, parseShape(shape), new Map(symbols)));
    if (!isThere(ours) && !(parseShape(one) === undefined && isList(ours) && ours.every(isThere))) problems.push(`we say ${one}, it gave ${[...new Set(shapes)].join(' | ')}`);
  }
  for (const one of hint.params) if (!counts.includes(one)) problems.push(`we say ${one} params, there are ${counts.join(' | ') || 'none'}`);
  return problems;
}

/** What is wrong with `# revealed:`, undefined when its line never ran. */
export function checkRevealed(text: string, line: number, file: string, facts: ProgramFacts): readonly string[] | undefined {
  const records = facts.revealed.filter((record) => record.file === file && covers(record, line));
  if (records.length === 0) return undefined;
  const problems: string[] = [];
  for (const one of text.split(' | ')) {
    if (one === '?' || one === '...' || records.some((record) => isSameValue(one, record))) continue;
    problems.push(`we reveal ${one}, it is ${[...new Set(records.map((record) => record.shape ?? record.text))].join(' | ')}`);
  }
  return problems;
}

function isSameValue(text: string, record: RevealRecord): boolean {
  if (record.text === text || record.text === text.replace(/\.0$/, '')) return true;
  const ours = parseShape(text);
  if (ours !== undefined && (sameShape(ours, parseShape(record.shape ?? '')) || sameShape(ours, parseShape(record.text)))) return true;
  if (record.shape === '()' && /^-?[\d.e+-]+$/.test(text)) return true;
  // What has no notation of its own in Python (an instance, a function, a module, an open list) is shown by its kind or its class.
  if (record.type === text || /^(?:class |module )/.test(text) || /\(\)$/.test(text) || /, …[\])}]?$/.test(text) || /\.\.\.'$/.test(text)) return true;
  return /^[A-Za-z_]\w*$/.test(text) && !['True', 'False', 'None'].includes(text) && (/^<.* object/.test(record.text) || /^-?\d+$/.test(record.text));
}

/** Rules whose findings must stop the real framework. */
const raising = new Set(['shape-mismatch', 'empty-output', 'reshape-size', 'invalid-axis', 'invalid-argument', 'missing-input-shape']);

/** Whether the program failed where a finding says so, and ran through where none does. */
export function checkErrors(expectations: readonly ExpectedFinding[], facts: ProgramFacts): readonly string[] {
  const findings = expectations.filter((one) => one.kind === 'error' || one.kind === 'warning');
  const covered = (error: ErrorRecord, line: number): boolean => (error.lines ?? []).includes(line) || (error.statement !== undefined && error.statement[0] <= line && line <= error.statement[1]);
  const stopping = findings.filter((one) => one.kind === 'error' && raising.has(one.rule ?? ''));
  const spare = facts.errors.filter((error) => !stopping.some((one) => covered(error, one.line)));
  const problems: string[] = [];
  for (const one of stopping) {
    if (facts.errors.some((error) => covered(error, one.line))) continue;
    // A layer's fault may be told where it is built and stop the program where it is called.
    if (spare.shift() === undefined) problems.push(`line ${one.line}: [${one.rule}] expected, but it runs`);
  }
  const [first] = facts.errors;
  if (first !== undefined && findings.length === 0) problems.push(`line ${first.line}: nothing expected, but ${first.type}: ${first.message.slice(0, 300)}`);
  return problems;
}

/**
 * What the symbols of hints stand for, so that the fewest of them are wrong. A program that calls nothing is called by the spec's `oracle` block, whose numbers
 * are the sizes that symbols can have.
 */
export function symbolsOfHints(hints: readonly { readonly text: string | undefined; readonly line: number; readonly file: string }[], numbers: readonly number[], facts: ProgramFacts): ReadonlyMap<string, number> {
  const names = new Set(hints.flatMap((hint) => parseHint(hint.text ?? '').shapes.flatMap((shape) => shape.match(/[A-Za-z_]\w*/g) ?? [])).filter((name) => name !== 'None'));
  const values = [...new Set(numbers)];
  let best = new Map<string, number>(), least = Number.POSITIVE_INFINITY;
  if (values.length ** names.size > 50_000) return best;
  const choose = (rest: readonly string[], chosen: Map<string, number>): void => {
    const [name, ...others] = rest;
    if (name !== undefined) { for (const value of values) choose(others, new Map(chosen).set(name, value)); return; }
    let count = 0;
    for (const hint of hints) count += checkHint(hint.text ?? '', hint.line, hint.file, facts, chosen)?.length ?? 0;
    if (count < least) { least = count; best = chosen; }
  };
  choose([...names], new Map());
  return best;
}

/** Lines of `forward` that gave a shape and show none. `return x` repeats what stands above it. */
export function linesWithoutHint(expectations: readonly ExpectedFinding[], file: string, text: string, facts: ProgramFacts): readonly string[] {
  const lines = text.split('\n');
  const hints = new Set(expectations.filter((one) => one.kind === 'hint').map((one) => one.line));
  const isNamed = (record: ShapeRecord): boolean => /^\s*return [\w, ]+$/.test(lines[record.line - 1]?.replace(/\s+#.*/, '') ?? '');
  // An expression that stands alone changes what it is called on: its result is not kept.
  const isKept = (record: ShapeRecord): boolean => /^\s*return\b|^[^(]*[^=!<>]=[^=]/.test(lines[record.line - 1] ?? '');
  const missing = facts.values.filter((record) => record.function === 'forward' && record.file === file && isKept(record) && !isNamed(record) && ![...hints].some((line) => covers(record, line)));
  return [...new Map(missing.map((record) => [record.line, `${file}:${record.line} gave ${record.shape}, and no hint stands there`])).values()];
}
