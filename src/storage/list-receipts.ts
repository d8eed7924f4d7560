import type pg from 'pg';
import type { Agency, ListName } from '../domain/intake/words.ts';

/** The list of one agency. */
export interface AgencyList {
  readonly jurisdiction: string;
  readonly agency: Agency;
  readonly list: ListName;
}

/**
 * Waits, within a transaction, until no other push of this agency's list is being given its place in the order of receipt.
 * Whoever gives a submission its id holds it until the commit, so that the order of ids is the order of receipt.
 */
export async function lockList(client: pg.ClientBase, { jurisdiction, agency, list }: AgencyList): Promise<void> {
  await client.query(LOCK_LIST, [`receive-list|${jurisdiction}|${agency}|${list}`]);
}

/**
 * Period labels of the snapshots of a list that were received and count: not those taken back, refused or only tried. For
 * `isStaleSnapshot`.
 */
export async function snapshotPeriods(
  client: pg.ClientBase,
  { jurisdiction, agency, list }: AgencyList,
): Promise<readonly string[]> {
  const found = await client.query<{ period: string }>(SNAPSHOT_PERIODS, [jurisdiction, agency, list]);
  return found.rows.map(({ period }) => period);
}

const LOCK_LIST = 'select pg_advisory_xact_lock(hashtextextended($1, 0))';

/** SQL for what {@link snapshotPeriods} gives; its parameters are jurisdiction, agency and list. */
export const SNAPSHOT_PERIODS = `
select distinct period from submission
where jurisdiction = $1 and agency = $2 and list = $3 and mode = 'SNAPSHOT' and period is not null and not dry_run
  and status in ('QUEUED', 'WORKING', 'RECEIVED', 'NEEDS_RELEASE', 'FAILED')`;
