// Reads where an editable install's packages stand off the finder that the installer wrote beside it. The finder is Python; it
// is parsed as text by our own parser and never run. It must not know files.
import type { Expression, Statement } from '../syntax/ast.ts';
import { parsePython } from '../syntax/python.ts';

/** Dotted name → where it stands; undefined when the text is none of the known forms. */
export function readEditableFinder(text: string): Map<string, string> | undefined {
  if (text.length > 200_000) return undefined;
  const packages = new Map<string, string>();
  let isKnown = false;
  for (const statement of parsePython(text).module.body) {
    // setuptools: MAPPING: dict[str, str] = {'package': '/home/me/project/src/package'}
    const mapping = assignedTo(statement, 'MAPPING');
    if (mapping?.kind === 'Dict') {
      isKnown = true;
      for (const [at, key] of mapping.keys.entries()) add(packages, key, mapping.values[at]);
    }
    // setuptools, too: NAMESPACES: dict[str, list[str]] = {'spaces': ['/home/me/project/src/spaces']}
    const spaces = assignedTo(statement, 'NAMESPACES');
    if (spaces?.kind === 'Dict') for (const [at, key] of spaces.keys.entries()) { const list = spaces.values[at]; if (list?.kind === 'List') add(packages, key, list.elements[0]); }
    // editables (hatchling, pdm): F.map_module('package', '/home/me/project/src/package/__init__.py')
    const call = statement.kind === 'Expr' ? statement.value : undefined;
    if (call?.kind === 'Call' && call.callee.kind === 'Attribute' && call.callee.name.text === 'map_module') { isKnown = true; add(packages, call.args[0], call.args[1]); }
  }
  return isKnown ? packages : undefined;
}

function assignedTo(statement: Statement, name: string): Expression | undefined {
  if (statement.kind === 'AnnAssign') return statement.target.kind === 'Name' && statement.target.id === name ? statement.value : undefined;
  if (statement.kind !== 'Assign') return undefined;
  const [target] = statement.targets;
  return target?.kind === 'Name' && target.id === name ? statement.value : undefined;
}

function add(packages: Map<string, string>, key: Expression | undefined, value: Expression | undefined): void {
  if (key?.kind === 'Constant' && typeof key.value === 'string' && value?.kind === 'Constant' && typeof value.value === 'string') packages.set(key.value, value.value);
}
