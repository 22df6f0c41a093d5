// Compares our syntax trees with CPython's, node by node and range by range, over the Python sources of an environment.
//   node test/oracle/syntax.mjs [--all] [PATH…]     files and folders; else a sample of the installed packages, --all: every file
// Structure, names, values and UTF-16 ranges must be the same in every file that CPython can parse.
import { createHash } from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { oraclePython } from './setup.mjs';
import { loadTypeScript, root } from './typescript.mjs';

const script = path.join(root, 'test', 'oracle', 'syntax.py');
const SAMPLE = 120; // Files of each package, spread evenly.

const operators = {
  '+': 'Add', '-': 'Sub', '*': 'Mult', '/': 'Div', '//': 'FloorDiv', '%': 'Mod', '**': 'Pow', '@': 'MatMult', '<<': 'LShift', '>>': 'RShift', '&': 'BitAnd', '|': 'BitOr', '^': 'BitXor',
  '==': 'Eq', '!=': 'NotEq', '<': 'Lt', '<=': 'LtE', '>': 'Gt', '>=': 'GtE', is: 'Is', 'is not': 'IsNot', in: 'In', 'not in': 'NotIn', and: 'And', or: 'Or',
};
const unaryOperators = { '-': 'USub', '+': 'UAdd', '~': 'Invert', not: 'Not' };

const quoted = (text) => JSON.stringify(text).replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
const bits = (number) => { const view = new DataView(new ArrayBuffer(8)); view.setFloat64(0, number); return view.getBigUint64(0).toString(16).padStart(16, '0'); };

function scalar(value, isFloat) {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return isFloat ? `f${bits(value)}` : `0x${BigInt(value).toString(16)}`;
  if ('ellipsis' in value) return '...';
  if ('bytes' in value) return `b${[...value.bytes].map((character) => character.charCodeAt(0).toString(16).padStart(2, '0')).join('')}`;
  if ('bigint' in value) return `0x${value.bigint.toString(16)}`;
  return `j${bits(value.imaginary)}`;
}

// Our tree in the shape of CPython's: [kind, range or undefined, plain fields, child fields].
const nothing = undefined;
const some = (value) => (value === nothing ? [] : [value]);
const args = (parameters) => {
  const of = (kind) => parameters.all.filter((parameter) => parameter.kind === kind);
  const arg = (parameter) => ({ python: ['arg', nothing, [['arg', quoted(parameter.name.text)]], [['annotation', some(parameter.annotation)]]], parameter });
  const positional = [...of('positional-only'), ...of('positional-or-keyword')];
  return { python: ['arguments', nothing, [], [
    ['posonlyargs', of('positional-only').map(arg)], ['args', of('positional-or-keyword').map(arg)], ['vararg', of('star').map(arg)], ['kwonlyargs', of('keyword-only').map(arg)],
    ['kw_defaults', of('keyword-only').map((parameter) => parameter.default ?? null)], ['kwarg', of('double-star').map(arg)],
    ['defaults', positional.filter((parameter) => parameter.default !== nothing).map((parameter) => parameter.default)],
  ]] };
};
const keyword = (node) => ({ python: ['keyword', [node.start, node.end], node.name === nothing ? [] : [['arg', quoted(node.name.text)]], [['value', [node.value]]]] });
const comprehension = (node) => ({ python: ['comprehension', nothing, [['is_async', node.isAsync ? '0x1' : '0x0']], [['target', [node.target]], ['iter', [node.iterable]], ['ifs', node.conditions]]] });
const alias = (node) => ({ python: ['alias', [node.start, node.end], [['name', quoted(node.name)], ...(node.alias ? [['asname', quoted(node.alias.text)]] : [])], []] });
const conversions = { s: '0x73', r: '0x72', a: '0x61' };
const part = (item) => typeof item === 'string' ? { python: ['Constant', nothing, [['value', quoted(item)]], []] }
  : { python: ['FormattedValue', nothing, [['conversion', item.conversion ? conversions[item.conversion] : '-0x1']], [['value', [item.value]], ['format_spec', some(item.format)]]] };

function shape(node) {
  if (node.python) return node.python;
  const range = [node.start, node.end];
  const make = (kind, plain, children) => [kind, kind.startsWith('Match') && kind !== 'Match' ? nothing : range, plain, children];
  switch (node.kind) {
    case 'Module': return ['Module', nothing, [], [['body', node.body]]];
    case 'FunctionDef': return make(node.isAsync ? 'AsyncFunctionDef' : 'FunctionDef', [['name', quoted(node.name.text)], ['generator', String(node.isGenerator)]], [['args', [args(node.parameters)]], ['decorator_list', node.decorators], ['returns', some(node.returns)], ['body', node.body]]);
    case 'ClassDef': return make('ClassDef', [['name', quoted(node.name.text)]], [['bases', node.bases], ['keywords', node.keywords.map(keyword)], ['decorator_list', node.decorators], ['body', node.body]]);
    case 'Return': case 'Await': case 'Yield': case 'YieldFrom': case 'Starred': case 'Expr': return make(node.kind, [], [['value', some(node.value)]]);
    case 'Delete': return make('Delete', [], [['targets', node.targets]]);
    case 'Assign': return make('Assign', [], [['targets', node.targets], ['value', [node.value]]]);
    case 'AugAssign': return make('AugAssign', [['op', operators[node.operator]]], [['target', [node.target]], ['value', [node.value]]]);
    case 'AnnAssign': return make('AnnAssign', [], [['target', [node.target]], ['annotation', [node.annotation]], ['value', some(node.value)]]);
    case 'For': return make(node.isAsync ? 'AsyncFor' : 'For', [], [['target', [node.target]], ['iter', [node.iterable]], ['body', node.body], ['orelse', node.orelse]]);
    case 'While': case 'If': return make(node.kind, [], [['test', [node.test]], ['body', node.body], ['orelse', node.orelse]]);
    case 'With': return make(node.isAsync ? 'AsyncWith' : 'With', [], [['items', node.items.map((item) => ({ python: ['withitem', nothing, [], [['context_expr', [item.context]], ['optional_vars', some(item.target)]]] }))], ['body', node.body]]);
    case 'Raise': return make('Raise', [], [['exc', some(node.exception)], ['cause', some(node.cause)]]);
    case 'Try': return make(node.isGroup ? 'TryStar' : 'Try', [], [['body', node.body], ['handlers', node.handlers.map((handler) => ({ python: ['ExceptHandler', [handler.start, handler.end], handler.name ? [['name', quoted(handler.name.text)]] : [], [['type', some(handler.type)], ['body', handler.body]]] }))], ['orelse', node.orelse], ['finalbody', node.finalbody]]);
    case 'Assert': return make('Assert', [], [['test', [node.test]], ['msg', some(node.message)]]);
    case 'Import': return make('Import', [], [['names', node.names.map(alias)]]);
    case 'ImportFrom': {
      // CPython has the star as a name; the place of ours is not kept.
      const names = node.star ? [{ python: ['alias', [node.end - 1, node.end], [['name', '"*"']], []] }] : node.names.map(alias);
      return make('ImportFrom', [...(node.module === '' ? [] : [['module', quoted(node.module)]]), ['level', `0x${node.level.toString(16)}`]], [['names', names]]);
    }
    case 'Global': case 'Nonlocal': return make(node.kind, [['names', node.names.join(',')]], []);
    case 'TypeAlias': return make('TypeAlias', [], [['name', [{ kind: 'Name', start: node.name.start, end: node.name.end, id: node.name.text }]], ['value', [node.value]]]);
    case 'Match': return make('Match', [], [['subject', [node.subject]], ['cases', node.cases.map((item) => ({ python: ['match_case', nothing, [], [['pattern', [item.pattern]], ['guard', some(item.guard)], ['body', item.body]]] }))]]);
    case 'MatchValue': return make('MatchValue', [], [['value', [node.value]]]);
    case 'MatchSingleton': return make('MatchSingleton', [['value', String(node.value)]], []);
    case 'MatchSequence': case 'MatchOr': return make(node.kind, [], [['patterns', node.patterns]]);
    case 'MatchMapping': return make('MatchMapping', node.rest === nothing ? [] : [['rest', quoted(node.rest)]], [['keys', node.keys], ['patterns', node.patterns]]);
    case 'MatchClass': return make('MatchClass', node.keywordNames.length === 0 ? [] : [['kwd_attrs', node.keywordNames.join(',')]], [['cls', [node.cls]], ['patterns', node.patterns], ['kwd_patterns', node.keywordPatterns]]);
    case 'MatchStar': return make('MatchStar', node.name === nothing ? [] : [['name', quoted(node.name)]], []);
    case 'MatchAs': return make('MatchAs', node.name === nothing ? [] : [['name', quoted(node.name)]], [['pattern', some(node.pattern)]]);
    case 'BoolOp': return make('BoolOp', [['op', operators[node.operator]]], [['values', node.values]]);
    case 'NamedExpr': return make('NamedExpr', [], [['target', [node.target]], ['value', [node.value]]]);
    case 'BinOp': return make('BinOp', [['op', operators[node.operator]]], [['left', [node.left]], ['right', [node.right]]]);
    case 'UnaryOp': return make('UnaryOp', [['op', unaryOperators[node.operator]]], [['operand', [node.operand]]]);
    case 'Lambda': return make('Lambda', [], [['args', [args(node.parameters)]], ['body', [node.body]]]);
    case 'IfExp': return make('IfExp', [], [['test', [node.test]], ['body', [node.body]], ['orelse', [node.orelse]]]);
    case 'Dict': return make('Dict', [], [['keys', node.keys.map((key) => key ?? null)], ['values', node.values]]);
    case 'Set': return make('Set', [], [['elts', node.elements]]);
    case 'List': case 'Tuple': return make(node.kind, [], [['elts', node.elements]]);
    case 'ListComp': case 'SetComp': case 'GeneratorExp': return make(node.kind, [], [['elt', [node.element]], ['generators', node.generators.map(comprehension)]]);
    case 'DictComp': return make('DictComp', [], [['key', [node.key]], ['value', [node.value]], ['generators', node.generators.map(comprehension)]]);
    case 'Compare': return make('Compare', [['ops', node.operators.map((operator) => operators[operator]).join(',')]], [['left', [node.left]], ['comparators', node.comparators]]);
    case 'Call': return make('Call', [], [['func', [node.callee]], ['args', node.args], ['keywords', node.keywords.map(keyword)]]);
    case 'JoinedStr': return make('JoinedStr', [], [['values', node.parts.map(part)]]);
    case 'Constant': return make('Constant', [['value', scalar(node.value, node.isFloat)]], []);
    case 'Attribute': return make('Attribute', [['attr', quoted(node.name.text)]], [['value', [node.object]]]);
    case 'Subscript': return make('Subscript', [], [['value', [node.object]], ['slice', [node.index]]]);
    case 'Name': return make('Name', [['id', quoted(node.id)]], []);
    case 'Slice': return make('Slice', [], [['lower', some(node.lower)], ['upper', some(node.upper)], ['step', some(node.step)]]);
    case 'Pass': case 'Break': case 'Continue': return make(node.kind, [], []);
    default: return make(node.kind, [], node.children ? [['children', node.children]] : []);
  }
}

function dumpTree(module) {
  const output = [];
  const emit = (node, depth, inFormat) => {
    const [kind, range, plain, children] = shape(node);
    output.push(`${depth} ${kind}${range === undefined || inFormat ? '' : ` ${range[0]}-${range[1]}`}${plain.map(([name, value]) => ` ${name}=${value}`).join('')}`);
    for (const [field, values] of children) {
      if (values.length === 0) continue;
      output.push(`${depth} .${field}`);
      for (const value of values) {
        if (value === null) output.push(`${depth + 1} none`);
        else emit(value, depth + 1, inFormat || kind === 'JoinedStr');
      }
    }
  };
  emit(module, 0, false);
  return output;
}

function pythonFiles(folder) {
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      // The standard library's folder may hold the installed packages; its broken test data is broken on purpose.
      if (!['__pycache__', 'site-packages', 'dist-packages', 'node_modules'].includes(entry.name)) found.push(...pythonFiles(full));
    } else if (entry.name.endsWith('.py')) {
      found.push(full);
    }
  }
  return found.sort();
}

function chooseFiles(python, paths, all) {
  if (paths.length > 0) return paths.flatMap((name) => (statSync(name).isDirectory() ? pythonFiles(name) : [name]));
  const answer = spawnSync(python, ['-B', script, '--folders'], { encoding: 'utf8' });
  if (answer.status !== 0) throw new Error(answer.stderr);
  return Object.values(JSON.parse(answer.stdout)).flatMap((folder) => {
    const files = pythonFiles(folder);
    const step = all ? 1 : Math.max(1, files.length / SAMPLE);
    return Array.from({ length: Math.floor(files.length / step) }, (_, index) => files[Math.floor(index * step)]);
  });
}

function firstDifference(python, file, ours) {
  const answer = spawnSync(python, ['-B', script, '--dump'], { input: `${file}\n`, encoding: 'utf8', maxBuffer: 1 << 30 });
  const theirs = JSON.parse(answer.stdout).dump;
  const at = ours.findIndex((line, index) => line !== theirs[index]);
  const where = at < 0 ? ours.length : at;
  return `ours ${ours[where] ?? '(end)'}   CPython ${theirs[where] ?? '(end)'}`;
}

export async function runSyntax({ python, paths = [], all = false, log = console.log }) {
  const [{ parsePython }] = await loadTypeScript('server/syntax/python.ts');
  const files = chooseFiles(python, paths, all);
  const child = spawn(python, ['-B', script], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, PYTHONWARNINGS: 'ignore' } });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const result = { passed: 0, failed: 0, skipped: 0, nodes: 0 };
  for (const file of files) {
    child.stdin.write(`${file}\n`);
    const { value } = await answers.next();
    if (value === undefined) throw new Error(`Python ended at ${file}`);
    const { hash, nodes, skipped } = JSON.parse(value);
    if (skipped !== undefined) {
      result.skipped += 1;
      continue;
    }
    const text = new TextDecoder().decode(readFileSync(file)); // Drops a byte order mark, as Python does.
    const parsed = parsePython(text);
    const ours = dumpTree(parsed.module);
    result.nodes += nodes;
    if (createHash('sha1').update(ours.join('\n')).digest('hex') === hash && parsed.problems.length === 0) {
      result.passed += 1;
    } else {
      result.failed += 1;
      if (result.failed <= 40) log(`${file}: ${parsed.problems[0]?.message ?? ''} ${firstDifference(python, file, ours)}`);
    }
  }
  child.stdin.end();
  log(`syntax: ${result.passed} files as in CPython, ${result.failed} not, ${result.skipped} skipped, ${result.nodes} lines compared`);
  return result;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rest = process.argv.slice(2);
  const { failed, passed } = await runSyntax({ python: oraclePython(), paths: rest.filter((name) => !name.startsWith('--')), all: rest.includes('--all') });
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
