// What runs inside VS Code's extension host. The program is a desktop VS Code where INLAYER_CODE names one, else the stand-in.
// A suite that finds no test fails: a filter that matches nothing would otherwise be green.
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineConfig } from '@vscode/test-cli';
import { editorFolder, repository } from './setup.mjs';

// A profile of this run's own: test-electron keeps its one between runs.
const profile = process.env.INLAYER_PROFILE ?? mkdtempSync(path.join(tmpdir(), 'inlayer-profile-'));
const suites = path.join(repository, 'out', 'editor');

// biome-ignore lint/style/noDefaultExport: vscode-test reads its configuration from the default export
export default defineConfig({
  files: readdirSync(suites).filter((name) => name.endsWith('.suite.cjs')).map((name) => path.join(suites, name)),
  workspaceFolder: process.env.INLAYER_WORKSPACE ?? path.join(editorFolder, 'example'),
  extensionDevelopmentPath: process.env.INLAYER_EXTENSION ?? repository,
  launchArgs: [`--user-data-dir=${path.join(profile, 'user')}`, `--extensions-dir=${path.join(profile, 'extensions')}`],
  useInstallation: { fromPath: process.env.INLAYER_CODE ?? path.join(editorFolder, 'code.mjs') },
  mocha: { ui: 'tdd', timeout: 30_000, failZero: true, reporter: path.join(editorFolder, 'reporter.cjs') },
});
