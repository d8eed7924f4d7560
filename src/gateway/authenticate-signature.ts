import { compactVerify, importJWK, type JWK } from 'jose';
import { SIGNED_MEMBERS, type AgencySignature } from '../domain/intake/submission-signature.ts';
import { readDetachedToken } from './compact-token.ts';
import type { JsonObject } from './strict-json.ts';
import { CLOCK_SKEW, isSecond, nowInSeconds } from './token-life.ts';

/** What the header of an agency's signature under a submission says that it is (`typ`). */
export const SIGNATURE_TYPE = 'yidang-submission+jws';

/** Seconds after which a signature is not taken any more: a push that waited for a hub over a long holiday still comes through. */
const LONGEST_WAY = 10 * 24 * 3600;
/** Room for three labels of 200 characters, each written as an escape. */
const LONGEST_SIGNATURE = 8192;
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;

/** A signature taken apart. Nothing of it is proven yet. */
interface ReadSignature extends Omit<AgencySignature, 'key'> {
  readonly header: JsonObject;
}

/**
 * Reads the signature of an agency under a submission: a detached JWS (RFC 7515 appendix F) with an algorithm of the hub's, this `typ`, a
 * thumbprint as `kid`, an `iat` and what names its push. Whatever else stands in its header makes it none (`null`).
 */
export function readSignature(jws: string): ReadSignature | null {
  const header = readDetachedToken(jws, {
    longest: LONGEST_SIGNATURE,
    types: [SIGNATURE_TYPE],
    members: ['iat', ...SIGNED_MEMBERS],
  });
  if (!header) return null;
  const { kid = '', iat } = header;
  if (!THUMBPRINT.test(kid) || !isSecond(iat)) return null;
  return { jws, header, thumbprint: kid, signedAt: new Date(iat * 1000) };
}

/** Reads a signature that comes in with its push: neither of long ago nor of a time to come. */
export function readFreshSignature(jws: string): ReadSignature | 'MALFORMED' | 'OUT_OF_TIME' {
  const read = readSignature(jws);
  if (!read) return 'MALFORMED';
  const age = nowInSeconds() - Number(read.header['iat']);
  return age < -CLOCK_SKEW || age > LONGEST_WAY ? 'OUT_OF_TIME' : read;
}

/** Was this signature made over the digest by the holder of the key? */
export async function isSignatureOver(
  { jws, key }: Pick<AgencySignature, 'jws' | 'key'>,
  digest: string,
): Promise<boolean> {
  const [header, , value] = jws.split('.');
  const whole = [header, Buffer.from(digest).toString('base64url'), value].join('.');
  const alg = key['kty'] === 'OKP' ? 'EdDSA' : 'ES256';
  try {
    await compactVerify(whole, await importJWK({ ...(key as JWK), alg }, alg), { algorithms: [alg] });
    return true;
  } catch {
    return false;
  }
}

/** The members of a public key by which it is what it is; of others that somebody registered with it nothing is kept. */
export const bareKey = ({ kty, crv, x, y }: JWK): AgencySignature['key'] => ({
  kty,
  crv,
  x,
  ...(y === undefined ? {} : { y }),
});
