// AdaptiveLogSoftmaxWithLoss: rare classes in clusters of their own, with smaller projections. Source: PyTorch 2.13, torch/nn/modules/adaptive.py.
// It must not know how modules become classes.
import { type Dim, isKnown, unknownDim } from '../../../tensors/dim.ts';
import { rangeBetween } from '../../../tensors/range.ts';
import { formatShape, shapeOf, unknownShape } from '../../../tensors/shape.ts';
import { nativeMethod } from '../../../values/classes.ts';
import { message } from '../../../values/place.ts';
import type { NativeCall, TensorValue, Value } from '../../../values/value.ts';
import { bool, int, list, unknown } from '../../../values/value.ts';
import { dimFromValue, numberFromValue } from '../../arrays/contents.ts';
import { numbersFromValue } from '../../arrays/conversion.ts';
import { type ArrayContext, refuseConflict } from '../../arrays/library.ts';
import { expectSize, refuseRank, refuseShape } from '../functional/sizes.ts';
import { asTorchTensor, torchContext, torchTensor } from '../library.ts';
import type { ModuleConstruction, ModuleDeclaration } from '../module-declaration.ts';
import { moduleSlot } from '../module-state.ts';
import { namedResult } from '../operations/support.ts';

/** The first class of each cluster and, last, the number of classes; undefined where they are not known. */
function bordersOf({ interpreter, args }: Pick<ModuleConstruction, 'interpreter' | 'args'>): readonly number[] | undefined {
  const cutoffs = numbersFromValue(interpreter, args.get('cutoffs'));
  const classes = args.number('n_classes');
  if (cutoffs === undefined || classes === undefined) return undefined;
  return cutoffs.at(-1) === classes ? cutoffs : [...cutoffs, classes];
}

function check(construction: ModuleConstruction): void {
  const { args, className, interpreter } = construction;
  const cutoffs = numbersFromValue(interpreter, args.get('cutoffs'));
  const classes = args.number('n_classes');
  if (cutoffs === undefined) return;
  if (cutoffs.length === 0) {
    construction.refuse(message('{layer}: cutoffs must hold at least one number', { layer: className }), { argument: 'cutoffs' });
    return;
  }
  const rises = cutoffs.every((cutoff, at) => Number.isInteger(cutoff) && cutoff > (cutoffs[at - 1] ?? 0));
  if (rises && (classes === undefined || (cutoffs.at(-1) ?? 0) <= classes - 1)) return;
  construction.refuse(
    message('{layer}: cutoffs must rise from 1 to at most n_classes - 1 = {last}, got {value}', {
      layer: className,
      last: classes === undefined ? 'n_classes - 1' : classes - 1,
      value: interpreter.representation(args.get('cutoffs'), construction.place) ?? '',
    }),
    { argument: 'cutoffs' },
  );
}

function children(construction: ModuleConstruction): Readonly<Record<string, Value>> {
  const borders = bordersOf(construction);
  const features = construction.args.get('in_features');
  const [inFeatures, divisor] = [construction.args.number('in_features'), numberFromValue(construction.args.get('div_value'))];
  if (borders === undefined || borders.length < 2) return { head: unknown(), tail: unknown() };
  const [shortlist = 0] = borders;
  const clusters = borders.length - 1;
  const linear = (from: Value, to: Value, bias: Value): Value => construction.make('Linear', [from, to], { bias });
  const tail = Array.from({ length: clusters }, (_, at): Value => {
    const hidden = inFeatures === undefined || divisor === undefined ? unknown() : int(Math.floor(inFeatures / divisor ** (at + 1)));
    return construction.make('Sequential', [
      linear(features, hidden, bool(false)),
      linear(hidden, int((borders[at + 1] ?? 0) - (borders[at] ?? 0)), bool(false)),
    ]);
  });
  return {
    head: linear(features, int(shortlist + clusters), construction.args.get('head_bias')),
    tail: construction.make('ModuleList', [list(tail)]),
  };
}

function attributes(construction: ModuleConstruction): Readonly<Record<string, Value>> {
  const borders = bordersOf(construction);
  if (borders === undefined) return { cutoffs: unknown(), shortlist_size: unknown(), n_clusters: unknown(), head_size: unknown() };
  const [shortlist = 0] = borders;
  return {
    cutoffs: list(borders.map((border) => int(border))),
    shortlist_size: int(shortlist),
    n_clusters: int(borders.length - 1),
    head_size: int(shortlist + borders.length - 1),
  };
}

/** False after a refusal. */
function fitsFeatures(context: ArrayContext, input: TensorValue, features: Dim): boolean {
  const last = input.shape.dims?.at(-1);
  return last === undefined || expectSize(context, features, last, 'input features', input.shape);
}

/** A method of the input alone, which must have a batch. */
function onBatch(name: string, result: (batch: Dim, classes: Dim) => TensorValue): Value {
  return nativeMethod(name, 'self, input', (call: NativeCall) => {
    const self = call.args.get('self');
    const state = moduleSlot.get(self);
    const input = asTorchTensor(call.interpreter, call.args.get('input'));
    if (state?.args === undefined || state.refused || input === undefined) return unknown();
    const context: ArrayContext = { ...torchContext(call.interpreter, call.place, state.layer.name), layer: state.layer };
    const { dims } = input.shape;
    if (!fitsFeatures(context, input, dimFromValue(state.args.get('in_features')) ?? unknownDim()) || dims === undefined)
      return torchTensor({ shape: unknownShape });
    if (dims.length < 2) return refuseConflict(context, { kind: 'axis', axis: 1, rank: dims.length }, [input.shape]);
    if (dims.length > 2) return unknown();
    return result(dims[0] ?? unknownDim(), dimFromValue(state.args.get('n_classes')) ?? unknownDim());
  });
}

export const adaptiveModules: readonly ModuleDeclaration[] = [
  {
    name: 'AdaptiveLogSoftmaxWithLoss',
    signature: 'in_features, n_classes, cutoffs, div_value=4.0, head_bias=False, device=None, dtype=None',
    callSignature: 'input_, target_',
    check,
    children,
    attributes,
    members: {
      log_prob: onBatch('log_prob', (batch, classes) =>
        torchTensor({ shape: shapeOf(batch, classes), dtype: 'float32', range: rangeBetween(Number.NEGATIVE_INFINITY, 0) }),
      ),
      predict: onBatch('predict', (batch, classes) =>
        torchTensor({
          shape: shapeOf(batch),
          dtype: 'int64',
          range: rangeBetween(0, isKnown(classes) ? classes - 1 : Number.POSITIVE_INFINITY, { integral: true }),
        }),
      ),
    },
    output: (invocation) => {
      const { tensor, context, callArgs, args } = invocation;
      const target = callArgs.get('target_');
      if (tensor === undefined || target.kind !== 'tensor') return unknown();
      const [dims, targets] = [tensor.shape.dims, target.shape.dims];
      const result = (shape: TensorValue['shape']): Value =>
        namedResult('_ASMoutput', ['output', 'loss'], [invocation.result(shape), invocation.result(shapeOf())]);
      if (dims === undefined || targets === undefined) return result(target.shape);
      if (targets.length > 1) refuseRank(context, 'targets of one axis or none', target.shape);
      else if (targets.length === 1 && typeof dims[0] === 'number' && typeof targets[0] === 'number' && dims[0] !== targets[0]) {
        refuseShape(
          context,
          message('{layer}: input {input} and target {target} must have the same batch', {
            layer: context.name,
            input: formatShape(tensor.shape),
            target: formatShape(target.shape),
          }),
        );
      } else if (dims.length !== targets.length + 1) {
        refuseShape(
          context,
          message('{layer}: a target of shape {target} goes with an input of {rank} axes, got {input}', {
            layer: context.name,
            target: formatShape(target.shape),
            rank: targets.length + 1,
            input: formatShape(tensor.shape),
          }),
        );
      } else fitsFeatures(context, tensor, dimFromValue(args.get('in_features')) ?? unknownDim());
      return result(target.shape);
    },
  },
];
