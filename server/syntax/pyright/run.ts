// Runs Pyright's tokenizer and parser over a text and keeps what the converter needs: the tree, the tokens, the comments
// and the complaints that mean broken syntax. It must not know our own tree.
import { DiagnosticSink } from '@zzzen/pyright-internal/dist/common/diagnosticSink.js';
import type { TextRange } from '@zzzen/pyright-internal/dist/common/textRange.js';
import type { TextRangeCollection } from '@zzzen/pyright-internal/dist/common/textRangeCollection.js';
import type { ModuleNode } from '@zzzen/pyright-internal/dist/parser/parseNodes.js';
import { ParseOptions, Parser } from '@zzzen/pyright-internal/dist/parser/parser.js';
import type { Token } from '@zzzen/pyright-internal/dist/parser/tokenizerTypes.js';
import { isSemanticMessage } from './kinds.ts';

export type Tokens = TextRangeCollection<Token>;

export interface RawProblem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

export interface RawParse {
  readonly text: string;
  readonly tree: ModuleNode;
  readonly tokens: Tokens;
  /** Sorted by place. */
  readonly problems: readonly RawProblem[];
}

/** Throws a RangeError when the text nests too deeply for the stack. */
export function runParser(text: string): RawParse {
  const sink = new DiagnosticSink();
  const parser = new Parser();
  // `# type:` comments are comments to us. Read as annotations they would bring complaints and stretch the ranges of nodes.
  Object.assign(parser, { _getTypeAnnotationCommentText: () => undefined });
  const results = parser.parseSourceFile(text, new ParseOptions(), sink);
  const lines = results.tokenizerOutput.lines;
  const problems: RawProblem[] = [];
  for (const error of sink.getErrors()) {
    if (isSemanticMessage(error.message)) continue;
    const start = offsetOf(lines, error.range.start, text.length);
    problems.push({ start, end: Math.max(start, offsetOf(lines, error.range.end, text.length)), message: error.message });
  }
  problems.sort((left, right) => left.start - right.start);
  return { text, tree: results.parserOutput.parseTree, tokens: results.tokenizerOutput.tokens, problems };
}

function offsetOf(lines: TextRangeCollection<TextRange>, position: { line: number; character: number }, textLength: number): number {
  if (position.line >= lines.count) return textLength;
  return Math.min(lines.getItemAt(position.line).start + position.character, textLength);
}
