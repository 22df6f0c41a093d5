// What a training without Python is asked to do: the file `training.json` in a run's folder, written by the window, read by the trainer.
// Types and a careful reader. It must not know how anything is trained.
import type { TrainingPlan } from '../../../server/features/keras-config.ts';

export const requestFile = 'training.json';

/** Where the samples come from. */
export type DataChoice =
  /** A folder with a folder of pictures for each class. */
  | { readonly kind: 'images'; readonly folder: string }
  /** `label`: the name of the column to be predicted, the last one otherwise. */
  | { readonly kind: 'csv'; readonly file: string; readonly label?: string }
  /** The arrays' names in the archive: `x` and `y`, or what is like them, otherwise. */
  | { readonly kind: 'npz'; readonly file: string; readonly input?: string; readonly target?: string }
  /** A data set that comes with the extension. */
  | { readonly kind: 'packaged'; readonly name: 'digits' };

/** What is asked for instead of what the program says. */
export interface TrainingSettings {
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly validationSplit?: number;
  readonly learningRate?: number;
  /** Of the order of samples, the split and what is dropped. Initial weights are drawn by TensorFlow.js itself. */
  readonly seed?: number;
  readonly backend?: BackendName;
}

/** `auto`: the best that passes its probe. */
export const backendNames = ['auto', 'tfjs-node-gpu', 'webgpu', 'tfjs-node', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

export interface TrainingRequest {
  readonly version: 1;
  readonly plan: TrainingPlan;
  readonly data: DataChoice;
  readonly settings: TrainingSettings;
}

/** The request of a text; undefined where it is none. */
export function readRequest(text: string): TrainingRequest | undefined {
  let given: unknown;
  try { given = JSON.parse(text); } catch { return undefined; }
  const request = given as Partial<TrainingRequest> | null;
  if (typeof request !== 'object' || request === null || request.version !== 1 || typeof request.plan !== 'object' || typeof request.data !== 'object') return undefined;
  return { version: 1, plan: request.plan, data: request.data, settings: request.settings ?? {} };
}
