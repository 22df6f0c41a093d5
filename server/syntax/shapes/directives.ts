// The comment by which a person tells Inlayer the inputs of a model: `# inlayer: input (1, 3, 224, 224)`, with names and element types where
// wanted: `# inlayer: input tokens=(2, 128) int64, mask=(2, 128)`. It must not know where the comment stands.
import { closingIndex, readDimList } from './dimensions.ts';
import type { ShapeStatement } from './statement.ts';
import { cutTokens } from './tokens.ts';

/** Undefined where the comment is something else; empty where it is the directive and nothing in it can be read. */
export function readInputDirective(text: string): readonly ShapeStatement[] | undefined {
  const tokens = cutTokens(text).filter((token) => token.text !== '#');
  if (tokens[0]?.text !== 'inlayer' || tokens[1]?.text !== ':' || (tokens[2]?.text !== 'input' && tokens[2]?.text !== 'inputs')) return undefined;
  const statements: ShapeStatement[] = [];
  for (let index = 3; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token?.text !== '(' && token?.text !== '[') continue;
    const close = closingIndex(tokens, index);
    const last = close === undefined ? undefined : tokens[close];
    if (close === undefined || last === undefined) break;
    const list = readDimList(tokens.slice(index + 1, close));
    const isScalar = close === index + 1;
    const sign = tokens[index - 1];
    const named = sign?.text === '=' || sign?.text === ':' ? tokens[index - 2] : index > 3 ? sign : undefined;
    const after = tokens[close + 1];
    const elementType = after?.kind === 'word' && tokens[close + 2]?.text !== '=' && tokens[close + 2]?.text !== ':' ? after.text : undefined;
    if (list !== undefined || isScalar) {
      statements.push({
        dims: list?.dims ?? [], name: named?.kind === 'word' && named !== tokens[2] && named.text !== elementTypeBefore(statements) ? named.text : undefined,
        role: 'input', start: token.start, end: last.end, brackets: token.text === '(' ? '()' : '[]', elementType,
      });
    }
    index = elementType === undefined ? close : close + 1;
  }
  const bare = statements.length === 0 ? readDimList(tokens.slice(3)) : undefined;
  const [first, end] = [tokens[3], tokens.at(-1)];
  if (bare !== undefined && bare.dims.length > 1 && first !== undefined && end !== undefined) {
    return [{ dims: bare.dims, role: 'input', start: first.start, end: end.end, brackets: 'none' }];
  }
  return statements;
}

/** `(1, 3) float (1, 4)`: a type that was read with the shape before is no name. */
function elementTypeBefore(statements: readonly ShapeStatement[]): string | undefined {
  return statements.at(-1)?.elementType;
}
