// What the settings make of findings: rules switched off, other severities.
import { quietChecks } from '../checks/index.ts';
import type { Finding } from '../trace/trace.ts';
import type { Settings } from './settings.ts';

/** `quiet` gives the findings of rules that are off unless the settings give them a severity; it is asked only where they do. */
export function adjustFindings(findings: readonly Finding[], settings: Settings, quiet: () => readonly Finding[] = () => []): Finding[] {
  const wanted = quietChecks.filter(({ id }) => (settings.rules[id] ?? 'default') !== 'default' && settings.rules[id] !== 'off').map(({ id }) => id);
  const all = wanted.length === 0 ? findings : [...findings, ...quiet().filter((finding) => wanted.includes(finding.rule))].sort((left, right) => left.place.start - right.place.start);
  return all.flatMap((finding) => {
    const level = settings.rules[finding.rule] ?? 'default';
    if (level === 'off') return [];
    return [level === 'default' ? finding : { ...finding, severity: level }];
  });
}
