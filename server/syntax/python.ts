// Source text into the syntax tree. Pyright's parser does the reading (its nodes stay behind the `pyright` folder); a text
// that fails to parse is repaired where brackets are missing and parsed again. Nothing here throws: what cannot be read
// becomes broken statements and expressions, and the rest survives.
import type { Comment, Expression, ParsedSource, Statement, SyntaxProblem } from './ast.ts';
import { findLogicalLines, repairBrackets, wordAt } from './bracket-repair.ts';
import { findLineStarts } from './lines.ts';
import { coverMagics } from './notebook.ts';
import type { Conversion } from './pyright/conversion.ts';
import { convertExpression } from './pyright/expressions.ts';
import { type RawModule, type RawText, runExpressionParser, runParser } from './pyright/run.ts';
import { convertBlock } from './pyright/statements.ts';

export interface ParseOptions {
  /** Whether IPython's additions (`%magic`, `!command`, `name?`) may occur. */
  readonly notebook?: boolean;
}

interface Reading {
  readonly body: readonly Statement[];
  readonly problems: readonly SyntaxProblem[];
  readonly comments: readonly Comment[];
}

export function parsePython(text: string, options: ParseOptions = {}): ParsedSource {
  const source = options.notebook === true ? coverMagics(text) : text;
  const { body, problems, comments } = read(source, 0) ?? readInPieces(source);
  return { text, module: { kind: 'Module', start: 0, end: text.length, body }, problems, comments, lineStarts: findLineStarts(text) };
}

/** Parses one expression, such as a signature written as a call. Undefined when the text is not exactly one expression. */
export function parseExpression(text: string): Expression | undefined {
  return attempt(() => {
    const raw = runExpressionParser(text);
    if (raw.problems.length > 0 || raw.tree === undefined) return undefined;
    return convertExpression(newConversion(raw, (offset) => offset, new Set()), raw.tree);
  });
}

/** Reads a text that starts at `base` in the user's text; undefined when it nests too deeply for the stack. */
function read(text: string, base: number): Reading | undefined {
  return attempt(() => {
    const raw = runParser(text);
    const shift = (offset: number): number => offset + base;
    if (raw.problems.length === 0) return reading(raw, shift, new Set(), []);
    const repair = repairBrackets(text);
    if (!repair.changed) return reading(raw, shift, new Set(), []);
    return reading(runParser(repair.text), (offset) => repair.toOriginal(offset) + base, repair.inserted, repair.problems.map((problem) => move(problem, shift)));
  });
}

function reading(raw: RawModule, toOriginal: (offset: number) => number, inserted: ReadonlySet<number>, repaired: readonly SyntaxProblem[]): Reading {
  const body = convertBlock(newConversion(raw, toOriginal, inserted), raw.tree.d.statements);
  const problems = [...repaired, ...raw.problems.map((problem) => move(problem, toOriginal))].sort((left, right) => left.start - right.start);
  return { body, problems, comments: findComments(raw, toOriginal) };
}

function move(problem: SyntaxProblem, toOriginal: (offset: number) => number): SyntaxProblem {
  return { start: toOriginal(problem.start), end: toOriginal(problem.end), message: problem.message };
}

function newConversion(raw: RawText, toOriginal: (offset: number) => number, inserted: ReadonlySet<number>): Conversion {
  return { text: raw.text, tokens: raw.tokens, problems: raw.problems, toOriginal, inserted, sawYield: false, brokenCount: 0 };
}

function findComments(raw: RawText, toOriginal: (offset: number) => number): Comment[] {
  const comments: Comment[] = [];
  for (let index = 0; index < raw.tokens.count; index += 1) {
    for (const comment of raw.tokens.getItemAt(index).comments ?? []) {
      // Pyright's comment starts after its `#`.
      comments.push({ start: toOriginal(comment.start - 1), end: toOriginal(comment.start + comment.length), text: comment.value });
    }
  }
  return comments;
}

/** The only exception the parser is known for is the stack's overflow, and its own assertions count as the same: unreadable. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/** Reads the top-level statements one by one, and gives up on those alone that nest too deeply. */
function readInPieces(text: string): Reading {
  const starts: number[] = [];
  let afterDecorator = false;
  for (const line of findLogicalLines(text)) {
    if (line.indentation > 0) continue;
    const word = wordAt(text, line.start);
    if (!afterDecorator && !['elif', 'else', 'except', 'finally'].includes(word)) starts.push(line.start);
    afterDecorator = text[line.start] === '@';
  }
  const body: Statement[] = [];
  const problems: SyntaxProblem[] = [];
  const comments: Comment[] = [];
  for (const [index, start] of starts.entries()) {
    const end = starts[index + 1] ?? text.length;
    const piece = read(text.slice(start, end), start);
    if (piece === undefined) {
      body.push({ kind: 'Broken', start, end, names: leadingNames(text, start) });
      problems.push({ start, end, message: 'Nested too deeply' });
    } else {
      body.push(...piece.body);
      problems.push(...piece.problems);
      comments.push(...piece.comments);
    }
  }
  return { body, problems, comments };
}

/** The name that a definition or a plain assignment binds, read off its first words. */
function leadingNames(text: string, start: number): string[] {
  const first = wordAt(text, start);
  const afterFirst = skipSpaces(text, start + first.length);
  if (first === 'def' || first === 'class') return [wordAt(text, afterFirst)];
  return first !== '' && text[afterFirst] === '=' && text[afterFirst + 1] !== '=' ? [first] : [];
}

function skipSpaces(text: string, start: number): number {
  let index = start;
  while (text[index] === ' ' || text[index] === '\t') index += 1;
  return index;
}

