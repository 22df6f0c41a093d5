// What a layer's call and its `build` are given: arrays of the backend, shapes in the structure of the tensors, the program's own methods.
// It must not know what layers compute.
import type { Shape } from '../../tensors/shape.ts';
import { isFloating } from '../../tensors/dtype.ts';
import { batchDim, unknownDim } from '../../tensors/dim.ts';
import type { CallArguments } from '../../values/arguments.ts';
import { lookUpInClass } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { FunctionValue, InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { list, none, tuple, unknown } from '../../values/value.ts';
import { asTensor, castArray } from '../arrays/conversion.ts';
import { backendTensorClass, kerasLibrary, kerasTensorClass, shapeValue } from './array-library.ts';
import type { LayerState } from './layer-state.ts';
import { flattened, layerSlot } from './layer-state.ts';

/** A method that the program defines for the layer's class. */
export function userMethod(self: InstanceValue, name: string): Value | undefined {
  const own = self.attributes.get(name);
  if (own?.kind === 'function' || own?.kind === 'bound-method') return own;
  const found = lookUpInClass(self.cls, name);
  return found === undefined || found.owner.native ? undefined : found.value;
}

/** Arrays of other libraries become the backend's; floats get the layer's type. What stands for a graph's node loses that when the program's own code sees it. */
export function convertInput(interpreter: Interpreter, state: LayerState, value: Value, keepSymbolic: boolean): Value {
  switch (value.kind) {
    case 'tensor': {
      const compute = state.policy.compute;
      if (value.cls === kerasTensorClass) return keepSymbolic ? value : { ...value, cls: backendTensorClass(), slots: new Map() };
      const isOwn = value.cls === backendTensorClass();
      const cast =
        compute !== undefined && value.dtype !== undefined && isFloating(value.dtype) && isFloating(compute) && value.dtype !== compute
          ? castArray(value, compute)
          : value;
      return isOwn ? cast : { ...cast, cls: backendTensorClass() };
    }
    case 'list':
    case 'tuple': {
      if (flattened([value]).some((item) => item.kind === 'tensor' || item.kind === 'unknown' || item.kind === 'instance')) {
        const items = value.items.map((item) => convertInput(interpreter, state, item, keepSymbolic));
        return value.kind === 'list' ? { kind: 'list', items, open: value.open } : tuple(items);
      }
      return value.items.length === 0 ? value : (asTensor(interpreter, value, kerasLibrary) ?? value);
    }
    case 'dict':
      return {
        kind: 'dict',
        open: value.open,
        entries: new Map(
          [...value.entries].map(([key, entry]) => [key, { key: entry.key, value: convertInput(interpreter, state, entry.value, keepSymbolic) }]),
        ),
      };
    case 'instance':
      return layerSlot.get(value) !== undefined ? value : (asTensor(interpreter, value, kerasLibrary) ?? value);
    default:
      return value;
  }
}

export function convertArguments(interpreter: Interpreter, state: LayerState, args: CallArguments, keepSymbolic: boolean): CallArguments {
  return {
    ...args,
    positional: args.positional.map((argument) => ({ ...argument, value: convertInput(interpreter, state, argument.value, keepSymbolic) })),
    keywords: args.keywords.map((keyword) => ({ ...keyword, value: convertInput(interpreter, state, keyword.value, keepSymbolic) })),
  };
}

export function functionOf(method: Value): FunctionValue | undefined {
  return method.kind === 'function' ? method : method.kind === 'bound-method' ? functionOf(method.callable) : undefined;
}

/** Shapes in the structure of the tensors: what `build` is given. */
export function shapesOf(value: Value): Value {
  switch (value.kind) {
    case 'tensor':
      return shapeValue(value.shape);
    case 'list':
      return list(value.items.map(shapesOf), value.open);
    case 'tuple':
      return tuple(value.items.map(shapesOf));
    case 'dict':
      return {
        kind: 'dict',
        open: value.open,
        entries: new Map([...value.entries].map(([key, entry]) => [key, { key: entry.key, value: shapesOf(entry.value) }])),
      };
    case 'none':
      return none;
    default:
      return unknown();
  }
}

/** Tensors in the structure of shapes. */
export function tensorsFromShapes(value: Value, make: (shape: Shape) => TensorValue): Value | undefined {
  if (value.kind === 'list' || value.kind === 'tuple') {
    if (value.items.every((item) => item.kind === 'int' || item.kind === 'none')) {
      return make({ dims: value.items.map((item, at) => (item.kind === 'int' ? item.value : at === 0 ? batchDim : unknownDim({ prints: 'None' }))) });
    }
    const items = value.items.map((item) => tensorsFromShapes(item, make));
    return items.every((item) => item !== undefined) ? (value.kind === 'list' ? list(items) : tuple(items)) : undefined;
  }
  if (value.kind === 'dict') {
    const entries = [...value.entries].map(
      ([key, entry]) => [key, { key: entry.key, value: tensorsFromShapes(entry.value, make) ?? unknown() }] as const,
    );
    return { kind: 'dict', open: value.open, entries: new Map(entries) };
  }
  return undefined;
}

/** Calls the program's own `build` once, with the shapes of the call's arguments. */
export function buildFromShapes(interpreter: Interpreter, self: InstanceValue, state: LayerState, args: CallArguments, place: Place): void {
  if (state.layer.built) return;
  const build = userMethod(self, 'build');
  if (build === undefined) {
    // Nothing to run: a native layer's weights are made where it is called.
    return;
  }
  state.layer.built = true;
  const call = functionOf(userMethod(self, 'call') ?? none);
  const parameters =
    functionOf(build)
      ?.node.parameters.all.slice(1)
      .filter((parameter) => parameter.kind === 'positional-or-keyword' || parameter.kind === 'positional-only') ?? [];
  const first = args.positional[0] ?? args.keywords[0];
  if (parameters.length <= 1) {
    const shapes = first === undefined ? [] : [shapesOf(convertInput(interpreter, state, first.value, true))];
    interpreter.callMethod(self, 'build', parameters.length === 0 ? [] : shapes, place);
    return;
  }
  const names = call?.node.parameters.all.slice(1).map((parameter) => parameter.name.text) ?? [];
  const byName = new Map<string, Value>();
  for (const [at, argument] of args.positional.entries()) byName.set(`${names[at] ?? ''}_shape`, shapesOf(argument.value));
  for (const keyword of args.keywords) byName.set(`${keyword.name}_shape`, shapesOf(keyword.value));
  interpreter.callMethod(
    self,
    'build',
    parameters.map((parameter) => byName.get(parameter.name.text) ?? unknown()),
    place,
  );
}
