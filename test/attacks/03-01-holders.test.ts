import { createHash } from 'node:crypto';
import { decodeJwt, type JWK } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientAssertion, makeKeyPair } from '../../src/gateway/issuer.ts';
import { startHub, startSubgraph, type RunningHub } from '../../src/main.ts';
import { revocationStore } from '../../src/storage/revocations.ts';
import { walledDatabase } from '../../src/storage/walled-database.ts';
import {
  attackGround,
  CLIENT,
  expectRefused,
  goodClaims,
  goodTokenFor,
  knock,
  knockWith,
  signed,
  type AttackGround,
  type Door,
  type Knocked,
} from '../support/attack-ground.ts';
import { entriesSince, expectDenied, expectOnlyCounted, logSizes, type LogSizes } from '../support/audit.ts';
import { jurisdictionWith } from '../support/jurisdictions.ts';

// Section 3.1 of the security programme, lines 22 and 23: tokens that belong to a key, and tokens that belong to nobody any more.

const REQUIRED = '130628:tax';
const agencies = {
  'civil-affairs': { name: '高阳县民政局', pushes: { hardship: { categories: ['ORPHAN' as const] } } },
  tax: { name: '国家税务总局高阳县税务局', pushes: { payments: {} }, dpop: 'required' as const },
};
const jurisdictions = [{ ...jurisdictionWith(agencies), deaths: { sources: [], mustAgree: 0 } }];

let ground: AttackGround;
let good: string;
let holder: JWK;
let publicKey: JWK;
beforeAll(async () => {
  ground = await attackGround({ jurisdictions });
  good = await ground.goodToken();
  const pair = await makeKeyPair();
  holder = pair.privateKey;
  const { kty, crv, x, y } = pair.publicKey;
  publicKey = { kty, crv, x, y } as JWK;
});
afterAll(() => ground.stop());

const now = (): number => Math.floor(Date.now() / 1000);
const tokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url');

interface ProofParts {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly by?: JWK;
}

/** A proof for one request of a door, with what an attack changes in it. */
const proofFor = (door: Pick<Door, 'url'>, token: string, { header = {}, claims = {}, by = holder }: ProofParts = {}) =>
  signed(
    ground,
    { jti: crypto.randomUUID(), htm: 'POST', htu: `${door.url}/graphql`, iat: now(), ath: tokenHash(token), ...claims },
    { typ: 'dpop+jwt', kid: undefined, jwk: publicKey, ...header },
    by,
  );

const bound = (more: Readonly<Record<string, unknown>> = {}): Promise<string> =>
  signed(ground, { ...goodClaims(ground), cnf: { jkt: holder.kid }, ...more });

const knockBound = (
  door: Door,
  token: string,
  proofs: readonly string[],
  more: readonly string[] = [],
): Promise<Knocked> =>
  knock(door.url, [`authorization: DPoP ${token}`, ...proofs.map((proof) => `dpop: ${proof}`), ...more], door.question);

describe('tokens that belong to a key', () => {
  let before: string;
  let sizes: LogSizes;
  /** Denials that a test must have left: whoever proves who they are, by a proof used before. All else is only counted. */
  let denials: readonly (readonly [reason: string, client: string])[] = [];
  beforeAll(async () => {
    before = await ground.fingerprint();
  });
  beforeEach(async () => {
    sizes = await logSizes(ground.database);
    denials = [];
  });
  afterEach(async () => {
    expect(await ground.fingerprint()).toBe(before);
    const entries = await entriesSince(ground.database, sizes);
    expect(entries.map(({ reason, client }) => [reason, client])).toEqual(denials);
    for (const door of ground.doors) {
      expect([door.name, (await knockWith(door, await goodTokenFor(door))).status]).toEqual([door.name, 200]);
    }
  });

  it('22. a bound token without its proof, with a wrong one, with one used before, or as a bearer’s', async () => {
    const stranger = (await makeKeyPair()).privateKey;
    const { kty, crv, x, y } = stranger;
    const door = ground.gateway;
    const token = await bound();
    const fine = await proofFor(door, token);
    expect([door.name, (await knockBound(door, token, [fine])).status]).toEqual([door.name, 200]);

    const wrong: ReadonlyArray<readonly [why: string, parts: ProofParts]> = [
      ['another method', { claims: { htm: 'GET' } }],
      ['a method in small letters', { claims: { htm: 'post' } }],
      ['another address', { claims: { htu: `${door.url}/lists/hardship` } }],
      ['another host', { claims: { htu: 'https://else.example/graphql' } }],
      ['no address', { claims: { htu: undefined } }],
      ['another token', { claims: { ath: tokenHash(good) } }],
      ['no token', { claims: { ath: undefined } }],
      ['two minutes old', { claims: { iat: now() - 120 } }],
      ['of the next minute', { claims: { iat: now() + 60 } }],
      ['no time', { claims: { iat: undefined } }],
      ['no name', { claims: { jti: undefined } }],
      ['a private key in it', { header: { jwk: { ...publicKey, d: holder.d } } }],
      ['another’s key', { header: { jwk: { kty, crv, x, y } }, by: stranger }],
      ['another’s signature', { by: stranger }],
      ['no key', { header: { jwk: undefined } }],
      ['another type', { header: { typ: 'JWT' } }],
      ['crit', { header: { crit: ['jti'] } }],
      ['alg none', { header: { alg: 'none' } }],
    ];
    for (const [why, parts] of wrong) {
      expectRefused(`${door.name}: ${why}`, await knockBound(door, token, [await proofFor(door, token, parts)]));
    }
    const fresh = (): Promise<string> => proofFor(door, token);
    expectRefused('used before', await knockBound(door, token, [fine]));
    expectRefused('no proof', await knockBound(door, token, []));
    expectRefused('two proofs', await knockBound(door, token, [await fresh(), await fresh()]));
    expectRefused('as a bearer’s', await knockWith(door, token));
    expectRefused('as a bearer’s, with proof', await knockWith(door, token, [`dpop: ${await fresh()}`]));
    expectRefused('a bearer’s as bound', await knockBound(door, good, [await proofFor(door, good)]));
    expect((await knockBound(door, token, [await fresh()])).status).toBe(200);

    // Bound to a certificate: nothing here can check that, whoever says that it was shown.
    const certificate = await signed(ground, { ...goodClaims(ground), cnf: { 'x5t#S256': 'A'.repeat(43) } });
    const shown = ['x-client-cert: MIIB', 'x-forwarded-client-cert: Hash=00', 'x-ssl-client-verify: SUCCESS'];
    expectRefused('bound to a certificate', await knockWith(door, certificate, shown));
    for (const cnf of [null, {}, 'x', [], { jkt: 1 }, { jkt: holder.kid, 'x5t#S256': 'x' }, { jwk: publicKey }]) {
      expectRefused(`cnf ${JSON.stringify(cnf)}`, await knockWith(door, await bound({ cnf })));
    }
    // Of many who come with one proof at once, one is let in.
    const raced = await fresh();
    const answers = await Promise.all(Array.from({ length: 6 }, () => knockBound(door, token, [raced])));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);

    // A subgraph takes no agency's token, however well it is proven; and none of the gateway's is bound to anybody's key.
    const inside = ground.subgraph;
    expectRefused('a bound token inside', await knockBound(inside, token, [await proofFor(inside, token)]));
    const boundInside = await signed(inside, { ...goodClaims(inside), cnf: { jkt: holder.kid } });
    expectRefused('the gateway’s, bound', await knockWith(inside, boundInside));
    expectRefused('the gateway’s, bound', await knockBound(inside, boundInside, [await proofFor(inside, boundInside)]));
  }, 120_000);

  it('22. an agency of which proofs are asked gets no other token, and is let in with no other', async () => {
    const key = await ground.hub.privateKeyOf(REQUIRED);
    const askToken = async (proof?: string) => {
      const response = await fetch(`${ground.hub.url}/oauth/token`, {
        method: 'POST',
        headers: proof === undefined ? {} : { dpop: proof },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: await clientAssertion(REQUIRED, ground.hub.issuer, key),
        }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, string> };
    };
    expect((await askToken()).status).toBe(400);
    const htu = `${ground.hub.issuer}/oauth/token`;
    const proof = (claims: Readonly<Record<string, unknown>> = {}): Promise<string> =>
      proofFor(ground.doors[0]!, '', { claims: { htu, ath: undefined, ...claims } });
    for (const claims of [{ htu: `${ground.hub.issuer}/graphql` }, { iat: now() - 120 }, { htm: 'GET' }]) {
      expect((await askToken(await proof(claims))).body['error']).toBe('invalid_dpop_proof');
    }
    const once = await proof();
    const granted = await askToken(once);
    expect([granted.status, granted.body['token_type']]).toEqual([200, 'DPoP']);
    expect((await askToken(once)).status).toBeGreaterThanOrEqual(400);
    denials = [['REPLAYED', REQUIRED]];

    const token = granted.body['access_token']!;
    expect(decodeJwt(token)['cnf']).toEqual({ jkt: holder.kid });
    const door = ground.gateway;
    expect((await knockBound(door, token, [await proofFor(door, token)])).status).toBe(200);
    expectRefused('as a bearer’s', await knockWith(door, token));
    // An issuer that forgets to bind it does not open the door.
    expectRefused('not bound', await knockWith(door, await signed(door, { ...goodClaims(door), agency: 'tax' })));
  });
});

describe('tokens that belong to nobody any more', () => {
  /** Milliseconds until a door says 401 to what it took before. */
  const felt = async (ask: () => Promise<Knocked>): Promise<number> => {
    const since = performance.now();
    while (performance.now() - since < 10_000) {
      const answer = await ask();
      if (answer.status === 401) {
        expectRefused('taken back', answer);
        return performance.now() - since;
      }
      await new Promise((later) => setTimeout(later, 50));
    }
    return Infinity;
  };

  it('23. a key that is revoked and an agency that is suspended are out on every process within five seconds', async () => {
    const config = ground.config(ground.trusting);
    const second: RunningHub = await startHub({ jurisdictions, config, work: 'elsewhere' });
    const third = await startSubgraph('hardship', { jurisdictions, config });
    const doors: readonly Door[] = [
      ...ground.doors,
      ground.doorOf('gateway', second.url),
      ground.doorOf('subgraph', new URL(third.url).origin),
    ];
    try {
      const store = revocationStore({ pool: ground.database, walled: walledDatabase(ground.database) });
      const token = await ground.goodToken();
      const used = decodeJwt(token)['key'] as string;
      expect(used).toBe((await ground.hub.privateKeyOf(CLIENT)).kid);
      // The gateway's tokens live for seconds: each knock has one of its own, as if the gateway had not heard of anything.
      const byKey = async (door: Door) => knockWith(door, await signed(door, { ...goodClaims(door), key: used }));
      const byAnother = async (door: Door) => knockWith(door, await goodTokenFor(door));
      const all = (ask: (door: Door) => Promise<Knocked>): Promise<readonly number[]> =>
        Promise.all(doors.map((door) => felt(() => ask(door))));
      for (const door of doors) expect((await byKey(door)).status).toBe(200);
      expect((await knockWith(ground.gateway, token)).status).toBe(200);

      expect(await store.revokeKey(CLIENT, used, new Date())).toBe(true);
      for (const time of await all(byKey)) expect(time).toBeLessThan(5_000);
      const again = async () => expectRefused('the real one', await knockWith(ground.gateway, token));
      await expectDenied(ground.databaseUrl, { reason: 'REVOKED', client: CLIENT, key: used }, again);
      // Once for each token, however often it comes.
      await expectOnlyCounted(ground.databaseUrl, again);
      // Tokens that were obtained by another key go on, no token is given for this one, and it does not come back.
      for (const door of doors) expect((await byAnother(door)).status).toBe(200);
      await expect(ground.goodToken()).rejects.toThrow('invalid_client');
      expect(await store.revokeKey(CLIENT, used, new Date())).toBe(false);

      expect(await store.suspend(CLIENT, new Date())).toBe(true);
      for (const time of await all(byAnother)) expect(time).toBeLessThan(5_000);
      expect(await store.resume(CLIENT, new Date())).toBe(true);
      for (const door of doors) {
        await expect.poll(async () => (await byAnother(door)).status, { timeout: 5_000 }).toBe(200);
      }

      // Without the database's call: written past it, with the connections that listen for it cut as well.
      await ground.database.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %'",
      );
      await ground.database.query("insert into revocation (client, thumbprint, since) values ($1, '', now())", [
        CLIENT,
      ]);
      for (const time of await all(byAnother)) expect(time).toBeLessThan(5_000);
    } finally {
      await third.stop();
      await second.stop();
    }
  }, 120_000);
});
