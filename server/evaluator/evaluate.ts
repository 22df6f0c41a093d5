// Runs a file from its entry points and gives the trace. Nothing a program holds makes it throw.
// It must not know any library: catalogues are handed in.
import { boundNames } from '../syntax/names.ts';
import { parsePython } from '../syntax/python.ts';
import { builtinMembers } from '../catalogues/python/builtins.ts';
import type { Registry } from '../catalogues/registry.ts';
import { emptyTrace } from '../trace/trace.ts';
import type { Layer, Trace } from '../trace/trace.ts';
import { noArguments } from '../values/arguments.ts';
import { lookUpInClass, nativeFunction } from '../values/classes.ts';
import { allEntryPoints, entryPointsOf } from '../values/entry-points.ts';
import { closeJournals, setGuard } from '../values/heap.ts';
import { openEmpty } from '../values/handing-out.ts';
import type { Host } from '../values/interpreter.ts';
import type { SourceFile } from '../values/place.ts';
import { message } from '../values/place.ts';
import type { ClassValue, FunctionValue, InstanceValue, ModuleValue, Value } from '../values/value.ts';
import { str, unknown } from '../values/value.ts';
import { moduleOfScope } from './assignment.ts';
import type { CallingFile } from './calling-files.ts';
import { runCallingFiles } from './calling-files.ts';
import { callValue } from './calls.ts';
import { definedFunctions } from './classes.ts';
import { BudgetExceeded, GeneratorStopped, PythonError, Stopped } from './errors.ts';
import { makeInterpreter } from './evaluator.ts';
import { makeLibraries } from './libraries.ts';
import type { LibraryMemory, NextRun } from './memory.ts';
import { askingHost, importsAll, keep, takeUp } from './memory.ts';
import type { LibraryPaths } from './module-finder.ts';
import type { Budget, Explain, Frame, Run } from './run.ts';
import { newScope } from './run.ts';
import { execute } from './statements.ts';
import type { StatedInput } from './stated-input.ts';
import { callOnStandIns } from './stand-ins.ts';
import { callModels, instantiateModels } from './stated-input.ts';

export interface EvaluationOptions {
  readonly source: SourceFile;
  readonly host: Host;
  readonly registry: Registry;
  /** Folders in which modules of the program are looked for, besides the file's own. */
  readonly folders?: readonly string[];
  /** What the environment holds, besides what the catalogues know. */
  readonly libraries?: (() => LibraryPaths | undefined) | undefined;
  readonly maximumSteps?: number;
  readonly maximumMilliseconds?: number;
  readonly isCancelled?: () => boolean;
  /** Parses a module that is imported; a workspace caches it. */
  readonly parse?: (path: string, text: string) => SourceFile;
  /** Faults of the engine are thrown instead of becoming unknown: for tests. */
  readonly strict?: boolean;
  /** Told where the evaluation stops to know: for measurements. */
  readonly explain?: Explain | undefined;
  /** What models are called on that the program does not call. */
  readonly modelInput?: StatedInput | undefined;
  /** Files of the workspace that import this one, asked for where the program leaves a model uncalled. */
  readonly callingFiles?: (() => readonly CallingFile[]) | undefined;
  /** What the last run of the same program left of libraries, and where this one leaves it. */
  readonly memory?: LibraryMemory | undefined;
  /** Equal calls are run again each time: for comparison. */
  readonly runsEqualCalls?: boolean | undefined;
}

export interface Evaluation {
  readonly trace: Trace;
  readonly steps: number;
  /** Whether some entry point was ended by the budget. */
  readonly exceeded: BudgetExceeded['reason'] | undefined;
  /** A fault of the engine itself, for its log. */
  readonly fault: unknown;
}

/** An entry point of a file: the module's own path gets most of the steps. */
export const defaultSteps = 3_000_000;
export const defaultMilliseconds = 4_000;

let builtinEntries: readonly (readonly [string, Value])[] | undefined;
/** The table is each run's own, what it holds is never changed. */
function sharedBuiltins(): readonly (readonly [string, Value])[] { return (builtinEntries ??= Object.entries(builtinMembers())); }

/** Evaluates a file: the module body first, then every function and class that no path reached. */
export function evaluateProgram(options: EvaluationOptions): Evaluation {
  closeJournals();
  const next = nextRun(options);
  const kept = takeUp(options.memory, next);
  const evaluation = kept === undefined ? undefined : evaluateOn(kept, options, true);
  return evaluation ?? evaluateOn(freshRun(kept === undefined ? next : nextRun(options)), options, false) ?? { trace: next.trace, steps: 0, exceeded: undefined, fault: undefined };
}

function nextRun(options: EvaluationOptions): NextRun {
  const now = (): number => performance.now();
  const budget: Budget = {
    steps: 0, checkedAt: 0, maximumSteps: options.maximumSteps ?? defaultSteps, deadline: now() + (options.maximumMilliseconds ?? defaultMilliseconds), now,
    isCancelled: options.isCancelled ?? (() => false),
  };
  return {
    trace: emptyTrace(), host: options.host, budget, folders: options.folders ?? [], find: options.libraries ?? (() => undefined),
    findNativeModule: (name) => options.registry.findModule(name), isNative: (name) => options.registry.hasModule(name),
    parse: options.parse ?? ((path, text) => ({ path, parsed: parsePython(text) })),
    explain: options.explain, strict: options.strict ?? false, mainPath: options.source.path, reused: options.runsEqualCalls === true ? undefined : new Map(),
  };
}

/** Undefined: the modules of libraries that an earlier run left are not those that this one would have made. */
function evaluateOn(run: Run, options: EvaluationOptions, isTakenUp: boolean): Evaluation | undefined {
  const { trace, budget, libraries } = run;
  const stopped = new Stopped();
  libraries.guard.onChange = isTakenUp ? () => { throw stopped; } : () => { libraries.isKeepable = false; };
  setGuard(options.memory === undefined ? undefined : libraries.guard);
  try {
    const evaluation = runProgram(run, options, trace, budget);
    if (isTakenUp && !importsAll(run)) return undefined;
    if (evaluation.exceeded === undefined && evaluation.fault === undefined) keep(options.memory, run);
    return evaluation;
  } catch (error) {
    if (error !== stopped) throw error;
    closeJournals();
    return undefined;
  } finally {
    setGuard(undefined);
  }
}

function runProgram(run: Run, options: EvaluationOptions, trace: Trace, budget: Budget): Evaluation {
  let exceeded: BudgetExceeded['reason'] | undefined;
  let fault: unknown;
  const attemptEntry = (entry: () => void): void => {
    if (exceeded === 'cancelled' || exceeded === 'time') return;
    try {
      entry();
    } catch (error) {
      if (error instanceof BudgetExceeded) exceeded = error.reason;
      else if (error instanceof Stopped) throw error;
      else if (error instanceof RangeError) exceeded = 'depth';
      else if (error instanceof PythonError) { if (error.loss !== undefined) trace.losses.push(error.loss); }
      else if (!(error instanceof GeneratorStopped)) { fault ??= error; if (options.strict) throw error; }
    } finally {
      run.callPlaces.length = 0;
      run.tries.length = 0;
      run.uncertain = 0;
      run.unknownContexts = 0;
      run.quiet = undefined;
      run.rehearsal = undefined;
    }
  };

  const scope = newScope('module', undefined);
  const module: ModuleValue = { kind: 'module', name: '__main__', members: scope.variables, load: undefined, complete: false, source: options.source };
  moduleOfScope.set(scope, module);
  run.modules.set('__main__', module);
  scope.variables.set('__name__', str('__main__'));
  scope.variables.set('__file__', str(options.source.path));
  const frame: Frame = {
    scope, source: options.source, callee: undefined, callPlace: undefined, self: undefined, definingClass: undefined, yields: undefined, pendingReturns: [], undecidedBreak: false,
  };
  for (const statement of options.source.parsed.module.body) {
    attemptEntry(() => {
      run.frames.length = 0;
      run.frames.push(frame);
      try {
        execute(run, statement);
      } catch (error) {
        if (error instanceof PythonError || error instanceof BudgetExceeded) {
          // What the program would have bound is not known; what follows is only shown, never reported.
          for (const name of boundNames([statement])) if (!scope.variables.has(name)) scope.variables.set(name, unknown());
          if (error instanceof PythonError) run.afterFailure = true;
        }
        throw error;
      }
    });
    if (exceeded === 'steps') break;
  }
  run.afterFailure = false;
  if (exceeded === undefined && options.callingFiles !== undefined && options.modelInput === undefined) runCallingFiles(run, module, options.source, options.callingFiles);
  if (exceeded === undefined || exceeded === 'steps' || exceeded === 'depth') runUnreached(run, frame, options.source, budget, attemptEntry, options.modelInput);
  if (exceeded !== undefined && exceeded !== 'cancelled') {
    const first = options.source.parsed.module.body[0];
    if (first !== undefined) trace.notes.push({ message: message('the program was not followed to its end: {reason} ran out', { reason: exceeded === 'steps' ? message('steps') : exceeded === 'depth' ? message('depth') : message('time') }), place: { source: options.source, start: first.start, end: first.end } });
  }
  return { trace, steps: budget.steps, exceeded, fault };
}

function freshRun(next: NextRun): Run {
  const builtins = newScope('builtins', undefined);
  for (const [name, value] of sharedBuiltins()) builtins.variables.set(name, value);
  builtins.variables.set('reveal_type', nativeFunction('reveal_type', 'obj, /', (call) => {
    const value = call.args.get('obj');
    call.interpreter.trace.events.push({ kind: 'reveal', value, place: call.place });
    return value;
  }));
  const libraries = makeLibraries(next.find);
  const { trace, budget, folders, findNativeModule, isNative, parse, explain, strict, mainPath, reused } = next;
  const interpreter = makeInterpreter(() => run);
  const run: Run = {
    interpreter, trace, host: askingHost(next.host, libraries.questions), budget, frames: [], callPlaces: [], modules: new Map(), builtins, tries: [], reached: new Set(), uncertain: 0, unknownContexts: 0,
    onYield: undefined, afterFailure: false, callingPath: undefined, quiet: undefined, rehearsal: undefined, recorded: new Map(), received: new WeakSet(), folders, findNativeModule, isNative, libraries, parse, explain, strict, mainPath, reused,
  };
  return run;
}

/** Functions and classes of the file that nothing has run: called with their defaults, everything else unknown. */
function runUnreached(run: Run, frame: Frame, source: SourceFile, budget: Budget, attemptEntry: (entry: () => void) => void, modelInput: StatedInput | undefined): void {
  run.trace.supposedFrom = { layers: run.trace.layers.length, calls: run.trace.calls.length, values: run.trace.values.length };
  const share = Math.max(200_000, Math.floor(budget.maximumSteps / 4));
  const entry = (body: () => void): void => {
    attemptEntry(() => {
      run.frames.length = 0;
      run.frames.push(frame);
      const before = budget.steps;
      // Each gets its own share; what it leaves is not carried over.
      Object.assign(budget, { maximumSteps: before + share });
      body();
    });
  };
  const tried = new Set<Layer>();
  const made = modelInput === undefined ? undefined : instantiateModels(run, frame, entry, (cls) => instantiateUnreached(run, cls));
  if (modelInput !== undefined) callModels(run, frame, modelInput, tried, entry);
  const started = new Set<InstanceValue>();
  const runUnused = (): void => {
    for (const points of allEntryPoints()) {
      for (const object of points.unused(run.interpreter)) {
        if (started.has(object)) continue;
        started.add(object);
        const place = object.origin?.place ?? object.cls.place;
        if (place !== undefined) entry(() => points.run(run.interpreter, object, place));
      }
    }
  };
  runUnused();
  // What stands later in a file uses what stands before: whatever it reaches needs no run of its own, on arguments that nobody states.
  for (const value of [...frame.scope.variables.values()].reverse()) {
    if (value.kind === 'function' && value.source === source && !run.reached.has(value.node)) entry(() => callUnreached(run, value, undefined));
    else if (value.kind === 'class' && !value.native && value.place?.source === source) entry(() => runClass(run, value, entry, made?.get(value), started));
    else continue;
    runUnused();
  }
  // Functions that nothing calls have built more.
  if (modelInput !== undefined) callModels(run, frame, modelInput, tried, entry);
}

function instantiateUnreached(run: Run, cls: ClassValue): Value | undefined {
  const init = lookUpInClass(cls, '__init__')?.value;
  if (cls.place === undefined) return undefined;
  // What a library's constructor needs is not known here: `class Linear(Bottle, nn.Linear): pass`.
  if (init?.kind === 'native' && init.signature?.parameters.slice(1).some((one) => one.default === undefined && one.kind !== 'star' && one.kind !== 'double-star') === true) return undefined;
  const { place } = cls;
  if (init?.kind === 'function') return callOnStandIns(run, init, undefined, (args) => callValue(run, cls, args, place));
  // Nor what it refuses when it gets nothing: `class Scaled(keras.layers.Wrapper)`.
  const tried = run.interpreter.quietly(() => run.interpreter.survives(() => callValue(run, cls, noArguments, place)));
  return tried.result === undefined || tried.refusals.length > 0 ? undefined : callValue(run, cls, noArguments, place);
}

function runClass(run: Run, cls: ClassValue, entry: (body: () => void) => void, made: Value | undefined, started: Set<InstanceValue>): void {
  const functions = definedFunctions(cls);
  const init = cls.namespace.get('__init__');
  const isReached = init?.kind === 'function' ? run.reached.has(init.node) : functions.some((one) => run.reached.has(one.node));
  if (isReached && functions.every((one) => run.reached.has(one.node))) return;
  const points = entryPointsOf(cls);
  // What the entry points run was made by the program where it was made at all.
  if (points !== undefined && isReached && functions.every((one) => run.reached.has(one.node) || one.name.startsWith('__') || points.covers(one))) return;
  // An object that the program has made itself says more than one made up.
  const created = made ?? (isReached ? run.trace.layers.find((layer) => layer.instance.cls === cls)?.instance : undefined) ?? instantiateUnreached(run, cls);
  if (created === undefined) return;
  if (points !== undefined && created.kind === 'instance' && !started.has(created) && functions.some((one) => points.covers(one) && !run.reached.has(one.node)) && cls.place !== undefined) {
    started.add(created);
    const { place } = cls;
    entry(() => points.run(run.interpreter, created, place));
  }
  if (created.kind === 'instance') openEmptyContainers(created);
  for (const method of functions) {
    if (run.reached.has(method.node) || method.name.startsWith('__')) continue;
    const { place } = cls;
    // Static methods, properties and the like are not what their class's objects are run by.
    const isPlain = cls.namespace.get(method.name)?.kind === 'function' && method.node.parameters.all.length > 1;
    if (points !== undefined && created.kind === 'instance' && place !== undefined && isPlain) entry(() => points.run(run.interpreter, created, place, method));
    else entry(() => callUnreached(run, method, created));
  }
}

/** A method that nothing calls runs behind others, in an order that nobody knows: what is empty so far may have been filled by them. */
function openEmptyContainers(object: InstanceValue): void {
  for (const value of object.attributes.values()) openEmpty(value, 2);
}

function callUnreached(run: Run, callee: FunctionValue, self: Value | undefined): void {
  const place = { source: callee.source, start: callee.node.start, end: callee.node.start };
  callOnStandIns(run, callee, self, (args) => {
    const result = callValue(run, callee, args, place);
    if (result.kind === 'iterator') run.interpreter.iterate(result, place);
    return result;
  });
}
