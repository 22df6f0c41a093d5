// Losses as modules: what a constructor chose, and the call on output and target. It must not know how modules become classes.
import { parseSignature } from '../../../values/signature.ts';
import type { Value } from '../../../values/value.ts';
import { message } from '../../../values/place.ts';
import { none } from '../../../values/value.ts';
import { lossDeclarations } from '../functional/losses.ts';
import { lossCall, type LossDeclaration, runLoss, tensorNames } from '../functional/losses-declaration.ts';
import { asTorchTensor } from '../library.ts';
import { registerBuffer } from '../module-call.ts';
import type { ModuleConstruction, ModuleDeclaration, ModuleInvocation } from '../module-declaration.ts';

function moduleOf(declaration: LossDeclaration, name = declaration.className): ModuleDeclaration {
  const given = parseSignature(declaration.callSignature).parameters.map((parameter) => parameter.name);
  const tensors = tensorNames(declaration);
  return {
    name, signature: declaration.classSignature, callSignature: declaration.callSignature,
    check: (construction) => checkBuffers(construction, declaration.buffers ?? []),
    parameters: (construction) => { registerBuffers(construction, declaration.buffers ?? []); return []; },
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
    construction.refuse(message('{layer}: {argument} must be a tensor or None', { layer: construction.className, argument: name }), { argument: name, exception: 'TypeError' });
  }
}

function registerBuffers(construction: ModuleConstruction, names: readonly string[]): void {
  for (const name of names) {
    const value = construction.args.get(name);
    const tensor = value.kind === 'tensor' ? asTorchTensor(construction.interpreter, value) : undefined;
    registerBuffer(construction.interpreter, construction.self, name, tensor ?? value, true);
  }
}

const crossEntropyOrLikelihood = lossDeclarations.find((one) => one.name === 'nll_loss');

export const lossModules: readonly ModuleDeclaration[] = [
  ...lossDeclarations.map((declaration) => moduleOf(declaration)),
  ...(crossEntropyOrLikelihood === undefined ? [] : [{ ...moduleOf(crossEntropyOrLikelihood, 'NLLLoss2d'), base: 'NLLLoss' }]),
];
