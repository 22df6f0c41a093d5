// The one list of rules, and how they are run over a trace.
import type { Finding, Trace } from '../trace/trace.ts';
import { samePlace } from '../values/place.ts';
import type { Check } from './check.ts';
import { toFinding } from './check.ts';
import { channelOrder } from './channel-order.ts';
import { declaredShape } from './declared-shape.ts';
import { deprecatedArgument } from './deprecated-argument.ts';
import { emptyOutput } from './empty-output.ts';
import { indexRange } from './index-range.ts';
import { inferenceLost } from './inference-lost.ts';
import { inputShape } from './input-shape.ts';
import { invalidArgument } from './invalid-argument.ts';
import { invalidAxis } from './invalid-axis.ts';
import { labelEncoding } from './label-encoding.ts';
import { labelRange } from './label-range.ts';
import { lastBatch } from './last-batch.ts';
import { lossActivation } from './loss-activation.ts';
import { missingEvalMode } from './missing-eval-mode.ts';
import { missingInputShape } from './missing-input-shape.ts';
import { missingZeroGrad } from './missing-zero-grad.ts';
import { notAnalysed } from './not-analysed.ts';
import { reshapeSize } from './reshape-size.ts';
import { retainedGraph } from './retained-graph.ts';
import { shapeMismatch } from './shape-mismatch.ts';
import { singleUnitSoftmax } from './single-unit-softmax.ts';
import { softmaxAxis } from './softmax-axis.ts';
import { targetShape } from './target-shape.ts';
import { trainableAfterCompile } from './trainable-after-compile.ts';
import { unregisteredModule } from './unregistered-module.ts';
import { unscaledInput } from './unscaled-input.ts';
import { unusedLayer } from './unused-layer.ts';

export const allChecks: readonly Check[] = [
  labelRange, labelEncoding, targetShape, lossActivation, singleUnitSoftmax, softmaxAxis, inputShape, indexRange, shapeMismatch, emptyOutput, reshapeSize, invalidAxis, invalidArgument, missingInputShape, channelOrder, unscaledInput, deprecatedArgument, unregisteredModule, unusedLayer, trainableAfterCompile, missingZeroGrad, missingEvalMode, retainedGraph, lastBatch, declaredShape, inferenceLost, notAnalysed,
];

/** Those that say something unless they are switched off, and those that say nothing unless they are switched on. */
export const usualChecks: readonly Check[] = allChecks.filter((check) => check.severity !== 'off');
export const quietChecks: readonly Check[] = allChecks.filter((check) => check.severity === 'off');

/** All findings of a run, in the order of places; one rule says one thing of one place. */
export function findingsOf(trace: Trace, checks: readonly Check[] = usualChecks): Finding[] {
  const findings: Finding[] = [];
  for (const check of checks) {
    for (const one of check.run(trace)) {
      const finding = toFinding(check, one);
      if (!findings.some((other) => other.rule === finding.rule && samePlace(other.place, finding.place))) findings.push(finding);
    }
  }
  return findings.sort((left, right) => left.place.start - right.place.start);
}
