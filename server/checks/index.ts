// The one list of rules, and how they are run over a trace.
import type { Finding, Trace } from '../trace/trace.ts';
import { samePlace } from '../values/place.ts';
import type { Check } from './check.ts';
import { toFinding } from './check.ts';
import { shapeMismatch } from './shape-mismatch.ts';
import { invalidArgument } from './invalid-argument.ts';

export const allChecks: readonly Check[] = [shapeMismatch, invalidArgument];

/** All findings of a run, in the order of places; one rule says one thing of one place. */
export function findingsOf(trace: Trace, checks: readonly Check[] = allChecks): Finding[] {
  const findings: Finding[] = [];
  for (const check of checks) {
    for (const one of check.run(trace)) {
      const finding = toFinding(check, one);
      if (!findings.some((other) => other.rule === finding.rule && samePlace(other.place, finding.place))) findings.push(finding);
    }
  }
  return findings.sort((left, right) => left.place.start - right.place.start);
}
