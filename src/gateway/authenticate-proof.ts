import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, compactVerify, importJWK, type JWK } from 'jose';
import { isSoundPublicKey } from '../domain/access/public-key.ts';
import { readCompactToken, TOKEN_ALGORITHMS } from './compact-token.ts';
import { CLOCK_SKEW, isSecond, isWord, nowInSeconds } from './token-life.ts';

/** Seconds for which a proof holds: it is made for one request. */
const PROOF_LIFE = 60;

/** The request that a proof must have been made for. */
export interface ProvenRequest {
  readonly method: string;
  /** The address under which clients reach it, without a query. */
  readonly url: string;
  /** The access token that comes with it; absent where one is only being asked for. */
  readonly token?: string;
}

/** What a proof proves. */
export interface KeyProof {
  /** Thumbprint (RFC 7638) of the key that its sender has. */
  readonly thumbprint: string;
  /** Names the proof, of all proofs that anybody ever made. */
  readonly id: string;
  /** Until when the same proof would be taken for a fresh one. */
  readonly until: Date;
}

/**
 * Reads a proof of possession (DPoP, RFC 9449 §4.3); `null` unless it was made for this very request, within the last minute, with a
 * sound key. That it comes for the first time is for the caller to see to.
 */
export async function readKeyProof(proof: string, request: ProvenRequest): Promise<KeyProof | null> {
  const read = readCompactToken(proof, { longest: 4096, types: ['dpop+jwt'], members: ['jwk'] });
  if (!read || !isSoundPublicKey(read.header['jwk'])) return null;
  const { htm, htu, iat, jti, ath } = read.payload;
  const now = nowInSeconds();
  if (!isSecond(iat) || iat > now + CLOCK_SKEW || iat < now - PROOF_LIFE - CLOCK_SKEW || !isWord(jti)) return null;
  if (htm !== request.method || !isSameAddress(htu, request.url)) return null;
  if (ath !== (request.token === undefined ? undefined : tokenHash(request.token))) return null;
  try {
    const jwk = read.header['jwk'] as JWK;
    await compactVerify(proof, await importJWK(jwk, read.header.alg), { algorithms: [...TOKEN_ALGORITHMS] });
    const thumbprint = await calculateJwkThumbprint(jwk);
    const until = new Date((iat + PROOF_LIFE + 2 * CLOCK_SKEW) * 1000);
    return { thumbprint, id: `dpop ${thumbprint} ${jti}`, until };
  } catch {
    return null;
  }
}

/** How a proof names the token that it goes with (`ath`). */
const tokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url');

function isSameAddress(told: unknown, url: string): boolean {
  if (typeof told !== 'string' || !URL.canParse(told)) return false;
  const address = new URL(told);
  address.search = '';
  address.hash = '';
  return address.href === new URL(url).href;
}
