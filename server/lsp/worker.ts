// The language server in a browser's worker. Files are open documents or come from the editor; paths are their URIs.
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { serve } from './server.ts';

declare const self: ConstructorParameters<typeof BrowserMessageReader>[0];

serve(createConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self)), {
  pathOf: (uri) => uri,
  uriOf: (path) => path,
  folderOf: (path) => { const at = path.lastIndexOf('/'); return at < 0 ? '' : path.slice(0, at); },
});
