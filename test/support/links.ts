import type pg from 'pg';
import { resolveIdentity } from '../../src/domain/identity/resolve-identity.ts';
import { statedPairs } from '../../src/domain/identity/stated-pairs.ts';
import { NUMBER_LENGTH } from '../../src/storage/sealed-numbers.ts';

/** Who each subject is now, by subject key. */
export async function linksNow(pool: pg.Pool, place: string): Promise<ReadonlyMap<string, string>> {
  const found = await pool.query<{ key: string; person: string }>(
    'select subject_key as key, person_id as person from subject_link where jurisdiction = $1 and until is null order by 1',
    [place],
  );
  return new Map(found.rows.map(({ key, person }) => [key, person]));
}

/** Who each subject is, thought out from nothing but the rows that stand and what people settled. */
export async function linksRebuilt(pool: pg.Pool, place: string): Promise<ReadonlyMap<string, string>> {
  const all = async (text: string): Promise<any[]> => (await pool.query(text, [place])).rows;
  const claims =
    await all(`select subject_key as subject, attributes ->> 'name' as name, attributes -> 'sameAs' as "sameAs"
    from claim where jurisdiction = $1 and ended_at is null and attributes ? 'sameAs'`);
  const splits = await all(`select subject_key as "subjectKey", name, to_key as "toKey"
    from subject_split where jurisdiction = $1 and until is null`);
  const settled = await all(`select subject_key as "subjectKey", other_key as "otherKey", same
    from subject_settlement where jurisdiction = $1 and until is null`);
  const apart = await all(`select to_key as key from subject_split where jurisdiction = $1
    union select subject_key from claim where jurisdiction = $1 and attributes ? 'heldApart'`);
  const documents = await all(`select i.subject_key as key, i.id_type as "idType", ${NUMBER_LENGTH} as length
    from identifier i where i.jurisdiction = $1 order by 1`);
  const heldApart = new Set(apart.map(({ key }) => key));
  const { persons } = resolveIdentity({
    subjects: documents.map((document) => ({ ...document, heldApart: heldApart.has(document.key) })),
    stated: statedPairs(claims, splits),
    settled,
  });
  return new Map([...persons].map(([key, { person }]) => [key, person]));
}

/** Subjects that were two persons at one instant, or nobody between two links: there must be none. */
export async function brokenHistories(pool: pg.Pool, place: string): Promise<readonly unknown[]> {
  const found = await pool.query(
    `select subject_key, since, until, next_since from (
      select subject_key, since, until, lead(since) over w as next_since from subject_link where jurisdiction = $1
      window w as (partition by subject_key order by since, until nulls last)) l
    where until is distinct from next_since or until < since`,
    [place],
  );
  return found.rows;
}
