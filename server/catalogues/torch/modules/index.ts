// The one list of declared modules of torch.nn, and the classes that they become.
import type { ClassValue } from '../../../values/value.ts';
import { moduleClassNamed } from '../construction.ts';
import { containerClasses } from '../containers.ts';
import { declareModule, moduleClass } from '../module-class.ts';
import type { ModuleDeclaration } from '../module-declaration.ts';
import { distanceModules } from './distance.ts';
import { convolutionModules } from './convolution.ts';
import { embeddingModules } from './embedding.ts';
import { linearModules } from './linear.ts';
import { lossModules } from './losses.ts';
import { recurrentModules } from './recurrent.ts';

export const moduleDeclarations: readonly ModuleDeclaration[] = [...linearModules, ...convolutionModules, ...embeddingModules, ...recurrentModules, ...distanceModules, ...lossModules];

/** Bases come before the classes that name them. */
export const moduleClasses: readonly ClassValue[] = [
  moduleClass, ...containerClasses,
  ...moduleDeclarations.map((declaration) => declareModule(declaration, declaration.base === undefined ? undefined : moduleClassNamed(declaration.base))),
];
