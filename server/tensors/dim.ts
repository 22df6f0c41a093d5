// The size of an axis: a known integer or a symbolic integer expression in canonical form, so that equal expressions are `===`.
// Here stand the public operations and the rewrite rules, as tables: `[what it says, how it is done]`. Nothing throws; division
// by zero gives an unknown size. It must not know shapes, Python values or frameworks.
import { divideIntervals, type Interval } from './interval.ts';
import {
  addPolynomials, type Atom, type AtomKind, atomOf, commonDivisor, constantOf, type Dim, divideExactly, divideTerm, factorOfTerm, fromTerms, knownFactor,
  makeAtom, makeSymbol, monomialKey, multiplyPolynomials, multiplyTerms, remembering, scalePolynomial, type SymbolicDim, type SymbolOptions, type Term, termsOf, withConstantTerm,
} from './polynomial.ts';
import { formatExpression } from './printing.ts';

export type { Dim, SymbolicDim, SymbolOptions };

const infinity = Number.POSITIVE_INFINITY;

/** A named size, at least 1 unless told otherwise. The same name and options give the same symbol. */
export function symbol(name: string, options?: SymbolOptions): Dim {
  if (options !== undefined) return makeSymbol(name, options);
  let made = plainSymbols.get(name);
  if (made === undefined) {
    made = makeSymbol(name, {});
    if (plainSymbols.size >= mostPlainSymbols) plainSymbols.clear();
    plainSymbols.set(name, made);
  }
  return made;
}
const plainSymbols = new Map<string, Dim>(), mostPlainSymbols = 500;

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
  return typeof dim !== 'number' && dim.isAnonymous;
}

export function dimBounds(dim: Dim): { low: number; high: number } {
  return typeof dim === 'number' ? { low: dim, high: dim } : { low: dim.low, high: dim.high };
}

export function addDims(...dims: readonly Dim[]): Dim {
  return foldHalves(dims.reduce<Dim>(addPolynomials, 0));
}

export function subtractDims(left: Dim, right: Dim): Dim {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return foldHalves(addPolynomials(left, scalePolynomial(right, -1)));
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
  return divisor === 1 ? numerator : quotientOf(numerator, divisor);
}
const quotientOf = remembering((numerator, divisor) =>
  rewrite(floorDivisionRules, numerator, divisor) ?? makeAtom('floor-divide', [numerator, divisor], quotientBounds(numerator, divisor)));

export function ceilDivideDims(numerator: Dim, divisor: Dim): Dim {
  if (isPositive(divisor)) return floorDivideDims(addDims(numerator, divisor, -1), divisor);
  return negateDim(floorDivideDims(negateDim(numerator), divisor));
}

/**
 * The quotient of two sizes of which the first is known to be a multiple of the second, because an operation would fail otherwise: then
 * `n*(x//n)` in them counts as x where that makes the division come out even (the windows that a picture was cut into, put together again).
 */
export function quotientAssumingExact(numerator: Dim, divisor: Dim): Dim {
  if (divisor === 0) return unknownDim({ minimum: -infinity });
  const exact = exactQuotient(numerator, divisor) ?? exactQuotient(withoutFloors(numerator), divisor) ?? exactQuotient(withoutFloors(numerator), withoutFloors(divisor));
  return exact ?? floorDivideDims(numerator, divisor);
}

/** Python's `%`: the result has the divisor's sign. Of a positive divisor it is `x - n*(x//n)`, so that it needs no form of its own. */
export function moduloDims(dim: Dim, divisor: Dim): Dim {
  if (divisor === 0) return unknownDim({ minimum: -infinity });
  if (typeof dim === 'number' && typeof divisor === 'number') return dim - divisor * Math.floor(dim / divisor) + 0;
  return remainderOf(dim, divisor);
}
const remainderOf = remembering((dim, divisor) => {
  const rewritten = rewrite(moduloRules, dim, divisor);
  if (rewritten !== undefined) return rewritten;
  if (isPositive(divisor) && (typeof divisor === 'number' || monomialOf(divisor) !== undefined)) {
    const quotient = floorDivideDims(dim, divisor);
    // A quotient that got too long was given up; its remainder still has its bounds.
    if (isAnonymous(dim) || isAnonymous(divisor) || !isAnonymous(quotient)) return subtractDims(dim, multiplyDims(divisor, quotient));
  }
  return makeAtom('modulo', [dim, divisor], remainderBounds(dim, divisor));
});

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

/** The same under facts such as `H = 2*h`: keys are what `symbol` or `unknownDim` gave. */
export function dimEqualsUnder(left: Dim, right: Dim, facts: ReadonlyMap<Dim, Dim>): boolean | undefined {
  return dimEquals(substituteDim(left, facts), substituteDim(right, facts));
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

/**
 * The size as a function of symbols, without building forms: quick enough to try a thousand values. It gives undefined where a divisor is 0 or
 * where the size holds another symbol.
 */
export function dimFunction(dim: Dim, symbols: readonly Dim[]): (values: readonly number[]) => number | undefined {
  if (typeof dim === 'number') return () => dim;
  const places = new Map(symbols.map((one, index) => [atomOf(one), index]));
  const ofAtom = (atom: Atom): ((values: readonly number[]) => number | undefined) => {
    if (atom.kind === 'symbol') {
      const place = places.get(atom);
      return (values) => (place === undefined ? undefined : values[place]);
    }
    const operands = atom.operands.map((operand) => dimFunction(operand, symbols));
    return (values) => {
      const numbers = operands.map((operand) => operand(values)).filter((value) => value !== undefined);
      return numbers.length < operands.length ? undefined : applyToNumbers(atom.kind, numbers);
    };
  };
  const terms = dim.terms.map((term) => ({ coefficient: term.coefficient, factors: term.atoms.map(ofAtom) }));
  return (values) => {
    let sum = dim.constant;
    for (const { coefficient, factors } of terms) {
      let product = coefficient;
      for (const factor of factors) {
        const value = factor(values);
        if (value === undefined) return undefined;
        product *= value;
      }
      sum += product;
    }
    return sum + 0;
  };
}

function applyToNumbers(kind: AtomKind, numbers: readonly number[]): number | undefined {
  const [left = 0, right = 0] = numbers;
  switch (kind) {
    case 'floor-divide': return right === 0 ? undefined : Math.floor(left / right);
    case 'modulo': return right === 0 ? undefined : left - right * Math.floor(left / right);
    case 'minimum': return Math.min(...numbers);
    case 'maximum': return Math.max(...numbers);
    case 'symbol': return undefined;
  }
}

/** The symbols that the dimension depends on, each once. */
export function symbolsOf(dim: Dim): readonly Dim[] {
  if (typeof dim === 'number') return noDims;
  let found = symbolsByDim.get(dim);
  if (found === undefined) {
    found = symbolAtoms(dim).map((atom) => fromTerms([{ coefficient: 1, atoms: [atom] }], 0));
    symbolsByDim.set(dim, found);
  }
  return found;
}

/** As Python would write it: `4*d`, `(H + 1)//2`. An expression over a symbol that prints otherwise prints as that symbol. */
export function formatDim(dim: Dim): string {
  if (typeof dim === 'number') return String(dim);
  let text = texts.get(dim);
  if (text === undefined) {
    text = opaquePrint(dim) ?? formatExpression(dim);
    texts.set(dim, text);
  }
  return text;
}
/** Hints and summaries print the same few sizes again and again. */
const texts = new WeakMap<SymbolicDim, string>();

const noDims: readonly Dim[] = [];
const symbolsByDim = new WeakMap<SymbolicDim, readonly Dim[]>();

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
  ['x//n = 0 where 0 <= x < n, -1 where -n <= x < 0, 1 where n <= x < 2*n', (dim, divisor) => {
    if (typeof divisor === 'number' || !isPositive(divisor)) return undefined;
    if (dimBounds(dim).low >= 0) {
      if (isBelow(dim, divisor)) return 0;
      return isAtLeast(dim, divisor) && isBelow(dim, multiplyDims(2, divisor)) ? 1 : undefined;
    }
    return dimBounds(dim).high < 0 && isAtLeast(addDims(dim, divisor), 0) ? -1 : undefined;
  }],
  ['(g*a)//(g*n) = a//n', (dim, divisor) => {
    const common = typeof divisor === 'number' ? [] : commonAtoms([...withConstantTerm(dim), ...withConstantTerm(divisor)]);
    if (common.length === 0) return undefined;
    // A factor that may be 0 would make the division fail; where it does not, it cancels.
    const cancel = (from: Dim): Dim => exactQuotient(from, fromTerms([{ coefficient: 1, atoms: common }], 0)) ?? from;
    return floorDivideDims(cancel(dim), cancel(divisor));
  }],
  ['(a*n + b)//n = a + b//n', (dim, divisor) => {
    const { whole, rest } = splitMultiples(dim, divisor, true);
    return whole === 0 ? undefined : addDims(whole, floorDivideDims(rest, divisor));
  }],
  ['(g*a + c)//(g*n) = (a + c//g)//n', (dim, divisor) => {
    if (!isPositive(divisor)) return undefined;
    const common = commonDivisor([...termsOf(dim), ...withConstantTerm(divisor)].map((term) => term.coefficient));
    if (common <= 1) return undefined;
    return floorDivideDims(addDims(scaleDown(dim, common), Math.floor(constantOf(dim) / common)), addDims(scaleDown(divisor, common), constantOf(divisor) / common));
  }],
  ['(a + c)//n = a//n where n divides a and 0 <= c < n', (dim, divisor) => {
    const constant = constantOf(dim);
    if (typeof divisor !== 'number' || constant === 0) return undefined;
    const rest = subtractDims(dim, constant);
    return knownFactor(rest) % divisor === 0 ? floorDivideDims(rest, divisor) : undefined;
  }],
  ['(-x)//n = -((x + n - 1)//n)', (dim, divisor) => {
    if (!isPositive(divisor)) return undefined;
    const terms = termsOf(dim);
    if (terms.length === 0 ? constantOf(dim) >= 0 : terms.some((term) => term.coefficient > 0)) return undefined;
    return negateDim(floorDivideDims(addDims(negateDim(dim), divisor, -1), divisor));
  }],
  ['(x//m + c)//n = (x + c*m)//(m*n)', (dim, divisor) => {
    const constant = constantOf(dim);
    const atom = atomOf(subtractDims(dim, constant));
    const [inner, innerDivisor] = atom?.operands ?? [];
    if (atom?.kind !== 'floor-divide' || inner === undefined || innerDivisor === undefined || !isPositive(innerDivisor) || !isPositive(divisor)) return undefined;
    return floorDivideDims(addDims(inner, multiplyDims(constant, innerDivisor)), multiplyDims(innerDivisor, divisor));
  }],
];

const moduloRules: readonly Rule[] = [
  ['x % -n = -((-x) % n)', (dim, divisor) => (typeof divisor === 'number' && divisor < 0 ? negateDim(moduloDims(negateDim(dim), -divisor)) : undefined)],
  ['(q*n) % n = 0', (dim, divisor) => (exactQuotient(dim, divisor) === undefined ? undefined : 0)],
  ['x % n = x where 0 <= x < n', (dim, divisor) => (dimBounds(dim).low >= 0 && compareDims(dim, divisor) === -1 ? dim : undefined)],
  ['(a*n + b) % n = b % n', (dim, divisor) => {
    if (isPositive(divisor)) return undefined;
    const { whole, rest } = splitMultiples(dim, divisor, false);
    return whole === 0 ? undefined : moduloDims(rest, divisor);
  }],
];

function isPositive(dim: Dim): boolean {
  return dimBounds(dim).low >= 1;
}

function isBelow(left: Dim, right: Dim): boolean {
  return dimBounds(subtractDims(left, right)).high < 0;
}

function isAtLeast(left: Dim, right: Dim): boolean {
  return dimBounds(subtractDims(left, right)).low >= 0;
}

/** The single term that the dimension consists of. */
function monomialOf(dim: Dim): Term | undefined {
  return typeof dim === 'number' || dim.constant !== 0 || dim.terms.length !== 1 ? undefined : dim.terms[0];
}

/** The atoms that all terms share, as often as they share them. */
function commonAtoms(terms: readonly Term[]): readonly Atom[] {
  const [first, ...others] = terms;
  return others.reduce<readonly Atom[]>((common, term) => {
    const left = [...term.atoms];
    return common.filter((atom) => {
      const position = left.indexOf(atom);
      if (position >= 0) left.splice(position, 1);
      return position >= 0;
    });
  }, first?.atoms ?? []);
}

/** `x - x//2 = (x + 1)//2` and `x - (x + 1)//2 = x//2`: what is left of a half. */
function foldHalves(dim: Dim): Dim {
  return typeof dim === 'number' || dim.terms.length < 2 ? dim : folded(dim, 2);
}
const folded = remembering((dim) => {
  if (typeof dim === 'number') return dim;
  for (const term of dim.terms) {
    for (const [position, atom] of term.atoms.entries()) {
      const [numerator, divisor] = atom.operands;
      if (atom.kind !== 'floor-divide' || divisor !== 2 || numerator === undefined) continue;
      const others: Term = { coefficient: -term.coefficient, atoms: term.atoms.toSpliced(position, 1) };
      const base = subtractDims(numerator, constantOf(numerator));
      const wholes = termsOf(base).map((piece) => multiplyTerms(others, piece));
      if (!wholes.every((whole) => contains(dim, whole))) continue;
      const half = floorDivideDims(addDims(base, 1 - constantOf(numerator)), 2);
      const rest = fromTerms([...dim.terms.filter((other) => other !== term), ...wholes.map((whole) => ({ ...whole, coefficient: -whole.coefficient }))], dim.constant);
      return addDims(rest, multiplyDims(fromTerms([others], 0), half));
    }
  }
  return dim;
});

/** Whether the sum holds the term, at least as often and with the same sign. */
function contains(dim: SymbolicDim, term: Term): boolean {
  const key = monomialKey(term.atoms);
  const present = dim.terms.find((other) => monomialKey(other.atoms) === key)?.coefficient ?? 0;
  return Math.sign(present) === Math.sign(term.coefficient) && Math.abs(present) >= Math.abs(term.coefficient);
}

/** Takes every `n*(x//n)` for x. */
function withoutFloors(dim: Dim): Dim {
  if (typeof dim === 'number') return dim;
  const replaced = (term: Term): Dim => {
    for (const [position, atom] of term.atoms.entries()) {
      const [numerator, divisor] = atom.operands;
      if (atom.kind !== 'floor-divide' || numerator === undefined || divisor === undefined) continue;
      const divisorTerm = typeof divisor === 'number' ? { coefficient: divisor, atoms: [] } : monomialOf(divisor);
      const others = divisorTerm === undefined ? undefined : divideTerm({ coefficient: term.coefficient, atoms: term.atoms.toSpliced(position, 1) }, divisorTerm);
      if (others !== undefined) return withoutFloors(multiplyDims(fromTerms([others], 0), numerator));
    }
    return fromTerms([term], 0);
  };
  return addDims(...dim.terms.map(replaced), dim.constant);
}

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
  const quotients = termsOf(dim).map((term) => divideTerm(term, divisorTerm));
  const negative = keepNegative && termsOf(dim).every((term, index) => term.coefficient <= 0 || quotients[index] !== undefined);
  for (const [index, term] of termsOf(dim).entries()) {
    const quotient = quotients[index];
    if (quotient !== undefined) { whole.push(quotient); continue; }
    if (divisorTerm.atoms.length > 0) { rest.push(term); continue; }
    // Reduced coefficients lie in [0, n). Those of a wholly negative rest stay negative, for the rule that turns its sign.
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
  if (dims.length > 0 && dims.every(isKnown)) return (kind === 'minimum' ? Math.min(...dims) : Math.max(...dims)) + 0;
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
