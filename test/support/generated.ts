// What is made from the rules: the README's table and the manifest's settings. Both are compared in generated.test.ts, and
// rewritten by `npm run generate`.
import { readFileSync, writeFileSync } from 'node:fs';
import { allChecks } from '../../server/checks/index.ts';

export interface GeneratedFile { readonly file: string; readonly present: string; readonly wanted: string }

export function generatedFiles(): GeneratedFile[] {
  return [readme(), manifest()];
}

export function writeGenerated(): void {
  for (const { file, present, wanted } of generatedFiles()) if (present !== wanted) writeFileSync(file, wanted);
}

function readme(): GeneratedFile {
  const present = readFileSync('README.md', 'utf8');
  const table = ['| rule | severity | says |', '|---|---|---|', ...allChecks.map((check) => `| \`${check.id}\` | ${check.severity} | ${check.summary} |`)].join('\n');
  return { file: 'README.md', present, wanted: present.replace(/(<!-- rules -->\n)[\s\S]*?(\n<!-- \/rules -->)/, (_whole, open: string, close: string) => `${open}${table}${close}`) };
}

function manifest(): GeneratedFile {
  const present = readFileSync('package.json', 'utf8');
  const content = JSON.parse(present) as { contributes?: { configuration?: { properties?: Record<string, Record<string, unknown>> } | { properties?: Record<string, Record<string, unknown>> }[] } };
  const sections = content.contributes?.configuration;
  for (const section of Array.isArray(sections) ? sections : sections === undefined ? [] : [sections]) {
    const rules = section.properties?.['inlayer.rules'];
    if (rules === undefined) continue;
    rules['properties'] = Object.fromEntries(allChecks.map((check) => [check.id, {
      type: 'string', enum: ['default', 'off', 'error', 'warning', 'information', 'hint'], default: 'default', description: `${check.summary} (${check.severity})`,
    }]));
    rules['additionalProperties'] = false;
  }
  return { file: 'package.json', present, wanted: `${JSON.stringify(content, undefined, 2)}\n` };
}
