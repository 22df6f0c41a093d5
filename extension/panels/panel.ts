// One panel of the editor and the page in it: its frame with a strict policy, messages that are checked before anyone sees them,
// its revival after a reload of the window. Knows nothing of what any panel shows.
import * as vscode from 'vscode';

/** What tells one kind of panel from another. */
export interface PanelKind<Received> {
  /** Also the serializer's key; the manifest lists it under `activationEvents` as `onWebviewPanel:…`. */
  readonly viewType: string;
  /** Its script and its style sheet in dist/webviews are called this. */
  readonly page: string;
  /** Its title until there is a better one. */
  readonly title: string;
  /** A message of the page, or undefined where it is none that this panel knows. */
  readonly read: (given: unknown) => Received | undefined;
  /** Directives beyond our own script and style sheet; `source` stands for our own files. */
  readonly policy?: (source: string) => readonly string[];
}

export interface PanelEvents<Received> {
  readonly receive: (message: Received) => void | Promise<void>;
  /** The page lost what it was told before, by being hidden: it has to be sent all of it. */
  readonly shown: () => void;
  /** The window was reloaded, and this is what the page kept with `setState`. False: the panel is of no use and goes. */
  readonly restored: (state: unknown) => boolean;
  readonly closed: () => void;
}

export interface Panel<Sent> extends vscode.Disposable {
  /** Opens it beside the source, or brings it to the front; the focus stays where it is. */
  readonly open: () => void;
  readonly post: (message: Sent) => void;
  readonly setTitle: (title: string) => void;
  readonly isOpen: () => boolean;
  readonly isVisible: () => boolean;
  /** Whether it is the active tab of the active group. */
  readonly isActive: () => boolean;
}

/** The panels that are open, of whatever kind. */
const openPanels = new Set<vscode.WebviewPanel>();

/** Beside the source; where another panel is there already, among its tabs. */
function columnBeside(): vscode.ViewColumn {
  const source = vscode.window.activeTextEditor?.viewColumn;
  const columns = [...openPanels].flatMap(({ viewColumn }) => (viewColumn === undefined || viewColumn === source ? [] : [viewColumn]));
  return columns.at(-1) ?? vscode.ViewColumn.Beside;
}

/** A panel that is open once at most. Registers its revival, so it has to be made while the extension starts. */
export function makePanel<Sent, Received>(extensionUri: vscode.Uri, kind: PanelKind<Received>, events: PanelEvents<Received>): Panel<Sent> {
  const pages = vscode.Uri.joinPath(extensionUri, 'dist', 'webviews');
  let open: vscode.WebviewPanel | undefined;
  const adopt = (panel: vscode.WebviewPanel): void => {
    open = panel;
    openPanels.add(panel);
    // A revived panel comes without them.
    panel.webview.options = { enableScripts: true, localResourceRoots: [pages] };
    panel.webview.onDidReceiveMessage((given: unknown) => {
      const message = kind.read(given);
      if (message !== undefined) void events.receive(message);
    });
    panel.onDidChangeViewState(() => { if (panel.visible) events.shown(); });
    panel.onDidDispose(() => {
      openPanels.delete(panel);
      if (open !== panel) return;
      open = undefined;
      events.closed();
    });
    panel.webview.html = pageHtml(panel.webview, pages, kind);
  };
  const serializer = vscode.window.registerWebviewPanelSerializer(kind.viewType, {
    async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown) {
      if (open !== undefined) { panel.dispose(); return; }
      adopt(panel);
      if (!events.restored(state)) panel.dispose();
    },
  });
  return {
    open: () => {
      if (open !== undefined) open.reveal(undefined, true);
      else adopt(vscode.window.createWebviewPanel(kind.viewType, kind.title, { viewColumn: columnBeside(), preserveFocus: true }));
    },
    post: (message) => { void open?.webview.postMessage(message); },
    setTitle: (title) => { if (open !== undefined && open.title !== title) open.title = title; },
    isOpen: () => open !== undefined,
    isVisible: () => open?.visible === true,
    isActive: () => open?.active === true,
    dispose: () => {
      serializer.dispose();
      open?.dispose();
    },
  };
}

/** The page's frame. Its policy allows our own script and style sheet and nothing else. */
function pageHtml(webview: vscode.Webview, pages: vscode.Uri, { page, title, policy }: Pick<PanelKind<unknown>, 'page' | 'title' | 'policy'>): string {
  const nonce = makeNonce();
  const address = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(pages, name)).toString();
  const directives = ["default-src 'none'", `style-src ${webview.cspSource}`, `script-src 'nonce-${nonce}'`, ...(policy?.(webview.cspSource) ?? [])];
  return `<!DOCTYPE html>
<html lang="${escapeHtml(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${directives.join('; ')};">
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="${escapeHtml(address(`${page}.css`))}">
<title>${escapeHtml(title)}</title>
</head>
<body>
<main id="root"></main>
<script nonce="${nonce}" src="${escapeHtml(address(`${page}.js`))}"></script>
</body>
</html>`;
}

/** From the platform's own source of randomness, which Node and browsers share. */
function makeNonce(): string {
  return [...crypto.getRandomValues(new Uint8Array(18))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
