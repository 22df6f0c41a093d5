#!/usr/bin/env node
// Starts the command line, which lies beside this file, from its compiled code where the build stored that for this Node.
// Elsewhere Node keeps the compiled code itself, from version 22 on. It must not know what it starts.
import { existsSync, readFileSync } from 'node:fs';
import Module from 'node:module';
import { Script } from 'node:vm';

const program = `${__dirname}/cli.cjs`;
const compiled = `${__dirname}/cli-${process.version}-${process.platform}-${process.arch}.cache`;

if (existsSync(compiled)) {
  // V8 takes the stored code only if it is its own; otherwise it compiles as always. What is built is ASCII.
  const script = new Script(Module.wrap(readFileSync(program, 'latin1')), { filename: program, cachedData: readFileSync(compiled) });
  const started = { exports: {} };
  (script.runInThisContext() as (...parts: unknown[]) => void)(started.exports, require, started, program, __dirname);
} else {
  (Module as unknown as { enableCompileCache?: () => unknown }).enableCompileCache?.();
  require(program);
}
