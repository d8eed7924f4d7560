import type { ReadRight } from '../domain/access/decide-read.ts';
import { comparisonInTens, exactComparison, type ShownComparison } from '../domain/access/shown-comparison.ts';
import type { StoredComparison } from './ports-compare.ts';

/** A comparison as one caller may see it: its figures exactly, or in full tens. */
export interface ComparisonView extends Omit<StoredComparison, 'totals'> {
  readonly totals: ShownComparison | null;
}

/** People by which work moves on before whoever may not see exact figures is told. */
const STEP = 1_000;

/**
 * A comparison as the caller may see it: exactly who may see names and numbers whole and says why; in full tens everybody else. These are
 * not told how many people there are but by the groups: their progress goes by thousands.
 */
export function comparisonView(stored: StoredComparison, { reveal }: Pick<ReadRight, 'reveal'>): ComparisonView {
  const { totals, personsDone } = stored;
  if (reveal) return { ...stored, totals: totals && exactComparison(totals) };
  const shown = totals && (totals.inTens ?? comparisonInTens([], []));
  return {
    ...stored,
    personsToDo: shown && shown.persons,
    personsDone: shown ? (shown.persons ?? 0) : personsDone - (personsDone % STEP),
    totals: shown,
  };
}
