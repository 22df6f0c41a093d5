#!/usr/bin/env node
// Stands in for the desktop `code` program: takes the command line that @vscode/test-electron makes, runs the suite in the
// browser-served VS Code and exits with its code. Where a desktop VS Code is at hand, the same suites run without this file.
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import { openBrowser, windowAddress } from './browser.mjs';
import { startServer } from './server.mjs';
import { editorFolder, installHost } from './setup.mjs';

/** A suite that takes longer has hung, or was never started. */
const limitMilliseconds = Number(process.env.INLAYER_EDITOR_LIMIT ?? 180_000);
/** What VS Code itself logs in this surrounding: modules that were not built, a gallery that is not reached. */
const noise = /^\[(AgentHost|ChatModel|RemoteAgentHost|AccountPolicy|Service Worker|reconnection|ExtensionHost|ExtensionService)|^Creation of workbench|^Extension host \(Remote\)|^\[DefaultAccount\]|^(Timed out waiting for authentication|Canceled: |Resolv|Creating a socket|Updating additional|Ignoring (the|fetching)|Long running operations)|bindings file|native-watchdog|open-vsx|vsda|net::ERR_FAILED|Failed to fetch/;
const handedDown = /^(VSCODE_TEST_OPTIONS|NODE_V8_COVERAGE|MOCHA_\w+|INLAYER_\w+)$/;

const { options, developmentPaths, folder } = readCommandLine(process.argv.slice(2));
process.exitCode = await main();

async function main() {
  installHost();
  const server = await startServer({ userData: options['user-data-dir'], extensions: options['extensions-dir'], testing: true });
  let opened;
  try {
    opened = await openBrowser();
    const page = await opened.context.newPage();
    const ended = new Promise((resolve) => { void page.exposeFunction('codeAutomationExit', (code) => resolve(code)); });
    const log = [];
    await page.exposeFunction('codeAutomationLog', (_type, parts) => {
      const line = format(...parts);
      log.push(line);
      if (!noise.test(line)) console.log(line);
    });
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => handedDown.test(name)));
    // An extension host that dies in the middle of a suite looks like success; the suite's last act is to write this file.
    environment.INLAYER_DONE_FILE ??= path.join(server.temporary, 'done');
    await page.goto(windowAddress(server, { folder, developmentPaths, testsPath: options.extensionTestsPath, environment }));
    const limit = new Promise((resolve) => { setTimeout(() => resolve(124), limitMilliseconds).unref(); });
    let code = await Promise.race([ended, limit]);
    if (code === 124) console.error(`The suite did not end within ${limitMilliseconds / 1000} s.\n${log.slice(-20).join('\n')}`);
    if (code === 0 && options.extensionTestsPath !== undefined && !existsSync(environment.INLAYER_DONE_FILE)) {
      console.error('The extension host ended before the suite did.');
      code = 70;
    }
    if (code !== 0) {
      const screenshot = path.join(editorFolder, 'screenshots', 'suite-failure.png');
      mkdirSync(path.dirname(screenshot), { recursive: true });
      await page.screenshot({ path: screenshot }).catch(() => undefined);
    }
    return code;
  } finally {
    await opened?.browser.close().catch(() => undefined);
    server.stop();
  }
}

function readCommandLine(args) {
  const read = { options: {}, developmentPaths: [], folder: undefined };
  for (const argument of args) {
    const match = /^--([\w-]+)(?:=(.*))?$/s.exec(argument);
    if (match === null) read.folder ??= argument;
    else if (match[1] === 'extensionDevelopmentPath') read.developmentPaths.push(match[2]);
    else read.options[match[1]] = match[2] ?? true;
  }
  return read;
}
