// Python processes that hold the frameworks loaded and run one program after the other. They know nothing of specs or cases.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'run_program.py');
const SECONDS = 360;

// keras, torch or both: what the program imports decides which process runs it.
export function frameworkOf(files) {
  const text = Object.values(files).join('\n');
  const keras = /^\s*(?:import|from)\s+(?:keras|tensorflow|tensorflow_datasets)\b/m.test(text);
  const torch = /^\s*(?:import|from)\s+(?:torch|torchvision)\b/m.test(text);
  return keras && torch ? 'both' : torch ? 'torch' : 'keras';
}

// Two processes for Keras, whose programs are the most and the slowest, one for the rest, started at first use.
// `run` answers what run_program.py prints, or {broken}.
export function makeWorkers(python) {
  const lanes = new Map();
  // The lane of a kind with the fewest programs waiting.
  const lane = (kind) => {
    if (!lanes.has(kind)) lanes.set(kind, Array.from({ length: kind === 'keras' ? 2 : 1 }, () => ({ process: undefined, last: Promise.resolve(), waiting: 0 })));
    return lanes.get(kind).reduce((least, one) => (one.waiting < least.waiting ? one : least));
  };

  async function start(kind) {
    const child = spawn(python, ['-B', script, '--serve', kind], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.noise = '';
    child.stderr.on('data', (chunk) => { child.noise = (child.noise + chunk).slice(-4000); });
    child.stdin.on('error', () => {});
    child.ended = new Promise((resolve) => { child.on('exit', (code) => resolve({ broken: `the Python process ended with ${code}: ${child.noise.trim().split('\n').at(-1)}` })); });
    child.answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ready = await answerOf(child);
    if (ready.broken !== undefined) throw new Error(ready.broken);
    return child;
  }

  async function answerOf(child) {
    let timer;
    const late = new Promise((resolve) => { timer = setTimeout(() => resolve({ broken: `no answer within ${SECONDS} s` }), SECONDS * 1000); });
    const line = child.answers.next().then(({ value, done }) => (done ? child.ended : JSON.parse(value)));
    const answer = await Promise.race([line, late]);
    clearTimeout(timer);
    return answer;
  }

  async function one(own, kind, files, main, after) {
    own.process ??= await start(kind);
    own.process.stdin.write(`${JSON.stringify({ files, main, after })}\n`);
    const answer = await answerOf(own.process);
    if (answer.broken !== undefined) {
      own.process.kill('SIGKILL');
      own.process = undefined;
    }
    return answer;
  }

  return {
    run(files, main, after = undefined) {
      const kind = frameworkOf(files), own = lane(kind);
      own.waiting += 1;
      const result = own.last.then(() => one(own, kind, files, main, after)).finally(() => { own.waiting -= 1; });
      own.last = result.catch(() => {});
      return result;
    },
    close() {
      for (const { process } of [...lanes.values()].flat()) process?.kill();
    },
  };
}
