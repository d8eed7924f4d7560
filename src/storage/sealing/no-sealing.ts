import { NO_SEAL, type PlaceSeal } from './place-seal.ts';
import type { DataKey } from './sealed-value.ts';
import { SealingFault } from './sealing-fault.ts';

/** Seals and opens the values of a database. Its keys are in memory, so that it never waits. */
export interface Sealing {
  of(jurisdiction: string): PlaceSeal;
  /** For what lies on a disk only while somebody works on it: a key that this object alone ever has. */
  passing(): PlaceSeal;
  /** Draws a key of the same algorithm as the values that stay, for whoever has one of their own. */
  draw(): DataKey;
  /** The first bytes of every value sealed from now on. */
  head(): Buffer;
  /** Looks for new keys at once. */
  look(): Promise<void>;
  /** Tells what was sealed and looks no more. */
  close(): Promise<void>;
}

/** For a database opened without keys. */
export const NO_SEALING: Sealing = {
  of: () => NO_SEAL,
  passing: () => NO_SEAL,
  draw: () => {
    throw new SealingFault('SEALING_UNAVAILABLE', 'person_key.sealed');
  },
  head: () => Buffer.alloc(0),
  look: async () => undefined,
  close: async () => undefined,
};
