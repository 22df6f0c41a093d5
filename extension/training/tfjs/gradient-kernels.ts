// Gradient kernels that TensorFlow.js' wasm backend (4.22) lacks, computes wrongly or slowly, each built from the backend's own operations:
// without them no convolution and no embedding can be trained on it. It must not know models or runs.
import type { KernelFunc, NamedAttrMap, NamedTensorInfoMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { add, backend_util, concat, conv2d, depthwiseConv2d, engine, getKernel, matMul, min, mul, pad, registerKernel, reshape, reverse, scalar, scatterND, slice, stridedSlice, sub, sum, tensor, tensor2d, tidy, transpose, unregisterKernel } from '@tensorflow/tfjs-core';

type Four = [number, number, number, number];
type Sides = [[number, number], [number, number], [number, number], [number, number]];

/** Puts the kernels in place of the backend's own. Once for each backend. */
export function installGradientKernels(backendName = 'wasm'): void {
  if (installed.has(backendName)) return;
  installed.add(backendName);
  const own: Readonly<Record<string, Composed>> = {
    Conv2DBackpropFilter: convolutionFilterGradient,
    Conv2DBackpropInput: convolutionInputGradient,
    DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
    DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
    UnsortedSegmentSum: segmentSum,
    ResizeNearestNeighborGrad: nearestResizeGradient,
  };
  for (const [kernelName, composed] of Object.entries(own)) replaceKernel(backendName, kernelName, () => asKernel(composed));
  for (const kernelName of ['Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative', 'FusedDepthwiseConv2D', 'MaxPool', 'AvgPool'])
    replaceKernel(backendName, kernelName, (original) => (original === undefined ? undefined : withoutUnreached(original)));
  for (const kernelName of ['MaxPoolGrad', 'MaxPool3DGrad']) replaceKernel(backendName, kernelName, (original) => (original === undefined ? undefined : aboveZero(original)));
  replaceKernel(backendName, 'AvgPoolGrad', (original) => (original === undefined ? undefined : countedAverage(original)));
  // The backend multiplies transposed matrices element by element: five times slower than transposing them first.
  replaceKernel(backendName, 'BatchMatMul', (original) => (original === undefined ? undefined : (args) => {
    const { transposeA, transposeB } = args.attrs as unknown as { transposeA: boolean; transposeB: boolean };
    if (!transposeA && !transposeB) return original(args);
    return asKernel(transposedProduct)(args);
  }));
}

const installed = new Set<string>();

function replaceKernel(backendName: string, kernelName: string, make: (original: KernelFunc | undefined) => KernelFunc | undefined): void {
  const original = getKernel(kernelName, backendName);
  const kernelFunc = make(original?.kernelFunc);
  if (kernelFunc === undefined) return;
  if (original !== undefined) unregisterKernel(kernelName, backendName);
  registerKernel({ kernelName, backendName, kernelFunc, setupFunc: original?.setupFunc, disposeFunc: original?.disposeFunc });
}

type Composed = (inputs: Readonly<Record<string, Tensor>>, attributes: NamedAttrMap) => Tensor;

function asKernel(composed: Composed): KernelFunc {
  return ({ inputs, attrs }) => tidy(() => composed(tensorsOf(inputs), attrs ?? {}));
}

/** What the engine hands over are the caller's own tensors, or their description. */
function tensorsOf(inputs: NamedTensorInfoMap): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(Object.entries(inputs).map(([name, info]) => [name, isTensor(info) ? info : engine().makeTensorFromTensorInfo(info as TensorInfo)]));
}

function isTensor(info: TensorInfo | undefined): info is Tensor {
  return (info as Partial<Tensor> | undefined)?.rank !== undefined;
}

// ---- Convolution.

interface Window { readonly strides: readonly [number, number]; readonly sides: Sides; readonly filter: Four; readonly output: readonly [number, number] }

function windowOf(inputShape: Four, filterShape: Four, attributes: NamedAttrMap, isDepthwise: boolean): Window {
  const { strides, pad: padding, dimRoundingMode, dilations } = attributes as unknown as ConvolutionAttributes;
  const facts = backend_util.computeConv2DInfo(inputShape, filterShape, strides, dilations ?? 1, padding, dimRoundingMode, isDepthwise, 'channelsLast');
  if (facts.dilationHeight !== 1 || facts.dilationWidth !== 1) throw new Error('the gradient of a dilated convolution does not exist in TensorFlow.js');
  const { top, bottom, left, right } = facts.padInfo;
  return { strides: [facts.strideHeight, facts.strideWidth], sides: [[0, 0], [top, bottom], [left, right], [0, 0]], filter: filterShape, output: [facts.outHeight, facts.outWidth] };
}

interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode: 'floor' | 'round' | 'ceil' | undefined;
  readonly dilations: number | [number, number] | undefined;
  readonly filterShape: Four;
  readonly inputShape: Four;
  readonly dataFormat: string | undefined;
}

function refuseChannelsFirst(attributes: NamedAttrMap): void {
  if ((attributes as unknown as ConvolutionAttributes).dataFormat === 'NCHW') throw new Error('convolutions with the channels in front are not computed by this backend');
}

/** dy against x: a convolution itself, in which channels take the place of the batch, and the strides that of dilations. */
const convolutionFilterGradient: Composed = ({ x, dy }, attributes) => {
  refuseChannelsFirst(attributes);
  const [input, gradient] = [four(x), four(dy)];
  const { filterShape } = attributes as unknown as ConvolutionAttributes;
  const { strides, sides } = windowOf(input.shape as Four, filterShape, attributes, false);
  const turned = transpose(padded(input, sides), [3, 1, 2, 0]);
  const kernel = transpose(gradient, [1, 2, 0, 3]);
  const result = conv2d(turned as Tensor4, kernel as Tensor4, 1, 'valid', 'NHWC', [strides[0], strides[1]]);
  const [, height, width] = result.shape;
  // Rows that no window reached are left over where the stride does not divide.
  const [rows, columns] = [filterShape[0], filterShape[1]];
  const exact = height === rows && width === columns ? result : slice(result, [0, 0, 0, 0], [filterShape[2], rows, columns, filterShape[3]]);
  return transpose(exact, [1, 2, 0, 3]);
};

/** dy, spread by the strides, under the filter turned by half a turn. */
const convolutionInputGradient: Composed = ({ dy, filter }, attributes) => {
  refuseChannelsFirst(attributes);
  const { inputShape } = attributes as unknown as ConvolutionAttributes;
  const kernel = four(filter);
  const window = windowOf(inputShape, kernel.shape as Four, attributes, false);
  const turned = transpose(reverse(kernel, [0, 1]), [0, 1, 3, 2]);
  return conv2d(spread(four(dy), inputShape, window) as Tensor4, turned as Tensor4, 1, 'valid');
};

/** For each position of the window: the part of x that it sees, times dy, summed. */
const depthwiseFilterGradient: Composed = ({ x, dy }, attributes) => {
  const [input, gradient] = [four(x), four(dy)];
  const { filterShape } = attributes as unknown as ConvolutionAttributes;
  const { strides, sides, output } = windowOf(input.shape as Four, filterShape, attributes, true);
  const [rows, columns, channels, multiplier] = filterShape;
  const [batch] = input.shape as Four;
  const field = padded(input, sides);
  const wide = reshape(gradient, [batch * output[0] * output[1], channels, multiplier]);
  const parts: Tensor[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const seen = stridedSlice(field, [0, row, column, 0], [batch, row + (output[0] - 1) * strides[0] + 1, column + (output[1] - 1) * strides[1] + 1, channels], [1, strides[0], strides[1], 1]);
      parts.push(sum(mul(reshape(seen, [batch * output[0] * output[1], channels, 1]), wide), 0));
    }
  }
  return reshape(concat(parts.map((part) => reshape(part, [1, channels * multiplier])), 0), filterShape);
};

/** As for a convolution, each channel with its own filters. */
const depthwiseInputGradient: Composed = ({ dy, filter }, attributes) => {
  const { inputShape } = attributes as unknown as ConvolutionAttributes;
  const kernel = four(filter);
  const window = windowOf(inputShape, kernel.shape as Four, attributes, true);
  const [rows, columns, channels, multiplier] = kernel.shape as Four;
  const turned = reshape(reverse(kernel, [0, 1]), [rows, columns, channels * multiplier, 1]);
  const result = depthwiseConv2d(spread(four(dy), inputShape, window) as Tensor4, turned as Tensor4, 1, 'valid');
  return multiplier === 1 ? result : reshape(sum(reshape(result, [inputShape[0] * inputShape[1] * inputShape[2], channels, multiplier]), 2), inputShape);
};

/** dy with zeros between its pixels and around them, so that a window of the filter's size lies at each pixel of the input. */
function spread(gradient: Tensor, inputShape: Four, { strides, sides, filter }: Window): Tensor {
  const [batch, height, width, channels] = gradient.shape as Four;
  const [down, across] = strides;
  let field = gradient;
  if (down > 1) field = reshape(pad(reshape(field, [batch * height, 1, width * channels]), [[0, 0], [0, down - 1], [0, 0]]), [batch, height * down, width, channels]);
  if (across > 1) field = reshape(pad(reshape(field, [batch * height * down * width, 1, channels]), [[0, 0], [0, across - 1], [0, 0]]), [batch, height * down, width * across, channels]);
  const [rows, columns] = [height * down, width * across];
  const before = [filter[0] - 1 - sides[1][0], filter[1] - 1 - sides[2][0]] as const;
  // The input and the window's reach beyond it, less what stands before and what is there.
  const behind = [inputShape[1] + filter[0] - 1 - before[0] - rows, inputShape[2] + filter[1] - 1 - before[1] - columns] as const;
  return padded(field, [[0, 0], [before[0], behind[0]], [before[1], behind[1]], [0, 0]]);
}

/** Pads; a negative side is cut. */
function padded(field: Tensor, sides: Sides): Tensor {
  const grown = sides.some(([before, after]) => before > 0 || after > 0) ? pad(field, sides.map(([before, after]) => [Math.max(0, before), Math.max(0, after)]) as Sides) : field;
  if (sides.every(([before, after]) => before >= 0 && after >= 0)) return grown;
  const begin = sides.map(([before]) => Math.max(0, -before));
  return slice(grown, begin, grown.shape.map((size, at) => size - (begin[at] ?? 0) - Math.max(0, -(sides[at]?.[1] ?? 0))));
}

type Tensor4 = Parameters<typeof conv2d>[0] & Parameters<typeof conv2d>[1];

function four(tensor: Tensor | undefined): Tensor {
  if (tensor?.shape.length !== 4) throw new Error('a gradient of a convolution takes tensors of four axes');
  return tensor;
}

// ---- Windows.

/**
 * Where a window is smaller than its stride and the padding is `same`, pixels at the end lie in no window; the backend then counts a negative
 * padding without a sign and gives zeros. It is given the part of the input that windows reach.
 */
function withoutUnreached(original: KernelFunc): KernelFunc {
  return (args) => {
    const { x, filter } = args.inputs as Readonly<Record<string, TensorInfo | undefined>>;
    const { pad: padding, strides, filterSize, dilations } = (args.attrs ?? {}) as unknown as Partial<ConvolutionAttributes> & { filterSize?: number | [number, number] };
    if (padding !== 'same' || x?.shape.length !== 4 || strides === undefined || x.dtype !== 'float32') return original(args);
    const [, height = 1, width = 1] = x.shape;
    const [rows = 1, columns = 1] = filter !== undefined ? filter.shape : pair(filterSize);
    const [[down, across], [tall, wide]] = [pair(strides), pair(dilations)];
    const reached = (size: number, stride: number, window: number, dilation: number): number => Math.min(size, (Math.ceil(size / stride) - 1) * stride + (window - 1) * dilation + 1);
    const kept = [reached(height, down, rows, tall), reached(width, across, columns, wide)] as const;
    if (kept[0] === height && kept[1] === width) return original(args);
    return tidy(() => {
      const whole = isTensor(x) ? x : engine().makeTensorFromTensorInfo(x);
      const part = slice(whole, [0, 0, 0, 0], [x.shape[0] ?? 1, kept[0], kept[1], x.shape[3] ?? 1]);
      const result = original({ ...args, inputs: { ...args.inputs, x: part } });
      const [one] = Array.isArray(result) ? result : [result];
      return isTensor(one) ? one : engine().makeTensorFromTensorInfo(one as TensorInfo);
    });
  };
  function pair(given: number | readonly number[] | null | undefined): readonly [number, number] {
    return typeof given === 'number' ? [given, given] : [given?.[0] ?? 1, given?.[1] ?? 1];
  }
}

/**
 * The backend looks for a window's largest value from the smallest positive number on: windows without a positive value get no gradient. Where
 * the largest value lies does not change when all are moved above zero.
 */
function aboveZero(original: KernelFunc): KernelFunc {
  return (args) => tidy(() => {
    const { input, output, ...others } = tensorsOf(args.inputs);
    if (input === undefined) return original(args) as Tensor;
    const lift = sub(scalar(1), min(input));
    const result = original({ ...args, inputs: { ...others, input: add(input, lift), ...(output === undefined ? {} : { output: add(output, lift) }) } });
    const [one] = Array.isArray(result) ? result : [result];
    return isTensor(one) ? one : engine().makeTensorFromTensorInfo(one as TensorInfo);
  });
}

/**
 * TensorFlow.js divides a window's gradient by the window's whole size, though the average was taken over the pixels within the picture alone: at
 * the border of padded pictures the gradient has to be larger.
 */
function countedAverage(original: KernelFunc): KernelFunc {
  return (args) => {
    const { input, dy } = args.inputs as Readonly<Record<string, TensorInfo | undefined>>;
    const { filterSize, strides, pad: padding } = (args.attrs ?? {}) as unknown as { filterSize: number | [number, number]; strides: number | [number, number]; pad: 'same' | 'valid' | number };
    if (padding === 'valid' || input?.shape.length !== 4 || dy === undefined) return original(args);
    const facts = backend_util.computePool2DInfo(input.shape as Four, filterSize, strides, 1, padding, undefined);
    const within = (at: number, stride: number, window: number, before: number, size: number): number => Math.min(at * stride - before + window, size) - Math.max(at * stride - before, 0);
    const factors = new Float32Array(facts.outHeight * facts.outWidth);
    for (let row = 0; row < facts.outHeight; row += 1) {
      for (let column = 0; column < facts.outWidth; column += 1) {
        const count = within(row, facts.strideHeight, facts.filterHeight, facts.padInfo.top, facts.inHeight) * within(column, facts.strideWidth, facts.filterWidth, facts.padInfo.left, facts.inWidth);
        factors[row * facts.outWidth + column] = (facts.filterHeight * facts.filterWidth) / count;
      }
    }
    return tidy(() => {
      const [gradient] = Object.values(tensorsOf({ dy }));
      const result = original({ ...args, inputs: { ...args.inputs, dy: mul(gradient ?? 0, tensor(factors, [1, facts.outHeight, facts.outWidth, 1])) } });
      const [one] = Array.isArray(result) ? result : [result];
      return isTensor(one) ? one : engine().makeTensorFromTensorInfo(one as TensorInfo);
    });
  };
}

// ---- Others.

/** Rows that go to the same segment are summed; the backend's scatter does that. A negative segment is dropped. */
const segmentSum: Composed = ({ x, segmentIds }, attributes) => {
  const { numSegments } = attributes as unknown as { numSegments: number };
  if (x === undefined || segmentIds === undefined) throw new Error('a segment sum takes two tensors');
  const rows = segmentIds.size;
  const inner = x.shape.slice(segmentIds.rank);
  const width = inner.reduce((product, size) => product * size, 1);
  const indices = segmentIds.dataSync();
  // One row more takes what belongs to no segment.
  const places = tensor2d(Int32Array.from(indices, (index) => (index < 0 || index >= numSegments ? numSegments : index)), [rows, 1], 'int32');
  const sums = scatterND(places, reshape(x, [rows, width]), [numSegments + 1, width]);
  return reshape(slice(sums, [0, 0], [numSegments, width]), [numSegments, ...inner]);
};

/** Each pixel of dy goes back to the one it was copied from. (The cpu backend's own is wrong behind the first sample of a batch.) */
const nearestResizeGradient: Composed = ({ images, dy }, attributes) => {
  const { alignCorners } = attributes as unknown as { alignCorners: boolean };
  if (images === undefined || dy === undefined) throw new Error('the gradient of a resize takes two tensors');
  const [batch, height, width, channels] = images.shape as Four;
  const [, tall, wide] = dy.shape as Four;
  const source = (size: number, grown: number): number[] => {
    const scale = alignCorners && grown > 1 ? (size - 1) / (grown - 1) : size / grown;
    return Array.from({ length: grown }, (_, at) => Math.min(size - 1, alignCorners ? Math.round(at * scale) : Math.floor(at * scale)));
  };
  const [rows, columns] = [source(height, tall), source(width, wide)];
  const places = rows.flatMap((row) => columns.map((column) => row * width + column));
  const values = transpose(reshape(dy, [batch, tall * wide, channels]), [1, 0, 2]);
  const sums = scatterND(tensor2d(places, [tall * wide, 1], 'int32'), reshape(values, [tall * wide, batch * channels]), [height * width, batch * channels]);
  return reshape(transpose(reshape(sums, [height * width, batch, channels]), [1, 0, 2]), images.shape);
};

const transposedProduct: Composed = ({ a, b }, attributes) => {
  const { transposeA, transposeB } = attributes as unknown as { transposeA: boolean; transposeB: boolean };
  if (a === undefined || b === undefined) throw new Error('a product takes two matrices');
  const turned = (matrix: Tensor): Tensor => {
    const axes = matrix.shape.map((_, at) => at);
    return transpose(matrix, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
  };
  return matMul(transposeA ? turned(a) : a, transposeB ? turned(b) : b);
};
