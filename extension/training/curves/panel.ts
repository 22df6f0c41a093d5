// The curves panel: follows the files of the runs it shows, and sends its page what is new ten times a second at most. The truth is on
// the disk; a page that was hidden is sent all of it again.
import path from 'node:path';
import * as vscode from 'vscode';
import type { FromCurves, RunHead, ToCurves } from '../../../webviews/shared/curves-contract.ts';
import { curvesVersion, readCurvesViewState, readFromCurves } from '../../../webviews/shared/curves-contract.ts';
import { makePanel } from '../../panels/panel.ts';
import { progressText } from '../progress.ts';
import { isActive, stopRun } from '../runs/control.ts';
import { readDeviceLine, readMetricLine, runFiles } from '../runs/format.ts';
import type { SourcePlace } from '../runs/format.ts';
import { makeProgress } from '../runs/progress.ts';
import { eachNewLine, followLines, trueRecord } from '../runs/read.ts';
import type { Run } from '../runs/run-index.ts';
import { readRecord } from '../runs/write.ts';
import { stateText, timeText } from '../runs-view.ts';
import { makeCurves } from '../series/curves.ts';
import type { Curves } from '../series/curves.ts';
import { readLogs } from '../series/logs.ts';
import { findMarks } from '../series/marks.ts';
import type { Mark } from '../series/marks.ts';
import { curvesTexts, markText } from './texts.ts';

export const curvesViewType = 'inlayer.curves';

export interface CurvesPanel extends vscode.Disposable {
  /** Shows the curves of runs, over each other where there are several. `quietly`: only if there is something to draw soon; the focus stays. */
  readonly showRuns: (folders: readonly string[], quietly: boolean) => Promise<void>;
  /** Curves of other tools' logs, below a folder or in a file. */
  readonly showLogs: (file: string) => Promise<void>;
  readonly runsChanged: (runs: readonly Run[]) => void;
}

const intervalMilliseconds = 150, readMilliseconds = 60, soonMilliseconds = 10, marksMilliseconds = 1_000;

/** There is more to be read now; more may come; nothing more comes. */
type Reading = 'more' | 'growing' | 'ended';

/** What the panel shows of one run or log. */
interface Source {
  readonly id: string;
  readonly curves: Curves;
  readonly title: string;
  /** Reads on for a moment. */
  readonly read: () => Reading;
  readonly record?: () => Run['record'] | undefined;
  readonly progress: ReturnType<typeof makeProgress>;
  marks: readonly Mark[];
  /** When they are looked for again. */
  marksAt: number;
}

export function makeCurvesPanel(extensionUri: vscode.Uri): CurvesPanel {
  let sources: readonly Source[] = [], paths: readonly string[] = [], sentHeads = '', timer: NodeJS.Timeout | undefined, isReady = false;

  const panel = makePanel<ToCurves, FromCurves>(extensionUri, {
    viewType: curvesViewType, page: 'curves', title: vscode.l10n.t('Curves'), read: readFromCurves,
    // An exported picture is drawn from one that the page made itself.
    policy: (source) => [`img-src ${source} blob: data:`],
  }, {
    receive: (message) => receive(message),
    shown: () => sendAll(),
    restored: (state) => {
      const view = readCurvesViewState(state);
      if (view === undefined || view.sources.length === 0) return false;
      void open(view.sources);
      return true;
    },
    closed: () => { clearTimeout(timer); sources = []; paths = []; isReady = false; },
  });

  const sendAll = (): void => {
    isReady = true;
    sentHeads = '';
    sendHeads();
    for (const source of sources) {
      source.curves.take();
      panel.post({ version: curvesVersion, type: 'points', run: source.id, reset: true, series: source.curves.all() });
    }
  };
  const sendHeads = (): void => {
    const runs = sources.map(headOf), text = JSON.stringify([paths, runs]);
    if (!isReady || text === sentHeads) return;
    sentHeads = text;
    panel.setTitle(sources.length === 1 ? vscode.l10n.t('{0} – Curves', sources[0]?.title ?? '') : vscode.l10n.t('Curves'));
    panel.post({ version: curvesVersion, type: 'state', runs, sources: paths, words: curvesTexts() });
  };
  const look = (): void => {
    clearTimeout(timer);
    let reading: Reading = 'ended';
    for (const source of sources) {
      const state = source.read(), now = Date.now();
      if (state === 'more' || reading === 'ended') reading = state;
      if (state === 'ended' || (state === 'growing' && now > source.marksAt)) {
        source.marks = findMarks(source.curves);
        // Of long curves they take longer, and are looked for less often.
        const done = Date.now();
        source.marksAt = done + Math.max(marksMilliseconds, (done - now) * 20);
      }
      if (!isReady || !panel.isVisible()) continue;
      const series = source.curves.take();
      if (series.length > 0) panel.post({ version: curvesVersion, type: 'points', run: source.id, reset: false, series });
    }
    if (panel.isVisible()) sendHeads();
    if (panel.isOpen() && reading !== 'ended') timer = setTimeout(look, reading === 'more' ? soonMilliseconds : intervalMilliseconds);
  };
  const open = async (wanted: readonly string[]): Promise<void> => {
    clearTimeout(timer);
    paths = wanted;
    const known = new Map(sources.map((source) => [source.id, source]));
    sources = wanted.flatMap((one) => known.get(one) ?? openSource(one));
    if (isReady) sendAll();
    look();
  };
  const receive = async (message: FromCurves): Promise<void> => {
    if (message.type === 'ready') sendAll();
    else if (message.type === 'stop') await stopRun(message.run);
    else if (message.type === 'save') await save(message.name, message.bytes);
    else {
      const place = sources.find(({ id }) => id === message.run)?.marks[message.mark]?.place;
      if (place !== undefined) await reveal(place);
    }
  };
  return {
    showRuns: async (folders) => {
      panel.open();
      await open(folders);
    },
    showLogs: async (file) => {
      const found = openSource(file);
      if (found.length === 0) { void vscode.window.showInformationMessage(vscode.l10n.t('No curves were found in {0}.', file)); return; }
      panel.open();
      await open([file]);
    },
    runsChanged: () => { if (panel.isOpen()) look(); },
    dispose: () => {
      clearTimeout(timer);
      panel.dispose();
    },
  };
}

function openSource(file: string): Source[] {
  const record = readRecord(file);
  if (record === undefined) {
    try {
      return readLogs(file).map(({ path: id, title, curves }) => ({ id, curves, title, read: () => 'ended' as const, progress: makeProgress(), marks: findMarks(curves), marksAt: 0 }));
    } catch {
      return [];
    }
  }
  const curves = makeCurves(), progress = makeProgress();
  const metrics = followLines(path.join(file, runFiles.metrics)), devices = followLines(path.join(file, runFiles.devices));
  let current: Run['record'] | undefined = trueRecord(file, record);
  const read = (): Reading => {
    // The state first: what is written before the end is then seen before it.
    const stored = readRecord(file);
    if (current === undefined || isActive(current)) current = stored === undefined ? undefined : trueRecord(file, stored);
    const until = Date.now() + readMilliseconds;
    let isMore = true;
    while (isMore && Date.now() < until) {
      const lines = metrics();
      isMore = lines.length > 0;
      for (const text of lines) {
        const line = readMetricLine(text);
        if (line === undefined) continue;
        curves.add(line);
        progress.add(line);
      }
    }
    eachNewLine(devices, (text) => {
      const line = readDeviceLine(text);
      if (line !== undefined) curves.addDevices(line);
    });
    return isMore ? 'more' : current !== undefined && isActive(current) ? 'growing' : 'ended';
  };
  return [{ id: file, curves, title: record.name, read, record: () => current, progress, marks: [], marksAt: 0 }];
}

function headOf(source: Source): RunHead {
  const record = source.record?.(), plan = source.curves.plans().findLast(({ backend }) => backend !== undefined);
  const isRunning = record !== undefined && isActive(record), progress = source.progress.get();
  return {
    id: source.id, title: record === undefined ? source.title : `${record.name} · ${timeText(record.createdAt)}`, ...(record === undefined ? {} : { state: record.state }), stateText: record === undefined ? '' : stateText(record.state),
    detail: [record?.backend ?? plan?.backend, record?.device].filter((one) => one !== undefined).join(' · '),
    ...(isRunning && progress.fraction !== undefined ? { progress: progress.fraction } : {}), progressText: isRunning ? progressText(progress) : '',
    ...(record?.message === undefined ? {} : { message: record.message }),
    marks: source.marks.map((mark) => ({
      kind: mark.kind, chart: mark.chart, at: mark.x, text: markText(mark), ...(mark.place === undefined ? {} : { place: `${path.basename(mark.place.file)}:${mark.place.line}` }),
    })),
  };
}

async function reveal(place: SourcePlace): Promise<void> {
  const uri = vscode.Uri.file(place.file), at = new vscode.Position(Math.max(0, place.line - 1), 0);
  const open = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString());
  try {
    await vscode.window.showTextDocument(uri, { viewColumn: open?.viewColumn ?? vscode.ViewColumn.One, selection: new vscode.Range(at, at) });
  } catch {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} does not exist.', place.file));
  }
}

async function save(name: string, bytes: Uint8Array): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({ defaultUri: folder === undefined ? undefined : vscode.Uri.joinPath(folder, name), saveLabel: vscode.l10n.t('Save') });
  if (target !== undefined) await vscode.workspace.fs.writeFile(target, bytes);
}
