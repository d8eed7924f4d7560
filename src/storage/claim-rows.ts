import type { Claim } from '../domain/claims/claim.ts';
import { decidedAttributes, openOwnAttributes } from './sealed-claims.ts';
import { NamesByKey } from './sealed-names.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';

/**
 * SQL for one claim as JSON, with the names of `Claim`; instants as milliseconds since 1970. One JSON value a claim costs
 * the hub a fraction of a dozen columns to parse. The table must be called `c`.
 */
export const CLAIM_AS_JSON = `json_build_object(
  'id', c.id, 'jurisdiction', c.jurisdiction, 'subjectKey', c.subject_key, 'agency', c.agency, 'list', c.list,
  'key', c.key, 'attributes', c.attributes, 'validFrom', c.valid_from, 'validTo', c.valid_to,
  'toldAt', (extract(epoch from c.told_at) * 1000)::bigint,
  'firstToldAt', (extract(epoch from c.first_told_at) * 1000)::bigint,
  'endedAt', (extract(epoch from c.ended_at) * 1000)::bigint,
  'submission', c.submission, 'row', c.row_number)`;

/** SQL for the same with the sealed name beside it, for whoever reads names of a few claims. */
export const NAMED_CLAIM_AS_JSON = `json_build_object('claim', ${CLAIM_AS_JSON}, 'sealed', (
  select encode(n.sealed, 'hex') from subject_name n
  where n.subject_key = c.subject_key and n.jurisdiction = c.jurisdiction and n.name_key = c.attributes ->> 'name'))`;

/** A claim as `NAMED_CLAIM_AS_JSON` gives it; `null` where its name lies in clear still. */
export interface NamedClaimJson {
  readonly claim: ClaimJson;
  readonly sealed: string | null;
}

/** Reads claims that `NAMED_CLAIM_AS_JSON` wrote, as they were told. */
export function namedClaimsFromJson(seal: PlaceSeal, told: readonly NamedClaimJson[]): Claim[] {
  const names = new NamesByKey(seal);
  return told.map(({ claim, sealed }) => {
    if (sealed !== null) names.add({ subject: claim.subjectKey, key: claim.attributes.name, sealed });
    return claimFromJson(seal, names)(claim);
  });
}

/** A claim as `CLAIM_AS_JSON` gives it. */
export type ClaimJson = Omit<Claim, 'toldAt' | 'endedAt'> & {
  readonly toldAt: number;
  readonly endedAt: number | null;
};

/** Reads claims that `CLAIM_AS_JSON` wrote as they were told: with numbers and names opened. */
export const claimFromJson =
  (seal: PlaceSeal, names: NamesByKey) =>
  (json: ClaimJson): Claim =>
    readClaim(json, openOwnAttributes(seal, json, json.attributes, names));

/** Reads claims that `CLAIM_AS_JSON` wrote for whoever decides: without numbers, and with keys in place of names. */
export const decidedClaimFromJson =
  (seal: PlaceSeal) =>
  (json: ClaimJson): Claim =>
    readClaim(json, decidedAttributes(seal, json.attributes));

function readClaim(json: ClaimJson, attributes: Claim['attributes']): Claim {
  const claim = json as unknown as {
    attributes: Claim['attributes'];
    toldAt: Date;
    firstToldAt: Date;
    endedAt: Date | null;
  };
  // In place: the object was parsed for this claim alone, and a copy would double the cost of the hottest read.
  claim.attributes = attributes;
  claim.toldAt = new Date(json.toldAt);
  claim.firstToldAt = new Date(json.firstToldAt);
  claim.endedAt = json.endedAt === null ? null : new Date(json.endedAt);
  return claim as unknown as Claim;
}

/** The order in which claims of a person are given: as they were told, those of one instant by id. */
export const inToldOrder = (a: Claim, b: Claim): number =>
  a.toldAt.getTime() - b.toldAt.getTime() || (a.id < b.id ? -1 : 1);
