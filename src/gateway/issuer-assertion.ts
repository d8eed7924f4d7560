import { calculateJwkThumbprint, compactVerify, importJWK, type JWK } from 'jose';
import { readCompactToken, TOKEN_ALGORITHMS } from './compact-token.ts';
import { holdsUntil, isWord } from './token-life.ts';

/** Seconds that an assertion may live: it is made for one request. */
export const LONGEST_ASSERTION_LIFE = 60;

const LONGEST_ASSERTION = 4096;

/** Who proved to be a client, and with which of its keys. */
export interface ProvenClient {
  readonly client: string;
  /** RFC 7638. */
  readonly thumbprint: string;
}

/**
 * Checks the assertion of a client (RFC 7523 §3), more strictly than the standard: made for this issuer alone, gone within a minute,
 * signed with a key that is registered for the client that it names twice. That it is used once is for the caller to see to.
 */
export async function checkAssertion(
  assertion: string,
  issuer: string,
  keysOf: (client: string) => Promise<readonly JWK[]>,
): Promise<ProvenClient | null> {
  const types = [undefined, 'JWT', 'client-authentication+jwt'];
  const read = readCompactToken(assertion, { longest: LONGEST_ASSERTION, types });
  if (!read) return null;
  const { iss, sub, aud, jti } = read.payload;
  if (!isWord(iss, 128) || sub !== iss || aud !== issuer || !isWord(jti)) return null;
  if (holdsUntil(read.payload, LONGEST_ASSERTION_LIFE) === null) return null;

  const { alg, kid } = read.header;
  for (const key of await keysOf(iss)) {
    if (kid !== undefined && key.kid !== kid) continue;
    if (await isSignedWith(key, assertion, alg)) {
      return { client: iss, thumbprint: await calculateJwkThumbprint(key) };
    }
  }
  return null;
}

async function isSignedWith(key: JWK, assertion: string, alg: string): Promise<boolean> {
  try {
    await compactVerify(assertion, await importJWK({ ...key, alg }, alg), { algorithms: [...TOKEN_ALGORITHMS] });
    return true;
  } catch {
    return false;
  }
}
