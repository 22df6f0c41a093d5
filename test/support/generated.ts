// What is made from the rules and the tools for language models: the README's table, a page for each rule, the manifest's settings and
// tools, their texts. All are compared in generated.test.ts, and rewritten by `npm run generate`.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { allChecks } from '../../server/checks/index.ts';
import { inputSchema, tools } from '../../server/mcp/tools.ts';

export interface GeneratedFile { readonly file: string; readonly present: string; readonly wanted: string }

export function generatedFiles(): GeneratedFile[] {
  return [readme(), manifest(), ...manifestTexts(), ...rulePages()];
}

export function writeGenerated(): void {
  mkdirSync(rulesFolder, { recursive: true });
  for (const file of strayPages()) rmSync(file);
  for (const { file, present, wanted } of generatedFiles()) if (present !== wanted) writeFileSync(file, wanted);
}

function readme(): GeneratedFile {
  const present = readFileSync('README.md', 'utf8');
  const table = ['| rule | severity | says |', '|---|---|---|', ...allChecks.map((check) => `| [\`${check.id}\`](docs/rules/${check.id}.md) | ${check.severity} | ${check.summary} |`)].join('\n');
  return { file: 'README.md', present, wanted: present.replace(/(<!-- rules -->\n)[\s\S]*?(\n<!-- \/rules -->)/, (_whole, open: string, close: string) => `${open}${table}${close}`) };
}

function manifest(): GeneratedFile {
  const present = readFileSync('package.json', 'utf8');
  const content = JSON.parse(present) as { activationEvents?: string[]; contributes?: { languageModelTools?: object[]; configuration?: { properties?: Record<string, Record<string, unknown>> } | { properties?: Record<string, Record<string, unknown>> }[] } };
  if (content.contributes !== undefined) content.contributes.languageModelTools = tools.map((tool) => ({
    name: tool.name, displayName: `%tool.${tool.name}.title%`, modelDescription: tool.description, userDescription: `%tool.${tool.name}.description%`,
    canBeReferencedInPrompt: true, toolReferenceName: tool.name, icon: '$(list-tree)', tags: ['keras', 'pytorch', 'machine-learning'], inputSchema: inputSchema(tool),
  }));
  const toolEvents = tools.map((tool) => `onLanguageModelTool:${tool.name}`);
  content.activationEvents = [...(content.activationEvents ?? []).filter((event) => !event.startsWith('onLanguageModelTool:')), ...toolEvents];
  const sections = content.contributes?.configuration;
  for (const section of Array.isArray(sections) ? sections : sections === undefined ? [] : [sections]) {
    const rules = section.properties?.['inlayer.rules'];
    if (rules === undefined) continue;
    rules['properties'] = Object.fromEntries(allChecks.map((check) => [check.id, {
      type: 'string', enum: ['default', 'off', 'error', 'warning', 'information', 'hint'], default: 'default', description: `%rule.${check.id}%`,
    }]));
    rules['additionalProperties'] = false;
  }
  return { file: 'package.json', present, wanted: `${JSON.stringify(content, undefined, 2)}\n` };
}

/** The settings' descriptions of the rules, in each language behind the texts that are written by hand. */
function manifestTexts(): GeneratedFile[] {
  return ['', ...readdirSync('server/languages')].map((language) => {
    const file = language === '' ? 'package.nls.json' : `package.nls.${language}.json`;
    const present = readFileSync(file, 'utf8');
    const texts = language === '' ? {} : JSON.parse(readFileSync(path.join('server/languages', language, 'checks.json'), 'utf8')) as Readonly<Record<string, string>>;
    const own = Object.entries(JSON.parse(present) as Record<string, string>).filter(([key]) => !key.startsWith('rule.'));
    const rules = allChecks.map((check): [string, string] => [`rule.${check.id}`, `${texts[check.summary] ?? check.summary} (${check.severity})`]);
    return { file, present, wanted: `${JSON.stringify(Object.fromEntries([...own, ...rules]), undefined, 2)}\n` };
  });
}

const rulesFolder = path.join('docs', 'rules');

/** A page for each rule, from its own file, and one that lists them. */
function rulePages(): GeneratedFile[] {
  const pages = allChecks.map((check): [string, string] => [check.id, `<!-- Generated from server/checks/${check.id}.ts by \`npm run generate\`. -->
# ${check.id}

${check.summary} Severity: ${check.severity === 'off' ? 'off; the settings or `--rules` switch it on' : check.severity}.

${expectationsAsComments(check.documentation).trim()}

## Switching it off

On one line: \`# inlayer: ignore[${check.id}]\`. Everywhere: the setting \`"inlayer.rules": { "${check.id}": "off" }\`, or \`inlayer check --rules ${check.id}=off\`.
`]);
  const list = `<!-- Generated from server/checks by \`npm run generate\`. -->
# Rules

| rule | severity | says |
|---|---|---|
${allChecks.map((check) => `| [\`${check.id}\`](${check.id}.md) | ${check.severity} | ${check.summary} |`).join('\n')}
`;
  return [...pages, ['README', list] as const].map(([name, wanted]) => {
    const file = path.join(rulesFolder, `${name}.md`);
    return { file, present: existsSync(file) ? readFileSync(file, 'utf8') : '', wanted };
  });
}

/** Pages of rules that are no more. */
export function strayPages(): string[] {
  const known = new Set(['README', ...allChecks.map((check) => check.id)]);
  return existsSync(rulesFolder) ? readdirSync(rulesFolder).filter((name) => !known.has(path.basename(name, '.md'))).map((name) => path.join(rulesFolder, name)) : [];
}

/** `# error: [label-range] "5 classes"` says a test what to find; a reader is told that it is found here. */
function expectationsAsComments(documentation: string): string {
  return documentation.replace(/# (error|warning|information): \[([a-z-]+)\](?: "([^"]*)")?/g, (_whole, severity: string, rule: string, words: string | undefined) => `# ${severity}: ${rule}${words === undefined ? '' : ` (… ${words} …)`}`);
}
