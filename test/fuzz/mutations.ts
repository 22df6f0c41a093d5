// What happens to a text in an editor, and worse: lines and words deleted, doubled, swapped, cut off, filled with odd characters, nested deeply.
// It must not know the engine.

export type Random = (below: number) => number;

/** Random numbers that are the same for the same seed (a linear congruence over 2^32, upper bits used). */
export function makeRandom(start: number): Random {
  let state = start >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

const odd = ['\u0000', '\uFEFF', '\u2028', '😀', '가나다', '\ud800', '\u202e', '\r', '\t', '\\', '"""', "'", '(', ')', '[', ']', '{', '}', ':', ',', '=', '*', '**', '@', '\f', ' ', '   ', '#', ':=', '->', 'lambda', 'yield', 'await', 'async ', 'class ', 'def ', 'return ', 'None', '-1', '0', '1e400', '9'.repeat(30), 'f"{', '%', '!r', 'self', '...', 'del ', 'global x', 'match x:\n    case _:', '\n\n', '¼', 'ª', '𝔘', 'ﬁ', '\u00ad', 'e\u0301', '\u200b'];

/** Ways to nest an expression. */
const nestings: readonly (readonly [string, string])[] = [['(', ')'], ['[', ']'], ['{1: ', '}'], ['not ', ''], ['-', ''], ['(lambda: ', ')()'], ['f(', ')'], ['[0][', ']'], ['1 if ', ' else 0'], ['f"{', '}"'], ['await ', ''], ['*', '']];

/** One change, drawn at random. `other` is another program, of which lines may be taken over. */
export function mutate(text: string, random: Random, other: string): string {
  const kind = random(16);
  const lines = text.split('\n');
  const line = random(lines.length), second = random(lines.length);
  const tokens = text.split(/(\s+|[()[\]{},.:=]|\b)/).filter((token) => token !== '');
  const token = random(tokens.length), another = random(tokens.length);
  switch (kind) {
    case 0: lines.splice(line, 1 + random(3)); return lines.join('\n');
    case 1: lines.splice(line, 0, ...lines.slice(second, second + 1 + random(5))); return lines.join('\n');
    case 2: [lines[line], lines[second]] = [lines[second] ?? '', lines[line] ?? '']; return lines.join('\n');
    case 3: tokens.splice(token, 1 + random(2)); return tokens.join('');
    case 4: tokens.splice(token, 0, tokens[another] ?? ''); return tokens.join('');
    case 5: [tokens[token], tokens[another]] = [tokens[another] ?? '', tokens[token] ?? '']; return tokens.join('');
    case 6: return text.slice(0, random(text.length + 1));
    case 7: return text.slice(random(text.length + 1));
    case 8: { const at = random(text.length + 1); return text.slice(0, at) + (odd[random(odd.length)] ?? '') + text.slice(at); }
    case 9: lines[line] = (random(2) === 0 ? ' '.repeat(random(9)) : '') + (lines[line] ?? '').trimStart(); return lines.join('\n');
    case 10: { const theirs = other.split('\n'); lines.splice(line, 0, ...theirs.slice(random(theirs.length)).slice(0, 8)); return lines.join('\n'); }
    // A random piece of Unicode, lone surrogates included.
    case 11: { const at = random(text.length + 1); return text.slice(0, at) + String.fromCharCode(...Array.from({ length: 1 + random(6) }, () => random(0x10000))) + text.slice(at); }
    // A word within many brackets, or a line within many blocks.
    case 12: { const [open, close] = nestings[random(nestings.length)] ?? ['(', ')'], depth = 1 << random(11); tokens[token] = open.repeat(depth) + (tokens[token] ?? '') + close.repeat(depth); return tokens.join(''); }
    case 13: {
      const depth = 1 + random(60), indentation = /^\s*/.exec(lines[line] ?? '')?.[0] ?? '', header = ['if x:', 'for i in y:', 'while True:', 'with a as b:', 'def f(x):', 'class A:', 'try:'][random(7)] ?? 'if x:';
      return [...lines.slice(0, line), ...Array.from({ length: depth }, (_, at) => `${indentation}${' '.repeat(at)}${header}`), `${indentation}${' '.repeat(depth)}${(lines[line] ?? '').trimStart()}`, ...lines.slice(line + 1)].join('\n');
    }
    // Two pieces of the text change places, wherever they begin.
    case 14: { const [a, b, c, d] = [0, 0, 0, 0].map(() => random(text.length + 1)).sort((left, right) => left - right) as [number, number, number, number]; return text.slice(0, a) + text.slice(c, d) + text.slice(b, c) + text.slice(a, b) + text.slice(d); }
    // Another number, name or text in the place of one.
    default: { const values = tokens.flatMap((one, at) => (/^[\w"']/.test(one) ? [at] : [])); tokens[values[random(values.length)] ?? 0] = [...odd, tokens[another] ?? ''][random(odd.length + 1)] ?? ''; return tokens.join(''); }
  }
}
