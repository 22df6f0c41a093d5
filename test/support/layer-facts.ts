// Holds what the engine says of one layer configuration against what Keras answered (test/facts/keras-layers, made by test/oracle/layers.py).
// It is used by the main suite on the stored facts and by the oracle on fresh ones.
import { countParameters, formatOutput } from '../../server/trace/counts.ts';
import { renderMessage } from '../../server/values/place.ts';
import { analyseText } from '../../server/workspace/analysis.ts';
import { memoryHost } from './program.ts';

export type Json = null | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface LayerAnswer {
  readonly output?: Json;
  readonly outputDtype?: Json;
  readonly params?: number;
  readonly trainable?: number;
  readonly refused?: string;
}

export interface LayerFact extends LayerAnswer {
  readonly class: string;
  readonly source: string;
  readonly inputs: readonly (readonly (number | null)[])[];
  readonly dtypes?: readonly string[];
  readonly call?: string;
  readonly at?: 'construct' | 'call';
  readonly run?: LayerAnswer;
  readonly torch?: LayerAnswer;
}

/** `wrong` must not happen; `unknown` and `missed` are silence. */
export type Verdict = 'right' | 'unknown' | 'missed' | 'wrong';
export interface Judgement { readonly verdict: Verdict; readonly reason: string }

function tuple(shape: readonly (number | null)[]): string {
  return `(${shape.map((length) => length ?? 'None').join(', ')}${shape.length === 1 ? ',' : ''})`;
}

export function programOf(fact: LayerFact): string {
  const names = fact.inputs.map((_, at) => `x${at}`);
  const inputs = fact.inputs.map((shape, at) => `x${at} = keras.Input(batch_shape=${tuple(shape)}, dtype='${fact.dtypes?.[at] ?? 'float32'}')\n`);
  const call = fact.call ?? (names.length === 1 ? 'layer(x0)' : `layer([${names.join(', ')}])`);
  return `import keras\nimport numpy as np\nfrom keras import layers, ops\n${inputs.join('')}layer = ${fact.source}\ny = ${call}\nreveal_type(y)\n`;
}

/** The shape of an output as the engine prints it. */
export function printOutput(output: Json | undefined): string {
  if (output === null || output === undefined) return 'None';
  if (typeof output !== 'object') return String(output);
  if (!isList(output)) return `{${Object.entries(output).map(([key, one]) => `'${key}': ${printOutput(one)}`).join(', ')}}`;
  if (output.length === 1 && isList(output[0] ?? null)) return printOutput(output[0]);
  return `(${output.map(printOutput).join(', ')}${output.length === 1 ? ',' : ''})`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

// Keras itself turns these down; anything else (AttributeError, IndexError, a kernel's error) is Keras stumbling.
const deliberate = /^(ValueError|TypeError):/;

export function judge(fact: LayerFact): Judgement {
  const path = '/project/main.py';
  const text = programOf(fact);
  const analysis = analyseText(path, text, { host: memoryHost({}), folders: ['/project'], maximumMilliseconds: 20_000 });
  if (analysis.fault !== undefined) return { verdict: 'wrong', reason: `the engine failed: ${String(analysis.fault instanceof Error ? analysis.fault.stack : analysis.fault)}` };
  // Keras takes a softmax over one unit; that it says nothing is the rule's business.
  const finding = analysis.findings.find((one) => one.severity === 'error' && one.rule !== 'single-unit-softmax');
  if (fact.refused !== undefined) {
    if (finding !== undefined) return { verdict: 'right', reason: '' };
    return deliberate.test(fact.refused) ? { verdict: 'missed', reason: fact.refused } : { verdict: 'unknown', reason: fact.refused };
  }
  if (finding !== undefined) {
    // The symbolic call promised a shape that real numbers do not keep.
    if (fact.run?.refused !== undefined) return { verdict: 'right', reason: '' };
    return { verdict: 'wrong', reason: `refused, but Keras accepts it: [${finding.rule}] ${renderMessage(finding.message)}` };
  }
  const start = text.indexOf('layer = ') + 'layer = '.length;
  const layer = analysis.trace.layers.find((one) => one.place?.start === start);
  const revealed = analysis.trace.events.find((event) => event.kind === 'reveal');
  const output = revealed?.kind === 'reveal' ? formatOutput(revealed.value) : undefined;
  const expected = [printOutput(fact.output), ...(fact.run?.output === undefined ? [] : [printOutput(fact.run.output)])];
  const reasons: string[] = [];
  let known = output !== undefined && !output.includes('?');
  if (output !== undefined && !expected.includes(output) && !vaguelySame(output, expected[0] ?? '')) reasons.push(`output ${output}, Keras gives ${expected.join(' or ')}`);
  else if (output !== undefined && !expected.includes(output)) known = false;
  const count = layer === undefined ? undefined : countParameters(layer);
  if (fact.params !== undefined && count?.complete === true) {
    if (count.total !== fact.params) reasons.push(`${count.total} parameters, Keras counts ${fact.params}`);
    else if (count.trainable !== fact.trainable) reasons.push(`${count.trainable} trainable parameters, Keras counts ${fact.trainable}`);
  } else if (fact.params !== undefined) known = false;
  if (reasons.length > 0) return { verdict: 'wrong', reason: reasons.join('; ') };
  return known ? { verdict: 'right', reason: '' } : { verdict: 'unknown', reason: output ?? 'no output' };
}

/** Whether two printed shapes differ only where ours leaves an axis open. */
function vaguelySame(ours: string, theirs: string): boolean {
  const left = ours.split(/, ?/), right = theirs.split(/, ?/);
  return left.length === right.length && left.every((part, at) => part === right[at] || part.replace(/[()]/g, '') === '?' || part.replace(/[()]/g, '') === 'None');
}

export interface ClassTally { right: number; unknown: number; missed: number; wrong: number; readonly examples: string[] }

/** Judges facts and counts the verdicts by class. */
export function judgeAll(facts: readonly LayerFact[]): Map<string, ClassTally> {
  const tallies = new Map<string, ClassTally>();
  for (const fact of facts) {
    const tally = tallies.get(fact.class) ?? { right: 0, unknown: 0, missed: 0, wrong: 0, examples: [] };
    tallies.set(fact.class, tally);
    const { verdict, reason } = judge(fact);
    tally[verdict] += 1;
    if (verdict === 'wrong') tally.examples.push(`${fact.source} on ${fact.inputs.map(tuple).join(', ')}${fact.call === undefined ? '' : ` by ${fact.call}`}: ${reason}`);
  }
  return tallies;
}

export function readFacts(text: string): LayerFact[] {
  return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as LayerFact);
}
