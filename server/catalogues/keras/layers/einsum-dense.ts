// EinsumDense: a kernel and a bias whose shapes follow from an equation of one of three forms. It must not know how layers become classes.
import { type Dim, dimEquals, formatDim, unknownDim } from '../../../tensors/dim.ts';
import { formatShape, type Shape, unknownShape } from '../../../tensors/shape.ts';
import { type Message, message } from '../../../values/place.ts';
import type { Value } from '../../../values/value.ts';
import { kerasTensorClass } from '../array-library.ts';
import type { LayerBuild, LayerDeclaration } from '../layer-declaration.ts';
import { integerOf, itemsOf } from './arguments.ts';
import { activationRange } from './identifiers.ts';
import { fromTensor, isUndefinedAxis } from './outputs.ts';
import { activations, type Check, checks, identifiers, refuseArgument, shown } from './refusals.ts';

interface Equation {
  readonly input: string;
  readonly weight: string;
  readonly output: string;
  readonly elided: 'left' | 'right' | 'none';
}

/** `X,Y->Z`, `...X,Y->...Z` or `X...,Y->Z...`. */
function parseEquation(text: string): Equation | undefined {
  const [left, output, ...more] = text.split('->');
  const [input, weight, ...others] = (left ?? '').split(',');
  if (input === undefined || weight === undefined || output === undefined || more.length > 0 || others.length > 0 || !areLetters(weight))
    return undefined;
  if (areLetters(input) && areLetters(output)) return { input, weight, output, elided: 'none' };
  const [barInput, barOutput] = [input.replace('...', ''), output.replace('...', '')];
  if (!areLetters(barInput) || !areLetters(barOutput)) return undefined;
  if (input.startsWith('...') && output.startsWith('...')) return { input: barInput, weight, output: barOutput, elided: 'left' };
  return input.endsWith('...') && output.endsWith('...') && barInput.length > 1
    ? { input: barInput, weight, output: barOutput, elided: 'right' }
    : undefined;
}

function areLetters(text: string): boolean {
  return text.length > 0 && [...text].every((letter) => (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z'));
}

interface Analysis {
  readonly kernel: Shape;
  readonly bias: Shape | undefined;
  readonly output: Shape;
}

const undefinedAxis = (): Dim => unknownDim({ prints: 'None' });

/** The output's sizes besides the batch as they were given; None is an axis that Keras leaves undefined. */
function partialOutput(value: Value): readonly Dim[] | undefined {
  const items = itemsOf(value) ?? (value.kind === 'int' ? [value] : undefined);
  return items?.map((item) => (item.kind === 'none' ? undefinedAxis() : (integerOf(item) ?? unknownDim())));
}

/** Undefined where the arguments or the input's rank are not known. */
function analyse(build: LayerBuild): Analysis | { readonly problem: Message } | undefined {
  const [text, partial, dims] = [build.args.str('equation'), partialOutput(build.args.get('output_shape')), build.inputShape.dims];
  const biasAxes = build.args.get('bias_axes');
  if (text === undefined || partial === undefined || dims === undefined || (biasAxes.kind !== 'none' && biasAxes.kind !== 'str')) return undefined;
  const layer = build.layer.name;
  const equation = parseEquation(text);
  if (equation === undefined)
    return {
      problem: message('{layer}: "{equation}" is not an equation of the form X,Y->Z, ...X,Y->...Z or X...,Y->Z...', { layer, equation: text }),
    };
  const hidden = dims.length - equation.input.length;
  const mismatch = {
    problem: message('{layer}: the equation "{equation}" does not fit an input of shape {shape} and output_shape={output}', {
      layer,
      equation: text,
      shape: formatShape(build.inputShape),
      output: formatShape({ dims: partial }),
    }),
  };
  if (hidden < 0) return mismatch;
  const output = [dims[0] ?? unknownDim(), ...partial];
  // Keras puts each hidden axis before the one put in last.
  if (equation.elided === 'left') for (let axis = 1; axis < hidden; axis += 1) output.splice(1, 0, dims[axis] ?? unknownDim());
  if (equation.elided !== 'left') output.push(...dims.slice(dims.length - hidden));
  const offset = equation.elided === 'left' ? hidden : 0;
  const inputSize = (label: string): Dim | undefined =>
    equation.input.includes(label) ? dims[equation.input.lastIndexOf(label) + offset] : undefined;
  const outputSize = (label: string): Dim | undefined =>
    equation.output.includes(label) ? output[equation.output.lastIndexOf(label) + offset] : undefined;
  if (output.length < equation.output.length + offset) return mismatch;
  for (const label of equation.input) {
    const [given, wanted] = [inputSize(label), outputSize(label)];
    if (given === undefined || wanted === undefined || isUndefinedAxis(wanted)) continue;
    if (isUndefinedAxis(given) || dimEquals(given, wanted) === false) {
      return {
        problem: message('{layer}: the axis "{label}" has {expected} in output_shape, but {actual} in the input {shape}', {
          layer,
          label,
          expected: formatDim(wanted),
          actual: formatDim(given),
          shape: formatShape(build.inputShape),
        }),
      };
    }
  }
  // A graph keeps the axes undefined that `output_shape` leaves so; numbers have the input's sizes.
  if (build.input.kind === 'tensor' && build.input.cls !== kerasTensorClass) {
    for (const [index, label] of [...equation.output].entries())
      if (isUndefinedAxis(output[index + offset] ?? 0)) output[index + offset] = inputSize(label) ?? unknownDim();
  }
  const stray =
    [...equation.output].find((label) => !equation.input.includes(label) && !equation.weight.includes(label)) ??
    [...equation.weight].find((label) => !equation.output.includes(label) && !equation.input.includes(label)) ??
    (biasAxes.kind === 'str' ? [...biasAxes.value].find((label) => !equation.output.includes(label)) : undefined);
  if (stray !== undefined)
    return {
      problem: message('{layer}: the axis "{label}" has no counterpart in the equation "{equation}"', { layer, label: stray, equation: text }),
    };
  return {
    kernel: { dims: [...equation.weight].map((label) => outputSize(label) ?? inputSize(label) ?? unknownDim()) },
    bias: biasAxes.kind === 'str' && biasAxes.value !== '' ? biasShape(equation, biasAxes.value, outputSize, hidden) : undefined,
    output: { dims: output },
  };
}

function biasShape(equation: Equation, axes: string, outputSize: (label: string) => Dim | undefined, hidden: number): Shape {
  const first = Math.min(...[...axes].map((label) => equation.output.indexOf(label)));
  const dims = [...equation.output.slice(first)].map((label) => (axes.includes(label) ? (outputSize(label) ?? unknownDim()) : 1));
  return { dims: equation.elided === 'left' ? dims : [...dims, ...Array.from({ length: hidden }, () => 1)] };
}

const outputShape: Check = (construction) => {
  const value = construction.args.get('output_shape');
  if (value.kind !== 'none' && value.kind !== 'float') return false;
  const text = message('{layer}: the argument "output_shape" must be an integer or a tuple, got {actual}', {
    layer: construction.className,
    actual: shown(construction, value),
  });
  return refuseArgument(construction, 'output_shape', text);
};

export const einsumDense: LayerDeclaration = {
  name: 'EinsumDense',
  signature:
    "equation, output_shape, activation=None, bias_axes=None, kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, " +
    'bias_regularizer=None, kernel_constraint=None, bias_constraint=None, lora_rank=None, lora_alpha=None, gptq_unpacked_column_size=None, quantization_config=None, **kwargs',
  callSignature: 'inputs, training=None',
  check: checks(outputShape, activations, identifiers),
  weights: (build) => {
    const analysis = analyse(build);
    if (analysis === undefined) return [{ name: 'kernel', shape: unknownShape }];
    if ('problem' in analysis) {
      build.refuse(analysis.problem, { rule: 'shape-mismatch' });
      return [{ name: 'kernel', shape: unknownShape }];
    }
    const vague = [analysis.kernel, analysis.bias].find((shape) => shape?.dims?.some(isUndefinedAxis) === true);
    if (vague !== undefined) {
      build.refuse(message('{layer} needs defined sizes for its weights, got {shape}', { layer: build.layer.name, shape: formatShape(vague) }), {
        rule: 'shape-mismatch',
      });
    }
    return [{ name: 'kernel', shape: analysis.kernel }, ...(analysis.bias === undefined ? [] : [{ name: 'bias', shape: analysis.bias }])];
  },
  output: fromTensor((_, __, invocation) => {
    const analysis = analyse(invocation);
    const shape = analysis === undefined || 'problem' in analysis ? unknownShape : analysis.output;
    return invocation.result(shape, { range: activationRange(invocation.args.get('activation'), undefined) });
  }),
};
