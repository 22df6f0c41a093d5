// The settings that the engine's views obey, and their defaults. The extension's manifest lists the same names.
import type { Severity } from '../trace/trace.ts';

export type RuleLevel = Severity | 'off' | 'default';

export interface Settings {
  readonly hints: { readonly outputShape: boolean; readonly parameterCount: boolean; readonly operations: boolean; readonly data: boolean };
  readonly lens: { readonly enabled: boolean };
  readonly diagnostics: { readonly enabled: boolean };
  readonly rules: Readonly<Record<string, RuleLevel>>;
  /** The Python environment whose libraries are read; empty: it is looked for. */
  readonly pythonEnvironment: string;
}

export const defaultSettings: Settings = {
  hints: { outputShape: true, parameterCount: true, operations: true, data: false },
  lens: { enabled: true },
  diagnostics: { enabled: true },
  rules: {},
  pythonEnvironment: '',
};

/** Reads settings that come from outside: what is missing or of another type is the default. */
export function readSettings(given: unknown): Settings {
  const object = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {});
  const flag = (value: unknown, fallback: boolean): boolean => (typeof value === 'boolean' ? value : fallback);
  const root = object(given), hints = object(root['hints']);
  const rules: Record<string, RuleLevel> = {};
  for (const [rule, level] of Object.entries(object(root['rules']))) {
    if (level === 'off' || level === 'default' || level === 'error' || level === 'warning' || level === 'information' || level === 'hint') rules[rule] = level;
  }
  return {
    hints: {
      outputShape: flag(hints['outputShape'], defaultSettings.hints.outputShape), parameterCount: flag(hints['parameterCount'], defaultSettings.hints.parameterCount),
      operations: flag(hints['operations'], defaultSettings.hints.operations), data: flag(hints['data'], defaultSettings.hints.data),
    },
    lens: { enabled: flag(object(root['lens'])['enabled'], true) },
    diagnostics: { enabled: flag(object(root['diagnostics'])['enabled'], true) },
    rules,
    pythonEnvironment: typeof root['pythonEnvironment'] === 'string' ? root['pythonEnvironment'].slice(0, 4096) : '',
  };
}

/** What is set here, else what the project's file says; `default` is no wish. */
export function withProjectRules(settings: Settings, project: { readonly rules: Readonly<Record<string, RuleLevel>> } | undefined): Settings {
  if (project === undefined) return settings;
  const rules: Record<string, RuleLevel> = { ...project.rules };
  for (const [rule, level] of Object.entries(settings.rules)) if (level !== 'default') rules[rule] = level;
  return { ...settings, rules };
}
