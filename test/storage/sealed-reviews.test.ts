import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CorrectionRequest, ReviewTask } from '../../src/flows/ports-review.ts';
import { correctionStore } from '../../src/storage/correction-store.ts';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { peopleStore } from '../../src/storage/people-store.ts';
import { reviewStore } from '../../src/storage/review-store.ts';
import { REVIEWED } from '../../src/storage/sealed-reviews.ts';
import { hmacSubjectKeys } from '../../src/storage/subject-keys.ts';
import { clearIn } from '../support/clear-values.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { subject } from '../support/pushes.ts';

const PLACE = '130628';
const AT = new Date('2025-11-03T09:00:00+08:00');
const ids = uuidv7Ids();
let reviewed = 0;
const fresh = () => subject(`reviewed-${(reviewed += 1)}`);
/** Words that people wrote and settled; none is told by anything else in these tables. */
const WORDS = ['户口簿载为欧阳春花', '欧阳春花', '欧阳春华', '经派出所核对', '与户口簿不符', '已按户口簿更正'] as const;
const [BECAUSE, NAME, SEEN, STEP, REASON, ANSWER] = WORDS;

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

const by = { agency: 'medical-insurance', operator: 'li.na' } as const;
const reviews = () => reviewStore(database.walled, hmacSubjectKeys('pepper for tests, long enough for anything'));
const corrections = () => correctionStore(database.walled);

/** A task about a subject that somebody proposed to settle and settled, with what they wrote. */
async function settledTask(about: { readonly key: string }): Promise<ReviewTask> {
  await peopleStore(database.walled, ids).inTransaction(PLACE, (tx) =>
    tx.keepMatters(PLACE, [about.key], [{ kind: 'SAME_NUMBER_OTHER_NAME', about: about.key, subjects: [about.key] }], {
      at: AT,
      dueOn: '2025-11-17',
    }),
  );
  const { items } = await reviews().page(PLACE, {}, 100, null);
  const task = items.find(({ subjects }) => subjects.includes(about.key))!;
  const settlement = { kind: 'KEEP_VALUE', subject: about.key, attribute: 'name', value: NAME } as const;
  return reviews().inTransaction(PLACE, async (tx) => {
    const held = (await tx.hold(PLACE, task.id))!;
    const proposal = { settlement, because: BECAUSE, by, at: AT, from: 'OPEN', difference: [] } as const;
    const settled = {
      settlement,
      because: BECAUSE,
      by,
      confirmedBy: null,
      at: AT,
      seen: { subjects: [about.key], names: [SEEN] },
    };
    const step = { did: 'PROPOSED', at: AT, by, because: STEP, settlement, difference: [] } as const;
    return tx.save({ ...held, state: 'PROPOSED', proposal, settled }, step as never);
  });
}

async function answeredRequest(): Promise<CorrectionRequest> {
  const request: CorrectionRequest = {
    ...{ id: ids.next(), jurisdiction: PLACE, task: null, askedBy: by, askedAt: AT, dueOn: '2025-11-17' },
    ...{
      agency: 'civil-affairs',
      list: 'hardship',
      submission: ids.next(),
      row: 1,
      subjectKey: fresh().key,
      about: 'name',
    },
    ...{ reason: REASON, state: 'OPEN', version: 1, answer: null, answeredBy: null, answeredAt: null },
  };
  await corrections().add(request);
  const saved = await corrections().save({
    ...request,
    state: 'CORRECTED',
    answer: ANSWER,
    answeredBy: 'zhao',
    answeredAt: AT,
  });
  return saved!;
}

const shown = async (task: ReviewTask) => [
  await reviews().find(PLACE, task.id),
  await reviews().stepsOf(PLACE, [task.id]),
];

describe('what people wrote and settled about who is who', () => {
  it('stands nowhere in clear, and is read as it was written', async () => {
    const task = await settledTask(fresh());
    expect(task).toMatchObject({ proposal: { because: BECAUSE }, settled: { seen: { names: [SEEN] } } });
    const [found, steps] = await shown(task);
    expect(found).toEqual(task);
    expect(steps).toMatchObject([
      { did: 'OPENED', because: null, settlement: null },
      { because: STEP, settlement: { value: NAME } },
    ]);
    const request = await answeredRequest();
    expect(request).toMatchObject({ reason: REASON, answer: ANSWER });
    expect(await corrections().find(PLACE, request.id)).toEqual(request);
    expect(await clearIn(database.pool, WORDS)).toEqual([]);
  });

  it('does not open in another task', async () => {
    const [one, other] = [await settledTask(fresh()), await settledTask(fresh())];
    const were = await database.pool.query('select proposal from review_task where id = $1', [one.id]);
    await database.pool.query(
      'update review_task t set proposal = o.proposal from review_task o where t.id = $1 and o.id = $2',
      [one.id, other.id],
    );
    await expect(reviews().find(PLACE, one.id)).rejects.toMatchObject({ code: 'SEALED_VALUE_UNSOUND' });
    await database.pool.query('update review_task set proposal = $2 where id = $1', [
      one.id,
      JSON.stringify(were.rows[0].proposal),
    ]);
    expect(await reviews().find(PLACE, one.id)).toBeDefined();
  });

  it('is read where it was kept before, and sealed a few rows at a time', async () => {
    const about = fresh();
    const task = await settledTask(about);
    const [request, second] = [await answeredRequest(), await answeredRequest()];
    const before = [await shown(task), await corrections().find(PLACE, request.id)];
    const settlement = { kind: 'KEEP_VALUE', subject: about.key, attribute: 'name', value: NAME };
    const kept = JSON.stringify({ settlement, because: BECAUSE, seen: { subjects: [about.key], names: [SEEN] } });
    const proposed = JSON.stringify({ settlement, because: BECAUSE, from: 'OPEN', difference: [] });
    await database.pool.query('update review_task set settlement = $2, proposal = $3 where id = $1', [
      task.id,
      kept,
      proposed,
    ]);
    await database.pool.query(
      'update review_step set because = $2, settlement = $3 where task = $1 and because is not null and version = $4',
      [task.id, STEP, JSON.stringify(settlement), task.version],
    );
    await database.pool.query('update correction_request set reason = $1, answer = $2', [REASON, ANSWER]);
    expect(await clearIn(database.pool, WORDS)).not.toEqual([]);
    expect([await shown(task), await corrections().find(PLACE, request.id)]).toEqual(before);

    for (const column of REVIEWED) {
      expect(await sealAnew(column), column.name).toBeGreaterThan(0);
      expect(await sealAnew(column), column.name).toBe(0);
    }
    expect(await clearIn(database.pool, WORDS)).toEqual([]);
    expect([await shown(task), await corrections().find(PLACE, request.id)]).toEqual(before);
    expect(await corrections().find(PLACE, second.id)).toEqual(second);
  });
});

/** Seals a column anew, one row at a time; tells how many, which are as many as were counted before. */
async function sealAnew(column: (typeof REVIEWED)[number]): Promise<number> {
  const { pool, walled, sealing } = database;
  const head = sealing.head();
  const client = await pool.connect();
  let [count, after] = [0, null as string | null];
  await client.query(`begin; set local hub.jurisdiction = '${PLACE}'`);
  const counted = await column.countOld(client, PLACE, head);
  do {
    const work = { jurisdiction: PLACE, head, after, limit: 1 };
    const { resealed, last } = await column.resealSome(client, walled.of(PLACE).seal, work);
    [count, after] = [count + resealed, last];
  } while (after !== null);
  await client.query('commit');
  client.release();
  expect(count).toBe(counted);
  return count;
}
