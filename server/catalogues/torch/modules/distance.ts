// CosineSimilarity and PairwiseDistance. It must not know how modules become classes.
import { unknown } from '../../../values/value.ts';
import { numberFromValue } from '../../arrays/contents.ts';
import { cosineSimilarity, pairwiseDistance } from '../functional/distance.ts';
import type { ModuleDeclaration } from '../module-declaration.ts';

export const distanceModules: readonly ModuleDeclaration[] = [
  {
    name: 'CosineSimilarity',
    signature: 'dim=1, eps=1e-8',
    callSignature: 'x1, x2',
    output: ({ context, callArgs, args }) => {
      const [first, second] = [callArgs.get('x1'), callArgs.get('x2')];
      return first.kind !== 'tensor' || second.kind !== 'tensor'
        ? unknown()
        : cosineSimilarity(context, first, second, numberFromValue(args.get('dim')));
    },
  },
  {
    name: 'PairwiseDistance',
    signature: 'p=2.0, eps=1e-6, keepdim=False',
    callSignature: 'x1, x2',
    output: ({ context, callArgs, args }) => {
      const [first, second] = [callArgs.get('x1'), callArgs.get('x2')];
      return first.kind !== 'tensor' || second.kind !== 'tensor' ? unknown() : pairwiseDistance(context, first, second, args.flag('keepdim'));
    },
  },
];
