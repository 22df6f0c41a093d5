// Linear, Bilinear, Identity and their lazy forms. It must not know how modules become classes.
import { shapeOf } from '../../../tensors/shape.ts';
import { int, unknown } from '../../../values/value.ts';
import { expectFeatures } from '../expected.ts';
import { bilinear, linear } from '../functional/linear.ts';
import type { ModuleDeclaration } from '../module-declaration.ts';
import { elementsTimes, learnedSize, optionalBias, sizeArgument, sizeOf } from './arguments.ts';

export const linearModules: readonly ModuleDeclaration[] = [
  {
    name: 'Identity',
    signature: '*args, **kwargs',
    output: ({ input }) => input,
  },
  {
    name: 'Linear',
    signature: 'in_features, out_features, bias=True, device=None, dtype=None',
    parameters: (construction) => {
      const [inFeatures, outFeatures] = [sizeArgument(construction, 'in_features'), sizeArgument(construction, 'out_features')];
      return [
        { name: 'weight', shape: shapeOf(outFeatures, inFeatures), dtype: construction.dtype ?? 'float32' },
        optionalBias(construction, outFeatures),
      ];
    },
    expects: (construction) => ({ input: expectFeatures(sizeOf(construction, 'in_features')) }),
    output: (invocation) => {
      const weight = invocation.parameter('weight');
      return invocation.tensor === undefined || weight === undefined ? unknown() : linear(invocation.context, invocation.tensor, weight);
    },
    multiplyAdds: (invocation, output) => elementsTimes(output, invocation.parameter('weight')?.shape.dims?.[1]),
  },
  {
    name: 'LazyLinear',
    base: 'Linear',
    signature: 'out_features, bias=True, device=None, dtype=None',
    isLazy: true,
    attributes: () => ({ in_features: int(0) }),
    parameters: (construction) => {
      const outFeatures = sizeArgument(construction, 'out_features');
      const inFeatures = learnedSize(construction, 'in_features', construction.inputShape.dims?.at(-1));
      return [
        { name: 'weight', shape: shapeOf(outFeatures, inFeatures), dtype: construction.dtype ?? 'float32' },
        optionalBias(construction, outFeatures),
      ];
    },
    output: (invocation) => {
      const weight = invocation.parameter('weight');
      return invocation.tensor === undefined || weight === undefined ? unknown() : linear(invocation.context, invocation.tensor, weight);
    },
  },
  {
    name: 'Bilinear',
    signature: 'in1_features, in2_features, out_features, bias=True, device=None, dtype=None',
    callSignature: 'input1, input2',
    parameters: (construction) => {
      const outFeatures = sizeArgument(construction, 'out_features');
      return [
        { name: 'weight', shape: shapeOf(outFeatures, sizeArgument(construction, 'in1_features'), sizeArgument(construction, 'in2_features')) },
        optionalBias(construction, outFeatures),
      ];
    },
    expects: (construction) => ({
      input1: expectFeatures(sizeOf(construction, 'in1_features')),
      input2: expectFeatures(sizeOf(construction, 'in2_features')),
    }),
    output: (invocation) => {
      const [first, second, weight] = [invocation.callArgs.get('input1'), invocation.callArgs.get('input2'), invocation.parameter('weight')];
      return first.kind !== 'tensor' || second.kind !== 'tensor' || weight === undefined
        ? unknown()
        : bilinear(invocation.context, first, second, weight);
    },
  },
];
