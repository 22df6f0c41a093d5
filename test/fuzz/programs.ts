// The programs that are broken on purpose: those of the cases and specifications, and, where an environment is given, the model files of installed
// libraries. It must not know the engine.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export interface FuzzProgram { readonly name: string; readonly text: string }

/** Programs of the cases and of the specifications, shorter than `longest` characters. */
export function ownPrograms(longest = 8_000): FuzzProgram[] {
  const cases = readdirSync(path.join('test', 'cases')).filter((name) => name.endsWith('.py')).sort().map((name) => ({ name, text: readFileSync(path.join('test', 'cases', name), 'utf8') }));
  const specs = readdirSync(path.join('test', 'specs'), { recursive: true }).map(String).filter((name) => name.endsWith('.md')).sort().flatMap((name) =>
    [...readFileSync(path.join('test', 'specs', name), 'utf8').matchAll(/^```python[^\n]*\n([\s\S]*?)^```/gm)].map((match, at) => ({ name: `${name}#${at + 1}`, text: match[1] ?? '' })));
  return [...cases, ...specs].filter(({ text }) => text.length < longest);
}

/** Folders of installed libraries that hold models. */
const modelFolders = ['torchvision/models', 'torchvision/ops', 'timm/models', 'timm/layers', 'keras/src/layers', 'keras/src/models', 'keras/src/applications', 'transformers/models', 'lightning/pytorch/demos', 'segmentation_models_pytorch', 'monai/networks', 'diffusers/models', 'einops'];

/** The model files under these site-packages, shorter than `longest` characters; none where a folder is missing. */
export function installedPrograms(sites: readonly string[], longest = 60_000): FuzzProgram[] {
  const found: FuzzProgram[] = [];
  for (const site of sites) {
    for (const folder of modelFolders) {
      const whole = path.join(site, folder);
      if (!existsSync(whole)) continue;
      for (const name of readdirSync(whole, { recursive: true }).map(String).filter((one) => one.endsWith('.py')).sort()) {
        const file = path.join(whole, name);
        if (/(^|[\\/])(tests?|configuration_|tokenization_|convert_)/.test(name) || statSync(file).size > longest) continue;
        found.push({ name: `${folder}/${name.replaceAll('\\', '/')}`, text: readFileSync(file, 'utf8') });
      }
    }
  }
  return found;
}

/** The site-packages of a virtual environment. */
export function sitesOf(environment: string): string[] {
  const library = path.join(environment, 'lib');
  if (!existsSync(library)) return [];
  return readdirSync(library).filter((name) => name.startsWith('python')).map((name) => path.join(library, name, 'site-packages')).filter((folder) => existsSync(folder));
}
