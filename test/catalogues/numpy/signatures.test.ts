// numpy's signatures: test/oracle/library_signatures.py wrote signatures.json from numpy itself.
import path from 'node:path';
import { numpyCatalogue, ndarrayClass } from '../../../server/catalogues/numpy/index.ts';
import type { Value } from '../../../server/values/value.ts';
import { checkSignatures } from '../../support/library-signatures.ts';

const members = new Map<string, Value>();
for (const [module, load] of Object.entries(numpyCatalogue.modules))
  for (const [name, value] of Object.entries(load())) members.set(`${module}.${name}`, value);
for (const [name, value] of ndarrayClass.namespace) members.set(`numpy.ndarray.${name}`, value);
for (const cls of ['Generator', 'RandomState']) {
  const value = members.get(`numpy.random.${cls}`);
  if (value?.kind === 'class') for (const [name, member] of value.namespace) members.set(`numpy.random.${cls}.${name}`, member);
}
checkSignatures('numpy: signatures accept what numpy accepts', path.join(process.cwd(), 'test', 'catalogues', 'numpy', 'signatures.json'), members);
