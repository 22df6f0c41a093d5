// The one list of declared modules of torch.nn, and the classes that they become.
import type { ClassValue } from '../../../values/value.ts';
import { moduleClassNamed } from '../construction.ts';
import { containerClasses } from '../containers.ts';
import { declareModule, moduleClass } from '../module-class.ts';
import type { ModuleDeclaration } from '../module-declaration.ts';
import { activationModules } from './activation.ts';
import { adaptiveModules } from './adaptive.ts';
import { attentionModules } from './attention.ts';
import { convolutionModules } from './convolution.ts';
import { distanceModules } from './distance.ts';
import { embeddingModules } from './embedding.ts';
import { linearModules } from './linear.ts';
import { lossModules } from './losses.ts';
import { normalizationModules } from './normalization.ts';
import { paddingModules } from './padding.ts';
import { poolingModules } from './pooling.ts';
import { recurrentModules } from './recurrent.ts';
import { dropoutModules } from './regularization.ts';
import { reshapingModules } from './reshaping.ts';
import { resizingModules } from './resizing.ts';
import { transformerModules } from './transformer.ts';

export const moduleDeclarations: readonly ModuleDeclaration[] = [
  ...linearModules,
  ...convolutionModules,
  ...poolingModules,
  ...paddingModules,
  ...resizingModules,
  ...reshapingModules,
  ...normalizationModules,
  ...dropoutModules,
  ...activationModules,
  ...adaptiveModules,
  ...embeddingModules,
  ...recurrentModules,
  ...distanceModules,
  ...lossModules,
  ...attentionModules,
  ...transformerModules,
];

/** Bases come before the classes that name them. */
export const moduleClasses: readonly ClassValue[] = [
  moduleClass,
  ...containerClasses,
  ...moduleDeclarations.map((declaration) =>
    declareModule(declaration, declaration.base === undefined ? undefined : moduleClassNamed(declaration.base)),
  ),
];
