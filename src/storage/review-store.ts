import type pg from 'pg';
import type { ReviewStore, ReviewTask, SettleTransaction } from '../flows/ports-review.ts';
import { addCorrection, saveCorrection } from './correction-store.ts';
import { inTransaction } from './in-transaction.ts';
import { enqueue } from './jobs.ts';
import { readPersons } from './person-store.ts';
import { changedColumns, stepColumns, stepOf, taskOf, type StepRecord, type TaskRecord } from './review-rows.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import { settle, undo, type IdentitySettlement, type Numbers } from './settle-identities.ts';
import type { KeptSubjectKeys } from './subject-keys.ts';
import type { Queryable, WalledDatabase } from './walled-database.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Keeps tasks for review, what was done about them, and settles them. */
export function reviewStore(walled: WalledDatabase, subjectKeys: KeptSubjectKeys): ReviewStore {
  return {
    find: (jurisdiction, id, ownOf) => {
      const inside = walled.of(jurisdiction);
      return findTask(inside, inside.seal, FIND, { jurisdiction, id, ownOf });
    },
    page: async (jurisdiction, { state, kind, agency }, first, after) => {
      const filter = [jurisdiction, state ?? null, kind ?? null, agency ?? null];
      const counted = await walled.of(jurisdiction).query<{ total: number }>(COUNT, filter);
      const { total } = counted.rows[0]!;
      if (after !== null && !UUID.test(after)) return { items: [], next: null, total };
      const found = await walled.of(jurisdiction).query<TaskRecord>(PAGE, [...filter, after, first + 1]);
      const { seal } = walled.of(jurisdiction);
      const items = found.rows.slice(0, first).map((record) => taskOf(seal, record));
      return { items, next: found.rows.length > first ? (items.at(-1)?.id ?? null) : null, total };
    },
    stepsOf: async (jurisdiction, tasks) => {
      const inside = walled.of(jurisdiction);
      const found = await inside.query<StepRecord>(STEPS, [tasks]);
      return found.rows.map((record) => stepOf(inside.seal, record));
    },
    inTransaction: (jurisdiction, work) => {
      const inside = walled.of(jurisdiction);
      return inTransaction(inside, (client) =>
        work(settling(client, { seal: inside.seal, subjectKeys: subjectKeys.over(client) })),
      );
    },
  };
}

async function findTask(
  client: Queryable,
  seal: PlaceSeal,
  statement: string,
  { jurisdiction, id, ownOf }: { readonly jurisdiction: string; readonly id: string; readonly ownOf?: string },
): Promise<ReviewTask | undefined> {
  if (!UUID.test(id)) return undefined;
  const found = await client.query<TaskRecord>(statement, [jurisdiction, id, ownOf ?? null]);
  return found.rows[0] && taskOf(seal, found.rows[0]);
}

function settling(client: pg.PoolClient, numbers: Numbers): SettleTransaction {
  const { seal } = numbers;
  return {
    hold: async (jurisdiction, task, ownOf) => {
      const held = await findTask(client, seal, HOLD, { jurisdiction, id: task, ownOf });
      await client.query('savepoint held');
      return held;
    },
    factsOf: async (jurisdiction, ids, knownAt) => [
      ...(await readPersons(client, seal, jurisdiction, ids, knownAt)).values(),
    ],
    settle: (jurisdiction, task, settlement: IdentitySettlement, at) =>
      settle(client, numbers, jurisdiction, task, settlement, at),
    undo: (jurisdiction, task, at) => undo(client, seal, jurisdiction, task, at),
    rollBack: async () => {
      await client.query('rollback to savepoint held');
    },
    save: async (task, step) => {
      const saved = await client.query<TaskRecord>(SAVE, [task.id, ...changedColumns(seal, task)]);
      const kept = taskOf(seal, saved.rows[0]!);
      await client.query(ADD_STEP, stepColumns(seal, { ...step, task: kept.id, version: kept.version }));
      return kept;
    },
    addCorrection: (request) => addCorrection(client, seal, request),
    saveCorrection: (request) => saveCorrection(client, seal, request),
    openCorrections: async (task) => {
      const counted = await client.query<{ open: number }>(OPEN_CORRECTIONS, [task]);
      return counted.rows[0]!.open;
    },
    decideAnew: async (jurisdiction, task, persons, at) => {
      if (persons.length === 0) return;
      await client.query(TO_DECIDE, [jurisdiction, task, persons, at]);
      await enqueue(client, { kind: 'decide-touched', jurisdiction });
    },
  };
}

/** The agency has said something that stands of a person whom the task `t` is about; `param` is the agency, null for any. */
const isOwn = (param: string): string => `(${param}::text is null or exists (
  select from subject_link l
  join subject_link m on m.person_id = l.person_id and m.jurisdiction = t.jurisdiction and m.until is null
  join claim c on c.subject_key = m.subject_key and c.jurisdiction = t.jurisdiction and c.ended_at is null
  where l.subject_key = any(t.subjects) and l.jurisdiction = t.jurisdiction and l.until is null and c.agency = ${param}))`;

const FIND = `select t.* from review_task t where t.jurisdiction = $1 and t.id = $2 and ${isOwn('$3')}`;

const HOLD = `${FIND} for update`;

const OF_FILTER = `t.jurisdiction = $1 and ($2::text[] is null or t.state = any($2)) and ($3::text[] is null or t.kind = any($3))
  and ${isOwn('$4')}`;

const COUNT = `select count(*)::integer as total from review_task t where ${OF_FILTER}`;

const PAGE = `
select t.* from review_task t where ${OF_FILTER} and ($5::uuid is null or t.id < $5)
order by t.id desc
limit $6`;

const STEPS = 'select * from review_step where task = any($1::uuid[]) order by task, version';

const SAVE = `
update review_task
set version = version + 1, state = $2, subjects = $3::uuid[], due_on = $4, proposal = $5, proposed_by = $6, proposed_at = $7,
  settlement = $8, settled_by = $9, confirmed_by = $10, settled_at = $11, difference = $12
where id = $1
returning *`;

const ADD_STEP = `
insert into review_step (task, version, did, at, done_by, because, settlement, difference)
values ($1, $2, $3, $4, $5, $6, $7, $8)`;

const OPEN_CORRECTIONS = `
select count(*)::integer as open from correction_request where task = $1 and state in ('OPEN', 'ACCEPTED')`;

const TO_DECIDE = `
insert into to_decide (jurisdiction, person_id, task, since)
select $1, person, $2, $4 from unnest($3::uuid[]) as person order by person
on conflict (person_id, jurisdiction, task) do update set since = excluded.since, decided_at = null`;
