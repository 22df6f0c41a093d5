// Makes the environment of libraries that the corpus reads: .venv-corpus in the project, from requirements.txt, once for each content of that
// file; another one, with more and bigger ones, for the group "findings". It holds sources alone, without what they need to run: nothing of them is ever run.
// INLAYER_CORPUS_ENVIRONMENT names an environment that holds them already; nothing is installed then.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
function execute(command, ...rest) {
  const result = spawnSync(command, rest, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.status !== 0) throw new Error(`${command} ${rest.join(' ')} ended with ${result.status ?? result.error?.message}`);
}

// The folder of an environment that holds the libraries' sources; `findings`: those of the group of that name.
export function corpusEnvironment(kind = '') {
  const given = process.env.INLAYER_CORPUS_ENVIRONMENT;
  if (given) return path.resolve(given);
  const suffix = kind === 'findings' ? '-findings' : '';
  const folder = path.join(root, `.venv-corpus${suffix}`), stamp = path.join(folder, 'requirements.stamp');
  const requirements = path.join(root, 'test', 'corpus', `requirements${suffix}.txt`);
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return folder;
  const python = path.join(folder, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));
  if (!existsSync(python)) execute(process.env.PYTHON ?? 'python3', '-m', 'venv', folder);
  execute(python, '-m', 'pip', 'install', '-qq', '--disable-pip-version-check', '--no-deps', '-r', requirements);
  writeFileSync(stamp, wanted);
  return folder;
}
