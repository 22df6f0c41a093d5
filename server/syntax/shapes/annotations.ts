// Shapes in type annotations: jaxtyping (`Float[Tensor, "batch 3 h w"]`), torchtyping (`TensorType["batch", 3, float]`), `Annotated[Tensor, "b c"]`,
// and kin. Read off the tree; which library a name was imported from is not looked up: the forms speak for themselves. It must not know values.
import type { Expression } from '../ast.ts';
import { parseExpression } from '../python.ts';
import { readDimList } from './dimensions.ts';
import { anyAxes, type DimExpression, type ShapeStatement, unknownSize } from './statement.ts';
import { cutTokens, isDigit } from './tokens.ts';

/** The element types of jaxtyping: each is subscripted with an array type and a text. */
const elementTypes = new Set(['Float', 'Float16', 'Float32', 'Float64', 'BFloat16', 'Int', 'Int8', 'Int16', 'Int32', 'Int64', 'UInt', 'UInt8', 'UInt16', 'UInt32', 'UInt64', 'Integer', 'Bool',
  'Complex', 'Complex64', 'Complex128', 'Num', 'Real', 'Inexact', 'Shaped']);
const arrayTypes = new Set(['TensorType', 'TT', 'Tensor', 'FloatTensor', 'LongTensor', 'BoolTensor', 'IntTensor', 'ndarray', 'NDArray', 'Array']);
const wrappers = new Set(['Optional', 'Union', 'Final', 'ClassVar']);

/** Undefined where the annotation states no shape. Offsets are those of the tree. */
export function annotatedShape(annotation: Expression | undefined): ShapeStatement | undefined {
  return annotation === undefined ? undefined : readAnnotation(annotation, annotation.start, annotation.end, 0);
}

function readAnnotation(annotation: Expression, start: number, end: number, depth: number): ShapeStatement | undefined {
  if (depth > 4) return undefined;
  const again = (inner: Expression): ShapeStatement | undefined => readAnnotation(inner, start, end, depth + 1);
  const first = (inner: readonly Expression[]): ShapeStatement | undefined => inner.map(again).find((shape) => shape !== undefined);
  if (annotation.kind === 'Constant' && typeof annotation.value === 'string') {
    const parsed = parseExpression(annotation.value);
    return parsed === undefined ? undefined : again(parsed);
  }
  if (annotation.kind === 'BinOp' && annotation.operator === '|') return first([annotation.left, annotation.right]);
  if (annotation.kind !== 'Subscript') return undefined;
  const name = lastName(annotation.object);
  const items = annotation.index.kind === 'Tuple' ? annotation.index.elements : [annotation.index];
  if (name === undefined) return undefined;
  if (wrappers.has(name)) return first(items);
  const stated = (dims: readonly DimExpression[] | undefined, elementType?: string): ShapeStatement | undefined => (
    dims === undefined ? undefined : { dims, role: 'unspecified', start, end, brackets: '[]', elementType });
  if (name === 'Annotated') {
    const text = items[1];
    return text?.kind === 'Constant' && typeof text.value === 'string' ? stated(readText(text.value)) : text?.kind === 'Tuple' ? stated(readItems(text.elements)?.dims) : undefined;
  }
  if (elementTypes.has(name)) {
    const text = items[1];
    return text?.kind === 'Constant' && typeof text.value === 'string' ? stated(readText(text.value), name === 'Shaped' ? undefined : name) : undefined;
  }
  if (!arrayTypes.has(name)) return undefined;
  const [only] = items;
  if (items.length === 1 && only?.kind === 'Constant' && typeof only.value === 'string') return stated(readText(only.value));
  const read = readItems(items);
  return stated(read?.dims, read?.elementType);
}

function lastName(expression: Expression): string | undefined {
  return expression.kind === 'Name' ? expression.id : expression.kind === 'Attribute' ? expression.name.text : undefined;
}

/** The text of jaxtyping: axes between spaces. `#n` may also be 1, `n=3` documents, `_n` and `?n` are not checked, `*n` is any number of axes. */
function readText(text: string): readonly DimExpression[] | undefined {
  const dims: DimExpression[] = [];
  for (const word of text.replaceAll(',', ' ').replaceAll('\n', ' ').split(' ').filter((piece) => piece !== '')) {
    const dim = readAxis(word);
    if (dim === undefined) return undefined;
    dims.push(dim);
  }
  return dims;
}

function readAxis(word: string): DimExpression | undefined {
  if (word === '...' || word.startsWith('*')) return anyAxes;
  if (word.startsWith('_') || word.startsWith('#') || word === '-1' || word === 'None') return unknownSize;
  if (word.startsWith('?')) return readAxis(word.slice(1)) ?? unknownSize;
  const equals = word.indexOf('=');
  const list = readDimList(cutTokens(word, equals + 1));
  return list?.dims.length === 1 ? list.dims[0] : undefined;
}

/** torchtyping: names as texts, numbers, `...`, `"batch": 3`, and an element type among them. */
function readItems(items: readonly Expression[]): { readonly dims: readonly DimExpression[]; readonly elementType: string | undefined } | undefined {
  const dims: DimExpression[] = [];
  let elementType: string | undefined;
  for (const item of items) {
    if (item.kind === 'Slice') {
      const { upper, lower } = item;
      const dim = upper?.kind === 'Constant' ? readItem(upper) : lower === undefined ? undefined : readItem(lower);
      if (dim === undefined) return undefined;
      dims.push(dim);
      continue;
    }
    const dim = readItem(item);
    if (dim !== undefined) { dims.push(dim); continue; }
    const name = lastName(item);
    if (name !== undefined && isElementType(name)) elementType = name;
    else if (name !== 'is_named') return undefined;
  }
  return dims.length === 0 ? undefined : { dims, elementType };
}

function isElementType(name: string): boolean {
  if (['float', 'int', 'bool', 'long', 'double', 'half'].includes(name)) return true;
  return (name.startsWith('float') || name.startsWith('int') || name.startsWith('uint') || name.startsWith('bfloat')) && isDigit(name.at(-1));
}

function readItem(item: Expression): DimExpression | undefined {
  if (item.kind === 'UnaryOp' && item.operator === '-' && item.operand.kind === 'Constant' && item.operand.value === 1) return unknownSize;
  if (item.kind !== 'Constant') return undefined;
  const { value } = item;
  if (value === null) return unknownSize;
  if (typeof value === 'number') return item.isFloat ? undefined : value === -1 ? unknownSize : { kind: 'number', value };
  if (typeof value === 'string') return value.includes(' ') ? undefined : readAxis(value);
  return typeof value === 'object' && 'ellipsis' in value ? anyAxes : undefined;
}
