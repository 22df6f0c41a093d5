// The tree of runs in the side bar: newest first, each with its state as an icon. Knows what the index tells, and no files.
import * as vscode from 'vscode';
import { isActive } from './runs/control.ts';
import type { RunState } from './runs/format.ts';
import type { Run } from './runs/run-index.ts';

export const runsViewId = 'inlayer.runs';

export interface RunsView extends vscode.Disposable {
  readonly show: (runs: readonly Run[]) => void;
  /** The selected runs, in the tree's order. */
  readonly selection: () => readonly Run[];
}

export function makeRunsView(): RunsView {
  const changed = new vscode.EventEmitter<undefined>();
  let runs: readonly Run[] = [];
  const view = vscode.window.createTreeView<Run>(runsViewId, {
    canSelectMany: true,
    treeDataProvider: { onDidChangeTreeData: changed.event, getChildren: (run) => (run === undefined ? [...runs] : []), getTreeItem },
  });
  return {
    show: (now) => {
      runs = now;
      const active = runs.filter(({ record }) => isActive(record)).length;
      view.badge = active === 0 ? undefined : { value: active, tooltip: active === 1 ? vscode.l10n.t('1 training is running') : vscode.l10n.t('{0} trainings are running', active) };
      changed.fire(undefined);
    },
    selection: () => view.selection,
    dispose: () => {
      view.dispose();
      changed.dispose();
    },
  };
}

const icons: Readonly<Record<RunState, readonly [name: string, colour?: string]>> = {
  queued: ['clock'], running: ['sync~spin', 'charts.blue'], finished: ['pass', 'testing.iconPassed'], failed: ['error', 'testing.iconFailed'], stopped: ['debug-stop'], lost: ['question', 'testing.iconErrored'],
};

function getTreeItem({ folder, record }: Run): vscode.TreeItem {
  const item = new vscode.TreeItem(record.name);
  const [name, colour] = icons[record.state];
  item.id = folder;
  item.iconPath = new vscode.ThemeIcon(name, colour === undefined ? undefined : new vscode.ThemeColor(colour));
  item.description = [stateText(record.state), timeText(record.startedAt ?? record.createdAt), ...(record.device === undefined ? [] : [record.device])].join(' · ');
  item.contextValue = isActive(record) ? 'run.active' : 'run.ended';
  item.accessibilityInformation = { label: `${record.name}, ${item.description}` };
  const lines = [`**${escape(record.name)}** · ${stateText(record.state)}`, ...(record.message === undefined ? [] : [escape(record.message)]), `\`${[record.program, ...record.arguments].join(' ').replaceAll('`', '\'')}\``, ...(record.backend === undefined ? [] : [escape(record.backend)])];
  item.tooltip = new vscode.MarkdownString(lines.join('\n\n'));
  item.command = { command: 'inlayer.openCurves', title: vscode.l10n.t('Open Curves'), arguments: [{ folder, record }] };
  return item;
}

export function stateText(state: RunState): string {
  switch (state) {
    case 'queued': return vscode.l10n.t('starting');
    case 'running': return vscode.l10n.t('running');
    case 'finished': return vscode.l10n.t('finished');
    case 'failed': return vscode.l10n.t('failed');
    case 'stopped': return vscode.l10n.t('stopped');
    case 'lost': return vscode.l10n.t('lost');
  }
}

export function timeText(milliseconds: number): string {
  const time = new Date(milliseconds), isToday = time.toDateString() === new Date().toDateString();
  return time.toLocaleString(vscode.env.language, isToday ? { timeStyle: 'short' } : { dateStyle: 'short', timeStyle: 'short' });
}

function escape(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+\-.!|<>&]/g, '\\$&');
}
