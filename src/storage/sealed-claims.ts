import type { Claim, ClaimAttributes } from '../domain/claims/claim.ts';
import type { ClaimContent } from '../domain/claims/claims-from-row.ts';
import { NIL_ID } from './ids.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { SealedColumn } from './sealing/sealed-column.ts';
import { contentHashOf } from './content-hash.ts';
import { nameKeyFromKept, nameKeyOf } from './name-keys.ts';
import type { NamesByKey } from './sealed-names.ts';
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

/** A claim's attributes as they are kept: with the key of the name in its place, and the number in them sealed. */
export function sealAttributes<A extends Claim['attributes']>(seal: PlaceSeal, place: ClaimPlace, attributes: A): A {
  return sealNumber(seal, place, { ...attributes, name: nameKeyOf(seal, attributes.name) });
}

/** The same, where the key of the name is in its place already. */
export function sealNumber<A extends Claim['attributes']>(seal: PlaceSeal, place: ClaimPlace, attributes: A): A {
  const { certificateNumber } = attributes as Attributes;
  if (certificateNumber === undefined) return attributes;
  return { ...attributes, certificateNumber: sealText(seal, CERTIFICATE, rowOf(place), certificateNumber) };
}

/** A claim's attributes as they were told, from what is kept: the same object, which was parsed for this claim alone. */
export function openOwnAttributes<A extends Claim['attributes']>(
  seal: PlaceSeal,
  place: ClaimPlace,
  attributes: A,
  names: NamesByKey,
): A {
  const own = attributes as { -readonly [Member in keyof A]: A[Member] };
  own.name = names.nameOf(place.subjectKey, attributes.name);
  return openNumber(seal, place, own);
}

/** A row's attributes as they were told, from what its claim will have and the name that stands beside it. */
export const rowAttributes = <A extends Claim['attributes']>(
  seal: PlaceSeal,
  place: ClaimPlace,
  attributes: A,
  name: string,
): A => openNumber(seal, place, { ...attributes, name });

function openNumber<A extends Claim['attributes']>(seal: PlaceSeal, place: ClaimPlace, attributes: A): A {
  const { certificateNumber } = attributes as Attributes;
  if (certificateNumber === undefined) return attributes;
  return { ...attributes, certificateNumber: openText(seal, CERTIFICATE, rowOf(place), certificateNumber) };
}

/** A claim's attributes for whoever decides: without the number in them, and with the key of the name, so that neither is opened. */
export function decidedAttributes<A extends Claim['attributes']>(seal: PlaceSeal, attributes: A): A {
  const name = nameKeyFromKept(seal, attributes.name);
  const hasNumber = (attributes as Attributes).certificateNumber !== undefined;
  if (name === attributes.name && !hasNumber) return attributes;
  const { certificateNumber: _unread, ...rest } = attributes as A & Attributes;
  return { ...rest, name } as unknown as A;
}

/** What is kept of a claim, with the number in it opened and the key of the name, as it is hashed. */
export const hashedContent = (
  seal: PlaceSeal,
  { attributes, validFrom, validTo, ...place }: ClaimPlace & ClaimContent,
): ClaimContent => ({
  attributes: openNumber(seal, place, { ...attributes, name: nameKeyFromKept(seal, attributes.name) }),
  validFrom,
  validTo,
});

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
    const [subject, claim] = after?.split('/') ?? [NIL_ID, NIL_ID];
    const values = [jurisdiction, sealedTextHead(head), subject, claim, limit];
    const { rows } = await client.query<OldClaim>(OLD_CLAIMS, values);
    const told = rows.map((row) => ({ ...row, ...hashedContent(seal, row) }) as OldClaim);
    if (told.length > 0) {
      await client.query(SEAL_CLAIMS, [
        told.map(({ subjectKey }) => subjectKey),
        told.map(({ id }) => id),
        told.map((one) => sealNumber(seal, one, one.attributes).certificateNumber),
        told.map((one) => contentHashOf(seal, one)),
      ]);
    }
    const last = told.at(-1);
    return { resealed: told.length, last: last && told.length === limit ? `${last.subjectKey}/${last.id}` : null };
  },
};

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
