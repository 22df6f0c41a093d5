// Which names of a module its own functions fill later: `registry[name] = entry` inside a decorator. Read off the tree alone, so
// that a module whose body has not run yet can be told from one that such a registry waits for. It must not know values.
import type { Expression, FunctionDef, Lambda, Statement } from '../syntax/ast.ts';
import { boundNames, childExpressions } from '../syntax/names.ts';
import type { SourceFile } from '../values/place.ts';

export interface FilledNames {
  /** Global names whose containers functions change. */
  readonly names: ReadonlySet<string>;
  /** Attributes whose containers functions change: `self.entries[key] = value`. */
  readonly attributes: ReadonlySet<string>;
  /** One of these stands in the text of each module that makes such a change, or has it made. */
  readonly words: readonly string[];
}

const changing = new Set(['append', 'add', 'update', 'setdefault', 'extend', 'insert', 'appendleft', 'register', 'pop', 'remove', 'discard', 'clear', 'popitem', '__setitem__']);

const known = new WeakMap<SourceFile, FilledNames>();

export function filledNames(source: SourceFile): FilledNames {
  let found = known.get(source);
  if (found === undefined) { found = look(source); known.set(source, found); }
  return found;
}

function look(source: SourceFile): FilledNames {
  const names = new Set<string>(), attributes = new Set<string>();
  const changed = (container: Expression, local: ReadonlySet<string>): void => {
    if (container.kind === 'Name') { if (!local.has(container.id)) names.add(container.id); }
    else if (container.kind === 'Attribute') attributes.add(container.name.text);
    else if (container.kind === 'Subscript') changed(container.object, local);
  };
  const target = (expression: Expression, local: ReadonlySet<string>): void => {
    if (expression.kind === 'Subscript') changed(expression.object, local);
    else if (expression.kind === 'Tuple' || expression.kind === 'List') for (const element of expression.elements) target(element, local);
  };
  const read = (expression: Expression | undefined, local: ReadonlySet<string> | undefined): void => {
    if (expression === undefined) return;
    if (expression.kind === 'Lambda') { read(expression.body, localNames(expression, local)); return; }
    if (local !== undefined && expression.kind === 'Call' && expression.callee.kind === 'Attribute' && changing.has(expression.callee.name.text)) changed(expression.callee.object, local);
    for (const child of childExpressions(expression)) read(child, local);
  };
  /** `local` is undefined at the module's own level, where a body runs once and for all. */
  const walk = (statements: readonly Statement[], local: ReadonlySet<string> | undefined): void => {
    for (const statement of statements) {
      switch (statement.kind) {
        case 'FunctionDef': walk(statement.body, localNames(statement, local)); break;
        case 'ClassDef': walk(statement.body, local); break;
        case 'Assign':
          read(statement.value, local);
          if (local !== undefined) for (const one of statement.targets) target(one, local);
          break;
        case 'AugAssign':
          read(statement.value, local);
          if (local !== undefined) { if (statement.target.kind === 'Name') changed(statement.target, local); else target(statement.target, local); }
          break;
        case 'AnnAssign': read(statement.value, local); if (local !== undefined) target(statement.target, local); break;
        case 'Delete': if (local !== undefined) for (const one of statement.targets) target(one, local); break;
        case 'Expr': read(statement.value, local); break;
        case 'Return': read(statement.value, local); break;
        case 'If': case 'While': read(statement.test, local); walk(statement.body, local); walk(statement.orelse, local); break;
        case 'For': read(statement.iterable, local); walk(statement.body, local); walk(statement.orelse, local); break;
        case 'With': for (const item of statement.items) read(item.context, local); walk(statement.body, local); break;
        case 'Try':
          walk(statement.body, local);
          for (const handler of statement.handlers) walk(handler.body, local);
          walk(statement.orelse, local);
          walk(statement.finalbody, local);
          break;
        case 'Match': for (const one of statement.cases) walk(one.body, local); break;
        default:
      }
    }
  };
  walk(source.parsed.module.body, undefined);
  return { names, attributes, words: fillingWords(source, names, attributes) };
}

function localNames(node: FunctionDef | Lambda, outer: ReadonlySet<string> | undefined): ReadonlySet<string> {
  const names = new Set(outer ?? []);
  for (const parameter of node.parameters.all) names.add(parameter.name.text);
  if (node.kind === 'Lambda') return names;
  for (const name of boundNames(node.body)) names.add(name);
  for (const statement of node.body) if (statement.kind === 'Global') for (const name of statement.names) names.delete(name);
  return names;
}

/** The filled names themselves, and the module's functions and classes that mention one of these words. */
function fillingWords(source: SourceFile, names: ReadonlySet<string>, attributes: ReadonlySet<string>): string[] {
  if (names.size === 0 && attributes.size === 0) return [];
  const { text, module } = source.parsed;
  const words = new Set(names);
  const definitions = module.body.filter((statement) => statement.kind === 'FunctionDef' || statement.kind === 'ClassDef');
  for (let size = -1; size !== words.size;) {
    size = words.size;
    for (const definition of definitions) {
      const body = text.slice(definition.start, definition.end);
      if (!words.has(definition.name.text) && [...words, ...attributes].some((word) => body.includes(word))) words.add(definition.name.text);
    }
  }
  // Objects of such a class: `MODELS = Registry()`.
  for (const statement of module.body) {
    if (statement.kind !== 'Assign' || ![...words].some((word) => text.slice(statement.value.start, statement.value.end).includes(word))) continue;
    for (const name of boundNames([statement])) words.add(name);
  }
  return [...words];
}
