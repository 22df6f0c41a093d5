// Starts VS Code's own server from host/ on the loopback interface and stops it again.
// Knows nothing of the extension and of who looks at it: a browser under test or a person.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hostNode, serverMain } from './setup.mjs';

/** User settings that keep the window still: no welcome page, no chat, no update checks. */
export const quietSettings = {
  'workbench.startupEditor': 'none',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'git.enabled': false,
  'task.problemMatchers.neverPrompt': true,
};

/**
 * @typedef {object} ServerOptions
 * @property {Readonly<Record<string, unknown>>} [settings]
 * @property {string} [userData]
 * @property {string} [extensions]
 * @property {boolean} [testing]
 * @property {boolean} [restricted] whether folders have to be trusted first
 * @property {string} [token]
 * @property {number} [port]
 * @property {string} [folder]
 * @property {Readonly<Record<string, string>>} [environment]
 * @property {string} [locale]
 */

/**
 * Starts a server. `testing` opens the way for extensions and suites under development, which VS Code otherwise ignores in
 * silence (its smoke-test driver flag, 1.139). `locale` is the display language: a language pack without a sentence makes VS Code speak its
 * own English in it, and asks extensions for theirs. Without a `token`, whoever reaches the port may use it: for tests only.
 * @param {ServerOptions} options
 */
export async function startServer({ settings = {}, userData, extensions, testing = false, restricted = false, token, port = 0, folder, environment = {}, locale } = {}) {
  const temporary = mkdtempSync(path.join(tmpdir(), 'inlayer-editor-'));
  const userFolder = userData ?? path.join(temporary, 'user');
  const extensionsFolder = extensions ?? path.join(temporary, 'extensions');
  mkdirSync(path.join(userFolder, 'User'), { recursive: true });
  mkdirSync(extensionsFolder, { recursive: true });
  writeFileSync(path.join(userFolder, 'User', 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, null, 2));
  if (locale !== undefined) {
    const sentences = path.join(userFolder, 'main.i18n.json');
    writeFileSync(sentences, JSON.stringify({ version: '1.0.0', contents: {} }));
    writeFileSync(path.join(userFolder, 'languagepacks.json'), JSON.stringify({ [locale]: { hash: 'empty', extensions: [{ extensionIdentifier: { id: 'inlayer.empty-language-pack' }, version: '1.0.0' }], translations: { vscode: sentences }, label: locale } }));
  }
  const variables = { ...process.env, ...environment };
  delete variables.NODE_OPTIONS;
  delete variables.VSCODE_TEST_OPTIONS;
  const child = spawn(hostNode(), [
    serverMain, '--host', '127.0.0.1', '--port', String(port), '--accept-server-license-terms',
    ...(token === undefined ? ['--without-connection-token'] : ['--connection-token', token]),
    '--server-data-dir', path.join(temporary, 'server'), '--user-data-dir', userFolder, '--extensions-dir', extensionsFolder,
    '--disable-telemetry', '--disable-experiments', ...(restricted ? [] : ['--disable-workspace-trust']),
    ...(folder === undefined ? [] : ['--default-folder', folder]),
    ...(locale === undefined ? [] : ['--locale', locale]),
    ...(testing ? ['--enable-smoke-test-driver'] : []),
  ], { env: variables, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const stop = () => {
    try { process.kill(-child.pid, 'SIGKILL'); } catch { /* has ended */ }
    rmSync(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const listening = await new Promise((resolve, reject) => {
      let output = '';
      const read = (data) => {
        output = (output + data).slice(-20_000);
        const match = /Extension host agent listening on (\d+)/.exec(output);
        if (match !== null) resolve(Number(match[1]));
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.on('error', reject);
      child.on('exit', (code) => reject(new Error(`VS Code's server ended with ${code}:\n${output}`)));
      setTimeout(() => reject(new Error(`VS Code's server did not start within 60 s:\n${output}`)), 60_000).unref();
    });
    return { port: listening, authority: `127.0.0.1:${listening}`, process: child, temporary, stop };
  } catch (error) {
    stop();
    throw error;
  }
}
