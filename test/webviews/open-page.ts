// A panel's page in a real browser as the editor frames it: its policy, a theme's variables as VS Code 1.139 sets them (themes.json),
// its messages kept. Knows no panel.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

export const themes = ['light', 'dark', 'contrast', 'contrast-light'] as const;
export type Theme = (typeof themes)[number];
export const executable = [process.env['INLAYER_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => file !== undefined && existsSync(file));

const variables = JSON.parse(readFileSync('test/webviews/themes.json', 'utf8')) as Readonly<Record<Theme, { readonly class: string; readonly variables: Readonly<Record<string, string>> }>>;
const axe = readFileSync(createRequire(path.resolve('package.json')).resolve('axe-core/axe.min.js'), 'utf8');

export interface Pages {
  /** `kept`: what the page's former life kept. */
  readonly open: (options?: { readonly theme?: Theme; readonly width?: number; readonly height?: number; readonly kept?: unknown }) => Promise<OpenPage>;
  readonly close: () => Promise<void>;
}

export interface OpenPage {
  readonly page: Page;
  /** What the browser complains of: the policy, errors. */
  readonly complaints: readonly string[];
  readonly send: (message: unknown) => Promise<void>;
  /** What the page sent so far. */
  readonly sent: () => Promise<readonly Record<string, unknown>[]>;
  readonly kept: () => Promise<unknown>;
  /** What axe finds, in words. */
  readonly violations: () => Promise<readonly string[]>;
}

export async function openPages(name: string): Promise<Pages> {
  const built = await build({ entryPoints: [`webviews/${name}/${name}.ts`, `webviews/${name}/${name}.css`], bundle: true, platform: 'browser', format: 'iife', target: 'es2022', outdir: 'out', write: false, logLevel: 'silent' });
  const textOf = (ending: string): string => built.outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser: Browser = await chromium.launch({ executablePath: executable ?? '', headless: true, args: [...sandbox, '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
  return {
    close: () => browser.close(),
    open: async ({ theme = 'light', width = 620, height = 860, kept } = {}) => {
      const page = await browser.newPage({ viewport: { width, height } });
      const complaints: string[] = [];
      page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text()); });
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('dialog', (dialog) => { complaints.push(`a dialog: ${dialog.message()}`); void dialog.dismiss(); });
      const { class: themeClass, variables: colours } = variables[theme];
      const files: Record<string, readonly [string, string]> = {
        '/': ['text/html', `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${name}</title><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; script-src 'nonce-n';">`
          + `<link rel="stylesheet" href="theme.css"><link rel="stylesheet" href="page.css"></head><body class="${themeClass}"><main id="root"></main><script nonce="n" src="editor.js"></script><script nonce="n" src="page.js"></script></body></html>`],
        '/theme.css': ['text/css', `:root { ${Object.entries(colours).map(([variable, value]) => `--vscode-${variable}: ${value};`).join(' ')} }`],
        '/page.css': ['text/css', textOf('.css')], '/page.js': ['text/javascript', textOf('.js')],
        '/editor.js': ['text/javascript', `window.sent = []; window.kept = ${JSON.stringify(kept ?? null)}; window.acquireVsCodeApi = () => ({ postMessage: (one) => window.sent.push(one), getState: () => window.kept ?? undefined, setState: (one) => { window.kept = JSON.parse(JSON.stringify(one)); } });`],
      };
      await page.route('**/*', async (route) => {
        const file = files[new URL(route.request().url()).pathname];
        await (file === undefined ? route.fulfill({ status: 404 }) : route.fulfill({ contentType: file[0], body: file[1] }));
      });
      await page.goto('http://localhost/');
      const read = async (what: string): Promise<unknown> => JSON.parse(String(await page.evaluate(`JSON.stringify(window.${what} ?? null)`)));
      return {
        page, complaints,
        send: async (message) => { await page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*'); new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); })`); },
        sent: async () => { const sent = await read('sent'); assert.ok(Array.isArray(sent)); return sent as Record<string, unknown>[]; },
        kept: () => read('kept'),
        // The scanner itself is not under the page's policy: it is evaluated from outside.
        violations: async () => await page.evaluate(`${axe}; axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.html + ' ' + node.failureSummary).join(' ')))`),
      };
    },
  };
}
