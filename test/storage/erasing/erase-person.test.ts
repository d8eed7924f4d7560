import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sentRowReader } from '../../../src/flows/read-sent-rows.ts';
import { soughtNumber } from '../../../src/domain/identity/number-in-row.ts';
import { erasePerson, type Erased } from '../../../src/storage/erasing/erase-person.ts';
import { findBlocks, type PlaceLeft } from '../../../src/storage/erasing/erase-rows.ts';
import { NAMED_WITHIN, PERSON_COLUMNS } from '../../../src/storage/erasing/person-columns.ts';
import { REVIEW_COLUMNS } from '../../../src/storage/review-rows.ts';
import { sealJson } from '../../../src/storage/sealed-text.ts';
import { makeStaging, stagingOf, type Staging } from '../../../src/storage/take-in/staging.ts';
import { walledDatabase } from '../../../src/storage/walled-database.ts';
import { attachedDatabase, type TestDatabase } from '../../support/database.ts';
import { documentsOf, subjectKeysOf } from '../../support/documents.ts';
import { tablesNaming } from '../../support/erasing.ts';
import { residentId } from '../../support/id-numbers.ts';
import { pushingHub, type PushingHub } from '../../support/pushing-hub.ts';
import { openedBlocks } from '../../support/sealing-keys.ts';
import { fingerprintOf } from '../../support/stored-rows.ts';

const PLACE = '130628';
const [POLICE, CIVIL] = [`${PLACE}:public-security`, `${PLACE}:civil-affairs`] as const;

let hub: PushingHub;
let database: TestDatabase;
beforeAll(async () => {
  hub = await pushingHub({ work: 'elsewhere' });
  database = await attachedDatabase(hub.databaseUrl);
  hub.setDay('2026-03-02');
});
afterAll(async () => {
  await database?.close();
  await hub?.stop();
});

const home = { householdNumber: 'H1', registration: 'HUKOU', regionCode: PLACE, from: '2020-01-01' };
const resident = (sequence: number, said: object = {}) => ({
  ...{ name: '陈明', idNumber: residentId(sequence), ...home },
  ...said,
});
const passport = (otherIdNumber: string) => ({ otherIdType: 'PASSPORT', otherIdNumber });

async function keyOf(idNumber: string): Promise<string> {
  const documents = await documentsOf(database.walled, PLACE);
  return documents.find((document) => document.idNumber === idNumber)!.key;
}

async function personOf(key: string): Promise<string> {
  const found = 'select person_id as person from subject_link where subject_key = $1 and until is null';
  return (await database.pool.query<{ person: string }>(found, [key])).rows[0]!.person;
}

/** Residents of tests that are made several times have numbers of their own. */
let sequences = 100;

const wide = (number: string): string =>
  number.replaceAll(/./g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0));

/** A task about others, whose sealed values name these keys. */
async function taskOfOthers(named: { proposal?: string; settlement?: string; step?: string }): Promise<string> {
  const inside = database.walled.of(PLACE);
  const id = randomUUID();
  const said = (key: string | undefined, column: string, row: readonly string[]): string | null =>
    key === undefined
      ? null
      : sealJson(inside.seal, column, row, { kind: 'SAME_PERSON', subjects: [randomUUID(), key] });
  await inside.query(
    `with task as (
       insert into review_task (id, jurisdiction, kind, matter, state, subjects, opened_at, due_on, proposal, settlement)
       values ($1, $2, 'IDENTITY_CONFLICT', gen_random_uuid(), 'PROPOSED', array[gen_random_uuid()], now(), current_date, $3, $4)
     )
     insert into review_step (task, version, did, at, settlement, difference) values ($1, 1, 'PROPOSED', now(), $5, '[]')`,
    [
      ...[id, PLACE],
      said(named.proposal, REVIEW_COLUMNS.proposal, [id]),
      said(named.settlement, REVIEW_COLUMNS.settlement, [id]),
      said(named.step, REVIEW_COLUMNS.stepSettlement, [id, '1']),
    ],
  );
  return id;
}

/** As the hub's own role leaves it when it is killed. */
async function leaveStaged(staging: Staging, key: string): Promise<void> {
  const client = await database.hubPool.connect();
  try {
    await makeStaging(client, staging);
    await client.query(`insert into ${staging.row} (row_number, subject_key, told_name) values (1, $1, '陈明')`, [key]);
  } finally {
    client.release();
  }
}

const staged = async (): Promise<readonly string[]> => {
  const tables = "select 'take_in.' || tablename as name from pg_tables where schemaname = 'take_in' order by 1";
  return (await database.pool.query<{ name: string }>(tables)).rows.map(({ name }) => name);
};

const erase = (key: string, forGood = true): Promise<Erased | undefined> =>
  erasePerson(walledDatabase(database.pool, database.sealing).of(PLACE), {
    ...{ jurisdiction: PLACE, key, forGood },
    reader: sentRowReader({}, subjectKeysOf(hub)),
  });

/** The refusal, with nothing changed. */
async function refused(key: string): Promise<unknown> {
  const before = await fingerprintOf(database.pool);
  const code = await erase(key).then(
    () => 'ERASED',
    (error: { code?: string }) => error.code,
  );
  expect(await fingerprintOf(database.pool)).toBe(before);
  return code;
}

describe('what erasing knows of', () => {
  it('is every column that names a subject or a person', async () => {
    const { rows } = await database.pool.query<{ column: string }>(
      `select c.relname || '.' || a.attname as column
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.atttypid in ('uuid'::regtype, 'uuid[]'::regtype)
       order by 1`,
    );
    const known = Object.entries({ ...PERSON_COLUMNS, ...NAMED_WITHIN }).flatMap(([table, columns]) =>
      columns.map((column) => `${table}.${column}`),
    );
    expect(rows.map(({ column }) => column)).toEqual([...known, ...NOBODYS].sort());
  });

  it('is every table: whoever adds one says here what of it names people', async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
    );
    const ways = [
      'submission_block',
      'file_link',
      'review_step',
      ...Object.keys({ ...PERSON_COLUMNS, ...NAMED_WITHIN }),
    ];
    expect(rows.map(({ name }) => name)).toEqual([...ways, ...NAME_NOBODY].sort());
  });
});

describe('erasing', () => {
  it('takes all documents of a person, by whichever of them or their id, and leaves others as they are', async () => {
    await hub.received(POLICE, 'Residents', [resident(1, passport('E12345678')), resident(2)]);
    const [person, document, other] = [
      await keyOf(residentId(1)),
      await keyOf('E12345678'),
      await keyOf(residentId(2)),
    ];
    const erased = await erase(document);
    expect(erased).toMatchObject({ person, lists: [{ agency: 'public-security', list: 'residents', claims: 1 }] });
    expect(await tablesNaming(database.pool, [person, document])).toEqual([]);
    expect(await tablesNaming(database.pool, [other])).toContain('claim');
    expect(await erase(person)).toBeUndefined();
    expect(await erase(document)).toBeUndefined();
  });

  it('takes the document away of which others’ rows say that it is theirs, and they are resolved and decided anew', async () => {
    // Two citizen numbers with one passport: no row is believed, and the passport is a person by itself.
    const { id } = await hub.received(POLICE, 'Residents', [
      resident(3, passport('E22222222')),
      resident(4, passport('E22222222')),
    ]);
    const [three, four, document] = [await keyOf(residentId(3)), await keyOf(residentId(4)), await keyOf('E22222222')];
    await erase(document);
    expect(await tablesNaming(database.pool, [document])).toEqual([]);
    const { rows } = await database.pool.query(
      'select attributes, content_hash from claim where subject_key = any($1::uuid[])',
      [[three, four]],
    );
    expect(rows).toHaveLength(2);
    for (const { attributes, content_hash: hash } of rows) expect([attributes.sameAs, hash]).toEqual([undefined, null]);
    const due = await database.pool.query('select person_id from to_decide where decided_at is null order by 1');
    expect(due.rows.map(({ person_id: person }) => person)).toEqual([three, four].sort());
    // Their rows lose the passport, and nothing else.
    const [block] = await openedBlocks(database.pool, id);
    expect(block!.rows).toMatchObject([
      { idNumber: residentId(3), otherIdNumber: null },
      { idNumber: residentId(4), otherIdNumber: null, name: '陈明' },
    ]);
  });

  it('lets a document be somebody’s that only the erased person’s rows kept from them', async () => {
    const rows = [resident(14, passport('E33333333')), resident(15, passport('E33333333'))];
    await hub.received(POLICE, 'Residents', rows);
    const [left, document] = [await keyOf(residentId(15)), await keyOf('E33333333')];
    expect(await personOf(document)).toBe(document);
    await erase(await keyOf(residentId(14)));
    expect(await personOf(document)).toBe(left);
    const due = await database.pool.query('select from to_decide where decided_at is null and person_id = $1', [left]);
    expect(due.rowCount).toBe(1);
  });

  it('takes a document that only rows of theirs named, also before they were corrected, and leaves one that others name', async () => {
    await hub.received(POLICE, 'Residents', [
      resident(16, passport('E44444444')),
      resident(17, passport('E55555555')),
      resident(18, passport('E55555555')),
    ]);
    const [own, shared] = [await keyOf('E44444444'), await keyOf('E55555555')];
    await hub.received(POLICE, 'Residents', [resident(16), resident(17)]);
    expect(await personOf(own)).toBe(own);
    for (const sequence of [16, 17]) await erase(await keyOf(residentId(sequence)));
    expect(await tablesNaming(database.pool, [own])).toEqual([]);
    expect(await personOf(shared)).toBe(await keyOf(residentId(18)));
  });

  it('takes tasks whose proposal, settlement or steps name the person, sealed as they are, and no others', async () => {
    await hub.received(POLICE, 'Residents', [resident(19)]);
    const key = await keyOf(residentId(19));
    const [proposed, settled, stepped, beside] = await Promise.all([
      taskOfOthers({ proposal: key }),
      taskOfOthers({ settlement: key }),
      taskOfOthers({ step: key }),
      taskOfOthers({ proposal: randomUUID(), settlement: randomUUID(), step: randomUUID() }),
    ]);
    await erase(key);
    const left = await database.pool.query('select id from review_task where id = any($1::uuid[])', [
      [proposed, settled, stepped, beside],
    ]);
    expect(left.rows).toEqual([{ id: beside }]);
    const steps = await database.pool.query('select task from review_step where task = any($1::uuid[])', [
      [stepped, beside],
    ]);
    expect(steps.rows).toEqual([{ task: beside }]);
  });

  it('takes a number out of the rows of those who name it, not out of what only contains it', async () => {
    const rows = [
      resident(5),
      resident(6, { householdNumber: `1${residentId(5)}` }),
      resident(7, { householdNumber: `户${residentId(5)}号` }),
    ];
    const { id } = await hub.received(POLICE, 'Residents', rows);
    await erase(await keyOf(residentId(5)));
    const [block] = await openedBlocks(database.pool, id);
    const left = block!.rows.map((row) => row['householdNumber']);
    expect([block!.rows[0], ...left.slice(1)]).toEqual([{}, `1${residentId(5)}`, null]);
    const verdicts = await hub.ask(POLICE, {
      query:
        'query($id: ID!) { submission(id: $id) { counts { sent accepted } verdicts { edges { node { row outcome } } } } }',
      variables: { id },
    });
    expect(verdicts.body.data.submission).toMatchObject({ counts: { sent: 3, accepted: 3 } });
  });

  it.each([
    ['full width', wide],
    ['spaces', (number: string) => `${number.slice(0, 6)} ${number.slice(6, 14)}\u3000${number.slice(14)}`],
    ['a number before it', (number: string) => `12 ${number}`],
    ['an end of line', (number: string) => `户\n${number}\t`],
    ['a certificate’s kind and level', (number: string) => `${number}43`],
    ['the same, issued anew', (number: string) => `${wide(number)}43b1`],
  ])('takes a number out that is written with %s', async (_, written) => {
    const [sequence, beside] = [(sequences += 2), sequences + 1];
    const { id } = await hub.received(POLICE, 'Residents', [resident(sequence)]);
    await hub.push(POLICE, 'Residents', [
      resident(beside, { householdNumber: written(residentId(sequence)) }),
      resident(beside, { householdNumber: `${residentId(sequence)}99` }),
    ]);
    await erase(await keyOf(residentId(sequence)));
    const { rows } = await database.pool.query<{ id: string }>('select id from submission where id > $1', [id]);
    const [block] = await openedBlocks(database.pool, rows[0]!.id);
    expect(block!.rows.map((row) => row['householdNumber'])).toEqual([null, `${residentId(sequence)}99`]);
  });

  it('drops what a worker that was killed has left of a list in clear, and nothing of another jurisdiction', async () => {
    const sent = await hub.received(POLICE, 'Residents', [resident(63)]);
    const elsewhere = await hub.received(POLICE, 'Residents', [resident(64)]);
    await database.pool.query("update submission set jurisdiction = '130629' where id = $1", [elsewhere.id]);
    const [here, there] = [stagingOf(sent.id, 1), stagingOf(elsewhere.id, 1)];
    const key = await keyOf(residentId(63));
    for (const [staging, subject] of [[here, key] as const, [there, randomUUID()] as const])
      await leaveStaged(staging, subject);
    expect(await tablesNaming(database.pool, [key])).toContain(here.row);
    expect(await erase(key, false)).toBeDefined();
    expect(await staged()).toEqual([here.row, there.row].sort());
    expect(await erase(key)).toBeDefined();
    expect(await tablesNaming(database.pool, [key])).toEqual([]);
    expect(await staged()).toEqual([there.row]);
    await database.pool.query(`drop table ${there.row}`);
    await database.pool.query('update submission set jurisdiction = $2 where id = $1', [elsewhere.id, PLACE]);
  });

  it('looks again at rows that were clean before they were judged', async () => {
    const { id } = await hub.received(POLICE, 'Residents', [resident(60)]);
    const inside = walledDatabase(database.pool, database.sealing).of(PLACE);
    const sought = soughtNumber({ idType: 'RESIDENT_ID', idNumber: residentId(61) });
    const traces = { keys: [randomUUID()], numbers: [{ ...sought, own: true }] };
    const reading = { seal: inside.seal, reader: sentRowReader({}, subjectKeysOf(hub)) };
    const known = new Map<string, readonly PlaceLeft[]>();
    await database.pool.query('update submission_block set subjects = null where submission = $1', [id]);
    expect(await findBlocks(inside, reading, PLACE, traces, known)).toEqual({ blocks: [], left: [] });
    expect(known.size).toBeGreaterThan(0);
    expect([...known.keys()].filter((block) => block.startsWith(id))).toEqual([]);
  });

  it('is refused where it would have to wait for somebody who waits for it', async () => {
    await hub.received(POLICE, 'Residents', [resident(62)]);
    const key = await keyOf(residentId(62));
    const client = await database.pool.connect();
    try {
      const { pid } = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!;
      await client.query("begin; set local deadlock_timeout = '60s'");
      await client.query('select from subject_link where subject_key = $1 for update', [key]);
      const refusal = erase(key).then(
        () => 'ERASED',
        (error: { code?: string }) => error.code,
      );
      await vi.waitFor(
        async () => {
          const waiters = 'select from pg_stat_activity where $1 = any(pg_blocking_pids(pid))';
          expect((await database.pool.query(waiters, [pid])).rows).toHaveLength(1);
        },
        { timeout: 20_000, interval: 20 },
      );
      const waiting = client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`decide|${PLACE}`]);
      expect(await refusal).toBe('TAKING_IN');
      await waiting;
    } finally {
      client.release(true);
    }
    expect(await erase(key)).toBeDefined();
  });

  it('is refused while a list is taken in, people are decided, or everybody is compared', async () => {
    await hub.received(CIVIL, 'Hardship', [
      { name: '赵一', idNumber: residentId(8), category: '低保对象', from: '2025-01-01' },
    ]);
    const key = await keyOf(residentId(8));
    const client = await database.pool.connect();
    try {
      for (const [lock, code] of [
        [`take-in|${PLACE}|civil-affairs|hardship`, 'TAKING_IN'],
        [`decide|${PLACE}`, 'DECIDING'],
      ]) {
        await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [lock]);
        expect(await refused(key)).toBe(code);
        await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [lock]);
      }
      await client.query(
        `insert into comparison (id, jurisdiction, agency, pack, policy_year, changed_pack, changed_digest, as_of, known_at, asked_at, status)
         values (gen_random_uuid(), $1, 'tax', 'p', 2026, 'p', 'p', current_date, now(), now(), 'WORKING')`,
        [PLACE],
      );
      expect(await refused(key)).toBe('DECIDING');
      await client.query("update comparison set status = 'DONE'");
      await client.query(
        `select graphile_worker.add_job('rebuild-decisions', json_build_object('jurisdiction', $1::text, 'pack', 'p'));`,
        [PLACE],
      );
      expect(await erase(key, false)).toBeDefined();
      await client.query("update graphile_worker._private_jobs set locked_at = now(), locked_by = 'x'");
      expect(await refused(key)).toBe('DECIDING');
      await client.query('update graphile_worker._private_jobs set locked_at = null, locked_by = null');
    } finally {
      client.release(true);
    }
    expect(await erase(key)).toBeDefined();
  });

  it.each(['QUEUED', 'WORKING', 'NEEDS_RELEASE', 'FAILED'])(
    'is refused while a submission that names them is %s',
    async (status) => {
      const { id } = await hub.received(POLICE, 'Residents', [resident(9), resident(10)]);
      const key = await keyOf(residentId(9));
      await database.pool.query('update submission set status = $2 where id = $1', [id, status]);
      expect(await refused(key)).toBe('UNFINISHED');
      // Not judged yet: found by the number.
      await database.pool.query('update submission_block set subjects = null where submission = $1', [id]);
      expect(await refused(key)).toBe('UNFINISHED');
      await database.pool.query("update submission set status = 'RECEIVED' where id = $1", [id]);
    },
  );

  it('is refused where a settlement says that another person is told of under their number', async () => {
    await hub.received(POLICE, 'Residents', [resident(12)]);
    const key = await keyOf(residentId(12));
    await database.pool.query(
      `insert into subject_split (id, jurisdiction, subject_key, name, to_key, task, since)
       values (gen_random_uuid(), $1, $2, '~x', gen_random_uuid(), gen_random_uuid(), now())`,
      [PLACE, key],
    );
    expect(await refused(key)).toBe('TOLD_APART');
    await database.pool.query('update subject_split set until = now()');
    expect(await erase(key)).toBeDefined();
  });

  it('and pushes at the same moment leave all of a person or nothing', async () => {
    const row = resident(13);
    await hub.received(POLICE, 'Residents', [row]);
    const key = await keyOf(residentId(13));
    for (let round = 0; round < 6; round += 1) {
      const told = { ...row, householdNumber: `R${round}` };
      await Promise.all([
        hub.received(POLICE, 'Residents', [told]),
        erase(key),
        hub.received(POLICE, 'Residents', [row]),
      ]);
      const { rows } = await database.pool.query(
        `select (select count(*) from claim where subject_key = $1 and ended_at is null)::integer as claims,
           (select count(*) from identifier where subject_key = $1)::integer as documents,
           (select count(*) from subject_link where subject_key = $1 and until is null)::integer as links,
           (select count(*) from subject_name where subject_key = $1)::integer as names`,
        [key],
      );
      expect(new Set(Object.values(rows[0]))).toHaveProperty('size', 1);
    }
  });
});

/** Columns of ids that name nobody. */
const NOBODYS = [
  ...['change_cause.causes', 'change_cause.id', 'claim.content_hash', 'claim.ended_by', 'claim.id', 'claim.submission'],
  ...['claim_same_as.claim', 'comparison.id', 'comparison_person.comparison', 'correction_request.id'],
  ...['correction_request.submission', 'correction_request.task', 'decision.kind', 'decision_change.after'],
  ...['decision_change.before', 'decision_change.cause', 'decision_change.id', 'decision_kind.id'],
  ...['decision_missed.submission', 'emergency.id', 'person_card.digest', 'review_step.task', 'review_task.id'],
  ...['review_task.matter', 'review_task_subject.task', 'settled_value.ended_by', 'settled_value.id'],
  ...['settled_value.task', 'subject_link.id', 'subject_link.submission', 'subject_settlement.ended_by'],
  ...['subject_settlement.id', 'subject_settlement.task', 'subject_split.ended_by', 'subject_split.id'],
  ...['subject_split.task', 'submission.id', 'submission_block.submission', 'to_decide.task'],
  // Of the log, in which nothing is changed, and of the index, by which pushes under way go: a pseudonym stays.
  ...['audit_entry.person', 'audit_entry.submissions', 'index_key.pepper_hash'],
  ...['subject_index.document_hash', 'subject_index.subject_key'],
];

/** Tables that name nobody, or in which nothing is changed. */
const NAME_NOBODY = [
  ...['agency_key', 'audit_budget', 'audit_checkpoint', 'audit_entry', 'audit_head', 'audit_subtree', 'change_cause'],
  ...['comparison', 'decision_kind', 'decision_missed', 'decision_set', 'index_key', 'mikro_orm_migrations'],
  ...['replayed_assertion', 'subject_index'],
  ...['revocation', 'sealing_key', 'sealing_use', 'submission'],
];
