// Plain objects of Keras that only hold their arguments: optimizers, schedules, metrics, callbacks, initializers.
// It must not know what any of them is used for.
import type { BoundArguments, CallArguments, KeywordArgument } from '../../values/arguments.ts';
import { bindArguments } from '../../values/arguments.ts';
import { nativeClass, nativeMethod } from '../../values/classes.ts';
import { dictKey } from '../../values/equality.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { parseSignature } from '../../values/signature.ts';
import { defineSlot } from '../../values/slots.ts';
import type { ClassValue, InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { none, str, unknown } from '../../values/value.ts';

export interface KerasObject {
  readonly name: string;
  readonly args: BoundArguments;
  /** Names of the constructor's parameters. */
  readonly parameters: readonly string[];
}
/** The native class that made an object, and its arguments. */
export const objectSlot = defineSlot<KerasObject>('keras object');

export interface ObjectClasses {
  readonly module: string;
  readonly baseName: string;
  readonly signatures: Readonly<Record<string, string>>;
  readonly aliases?: Readonly<Record<string, string>>;
  /** Looks at the arguments before they are bound; gives those that are left. */
  readonly prepare?: (interpreter: Interpreter, className: string, args: CallArguments, place: Place) => CallArguments;
  readonly restKeywords?: (interpreter: Interpreter, className: string, keywords: readonly KeywordArgument[], place: Place) => void;
  readonly members?: Readonly<Record<string, Value>>;
}

/** The classes of a module by name, their base included. */
export function objectClasses(facts: ObjectClasses): Record<string, ClassValue> {
  const base = declare(facts, facts.baseName, facts.signatures[facts.baseName] ?? '*args, **kwargs', undefined);
  const made: Record<string, ClassValue> = { [facts.baseName]: base };
  for (const [name, signature] of Object.entries(facts.signatures)) if (name !== facts.baseName) made[name] = declare(facts, name, signature, base);
  for (const [alias, name] of Object.entries(facts.aliases ?? {})) {
    const cls = made[name];
    if (cls !== undefined) made[alias] = cls;
  }
  return made;
}

function declare(facts: ObjectClasses, name: string, signature: string, base: ClassValue | undefined): ClassValue {
  const text = signature === '' ? 'self' : `self, ${signature}`;
  return nativeClass({
    name,
    qualifiedName: `${facts.module}.${name}`,
    ...(base === undefined ? {} : { bases: [base] }),
    members: {
      __init__: nativeMethod('__init__', undefined, (call) => {
        initialise(facts, name, text, call);
        return none;
      }),
      ...(base === undefined ? { get_config: configMethod, from_config: fromConfig, ...facts.members } : {}),
    },
    ...(base === undefined ? { missingAttribute: (_: Interpreter, self: InstanceValue, attribute: string) => argumentOf(self, attribute) } : {}),
  });
}

function argumentOf(self: InstanceValue, name: string): Value | undefined {
  const held = objectSlot.get(self);
  return held === undefined || held.args.given(name) !== true ? undefined : held.args.get(name);
}

function initialise(facts: ObjectClasses, name: string, signature: string, call: NativeCall): void {
  const self = call.args.raw.positional[0]?.value;
  if (self?.kind !== 'instance') return;
  const { interpreter, place } = call;
  let args = facts.prepare?.(interpreter, self.cls.name, call.args.raw, place) ?? call.args.raw;
  for (let attempts = 0; attempts < 6; attempts += 1) {
    const binding = bindArguments(parseSignature(signature), args, self.cls.name);
    if (binding.ok) {
      objectSlot.set(self, { name, args: binding.args, parameters: parametersOf(signature) });
      facts.restKeywords?.(interpreter, self.cls.name, binding.args.restKeywords, place);
      return;
    }
    const problem = binding.problem;
    interpreter.refuse({ rule: 'invalid-argument', message: problem.message, place: problem.place ?? place, exception: 'TypeError' });
    if (problem.kind === 'unexpected-keyword' || problem.kind === 'multiple-values')
      args = { ...args, keywords: args.keywords.filter((keyword) => keyword.name !== problem.parameter) };
    else
      args = {
        ...args,
        positional: args.positional.slice(0, parseSignature(signature).parameters.filter((one) => one.kind === 'positional-or-keyword').length),
        openKeywords: true,
        openPositional: true,
      };
  }
}

function parametersOf(signature: string): readonly string[] {
  return parseSignature(signature).parameters.filter((parameter) => parameter.kind !== 'star' && parameter.kind !== 'double-star').map((parameter) => parameter.name);
}

const configMethod: Value = nativeMethod('get_config', 'self', (call) => {
  const held = objectSlot.get(call.args.get('self'));
  if (held === undefined) return { kind: 'dict', entries: new Map(), open: true };
  const entries = held.args.raw.keywords.map((keyword) => {
    const key = str(keyword.name);
    return [dictKey(key) ?? keyword.name, { key, value: keyword.value }] as const;
  });
  return { kind: 'dict', entries: new Map(entries), open: true };
});

const fromConfig: Value = {
  kind: 'classmethod',
  callable: nativeMethod('from_config', 'cls, config, **kwargs', (call) => {
    const [cls, config] = [call.args.get('cls'), call.args.get('config')];
    if (cls.kind !== 'class' || config.kind !== 'dict') return unknown();
    const keywords = [...config.entries.values()].flatMap((entry) =>
      entry.key.kind === 'str' ? [{ name: entry.key.value, value: entry.value, place: undefined }] : [],
    );
    return call.interpreter.call(cls, { positional: [], keywords, openPositional: true, openKeywords: true }, call.place);
  }),
};
