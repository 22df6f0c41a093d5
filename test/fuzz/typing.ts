// Whole files typed character by character into an open program, as the editor sends them: what is kept between two texts must not show. At each end
// of a file, and now and then on the way, the result must be that of a fresh analysis.
import { makeSession } from '../../server/workspace/session.ts';
import { memoryHost } from '../support/program.ts';
import { fuzzFile, outcomeOf, outcomeOfAnalysis } from './outcome.ts';
import type { FuzzProgram } from './programs.ts';

/** Types each program into one session, `stride` characters at a time; gives what differs. */
export function typePrograms(programs: readonly FuzzProgram[], stride: number): string[] {
  const host = memoryHost({});
  const session = makeSession({ hostFor: () => host, foldersFor: () => ['/project'], maximumMilliseconds: 120_000 });
  const failures: string[] = [];
  const compare = (name: string, text: string): void => {
    const analysis = session.analysis(fuzzFile);
    const typed = analysis === undefined ? { shown: '', problems: ['no analysis'] } : outcomeOfAnalysis(analysis);
    const fresh = outcomeOf(text, host, { maximumSteps: undefined });
    const problems = [...typed.problems, ...(typed.shown === fresh.shown ? [] : [`typed: ${typed.shown}\nfresh: ${fresh.shown}`])];
    if (problems.length > 0) failures.push(`${name} after ${text.length} characters: ${problems.join('\n')}`);
  };
  for (const { name, text } of programs) {
    for (let length = 0; length < text.length; length += stride) {
      session.update(fuzzFile, text.slice(0, length));
      const analysis = session.analysis(fuzzFile);
      if (analysis?.fault !== undefined) failures.push(`${name} after ${length} characters: ${String(analysis.fault)}`);
      if (length % 400 < stride) compare(name, text.slice(0, length));
    }
    session.update(fuzzFile, text);
    compare(name, text);
    if (failures.length > 5) break;
  }
  return failures;
}
