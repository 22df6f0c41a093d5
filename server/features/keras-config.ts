// What a program trains, as plain data: each Keras model's configuration with what it is compiled and fitted with, and the lines to which
// a runner's messages lead. It knows no runner and no LSP.
import { lineAt } from '../syntax/lines.ts';
import type { Configuration, ConfigurationProblem, FitConfiguration, ImageFolder, Json, ObjectConfiguration } from '../trace/configuration.ts';
import type { CompileEvent, DataEvent, Layer, Model, Trace } from '../trace/trace.ts';
import type { Place } from '../values/place.ts';
import { originPlaces, renderMessage, type Translate } from '../values/place.ts';
import type { TensorValue, Value } from '../values/value.ts';
import { originOf } from '../values/value.ts';
import { modelsOf, placeIn } from './summary.ts';

export interface PlanProblem {
  readonly message: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

export interface PlannedArray {
  readonly shape: readonly (number | null)[] | undefined;
  readonly dtype: string | undefined;
  /** Smallest and largest value that can occur, where they are known. */
  readonly range: readonly [number, number] | undefined;
}

export interface TrainingPlan {
  readonly file: string;
  readonly model: { readonly name: string; readonly class: string; readonly line: number | undefined; readonly variables: readonly string[]; readonly config: Json | undefined };
  readonly compile: { readonly line: number; readonly optimizer: ObjectConfiguration | undefined; readonly losses: readonly (ObjectConfiguration | undefined)[]; readonly metrics: readonly ObjectConfiguration[] } | undefined;
  readonly fit: (Omit<FitConfiguration, 'imageFolder'> & { readonly line: number }) | undefined;
  readonly data: {
    readonly input: PlannedArray | undefined;
    readonly target: PlannedArray | undefined;
    readonly imageFolder: ImageFolder | undefined;
    /** What the program names as the data's source, nearest first: `keras.datasets.mnist`, a path. */
    readonly sources: readonly string[];
  };
  /** Lines (from 1) at which the layers of the model are built, by name. */
  readonly layerLines: Readonly<Record<string, number>>;
  /** Why it cannot be trained from what was read; empty when it can. */
  readonly problems: readonly PlanProblem[];
}

/** A plan for each Keras model of the file that is no part of another one, those that are fitted first. */
export function trainingPlans(trace: Trace, path: string, translate?: Translate): TrainingPlan[] {
  const models = modelsOf(trace, path).filter((model) => model.layer.framework === 'keras' && model.configuration !== undefined);
  const inner = new Set(models.flatMap((model) => model.layers.map((row) => row.layer)));
  const isOuter = (model: Model): boolean => !inner.has(model.layer) || eventsOf(trace, model).fit !== undefined;
  const plans = models.filter(isOuter).map((model) => planOf(trace, path, model, translate));
  return [...plans.filter((plan) => plan.fit !== undefined), ...plans.filter((plan) => plan.fit === undefined)];
}

function planOf(trace: Trace, path: string, model: Model, translate: Translate | undefined): TrainingPlan {
  const { layer } = model;
  const { compile, fit } = eventsOf(trace, model);
  const configuration: Configuration = model.configuration?.() ?? { config: undefined, problems: [] };
  const compiled = compile?.configuration?.();
  const fitted = fit?.configuration?.();
  const problems = [...configuration.problems, ...(compiled?.problems ?? [])].map((problem) => problemOf(problem, translate));
  const { imageFolder, ...training } = fitted ?? { imageFolder: undefined };
  return {
    file: path,
    model: { name: layer.name, class: layer.className, line: lineOf(placeIn(layer, path)), variables: [...model.variableNames], config: configuration.config },
    compile: compile === undefined || compiled === undefined ? undefined : { line: lineOf(compile.place) ?? 1, optimizer: compiled.optimizer, losses: compiled.losses, metrics: compiled.metrics },
    fit: fit === undefined || fitted === undefined ? undefined : { ...(training as Omit<FitConfiguration, 'imageFolder'>), line: lineOf(fit.place) ?? 1 },
    data: { input: arrayOf(fit?.input), target: arrayOf(fit?.target), imageFolder, sources: sourcesOf(fit?.input, translate) },
    layerLines: linesOf(layer, path), problems,
  };
}

function eventsOf(trace: Trace, model: Model): { readonly compile: CompileEvent | undefined; readonly fit: DataEvent | undefined } {
  const fit = trace.events.findLast((event): event is DataEvent => event.kind === 'data' && event.method === 'fit' && event.model === model.layer);
  const compile = fit?.compile ?? trace.events.findLast((event): event is CompileEvent => event.kind === 'compile' && event.model === model.layer);
  return { compile, fit };
}

function linesOf(layer: Layer, path: string): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  const visit = (one: Layer, depth: number): void => {
    const line = lineOf(placeIn(one, path));
    if (line !== undefined && one.name !== '') found[one.name] ??= line;
    if (depth < 8) for (const child of one.children()) visit(child, depth + 1);
  };
  visit(layer, 0);
  for (const row of layer.model?.layers ?? []) visit(row.layer, 1);
  return found;
}

function problemOf({ message, place }: ConfigurationProblem, translate: Translate | undefined): PlanProblem {
  return { message: renderMessage(message, translate), file: place?.source.path, line: lineOf(place) };
}

function lineOf(place: Place | undefined): number | undefined {
  return place === undefined ? undefined : lineAt(place.source.parsed.lineStarts, place.start) + 1;
}

/** The only tensor among the inputs or targets; several cannot be told as one array. */
function onlyTensor(value: Value | undefined): TensorValue | undefined {
  if (value?.kind === 'tensor') return value;
  return (value?.kind === 'list' || value?.kind === 'tuple') && value.items.length === 1 ? onlyTensor(value.items[0]) : undefined;
}

function arrayOf(value: Value | undefined): PlannedArray | undefined {
  const tensor = onlyTensor(value);
  if (tensor === undefined) return undefined;
  const { range } = tensor;
  return {
    shape: tensor.shape.dims?.map((dim) => (typeof dim === 'number' ? dim : null)), dtype: tensor.dtype,
    range: range !== undefined && Number.isFinite(range.low) && Number.isFinite(range.high) ? [range.low, range.high] : undefined,
  };
}

function sourcesOf(value: Value | undefined, translate: Translate | undefined): readonly string[] {
  const tensor = onlyTensor(value);
  const said = tensor === undefined ? [] : originPlaces(originOf(tensor)).flatMap(({ says }) => (says === undefined ? [] : [renderMessage(says, translate)]));
  return [...new Set(said)];
}
