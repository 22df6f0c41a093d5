// Writes a symbolic size as Python would: `4*d`, `(H + 1)//2`, `H % 4`, `16*(H//4 - 3)*(W//4 - 3)`. The text depends on the form alone, so equal
// sizes read alike. It must not know the rewrite rules, nor symbols that hide what they are part of.
import {
  addPolynomials, type Atom, atomOf, commonDivisor, constantOf, type Dim, divideExactly, divideTerm, fromTerms, makeAtom, monomialKey, multiplyTerms, scalePolynomial,
  type SymbolicDim, type Term, termsOf,
} from './polynomial.ts';

export function formatExpression(dim: Dim): string {
  if (typeof dim === 'number') return String(dim);
  const folded = foldRemainders(dim);
  const sum = formatSum(folded.terms, folded.constant);
  const factored = formatFactors(dim);
  return factored !== undefined && factored.length < sum.length ? factored : sum;
}

// ---- `x - n*(x//n)` reads `x % n`.

interface Sum { readonly terms: readonly Term[]; readonly constant: number }

function foldRemainders(dim: SymbolicDim): Sum {
  let sum: Sum = dim;
  for (const term of dim.terms) {
    for (const [position, atom] of term.atoms.entries()) {
      if (atom.kind !== 'floor-divide' || !sum.terms.includes(term)) continue;
      const others = { coefficient: term.coefficient, atoms: term.atoms.toSpliced(position, 1) };
      sum = foldRemainder(sum, term, atom, others) ?? sum;
    }
  }
  return sum;
}

function foldRemainder(sum: Sum, term: Term, atom: Atom, others: Term): Sum | undefined {
  const [numerator, divisor] = atom.operands;
  if (numerator === undefined || divisor === undefined) return undefined;
  const divisorTerm = typeof divisor === 'number' ? { coefficient: divisor, atoms: [] } : divisor.terms.length === 1 && divisor.constant === 0 ? divisor.terms[0] : undefined;
  const share = divisorTerm === undefined ? undefined : divideTerm(others, divisorTerm);
  if (share === undefined) return undefined;
  const rest = sum.terms.filter((other) => other !== term);
  const minus = { coefficient: -share.coefficient, atoms: share.atoms };
  const plain = takeAway({ terms: rest, constant: sum.constant }, numerator, minus);
  if (plain !== undefined) return { terms: [...plain.terms, multiplyTerms(minus, remainderTerm(numerator, divisor))], constant: plain.constant };
  // `(-x) % n = n*((x + n - 1)//n) - x`.
  const opposite = addPolynomials(scalePolynomial(numerator, -1), addPolynomials(divisor, -1));
  const mirrored = takeAway({ terms: rest, constant: sum.constant }, opposite, share);
  if (mirrored === undefined) return undefined;
  // `(N - T) % N` is `-T % N`.
  const shown = typeof divisor === 'number' ? opposite : addPolynomials(opposite, scalePolynomial(divisor, -1));
  return { terms: [...mirrored.terms, multiplyTerms(share, remainderTerm(shown, divisor))], constant: mirrored.constant };
}

/** The sum without `share * dim`, if it holds just that; a constant is only taken where it is there as well. */
function takeAway(sum: Sum, dim: Dim, share: Term): Sum | undefined {
  const pieces = termsOf(dim).map((piece) => multiplyTerms(share, piece));
  const constant = constantOf(dim) * share.coefficient;
  if (pieces.length === 0 || (constant !== 0 && (share.atoms.length > 0 || constant !== sum.constant))) return undefined;
  const keys = new Map(pieces.map((piece) => [monomialKey(piece.atoms), piece.coefficient]));
  const taken = sum.terms.filter((term) => keys.get(monomialKey(term.atoms)) === term.coefficient);
  return taken.length === pieces.length ? { terms: sum.terms.filter((term) => !taken.includes(term)), constant: sum.constant - constant } : undefined;
}

/** A form that exists only in print. */
function remainderTerm(dim: Dim, divisor: Dim): Term {
  const atom = atomOf(makeAtom('modulo', [dim, divisor], { low: 0, high: Number.POSITIVE_INFINITY }));
  return { coefficient: 1, atoms: atom === undefined ? [] : [atom] };
}

// ---- A product that was multiplied out.

const fewestTermsToFactor = 3;

function formatFactors(dim: SymbolicDim): string | undefined {
  if (dim.terms.length + (dim.constant === 0 ? 0 : 1) < fewestTermsToFactor || dim.terms.length > 16) return undefined;
  const factors = factorsOf(dim);
  const sums = factors.filter((factor) => typeof factor !== 'number');
  const content = factors.reduce<number>((product, factor) => (typeof factor === 'number' ? product * factor : product), 1);
  if (sums.length < 2) return undefined;
  const texts = sums.map((factor) => {
    const isSum = typeof factor !== 'number' && factor.terms.length + (factor.constant === 0 ? 0 : 1) > 1;
    const kind = atomOf(factor)?.kind;
    return isSum || kind === 'floor-divide' || kind === 'modulo' ? `(${formatExpression(factor)})` : formatExpression(factor);
  });
  return (content === 1 ? '' : content === -1 ? '-' : `${content}*`) + texts.join('*');
}

/** Factors whose product is the dimension: a number, atoms, and sums that are linear in some atom. */
function factorsOf(dim: Dim): readonly Dim[] {
  if (typeof dim === 'number') return [dim];
  const content = commonDivisor([...dim.terms.map((term) => term.coefficient), dim.constant]) * ((dim.terms[0]?.coefficient ?? 1) < 0 ? -1 : 1);
  if (content !== 1 && content !== 0) {
    return [content, ...factorsOf(scaled(dim, content))];
  }
  if (dim.terms.length + (dim.constant === 0 ? 0 : 1) < 2) return [dim];
  const seen = new Set<Atom>();
  for (const term of dim.terms) {
    for (const atom of term.atoms) {
      if (seen.has(atom)) continue;
      seen.add(atom);
      const split = splitLinear(dim, atom);
      if (split !== undefined) return [...factorsOf(split.rest), ...factorsOf(split.factor)];
    }
  }
  return [dim];
}

function scaled(dim: SymbolicDim, factor: number): Dim {
  return fromTerms(dim.terms.map((term) => ({ coefficient: term.coefficient / factor, atoms: term.atoms })), dim.constant / factor);
}

/** `a*p + q` with q a multiple of p: `(a + q/p) * p`. */
function splitLinear(dim: SymbolicDim, atom: Atom): { readonly factor: Dim; readonly rest: Dim } | undefined {
  const holding = dim.terms.filter((term) => term.atoms.includes(atom));
  if (holding.some((term) => term.atoms.filter((other) => other === atom).length > 1)) return undefined;
  const outside = fromTerms(dim.terms.filter((term) => !holding.includes(term)), dim.constant);
  const rest = fromTerms(holding.map((term) => ({ coefficient: term.coefficient, atoms: term.atoms.toSpliced(term.atoms.indexOf(atom), 1) })), 0);
  // A number takes nothing apart.
  if (typeof rest === 'number') return undefined;
  const quotient = outside === 0 ? 0 : divideExactly(outside, rest);
  return quotient === undefined ? undefined : { factor: rest, rest: addPolynomials(fromTerms([{ coefficient: 1, atoms: [atom] }], 0), quotient) };
}

// ---- Sums and terms.

function formatSum(terms: readonly Term[], constant: number): string {
  const pieces = [...terms];
  // A leading minus reads badly: `4 - H`, not `-H + 4`.
  const firstPositive = pieces.findIndex((term) => term.coefficient > 0);
  if (firstPositive > 0) pieces.unshift(...pieces.splice(firstPositive, 1));
  let text = '';
  const append = (negative: boolean, piece: string): void => {
    if (text === '') text = negative ? `-${piece}` : piece;
    else text += negative ? ` - ${piece}` : ` + ${piece}`;
  };
  if (firstPositive < 0 && constant > 0) append(false, String(constant));
  const isAlone = pieces.length === 1 && constant === 0;
  for (const term of pieces) append(term.coefficient < 0, formatTerm(term, text !== '' || term.coefficient > 0, isAlone));
  if (constant !== 0 && !(firstPositive < 0 && constant > 0)) append(constant < 0, String(Math.abs(constant)));
  return text;
}

/** `mayBeBare`: `-x//2` would be read as `(-x)//2`. `isAlone`: `-H % 4` beside other terms would read badly. */
function formatTerm(term: Term, mayBeBare: boolean, isAlone: boolean): string {
  const size = Math.abs(term.coefficient);
  const factors: string[] = size === 1 ? [] : [String(size)];
  // Names first: `h*(d//h)`.
  const sorted = [...term.atoms.filter((atom) => atom.kind === 'symbol'), ...term.atoms.filter((atom) => atom.kind !== 'symbol')];
  for (let index = 0; index < sorted.length;) {
    const atom = sorted[index];
    if (atom === undefined) break;
    let power = 1;
    while (sorted[index + power] === atom) power += 1;
    const startsWithMinus = atom.kind === 'modulo' && !isAlone && formatExpression(atom.operands[0] ?? 0).startsWith('-');
    const alone = mayBeBare && term.atoms.length === power && size === 1 && !startsWithMinus;
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
    case 'minimum': return `min(${atom.operands.map(formatExpression).join(', ')})`;
    case 'maximum': return `max(${atom.operands.map(formatExpression).join(', ')})`;
    case 'floor-divide': return alone ? formatQuotient('//', left, right) : `(${formatQuotient('//', left, right)})`;
    case 'modulo': return alone ? formatQuotient(' % ', left, right) : `(${formatQuotient(' % ', left, right)})`;
  }
}

function formatQuotient(operator: string, left: Dim, right: Dim): string {
  const isProduct = termsOf(left).length + (constantOf(left) === 0 ? 0 : 1) === 1;
  const leftText = isProduct ? formatExpression(left) : `(${formatExpression(left)})`;
  const isSimple = typeof right === 'number' || atomOf(right)?.kind === 'symbol';
  return `${leftText}${operator}${isSimple ? formatExpression(right) : `(${formatExpression(right)})`}`;
}
