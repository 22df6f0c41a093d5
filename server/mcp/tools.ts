// The tools for language models: what they are called, what they take, what they answer. Read-only. The manifest's languageModelTools are
// generated from here, and `inlayer mcp` lists them. It must not know how a file is found or a message is sent.
import type { ReportedFile } from '../features/report.ts';
import { checkReport, shapesReport, summaryReport } from '../features/report.ts';

export interface ToolParameter {
  readonly type: 'string' | 'integer';
  readonly description: string;
}

export interface Tool {
  readonly name: string;
  readonly title: string;
  /** For a model: what it does, when to use it and when not, what it gives. */
  readonly description: string;
  /** Besides `file`, which all of them take. */
  readonly parameters: Readonly<Record<string, ToolParameter>>;
  readonly answer: (file: ReportedFile, args: Readonly<Record<string, unknown>>) => string;
}

const nothingRuns = 'The program is read, never executed, and no Python is needed. Unknown sizes print as None, N or other symbols; what is not known is left out, never guessed.';

export const tools: readonly Tool[] = [
  {
    name: 'summarize_model',
    title: 'Summarize Model',
    description: `Lists the layers of each Keras or PyTorch model that a Python file or notebook builds, with output shapes and parameter counts and the totals, as model.summary() prints them. Use it to learn a model's architecture or size. Not for other Python code. ${nothingRuns}`,
    parameters: { model: { type: 'string', description: 'Only the model of this name or class. Left out: all models of the file.' } },
    answer: (file, args) => summaryReport(file, textOf(args['model'])),
  },
  {
    name: 'get_tensor_shapes',
    title: 'Get Tensor Shapes',
    description: `Gives the lines of a Python file or notebook that build or call layers or compute tensors, each with its line number, output shape and parameter count: "12: x = self.conv(x)  # (N, 64, 56, 56)". Use it to learn what shape a tensor has at a line, or to work out what an inner size must be. In a notebook lines are those of all code cells together. ${nothingRuns}`,
    parameters: {
      from_line: { type: 'integer', description: 'The first line, from 1. Left out: the beginning of the file.' },
      to_line: { type: 'integer', description: 'The last line. Left out: the end of the file.' },
    },
    answer: (file, args) => shapesReport(file, lineOf(args['from_line']), lineOf(args['to_line'])),
  },
  {
    name: 'check_model',
    title: 'Check Model',
    description: `Checks the Keras or PyTorch models of a Python file or notebook: shapes that do not fit, labels outside the classes, losses that disagree with activations, arguments that the framework refuses, faults of training loops. Gives each problem with its line, rule, the places involved and fixes, or "No findings." Use it after writing or changing a model. It is no linter for other Python code. ${nothingRuns}`,
    parameters: {},
    answer: (file) => checkReport(file),
  },
];

export const fileParameter: ToolParameter = { type: 'string', description: 'The path of a Python file (.py) or notebook (.ipynb) of the workspace.' };

/** As JSON Schema. */
export function inputSchema(tool: Tool): object {
  return { type: 'object', properties: { file: fileParameter, ...tool.parameters }, required: ['file'], additionalProperties: false };
}

/** What is wrong with the arguments, for the model that gave them; undefined: nothing. */
export function argumentProblem(tool: Tool, args: Readonly<Record<string, unknown>>): string | undefined {
  if (textOf(args['file']) === undefined) return `${tool.name} needs "file": ${fileParameter.description}`;
  for (const [name, value] of Object.entries(args)) {
    const parameter = name === 'file' ? fileParameter : Object.hasOwn(tool.parameters, name) ? tool.parameters[name] : undefined;
    if (parameter === undefined) return `${tool.name} has no argument "${name}". It takes: ${['file', ...Object.keys(tool.parameters)].join(', ')}.`;
    if (parameter.type === 'string' ? typeof value !== 'string' : !Number.isInteger(value)) return `"${name}" must be ${parameter.type === 'string' ? 'a string' : 'an integer'}: ${parameter.description}`;
  }
  return undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function lineOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}
