// What a catalogue may ask of the evaluator. The evaluator implements it; catalogues and values know only this.
import type { BinaryOperator, CompareOperator } from '../syntax/ast.ts';
import type { Fix, FunctionCall, Layer, RelatedPlace, Trace } from '../trace/trace.ts';
import type { CallArguments } from './arguments.ts';
import type { Message, Place } from './place.ts';
import type { ClassValue, Iteration, ModuleValue, Value } from './value.ts';

/** The only way out to files. Paths are as the program writes them; the host resolves them inside what may be read. */
export interface Host {
  readText(path: string): string | undefined;
  /** At most `limit` bytes from the start. */
  readBytes(path: string, limit: number): Uint8Array | undefined;
  /** Names in a folder, sorted; undefined when it is no readable folder. */
  listFolder(path: string): readonly FolderEntry[] | undefined;
}
export interface FolderEntry { readonly name: string; readonly isFolder: boolean }

export interface RefusalInput {
  readonly rule: string;
  readonly message: Message;
  /** Where it is underlined; the present call when undefined. */
  readonly place?: Place | undefined;
  readonly related?: readonly RelatedPlace[];
  readonly fixes?: readonly Fix[];
  readonly layer?: Layer | undefined;
  /** The Python exception that the framework raises, for `try`: ValueError when absent; 'none' when it raises nothing. */
  readonly exception?: string;
  /** Of what was collected quietly: how many undecided conditions and loops it stood in. */
  readonly undecided?: number;
}

export interface Interpreter {
  readonly trace: Trace;
  readonly host: Host;

  /** Calls a value. A call of something unknown gives unknown. */
  call(callee: Value, args: CallArguments, place: Place): Value;
  /** Python's `getattr` with descriptors; unknown where nothing is known; raises AttributeError where it certainly fails. */
  getAttribute(object: Value, name: string, place: Place): Value;
  /** As `getAttribute`, but undefined where there certainly is no such attribute. */
  lookUpAttribute(object: Value, name: string, place: Place): Value | undefined;
  setAttribute(object: Value, name: string, value: Value, place: Place): void;
  /**
   * What `body` gives, or what it gave in an equal call before, done over again. `key` is what is called, `kind` says in which way; `body` hangs on
   * the arguments and does nothing that is not known to the trace, the heap or the recorders (recorder.ts).
   */
  reuse(call: { readonly key: object; readonly kind: string; readonly args: CallArguments; readonly place: Place }, body: () => Value): Value;
  /** Calls a method by name with plain values. */
  callMethod(object: Value, name: string, positional: readonly Value[], place: Place): Value;
  getItem(object: Value, index: Value, place: Place): Value;
  setItem(object: Value, index: Value, value: Value, place: Place): void;
  binary(operator: BinaryOperator, left: Value, right: Value, place: Place): Value;
  unary(operator: '-' | '+' | '~' | 'not', operand: Value, place: Place): Value;
  compare(operator: CompareOperator, left: Value, right: Value, place: Place): Value;
  /** Python's truth; undefined when not known. */
  truth(value: Value, place: Place): boolean | undefined;
  /** All items; not exact: they stand for an unknown number of items. Something unknown gives one unknown item. */
  iterate(value: Value, place: Place): Iteration;
  length(value: Value, place: Place): Value;
  /** `str()` and `repr()`; undefined when not known. */
  text(value: Value, place: Place): string | undefined;
  representation(value: Value, place: Place): string | undefined;
  typeOf(value: Value): ClassValue | undefined;
  isInstance(value: Value, cls: ClassValue): boolean | undefined;

  /** A module by its dotted name; unknown when there is none to be found. */
  importModule(name: string, place: Place): ModuleValue | Value;
  /** The names that a module holds; `complete`: it certainly holds no others at present. */
  namesOf(module: ModuleValue): { readonly names: readonly string[]; readonly complete: boolean };
  /** Whether the program has ever had an object that a library made: some call of its own gave it. */
  hasReceived(object: Value): boolean;
  /** Whether a place is in a library of the environment. */
  isInLibrary(place: Place): boolean;
  /** A class of Python's builtins: `ValueError`, `object`. */
  builtinClass(name: string): ClassValue;

  /**
   * Says that the framework certainly refuses what is being done here. Inside a `try` whose handlers would catch the exception
   * it is raised there and nothing is reported. Otherwise it becomes a refusal of the trace, and the given result stands in.
   */
  refuse(refusal: RefusalInput, result?: Value): Value;
  /** Raises a Python exception of the program: ends the path, `try` catches it. */
  raise(exceptionClass: string, text: Message, place?: Place): never;

  /** The call expression being evaluated. */
  readonly place: Place;
  /** The call sites around the present one, innermost first: functions of the program that are running. */
  callers(): readonly Place[];
  /** The functions of the program that are running, outermost first, without methods: each run has a number of its own. */
  runningFunctions(): readonly FunctionCall[];
  /** The parameters of the function of the program that is running, with the values that they have now. */
  runningParameters(): ReadonlyMap<string, Value>;
  /** `locals()` or `globals()` of the function that is running; what is written into the latter are names of the module. */
  runningNames(which: 'locals' | 'globals'): Value;
  /** Whether the present path depends on a condition that was not known. */
  readonly isUncertain: boolean;
  /** Whether a `with` on something unknown is running, which may change what operations do. */
  readonly isInUnknownContext: boolean;
  /** Whether something is only being tried out (`quietly`, `rehearse`). Whoever asks does otherwise then, so a rehearsal in which it is asked cannot be kept. */
  readonly isQuiet: boolean;
  /** Whether calls of layers and events are recorded: not when something is tried out quietly. */
  readonly isRecording: boolean;
  /** Runs `body`; undefined where it ends in an exception of the program. */
  survives<T>(body: () => T): { readonly result: T } | undefined;
  /** Runs `body` with refusals and events thrown away (trying out a model's call on data, say). */
  quietly<T>(body: () => T): { readonly result: T; readonly refusals: readonly RefusalInput[] };
  /**
   * As `quietly`, but what the run recorded can be put into the trace later by `keep`, as if it had run then. `keep` says false, and does
   * nothing, where the run might have gone another way in earnest, or where the trace has grown meanwhile.
   */
  rehearse<T>(body: () => T): { readonly result: T; readonly refusals: readonly RefusalInput[]; readonly keep: () => boolean };
  /** Runs `body`, which may stop half-way by calling what it is given; undefined where it did. */
  untilStopped<T>(body: (stop: () => never) => T): { readonly result: T } | undefined;
}
