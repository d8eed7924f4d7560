import type { PolicyPack } from '../domain/policy/policy-pack.ts';
import type { PolicyPacks } from './ports.ts';

/** The packs in force by their ids; one that the hub does not hold is left out. */
export const packsInForce = (ids: readonly string[], packs: PolicyPacks): readonly PolicyPack[] =>
  ids.flatMap((id) => packs.find(id) ?? []);

/** The pack of a plan year among those in force; `undefined` where there is none. */
export const packForYear = (
  policyYear: number,
  inForce: readonly string[],
  packs: PolicyPacks,
): PolicyPack | undefined => packsInForce(inForce, packs).find((pack) => pack.policyYear === policyYear);
