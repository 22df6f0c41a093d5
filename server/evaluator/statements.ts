// Executes statements. It must not know any library.
import type { Expression, For, If, Statement, Try, While, With } from '../syntax/ast.ts';
import type { IteratorValue, Value } from '../values/value.ts';
import { managedGenerator, suppressedBy } from '../catalogues/python/operators.ts';
import { none, str, unknown } from '../values/value.ts';
import { argumentsOf } from '../values/arguments.ts';
import { joinValues } from '../values/equality.ts';
import { setInstanceAttribute, watch } from '../values/heap.ts';
import { bounded } from '../values/limits.ts';
import { message, samePlace } from '../values/place.ts';
import { assign, bindName, remove } from './assignment.ts';
import { joinStates, runEach, widen } from './branches.ts';
import { defineClass } from './classes.ts';
import { costlyRest, isWorthCutting } from './cutting.ts';
import { PythonError } from './errors.ts';
import { evaluate, makeFunction } from './expressions.ts';
import { explainCondition } from './losses.ts';
import { runImport, runImportFrom } from './imports.ts';
import { lossByException } from './losses.ts';
import { matchCase } from './patterns.ts';
import { recordValue } from './recording.ts';
import type { ActiveTry, Run } from './run.ts';
import { currentFrame, placeOf, step } from './run.ts';

export type Completion =
  | { readonly kind: 'normal' } | { readonly kind: 'break' } | { readonly kind: 'continue' } | { readonly kind: 'return'; readonly value: Value };

const normal: Completion = { kind: 'normal' };

export function executeBlock(run: Run, statements: readonly Statement[]): Completion {
  for (const statement of statements) {
    const completion = execute(run, statement);
    if (completion.kind !== 'normal') return completion;
  }
  return normal;
}

export function execute(run: Run, node: Statement): Completion {
  step(run);
  switch (node.kind) {
    case 'Expr': evaluate(run, node.value); return normal;
    case 'Assign': {
      const value = evaluate(run, node.value);
      for (const target of node.targets) assign(run, target, value);
      return normal;
    }
    case 'AnnAssign': {
      if (node.value !== undefined) assign(run, node.target, evaluate(run, node.value));
      const scope = currentFrame(run).scope;
      if (scope.kind === 'class' && node.target.kind === 'Name') {
        // The order of annotations makes the fields of a dataclass or a NamedTuple.
        const annotations = scope.variables.get('__annotations__');
        const entries = annotations?.kind === 'dict' ? annotations.entries : new Map();
        entries.set(`s:${node.target.id}`, { key: str(node.target.id), value: annotationValue(run, node.annotation) });
        scope.variables.set('__annotations__', { kind: 'dict', entries, open: false });
      }
      return normal;
    }
    case 'AugAssign': {
      const place = placeOf(run, node);
      const left = evaluate(run, node.target);
      const right = evaluate(run, node.value);
      // Lists, sets and objects may change in place; everything else is computed and bound again.
      const inPlace = run.interpreter.lookUpAttribute(left, inPlaceNames[node.operator] ?? '', place);
      const value = inPlace !== undefined && inPlace.kind !== 'unknown' && left.kind !== 'unknown'
        ? run.interpreter.callMethod(left, inPlaceNames[node.operator] ?? '', [right], place)
        : run.interpreter.binary(node.operator, left, right, place);
      assign(run, node.target, bounded(value.kind === 'not-implemented' ? run.interpreter.binary(node.operator, left, right, place) : value));
      return normal;
    }
    case 'Return': {
      const value = node.value === undefined ? none : evaluate(run, node.value);
      // What a name holds is shown where it was given.
      if (node.value !== undefined && node.value.kind !== 'Name') recordValue(run, node.value, 'return', value, 'return');
      return { kind: 'return', value };
    }
    case 'If': return executeIf(run, node);
    case 'For': return executeFor(run, node);
    case 'While': return executeWhile(run, node);
    case 'FunctionDef': {
      let value: Value = makeFunction(run, node, node.name.text);
      if (value.kind === 'function' && currentFrame(run).scope.kind === 'class') value.definingClass = undefined;
      for (const decorator of [...node.decorators].reverse()) value = decorate(run, decorator, value);
      bindName(run, node.name.text, value);
      return normal;
    }
    case 'ClassDef': {
      let value: Value = defineClass(run, node);
      for (const decorator of [...node.decorators].reverse()) value = decorate(run, decorator, value);
      bindName(run, node.name.text, value);
      return normal;
    }
    case 'Import': runImport(run, node); return normal;
    case 'ImportFrom': runImportFrom(run, node); return normal;
    case 'With': return executeWith(run, node);
    case 'Try': return executeTry(run, node);
    case 'Raise': return raise(run, node);
    case 'Assert': {
      const truth = run.interpreter.truth(evaluate(run, node.test), placeOf(run, node.test));
      if (truth === false) throw new PythonError(makeException(run, 'AssertionError', node.message === undefined ? [] : [evaluate(run, node.message)]));
      return normal;
    }
    case 'Delete': for (const target of node.targets) remove(run, target); return normal;
    case 'Global': case 'Nonlocal': {
      const scope = currentFrame(run).scope;
      const declared = scope.declared ?? new Map();
      for (const name of node.names) declared.set(name, node.kind === 'Global' ? 'global' : 'nonlocal');
      Object.assign(scope, { declared });
      return normal;
    }
    case 'Match': return executeMatch(run, node);
    case 'TypeAlias': bindName(run, node.name.text, unknown()); return normal;
    case 'Broken': {
      const scope = currentFrame(run).scope;
      scope.open = true;
      for (const name of node.names) bindName(run, name, unknown());
      return normal;
    }
    case 'Break': return { kind: 'break' };
    case 'Continue': return { kind: 'continue' };
    case 'Pass': return normal;
  }
}

const inPlaceNames: Readonly<Record<string, string>> = {
  '+': '__iadd__', '-': '__isub__', '*': '__imul__', '/': '__itruediv__', '//': '__ifloordiv__', '%': '__imod__', '**': '__ipow__',
  '@': '__imatmul__', '&': '__iand__', '|': '__ior__', '^': '__ixor__', '<<': '__ilshift__', '>>': '__irshift__',
};

/** What an annotation is worth, read without reporting anything and without the names it may lack. */
function annotationValue(run: Run, annotation: Parameters<typeof evaluate>[1]): Value {
  try {
    return run.interpreter.quietly(() => evaluate(run, annotation)).result;
  } catch (error) {
    if (error instanceof PythonError) return unknown();
    throw error;
  }
}

function decorate(run: Run, decorator: Parameters<typeof evaluate>[1], value: Value): Value {
  const callable = evaluate(run, decorator);
  if (callable.kind === 'unknown') return value;
  const place = placeOf(run, decorator);
  const decorated = run.interpreter.call(callable, argumentsOf([value], {}, place), place);
  // An unknown decorator is taken to hand back what it was given: registries and compilers do.
  return decorated.kind === 'unknown' || decorated.kind === 'none' ? value : decorated;
}

function executeIf(run: Run, node: If): Completion {
  const truth = run.interpreter.truth(evaluate(run, node.test), placeOf(run, node.test));
  if (truth !== undefined) return executeBlock(run, truth ? node.body : node.orelse);
  if (run.explain !== undefined) explainCondition(run, node.test);
  return eitherBlock(run, [() => executeBlock(run, node.body), () => executeBlock(run, node.orelse)]);
}

/** Runs blocks of which one will run, nobody knows which, and goes on with what they have in common. */
function eitherBlock(run: Run, bodies: readonly (() => Completion)[]): Completion {
  const frame = currentFrame(run);
  const outcomes = runEach(run, bodies);
  const going = outcomes.filter((outcome) => outcome.result.kind === 'normal');
  const returning = outcomes.filter((outcome) => outcome.result.kind === 'return');
  if (going.length === 0) {
    joinStates(outcomes);
    if (returning.length === outcomes.length) {
      let value: Value | undefined;
      for (const { result } of returning) if (result.kind === 'return') value = value === undefined ? result.value : joinValues(value, result.value);
      return { kind: 'return', value: value ?? none };
    }
    for (const { result } of returning) if (result.kind === 'return') frame.pendingReturns.push(result.value);
    const leaving = outcomes.find((outcome) => outcome.result.kind === 'break' || outcome.result.kind === 'continue');
    if (outcomes.some((outcome) => outcome.result.kind === 'break')) frame.undecidedBreak = true;
    return leaving?.result ?? normal;
  }
  // The code behind runs on the paths that went on; what the others return is joined with the function's result.
  joinStates(going);
  for (const { result } of returning) if (result.kind === 'return') frame.pendingReturns.push(result.value);
  if (outcomes.some((outcome) => outcome.result.kind === 'break')) frame.undecidedBreak = true;
  return normal;
}

function executeFor(run: Run, node: For): Completion {
  const frame = currentFrame(run);
  const outerBreak = frame.undecidedBreak;
  frame.undecidedBreak = false;
  try {
    const iteration = run.interpreter.iterate(evaluate(run, node.iterable), placeOf(run, node.iterable));
    const pass = (item: Value): Completion => {
      step(run);
      assign(run, node.target, item);
      return executeBlock(run, node.body);
    };
    if (!iteration.exact) {
      // An unknown number of passes: the body runs once for each representative, then what it changed is given up.
      run.uncertain += 1;
      const refusalsBefore = run.trace.refusals.length;
      const { result, before, born } = watch(() => {
        try {
          for (const item of iteration.items) {
            const completion = pass(item);
            if (completion.kind === 'return' || completion.kind === 'break') return completion;
          }
          if (iteration.last !== undefined && run.trace.refusals.length === refusalsBefore) tryOnLast(run, iteration.last, pass);
          return normal;
        } finally {
          run.uncertain -= 1;
        }
      });
      widen(before, born);
      return result.kind === 'return' ? result : normal;
    }
    const stepsBefore = run.budget.steps;
    let broke = false;
    const { result, before, born } = watch(() => {
      for (const [at, item] of iteration.items.entries()) {
        const layersBefore = run.trace.layers.length;
        const completion = pass(item);
        if (completion.kind === 'return') return { completion, cut: false };
        if (completion.kind === 'break') { broke = true; break; }
        if (isWorthCutting(run, at + 1, iteration.items.length - at - 1, stepsBefore, layersBefore)) return { completion: normal, cut: true };
      }
      return { completion: normal, cut: false };
    });
    if (result.cut) widen(before, born);
    if (result.completion.kind === 'return') return result.completion;
    return broke ? normal : executeBlock(run, node.orelse);
  } finally {
    frame.undecidedBreak = outerBreak;
  }
}

/** Runs a loop's body on the last item, which has another size, for what is refused then alone. What it changes is given up with the rest. */
function tryOnLast(run: Run, last: () => Value, pass: (item: Value) => Completion): void {
  const { interpreter } = run;
  if (interpreter.isQuiet) return;
  const { refusals } = interpreter.quietly(() => interpreter.survives(() => pass(last())));
  // What an undecided condition guards (`if step == 0:`) may be for the other batches.
  const first = refusals.find((refusal) => (refusal.undecided ?? 0) <= run.uncertain);
  // What was refused before, in another loop over the same data, has nothing to do with the size.
  if (first?.place === undefined || run.trace.refusals.some((other) => samePlace(other.place, first.place))) return;
  interpreter.refuse({
    rule: 'last-batch', exception: 'none', place: first.place, layer: first.layer, related: first.related ?? [],
    message: message('the last batch is smaller than the others, and does not fit: {reason}', { reason: first.message }),
  });
}

function executeWhile(run: Run, node: While): Completion {
  const frame = currentFrame(run);
  const outerBreak = frame.undecidedBreak;
  frame.undecidedBreak = false;
  const stepsBefore = run.budget.steps;
  try {
    for (let passes = 0; ; passes += 1) {
      step(run);
      const truth = run.interpreter.truth(evaluate(run, node.test), placeOf(run, node.test));
      if (truth === false) return executeBlock(run, node.orelse);
      if (truth === undefined || passes >= 4096 || run.budget.steps - stepsBefore > costlyRest * 4) {
        const { result, before, born } = watch(() => executeBlock(run, node.body));
        widen(before, born);
        return result.kind === 'return' ? result : normal;
      }
      const { result, before, born } = watch(() => executeBlock(run, node.body));
      if (result.kind === 'return') return result;
      if (result.kind === 'break') return normal;
      if (frame.undecidedBreak) { widen(before, born); return normal; }
    }
  } finally {
    frame.undecidedBreak = outerBreak;
  }
}

function executeWith(run: Run, node: With): Completion {
  return withItems(run, node, 0);
}

/** Enters the items of a `with` from one on, runs the block and leaves them again, the last one first. */
function withItems(run: Run, node: With, at: number): Completion {
  const item = node.items[at];
  if (item === undefined) return executeBlock(run, node.body);
  const manager = evaluate(run, item.context);
  const place = placeOf(run, item);
  const generator = managedGenerator(manager);
  if (generator !== undefined) return withGenerator(run, node, at, generator);
  const entered = manager.kind === 'unknown' ? unknown()
    : run.interpreter.lookUpAttribute(manager, '__enter__', place) === undefined ? manager
    : run.interpreter.callMethod(manager, '__enter__', [], place);
  if (item.target !== undefined) assign(run, item.target, entered);
  const leave = (error: Value): boolean => {
    if (manager.kind === 'unknown' || run.interpreter.lookUpAttribute(manager, '__exit__', place) === undefined) return false;
    const result = run.interpreter.callMethod(manager, '__exit__', [error.kind === 'instance' ? error.cls : none, error, none], place);
    return error.kind !== 'none' && run.interpreter.truth(result, place) === true;
  };
  const depth = { frames: run.frames.length, places: run.callPlaces.length, tries: run.tries.length };
  const expectsException = saysItRaises(item.context);
  const catches = expectsException ? (['everything'] as const) : suppressedBy(manager);
  let completion: Completion;
  try {
    if (manager.kind === 'unknown') run.unknownContexts += 1;
    if (catches !== undefined) run.tries.push({ catches });
    completion = withItems(run, node, at + 1);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    run.frames.length = depth.frames;
    run.callPlaces.length = depth.places;
    run.tries.length = depth.tries;
    if (expectsException || leave(error.value)) return normal;
    throw error;
  } finally {
    if (manager.kind === 'unknown') run.unknownContexts -= 1;
    run.tries.length = depth.tries;
  }
  leave(none);
  return completion;
}

/** `self.assertRaises(…)`, `pytest.raises(…)`: tests in which the block's failure is what is wanted. */
function saysItRaises(context: Expression): boolean {
  if (context.kind !== 'Call') return false;
  const { callee } = context;
  const name = callee.kind === 'Attribute' ? callee.name.text : callee.kind === 'Name' ? callee.id : '';
  return name.toLowerCase().includes('raises');
}

/** A context manager made of a generator: the block runs where the generator yields, so that what stands behind comes after it. */
function withGenerator(run: Run, node: With, at: number, generator: IteratorValue): Completion {
  const frame = currentFrame(run);
  const target = node.items[at]?.target;
  let completion: Completion = normal;
  let hasRun = false;
  const block = (value: Value): void => {
    // A second `yield` is an error in Python; in the other branch of an undecided `if` it is the first one.
    if (hasRun && run.uncertain === 0) return;
    hasRun = true;
    const depth = run.frames.length;
    run.frames.push(frame);
    try {
      if (target !== undefined) assign(run, target, value);
      completion = withItems(run, node, at + 1);
    } finally {
      run.frames.length = depth;
    }
  };
  run.onYield = block;
  try {
    generator.taken ??= generator.source();
  } finally {
    run.onYield = undefined;
  }
  if (!hasRun) block(unknown());
  return completion;
}

function executeTry(run: Run, node: Try): Completion {
  const depth = { frames: run.frames.length, places: run.callPlaces.length, tries: run.tries.length };
  let completion: Completion;
  const active: ActiveTry = { catches: node.handlers.map((handler) => (handler.type === undefined ? 'everything' : quietType(run, handler.type))) };
  try {
    if (node.handlers.length > 0) run.tries.push(active);
    completion = executeBlock(run, node.body);
    run.tries.length = depth.tries;
    if (completion.kind === 'normal') completion = executeBlock(run, node.orelse);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    run.frames.length = depth.frames;
    run.callPlaces.length = depth.places;
    run.tries.length = depth.tries;
    const at = active.catches.findIndex((caught) => catches(run, caught, error.value) !== false);
    const handler = node.handlers[at];
    if (handler === undefined) {
      const final = executeBlock(run, node.finalbody);
      if (final.kind !== 'normal') return final;
      throw error;
    }
    if (handler.name !== undefined) bindName(run, handler.name.text, error.value);
    handled.set(run, [...(handled.get(run) ?? []), error.value]);
    try {
      completion = executeBlock(run, handler.body);
    } catch (next) {
      if (next instanceof PythonError) {
        run.frames.length = depth.frames;
        run.callPlaces.length = depth.places;
        run.tries.length = depth.tries;
        const final = executeBlock(run, node.finalbody);
        if (final.kind !== 'normal') return final;
      }
      throw next;
    } finally {
      handled.get(run)?.pop();
    }
  }
  const final = executeBlock(run, node.finalbody);
  return final.kind === 'normal' ? completion : final;
}

/** The exceptions that are being handled, for a bare `raise`. */
const handled = new WeakMap<Run, Value[]>();

function quietType(run: Run, node: Parameters<typeof evaluate>[1]): Value {
  return run.interpreter.quietly(() => evaluate(run, node)).result;
}

/** Whether an `except` clause catches an exception; undefined when not known. */
export function catches(run: Run, caught: Value | 'everything', exception: Value): boolean | undefined {
  if (caught === 'everything') return true;
  if (caught.kind === 'tuple') {
    let result: boolean | undefined = false;
    for (const one of caught.items) {
      const answer = catches(run, one, exception);
      if (answer === true) return true;
      if (answer === undefined) result = undefined;
    }
    return result;
  }
  if (caught.kind !== 'class' || exception.kind !== 'instance') return undefined;
  return run.interpreter.isInstance(exception, caught);
}

function raise(run: Run, node: Extract<Statement, { kind: 'Raise' }>): Completion {
  if (node.exception === undefined) throw new PythonError(handled.get(run)?.at(-1) ?? unknown());
  const given = evaluate(run, node.exception);
  const value = given.kind === 'class' ? run.interpreter.call(given, argumentsOf([]), placeOf(run, node)) : given;
  const cause = node.cause === undefined ? none : evaluate(run, node.cause);
  if (value.kind === 'instance') {
    setInstanceAttribute(value, '__cause__', cause.kind === 'class' ? run.interpreter.call(cause, argumentsOf([]), placeOf(run, node)) : cause);
    setInstanceAttribute(value, '__context__', handled.get(run)?.at(-1) ?? none);
  }
  throw new PythonError(value, lossByException(run, placeOf(run, node), value.kind === 'instance' ? value.cls.name : 'an exception', undefined));
}

export function makeException(run: Run, className: string, args: readonly Value[]): Value {
  const place = run.interpreter.place;
  return run.interpreter.call(run.interpreter.builtinClass(className), argumentsOf(args, {}, place), place);
}

function executeMatch(run: Run, node: Extract<Statement, { kind: 'Match' }>): Completion {
  const subject = evaluate(run, node.subject);
  const open: (() => Completion)[] = [];
  for (const one of node.cases) {
    const matched = matchCase(run, one, subject);
    if (matched === false) continue;
    if (matched === true && open.length === 0) return executeBlock(run, one.body);
    open.push(() => executeBlock(run, one.body));
    if (matched === true) return eitherBlock(run, open);
  }
  return open.length === 0 ? normal : eitherBlock(run, [...open, () => normal]);
}

