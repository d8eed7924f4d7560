import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentKeys } from '../../src/gateway/dev-keys.ts';
import { makeKeyPair, obtainToken } from '../../src/gateway/issuer.ts';
import { withNewKey } from '../../src/storage/sealing/key-ring.ts';
import { post, testHub, type TestHub } from '../support/hub.ts';

const signIn = (hub: TestHub, client: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${hub.url}/dev/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ client }),
  });

describe('the playground of a development hub', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await testHub();
  });
  afterAll(() => hub.stop());

  it('asks no other address for anything', async () => {
    const response = await fetch(`${hub.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(response.headers.get('content-type')).toContain('text/html');
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*/);
    expect(await response.text()).not.toMatch(/(src|href)="https?:/);
  });

  it('lists every agency of every jurisdiction, and shows an agency the operations it may use', async () => {
    const page = await (await fetch(`${hub.url}/graphql?as=130628:civil-affairs`)).text();
    expect(page).toContain('"agency":"130628:civil-affairs"');
    for (const name of ['高阳县民政局', '国家税务总局高阳县税务局', '430602']) expect(page).toContain(name);
    expect(page).toContain('mutation PushHardship');
    expect(page).not.toContain('mutation PushPayments');
    expect(page).not.toContain('query PersonDecision');
  });

  it('opens with reading people, and offers nobody what their lists do not allow', async () => {
    const pageOf = async (agency: string): Promise<string> =>
      (await fetch(`${hub.url}/graphql?as=130628:${agency}`)).text();
    const insurance = await pageOf('medical-insurance');
    const [reading, handling] = ['query Household', 'mutation AnswerCorrection'].map((text) => insurance.indexOf(text));
    expect(reading).toBeGreaterThan(0);
    expect(handling).toBeGreaterThan(reading!);
    expect((await pageOf('tax')).includes('query Household')).toBe(false);
  });

  it('signs in as an agency with a real token', async () => {
    const response = await signIn(hub, '130628:tax');
    expect(response.status).toBe(200);
    const { access_token: token } = (await response.json()) as { access_token: string };
    const { body } = await post(`${hub.url}/graphql`, { query: '{ lists { name mayPush } }' }, token);
    const mine = body.data.lists.filter((list: { mayPush: boolean }) => list.mayPush);
    expect(mine.map((list: { name: string }) => list.name).toSorted()).toEqual(['PAYMENTS', 'REFUND_APPLICATIONS']);
  });

  it('signs nobody in as no agency, from another site, or under another name of this machine', async () => {
    for (const client of ['130628:constructor', '130628:', '', null, 7, ['130628:tax']]) {
      expect([client, (await signIn(hub, client)).status]).toEqual([client, 404]);
    }
    expect((await signIn(hub, '130628:tax', { origin: 'http://evil.example' })).status).toBe(404);
    expect((await signIn(hub, '130628:tax', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('keeps the private keys for its user alone', async () => {
    await hub.privateKeyOf('130628:tax');
    expect(statSync(join(hub.dataDir, 'dev-keys')).mode & 0o777).toBe(0o700);
    expect(statSync(join(hub.dataDir, 'dev-keys/130628%3Atax.json')).mode & 0o777).toBe(0o600);
    expect(statSync(join(hub.dataDir, 'issuer-keys.json')).mode & 0o777).toBe(0o600);
  });
});

describe('a production hub', () => {
  let hub: TestHub;
  let keys: string;
  const settings = (file: string) => ({
    YIDANG_ENV: 'production',
    // An embedded database of its own: the tests' server gives up durability, on which no production hub starts.
    DATABASE_URL: '',
    PUBLIC_URL: 'http://127.0.0.1:0',
    NODE_ENV: 'production',
    SUBJECT_KEY_PEPPER: randomBytes(32).toString('hex'),
    ISSUER_KEY_FILE: file,
    AUDIT_KEY_FILE: join(keys, 'audit.json'),
    SEALING_KEY_FILE: join(keys, 'sealing.json'),
  });
  beforeAll(async () => {
    keys = mkdtempSync(join(tmpdir(), 'yidang-keys-'));
    writeFileSync(join(keys, 'issuer.json'), JSON.stringify({ keys: [(await makeKeyPair()).privateKey] }), {
      mode: 0o600,
    });
    writeFileSync(join(keys, 'audit.json'), JSON.stringify({ keys: [(await makeKeyPair()).privateKey] }), {
      mode: 0o600,
    });
    writeFileSync(join(keys, 'sealing.json'), JSON.stringify(withNewKey('AES-256-GCM')), { mode: 0o600 });
    hub = await testHub({ environment: settings(join(keys, 'issuer.json')) });
  });
  afterAll(async () => {
    await hub.stop();
    rmSync(keys, { recursive: true });
  });

  it('signs nobody in, shows no page, tells nobody the schema, and has no agency’s key', async () => {
    expect((await signIn(hub, '130628:tax')).status).toBe(404);
    expect((await fetch(`${hub.url}/graphql`, { headers: { accept: 'text/html' } })).status).toBe(405);
    expect((await post(`${hub.url}/graphql`, { query: '{ __schema { queryType { name } } }' }, null)).status).toBe(401);
    await expect(hub.privateKeyOf('130628:tax')).rejects.toThrow('with the agencies');
  });

  it('believes no key of a development folder', async () => {
    const key = await developmentKeys(hub.dataDir).privateKeyOf('130628:tax');
    await expect(obtainToken('130628:tax', hub.issuer, key)).rejects.toThrow('invalid_client');
  });

  it('does not start without its signing keys', async () => {
    await expect(testHub({ environment: settings(join(keys, 'missing.json')) })).rejects.toThrow('ISSUER_KEY_FILE');
    const publicOnly = join(keys, 'public.json');
    writeFileSync(publicOnly, JSON.stringify({ keys: [(await makeKeyPair()).publicKey] }));
    await expect(testHub({ environment: settings(publicOnly) })).rejects.toThrow('ISSUER_KEY_FILE');
  });
});
