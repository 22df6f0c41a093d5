// What a rule is. One file a rule, one line in index.ts; documentation, settings and tables are made from it.
// A rule knows the trace and values; it must not know LSP or the syntax tree.
import type { Finding, Fix, Refusal, RelatedPlace, Severity, Trace } from '../trace/trace.ts';
import type { Message, Place, Template } from '../values/place.ts';

export interface Check {
  /** Kebab-case; names the pattern, not the remedy. */
  readonly id: string;
  /** 'off': it says nothing unless the settings give it a severity. */
  readonly severity: Severity | 'off';
  /** One sentence, for tables and settings. */
  readonly summary: Template;
  /** Markdown: what it looks for, why it matters, an example that fails and its repair. Its Python blocks are run as specs. */
  readonly documentation: string;
  /** What the rule says of a run. */
  readonly run: (trace: Trace) => readonly RuleFinding[];
}

/** A finding before the rule's id and severity are added. */
export interface RuleFinding {
  readonly message: Message;
  readonly place: Place;
  readonly related?: readonly RelatedPlace[];
  readonly fixes?: readonly Fix[];
  /** Where it differs from the rule's. */
  readonly severity?: Severity;
}

/** The refusals that were recorded for a rule, as its findings. */
export function refusalsOf(id: string, refine: (refusal: Refusal) => RuleFinding = (refusal) => refusal): (trace: Trace) => RuleFinding[] {
  return (trace) => trace.refusals.filter((refusal) => refusal.rule === id).map(refine);
}

export function toFinding(check: Check, finding: RuleFinding): Finding {
  return {
    rule: check.id, severity: finding.severity ?? (check.severity === 'off' ? 'information' : check.severity), message: finding.message, place: finding.place,
    related: finding.related ?? [], fixes: finding.fixes ?? [],
  };
}
