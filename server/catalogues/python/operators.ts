// What the evaluator needs of Python's own types: operators, comparisons, items, formatting and texts. One door to the files
// of this room that do it.
export { binaryOnBuiltins, unaryOnBuiltins } from './arithmetic.ts';
export { compareBuiltins, containsBuiltin } from './comparison.ts';
export { formatValue } from './formatting.ts';
export { deleteItemBuiltin, getItemBuiltin, rangeLength, setItemBuiltin, slicePositions, storeEntry } from './items.ts';
export { managedGenerator, suppressedBy } from './contextlib-module.ts';
export { representation, textOf } from './representation.ts';
export { typeNameOf, underlying } from './support.ts';
