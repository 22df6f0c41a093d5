// The names of attributes that a text reads, seen off the tree alone. It must not know scopes or values.
import type { Call, Expression, ParsedSource } from './ast.ts';

const cache = new WeakMap<ParsedSource, ReadonlySet<string>>();

/** Every `.name` that is not only assigned to; with `*` where a `getattr` reads a name that is put together. */
export function attributesRead(parsed: ParsedSource): ReadonlySet<string> {
  let names = cache.get(parsed);
  if (names === undefined) {
    const found = new Set<string>();
    visit(parsed.module, found);
    names = found;
    cache.set(parsed, names);
  }
  return names;
}

function visit(thing: unknown, found: Set<string>): void {
  if (Array.isArray(thing)) { for (const item of thing) visit(item, found); return; }
  if (typeof thing !== 'object' || thing === null) return;
  const node = thing as Readonly<Record<string, unknown>>;
  if (node['kind'] === 'Attribute') found.add((node['name'] as { readonly text: string }).text);
  if (node['kind'] === 'Call') visitCall(thing as Call, found);
  for (const key in node) {
    const value = node[key];
    if (typeof value !== 'object') continue;
    if ((key === 'targets' || key === 'target') && node['kind'] !== 'AugAssign') visitTarget(value, found);
    else visit(value, found);
  }
}

function visitCall(call: Call, found: Set<string>): void {
  if (call.callee.kind !== 'Name' || (call.callee.id !== 'getattr' && call.callee.id !== 'vars')) return;
  const name = call.args[1];
  found.add(name?.kind === 'Constant' && typeof name.value === 'string' ? name.value : '*');
}

/** `self.a.b = 1` reads `a` and writes `b`. */
function visitTarget(target: unknown, found: Set<string>): void {
  if (Array.isArray(target)) { for (const item of target) visitTarget(item, found); return; }
  const expression = target as Expression | undefined;
  switch (expression?.kind) {
    case 'Attribute': visit(expression.object, found); break;
    case 'Tuple': case 'List': visitTarget(expression.elements, found); break;
    case 'Starred': visitTarget(expression.value, found); break;
    default: visit(expression, found);
  }
}

const named = new WeakMap<ParsedSource, ReadonlySet<string>>();

/** Every `.name` of a text, read or assigned to. */
export function attributesNamed(parsed: ParsedSource): ReadonlySet<string> {
  let names = named.get(parsed);
  if (names === undefined) {
    const found = new Set<string>();
    collect(parsed.module, found);
    names = found;
    named.set(parsed, names);
  }
  return names;
}

function collect(thing: unknown, found: Set<string>): void {
  if (Array.isArray(thing)) { for (const item of thing) collect(item, found); return; }
  if (typeof thing !== 'object' || thing === null) return;
  const node = thing as Readonly<Record<string, unknown>>;
  if (node['kind'] === 'Attribute') found.add((node['name'] as { readonly text: string }).text);
  for (const key in node) { const value = node[key]; if (typeof value === 'object') collect(value, found); }
}
