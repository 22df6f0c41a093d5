// The Model Context Protocol as far as tools go (modelcontextprotocol.io, 2025-06-18): one JSON-RPC 2.0 message a line in, at most one out.
// It must not know streams, files or what a tool answers.
import type { Tool } from './tools.ts';
import { argumentProblem, inputSchema } from './tools.ts';

/** Newest first; a client that speaks another one is offered the newest. */
export const protocolVersions = ['2025-06-18', '2025-03-26', '2024-11-05'] as const;

export interface McpOptions {
  readonly version: string;
  readonly tools: readonly Tool[];
  /** The text for a call whose arguments are right; a reason that is thrown is told to the model. */
  readonly call: (tool: Tool, args: Readonly<Record<string, unknown>>) => string;
}

type Answer = Readonly<Record<string, unknown>>;

const parseError = -32700, invalidRequest = -32600, methodNotFound = -32601, invalidParams = -32602;

/** Answers one line; undefined where there is nothing to say. */
export function makeMcp(options: McpOptions): (line: string) => string | undefined {
  return (line) => {
    if (line.trim() === '') return undefined;
    let given: unknown;
    try { given = JSON.parse(line); } catch { return JSON.stringify(failure(null, parseError, 'The line is not valid JSON.')); }
    // Batches are of the 2025-03-26 version.
    if (Array.isArray(given)) {
      const answers = given.flatMap((one: unknown) => answer(one, options) ?? []);
      return given.length === 0 ? JSON.stringify(failure(null, invalidRequest, 'An empty batch.')) : answers.length === 0 ? undefined : JSON.stringify(answers);
    }
    const one = answer(given, options);
    return one === undefined ? undefined : JSON.stringify(one);
  };
}

function answer(given: unknown, options: McpOptions): Answer | undefined {
  const request = objectOf(given);
  const id = request?.['id'];
  const isNumbered = typeof id === 'string' || typeof id === 'number';
  if (request === undefined || request['jsonrpc'] !== '2.0') return failure(isNumbered ? id : null, invalidRequest, 'This is no JSON-RPC 2.0 message.');
  const method = request['method'];
  // An answer to a request: none was made.
  if (method === undefined && ('result' in request || 'error' in request)) return undefined;
  if (typeof method !== 'string') return failure(isNumbered ? id : null, invalidRequest, 'The message has no method.');
  if (id === undefined) return undefined;
  if (!isNumbered) return failure(null, invalidRequest, 'An id is a string or a number.');
  const params = objectOf(request['params']) ?? {};
  switch (method) {
    case 'initialize': return success(id, initialized(params, options));
    case 'ping': return success(id, {});
    case 'tools/list': return success(id, { tools: options.tools.map(described) });
    case 'tools/call': return called(id, params, options);
    default: return failure(id, methodNotFound, `There is no method ${method.slice(0, 100)}.`);
  }
}

function initialized(params: Readonly<Record<string, unknown>>, { version }: McpOptions): object {
  const asked = protocolVersions.find((one) => one === params['protocolVersion']);
  return {
    protocolVersion: asked ?? protocolVersions[0], capabilities: { tools: { listChanged: false } }, serverInfo: { name: 'inlayer', title: 'Inlayer', version },
    instructions: 'Reads Keras and PyTorch model files of the folder that it was started in, without executing anything. Paths are relative to that folder.',
  };
}

function described(tool: Tool): object {
  return {
    name: tool.name, title: tool.title, description: tool.description, inputSchema: inputSchema(tool),
    annotations: { title: tool.title, readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  };
}

function called(id: string | number, params: Readonly<Record<string, unknown>>, { tools, call }: McpOptions): Answer {
  const tool = tools.find((one) => one.name === params['name']);
  if (tool === undefined) return failure(id, invalidParams, `There is no tool ${String(params['name']).slice(0, 100)}; there are ${tools.map((one) => one.name).join(', ')}.`);
  const args = objectOf(params['arguments']) ?? {};
  const problem = argumentProblem(tool, args);
  if (problem !== undefined) return success(id, told(problem, true));
  try {
    return success(id, told(call(tool, args), false));
  } catch (error) {
    return success(id, told(error instanceof Error ? error.message : String(error), true));
  }
}

function told(text: string, isError: boolean): object {
  return { content: [{ type: 'text', text }], isError };
}

function success(id: string | number, result: object): Answer {
  return { jsonrpc: '2.0', id, result };
}

function failure(id: string | number | null, code: number, message: string): Answer {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Readonly<Record<string, unknown>> : undefined;
}
