// One of the processes of `npm run fuzz`: breaks its share of programs, or types its share of files, and prints what came of it as JSON.
import { breakPrograms } from './broken-programs.ts';
import { installedPrograms, ownPrograms, sitesOf } from './programs.ts';
import { typePrograms } from './typing.ts';

interface Task { readonly kind: 'break' | 'type'; readonly rounds: number; readonly seed: number; readonly share: number; readonly shares: number; readonly environment?: string }

const task = JSON.parse(process.argv[2] ?? '{}') as Task;
if (task.kind === 'break') {
  const programs = [...ownPrograms(), ...(task.environment === undefined ? [] : installedPrograms(sitesOf(task.environment)))];
  const result = breakPrograms(programs, { rounds: task.rounds, seed: task.seed + task.share, progress: (done) => process.stderr.write(`  ${done} of ${task.rounds}\n`) });
  process.stdout.write(JSON.stringify({ ...result, programs: programs.length }));
} else {
  const programs = ownPrograms(1_500).filter((_, at) => at % task.shares === task.share).slice(0, task.rounds);
  process.stdout.write(JSON.stringify({ rounds: programs.length, failures: typePrograms(programs, 1), programs: programs.length }));
}
