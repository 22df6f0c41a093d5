// What a comment, a docstring, an annotation or a directive says about a shape, as plain data: sizes as expressions over names, for whom, and
// where it stands. It must not know how the text was read, nor what the names are worth.

export type DimOperator = '+' | '-' | '*' | '//' | '%' | '**';

/** One item of a stated shape. A `/` between sizes is a `//`: people write `H/4` for what is left of H. */
export type DimExpression =
  | { readonly kind: 'number'; readonly value: number }
  /** `B`, `batch_size`, `config.dim`; a leading `self.` is left out. The same name means the same size within one function. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'operation'; readonly operator: DimOperator; readonly left: DimExpression; readonly right: DimExpression }
  /** `None`, `?`, `_`, `-1`, or an expression that is not followed, such as `len(x)`: one axis of any size. */
  | { readonly kind: 'unknown' }
  /** `...`, `*`, `*batch`: some number of axes, or none. */
  | { readonly kind: 'ellipsis' };

export type ShapeRole = 'input' | 'output' | 'unspecified';

export interface ShapeStatement {
  readonly dims: readonly DimExpression[];
  /** The variable or parameter that the text names. */
  readonly name?: string | undefined;
  /** What stands before an arrow, or is called an input or an argument; what stands behind one, or is called an output or returned. */
  readonly role: ShapeRole;
  /** UTF-16 offsets in the text that was given; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** A form without brackets (`N x C`, `NCHW`) is a weaker statement. */
  readonly brackets: '()' | '[]' | 'none';
  /** The element type where the text names one, as written: `Float`, `int64`. */
  readonly elementType?: string | undefined;
}

export const unknownSize: DimExpression = { kind: 'unknown' };
export const anyAxes: DimExpression = { kind: 'ellipsis' };

/** As the text could have said it; for messages and tests. */
export function formatStatedDims(dims: readonly DimExpression[]): string {
  return dims.length === 1 ? `(${formatDimExpression(dims[0] ?? unknownSize)},)` : `(${dims.map((dim) => formatDimExpression(dim)).join(', ')})`;
}

const strengths: Readonly<Record<DimOperator, number>> = { '+': 1, '-': 1, '*': 2, '//': 2, '%': 2, '**': 3 };

export function formatDimExpression(dim: DimExpression, strength = 0): string {
  switch (dim.kind) {
    case 'number': return String(dim.value);
    case 'name': return dim.name;
    case 'unknown': return '?';
    case 'ellipsis': return '...';
    case 'operation': {
      const own = strengths[dim.operator];
      const spaced = own === 1 ? ` ${dim.operator} ` : dim.operator;
      const text = `${formatDimExpression(dim.left, own)}${spaced}${formatDimExpression(dim.right, own + 1)}`;
      return own < strength ? `(${text})` : text;
    }
  }
}
