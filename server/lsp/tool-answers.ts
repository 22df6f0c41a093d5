// The tools for language models over the protocol: a name, an open document and arguments in, text out. It holds no logic: what a tool says
// is server/mcp's.
import type { Connection } from 'vscode-languageserver';
import { argumentProblem, tools } from '../mcp/tools.ts';
import type { Finding } from '../trace/trace.ts';
import type { Session } from '../workspace/session.ts';
import type { Programs } from './programs.ts';

export interface ToolServices {
  readonly programs: Programs;
  readonly session: Session;
  readonly findingsOf: (path: string) => readonly Finding[];
}

interface Given {
  readonly uri: string;
  readonly tool: string;
  /** As the model gave them, the file among them. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** `{ text }`; `{ problem }` where the arguments are wrong; `{}` while the document is not known. */
export function answerTools(connection: Connection, { programs, session, findingsOf }: ToolServices): void {
  connection.onRequest('inlayer/tool', (given: Given): { text?: string; problem?: string } => {
    const tool = tools.find((one) => one.name === given.tool);
    if (tool === undefined) return { problem: `There is no tool ${given.tool}.` };
    const problem = argumentProblem(tool, given.arguments);
    if (problem !== undefined) return { problem };
    const program = programs.programOfUri(given.uri);
    const analysis = program === undefined ? undefined : session.analysis(program.path);
    if (program === undefined || analysis === undefined) return {};
    return { text: tool.answer({ source: analysis.source, trace: analysis.trace, findings: findingsOf(program.path), show: (path) => path }, given.arguments) };
  });
}
