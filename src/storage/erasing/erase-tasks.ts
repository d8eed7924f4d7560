import type pg from 'pg';
import { REVIEW_COLUMNS } from '../review-rows.ts';
import { openJson } from '../sealed-text.ts';
import type { PlaceSeal } from '../sealing/place-seal.ts';

/** Settlements opened by one turn. */
const AT_ONCE = 1_000;

/**
 * The review tasks about somebody, and those whose proposal, settlement or steps name them or what they change: also such as are about others
 * by now. What was settled lies sealed, and is opened: as much as people ever wrote.
 *
 * @param keys subject keys, with the bytes between hyphens
 */
export async function tasksNaming(
  client: pg.ClientBase,
  seal: PlaceSeal,
  jurisdiction: string,
  keys: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await client.query<{ id: string }>(NAMING_TASKS, [jurisdiction, keys]);
  const tasks = new Set(rows.map(({ id }) => id));
  const names = (column: string, row: readonly string[], kept: object | string | null): boolean => {
    if (kept === null) return false;
    const text = JSON.stringify(openJson(seal, column, row, kept));
    return keys.some((key) => text.includes(key));
  };
  for await (const { id, proposal, settlement } of eachOf<SettledTask>(client, SETTLED_TASKS, jurisdiction)) {
    if (names(REVIEW_COLUMNS.proposal, [id], proposal) || names(REVIEW_COLUMNS.settlement, [id], settlement))
      tasks.add(id);
  }
  for await (const { id, version, settlement } of eachOf<SettledStep>(client, SETTLED_STEPS, jurisdiction)) {
    if (names(REVIEW_COLUMNS.stepSettlement, [id, String(version)], settlement)) tasks.add(id);
  }
  return [...tasks];
}

/** Erases tasks with all that was done about them; how many rows of each table. */
export async function eraseTasks(
  client: pg.ClientBase,
  tasks: readonly string[],
): Promise<readonly (readonly [table: string, rows: number])[]> {
  const counts: (readonly [string, number])[] = [];
  for (const [table, statement] of Object.entries(OF_TASKS)) {
    counts.push([table, (await client.query(statement, [tasks])).rowCount ?? 0]);
  }
  return counts;
}

interface SettledTask {
  readonly id: string;
  readonly proposal: object | string | null;
  readonly settlement: object | string | null;
}

interface SettledStep {
  readonly id: string;
  readonly version: number;
  readonly settlement: object | string;
}

/** Rows of a statement over the transaction's own connection, some at a time. */
async function* eachOf<T extends object>(
  client: pg.ClientBase,
  statement: string,
  jurisdiction: string,
): AsyncGenerator<T> {
  await client.query(`declare settled no scroll cursor for ${statement}`, [jurisdiction]);
  for (;;) {
    const { rows } = await client.query<T>(`fetch ${AT_ONCE} from settled`);
    yield* rows;
    if (rows.length < AT_ONCE) break;
  }
  await client.query('close settled');
}

const NAMING_TASKS = `
select id from review_task t
where jurisdiction = $1 and (subjects && $2::uuid[] or exists (
  select from unnest($2::uuid[]) as k(key)
  where position(k.key::text in t.difference::text) > 0
    or exists (select from review_step s where s.task = t.id and position(k.key::text in s.difference::text) > 0)))`;

const SETTLED_TASKS = `
select id, proposal, settlement from review_task
where jurisdiction = $1 and (proposal is not null or settlement is not null)`;

const SETTLED_STEPS = `
select t.id, s.version, s.settlement from review_task t join review_step s on s.task = t.id
where t.jurisdiction = $1 and s.settlement is not null`;

const OF_TASKS = {
  correction_request: 'delete from correction_request where task = any($1::uuid[])',
  review_step: 'delete from review_step where task = any($1::uuid[])',
  review_task_subject: 'delete from review_task_subject where task = any($1::uuid[])',
  review_task: 'delete from review_task where id = any($1::uuid[])',
};
