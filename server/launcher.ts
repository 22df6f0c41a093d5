#!/usr/bin/env node
// Starts the program that lies beside this file, from its compiled code where the build stored that for this Node. Elsewhere
// Node keeps the compiled code itself, from version 22 on. It must not know what it starts.
import { existsSync, readFileSync } from 'node:fs';
import Module from 'node:module';
import { Script } from 'node:vm';

declare const PROGRAM: string;

const file = `${__dirname}/${PROGRAM}.cjs`;
const compiled = `${__dirname}/${PROGRAM}-${process.version}-${process.platform}-${process.arch}.cache`;

if (existsSync(compiled)) {
  // V8 takes the stored code only if it is its own; otherwise it compiles as always. What is built is ASCII.
  const script = new Script(Module.wrap(readFileSync(file, 'latin1')), { filename: file, cachedData: readFileSync(compiled) });
  const started = { exports: {} };
  (script.runInThisContext() as (...parts: unknown[]) => void)(started.exports, require, started, file, __dirname);
} else {
  try { (Module as unknown as { enableCompileCache?: () => unknown }).enableCompileCache?.(); } catch { /* It starts without. */ }
  require(file);
}
