import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawRow } from '../../src/domain/intake/list-definition.ts';
import { obtainToken } from '../../src/gateway/issuer.ts';
import { expectDenied } from '../support/audit.ts';
import { bulkHub, WAYS, type BulkAnswer, type BulkHub, type BulkPush, type Way } from '../support/bulk-hub.ts';
import { residentKeys } from '../support/documents.ts';
import { post } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';
import { afterPlan, contents, planOf, standingAfter } from '../support/standing-claims.ts';

// Section 3.5 of the security programme, pushes beside each other: what they say of the same people, in which order, and how often.

const CIVIL_AFFAIRS = '130628:civil-affairs';
const RURAL_AFFAIRS = '130628:rural-affairs';
const POLICE = '130628:public-security';
const INSURANCE = '130628:medical-insurance';
const NOW = new Date('2025-12-01T09:00:00+08:00');

let hub: BulkHub;
beforeAll(async () => {
  hub = await bulkHub({ clock: { now: () => NOW } });
}, 180_000);
afterAll(() => hub.stop());

let people = 0;
const freshNumber = (): string =>
  residentId(1 + ((people += 1) % 900), new Date(Date.UTC(1950, 0, 1 + people)).toISOString().slice(0, 10));
const listed = (said: RawRow = {}): RawRow => ({
  ...{ name: '欧阳春花', idNumber: freshNumber(), category: '低保对象', from: '2025-03-01' },
  ...said,
});
const outcomeOf = (way: Way, client: string, { body }: BulkAnswer) =>
  hub.outcomeOf(client, way === 'graph' ? body.data.pushed.id : body.id);
const tokenOf = async (client: string, operator: string): Promise<string> =>
  (await obtainToken(client, hub.issuer, await hub.privateKeyOf(client), hub.url, operator)).access_token;

/** What stands of a number, whoever said it, without what names a push. */
async function standing(numbers: readonly string[]): Promise<unknown[]> {
  const { rows } = await hub.database.query(
    `select c.agency, c.list, c.attributes, c.valid_from::text, c.valid_to::text from claim c
     where c.subject_key = any($1::uuid[]) and c.ended_at is null order by 1, 2, c.key`,
    [residentKeys(hub, numbers)],
  );
  return rows;
}

describe('the same person twice', () => {
  const conflicting = (idNumber: string): RawRow[] => [
    listed({ idNumber, name: '张三', to: '2025-12-31' }),
    listed({ idNumber, name: '张叁', to: '2026-06-30' }),
    listed({ idNumber, name: '张三', category: '特困人员' }),
    listed({ idNumber, name: '张三', change: 'REMOVE', category: '特困人员' }),
    listed({ idNumber, name: '张三', change: 'CORRECT', to: '2026-03-31' }),
    listed({ idNumber, name: '张三' }),
  ];

  it('86. in one push: one rule, whatever the order of a thousand shuffles', () => {
    const rows = conflicting(residentId(1));
    const before = standingAfter({ list: 'hardship', rows: rows.slice(0, 1), on: '2025-10-15' });
    for (const mode of ['DELTA', 'SNAPSHOT'] as const) {
      const said = (order: readonly RawRow[]): readonly string[] =>
        contents(afterPlan(before, planOf(before, { list: 'hardship', rows: order, on: '2025-12-01', mode })));
      const first = said(rows);
      expect(first.length).toBeGreaterThan(0);
      const next = random(86);
      for (let count = 0; count < 1_000; count += 1) expect(said(shuffled(rows, next))).toEqual(first);
    }
  });

  it.each(WAYS)('86. by %s, in another order each time', async (way) => {
    const next = random(7);
    const found: unknown[] = [];
    for (let count = 0; count < 3; count += 1) {
      const idNumber = freshNumber();
      const rows = shuffled(conflicting(idNumber), next);
      const judged = await hub.judged(way, { client: CIVIL_AFFAIRS, list: 'hardship', rows });
      expect(judged.counts).toMatchObject({ sent: rows.length, rejected: 0 });
      found.push(await standing([idNumber]));
    }
    expect(found[0]).not.toEqual([]);
    for (const other of found) expect(other).toEqual(found[0]);
  });

  it('87. dead for one agency and not for another: both stand, the benefit waits, and the last word wins nothing', async () => {
    const died = (idNumber: string, diedOn: string, change = 'ADD'): RawRow => ({
      name: '钱七',
      idNumber,
      diedOn,
      change,
    });
    const push = (way: Way, client: string, row: RawRow) => hub.judged(way, { client, list: 'deaths', rows: [row] });
    const answers: unknown[] = [];
    for (const [way, firstClient] of [
      ['graph', CIVIL_AFFAIRS],
      ['graph', POLICE],
      ['ndjson', CIVIL_AFFAIRS],
      ['csv', POLICE],
    ] as const) {
      const idNumber = freshNumber();
      const said = { [CIVIL_AFFAIRS]: '2025-11-10', [POLICE]: '2025-11-12' };
      const second = firstClient === POLICE ? CIVIL_AFFAIRS : POLICE;
      await push(way, firstClient, died(idNumber, said[firstClient]));
      expect(await benefitOf(idNumber)).toContain('DEATH_UNCONFIRMED');
      // Whoever did not say it cannot unsay it.
      const alive = await push(way, second, died(idNumber, said[firstClient], 'REMOVE'));
      expect(alive.rows).toEqual([
        { row: 1, outcome: 'FLAGGED', codes: expect.arrayContaining(['NOTHING_TO_REMOVE']) },
      ]);
      expect(await standing([idNumber])).toHaveLength(1);
      await push(way, second, died(idNumber, said[second]));
      expect(await standing([idNumber])).toHaveLength(2);
      const answer = await benefitOf(idNumber);
      expect(answer).toContain('DEATH_DATE_CONFLICT');
      answers.push(answer);
    }
    expect(new Set(answers).size).toBe(1);
  });
});

describe('a push that looks wrong', () => {
  it.each(['graph', 'csv'] as const)(
    '91. by %s: a list that shrinks, and too many deaths, wait for a second person',
    async (way) => {
      const roster = Array.from({ length: 60 }, (_, index) => listed({ name: `甲${index}`, category: '边缘易致贫户' }));
      await hub.judged('graph', { client: RURAL_AFFAIRS, list: 'hardship', rows: roster });
      const numbers = roster.map(({ idNumber }) => String(idNumber));
      const before = await standing(numbers);
      const snapshot: BulkPush = {
        client: RURAL_AFFAIRS,
        list: 'hardship',
        rows: roster.slice(0, 1),
        labels: { mode: 'SNAPSHOT' },
      };
      const sent = await hub.send(way, snapshot, await tokenOf(RURAL_AFFAIRS, 'li.na'));
      const held = await outcomeOf(way, RURAL_AFFAIRS, sent);
      expect(held).toMatchObject({ status: 'NEEDS_RELEASE', claimsAdded: 0, remarks: [{ code: 'SHRINKS_TOO_MUCH' }] });
      expect(await standing(numbers)).toEqual(before);

      const release = async (client: string, operator: string): Promise<string> => {
        const query = `mutation { releaseSubmission(id: "${held.id}") { status } }`;
        const { body } = await post(`${hub.url}/graphql`, { query }, await tokenOf(client, operator));
        return body.errors?.[0]?.extensions.code ?? body.data.releaseSubmission.status;
      };
      expect(await release(RURAL_AFFAIRS, 'li.na')).toBe('FORBIDDEN');
      expect(await release(CIVIL_AFFAIRS, 'li.na')).toBe('NOT_FOUND');
      expect(await standing(numbers)).toEqual(before);
      await release(RURAL_AFFAIRS, 'wang.wei');
      expect(await hub.outcomeOf(RURAL_AFFAIRS, held.id)).toMatchObject({ status: 'RECEIVED', remarks: [] });

      const dead = Array.from({ length: 1_001 }, (_, index) => ({
        ...{ name: `乙${index}`, diedOn: '2025-11-01' },
        idNumber: residentId(
          index % 1_000,
          index < 1_000 ? `19${way === 'csv' ? 20 : 30}-05-06` : `19${way === 'csv' ? 21 : 31}-05-06`,
        ),
      }));
      const deaths = await hub.judged(way, { client: POLICE, list: 'deaths', rows: dead });
      expect(deaths).toMatchObject({
        status: 'NEEDS_RELEASE',
        claimsAdded: 0,
        remarks: [{ code: 'TOO_MANY_NEW_DEATHS' }],
      });
      expect(await standing(dead.map(({ idNumber }) => idNumber))).toEqual([]);
    },
  );
});

describe('a push again', () => {
  it.each(WAYS)('92. by %s: an older version is refused; a gap and the same version anew are in order', async (way) => {
    const client = `130628:${{ graph: 'veterans', ndjson: 'rural-affairs', csv: 'civil-affairs', xlsx: 'health' }[way]}`;
    const category = { graph: '困难退役军人', ndjson: '边缘易致贫户', csv: '低保对象', xlsx: '计生特扶' }[way];
    const version = (period: string): BulkPush => ({
      ...{ client, list: 'hardship', rows: [listed({ category })] },
      labels: { mode: 'SNAPSHOT', period },
    });
    expect((await hub.judged(way, version('2025-09'))).status).toBe('RECEIVED');
    // Issues of a list are labelled by month or year: one that nobody made is no gap, and a later one of the same month takes its place.
    expect((await hub.judged(way, version('2025-11'))).status).toBe('RECEIVED');
    expect((await hub.judged(way, version('2025-11'))).status).toBe('RECEIVED');
    await settled();
    const before = await hub.fingerprint();
    await expectDenied(hub.databaseUrl, { reason: 'STALE_VERSION', client }, async () => {
      const answer = await hub.send(way, version('2025-10'));
      expect([answer.status, answer.code]).toEqual([409, 'STALE_VERSION']);
    });
    expect(await hub.fingerprint()).toBe(before);
  });

  it.each(WAYS)('93. by %s: without a key, under the same key, under another agency’s', async (way) => {
    const rows = [listed({ category: '低保对象' })];
    const push = (said: Partial<BulkPush> = {}): BulkPush => ({
      ...{ client: CIVIL_AFFAIRS, list: 'hardship', rows, labels: { idempotencyKey: `once-${way}` } },
      ...said,
    });
    const first = await hub.send(way, push());
    await outcomeOf(way, CIVIL_AFFAIRS, first);
    await settled();
    const before = await hub.fingerprint();
    const claims = await standing([String(rows[0]!['idNumber'])]);
    expect(claims).toHaveLength(1);

    const again = await hub.send(way, push());
    if (way === 'graph') expect(again.body.data.pushed.id).toBe(first.body.data.pushed.id);
    else expect(again.body).toMatchObject({ id: first.body.id, repeated: true, receipt: first.body.receipt });
    await expectDenied(hub.databaseUrl, { reason: 'IDEMPOTENCY_CONFLICT', client: CIVIL_AFFAIRS }, async () => {
      const other = await hub.send(way, push({ rows: [listed()] }));
      expect([other.status, other.code]).toEqual([422, 'IDEMPOTENCY_CONFLICT']);
    });
    const keyless = await hub.send(way, push({ labels: { idempotencyKey: '' } }));
    expect([keyless.status, keyless.code]).toEqual([400, 'BAD_USER_INPUT']);
    expect(await hub.fingerprint()).toBe(before);

    const others = [listed({ category: '边缘易致贫户' })];
    const other = await hub.judged(way, push({ client: RURAL_AFFAIRS, rows: others }));
    expect(other).toMatchObject({ status: 'RECEIVED', claimsAdded: 1 });

    // At the same moment: one effect, and whoever was second is told of the first, or that it is under way.
    const twice = push({ rows: [listed()], labels: { idempotencyKey: `both-${way}` } });
    const both = await Promise.all([hub.send(way, twice), hub.send(way, twice)]);
    const taken = both.filter(({ code }) => code === null);
    expect(both.filter(({ code }) => code !== null).map(({ status, code }) => [status, code])).toEqual(
      taken.length === 2 ? [] : [[409, 'PUSH_UNDER_WAY']],
    );
    const ids = new Set(taken.map(({ body }) => (way === 'graph' ? body.data.pushed.id : body.id)));
    expect(ids.size).toBe(1);
    await hub.outcomeOf(CIVIL_AFFAIRS, [...ids][0]);
    expect(await standing([String(twice.rows[0]!['idNumber'])])).toHaveLength(1);
  });
});

/** Waits until no job is left, so that tables change by what is sent alone. */
async function settled(): Promise<void> {
  const left = async (): Promise<number> =>
    (await hub.database.query('select count(*)::int as n from graphile_worker.jobs where run_at <= now()')).rows[0].n;
  await expect.poll(left, { timeout: 60_000, interval: 50 }).toBe(0);
}

/** What a pack says of somebody, as text. */
async function benefitOf(idNumber: string): Promise<string> {
  const query = `query ($of: String!) { person(idNumber: $of, purpose: BENEFIT_ADMINISTRATION) {
    benefit(policyYear: 2026, asOf: "2026-01-15") { outcome review { code } notices { code } } } }`;
  const { body } = await hub.ask(INSURANCE, { query, variables: { of: idNumber } });
  expect(body.errors).toBeUndefined();
  return JSON.stringify(body.data.person.benefit);
}

/** A generator of numbers from 0 to 1 that says the same each time (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function shuffled<T>(all: readonly T[], next: () => number): T[] {
  const order = [...all];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(next() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
