// When a loop has shown what it does. It must not know any library.
import { isLibrarySource } from './module-finder.ts';
import type { Run } from './run.ts';
import { currentFrame } from './run.ts';

const fewestPasses = 4;
export const costlyRest = 15_000;
/** Where so much is left, two passes have to do. */
const veryCostlyRest = 60_000;
/** The same for passes that build layers. */
const costlyBuilding = 400_000;
/** Loops of a library fill its tables and build its models: they train nothing. What all of them may cost is bounded with the body or the call. */
const costlyInLibrary = 2_000_000;
/** Loops of its functions that build nothing compute the elements of some array one by one. */
const costlyComputing = 200_000;

/**
 * Passes that build nothing new are cut short once so many have run and the rest would cost so many steps: a training loop's
 * hundredth pass shows what its second did. What the passes changed is then given up. Counted in steps, so that the same text
 * always gives the same result.
 */
export function isWorthCutting(run: Run, passes: number, remaining: number, stepsBefore: number, layersBefore: number): boolean {
  if (passes < 2 || remaining <= 0) return false;
  const rest = ((run.budget.steps - stepsBefore) / passes) * remaining;
  if (rest <= costlyRest) return false;
  if (isLibrarySource(run, currentFrame(run).source.path)) {
    return passes >= fewestPasses && rest > (run.libraries.running > 0 || run.trace.layers.length !== layersBefore ? costlyInLibrary : costlyComputing);
  }
  if (run.trace.layers.length !== layersBefore) return passes >= fewestPasses && rest > costlyBuilding;
  return passes >= fewestPasses || rest > veryCostlyRest;
}
