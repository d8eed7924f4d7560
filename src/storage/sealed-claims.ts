import type { Claim, ClaimAttributes } from '../domain/claims/claim.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { SealedColumn } from './sealing/sealed-column.ts';
import { contentHash } from './content-hash.ts';
import { openText, sealedTextHead, sealText } from './sealed-text.ts';

/** The one member of claims that holds a person's number: a disability certificate begins with its holder's. */
const CERTIFICATE = 'claim.attributes.certificateNumber';

/** Attributes as far as this is concerned. */
type Attributes = Partial<Pick<ClaimAttributes['disability'], 'certificateNumber'>>;

/** Where a claim lies, for as long as it says the same: a claim that is copied when a push is withdrawn has another id. */
interface ClaimPlace {
  readonly subjectKey: string;
  readonly key: string;
}

const rowOf = ({ subjectKey, key }: ClaimPlace): readonly string[] => [subjectKey, key];

/** A claim's attributes as they are kept: with the number in them sealed. */
export function sealAttributes<A extends Claim['attributes']>(seal: PlaceSeal, place: ClaimPlace, attributes: A): A {
  const { certificateNumber } = attributes as Attributes;
  if (certificateNumber === undefined) return attributes;
  return { ...attributes, certificateNumber: sealText(seal, CERTIFICATE, rowOf(place), certificateNumber) };
}

/** A claim's attributes as they were told, from what is kept. */
export function openAttributes<A extends Claim['attributes']>(seal: PlaceSeal, place: ClaimPlace, attributes: A): A {
  const { certificateNumber } = attributes as Attributes;
  if (certificateNumber === undefined) return attributes;
  return { ...attributes, certificateNumber: openText(seal, CERTIFICATE, rowOf(place), certificateNumber) };
}

/** A claim's attributes without the number in them, for whoever decides: it is neither opened nor missed. */
export function attributesWithoutNumber<A extends Claim['attributes']>(attributes: A): A {
  if ((attributes as Attributes).certificateNumber === undefined) return attributes;
  const { certificateNumber: _unread, ...rest } = attributes as A & Attributes;
  return rest as unknown as A;
}

/** A claim of which the number is to be sealed anew. */
interface OldClaim extends ClaimPlace {
  readonly id: string;
  readonly attributes: ClaimAttributes['disability'];
  readonly validFrom: string | null;
  readonly validTo: string | null;
}

/** Numbers of certificates in claims, for the command that seals anew; digests of what such claims say become keyed with it. */
export const CERTIFICATES: SealedColumn = {
  name: CERTIFICATE,
  countOld: async (client, jurisdiction, head) => {
    const counted = await client.query<{ old: number }>(COUNT_OLD, [jurisdiction, sealedTextHead(head)]);
    return counted.rows[0]!.old;
  },
  resealSome: async (client, seal, { jurisdiction, head, after, limit }) => {
    const [subject, claim] = after?.split('/') ?? [BEFORE_ALL, BEFORE_ALL];
    const values = [jurisdiction, sealedTextHead(head), subject, claim, limit];
    const { rows } = await client.query<OldClaim>(OLD_CLAIMS, values);
    const told = rows.map((row) => ({ ...row, attributes: openAttributes(seal, row, row.attributes) }));
    if (told.length > 0) {
      await client.query(SEAL_CLAIMS, [
        told.map(({ subjectKey }) => subjectKey),
        told.map(({ id }) => id),
        told.map((one) => sealAttributes(seal, one, one.attributes).certificateNumber),
        told.map((one) => contentHash(seal, one)),
      ]);
    }
    const last = told.at(-1);
    return { resealed: told.length, last: last && told.length === limit ? `${last.subjectKey}/${last.id}` : null };
  },
};

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

const IS_OLD = `c.jurisdiction = $1 and c.list = 'disability' and left(c.attributes ->> 'certificateNumber', 15) <> $2`;

const COUNT_OLD = `select count(*)::integer as old from claim c where ${IS_OLD}`;

const OLD_CLAIMS = `
select c.id, c.subject_key as "subjectKey", c.key, c.attributes, c.valid_from::text as "validFrom", c.valid_to::text as "validTo"
from claim c
where ${IS_OLD} and (c.subject_key, c.id) > ($3::uuid, $4::uuid)
order by c.subject_key, c.id
limit $5
for update skip locked`;

const SEAL_CLAIMS = `
update claim c
set attributes = jsonb_set(c.attributes, '{certificateNumber}', to_jsonb(v.sealed)), content_hash = v.hash
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) as v(subject_key, id, sealed, hash)
where c.subject_key = v.subject_key and c.id = v.id`;
