// A model, its `compile` and its `fit` as plain data in Keras' own JSON: what a program trained without Python is built from.
// It must not know values, catalogues or any runner.
import type { Message, Place } from '../values/place.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Something that cannot be told from the program: the layer or argument, and where it stands. */
export interface ConfigurationProblem {
  readonly message: Message;
  readonly place: Place | undefined;
}

export interface Configuration {
  /** As Keras 3 writes it in `config.json`; undefined where the model cannot be told. */
  readonly config: Json | undefined;
  readonly problems: readonly ConfigurationProblem[];
}

/** An optimizer, loss, metric or callback: its class or function, and the arguments that it was given or has by default. */
export interface ObjectConfiguration {
  readonly name: string;
  readonly arguments: Readonly<Record<string, Json>>;
}

export interface CompileConfiguration {
  readonly optimizer: ObjectConfiguration | undefined;
  /** One for all outputs, or one for each in order. */
  readonly losses: readonly (ObjectConfiguration | undefined)[];
  readonly metrics: readonly ObjectConfiguration[];
  readonly problems: readonly ConfigurationProblem[];
}

/** Where `image_dataset_from_directory` and its kin read pictures, and how. */
export interface ImageFolder {
  readonly path: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly labels: 'int' | 'binary' | 'categorical';
  readonly interpolation: string;
  readonly validationSplit: number | undefined;
  readonly classNames: readonly string[] | undefined;
}

export interface FitConfiguration {
  readonly epochs: number | undefined;
  /** Of `fit`, else of the data set. */
  readonly batchSize: number | undefined;
  readonly validationSplit: number | undefined;
  readonly shuffle: boolean | undefined;
  readonly callbacks: readonly ObjectConfiguration[];
  readonly imageFolder: ImageFolder | undefined;
}
