// A VS Code window for a journey: the extension under development in it, a file of the example workspace open, and what a person
// does there as functions. Knows the editor's own elements, nothing of what a model is.
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { openBrowser, windowAddress } from './browser.mjs';
import { serverProcesses } from './processes.ts';
import { startServer } from './server.mjs';
import { editorFolder, repository } from './setup.mjs';

/** The names that VS Code 1.139 shows for the themes that it comes with. */
export const themes = { light: 'Light 2026', dark: 'Dark 2026', contrast: 'Dark High Contrast', 'contrast-light': 'Light High Contrast' } as const;
export type Theme = keyof typeof themes;

export interface EditorWindow {
  readonly page: Page;
  /** The example workspace's copy that is open. */
  readonly folder: string;
  /** What the page and its panels said against their policies, and script errors of our panels. */
  readonly complaints: readonly string[];
  readonly open: (file: string) => Promise<void>;
  /** The first line of the open editor that holds the text, hints included. */
  readonly line: (text: string) => Locator;
  /** Puts the caret behind the text. */
  readonly clickIn: (text: string) => Promise<void>;
  /** Runs a command by its title, through the palette. */
  readonly command: (title: string) => Promise<void>;
  readonly setTheme: (theme: Theme) => Promise<void>;
  /** Leaves a picture in test/editor/screenshots/. */
  readonly look: (name: string) => Promise<void>;
  readonly panel: () => FrameLocator;
  /** Language servers of the extension that run as processes of this window's server; undefined where processes cannot be looked at. */
  readonly serverProcesses: () => readonly number[] | undefined;
  /** Ends the server and the extension host by SIGKILL, then the browser. */
  readonly close: () => Promise<void>;
}

/** A window whose address names a file to open otherwise forgets its other editors when it is loaded anew. */
const restoring = { 'window.restoreWindows': 'preserve' } as const;

// Each journey has a workspace of its own: what one leaves behind is not there for the next.
const shared = process.env['INLAYER_WORKSPACE'];
if (shared !== undefined) {
  const own = path.join(path.dirname(shared), String(process.pid), path.basename(shared));
  cpSync(shared, own, { recursive: true });
  process.env['INLAYER_WORKSPACE'] = own;
}

interface Driver { whenWorkbenchRestored(): Promise<void> }
interface Server { readonly process: { readonly pid?: number | undefined } }

export interface WindowOptions {
  /** Instead of the example workspace's copy. */
  readonly folder?: string;
  /** A .code-workspace file in the folder. */
  readonly workspace?: string;
  /** The extension runs in the browser's own extension host. */
  readonly isWeb?: boolean;
  /** The folder is not trusted until a person says so. */
  readonly restricted?: boolean;
  /** The display language. */
  readonly locale?: string;
  /** A folder of installed extensions, of which ours is one; without it the one under development runs. */
  readonly extensions?: string;
}

export async function openWindow(file: string, settings: Readonly<Record<string, unknown>> = {}, options: WindowOptions = {}): Promise<EditorWindow> {
  const folder = options.folder ?? process.env['INLAYER_WORKSPACE'] ?? path.join(editorFolder, 'example');
  const server = await startServer({ testing: true, restricted: options.restricted === true, ...(options.locale === undefined ? {} : { locale: options.locale }), ...(options.extensions === undefined ? {} : { extensions: options.extensions }), settings: { 'workbench.colorTheme': themes.light, ...(options.isWeb === true ? { 'remote.extensionKind': { 'inlayer.inlayer': ['web'] } } : {}), ...restoring, 'editor.minimap.enabled': false, ...settings } });
  const { browser, context } = await openBrowser({ width: 1440, height: 900 });
  const close = async (): Promise<void> => {
    server.stop();
    await browser.close().catch(() => undefined);
  };
  try {
    const page = await context.newPage();
    // A busy machine takes its time.
    page.setDefaultTimeout(60_000);
    const complaints: string[] = [];
    page.on('console', (message) => { if (/Content Security Policy/.test(message.text()) && /summary|inlayer|vscode-resource/.test(`${message.text()} ${message.location().url}`)) complaints.push(message.text()); });
    page.on('pageerror', (error) => { if (/webviews\//.test(error.stack ?? '')) complaints.push(error.message); });
    await page.goto(windowAddress(server, { folder, developmentPaths: options.extensions === undefined ? [process.env['INLAYER_EXTENSION'] ?? repository] : [], openFile: path.join(folder, file), isWeb: options.isWeb === true, ...(options.workspace === undefined ? {} : { workspace: path.join(folder, options.workspace) }) }));
    await page.waitForFunction('window.driver !== undefined');
    await page.evaluate(() => (window as unknown as { driver: Driver }).driver.whenWorkbenchRestored());
    const opened = makeWindow(page, folder, complaints, close, server);
    await page.locator('.monaco-editor .view-line').first().waitFor();
    return opened;
  } catch (error) {
    await close();
    throw error;
  }
}

function makeWindow(page: Page, folder: string, complaints: readonly string[], close: () => Promise<void>, server: Server): EditorWindow {
  const line = (text: string): Locator => page.locator('.editor-instance .view-line', { hasText: text }).first();
  const command = async (title: string): Promise<void> => {
    await page.keyboard.press('F1');
    const input = page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await input.fill(`>${title}`);
    // Enter may run another entry that was used lately.
    await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().click();
  };
  return {
    page, folder, complaints, line, command, close,
    open: async (file) => {
      await page.keyboard.press('Control+p');
      const input = page.locator('.quick-input-widget input.input');
      await input.waitFor();
      await input.fill(file);
      await page.locator('.quick-input-list .monaco-list-row', { hasText: file }).first().click();
      await page.locator('.tab.active', { hasText: file }).waitFor();
    },
    clickIn: async (text) => {
      // Spaces are drawn as no-break spaces, and hints stand behind the text: the caret is put at a word of the source.
      const word = line(text).locator('span span', { hasText: text }).first();
      await ((await word.count()) > 0 ? word : line(text)).click({ position: { x: 4, y: 6 } });
    },
    setTheme: async (theme) => {
      await command('Preferences: Color Theme');
      // The palette's own input becomes the list's.
      const input = page.locator('.quick-input-widget input.input[placeholder*="Theme"]');
      await input.waitFor();
      await input.fill(themes[theme]);
      // The list shows the theme while it is being chosen, and fades from one to the next.
      await page.locator('.quick-input-list .monaco-list-row', { hasText: themes[theme] }).first().click();
      await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
      await page.waitForTimeout(600);
    },
    look: async (name) => {
      const file = path.join(editorFolder, 'screenshots', `${name}.png`);
      mkdirSync(path.dirname(file), { recursive: true });
      await page.screenshot({ path: file });
    },
    serverProcesses: () => serverProcesses(server.process.pid ?? 0),
    panel: () => page.frameLocator('iframe.webview.ready[src*="extensionId=inlayer.inlayer"]').frameLocator('iframe#active-frame'),
  };
}
