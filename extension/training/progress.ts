// The editor's own progress of a run that this window started: how far it is, what is left, and a way to stop it.
import path from 'node:path';
import * as vscode from 'vscode';
import { isActive, stopRun } from './runs/control.ts';
import { readMetricLine, runFiles } from './runs/format.ts';
import type { Progress } from './runs/progress.ts';
import { makeProgress } from './runs/progress.ts';
import { eachNewLine, followLines } from './runs/read.ts';
import type { Run } from './runs/run-index.ts';

const intervalMilliseconds = 1_000;

export function followProgress(folder: string, find: () => Run | undefined): void {
  const follow = followLines(path.join(folder, runFiles.metrics)), progress = makeProgress();
  void vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, cancellable: true, title: vscode.l10n.t('Training {0}', find()?.record.name ?? '') }, (report, token) => new Promise<void>((resolve) => {
    let shown = 0;
    token.onCancellationRequested(() => { void stopRun(folder); });
    const timer = setInterval(() => {
      eachNewLine(follow, (text) => {
        const line = readMetricLine(text);
        if (line !== undefined) progress.add(line);
      });
      const now = progress.get(), percent = Math.round((now.fraction ?? 0) * 100);
      report.report({ message: progressText(now), ...(percent > shown ? { increment: percent - shown } : {}) });
      shown = Math.max(shown, percent);
      const run = find();
      if (run !== undefined && isActive(run.record)) return;
      clearInterval(timer);
      resolve();
    }, intervalMilliseconds);
  }));
}

export function progressText({ epoch, epochs, secondsLeft }: Progress): string {
  const parts = [
    ...(epoch === undefined ? [] : [epochs === undefined ? vscode.l10n.t('epoch {0}', epoch) : vscode.l10n.t('epoch {0} of {1}', epoch, epochs)]),
    ...(secondsLeft === undefined ? [] : [vscode.l10n.t('{0} left', durationText(secondsLeft))]),
  ];
  return parts.join(' · ');
}

export function durationText(seconds: number): string {
  if (seconds < 90) return vscode.l10n.t('{0} s', Math.max(1, Math.round(seconds)));
  if (seconds < 5_400) return vscode.l10n.t('{0} min', Math.round(seconds / 60));
  return vscode.l10n.t('{0} h {1} min', Math.floor(seconds / 3600), Math.round((seconds % 3600) / 60));
}
