import { describe, expect, it } from 'vitest';
import type { CompactToken } from '../../src/gateway/compact-token.ts';
import { publishedKeys } from '../../src/gateway/issuer-keys.ts';
import { makeKeyPair, type JWK } from '../../src/gateway/issuer.ts';

const tokenOf = (kid: string | undefined): CompactToken => {
  const header = { alg: 'ES256', kid } as CompactToken['header'];
  return { header, payload: {}, text: `${Buffer.from(JSON.stringify(header)).toString('base64url')}.e30.AA` };
};

/** An issuer whose keys, answer and clock the test sets. */
function issuer(keys: readonly JWK[]) {
  const state = { keys, status: 200, now: 1_000_000, fetches: 0, text: undefined as string | undefined };
  const answer = async (): Promise<Response> => {
    state.fetches += 1;
    return new Response(state.text ?? JSON.stringify({ keys: state.keys }), { status: state.status });
  };
  return { state, published: publishedKeys(new URL('https://issuer.example/jwks'), answer, () => state.now) };
}

describe('keys that an issuer publishes', () => {
  it('are fetched once, and once more in 30 seconds for a key that nobody knows', async () => {
    const [first, second] = [(await makeKeyPair()).publicKey, (await makeKeyPair()).publicKey];
    const { state, published } = issuer([first]);
    await Promise.all(Array.from({ length: 20 }, () => published.find(tokenOf(first.kid))));
    expect(state.fetches).toBe(1);
    state.keys = [first, second];
    for (let i = 0; i < 100; i++) await expect(published.find(tokenOf(second.kid))).rejects.toThrow();
    expect(state.fetches).toBe(1);
    state.now += 30_000;
    await published.find(tokenOf(second.kid));
    expect(state.fetches).toBe(2);
  });

  it('are forgotten when the issuer withdraws them, and kept for an hour while it is away', async () => {
    const [first, second] = [(await makeKeyPair()).publicKey, (await makeKeyPair()).publicKey];
    const { state, published } = issuer([first]);
    await published.find(tokenOf(first.kid));
    state.keys = [second];
    state.now += 300_001;
    await expect(published.find(tokenOf(first.kid))).rejects.toThrow();
    state.status = 503;
    state.now += 400_000;
    await published.find(tokenOf(second.kid));
    state.now += 3_600_000;
    await expect(published.find(tokenOf(second.kid))).rejects.toThrow();
  });

  it('are asked for less and less often while the issuer fails, and not taken from a page without end', async () => {
    const { publicKey } = await makeKeyPair();
    const { state, published } = issuer([publicKey]);
    state.text = `{"keys":[],"x":"${'x'.repeat(70_000)}"}`;
    for (let second = 0; second < 120; second++) {
      await expect(published.find(tokenOf(publicKey.kid))).rejects.toThrow();
      state.now += 1_000;
    }
    expect(state.fetches).toBeLessThan(12);
    state.text = undefined;
    state.now += 30_000;
    await published.find(tokenOf(publicKey.kid));
  });
});
