// Evaluates expressions. It must not know any library: operators on tensors and objects are found by Python's own look-up.
import type { Call, Comprehension, Constant, Expression, JoinedStr, Name } from '../syntax/ast.ts';
import { formatValue, storeEntry } from '../catalogues/python/operators.ts';
import type { Argument, CallArguments, KeywordArgument } from '../values/arguments.ts';
import { noArguments } from '../values/arguments.ts';
import { alternativesOf, dictKey, joinValues } from '../values/equality.ts';
import { bounded } from '../values/limits.ts';
import { appendItem, mostItems, noteBirth, openContainer, replaceSet, setEntry, setOptionalEntry } from '../values/heap.ts';
import type { DictValue, FunctionValue, Iteration, Scope, SetValue, Value } from '../values/value.ts';
import { recorders } from '../values/recorder.ts';
import { bool, ellipsis, float, int, iterator, list, none, str, tuple, unknown } from '../values/value.ts';
import { assign, bindWalrus, lookUpName } from './assignment.ts';
import { alternatives } from './branches.ts';
import { GeneratorStopped } from './errors.ts';
import { isLibrarySource } from './module-finder.ts';
import type { Run } from './run.ts';
import { currentFrame, newScope, placeOf, step } from './run.ts';
import { recordValue } from './recording.ts';
import { superOf } from './classes.ts';
import { isWorthCutting } from './cutting.ts';
import { explainUnknown, mayBeLost, noteLostCall, noteLostItem, noteUnknownMember } from './losses.ts';

/** The value of an expression; it never gives a JavaScript exception other than those of errors.ts. */
export function evaluate(run: Run, node: Expression): Value {
  step(run);
  switch (node.kind) {
    case 'Constant': return constant(run, node);
    case 'Name': return name(run, node);
    case 'Attribute': {
      const object = evaluate(run, node.object);
      const value = run.interpreter.getAttribute(object, node.name.text, placeOf(run, node));
      recordValue(run, node.name, node.name.text, value);
      if (object.kind === 'tensor') noteUnknownMember(run, node, object, value);
      if (run.explain !== undefined) explainUnknown(run, node, value, [object]);
      return value;
    }
    case 'Call': return bounded(call(run, node));
    case 'Subscript': {
      const object = evaluate(run, node.object);
      const value = run.interpreter.getItem(object, evaluate(run, node.index), placeOf(run, node));
      if (mayBeLost(run, value)) noteLostItem(run, node, object, value);
      return value;
    }
    case 'BinOp': {
      const left = evaluate(run, node.left);
      return bounded(run.interpreter.binary(node.operator, left, evaluate(run, node.right), placeOf(run, node)));
    }
    case 'UnaryOp': return run.interpreter.unary(node.operator, evaluate(run, node.operand), placeOf(run, node));
    case 'BoolOp': return boolOp(run, node.operator, node.values);
    case 'Compare': {
      let left = evaluate(run, node.left);
      let result: Value = bool(true);
      for (const [at, operator] of node.operators.entries()) {
        const comparator = node.comparators[at];
        if (comparator === undefined) break;
        const right = evaluate(run, comparator);
        result = run.interpreter.compare(operator, left, right, placeOf(run, node));
        if (node.operators.length === 1) return result;
        const truth = run.interpreter.truth(result, placeOf(run, node));
        if (truth === false) return bool(false);
        if (truth === undefined) result = unknown(undefined, 'bool');
        left = right;
      }
      return result;
    }
    case 'IfExp': {
      const truth = run.interpreter.truth(evaluate(run, node.test), placeOf(run, node.test));
      if (truth !== undefined) return evaluate(run, truth ? node.body : node.orelse);
      return alternatives(run, [() => evaluate(run, node.body), () => evaluate(run, node.orelse)]);
    }
    case 'Tuple': {
      const items = elements(run, node.elements);
      return items.tooMany ? unknown(undefined, 'tuple') : tuple(items.items);
    }
    case 'List': {
      const items = elements(run, node.elements);
      return noteBirth(list(items.items, !items.exact));
    }
    case 'Set': {
      const result: SetValue = noteBirth({ kind: 'set', entries: new Map(), open: false, frozen: false });
      const items = elements(run, node.elements);
      for (const item of items.items) addToSet(result, item);
      if (!items.exact) result.open = true;
      return result;
    }
    case 'Dict': return bounded(dict(run, node.keys, node.values));
    case 'Lambda': return lambda(run, node);
    case 'JoinedStr': return bounded(joinedString(run, node));
    case 'NamedExpr': {
      const value = evaluate(run, node.value);
      bindWalrus(run, node.target, value);
      return value;
    }
    case 'ListComp': {
      const result = noteBirth(list([]));
      const exact = comprehend(run, node.generators, () => appendItem(result, evaluate(run, node.element)), (count) => fillWithLike(result.items, count));
      if (!exact) result.open = true;
      return result;
    }
    case 'SetComp': {
      const result: SetValue = noteBirth({ kind: 'set', entries: new Map(), open: false, frozen: false });
      const exact = comprehend(run, node.generators, () => addToSet(result, evaluate(run, node.element)));
      if (!exact) result.open = true;
      return result;
    }
    case 'DictComp': {
      const result: DictValue = noteBirth({ kind: 'dict', entries: new Map(), open: false });
      const exact = comprehend(run, node.generators, () => {
        const key = evaluate(run, node.key);
        storeEntry(run.interpreter, result, key, evaluate(run, node.value), placeOf(run, node.key));
      });
      if (!exact) result.open = true;
      return result;
    }
    case 'GeneratorExp': {
      // Evaluated at once: what it closes over seldom changes before it is used, and `any(...)`, `sum(...)`, `Sequential(*(...))` use it at once.
      const items: Value[] = [];
      const exact = comprehend(run, node.generators, () => items.push(evaluate(run, node.element)), (count) => fillWithLike(items, count));
      return iterator(() => ({ items, exact }), 'generator');
    }
    case 'Await': return evaluate(run, node.value);
    case 'Yield': return yielded(run, node.value === undefined ? none : evaluate(run, node.value));
    case 'YieldFrom': {
      const iteration = run.interpreter.iterate(evaluate(run, node.value), placeOf(run, node));
      for (const item of iteration.items) yielded(run, item);
      const yields = currentFrame(run).yields;
      if (yields !== undefined && !iteration.exact) yields.exact = false;
      return unknown();
    }
    case 'Slice': return {
      kind: 'slice',
      start: node.lower === undefined ? none : evaluate(run, node.lower),
      stop: node.upper === undefined ? none : evaluate(run, node.upper),
      step: node.step === undefined ? none : evaluate(run, node.step),
    };
    case 'Starred': return evaluate(run, node.value);
    case 'BrokenExpression': {
      for (const child of node.children) evaluate(run, child);
      return unknown();
    }
  }
}

/** Generators that give more items than this are taken to be endless. */
const mostYields = 256;

function yielded(run: Run, value: Value): Value {
  const yields = currentFrame(run).yields;
  if (yields === undefined) return unknown();
  yields.onYield?.(value);
  yields.items.push(value);
  if (run.uncertain > 0) yields.exact = false;
  if (yields.items.length >= mostYields) throw new GeneratorStopped();
  // What is sent comes from `send`; everything else that takes items sends None.
  return currentFrame(run).source.parsed.text.includes('.send(') ? unknown() : none;
}

const constants = new WeakMap<Constant, Value>();

function constant(run: Run, node: Constant): Value {
  const known = constants.get(node);
  if (known !== undefined) return known;
  const origin = { place: placeOf(run, node), literal: true };
  const literal = node.value;
  let value: Value;
  if (literal === null) value = none;
  else if (typeof literal === 'boolean') value = { kind: 'bool', value: literal, origin };
  else if (typeof literal === 'string') value = str(literal, origin);
  else if (typeof literal === 'number') value = node.isFloat ? float(literal, origin) : int(literal, origin);
  else if ('ellipsis' in literal) value = ellipsis;
  else if ('bytes' in literal) value = { kind: 'bytes', value: literal.bytes };
  else if ('bigint' in literal) value = unknown(undefined, 'int');
  else value = unknown(undefined, 'complex');
  constants.set(node, value);
  return value;
}

function name(run: Run, node: Name): Value {
  const found = lookUpName(run, node.id), value = found ?? unknown();
  recordValue(run, node, node.id, value);
  if (run.explain !== undefined && found === undefined) explainUnknown(run, node, value, []);
  return value;
}

function boolOp(run: Run, operator: 'and' | 'or', operands: readonly Expression[]): Value {
  const [first, ...others] = operands;
  if (first === undefined) return unknown();
  let value = evaluate(run, first);
  for (const [at, operand] of others.entries()) {
    const previous = operands[at] ?? operand;
    const truth = run.interpreter.truth(value, placeOf(run, previous));
    if (truth === (operator === 'or')) return value;
    if (truth === undefined) {
      const left = value;
      // What stands behind runs or not: both are tried.
      return alternatives(run, [() => left, () => boolOp(run, operator, operands.slice(at + 1))]);
    }
    value = evaluate(run, operand);
  }
  return value;
}

function elements(run: Run, nodes: readonly Expression[]): { items: Value[]; exact: boolean; tooMany: boolean } {
  const items: Value[] = [];
  let exact = true, tooMany = false;
  for (const node of nodes) {
    if (node.kind === 'Starred') {
      const iteration = run.interpreter.iterate(evaluate(run, node.value), placeOf(run, node));
      exact &&= iteration.exact;
      for (const item of iteration.items) {
        if (items.length >= mostItems) { tooMany = true; exact = false; break; }
        items.push(item);
      }
    } else {
      items.push(evaluate(run, node));
    }
  }
  return { items, exact, tooMany };
}

function addToSet(set: SetValue, item: Value): void {
  const key = dictKey(item);
  if (key === undefined) { openContainer(set); return; }
  replaceSet(set, set.entries.set(key, item));
}

function dict(run: Run, keys: readonly (Expression | undefined)[], values: readonly Expression[]): Value {
  const result: DictValue = noteBirth({ kind: 'dict', entries: new Map(), open: false });
  for (const [at, valueNode] of values.entries()) {
    const keyNode = keys[at];
    if (keyNode !== undefined) {
      const key = evaluate(run, keyNode);
      storeEntry(run.interpreter, result, key, evaluate(run, valueNode), placeOf(run, keyNode));
      continue;
    }
    const other = evaluate(run, valueNode);
    if (other.kind === 'dict') {
      mergeEntries(result, other);
    } else {
      openContainer(result);
    }
  }
  return result;
}

/** `**other` in a dict display. */
function mergeEntries(result: DictValue, other: DictValue): void {
  if (other.open && other.isBounded !== true) openContainer(result);
  for (const [key, entry] of other.entries) {
    const own = result.entries.get(key);
    if (other.optional?.has(key) !== true) setEntry(result, key, entry);
    else setOptionalEntry(result, key, own === undefined ? entry : { key: entry.key, value: joinValues(own.value, entry.value) });
  }
}

/** What stands for either of several dicts (`{…} if flag else {}`); undefined for other values. */
function eitherDict(value: Value): DictValue | undefined {
  const [first, ...others] = alternativesOf(value) ?? [];
  if (first?.kind !== 'dict' || others.length === 0) return undefined;
  const either: DictValue = { kind: 'dict', entries: new Map(first.entries), open: first.open, optional: first.optional, isBounded: first.isBounded };
  for (const other of others) {
    if (other.kind !== 'dict') return undefined;
    for (const [key, entry] of [...either.entries]) {
      if (other.entries.has(key)) continue;
      either.entries.delete(key);
      setOptionalEntry(either, key, entry);
    }
    for (const [key, entry] of other.entries) {
      const own = either.entries.get(key);
      if (own === undefined || other.optional?.has(key) === true) setOptionalEntry(either, key, own === undefined ? entry : { key: entry.key, value: joinValues(own.value, entry.value) });
      else if (either.optional?.has(key) === true) setOptionalEntry(either, key, { key: entry.key, value: joinValues(own.value, entry.value) });
      else either.entries.set(key, { key: entry.key, value: joinValues(own.value, entry.value) });
    }
    if (other.open && other.isBounded !== true) openContainer(either);
  }
  return either;
}

function lambda(run: Run, node: Extract<Expression, { kind: 'Lambda' }>): FunctionValue {
  return makeFunction(run, node, '<lambda>');
}

/** The functions that a class body made so far, while it runs. */
export const functionsOfBody = new WeakMap<Scope, FunctionValue[]>();

/** A function value with its defaults evaluated where it is defined. */
export function makeFunction(run: Run, node: FunctionValue['node'], functionName: string): FunctionValue {
  const frame = currentFrame(run);
  const defaults = new Map<string, Value>();
  for (const parameter of node.parameters.all) {
    if (parameter.default !== undefined) defaults.set(parameter.name.text, evaluate(run, parameter.default));
  }
  const made: FunctionValue = {
    kind: 'function', name: functionName, node, source: frame.source, scope: frame.scope, defaults,
    definingClass: undefined, attributes: new Map(),
  };
  for (const recorder of recorders) recorder.functions.add(made);
  // Whatever decorators make of it: its `super()` starts from the class whose body it stands in.
  functionsOfBody.get(frame.scope)?.push(made);
  return made;
}

function joinedString(run: Run, node: JoinedStr): Value {
  let text: string | undefined = '';
  for (const part of node.parts) {
    if (typeof part === 'string') { text = text === undefined ? undefined : text + part; continue; }
    const value = evaluate(run, part.value);
    let specification: string | undefined = '';
    if (part.format !== undefined) {
      const format = joinedString(run, part.format);
      specification = format.kind === 'str' ? format.value : undefined;
    }
    const place = placeOf(run, part);
    const shown = part.conversion === 'r' || part.conversion === 'a'
      ? run.interpreter.representation(value, place)
      : part.conversion === 's' || specification === '' ? run.interpreter.text(value, place) : undefined;
    const formatted = specification === undefined ? undefined
      : shown !== undefined && specification === '' ? shown
      : shown !== undefined ? formatValue(run.interpreter, str(shown), specification)
      : part.conversion === undefined ? formatValue(run.interpreter, value, specification) : undefined;
    text = text === undefined || formatted === undefined ? undefined : text + formatted;
  }
  return text === undefined ? unknown(undefined, 'str') : str(text);
}

function noteReceived(run: Run, value: Value): void {
  if (isLibrarySource(run, currentFrame(run).source.path)) return;
  if (recorders.length > 0 && (value.kind === 'instance' || value.kind === 'tuple' || value.kind === 'list' || value.kind === 'dict')) for (const recorder of recorders) recorder.received.push(value);
  markReceived(run, value);
}

export function markReceived(run: Run, value: Value): void {
  if (value.kind === 'instance') run.received.add(value);
  else if (value.kind === 'tuple' || value.kind === 'list') for (const item of value.items.slice(0, 64)) run.received.add(item);
  else if (value.kind === 'dict') for (const { value: item } of [...value.entries.values()].slice(0, 64)) run.received.add(item);
}

/** What stands for items that were not computed one by one: the join of the last few that were. */
function fillWithLike(items: Value[], count: number): void {
  const [first, ...others] = items.slice(-4);
  const like = others.reduce(joinValues, first ?? unknown());
  for (let at = 0; at < count && items.length < mostItems; at += 1) items.push(like);
}

/**
 * Runs `body` for each combination; gives whether the number of times is exact. Comprehensions have a scope of their own.
 * `fill` is told how many of the last level's passes were left out because they are costly and alike.
 */
function comprehend(run: Run, generators: readonly Comprehension[], body: () => void, fill?: (count: number) => void): boolean {
  const outer = currentFrame(run);
  const [first] = generators;
  if (first === undefined) return true;
  // The first iterable belongs to the enclosing scope, as in Python.
  const firstIteration = run.interpreter.iterate(evaluate(run, first.iterable), placeOf(run, first.iterable));
  const frame = { ...outer, scope: newScope('comprehension', outer.scope), pendingReturns: [], undecidedBreak: false };
  run.frames.push(frame);
  try {
    return level(run, generators, 0, firstIteration, body, fill);
  } finally {
    run.frames.pop();
  }
}

function level(run: Run, generators: readonly Comprehension[], at: number, iteration: Iteration, body: () => void, fill: ((count: number) => void) | undefined): boolean {
  const generator = generators[at];
  if (generator === undefined) return true;
  let exact = iteration.exact;
  const stepsBefore = run.budget.steps;
  if (!iteration.exact) run.uncertain += 1;
  try {
  for (const [passes, item] of iteration.items.entries()) {
    step(run);
    const layersBefore = run.trace.layers.length;
    if (fill !== undefined && generators[at + 1] === undefined && generator.conditions.length === 0 && isWorthCutting(run, passes, iteration.items.length - passes, stepsBefore, layersBefore)) {
      fill(iteration.items.length - passes);
      return exact;
    }
    assign(run, generator.target, item);
    let admitted: boolean | undefined = true;
    for (const condition of generator.conditions) {
      const truth = run.interpreter.truth(evaluate(run, condition), placeOf(run, condition));
      if (truth === false) { admitted = false; break; }
      if (truth === undefined) admitted = undefined;
    }
    if (admitted === false) continue;
    if (admitted === undefined) exact = false;
    const next = generators[at + 1];
    if (next === undefined) body();
    else {
      const inner = run.interpreter.iterate(evaluate(run, next.iterable), placeOf(run, next.iterable));
      exact = level(run, generators, at + 1, inner, body, fill) && exact;
    }
  }
  } finally {
    if (!iteration.exact) run.uncertain -= 1;
  }
  return exact;
}

function call(run: Run, node: Call): Value {
  if (node.callee.kind === 'Name' && node.callee.id === 'super' && lookUpName(run, 'super')?.kind === 'class') {
    return superOf(run, node.args.map((argument) => evaluate(run, argument)));
  }
  const callee = evaluate(run, node.callee);
  const args = evaluateArguments(run, node);
  const place = placeOf(run, node);
  const value = run.interpreter.call(callee, args, place);
  if (mayBeLost(run, value)) noteLostCall(run, node, callee, args, value);
  if (run.explain !== undefined) explainUnknown(run, node, value, [callee]);
  if (value.kind === 'instance' || value.kind === 'tuple' || value.kind === 'list' || value.kind === 'dict') noteReceived(run, value);
  return value;
}

function isStarred(node: Expression): boolean { return node.kind === 'Starred'; }

/** Most calls: an array that is made at its size takes a tenth of one that grows. */
function onlyPositional(run: Run, nodes: readonly Expression[]): CallArguments {
  const positional = new Array<Argument>(nodes.length);
  for (let at = 0; at < nodes.length; at += 1) {
    const node = nodes[at];
    if (node !== undefined) positional[at] = { value: evaluate(run, node), place: placeOf(run, node) };
  }
  return { positional, keywords: noArguments.keywords, openPositional: false, openKeywords: false };
}

/** A call with more arguments than this, of `*` and `**`, is given an unknown number of them. */
const mostArguments = 10_000;

export function evaluateArguments(run: Run, node: Pick<Call, 'args' | 'keywords'>): CallArguments {
  if (node.keywords.length === 0 && !node.args.some(isStarred)) return node.args.length === 0 ? noArguments : onlyPositional(run, node.args);
  const positional: Argument[] = [];
  const keywords: KeywordArgument[] = [];
  let openPositional = false, openKeywords = false;
  for (const argument of node.args) {
    const place = placeOf(run, argument.kind === 'Starred' ? argument.value : argument);
    if (argument.kind !== 'Starred') {
      const value = evaluate(run, argument);
      if (openPositional) continue;
      positional.push({ value, place });
      continue;
    }
    const iteration = run.interpreter.iterate(evaluate(run, argument.value), place);
    if (iteration.exact && !openPositional && positional.length + iteration.items.length <= mostArguments) for (const value of iteration.items) positional.push({ value, place });
    else openPositional = true;
  }
  for (const keyword of node.keywords) {
    const value = evaluate(run, keyword.value);
    const place = placeOf(run, keyword.value);
    if (keyword.name !== undefined) { keywords.push({ name: keyword.name.text, value, place }); continue; }
    const given = value.kind === 'dict' ? value : eitherDict(value);
    if (given === undefined) { openKeywords = true; continue; }
    for (const [key, entry] of given.entries) {
      if (keywords.length >= mostArguments) { openKeywords = true; break; }
      if (entry.key.kind === 'str') keywords.push({ name: entry.key.value, value: entry.value, place, isOptional: given.optional?.has(key) === true });
    }
    if (given.open && given.isBounded !== true) openKeywords = true;
  }
  return { positional, keywords, openPositional, openKeywords };
}

