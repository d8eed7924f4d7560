import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { importJWK, SignJWT, type JWK } from 'jose';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { follow, type SeenEvents } from '../support/events.ts';
import { residentId } from '../support/id-numbers.ts';
import { pushingHub, type PushingHub } from '../support/pushing-hub.ts';

const CIVIL_AFFAIRS = '130628:civil-affairs';
const TAX = '130628:tax';
const QUERY = `subscription ($id: ID!) {
  submissionProgress(id: $id) { id status progress { stage rowsDone rowsSent rate } verdicts { totalCount } }
}`;

/** Submissions whose work is over; each test takes its own. */
const ready: string[] = [];
const SUBMISSIONS = 12;

let hub: PushingHub;
let database: pg.Pool;
beforeAll(async () => {
  hub = await pushingHub();
  database = new pg.Pool({ connectionString: hub.databaseUrl, max: 4 });
  for (let made = 0; made < SUBMISSIONS; made += 1) ready.push(await pushed(hub, residentId(made)));
  await settled(SUBMISSIONS);
});
afterAll(async () => {
  await database?.end();
  await hub?.stop();
});

const pushed = async (to: PushingHub, idNumber: string): Promise<string> =>
  (await to.received(CIVIL_AFFAIRS, 'Deaths', [{ name: '甲', idNumber, diedOn: '2024-01-01' }])).id;

/** Waits until the hub's own work on so many pushes is over, which would otherwise write over what a test writes. */
async function settled(count: number, by: pg.Pool = database): Promise<void> {
  const decided = 'select from submission where decided_at is not null';
  await vi.waitFor(async () => expect((await by.query(decided)).rowCount).toBe(count), { timeout: 60_000 });
}

/** A submission as if its work stood so; the work itself is tested where it is done. */
async function submissionThat(set: string): Promise<string> {
  const id = ready.pop();
  expect(id, 'one for each that asks: SUBMISSIONS').toBeDefined();
  await put(id!, set);
  return id!;
}
const put = async (id: string, set: string, by: pg.Pool = database): Promise<void> => {
  await by.query(`update submission set ${set} where id = $1`, [id]);
};

const followed = async (id: string, client = CIVIL_AFFAIRS, query = QUERY): Promise<SeenEvents> =>
  follow(hub.url, { query, variables: { id } }, await hub.tokenOf(client));

const WAITING = "status = 'QUEUED', taken_in_at = null, decided_at = null";
const DONE = "status = 'RECEIVED', taken_in_at = now(), decided_at = now()";

describe('a submission that is followed', () => {
  it.concurrent('is shown at once, again whenever it moves on, and last as it ended', async () => {
    const id = await submissionThat(WAITING);
    const events = await followed(id);
    expect([events.status, events.contentType]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(await events.next()).toEqual({
      event: 'next',
      data: { data: { submissionProgress: { id, status: 'QUEUED', progress: null, verdicts: { totalCount: 1 } } } },
    });
    await put(
      id,
      "status = 'WORKING', stage = 'JUDGING', rows_done = 30, stage_since = '2026-01-01T00:00:00Z', updated_at = '2026-01-01T00:00:04Z'",
    );
    expect((await events.next())?.data.data.submissionProgress).toMatchObject({
      status: 'WORKING',
      progress: { stage: 'JUDGING', rowsDone: 30, rowsSent: 1, rate: 7.5 },
    });
    await put(id, `${DONE}, rows_done = 40`);
    expect(await events.rest()).toMatchObject([
      { event: 'next', data: { data: { submissionProgress: { status: 'RECEIVED' } } } },
      { event: 'complete', data: null },
    ]);
  });

  it.concurrent('is followed until the persons whom it touches are decided', async () => {
    const id = await submissionThat("status = 'RECEIVED', taken_in_at = now(), decided_at = null");
    const events = await followed(id);
    expect((await events.next())?.data.data.submissionProgress.status).toBe('RECEIVED');
    await put(id, DONE);
    expect((await events.rest()).map(({ event }) => event)).toEqual(['next', 'complete']);
  });

  it.concurrent.each(['NEEDS_RELEASE', 'REFUSED', 'FAILED', 'DRY_RUN'])(
    'ends at once where it is %s',
    async (status) => {
      const id = await submissionThat(`status = '${status}', taken_in_at = null, decided_at = null`);
      expect(await (await followed(id)).rest()).toMatchObject([
        { event: 'next', data: { data: { submissionProgress: { id, status } } } },
        { event: 'complete' },
      ]);
    },
  );

  it.concurrent('ends with the token, and says why', async () => {
    const id = await submissionThat(WAITING);
    const [issuerKey] = JSON.parse(readFileSync(join(hub.dataDir, 'issuer-keys.json'), 'utf8')).keys as [JWK];
    const now = Math.floor(Date.now() / 1000);
    // Clocks may differ by ten seconds, so this one holds for some nine seconds more: whatever runs beside, it is let in before.
    const token = await new SignJWT({
      ...{ iss: hub.issuer, aud: 'yidang', sub: CIVIL_AFFAIRS, jti: 'short', iat: now - 100, exp: now - 1 },
      ...{ agency: 'civil-affairs', jurisdiction: '130628', scope: 'submission:read' },
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: issuerKey.kid! })
      .sign(await importJWK(issuerKey, 'ES256'));
    const events = await follow(hub.url, { query: QUERY, variables: { id } }, token);
    expect(await events.rest()).toMatchObject([
      { event: 'next', data: { data: { submissionProgress: { status: 'QUEUED' } } } },
      { event: 'next', data: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] } },
      { event: 'complete' },
    ]);
  });

  it.concurrent('ends at once when the hub stops', async () => {
    const other = await pushingHub();
    const its = new pg.Pool({ connectionString: other.databaseUrl, max: 1 });
    const id = await pushed(other, residentId(1));
    await settled(1, its);
    await put(id, WAITING, its);
    await its.end();
    const events = await follow(other.url, { query: QUERY, variables: { id } }, await other.tokenOf(CIVIL_AFFAIRS));
    expect((await events.next())?.event).toBe('next');
    const started = Date.now();
    const [rest] = await Promise.all([events.rest(), other.stop()]);
    expect(rest.map(({ event }) => event)).toEqual(['complete']);
    // Requests under way are given 25 seconds; nobody waits for a stream.
    expect(Date.now() - started).toBeLessThan(20_000);
  });

  it('is looked for no more once nobody listens', async () => {
    const id = await submissionThat(WAITING);
    const events = await followed(id);
    expect((await events.next())?.event).toBe('next');
    await events.leave();
    const looks = async (): Promise<number> => {
      const seen = await database.query<{ looks: string }>(
        `select sum(seq_scan + coalesce(idx_scan, 0)) as looks from pg_stat_user_tables where relname = 'submission'`,
      );
      return Number(seen.rows[0]!.looks);
    };
    let before = await looks();
    // Statistics are flushed about once a second: two seconds without a look mean that nobody looks. Whoever listened was looked for every second.
    for (let quiet = Date.now(); Date.now() - quiet < 2_500;) {
      await sleep(100);
      const seen = await looks();
      if (seen !== before) quiet = Date.now();
      before = seen;
    }
  });
});

const refused: ReadonlyArray<[why: string, client: string, id: () => Promise<string>, code: string]> = [
  ['of another agency', TAX, () => submissionThat(WAITING), 'NOT_FOUND'],
  ['that is none', CIVIL_AFFAIRS, async () => '00000000-0000-7000-8000-000000000000', 'NOT_FOUND'],
  ['of an agency that pushes nothing', '130628:finance', () => submissionThat(WAITING), 'FORBIDDEN'],
];
it.each(refused)('one %s is refused like a question, and the stream ends', async (_why, client, id, code) => {
  const seen = await (await followed(await id(), client)).rest();
  expect(seen).toMatchObject([{ event: 'next', data: { errors: [{ extensions: { code } }] } }, { event: 'complete' }]);
});

describe('at the door', () => {
  it('nobody follows without a token', async () => {
    const events = await follow(hub.url, { query: QUERY, variables: { id: 'x' } }, null);
    expect(events.status).toBe(401);
  });

  it('a subscription that takes no events is told to, and a question that takes them gets one', async () => {
    const { status, body } = await hub.ask(CIVIL_AFFAIRS, { query: QUERY, variables: { id: 'x' } });
    expect([status, body.errors?.[0]?.extensions.code]).toEqual([406, 'STREAM_NEEDED']);
    const events = await followed('x', CIVIL_AFFAIRS, '{ lists { name } }');
    expect((await events.rest()).map(({ event, data }) => [event, data?.data.lists.length])).toEqual([
      ['next', 12],
      ['complete', undefined],
    ]);
  });

  it('one client opens so many streams and no more, and may again once some are over', async () => {
    const id = await submissionThat(WAITING);
    const open = await Promise.all(Array.from({ length: 10 }, () => followed(id)));
    expect(open.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect((await followed(id)).status).toBe(429);
    expect((await followed(await submissionThat(DONE), TAX)).status).toBe(200);
    await put(id, DONE);
    for (const one of open) await one.rest();
    expect((await followed(id)).status).toBe(200);
  });
});
