import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/domain/access/refusal.ts';
import type { RawRow } from '../../src/domain/intake/list-definition.ts';
import type { ListPush, PushResult } from '../../src/flows/flows.ts';
import { receiveList } from '../../src/flows/receive-list.ts';
import { contentDigest } from '../../src/storage/content-digest.ts';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { hmacSubjectKeys } from '../../src/storage/subject-keys.ts';
import { residentId } from '../support/id-numbers.ts';
import { callerOf, jurisdictionWith } from '../support/jurisdictions.ts';
import { memoryReceiveStore, type MemoryReceiveStore } from '../support/memory-receive-store.ts';
import { noSignatures } from '../support/signatures.ts';

const gaoyang = jurisdictionWith({
  'civil-affairs': {
    name: '民政局',
    pushes: { hardship: { categories: ['SUBSISTENCE_ALLOWANCE', 'EXTREME_POVERTY'] }, deaths: {} },
  },
  'disabled-federation': { name: '残联', pushes: { disability: { categories: ['SEVERE_DISABILITY'] } } },
  health: { name: '卫健局', pushes: { births: {} } },
  tax: { name: '税务局', pushes: { payments: {} } },
});
const civilAffairs = callerOf(gaoyang, 'civil-affairs');

const WANG = { name: '王芳', idNumber: residentId(1) };
const dibao: RawRow = { ...WANG, category: '低保对象', from: '2025-09-01' };

const pushOf = (said: Partial<ListPush>): ListPush => ({
  list: 'hardship',
  idempotencyKey: 'key-1',
  mode: 'DELTA',
  period: null,
  documentNumber: null,
  jurisdiction: null,
  dryRun: false,
  signature: null,
  rows: [dibao],
  ...said,
});

let store: MemoryReceiveStore;
let now: Date;
const subjectKeys = hmacSubjectKeys('pepper for tests, long enough for anything');
const receive = (
  push: Partial<ListPush>,
  caller = civilAffairs as typeof civilAffairs | null,
): Promise<Answer<PushResult>> =>
  receiveList(pushOf(push), caller, {
    clock: { now: () => now },
    ids: uuidv7Ids(),
    subjectKeys,
    contentDigest,
    jurisdictions: { find: (id) => (id === gaoyang.id ? gaoyang : undefined), all: () => [gaoyang] },
    signatures: noSignatures,
    store,
  });

async function received(push: Partial<ListPush>, caller = civilAffairs): Promise<PushResult> {
  const answer = await receive(push, caller);
  if (!answer.ok) throw new Error(`refused: ${answer.refusal.code}`);
  return answer.value;
}

const outcomesOf = ({ verdicts }: PushResult): (readonly [string, ...string[]])[] =>
  (verdicts ?? []).map(({ outcome, findings }) => [outcome, ...findings.map(({ code }) => code)] as const);

beforeEach(() => {
  store = memoryReceiveStore();
  now = new Date('2025-11-01T10:00:00+08:00');
});

describe('a list taken in', () => {
  it('keeps every row as sent and makes claims of the good ones', async () => {
    const bad = { ...dibao, idNumber: '130628198005150012' };
    const result = await received({ rows: [dibao, bad], documentNumber: '高民字〔2025〕1号' });

    expect(result).toMatchObject({ repeated: false, claimsAdded: 1, claimsEnded: 0 });
    expect(result.counts).toEqual({ sent: 2, accepted: 1, unchanged: 0, flagged: 0, rejected: 1 });
    expect(outcomesOf(result)).toEqual([['ACCEPTED'], ['REJECTED', 'ID_NUMBER_CHECK_DIGIT']]);
    expect(store.submissions).toEqual([result.submission]);
    expect(store.rows.map(({ sent }) => sent)).toEqual([dibao, bad]);
    expect(store.standing()).toEqual([
      expect.objectContaining({
        jurisdiction: gaoyang.id,
        agency: 'civil-affairs',
        list: 'hardship',
        subjectKey: subjectKeys.keyOf({ idType: 'RESIDENT_ID', idNumber: WANG.idNumber }),
        attributes: { name: '王芳', category: 'SUBSISTENCE_ALLOWANCE', word: '低保对象' },
        validFrom: '2025-09-01',
        validTo: null,
        toldAt: now,
        submission: result.submission?.id,
        row: 1,
      }),
    ]);
  });

  it('ends what it replaces at the instant of receipt', async () => {
    await received({});
    now = new Date('2025-12-01T10:00:00+08:00');
    const result = await received({ idempotencyKey: 'key-2', rows: [{ ...dibao, to: '2025-11-30' }] });
    expect(result).toMatchObject({ claimsAdded: 1, claimsEnded: 1 });
    expect(store.claims.map(({ endedAt, validTo }) => [endedAt, validTo])).toEqual([
      [now, null],
      [null, '2025-11-30'],
    ]);
  });

  it('judges days by the day in Shanghai', async () => {
    now = new Date('2025-10-31T16:30:00Z');
    const result = await received({ list: 'deaths', rows: [{ ...WANG, diedOn: '2025-11-01' }] });
    expect(outcomesOf(result)).toEqual([['ACCEPTED']]);
  });

  it('flags a name that no standing claim knows, not one written otherwise', async () => {
    await received({ rows: [{ ...dibao, name: '阿依古丽·买买提' }] });
    const result = await received({
      list: 'deaths',
      idempotencyKey: 'key-2',
      rows: [
        { ...WANG, name: '阿依古丽•买买提 ', diedOn: '2025-10-01' },
        { ...WANG, idNumber: residentId(2), name: '新人', diedOn: '2025-10-01' },
      ],
    });
    expect(outcomesOf(result)).toEqual([['ACCEPTED'], ['ACCEPTED']]);
    const other = await received({
      list: 'deaths',
      idempotencyKey: 'key-3',
      rows: [{ ...WANG, diedOn: '2025-10-02' }],
    });
    expect(outcomesOf(other)).toEqual([['FLAGGED', 'NAME_DIFFERS']]);
    expect(other.claimsAdded).toBe(1);
  });

  it('joins a newborn’s certificate and number by the births list', async () => {
    const child = { name: '王小明', idNumber: residentId(3, '2025-10-05'), bornOn: '2025-10-05' };
    const health = callerOf(gaoyang, 'health');
    await received({ list: 'births', rows: [{ ...child, idNumber: 'P130123456' }] }, health);
    await received(
      { list: 'births', idempotencyKey: 'key-2', rows: [{ ...child, certificateNumber: 'P130123456' }] },
      health,
    );
    expect(store.documents.map(({ idNumber }) => idNumber)).toEqual(['P130123456', child.idNumber, 'P130123456']);
    const [certificate, number] = store.documents.map(({ key }) => key);
    expect(store.standing().map(({ subjectKey, attributes }) => [subjectKey, attributes.sameAs])).toEqual([
      [certificate, undefined],
      [number, [certificate]],
    ]);
    expect(store.resolved).toEqual([number, certificate]);
  });

  it('makes nobody known by a row that only removes', async () => {
    const result = await received({ rows: [{ ...WANG, change: 'REMOVE', category: '低保对象' }] });
    expect(outcomesOf(result)).toEqual([['FLAGGED', 'NOTHING_TO_REMOVE']]);
    expect(store.documents).toEqual([]);
  });

  it('a snapshot ends whom it leaves out, whatever the issue of a roster is called', async () => {
    await received({ period: '2025-10', rows: [dibao, { ...dibao, ...{ name: '李强', idNumber: residentId(2) } }] });
    const result = await received({ idempotencyKey: 'key-2', period: '2025-11', mode: 'SNAPSHOT' });
    expect(result).toMatchObject({ claimsAdded: 1, claimsEnded: 1, counts: { unchanged: 1 } });
    expect(store.standing().map(({ validTo }) => validTo)).toEqual([null, '2025-10-31']);
  });

  it('a snapshot of events speaks only of its own period', async () => {
    const tax = callerOf(gaoyang, 'tax');
    const paid = { ...WANG, policyYear: 2026, amount: '400.00', paidOn: '2025-10-30', channel: 'ONLINE' };
    const payments = { list: 'payments', mode: 'SNAPSHOT' } as const;
    await received({ ...payments, period: '2025-10', rows: [paid] }, tax);
    const other = { ...paid, paidOn: '2025-11-01', idNumber: residentId(2) };
    await received({ ...payments, idempotencyKey: 'key-2', period: '2025-11', rows: [other] }, tax);
    expect(store.standing()).toHaveLength(2);
    await received({ ...payments, idempotencyKey: 'key-3', period: '2025-10', rows: [other] }, tax);
    expect(store.standing().map(({ validFrom }) => validFrom)).toEqual(['2025-11-01']);
  });
});

describe('the same push again', () => {
  it('gets the same receipt and does nothing', async () => {
    const first = await received({});
    now = new Date('2025-12-01T10:00:00+08:00');
    const again = await received({});
    expect(again).toMatchObject({ repeated: true, submission: first.submission, counts: first.counts, verdicts: null });
    expect([store.submissions.length, store.claims.length]).toEqual([1, 1]);
  });

  it('under a new key is unchanged', async () => {
    await received({});
    const again = await received({ idempotencyKey: 'key-2' });
    expect(outcomesOf(again)).toEqual([['UNCHANGED']]);
    expect([store.submissions.length, store.claims.length]).toEqual([2, 1]);
  });

  const others: ReadonlyArray<[what: string, change: Partial<ListPush>]> = [
    ['rows', { rows: [{ ...dibao, to: '2025-12-31' }] }],
    ['mode', { mode: 'SNAPSHOT' }],
    ['period', { period: '2025-11' }],
    ['list', { list: 'deaths', rows: [{ ...WANG, diedOn: '2025-10-01' }] }],
  ];
  it.each(others)('with another %s under the key is a conflict and stores nothing', async (_what, change) => {
    await received({});
    expect(await receive(change)).toMatchObject({ ok: false, refusal: { code: 'IDEMPOTENCY_CONFLICT' } });
    expect([store.submissions.length, store.claims.length]).toEqual([1, 1]);
  });
});

describe('a dry run', () => {
  it('tells what would happen, stores nothing and leaves the key free', async () => {
    await received({});
    const tried = await received({
      dryRun: true,
      idempotencyKey: 'key-2',
      rows: [dibao, { ...dibao, ...{ name: '李强', idNumber: residentId(2) } }],
    });
    expect(outcomesOf(tried)).toEqual([['UNCHANGED'], ['ACCEPTED']]);
    expect(tried).toMatchObject({ submission: null, claimsAdded: 1, claimsEnded: 0 });
    expect([store.submissions.length, store.rows.length, store.claims.length, store.documents.length]).toEqual([
      1, 1, 1, 1,
    ]);
    expect((await received({ idempotencyKey: 'key-2' })).repeated).toBe(false);
  });
});

describe('a push refused whole', () => {
  const foreign = { ...dibao, category: '孤儿' };
  const refusals: ReadonlyArray<
    [why: string, push: Partial<ListPush>, caller: typeof civilAffairs | null, code: string]
  > = [
    ['no token', {}, null, 'UNAUTHENTICATED'],
    ['another agency’s list', { list: 'payments' }, civilAffairs, 'FORBIDDEN'],
    ['a token without the list’s scope', {}, callerOf(gaoyang, 'civil-affairs', ['list:deaths:push']), 'FORBIDDEN'],
    ['scope without grant', {}, callerOf(gaoyang, 'tax', ['list:hardship:push']), 'FORBIDDEN'],
    ['another jurisdiction meant', { jurisdiction: '430602' }, civilAffairs, 'FORBIDDEN'],
    ['a jurisdiction not served', {}, { ...civilAffairs, jurisdiction: '999999' }, 'FORBIDDEN'],
    ['a category not granted', { rows: [dibao, foreign] }, civilAffairs, 'FORBIDDEN'],
    [
      'a category not granted in a bad row',
      { rows: [dibao, { ...foreign, idNumber: '1' }] },
      civilAffairs,
      'FORBIDDEN',
    ],
    ['a category not granted, to be removed', { rows: [{ ...foreign, change: 'REMOVE' }] }, civilAffairs, 'FORBIDDEN'],
    [
      'a level of disability not granted',
      { list: 'disability', rows: [{ ...WANG, type: 'LIMB', level: 3, from: '2025-01-01' }] },
      callerOf(gaoyang, 'disabled-federation'),
      'FORBIDDEN',
    ],
    ['a category not granted in a dry run', { dryRun: true, rows: [foreign] }, civilAffairs, 'FORBIDDEN'],
    ['no key', { idempotencyKey: '' }, civilAffairs, 'BAD_USER_INPUT'],
    ['a key of spaces', { idempotencyKey: '  ' }, civilAffairs, 'BAD_USER_INPUT'],
    ['a key of 201 characters', { idempotencyKey: 'k'.repeat(201) }, civilAffairs, 'BAD_USER_INPUT'],
    ['a key with NUL', { idempotencyKey: 'k\u0000' }, civilAffairs, 'BAD_USER_INPUT'],
    ['a document number with half a surrogate pair', { documentNumber: '\uD800' }, civilAffairs, 'BAD_USER_INPUT'],
    ['no rows', { rows: [] }, civilAffairs, 'BAD_USER_INPUT'],
    ['5,001 rows', { rows: Array.from({ length: 5_001 }, () => dibao) }, civilAffairs, 'TOO_MANY_ROWS'],
  ];
  it.each(refusals)('%s', async (_why, push, caller, code) => {
    const answer = await receive(push, caller);
    expect(answer).toMatchObject({ ok: false, refusal: { code } });
    expect([store.submissions.length, store.rows.length, store.claims.length, store.documents.length]).toEqual([
      0, 0, 0, 0,
    ]);
  });

  it('but 5,000 rows and a key of 200 characters are taken', async () => {
    const rows = Array.from({ length: 5_000 }, (_, index) => ({
      ...dibao,
      idNumber: residentId(index % 1_000, `19${70 + Math.floor(index / 1_000)}-05-15`),
    }));
    const { counts } = await received({ rows, idempotencyKey: 'k'.repeat(200) });
    expect(counts).toMatchObject({ sent: 5_000, accepted: 5_000 });
  });
});
