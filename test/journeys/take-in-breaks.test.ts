import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawRow } from '../../src/domain/intake/list-definition.ts';
import type { StoredSubmission } from '../../src/flows/ports.ts';
import { takeInList } from '../../src/flows/take-in-list.ts';
import { testDatabase } from '../support/database.ts';
import { residentId } from '../support/id-numbers.ts';
import { intakeOn, manyRows, type Intake } from '../support/two-ways.ts';

let intake: Intake;
beforeAll(async () => {
  intake = intakeOn(await testDatabase());
});
afterAll(() => intake?.database.close());

let places = 0;
const nextPlace = (): string => `broken-${(places += 1)}`;
const ofHardship = { agency: 'civil-affairs', list: 'hardship' } as const;
const dibao = (who: number, said: RawRow = {}): RawRow => ({
  ...{ name: '王芳', idNumber: residentId(who), category: '低保对象', from: '2025-01-01' },
  ...said,
});

/** Statements at which the worker's connection is cut, in the order in which the work comes to them. */
const STAGES: ReadonlyArray<[stage: string, statement: RegExp]> = [
  ['judging', /^update submission_block set subjects/],
  ['comparing in sets', /^create unlogged table \S+_same/],
  ['reading what sets cannot settle', /^fetch/],
  ['reading whom to link', /^set local cursor_tuple_fraction/],
  ['linking and keeping documents', /^with s as materialized/],
  ['keeping names', /^insert into subject_name/],
  ['ending claims', /^update claim c set ended_at/],
  ['adding claims', /^insert into claim/],
  ['keeping verdicts', /^update submission_block b set outcomes/],
  ['enqueuing what follows', /^select job\.id/],
  ['committing', /^update submission set status = \$2/],
];

/** Before the first statement like this, does something else first; gives what puts an end to it. */
function before(statement: RegExp, work: () => Promise<unknown>): () => void {
  const original = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  let done = false;
  pg.Client.prototype.query = function waiting(this: pg.Client, ...args: unknown[]) {
    // A statement by itself, or in what says along with it of which jurisdiction it is.
    const text = (typeof args[0] === 'string' ? args[0] : ((args[0] as { text?: string }).text ?? '')).trim();
    if (done || !statement.test(text)) return original.apply(this, args);
    done = true;
    return work().then(() => original.apply(this, args));
  } as typeof pg.Client.prototype.query;
  return () => {
    pg.Client.prototype.query = original as typeof pg.Client.prototype.query;
  };
}

/** Cuts every connection that is at work on a list. */
async function cutWorkers(): Promise<void> {
  const client = new pg.Client({ connectionString: intake.database.url });
  await client.connect();
  await client.query(
    `select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
    where l.locktype = 'advisory' and d.datname = current_database() and l.pid <> pg_backend_pid()`,
  );
  await client.end();
}

/** Two lists, the second a snapshot with something of every kind. */
async function twoLists(place: string): Promise<readonly [first: string, second: string]> {
  intake.setNow(new Date('2025-11-01T02:00:00Z'));
  const first = await intake.keep(place, { ...ofHardship, rows: manyRows(30, (who) => dibao(who)) });
  await intake.takeIn(first);
  intake.setNow(new Date('2025-12-01T02:00:00Z'));
  const rows = [
    ...manyRows(20, (who) => dibao(who)),
    dibao(21, { to: '2025-12-31' }),
    dibao(22, { change: 'REMOVE' }),
    dibao(23, { change: 'CORRECT', from: '2025-02-01' }),
    dibao(31),
    dibao(32, { name: ' ' }),
  ];
  const second = await intake.keep(place, { ...ofHardship, mode: 'SNAPSHOT', rows });
  return [first.id, second.id];
}

describe('work on a list that breaks off', () => {
  it.each(STAGES)('while %s comes to the same when it is begun anew', async (_stage, statement) => {
    const [whole, broken] = [nextPlace(), nextPlace()];
    await twoLists(whole);
    const list = { jurisdiction: whole, ...ofHardship };
    await intake.takeIn(list);

    const [, second] = await twoLists(broken);
    const stop = before(statement, cutWorkers);
    await expect(intake.takeIn({ ...list, jurisdiction: broken })).rejects.toThrow();
    stop();
    expect(await intake.submission(broken, second)).toMatchObject({ status: 'WORKING', takenInAt: null });
    await intake.takeIn({ ...list, jurisdiction: broken });
    expect(await intake.submission(broken, second)).toMatchObject({ status: 'RECEIVED', attempts: 2 });
    expect(await intake.state(broken)).toEqual(await intake.state(whole));
    expect(await leftovers()).toEqual([]);
  });

  it('three times sets the submission aside, says so, and goes on with the next', async () => {
    const place = nextPlace();
    const first = await intake.keep(place, { ...ofHardship, rows: [dibao(1)] });
    await intake.database.pool.query(`update submission_block set codec = 'zstd', sent = 'x' where submission = $1`, [
      first.id,
    ]);
    const second = await intake.keep(place, { ...ofHardship, rows: [dibao(2)] });
    await expect(intake.takeIn(first)).rejects.toThrow();
    await expect(intake.takeIn(first)).rejects.toThrow();
    await intake.takeIn(first);
    expect(await intake.submission(place, first.id)).toMatchObject({
      status: 'FAILED',
      remarks: [{ code: 'WORK_BROKE_OFF' }],
      attempts: 3,
    });
    expect(await intake.submission(place, second.id)).toMatchObject({ status: 'RECEIVED' });
  });
});

/** Tables that the work needed and that nobody needs any more. */
async function leftovers(): Promise<readonly unknown[]> {
  const found = await intake.database.pool.query(`select tablename from pg_tables where schemaname = 'take_in'`);
  return found.rows;
}

describe('several at once', () => {
  it('work in one jurisdiction takes nothing away from work in another', async () => {
    const [one, other] = [nextPlace(), nextPlace()];
    const file = await intake.keep(one, { ...ofHardship, rows: manyRows(50, (who) => dibao(who)) });
    const others = await intake.keep(other, { ...ofHardship, rows: manyRows(50, (who) => dibao(who)) });
    const stop = before(/^create unlogged table \S+_same/, () => intake.takeIn(others));
    await intake.takeIn(file);
    stop();
    for (const [place, { id }] of [
      [one, file],
      [other, others],
    ] as const)
      expect(await intake.submission(place, id)).toMatchObject({ status: 'RECEIVED', attempts: 1 });
    expect(await leftovers()).toEqual([]);
  });

  it('two workers never work on one list at the same time, and nothing is left undone', async () => {
    const place = nextPlace();
    const files: StoredSubmission[] = [];
    for (let file = 0; file < 4; file++) {
      files.push(await intake.keep(place, { ...ofHardship, rows: manyRows(50, (who) => dibao(who + 10 * file)) }));
    }
    await Promise.all(Array.from({ length: 4 }, () => intake.takeIn(files[0]!)));
    for (const [index, { id }] of files.entries()) {
      expect(await intake.submission(place, id)).toMatchObject({
        status: 'RECEIVED',
        attempts: 1,
        counts: index === 0 ? { accepted: 50 } : { accepted: 10, unchanged: 40 },
      });
    }
  });

  it('a file and inline pushes of its list come to what they come to one after the other', async () => {
    const place = nextPlace();
    const file = await intake.keep(place, { ...ofHardship, rows: manyRows(200, (who) => dibao(who)) });
    const [, ...pushed] = await Promise.all([
      intake.takeIn(file),
      ...manyRows(5, () => ({})).map(() =>
        intake.push(place, { ...ofHardship, rows: manyRows(50, (who) => dibao(who, { to: '2025-12-31' })) }),
      ),
    ]);
    await intake.takeIn(file);
    const found = await Promise.all(pushed.map(({ id }) => intake.submission(place, id)));
    const inOrder = found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(inOrder.map(({ status, counts }) => [status, counts.accepted, counts.unchanged])).toEqual([
      ['RECEIVED', 50, 0],
      ...Array.from({ length: 4 }, () => ['RECEIVED', 0, 50]),
    ]);
  });

  it('two lists and an inline push that name the same new persons link each once', async () => {
    const place = nextPlace();
    const deaths = (agency: 'civil-affairs' | 'health') =>
      intake.keep(place, {
        agency,
        list: 'deaths',
        rows: manyRows(300, (who) => ({ name: '王芳', idNumber: residentId(who), diedOn: '2025-01-01' })),
      });
    const files = await Promise.all([deaths('civil-affairs'), deaths('health')]);
    await Promise.all([
      ...files.map((file) => takeInList(file, intake.ports)),
      intake.push(place, { ...ofHardship, rows: manyRows(300, (who) => dibao(299 - who)) }),
    ]);
    const links = await intake.database.pool.query(
      `select count(*)::integer as links, count(distinct person_id)::integer as persons from subject_link where jurisdiction = $1`,
      [place],
    );
    expect(links.rows).toEqual([{ links: 300, persons: 300 }]);
    for (const { id } of files)
      expect(await intake.submission(place, id)).toMatchObject({ status: 'RECEIVED', claimsAdded: 300 });
  });

  it('a withdrawal while a later push is being compared is not overlooked', async () => {
    const place = nextPlace();
    const first = await intake.keep(place, { ...ofHardship, rows: [dibao(1)] });
    await intake.takeIn(first);
    const second = await intake.keep(place, { ...ofHardship, rows: [dibao(1)] });
    const original = pg.Client.prototype.query as (...args: unknown[]) => unknown;
    let withdrawn = false;
    pg.Client.prototype.query = function withdrawing(this: pg.Client, ...args: unknown[]) {
      const text = typeof args[0] === 'string' ? args[0].trim() : '';
      if (withdrawn || !text.startsWith('fetch')) return original.apply(this, args);
      withdrawn = true;
      return withdraw(first.id).then(() => original.apply(this, args));
    } as typeof pg.Client.prototype.query;
    await intake.takeIn(second).finally(() => {
      pg.Client.prototype.query = original as typeof pg.Client.prototype.query;
    });
    expect(withdrawn).toBe(true);
    expect(await intake.submission(place, second.id)).toMatchObject({ status: 'RECEIVED', counts: { accepted: 1 } });
  });
});

async function withdraw(id: string): Promise<void> {
  await intake.database.pool.query('update claim set ended_at = told_at where submission = $1', [id]);
  await intake.database.pool.query(`update submission set status = 'WITHDRAWN' where id = $1`, [id]);
}
