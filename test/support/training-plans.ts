// The training plans of a program in memory, with what the oracle compares. It must not know Keras.
import { trainingPlans } from '../../server/features/keras-config.ts';
import type { TrainingPlan } from '../../server/features/keras-config.ts';
import { modelsOf, summarizeModel } from '../../server/features/summary.ts';
import type { Json } from '../../server/trace/configuration.ts';
import { analyseText } from '../../server/workspace/analysis.ts';
import type { Host } from '../../server/values/interpreter.ts';
import { memoryHost } from './program.ts';

const main = '/project/main.py';
const hostOf = (files: Readonly<Record<string, string | Uint8Array>>): Host => memoryHost(Object.fromEntries(Object.entries(files).map(([name, content]) => [`/project/${name}`, content])));

export interface ComparedPlan {
  readonly name: string;
  readonly config: Json | undefined;
  readonly complete: boolean;
  readonly count: number;
  readonly problems: readonly string[];
}

export function plansOf(files: Readonly<Record<string, string>>): { readonly plans: readonly ComparedPlan[]; readonly refused: boolean } {
  const { trace } = analyseText(main, files['main.py'] ?? '', { host: hostOf(files), folders: ['/project'] });
  const models = modelsOf(trace, main).filter((model) => model.layer.framework === 'keras');
  return {
    refused: trace.refusals.length > 0,
    plans: models.map((model) => {
      const summary = summarizeModel(model, main);
      const { config, problems } = model.configuration?.() ?? { config: undefined, problems: [] };
      return { name: model.layer.name, config, complete: summary.complete && model.layer.built, count: summary.params.total, problems: problems.map((one) => `${one.message.template} ${JSON.stringify(one.message.values)}`) };
    }),
  };
}

/** The plans themselves, for tests. */
export function planned(text: string, files: Readonly<Record<string, string | Uint8Array>> = {}): readonly TrainingPlan[] {
  return trainingPlans(analyseText(main, text, { host: hostOf(files), folders: ['/project'] }).trace, main);
}
