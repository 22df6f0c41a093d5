// Runs Pyright's tokenizer and parser over a text and keeps what the converter needs: the tree, the tokens, the comments
// and the complaints that mean broken syntax. It must not know our own tree.
import { DiagnosticSink } from '@zzzen/pyright-internal/dist/common/diagnosticSink.js';
import type { TextRange } from '@zzzen/pyright-internal/dist/common/textRange.js';
import type { TextRangeCollection } from '@zzzen/pyright-internal/dist/common/textRangeCollection.js';
import type { ExpressionNode, ModuleNode } from '@zzzen/pyright-internal/dist/parser/parseNodes.js';
import { ParseOptions, Parser } from '@zzzen/pyright-internal/dist/parser/parser.js';
import { Tokenizer } from '@zzzen/pyright-internal/dist/parser/tokenizer.js';
import type { Token } from '@zzzen/pyright-internal/dist/parser/tokenizerTypes.js';
import { isLayoutMessage, isSemanticMessage, ParseMode } from './kinds.ts';

export type Tokens = TextRangeCollection<Token>;

export interface RawProblem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  /** Whether it is about the layout between statements, none of which it spoils. */
  readonly isLayout: boolean;
}

/** A text and its tokens, with what the parser complained about. */
export interface RawText {
  readonly text: string;
  readonly tokens: Tokens;
  /** Sorted by place. */
  readonly problems: readonly RawProblem[];
}

export interface RawModule extends RawText {
  readonly tree: ModuleNode;
}

export interface RawExpression extends RawText {
  readonly tree: ExpressionNode | undefined;
}

/** Given, so that the parser does not compute one of the whole text. */
const noFingerprint = { primary: 0, secondary: 0 };

type Complaint = ReturnType<DiagnosticSink['getErrors']>[number];
type Lines = TextRangeCollection<TextRange>;

/** Throws a RangeError when the text nests too deeply for the stack. */
export function runParser(text: string): RawModule {
  const sink = new DiagnosticSink();
  const parser = new Parser();
  // `# type:` comments are comments to us. Read as annotations they would bring complaints and stretch the ranges of nodes.
  Object.assign(parser, { _getTypeAnnotationCommentText: () => undefined });
  const results = parser.parseSourceFile(text, new ParseOptions(), sink, noFingerprint);
  const problems = findProblems(sink.getErrors(), results.tokenizerOutput.lines, text.length);
  return { text, tree: results.parserOutput.parseTree, tokens: results.tokenizerOutput.tokens, problems };
}

/** The same for a text that is one expression and may span lines. */
export function runExpressionParser(text: string): RawExpression {
  const options = new ParseOptions();
  const results = new Parser().parseTextExpression(text, 0, text.length, options, ParseMode.Expression, 1);
  const { tokens } = new Tokenizer().tokenize(text, 0, text.length, 1);
  return { text, tree: results.parseTree, tokens, problems: findProblems(results.diagnostics, results.lines, text.length) };
}

function findProblems(complaints: readonly Complaint[], lines: Lines, textLength: number): RawProblem[] {
  const problems: RawProblem[] = [];
  for (const { message, range } of complaints) {
    if (isSemanticMessage(message)) continue;
    const start = offsetOf(lines, range.start, textLength);
    problems.push({ start, end: Math.max(start, offsetOf(lines, range.end, textLength)), message, isLayout: isLayoutMessage(message) });
  }
  return problems.sort((left, right) => left.start - right.start);
}

function offsetOf(lines: Lines, position: { line: number; character: number }, textLength: number): number {
  if (position.line >= lines.count) return textLength;
  return Math.min(lines.getItemAt(position.line).start + position.character, textLength);
}
