// Members of torch about types: their limits, what two make together, the default one; and its numbers.
// It must not know modules.
import { type DType, integerLimits, itemSize, promoteTorch } from '../../../tensors/dtype.ts';
import { nativeClass, nativeFunction } from '../../../values/classes.ts';
import type { NativeCall, Value } from '../../../values/value.ts';
import { bool, float, instance, int, none, str, unknown } from '../../../values/value.ts';
import { operandOf } from '../../arrays/conversion.ts';
import { dtypeFromValue } from '../../arrays/dtypes.ts';
import { canCast } from '../in-place.ts';
import { declareMembers, defaultDType, resultType, tensorClass, torchContext, torchDType } from '../library.ts';

function typeOfArgument(call: NativeCall, name: string): DType | undefined {
  const value = call.args.get(name);
  return value.kind === 'none' ? defaultDType(call.interpreter).dtype : dtypeFromValue(value, 'float32');
}

// Machine limits of the floating-point types: largest, smallest normal number, distance from 1 to the next.
const floatLimits: Readonly<Record<string, readonly [largest: number, smallest: number, epsilon: number]>> = {
  float64: [Number.MAX_VALUE, 2.2250738585072014e-308, Number.EPSILON],
  float32: [3.4028234663852886e38, 1.1754943508222875e-38, 1.1920928955078125e-7],
  float16: [65504, 6.103515625e-5, 0.0009765625],
  bfloat16: [3.3895313892515355e38, 1.1754943508222875e-38, 0.0078125],
};
const finfo = nativeClass({
  name: 'finfo',
  qualifiedName: 'torch.finfo',
  constructSignature: 'type=None',
  construct: (call, cls) => {
    const made = instance(cls);
    const dtype = typeOfArgument(call, 'type');
    const limits = dtype === undefined ? undefined : floatLimits[dtype];
    const number = (value: number | undefined): Value => (value === undefined ? unknown(undefined, 'float') : float(value));
    const facts: Readonly<Record<string, Value>> = {
      max: number(limits?.[0]),
      min: number(limits === undefined ? undefined : -limits[0]),
      tiny: number(limits?.[1]),
      smallest_normal: number(limits?.[1]),
      eps: number(limits?.[2]),
      resolution: unknown(undefined, 'float'),
      bits: dtype === undefined ? unknown(undefined, 'int') : int(8 * itemSize(dtype)),
      dtype: dtype === undefined ? unknown(undefined, 'str') : str(dtype),
    };
    for (const [name, value] of Object.entries(facts)) made.attributes.set(name, value);
    return made;
  },
});
const iinfo = nativeClass({
  name: 'iinfo',
  qualifiedName: 'torch.iinfo',
  constructSignature: 'type',
  construct: (call, cls) => {
    const made = instance(cls);
    const dtype = typeOfArgument(call, 'type');
    const limits = dtype === undefined ? undefined : integerLimits(dtype);
    const isExact = limits !== undefined && Number.isSafeInteger(limits.high);
    for (const [name, value] of [
      ['max', limits?.high],
      ['min', limits?.low],
    ] as const)
      made.attributes.set(name, value === undefined || !isExact ? unknown(undefined, 'int') : int(value));
    made.attributes.set('bits', dtype === undefined ? unknown(undefined, 'int') : int(8 * itemSize(dtype)));
    return made;
  },
});

const setDefault = (call: NativeCall, given: Value): Value => {
  // On some paths alone: which one holds is not known.
  defaultDType(call.interpreter).dtype = call.interpreter.isUncertain
    ? undefined
    : given.kind === 'native'
      ? given.name === 'DoubleTensor'
        ? 'float64'
        : given.name === 'HalfTensor'
          ? 'float16'
          : 'float32'
      : dtypeFromValue(given, 'float32');
  return none;
};

declareMembers({
  pi: float(Math.PI),
  e: float(Math.E),
  inf: float(Number.POSITIVE_INFINITY),
  nan: float(Number.NaN),
  newaxis: none,
  finfo,
  iinfo,
  is_tensor: nativeFunction('is_tensor', 'obj', ({ interpreter, args }) => {
    const is = interpreter.isInstance(args.get('obj'), tensorClass);
    return is === undefined ? unknown(undefined, 'bool') : bool(is);
  }),
  get_default_dtype: nativeFunction('get_default_dtype', '', ({ interpreter }) => {
    const { dtype } = defaultDType(interpreter);
    return dtype === undefined ? unknown() : torchDType(dtype);
  }),
  set_default_dtype: nativeFunction('set_default_dtype', 'd, /', (call) => setDefault(call, call.args.get('d'))),
  set_default_tensor_type: nativeFunction('set_default_tensor_type', 't, /', (call) => setDefault(call, call.args.get('t'))),
  promote_types: nativeFunction('promote_types', 'type1, type2', ({ args }) => {
    const found = promoteTorch(dtypeFromValue(args.get('type1')), dtypeFromValue(args.get('type2')));
    return found === undefined ? unknown() : torchDType(found);
  }),
  can_cast: nativeFunction('can_cast', 'from_, to', ({ args }) => {
    const [from, to] = [dtypeFromValue(args.get('from_')), dtypeFromValue(args.get('to'))];
    return from === undefined || to === undefined ? unknown(undefined, 'bool') : bool(canCast(from, to));
  }),
  result_type: nativeFunction('result_type', 'tensor1, tensor2', (call) => {
    const operands = ['tensor1', 'tensor2'].map((name) => operandOf(torchContext(call.interpreter, call.place, call.name), call.args.get(name)));
    const known = operands.filter((operand) => operand !== undefined);
    const found = known.length < 2 ? undefined : resultType(known);
    return found === undefined ? unknown() : torchDType(found);
  }),
  allclose: nativeFunction('allclose', 'input, other, rtol=1e-05, atol=1e-08, equal_nan=False', () => unknown(undefined, 'bool')),
});
