// Analyses the hostile programs one by one in a process of its own, whose memory is bounded, and prints a line of JSON for each:
// the name before it begins, then what came of it. A process that runs out of memory leaves the name as its last line.
import { hintsOf } from '../../server/features/hints.ts';
import { summarize, summaryText } from '../../server/features/summary.ts';
import { symbolsOf } from '../../server/features/symbols.ts';
import { nodeHost } from '../../server/node-host.ts';
import { analyseText } from '../../server/workspace/analysis.ts';
import { hostilePrograms, hostileTexts } from '../hostile/programs.ts';

/** Programs before this one were run by a process that did not survive. */
const first = Number(process.argv[2] ?? 0);
const budgetMilliseconds = Number(process.argv[3] ?? 1500);
for (const [name, text] of Object.entries({ ...hostilePrograms, ...hostileTexts }).slice(first)) {
  process.stdout.write(`${JSON.stringify({ begins: name })}\n`);
  const cpu = process.cpuUsage();
  const started = performance.now();
  const analysis = analyseText('/project/hostile.py', text, { host: nodeHost([], '/project'), folders: ['/project'], maximumMilliseconds: budgetMilliseconds });
  const analysed = performance.now();
  let viewFault: unknown;
  try {
    hintsOf(analysis.trace, '/project/hostile.py');
    symbolsOf(analysis.trace, '/project/hostile.py');
    for (const model of summarize(analysis.trace, '/project/hostile.py')) summaryText(model);
  } catch (error) { viewFault = error; }
  const used = process.cpuUsage(cpu);
  const fault = analysis.fault ?? viewFault;
  process.stdout.write(`${JSON.stringify({
    name, wall: Math.round(performance.now() - started), views: Math.round(performance.now() - analysed), cpu: Math.round((used.user + used.system) / 1000), exceeded: analysis.exceeded,
    fault: fault instanceof Error ? fault.stack ?? fault.message : fault, findings: analysis.findings.length, heap: Math.round(process.memoryUsage().heapUsed / 1e6),
  })}\n`);
}
