// `save_hyperparameters`: the arguments of the running `__init__` become `self.hparams`. Source: Lightning 2.6, described.
// It must not know modules or trainers.
import { nativeClass, nativeMethod } from '../../values/classes.ts';
import { setInstanceAttribute } from '../../values/heap.ts';
import type { ClassValue, DictEntry, DictValue, NativeCall, Value } from '../../values/value.ts';
import { none, str } from '../../values/value.ts';
import { dictClass } from '../python/mappings.ts';

/** A dict whose entries are attributes as well. */
const attributeDictClass: ClassValue = nativeClass({ name: 'AttributeDict', qualifiedName: 'lightning.fabric.utilities.data.AttributeDict', bases: [dictClass] });

function attributeDict(values: ReadonlyMap<string, Value>, open: boolean): DictValue {
  const entries = new Map<string, DictEntry>([...values].map(([name, value]) => [`s:${name}`, { key: str(name), value }]));
  return { kind: 'dict', entries, open, cls: attributeDictClass, attributes: new Map(values) };
}

/** What a mapping or an object of arguments holds; undefined where it is neither. */
function contentsOf(value: Value): { readonly values: ReadonlyMap<string, Value>; readonly open: boolean } | undefined {
  if (value.kind === 'dict') {
    const named = [...value.entries.values()].flatMap((entry): [string, Value][] => (entry.key.kind === 'str' ? [[entry.key.value, entry.value]] : []));
    return { values: new Map(named), open: value.open || named.length !== value.entries.size };
  }
  return value.kind === 'instance' ? { values: value.attributes, open: false } : undefined;
}

export const saveHyperparameters: Value = nativeMethod('save_hyperparameters', 'self, *args, ignore=None, frame=None, logger=True', (call: NativeCall) => {
  const self = call.args.get('self');
  if (self.kind !== 'instance') return none;
  const own = new Map<string, Value>();
  let open = call.args.openPositional;
  for (const [name, value] of call.interpreter.runningParameters()) {
    if (value === self) continue;
    const contents = name === 'kwargs' ? contentsOf(value) : undefined;
    if (contents === undefined) own.set(name, value);
    else for (const [key, content] of contents.values) own.set(key, content);
    open ||= contents?.open === true;
  }
  const given = call.args.rest.map((one) => one.value);
  const [only] = given;
  const chosen = given.flatMap((value) => (value.kind === 'str' ? [value.value] : []));
  let result: DictValue;
  const contents = only === undefined || only.kind === 'str' || given.length > 1 ? undefined : contentsOf(only);
  if (contents !== undefined) result = attributeDict(contents.values, contents.open);
  else if (given.length > 0 && chosen.length === given.length) result = attributeDict(new Map([...own].filter(([name]) => chosen.includes(name))), open);
  else if (given.length > 0) result = attributeDict(new Map(), true);
  else result = attributeDict(own, open);
  const ignored = call.args.get('ignore');
  const names = ignored.kind === 'str' ? [ignored] : ignored.kind === 'list' || ignored.kind === 'tuple' ? ignored.items : [];
  for (const name of names) if (name.kind === 'str') { result.entries.delete(`s:${name.value}`); result.attributes?.delete(name.value); }
  const before = self.attributes.get('hparams');
  if (before?.kind === 'dict') {
    for (const [key, entry] of before.entries) if (!result.entries.has(key)) { result.entries.set(key, entry); if (entry.key.kind === 'str') result.attributes?.set(entry.key.value, entry.value); }
  }
  setInstanceAttribute(self, 'hparams', result);
  setInstanceAttribute(self, 'hparams_initial', result);
  return none;
});
