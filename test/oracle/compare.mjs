// Compares what we say of a program with what the framework did. Pure functions over text and plain data.

// A shape text as data: numbers, names, null for None or ?; nested for several outputs; undefined when it is no shape.
export function parseShape(text) {
  let at = 0;
  const space = () => { while (text[at] === ' ') at += 1; };
  const parse = () => {
    space();
    if (text[at] === '(' || text[at] === '[') {
      const close = text[at] === '(' ? ')' : ']';
      at += 1;
      const items = [];
      for (space(); text[at] !== close; space()) {
        if (at >= text.length) return undefined;
        const item = parse();
        if (item === undefined) return undefined;
        items.push(item);
        space();
        if (text[at] === ',') at += 1;
        else if (text[at] !== close) return undefined;
      }
      at += 1;
      return items;
    }
    if (text[at] === '{') {
      at += 1;
      const entries = {};
      for (space(); text[at] !== '}'; space()) {
        const key = /^'([^']*)':/.exec(text.slice(at));
        if (key === null) return undefined;
        at += key[0].length;
        entries[key[1]] = parse();
        space();
        if (text[at] === ',') at += 1;
      }
      at += 1;
      return { entries };
    }
    let depth = 0, end = at;
    for (; end < text.length && (depth > 0 || !',)]}'.includes(text[end])); end += 1) depth += text[end] === '(' ? 1 : text[end] === ')' ? -1 : 0;
    const word = text.slice(at, end).trim();
    at = end;
    return word === '' ? undefined : /^-?\d+$/.test(word) ? Number(word) : word === 'None' || word === '?' ? null : word;
  };
  const result = parse();
  space();
  return at === text.length && (Array.isArray(result) || result?.entries !== undefined) ? result : undefined;
}

// Whether a shape that we print can be the one that ran. None and ? fit everything, and so does the first axis of a shape that says None there in
// the framework (a batch). A symbol stands for one number: `bound` remembers it; an expression over symbols is computed where all are bound.
export function sameShape(ours, theirs, bound = new Map()) {
  if (ours === null || theirs === null) return true;
  if (typeof ours === 'number') return ours === theirs;
  if (typeof ours === 'string') return typeof theirs !== 'number' || sameSize(ours, theirs, bound);
  if (ours.entries !== undefined) return theirs?.entries !== undefined && Object.keys(ours.entries).every((key) => key in theirs.entries && sameShape(ours.entries[key], theirs.entries[key], bound));
  if (!Array.isArray(ours)) return false;
  // A list of one output counts as that output.
  const unwrapped = (shape) => (Array.isArray(shape) && shape.length === 1 && Array.isArray(shape[0]) ? shape[0] : shape);
  const [left, right] = [unwrapped(ours), unwrapped(theirs)];
  return Array.isArray(right) && left.length === right.length && left.every((one, at) => sameShape(one, right[at], bound));
}

function sameSize(expression, size, bound) {
  if (/^[A-Za-z_]\w*$/.test(expression)) {
    if (!bound.has(expression)) bound.set(expression, size);
    return bound.get(expression) === size;
  }
  const names = new Set(expression.match(/[A-Za-z_]\w*/g) ?? []);
  if (!/^[\w\s+\-*/%()]+$/.test(expression) || [...names].some((name) => !bound.has(name))) return true;
  return evaluate(expression, bound) === size;
}

// + - * // % over integers, as Python has them.
function evaluate(text, bound) {
  const tokens = text.match(/\d+|[A-Za-z_]\w*|\/\/|[+\-*%()]/g) ?? [];
  let at = 0;
  const atom = () => {
    const token = tokens[at++];
    if (token === '-') return -atom();
    if (token === '(') { const value = sum(); at += 1; return value; }
    return /^\d/.test(token) ? Number(token) : bound.get(token);
  };
  const product = () => {
    let value = atom();
    while (['*', '//', '%'].includes(tokens[at])) {
      const operator = tokens[at++], right = atom();
      value = operator === '*' ? value * right : operator === '//' ? Math.floor(value / right) : value - right * Math.floor(value / right);
    }
    return value;
  };
  const sum = () => {
    let value = product();
    while (['+', '-'].includes(tokens[at])) value = tokens[at++] === '+' ? value + product() : value - product();
    return value;
  };
  return sum();
}

// `(56, 56, 64) … (7, 7, 512) · 448 params · 4 calls` taken apart.
export function parseHint(text) {
  const hint = { shapes: [], params: [] };
  for (const part of text.split(' · ')) {
    const params = /^(.*) params?$/.exec(part);
    if (params !== null) hint.params = params[1].split(' … ').map((one) => Number(one.replace(/\D/g, '')));
    else if (/^[([{]/.test(part)) hint.shapes = part.split(' … ');
  }
  return hint;
}

// The layers of a program, and the models that a library made for it (VGG16), which are shown like layers.
export function layersOf(facts) {
  return [...facts.layers, ...facts.models.map((model) => ({ ...model, outputs: model.output === null ? [] : [model.output], params: model.params.total }))];
}

export const covers = (record, line) => record.line <= line && line <= (record.endLine ?? record.line);

// The problems of one hint: undefined when the line never ran.
export function checkHint(text, line, file, facts) {
  const hint = parseHint(text);
  const here = (records) => records.filter((record) => record.file === file);
  const layers = here(layersOf(facts)).filter((layer) => layer.line === line);
  const near = layers.length > 0 ? layers : here(layersOf(facts)).filter((layer) => covers(layer, line));
  const shapes = [...near.flatMap((layer) => layer.outputs), ...here(facts.calls).filter((one) => covers(one, line)).map((one) => one.shape), ...here(facts.values).filter((one) => covers(one, line)).map((one) => one.shape)];
  const counts = near.map((layer) => layer.params).filter((count) => count !== null);
  if (shapes.length === 0 && counts.length === 0) return undefined;
  const problems = [];
  const bound = new Map();
  for (const one of shapes.length === 0 ? [] : hint.shapes) {
    const ours = parseShape(one);
    if (ours === undefined || !shapes.some((shape) => sameShape(ours, parseShape(shape), new Map(bound)))) problems.push(`we say ${one}, it gave ${[...new Set(shapes)].join(' | ')}`);
  }
  for (const one of hint.params) if (!counts.includes(one)) problems.push(`we say ${one} params, there are ${counts.join(' | ') || 'none'}`);
  return problems;
}

export function checkRevealed(text, line, file, facts) {
  const records = facts.revealed.filter((record) => record.file === file && covers(record, line));
  if (records.length === 0) return undefined;
  const problems = [];
  for (const one of text.split(' | ')) {
    if (one === '?' || one === '...') continue;
    const ours = parseShape(one);
    const fits = records.some((record) => record.text === one || `${record.text}` === one.replace(/\.0$/, '') || (ours !== undefined && record.shape !== null && sameShape(ours, parseShape(record.shape))) || sameNumbers(one, record.text) || opaque(one, record));
    if (!fits) problems.push(`we reveal ${one}, it is ${[...new Set(records.map((record) => record.shape ?? record.text))].join(' | ')}`);
  }
  return problems;
}

// What has no notation of its own in Python (an instance, a function, a module, an open list) is shown by its kind or its class.
function opaque(text, record) {
  return record.type === text || ['list', 'dict', 'set'].includes(text) && record.type === text || /^(?:class |module )/.test(text) || /\(\)$/.test(text) || /, …[\])}]?$/.test(text) || /\.\.\.'$/.test(text) || /^[A-Za-z_]\w*$/.test(text) && !['True', 'False', 'None'].includes(text) && /^<.* object/.test(record.text);
}

// Tuples and lists of numbers in which we leave some unknown.
function sameNumbers(ours, theirs) {
  const left = parseShape(ours), right = parseShape(theirs ?? '');
  return left !== undefined && right !== undefined && sameShape(left, right);
}

// Rules whose findings must stop the real framework.
const RAISING = new Set(['shape-mismatch', 'empty-output', 'reshape-size', 'invalid-axis', 'invalid-argument', 'missing-input-shape']);

// Whether the program failed where we say so, and nowhere else.
export function checkErrors(expectations, facts) {
  const findings = expectations.filter((one) => one.kind === 'error' || one.kind === 'warning');
  const errors = facts.errors.filter((error) => error.type !== 'TooLong');
  const problems = [];
  const covered = (error, line) => (error.lines ?? []).includes(line) || (error.statement !== undefined && error.statement[0] <= line && line <= error.statement[1]);
  const raising = findings.filter((one) => one.kind === 'error' && RAISING.has(one.rule));
  const spare = errors.filter((error) => !raising.some((one) => covered(error, one.line)));
  for (const one of raising) {
    if (errors.some((error) => covered(error, one.line))) continue;
    if (spare.shift() === undefined) problems.push(`line ${one.line}: [${one.rule}] expected, but it runs`);
  }
  const [first] = facts.errors;
  if (first !== undefined && findings.length === 0) problems.push(`line ${first.line}: nothing expected, but ${first.type}: ${first.message.slice(0, 300)}`);
  return problems;
}
