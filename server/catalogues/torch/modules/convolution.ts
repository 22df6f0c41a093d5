// Conv1d to Conv3d, their transposes and lazy forms. Sources: PyTorch 2.13, torch/nn/modules/conv.py. It must not know how modules become classes.
import {
  compareDims,
  type Dim,
  dimEquals,
  divides,
  floorDivideDims,
  formatDim,
  multiplyDims,
  subtractDims,
  unknownDim,
} from '../../../tensors/dim.ts';
import { elementCount, shapeOf, unknownShape } from '../../../tensors/shape.ts';
import { withValues } from '../../../values/arguments.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { int, str, tuple, unknown } from '../../../values/value.ts';
import { dimFromValue } from '../../arrays/contents.ts';
import { expectPicture } from '../expected.ts';
import { convolution, convolutionCost, transposedConvolution } from '../functional/convolution.ts';
import { pad } from '../functional/padding.ts';
import { refuseRank } from '../functional/sizes.ts';
import { axesInWords } from '../functional/windows.ts';
import type { ModuleConstruction, ModuleDeclaration, ModuleInvocation, ParameterDeclaration } from '../module-declaration.ts';
import { learnedSize, optionalBias, sizeArgument, spreadAttribute } from './arguments.ts';

const paddingModes = ['zeros', 'reflect', 'replicate', 'circular'];

/** What `_ConvNd.__init__` refuses. A lazy module takes its channels for 0, which every number of groups divides. */
function checkConvolution(construction: ModuleConstruction, isLazy: boolean): void {
  const { args, className } = construction;
  const groups = dimFromValue(args.get('groups'));
  if (groups !== undefined && compareDims(groups, 1) === -1) {
    construction.refuse(message('{layer}: groups must be positive, got {groups}', { layer: className, groups: formatDim(groups) }), {
      argument: 'groups',
    });
    return;
  }
  if (!isLazy && groups !== undefined) {
    for (const name of ['in_channels', 'out_channels']) {
      const channels = dimFromValue(args.get(name));
      if (channels === undefined || divides(groups, channels) !== false) continue;
      construction.refuse(
        message('{layer}: {name} must be divisible by groups, got {channels} and {groups}', {
          layer: className,
          name,
          channels: formatDim(channels),
          groups: formatDim(groups),
        }),
        { argument: name },
      );
      return;
    }
  }
  const mode = args.str('padding_mode');
  const isTransposed = className.includes('Transpose');
  const padding = args.str('padding');
  if (padding !== undefined && !isTransposed) {
    if (padding !== 'same' && padding !== 'valid') {
      construction.refuse(message("{layer}: padding must be 'same', 'valid' or numbers, got '{padding}'", { layer: className, padding }), {
        argument: 'padding',
      });
      return;
    }
    const stride = args.get('stride');
    const steps = stride.kind === 'tuple' || stride.kind === 'list' ? stride.items : [stride];
    if (
      padding === 'same' &&
      steps.some((step) => {
        const size = dimFromValue(step);
        return size !== undefined && dimEquals(size, 1) === false;
      })
    ) {
      construction.refuse(
        message("{layer}: padding='same' needs a stride of 1, got {stride}", {
          layer: className,
          stride: construction.interpreter.representation(stride, construction.place) ?? '',
        }),
        { argument: 'padding' },
      );
      return;
    }
  }
  if (mode !== undefined && (isTransposed ? mode !== 'zeros' : !paddingModes.includes(mode))) {
    construction.refuse(
      message("{layer}: there is no padding_mode '{mode}', only {modes}", {
        layer: className,
        mode,
        modes: isTransposed ? "'zeros'" : paddingModes.map((one) => `'${one}'`).join(', '),
      }),
      { argument: 'padding_mode' },
    );
  }
}

function attributes(spatialCount: number): (construction: ModuleConstruction) => Readonly<Record<string, Value>> {
  return (construction) => {
    const { args } = construction;
    const spread = (name: string): Value => spreadAttribute(args.get(name), spatialCount);
    const isTransposed = construction.className.includes('Transpose');
    return {
      kernel_size: spread('kernel_size'),
      stride: spread('stride'),
      dilation: spread('dilation'),
      padding: args.str('padding') === undefined || isTransposed ? spread('padding') : args.get('padding'),
      output_padding: isTransposed ? spread('output_padding') : tuple(Array.from({ length: spatialCount }, () => int(0))),
      transposed: { kind: 'bool', value: isTransposed },
      ...(args.get('padding_mode').kind === 'none' ? { padding_mode: str('zeros') } : {}),
    };
  };
}

/** The sizes of `kernel_size`, which may be more or fewer than the axes: then the weight is made all the same, and the call fails. */
function kernelSizes(construction: ModuleConstruction, spatialCount: number): readonly Dim[] | undefined {
  const value = spreadAttribute(construction.args.get('kernel_size'), spatialCount);
  if (value.kind !== 'tuple') return undefined;
  for (const item of value.items) {
    const size = dimFromValue(item);
    if (item.kind === 'unknown' || (size !== undefined && compareDims(size, 0) !== -1)) continue;
    construction.refuse(
      message('{layer}: kernel_size must be whole numbers, got {value}', {
        layer: construction.className,
        value: construction.interpreter.representation(construction.args.get('kernel_size'), construction.place) ?? item.kind,
      }),
      { argument: 'kernel_size', exception: size === undefined ? 'TypeError' : 'RuntimeError' },
    );
    return undefined;
  }
  return value.items.map((item) => dimFromValue(item) ?? unknownDim());
}

/** The input's channels at a lazy module's first call. */
function lazyChannels(construction: ModuleConstruction, spatialCount: number): Dim | undefined {
  const { dims } = construction.inputShape;
  if (dims === undefined) return undefined;
  return dims.length === spatialCount + 2 ? dims[1] : dims[0];
}

function parameters(
  spatialCount: number,
  isTransposed: boolean,
  isLazy: boolean,
): (construction: ModuleConstruction) => readonly ParameterDeclaration[] {
  return (construction) => {
    const inputs = isLazy
      ? learnedSize(construction, 'in_channels', lazyChannels(construction, spatialCount))
      : sizeArgument(construction, 'in_channels');
    const outputs = sizeArgument(construction, 'out_channels');
    const kernel = kernelSizes(construction, spatialCount);
    const groups = dimFromValue(construction.args.get('groups')) ?? unknownDim();
    if (isLazy && divides(groups, inputs) === false) {
      construction.refuse(
        message('{layer}: {groups} groups do not divide the {channels} channels of the input', {
          layer: construction.className,
          groups: formatDim(groups),
          channels: formatDim(inputs),
        }),
        { exception: 'ValueError' },
      );
    }
    const leading = isTransposed ? [inputs, floorDivideDims(outputs, groups)] : [outputs, floorDivideDims(inputs, groups)];
    const weight: ParameterDeclaration = {
      name: 'weight',
      shape: kernel === undefined ? unknownShape : shapeOf(...leading, ...kernel),
      ...(construction.dtype === undefined ? {} : { dtype: construction.dtype }),
    };
    return [weight, optionalBias(construction, outputs)];
  };
}

/** The input as `_conv_forward` hands it on: padded beforehand where the mode is not zeros, and then without padding. */
function paddedBeforehand(
  invocation: ModuleInvocation,
  tensor: TensorValue,
  spatialCount: number,
): { readonly input: TensorValue; readonly isPadded: boolean } {
  const mode = invocation.args.str('padding_mode');
  if (mode === undefined || mode === 'zeros') return { input: tensor, isPadded: false };
  const { args } = invocation;
  const sizes = (name: string): readonly (Dim | undefined)[] => {
    const value = args.get(name);
    return value.kind === 'tuple' ? value.items.map((item) => dimFromValue(item)) : [];
  };
  const amounts: (Dim | undefined)[] = [];
  const name = args.str('padding');
  // As many as the tuple has, which may be more or fewer than the axes.
  if (name === undefined) for (const amount of sizes('padding').toReversed()) amounts.push(amount, amount);
  else {
    for (let at = spatialCount - 1; at >= 0; at -= 1) {
      const [kernel, dilation] = [sizes('kernel_size')[at], sizes('dilation')[at]];
      const total =
        name === 'valid' ? 0 : kernel === undefined || dilation === undefined ? undefined : multiplyDims(dilation, subtractDims(kernel, 1));
      const before = total === undefined ? undefined : floorDivideDims(total, 2);
      amounts.push(before, total === undefined || before === undefined ? undefined : subtractDims(total, before));
    }
  }
  const known = amounts.flatMap((amount) => (amount === undefined ? [] : [amount]));
  const padded = pad(invocation.context, tensor, known.length === amounts.length ? known : undefined, {
    mode,
    value: { kind: 'none' },
    argument: 'padding',
    args,
  });
  return { input: padded.kind === 'tensor' ? padded : tensor, isPadded: true };
}

const noPadding = (invocation: ModuleInvocation, spatialCount: number): ModuleInvocation['args'] =>
  withValues(invocation.args, (name) => (name === 'padding' ? tuple(Array.from({ length: spatialCount }, () => int(0))) : invocation.args.get(name)));

function forward(spatialCount: number): (invocation: ModuleInvocation) => Value {
  return (invocation) => {
    const { tensor, context } = invocation;
    const weight = invocation.parameter('weight');
    if (tensor === undefined || weight === undefined) return unknown();
    const rank = tensor.shape.dims?.length;
    if (rank !== undefined && rank !== spatialCount + 1 && rank !== spatialCount + 2) {
      refuseRank(context, axesInWords(spatialCount), tensor.shape);
      return invocation.result(unknownShape);
    }
    const { input, isPadded } = paddedBeforehand(invocation, tensor, spatialCount);
    return convolution(context, spatialCount, {
      input,
      weight,
      bias: invocation.parameter('bias'),
      args: isPadded ? noPadding(invocation, spatialCount) : invocation.args,
    });
  };
}

function transposedForward(spatialCount: number): (invocation: ModuleInvocation) => Value {
  return (invocation) => {
    const [{ tensor }, weight] = [invocation, invocation.parameter('weight')];
    if (tensor === undefined || weight === undefined) return unknown();
    const operands = { input: tensor, weight, bias: invocation.parameter('bias'), args: invocation.args };
    return transposedConvolution(invocation.context, spatialCount, operands, invocation.callArgs.get('output_size'));
  };
}

const signature = "kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, padding_mode='zeros', device=None, dtype=None";
const transposedSignature =
  "kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None";

/** The channels that the constructor or, of a lazy module, the first call says. */
function expects(spatialCount: number): ModuleDeclaration['expects'] {
  return ({ args, self }) => {
    const channels = dimFromValue(self.attributes.get('in_channels') ?? args.get('in_channels'));
    return { input: expectPicture(spatialCount, channels === 0 ? undefined : channels) };
  };
}

function forms(spatialCount: number): readonly ModuleDeclaration[] {
  const plain: ModuleDeclaration = {
    name: `Conv${spatialCount}d`,
    base: '_ConvNd',
    signature: `in_channels, out_channels, ${signature}`,
    check: (construction) => checkConvolution(construction, false),
    attributes: attributes(spatialCount),
    parameters: parameters(spatialCount, false, false),
    expects: expects(spatialCount),
    output: forward(spatialCount),
    multiplyAdds: (invocation, output) => {
      const count = output.kind === 'tensor' ? elementCount(output.shape) : undefined;
      return count === undefined ? undefined : convolutionCost(count, invocation.parameter('weight'));
    },
  };
  const transposed: ModuleDeclaration = {
    name: `ConvTranspose${spatialCount}d`,
    base: '_ConvTransposeNd',
    signature: `in_channels, out_channels, ${transposedSignature}`,
    callSignature: 'input, output_size=None',
    check: (construction) => checkConvolution(construction, false),
    attributes: attributes(spatialCount),
    parameters: parameters(spatialCount, true, false),
    expects: expects(spatialCount),
    output: transposedForward(spatialCount),
    multiplyAdds: (invocation) => {
      const count = invocation.tensor === undefined ? undefined : elementCount(invocation.tensor.shape);
      return count === undefined ? undefined : convolutionCost(count, invocation.parameter('weight'));
    },
  };
  return [
    plain,
    transposed,
    ...[plain, transposed].map(
      (form): ModuleDeclaration => ({
        ...form,
        name: `Lazy${form.name}`,
        base: form.name,
        signature: form.signature.replace('in_channels, ', ''),
        isLazy: true,
        check: (construction) => checkConvolution(construction, true),
        attributes: (construction) => ({ in_channels: int(0), ...attributes(spatialCount)(construction) }),
        parameters: parameters(spatialCount, form === transposed, true),
      }),
    ),
  ];
}

/** Bases that programs ask with isinstance: `torch.nn.modules.conv._ConvNd`. */
const bases: readonly ModuleDeclaration[] = [
  { name: '_ConvNd', signature: '*args, **kwargs', output: () => unknown() },
  { name: '_ConvTransposeNd', base: '_ConvNd', signature: '*args, **kwargs', output: () => unknown() },
];

export const convolutionModules: readonly ModuleDeclaration[] = [...bases, ...[1, 2, 3].flatMap(forms)];
