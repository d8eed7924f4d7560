import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig, type ConfigError } from '../../src/config.ts';
import { attackGround, goodTokenFor, knock, type AttackGround } from '../support/attack-ground.ts';

// Section 3.4 of the security programme, line 72: addresses come from the settings alone, and not every address is taken even there.

const PRODUCTION = {
  YIDANG_ENV: 'production',
  DATABASE_URL: 'postgres://db/hub',
  NODE_ENV: 'production',
  SUBJECT_KEY_PEPPER: randomBytes(32).toString('hex'),
  PUBLIC_URL: 'https://hub.example',
  ISSUER_KEY_FILE: '/etc/yidang/issuer.json',
  GATEWAY_KEY_FILE: '/etc/yidang/gateway.json',
  AUDIT_KEY_FILE: '/etc/yidang/seal.json',
  SEALING_KEY_FILE: '/etc/yidang/sealing.json',
  DATA_DIR: tmpdir(),
};

/** The settings that stop the start. */
function problemsOf(more: Readonly<Record<string, string>>, role: 'gateway' | 'subgraph' = 'gateway'): string[] {
  try {
    loadConfig({ ...PRODUCTION, ...more }, role);
    return [];
  } catch (error) {
    return (error as ConfigError).problems.map(({ variable }) => variable);
  }
}

describe('addresses of subgraphs in the settings of a site', () => {
  it('72. loopback, link-local and unspecified ones in any spelling, files and the like stop the start', () => {
    const inside = [
      'http://localhost:4101/graphql',
      'http://LOCALHOST:4101/graphql',
      'http://localhost.:4101',
      'http://vital.localhost:4101',
      'http://127.0.0.1:4101',
      'http://127.1:4101',
      'http://127.8.8.8:4101',
      'http://2130706433:4101',
      'http://0x7f.1:4101',
      'http://017700000001:4101',
      'http://[::1]:4101',
      'http://[0:0:0:0:0:0:0:1]:4101',
      'http://[::]:4101',
      'http://[::ffff:127.0.0.1]:4101',
      'http://[::ffff:169.254.169.254]:4101',
      'http://0.0.0.0:4101',
      'http://0:4101',
      'http://169.254.169.254/latest/meta-data',
      'http://2852039166/',
      'http://[fe80::1]:4101',
      'http://[febf::1]:4101',
      'file:///etc/passwd',
      'gopher://10.0.0.5:4101',
      'data:application/json,x',
      'javascript:1',
      '//10.0.0.5',
      'unix:/run/vital.sock',
    ];
    for (const url of inside) {
      expect([url, problemsOf({ SUBGRAPHS: `vital=${url}` })]).toEqual([url, ['SUBGRAPHS']]);
      expect([url, problemsOf({ SUBGRAPHS: `tax=http://10.0.0.5:4101/graphql,vital=${url}` })]).toEqual([
        url,
        ['SUBGRAPHS'],
      ]);
    }
    for (const url of [
      'http://10.0.0.5:4101/graphql',
      'http://vital:4101',
      'https://vital.example/graphql',
      'http://[fd00::5]:4101',
    ]) {
      expect([url, problemsOf({ SUBGRAPHS: `vital=${url}` })]).toEqual([url, []]);
    }
    // Somebody trying it out has everything on one machine.
    const trying = loadConfig({
      YIDANG_ENV: 'development',
      SUBGRAPHS: 'vital=http://127.0.0.1:4101',
      NODE_ENV: 'production',
      SUBJECT_KEY_PEPPER: randomBytes(32).toString('hex'),
    });
    expect(trying.subgraphs).toEqual({ vital: 'http://127.0.0.1:4101' });
  });

  it('72. neither side starts without the key by which the other is known', () => {
    const apart = { SUBGRAPHS: 'vital=http://10.0.0.5:4101' };
    expect(problemsOf({ ...apart, GATEWAY_KEY_FILE: '' })).toEqual(['GATEWAY_KEY_FILE']);
    expect(problemsOf({ GATEWAY_KEY_FILE: '' })).toEqual([]);
    const alone = { PUBLIC_URL: '', ISSUER_KEY_FILE: '', GATEWAY_KEY_FILE: '' };
    expect(problemsOf(alone, 'subgraph')).toEqual(['GATEWAY_PUBLIC_KEY_FILE']);
    expect(problemsOf({ ...alone, GATEWAY_PUBLIC_KEY_FILE: '/etc/yidang/gateway.public.json' }, 'subgraph')).toEqual(
      [],
    );
  });
});

describe('addresses in what is sent', () => {
  let ground: AttackGround;
  let listener: Server;
  let url: string;
  let calls = 0;
  beforeAll(async () => {
    ground = await attackGround();
    listener = createServer((socket) => {
      calls += 1;
      socket.destroy();
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/graphql`;
  });
  afterAll(async () => {
    listener.close();
    await ground.stop();
  });

  it('72. nobody is called, whatever a request names', async () => {
    const before = await ground.fingerprint();
    for (const address of [
      url,
      'file:///etc/passwd',
      'http://169.254.169.254/',
      url.replace('127.0.0.1', 'localhost'),
    ]) {
      for (const door of ground.doors) {
        const bearer = `authorization: Bearer ${await goodTokenFor(door)}`;
        const headers = [
          'origin',
          'referer',
          'forwarded',
          'x-forwarded-host',
          'x-hub-internal-url',
          'x-callback-url',
          'destination',
          'link',
        ];
        const naming = headers.map((name) => `${name}: ${address}`);
        const subscription = { callbackUrl: address, subscriptionId: 'x', verifier: 'x' };
        const bodies: readonly object[] = [
          JSON.parse(door.question) as object,
          {
            ...(JSON.parse(door.question) as object),
            extensions: { subscription, persistedQuery: { version: 1, sha256Hash: address } },
          },
          { query: 'subscription { submissionProgress(id: "x") { id } }', extensions: { subscription } },
          { documentId: address },
          { query: address },
          { query: `query @link(url: "${address}") { __typename }` },
          { query: '{ _entities(representations: []) { __typename } }', variables: { url: address } },
          { query: `{ policyPack(id: "${address}") { id } submission(id: "${address}") { id } }` },
          { query: 'query($n: String!) { person(idNumber: $n, purpose: AUDIT) { id } }', variables: { n: address } },
        ];
        for (const body of bodies) {
          const { status } = await knock(door.url, [bearer, ...naming], JSON.stringify(body));
          expect([status, JSON.stringify(body).slice(0, 60)]).not.toEqual([500, JSON.stringify(body).slice(0, 60)]);
        }
      }
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: address,
        request_uri: address,
        redirect_uri: address,
        jwks_uri: address,
        resource: address,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await goodTokenFor(ground.gateway),
      });
      expect((await fetch(`${ground.hub.url}/oauth/token`, { method: 'POST', body: form })).status).toBe(401);
    }
    expect(calls).toBe(0);
    expect(await ground.fingerprint()).toBe(before);
  });
});
