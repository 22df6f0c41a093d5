// Calls: functions of the program, native functions, classes and callable objects. It must not know any library.
import type { Parameters } from '../syntax/ast.ts';
import type { Argument, CallArguments, Signature } from '../values/arguments.ts';
import { bindArguments, sometimes } from '../values/arguments.ts';
import { contextAround, lookUpInClass } from '../values/classes.ts';
import type { Message, Place } from '../values/place.ts';
import { message } from '../values/place.ts';
import type { ClassValue, DictValue, FunctionValue, Iteration, NativeCall, NativeFunction, Value } from '../values/value.ts';
import { dictKey, joinValues } from '../values/equality.ts';
import { setOptionalEntry } from '../values/heap.ts';
import { handOut } from '../values/handing-out.ts';
import { failRecorders, isReplayable, isReusable, noteMember, recorders } from '../values/recorder.ts';
import { iterator, none, str, tuple, unknown } from '../values/value.ts';
import { metaclassMethod } from './attributes.ts';
import { overAlternatives } from './branches.ts';
import { instantiate, mayHaveMore } from './classes.ts';
import { BudgetExceeded, GeneratorStopped, PythonError, Stopped } from './errors.ts';
import { evaluate } from './expressions.ts';
import { catchUp } from './libraries.ts';
import { recordValue } from './recording.ts';
import { reuse } from './reuse.ts';
import type { Frame, Run } from './run.ts';
import { deepestCall, newScope, step } from './run.ts';
import { executeBlock } from './statements.ts';

/** Calls a value at a place. */
export function callValue(run: Run, callee: Value, args: CallArguments, place: Place): Value {
  switch (callee.kind) {
    case 'function': return callFunction(run, callee, args, place);
    case 'native': return callNative(run, callee, args, place);
    case 'bound-method': return callValue(run, callee.callable, withSelf(callee.self, args), place);
    case 'class': {
      const method = callee.native ? undefined : metaclassMethod(run, callee, '__call__');
      return method === undefined ? instantiatePlainly(run, callee, args, place) : callValue(run, method, args, place);
    }
    case 'instance': {
      const method = lookUpInClass(callee.cls, '__call__');
      if (method !== undefined) return callValue(run, method.value, withSelf(callee, args), place);
      if (!mayHaveMore(callee.cls)) run.interpreter.raise('TypeError', message("'{name}' object is not callable", { name: callee.cls.name }), place);
      return unknown();
    }
    case 'staticmethod': case 'classmethod': return callValue(run, callee.callable, args, place);
    default:
      return overAlternatives(run, callee, (one) => callValue(run, one, args, place)) ?? callUnknown(run, callee, args);
  }
}

/** The arguments with `self` in front of them. Every call of a method comes by here. */
function withSelf(self: Value, args: CallArguments): CallArguments {
  const positional = new Array<Argument>(args.positional.length + 1);
  positional[0] = { value: self, place: undefined };
  let at = 1;
  for (const argument of args.positional) { positional[at] = argument; at += 1; }
  return { positional, keywords: args.keywords, openPositional: args.openPositional, openKeywords: args.openKeywords, openRest: args.openRest };
}

/** What is handed to something unknown may be changed by it: a library may give up what it knows of its objects. */
function callUnknown(run: Run, callee: Value, args: CallArguments): Value {
  for (const { value } of [...args.positional, ...args.keywords]) {
    if (value.kind !== 'instance') continue;
    failRecorders('hands an object to something unknown');
    handOut(run.interpreter, value);
  }
  return unknown(callee.kind === 'unknown' ? callee.reason : undefined);
}

/** What `type.__call__` does. */
export function instantiatePlainly(run: Run, cls: ClassValue, args: CallArguments, place: Place): Value {
  if (cls.native || run.trace.openCalls.length > 0 || run.quiet !== undefined || !isReusable(cls)) return makeAnew(run, cls, args, place);
  return reuse(run, { key: cls, kind: 'construction', args, place }, () => makeAnew(run, cls, args, place));
}

function makeAnew(run: Run, cls: ClassValue, args: CallArguments, place: Place): Value {
  return instantiate(run, cls, args, place, (made, owner, given) => callConstructor(run, made, owner, given, place));
}

function callConstructor(run: Run, cls: ClassValue, owner: ClassValue, args: CallArguments, place: Place): Value {
  const construct = owner.construct;
  if (construct === undefined) return unknown();
  if (recorders.length > 0 && !isReplayable(owner)) failRecorders(`makes a ${owner.name}`);
  return runNative(run, cls.name, owner.constructSignature, (call) => construct(call, cls), args, place);
}

export function callNative(run: Run, callee: NativeFunction, args: CallArguments, place: Place): Value {
  if (recorders.length > 0 && !isReplayable(callee)) failRecorders(`calls ${callee.name}`);
  if (run.libraries.pending.size > 0) for (const argument of args.positional) catchUp(run, argument.value, args.positional[1]?.value);
  return runNative(run, callee.name, callee.signature, callee.call, args, place);
}

const anything: Signature = { text: '*args, **kwargs', parameters: [{ name: 'args', kind: 'star', default: undefined }, { name: 'kwargs', kind: 'double-star', default: undefined }] };

function runNative(run: Run, name: string, signature: Signature | undefined, body: (call: NativeCall) => Value, args: CallArguments, place: Place): Value {
  step(run);
  // Natives do more than one expression does.
  run.budget.steps += 4;
  if (run.callPlaces.length > 4 * deepestCall) return unknown();
  run.callPlaces.push(place);
  const depth = run.callPlaces.length;
  try {
    const binding = bindArguments(signature ?? anything, args, name);
    if (!binding.ok) {
      const problem = binding.problem;
      return run.interpreter.refuse({ rule: 'invalid-argument', message: problem.message, place: problem.place ?? place, exception: 'TypeError' });
    }
    return body({ interpreter: run.interpreter, args: binding.args, place, name });
  } catch (error) {
    if (error instanceof PythonError || error instanceof BudgetExceeded || error instanceof GeneratorStopped || error instanceof Stopped || run.strict) throw error;
    if (error instanceof RangeError && /call stack/i.test(error.message)) throw new BudgetExceeded('depth');
    // A fault of a catalogue must not take the run down.
    return unknown();
  } finally {
    run.callPlaces.length = depth - 1;
  }
}

function countRunning(run: Run, callee: FunctionValue): number {
  let count = 0;
  for (const frame of run.frames) if (frame.callee?.node === callee.node) count += 1;
  return count;
}

export function callFunction(run: Run, callee: FunctionValue, args: CallArguments, place: Place): Value {
  step(run);
  // Deeper than any model is built: what comes back is not followed.
  if (run.frames.length >= deepestCall) return unknown();
  // Recursion that an undecided condition would have to end goes nowhere.
  if (run.uncertain > 0 && countRunning(run, callee) >= 3) return unknown();
  const scope = newScope('function', callee.scope);
  bindParameters(run, callee, args, scope.variables, place);
  const [firstName] = callee.node.parameters.all;
  const self = callee.definingClass !== undefined && firstName !== undefined ? scope.variables.get(firstName.name.text) : undefined;
  const node = callee.node;
  if (node.kind === 'FunctionDef' && node.isGenerator) {
    return iterator(() => runGenerator(run, callee, scope, self, place), 'generator');
  }
  const frame: Frame = {
    scope, source: callee.source, callee, callPlace: place, self, definingClass: callee.definingClass, yields: undefined, pendingReturns: [], undecidedBreak: false,
  };
  const context = callee.attributes.size === 0 ? undefined : callee.attributes.get(contextAround);
  if (context === undefined) return runBody(run, frame);
  const entered = context.kind === 'instance' ? (context.origin?.place ?? place) : place;
  run.interpreter.callMethod(context, '__enter__', [], entered);
  try {
    return runBody(run, frame);
  } finally {
    run.interpreter.callMethod(context, '__exit__', [none, none, none], entered);
  }
}

function runBody(run: Run, frame: Frame): Value {
  const node = frame.callee?.node;
  if (node === undefined) return unknown();
  run.reached.add(node);
  run.frames.push(frame);
  const depth = run.frames.length, places = run.callPlaces.length;
  if (frame.callPlace !== undefined) run.callPlaces.push(frame.callPlace);
  try {
    for (const parameter of node.parameters.all) {
      const value = frame.scope.variables.get(parameter.name.text);
      if (value !== undefined) recordValue(run, parameter.name, parameter.name.text, value, 'parameter');
    }
    let value: Value;
    if (node.kind === 'Lambda') value = evaluate(run, node.body);
    else {
      const completion = executeBlock(run, node.body);
      value = completion.kind === 'return' ? completion.value : none;
    }
    for (const pending of frame.pendingReturns) value = joinValues(value, pending);
    return value;
  } finally {
    run.frames.length = depth - 1;
    run.callPlaces.length = places;
  }
}

function runGenerator(run: Run, callee: FunctionValue, scope: Frame['scope'], self: Value | undefined, place: Place): Iteration {
  const yields = { items: [] as Value[], exact: true, onYield: run.onYield };
  run.onYield = undefined;
  try {
    runBody(run, { scope, source: callee.source, callee, callPlace: place, self, definingClass: callee.definingClass, yields, pendingReturns: [], undecidedBreak: false });
  } catch (error) {
    if (!(error instanceof GeneratorStopped)) throw error;
    const first = yields.items[0];
    // An endless generator: its items are alike.
    let joined = first ?? unknown();
    for (const item of yields.items.slice(1, 8)) joined = joinValues(joined, item);
    return { items: [joined], exact: false };
  }
  if (!yields.exact && yields.items.length > 1) {
    let joined = yields.items[0] ?? unknown();
    for (const item of yields.items.slice(1)) joined = joinValues(joined, item);
    return { items: [joined], exact: false };
  }
  return yields;
}

/** What binding asks of a function's parameters, worked out once. */
interface Binding {
  readonly positional: readonly string[];
  readonly byKeyword: ReadonlySet<string>;
  readonly star: string | undefined;
  readonly doubleStar: string | undefined;
  /** All but `*args` and `**kwargs`. */
  readonly named: readonly { readonly name: string; readonly isKeywordOnly: boolean }[];
}
const bindings = new WeakMap<Parameters, Binding>();

function bindingOf(parameters: Parameters): Binding {
  let binding = bindings.get(parameters);
  if (binding === undefined) {
    const { all } = parameters;
    const named = all.filter((one) => one.kind !== 'star' && one.kind !== 'double-star');
    binding = {
      positional: named.flatMap((one) => (one.kind === 'keyword-only' ? [] : [one.name.text])),
      byKeyword: new Set(named.flatMap((one) => (one.kind === 'positional-only' ? [] : [one.name.text]))),
      star: all.find((one) => one.kind === 'star')?.name.text,
      doubleStar: all.find((one) => one.kind === 'double-star')?.name.text,
      named: named.map((one) => ({ name: one.name.text, isKeywordOnly: one.kind === 'keyword-only' })),
    };
    bindings.set(parameters, binding);
  }
  return binding;
}

/** Binds the arguments of a function of the program. What certainly does not fit raises TypeError, as Python does. */
function bindParameters(run: Run, callee: FunctionValue, args: CallArguments, variables: Map<string, Value>, place: Place): void {
  const { positional, byKeyword, star, doubleStar, named } = bindingOf(callee.node.parameters);
  let rest: Value[] | undefined;
  let at = 0;
  for (const argument of args.positional) {
    const parameter = positional[at];
    if (parameter !== undefined) variables.set(parameter, argument.value);
    else if (star !== undefined) (rest ??= []).push(argument.value);
    else fail(run, message('{callee}() takes {expected} positional arguments but {actual} were given', { callee: callee.name, expected: positional.length, actual: args.positional.length }), argument.place ?? place);
    at += 1;
  }
  const extra: DictValue | undefined = doubleStar === undefined ? undefined : { kind: 'dict', entries: new Map(), open: args.openKeywords || args.openRest === true };
  let hasOptional = false;
  for (const keyword of args.keywords) {
    if (keyword.isOptional === true) { hasOptional = true; continue; }
    if (byKeyword.has(keyword.name)) {
      if (variables.has(keyword.name)) fail(run, message('{callee}() got two values for argument "{name}"', { callee: callee.name, name: keyword.name }), keyword.place ?? place);
      variables.set(keyword.name, keyword.value);
    } else if (extra !== undefined) {
      const key = str(keyword.name);
      extra.entries.set(dictKey(key) ?? '', { key, value: keyword.value });
    } else {
      fail(run, message('{callee}() has no argument "{name}"', { callee: callee.name, name: keyword.name }), keyword.place ?? place);
    }
  }
  if (hasOptional) {
    for (const keyword of args.keywords) {
      if (keyword.isOptional !== true) continue;
      const key = str(keyword.name);
      if (byKeyword.has(keyword.name)) {
        if (!variables.has(keyword.name)) variables.set(keyword.name, sometimes(keyword, callee.defaults.get(keyword.name)).value);
      } else if (extra !== undefined && !extra.entries.has(dictKey(key) ?? '')) {
        setOptionalEntry(extra, dictKey(key) ?? '', { key, value: keyword.value });
      }
    }
  }
  if (star !== undefined && star !== '') variables.set(star, args.openPositional || args.openRest === true ? unknown(undefined, 'tuple') : tuple(rest ?? []));
  if (doubleStar !== undefined && extra !== undefined) variables.set(doubleStar, extra);
  for (const { name, isKeywordOnly } of named) {
    if (variables.has(name)) continue;
    const fallback = callee.defaults.get(name);
    if (args.openKeywords || (args.openPositional && !isKeywordOnly)) variables.set(name, unknown());
    else if (fallback !== undefined) {
      if (recorders.length > 0) noteMember(name, fallback);
      variables.set(name, fallback);
    } else fail(run, message('{callee}() needs the argument "{name}"', { callee: callee.name, name }), place);
  }
}

function fail(run: Run, text: Message, place: Place): never {
  return run.interpreter.raise('TypeError', text, place);
}
