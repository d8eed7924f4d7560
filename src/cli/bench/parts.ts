import { measureDecide } from './measure-decide.ts';
import { measureReads } from './measure-reads.ts';
import type { Part } from './size-bench.ts';

/** Everything that is measured, in this order; each part can be run alone. */
export const PARTS = {
  reads: measureReads,
  decide: measureDecide,
} as const satisfies Record<string, Part>;
/** The name of a part. */
export type PartName = keyof typeof PARTS;
