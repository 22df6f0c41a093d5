// scikit-learn programs under the evaluator, compared with scikit-learn itself, and its signatures.
import path from 'node:path';
import { frameSlot, seriesSlot } from '../../../server/catalogues/pandas/objects.ts';
import { sklearnCatalogue } from '../../../server/catalogues/sklearn/index.ts';
import { formatDim } from '../../../server/tensors/dim.ts';
import type { Value } from '../../../server/values/value.ts';
import { checkArrayProgram } from '../../support/array-program.ts';
import { checkSignatures } from '../../support/library-signatures.ts';

checkArrayProgram('sklearn', 'preparation', {
  frame: (value) => {
    const table = frameSlot.get(value);
    return table === undefined
      ? undefined
      : { shape: `(${formatDim(table.rows)}, ${table.columns?.length ?? '?'})`, columns: table.columns?.map((column) => column.name) };
  },
  series: (value) => seriesSlot.get(value)?.data,
});

const members = new Map<string, Value>();
for (const [module, load] of Object.entries(sklearnCatalogue.modules))
  for (const [name, value] of Object.entries(load())) members.set(`${module}.${name}`, value);
checkSignatures(
  'sklearn: signatures accept what scikit-learn accepts',
  path.join(process.cwd(), 'test', 'catalogues', 'sklearn', 'signatures.json'),
  members,
);
