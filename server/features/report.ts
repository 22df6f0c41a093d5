// What language models are told of a file: its models, the shapes of its lines, its problems, as compact text in English. The same text as
// on the command line, cut where it is long. It knows no protocol.
import type { Finding, Trace } from '../trace/trace.ts';
import type { SourceFile } from '../values/place.ts';
import { checkOutput } from './check-output.ts';
import { hintsOf } from './hints.ts';
import { summarize, summaryText } from './summary.ts';

/** A file that was analysed. */
export interface ReportedFile {
  readonly source: SourceFile;
  readonly trace: Trace;
  readonly findings: readonly Finding[];
  /** The path as the reader should see it. */
  readonly show: (path: string) => string;
}

/** So many characters are told at once; a model's context is small, and what is cut says how to get the rest. */
export const mostCharacters = 24_000;

/** Each model as a table, or the one of that name or class. */
export function summaryReport({ trace, source, show }: ReportedFile, model?: string): string {
  const models = summarize(trace, source.path);
  const wanted = model === undefined ? models : models.filter((one) => one.name === model || one.class === model);
  if (models.length === 0) return `${show(source.path)} builds no Keras or PyTorch model that could be followed.`;
  if (wanted.length === 0) return `${show(source.path)} has no model "${model ?? ''}". It has: ${models.map((one) => `${one.name} (${one.class})`).join(', ')}.`;
  return cut(wanted.map((one) => summaryText(one)).join('\n\n'), 'name one model to see it whole');
}

/** The lines of which something is known, with their numbers and their shapes: `12: x = self.conv(x)  # (N, 64, 56, 56)`. */
export function shapesReport({ trace, source, show }: ReportedFile, from = 1, to = Number.POSITIVE_INFINITY): string {
  const lines = source.parsed.text.split(/\r\n|\r|\n/);
  const hints = hintsOf(trace, source.path).filter((hint) => hint.line >= from && hint.line <= to);
  if (hints.length === 0) return `No shapes are known in ${to === Number.POSITIVE_INFINITY && from === 1 ? show(source.path) : `lines ${from} to ${to} of ${show(source.path)}`}.`;
  return cut(hints.map((hint) => `${hint.line}: ${(lines[hint.line - 1] ?? '').trim()}  # ${hint.text}`).join('\n'), 'ask for a range of lines');
}

export function checkReport({ findings, show }: ReportedFile): string {
  return cut(checkOutput(findings, 'text', show), 'repair the first ones and check again');
}

function cut(text: string, advice: string): string {
  if (text.length <= mostCharacters) return text;
  const end = text.lastIndexOf('\n', mostCharacters);
  return `${text.slice(0, end < 0 ? mostCharacters : end)}\n… ${text.length - mostCharacters} more characters: ${advice}.`;
}
