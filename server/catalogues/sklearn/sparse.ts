// Sparse matrices that scikit-learn gives: the array they stand for, and how a program makes one of them.
import { defineSlot } from '../../values/slots.ts';
import { nativeClass, nativeMethod, nativeProperty } from '../../values/classes.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import { instance, unknown } from '../../values/value.ts';
import { registerArrayConversion, shapeTuple } from '../arrays/conversion.ts';
import { getItem } from '../arrays/indexing.ts';
import { cast } from '../arrays/elementwise.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { numpyContext } from '../numpy/ndarray.ts';

export const sparseSlot = defineSlot<TensorValue>('sparse matrix');

const sparseClass = nativeClass({ name: 'csr_matrix', qualifiedName: 'scipy.sparse.csr_matrix' });
for (const name of ['toarray', 'todense'])
  sparseClass.namespace.set(
    name,
    nativeMethod(name, 'self, order=None, out=None', (call) => sparseSlot.get(call.args.get('self')) ?? unknown()),
  );
sparseClass.namespace.set(
  'shape',
  nativeProperty('shape', (call) => {
    const array = sparseSlot.get(call.args.get('self'));
    return array === undefined ? unknown() : shapeTuple(array.shape, array.origin);
  }),
);
sparseClass.namespace.set(
  'astype',
  nativeMethod('astype', 'self, dtype, *args, **kwargs', (call) => {
    const array = sparseSlot.get(call.args.get('self'));
    const result =
      array === undefined ? unknown() : cast(numpyContext(call.interpreter, call.place, 'astype'), array, dtypeFromValue(call.args.get('dtype')));
    return result.kind === 'tensor' ? sparse(result) : result;
  }),
);
sparseClass.namespace.set(
  '__getitem__',
  nativeMethod('__getitem__', 'self, key', (call) => {
    const array = sparseSlot.get(call.args.get('self'));
    const result = array === undefined ? unknown() : getItem(numpyContext(call.interpreter, call.place, 'indexing'), array, call.args.get('key'));
    return result.kind === 'tensor' && result.shape.dims?.length === 2 ? sparse(result) : unknown();
  }),
);
// numpy makes an object array of it: nothing is known of that.
registerArrayConversion(sparseClass, () => undefined);

export function sparse(array: TensorValue): Value {
  const made = instance(sparseClass, array.origin);
  sparseSlot.set(made, array);
  return made;
}
