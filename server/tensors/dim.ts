// The size of an axis: a known integer or a symbolic integer expression in canonical form, so that equal expressions are `===`.
// Here stand the public operations and the rewrite rules, as tables: `[what it says, how it is done]`. Nothing throws; division
// by zero gives an unknown size. It must not know shapes, Python values or frameworks.
import { divideIntervals, type Interval } from './interval.ts';
import {
  addPolynomials, type Atom, type AtomKind, atomOf, commonDivisor, constantOf, type Dim, divideExactly, divideTerm, factorOfTerm, fromTerms, knownFactor,
  makeAtom, makeSymbol, multiplyPolynomials, scalePolynomial, type SymbolicDim, type SymbolOptions, type Term, termsOf,
} from './polynomial.ts';

export type { Dim, SymbolicDim, SymbolOptions };

const infinity = Number.POSITIVE_INFINITY;

/** A named size, at least 1 unless told otherwise. The same name and options give the same symbol. */
export function symbol(name: string, options: SymbolOptions = {}): Dim {
  return makeSymbol(name, options);
}

/** A fresh size that equals nothing else for certain; prints `?`. */
export function unknownDim(options: SymbolOptions = {}): Dim {
  return makeSymbol(undefined, options);
}

/** The batch axis of a Keras model. */
export const batchDim: Dim = symbol('batch', { prints: 'None' });

export function isKnown(dim: Dim): dim is number {
  return typeof dim === 'number';
}

/** Whether the dimension is, or is made from, a symbol without a name. */
export function isAnonymous(dim: Dim): boolean {
  return symbolAtoms(dim).some((atom) => atom.anonymous);
}

export function dimBounds(dim: Dim): { low: number; high: number } {
  return typeof dim === 'number' ? { low: dim, high: dim } : { low: dim.low, high: dim.high };
}

export function addDims(...dims: readonly Dim[]): Dim {
  return dims.reduce<Dim>(addPolynomials, 0);
}

export function subtractDims(left: Dim, right: Dim): Dim {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return addPolynomials(left, scalePolynomial(right, -1));
}

export function negateDim(dim: Dim): Dim {
  return scalePolynomial(dim, -1);
}

export function multiplyDims(...dims: readonly Dim[]): Dim {
  return dims.reduce<Dim>(multiplyPolynomials, 1);
}

/** Python's `//`: rounds down. */
export function floorDivideDims(numerator: Dim, divisor: Dim): Dim {
  if (divisor === 0) return unknownDim({ minimum: -infinity });
  if (typeof numerator === 'number' && typeof divisor === 'number') return Math.floor(numerator / divisor) + 0;
  return rewrite(floorDivisionRules, numerator, divisor) ?? makeAtom('floor-divide', [numerator, divisor], quotientBounds(numerator, divisor));
}

export function ceilDivideDims(numerator: Dim, divisor: Dim): Dim {
  if (typeof divisor === 'number' && divisor > 0) return floorDivideDims(addDims(numerator, divisor - 1), divisor);
  return negateDim(floorDivideDims(negateDim(numerator), divisor));
}

/** Python's `%`: the result has the divisor's sign. */
export function moduloDims(dim: Dim, divisor: Dim): Dim {
  if (divisor === 0) return unknownDim({ minimum: -infinity });
  if (typeof dim === 'number' && typeof divisor === 'number') return dim - divisor * Math.floor(dim / divisor) + 0;
  return rewrite(moduloRules, dim, divisor) ?? makeAtom('modulo', [dim, divisor], remainderBounds(dim, divisor));
}

export function minimumDims(...dims: readonly Dim[]): Dim {
  return extremum('minimum', dims);
}

export function maximumDims(...dims: readonly Dim[]): Dim {
  return extremum('maximum', dims);
}

/** True or false where it is certain for all values of the symbols. */
export function dimEquals(left: Dim, right: Dim): boolean | undefined {
  if (left === right) return true;
  const difference = subtractDims(left, right);
  if (typeof difference === 'number') return difference === 0;
  if (difference.low > 0 || difference.high < 0) return false;
  const factor = commonDivisor(difference.terms.map(factorOfTerm));
  return difference.constant % factor === 0 ? undefined : false;
}

/** -1, 0 or 1 where the bounds decide it. */
export function compareDims(left: Dim, right: Dim): -1 | 0 | 1 | undefined {
  const { low, high } = dimBounds(subtractDims(left, right));
  if (low > 0) return 1;
  if (high < 0) return -1;
  return low === 0 && high === 0 ? 0 : undefined;
}

/** Whether `divisor` divides `dim` without remainder. */
export function divides(divisor: Dim, dim: Dim): boolean | undefined {
  return divisor === 0 ? undefined : dimEquals(moduloDims(dim, divisor), 0);
}

/**
 * What is known of a size that is one of two: themselves where equal, else a fresh size. Closer bounds would be wrong for a loop, whose body
 * is run once and joined with what was before: later passes go on in the same direction.
 */
export function joinDims(left: Dim, right: Dim): Dim {
  if (left === right) return left;
  return unknownDim({ minimum: Math.min(0, dimBounds(left).low, dimBounds(right).low), prints: opaquePrint(left) ?? opaquePrint(right) });
}

/** Replaces symbols; keys are what `symbol` or `unknownDim` gave. */
export function substituteDim(dim: Dim, replacements: ReadonlyMap<Dim, Dim>): Dim {
  if (typeof dim === 'number') return dim;
  const direct = replacements.get(dim);
  if (direct !== undefined) return direct;
  const substituteAtom = (atom: Atom): Dim => {
    const whole = fromTerms([{ coefficient: 1, atoms: [atom] }], 0);
    if (atom.kind === 'symbol') return replacements.get(whole) ?? whole;
    const operands = atom.operands.map((operand) => substituteDim(operand, replacements));
    return operands.every((operand, index) => operand === atom.operands[index]) ? whole : applyOperation(atom.kind, operands);
  };
  const terms = dim.terms.map((term) => multiplyDims(term.coefficient, ...term.atoms.map(substituteAtom)));
  return addDims(...terms, dim.constant);
}

/** The symbols that the dimension depends on, each once. */
export function symbolsOf(dim: Dim): readonly Dim[] {
  return symbolAtoms(dim).map((atom) => fromTerms([{ coefficient: 1, atoms: [atom] }], 0));
}

/** As Python would write it: `4*d`, `(H + 1)//2`. An expression over a symbol that prints otherwise prints as that symbol. */
export function formatDim(dim: Dim): string {
  if (typeof dim === 'number') return String(dim);
  return opaquePrint(dim) ?? formatSum(dim);
}

function applyOperation(kind: Exclude<AtomKind, 'symbol'>, operands: readonly Dim[]): Dim {
  const [left = 0, right = 0] = operands;
  switch (kind) {
    case 'floor-divide': return floorDivideDims(left, right);
    case 'modulo': return moduloDims(left, right);
    case 'minimum': return minimumDims(...operands);
    case 'maximum': return maximumDims(...operands);
  }
}

function symbolAtoms(dim: Dim, found: Set<Atom> = new Set()): readonly Atom[] {
  for (const term of termsOf(dim)) {
    for (const atom of term.atoms) {
      if (atom.kind === 'symbol') found.add(atom);
      for (const operand of atom.operands) symbolAtoms(operand, found);
    }
  }
  return [...found];
}

// ---- Rules. The first that gives a result wins; the result is built from the public operations, so it is canonical itself.

type Rule = readonly [law: string, apply: (dim: Dim, divisor: Dim) => Dim | undefined];

function rewrite(rules: readonly Rule[], dim: Dim, divisor: Dim): Dim | undefined {
  for (const [, apply] of rules) {
    const result = apply(dim, divisor);
    if (result !== undefined) return result;
  }
  return undefined;
}

const floorDivisionRules: readonly Rule[] = [
  ['x//1 = x', (dim, divisor) => (divisor === 1 ? dim : undefined)],
  ['x//-n = (-x)//n', (dim, divisor) => (typeof divisor === 'number' && divisor < 0 ? floorDivideDims(negateDim(dim), -divisor) : undefined)],
  ['(q*n)//n = q', exactQuotient],
  ['x//n = c where both ends of x give c', (dim, divisor) => {
    const { low, high } = quotientBounds(dim, divisor);
    return low === high ? low : undefined;
  }],
  ['(a*n + b)//n = a + b//n', (dim, divisor) => {
    const { whole, rest } = splitMultiples(dim, divisor, true);
    return whole === 0 ? undefined : addDims(whole, floorDivideDims(rest, divisor));
  }],
  ['(g*a + c)//(g*n) = (a + c//g)//n', (dim, divisor) => {
    if (typeof divisor !== 'number') return undefined;
    const common = commonDivisor([...termsOf(dim).map((term) => term.coefficient), divisor]);
    if (common === 1) return undefined;
    return floorDivideDims(addDims(scaleDown(dim, common), Math.floor(constantOf(dim) / common)), divisor / common);
  }],
  ['(a + c)//n = a//n where n divides a and 0 <= c < n', (dim, divisor) => {
    const constant = constantOf(dim);
    if (typeof divisor !== 'number' || constant === 0) return undefined;
    const rest = subtractDims(dim, constant);
    return knownFactor(rest) % divisor === 0 ? floorDivideDims(rest, divisor) : undefined;
  }],
  ['(-x)//n = -((x + n - 1)//n)', (dim, divisor) => {
    if (typeof divisor !== 'number' || termsOf(dim).some((term) => term.coefficient > 0)) return undefined;
    return negateDim(floorDivideDims(addDims(negateDim(dim), divisor - 1), divisor));
  }],
  ['(x//m + c)//n = (x + c*m)//(m*n)', (dim, divisor) => {
    const constant = constantOf(dim);
    const atom = atomOf(subtractDims(dim, constant));
    const [inner, innerDivisor] = atom?.operands ?? [];
    if (atom?.kind !== 'floor-divide' || inner === undefined || typeof innerDivisor !== 'number' || typeof divisor !== 'number') return undefined;
    return floorDivideDims(addDims(inner, constant * innerDivisor), innerDivisor * divisor);
  }],
];

const moduloRules: readonly Rule[] = [
  ['x % -n = -((-x) % n)', (dim, divisor) => (typeof divisor === 'number' && divisor < 0 ? negateDim(moduloDims(negateDim(dim), -divisor)) : undefined)],
  ['(q*n) % n = 0', (dim, divisor) => (exactQuotient(dim, divisor) === undefined ? undefined : 0)],
  ['x % n = c where x is c more than a multiple of n', (dim, divisor) => {
    if (typeof divisor !== 'number') return undefined;
    const constant = constantOf(dim);
    return knownFactor(subtractDims(dim, constant)) % divisor === 0 ? moduloDims(constant, divisor) : undefined;
  }],
  ['x % n = x where 0 <= x < n', (dim, divisor) => (dimBounds(dim).low >= 0 && compareDims(dim, divisor) === -1 ? dim : undefined)],
  ['(a*n + b) % n = b % n', (dim, divisor) => {
    const { whole, rest } = splitMultiples(dim, divisor, false);
    return whole === 0 ? undefined : moduloDims(rest, divisor);
  }],
  ['(g*a + c) % (g*n) = g*((a + c//g) % n) + c % g', (dim, divisor) => {
    if (typeof divisor !== 'number') return undefined;
    const common = commonDivisor([...termsOf(dim).map((term) => term.coefficient), divisor]);
    if (common === 1) return undefined;
    const constant = constantOf(dim);
    const reduced = moduloDims(addDims(scaleDown(dim, common), Math.floor(constant / common)), divisor / common);
    return addDims(multiplyDims(common, reduced), moduloDims(constant, common));
  }],
];

function exactQuotient(dim: Dim, divisor: Dim): Dim | undefined {
  if (typeof divisor !== 'number') return divideExactly(dim, divisor);
  const terms = termsOf(dim);
  if (constantOf(dim) % divisor !== 0 || terms.some((term) => term.coefficient % divisor !== 0)) return undefined;
  return fromTerms(terms.map((term) => ({ coefficient: term.coefficient / divisor, atoms: term.atoms })), constantOf(dim) / divisor);
}

/** `dim = whole*divisor + rest`, with as much in `whole` as can be told from coefficients and factors. */
function splitMultiples(dim: Dim, divisor: Dim, keepNegative: boolean): { whole: Dim; rest: Dim } {
  const divisorTerm: Term | undefined = typeof divisor === 'number'
    ? { coefficient: divisor, atoms: [] }
    : divisor.terms.length === 1 && divisor.constant === 0 ? divisor.terms[0] : undefined;
  if (divisorTerm === undefined) return { whole: 0, rest: dim };
  const whole: Term[] = [];
  const rest: Term[] = [];
  const negative = keepNegative && termsOf(dim).every((term) => term.coefficient <= 0);
  for (const term of termsOf(dim)) {
    if (divisorTerm.atoms.length > 0) {
      const quotient = divideTerm(term, divisorTerm);
      if (quotient === undefined) rest.push(term);
      else whole.push(quotient);
      continue;
    }
    // Reduced coefficients lie in [0, n). Those of a wholly negative numerator stay negative, for the rule that turns its sign.
    const steps = negative ? Math.ceil(term.coefficient / divisorTerm.coefficient) : Math.floor(term.coefficient / divisorTerm.coefficient);
    if (steps !== 0) whole.push({ coefficient: steps, atoms: term.atoms });
    const left = term.coefficient - steps * divisorTerm.coefficient;
    if (left !== 0) rest.push({ coefficient: left, atoms: term.atoms });
  }
  const constant = constantOf(dim);
  const constantSteps = typeof divisor === 'number' ? Math.floor(constant / divisor) : 0;
  const constantLeft = typeof divisor === 'number' ? constant - constantSteps * divisor : constant;
  return { whole: fromTerms(whole, constantSteps), rest: fromTerms(rest, constantLeft) };
}

/** The terms without the constant, divided by a number that divides every coefficient. */
function scaleDown(dim: Dim, factor: number): Dim {
  return fromTerms(termsOf(dim).map((term) => ({ coefficient: term.coefficient / factor, atoms: term.atoms })), 0);
}

function quotientBounds(numerator: Dim, divisor: Dim): Interval {
  const quotient = divideIntervals(dimBounds(numerator), dimBounds(divisor));
  if (quotient === undefined) return { low: -infinity, high: infinity };
  return { low: Math.floor(quotient.low), high: Math.floor(quotient.high) };
}

function remainderBounds(dim: Dim, divisor: Dim): Interval {
  const bounds = dimBounds(divisor);
  if (bounds.low > 0) return { low: 0, high: dimBounds(dim).low >= 0 ? Math.min(bounds.high - 1, dimBounds(dim).high) : bounds.high - 1 };
  if (bounds.high < 0) return { low: bounds.low + 1, high: 0 };
  return { low: Math.min(0, bounds.low + 1), high: Math.max(0, bounds.high - 1) };
}

/** Operands of nested minima are taken in, and those that another one beats for certain are dropped. */
function extremum(kind: 'minimum' | 'maximum', dims: readonly Dim[]): Dim {
  const flat = dims.flatMap((dim) => {
    const atom = atomOf(dim);
    return atom?.kind === kind ? atom.operands : [dim];
  });
  const beats = (one: Dim, other: Dim): boolean => {
    const { low, high } = dimBounds(subtractDims(one, other));
    return kind === 'minimum' ? high <= 0 : low >= 0;
  };
  const kept: Dim[] = [];
  for (const dim of flat) {
    if (kept.some((other) => beats(other, dim))) continue;
    const staying = kept.filter((other) => !beats(dim, other));
    kept.splice(0, kept.length, ...staying, dim);
  }
  const [first] = kept;
  if (first === undefined) return unknownDim({ minimum: -infinity });
  if (kept.length === 1) return first;
  kept.sort((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1));
  const pick = kind === 'minimum' ? Math.min : Math.max;
  const bounds = { low: pick(...kept.map((dim) => dimBounds(dim).low)), high: pick(...kept.map((dim) => dimBounds(dim).high)) };
  return makeAtom(kind, kept, bounds, commonDivisor(kept.map(knownFactor)));
}

/** Symbolic operands first: `max(H - 1, 0)`. */
function sortKey(dim: Dim): string {
  return typeof dim === 'number' ? `~${dim}` : dim.key;
}

// ---- Printing.

function opaquePrint(dim: Dim): string | undefined {
  return symbolAtoms(dim).find((atom) => atom.prints !== undefined)?.prints;
}

function formatSum(dim: SymbolicDim): string {
  const pieces = [...dim.terms];
  // A leading minus reads badly: `4 - H`, not `-H + 4`.
  const firstPositive = pieces.findIndex((term) => term.coefficient > 0);
  if (firstPositive > 0) pieces.unshift(...pieces.splice(firstPositive, 1));
  let text = '';
  const append = (negative: boolean, piece: string): void => {
    if (text === '') text = negative ? `-${piece}` : piece;
    else text += negative ? ` - ${piece}` : ` + ${piece}`;
  };
  if (firstPositive < 0 && dim.constant > 0) append(false, String(dim.constant));
  // `-x//2` would be read as `(-x)//2`.
  for (const term of pieces) append(term.coefficient < 0, formatTerm(term, text !== '' || term.coefficient > 0));
  if (dim.constant !== 0 && !(firstPositive < 0 && dim.constant > 0)) append(dim.constant < 0, String(Math.abs(dim.constant)));
  return text;
}

function formatTerm(term: Term, mayBeBare: boolean): string {
  const size = Math.abs(term.coefficient);
  const factors: string[] = size === 1 ? [] : [String(size)];
  for (let index = 0; index < term.atoms.length;) {
    const atom = term.atoms[index];
    if (atom === undefined) break;
    let power = 1;
    while (term.atoms[index + power] === atom) power += 1;
    const alone = mayBeBare && term.atoms.length === power && size === 1;
    factors.push(power === 1 ? formatAtom(atom, alone) : `${formatAtom(atom, false)}**${power}`);
    index += power;
  }
  return factors.join('*');
}

/** `alone`: nothing is multiplied with it, so a quotient needs no brackets. */
function formatAtom(atom: Atom, alone: boolean): string {
  const [left = 0, right = 0] = atom.operands;
  switch (atom.kind) {
    case 'symbol': return atom.name;
    case 'minimum': return `min(${atom.operands.map(formatDim).join(', ')})`;
    case 'maximum': return `max(${atom.operands.map(formatDim).join(', ')})`;
    case 'floor-divide': return alone ? formatQuotient('//', left, right) : `(${formatQuotient('//', left, right)})`;
    case 'modulo': return alone ? formatQuotient(' % ', left, right) : `(${formatQuotient(' % ', left, right)})`;
  }
}

function formatQuotient(operator: string, left: Dim, right: Dim): string {
  const isProduct = termsOf(left).length + (constantOf(left) === 0 ? 0 : 1) === 1;
  const leftText = isProduct ? formatDim(left) : `(${formatDim(left)})`;
  const isSimple = typeof right === 'number' || atomOf(right)?.kind === 'symbol';
  return `${leftText}${operator}${isSimple ? formatDim(right) : `(${formatDim(right)})`}`;
}
