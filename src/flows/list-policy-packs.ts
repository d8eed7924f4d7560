import type { Caller } from '../domain/access/caller.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
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
  if (!caller) return refused('UNAUTHENTICATED', '缺少有效的访问令牌', 'A valid access token is needed');
  const ids = ports.jurisdictions.find(jurisdiction ?? caller.jurisdiction)?.packs ?? [];
  return granted(ids.map((id) => ports.packs.find(id)).filter((pack) => pack !== undefined));
}
