// Other files of the workspace that import the program's module and call its models: they run behind its body, so that their calls say what its
// models are built with and called on. What they do besides is no matter of this program. It must not know how such files are found.
import { boundNames } from '../syntax/names.ts';
import { modelInputCaller } from '../values/model-input.ts';
import type { SourceFile } from '../values/place.ts';
import type { ClassValue, ModuleValue } from '../values/value.ts';
import { str, unknown } from '../values/value.ts';
import { moduleOfScope } from './assignment.ts';
import { BudgetExceeded, GeneratorStopped, PythonError, Stopped } from './errors.ts';
import type { Frame, Run } from './run.ts';
import { newScope } from './run.ts';
import { execute } from './statements.ts';
import { toldClasses } from './telling-calls.ts';

export interface CallingFile {
  readonly path: string;
  readonly text: string;
  /** The names under which it, or a package between it and the program, imports the program's module. */
  readonly names: readonly string[];
}

/** So many steps for each file, and such a part of the program's own time for all together: they run again with each change of the program. */
const mostSteps = 400_000, partOfTime = 1 / 5;

/** Runs the files, one after the other, until every model class of the program was called. */
export function runCallingFiles(run: Run, module: ModuleValue, source: SourceFile, files: () => readonly CallingFile[]): void {
  const hasOpen = (): boolean => { const told = toldClasses(run.trace); return modelClasses(module, source).some((cls) => !told.has(cls)); };
  if (!hasOpen()) return;
  const until = run.budget.now() + (run.budget.deadline - run.budget.now()) * partOfTime;
  for (const file of files()) {
    runOne(run, module, file, until);
    if (run.budget.isCancelled() || run.budget.now() > Math.min(until, run.budget.deadline) || !hasOpen()) return;
  }
}

function modelClasses(module: ModuleValue, source: SourceFile): readonly ClassValue[] {
  return [...module.members.values()].flatMap((value) => (value.kind === 'class' && !value.native && value.place?.source === source && modelInputCaller(value) !== undefined ? [value] : []));
}

function runOne(run: Run, module: ModuleValue, file: CallingFile, until: number): void {
  const { trace, budget } = run;
  run.trace.filesRead.add(file.path);
  const source = run.parse(file.path, file.text);
  const before = { events: trace.events.length, notes: trace.notes.length, models: trace.models.length };
  const limits = { maximumSteps: budget.maximumSteps, deadline: budget.deadline };
  Object.assign(budget, { maximumSteps: Math.min(limits.maximumSteps, budget.steps + mostSteps), deadline: Math.min(limits.deadline, until) });
  for (const name of file.names) if (!run.modules.has(name)) run.modules.set(name, module);
  const scope = newScope('module', undefined);
  const calling: ModuleValue = { kind: 'module', name: '__main__', members: scope.variables, load: undefined, complete: false, source };
  moduleOfScope.set(scope, calling);
  scope.variables.set('__name__', str('__main__'));
  scope.variables.set('__file__', str(file.path));
  const frame: Frame = { scope, source, callee: undefined, callPlace: undefined, self: undefined, definingClass: undefined, yields: undefined, pendingReturns: [], undecidedBreak: false };
  run.callingPath = file.path;
  try {
    for (const statement of source.parsed.module.body) if (!attempt(run, frame, () => { execute(run, statement); }, boundNames([statement]))) break;
  } finally {
    run.callingPath = undefined;
    run.afterFailure = false;
    Object.assign(budget, limits);
    trace.events.length = before.events;
    trace.notes.length = before.notes;
    // Models of other classes are that file's own.
    trace.models.splice(before.models, Number.POSITIVE_INFINITY, ...trace.models.slice(before.models).filter(({ layer }) => layer.instance.cls.place?.source.path === run.mainPath));
  }
}

/** Whether the file may go on. */
function attempt(run: Run, frame: Frame, body: () => void, names: readonly string[]): boolean {
  run.frames.length = 0;
  run.frames.push(frame);
  try {
    body();
    return true;
  } catch (error) {
    if (error instanceof Stopped) throw error;
    for (const name of names) if (!frame.scope.variables.has(name)) frame.scope.variables.set(name, unknown());
    if (error instanceof PythonError) { run.afterFailure = true; return true; }
    // The program's own budget is not touched by what another file uses up; a fault of the engine there is none of this program.
    if (error instanceof BudgetExceeded || error instanceof RangeError || error instanceof GeneratorStopped || !run.strict) return false;
    throw error;
  } finally {
    run.callPlaces.length = 0;
    run.tries.length = 0;
    run.uncertain = 0;
    run.unknownContexts = 0;
    run.quiet = undefined;
    run.rehearsal = undefined;
  }
}
