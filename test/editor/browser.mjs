// Opens a VS Code window of a server in a headless Chromium. Nothing leaves the machine: every other host is blocked.
import path from 'node:path';
import { chromium } from 'playwright-core';
import { requireChromium } from './setup.mjs';

const switches = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--force-color-profile=srgb'];

/** A browser context whose pages reach this machine only; VS Code's webviews answer their `vscode-cdn.net` addresses themselves. */
export async function openBrowser({ width = 1280, height = 800 } = {}) {
  // Chromium refuses its sandbox under root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath: requireChromium(), headless: true, args: [...sandbox, ...switches] });
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: 1 });
  await context.route((url) => !['127.0.0.1', 'localhost'].includes(url.hostname) && !url.hostname.endsWith('.vscode-cdn.net'), (route) => route.abort());
  return { browser, context };
}

/**
 * The address of a window: its folder or workspace, the extension under development, the file to open, the suite to run.
 * @param {{ authority: string }} server
 * @param {{ folder?: string, developmentPaths?: readonly string[], openFile?: string, testsPath?: string, environment?: Readonly<Record<string, string>>, workspace?: string, isWeb?: boolean }} what
 *   `workspace`: a .code-workspace file instead of a folder; `isWeb`: the extension runs in the browser's own extension host
 */
export function windowAddress(server, { folder, developmentPaths = [], openFile, testsPath, environment, workspace, isWeb = false }) {
  const remote = (file) => `vscode-remote://${server.authority}${path.resolve(file)}`;
  const payload = developmentPaths.map((file) => ['extensionDevelopmentPath', remote(file)]);
  if (isWeb) payload.push(['extensionDevelopmentKind', 'web']);
  if (openFile !== undefined) payload.push(['openFile', remote(openFile)]);
  if (testsPath !== undefined) payload.push(['extensionTestsPath', remote(testsPath)]);
  if (environment !== undefined) payload.push(['extensionEnvironment', JSON.stringify(environment)]);
  const query = new URLSearchParams({ ...(workspace !== undefined ? { workspace: path.resolve(workspace) } : folder === undefined ? { ew: 'true' } : { folder: path.resolve(folder) }), payload: JSON.stringify(payload) });
  return `http://${server.authority}/?${query}`;
}
