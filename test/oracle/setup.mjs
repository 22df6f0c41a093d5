// Makes the Python environment of the oracle: .venv-oracle in the project, from requirements.txt, once for each content of that file.
// INLAYER_ORACLE_PYTHON names an interpreter that has the frameworks already; nothing is installed then.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const folder = path.join(root, '.venv-oracle');
const stamp = path.join(folder, 'requirements.stamp');
const requirements = path.join(root, 'test', 'oracle', 'requirements.txt');

function execute(command, ...rest) {
  const result = spawnSync(command, rest, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.status !== 0) throw new Error(`${command} ${rest.join(' ')} ended with ${result.status ?? result.error?.message}`);
}

// The path of an interpreter that has Keras and PyTorch.
export function oraclePython() {
  const given = process.env.INLAYER_ORACLE_PYTHON;
  if (given) return given;
  const python = path.join(folder, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  if (!existsSync(python)) execute(process.env.PYTHON ?? 'python3', '-m', 'venv', folder);
  execute(python, '-m', 'pip', 'install', '-qq', '--disable-pip-version-check', '-r', requirements);
  writeFileSync(stamp, wanted);
  return python;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(oraclePython());
