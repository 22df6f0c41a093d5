// The state of one run: frames, budget, modules, trace. Functions of this room take it as their first argument.
// It must not know any library.
import type { Node } from '../syntax/ast.ts';
import type { Trace, ValueRecord } from '../trace/trace.ts';
import { nextScopeBirth } from '../values/heap.ts';
import type { Host, Interpreter, RefusalInput } from '../values/interpreter.ts';
import type { Message, Place, SourceFile } from '../values/place.ts';
import type { ClassValue, FunctionValue, ModuleValue, Scope, Value } from '../values/value.ts';
import { BudgetExceeded } from './errors.ts';
import type { Libraries } from './libraries.ts';
import type { KnownCalls } from './reuse.ts';

export interface Frame {
  readonly scope: Scope;
  readonly source: SourceFile;
  readonly callee: FunctionValue | undefined;
  /** Where it was called. */
  readonly callPlace: Place | undefined;
  /** First argument and defining class, for `super()`. */
  readonly self: Value | undefined;
  readonly definingClass: ClassValue | undefined;
  /** Collects what `yield` gives while a generator runs. */
  readonly yields: { items: Value[]; exact: boolean; readonly onYield?: ((value: Value) => void) | undefined } | undefined;
  /** What an undecided branch returned while the other went on. */
  readonly pendingReturns: Value[];
  /** Some undecided branch broke out of the loop that is running. */
  undecidedBreak: boolean;
}

export interface Budget {
  steps: number;
  /** The number of steps at which the clock was last looked at. */
  checkedAt: number;
  readonly maximumSteps: number;
  readonly deadline: number;
  readonly now: () => number;
  readonly isCancelled: () => boolean;
}

/** The handlers of the `try` statements that are running, innermost last. */
export interface ActiveTry { readonly catches: readonly (Value | 'everything')[] }

export type Explain = (reason: Message, place: Place) => void;

/** What one try-out recorded besides the trace's own lists. */
export interface Rehearsal {
  /** Whether the run in earnest would certainly have gone the same way so far. */
  isFaithful: boolean;
  readonly recorded: { readonly byNode: Map<Node, Value[]>; readonly node: Node; readonly value: Value }[];
}

export interface Run {
  readonly interpreter: Interpreter;
  readonly trace: Trace;
  readonly host: Host;
  readonly budget: Budget;
  readonly frames: Frame[];
  readonly callPlaces: Place[];
  readonly modules: Map<string, ModuleValue>;
  readonly builtins: Scope;
  readonly tries: ActiveTry[];
  /** Functions of the program whose body has run. */
  readonly reached: Set<Node>;
  /** How many undecided conditions the present path depends on. */
  uncertain: number;
  /** `with` statements that are running on something unknown. */
  unknownContexts: number;
  /** What the next generator that starts does where it yields: the block of a `with` whose context manager it is. */
  onYield: ((value: Value) => void) | undefined;
  /** The program's own exception ended the module's path: nothing found after it is certain. */
  afterFailure: boolean;
  /** The file that calls the program's models, while it runs (calling-files.ts). */
  callingPath: string | undefined;
  /** Refusals are collected here instead of in the trace while something is tried out. */
  quiet: RefusalInput[] | undefined;
  /** What is tried out is recorded, to be kept or undone: see rehearsal.ts. */
  rehearsal: Rehearsal | undefined;
  readonly recorded: Map<ValueRecord['role'], Map<Node, Value[]>>;
  readonly folders: readonly string[];
  readonly findNativeModule: (name: string) => ModuleValue | undefined;
  /** Whether a catalogue has this module, or one that it is in: its source is not looked for. */
  readonly isNative: (name: string) => boolean;
  readonly libraries: Libraries;
  /** Objects that calls in the program's own files gave, alone or in a container: all that it can have of a library's. */
  readonly received: WeakSet<Value>;
  readonly parse: (path: string, text: string) => SourceFile;
  /** Calls that equal ones may be given the results of, by what is called; undefined: every call is run. */
  readonly reused: Map<object, KnownCalls> | undefined;
  /** Told where the evaluation stops to know: what is unknown though all that it comes from is known. */
  readonly explain: Explain | undefined;
  /** Throw faults of the engine itself instead of going on with unknown: for tests. */
  readonly strict: boolean;
  readonly mainPath: string;
}

/** Python allows 1000; a native stack frame of ours holds about ten of JavaScript's. */
export const deepestCall = 90;

export function step(run: Run): void {
  const budget = run.budget;
  budget.steps += 1;
  if (budget.steps > budget.maximumSteps) throw new BudgetExceeded('steps');
  // The clock is looked at now and then; steps are also counted in fives, so a mask on their number would miss.
  if (budget.steps - budget.checkedAt > 100) {
    budget.checkedAt = budget.steps;
    if (budget.isCancelled()) throw new BudgetExceeded('cancelled');
    if (budget.now() > budget.deadline) throw new BudgetExceeded('time');
  }
}

export function currentFrame(run: Run): Frame {
  const frame = run.frames.at(-1);
  if (frame === undefined) throw new Error('no frame is running');
  return frame;
}

export function placeOf(run: Run, node: Node): Place {
  return { source: currentFrame(run).source, start: node.start, end: node.end };
}

export function newScope(kind: Scope['kind'], parent: Scope | undefined): Scope {
  return { variables: new Map(), parent, kind, declared: undefined, open: false, birth: kind === 'function' || kind === 'comprehension' ? nextScopeBirth() : undefined };
}
