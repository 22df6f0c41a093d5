// The compare panel: a model against its file at the last commit, or against another model. It keeps what is compared and asks the
// server anew when one of the two was edited or a commit was made; how rows are matched is the server's affair.
import * as vscode from 'vscode';
import type { CompareViewState, CompareWord, Comparison, ComparisonState, FromCompare, ToCompare } from '../../webviews/shared/contract.ts';
import { contractVersion, readCompareViewState, readFromCompare } from '../../webviews/shared/contract.ts';
import type { ModelClient, PlacedComparison } from '../client.ts';
import type { CommittedFiles } from '../git.ts';
import { makePanel } from './panel.ts';
import { fileName, openDocument, revealLocation } from './source.ts';

export const compareViewType = 'inlayer.compare';

export interface ComparePanel extends vscode.Disposable {
  /** Without another model: with its own file at the last commit. */
  readonly show: (uri: vscode.Uri, model: string, other?: { readonly uri: vscode.Uri; readonly model: string }) => Promise<void>;
}

interface Compared {
  readonly uri: vscode.Uri;
  readonly model: string;
  readonly other: { readonly uri: vscode.Uri; readonly model: string } | undefined;
  state: ComparisonState;
  result: PlacedComparison | undefined;
}

export function makeComparePanel(extensionUri: vscode.Uri, client: ModelClient, git: CommittedFiles): ComparePanel {
  let compared: Compared | undefined;
  const panel = makePanel<ToCompare, FromCompare>(extensionUri, { viewType: compareViewType, page: 'compare', title: vscode.l10n.t('Compare Models'), read: readFromCompare }, {
    receive: async (message) => {
      if (message.type === 'ready') { send(); return; }
      const place = compared?.result?.rows[message.row];
      const location = message.side === 'before' ? place?.before : place?.after;
      if (location !== undefined) await revealLocation(location);
    },
    shown: () => send(),
    restored: (given) => {
      const kept = readCompareViewState(given);
      if (kept === undefined) return false;
      const other = kept.other === undefined ? undefined : { uri: vscode.Uri.parse(kept.other.uri), model: kept.other.model };
      compared = { uri: vscode.Uri.parse(kept.uri), model: kept.model, other, state: 'loading', result: undefined };
      void Promise.all([openDocument(compared.uri), ...(other === undefined ? [] : [openDocument(other.uri)])]).then(refresh);
      return true;
    },
    closed: () => { compared = undefined; },
  });
  const send = (): void => {
    if (compared === undefined) return;
    panel.setTitle(vscode.l10n.t('{0} – Compare', compared.model));
    panel.post(messageOf(compared));
  };
  const refresh = async (): Promise<void> => {
    const asked = compared;
    if (asked === undefined) return;
    const answer = await compare(asked);
    if (compared !== asked) return;
    asked.state = typeof answer === 'string' ? answer : 'ready';
    asked.result = typeof answer === 'string' ? undefined : answer;
    send();
  };
  const compare = async ({ uri, model, other }: Compared): Promise<PlacedComparison | ComparisonState> => {
    let text: string | undefined;
    if (other === undefined) {
      text = await git.textAtHead(uri);
      if (text === undefined) return 'no-repository';
    }
    return await client.compare(uri, model, other ?? { text: text ?? '' }) ?? 'no-model';
  };
  const isAbout = (uri: string): boolean => {
    const given = vscode.Uri.parse(uri).toString();
    return compared?.uri.toString() === given || compared?.other?.uri.toString() === given;
  };
  const subscriptions = vscode.Disposable.from(
    panel,
    client.onStatus((status) => { if (isAbout(status.uri)) void refresh(); }),
    git.onChange(() => { if (compared !== undefined && compared.other === undefined) void refresh(); }),
  );
  return {
    show: async (uri, model, other) => {
      compared = { uri, model, other, state: 'loading', result: undefined };
      panel.open();
      send();
      await refresh();
    },
    dispose: () => subscriptions.dispose(),
  };
}

function messageOf({ uri, model, other, state, result }: Compared): ToCompare {
  const kept: CompareViewState = { uri: uri.toString(), model, ...(other === undefined ? {} : { other: { uri: other.uri.toString(), model: other.model } }) };
  const file = fileName(uri), otherFile = other === undefined ? file : fileName(other.uri);
  return {
    version: contractVersion, type: 'state', state, kept, words: words(),
    beforeName: other === undefined ? vscode.l10n.t('{0} at the last commit', file) : otherFile === file ? other.model : `${other.model} (${otherFile})`,
    afterName: other === undefined ? vscode.l10n.t('{0} as it is', file) : otherFile === file ? model : `${model} (${file})`,
    ...(result === undefined ? {} : { comparison: withLines(result) }),
  };
}

/** The rows with the lines that they lead to. */
function withLines({ comparison, rows }: PlacedComparison): Comparison {
  const lineOf = (location: vscode.Location | undefined): { line?: number } => (location === undefined ? {} : { line: location.range.start.line + 1 });
  return {
    ...comparison,
    rows: comparison.rows.map((row, at) => ({
      ...row,
      ...(row.before === undefined ? {} : { before: { ...row.before, ...lineOf(rows[at]?.before) } }), ...(row.after === undefined ? {} : { after: { ...row.after, ...lineOf(rows[at]?.after) } }),
    })),
  };
}

/** A model to compare with, picked from the models of this file and of the other open ones; another file may be chosen. */
export async function pickOtherModel(client: ModelClient, uri: vscode.Uri, model: string): Promise<{ readonly uri: vscode.Uri; readonly model: string } | undefined> {
  interface Choice extends vscode.QuickPickItem { readonly uri?: vscode.Uri; readonly model?: string }
  const isFile = vscode.l10n.t('Choose a File…');
  const choices = async (uris: readonly vscode.Uri[]): Promise<Choice[]> => (await Promise.all(uris.map(async (one) =>
    (await client.tables(one)).filter((table) => one.toString() !== uri.toString() || table.name !== model)
      .map((table): Choice => ({ label: table.name, description: table.class, detail: vscode.workspace.asRelativePath(one), uri: one, model: table.name }))))).flat();
  const open = vscode.workspace.textDocuments.filter((document) => document.languageId === 'python' && document.uri.scheme !== 'vscode-notebook-cell' && document.uri.scheme !== 'git').map((document) => document.uri);
  const uris = [uri, ...open.filter((one) => one.toString() !== uri.toString())];
  const picked = await vscode.window.showQuickPick<Choice>(choices(uris).then((found) => [...found, { label: isFile, iconPath: new vscode.ThemeIcon('folder-opened'), alwaysShow: true }]), { title: vscode.l10n.t('Compare {0} With', model), matchOnDetail: true });
  if (picked === undefined) return undefined;
  if (picked.uri !== undefined && picked.model !== undefined) return { uri: picked.uri, model: picked.model };
  const [file] = await vscode.window.showOpenDialog({ filters: { Python: ['py', 'ipynb'] }, canSelectMany: false }) ?? [];
  if (file === undefined) return undefined;
  await openDocument(file);
  const found = await choices([file]);
  if (found.length === 0) { void vscode.window.showInformationMessage(vscode.l10n.t('No model was found in this file.')); return undefined; }
  const chosen = found.length === 1 ? found[0] : await vscode.window.showQuickPick(found, { title: vscode.l10n.t('Compare {0} With', model) });
  return chosen?.model === undefined ? undefined : { uri: file, model: chosen.model };
}

function words(): Record<CompareWord, string> {
  return {
    caption: vscode.l10n.t('Comparison of'), layer: vscode.l10n.t('Layer'), class: vscode.l10n.t('Type'), output: vscode.l10n.t('Output shape'), params: vscode.l10n.t('Parameters'), difference: vscode.l10n.t('Difference'),
    trainable: vscode.l10n.t('Trainable'), multiplyAdds: vscode.l10n.t('Multiply-adds'), activation: vscode.l10n.t('Activations'), memory: vscode.l10n.t('Weights'),
    added: vscode.l10n.t('added'), removed: vscode.l10n.t('removed'), changed: vscode.l10n.t('changed'), same: vscode.l10n.t('unchanged'), onlyChanges: vscode.l10n.t('Changes Only'), noChanges: vscode.l10n.t('The two are the same, layer for layer.'),
    loading: vscode.l10n.t('Reading the models'), noModel: vscode.l10n.t('No model was found in this file.'), goTo: vscode.l10n.t('Go to line {0}'), total: vscode.l10n.t('Total'), before: vscode.l10n.t('Before'), after: vscode.l10n.t('After'),
    expandAll: vscode.l10n.t('Expand All'), collapseAll: vscode.l10n.t('Collapse All'), expand: vscode.l10n.t('Expand'), collapse: vscode.l10n.t('Collapse'), unknown: vscode.l10n.t('Not known'), atLeast: vscode.l10n.t('At least'),
    missing: vscode.l10n.t('The last commit has no model like this one.'),
    noRepository: vscode.l10n.t('There is nothing to compare with: the file was not committed yet, or Git is not in use here.'), search: vscode.l10n.t('Search layers'), noMatch: vscode.l10n.t('No layer matches'), matches: vscode.l10n.t('{0} found'),
    unchanged: vscode.l10n.t('no difference'),
  };
}
