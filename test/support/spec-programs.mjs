// The programs of the specifications of models, for what measures and wears the engine with real files. It must not know the engine.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'specs', 'torch', 'models');

/** Every Python block below the headings, in the files' order. */
export function modelPrograms() {
  return readdirSync(folder).filter((name) => name.endsWith('.md')).sort()
    .flatMap((name) => [...readFileSync(path.join(folder, name), 'utf8').matchAll(/^```python[^\n]*\n([\s\S]*?)^```/gm)].map((match, at) => ({ name: `${name}${at}`, text: match[1] })));
}
