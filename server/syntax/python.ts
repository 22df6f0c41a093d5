// Source text into the syntax tree. Pyright's parser does the reading (its nodes stay behind the `pyright` folder); a text
// that fails to parse is repaired where brackets are missing and parsed again. Nothing here throws: what cannot be read
// becomes broken statements and expressions, and the rest survives.
import type { Comment, Expression, Module, ParsedSource, Statement, SyntaxProblem } from './ast.ts';
import { findLineStarts } from './lines.ts';
import type { Conversion } from './pyright/conversion.ts';
import { type RawParse, runParser } from './pyright/run.ts';
import { convertBlock } from './pyright/statements.ts';

export interface ParseOptions {
  /** Whether lines that start with `%` or `!` are notebook magics. */
  readonly notebook?: boolean;
}

export function parsePython(text: string, options: ParseOptions = {}): ParsedSource {
  void options;
  const lineStarts = findLineStarts(text);
  let module: Module = { kind: 'Module', start: 0, end: text.length, body: [] };
  let problems: readonly SyntaxProblem[] = [];
  let comments: readonly Comment[] = [];
  try {
    const raw = runParser(text);
    module = { kind: 'Module', start: 0, end: text.length, body: convertRaw(raw) };
    problems = raw.problems;
    comments = findComments(raw);
  } catch {
    problems = [{ start: 0, end: text.length, message: 'too deeply nested' }];
  }
  return { text, module, problems, comments, lineStarts };
}

function convertRaw(raw: RawParse): Statement[] {
  const conversion: Conversion = { ...raw, toOriginal: (offset) => offset, inserted: new Set(), sawYield: false, brokenCount: 0 };
  return convertBlock(conversion, raw.tree.d.statements);
}

function findComments(raw: RawParse): Comment[] {
  const comments: Comment[] = [];
  for (let index = 0; index < raw.tokens.count; index += 1) {
    for (const comment of raw.tokens.getItemAt(index).comments ?? []) {
      comments.push({ start: comment.start - 1, end: comment.start + comment.length, text: comment.value });
    }
  }
  return comments;
}

/** Parses one expression, such as a signature written as a call. Undefined when the text is not exactly one expression. */
export function parseExpression(text: string): Expression | undefined {
  // Parentheses let the text span lines; the line end keeps a comment from swallowing the closing one.
  const source = parsePython(`(${text}\n)`);
  const [statement, ...others] = source.module.body;
  if (source.problems.length > 0 || others.length > 0 || statement?.kind !== 'Expr') return undefined;
  return statement.value;
}
