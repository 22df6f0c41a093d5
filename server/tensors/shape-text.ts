// A shape as a person writes it outside a program: `(None, 224, 224, 3)`, `1x3x224x224`, `1,3,224,224`.
import type { Dim } from './dim.ts';
import { unknownDim } from './dim.ts';
import type { Shape } from './shape.ts';

/** Undefined for a text that is no shape. A size that is not said is `None` or `?`. */
export function parseShape(text: string): Shape | undefined {
  const trimmed = text.trim();
  const last = trimmed.length - 1;
  const isBracketed = (trimmed.startsWith('(') && trimmed.endsWith(')')) || (trimmed.startsWith('[') && trimmed.endsWith(']'));
  const inner = isBracketed ? trimmed.slice(1, last).trim() : trimmed;
  const parts = inner.split(inner.includes(',') ? ',' : /[x×X]/).map((part) => part.trim());
  // Python's `(4,)`.
  if (parts.length > 1 && inner.endsWith(',')) parts.pop();
  const dims = parts.map(parseDim);
  return dims.every((dim) => dim !== undefined) ? { dims } : undefined;
}

function parseDim(text: string): Dim | undefined {
  if (text === 'None' || text === '?') return unknownDim({ prints: text });
  if (!/^[0-9]{1,9}$/.test(text)) return undefined;
  const size = Number(text);
  return size > 0 ? size : undefined;
}
