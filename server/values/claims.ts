// What a text claims of the shapes of its own names: a comment behind an assignment, an annotation or comment at a parameter.
// It must not know the evaluator, nor whether a claim holds.
import type { Expression, FunctionDef, Name, ParsedSource, Statement } from '../syntax/ast.ts';
import { type DimExpression, formatStatedDims } from '../syntax/shapes/statement.ts';
import { shapesStatedAt, statedFunctionShapes } from '../syntax/shapes/stated.ts';
import type { Place } from './place.ts';

export interface Claim {
  /** A number, or undefined for anything else than a plain number. */
  readonly sizes: readonly (number | undefined)[];
  /** The first size is a name: the batch, most likely. */
  readonly beginsWithName: boolean;
  readonly text: string;
  readonly place: Place;
}

/** What binds a name, by where the name stands; claims are read when one is first asked for, since reading texts takes time. */
interface Binding {
  readonly statement: Extract<Statement, { kind: 'Assign' }> | FunctionDef;
  claims: ReadonlyMap<number, readonly Claim[]> | undefined;
}

const cache = new WeakMap<ParsedSource, ReadonlyMap<number, Binding>>();

/** The claims about the name that stands at the place: where it is assigned, or a parameter. */
export function claimsAt(place: Place): readonly Claim[] {
  const { parsed } = place.source;
  let bindings = cache.get(parsed);
  if (bindings === undefined) {
    const found = new Map<number, Binding>();
    collect(parsed.module.body, found);
    bindings = found;
    cache.set(parsed, bindings);
  }
  const binding = bindings.get(place.start);
  if (binding === undefined) return [];
  binding.claims ??= binding.statement.kind === 'Assign' ? claimsOfAssignment(binding.statement, place) : claimsOfParameters(binding.statement, place);
  return binding.claims.get(place.start) ?? [];
}

function collect(body: readonly Statement[], found: Map<number, Binding>): void {
  for (const statement of body) {
    if (statement.kind === 'Assign') {
      const binding: Binding = { statement, claims: undefined };
      for (const name of statement.targets.flatMap(namesIn)) found.set(name.start, binding);
    } else if (statement.kind === 'FunctionDef') {
      const binding: Binding = { statement, claims: undefined };
      for (const parameter of statement.parameters.all) found.set(parameter.name.start, binding);
    }
    for (const inner of bodiesOf(statement)) collect(inner, found);
  }
}

function bodiesOf(statement: Statement): readonly (readonly Statement[])[] {
  switch (statement.kind) {
    case 'FunctionDef': case 'ClassDef': case 'With': return [statement.body];
    case 'If': case 'For': case 'While': return [statement.body, statement.orelse];
    case 'Try': return [statement.body, ...statement.handlers.map((handler) => handler.body), statement.orelse, statement.finalbody];
    case 'Match': return statement.cases.map((one) => one.body);
    default: return [];
  }
}

function claimsOfAssignment(statement: Extract<Statement, { kind: 'Assign' }>, at: Place): ReadonlyMap<number, readonly Claim[]> {
  const found = new Map<number, readonly Claim[]>();
  const names = statement.targets.flatMap(namesIn);
  const stated = names.length === 0 ? [] : shapesStatedAt(statement, new Set(names.map((name) => name.id)), at.source.parsed);
  // Several shapes of which none is named, or one for several names: which is meant is not certain.
  const unnamed = stated.filter((one) => one.name === undefined);
  for (const name of names) {
    const own = stated.filter((one) => one.name === name.id);
    const chosen = own.length > 0 ? own : names.length === 1 && unnamed.length === 1 && stated.length === 1 ? unnamed : [];
    if (chosen.length === 1 && chosen.every((one) => isPlain(name.id, one.start, at.source.parsed))) found.set(name.start, chosen.flatMap((one) => claimOf(one.dims, one, at)));
  }
  return found;
}

function namesIn(target: Expression): Name[] {
  if (target.kind === 'Name') return [target];
  return target.kind === 'Tuple' || target.kind === 'List' ? target.elements.flatMap(namesIn) : [];
}

function claimsOfParameters(fn: FunctionDef, at: Place): ReadonlyMap<number, readonly Claim[]> {
  const found = new Map<number, readonly Claim[]>();
  const { parameters } = statedFunctionShapes(fn, at.source.parsed);
  for (const parameter of fn.parameters.all) {
    const stated = (parameters.get(parameter.name.text) ?? []).filter((one) => one.source === 'annotation' || one.source === 'parameter-comment');
    if (stated.length === 1) found.set(parameter.name.start, stated.flatMap((one) => claimOf(one.dims, one, at)));
  }
  return found;
}

/** Words before a shape that say that it is this value's. */
const announcing: ReadonlySet<string> = new Set(['shape', 'size', 'now', 'is', 'out', 'output', 'of', '->', '=>', '=', ':', '→']);

/** Nothing but the name and a word for shapes stands between the `#` and the shape: it does not speak of something else. */
function isPlain(name: string, start: number, source: ParsedSource): boolean {
  const from = Math.max(source.text.lastIndexOf('#', start), source.text.lastIndexOf('\n', start));
  const words = source.text.slice(from + 1, start).replaceAll('[', ' ').replaceAll('(', ' ').replaceAll(':', ' ').replaceAll('=', ' ').split(' ').filter((word) => word !== '');
  return words.every((word) => word === name || announcing.has(word.toLowerCase()));
}

function claimOf(dims: readonly DimExpression[], span: { readonly start: number; readonly end: number }, at: Place): Claim[] {
  if (dims.some((dim) => dim.kind === 'ellipsis')) return [];
  return [{
    sizes: dims.map((dim) => (dim.kind === 'number' ? dim.value : undefined)), beginsWithName: dims[0]?.kind === 'name', text: formatStatedDims(dims),
    place: { source: at.source, start: span.start, end: span.end },
  }];
}
