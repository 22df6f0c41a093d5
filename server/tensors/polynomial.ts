// The canonical form of symbolic sizes: polynomials with integer coefficients over atoms (symbols and the floor-division,
// modulo, minimum and maximum terms that no rule could take apart). Every form exists once, so equal forms are `===`.
// This file builds forms and adds, multiplies and divides them; it must not know the rewrite rules (dim.ts) nor shapes.
import { addIntervals, type Interval, multiplyIntervals, scaleInterval } from './interval.ts';

/** A known size is a plain number. */
export type Dim = number | SymbolicDim;

export type AtomKind = 'symbol' | 'floor-divide' | 'modulo' | 'minimum' | 'maximum';

export interface Atom extends Interval {
  readonly kind: AtomKind;
  /** Says what the atom is, independent of when it was made: table key and sort key. */
  readonly key: string;
  /** A symbol's name, empty for others. */
  readonly name: string;
  /** A symbol that is not shown by its name, and that hides every expression it is part of (`None`, `?`). */
  readonly prints: string | undefined;
  readonly anonymous: boolean;
  readonly operands: readonly Dim[];
  /** Every value is a multiple of this. */
  readonly multipleOf: number;
}

/** A coefficient and the atoms multiplied with it, sorted; a power repeats its atom. */
export interface Term { readonly coefficient: number; readonly atoms: readonly Atom[] }

export interface SymbolicDim extends Interval {
  readonly kind: 'symbolic';
  readonly key: string;
  /** By falling degree, then by the atoms' keys. Never empty. */
  readonly terms: readonly Term[];
  readonly constant: number;
  /** It is, or is made from, a symbol without a name. */
  readonly isAnonymous: boolean;
}

// The tables hold their entries weakly: a language server runs for days and makes fresh symbols at every keystroke.
interface Table<T extends object> { readonly get: (key: string, make: () => T) => T }

function createTable<T extends object>(): Table<T> {
  const entries = new Map<string, WeakRef<T>>();
  const registry = new FinalizationRegistry<string>((key) => {
    if (entries.get(key)?.deref() === undefined) entries.delete(key);
  });
  return {
    get(key, make) {
      const present = entries.get(key)?.deref();
      if (present !== undefined) return present;
      const made = make();
      entries.set(key, new WeakRef(made));
      registry.register(made, key);
      return made;
    },
  };
}

const atoms = createTable<Atom>();
const polynomials = createTable<SymbolicDim>();

/** An expression that is written with more characters than this is not followed further: the result is an unknown size. */
const longestKey = 1500;
/** More terms than this are not worth carrying: the result is then an unknown size. */
const largestTermCount = 64;

/** So many results of an operation are kept; then it begins anew. */
const mostRemembered = 1500;

/**
 * The operation, which remembers its results: a model adds and divides the same few sizes at each of its layers. Sizes without a name are made
 * anew each time, so that whether two are equal does not depend on what is remembered.
 */
export function remembering(operation: (left: Dim, right: Dim) => Dim): (left: Dim, right: Dim) => Dim {
  let known = new Map<Dim, Map<Dim, Dim>>();
  let count = 0;
  return (left, right) => {
    let row = known.get(left);
    const present = row?.get(right);
    if (present !== undefined) return present;
    const result = operation(left, right);
    if (atomOf(result)?.anonymous === true) return result;
    if (count >= mostRemembered) {
      known = new Map();
      count = 0;
      row = undefined;
    }
    if (row === undefined) {
      row = new Map();
      known.set(left, row);
    }
    row.set(right, result);
    count += 1;
    return result;
  };
}

export interface SymbolOptions {
  /** The least value; 1 for a named symbol, 0 for an anonymous one. */
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly multipleOf?: number | undefined;
  /** What stands for the symbol, and for every expression that holds it, when it is shown. */
  readonly prints?: string | undefined;
}

let anonymousCount = 0;
/** How many symbols without a name there were so far. */
export function countAnonymous(): number { return anonymousCount; }

export function makeSymbol(name: string | undefined, options: SymbolOptions): Dim {
  const anonymous = name === undefined;
  if (anonymous) anonymousCount += 1;
  const low = options.minimum ?? (anonymous ? 0 : 1);
  const high = options.maximum ?? Number.POSITIVE_INFINITY;
  if (low === high) return low;
  const multipleOf = options.multipleOf ?? 1;
  const prints = options.prints ?? (anonymous ? '?' : undefined);
  const identity = anonymous ? `?${String(anonymousCount).padStart(12, '0')}` : name;
  const key = `${identity}{${low},${high},${multipleOf},${prints ?? ''}}`;
  return fromAtom(atoms.get(key, () => ({ kind: 'symbol', key, name: name ?? '', prints, anonymous, operands: [], low, high, multipleOf })));
}

export function makeAtom(kind: Exclude<AtomKind, 'symbol'>, operands: readonly Dim[], bounds: Interval, multipleOf = 1): Dim {
  if (bounds.low === bounds.high) return bounds.low;
  const key = `${kind}(${operands.map(keyOf).join(', ')})`;
  // A size that grows in a loop (a sequence that is lengthened and convolved again) would double its expression each time.
  if (key.length > longestKey) {
    return makeSymbol(undefined, { minimum: bounds.low, maximum: bounds.high, multipleOf, prints: operands.map(printedAs).find((text) => text !== undefined) });
  }
  return fromAtom(atoms.get(key, () => ({
    kind, key, name: '', prints: undefined, anonymous: false, operands, low: bounds.low, high: bounds.high, multipleOf,
  })));
}

/** What hides the expression when it is shown: the first such symbol in it. */
function printedAs(dim: Dim): string | undefined {
  for (const term of termsOf(dim)) {
    for (const atom of term.atoms) {
      const text = atom.prints ?? atom.operands.map(printedAs).find((one) => one !== undefined);
      if (text !== undefined) return text;
    }
  }
  return undefined;
}

function keyOf(dim: Dim): string {
  return typeof dim === 'number' ? String(dim) : dim.key;
}

export function termsOf(dim: Dim): readonly Term[] {
  return typeof dim === 'number' ? [] : dim.terms;
}

export function constantOf(dim: Dim): number {
  return typeof dim === 'number' ? dim : dim.constant;
}

/** The single atom that the dimension consists of. */
export function atomOf(dim: Dim): Atom | undefined {
  if (typeof dim === 'number' || dim.constant !== 0 || dim.terms.length !== 1) return undefined;
  const term = dim.terms[0];
  return term !== undefined && term.coefficient === 1 && term.atoms.length === 1 ? term.atoms[0] : undefined;
}

function fromAtom(atom: Atom): Dim {
  return fromTerms([{ coefficient: 1, atoms: [atom] }], 0);
}

function compareKeys(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Graded lexicographic order. Multiplying both sides by an atom keeps it, which exact division relies on. */
function compareMonomials(left: readonly Atom[], right: readonly Atom[]): number {
  if (left.length !== right.length) return right.length - left.length;
  for (const [index, atom] of left.entries()) {
    const other = right[index];
    if (other !== undefined && other !== atom) return compareKeys(atom.key, other.key);
  }
  return 0;
}

export function monomialKey(monomial: readonly Atom[]): string {
  return monomial.map((atom) => atom.key).join('*');
}

/** The canonical form of a sum of terms, in which equal monomials may repeat. Undefined: it got too large. */
function fromTermsWithin(terms: readonly Term[], constant: number, limit: number): Dim | undefined {
  const byMonomial = new Map<string, Term>();
  // Adding 0 turns -0 into 0.
  let constantSum = constant + 0;
  for (const term of terms) {
    if (term.atoms.length === 0) { constantSum += term.coefficient; continue; }
    const key = monomialKey(term.atoms);
    const present = byMonomial.get(key);
    byMonomial.set(key, present === undefined ? term : { coefficient: present.coefficient + term.coefficient, atoms: term.atoms });
  }
  const kept = [...byMonomial.values()].filter((term) => term.coefficient !== 0);
  if (kept.length > limit) return undefined;
  const recombined = recombine(kept);
  if (recombined !== undefined) return fromTermsWithin(recombined, constantSum, limit);
  if (kept.length === 0) return constantSum;
  kept.sort((left, right) => compareMonomials(left.atoms, right.atoms));
  const key = `${kept.map((term) => `${term.coefficient}*${monomialKey(term.atoms)}`).join(' + ')} + ${constantSum}`;
  return polynomials.get(key, () => {
    const { low, high } = boundsOfTerms(kept, constantSum);
    return { kind: 'symbolic', key, terms: kept, constant: constantSum, isAnonymous: kept.some((term) => term.atoms.some(isAnonymousAtom)), low, high };
  });
}

function isAnonymousAtom(atom: Atom): boolean {
  return atom.anonymous || atom.operands.some((operand) => typeof operand !== 'number' && operand.isAnonymous);
}

export function fromTerms(terms: readonly Term[], constant: number): Dim {
  return fromTermsWithin(terms, constant, largestTermCount) ?? makeSymbol(undefined, { minimum: Number.NEGATIVE_INFINITY });
}

/** `n*(x//n) = x` where n is known to divide x, and `x//n + (x + 1)//n + … + (x + n - 1)//n = x`. Undefined where neither applies. */
function recombine(terms: readonly Term[]): readonly Term[] | undefined {
  if (!terms.some((term) => term.atoms.some((atom) => atom.kind === 'floor-divide'))) return undefined;
  return exactDivisions(terms) ?? completeRemainders(terms);
}

function exactDivisions(terms: readonly Term[]): readonly Term[] | undefined {
  for (const [index, term] of terms.entries()) {
    for (const [position, atom] of term.atoms.entries()) {
      if (atom.kind !== 'floor-divide') continue;
      const [numerator, divisor] = atom.operands;
      if (numerator === undefined || typeof divisor !== 'number' || term.coefficient % divisor !== 0 || knownFactor(numerator) % divisor !== 0) continue;
      const others = { coefficient: term.coefficient / divisor, atoms: term.atoms.toSpliced(position, 1) };
      return [...terms.toSpliced(index, 1), ...withConstantTerm(numerator).map((piece) => multiplyTerms(others, piece))];
    }
  }
  return undefined;
}

/** Divisors above this are not looked for: a dozen equal parts of something odd are not written out. */
const largestSplit = 8;

/** What is split into n nearly equal parts and put together again: chunks, even and odd positions. */
function completeRemainders(terms: readonly Term[]): readonly Term[] | undefined {
  const groups = new Map<string, { readonly divisor: number; readonly base: Dim; readonly others: readonly Atom[]; readonly byRemainder: Map<number, number> }>();
  for (const [index, term] of terms.entries()) {
    for (const [position, atom] of term.atoms.entries()) {
      const [numerator, divisor] = atom.operands;
      if (atom.kind !== 'floor-divide' || numerator === undefined || typeof divisor !== 'number' || divisor > largestSplit) continue;
      const remainder = constantOf(numerator);
      const base = fromTerms(termsOf(numerator), 0);
      const others = term.atoms.toSpliced(position, 1);
      const key = `${divisor} ${keyOf(base)} ${monomialKey(others)}`;
      const group = groups.get(key) ?? { divisor, base, others, byRemainder: new Map<number, number>() };
      groups.set(key, group);
      group.byRemainder.set(remainder, index);
    }
  }
  for (const { divisor, base, others, byRemainder } of groups.values()) {
    const parts = Array.from({ length: divisor }, (_, remainder) => byRemainder.get(remainder));
    const coefficients = parts.map((index) => (index === undefined ? 0 : terms[index]?.coefficient ?? 0));
    const sign = Math.sign(coefficients[0] ?? 0);
    if (sign === 0 || !coefficients.every((coefficient) => Math.sign(coefficient) === sign)) continue;
    const times = sign * Math.min(...coefficients.map(Math.abs));
    const taken = new Set(parts);
    const reduced = terms.map((term, index) => (taken.has(index) ? { coefficient: term.coefficient - times, atoms: term.atoms } : term));
    return [...reduced, ...termsOf(base).map((piece) => multiplyTerms({ coefficient: times, atoms: others }, piece))];
  }
  return undefined;
}

export function multiplyTerms(left: Term, right: Term): Term {
  return {
    coefficient: left.coefficient * right.coefficient,
    atoms: [...left.atoms, ...right.atoms].sort((one, other) => compareKeys(one.key, other.key)),
  };
}

function greatestCommonDivisor(left: number, right: number): number {
  let a = Math.abs(left), b = Math.abs(right);
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** The largest number known to divide every value of the term. */
export function factorOfTerm(term: Term): number {
  return term.atoms.reduce((factor, atom) => factor * atom.multipleOf, Math.abs(term.coefficient));
}

/** The largest number known to divide every value of the dimension; 0 for zero itself, which everything divides. */
export function knownFactor(dim: Dim): number {
  return termsOf(dim).reduce((factor, term) => greatestCommonDivisor(factor, factorOfTerm(term)), Math.abs(constantOf(dim)));
}

export function commonDivisor(values: readonly number[]): number {
  return values.reduce(greatestCommonDivisor, 0);
}

export function addPolynomials(left: Dim, right: Dim): Dim {
  if (typeof left === 'number' && typeof right === 'number') return left + right;
  return left === 0 ? right : right === 0 ? left : sumOf(left, right);
}
const sumOf = remembering((left, right) => fromTerms([...termsOf(left), ...termsOf(right)], constantOf(left) + constantOf(right)));

export function scalePolynomial(dim: Dim, factor: number): Dim {
  if (typeof dim === 'number') return product(dim, factor);
  return factor === 1 ? dim : multipleOf(dim, factor);
}
const multipleOf = remembering((dim, by) => {
  const factor = constantOf(by);
  return fromTerms(termsOf(dim).map((term) => ({ coefficient: term.coefficient * factor, atoms: term.atoms })), constantOf(dim) * factor);
});

// -0 would print and compare wrongly.
function product(left: number, right: number): number {
  return left * right + 0;
}

export function withConstantTerm(dim: Dim): readonly Term[] {
  const constant = constantOf(dim);
  return constant === 0 ? termsOf(dim) : [...termsOf(dim), { coefficient: constant, atoms: [] }];
}

export function multiplyPolynomials(left: Dim, right: Dim): Dim {
  if (typeof left === 'number') return scalePolynomial(right, left);
  return typeof right === 'number' ? scalePolynomial(left, right) : productOf(left, right);
}
const productOf = remembering((left, right) => {
  const rightTerms = withConstantTerm(right);
  return fromTerms(withConstantTerm(left).flatMap((term) => rightTerms.map((other) => multiplyTerms(term, other))), 0);
});

/** `term / divisor` where it is a term again. */
export function divideTerm(term: Term, divisor: Term): Term | undefined {
  if (divisor.coefficient === 0 || term.coefficient % divisor.coefficient !== 0) return undefined;
  const rest = [...term.atoms];
  for (const atom of divisor.atoms) {
    const position = rest.indexOf(atom);
    if (position < 0) return undefined;
    rest.splice(position, 1);
  }
  return { coefficient: term.coefficient / divisor.coefficient, atoms: rest };
}

/** Long division of polynomials; undefined where something remains. */
export function divideExactly(numerator: Dim, divisor: Dim): Dim | undefined {
  const leadingOf = (dim: Dim): Term | undefined => withConstantTerm(dim)[0];
  const leading = leadingOf(divisor);
  if (leading === undefined) return undefined;
  const quotient: Term[] = [];
  let rest = numerator;
  // Leading monomials fall with every step; the bound only guards against `recombine` bringing back larger ones.
  for (let step = 0; step < 2 * largestTermCount; step += 1) {
    if (rest === 0) return fromTerms(quotient, 0);
    const first = leadingOf(rest);
    const piece = first === undefined ? undefined : divideTerm(first, leading);
    if (piece === undefined) return undefined;
    quotient.push(piece);
    const subtrahend = multiplyPolynomials(fromTerms([piece], 0), divisor);
    rest = addPolynomials(rest, scalePolynomial(subtrahend, -1));
  }
  return undefined;
}

function boundsOfTerm(term: Term): Interval {
  return term.atoms.reduce<Interval>((bounds, atom) => multiplyIntervals(bounds, atom), { low: term.coefficient, high: term.coefficient });
}

function sumOfBounds(terms: readonly Term[], constant: number): Interval {
  return terms.reduce<Interval>((bounds, term) => addIntervals(bounds, boundsOfTerm(term)), { low: constant, high: constant });
}

/**
 * Term by term `H - H//2` could be anything. Writing `x/n - (n-1)/n <= x//n <= x/n` for each floor division keeps what the two
 * terms have in common: the real-valued bound is 0.
 */
function boundsOfTerms(terms: readonly Term[], constant: number): Interval {
  const plain = sumOfBounds(terms, constant);
  if (terms.length < 2 || !terms.some((term) => relaxedPart(term) !== undefined)) return plain;
  const lower = sumOfRelaxed(terms, constant, 'low').low;
  const upper = sumOfRelaxed(terms, constant, 'high').high;
  const tolerance = 1e-9;
  return { low: Math.max(plain.low, Math.ceil(lower - tolerance)) + 0, high: Math.min(plain.high, Math.floor(upper + tolerance)) + 0 };
}

/**
 * A term `c*n*(x//n)` lies between `c*(x - n + 1)` and `c*x`, also for a symbolic n of at least 1; with a number n the term may lack the factor n.
 * Gives c, x and n.
 */
function relaxedPart(term: Term): { readonly share: number; readonly numerator: Dim; readonly divisor: Dim } | undefined {
  for (const [position, atom] of term.atoms.entries()) {
    const [numerator, divisor] = atom.operands;
    if (atom.kind !== 'floor-divide' || numerator === undefined || divisor === undefined) continue;
    if (typeof divisor === 'number') {
      if (term.atoms.length === 1 && divisor > 0) return { share: term.coefficient / divisor, numerator, divisor };
      continue;
    }
    const [only] = divisor.terms;
    if (divisor.low < 1 || divisor.terms.length !== 1 || divisor.constant !== 0 || only === undefined) continue;
    const others = { coefficient: 1, atoms: term.atoms.toSpliced(position, 1) };
    if (others.atoms.length === only.atoms.length && divideTerm(others, { coefficient: 1, atoms: only.atoms }) !== undefined) return { share: term.coefficient / only.coefficient, numerator, divisor };
  }
  return undefined;
}

function sumOfRelaxed(terms: readonly Term[], constant: number, side: 'low' | 'high'): Interval {
  const collected = new Map<string, Term>();
  let sum = constant;
  const add = (term: Term): void => {
    const part = relaxedPart(term);
    if (part !== undefined) {
      const { share, numerator, divisor } = part;
      const addScaled = (dim: Dim, factor: number): void => {
        sum += factor * constantOf(dim);
        for (const piece of termsOf(dim)) add({ coefficient: factor * piece.coefficient, atoms: piece.atoms });
      };
      // The floor takes away up to n - 1: count it where it would move the wanted bound outward.
      if ((side === 'low') === (share > 0)) { addScaled(divisor, -share); sum += share; }
      addScaled(numerator, share);
      return;
    }
    const key = monomialKey(term.atoms);
    const present = collected.get(key);
    collected.set(key, { coefficient: term.coefficient + (present?.coefficient ?? 0), atoms: term.atoms });
  };
  for (const term of terms) add(term);
  const tolerance = 1e-12;
  return [...collected.values()]
    .filter((term) => Math.abs(term.coefficient) > tolerance)
    .reduce<Interval>((bounds, term) => addIntervals(bounds, scaleInterval(boundsOfTerm({ coefficient: 1, atoms: term.atoms }), term.coefficient)),
      { low: sum, high: sum });
}
