import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig, type Config } from '../../src/config.ts';
import { obtainToken } from '../../src/gateway/issuer.ts';
import { startHub, startSubgraph, type RunningHub, type RunningSubgraph } from '../../src/main.ts';
import { asOwner, newDatabase } from '../support/database.ts';
import { follow } from '../support/events.ts';
import { post } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';

// A subscription through the planner: its subgraph in another process (reached over HTTP), or here while another one is elsewhere.

const CLIENT = '130628:civil-affairs';
const QUERY = `subscription Follow($id: ID!) {
  submissionProgress(id: $id) { id status counts { sent } }
}`;

let dataDir: string;
let database: pg.Pool;
let issuer: RunningHub;
const subgraphs = new Map<string, RunningSubgraph>();
const gateways = new Map<string, RunningHub>();
let token: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'yidang-followed-'));
  const databaseUrl = await newDatabase({ migrated: true });
  database = new pg.Pool({ connectionString: asOwner(databaseUrl), max: 1 });
  const config = (more: Record<string, string> = {}): Config =>
    loadConfig({
      YIDANG_ENV: 'development',
      PORT: '0',
      LOG_LEVEL: 'silent',
      DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl,
      SUBJECT_KEY_PEPPER: 'a-pepper-that-all-processes-of-this-test-share',
      ...more,
    });
  issuer = await startHub({ config: config(), work: 'elsewhere' });
  const trusting = { ISSUER_URL: issuer.issuer, ISSUER_JWKS_URL: `${issuer.url}/oauth/jwks` };
  for (const name of ['exchange', 'hardship']) {
    const subgraph = await startSubgraph(name, { config: config() });
    subgraphs.set(name, subgraph);
    gateways.set(
      name,
      await startHub({ config: config({ ...trusting, SUBGRAPHS: `${name}=${subgraph.url}` }), work: 'elsewhere' }),
    );
  }
  token = (await obtainToken(CLIENT, issuer.issuer, await issuer.privateKeyOf(CLIENT), issuer.url)).access_token;
}, 240_000);

afterAll(async () => {
  for (const one of [...gateways.values(), ...subgraphs.values(), issuer]) await one?.stop();
  await database?.end();
  rmSync(dataDir, { recursive: true, force: true });
});

let pushed = 0;
async function push(): Promise<string> {
  const query = `mutation { pushDeaths(input: { idempotencyKey: "k${(pushed += 1)}", rows: [
    { name: "甲", idNumber: "${residentId(pushed)}", diedOn: "2024-01-01" }] }) { id } }`;
  const { body } = await post(`${issuer.url}/graphql`, { query }, token);
  return body.data.pushDeaths.id;
}
const set = async (id: string, state: string): Promise<void> => {
  await database.query(`update submission set ${state} where id = $1`, [id]);
};

describe.each(['exchange', 'hardship'])('with %s in another process', (name) => {
  it('a submission is followed to its end', async () => {
    const id = await push();
    await set(id, "status = 'QUEUED', taken_in_at = null");
    const events = await follow(gateways.get(name)!.url, { query: QUERY, variables: { id } }, token);
    expect(events.status).toBe(200);
    expect((await events.next())?.data).toEqual({
      data: { submissionProgress: { id, status: 'QUEUED', counts: { sent: 1 } } },
    });
    await set(id, "status = 'RECEIVED', taken_in_at = now(), decided_at = now()");
    expect(await events.rest()).toMatchObject([
      { event: 'next', data: { data: { submissionProgress: { id, status: 'RECEIVED' } } } },
      { event: 'complete' },
    ]);
  });

  it('one that there is not is refused', async () => {
    const variables = { id: '00000000-0000-7000-8000-000000000000' };
    const events = await follow(gateways.get(name)!.url, { query: QUERY, variables }, token);
    const [first, ...rest] = await events.rest();
    expect(first?.data.errors.map(({ extensions }: any) => extensions.code)).toEqual(['NOT_FOUND']);
    expect(rest.map(({ event }) => event)).toEqual(['complete']);
  });

  it('nobody looks any more once the client has gone', async () => {
    const id = await push();
    await set(id, "status = 'QUEUED', taken_in_at = null");
    const open = await Promise.all(
      Array.from({ length: 10 }, () => follow(gateways.get(name)!.url, { query: QUERY, variables: { id } }, token)),
    );
    for (const one of open) await one.next();
    for (const one of open) await one.leave();
    // Ten are as many as one client may have open, at the gateway and at the subgraph: one more fits once these are gone.
    const deadline = Date.now() + 45_000;
    for (;;) {
      const one = await follow(gateways.get(name)!.url, { query: QUERY, variables: { id } }, token);
      const first = one.status === 200 ? await one.next() : undefined;
      await one.leave();
      if (first?.data.data?.submissionProgress) break;
      expect(Date.now()).toBeLessThan(deadline);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
});
