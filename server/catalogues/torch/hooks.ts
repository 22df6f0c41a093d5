// Hooks around the call of a module: they run as PyTorch runs them, may record what passes by, and what they give takes the place of the
// arguments or of the output. PyTorch 2.13. It must not know any single module.
import { argumentsOf, type CallArguments } from '../../values/arguments.ts';
import { nativeClass, nativeMethod } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { defineSlot } from '../../values/slots.ts';
import type { DictEntry, InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { instance, none, str, tuple, unknown } from '../../values/value.ts';

interface Hook {
  readonly callable: Value;
  readonly isBefore: boolean;
  readonly withKeywords: boolean;
  /** An undecided condition decides whether it is there. */
  readonly isUncertain: boolean;
}

/** Behind an undecided condition each hook may be there. */
const hooksSlot = defineSlot<readonly Hook[]>('hooks', (left = [], right = []) => {
  const both = left.filter((hook) => right.includes(hook));
  return [...new Set([...left, ...right])].map((hook) => (both.includes(hook) || hook.isUncertain ? hook : { ...hook, isUncertain: true }));
});
const handleSlot = defineSlot<{ readonly module: InstanceValue; readonly hook: Hook }>('handle of a hook');

const removal = nativeMethod('remove', 'self, *args', ({ args }) => {
  const held = handleSlot.get(args.get('self'));
  if (held !== undefined)
    hooksSlot.set(
      held.module,
      (hooksSlot.get(held.module) ?? []).filter((hook) => hook.callable !== held.hook.callable || hook.isBefore !== held.hook.isBefore),
    );
  return none;
});
const handleClass = nativeClass({
  name: 'RemovableHandle',
  qualifiedName: 'torch.utils.hooks.RemovableHandle',
  members: { remove: removal, __enter__: nativeMethod('__enter__', 'self', ({ args }) => args.get('self')), __exit__: removal },
});

/** A handle of a hook that is not run here. */
export function emptyHandle(): Value {
  return instance(handleClass);
}

export function registerHook(call: NativeCall, self: InstanceValue, isBefore: boolean): Value {
  const hook: Hook = { callable: call.args.get('hook'), isBefore, withKeywords: call.args.flag('with_kwargs') ?? false, isUncertain: false };
  const before = hooksSlot.get(self) ?? [];
  hooksSlot.set(self, call.args.flag('prepend') === true ? [hook, ...before] : [...before, hook]);
  const handle = instance(handleClass);
  handleSlot.set(handle, { module: self, hook });
  return handle;
}

const allHooks = (self: InstanceValue, isBefore: boolean): readonly Hook[] =>
  (hooksSlot.get(self) ?? []).filter((hook) => hook.isBefore === isBefore);

function keywordsOf(args: CallArguments): Value {
  const entries = new Map<string, DictEntry>(args.keywords.map(({ name, value }) => [`s:${name}`, { key: str(name), value }]));
  return { kind: 'dict', entries, open: args.openKeywords };
}

/** Hooks that are not known are taken to look on only, as nearly all do. */
const isFollowed = ({ callable }: Hook): boolean => callable.kind !== 'unknown';

/** The arguments as the hooks before the call leave them. */
export function beforeCall(interpreter: Interpreter, self: InstanceValue, args: CallArguments, place: Place): CallArguments {
  let given = args;
  for (const hook of allHooks(self, true)) {
    if (!isFollowed(hook)) continue;
    const positional = tuple(given.positional.map(({ value }) => value));
    const result = interpreter.call(hook.callable, argumentsOf([self, positional, ...(hook.withKeywords ? [keywordsOf(given)] : [])]), place);
    if (result.kind === 'none') continue;
    const [first, second] = hook.withKeywords && result.kind === 'tuple' ? result.items : [result, undefined];
    if (hook.isUncertain || first === undefined || first.kind === 'unknown' || (second !== undefined && (second.kind !== 'dict' || second.open))) {
      given = { ...given, positional: given.positional.map(({ place: at }) => ({ value: unknown(), place: at })) };
      continue;
    }
    const values = first.kind === 'tuple' ? first.items : [first];
    const keywords =
      second?.kind === 'dict'
        ? [...second.entries.values()].flatMap(({ key, value }) => (key.kind === 'str' ? [{ name: key.value, value, place: undefined }] : []))
        : given.keywords;
    given = { ...given, positional: values.map((value, at) => ({ value, place: given.positional[at]?.place })), keywords };
  }
  return given;
}

/** The output as the hooks behind the call leave it. */
export function behindCall(interpreter: Interpreter, self: InstanceValue, args: CallArguments, output: Value, place: Place): Value {
  let present = output;
  for (const hook of allHooks(self, false)) {
    if (!isFollowed(hook)) continue;
    const positional = tuple(args.positional.map(({ value }) => value));
    const result = interpreter.call(hook.callable, argumentsOf([self, positional, ...(hook.withKeywords ? [keywordsOf(args)] : []), present]), place);
    if (result.kind !== 'none') present = hook.isUncertain ? unknown() : result;
  }
  return present;
}

/** Most modules have none. */
export function hasHooks(self: InstanceValue): boolean {
  return (hooksSlot.get(self)?.length ?? 0) > 0;
}
