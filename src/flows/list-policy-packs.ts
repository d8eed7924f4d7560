import { decideByRule } from '../domain/access/access-rules.ts';
import type { Caller } from '../domain/access/caller.ts';
import { granted, type Answer } from '../domain/access/refusal.ts';
import type { PolicyPack } from '../domain/policy/policy-pack.ts';
import type { Jurisdictions, PolicyPacks } from './ports.ts';

/** What it takes to show policy packs. */
export interface ListPolicyPacksPorts {
  readonly packs: PolicyPacks;
  readonly jurisdictions: Jurisdictions;
}

/** The packs in force in a jurisdiction. Policies are public, so every agency that is signed in may read those of any. */
export function listPolicyPacks(
  caller: Caller | null,
  jurisdiction: string | undefined,
  ports: ListPolicyPacksPorts,
): Answer<readonly PolicyPack[]> {
  const own = caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined;
  const letIn = decideByRule('ANY_TOKEN', caller, own);
  if (!letIn.ok) return letIn;
  const ids = (jurisdiction === undefined ? own : ports.jurisdictions.find(jurisdiction))?.packs ?? [];
  return granted(ids.map((id) => ports.packs.find(id)).filter((pack) => pack !== undefined));
}
