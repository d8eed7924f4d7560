import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint, compactVerify, importJWK, type JWK } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readCompactParts } from '../../src/gateway/compact-token.ts';
import { clientAssertion, makeKeyPair } from '../../src/gateway/issuer.ts';
import { startHub } from '../../src/main.ts';
import {
  attackGround,
  CLIENT,
  expectNoLeak,
  expectRefused,
  goodClaims,
  goodTokenFor,
  knock,
  knockWith,
  part,
  signed,
  type AttackGround,
} from '../support/attack-ground.ts';
import { entriesOf, entriesSince, expectDenied, logSizes, type LogSizes } from '../support/audit.ts';
import { commandProcess } from '../support/commands.ts';

// Section 3.1 of the security programme, lines 5, 8, 18, 20 and 21: keys, signatures, and the proofs of clients.

let ground: AttackGround;
let good: string;
let before: string;
let sizes: LogSizes;
/** How often a test has used an assertion again: that proves who did, and each time is put down. Everything else is only counted. */
let replays = 0;
beforeAll(async () => {
  ground = await attackGround();
  good = await ground.goodToken();
});
afterAll(() => ground.stop());

beforeEach(async () => {
  before = await ground.fingerprint();
  sizes = await logSizes(ground.database);
  replays = 0;
});
afterEach(async () => {
  expect(await ground.fingerprint()).toBe(before);
  const entries = await entriesSince(ground.database, sizes);
  const denials = Array.from({ length: replays }, () => ['DENIED', 'REPLAYED', CLIENT]);
  expect(entries.map(({ decision, reason, client }) => [decision, reason, client])).toEqual(denials);
  expect(new Set(entries.map(({ request }) => request)).size).toBe(replays);
  for (const door of ground.doors) {
    expect([door.name, (await knockWith(door, await goodTokenFor(door))).status]).toEqual([door.name, 200]);
  }
});

describe('the issuer’s keys', () => {
  it('5. a thousand tokens with keys that nobody knows cause one fetch', async () => {
    const { privateKey, publicKey } = await makeKeyPair();
    let fetches = 0;
    const issuer = createServer((_request, response) => {
      fetches += 1;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: [publicKey] }));
    });
    issuer.listen(0, '127.0.0.1');
    await once(issuer, 'listening');
    const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
    const config = ground.config({ ISSUER_URL: url, ISSUER_JWKS_URL: `${url}/jwks` });
    const hub = await startHub({ config, work: 'elsewhere' });
    try {
      const door = ground.doorOf('gateway', hub.url);
      const claims = { ...goodClaims(door), iss: url };
      const theirs = await signed(door, claims, { kid: publicKey.kid }, privateKey);
      const asking = performance.now();
      expect((await knockWith(door, theirs)).status).toBe(200);
      expect(fetches).toBe(1);
      const flood = await Promise.all(
        Array.from({ length: 1_000 }, () => signed(door, claims, { kid: crypto.randomUUID() }, privateKey)),
      );
      const answers = Promise.all(flood.map((token) => knockWith(door, token)));
      expect((await knockWith(door, theirs)).status).toBe(200);
      for (const answer of await answers) expectRefused('an unknown kid', answer);
      // One fetch in thirty seconds, whoever asks: nobody makes the hub ask again for keys that it fetched a moment ago.
      const asked = fetches;
      expect(asked).toBeLessThanOrEqual(1 + Math.floor((performance.now() - asking) / 30_000));
      // A subgraph is given the gateway's keys and asks nobody for any.
      const inside = ground.subgraph;
      for (let i = 0; i < 100; i++) {
        const token = await signed(inside, goodClaims(inside), { kid: crypto.randomUUID() }, privateKey);
        expectRefused('an unknown kid at a subgraph', await knockWith(inside, token));
      }
      expect(fetches).toBe(asked);
    } finally {
      await hub.stop();
      issuer.close();
    }
  }, 120_000);

  it('8. signatures that are none: r and s of zero, past the order of the curve, DER, cut, longer', async () => {
    for (const door of ground.doors) {
      const token = await goodTokenFor(door);
      const [head, payload, signature] = token.split('.') as [string, string, string];
      const bytes = Buffer.from(signature, 'base64url');
      const [r, s] = [bytes.subarray(0, 32), bytes.subarray(32)];
      const zero = Buffer.alloc(32);
      const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
      const der = Buffer.concat([Buffer.from([0x30, 68, 2, 32]), r, Buffer.from([2, 32]), s]);
      const cases: ReadonlyArray<readonly [string, Uint8Array]> = [
        ['both zero', Buffer.concat([zero, zero])],
        ['r zero', Buffer.concat([zero, s])],
        ['s zero', Buffer.concat([r, zero])],
        ['both the order', Buffer.concat([order, order])],
        ['r the order', Buffer.concat([order, s])],
        ['s the order', Buffer.concat([r, order])],
        ['as large as can be', Buffer.alloc(64, 0xff)],
        ['swapped', Buffer.concat([s, r])],
        ['DER', der],
        ['a byte more', Buffer.concat([bytes, Buffer.alloc(1)])],
        ['a byte before', Buffer.concat([Buffer.alloc(1), bytes])],
        ['a byte less', bytes.subarray(0, 63)],
        ['none', Buffer.alloc(0)],
        ['twice', Buffer.concat([bytes, bytes])],
      ];
      for (const [why, wrong] of cases) {
        expectRefused(`${door.name}: ${why}`, await knockWith(door, `${head}.${payload}.${part(wrong)}`));
      }
      expect((await knockWith(door, token)).status).toBe(200);
    }
  });

  // No registry of packages has the file; it lies in C2SP/wycheproof as testvectors_v1/json_web_signature_test.json.
  const vectors = process.env['WYCHEPROOF_JWS'];
  it.skipIf(!vectors)(
    '8. every vector of Wycheproof for JWS: its verdict by its own key, and no way in here',
    async () => {
      const groups = (JSON.parse(readFileSync(vectors!, 'utf8')) as WycheproofFile).testGroups;
      const wrong: unknown[] = [];
      let tried = 0;
      for (const group of groups) {
        const key = group.public ?? group.private;
        for (const { tcId, jws, result } of group.tests) {
          tried += 1;
          const verified = await verdict(jws, key);
          const expected = OTHERWISE.get(tcId) ?? result;
          if (verified !== expected) wrong.push({ tcId, comment: group.comment, result, verified });
          for (const door of ground.doors) expectRefused(`${door.name}: vector ${tcId}`, await knockWith(door, jws));
        }
      }
      expect(wrong).toEqual([]);
      expect(tried).toBeGreaterThan(400);
    },
    240_000,
  );
});

interface WycheproofFile {
  readonly testGroups: readonly {
    readonly comment: string;
    readonly public?: JWK;
    readonly private: JWK;
    readonly tests: readonly { readonly tcId: number; readonly jws: string; readonly result: string }[];
  }[];
}

/**
 * Where the hub's verdict is not the file's. It takes less: the token names another algorithm than its key (346, 350), the key one that
 * there is not (347, 351), or a sign outside the alphabet is to be overlooked (372, 373). And two texts without any fault: their padding
 * was lost when the file was made, so that they are a valid one of it, sign by sign (367, 370).
 */
const OTHERWISE: ReadonlyMap<number, string> = new Map([
  ...[346, 347, 350, 351, 372, 373].map((id) => [id, 'invalid'] as const),
  ...[367, 370].map((id) => [id, 'valid'] as const),
]);

/** What the hub's two steps say, its reading of the parts and the library's check, the algorithm being the key's as it is at the door. */
async function verdict(jws: string, key: JWK): Promise<'valid' | 'invalid'> {
  try {
    if (!readCompactParts(jws)) return 'invalid';
    await compactVerify(jws, await importJWK(key, key.alg), { algorithms: [key.alg!] });
    return 'valid';
  } catch {
    return 'invalid';
  }
}

const NOT_A_CLIENT = '{"error":"invalid_client","error_description":"client authentication failed"}';

async function askToken(url: string, form: Readonly<Record<string, string>>, more: readonly string[] = []) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    ...form,
  }).toString();
  const response = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    headers: [
      ['content-type', 'application/x-www-form-urlencoded'],
      ...more.map((line) => line.split(': ') as [string, string]),
    ],
    body,
  });
  return { status: response.status, body: await response.text() };
}

describe('the proofs of clients', () => {
  it('18. an assertion is used once: not twice, not at another process, not after a restart', async () => {
    const named = { PUBLIC_URL: 'http://yidang.test' };
    const port = async (): Promise<string> => {
      const probe = createServer().listen(0, '127.0.0.1');
      await once(probe, 'listening');
      const { port: free } = probe.address() as AddressInfo;
      await new Promise((closed) => probe.close(closed));
      return String(free);
    };
    const start = async () => startHub({ config: ground.config({ ...named, PORT: await port() }), work: 'elsewhere' });
    const key = await ground.hub.privateKeyOf(CLIENT);
    const first = await start();
    const second = await start();
    const assertion = await clientAssertion(CLIENT, first.issuer, key);
    expect((await askToken(first.url, { client_assertion: assertion })).status).toBe(200);
    for (const hub of [first, second]) {
      expect(await askToken(hub.url, { client_assertion: assertion })).toEqual({ status: 401, body: NOT_A_CLIENT });
    }
    await first.stop();
    await second.stop();
    const restarted = await start();
    expect(await askToken(restarted.url, { client_assertion: assertion })).toEqual({ status: 401, body: NOT_A_CLIENT });

    // Of many who come with one at once, one gets a token.
    const raced = await clientAssertion(CLIENT, first.issuer, key);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => askToken(restarted.url, { client_assertion: raced })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401, 401, 401, 401]);
    replays = 3 + 7;
    // What is kept of them is bounded by their life.
    const kept = await ground.database.query(
      "select count(*)::int as late from replayed_assertion where expires_at > now() + interval '90 s'",
    );
    expect(kept.rows[0].late).toBe(0);
    await restarted.stop();
  }, 120_000);

  it('20. weak keys, private ones, another agency’s and revoked ones are not registered', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'yidang-weak-keys-'));
    const commands = commandProcess();
    const register = async (client: string, jwk: unknown): Promise<string> => {
      const file = join(folder, 'key.json');
      writeFileSync(file, JSON.stringify(jwk));
      const environment = {
        ...process.env,
        YIDANG_ENV: 'development',
        DATABASE_URL: ground.databaseUrl,
        DATA_DIR: ground.dataDir,
      };
      const words = [client, '--public', file];
      const { code, stderr } = await commands.run({ command: 'keygen.ts', words, environment });
      return code === 0 ? 'registered' : stderr;
    };
    const rsa = (modulusLength: number, publicExponent = 65_537) =>
      generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export({ format: 'jwk' });
    const { privateKey, publicKey } = await makeKeyPair();
    const low = Buffer.alloc(32);
    low[0] = 1;
    const weak: ReadonlyArray<readonly [why: string, jwk: unknown]> = [
      ['RSA of 1024 bits', rsa(1024)],
      ['RSA with e = 1', { ...rsa(2048), e: 'AQ' }],
      [
        'P-192',
        { kty: 'EC', crv: 'P-192', x: 'YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh', y: 'YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh' },
      ],
      ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' })],
      ['eight bytes of HMAC', { kty: 'oct', k: 'YWFhYWFhYWE' }],
      ['a private key', privateKey],
      ['a point beside the curve', { ...publicKey, y: publicKey.x }],
      ['a point of small order', { kty: 'OKP', crv: 'Ed25519', x: part(low) }],
      ['a key for encryption', { ...publicKey, use: 'enc' }],
      ['no key', {}],
    ];
    try {
      for (const [why, jwk] of weak) {
        const refused = { reason: 'AGENCY_KEY_IS_WEAK', client: 'hub' };
        const entry = await expectDenied(ground.databaseUrl, refused, async () => {
          const told = await register(CLIENT, jwk);
          expect([why, told]).not.toEqual([why, 'registered']);
          expect([why, /at .+:\d+:\d+|"[dk]"|\/src\//.exec(told)?.[0]]).toEqual([why, undefined]);
        });
        // Nothing of what may be a secret, not even its hash.
        expect(entry).toMatchObject({ act: 'registerKey', operation: `keygen ${CLIENT}` });
        expect(entry.key).toBeUndefined();
      }
      expect(await ground.fingerprint()).toBe(before);

      const key = await calculateJwkThumbprint(publicKey);
      const left = await entriesOf(ground.databaseUrl, async () => {
        expect(await register(CLIENT, publicKey)).toBe('registered');
      });
      expect(left).toMatchObject([{ client: 'hub', act: 'registerKey', decision: 'GRANTED', key }]);
      const registered = await ground.fingerprint();
      await expectDenied(ground.databaseUrl, { reason: 'AGENCY_KEY_IS_TAKEN', client: 'hub', key }, async () => {
        expect(await register('130628:tax', publicKey)).toContain('AGENCY_KEY_IS_TAKEN');
      });
      expect(await ground.fingerprint()).toBe(registered);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await ground.database.query('delete from agency_key');
      // Looked at one by one.
      sizes = await logSizes(ground.database);
      await commands.close();
    }
  }, 120_000);

  it('21. an assertion for another, of another, for too long, without a name, by another key', async () => {
    const key = await ground.hub.privateKeyOf(CLIENT);
    const issuer = ground.hub.issuer;
    const now = Math.floor(Date.now() / 1000);
    const made = (more: object, header: object = {}, by: JWK = key): Promise<string> => {
      const claims = {
        iss: CLIENT,
        sub: CLIENT,
        aud: issuer,
        jti: crypto.randomUUID(),
        iat: now,
        exp: now + 60,
        ...more,
      };
      return signed(ground, claims, { typ: 'JWT', kid: by.kid, ...header }, by);
    };
    const stranger = (await makeKeyPair()).privateKey;
    const fine = await made({});
    const cases: ReadonlyArray<readonly [why: string, assertion: string]> = [
      ['aud is the address of tokens', await made({ aud: `${issuer}/oauth/token` })],
      ['aud is a list', await made({ aud: [issuer] })],
      ['aud is a list with a stranger', await made({ aud: [issuer, 'https://else.example'] })],
      ['no aud', await made({ aud: undefined })],
      ['another sub', await made({ sub: '130628:tax' })],
      ['no sub', await made({ sub: undefined })],
      ['another iss', await made({ iss: '130628:tax' })],
      ['a life of 61 s', await made({ exp: now + 61 })],
      ['a life of ten years', await made({ exp: now + 315_360_000 })],
      ['no end', await made({ exp: undefined })],
      ['no beginning', await made({ iat: undefined })],
      ['expired', await made({ iat: now - 120, exp: now - 70 })],
      ['no jti', await made({ jti: undefined })],
      ['an empty jti', await made({ jti: '' })],
      ['a jti that is a number', await made({ jti: 1 })],
      ['another agency’s key', await made({}, {}, await ground.hub.privateKeyOf('130628:tax'))],
      ['a stranger’s key', await made({}, {}, stranger)],
      ['a stranger’s key under the kid of ours', await made({}, { kid: key.kid }, stranger)],
      ['with a key inside', await made({}, { jwk: key })],
      ['with crit', await made({}, { crit: ['exp'] })],
      ['an access token', good],
      ['nobody’s', await made({ iss: '130628:constructor', sub: '130628:constructor' })],
      ['no token', 'x'],
      ['padded', `${fine}=`],
    ];
    for (const [why, assertion] of cases) {
      expect([why, await askToken(ground.hub.url, { client_assertion: assertion })]).toEqual([
        why,
        { status: 401, body: NOT_A_CLIENT },
      ]);
    }
    const beside: ReadonlyArray<
      readonly [why: string, form: Readonly<Record<string, string>>, more?: readonly string[]]
    > = [
      ['no assertion', {}],
      ['another type of assertion', { client_assertion: fine, client_assertion_type: 'jwt' }],
      ['a secret beside it', { client_assertion: fine, client_secret: 'x' }],
      ['Basic beside it', { client_assertion: fine }, [`authorization: Basic ${part('a:b')}`]],
    ];
    for (const [why, form, more] of beside) {
      const answer = await askToken(ground.hub.url, form, more);
      expect([why, answer]).toEqual([why, { status: 401, body: NOT_A_CLIENT }]);
      expectNoLeak(why, answer);
    }
    // As an access token an assertion opens no door, and it was not used up by any of this.
    for (const door of ground.doors)
      expectRefused('an assertion', await knock(door.url, [`authorization: Bearer ${fine}`], door.question));
    expect((await askToken(ground.hub.url, { client_assertion: fine })).status).toBe(200);
  });
});
