// Holds what the engine says of one configuration of torch.nn or torch.nn.functional against what PyTorch answered (test/facts/torch-modules,
// made by test/oracle/torch_modules.py). It is used by the main suite on the stored facts and by the oracle on fresh ones.
import { countParameters, formatOutput } from '../../server/trace/counts.ts';
import type { Layer } from '../../server/trace/trace.ts';
import { formatShape } from '../../server/tensors/shape.ts';
import { renderMessage } from '../../server/values/place.ts';
import type { Value } from '../../server/values/value.ts';
import { analyseText } from '../../server/workspace/analysis.ts';
import type { ClassTally, Judgement } from './layer-facts.ts';
import { memoryHost } from './program.ts';

type Shapes = null | number | string | readonly Shapes[] | { readonly [key: string]: Shapes };

export interface ModuleFact {
  readonly class: string;
  /** Absent for functions. */
  readonly source?: string;
  readonly inputs: readonly (readonly number[])[];
  readonly dtypes?: readonly string[];
  readonly call?: string;
  readonly output?: Shapes;
  readonly outputDtype?: Shapes;
  readonly params?: number;
  readonly trainable?: number;
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  readonly buffers?: Readonly<Record<string, readonly number[]>>;
  readonly refused?: string;
  readonly at?: 'construct' | 'call';
}

function tuple(shape: readonly number[]): string {
  return `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
}

export function programOf(fact: ModuleFact): string {
  const inputs = fact.inputs.map((shape, at) => {
    const dtype = fact.dtypes?.[at] ?? 'float32';
    return `x${at} = torch.${dtype.includes('float') ? 'rand' : 'zeros'}(${tuple(shape)}, dtype=torch.${dtype})\n`;
  });
  const call = fact.call ?? `module(${fact.inputs.map((_, at) => `x${at}`).join(', ')})`;
  const made = fact.source === undefined ? '' : `module = ${fact.source}\n`;
  return `import torch\nfrom torch import nn\nimport torch.nn.functional as F\n${inputs.join('')}${made}y = ${call}\nreveal_type(y)\n`;
}

function isList(value: Shapes): value is readonly Shapes[] {
  return Array.isArray(value);
}

/** As the engine prints shapes, None left out as there. */
export function printShapes(output: Shapes | undefined): string {
  if (output === null || output === undefined) return 'None';
  if (typeof output !== 'object') return String(output);
  if (!isList(output))
    return `{${Object.entries(output)
      .map(([key, one]) => `'${key}': ${printShapes(one)}`)
      .join(', ')}}`;
  return `(${output.map(printShapes).join(', ')}${output.length === 1 ? ',' : ''})`;
}

/** Shapes nested as the value is; None where it holds no tensor. */
function shapesOf(value: Value | undefined): string {
  if (value?.kind === 'tuple' || value?.kind === 'list') return `(${value.items.map(shapesOf).join(', ')}${value.items.length === 1 ? ',' : ''})`;
  if (value?.kind === 'tensor') return formatShape(value.shape);
  if (value?.kind === 'dict') return formatOutput(value) ?? '?';
  return value?.kind === 'unknown' || value === undefined ? '?' : 'None';
}

function typesOf(value: Value | undefined): Shapes {
  if (value?.kind === 'tuple' || value?.kind === 'list') return value.items.map(typesOf);
  return value?.kind === 'tensor' ? (value.dtype ?? '?') : null;
}

export function judgeModule(fact: ModuleFact): Judgement {
  const text = programOf(fact);
  const analysis = analyseText('/project/main.py', text, { host: memoryHost({}), folders: ['/project'], maximumMilliseconds: 20_000 });
  if (analysis.fault !== undefined)
    return { verdict: 'wrong', reason: `the engine failed: ${String(analysis.fault instanceof Error ? analysis.fault.stack : analysis.fault)}` };
  const finding = analysis.findings.find((one) => one.severity === 'error');
  if (fact.refused !== undefined)
    return finding !== undefined ? { verdict: 'right', reason: renderMessage(finding.message) } : { verdict: 'missed', reason: fact.refused };
  if (finding !== undefined)
    return { verdict: 'wrong', reason: `refused, but PyTorch accepts it: [${finding.rule}] ${renderMessage(finding.message)}` };
  const revealed = analysis.trace.events.find((event) => event.kind === 'reveal');
  const value = revealed?.kind === 'reveal' ? revealed.value : undefined;
  const [output, expected] = [shapesOf(value), printShapes(fact.output)];
  const reasons: string[] = [];
  const isVague = output.includes('?');
  if (output !== expected && !(isVague && vaguelySame(output, expected))) reasons.push(`output ${output}, PyTorch gives ${expected}`);
  if (!isVague) {
    const types = JSON.stringify(typesOf(value));
    const expectedTypes = fact.outputDtype === undefined ? undefined : JSON.stringify(fact.outputDtype);
    if (!types.includes('?') && (expectedTypes === undefined ? /"(?!float32")\w+"/.test(types) : types !== expectedTypes))
      reasons.push(`types ${types}, PyTorch gives ${expectedTypes ?? 'float32'}`);
  }
  const start = text.indexOf('module = ') + 'module = '.length;
  const layer = fact.source === undefined ? undefined : analysis.trace.layers.find((one) => one.place?.start === start);
  let isKnown = !isVague;
  if (fact.params !== undefined) {
    const count = layer === undefined ? undefined : countParameters(layer);
    if (layer === undefined || count?.complete !== true) isKnown = false;
    else {
      if (count.total !== fact.params) reasons.push(`${count.total} parameters, PyTorch counts ${fact.params}`);
      else if (count.trainable !== fact.trainable) reasons.push(`${count.trainable} trainable parameters, PyTorch counts ${fact.trainable}`);
      for (const [kind, facts] of [
        ['weights', fact.weights],
        ['buffers', fact.buffers],
      ] as const) {
        const [ours, theirs] = [
          ownShapes(layer, kind),
          Object.entries(facts ?? {})
            .filter(([name]) => !name.includes('.'))
            .map(([name, shape]) => `${name} ${tuple(shape)}`)
            .join(', '),
        ];
        if (ours !== theirs) reasons.push(`${kind} ${ours}, PyTorch has ${theirs}`);
      }
    }
  }
  if (reasons.length > 0) return { verdict: 'wrong', reason: reasons.join('; ') };
  return isKnown ? { verdict: 'right', reason: '' } : { verdict: 'unknown', reason: output };
}

function ownShapes(layer: Layer, kind: 'weights' | 'buffers'): string {
  return layer.weights
    .filter((weight) => (weight.isBuffer === true) === (kind === 'buffers'))
    .map((weight) => `${weight.name} ${formatShape(weight.shape)}`)
    .join(', ');
}

/** Whether two printed shapes differ only where ours leaves something open. */
function vaguelySame(ours: string, theirs: string): boolean {
  if (ours === '?') return true;
  const left = ours.split(/, ?/),
    right = theirs.split(/, ?/);
  return (
    (left.some((part) => part.replace(/[()]/g, '') === '?' && !part.includes('(')) && left.length !== right.length) ||
    (left.length === right.length && left.every((part, at) => part === right[at] || part.replace(/[()]/g, '') === '?'))
  );
}

export interface ModuleTally extends ClassTally {
  /** Configurations that PyTorch refuses, and those of them that we refuse. */
  refused: number;
  caught: number;
  readonly silences: string[];
}

/** Judges facts and counts the verdicts by class. */
export function judgeModules(facts: readonly ModuleFact[]): Map<string, ModuleTally> {
  const tallies = new Map<string, ModuleTally>();
  for (const fact of facts) {
    const tally = tallies.get(fact.class) ?? { right: 0, unknown: 0, missed: 0, wrong: 0, refused: 0, caught: 0, examples: [], silences: [] };
    tallies.set(fact.class, tally);
    const { verdict, reason } = judgeModule(fact);
    tally[verdict] += 1;
    if (fact.refused !== undefined) tally.refused += 1;
    if (fact.refused !== undefined && verdict === 'right') tally.caught += 1;
    const described = `${fact.source ?? ''} ${fact.call ?? ''} on ${fact.inputs.map(tuple).join(', ')}: ${reason}`;
    if (verdict === 'wrong') tally.examples.push(described);
    else if (verdict !== 'right') tally.silences.push(`${verdict}: ${described}`);
  }
  return tallies;
}

export function readModuleFacts(text: string): ModuleFact[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ModuleFact);
}
