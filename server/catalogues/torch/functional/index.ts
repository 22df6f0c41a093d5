// The members of torch.nn.functional.
import type { Value } from '../../../values/value.ts';
import { type ArrayDeclarations, type ArrayLibrary, arrayFunctions } from '../../arrays/library.ts';
import { torchLibrary } from '../library.ts';
import { distanceFunctions } from './distance.ts';
import { convolutionFunctions } from './convolution.ts';
import { embeddingFunctions } from './embedding.ts';
import { linearFunctions } from './linear.ts';
import { paddingFunctions } from './padding.ts';
import { lossFunctionDeclarations } from './losses.ts';

/** Messages name these functions as programs write them: `F.linear`. */
const functionalLibrary: ArrayLibrary = { ...torchLibrary, name: 'F' };

const declarations: readonly ArrayDeclarations[] = [linearFunctions, convolutionFunctions, paddingFunctions, embeddingFunctions, distanceFunctions, lossFunctionDeclarations];

export function functionalMembers(): Record<string, Value> {
  return Object.assign({}, ...declarations.map((one) => arrayFunctions(functionalLibrary, one))) as Record<string, Value>;
}
