// `state_dict()` and `load_state_dict()`: what a module holds, by dotted names, and what PyTorch 2.13 refuses to load. A refusal needs both
// sides completely known. It must not know what any module computes.
import { formatShape, shapesEqual } from '../../tensors/shape.ts';
import type { Fix } from '../../trace/trace.ts';
import { lookUpInClass } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import { mayLackAttribute } from '../../values/maybe-attributes.ts';
import { type Message, message } from '../../values/place.ts';
import { defineSlot } from '../../values/slots.ts';
import type { DictEntry, DictValue, InstanceValue, NativeCall, TensorValue, Value } from '../../values/value.ts';
import { list, none, str, unknown } from '../../values/value.ts';
import { castModule } from './casting.ts';
import { childrenOf, moduleSlot, ownBuffers, ownParameters } from './module-state.ts';
import { namedResult } from './operations/support.ts';
import { isParameter, withoutParameter } from './parameters.ts';

/** Hooks decide with it what is loaded or saved. */
const hookedSlot = defineSlot<true>('torch hooks of state dicts', () => true);
export function noteStateHook(self: InstanceValue): void {
  hookedSlot.set(self, true);
}

/** As `state_dict` lists them: a module that is held twice is listed twice. */
function allModules(self: InstanceValue, prefix: string, depth = 0): [string, InstanceValue][] {
  if (depth > 40) return [];
  return [[prefix, self], ...childrenOf(self).flatMap(([name, child]) => allModules(child, prefix === '' ? name : `${prefix}.${name}`, depth + 1))];
}

interface Entries {
  readonly tensors: ReadonlyMap<string, TensorValue>;
  /** No others, and each of them certainly. */
  readonly exact: boolean;
}

function entriesOf(self: InstanceValue, prefix: string): Entries {
  const tensors = new Map<string, TensorValue>();
  let exact = true;
  for (const [path, module] of allModules(self, '')) {
    if (isUncertain(module)) exact = false;
    const put = (name: string, value: TensorValue): void => {
      tensors.set(`${prefix}${path === '' ? name : `${path}.${name}`}`, value);
    };
    for (const [name, value] of ownParameters(module)) put(name, value);
    for (const [name, value, isPersistent] of ownBuffers(module)) if (isPersistent) put(name, value);
  }
  return { tensors, exact };
}

const ownWays: readonly string[] = [
  'state_dict',
  'load_state_dict',
  '_load_from_state_dict',
  '_save_to_state_dict',
  'get_extra_state',
  'set_extra_state',
];

/** Something of the module is not known, stands there on some path alone, or goes ways of the program's own. */
function isUncertain(module: InstanceValue): boolean {
  if (moduleSlot.get(module)?.layer.incomplete !== false || hookedSlot.get(module) === true) return true;
  if ([...module.attributes].some(([name, value]) => (value.kind === 'tensor' || value.kind === 'instance') && mayLackAttribute(module, name)))
    return true;
  return ownWays.some((name) => lookUpInClass(module.cls, name)?.owner.native === false);
}

export function stateDict(self: InstanceValue, prefix: string): Value {
  const { tensors, exact } = entriesOf(self, prefix);
  const entries = new Map(
    [...tensors].map(([key, value]): [string, DictEntry] => [
      `s:${key}`,
      { key: str(key), value: isParameter(value) ? withoutParameter(value) : value },
    ]),
  );
  return { kind: 'dict', entries, open: !exact };
}

/** `load_state_dict(state_dict, strict=True, assign=False)`: which keys were missing or not expected. */
export function loadStateDict(call: NativeCall, self: InstanceValue): Value {
  const { interpreter, args } = call;
  const given = args.get('state_dict');
  // The tensors of the dict take the place of the module's own.
  if (args.flag('assign') !== false) castModule(self, () => undefined);
  if (given.kind !== 'dict') {
    if (given.kind !== 'unknown') refuseKind(call, self, given);
    return unknown();
  }
  const own = entriesOf(self, '');
  const keys = keysOf(given);
  if (keys === undefined || !own.exact) return unknown();
  const { name } = moduleSlot.get(self)?.layer ?? { name: self.cls.name };
  // Dicts that programs make have no version: PyTorch then takes counters of batches as they are.
  const missing = [...own.tensors.keys()].filter((key) => !keys.has(key) && !key.endsWith('num_batches_tracked'));
  const unexpected = [...keys].filter((key) => !own.tensors.has(key));
  const problem =
    args.flag('strict') === true && missing.length + unexpected.length > 0
      ? describeKeys(name, own, keys, missing, unexpected)
      : describeShapes(name, own, given);
  if (problem !== undefined) {
    interpreter.refuse({
      rule: 'invalid-argument',
      exception: 'RuntimeError',
      place: args.place('state_dict') ?? call.place,
      layer: moduleSlot.get(self)?.layer,
      message: problem,
      related: relatedOf(self),
    });
  }
  return namedResult(
    '_IncompatibleKeys',
    ['missing_keys', 'unexpected_keys'],
    [missing, unexpected].map((texts) => list(texts.map((text) => str(text)))),
  );
}

function relatedOf(self: InstanceValue): { place: NonNullable<InstanceValue['origin']>['place'] & object; message: Message }[] {
  const layer = moduleSlot.get(self)?.layer;
  return layer?.place === undefined ? [] : [{ place: layer.place, message: message('{layer} is built here', { layer: layer.name }) }];
}

/** The keys of a dict of which nothing is open. */
function keysOf(dict: DictValue): ReadonlySet<string> | undefined {
  if (dict.open) return undefined;
  const keys = [...dict.entries.values()].map(({ key }) => (key.kind === 'str' ? key.value : undefined));
  return keys.includes(undefined) ? undefined : new Set(keys.filter((key) => key !== undefined));
}

const wrapper = 'module.';

function describeKeys(name: string, own: Entries, keys: ReadonlySet<string>, missing: readonly string[], unexpected: readonly string[]): Message {
  const isSame = (left: readonly string[], right: readonly string[]): boolean =>
    left.length === right.length && left.every((key) => right.includes(key));
  const wanted = [...own.tensors.keys()];
  if (
    isSame(
      [...keys],
      wanted.map((key) => `${wrapper}${key}`),
    )
  ) {
    return message('the keys begin with "module." as those of a DataParallel do, which {model} is not: take the state dict of its module', {
      model: name,
    });
  }
  if (
    isSame(
      [...keys].map((key) => `${wrapper}${key}`),
      wanted,
    )
  ) {
    return message('{model} is a DataParallel, whose keys begin with "module.": load into {model}.module', { model: name });
  }
  const values = { model: name, missing: shortened(missing), unexpected: shortened(unexpected) };
  if (unexpected.length === 0) return message('the state dict lacks {missing}, which {model} holds', values);
  if (missing.length === 0) return message('the state dict has {unexpected}, which {model} does not hold', values);
  return message('the state dict is not that of {model}: it lacks {missing} and has {unexpected}', values);
}

function shortened(keys: readonly string[]): string {
  const shown = keys
    .slice(0, 3)
    .map((key) => `"${key}"`)
    .join(', ');
  return keys.length > 3 ? `${shown}, …` : shown;
}

function describeShapes(name: string, own: Entries, given: DictValue): Message | undefined {
  for (const { key, value } of given.entries.values()) {
    const wanted = key.kind === 'str' ? own.tensors.get(key.value) : undefined;
    if (key.kind !== 'str' || wanted === undefined || value.kind !== 'tensor') continue;
    // A single number was once saved with one axis.
    const isNumber = wanted.shape.dims?.length === 0 && value.shape.dims?.length === 1;
    if (isNumber || shapesEqual(value.shape, wanted.shape) !== false) continue;
    return message('{key} has shape {actual} in the state dict, {expected} in {model}', {
      key: key.value,
      actual: formatShape(value.shape),
      expected: formatShape(wanted.shape),
      model: name,
    });
  }
  return undefined;
}

function refuseKind(call: NativeCall, self: InstanceValue, given: Value): void {
  const { interpreter, args } = call;
  const isModule = moduleSlot.get(given) !== undefined;
  // What other objects can do is their class's to say.
  if (!isModule && given.kind !== 'str' && given.kind !== 'none' && given.kind !== 'list' && given.kind !== 'tensor') return;
  const place = args.place('state_dict');
  const fixes: Fix[] =
    place === undefined
      ? []
      : isModule
        ? [{ title: message('Take its state dict'), edits: [{ place: { ...place, start: place.end }, newText: '.state_dict()' }] }]
        : given.kind === 'str'
          ? [
              {
                title: message('Read the file with torch.load'),
                edits: [
                  { place: { ...place, end: place.start }, newText: 'torch.load(' },
                  { place: { ...place, start: place.end }, newText: ')' },
                ],
              },
            ]
          : [];
  interpreter.refuse({
    rule: 'invalid-argument',
    exception: 'TypeError',
    place: place ?? call.place,
    layer: moduleSlot.get(self)?.layer,
    fixes,
    message: message('load_state_dict takes a state dict, got {kind}', { kind: kindOf(interpreter, given) }),
  });
}

function kindOf(interpreter: Interpreter, value: Value): string {
  return value === none ? 'None' : (interpreter.typeOf(value)?.name ?? value.kind);
}
