// The language server as a Node process; the editor talks to it over IPC or stdio.
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ProposedFeatures, createConnection } from 'vscode-languageserver/node';
import { nodeHost } from '../node-host.ts';
import { serve } from './server.ts';

serve(createConnection(ProposedFeatures.all), {
  // Documents that are no files (untitled, notebooks of another scheme) keep their URI as their path.
  pathOf: (uri) => { try { return uri.startsWith('file:') ? fileURLToPath(uri) : uri; } catch { return uri; } },
  uriOf: (name) => (path.isAbsolute(name) ? pathToFileURL(name).toString() : name),
  makeHost: nodeHost,
  folderOf: (name) => path.dirname(name),
});
