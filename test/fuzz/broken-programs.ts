// Broken programs without number, one after the other. The analysis of each must come to an end without a fault of the engine, give places inside the
// text, and give the same again.
import { cpuUsage } from 'node:process';
import { memoryHost } from '../support/program.ts';
import { makeRandom, mutate } from './mutations.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './outcome.ts';
import type { FuzzProgram } from './programs.ts';

export interface FuzzResult {
  readonly rounds: number;
  /** What went wrong, with the text that shows it. */
  readonly failures: string[];
  /** The analysis that took the most of the processor, in milliseconds, and its text's name. */
  readonly slowest: { readonly milliseconds: number; readonly name: string };
}

export interface FuzzOptions {
  readonly rounds: number;
  readonly seed: number;
  /** Called now and then with the number of rounds that are done. */
  readonly progress?: (done: number) => void;
}

const mostFailures = 10;

/** What the language server gives an analysis. Views of what was found come on top, and the processor's time counts the collection of garbage twice on two cores. */
const budgetMilliseconds = 1500;

export function breakPrograms(programs: readonly FuzzProgram[], options: FuzzOptions): FuzzResult {
  const failures: string[] = [];
  const random = makeRandom(options.seed);
  const host = memoryHost({});
  let slowest = { milliseconds: 0, name: '' }, round = 0;
  for (; round < options.rounds && failures.length < mostFailures; round += 1) {
    const program = programs[random(programs.length)] ?? { name: '', text: '' };
    let { text } = program;
    for (let times = 1 + random(3); times > 0; times -= 1) text = mutate(text, random, programs[random(programs.length)]?.text ?? '');
    const before = cpuUsage();
    const outcome: Outcome = outcomeOf(text, host);
    const { user, system } = cpuUsage(before), milliseconds = (user + system) / 1000;
    if (milliseconds > slowest.milliseconds) slowest = { milliseconds, name: `round ${round}, ${program.name}` };
    const problems = [...outcome.problems];
    if (milliseconds > budgetMilliseconds) {
      const start = cpuUsage();
      outcomeOf(text, host, { maximumMilliseconds: budgetMilliseconds, maximumSteps: undefined });
      const used = cpuUsage(start), needed = (used.user + used.system) / 1000;
      if (needed > 2 * budgetMilliseconds) problems.push(`with ${budgetMilliseconds} ms to spend it took ${needed.toFixed(0)} ms of the processor`);
    }
    // Every fourth is run twice: what one run leaves behind must not change the next.
    if (round % 4 === 0 && outcomeOf(text, host).shown !== outcome.shown) problems.push('another result the second time');
    if (problems.length > 0) failures.push(`round ${round} of seed ${options.seed} (${program.name}): ${problems.join('\n')}\n${JSON.stringify(text)}`);
    if (round % 500 === 499) options.progress?.(round + 1);
  }
  return { rounds: round, failures, slowest };
}
