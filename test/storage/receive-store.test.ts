import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Claim } from '../../src/domain/claims/claim.ts';
import type { Subject } from '../../src/domain/identity/subject.ts';
import type { SubmissionStore, ReceiveStore, StoredSubmission } from '../../src/flows/ports.ts';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { receiveStore } from '../../src/storage/receive-store.ts';
import { submissionStore } from '../../src/storage/submission-store.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { countStatements } from '../support/statements.ts';
import { hardshipClaim, storedRow, subject, submission } from '../support/pushes.ts';

let database: TestDatabase;
let store: ReceiveStore;
let submissions: SubmissionStore;

beforeAll(async () => {
  database = await testDatabase();
  store = receiveStore(database.walled, uuidv7Ids());
  submissions = submissionStore(database.walled);
});
afterAll(() => database.close());

const LIST = { jurisdiction: '130628', agency: 'civil-affairs', list: 'hardship' } as const;

/** Takes a push in as the flow does: by its lock, the look-up, and only then the submission. */
const receive = (push: StoredSubmission): Promise<StoredSubmission> =>
  store.inTransaction('130628', async (tx) => {
    await tx.lockList(push.jurisdiction, push.agency, push.list);
    const known = await tx.findByIdempotencyKey(push.jurisdiction, push.agency, push.idempotencyKey);
    if (known) return known;
    await tx.addSubmission(push, []);
    return push;
  });

describe('a submission', () => {
  test('is read back as it was stored, with its rows', async () => {
    const push = submission({
      period: '2025-11',
      documentNumber: '高民〔2025〕7号',
      counts: { sent: 2, accepted: 1, unchanged: 0, flagged: 0, rejected: 1 },
      claimsAdded: 1,
    });
    const rows = [
      storedRow(1, { subjectKey: subject('1').key }),
      storedRow(2, {
        outcome: 'REJECTED',
        findings: [{ code: 'VALUE_MISSING', column: 'name', severity: 'REJECT', zh: '缺少', en: 'missing' }],
        sent: { name: 'broken \u0000 cell \ud800', idNumber: 130628, nested: { deep: [1, null] } },
      }),
    ];
    await store.inTransaction('130628', (tx) => tx.addSubmission(push, rows));

    expect(await submissions.find('130628', push.id)).toEqual(push);
    expect(
      await store.inTransaction('130628', (tx) => tx.findByIdempotencyKey('130628', push.agency, push.idempotencyKey)),
    ).toEqual(push);
    expect(await submissions.rows('130628', push.id, null, 10, null)).toEqual({ items: rows, next: null, total: 2 });
    expect(await submissions.rows('130628', push.id, ['REJECTED'], 10, null)).toMatchObject({
      items: [rows[1]],
      total: 1,
    });
  });

  test('is not there for another jurisdiction, nor under something that is no id', async () => {
    const push = submission();
    await store.inTransaction('130628', (tx) => tx.addSubmission(push, [storedRow(1)]));
    expect(await submissions.find('140405', push.id)).toBeUndefined();
    expect(await submissions.find('130628', "'; drop table claim --")).toBeUndefined();
    expect((await submissions.rows('140405', push.id, null, 10, null)).items).toEqual([]);
  });

  test('leaves nothing behind when the work on it fails', async () => {
    const push = submission();
    const work = store.inTransaction('130628', async (tx) => {
      await tx.addSubmission(push, [storedRow(1)]);
      throw new Error('the machine broke');
    });
    await expect(work).rejects.toThrow('the machine broke');
    expect(await submissions.find('130628', push.id)).toBeUndefined();
    expect((await submissions.rows('130628', push.id, null, 10, null)).total).toBe(0);
  });
});

describe('pages', () => {
  test('newest first, each item once, to the end', async () => {
    const pushed = Array.from({ length: 5 }, () => submission({ jurisdiction: '999999' }));
    for (const push of pushed) await store.inTransaction(push.jurisdiction, (tx) => tx.addSubmission(push, []));
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await submissions.page('999999', { agency: 'civil-affairs' }, 2, after);
      expect(page.total).toBe(5);
      seen.push(...page.items.map(({ id }) => id));
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual(pushed.map(({ id }) => id).reverse());
  });

  test('rows go on from where a page ended', async () => {
    const push = submission();
    await store.inTransaction('130628', (tx) =>
      tx.addSubmission(
        push,
        [1, 2, 3].map((row) => storedRow(row)),
      ),
    );
    const first = await submissions.rows('130628', push.id, null, 2, null);
    const second = await submissions.rows('130628', push.id, null, 2, first.next);
    expect([first, second].map(({ items }) => items.map(({ row }) => row))).toEqual([[1, 2], [3]]);
    expect(second.next).toBeNull();
  });

  test.each(['', 'x', '-1', '9'.repeat(30), "1' or '1'='1"])('a foreign cursor %j leads nowhere', async (cursor) => {
    const push = submission({ jurisdiction: '888888' });
    await store.inTransaction('888888', (tx) => tx.addSubmission(push, [storedRow(1)]));
    expect((await submissions.page('888888', {}, 2, cursor)).items).toEqual([]);
    expect((await submissions.rows('888888', push.id, null, 2, cursor)).items).toEqual([]);
  });
});

describe('claims', () => {
  test('stand until they are ended, and are told apart by list, agency, subject and period', async () => {
    const [one, two] = [subject('claims-1'), subject('claims-2')];
    const november = submission({ period: '2025-11' });
    const december = submission({ period: '2025-12' });
    const [a, b] = [hardshipClaim(one, november), hardshipClaim(two, december)];
    await store.inTransaction('130628', async (tx) => {
      await tx.addSubmission(november, []);
      await tx.addSubmission(december, []);
      await tx.addClaims([a, b]);
    });
    const standing = (narrowed: object) =>
      store.inTransaction('130628', (tx) => tx.standingClaims({ ...LIST, ...narrowed }));

    expect(await standing({ subjectKeys: [one.key, two.key] })).toEqual([a, b]);
    expect(await standing({ subjectKeys: [one.key] })).toEqual([a]);
    expect(await standing({ period: '2025-12' })).toEqual([b]);
    expect(await standing({ subjectKeys: [] })).toEqual([]);
    expect(await standing({ agency: 'health', subjectKeys: [one.key] })).toEqual([]);

    await store.inTransaction('130628', (tx) => tx.endClaims([a], new Date('2025-12-01T00:00:00Z'), december.id));
    expect(await standing({ subjectKeys: [one.key, two.key] })).toEqual([b]);
  });

  test('only one of a key stands: a second is refused, a successor is taken', async () => {
    const about = subject('claims-3');
    const push = submission();
    const [old, successor] = [hardshipClaim(about, push), hardshipClaim(about, push, { validTo: '2025-10-31' })];
    await store.inTransaction('130628', (tx) => tx.addClaims([old]));
    await expect(store.inTransaction('130628', (tx) => tx.addClaims([successor]))).rejects.toMatchObject({
      code: '23505',
    });
    await store.inTransaction('130628', async (tx) => {
      await tx.endClaims([old], push.receivedAt, push.id);
      await tx.addClaims([successor]);
    });
    expect(
      await store.inTransaction('130628', (tx) => tx.standingClaims({ ...LIST, subjectKeys: [about.key] })),
    ).toEqual([successor]);
  });

  test('the names that standing claims of any agency give', async () => {
    const about = subject('claims-4');
    const others = { civil: submission(), health: submission({ agency: 'health' }) };
    const said = (name: string) => ({ attributes: { name, category: 'ORPHAN', word: '孤儿' } }) as const;
    const ended = hardshipClaim(about, others.civil, said('旧名'));
    await store.inTransaction('130628', async (tx) => {
      await tx.addClaims([ended]);
      await tx.endClaims([ended], others.civil.receivedAt, others.civil.id);
      await tx.addClaims([
        hardshipClaim(about, others.civil, said('张三')),
        hardshipClaim(about, others.health, said('张叁')),
      ]);
    });
    const names = await store.inTransaction('130628', (tx) => tx.namesOf('130628', [about.key, subject('nobody').key]));
    expect(names).toEqual(new Map([[about.key, new Set(['张三', '张叁'])]]));
  });
});

describe('pushes at the same moment', () => {
  test.each([
    ['of one list', ['hardship', 'hardship']],
    ['of two lists', ['hardship', 'deaths']],
  ] as const)('%s with one idempotency key end with one receipt', async (_why, lists) => {
    const idempotencyKey = `race-${lists.join()}`;
    const receipts = await Promise.all(
      Array.from({ length: 8 }, (_, index) => receive(submission({ idempotencyKey, list: lists[index % 2]! }))),
    );
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(1);
    const kept = await database.pool.query('select id from submission where idempotency_key = $1', [idempotencyKey]);
    expect(kept.rows).toEqual([{ id: receipts[0]!.id }]);
  });

  test('of one list wait for each other, of other lists do not', async () => {
    await store.inTransaction('130628', async (tx) => {
      await tx.lockList('130628', 'tax', 'payments');
      const other = store.inTransaction('130628', async (second) =>
        second.lockList('130628', 'tax', 'refund-applications'),
      );
      await expect(other).resolves.toBeUndefined();
      let waited = true;
      const same = store.inTransaction('130628', async (second) => {
        await second.lockList('130628', 'tax', 'payments');
        waited = false;
      });
      await untilSomebodyWaits();
      expect(waited).toBe(true);
      void same;
    });
  });
});

test('pushes that join persons at the same moment see each other', async () => {
  const [a, b, c] = [subject('meets-a'), subject('meets-b', 'PASSPORT'), subject('meets-c', 'HM_TRAVEL_PERMIT')];
  const at = new Date('2025-11-01T08:00:00Z');
  await store.inTransaction('130628', (tx) => tx.linkSubjects('130628', [a, b, c], at, submission().id));
  const join = (one: Subject, other: Subject, meanwhile = async (): Promise<void> => {}): Promise<void> =>
    store.inTransaction('130628', async (tx) => {
      const told = submission();
      await tx.lockIdentities('130628');
      const attributes = { name: '张三', word: '', category: 'ORPHAN', sameAs: [other.key] } as const;
      await tx.addClaims([hardshipClaim(one, told, { attributes } as Partial<Claim>)]);
      await tx.resolveIdentities('130628', [one.key, other.key], new Date('2025-11-01T09:00:00Z'), told.id);
      await meanwhile();
    });
  let second: Promise<void> | undefined;
  await join(a, b, async () => {
    second = join(b, c);
    await untilSomebodyWaits();
  });
  await second;
  const links = await database.pool.query(
    'select person_id from subject_link where subject_key = any($1) and until is null',
    [[a, b, c].map(({ key }) => key)],
  );
  expect(links.rows).toEqual([a, a, a].map(({ key }) => ({ person_id: key })));
});

test('the number of statements does not grow with the number of rows', async () => {
  const pushOf = async (rows: number): Promise<number> => {
    const push = submission();
    const about = Array.from({ length: rows }, (_, row) => subject(`many-${push.id}-${row}`));
    const counted = countStatements(database.hubPool);
    await store.inTransaction('130628', async (tx) => {
      await tx.lockList(push.jurisdiction, push.agency, push.list);
      await tx.findByIdempotencyKey(push.jurisdiction, push.agency, push.idempotencyKey);
      await tx.standingClaims({ ...LIST, subjectKeys: about.map(({ key }) => key) });
      await tx.addSubmission(
        push,
        about.map((each, index) => storedRow(index + 1, { subjectKey: each.key })),
      );
      await tx.linkSubjects('130628', about, push.receivedAt, push.id);
      await tx.addClaims(about.map((each, index) => hardshipClaim(each, push, { row: index + 1 })));
      await tx.endClaims([], push.receivedAt, push.id);
    });
    return counted.stop();
  };
  expect(await pushOf(1)).toBe(10);
  expect(await pushOf(5000)).toBe(10);
});

async function untilSomebodyWaits(): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const waiting = await database.pool.query(
      "select from pg_stat_activity where datname = current_database() and wait_event = 'advisory'",
    );
    if (waiting.rowCount! > 0) return;
  }
  throw new Error('nobody came to wait');
}
