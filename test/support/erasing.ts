import type pg from 'pg';
import { NAMED_WITHIN, PERSON_COLUMNS } from '../../src/storage/erasing/person-columns.ts';
import type { TestDatabase } from './database.ts';

/** Tables that hold a key or a person id in whatever column and spelling; not the audit log, in which it stays. */
export async function tablesNaming(pool: pg.Pool, keys: readonly string[]): Promise<readonly string[]> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname in ('public', 'graphile_worker', 'take_in') and tablename <> 'audit_entry' order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query<{ named: boolean }>(
      `select exists (select from ${name} t, unnest($1::text[]) as sought(named)
         where position(sought.named in t::text) > 0 or position(replace(sought.named, '-', '') in t::text) > 0) as named`,
      [keys],
    );
    if (rows[0]!.named) found.push(name.replace('public.', ''));
  }
  return found;
}

/** Every table of which erasing knows that it names people, and their rows as sent. */
export const NAMING_TABLES: readonly string[] = [
  ...Object.keys(PERSON_COLUMNS),
  ...Object.keys(NAMED_WITHIN),
  'review_step',
  'submission_block',
].sort();

/** Writes what would take many steps of many people: somebody stands in every table that can name them. */
export async function nameEverywhere(
  { pool, walled }: TestDatabase,
  jurisdiction: string,
  key: string,
  other: string,
): Promise<void> {
  const { seal } = walled.of(jurisdiction);
  const client = await pool.connect();
  try {
    await client.query(`select set_config('hub.jurisdiction', $1, false)`, [jurisdiction]);
    const [low, high] = [key, other].sort();
    await client.query(NAMED_BY_REVIEW, [jurisdiction, key, low, high, TASK]);
    await client.query(
      `insert into correction_request (id, jurisdiction, task, asked_by_agency, asked_at, due_on, agency, list, submission, row_number,
         subject_key, about, reason, state)
       values (gen_random_uuid(), $1, $2, 'tax', now(), current_date, 'civil-affairs', 'hardship', $2, 1, $3, 'x', 'x', 'OPEN')`,
      [jurisdiction, TASK, key],
    );
    await client.query(
      `insert into comparison (id, jurisdiction, agency, pack, policy_year, changed_pack, changed_digest, as_of, known_at, asked_at, status)
       values ($2, $1, 'tax', 'p', 2026, 'p', 'p', current_date, now(), now(), 'DONE')`,
      [jurisdiction, TASK],
    );
    await client.query('insert into comparison_person (comparison, person_id, difference) values ($1, $2, $3)', [
      ...[TASK, key, '{}'],
    ]);
    await client.query(
      `insert into file_link (jurisdiction, hash, wish, asker, asked_at, until)
       values ($1, 'x', jsonb_build_object('id', $2::text), '{}', now(), now())`,
      [jurisdiction, TASK],
    );
    await client.query(
      `insert into emergency (id, jurisdiction, agency, because, numbers, minutes, asked_by, opened)
       values ($2, $1, 'public-security', '走失', 1, 1, 'a', array[$3, $4]::uuid[])`,
      [jurisdiction, TASK, key, other],
    );
    await client.query(
      'insert into person_key (jurisdiction, person_id, sealed) values ($1, $2, $3) on conflict do nothing',
      [jurisdiction, key, seal.seal('person_key.sealed', [key], 'x')],
    );
    await client.query(NAMED_BY_DECIDING, [jurisdiction, key, TASK]);
  } finally {
    client.release(true);
  }
}

/** The task, and whatever else names somebody in a way of its own. */
const TASK = '018f0000-0000-7000-8000-0000000000aa';

const NAMED_BY_REVIEW = `
with task as (
  insert into review_task (id, jurisdiction, kind, matter, state, subjects, opened_at, due_on)
  values ($5::uuid, $1, 'SAME_NAME_OTHER_NUMBER', gen_random_uuid(), 'OPEN', array[$2]::uuid[], now(), current_date)
),
step as (
  insert into review_step (task, version, did, at, difference)
  values ($5, 2, 'SETTLED', now(), json_build_array(json_build_object('person', $2::text)))
),
pair as (
  insert into subject_settlement (id, jurisdiction, subject_key, other_key, same, task, since)
  values (gen_random_uuid(), $1, $3, $4, false, $5, now())
),
value as (
  insert into settled_value (id, jurisdiction, subject_key, attribute, value, task, since)
  values (gen_random_uuid(), $1, $2, 'birthDate', '1980-05-15', $5, now())
)
insert into subject_split (id, jurisdiction, subject_key, name, to_key, task, since, until)
values (gen_random_uuid(), $1, $2, '~x', gen_random_uuid(), $5, now(), now())`;

const NAMED_BY_DECIDING = `
with decided as (
  insert into decision (person_id, jurisdiction, pack, generation, kind)
  values ($2::uuid, $1, 'p', 1, gen_random_uuid()) on conflict do nothing
),
changed as (
  insert into decision_change (id, jurisdiction, person_id, cause) values (gen_random_uuid(), $1, $2, $3)
),
card as (
  insert into person_card (person_id, jurisdiction, deceased) values ($2, $1, false) on conflict do nothing
)
insert into to_decide (jurisdiction, person_id, task, since) values ($1, $2, $3, now())`;
