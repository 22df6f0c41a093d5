// `match`: whether a pattern fits a value, binding its names. It must not know any library.
import type { MatchCase, Pattern } from '../syntax/ast.ts';
import { dictKey } from '../values/equality.ts';
import type { Value } from '../values/value.ts';
import { list, none, unknown } from '../values/value.ts';
import { bindName } from './assignment.ts';
import { evaluate } from './expressions.ts';
import type { Run } from './run.ts';
import { placeOf } from './run.ts';

type Answer = boolean | undefined;

/** Whether the case is taken; undefined when not known (its names are bound then, too). */
export function matchCase(run: Run, one: MatchCase, subject: Value): Answer {
  const matched = matches(run, one.pattern, subject);
  if (matched === false || one.guard === undefined) return matched;
  const guard = run.interpreter.truth(evaluate(run, one.guard), placeOf(run, one.guard));
  return guard === false ? false : guard === true ? matched : undefined;
}

function both(left: Answer, right: Answer): Answer {
  return left === false || right === false ? false : left === undefined || right === undefined ? undefined : true;
}

function matches(run: Run, pattern: Pattern, subject: Value): Answer {
  const place = placeOf(run, pattern);
  switch (pattern.kind) {
    case 'MatchAs': {
      const inner = pattern.pattern === undefined ? true : matches(run, pattern.pattern, subject);
      if (inner !== false && pattern.name !== undefined) bindName(run, pattern.name, subject);
      return inner;
    }
    case 'MatchStar': return true;
    case 'MatchValue': return run.interpreter.truth(run.interpreter.compare('==', subject, evaluate(run, pattern.value), place), place);
    case 'MatchSingleton': {
      if (subject.kind === 'unknown') return undefined;
      return pattern.value === null ? subject.kind === 'none' : subject.kind === 'bool' && subject.value === pattern.value;
    }
    case 'MatchOr': {
      let answer: Answer = false;
      for (const one of pattern.patterns) {
        const matched = matches(run, one, subject);
        if (matched === true) return answer === undefined ? undefined : true;
        if (matched === undefined) answer = undefined;
      }
      return answer;
    }
    case 'MatchSequence': return matchSequence(run, pattern.patterns, subject);
    case 'MatchMapping': {
      if (subject.kind === 'unknown') { bindAll(run, pattern); return undefined; }
      if (subject.kind !== 'dict') return false;
      let answer: Answer = true;
      const used = new Set<string>();
      for (const [at, keyNode] of pattern.keys.entries()) {
        const key = dictKey(evaluate(run, keyNode));
        const entry = key === undefined ? undefined : subject.entries.get(key);
        if (key !== undefined) used.add(key);
        const inner = pattern.patterns[at];
        if (entry === undefined) answer = both(answer, subject.open || key === undefined ? undefined : false);
        else if (inner !== undefined) answer = both(answer, matches(run, inner, entry.value));
        if (answer === false) return false;
      }
      if (pattern.rest !== undefined) {
        bindName(run, pattern.rest, { kind: 'dict', entries: new Map([...subject.entries].filter(([key]) => !used.has(key))), open: subject.open });
      }
      return answer;
    }
    case 'MatchClass': {
      const cls = evaluate(run, pattern.cls);
      const isOne = cls.kind === 'class' ? run.interpreter.isInstance(subject, cls) : undefined;
      if (isOne !== true) { bindAll(run, pattern); return isOne; }
      let answer: Answer = true;
      for (const [at, name] of pattern.keywordNames.entries()) {
        const value = run.interpreter.lookUpAttribute(subject, name, place);
        const inner = pattern.keywordPatterns[at];
        if (value === undefined) return false;
        if (inner !== undefined) answer = both(answer, matches(run, inner, value));
      }
      if (pattern.patterns.length > 0) answer = both(answer, matchPositional(run, pattern.patterns, subject, cls));
      return answer;
    }
  }
}

function matchPositional(run: Run, patterns: readonly Pattern[], subject: Value, cls: Value): Answer {
  const place = run.interpreter.place;
  const names = cls.kind === 'class' ? run.interpreter.lookUpAttribute(cls, '__match_args__', place) : undefined;
  const first = patterns[0];
  // int(x), str(x) and their like match the subject itself.
  if (names === undefined && patterns.length === 1 && first !== undefined && subject.kind !== 'instance') return matches(run, first, subject);
  if (names?.kind !== 'tuple') { for (const pattern of patterns) bindAll(run, pattern); return undefined; }
  let answer: Answer = true;
  for (const [at, pattern] of patterns.entries()) {
    const name = names.items[at];
    const value = name?.kind === 'str' ? run.interpreter.lookUpAttribute(subject, name.value, place) : undefined;
    answer = both(answer, value === undefined ? undefined : matches(run, pattern, value));
  }
  return answer;
}

function matchSequence(run: Run, patterns: readonly Pattern[], subject: Value): Answer {
  if (subject.kind === 'unknown' || (subject.kind === 'list' && subject.open)) { for (const one of patterns) bindAll(run, one); return undefined; }
  if (subject.kind !== 'list' && subject.kind !== 'tuple') return false;
  const starAt = patterns.findIndex((one) => one.kind === 'MatchStar');
  const items = subject.items;
  if (starAt < 0 ? items.length !== patterns.length : items.length < patterns.length - 1) return false;
  const behind = starAt < 0 ? 0 : patterns.length - starAt - 1;
  let answer: Answer = true;
  for (const [at, pattern] of patterns.entries()) {
    if (pattern.kind === 'MatchStar') {
      if (pattern.name !== undefined) bindName(run, pattern.name, list(items.slice(at, items.length - behind)));
      continue;
    }
    answer = both(answer, matches(run, pattern, items[starAt >= 0 && at > starAt ? items.length - patterns.length + at : at] ?? none));
    if (answer === false) return false;
  }
  return answer;
}

/** Names of a pattern that may or may not fit are unknown. */
function bindAll(run: Run, pattern: Pattern): void {
  switch (pattern.kind) {
    case 'MatchAs': if (pattern.name !== undefined) bindName(run, pattern.name, unknown()); if (pattern.pattern !== undefined) bindAll(run, pattern.pattern); return;
    case 'MatchStar': if (pattern.name !== undefined) bindName(run, pattern.name, unknown()); return;
    case 'MatchSequence': case 'MatchOr': case 'MatchMapping': for (const one of pattern.patterns) bindAll(run, one); return;
    case 'MatchClass': for (const one of [...pattern.patterns, ...pattern.keywordPatterns]) bindAll(run, one); return;
    default: return;
  }
}

