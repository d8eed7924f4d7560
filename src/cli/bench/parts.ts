import { measureLarge } from './lists/measure-large.ts';
import { measureLink } from './lists/measure-link.ts';
import { measurePopulation } from './lists/measure-population.ts';
import { measurePushes } from './lists/measure-pushes.ts';
import { measureSnapshots } from './lists/measure-snapshots.ts';
import { measureAudit } from './measure-audit.ts';
import { measureDecide } from './measure-decide.ts';
import { measureReads } from './measure-reads.ts';
import { measureRejected } from './measure-rejected.ts';
import { measureRotation } from './measure-rotation.ts';
import { measureWalls } from './measure-walls.ts';
import type { Part } from './size-bench.ts';

/** Everything that is measured, in this order; each part can be run alone. */
export const PARTS: Readonly<Record<string, Part>> = {
  reads: measureReads,
  decide: measureDecide,
  audit: measureAudit,
  walls: measureWalls,
  link: measureLink,
  population: measurePopulation,
  pushes: measurePushes,
  snapshots: measureSnapshots,
  large: measureLarge,
  rotation: measureRotation,
  // Last: what is refused here is great, and must not show in the memory of what comes after.
  rejected: measureRejected,
};
