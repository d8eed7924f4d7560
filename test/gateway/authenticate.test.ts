import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { importJWK, SignJWT, type JWK, type JWTPayload } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { authenticator, type TokenRefusal, type TokenRules } from '../../src/gateway/authenticate.ts';
import { knownKeys } from '../../src/gateway/issuer-keys.ts';
import { makeKeyPair } from '../../src/gateway/issuer.ts';

const ISSUER = 'https://issuer.example';
const ORIGIN = 'https://hub.example';
type Pair = Awaited<ReturnType<typeof makeKeyPair>>;

let issuer: Pair;
let holder: Pair;
beforeAll(async () => {
  issuer = await makeKeyPair();
  holder = await makeKeyPair();
});

const now = (): number => Math.floor(Date.now() / 1000);
const sign = async (claims: JWTPayload, header: { typ: string; jwk?: JWK }, by: Pair): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', ...(header.jwk ? {} : { kid: by.publicKey.kid! }), ...header })
    .sign(await importJWK(by.privateKey, 'ES256'));

const tokenWith = (more: JWTPayload = {}): Promise<string> => {
  const claims = {
    iss: ISSUER,
    aud: 'yidang',
    jti: crypto.randomUUID(),
    iat: now(),
    exp: now() + 300,
    scope: '',
    ...more,
  };
  return sign({ agency: 'tax', jurisdiction: '130628', ...claims }, { typ: 'at+jwt' }, issuer);
};

const requestWith = (authorization: string, dpop?: string): IncomingMessage =>
  ({
    method: 'POST',
    url: '/graphql?x=1',
    rawHeaders: ['Host', 'hub', 'Authorization', authorization],
    headersDistinct: { authorization: [authorization], ...(dpop === undefined ? {} : { dpop: [dpop] }) },
  }) as unknown as IncomingMessage;

/** A door, and what it counted. */
function door(more: Partial<TokenRules> = {}) {
  const refused: TokenRefusal[] = [];
  const proofs = new Set<string>();
  const authenticate = authenticator({
    issuer: ISSUER,
    keys: knownKeys({ keys: [issuer.publicKey] }),
    findClient: (id) => (id === '130628:tax' ? {} : undefined),
    isRevoked: async () => false,
    proofs: { origin: ORIGIN, rememberProof: async (id) => !proofs.has(id) && proofs.add(id) !== undefined },
    onRefused: (reason) => refused.push(reason),
    onRevoked: async () => undefined,
    ...more,
  });
  return { authenticate, refused };
}

describe('the door', () => {
  it('hears nobody who says twice who they are, however the header is written', async () => {
    const { authenticate, refused } = door();
    const request = requestWith(`Bearer ${await tokenWith()}`);
    expect(await authenticate(request)).not.toBeNull();
    request.rawHeaders.push('AUTHORIZATION', `Bearer ${await tokenWith()}`);
    expect(await authenticate(request)).toBeNull();
    expect(refused).toEqual(['NO_TOKEN']);
  });

  it('asks of every use whether the token was taken back, and lets nobody in when it cannot know', async () => {
    let revoked: () => Promise<boolean> = async () => false;
    const { authenticate, refused } = door({ isRevoked: () => revoked() });
    const request = requestWith(`Bearer ${await tokenWith()}`);
    expect((await authenticate(request))?.client).toBe('130628:tax');
    revoked = async () => true;
    expect(await authenticate(request)).toBeNull();
    revoked = () => Promise.reject(new Error('the database is away'));
    expect(await authenticate(request)).toBeNull();
    expect(refused).toEqual(['REVOKED', 'UNCHECKED']);
  });

  it('asks about the key by which a token was obtained, and the one it is bound to', async () => {
    const asked: unknown[] = [];
    const { authenticate } = door({ isRevoked: async (...about) => asked.push(about) < 0 });
    const [key, jkt] = ['k'.repeat(43), 'b'.repeat(43)];
    await authenticate(requestWith(`Bearer ${await tokenWith({ key })}`));
    await authenticate(requestWith(`DPoP ${await tokenWith({ key, cnf: { jkt } })}`));
    expect(asked).toEqual([
      ['130628:tax', [key]],
      ['130628:tax', [key, jkt]],
    ]);
  });

  it('takes a proof once, and still knows the request that it came with', async () => {
    const { authenticate, refused } = door();
    const token = await tokenWith({ cnf: { jkt: holder.publicKey.kid } });
    const { kty, crv, x, y } = holder.publicKey;
    const claims = { jti: 'a-proof', htm: 'POST', htu: `${ORIGIN}/graphql`, iat: now() };
    const ath = createHash('sha256').update(token).digest('base64url');
    const proof = await sign({ ...claims, ath }, { typ: 'dpop+jwt', jwk: { kty, crv, x, y } as JWK }, holder);
    const request = requestWith(`DPoP ${token}`, proof);
    // A stream asks again and again about its one request.
    for (let look = 0; look < 3; look++) expect(await authenticate(request)).not.toBeNull();
    expect(await authenticate(requestWith(`DPoP ${token}`, proof))).toBeNull();
    expect(refused).toEqual(['NO_PROOF']);
  });

  it('counts why it lets somebody not in', async () => {
    const { authenticate, refused } = door();
    const stranger = await makeKeyPair();
    const foreign = sign({ iss: ISSUER }, { typ: 'at+jwt' }, stranger);
    for (const token of [
      'a.b.c',
      await foreign,
      await tokenWith({ aud: 'else' }),
      await tokenWith({ agency: 'finance' }),
    ]) {
      expect(await authenticate(requestWith(`Bearer ${token}`))).toBeNull();
    }
    expect(await authenticate(requestWith('Basic x'))).toBeNull();
    expect(refused).toEqual(['MALFORMED', 'CLAIMS', 'CLAIMS', 'NO_CLIENT', 'NO_TOKEN']);
  });
});
