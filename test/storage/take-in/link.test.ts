import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { StoredSubmission } from '../../../src/flows/ports.ts';
import { uuidv7Ids } from '../../../src/storage/ids.ts';
import { findDocument } from '../../../src/storage/sealed-numbers.ts';
import { linkStaged } from '../../../src/storage/take-in/link.ts';
import { withSession } from '../../../src/storage/take-in/session.ts';
import { dropStaging, makeStaging, stagingOf } from '../../../src/storage/take-in/staging.ts';
import type { WalledPart } from '../../../src/storage/walled-database.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';

const PLACE = '130628';
const SINCE = new Date('2026-03-01T08:00:00Z');
/** More than one transaction links. */
const MANY = 12_345;

let database: TestDatabase;
let inside: WalledPart;
beforeAll(async () => {
  database = await testDatabase();
  inside = database.walled.of(PLACE);
});
afterAll(() => database?.close());
beforeEach(() => database.pool.query('delete from identifier; delete from subject_link'));

const keyOf = (place: number): string => `00000000-0000-8000-8000-${String(place).padStart(12, '0')}`;
const numberOf = (place: number): string => `13062819900101${String(place).padStart(4, '0')}`.slice(0, 18);

/** A push whose rows name so many subjects by names not heard before, every tenth of them twice; gives the work of linking them. */
async function staged(rows: number): Promise<() => Promise<void>> {
  const ids = uuidv7Ids();
  const submission = { id: ids.next(), jurisdiction: PLACE } as StoredSubmission;
  const staging = stagingOf(submission.id, 1);
  await withSession(inside, async (client) => {
    await makeStaging(client, staging);
    await client.query(`
      create unlogged table ${staging.unnamed} as
        select ('00000000-0000-8000-8000-' || lpad(n::text, 12, '0'))::uuid as subject_key, 'RESIDENT_ID'::text as id_type,
          left('13062819900101' || lpad(n::text, 4, '0'), 18) as id_number
        from generate_series(1, ${rows}) n cross join generate_series(1, case when n % 10 = 0 then 2 else 1 end) again
        order by md5(n::text);
      create unlogged table ${staging.unsettledRow} (like ${staging.row})`);
  });
  return () =>
    withSession(inside, async (client) => {
      await linkStaged(client, inside.seal, ids, staging, submission, SINCE);
      // The same once more over the same connection finds nobody left.
      await linkStaged(client, inside.seal, ids, staging, submission, new Date('2026-03-02T08:00:00Z'));
      await dropStaging(client, staging);
    });
}

async function kept() {
  const { rows } = await database.pool.query(`
    select (select count(*)::integer from subject_link) as links, (select count(distinct id)::integer from subject_link) as ids,
      (select count(*)::integer from subject_link where person_id = subject_key and since = '${SINCE.toISOString()}') as own,
      (select count(*)::integer from identifier) as documents,
      (select count(*)::integer from identifier where birth_date = '1990-01-01' and male is not null) as told`);
  return rows[0];
}

it('links everybody new to a person of their own and keeps each document, over several transactions', async () => {
  const link = await staged(MANY);
  await link();
  expect(await kept()).toEqual({ links: MANY, ids: MANY, own: MANY, documents: MANY, told: MANY });
  for (const place of [1, 5_000, 5_001, 10_000, MANY]) {
    expect(await findDocument(inside, inside.seal, PLACE, keyOf(place))).toEqual({
      ...{ key: keyOf(place), idType: 'RESIDENT_ID', idNumber: numberOf(place) },
    });
  }
});

it('passes over those who are linked already, and keeps no document for them', async () => {
  const link = await staged(20);
  await database.pool.query(
    `insert into subject_link (id, subject_key, jurisdiction, person_id, since, because, submission)
     values ($1, $2, $3, $1, now(), 'STATED', $1)`,
    [keyOf(1), keyOf(7), PLACE],
  );
  await link();
  expect(await kept()).toMatchObject({ links: 20, own: 19, documents: 19 });
  expect(await findDocument(inside, inside.seal, PLACE, keyOf(7))).toBeUndefined();
});

it('lets two pushes that name the same new persons share them out between them', async () => {
  const links = [await staged(MANY), await staged(MANY)];
  await Promise.all(links.map((link) => link()));
  expect(await kept()).toMatchObject({ links: MANY, own: MANY, documents: MANY });
});

it('does nothing where nobody is new', async () => {
  await (
    await staged(0)
  )();
  expect(await kept()).toMatchObject({ links: 0, documents: 0 });
});
