// What the array operations keep of symbolic sizes, graphs and views; and that no member of a library throws or refuses what is not known.
import assert from 'node:assert/strict';
import test from 'node:test';
import { emptyTrace } from '../../../server/trace/trace.ts';
import { elementsOf } from '../../../server/catalogues/arrays/contents.ts';
import { numpyCatalogue, numpyLibrary } from '../../../server/catalogues/numpy/index.ts';
import { ndarrayClass } from '../../../server/catalogues/numpy/library.ts';
import { pandasCatalogue } from '../../../server/catalogues/pandas/index.ts';
import { sklearnCatalogue } from '../../../server/catalogues/sklearn/index.ts';
import { binary, choose, unary } from '../../../server/catalogues/arrays/elementwise.ts';
import { getItem } from '../../../server/catalogues/arrays/indexing.ts';
import { concatenate } from '../../../server/catalogues/arrays/joining.ts';
import { makeArray } from '../../../server/catalogues/arrays/contents.ts';
import { type ArrayContext, arrayFunctions, type ArrayLibrary, registerOperationHook } from '../../../server/catalogues/arrays/library.ts';
import { binaryOperation } from '../../../server/catalogues/arrays/elementwise.ts';
import { reduce } from '../../../server/catalogues/arrays/reductions.ts';
import { reshapeTo } from '../../../server/catalogues/arrays/reshaping.ts';
import { formatDim, symbol } from '../../../server/tensors/dim.ts';
import { formatShape, shapeOf } from '../../../server/tensors/shape.ts';
import { argumentsOf, bindArguments } from '../../../server/values/arguments.ts';
import { nativeClass } from '../../../server/values/classes.ts';
import type { Interpreter, RefusalInput } from '../../../server/values/interpreter.ts';
import type { Place } from '../../../server/values/place.ts';
import type { NativeFunction, TensorValue, Value } from '../../../server/values/value.ts';
import { instance, int, list, none, tuple, unknown } from '../../../server/values/value.ts';
import { runProgram } from '../../support/program.ts';

const place = { source: { path: 'test.py', parsed: undefined }, start: 0, end: 0 } as unknown as Place;

/** As much of an interpreter as operations ask for. */
function stub(): { interpreter: Interpreter; refusals: RefusalInput[] } {
  const refusals: RefusalInput[] = [];
  const interpreter = {
    place,
    isUncertain: false,
    isQuiet: false,
    trace: emptyTrace(),
    host: { readText: () => undefined, readBytes: () => undefined, listFolder: () => undefined },
    iterate: (value: Value) => ({
      items: value.kind === 'list' || value.kind === 'tuple' ? value.items : [unknown()],
      exact: value.kind === 'tuple' || (value.kind === 'list' && !value.open),
    }),
    call: () => unknown(),
    text: () => undefined,
    truth: () => undefined,
    refuse: (refusal: RefusalInput, result?: Value) => {
      refusals.push(refusal);
      return result ?? unknown();
    },
  } as unknown as Interpreter;
  return { interpreter, refusals };
}
function contextOf(interpreter: Interpreter): ArrayContext {
  return { interpreter, library: numpyLibrary, cls: numpyLibrary.cls, place, name: 'operation' };
}
function shown(value: Value): string {
  return value.kind === 'tensor'
    ? `${formatShape(value.shape)} ${value.dtype ?? '?'} ${elementsOf(value)?.map(formatDim).join(' ') ?? ''}`.trim()
    : value.kind;
}

test('symbolic sizes stay elements through arithmetic, joining, indexing and reduction', () => {
  const context = contextOf(stub().interpreter);
  const [height, width] = [symbol('H'), symbol('W')];
  const sizes = tuple([int(height), int(width), int(3)]);
  assert.equal(shown(binary(context, 'floor_divide', sizes, int(2))), '(3,) int64 H//2 W//2 1');
  assert.equal(shown(reduce(context, 'prod', sizes, { axes: 'all', keepdims: false })), '() int64 3*H*W');
  assert.equal(shown(reduce(context, 'max', tuple([int(height), int(0)]), { axes: 'all', keepdims: false })), '() int64 H');
  const doubled = binary(context, 'multiply', sizes, int(2));
  assert.equal(shown(getItem(context, doubled, { kind: 'slice', start: int(1), stop: none, step: none })), '(2,) int64 2*W 6');
  assert.equal(doubled.kind === 'tensor' ? shown(concatenate(context, [doubled, doubled], int(0))) : '', '(6,) int64 2*H 2*W 6 2*H 2*W 6');
  assert.equal(shown(binary(context, 'greater', int(height), int(0))), '() bool 1');
  assert.equal(shown(unary(context, 'negative', int(height))), '() int64 -H');
});

test("an operation on a graph is told to the hook once, and its result has the graph's class", () => {
  const nodeClass = nativeClass({ name: 'Node', qualifiedName: 'test.Node' });
  const seen: string[] = [];
  registerOperationHook(nodeClass, (_, name, inputs, result) => {
    seen.push(`${name} ${inputs.kind}`);
    return result;
  });
  const library: ArrayLibrary = { ...numpyLibrary, name: 'ops', scalar: undefined, rejectsSymbolic: false };
  const { add } = arrayFunctions(library, { add: ['x1, x2', binaryOperation('add')] });
  const node = makeArray({ cls: nodeClass, shape: shapeOf(2, 3), dtype: 'float32' });
  const call = (args: readonly Value[]): Value => {
    const native = add as NativeFunction;
    const binding = native.signature === undefined ? undefined : bindArguments(native.signature, argumentsOf(args), 'add');
    assert.ok(binding?.ok);
    return native.call({ interpreter: stub().interpreter, args: binding.args, place, name: 'add' });
  };
  const result = call([node, int(1)]);
  assert.equal(result.kind === 'tensor' ? result.cls.name : '', 'Node');
  assert.equal((call([node, node]) as TensorValue).cls.name, 'Node');
  assert.equal((call([int(1), int(2)]) as TensorValue).cls.name, 'ndarray');
  assert.deepEqual(seen, ['add tensor', 'add list']);
});

test('refusals name their rule', () => {
  const { interpreter, refusals } = stub();
  const context = contextOf(interpreter);
  const array = makeArray({ cls: ndarrayClass, shape: shapeOf(4, 3), dtype: 'float64' });
  reshapeTo(context, array, [5, -1]);
  binary(context, 'add', array, makeArray({ cls: ndarrayClass, shape: shapeOf(4), dtype: 'float64' }));
  reduce(context, 'sum', array, { axes: [2], keepdims: false });
  getItem(context, array, int(4));
  choose(context, array, makeArray({ cls: ndarrayClass, shape: shapeOf(2), dtype: 'float64' }), int(0));
  assert.deepEqual(
    refusals.map((refusal) => refusal.rule),
    ['reshape-size', 'shape-mismatch', 'invalid-axis', 'index-range', 'shape-mismatch'],
  );
});

test('a change under an undecided condition is joined with what was before', () => {
  const run = runProgram(
    'import numpy as np\nimport mystery\nx = np.zeros(3)\nif mystery.flag:\n    x[0] = 5\ny = x + 0\nz = np.zeros(2)\nfor i in mystery.things:\n    z[i] = 7\nw = z * 1\nv = np.zeros(2)\nif mystery.flag:\n    v[1] = 0\nu = v + 0\ns = np.zeros(2)\nif mystery.flag:\n    s[...] = 1\nelse:\n    s[0] = 1\nt = np.clip(s, 0, 1)\n',
  );
  const range = (name: string): string => {
    const value = run.valueOf(name);
    return value?.kind === 'tensor'
      ? `${value.range?.low}..${value.range?.high} ${value.contents === undefined ? 'unknown' : 'known'}`
      : (value?.kind ?? '');
  };
  // An end that changes is given up, for later passes of a loop.
  assert.equal(range('y'), '0..Infinity unknown');
  assert.equal(range('w'), '0..Infinity unknown');
  assert.equal(range('u'), '0..0 known');
  assert.equal(range('t'), '0..1 unknown');
});

test('results of numpy are sizes, labels and scales for Keras', () => {
  const run = runProgram(
    [
      'import numpy as np',
      'import keras',
      'from keras import layers',
      'y = np.random.randint(0, 7, size=(1000,))',
      'classes = len(np.unique(y))',
      'units = np.prod((4, 4, 8))',
      'model = keras.Sequential([layers.Input((np.prod((2, 5)),)), layers.Dense(int(units)), layers.Dense(int(y.max()) + 1), layers.Dense(classes)])',
      'shape = model.output_shape',
    ].join('\n'),
  );
  assert.deepEqual(
    run.trace.refusals.map((refusal) => refusal.message.template),
    [],
  );
  assert.deepEqual(
    run.trace.layers
      .filter((layer) => layer.className === 'Dense')
      .map((layer) => layer.weights.map((weight) => formatShape(weight.shape)).join(' ')),
    ['(10, 128) (128,)', '(128, 7) (7,)', '(7, 7) (7,)'],
  );
});

/** Values that any argument may have; all but the numbers are not known well enough to be refused for their shape. */
function strangeValues(): readonly Value[] {
  return [
    unknown(),
    unknown(undefined, 'int'),
    makeArray({ cls: ndarrayClass, shape: { dims: undefined }, dtype: undefined }),
    list([], true),
    { kind: 'dict', entries: new Map(), open: true },
    int(symbol('N')),
  ];
}

function isNumber(value: Value): boolean {
  return value.kind === 'int' || (value.kind === 'unknown' && value.typeName === 'int');
}

for (const [library, catalogue] of [
  ['numpy', numpyCatalogue],
  ['pandas', pandasCatalogue],
  ['sklearn', sklearnCatalogue],
] as const) {
  test(`${library}: no member throws, or refuses what is not known`, () => {
    const wrong: string[] = [];
    let called = 0;
    const tryCall = (name: string, value: NativeFunction, self: readonly Value[]): void => {
      const required =
        value.signature?.parameters.filter(
          (parameter) =>
            parameter.default === undefined && parameter.kind !== 'star' && parameter.kind !== 'double-star' && parameter.kind !== 'keyword-only',
        ).length ?? 1;
      for (const strange of strangeValues()) {
        const { interpreter, refusals } = stub();
        const positional = [...self, ...Array.from({ length: Math.max(0, required - self.length) }, () => strange)];
        const signature = value.signature ?? {
          text: '*args, **kwargs',
          parameters: [
            { name: 'args', kind: 'star' as const, default: undefined },
            { name: 'kwargs', kind: 'double-star' as const, default: undefined },
          ],
        };
        const keywords = Object.fromEntries(
          signature.parameters
            .filter((parameter) => parameter.kind === 'keyword-only' && parameter.default === undefined)
            .map((parameter) => [parameter.name, strange]),
        );
        const binding = bindArguments(signature, argumentsOf(positional, keywords), name);
        if (!binding.ok) {
          wrong.push(`${name}: ${binding.problem.message.template}`);
          continue;
        }
        called += 1;
        try {
          value.call({ interpreter, args: binding.args, place, name });
        } catch (error) {
          wrong.push(`${name}(${strange.kind}) threw ${String(error)}`);
        }
        if (refusals.length > 0 && !isNumber(strange))
          wrong.push(`${name}(${strange.kind}) refused: ${refusals[0]?.message.template ?? ''} ${JSON.stringify(refusals[0]?.message.values)}`);
      }
    };
    const visit = (name: string, value: Value, self: readonly Value[]): void => {
      if (value.kind === 'native') tryCall(name, value, value.isMethod ? self : []);
      if (value.kind === 'property' && value.getter?.kind === 'native') tryCall(name, value.getter, self);
      if (value.kind === 'class' && self.length === 0)
        for (const [member, inner] of value.namespace)
          visit(`${name}.${member}`, inner, [
            value === ndarrayClass ? makeArray({ cls: ndarrayClass, shape: { dims: undefined }, dtype: undefined }) : instance(value),
          ]);
    };
    for (const [module, load] of Object.entries(catalogue.modules))
      for (const [name, value] of Object.entries(load())) visit(`${module}.${name}`, value, []);
    assert.deepEqual(wrong, []);
    assert.ok(called > 50);
  });
}
