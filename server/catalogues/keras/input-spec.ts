// `keras.InputSpec`: what a layer of the program says about its inputs, and the check of a call against it.
// It must not know any layer.
import { formatDim, isKnown } from '../../tensors/dim.ts';
import { formatShape } from '../../tensors/shape.ts';
import type { BoundArguments } from '../../values/arguments.ts';
import { nativeClass, nativeMethod } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message, type MessageValues, type Template } from '../../values/place.ts';
import { defineSlot } from '../../values/slots.ts';
import type { ClassValue, InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { none } from '../../values/value.ts';
import { numbersFromValue } from '../arrays/conversion.ts';
import type { LayerState } from './layer-state.ts';
import { flattened } from './layer-state.ts';

const specSlot = defineSlot<BoundArguments>('input spec');

export const inputSpecClass: ClassValue = nativeClass({
  name: 'InputSpec',
  qualifiedName: 'keras.InputSpec',
  members: {
    __init__: nativeMethod(
      '__init__',
      'self, dtype=None, shape=None, ndim=None, max_ndim=None, min_ndim=None, axes=None, allow_last_axis_squeeze=False, name=None, optional=False',
      (call) => {
        const self = call.args.get('self');
        if (self.kind === 'instance') specSlot.set(self, call.args);
        return none;
      },
    ),
  },
  missingAttribute: (_, self, name) => specSlot.get(self)?.get(name),
});

/** Refuses inputs that certainly do not fit the `input_spec` that the program gave its layer. */
export function checkInputSpec(interpreter: Interpreter, self: InstanceValue, state: LayerState, input: Value, place: Place): void {
  const given = self.attributes.get('input_spec');
  if (given === undefined) return;
  const specs = flattened([given]).map((value) => specSlot.get(value));
  const inputs = flattened([input]);
  if (specs.length !== inputs.length) return;
  for (const [at, spec] of specs.entries()) {
    const tensor = inputs[at];
    if (spec !== undefined && tensor?.kind === 'tensor' && refuses(interpreter, spec, tensor, state, place)) return;
  }
}

function refuses(interpreter: Interpreter, spec: BoundArguments, tensor: TensorValue, state: LayerState, place: Place): boolean {
  const dims = tensor.shape.dims;
  if (dims === undefined) return false;
  const words = { layer: state.layer.name, actual: dims.length, shape: formatShape(tensor.shape) };
  const refuse = (template: Template, more: MessageValues): boolean => {
    interpreter.refuse({ rule: 'shape-mismatch', message: message(template, { ...words, ...more }), place, layer: state.layer });
    return true;
  };
  const [exact, least, most] = [spec.number('ndim'), spec.number('min_ndim'), spec.number('max_ndim')];
  if (exact !== undefined && dims.length !== exact)
    return refuse('{layer} expects an input with {expected} axes, got {actual}: {shape}', { expected: exact });
  if (least !== undefined && dims.length < least)
    return refuse('{layer} expects an input with at least {expected} axes, got {actual}: {shape}', { expected: least });
  if (most !== undefined && dims.length > most)
    return refuse('{layer} expects an input with at most {expected} axes, got {actual}: {shape}', { expected: most });
  const axes = spec.get('axes');
  if (axes.kind !== 'dict') return false;
  for (const entry of axes.entries.values()) {
    const axis = numbersFromValue(interpreter, entry.key)?.[0];
    const expected = entry.value.kind === 'int' ? entry.value.value : undefined;
    const actual = axis === undefined ? undefined : dims.at(axis);
    if (axis === undefined || expected === undefined || actual === undefined || !isKnown(expected) || !isKnown(actual) || expected === actual)
      continue;
    return refuse('{layer} expects {expected} at axis {axis} of its input, got {size} in {shape}', { expected, axis, size: formatDim(actual) });
  }
  return false;
}
