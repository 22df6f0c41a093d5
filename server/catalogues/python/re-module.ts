// The module re. Known patterns are run on known texts through their JavaScript form where that certainly means the same;
// otherwise results are unknown. It must not know how patterns are translated.
import type { Catalogue } from '../catalogue.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeClass, nativeFunction, nativeMethod, nativeProperty } from '../../values/classes.ts';
import { defineSlot } from '../../values/slots.ts';
import type { ClassValue, NativeCall, Value } from '../../values/value.ts';
import { dictOfPairs } from './container-arithmetic.ts';
import { instance, int, list, none, str, tuple, unknown } from '../../values/value.ts';
import { builtinClasses } from './classes.ts';
import { makeIterator } from './iterating.ts';
import { isPlainSubject, mostSearchSteps, type RegexFlags, type Translated, translateRegex } from './regex-translation.ts';
import { indexOf, textValue, unknownInt, unknownOf } from './support.ts';

interface Pattern {
  readonly text: string | undefined;
  readonly flags: number | undefined;
}
const patternSlot = defineSlot<Pattern>('pattern');
interface Match {
  readonly found: RegExpExecArray;
  readonly translated: Translated;
  readonly subject: string;
}
const matchSlot = defineSlot<Match>('match');

const flagValues = {
  A: 256,
  ASCII: 256,
  I: 2,
  IGNORECASE: 2,
  L: 4,
  LOCALE: 4,
  M: 8,
  MULTILINE: 8,
  S: 16,
  DOTALL: 16,
  X: 64,
  VERBOSE: 64,
  U: 32,
  UNICODE: 32,
  NOFLAG: 0,
};

function flagsOf(value: number): RegexFlags | undefined {
  if ((value & ~(256 + 2 + 8 + 16 + 32)) !== 0) return undefined;
  return { ignoreCase: (value & 2) !== 0, multiline: (value & 8) !== 0, dotAll: (value & 16) !== 0 };
}

function patternOf(call: NativeCall, isMethod: boolean): Pattern {
  const given = call.args.get(isMethod ? 'self' : 'pattern');
  const compiled = patternSlot.get(given);
  return compiled ?? { text: textValue(given), flags: isMethod ? undefined : indexOf(call.args.get('flags')) };
}

/** What is needed to search: the pattern in JavaScript's form and the text; undefined when something is not known. */
function prepare(call: NativeCall, isMethod: boolean): { translated: Translated; subject: string } | undefined {
  const { text, flags } = patternOf(call, isMethod),
    subject = textValue(call.args.get('string'));
  const options = flags === undefined ? undefined : flagsOf(flags);
  if (text === undefined || options === undefined || subject === undefined || !isPlainSubject(subject)) return undefined;
  const translated = translateRegex(text, options);
  if (translated === undefined || translated.worstCase(subject.length) > mostSearchSteps) return undefined;
  return { translated, subject };
}

const matchClass: ClassValue = nativeClass({
  name: 'Match',
  qualifiedName: 're.Match',
  members: {
    group: nativeMethod('group', 'self, *groups', (call) => {
      const keys = call.args.rest.map((one) => one.value);
      if (call.args.openPositional) return unknown();
      const read = keys.map((key) => group(call, key));
      return keys.length === 0 ? group(call, int(0)) : read.length === 1 ? (read[0] ?? unknown()) : tuple(read);
    }),
    __getitem__: nativeMethod('__getitem__', 'self, key', (call) => group(call, call.args.get('key'))),
    groups: nativeMethod('groups', 'self, default=None', ({ args }) => {
      const match = matchSlot.get(args.get('self'));
      return match === undefined
        ? unknownOf('tuple')
        : tuple([...match.found].slice(1).map((one) => (one === undefined ? args.get('default') : str(one))));
    }),
    groupdict: nativeMethod('groupdict', 'self, default=None', ({ args }) => {
      const match = matchSlot.get(args.get('self'));
      return match === undefined
        ? unknownOf('dict')
        : dictOfPairs(
            [...match.translated.names].map(([name, at]) => {
              const text = match.found[at];
              return [str(name), text === undefined ? args.get('default') : str(text)] as const;
            }),
          );
    }),
    start: position('start', (span) => int(span[0])),
    end: position('end', (span) => int(span[1])),
    span: position('span', (span) => tuple([int(span[0]), int(span[1])])),
    string: nativeProperty('string', ({ args }) => {
      const match = matchSlot.get(args.get('self'));
      return match === undefined ? unknownOf('str') : str(match.subject);
    }),
    lastindex: nativeProperty('lastindex', () => unknown()),
    re: nativeProperty('re', () => unknown()),
    expand: nativeMethod('expand', 'self, template', () => unknownOf('str')),
  },
});

function position(name: string, show: (span: readonly [number, number]) => Value): Value {
  return nativeMethod(name, 'self, group=0', ({ args }) => {
    const match = matchSlot.get(args.get('self')),
      at = groupNumber(match, args.get('group'));
    const span = at === undefined ? undefined : match?.found.indices?.[at];
    return span === undefined ? unknownInt() : show(span);
  });
}

function groupNumber(match: Match | undefined, key: Value): number | undefined {
  const name = textValue(key);
  return name === undefined ? indexOf(key) : match?.translated.names.get(name);
}

function group(call: NativeCall, key: Value): Value {
  const match = matchSlot.get(call.args.get('self')),
    at = groupNumber(match, key);
  if (match === undefined || at === undefined || at >= match.found.length) return unknown();
  const text = match.found[at];
  return text === undefined ? none : str(text);
}

function makeMatch(found: RegExpExecArray, translated: Translated, subject: string): Value {
  const made = instance(matchClass);
  matchSlot.set(made, { found, translated, subject });
  return made;
}

/** One item of `findall`: the text, the one group, or a tuple of the groups. */
function foundItem(found: RegExpExecArray): Value {
  if (found.length === 1) return str(found[0]);
  return found.length === 2 ? str(found[1] ?? '') : tuple([...found].slice(1).map((one) => str(one ?? '')));
}

/** The replacement for a match; undefined when the template is not read. */
function expand(call: NativeCall, found: RegExpExecArray, translated: Translated, subject: string): string | undefined {
  const replacement = call.args.get('repl'),
    template = textValue(replacement);
  if (template === undefined) return textValue(call.interpreter.call(replacement, argumentsOf([makeMatch(found, translated, subject)]), call.place));
  let known = true;
  const text = template.replace(
    /\\(?:g<(\w+)>|(\d)(?!\d)|([nrt\\])|(.))/gs,
    (_, name: string | undefined, digit: string | undefined, escaped: string | undefined) => {
      if (escaped !== undefined) return { n: '\n', r: '\r', t: '\t', '\\': '\\' }[escaped] ?? '';
      const key = name ?? digit;
      const at = key === undefined ? undefined : /^\d+$/.test(key) ? Number(key) : translated.names.get(key);
      if (at === undefined || at >= found.length) {
        known = false;
        return '';
      }
      return found[at] ?? '';
    },
  );
  return known ? text : undefined;
}

function substituted(call: NativeCall, isMethod: boolean): { text: string; count: number } | undefined {
  const ready = prepare(call, isMethod),
    limit = indexOf(call.args.get('count'));
  if (ready === undefined || limit === undefined) return undefined;
  const { translated, subject } = ready;
  let text = '',
    end = 0,
    count = 0;
  for (const found of subject.matchAll(new RegExp(translated.source, translated.flags))) {
    if (limit > 0 && count >= limit) break;
    const replacement = expand(call, found as RegExpExecArray, translated, subject);
    if (replacement === undefined) return undefined;
    text += subject.slice(end, found.index) + replacement;
    end = found.index + found[0].length;
    count += 1;
  }
  return { text: text + subject.slice(end), count };
}

type Operation = readonly [name: string, signature: string, run: (call: NativeCall, isMethod: boolean) => Value];

function single(anchored: 'start' | 'whole' | 'anywhere'): Operation[2] {
  return (call, isMethod) => {
    const ready = prepare(call, isMethod);
    if (ready === undefined) return unknown();
    const { translated, subject } = ready;
    const source =
      anchored === 'anywhere'
        ? translated.source
        : anchored === 'start'
          ? `(?<![\\s\\S])(?:${translated.source})`
          : `(?<![\\s\\S])(?:${translated.source})(?![\\s\\S])`;
    const found = new RegExp(source, translated.flags).exec(subject);
    return found === null ? none : makeMatch(found, translated, subject);
  };
}

const operations: readonly Operation[] = [
  ['match', 'string', single('start')],
  ['fullmatch', 'string', single('whole')],
  ['search', 'string', single('anywhere')],
  [
    'findall',
    'string',
    (call, isMethod) => {
      const ready = prepare(call, isMethod);
      return ready === undefined
        ? list([], true)
        : list(
            [...ready.subject.matchAll(new RegExp(ready.translated.source, ready.translated.flags))].map((found) =>
              foundItem(found as RegExpExecArray),
            ),
          );
    },
  ],
  [
    'finditer',
    'string',
    (call, isMethod) => {
      const ready = prepare(call, isMethod);
      if (ready === undefined) return makeIterator('callable_iterator', () => ({ items: [unknown()], exact: false }));
      const items = [...ready.subject.matchAll(new RegExp(ready.translated.source, ready.translated.flags))].map((found) =>
        makeMatch(found as RegExpExecArray, ready.translated, ready.subject),
      );
      return makeIterator('callable_iterator', () => ({ items, exact: true }));
    },
  ],
  [
    'sub',
    'repl, string, count=0',
    (call, isMethod) => {
      const result = substituted(call, isMethod);
      return result === undefined ? unknownOf('str') : str(result.text);
    },
  ],
  [
    'subn',
    'repl, string, count=0',
    (call, isMethod) => {
      const result = substituted(call, isMethod);
      return result === undefined ? tuple([unknownOf('str'), unknownInt(0)]) : tuple([str(result.text), int(result.count)]);
    },
  ],
  [
    'split',
    'string, maxsplit=0',
    (call, isMethod) => {
      const ready = prepare(call, isMethod),
        limit = indexOf(call.args.get('maxsplit'));
      if (ready === undefined || limit === undefined) return list([], true);
      const parts: Value[] = [];
      let end = 0,
        count = 0;
      for (const found of ready.subject.matchAll(new RegExp(ready.translated.source, ready.translated.flags))) {
        if (limit > 0 && count >= limit) break;
        parts.push(str(ready.subject.slice(end, found.index)), ...[...found].slice(1).map((one) => (one === undefined ? none : str(one))));
        end = found.index + found[0].length;
        count += 1;
      }
      return list([...parts, str(ready.subject.slice(end))]);
    },
  ],
];

const patternClass: ClassValue = nativeClass({
  name: 'Pattern',
  qualifiedName: 're.Pattern',
  members: {
    ...Object.fromEntries(
      operations.map(([name, signature, run]) => [
        name,
        nativeMethod(name, `self, ${signature}${signature === 'string' ? ', pos=0, endpos=None' : ''}`, (call) => run(call, true)),
      ]),
    ),
    pattern: nativeProperty('pattern', ({ args }) => {
      const text = patternSlot.get(args.get('self'))?.text;
      return text === undefined ? unknownOf('str') : str(text);
    }),
    flags: nativeProperty('flags', () => unknownInt(0)),
    groups: nativeProperty('groups', () => unknownInt(0)),
    groupindex: nativeProperty('groupindex', () => unknown()),
  },
});

const members = (): Record<string, Value> => ({
  ...Object.fromEntries(
    operations.map(([name, signature, run]) => [name, nativeFunction(name, `pattern, ${signature}, flags=0`, (call) => run(call, false))]),
  ),
  ...Object.fromEntries(Object.entries(flagValues).map(([name, value]) => [name, int(value)])),
  compile: nativeFunction('compile', 'pattern, flags=0', ({ args }) => {
    const given = args.get('pattern');
    if (patternSlot.get(given) !== undefined) return given;
    const made = instance(patternClass);
    patternSlot.set(made, { text: textValue(given), flags: indexOf(args.get('flags')) });
    return made;
  }),
  escape: nativeFunction('escape', 'pattern', ({ args }) => {
    const text = textValue(args.get('pattern'));
    return text === undefined
      ? unknownOf('str')
      : str(text.replace(/[\t\n\v\f\r !"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]/g, (one) => ('!"%\',/:;<=>@`'.includes(one) ? one : `\\${one}`)));
  }),
  purge: nativeFunction('purge', '', () => none),
  Pattern: patternClass,
  Match: matchClass,
  error: nativeClass({ name: 'error', qualifiedName: 're.error', bases: [builtinClasses['Exception']].flatMap((one) => one ?? []) }),
});

export const reModules: Catalogue['modules'] = { re: members };
