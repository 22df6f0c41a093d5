// How a Python program is started under the launcher: a list of arguments, never a shell's line. Knows no editor.
import type { LaunchRequest } from './format.ts';

export interface PythonProgram {
  readonly interpreter: string;
  /** A script's path, absolute or from the working directory, or a module to run as `python -m` does. */
  readonly program: string;
  readonly isModule?: boolean;
  readonly arguments: readonly string[];
  readonly workingDirectory: string;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly stopMilliseconds?: number;
}

/** `launcher`: the path of python/run.py. */
export function pythonLaunch(program: PythonProgram, folder: string, launcher: string): LaunchRequest {
  return {
    command: program.interpreter,
    arguments: [launcher, folder, ...(program.isModule === true ? ['-m'] : []), program.program, ...program.arguments],
    workingDirectory: program.workingDirectory, environment: program.environment ?? {}, stopMilliseconds: program.stopMilliseconds, rotatesOutput: true,
  };
}
