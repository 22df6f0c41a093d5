// The shapes that a function's text states for its parameters, most trusted first: a directive, an annotation, a comment at the parameter, the
// docstring, comments at the first lines of the body, and last the sizes that the body unpacks. Comments are claims: whoever runs the function
// decides whether they hold. It must not know values or frameworks.
import type { ClassDef, Expression, FunctionDef, Parameter, ParsedSource, Statement } from '../ast.ts';
import { commentAfter, commentsAbove, commentsByLine, commentsWithin, type PlacedComment } from '../comments.ts';
import { lineAt } from '../lines.ts';
import { boundNames } from '../names.ts';
import { annotatedShape } from './annotations.ts';
import { readShapeComment } from './comments.ts';
import { readInputDirective } from './directives.ts';
import { readDocstring } from './docstrings.ts';
import type { ShapeStatement } from './statement.ts';
import { unpackedShapes } from './unpacking.ts';

export type StatementSource = 'directive' | 'annotation' | 'parameter-comment' | 'docstring' | 'body-comment' | 'unpacking';

/** Offsets are those of the source text. */
export interface StatedShape extends ShapeStatement { readonly source: StatementSource }

export interface StatedFunctionShapes {
  /** By parameter's name; most trusted first. */
  readonly parameters: ReadonlyMap<string, readonly StatedShape[]>;
  /** What is said of the result. */
  readonly returns: readonly StatedShape[];
}

/** What the function's text says of its parameters. A name that is missing has no statement. */
export function statedShapes(fn: FunctionDef, source: ParsedSource): ReadonlyMap<string, readonly StatedShape[]> {
  return statedFunctionShapes(fn, source).parameters;
}

const cache = new WeakMap<FunctionDef, StatedFunctionShapes>();

export function statedFunctionShapes(fn: FunctionDef, source: ParsedSource): StatedFunctionShapes {
  let shapes = cache.get(fn);
  if (shapes === undefined) {
    shapes = readFunction(fn, source);
    cache.set(fn, shapes);
  }
  return shapes;
}

/** What a comment behind the statement, or alone above it, says of the values that it binds. Inputs before an arrow are left out. */
export function shapesStatedAt(statement: Statement, targets: ReadonlySet<string>, source: ParsedSource): readonly ShapeStatement[] {
  const trailing = commentAfter(source, statement.end);
  const comments = trailing === undefined ? commentsAbove(source, statement.start) : [trailing];
  return comments.flatMap((comment) => readComment(comment, targets)).filter((shape) => shape.role !== 'input' && (shape.name === undefined || targets.has(shape.name)));
}

/** Methods that a class's docstring speaks of when it tells of inputs and outputs. */
const runningMethods = new Set(['forward', 'call', '__call__']);

interface Collector {
  readonly fn: FunctionDef;
  /** Parameters that may be tensors. */
  readonly candidates: readonly string[];
  readonly names: ReadonlySet<string>;
  readonly parameters: Map<string, StatedShape[]>;
  readonly returns: StatedShape[];
}

function readFunction(fn: FunctionDef, source: ParsedSource): StatedFunctionShapes {
  const bindable = fn.parameters.all.filter((parameter, index) => !isReceiver(parameter, index) && parameter.kind !== 'star' && parameter.kind !== 'double-star');
  const required = bindable.filter((parameter) => parameter.default === undefined);
  const candidates = (required.length > 0 ? required : bindable).map((parameter) => parameter.name.text);
  const collector: Collector = { fn, candidates, names: new Set(bindable.map((parameter) => parameter.name.text)), parameters: new Map(), returns: [] };
  const owner = owningClass(fn, source);
  addDirectives(collector, bindable, owner, source);
  for (const parameter of bindable) {
    const stated = annotatedShape(parameter.annotation);
    if (stated !== undefined) add(collector, parameter.name.text, { ...stated, role: 'input' }, 'annotation');
  }
  const result = annotatedShape(fn.returns);
  if (result !== undefined) collector.returns.push({ ...result, role: 'output', source: 'annotation' });
  addHeaderComments(collector, bindable, source);
  addDocstring(collector, fn.body, source);
  if (owner !== undefined && runningMethods.has(fn.name.text)) addDocstring(collector, owner.body, source);
  addBodyComments(collector, source);
  const unpacked = unpackedShapes(fn.body, collector.names);
  for (const [name, shape] of unpacked) {
    const rank = rankOf(shape);
    // The code itself says how many axes there are: a comment that says otherwise is out of date.
    const kept = collector.parameters.get(name)?.filter((other) => other.source === 'directive' || rank === undefined || rankOf(other) === undefined || rankOf(other) === rank);
    if (kept !== undefined) collector.parameters.set(name, kept);
    add(collector, name, shape, 'unpacking');
  }
  return { parameters: collector.parameters, returns: collector.returns };
}

function isReceiver(parameter: Parameter, index: number): boolean {
  return index === 0 && (parameter.name.text === 'self' || parameter.name.text === 'cls');
}

function rankOf(shape: ShapeStatement): number | undefined {
  return shape.dims.some((dim) => dim.kind === 'ellipsis') ? undefined : shape.dims.length;
}

function add(collector: Collector, name: string, shape: ShapeStatement, source: StatementSource): void {
  const stated = { ...shape, name, source };
  const present = collector.parameters.get(name);
  if (present === undefined) collector.parameters.set(name, [stated]);
  else present.push(stated);
}

/** Gives statements to the parameters they name; those that name nobody to `unnamed`, in order. */
function distribute(collector: Collector, shapes: readonly ShapeStatement[], source: StatementSource, unnamed: readonly string[]): void {
  let next = 0;
  const hasAlternatives = shapes.filter((shape) => shape.name === undefined && shape.role !== 'output').length > 1 && !shapes.some((shape) => shape.role === 'output');
  for (const shape of shapes) {
    if (shape.role === 'output') {
      if (shape.name === undefined || !collector.names.has(shape.name)) collector.returns.push({ ...shape, source });
      continue;
    }
    if (shape.name !== undefined) {
      if (collector.names.has(shape.name)) add(collector, shape.name, shape, source);
      continue;
    }
    const name = unnamed[next];
    if (name === undefined) continue;
    add(collector, name, shape, source);
    // `(N, C, L) or (C, L)` are both the first one's; `(B, T), (B, S) -> …` go to one each.
    if (!hasAlternatives) next += 1;
  }
}

function readComment(comment: PlacedComment, names: ReadonlySet<string>): readonly ShapeStatement[] {
  // The `#` is not part of the comment's text.
  return readShapeComment(comment.text, { names }).map((shape) => moved(shape, comment.start + 1));
}

function moved(shape: ShapeStatement, offset: number): ShapeStatement {
  return { ...shape, start: shape.start + offset, end: shape.end + offset };
}

function headerStart(fn: FunctionDef | ClassDef): number {
  return Math.min(fn.start, ...fn.decorators.map((decorator) => decorator.start));
}

function headerEnd(fn: FunctionDef | ClassDef): number {
  return fn.body[0]?.start ?? fn.end;
}

function addHeaderComments(collector: Collector, bindable: readonly Parameter[], source: ParsedSource): void {
  const { fn, names } = collector;
  for (const comment of commentsAbove(source, headerStart(fn))) {
    distribute(collector, readComment(comment, names).filter((shape) => shape.name !== undefined || shape.role !== 'unspecified'), 'parameter-comment', collector.candidates.slice(0, 1));
  }
  // Comments of the header: those on lines of their own behind the colon belong to the body.
  const lastParameter = fn.parameters.all.at(-1)?.end ?? fn.name.end;
  for (const comment of commentsWithin(source, fn.name.end, headerEnd(fn))) {
    if (comment.isAlone && comment.start > lastParameter) continue;
    const shapes = readComment(comment, names);
    const onLine = bindable.filter((parameter) => lineAt(source.lineStarts, parameter.end) === comment.line);
    const described = comment.isAlone ? bindable.filter((parameter) => parameter.start > comment.start).slice(0, 1) : onLine;
    const owners = described.map((parameter) => parameter.name.text);
    const wanted = owners.length > 1 ? owners.filter((name) => collector.candidates.includes(name)) : owners;
    distribute(collector, shapes, 'parameter-comment', wanted);
  }
}

function addDocstring(collector: Collector, body: readonly Statement[], source: ParsedSource): void {
  const [first] = body;
  if (first?.kind !== 'Expr' || first.value.kind !== 'Constant' || typeof first.value.value !== 'string') return;
  const { from, to } = contentOf(source.text, first.value);
  distribute(collector, readDocstring(source.text, { names: collector.names, from, to }), 'docstring', collector.candidates.slice(0, 1));
}

/** The range between the quotes. */
function contentOf(text: string, literal: Expression): { readonly from: number; readonly to: number } {
  let from = literal.start;
  while (from < literal.end && text[from] !== '"' && text[from] !== "'") from += 1;
  const quote = text[from] ?? '"';
  const width = text.startsWith(quote.repeat(3), from) ? 3 : 1;
  const to = text.endsWith(quote.repeat(width), literal.end) ? literal.end - width : literal.end;
  return { from: from + width, to: Math.max(from + width, to) };
}

/** How many statements count as the beginning of a body. */
const firstStatements = 6;

function addBodyComments(collector: Collector, source: ParsedSource): void {
  const { fn, names } = collector;
  const isText = (statement: Statement | undefined): boolean => statement?.kind === 'Expr' && statement.value.kind === 'Constant';
  const body = isText(fn.body[0]) ? fn.body.slice(1) : fn.body;
  const rebound = new Set<string>();
  for (const [index, statement] of body.slice(0, firstStatements).entries()) {
    const bound = boundNames([statement]);
    const free = (shape: ShapeStatement): boolean => shape.name === undefined || (names.has(shape.name) && !rebound.has(shape.name));
    const open = collector.candidates.filter((name) => !rebound.has(name));
    const used = namesRead(statement, open);
    for (const comment of commentsAbove(source, statement.start)) {
      const shapes = readComment(comment, names).filter(free).filter((shape) => shape.role !== 'output');
      // Above a later statement, a comment mostly tells of that statement's own result.
      const told = index === 0 ? shapes : shapes.filter((shape) => shape.name !== undefined ? !bound.includes(shape.name) || shape.role === 'input' : shape.role === 'input');
      distribute(collector, told, 'body-comment', index === 0 ? open.slice(0, 1) : used.length === 1 ? used : []);
    }
    const trailing = commentAfter(source, statement.end);
    if (trailing !== undefined && !isCompound(statement)) {
      const shapes = readComment(trailing, names).filter(free);
      const unpacks = unpackedShapes([statement], names).size > 0;
      const told = shapes.filter((shape) => shape.role === 'input' || (unpacks && shape.role === 'unspecified') || (shape.name !== undefined && shape.role !== 'output' && !bound.includes(shape.name)));
      distribute(collector, told, 'body-comment', used.length === 1 ? used : []);
    }
    for (const name of bound) rebound.add(name);
  }
}

function isCompound(statement: Statement): boolean {
  return ['FunctionDef', 'ClassDef', 'For', 'While', 'If', 'With', 'Match', 'Try'].includes(statement.kind);
}

function namesRead(thing: unknown, wanted: readonly string[], found: Set<string> = new Set()): readonly string[] {
  if (Array.isArray(thing)) for (const item of thing) namesRead(item, wanted, found);
  else if (typeof thing === 'object' && thing !== null) {
    const node = thing as Readonly<Record<string, unknown>>;
    if (node['kind'] === 'Name' && wanted.includes(node['id'] as string)) found.add(node['id'] as string);
    for (const [key, value] of Object.entries(node)) if (key !== 'targets' && key !== 'target') namesRead(value, wanted, found);
  }
  return [...found];
}

// ---- Directives.

interface Directive { readonly comment: PlacedComment; readonly shapes: readonly ShapeStatement[] }
const directivesBySource = new WeakMap<ParsedSource, readonly Directive[]>();

function directivesOf(source: ParsedSource): readonly Directive[] {
  let directives = directivesBySource.get(source);
  if (directives === undefined) {
    directives = [...commentsByLine(source).values()].flatMap((comment) => {
      const shapes = readInputDirective(comment.text);
      return shapes === undefined ? [] : [{ comment, shapes }];
    });
    directivesBySource.set(source, directives);
  }
  return directives;
}

function addDirectives(collector: Collector, bindable: readonly Parameter[], owner: ClassDef | undefined, source: ParsedSource): void {
  const directives = directivesOf(source);
  if (directives.length === 0) return;
  const order = bindable.map((parameter) => parameter.name.text);
  const levels: ShapeStatement[][] = [[], [], []];
  for (const { comment, shapes } of directives) {
    const level = directiveLevel(comment, collector.fn, owner, source);
    if (level !== undefined) levels[level]?.push(...shapes.map((shape) => moved(shape, comment.start + 1)));
  }
  // The nearest level alone speaks.
  const nearest = levels.find((level) => level.length > 0);
  if (nearest === undefined) return;
  let next = 0;
  for (const shape of nearest) {
    const name = shape.name ?? order[next];
    if (shape.name === undefined) next += 1;
    if (name !== undefined && collector.names.has(name)) add(collector, name, shape, 'directive');
  }
}

/** 0: the function's own, 1: its class's, 2: the file's; undefined: somebody else's. */
function directiveLevel(comment: PlacedComment, fn: FunctionDef, owner: ClassDef | undefined, source: ParsedSource): 0 | 1 | 2 | undefined {
  const isAbove = (definition: FunctionDef | ClassDef): boolean => commentsAbove(source, headerStart(definition)).some((one) => one.start === comment.start);
  const isWithin = (definition: FunctionDef | ClassDef): boolean => comment.start >= headerStart(definition) && comment.start < definition.end;
  const onHeader = (definition: FunctionDef | ClassDef): boolean => commentAfter(source, definition.name.end)?.start === comment.start;
  if (isAbove(fn) || isWithin(fn) || onHeader(fn)) return 0;
  if (owner !== undefined && (isAbove(owner) || onHeader(owner) || (isWithin(owner) && !definitionsIn(owner.body).some((inner) => isAbove(inner) || isWithin(inner))))) return 1;
  return definitionsIn(source.module.body).some((outer) => isAbove(outer) || isWithin(outer) || onHeader(outer)) ? undefined : 2;
}

function definitionsIn(body: readonly Statement[]): readonly (FunctionDef | ClassDef)[] {
  return body.flatMap((statement) => (statement.kind === 'FunctionDef' || statement.kind === 'ClassDef' ? [statement] : blocksOf(statement).flatMap(definitionsIn)));
}

function blocksOf(statement: Statement): readonly (readonly Statement[])[] {
  switch (statement.kind) {
    case 'If': case 'For': case 'While': return [statement.body, statement.orelse];
    case 'With': return [statement.body];
    case 'Try': return [statement.body, ...statement.handlers.map((handler) => handler.body), statement.orelse, statement.finalbody];
    default: return [];
  }
}

const owners = new WeakMap<ParsedSource, ReadonlyMap<FunctionDef, ClassDef>>();

/** The class in whose body the function stands. */
function owningClass(fn: FunctionDef, source: ParsedSource): ClassDef | undefined {
  let found = owners.get(source);
  if (found === undefined) {
    const all = new Map<FunctionDef, ClassDef>();
    const visit = (body: readonly Statement[], owner: ClassDef | undefined): void => {
      for (const definition of definitionsIn(body)) {
        if (definition.kind === 'FunctionDef' && owner !== undefined) all.set(definition, owner);
        visit(definition.body, definition.kind === 'ClassDef' ? definition : undefined);
      }
    };
    visit(source.module.body, undefined);
    owners.set(source, all);
    found = all;
  }
  return found.get(fn);
}
