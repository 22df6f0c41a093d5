// The language server as a Node process; the editor talks to it over IPC or stdio.
import { ProposedFeatures, createConnection } from 'vscode-languageserver/node';
import { nodeEnvironment } from './environment.ts';
import { serve } from './server.ts';

serve(createConnection(ProposedFeatures.all), nodeEnvironment);
