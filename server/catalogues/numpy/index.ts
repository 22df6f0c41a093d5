// The numpy catalogue: its modules and where their members come from.
import type { Catalogue } from '../catalogue.ts';
import { nativeFunction, nativeClass, nativeMethod } from '../../values/classes.ts';
import type { Value } from '../../values/value.ts';
import { float, instance, none, str, unknown } from '../../values/value.ts';
import { integerLimits } from '../../tensors/dtype.ts';
import { int } from '../../values/value.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { concatenate, stackAs } from '../arrays/joining.ts';
import { tensorOf } from '../arrays/conversion.ts';
import { fileMembers } from './files.ts';
import { functionMembers, silentNames } from './functions.ts';
import { dtypeClass, ndarrayClass, scalarMembers } from './library.ts';
import { fourierMembers, linearMembers } from './linear.ts';
import { numpyContext } from './ndarray.ts';
import { randomMembers } from './random.ts';

export { dtypeFromValue, dtypeObject } from '../arrays/dtypes.ts';
export { dtypeValue, ndarrayClass, numpyLibrary } from './library.ts';
export { numpyContext } from './ndarray.ts';

const silent = Object.fromEntries(silentNames.map((name) => [name, nativeFunction(name, undefined, () => none)]));

/** `np.r_[a, b]` joins along the first axis, `np.c_[a, b]` puts columns side by side. Slices in them are not followed. */
function joiner(name: 'r_' | 'c_'): Value {
  const cls = nativeClass({
    name: name === 'r_' ? 'RClass' : 'CClass',
    qualifiedName: `numpy.lib.${name}`,
    members: {
      __getitem__: nativeMethod('__getitem__', 'self, key, /', (call) => {
        const key = call.args.get('key');
        const parts = key.kind === 'tuple' ? key.items : [key];
        if (parts.some((part) => part.kind === 'slice' || part.kind === 'str' || part.kind === 'unknown')) return unknown();
        const context = numpyContext(call.interpreter, call.place, `np.${name}`);
        const arrays = parts.map((part) => tensorOf(context, part));
        if (name === 'c_') return stackAs(context, arrays, 'columns');
        return arrays.every((array) => array?.shape.dims !== undefined && array.shape.dims.length > 0)
          ? concatenate(context, arrays, int(0))
          : unknown();
      }),
    },
  });
  return instance(cls);
}

/** `np.iinfo(dtype)`, `np.finfo(dtype)`. */
const iinfo = nativeFunction('iinfo', 'int_type', (call) => {
  const dtype = dtypeFromValue(call.args.get('int_type'));
  const limits = dtype === undefined ? undefined : integerLimits(dtype);
  const made = instance(limitsClass);
  if (limits !== undefined) {
    made.attributes.set('max', int(limits.high));
    made.attributes.set('min', int(limits.low));
  }
  return made;
});
const limitsClass = nativeClass({ name: 'iinfo', qualifiedName: 'numpy.iinfo' });
const floatFacts: Readonly<Record<string, readonly [eps: number, max: number, tiny: number]>> = {
  float16: [0.0009765625, 65504, 6.103515625e-5],
  float32: [1.1920928955078125e-7, 3.4028234663852886e38, 1.1754943508222875e-38],
  float64: [Number.EPSILON, Number.MAX_VALUE, 2.2250738585072014e-308],
};
const finfo = nativeFunction('finfo', 'dtype', (call) => {
  const made = instance(limitsClass);
  const dtype = dtypeFromValue(call.args.get('dtype')) ?? '';
  const facts = floatFacts[dtype],
    cls = scalarMembers[dtype];
  if (facts !== undefined) {
    const [eps, max, tiny] = facts;
    for (const [name, value] of Object.entries({ eps, max, min: -max, tiny, smallest_normal: tiny }))
      made.attributes.set(name, cls?.kind === 'class' ? { ...float(value), cls } : float(value));
  }
  return made;
});

/** Wraps a function of the program; what the wrapped one gives is not followed. */
const vectorize = nativeFunction('vectorize', 'pyfunc=None, *args, **kwargs', () => nativeFunction('vectorized', undefined, () => unknown()));

function numpyMembers(): Readonly<Record<string, Value>> {
  return {
    ...scalarMembers,
    ...functionMembers,
    ...fileMembers,
    ...silent,
    ndarray: ndarrayClass,
    dtype: dtypeClass,
    pi: float(Math.PI),
    e: float(Math.E),
    euler_gamma: float(0.5772156649015329),
    inf: float(Number.POSITIVE_INFINITY),
    Inf: float(Number.POSITIVE_INFINITY),
    infty: float(Number.POSITIVE_INFINITY),
    PINF: float(Number.POSITIVE_INFINITY),
    NINF: float(Number.NEGATIVE_INFINITY),
    nan: float(Number.NaN),
    NaN: float(Number.NaN),
    NAN: float(Number.NaN),
    newaxis: none,
    __version__: str('2.3.0'),
    r_: joiner('r_'),
    c_: joiner('c_'),
    iinfo,
    finfo,
    vectorize,
    result_type: nativeFunction('result_type', '*args', () => unknown()),
    can_cast: nativeFunction('can_cast', '*args, **kwargs', () => unknown(undefined, 'bool')),
    // Python's own types under numpy's old names (removed in numpy 1.24).
    int: scalarMembers['int64'] ?? unknown(),
    float: scalarMembers['float64'] ?? unknown(),
    object: scalarMembers['object_'] ?? unknown(),
    str: scalarMembers['str_'] ?? unknown(),
    complex: scalarMembers['complex128'] ?? unknown(),
  };
}

export const numpyCatalogue: Catalogue = {
  modules: {
    numpy: numpyMembers,
    'numpy.random': () => randomMembers,
    'numpy.linalg': () => linearMembers,
    'numpy.fft': () => fourierMembers,
    'numpy.testing': () =>
      Object.fromEntries(
        [
          'assert_allclose',
          'assert_array_equal',
          'assert_equal',
          'assert_almost_equal',
          'assert_array_almost_equal',
          'assert_raises',
          'assert_',
          'suppress_warnings',
        ].map((name) => [name, nativeFunction(name, undefined, () => none)]),
      ),
  },
};
