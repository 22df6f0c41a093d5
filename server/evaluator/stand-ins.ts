// What stands for the arguments of a function or class that nothing calls: names of sizes, objects and dicts of the program that have what is
// read off the parameter. What does not hold when it is tried is given up. It must not know any library.
import { entryPointsOf } from '../values/entry-points.ts';
import type { FunctionDef, Parameter } from '../syntax/ast.ts';
import { symbol } from '../tensors/dim.ts';
import type { Refusal } from '../trace/trace.ts';
import type { Argument, CallArguments, KeywordArgument } from '../values/arguments.ts';
import { noArguments } from '../values/arguments.ts';
import type { RefusalInput } from '../values/interpreter.ts';
import { samePlace } from '../values/place.ts';
import type { FunctionValue, Scope, Value } from '../values/value.ts';
import { int, unknown } from '../values/value.ts';
import { dictKey } from '../values/equality.ts';
import { str } from '../values/value.ts';
import { callValue } from './calls.ts';
import { PythonError } from './errors.ts';
import type { Run } from './run.ts';

/** Calls on what stands for its arguments, `attempt` being the call. */
export function callOnStandIns(run: Run, callee: FunctionValue, self: Value | undefined, attempt: (args: CallArguments) => Value): Value {
  const given = new Map<string, Value>();
  const sizes: string[] = [];
  for (const parameter of openParameters(callee)) {
    const { text: name } = parameter.name;
    const value = standIn(run, callee, parameter);
    if (value !== undefined) given.set(name, value);
    else if (parameter.annotation === undefined && isSizeName(name)) sizes.push(name);
  }
  for (const name of fittingSizes(run, sizes, (names) => attempt(argumentsOf(callee, self, withSizes(given, names))))) given.set(name, sizeNamed(name));
  const { refusals } = run.trace;
  const from = refusals.length;
  let isWhole = false;
  try {
    const result = attempt(argumentsOf(callee, self, given));
    isWhole = true;
    return result;
  } catch (error) {
    isWhole = error instanceof PythonError;
    throw error;
  } finally {
    if (refusals.length > from && isOpen(callee)) {
      const others = isWhole ? run.interpreter.quietly(() => run.interpreter.survives(() => attempt(openArgumentsOf(callee, self, given)))).refusals : [];
      refusals.splice(from, refusals.length - from, ...refusals.slice(from).filter((one) => others.some((other) => isSame(one, other))));
    }
  }
}

// Nobody says that what may be given is left out: what is refused for that reason alone is not certain.

/** Whether a caller may give more than must be given: what `*args` and `**kwargs` take, something for None. */
function isOpen(callee: FunctionValue): boolean {
  return callee.node.parameters.all.some(({ kind }) => kind === 'star' || kind === 'double-star') || [...callee.defaults.values()].some((value) => value.kind === 'none');
}

/** The same arguments, and whatever else may be given. */
function openArgumentsOf(callee: FunctionValue, self: Value | undefined, given: ReadonlyMap<string, Value>): CallArguments {
  const args = argumentsOf(callee, self, given);
  const more = callee.node.parameters.all.flatMap(({ kind, name }): KeywordArgument[] => (kind !== 'positional-only' && callee.defaults.get(name.text)?.kind === 'none' ? [{ name: name.text, value: unknown(), place: undefined }] : []));
  return { ...args, keywords: [...args.keywords, ...more], openRest: true };
}

function isSame(refusal: Refusal, other: RefusalInput): boolean {
  const { place } = other;
  return refusal.rule === other.rule && refusal.message.template === other.message.template && place !== undefined && [refusal, ...refusal.related].some((one) => samePlace(one.place, place));
}

/** Those of the names whose being whole numbers brings about no exception and no refusal. */
function fittingSizes(run: Run, names: readonly string[], attempt: (names: readonly string[]) => void): readonly string[] {
  if (names.length === 0) return [];
  const failures = (tried: readonly string[]): number => {
    const outcome = run.interpreter.quietly(() => run.interpreter.survives(() => { attempt(tried); }));
    return outcome.refusals.length + (outcome.result === undefined ? 1000 : 0);
  };
  const without = failures([]);
  if (failures(names) <= without) return names;
  let kept: readonly string[] = [];
  for (const name of names.slice(0, 12)) if (failures([...kept, name]) <= without) kept = [...kept, name];
  return kept;
}

function withSizes(given: ReadonlyMap<string, Value>, names: readonly string[]): ReadonlyMap<string, Value> {
  return new Map([...given, ...names.map((name): [string, Value] => [name, sizeNamed(name)])]);
}

function sizeNamed(name: string): Value {
  return int(symbol(name));
}

function isReceiver(callee: FunctionValue, at: number, parameter: Parameter): boolean {
  return at === 0 && callee.definingClass !== undefined && (parameter.kind === 'positional-only' || parameter.kind === 'positional-or-keyword');
}

function openParameters(callee: FunctionValue): readonly Parameter[] {
  return callee.node.parameters.all.filter((parameter, at) => !isReceiver(callee, at, parameter) && parameter.default === undefined && parameter.kind !== 'star' && parameter.kind !== 'double-star');
}

function argumentsOf(callee: FunctionValue, self: Value | undefined, given: ReadonlyMap<string, Value>): CallArguments {
  const positional: Argument[] = self === undefined || !callee.node.parameters.all.slice(0, 1).some((parameter) => isReceiver(callee, 0, parameter)) ? [] : [{ value: self, place: undefined }];
  const keywords: KeywordArgument[] = [];
  for (const parameter of openParameters(callee)) {
    const value = given.get(parameter.name.text) ?? unknown(undefined, annotatedType(parameter.annotation));
    if (parameter.kind === 'positional-only') positional.push({ value, place: undefined });
    else keywords.push({ name: parameter.name.text, value, place: undefined });
  }
  return { ...noArguments, positional, keywords };
}

function standIn(run: Run, callee: FunctionValue, parameter: Parameter): Value | undefined {
  const { annotation } = parameter;
  if (annotation?.kind === 'Name') {
    if (annotation.id === 'int') return int(symbol(parameter.name.text, { minimum: 0 }));
    const cls = callee.scope.variables.get(annotation.id);
    return cls?.kind === 'class' ? made(run, cls) : undefined;
  }
  return annotation === undefined ? objectWithWhatIsRead(run, callee, parameter.name.text) : undefined;
}

function made(run: Run, cls: Value): Value | undefined {
  if (cls.kind !== 'class' || cls.native || cls.place === undefined) return undefined;
  // What a base that is not known does with the class's own values is not known either: they may be names of what is computed later.
  if (cls.mro.some((base) => !base.native && base.hasUnknownBase)) return undefined;
  const { place } = cls;
  return run.interpreter.survives(() => run.interpreter.quietly(() => callValue(run, cls, noArguments, place)).result)?.result;
}

// ---- Configurations.

interface Read { readonly attributes: Set<string>; readonly keys: Set<string> }

/** A value of the module, or what a class of it gives without arguments, that has every attribute or key that the body reads off the parameter. */
function objectWithWhatIsRead(run: Run, callee: FunctionValue, name: string): Value | undefined {
  const read: Read = { attributes: new Set(), keys: new Set() };
  readOff(callee.node, name, read);
  const isTold = read.attributes.size + read.keys.size > 1;
  if (read.attributes.size + read.keys.size === 0 || (read.attributes.size > 0 && read.keys.size > 0)) return undefined;
  const values = [...moduleScope(callee.scope).variables].filter(([variable]) => isTold || variable === name);
  const place = { source: callee.source, start: callee.node.start, end: callee.node.start };
  const hasAll = (value: Value): boolean => (read.keys.size > 0
    ? value.kind === 'dict' && [...read.keys].every((key) => { const at = dictKey(str(key)); return at !== undefined && value.entries.has(at); })
    : value.kind === 'instance' && [...read.attributes].every((attribute) => { const found = run.interpreter.lookUpAttribute(value, attribute, place); return found !== undefined && found.kind !== 'unknown'; }));
  const present = values.find(([, value]) => hasAll(value))?.[1];
  if (present !== undefined || read.keys.size > 0) return present;
  for (const [, cls] of values) {
    if (cls.kind !== 'class' || cls.native || entryPointsOf(cls) !== undefined) continue;
    const object = made(run, cls);
    if (object !== undefined && hasAll(object)) return object;
  }
  return undefined;
}

function moduleScope(scope: Scope): Scope {
  return scope.kind === 'module' || scope.parent === undefined ? scope : moduleScope(scope.parent);
}

const readByFunction = new WeakMap<object, Map<string, Read>>();

function readOff(node: FunctionValue['node'], name: string, read: Read): void {
  let known = readByFunction.get(node);
  if (known === undefined) readByFunction.set(node, (known = new Map()));
  let found = known.get(name);
  if (found === undefined) {
    found = { attributes: new Set(), keys: new Set() };
    walk(node, name, found);
    known.set(name, found);
  }
  for (const one of found.attributes) read.attributes.add(one);
  for (const one of found.keys) read.keys.add(one);
}

function walk(thing: unknown, name: string, read: Read): void {
  if (Array.isArray(thing)) { for (const item of thing) walk(item, name, read); return; }
  if (typeof thing !== 'object' || thing === null) return;
  const node = thing as FunctionDef['body'][number] | { kind: 'Attribute' | 'Subscript'; object: { kind: string; id?: string }; name?: { text: string }; index?: { kind: string; value?: unknown } };
  if ((node.kind === 'Attribute' || node.kind === 'Subscript') && node.object.kind === 'Name' && node.object.id === name) {
    if (node.kind === 'Attribute' && node.name !== undefined) read.attributes.add(node.name.text);
    if (node.kind === 'Subscript' && node.index?.kind === 'Constant' && typeof node.index.value === 'string') read.keys.add(node.index.value);
  }
  for (const child of Object.values(thing)) walk(child, name, read);
}

// ---- Names of sizes.

const sizeWords = new Set([
  'dim', 'size', 'width', 'height', 'depth', 'heads', 'head', 'nhead', 'nheads', 'channel', 'channels', 'ch', 'chan', 'chans', 'chn', 'planes', 'inplanes', 'outplanes', 'filters', 'classes', 'nclass', 'nclasses', 'len', 'length',
  'hidden', 'latent', 'units', 'inp', 'oup', 'inc', 'outc', 'cin', 'cout', 'nc', 'nz', 'nf', 'ngf', 'ndf', 'ntoken', 'ntokens', 'ninp', 'nhid', 'nlayers', 'nfeat', 'vocab', 'stride', 'dilation', 'groups', 'emb', 'embed', 'hid',
  'ninput', 'noutput', 'nhidden', 'nclass', 'ch1', 'c1', 'c2', 'planes', 'dmodel', 'dff', 'dk', 'dv',
]);
/** Words that are sizes only behind a word that counts. */
const countedWords = new Set(['features', 'feature', 'feats', 'feat', 'layers', 'blocks', 'tokens', 'words', 'nodes', 'steps', 'actions', 'states', 'inputs', 'outputs', 'embd', 'embeddings', 'c', 'ch', 'in', 'out', 'model', 'ff', 'k', 'v', 'hid', 'users', 'items', 'characters', 'labels', 'tags', 'input', 'output', 'state', 'action', 'obs', 'patches', 'frames', 'points', 'neurons', 'experts', 'speakers', 'letters', 'categories', 'embed']);
const countingWords = new Set(['in', 'out', 'num', 'n', 'nb', 'hidden', 'mid', 'd', 'no', 'number']);
/** With one of these it is something else. */
const otherWords = new Set([
  'norm', 'fn', 'func', 'layer', 'act', 'activation', 'type', 'mode', 'name', 'path', 'dir', 'rate', 'ratio', 'dropout', 'drop', 'prob', 'lr', 'eps', 'list', 'dict', 'cfg', 'config', 'module', 'mask', 'weight', 'weights', 'fc', 'conv', 'scale',
  'sizes', 'dims', 'shape', 'use', 'is', 'has', 'with', 'bias', 'mult', 'multiplier', 'tuple', 'tokenizer', 'optimizer', 'loader', 'index', 'idx',
]);

/** Whether a parameter so named mostly takes a whole number. */
export function isSizeName(name: string): boolean {
  const words = name.toLowerCase().split('_').filter((word) => word !== '');
  if (words.some((word) => otherWords.has(word))) return false;
  if (words.some((word) => sizeWords.has(word))) return true;
  return words.length > 1 && words.some((word) => countingWords.has(word)) && words.some((word) => countedWords.has(word));
}

export function annotatedType(annotation: FunctionDef['returns']): string | undefined {
  return annotation?.kind === 'Name' && ['int', 'float', 'str', 'bool'].includes(annotation.id) ? annotation.id : undefined;
}
