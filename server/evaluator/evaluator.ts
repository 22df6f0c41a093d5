// The evaluator as catalogues see it: the Interpreter interface over one run. It must not know any library.
import type { BinaryOperator, CompareOperator } from '../syntax/ast.ts';
import { binaryOnBuiltins, compareBuiltins, containsBuiltin, getItemBuiltin, rangeLength, representation, setItemBuiltin, textOf, unaryOnBuiltins } from '../catalogues/python/operators.ts';
import { builtinClasses } from '../catalogues/python/classes.ts';
import { isKnown } from '../tensors/dim.ts';
import { argumentsOf } from '../values/arguments.ts';
import { lookUpInClass } from '../values/classes.ts';
import { agreed, identityOf, valuesEqual } from '../values/equality.ts';
import { moveIterator } from '../values/heap.ts';
import type { Interpreter, RefusalInput } from '../values/interpreter.ts';
import type { FunctionCall } from '../trace/trace.ts';
import type { Message, Place } from '../values/place.ts';
import { failRecorders } from '../values/recorder.ts';
import { derivedOrigin, message, renderMessage, samePlace } from '../values/place.ts';
import type { ClassValue, InstanceValue, Iteration, IteratorValue, Value } from '../values/value.ts';
import { bool, int, maybeBool, originOf, str, unknown, withOrigin } from '../values/value.ts';
import { lookUp, metaclassMethod, setAttribute, typeOf } from './attributes.ts';
import { callValue } from './calls.ts';
import { overAlternatives } from './branches.ts';
import { mayHaveMore } from './classes.ts';
import { PythonError } from './errors.ts';
import { importModule, namesOf } from './imports.ts';
import { catchUp } from './libraries.ts';
import { lossByException } from './losses.ts';
import { reuse } from './reuse.ts';
import { quietly, rehearse, untilStopped } from './trying.ts';
import { isLibrarySource } from './module-finder.ts';
import type { Frame, Run } from './run.ts';
import { namesAsDict } from './assignment.ts';
import { currentFrame, step } from './run.ts';
import { catches, makeException } from './statements.ts';

const binaryNames: Readonly<Record<BinaryOperator, string>> = {
  '+': 'add', '-': 'sub', '*': 'mul', '/': 'truediv', '//': 'floordiv', '%': 'mod', '**': 'pow', '@': 'matmul', '<<': 'lshift', '>>': 'rshift', '&': 'and', '|': 'or', '^': 'xor',
};
const compareNames: Readonly<Record<string, readonly [string, string]>> = {
  '==': ['__eq__', '__eq__'], '!=': ['__ne__', '__ne__'], '<': ['__lt__', '__gt__'], '<=': ['__le__', '__ge__'], '>': ['__gt__', '__lt__'], '>=': ['__ge__', '__le__'],
};

/** A tensor with more rows than this is iterated through one row that stands for all. */
const mostRows = 64;

/** The interface that catalogues use, over the state of one run. */
export function makeInterpreter(getRun: () => Run): Interpreter {
  const interpreter: Interpreter = {
    get trace() { return getRun().trace; },
    get host() { return getRun().host; },
    get place() { return presentPlace(getRun()); },
    get isUncertain() { return getRun().uncertain > 0; },
    get isInUnknownContext() { return getRun().unknownContexts > 0; },
    get isQuiet() {
      const run = getRun();
      if (run.rehearsal !== undefined) run.rehearsal.isFaithful = false;
      return run.quiet !== undefined;
    },
    get isRecording() { const run = getRun(); return run.quiet === undefined || run.rehearsal !== undefined; },

    call: (callee, args, place) => callValue(getRun(), callee, args, place),
    getAttribute(object, name, place) {
      const value = lookUp(getRun(), object, name, place);
      if (value !== undefined) return value;
      const cls = typeOf(object);
      return interpreter.raise('AttributeError', message("'{cls}' object has no attribute '{name}'", { cls: object.kind === 'class' ? object.name : cls?.name ?? object.kind, name }), place);
    },
    lookUpAttribute(object, name, place) {
      try {
        return lookUp(getRun(), object, name, place);
      } catch (error) {
        // A `__getattr__` or a property of the program that raises AttributeError says that there is none.
        if (error instanceof PythonError && error.value.kind === 'instance' && error.value.cls.mro.some((base) => base.qualifiedName === 'builtins.AttributeError')) return undefined;
        throw error;
      }
    },
    reuse: (call, body) => reuse(getRun(), call, body),
    setAttribute: (object, name, value, place) => setAttribute(getRun(), object, name, value, place),
    callMethod(object, name, positional, place) {
      const method = lookUp(getRun(), object, name, place);
      return method === undefined ? unknown() : callValue(getRun(), method, argumentsOf(positional), place);
    },
    getItem: (object, index, place) => getItem(getRun(), object, index, place),
    setItem(object, index, value, place) {
      if (object.kind === 'unknown') return;
      if (setItemBuiltin(interpreter, object, index, value, place)) return;
      if (lookUp(getRun(), object, '__setitem__', place) !== undefined) interpreter.callMethod(object, '__setitem__', [index, value], place);
    },
    binary: (operator, left, right, place) => binary(getRun(), operator, left, right, place),
    unary: (operator, operand, place) => unary(getRun(), operator, operand, place),
    compare: (operator, left, right, place) => compare(getRun(), operator, left, right, place),
    truth: (value, place) => truth(getRun(), value, place),
    iterate: (value, place) => iterate(getRun(), value, place),
    length: (value, place) => length(getRun(), value, place),
    text: (value, place) => objectText(getRun(), value, place, ['__str__', '__repr__']) ?? textOf(interpreter, value),
    representation: (value, place) => objectText(getRun(), value, place, ['__repr__']) ?? representation(interpreter, value),
    typeOf,
    isInstance: (value, cls) => isInstance(value, cls),

    importModule: (name, place) => importModule(getRun(), name, place),
    namesOf: (module) => namesOf(getRun(), module),
    hasReceived: (object) => { failRecorders('asks what the program has had'); return getRun().received.has(object); },
    isInLibrary: (place) => isLibrarySource(getRun(), place.source.path),
    builtinClass(name) {
      const cls = builtinClasses[name];
      if (cls === undefined) throw new Error(`no builtin class ${name}`);
      return cls;
    },
    refuse: (refusal, result) => refuse(getRun(), refusal, result),
    raise(exceptionClass: string, text: Message, place?: Place): never {
      throw new PythonError(makeException(getRun(), builtinClasses[exceptionClass] === undefined ? 'Exception' : exceptionClass, [str(renderMessage(text))]), lossByException(getRun(), place, exceptionClass, text));
    },
    callers() {
      const places: Place[] = [];
      const { frames } = getRun();
      for (let at = frames.length - 1; at >= 0; at -= 1) {
        const place = frames[at]?.callPlace;
        if (place !== undefined && !includesPlace(places, place)) places.push(place);
      }
      return places;
    },
    runningFunctions() {
      const running: FunctionCall[] = [];
      for (const frame of getRun().frames) {
        if (frame.callee !== undefined && frame.definingClass === undefined && frame.callee.node.kind !== 'Lambda') running.push({ name: frame.callee.name, serial: serialOf(frame) });
      }
      return running;
    },
    runningParameters() {
      const frame = getRun().frames.at(-1);
      return new Map(frame?.callee?.node.parameters.all.flatMap((parameter): [string, Value][] => {
        const value = frame.scope.variables.get(parameter.name.text);
        return value === undefined ? [] : [[parameter.name.text, value]];
      }) ?? []);
    },
    runningNames(which) {
      const run = getRun();
      return run.frames.length === 0 ? unknown(undefined, 'dict') : namesAsDict(currentFrame(run).scope, which);
    },
    survives(body) {
      const run = getRun();
      const depths = { frames: run.frames.length, places: run.callPlaces.length, tries: run.tries.length, uncertain: run.uncertain };
      try {
        return { result: body() };
      } catch (error) {
        if (!(error instanceof PythonError)) throw error;
        run.frames.length = depths.frames;
        run.callPlaces.length = depths.places;
        run.tries.length = depths.tries;
        run.uncertain = depths.uncertain;
        return undefined;
      }
    },
    quietly: (body) => quietly(getRun(), body),
    rehearse: (body) => rehearse(getRun(), body),
    untilStopped: (body) => untilStopped(getRun(), body),
  };
  return interpreter;
}

const serials = new WeakMap<Frame, number>();
let lastSerial = 0;

function serialOf(frame: Frame): number {
  let serial = serials.get(frame);
  if (serial === undefined) {
    lastSerial += 1;
    serial = lastSerial;
    serials.set(frame, serial);
  }
  return serial;
}

function includesPlace(places: readonly Place[], place: Place): boolean {
  for (const one of places) if (one === place || samePlace(one, place)) return true;
  return false;
}

function presentPlace(run: Run): Place {
  const place = run.callPlaces.at(-1);
  if (place !== undefined) return place;
  const frame = run.frames.at(-1);
  if (frame === undefined) throw new Error('nothing is running');
  return { source: frame.source, start: 0, end: 0 };
}

function isLibraryError(caught: Value | 'everything'): boolean {
  if (caught === 'everything') return true;
  return caught.kind === 'tuple' ? caught.items.some(isLibraryError) : caught.kind === 'class' && caught.native && !caught.qualifiedName.startsWith('builtins.');
}

function refuse(run: Run, refusal: RefusalInput, result: Value = unknown()): Value {
  failRecorders('is refused');
  if (run.quiet !== undefined) {
    // In earnest an exception may be caught.
    if (run.rehearsal !== undefined) run.rehearsal.isFaithful = false;
    run.quiet.push({ ...refusal, place: refusal.place ?? presentPlace(run), undecided: run.uncertain });
    return result;
  }
  const exceptionName = refusal.exception ?? 'ValueError';
  if (exceptionName !== 'none' && run.tries.length > 0) {
    const exception = makeException(run, builtinClasses[exceptionName] === undefined ? 'ValueError' : exceptionName, [str(renderMessage(refusal.message))]);
    for (const active of run.tries.toReversed()) {
      if (active.catches.some((caught) => catches(run, caught, exception) !== false)) throw new PythonError(exception);
      // Which of a library's own errors it raises is not told (tf.errors.InvalidArgumentError), so each may be it.
      if (active.catches.some(isLibraryError)) throw new PythonError(unknown());
    }
  }
  if (run.afterFailure) return result;
  const inside = refusal.place ?? presentPlace(run);
  const place = ownPlace(run, inside);
  if (place === undefined || (run.callingPath !== undefined && place.source.path !== run.mainPath)) return result;
  if (run.trace.refusals.some((other) => other.rule === refusal.rule && samePlace(other.place, place))) return result;
  run.trace.refusals.push({ rule: refusal.rule, message: refusal.message, place, related: [...refusal.related ?? [], ...(place === inside ? [] : [{ place: inside, message: message('it is refused here, inside the library') }]), ...calledFrom(run)], fixes: refusal.fixes ?? [], layer: refusal.layer, during: run.trace.openCalls.at(-1), callCount: run.trace.calls.length });
  return result;
}

/** Where the file that calls the program's models leads here. */
function calledFrom(run: Run): { place: Place; message: Message }[] {
  const place = run.callingPath === undefined ? undefined : run.callPlaces.findLast((one) => one.source.path === run.callingPath);
  return place === undefined ? [] : [{ place, message: message('called here') }];
}

/** The place itself, or the innermost call of the program that leads into the library in which it stands; none where that is not certain. */
function ownPlace(run: Run, place: Place): Place | undefined {
  if (!isLibrarySource(run, place.source.path)) return place;
  return run.uncertain > 0 || run.libraries.running > 0 ? undefined : run.callPlaces.findLast((one) => !isLibrarySource(run, one.source.path));
}

function binary(run: Run, operator: BinaryOperator, left: Value, right: Value, place: Place): Value {
  const chosen = overAlternatives(run, left, (one) => binary(run, operator, one, right, place)) ?? overAlternatives(run, right, (one) => binary(run, operator, left, one, place));
  if (chosen !== undefined) return chosen;
  if (left.kind === 'unknown' || right.kind === 'unknown') {
    const other = left.kind === 'unknown' ? right : left;
    const partly = binaryOnBuiltins(run.interpreter, operator, left, right, place);
    if (partly !== undefined) return partly;
    // A number stays a number; what an unknown and an array give has an unknown shape.
    return left.kind === 'unknown' && right.kind === 'unknown' && left.typeName === right.typeName && (left.typeName === 'int' || left.typeName === 'float') ? unknown(undefined, operator === '/' ? 'float' : left.typeName)
      : unknown(other.kind === 'unknown' ? other.reason : undefined);
  }
  const onBuiltins = binaryOnBuiltins(run.interpreter, operator, left, right, place);
  if (onBuiltins !== undefined) return withOrigin(onBuiltins, derivedOrigin(originOf(left), originOf(right)));
  const name = binaryNames[operator];
  const leftClass = typeOf(left), rightClass = typeOf(right);
  // A subclass's reflected method goes first, as in Python.
  const attempts: [Value, string, Value][] = [[left, `__${name}__`, right], [right, `__r${name}__`, left]];
  if (leftClass !== undefined && rightClass !== undefined && leftClass !== rightClass && rightClass.mro.includes(leftClass)) attempts.reverse();
  let uncertain = false;
  for (const [self, method, other] of attempts) {
    const cls = typeOf(self);
    if (cls === undefined) continue;
    const found = lookUpInClass(cls, method);
    if (found === undefined) { if (mayHaveMore(cls)) uncertain = true; continue; }
    const result = callValue(run, found.value, argumentsOf([self, other]), place);
    if (result.kind !== 'not-implemented') return result;
  }
  if (uncertain || left.kind === 'instance' || right.kind === 'instance' || left.kind === 'class' || right.kind === 'class') return unknown();
  return run.interpreter.raise('TypeError', message("unsupported operand types for {operator}: '{left}' and '{right}'", { operator, left: leftClass?.name ?? left.kind, right: rightClass?.name ?? right.kind }), place);
}

function unary(run: Run, operator: '-' | '+' | '~' | 'not', operand: Value, place: Place): Value {
  if (operator === 'not') {
    const answer = truth(run, operand, place);
    return maybeBool(answer === undefined ? undefined : !answer);
  }
  const onBuiltins = unaryOnBuiltins(run.interpreter, operator, operand, place);
  if (onBuiltins !== undefined) return onBuiltins;
  if (operand.kind === 'unknown') return operand;
  const name = operator === '-' ? '__neg__' : operator === '+' ? '__pos__' : '__invert__';
  return lookUp(run, operand, name, place) === undefined ? unknown() : run.interpreter.callMethod(operand, name, [], place);
}

const plainKinds: ReadonlySet<Value['kind']> = new Set(['none', 'bool', 'int', 'float', 'str']);
function known(value: Value): boolean | undefined { return value.kind === 'bool' ? value.value : undefined; }

function compare(run: Run, operator: CompareOperator, left: Value, right: Value, place: Place): Value {
  switch (operator) {
    case 'is': return maybeBool(isSame(left, right));
    case 'is not': { const same = isSame(left, right); return maybeBool(same === undefined ? undefined : !same); }
    case 'in': return maybeBool(contains(run, right, left, place));
    case 'not in': { const inside = contains(run, right, left, place); return maybeBool(inside === undefined ? undefined : !inside); }
    default:
  }
  const plain = (value: Value): boolean => value.kind !== 'unknown' || value.alternatives?.every((one) => plainKinds.has(one.kind)) === true;
  if ((left.kind === 'unknown' || right.kind === 'unknown') && plain(left) && plain(right)) {
    const answer = agreed(left, (one) => known(compare(run, operator, one, right, place))) ?? agreed(right, (one) => known(compare(run, operator, left, one, place)));
    if (answer !== undefined) return bool(answer);
  }
  // Compared with an array, something unknown may give an array; only plain types are sure to give a bool.
  if (left.kind === 'unknown' || right.kind === 'unknown') return [left, right].some((value) => value.kind === 'tensor' || value.kind === 'unknown' && value.typeName === undefined) ? unknown() : unknown(undefined, 'bool');
  const isPlain = (value: Value): boolean => value.kind !== 'instance' && value.kind !== 'tensor' && !((value.kind === 'list' || value.kind === 'dict' || value.kind === 'tuple') && value.cls !== undefined && !value.cls.native);
  if (isPlain(left) && isPlain(right)) return compareBuiltins(run.interpreter, operator, left, right, place) ?? unknown(undefined, 'bool');
  const names = compareNames[operator];
  if (names === undefined) return unknown(undefined, 'bool');
  for (const [self, method, other] of [[left, names[0], right], [right, names[1], left]] as const) {
    const cls = typeOf(self);
    const found = cls === undefined ? undefined : lookUpInClass(cls, method);
    if (found === undefined) continue;
    const result = callValue(run, found.value, argumentsOf([self, other]), place);
    if (result.kind !== 'not-implemented') return result;
  }
  if (operator === '!=') {
    const same = compare(run, '==', left, right, place);
    return same.kind === 'bool' ? bool(!same.value) : unknown(undefined, 'bool');
  }
  if (operator !== '==') return unknown(undefined, 'bool');
  const own = [left, right].some((value) => { const cls = typeOf(value); return cls === undefined || (value.kind === 'instance' && !cls.native && mayHaveMore(cls)); });
  return left === right ? bool(true) : own || left.kind === 'tensor' || right.kind === 'tensor' ? unknown(undefined, 'bool') : bool(false);
}

function isSame(left: Value, right: Value): boolean | undefined {
  if (left === right && left.kind !== 'unknown') return true;
  if (left.kind === 'unknown' || right.kind === 'unknown') {
    const answer = agreed(left, (one) => isSame(one, right)) ?? agreed(right, (one) => isSame(left, one));
    if (answer !== undefined) return answer;
    const [known, other] = left.kind === 'unknown' ? [right, left] : [left, right];
    // Something of a known type is not None.
    return known.kind === 'none' && other.kind === 'unknown' && other.typeName !== undefined && other.typeName !== 'NoneType' ? false : undefined;
  }
  if (left.kind !== right.kind) return false;
  switch (left.kind) {
    case 'none': case 'ellipsis': return true;
    case 'bool': case 'int': case 'float': case 'str': return valuesEqual(left, right);
    case 'tuple': return left.items.length === 0 && right.kind === 'tuple' && right.items.length === 0;
    case 'bound-method': return false;
    default: return identityOf(left) === identityOf(right);
  }
}

function contains(run: Run, container: Value, item: Value, place: Place): boolean | undefined {
  if (container.kind === 'unknown') return undefined;
  const own = container.kind === 'class' ? metaclassMethod(run, container, '__contains__') : undefined;
  if (own !== undefined) return truth(run, run.interpreter.call(own, argumentsOf([item]), place), place);
  catchUp(run, container, item);
  const answer = containsBuiltin(run.interpreter, container, item, place);
  if (answer !== 'not a container') return answer;
  // What the objects of a class hold is not what the class holds: `x in Color` asks the enumeration, not its members.
  if (container.kind !== 'class' && lookUp(run, container, '__contains__', place) !== undefined) return truth(run, run.interpreter.callMethod(container, '__contains__', [item], place), place);
  const iteration = iterate(run, container, place);
  let result: boolean | undefined = iteration.exact ? false : undefined;
  for (const one of iteration.items) {
    const same = truth(run, compare(run, '==', one, item, place), place);
    if (same === true) return true;
    if (same === undefined) result = undefined;
  }
  // From Python 3.12 on the value of a member is in its enumeration, too.
  return container.kind === 'class' && item.kind !== 'instance' ? undefined : result;
}

function truth(run: Run, value: Value, place: Place): boolean | undefined {
  switch (value.kind) {
    case 'unknown': return agreed(value, (one) => truth(run, one, place));
    case 'none': return false;
    case 'bool': return value.value;
    case 'int': { const same = valuesEqual(value, int(0)); return same === undefined ? undefined : !same; }
    case 'float': return value.value !== 0;
    case 'str': case 'bytes': return value.value.length > 0;
    case 'tuple': return value.items.length > 0;
    // An open container may come from two branches of which one left it empty.
    case 'list': return value.open ? undefined : value.items.length > 0;
    case 'dict': case 'set': catchUp(run, value); return value.open ? undefined : value.entries.size > 0;
    case 'tensor': return value.contents?.length === 1 ? value.contents[0] !== 0 : undefined;
    case 'range': { const size = length(run, value, place); return size.kind === 'int' && isKnown(size.value) ? size.value > 0 : undefined; }
    case 'instance': {
      for (const name of ['__bool__', '__len__']) {
        const found = lookUpInClass(value.cls, name);
        if (found !== undefined) return truth(run, run.interpreter.callMethod(value, name, [], place), place);
      }
      // Objects of a library are true unless their class says otherwise; a base that is not known may say so.
      return value.cls.mro.some((base) => !base.native && base.hasUnknownBase) ? undefined : true;
    }
    default: return true;
  }
}

function getItem(run: Run, object: Value, index: Value, place: Place): Value {
  if (object.kind === 'unknown') return overAlternatives(run, object, (one) => getItem(run, one, index, place)) ?? unknown(object.reason);
  if (object.kind === 'class') {
    const own = metaclassMethod(run, object, '__getitem__');
    if (own !== undefined) return run.interpreter.call(own, argumentsOf([index]), place);
    const method = lookUpInClass(object, '__class_getitem__');
    if (method !== undefined) return run.interpreter.callMethod(object, '__class_getitem__', [index], place);
    // `list[int]`, `Generic[T]`: the class itself.
    return object;
  }
  catchUp(run, object, index);
  const builtin = getItemBuiltin(run.interpreter, object, index, place);
  if (builtin !== undefined) return builtin;
  const cls = typeOf(object);
  const found = cls === undefined ? undefined : lookUpInClass(cls, '__getitem__');
  if (found !== undefined) return callValue(run, found.value, argumentsOf([object, index]), place);
  return unknown();
}

/** A method that a user's subclass of list, dict or tuple has instead of the built-in one. */
function ownMethod(value: Value, name: string): Value | undefined {
  if ((value.kind !== 'list' && value.kind !== 'dict' && value.kind !== 'tuple') || value.cls === undefined || value.cls.native) return undefined;
  const found = lookUpInClass(value.cls, name);
  return found === undefined || found.owner.native ? undefined : { kind: 'bound-method', self: value, callable: found.value };
}

function iterate(run: Run, value: Value, place: Place): Iteration {
  catchUp(run, value);
  const own = ownMethod(value, '__iter__');
  if (own !== undefined) {
    const result = run.interpreter.call(own, argumentsOf([]), place);
    return result === value ? { items: [unknown()], exact: false } : iterate(run, result, place);
  }
  switch (value.kind) {
    case 'unknown': return { items: [unknown(value.reason)], exact: false };
    case 'tuple': return { items: value.items, exact: true };
    case 'list': return value.open ? { items: value.items.length > 0 ? [...value.items] : [unknown()], exact: false } : { items: [...value.items], exact: true };
    case 'dict': return value.open && value.entries.size === 0 ? { items: [unknown()], exact: false } : { items: [...value.entries.values()].map((entry) => entry.key), exact: !value.open };
    case 'set': return value.open && value.entries.size === 0 ? { items: [unknown()], exact: false } : { items: [...value.entries.values()], exact: !value.open };
    case 'str': return { items: [...value.value].map((character) => str(character)), exact: true };
    case 'range': return iterateRange(run, value);
    case 'iterator': return takeRest(value);
    case 'tensor': return iterateTensor(run, value, place);
    case 'class': {
      const own = metaclassMethod(run, value, '__iter__');
      if (own !== undefined) return iterate(run, run.interpreter.call(own, argumentsOf([]), place), place);
      const method = lookUpInClass(value, '__class_iter__');
      return method === undefined ? { items: [unknown()], exact: false } : iterate(run, run.interpreter.callMethod(value, '__class_iter__', [], place), place);
    }
    case 'instance': return iterateInstance(run, value, place);
    case 'none': case 'int': case 'float': case 'bool': {
      const cls: ClassValue | undefined = typeOf(value);
      return run.interpreter.raise('TypeError', message("'{name}' object is not iterable", { name: cls?.name ?? value.kind }), place);
    }
    default: return { items: [unknown()], exact: false };
  }
}

function takeRest(value: IteratorValue): Iteration {
  const taken = value.taken ?? value.source();
  const items = taken.items.slice(taken.exact ? value.position : 0);
  moveIterator(value, taken, taken.items.length);
  return { items, exact: taken.exact, last: taken.last };
}

function iterateRange(run: Run, value: Extract<Value, { kind: 'range' }>): Iteration {
  const { start, stop } = value;
  if (!isKnown(start) || !isKnown(stop)) {
    // The first pass is certain where the range is: `range(n)` starts at its start.
    return { items: [isKnown(start) ? int(start) : unknown(undefined, 'int')], exact: false };
  }
  const items: Value[] = [];
  for (let at = start; value.step > 0 ? at < stop : at > stop; at += value.step) {
    step(run);
    items.push(int(at, value.origin));
    if (items.length > 100_000) return { items: [unknown(undefined, 'int')], exact: false };
  }
  return { items, exact: true };
}

function iterateTensor(run: Run, value: Extract<Value, { kind: 'tensor' }>, place: Place): Iteration {
  const [rows] = value.shape.dims ?? [];
  if (rows === undefined) return { items: [unknown()], exact: false };
  if (isKnown(rows) && rows <= mostRows) {
    return { items: Array.from({ length: rows }, (_, at) => getItem(run, value, int(at), place)), exact: true };
  }
  // A row that may be any: the first one without its contents.
  const row = getItem(run, value, int(0), place);
  return { items: [row.kind === 'tensor' ? { ...row, contents: undefined } : unknown()], exact: false };
}

function iterateInstance(run: Run, value: InstanceValue, place: Place): Iteration {
  const method = lookUpInClass(value.cls, '__iter__');
  if (method !== undefined) {
    const result = run.interpreter.callMethod(value, '__iter__', [], place);
    if (result !== value) return iterate(run, result, place);
    // An iterator of the program: `__next__` gives one item that stands for all.
    return { items: [run.interpreter.callMethod(value, '__next__', [], place)], exact: false };
  }
  const item = lookUpInClass(value.cls, '__getitem__');
  if (item !== undefined) {
    const size = lookUpInClass(value.cls, '__len__') === undefined ? undefined : run.interpreter.callMethod(value, '__len__', [], place);
    if (size?.kind === 'int' && isKnown(size.value) && size.value <= 16) {
      return { items: Array.from({ length: size.value }, (_, at) => run.interpreter.callMethod(value, '__getitem__', [int(at)], place)), exact: true };
    }
    return { items: [run.interpreter.callMethod(value, '__getitem__', [int(0)], place)], exact: false };
  }
  return { items: [unknown()], exact: false };
}

function length(run: Run, value: Value, place: Place): Value {
  const own = ownMethod(value, '__len__');
  if (own !== undefined) return run.interpreter.call(own, argumentsOf([]), place);
  switch (value.kind) {
    case 'str': return int([...value.value].length, value.origin);
    case 'bytes': return int(value.value.length);
    case 'tuple': return int(value.items.length, value.origin);
    case 'list': return value.open ? unknown(undefined, 'int') : int(value.items.length, value.origin);
    case 'dict': case 'set': return value.open ? unknown(undefined, 'int') : int(value.entries.size);
    case 'range': {
      return int(rangeLength(value));
    }
    case 'tensor': {
      const [rows] = value.shape.dims ?? [];
      return rows === undefined ? unknown(undefined, 'int') : int(rows, value.origin);
    }
    case 'class': {
      const own = metaclassMethod(run, value, '__len__');
      if (own !== undefined) return run.interpreter.call(own, argumentsOf([]), place);
      const method = lookUpInClass(value, '__class_len__');
      return method === undefined ? unknown(undefined, 'int') : run.interpreter.callMethod(value, '__class_len__', [], place);
    }
    case 'instance': return lookUpInClass(value.cls, '__len__') === undefined ? unknown(undefined, 'int') : run.interpreter.callMethod(value, '__len__', [], place);
    default: return unknown(undefined, 'int');
  }
}

function objectText(run: Run, value: Value, place: Place, names: readonly string[]): string | undefined {
  if (value.kind !== 'instance') return undefined;
  for (const name of names) {
    const found = lookUpInClass(value.cls, name);
    if (found === undefined || found.owner.qualifiedName === 'builtins.object') continue;
    const text = run.interpreter.callMethod(value, name, [], place);
    return text.kind === 'str' ? text.value : undefined;
  }
  return undefined;
}

function isInstance(value: Value, cls: ClassValue): boolean | undefined {
  const type = typeOf(value);
  if (type === undefined) return agreed(value, (one) => isInstance(one, cls));
  if (type.mro.includes(cls)) return true;
  if (cls.qualifiedName === 'builtins.object') return true;
  // A base that was not known may be this class.
  return type.mro.some((base) => !base.native && base.hasUnknownBase) ? undefined : false;
}

