// A value in a few words, as hovers and `reveal_type` show it. It knows no LSP.
import { formatDim } from '../tensors/dim.ts';
import { formatRange } from '../tensors/range.ts';
import { formatShape } from '../tensors/shape.ts';
import { formatOutput } from '../trace/counts.ts';
import type { TensorValue, Value } from '../values/value.ts';

/** `(None, 28, 28, 1)` for a tensor, Python's own notation for plain values, `?` for what is not known. */
export function describeValue(value: Value, depth = 0): string {
  switch (value.kind) {
    case 'tensor': return formatShape(value.shape);
    case 'unknown': return '?';
    case 'none': return 'None';
    case 'ellipsis': return '...';
    case 'bool': return value.value ? 'True' : 'False';
    case 'int': return formatDim(value.value);
    case 'float': return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value);
    case 'str': return quote(value.value.length > 200 ? `${value.value.slice(0, 197)}...` : value.value);
    case 'bytes': return `b'${value.value.slice(0, 57)}'`;
    case 'tuple': return formatOutput(value) ?? sequence(value.items, '(', value.items.length === 1 ? ',)' : ')', depth);
    case 'list': return value.open ? 'list' : sequence(value.items, '[', ']', depth);
    case 'set': return value.open ? 'set' : sequence([...value.entries.values()], '{', '}', depth);
    case 'dict': {
      if (value.open || depth > 2) return 'dict';
      const entries = [...value.entries.values()];
      return `{${entries.slice(0, 12).map((entry) => `${describeValue(entry.key, depth + 1)}: ${describeValue(entry.value, depth + 1)}`).join(', ')}${entries.length > 12 ? ', …' : ''}}`;
    }
    case 'range': return `range(${formatDim(value.start)}, ${formatDim(value.stop)}${value.step === 1 ? '' : `, ${value.step}`})`;
    case 'instance': return value.cls.name;
    case 'class': return `class ${value.name}`;
    case 'module': return `module ${value.name}`;
    case 'function': case 'native': return `${value.name}()`;
    case 'bound-method': return value.callable.kind === 'function' || value.callable.kind === 'native' ? `${value.callable.name}()` : 'method';
    default: return value.kind;
  }
}

/** As Python's `repr` quotes a string. */
function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r');
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark;
}

function sequence(items: readonly Value[], open: string, close: string, depth: number): string {
  if (depth > 2) return `${open}…${close}`;
  return `${open}${items.slice(0, 12).map((item) => describeValue(item, depth + 1)).join(', ')}${items.length > 12 ? ', …' : ''}${close}`;
}

/** `(None, 160, 160, 3) float32 in [-1, 1]`. */
export function describeTensor(tensor: TensorValue): string {
  return [formatShape(tensor.shape), tensor.dtype, tensor.range === undefined ? undefined : `in ${formatRange(tensor.range)}`].filter((part) => part !== undefined).join(' ');
}
