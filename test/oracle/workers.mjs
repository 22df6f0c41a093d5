// Python processes that hold the frameworks loaded and run one program after the other. They know nothing of specs or cases.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'run_program.py');
const SECONDS = 120;

// keras, torch or both: what the program imports decides which process runs it.
export function frameworkOf(files) {
  const text = Object.values(files).join('\n');
  const keras = /^\s*(?:import|from)\s+(?:keras|tensorflow|tensorflow_datasets)\b/m.test(text);
  const torch = /^\s*(?:import|from)\s+(?:torch|torchvision)\b/m.test(text);
  return keras && torch ? 'both' : torch ? 'torch' : 'keras';
}

// One process a framework, started at first use. `run` answers what run_program.py prints, or {broken}.
export function makeWorkers(python) {
  const lanes = new Map();
  const lane = (kind) => {
    if (!lanes.has(kind)) lanes.set(kind, { process: undefined, last: Promise.resolve() });
    return lanes.get(kind);
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

  async function one(kind, files, main) {
    const own = lane(kind);
    own.process ??= await start(kind);
    own.process.stdin.write(`${JSON.stringify({ files, main })}\n`);
    const answer = await answerOf(own.process);
    if (answer.broken !== undefined) {
      own.process.kill('SIGKILL');
      own.process = undefined;
    }
    return answer;
  }

  return {
    run(files, main) {
      const own = lane(frameworkOf(files));
      const result = own.last.then(() => one(frameworkOf(files), files, main));
      own.last = result.catch(() => {});
      return result;
    },
    close() {
      for (const { process } of lanes.values()) process?.kill();
    },
  };
}
