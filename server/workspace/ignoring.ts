// `# inlayer: ignore` and `# inlayer: ignore[rule, rule]` on the line of a finding switch it off.
import { lineAt } from '../syntax/lines.ts';
import type { Finding } from '../trace/trace.ts';

/** Whether a comment on the finding's first line switches it off. */
export function isIgnored(finding: Finding): boolean {
  const { parsed } = finding.place.source;
  const line = lineAt(parsed.lineStarts, finding.place.start);
  return parsed.comments.some((comment) => {
    if (lineAt(parsed.lineStarts, comment.start) !== line) return false;
    const rules = ignoredRules(comment.text);
    return rules !== undefined && (rules.length === 0 || rules.includes(finding.rule));
  });
}

/** The rules that a comment switches off: all for an empty list; undefined when it is another comment. */
export function ignoredRules(comment: string): readonly string[] | undefined {
  const match = /^\s*inlayer:\s*ignore(?:\[([^\]]*)\])?\s*$/.exec(comment);
  if (match === null) return undefined;
  return match[1] === undefined ? [] : match[1].split(',').map((rule) => rule.trim()).filter((rule) => rule !== '');
}
