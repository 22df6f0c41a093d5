// What the settings make of findings: rules switched off, other severities.
import type { Finding } from '../trace/trace.ts';
import type { Settings } from './settings.ts';

export function adjustFindings(findings: readonly Finding[], settings: Settings): Finding[] {
  return findings.flatMap((finding) => {
    const level = settings.rules[finding.rule] ?? 'default';
    if (level === 'off') return [];
    return [level === 'default' ? finding : { ...finding, severity: level }];
  });
}
