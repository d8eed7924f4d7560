import type { ListMode } from './list-definition.ts';

/** What decides whether a push may be older news than what was received before it. */
export interface PeriodOfPush {
  readonly mode: ListMode;
  /** The label as the owner wrote it; `null` where there is none. */
  readonly period: string | null;
}

/** Year, month or day, as clerks label the issues of a list. Other labels have no order that could be known. */
const SHAPES = [/^\d{4}$/, /^\d{4}-(0[1-9]|1[0-2])$/, /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/];

const shapeOf = (label: string): number => SHAPES.findIndex((shape) => shape.test(label));

/**
 * Is this push a snapshot of an earlier period than one received before? What it leaves out would be taken for no longer
 * true, although the newer snapshot has said so already. Labels are compared with labels of the same shape only (`YYYY`,
 * `YYYY-MM`, `YYYY-MM-DD`): whether `2025` comes before `2025-11` nobody can say. It is for lists of states that last
 * (`PERIOD`); the snapshot of a list of events speaks of its own period alone, in whatever order it comes.
 *
 * @param received labels of the snapshots of the list that were received and not taken back
 */
export function isStaleSnapshot(
  { mode, period }: PeriodOfPush,
  shape: 'PERIOD' | 'EVENT',
  received: readonly string[],
): boolean {
  if (mode !== 'SNAPSHOT' || shape !== 'PERIOD' || period === null) return false;
  const own = shapeOf(period);
  // Labels of one shape have one length, so their order as text is their order in time.
  return own >= 0 && received.some((other) => shapeOf(other) === own && other > period);
}
