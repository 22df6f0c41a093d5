// What the language server needs of Node: paths for URIs, and files. It must not know the protocol.
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { environmentFiles, nodeHost, projectFileText } from '../node-host.ts';
import { isVirtual } from './virtual-files.ts';
import type { ServerEnvironment } from './server.ts';

export const nodeEnvironment: ServerEnvironment = {
  // Documents that are no files (untitled, notebooks of another scheme) keep their URI as their path.
  pathOf: (uri) => { try { return uri.startsWith('file:') ? fileURLToPath(uri) : uri; } catch { return uri; } },
  uriOf: (name) => (path.isAbsolute(name) ? pathToFileURL(name).toString() : name),
  makeHost: nodeHost,
  python: { files: environmentFiles, variables: process.env, isWindows: process.platform === 'win32' },
  folderOf: (name) => (isVirtual(name) ? name.slice(0, Math.max(0, name.lastIndexOf('/'))) : path.dirname(name)),
  projectFile: projectFileText,
};
