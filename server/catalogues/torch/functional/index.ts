// The members of torch.nn.functional.
import { replayable } from '../../../values/recorder.ts';
import type { Value } from '../../../values/value.ts';
import { type ArrayDeclarations, type ArrayLibrary, arrayFunctions } from '../../arrays/library.ts';
import { torchLibrary } from '../library.ts';
import { activationFunctions } from './activation.ts';
import { attentionFunctions } from './attention.ts';
import { convolutionFunctions } from './convolution.ts';
import { distanceFunctions } from './distance.ts';
import { embeddingFunctions } from './embedding.ts';
import { linearFunctions } from './linear.ts';
import { lossFunctionDeclarations } from './losses.ts';
import { normalizationFunctions } from './normalization.ts';
import { paddingFunctions } from './padding.ts';
import { poolingFunctions } from './pooling.ts';
import { dropoutFunctions } from './regularization.ts';
import { reshapingFunctions } from './reshaping.ts';
import { resizingFunctions } from './resizing.ts';

/** Messages name these functions as programs write them: `F.linear`. */
const functionalLibrary: ArrayLibrary = { ...torchLibrary, name: 'F' };

const declarations: readonly ArrayDeclarations[] = [
  linearFunctions,
  convolutionFunctions,
  poolingFunctions,
  paddingFunctions,
  resizingFunctions,
  reshapingFunctions,
  normalizationFunctions,
  dropoutFunctions,
  activationFunctions,
  embeddingFunctions,
  distanceFunctions,
  lossFunctionDeclarations,
  attentionFunctions,
];

export function functionalMembers(): Record<string, Value> {
  return replayable(Object.assign({}, ...declarations.map((one) => arrayFunctions(functionalLibrary, one))) as Record<string, Value>);
}
