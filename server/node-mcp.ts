// `inlayer mcp`: the tools for language models over the process' own streams. Reads files of the folder that it was started in and nothing
// else of the disk but the libraries of the environment; runs nothing, writes nothing. What is said is server/mcp's.
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { makeMcp } from './mcp/protocol.ts';
import { tools } from './mcp/tools.ts';
import { analyseFile, isWithin, unreadableText } from './node-analysis.ts';
import { adjustFindings } from './workspace/adjusting.ts';
import type { Analysis } from './workspace/analysis.ts';
import type { Settings } from './workspace/settings.ts';

/** A line that is longer is no request of any use. */
const longestLine = 1_000_000;

/** Answers until the other side closes the stream. `settingsOf`: what is set for a file. */
export function serveMcp(version: string, settingsOf: (file: string) => Settings): void {
  const root = realpathSync(process.cwd());
  const handle = makeMcp({
    version, tools,
    call: (tool, args) => {
      const given = String(args['file']), file = fileWithin(root, given);
      let analysis: Analysis;
      try { analysis = analyseFile(file, { within: root }); } catch (error) { throw new Error(unreadableText(given, error)); }
      const findings = adjustFindings(analysis.findings, settingsOf(file), analysis.quietFindings);
      return tool.answer({ source: analysis.source, trace: analysis.trace, findings, show: (name) => (isWithin(name, root) ? path.relative(root, name) : name) }, args);
    },
  });
  let pending = '', isSkipping = false;
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (chunk: string) => {
    const lines = (pending + chunk).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) {
      const answer = isSkipping ? undefined : handle(line);
      isSkipping = false;
      if (answer !== undefined) process.stdout.write(`${answer}\n`);
    }
    if (pending.length <= longestLine) return;
    // What cannot be a message is answered as such, and the rest of its line is dropped.
    if (!isSkipping) process.stdout.write(`${handle('{')}\n`);
    isSkipping = true;
    pending = '';
  });
  // A client that is gone takes no answers.
  process.stdout.on('error', () => process.exit(0));
}

/** The file's real path. Links lead nowhere outside; what is outside is refused alike whether it exists or not. */
function fileWithin(root: string, given: string): string {
  const absolute = path.resolve(root, given);
  const refusal = new Error(`${given} is not in the folder that inlayer mcp was started in. Give a path relative to that folder.`);
  if (!isWithin(absolute, root)) throw refusal;
  let real: string;
  try { real = realpathSync(absolute); } catch { throw new Error(`${given} does not exist. Give the path of a Python file or notebook, relative to the folder that inlayer mcp was started in.`); }
  if (!isWithin(real, root)) throw refusal;
  if (!/\.(py|ipynb)$/.test(real)) throw new Error(`${given} is no Python file (.py) and no notebook (.ipynb).`);
  return real;
}
