// Finds the English sentences in the engine's sources: what is given to `message(…)`, and to whatever is declared to take a Template.
// It reads the text as far as brackets and strings go, and must not know what any sentence says.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

export interface FoundTemplates {
  /** Sentence → the files that say it, in order. */
  readonly templates: ReadonlyMap<string, readonly string[]>;
  /** Places that give no literal, so that the sentence cannot be found. */
  readonly unreadable: readonly string[];
}

/** `message('…')`, `refuse('…', { … })` with `refuse = (text: Template, …)`, `const empty: Template = '…'`, `{ text: '…' }` with `readonly text: Template`. */
export function findTemplates(folder: string): FoundTemplates {
  const files = readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith('.ts')).sort()
    .map((name) => { const file = path.posix.join(folder, name.replaceAll('\\', '/')); return { file, text: withoutComments(readFileSync(file, 'utf8')) }; });
  const templates = new Map<string, string[]>();
  const unreadable: string[] = [];
  const add = (template: string, file: string): void => {
    const known = templates.get(template);
    if (known === undefined) templates.set(template, [file]);
    else if (!known.includes(file)) known.push(file);
  };
  const takers = files.flatMap(({ file, text }) => takersIn(text).map((taker) => ({ ...taker, file })));
  const declared = new Set(files.flatMap(({ text }) => [...text.matchAll(/\b(\w+): Template\b/g)].map((match) => match[1] ?? '')));
  for (const { file, text } of files) {
    const own = takers.filter((taker) => taker.file === file || (taker.isExported && new RegExp(`import[^;]*\\b${taker.name}\\b[^;]*${path.basename(taker.file, '.ts')}\\.ts'`).test(text)));
    for (const taker of [{ name: 'message', position: 0 }, ...own]) {
      for (const match of text.matchAll(new RegExp(`(?<![\\w.])${taker.name}\\(`, 'g'))) {
        const isDeclaration = /function\s+$/.test(text.slice(0, match.index));
        const argument = argumentsFrom(text, match.index + match[0].length)[taker.position];
        if (isDeclaration || argument === undefined) continue;
        const literals = literalsOf(argument);
        for (const literal of literals) add(literal, file);
        // What is handed on has been found where it was written.
        if (literals.length === 0 && !declared.has(argument.trim().replace(/^\w+\./, ''))) unreadable.push(`${file}: ${taker.name}(${argument.trim().slice(0, 80)}`);
      }
    }
    for (const [, name] of text.matchAll(/\breadonly (\w+): Template\b/g)) {
      for (const match of text.matchAll(new RegExp(`\\b${name}:\\s*(?=['"])`, 'g'))) for (const literal of literalsOf(argumentsFrom(text, match.index + match[0].length)[0] ?? '')) add(literal, file);
    }
    for (const match of text.matchAll(/\bconst \w+: Template = /g)) for (const literal of literalsOf(argumentsFrom(text, match.index + match[0].length)[0] ?? '')) add(literal, file);
  }
  return { templates, unreadable };
}

interface Taker { readonly name: string; readonly position: number; readonly isExported: boolean }

/** Functions with a parameter of type Template, and its position. */
function takersIn(text: string): Taker[] {
  return [...text.matchAll(/(export )?(?:function (\w+)|const (\w+) = )\(/g)].flatMap((match) => {
    const name = match[2] ?? match[3];
    const position = argumentsFrom(withoutGenerics(text.slice(match.index + match[0].length, match.index + 2000)), 0).findIndex((parameter) => /^\s*\w+\??: Template\b/.test(parameter));
    return name === undefined || name === 'message' || position < 0 ? [] : [{ name, position, isExported: match[1] !== undefined }];
  });
}

/** Their commas part no parameters. */
function withoutGenerics(text: string): string {
  const shorter = text.replace(/<[^<>()=;]*>/g, '');
  return shorter === text ? text : withoutGenerics(shorter);
}

/** The texts between the commas, from behind an opening bracket to its closing one. */
function argumentsFrom(text: string, start: number): string[] {
  const found: string[] = [];
  let depth = 0, from = start;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === "'" || character === '"' || character === '`') at = endOfString(text, at);
    else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) {
      if (depth === 0) { found.push(text.slice(from, at)); return found; }
      depth -= 1;
    } else if (character === ',' && depth === 0) { found.push(text.slice(from, at)); from = at + 1; }
    else if (character === ';' && depth === 0) { found.push(text.slice(from, at)); return found; }
  }
  return found;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== text[start]) at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** The strings that the expression may come to: a literal, or those behind `?` and `:`. */
function literalsOf(expression: string): string[] {
  const found: string[] = [];
  let before = '';
  for (let at = 0; at < expression.length; at += 1) {
    const character = expression[at] ?? '';
    if (character !== "'" && character !== '"') { if (/\S/.test(character)) before = character; continue; }
    const end = endOfString(expression, at);
    if (before === '' || before === '?' || before === ':' || before === '(') found.push(unquoted(expression.slice(at, end + 1)));
    at = end;
    before = '"';
  }
  return found;
}

function unquoted(literal: string): string {
  return literal.slice(1, -1).replace(/\\u\{?([0-9a-fA-F]+)\}?|\\(.)/g, (_whole, code: string | undefined, character: string | undefined) =>
    (code === undefined ? (character === 'n' ? '\n' : character ?? '') : String.fromCodePoint(Number.parseInt(code, 16))));
}

function withoutComments(text: string): string {
  return text.replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, '');
}
