// Where the comments of a text stand: at the end of a line, on lines of their own, above a statement. It must not know what they say.
import type { Comment, ParsedSource } from './ast.ts';
import { lineAt } from './lines.ts';

export interface PlacedComment extends Comment {
  readonly line: number;
  /** Whether nothing else stands on its line. */
  readonly isAlone: boolean;
}

const placed = new WeakMap<ParsedSource, ReadonlyMap<number, PlacedComment>>();

/** The comments by line (counted from 0); a line holds one at most. */
export function commentsByLine(source: ParsedSource): ReadonlyMap<number, PlacedComment> {
  let comments = placed.get(source);
  if (comments === undefined) {
    comments = new Map(source.comments.map((comment) => {
      const line = lineAt(source.lineStarts, comment.start);
      const isAlone = source.text.slice(source.lineStarts[line] ?? 0, comment.start).trim() === '';
      return [line, { ...comment, line, isAlone }];
    }));
    placed.set(source, comments);
  }
  return comments;
}

/** The comment on the line on which `offset` stands, if it begins behind `offset`. */
export function commentAfter(source: ParsedSource, offset: number): PlacedComment | undefined {
  const comment = commentsByLine(source).get(lineAt(source.lineStarts, offset));
  return comment !== undefined && comment.start >= offset ? comment : undefined;
}

/** The comments on lines of their own directly above the line of `offset`, from top to bottom. */
export function commentsAbove(source: ParsedSource, offset: number): readonly PlacedComment[] {
  const comments = commentsByLine(source);
  const found: PlacedComment[] = [];
  for (let line = lineAt(source.lineStarts, offset) - 1; line >= 0; line -= 1) {
    const comment = comments.get(line);
    if (comment === undefined || !comment.isAlone) break;
    found.unshift(comment);
  }
  return found;
}

/** The comments whose `#` stands in the range, in order. */
export function commentsWithin(source: ParsedSource, start: number, end: number): readonly PlacedComment[] {
  return [...commentsByLine(source).values()].filter((comment) => comment.start >= start && comment.start < end);
}
