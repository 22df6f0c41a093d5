// What a training without Python needs of whatever computes it: build, step, evaluate, read and set weights, dispose. A faster engine has to do
// no more than this. It must not know TensorFlow.js, data or runs.
import type { Json, ObjectConfiguration } from '../../../server/trace/configuration.ts';
import type { TargetKind } from './losses.ts';

export interface EngineModel {
  /** As Keras 3 writes it. */
  readonly config: Json;
  readonly optimizer: ObjectConfiguration;
  readonly loss: ObjectConfiguration;
  /** The shape of a sample, for models that do not say it. */
  readonly inputShape: readonly number[];
}

/** Samples one after the other, as plain numbers. */
export interface Batch {
  readonly size: number;
  readonly input: Float32Array;
  /** Class numbers (one a sample, or one a pixel), or rows. */
  readonly target: Float32Array;
}

export interface BatchResult {
  readonly loss: number;
  readonly prediction: Float32Array;
}

/** What the model gives for a sample and takes as its target. */
export interface EngineFacts {
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly target: TargetKind;
  readonly parameters: number;
}

/** A layer's weights in Keras' order; `path` is its place in Keras' own file. */
export interface LayerWeights {
  readonly layer: string;
  readonly path: string;
  readonly weights: readonly { readonly shape: readonly number[]; readonly values: Float32Array }[];
}

/** `model.json`, and `weights.bin` beside it. */
export interface SavedModel { readonly json: Json; readonly weights: Uint8Array }

export interface Engine {
  /** `tensorflow.js 4.22.0 wasm`: what really computes. */
  readonly backend: string;
  readonly device: string;
  readonly build: (model: EngineModel) => Promise<EngineFacts>;
  /** Forward, backward and update. */
  readonly step: (batch: Batch, learningRate: number) => Promise<BatchResult>;
  readonly evaluate: (batch: Batch) => Promise<BatchResult>;
  readonly weights: () => Promise<readonly LayerWeights[]>;
  /** As `weights` gave them. */
  readonly setWeights: (weights: readonly LayerWeights[]) => void;
  /** TensorFlow.js' own files of the model, where the engine has them. */
  readonly save: () => Promise<SavedModel | undefined>;
  readonly dispose: () => void;
}

/** A sentence for a person about what cannot be done; anything else that is thrown is a fault. */
export class TrainingError extends Error {
  readonly layer: string | undefined;
  constructor(message: string, layer?: string) {
    super(message);
    this.layer = layer;
  }
}
