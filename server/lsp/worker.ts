// The language server in a browser's worker. Files are reached only where they are open documents.
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { serve } from './server.ts';

declare const self: Parameters<typeof makeReader>[0];
function makeReader(scope: ConstructorParameters<typeof BrowserMessageReader>[0]): BrowserMessageReader { return new BrowserMessageReader(scope); }

serve(createConnection(makeReader(self), new BrowserMessageWriter(self)), {
  pathOf: (uri) => uri,
  uriOf: (path) => path,
  makeHost: (_folders, workingFolder, overlay) => ({
    readText: (path) => overlay(path.includes(':') || path.startsWith('/') ? path : `${workingFolder}/${path}`),
    readBytes: () => undefined,
    listFolder: () => undefined,
  }),
  folderOf: (path) => { const at = path.lastIndexOf('/'); return at < 0 ? '' : path.slice(0, at); },
});
