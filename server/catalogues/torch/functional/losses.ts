// All losses of torch.nn.functional. It must not know modules.
import type { ArrayDeclarations } from '../../arrays/library.ts';
import { classLosses } from './losses-classes.ts';
import { distanceLosses } from './losses-distance.ts';
import { elementwiseLosses } from './losses-elementwise.ts';
import { linearLossFunctions } from './losses-linear.ts';
import { lossFunctions, type LossDeclaration } from './losses-declaration.ts';

export const lossDeclarations: readonly LossDeclaration[] = [...classLosses, ...elementwiseLosses, ...distanceLosses];
export const lossFunctionDeclarations: ArrayDeclarations = { ...lossFunctions(lossDeclarations), ...linearLossFunctions };
