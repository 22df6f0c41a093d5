// einops.layers.torch: Rearrange, Reduce and EinMix as modules. It must not know how patterns are read.
import { type Dim, formatDim, multiplyDims, unknownDim } from '../../tensors/dim.ts';
import { broadcastDims, unknownShape } from '../../tensors/shape.ts';
import type { ClassValue } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import { torchTensor } from '../torch/library.ts';
import { declareModule } from '../torch/module-class.ts';
import type { ModuleConstruction, ModuleInvocation } from '../torch/module-declaration.ts';
import { type EinopsCall, inputTensor, lengthsOf, refuseEinops, transform } from './functions.ts';
import { type Axis, ellipsis, parseSide, resultSizes, type Side, sizesOf } from './pattern.ts';
import { message } from '../../values/place.ts';

const callOf = ({ interpreter, context, layer }: ModuleInvocation): EinopsCall => ({ interpreter, place: context.place, name: context.name, layer });

const rearrange = declareModule({
  name: 'Rearrange', signature: 'pattern, **axes_lengths', callSignature: 'input',
  output: (invocation) => transform(callOf(invocation), 'rearrange', invocation.input, invocation.args.get('pattern'), lengthsOf(invocation.args.restKeywords), invocation.args.openKeywords),
});

const reduce = declareModule({
  name: 'Reduce', signature: 'pattern, reduction, **axes_lengths', callSignature: 'input',
  output: (invocation) => transform(callOf(invocation), 'reduce', invocation.input, invocation.args.get('pattern'), lengthsOf(invocation.args.restKeywords), invocation.args.openKeywords, invocation.args.get('reduction')),
});

// ---- EinMix: a linear layer over named axes.

interface Mixing { readonly left: Side; readonly right: Side; readonly weight: Side; readonly bias: Side | undefined; readonly lengths: ReadonlyMap<Axis, Dim> }

function mixing(construction: ModuleConstruction): Mixing | undefined {
  const { args } = construction;
  const [pattern, weight, bias] = [args.str('pattern'), args.str('weight_shape'), args.str('bias_shape')];
  if (pattern === undefined || weight === undefined || args.openKeywords) return undefined;
  const sides = pattern.split('->').map((part) => parseSide(part));
  const [left, right] = sides;
  const [weightSide, biasSide] = [parseSide(weight), bias === undefined ? undefined : parseSide(bias)];
  if (sides.length !== 2 || left?.ok !== true || right?.ok !== true || !weightSide.ok || biasSide?.ok === false) return undefined;
  return { left: left.value, right: right.value, weight: weightSide.value, bias: biasSide?.ok === true ? biasSide.value : undefined, lengths: lengthsOf(args.restKeywords) };
}

function checkMixing(construction: ModuleConstruction): void {
  const mix = mixing(construction);
  const pattern = construction.args.str('pattern') ?? '';
  if (mix === undefined) return;
  const call: EinopsCall = { interpreter: construction.interpreter, place: construction.place, name: construction.className, layer: construction.layer };
  const without = [...mix.weight.names].find((axis) => !mix.lengths.has(axis));
  if (without !== undefined) { refuseEinops(call, 'invalid-argument', pattern, message('the size of axis "{axis}" of the weight is not given', { axis: without })); return; }
  const unused = [...mix.lengths.keys()].find((axis) => !mix.left.names.has(axis) && !mix.weight.names.has(axis));
  if (unused !== undefined) { refuseEinops(call, 'invalid-argument', pattern, message('axis "{axis}" is not in the pattern', { axis: unused })); return; }
  const strange = [...mix.right.names].find((axis) => !mix.left.names.has(axis) && !mix.weight.names.has(axis));
  if (strange !== undefined) refuseEinops(call, 'invalid-argument', pattern, message('axis "{axis}" of the output is neither in the input nor in the weight', { axis: strange }));
}

const einMix = declareModule({
  name: 'EinMix', signature: 'pattern, weight_shape, bias_shape=None, **axes_lengths', callSignature: 'input', check: checkMixing,
  parameters: (construction) => {
    const mix = mixing(construction);
    const size = (axis: Axis): Dim => mix?.lengths.get(axis) ?? unknownDim();
    const weight = mix === undefined ? unknownShape : { dims: mix.weight.groups.flatMap((group) => group.map(size)) };
    // The bias has an axis for each of the output's behind the ellipsis: 1 where it does not depend on it.
    const { bias } = mix ?? {};
    const after = mix?.right.groups.flat().filter((axis) => axis !== ellipsis) ?? [];
    const shape = mix === undefined ? unknownShape : bias === undefined ? undefined : { dims: after.map((axis) => (bias.names.has(axis) ? size(axis) : 1)) };
    return [{ name: 'weight', shape: weight }, { name: 'bias', shape: construction.args.isNone('bias_shape') ? undefined : shape }];
  },
  output: (invocation) => {
    const mix = mixing(invocation), input = inputTensor(invocation.input);
    if (mix === undefined || input === undefined) return unknown();
    const call = callOf(invocation);
    // Axes that stand alone meet the weight in an einsum, where a 1 gives way; those in brackets are split before.
    const grouped = new Set(mix.left.groups.filter((group) => group.length > 1).flat());
    const found = sizesOf(mix.left, input.shape.dims, new Map([...mix.lengths].filter(([axis]) => grouped.has(axis))));
    if (!found.ok) return refuseEinops(call, found.rule === 'reshape-size' ? 'shape-mismatch' : found.rule, invocation.args.str('pattern') ?? '', found.problem, input);
    for (const [axis, size] of found.sizes) {
      const length = mix.lengths.get(axis);
      if (length === undefined || !mix.weight.names.has(axis) || broadcastDims(size, length) !== undefined) continue;
      return refuseEinops(call, 'shape-mismatch', invocation.args.str('pattern') ?? '', message('axis "{axis}" has {size}, the weight is made for {expected}', { axis, size: formatDim(size), expected: formatDim(length) }), input);
    }
    const sizes = new Map([...found.sizes, ...mix.lengths]);
    return torchTensor({ shape: { dims: resultSizes(mix.right, sizes, found.ellipsis) }, dtype: input.dtype });
  },
  multiplyAdds: (invocation, output) => {
    const mix = mixing(invocation);
    if (mix === undefined || output.kind !== 'tensor' || output.shape.dims === undefined) return undefined;
    const inside = [...mix.weight.names].filter((axis) => !mix.right.names.has(axis)).map((axis) => mix.lengths.get(axis) ?? unknownDim());
    return multiplyDims(...output.shape.dims, ...inside);
  },
});

export const einopsLayers: Readonly<Record<string, ClassValue>> = { Rearrange: rearrange, Reduce: reduce, EinMix: einMix };
