// Losses as modules: what a constructor chose, and the call on output and target. It must not know how modules become classes.
import { type Dim, dimEquals, formatDim, multiplyDims, unknownDim } from '../../../tensors/dim.ts';
import { shapeOf } from '../../../tensors/shape.ts';
import { parseSignature } from '../../../values/signature.ts';
import type { Value } from '../../../values/value.ts';
import { message } from '../../../values/place.ts';
import { int, none } from '../../../values/value.ts';
import { dimFromValue } from '../../arrays/contents.ts';
import { lossDeclarations } from '../functional/losses.ts';
import { lossCall, type LossDeclaration, runLoss, tensorNames } from '../functional/losses-declaration.ts';
import { linearCrossEntropy } from '../functional/losses-linear.ts';
import { asTorchTensor, torchTensor } from '../library.ts';
import { registerBuffer } from '../module-call.ts';
import type { ModuleConstruction, ModuleDeclaration, ModuleInvocation } from '../module-declaration.ts';

function moduleOf(declaration: LossDeclaration, name = declaration.className): ModuleDeclaration {
  const given = parseSignature(declaration.callSignature).parameters.map((parameter) => parameter.name);
  const tensors = tensorNames(declaration);
  return {
    name,
    signature: declaration.classSignature,
    callSignature: declaration.callSignature,
    check: (construction) => checkBuffers(construction, declaration.buffers ?? []),
    parameters: (construction) => {
      registerBuffers(construction, declaration.buffers ?? []);
      return [];
    },
    output: (invocation) => {
      const call = lossCall(invocation.context, (parameter) => {
        const at = tensors.indexOf(parameter);
        return at >= 0 ? invocation.callArgs.get(given[at] ?? parameter) : optionOf(invocation, parameter, declaration.buffers ?? []);
      });
      return runLoss(declaration, call, invocation.layer.place);
    },
  };
}

/** An option as the attribute is now; a buffer is an attribute and no argument. */
function optionOf(invocation: ModuleInvocation, name: string, buffers: readonly string[]): Value {
  if (buffers.includes(name)) return invocation.parameter(name) ?? none;
  return name === 'weight' ? none : invocation.args.get(name);
}

function checkBuffers(construction: ModuleConstruction, names: readonly string[]): void {
  for (const name of names) {
    const { kind } = construction.args.get(name);
    if (kind !== 'list' && kind !== 'tuple' && kind !== 'int' && kind !== 'float') continue;
    construction.refuse(message('{layer}: {argument} must be a tensor or None', { layer: construction.className, argument: name }), {
      argument: name,
      exception: 'TypeError',
    });
  }
}

function registerBuffers(construction: ModuleConstruction, names: readonly string[]): void {
  for (const name of names) {
    const value = construction.args.get(name);
    const tensor = value.kind === 'tensor' ? asTorchTensor(construction.interpreter, value) : undefined;
    registerBuffer(construction.interpreter, construction.self, name, tensor ?? value, true);
  }
}

/** The axes of the weight that PyTorch's own linear layer keeps as one: the classes and `out_features`. */
function lossAxes({ args }: ModuleConstruction): readonly Dim[] {
  const further = args.get('out_features');
  return [
    dimFromValue(args.get('num_classes')) ?? unknownDim(),
    ...(further.kind === 'tuple' || further.kind === 'list' ? further.items.map((item) => dimFromValue(item) ?? unknownDim()) : []),
  ];
}

const linearCrossEntropyModule: ModuleDeclaration = {
  name: 'LinearCrossEntropyLoss',
  callSignature: 'input, target',
  signature:
    "in_features, num_classes, *, out_features=(), bias=False, device=None, dtype=None, reduction='mean', weight=None, ignore_index=None, label_smoothing=0.0, options=None",
  check: (construction) => {
    checkBuffers(construction, ['weight']);
    const weight = construction.args.get('weight');
    const [classes] = lossAxes(construction);
    if (weight.kind !== 'tensor' || weight.shape.dims === undefined || classes === undefined) return;
    if (weight.shape.dims.length === 1 && dimEquals(weight.shape.dims[0] ?? classes, classes) !== false) return;
    construction.refuse(
      message('{layer}: weight must hold one number for each of the {classes} classes', {
        layer: construction.className,
        classes: formatDim(classes),
      }),
      { argument: 'weight', exception: 'RuntimeError' },
    );
  },
  parameters: (construction) => {
    registerBuffers(construction, ['weight']);
    return [];
  },
  children: (construction) => ({
    linear: construction.make('Linear', [construction.args.get('in_features'), int(multiplyDims(...lossAxes(construction)))], {
      bias: construction.args.get('bias'),
      dtype: construction.args.get('dtype'),
    }),
  }),
  output: (invocation) => {
    const features = dimFromValue(invocation.args.get('in_features')) ?? unknownDim();
    const map = torchTensor({ shape: shapeOf(...lossAxes(invocation), features), dtype: 'float32' });
    return linearCrossEntropy(
      lossCall(invocation.context, (name) => {
        if (name === 'linear_weight') return map;
        return name === 'input' || name === 'target' ? invocation.callArgs.get(name) : optionOf(invocation, name, ['weight']);
      }),
    );
  },
};

const crossEntropyOrLikelihood = lossDeclarations.find((one) => one.name === 'nll_loss');

export const lossModules: readonly ModuleDeclaration[] = [
  ...lossDeclarations.map((declaration) => moduleOf(declaration)),
  linearCrossEntropyModule,
  ...(crossEntropyOrLikelihood === undefined ? [] : [{ ...moduleOf(crossEntropyOrLikelihood, 'NLLLoss2d'), base: 'NLLLoss' }]),
];
