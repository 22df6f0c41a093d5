// The module argparse: a program is taken to be started without arguments, so that `parse_args` gives the defaults. What must be
// given, and numbers without a default, are unknown. It must not know other command-line libraries.
import type { Catalogue } from '../catalogue.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import { setInstanceAttribute } from '../../values/heap.ts';
import { defineSlot } from '../../values/slots.ts';
import type { ClassValue, InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { bool, instance, list, none, str, tuple, unknown } from '../../values/value.ts';
import { builtinClasses } from './classes.ts';
import { indexOf, raiseText, textValue, unknownInt, unknownOf } from './support.ts';

interface Action {
  readonly destination: string;
  readonly options: readonly string[];
  readonly action: string;
  readonly default: Value | undefined;
  readonly constant: Value | undefined;
  readonly type: Value | undefined;
  readonly arity: Value | undefined;
  readonly required: boolean;
}
interface Parser {
  readonly actions: readonly Action[];
  readonly defaults: ReadonlyMap<string, Value>;
  /** Some argument was added in a way that is not known, or a subcommand decides. */
  readonly open: boolean;
}
const parserSlot = defineSlot<Parser>('argument parser', (left = emptyParser, right = emptyParser) => {
  // An argument that only one path adds is kept, as a name is that only one path binds; one that differs is not known.
  const destinations = new Set([...left.actions, ...right.actions].map((one) => one.destination));
  const actions: Action[] = [];
  let open = left.open || right.open;
  for (const destination of destinations) {
    const [one, other] = [left, right].map((parser) => parser.actions.filter((action) => action.destination === destination));
    if (one === undefined || other === undefined || (one.length > 0 && other.length > 0 && one.some((action, at) => action !== other[at]))) open = true;
    else actions.push(...(one.length > 0 ? one : other));
  }
  return { actions, defaults: new Map([...left.defaults, ...right.defaults].filter(([name, value]) => (left.defaults.get(name) ?? value) === (right.defaults.get(name) ?? value))), open };
});
/** A group of arguments belongs to its parser. */
const ownerSlot = defineSlot<InstanceValue>('owner of an argument group');
const emptyParser: Parser = { actions: [], defaults: new Map(), open: false };

function ownerOf(value: Value): InstanceValue | undefined {
  let at = value;
  for (let depth = 0; depth < 10; depth += 1) {
    const owner = ownerSlot.get(at);
    if (owner === undefined) return at.kind === 'instance' ? at : undefined;
    at = owner;
  }
  return undefined;
}
function change(value: Value, edit: (parser: Parser) => Parser): void {
  const owner = ownerOf(value);
  if (owner !== undefined) parserSlot.set(owner, edit(parserSlot.get(owner) ?? emptyParser));
}

function readAction(call: NativeCall): Action | undefined {
  const {
    interpreter,
    args: { raw },
    place,
  } = call;
  const names = raw.positional.slice(1).map((one) => textValue(one.value));
  if (names.includes(undefined) || raw.openPositional || raw.openKeywords) return undefined;
  const options = names.flatMap((one) => one ?? []);
  const keyword = (name: string): Value | undefined => raw.keywords.find((one) => one.name === name)?.value;
  const given = keyword('dest'),
    first = options.find((one) => one.startsWith('--')) ?? options[0];
  const destination = given === undefined ? first?.replace(/^-+/, '') : textValue(given);
  if (destination === undefined) return undefined;
  const isOption = options[0]?.startsWith('-') ?? true;
  const action = keyword('action');
  return {
    destination: isOption && given === undefined ? destination.replaceAll('-', '_') : destination,
    options: isOption ? options : [],
    action:
      action === undefined
        ? 'store'
        : (textValue(action) ?? (action.kind === 'class' && action.name === 'BooleanOptionalAction' ? 'boolean' : 'custom')),
    default: keyword('default'),
    constant: keyword('const'),
    type: keyword('type'),
    arity: keyword('nargs'),
    required: isOption
      ? keyword('required') !== undefined && interpreter.truth(keyword('required') ?? none, place) !== false
      : !['?', '*'].includes(textValue(keyword('nargs') ?? none) ?? ''),
  };
}

/** What an argument is worth when the command line does not give it. */
function defaultOf(call: NativeCall, action: Action): Value {
  const { interpreter, place } = call;
  if (action.required) return typed(action);
  switch (action.action) {
    case 'store_true':
      return action.default ?? bool(false);
    case 'store_false':
      return action.default ?? bool(true);
    case 'custom':
      return action.default ?? unknown();
    default:
  }
  if (action.default === undefined) {
    if (action.options.length === 0 && action.arity !== undefined && textValue(action.arity) === '*') return list([]);
    // A number that nobody gives a default for is either given or asked for (`is None`): nothing is said about it.
    const isNumber = action.type !== undefined && (action.type === builtinClasses['int'] || action.type === builtinClasses['float']);
    return isNumber ? unknown() : none;
  }
  if (action.default.kind === 'class' && action.default.name === 'SUPPRESS') return unknown();
  const text = textValue(action.default);
  if (text !== undefined && action.type !== undefined && action.action === 'store')
    return interpreter.call(action.type, argumentsOf([action.default]), place);
  return action.default;
}

/** A value that the command line has to give. */
function typed(action: Action): Value {
  if (action.arity !== undefined && textValue(action.arity) !== '?') return list([], true);
  if (action.action === 'store_true' || action.action === 'store_false') return unknownOf('bool');
  if (action.type === builtinClasses['int']) return unknownInt();
  return unknown(
    undefined,
    action.type === builtinClasses['float'] ? 'float' : action.type === undefined || action.type === builtinClasses['str'] ? 'str' : undefined,
  );
}

const namespaceMembers: Readonly<Record<string, Value>> = {
  __init__: nativeMethod('__init__', 'self, /, **kwargs', ({ args }) => {
    const self = args.get('self');
    if (self.kind === 'instance') for (const keyword of args.restKeywords) setInstanceAttribute(self, keyword.name, keyword.value);
    return none;
  }),
  __contains__: nativeMethod('__contains__', 'self, key', ({ args }) => {
    const self = args.get('self'),
      key = textValue(args.get('key'));
    return self.kind !== 'instance' || key === undefined
      ? unknownOf('bool')
      : self.attributes.has(key)
        ? bool(true)
        : self.cls === openNamespace
          ? unknownOf('bool')
          : bool(false);
  }),
  __repr__: nativeMethod('__repr__', 'self', ({ interpreter, args, place }) => {
    const self = args.get('self');
    if (self.kind !== 'instance' || self.cls === openNamespace) return unknownOf('str');
    const texts = [...self.attributes].map(([name, value]) => {
      const text = interpreter.representation(value, place);
      return text === undefined ? undefined : `${name}=${text}`;
    });
    return texts.includes(undefined) ? unknownOf('str') : str(`Namespace(${texts.join(', ')})`);
  }),
};
const namespaceClass: ClassValue = nativeClass({
  name: 'Namespace',
  qualifiedName: 'argparse.Namespace',
  hasUnknownBase: false,
  members: namespaceMembers,
});
const openNamespace: ClassValue = nativeClass({ name: 'Namespace', qualifiedName: 'argparse.Namespace', bases: [namespaceClass] });

function parse(call: NativeCall): InstanceValue {
  const owner = ownerOf(call.args.get('self'));
  const parser = parserSlot.get(owner) ?? { ...emptyParser, open: true };
  const existing = call.args.get('namespace');
  const made = existing.kind === 'instance' ? existing : instance(parser.open ? openNamespace : namespaceClass);
  for (const action of parser.actions) {
    if (action.action === 'help' || action.action === 'version') continue;
    setInstanceAttribute(made, action.destination, parser.defaults.get(action.destination) ?? defaultOf(call, action));
  }
  for (const [name, value] of parser.defaults) setInstanceAttribute(made, name, value);
  const given = call.args.get('args');
  if (given.kind === 'none') return made;
  const iteration = call.interpreter.iterate(given, call.place);
  const words = iteration.items.map(textValue);
  if (
    !iteration.exact ||
    words.includes(undefined) ||
    !readWords(
      call,
      made,
      parser,
      words.map((word) => word ?? ''),
    )
  ) {
    for (const action of parser.actions) setInstanceAttribute(made, action.destination, typed(action));
  }
  return made;
}

/** Reads a command line that the program itself gives; false when it holds something that is not read here. */
function readWords(call: NativeCall, made: InstanceValue, parser: Parser, words: readonly string[]): boolean {
  const positional = parser.actions.filter((action) => action.options.length === 0);
  const convert = (action: Action, word: string): Value =>
    action.type === undefined ? str(word) : call.interpreter.call(action.type, argumentsOf([str(word)]), call.place);
  const isOption = (word: string): boolean => word.startsWith('-') && !/^-\d/.test(word);
  for (let at = 0; at < words.length; at += 1) {
    const [option = '', inline] = (words[at] ?? '').split(/=(.*)/s);
    if (!isOption(words[at] ?? '')) {
      const action = positional.shift();
      if (action === undefined || action.arity !== undefined) return false;
      setInstanceAttribute(made, action.destination, convert(action, words[at] ?? ''));
      continue;
    }
    const action = parser.actions.find((one) => one.options.includes(option));
    if (action === undefined) return false;
    if (action.action === 'store_true' || action.action === 'store_false') {
      setInstanceAttribute(made, action.destination, bool(action.action === 'store_true'));
      continue;
    }
    if (action.action !== 'store') return false;
    const count = action.arity === undefined ? undefined : (indexOf(action.arity) ?? textValue(action.arity));
    if (count === undefined) {
      if (inline === undefined) at += 1;
      const word = inline ?? words[at];
      if (word === undefined) return false;
      setInstanceAttribute(made, action.destination, convert(action, word));
      continue;
    }
    if (count === '?' || inline !== undefined) return false;
    const taken: Value[] = [];
    while (at + 1 < words.length && !isOption(words[at + 1] ?? '') && (typeof count !== 'number' || taken.length < count)) {
      at += 1;
      taken.push(convert(action, words[at] ?? ''));
    }
    setInstanceAttribute(made, action.destination, list(taken));
  }
  return true;
}

const actionClass: ClassValue = nativeClass({ name: 'Action', qualifiedName: 'argparse.Action' });

const addArgument = nativeMethod('add_argument', undefined, (call) => {
  const self = call.args.raw.positional[0]?.value ?? none;
  const action = readAction(call);
  change(self, (parser) =>
    action === undefined
      ? { ...parser, open: true }
      : { ...parser, actions: [...parser.actions.filter((one) => one.destination !== action.destination || one.options.length === 0), action] },
  );
  return unknown(undefined, 'Action');
});
const setDefaults = nativeMethod('set_defaults', 'self, **kwargs', ({ args }) => {
  change(args.get('self'), (parser) => ({
    ...parser,
    open: parser.open || args.openKeywords,
    defaults: new Map([...parser.defaults, ...args.restKeywords.map((one) => [one.name, one.value] as const)]),
  }));
  return none;
});

const groupClass: ClassValue = nativeClass({
  name: '_ArgumentGroup',
  qualifiedName: 'argparse._ArgumentGroup',
  members: { add_argument: addArgument, set_defaults: setDefaults },
});
const addGroup = (name: string): Value =>
  nativeMethod(name, undefined, ({ args: { raw } }) => {
    const self = raw.positional[0]?.value,
      made = instance(groupClass);
    if (self?.kind === 'instance') ownerSlot.set(made, self);
    return made;
  });
for (const name of ['add_argument_group', 'add_mutually_exclusive_group']) groupClass.namespace.set(name, addGroup(name));

const subparsersClass: ClassValue = nativeClass({
  name: '_SubParsersAction',
  qualifiedName: 'argparse._SubParsersAction',
  members: { add_parser: nativeMethod('add_parser', undefined, ({ interpreter, place }) => interpreter.call(parserClass, argumentsOf([]), place)) },
});

const parserClass: ClassValue = nativeClass({
  name: 'ArgumentParser',
  qualifiedName: 'argparse.ArgumentParser',
  members: {
    __init__: nativeMethod('__init__', undefined, ({ interpreter, args: { raw }, place }) => {
      const self = raw.positional[0]?.value;
      if (self?.kind !== 'instance') return none;
      const parents = raw.keywords.find((one) => one.name === 'parents')?.value;
      const iteration = parents === undefined ? { items: [], exact: true } : interpreter.iterate(parents, place);
      const known = iteration.items.flatMap((one) => parserSlot.get(one) ?? []);
      parserSlot.set(self, {
        actions: known.flatMap((one) => one.actions),
        defaults: new Map(known.flatMap((one) => [...one.defaults])),
        open:
          !iteration.exact ||
          known.length < iteration.items.length ||
          known.some((one) => one.open) ||
          raw.keywords.some((one) => one.name === 'argument_default'),
      });
      return none;
    }),
    add_argument: addArgument,
    set_defaults: setDefaults,
    add_argument_group: addGroup('add_argument_group'),
    add_mutually_exclusive_group: addGroup('add_mutually_exclusive_group'),
    add_subparsers: nativeMethod('add_subparsers', undefined, (call) => {
      const dest = call.args.raw.keywords.find((one) => one.name === 'dest')?.value,
        name = dest === undefined ? undefined : textValue(dest);
      change(call.args.raw.positional[0]?.value ?? none, (parser) => ({
        ...parser,
        open: true,
        defaults: name === undefined ? parser.defaults : new Map(parser.defaults).set(name, unknownOf('str')),
      }));
      return instance(subparsersClass);
    }),
    parse_args: nativeMethod('parse_args', 'self, args=None, namespace=None', parse),
    parse_intermixed_args: nativeMethod('parse_intermixed_args', 'self, args=None, namespace=None', parse),
    parse_known_args: nativeMethod('parse_known_args', 'self, args=None, namespace=None', (call) => tuple([parse(call), list([], true)])),
    get_default: nativeMethod('get_default', 'self, dest', (call) => {
      const parser = parserSlot.get(ownerOf(call.args.get('self'))),
        name = textValue(call.args.get('dest'));
      const action = parser?.actions.find((one) => one.destination === name);
      return parser?.defaults.get(name ?? '') ?? (action === undefined ? unknown() : (action.default ?? none));
    }),
    error: nativeMethod('error', 'self, message', ({ interpreter, place }) => raiseText(interpreter, 'SystemExit', '2', place)),
    exit: nativeMethod('exit', 'self, status=0, message=None', ({ interpreter, place }) => raiseText(interpreter, 'SystemExit', '', place)),
    print_help: nativeMethod('print_help', 'self, file=None', () => none),
    print_usage: nativeMethod('print_usage', 'self, file=None', () => none),
    format_help: nativeMethod('format_help', 'self', () => unknownOf('str')),
    format_usage: nativeMethod('format_usage', 'self', () => unknownOf('str')),
    register: nativeMethod('register', undefined, () => none),
  },
});

const formatter = (name: string): ClassValue => nativeClass({ name, qualifiedName: `argparse.${name}` });

export const argparseModules: Catalogue['modules'] = {
  argparse: () => ({
    ArgumentParser: parserClass,
    Namespace: namespaceClass,
    Action: actionClass,
    BooleanOptionalAction: formatter('BooleanOptionalAction'),
    SUPPRESS: formatter('SUPPRESS'),
    ...Object.fromEntries(
      ['HelpFormatter', 'ArgumentDefaultsHelpFormatter', 'RawTextHelpFormatter', 'RawDescriptionHelpFormatter', 'MetavarTypeHelpFormatter'].map(
        (name) => [name, formatter(name)],
      ),
    ),
    ArgumentTypeError: nativeClass({
      name: 'ArgumentTypeError',
      qualifiedName: 'argparse.ArgumentTypeError',
      bases: [builtinClasses['Exception']].flatMap((one) => one ?? []),
    }),
    ArgumentError: nativeClass({
      name: 'ArgumentError',
      qualifiedName: 'argparse.ArgumentError',
      bases: [builtinClasses['Exception']].flatMap((one) => one ?? []),
    }),
    REMAINDER: str('...'),
    OPTIONAL: str('?'),
    ZERO_OR_MORE: str('*'),
    ONE_OR_MORE: str('+'),
    PARSER: str('A...'),
    FileType: nativeFunction('FileType', undefined, () => unknown()),
  }),
};
