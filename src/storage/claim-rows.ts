import type { Claim } from '../domain/claims/claim.ts';
import { MILLISECONDS } from './milliseconds.ts';
import { decidedAttributes, openOwnAttributes } from './sealed-claims.ts';
import { NamesByKey } from './sealed-names.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';

/**
 * A member of a claim as JSON: a number, a JSON value, an id or word in which nothing can need an escape (places and agencies as tokens may name
 * them, lists as the hub does), a text of somebody's own, or a day that may be open.
 */
type Written = 'number' | 'json' | 'words' | 'text' | 'day';

/** SQL for the members of a claim, in the order of {@link ClaimJson}. */
const MEMBERS: readonly (readonly [sql: string, as: Written])[] = [
  ['c.id', 'words'],
  ['c.jurisdiction', 'words'],
  ['c.subject_key', 'words'],
  ['c.agency', 'words'],
  ['c.list', 'words'],
  ['c.key', 'text'],
  ['c.attributes', 'json'],
  ['c.valid_from', 'day'],
  ['c.valid_to', 'day'],
  [MILLISECONDS('c.told_at'), 'number'],
  [MILLISECONDS('c.first_told_at'), 'number'],
  [MILLISECONDS('c.ended_at'), 'number'],
  ['c.submission', 'words'],
  ['c.row_number', 'number'],
];

/**
 * SQL for one claim as JSON, read by {@link claimFromJson}. One JSON value a claim costs the hub a fraction of a dozen columns to parse, and a
 * list of values costs both sides less than members with their names. The table must be called `c`.
 */
export const CLAIM_AS_JSON = `json_build_array(${MEMBERS.map(([sql]) => sql).join(', ')})`;

/**
 * SQL for a list of such claims, in no order, as the text of that JSON: for each value that PostgreSQL builds JSON of it looks up how to write its
 * type, which most need not where texts are joined. It saves the hottest read a tenth. Never null.
 */
export const CLAIMS_AS_TEXT = `concat('[', string_agg(concat('[', ${MEMBERS.map(textOf).join(`, ',', `)}, ']'), ','), ']')`;

function textOf([sql, as]: (typeof MEMBERS)[number]): string {
  if (as === 'words') return `'"', ${sql}, '"'`;
  if (as === 'json') return sql;
  return `coalesce(${as === 'number' ? sql : `to_json(${sql})`}::text, 'null')`;
}

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
  return told.map(({ claim: json, sealed }) => {
    const claim = readClaim(json);
    if (sealed !== null) names.add({ subject: claim.subjectKey, key: claim.attributes.name, sealed });
    return opened(seal, names, claim);
  });
}

/** A claim as {@link CLAIM_AS_JSON} and {@link CLAIMS_AS_TEXT} give it. */
export type ClaimJson = readonly [
  id: Claim['id'],
  jurisdiction: Claim['jurisdiction'],
  subjectKey: Claim['subjectKey'],
  agency: Claim['agency'],
  list: Claim['list'],
  key: Claim['key'],
  attributes: Claim['attributes'],
  validFrom: Claim['validFrom'],
  validTo: Claim['validTo'],
  toldAt: number,
  firstToldAt: number,
  endedAt: number | null,
  submission: Claim['submission'],
  row: Claim['row'],
];

/** Reads claims as they were told: with numbers and names opened. */
export const claimFromJson =
  (seal: PlaceSeal, names: NamesByKey) =>
  (json: ClaimJson): Claim =>
    opened(seal, names, readClaim(json));

/** Reads claims for whoever decides: without numbers, and with keys in place of names. */
export const decidedClaimFromJson =
  (seal: PlaceSeal) =>
  (json: ClaimJson): Claim => {
    const claim = readClaim(json);
    claim.attributes = decidedAttributes(seal, claim.attributes);
    return claim as Claim;
  };

/** A claim that is being read. */
type OwnClaim = Omit<Claim, 'attributes'> & { attributes: Claim['attributes'] };

function readClaim(json: ClaimJson): OwnClaim {
  const endedAt = json[11];
  // By places, and without a spread: each takes an iterator or a copy, and every person has several claims.
  return {
    id: json[0],
    jurisdiction: json[1],
    subjectKey: json[2],
    agency: json[3],
    list: json[4],
    key: json[5],
    attributes: json[6],
    validFrom: json[7],
    validTo: json[8],
    toldAt: new Date(json[9]),
    firstToldAt: new Date(json[10]),
    endedAt: endedAt === null ? null : new Date(endedAt),
    submission: json[12],
    row: json[13],
  };
}

/** In place: what was read for this claim alone is not copied, which would double the cost of the hottest read. */
function opened(seal: PlaceSeal, names: NamesByKey, claim: OwnClaim): Claim {
  claim.attributes = openOwnAttributes(seal, claim, claim.attributes, names);
  return claim as Claim;
}

/** The order in which claims of a person are given: as they were told, those of one instant by id. */
export const inToldOrder = (a: Claim, b: Claim): number =>
  a.toldAt.getTime() - b.toldAt.getTime() || (a.id < b.id ? -1 : 1);
