import type pg from 'pg';
import type { StoredSubmission, WithdrawStore } from '../flows/ports.ts';
import { idInOrder } from './id-in-order.ts';
import { againAfterDeadlock, inTransaction } from './in-transaction.ts';
import { enqueue } from './jobs.ts';
import { lockList } from './list-receipts.ts';
import { lockIdentities, resolveIdentities } from './resolve-identities.ts';
import { submissionOf, type SubmissionRecord } from './submission-table.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { WalledDatabase } from './walled-database.ts';

/**
 * Takes pushes back and lets held ones in, each in one transaction under the list's own lock and in as many statements for a
 * million claims as for one.
 */
export function withdrawStore(walled: WalledDatabase): WithdrawStore {
  return {
    withdraw: (submission, because, clock) =>
      againAfterDeadlock(() =>
        inTransaction(walled.of(submission.jurisdiction), async (client) => {
          const { seal } = walled.of(submission.jurisdiction);
          await lockList(client, submission);
          const now = await held(client, submission);
          if (now.status === 'WITHDRAWN') return now;
          if (now.status === 'WORKING') return undefined;

          const at = clock.now();
          if (now.takenInAt) await takeBack(client, seal, now, at);
          const withdrawn = await client.query<SubmissionRecord>(MARK_WITHDRAWN, [now.id, at, because]);
          if (now.takenInAt) await enqueue(client, { kind: 'decide-touched', jurisdiction: now.jurisdiction });
          return submissionOf(withdrawn.rows[0]!);
        }),
      ),
    release: ({ id, jurisdiction, agency, list }, by, clock) =>
      inTransaction(walled.of(jurisdiction), async (client) => {
        const released = await client.query<SubmissionRecord>(RELEASE, [id, by, clock.now()]);
        const [record] = released.rows;
        if (!record) return undefined;
        await enqueue(client, { kind: 'take-in-list', jurisdiction, agency, list });
        return submissionOf(record);
      }),
  };
}

/** Ends its claims and lets the last word before it stand again; who is who follows where either names other documents. */
async function takeBack(
  client: pg.ClientBase,
  seal: PlaceSeal,
  { id, jurisdiction, agency, list }: StoredSubmission,
  at: Date,
): Promise<void> {
  const ended = await client.query<JoiningClaim>(END_ITS_CLAIMS, [id, at]);
  const restored = await client.query<JoiningClaim>(RESTORE_LAST_WORD, [id, at, jurisdiction, agency, list]);
  const joined = [...ended.rows, ...restored.rows].flatMap(({ subject, others }) => [subject, ...others]);
  if (joined.length === 0) return;
  await lockIdentities(client, jurisdiction);
  await resolveIdentities(client, seal, jurisdiction, joined, at, id);
}

/** A claim that names other documents as its subject's. */
interface JoiningClaim {
  readonly subject: string;
  readonly others: readonly string[];
}

/** The submission as it is, held against whoever would begin to work on it. */
async function held(client: pg.ClientBase, { id }: StoredSubmission): Promise<StoredSubmission> {
  const found = await client.query<SubmissionRecord>('select * from submission where id = $1 for update', [id]);
  return submissionOf(found.rows[0]!);
}

/** SQL for the {@link JoiningClaim}s of the claims in a table that follows: few, however many claims there are. */
const JOINING = "select subject_key as subject, attributes -> 'sameAs' as others from";
const IF_JOINING = "where attributes ? 'sameAs'";

// A claim that its own submission ended was taken back: nothing else ends what it says itself.
const END_ITS_CLAIMS = `
with ended as (
  update claim set ended_at = $2, ended_by = $1
  where submission = $1 and ended_at is null
  returning subject_key, attributes
)
${JOINING} ended ${IF_JOINING}`;

/**
 * On every matter that the submission had a word on and of which nothing stands: what the last of the others said of it, those
 * taken back not counted, stands again; where that one ended the matter and said nothing more, nothing does. A submission has
 * a word on a matter by a claim of its own, or by ending another's. What it says goes before what it ended, and of several
 * claims of one submission, which say the same, the last told is copied.
 */
const RESTORE_LAST_WORD = `
with touched as (
  select subject_key, key from claim where submission = $1
  union
  select subject_key, key from claim where ended_by = $1
),
matter as (
  select c.* from touched t join claim c on c.subject_key = t.subject_key and c.key = t.key
  where c.jurisdiction = $3 and c.agency = $4 and c.list = $5
),
word as (
  select subject_key, key, submission as by, told_at as at, true as says, id from matter
  union all
  select subject_key, key, ended_by, ended_at, false, null from matter
  where ended_at is not null and ended_by is distinct from submission
),
last_word as (
  select distinct on (w.subject_key, w.key) w.subject_key, w.key, w.id
  from word w left join submission s on s.id = w.by
  where w.by is distinct from $1 and s.status is distinct from 'WITHDRAWN'
  order by w.subject_key, w.key, coalesce(s.taken_in_at, w.at) desc, w.by desc nulls last, w.says desc, w.at desc, w.id desc
),
found as (
  select c.*, row_number() over (order by c.told_at, c.id) as place
  from last_word l join claim c on c.subject_key = l.subject_key and c.id = l.id
  where not exists (
    select from matter m where m.subject_key = l.subject_key and m.key = l.key and m.ended_at is null)
),
restored as (
insert into claim (id, jurisdiction, subject_key, agency, list, key, attributes, valid_from, valid_to, told_at,
  first_told_at, submission, row_number, content_hash)
select ${idInOrder('place')}, jurisdiction, subject_key, agency, list, key, attributes, valid_from, valid_to, $2,
  first_told_at, submission, row_number, content_hash
from found
returning subject_key, attributes
)
${JOINING} restored ${IF_JOINING}`;

const MARK_WITHDRAWN = `
update submission set status = 'WITHDRAWN', withdrawn_at = $2, withdrawn_because = $3, decided_at = null
where id = $1
returning *`;

// The work begins anew; its attempts are counted from here.
const RELEASE = `
update submission set status = 'QUEUED', released_by = $2, released_at = $3, attempts = 0
where id = $1 and status = 'NEEDS_RELEASE'
returning *`;
