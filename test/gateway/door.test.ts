import { request as httpRequest } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt, importJWK, SignJWT, UnsecuredJWT, type JWK, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ISSUER_PATHS, clientAssertion, makeKeyPair, obtainToken } from '../../src/gateway/issuer.ts';
import { post, testHub, type TestHub } from '../support/hub.ts';

const CLIENT = '130628:civil-affairs';
const LISTS = { query: '{ lists { name } }' };

let hub: TestHub;
beforeAll(async () => {
  hub = await testHub();
});
afterAll(() => hub.stop());

/** The hub's own signing key: what an issuer that went astray could sign. */
const issuerKey = (): JWK => JSON.parse(readFileSync(join(hub.dataDir, 'issuer-keys.json'), 'utf8')).keys[0];

const now = (): number => Math.floor(Date.now() / 1000);
const goodClaims = (): JWTPayload => ({
  iss: hub.issuer,
  aud: 'yidang',
  sub: CLIENT,
  jti: 'a-token',
  iat: now(),
  exp: now() + 300,
  agency: 'civil-affairs',
  jurisdiction: '130628',
  scope: 'list:hardship:push person:read',
});

async function sign(claims: JWTPayload, header: { typ?: string; alg?: string } = {}, key?: JWK): Promise<string> {
  const used = key ?? issuerKey();
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: issuerKey().kid, ...header })
    .sign(await importJWK(used, 'ES256'));
}

describe('tokens at the door', () => {
  it('takes a token of the issuer, and one signed with all its claims in order', async () => {
    const answer = await hub.ask(CLIENT, LISTS);
    expect(answer.status).toBe(200);
    expect(answer.body.data.lists).toHaveLength(12);
    expect((await post(`${hub.url}/graphql`, LISTS, await sign(goodClaims()))).status).toBe(200);
  });

  const bad: ReadonlyArray<[why: string, make: () => Promise<string> | string]> = [
    ['no JWT at all', () => 'abc'],
    ['alg none', () => new UnsecuredJWT(goodClaims()).encode()],
    [
      'alg none with a signature',
      async () => {
        const [, payload, signature] = (await sign(goodClaims())).split('.');
        return [Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url'), payload, signature].join('.');
      },
    ],
    [
      'HS256 with the public key as its secret',
      async () => {
        const { x } = issuerKey();
        return new SignJWT(goodClaims())
          .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
          .sign(Buffer.from(x!, 'base64url'));
      },
    ],
    ['signed with another key', async () => sign(goodClaims(), {}, (await makeKeyPair()).privateKey)],
    ['no type', () => sign(goodClaims(), { typ: undefined })],
    ['the type of any JWT', () => sign(goodClaims(), { typ: 'JWT' })],
    ['another audience', () => sign({ ...goodClaims(), aud: 'another-hub' })],
    ['our audience beside another', () => sign({ ...goodClaims(), aud: ['yidang', 'another-hub'] })],
    ['another issuer', () => sign({ ...goodClaims(), iss: `${hub.issuer}/` })],
    ['expired', () => sign({ ...goodClaims(), iat: now() - 200, exp: now() - 61 })],
    ['no end', () => sign({ ...goodClaims(), exp: undefined })],
    ['a life of an hour', () => sign({ ...goodClaims(), exp: now() + 3600 })],
    ['an end past all numbers', () => sign({ ...goodClaims(), exp: Number.MAX_VALUE })],
    ['issued in the future', () => sign({ ...goodClaims(), iat: now() + 3600, exp: now() + 3900 })],
    ['no agency', () => sign({ ...goodClaims(), agency: undefined })],
    ['an agency that is none', () => sign({ ...goodClaims(), agency: 'constructor' })],
    ['an agency that is no text', () => sign({ ...goodClaims(), agency: { is: 'civil-affairs' } })],
    ['another jurisdiction', () => sign({ ...goodClaims(), jurisdiction: '999999' })],
    ['scopes as a list', () => sign({ ...goodClaims(), scope: ['person:read'] })],
    ['scopes parted by a tab', () => sign({ ...goodClaims(), scope: 'person:read\tperson:reveal' })],
    ['an operator that is a sentence', () => sign({ ...goodClaims(), operator: 'Li Na' })],
    ['an operator that is nobody', () => sign({ ...goodClaims(), operator: '' })],
    ['an operator that is null', () => sign({ ...goodClaims(), operator: null })],
    ['two operators', () => sign({ ...goodClaims(), operator: ['li.na', 'wang.wei'] })],
    ['an operator without an end', () => sign({ ...goodClaims(), operator: 'x'.repeat(65) })],
    ['bound to a key of its holder', () => sign({ ...goodClaims(), cnf: { jkt: 'x' } })],
  ];

  it('answers the same 401 whatever is wrong, to questions about the schema too', async () => {
    const none = await post(`${hub.url}/graphql`, LISTS, null);
    expect(none.status).toBe(401);
    expect(none.headers.get('www-authenticate')).toBe('Bearer');
    expect(none.body.errors![0]!.extensions.code).toBe('UNAUTHENTICATED');
    const constant = none.text.replace(none.body.errors![0]!.extensions.requestId, '');
    for (const [why, make] of bad) {
      const answer = await post(`${hub.url}/graphql`, LISTS, await make());
      expect([why, answer.status]).toEqual([why, 401]);
      expect(answer.text.replace(answer.body.errors![0]!.extensions.requestId, '')).toBe(constant);
    }
  });

  it('refuses a token in another scheme, in the address, twice, or with padding', async () => {
    const token = await hub.tokenOf(CLIENT);
    const ask = (headers: string[], path = '/graphql'): Promise<number> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(hub.url);
        const sent = httpRequest({
          hostname,
          port,
          path,
          method: 'POST',
          headers: ['host', hostname, 'content-type', 'application/json', ...headers],
        });
        sent.on('response', (response) => {
          response.resume();
          response.on('end', () => resolve(response.statusCode!));
        });
        sent.on('error', reject);
        sent.end(JSON.stringify(LISTS));
      });
    const length = ['content-length', String(JSON.stringify(LISTS).length)];
    expect(await ask([...length, 'authorization', `Bearer ${token}`])).toBe(200);
    expect(await ask([...length, 'authorization', `Basic ${token}`])).toBe(401);
    expect(await ask([...length, 'authorization', `Bearer ${token}=`])).toBe(401);
    expect(await ask([...length, 'authorization', `Bearer ${token}`, 'authorization', `Bearer ${token}`])).toBe(401);
    expect(await ask(length, `/graphql?access_token=${token}`)).toBe(401);
  });
});

describe('the issuer', () => {
  const askToken = async (assertion: string, more: Record<string, string> = {}) => {
    const response = await fetch(hub.url + ISSUER_PATHS.token, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
        ...more,
      }),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  };
  const assertion = async (client = CLIENT): Promise<string> =>
    clientAssertion(client, hub.issuer, await hub.privateKeyOf(client));

  it('gives a token of five minutes with the scopes of the grant, or with fewer when asked', async () => {
    const all = await askToken(await assertion());
    expect(all.status).toBe(200);
    expect(all.body).toMatchObject({ token_type: 'Bearer', expires_in: 300 });
    expect(String(all.body['scope']).split(' ')).toContain('list:hardship:push');
    const fewer = await askToken(await assertion(), { scope: 'person:read' });
    expect(fewer.body['scope']).toBe('person:read');
    const pushed = await post(
      `${hub.url}/graphql`,
      { query: 'mutation { pushHardship(input: { idempotencyKey: "k", rows: [] }) { id } }' },
      String(fewer.body['access_token']),
    );
    expect(pushed.body.errors![0]!.extensions.code).toBe('FORBIDDEN');
  });

  it('refuses scopes that are not granted', async () => {
    const { status, body } = await askToken(await assertion(), { scope: 'benefit:read' });
    expect([status, body['error']]).toEqual([400, 'invalid_scope']);
  });

  it('names the staff member whom the agency names, and nobody otherwise', async () => {
    const named = await obtainToken(CLIENT, hub.issuer, await hub.privateKeyOf(CLIENT), hub.url, 'li.na@mz');
    expect(decodeJwt(named.access_token)['operator']).toBe('li.na@mz');
    expect((await post(`${hub.url}/graphql`, LISTS, named.access_token)).status).toBe(200);
    const unnamed = await obtainToken(CLIENT, hub.issuer, await hub.privateKeyOf(CLIENT), hub.url);
    expect(decodeJwt(unnamed.access_token)).not.toHaveProperty('operator');
  });

  it.each(['', 'Li Na', '李娜', 'li.na\n', 'x'.repeat(65), '{"$ne":""}'])(
    'refuses the operator “%s” rather than name nobody',
    async (operator) => {
      const { status, body } = await askToken(await assertion(), { operator });
      expect([status, body['error']]).toEqual([400, 'invalid_request']);
    },
  );

  it('takes the operator from nowhere but the token request, and only once', async () => {
    const own = await hub.privateKeyOf(CLIENT);
    const inAssertion = await new SignJWT({ operator: 'li.na' })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(CLIENT)
      .setSubject(CLIENT)
      .setAudience(hub.issuer)
      .setJti('operator-in-assertion')
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(await importJWK(own, 'ES256'));
    const { body } = await askToken(inAssertion);
    expect(decodeJwt(String(body['access_token']))).not.toHaveProperty('operator');

    const twice = new URLSearchParams([
      ['grant_type', 'client_credentials'],
      ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
      ['client_assertion', await assertion()],
      ['operator', 'li.na'],
      ['operator', 'wang.wei'],
    ]);
    expect((await fetch(hub.url + ISSUER_PATHS.token, { method: 'POST', body: twice })).status).toBe(400);
  });

  it('takes an assertion once', async () => {
    const once = await assertion();
    expect((await askToken(once)).status).toBe(200);
    expect(await askToken(once)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('refuses another’s key, another audience, a longer life, and who is no client', async () => {
    const stranger = (await makeKeyPair()).privateKey;
    const own = await hub.privateKeyOf(CLIENT);
    const longLived = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(CLIENT)
      .setSubject(CLIENT)
      .setAudience(hub.issuer)
      .setJti('long')
      .setIssuedAt()
      .setExpirationTime('10m')
      .sign(await importJWK(own, 'ES256'));
    const refused = [
      await clientAssertion(CLIENT, hub.issuer, stranger),
      await clientAssertion(CLIENT, `${hub.issuer}${ISSUER_PATHS.token}`, own),
      longLived,
      await clientAssertion('130628:constructor', hub.issuer, stranger),
    ];
    for (const one of refused) expect((await askToken(one)).status).toBe(401);
  });

  it('shows its public keys alone, and lets no other site’s page read them', async () => {
    const response = await fetch(hub.url + ISSUER_PATHS.keys, { headers: { origin: 'https://elsewhere.example' } });
    const { keys } = (await response.json()) as { keys: Record<string, unknown>[] };
    expect(keys).toHaveLength(1);
    expect(keys[0]).not.toHaveProperty('d');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('has no other addresses', async () => {
    for (const path of ['/auth', '/token', '/oauth/token/introspection', '/session/end', '/me', '/.env', '/metrics']) {
      expect([path, (await fetch(hub.url + path)).status]).toEqual([path, 404]);
    }
    expect((await fetch(hub.url + ISSUER_PATHS.token)).status).toBe(405);
    expect((await fetch(`${hub.url}/graphql`, { method: 'DELETE' })).status).toBe(405);
  });
});

describe('alive and ready', () => {
  it('says so', async () => {
    expect((await fetch(`${hub.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${hub.url}/readyz`)).status).toBe(200);
  });
});
