import type pg from 'pg';
import { AGENCIES, LISTS } from '../../domain/intake/words.ts';
import { lockIdentities } from '../resolve-identities.ts';
import { ErasureRefused } from './erasure-refused.ts';

/**
 * Keeps everybody from changing anything of the jurisdiction's people until the transaction ends: what is being taken in, decided or
 * compared has read somebody who is erased meanwhile, and would bring half of them back. Short work is waited for, long work refuses.
 *
 * In the order in which pushes take their locks: the list's work, its receipt, who is who.
 */
export async function holdStill(client: pg.ClientBase, jurisdiction: string): Promise<void> {
  const lists = Object.keys(AGENCIES).flatMap((agency) =>
    Object.keys(LISTS).map((list) => `${jurisdiction}|${agency}|${list}`),
  );
  const works = lists.map((list) => `take-in|${list}`);
  const { rows } = await client.query<{ held: boolean }>(TRY_ALL, [works]);
  if (!rows[0]!.held) throw new ErasureRefused('TAKING_IN');
  await client.query(LOCK_ALL, [lists.map((list) => `receive-list|${list}`)]);
  await lockIdentities(client, jurisdiction);
  const deciding = await client.query<{ held: boolean }>(TRY_ALL, [[`decide|${jurisdiction}`]]);
  if (!deciding.rows[0]!.held) throw new ErasureRefused('DECIDING');
  // Whoever is about to begin with everybody writes here first, and then reads what is left.
  await client.query('lock table decision_set, comparison in share row exclusive mode');
  const everybody = await client.query<{ busy: boolean }>(BUSY_WITH_EVERYBODY, [jurisdiction]);
  if (everybody.rows[0]!.busy) throw new ErasureRefused('DECIDING');
}

const TRY_ALL = `
select coalesce(bool_and(pg_try_advisory_xact_lock(hashtextextended(name, 0))), true) as held
from unnest($1::text[]) as wanted(name)`;

const LOCK_ALL = `
select pg_advisory_xact_lock(hashtextextended(name, 0))
from (select name from unnest($1::text[]) as wanted(name) order by name) as one_after_another`;

const BUSY_WITH_EVERYBODY = `
select exists (
  select from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
  where t.identifier = 'rebuild-decisions' and j.locked_at is not null and j.payload ->> 'jurisdiction' = $1
) or exists (select from comparison where jurisdiction = $1 and status = 'WORKING') as busy`;
