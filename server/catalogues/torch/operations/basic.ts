// Operations that change no shape, and the first few others. It must not know modules.
import { rangeBetween } from '../../../tensors/range.ts';
import { numbersFromValue, sizesFromValue } from '../../arrays/conversion.ts';
import { makeArray } from '../../arrays/contents.ts';
import type { ArrayOperation } from '../../arrays/library.ts';
import { reshape, restOrOne, transpose } from '../../arrays/reshaping.ts';
import { unaryOperation } from '../../arrays/elementwise.ts';
import { unknownShape } from '../../../tensors/shape.ts';
import { declareOperations, dtypeArgument } from '../library.ts';

/** A tensor of the sizes that come first, one by one or together. */
export function filledWith(range: ReturnType<typeof rangeBetween> | undefined): ArrayOperation {
  return (call) => {
    const sizes = sizesFromValue(call.interpreter, restOrOne(call, 'size'));
    return makeArray({ cls: call.cls, shape: sizes === undefined ? unknownShape : { dims: sizes }, dtype: dtypeArgument(call.argument('dtype')) ?? 'float32', range });
  };
}

const factory = '*size, out=None, dtype=None, layout=None, device=None, requires_grad=False, generator=None, pin_memory=False, memory_format=None, names=None';
declareOperations({ rand: [factory, filledWith(rangeBetween(0, 1))], randn: [factory, filledWith(undefined)] }, { method: false });
declareOperations({ relu: ['input', unaryOperation('relu')], tanh: ['input', unaryOperation('tanh')], sigmoid: ['input', unaryOperation('sigmoid')] }, { inPlace: true });
declareOperations({
  view: ['input, *shape', (call) => reshape(call, call.operand(0), restOrOne(call, 'shape'))],
  permute: ['input, *dims', (call) => transpose(call, call.operand(0), numbersFromValue(call.interpreter, restOrOne(call, 'dims')) ?? 'unknown')],
}, { function: false });
