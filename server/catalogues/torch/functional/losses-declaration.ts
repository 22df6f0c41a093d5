// How a loss is declared once for `F.mse_loss` and `nn.MSELoss`, what `reduction` makes of it, and the record that rules on labels read.
// It must not know any single loss.
import { dimEquals } from '../../../tensors/dim.ts';
import { type DType, isFloating } from '../../../tensors/dtype.ts';
import { broadcastAll, formatShape, shapeOf, type Shape, unknownShape } from '../../../tensors/shape.ts';
import { message, type MessageValues, type Place, type Template } from '../../../values/place.ts';
import { parseSignature } from '../../../values/signature.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { tensorOf } from '../../arrays/conversion.ts';
import { type ArrayContext, type ArrayDeclarations, refuseConflict } from '../../arrays/library.ts';
import { torchTensor } from '../library.ts';

/** What a loss computes: the shape before `reduction`; 'refused' after a refusal. */
export type LossResult =
  | {
      readonly shape: Shape;
      readonly dtype: DType | undefined /** Holds something else than plain elements that `reduction` folds. */;
      readonly whole?: Value;
    }
  | 'refused';

export interface LossDeclaration {
  /** The function's name. */
  readonly name: string;
  readonly signature: string;
  readonly className: string;
  /** The constructor's signature. */
  readonly classSignature: string;
  readonly callSignature: string;
  /** Arguments of the constructor that the module registers as buffers. */
  readonly buffers?: readonly string[];
  /** The parameters that are the model's output and what it is compared with; `input` and `target` when absent, null for none. */
  readonly prediction?: string | null;
  readonly target?: string;
  /** It expects raw scores; undefined where that has no meaning for it. */
  readonly fromLogits?: boolean | ((call: LossCall) => boolean | undefined);
  readonly reductions?: readonly string[];
  readonly compute: (call: LossCall) => LossResult;
}

/** A call of a loss: its tensors and its options, by the function's parameter names. */
export interface LossCall extends ArrayContext {
  readonly argument: (name: string) => Value;
  readonly tensor: (name: string) => TensorValue | undefined;
}

export function lossCall(context: ArrayContext, argument: (name: string) => Value): LossCall {
  return {
    ...context,
    argument,
    tensor: (name) => {
      const value = argument(name);
      return value.kind === 'none' || value.kind === 'str' ? undefined : tensorOf(context, value);
    },
  };
}

/** Says what PyTorch refuses. */
export function refuseLoss(
  call: LossCall,
  rule: string,
  template: Template,
  values: MessageValues = {},
  exception = 'RuntimeError',
): 'refused' {
  call.interpreter.refuse({ rule, exception, place: call.place, layer: call.layer, message: message(template, { loss: call.name, ...values }) });
  return 'refused';
}

/** Output and target as messages name them. */
export function shapesText(output: TensorValue, target: TensorValue): Record<string, string> {
  return { output: formatShape(output.shape), target: formatShape(target.shape) };
}

export function isWhole(dtype: DType | undefined): boolean {
  return dtype !== undefined && !isFloating(dtype) && !dtype.startsWith('complex');
}

/** The common shape of operands; a refusal where they do not broadcast. */
export function broadcastOf(call: LossCall, ...tensors: readonly (TensorValue | undefined)[]): Shape | 'refused' {
  const shapes = tensors.map((one) => one?.shape ?? unknownShape);
  const result = broadcastAll(shapes);
  if (result.ok) return result.shape;
  refuseConflict(call, result.reason, shapes);
  return 'refused';
}

/** The type that operands are computed in; one without axes gives way to others of its category, which is left open here. */
export function promoted(call: LossCall, ...tensors: readonly (TensorValue | undefined)[]): DType | undefined {
  const types = new Set(tensors.map((one) => one?.dtype));
  if (types.size > 1 && tensors.some((one) => one?.shape.dims === undefined || one.shape.dims.length === 0)) return undefined;
  return tensors.some((one) => one?.dtype === undefined) ? undefined : call.library.promote(...tensors.map((one) => one?.dtype));
}

/** A class weight must hold one number for each class. */
export function checkClassWeight(call: LossCall, classes: Shape['dims'], axis: number): boolean {
  const weight = call.tensor('weight');
  const count = classes?.[axis];
  const dims = weight?.shape.dims;
  if (weight === undefined || dims === undefined || count === undefined) return true;
  if (dims.length === 1 && dims[0] !== undefined && dimEquals(dims[0], count) !== false) return true;
  refuseLoss(call, 'shape-mismatch', '{loss}: weight must hold one number for each of the {classes} classes, got {shape}', {
    classes: String(count),
    shape: formatShape(weight.shape),
  });
  return false;
}

/** `reduction`, or what the two older arguments mean. */
export function reductionOf(call: LossCall): string | undefined {
  const flag = (name: string): boolean | undefined => {
    const value = call.argument(name);
    return value.kind === 'bool' ? value.value : undefined;
  };
  const isGiven = (name: string): boolean => call.argument(name).kind !== 'none';
  if (isGiven('reduce') || isGiven('size_average')) return flag('reduce') === false ? 'none' : flag('size_average') === false ? 'sum' : 'mean';
  const value = call.argument('reduction');
  return value.kind === 'str' ? value.value : undefined;
}

/** Runs a loss: its shape after `reduction`, and the event of which rules read what met what. */
export function runLoss(declaration: LossDeclaration, call: LossCall, lossPlace: Place | undefined): Value {
  const reduction = reductionOf(call);
  if (reduction !== undefined && !(declaration.reductions ?? ['none', 'mean', 'sum']).includes(reduction)) {
    refuseLoss(call, 'invalid-argument', "{loss}: '{reduction}' is no reduction", { reduction }, 'ValueError');
    return torchTensor({ shape: unknownShape });
  }
  const result = declaration.compute(call);
  const unreduced = result === 'refused' ? unknownShape : result.shape;
  const shape = reduction === undefined ? unknownShape : reduction === 'none' ? unreduced : shapeOf();
  if (result === 'refused') return torchTensor({ shape });
  recordLoss(declaration, call, lossPlace);
  return result.whole ?? torchTensor({ shape, dtype: result.dtype });
}

function recordLoss(declaration: LossDeclaration, call: LossCall, lossPlace: Place | undefined): void {
  if (declaration.prediction === null || !call.interpreter.isRecording) return;
  const predictionName = declaration.prediction ?? 'input',
    targetName = declaration.target ?? 'target';
  const names = parseSignature(declaration.signature)
    .parameters.map((parameter) => parameter.name)
    .slice(tensorNames(declaration).length);
  const fromLogits = typeof declaration.fromLogits === 'function' ? declaration.fromLogits(call) : declaration.fromLogits;
  call.interpreter.trace.events.push({
    kind: 'loss',
    prediction: call.argument(predictionName),
    target: call.argument(targetName),
    place: call.place,
    loss: { name: declaration.name, fromLogits, arguments: new Map(names.map((name) => [name, call.argument(name)])), place: lossPlace },
  });
}

/** The function's names for what a call of the module is given: its first parameters. */
export function tensorNames(declaration: LossDeclaration): readonly string[] {
  const count = parseSignature(declaration.callSignature).parameters.length;
  return parseSignature(declaration.signature)
    .parameters.slice(0, count)
    .map((parameter) => parameter.name);
}

/** The functions of torch.nn.functional. */
export function lossFunctions(declarations: readonly LossDeclaration[]): ArrayDeclarations {
  return Object.fromEntries(
    declarations.map((declaration) => [
      declaration.name,
      [
        declaration.signature,
        (call) =>
          runLoss(
            declaration,
            lossCall(call, (name) => call.args.get(name)),
            call.place,
          ),
      ] as const,
    ]),
  );
}
