// The terminal of a run: shows output.log as it grows. It is a view of the run, not its parent; Ctrl+C in it asks the run to stop.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import * as vscode from 'vscode';
import { isActive } from './runs/control.ts';
import type { RunRecord } from './runs/format.ts';
import { runFiles } from './runs/format.ts';
import { trueRecord } from './runs/read.ts';
import { readRecord } from './runs/write.ts';

const intervalMilliseconds = 100, chunkBytes = 256_000, interruptKey = '\u0003';

export function makeRunTerminal(given: { readonly message: string } | { readonly folder: string; readonly stop: () => void }): vscode.Pseudoterminal {
  const written = new vscode.EventEmitter<string>(), closed = new vscode.EventEmitter<number>();
  let timer: NodeJS.Timeout | undefined;
  const say = (text: string): void => written.fire(text.replaceAll(/\r?\n/g, '\r\n'));
  const end = (code: number): void => {
    clearInterval(timer);
    closed.fire(code);
  };
  const watch = (folder: string): void => {
    const read = followText(path.join(folder, runFiles.output));
    timer = setInterval(() => {
      const stored = readRecord(folder), record = stored === undefined ? undefined : trueRecord(folder, stored);
      // The state is read before the output, so that nothing is missed at the end.
      for (let text = read(); text !== ''; text = read()) say(text);
      if (record === undefined) { end(1); return; }
      if (isActive(record)) return;
      say(`${endText(record)}\n`);
      end(record.state === 'finished' ? 0 : record.exitCode === undefined || record.exitCode === 0 ? 1 : record.exitCode);
    }, intervalMilliseconds);
  };
  return {
    onDidWrite: written.event, onDidClose: closed.event,
    open: () => {
      if ('folder' in given) { watch(given.folder); return; }
      say(`${given.message}\n`);
      end(1);
    },
    close: () => clearInterval(timer),
    handleInput: (text) => { if ('stop' in given && text === interruptKey) given.stop(); },
  };
}

function endText(record: RunRecord): string {
  switch (record.state) {
    case 'finished': return `\n${vscode.l10n.t('The training has finished.')}`;
    case 'stopped': return `\n${vscode.l10n.t('The training was stopped.')}`;
    case 'failed': return `\n${vscode.l10n.t('The training failed: {0}', record.message ?? '')}`;
    default: return `\n${vscode.l10n.t('The process of the training has disappeared.')}`;
  }
}

/** Each call gives the text that was added since the last; a log that was rotated goes on in its successor. */
function followText(file: string): () => string {
  const decoder = new StringDecoder('utf8');
  let at = 0;
  return () => {
    try {
      const descriptor = openSync(file, 'r');
      try {
        const { size } = fstatSync(descriptor);
        if (size < at) at = 0;
        const part = Buffer.allocUnsafe(Math.min(chunkBytes, size - at)), count = readSync(descriptor, part, 0, part.length, at);
        at += count;
        return decoder.write(part.subarray(0, count));
      } finally {
        closeSync(descriptor);
      }
    } catch {
      return '';
    }
  };
}
