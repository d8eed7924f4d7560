import type { Claim } from '../domain/claims/claim.ts';
import { attributesWithoutNumber, openAttributes } from './sealed-claims.ts';
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

/** A claim as `CLAIM_AS_JSON` gives it. */
export type ClaimJson = Omit<Claim, 'toldAt' | 'endedAt'> & {
  readonly toldAt: number;
  readonly endedAt: number | null;
};

/** Reads claims that `CLAIM_AS_JSON` wrote, and opens the numbers in them. */
export const claimFromJson =
  (seal: PlaceSeal) =>
  (json: ClaimJson): Claim =>
    readClaim(json, openAttributes(seal, json, json.attributes));

/** Reads a claim that `CLAIM_AS_JSON` wrote, without the number in it: for whoever decides. */
export const decidedClaimFromJson = (json: ClaimJson): Claim =>
  readClaim(json, attributesWithoutNumber(json.attributes));

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
