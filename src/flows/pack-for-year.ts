import type { PolicyPack } from '../domain/policy/policy-pack.ts';
import type { PolicyPacks } from './ports.ts';

/** The pack of a plan year among those in force; `undefined` where there is none. */
export const packForYear = (
  policyYear: number,
  inForce: readonly string[],
  packs: PolicyPacks,
): PolicyPack | undefined =>
  inForce.flatMap((id) => packs.find(id) ?? []).find((pack) => pack.policyYear === policyYear);
