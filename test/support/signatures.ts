import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { JWK } from 'jose';
import type { AgencySignatures } from '../../src/flows/ports-signature.ts';
import { contentDigest } from '../../src/storage/content-digest.ts';

/** For pushes that nobody signs. */
export const noSignatures: AgencySignatures = {
  read: () => 'MALFORMED',
  keyOf: async () => undefined,
  isMadeBy: async () => false,
};

/** SHA-256 of a file's bytes, lower-case hex. */
export const digestOf = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The digest of a push of the graph, as an agency makes it of what it sends. */
export const digestOfPush = (
  list: string,
  {
    mode = 'DELTA',
    period = null,
    documentNumber = null,
    rows,
  }: {
    readonly mode?: string;
    readonly period?: string | null;
    readonly documentNumber?: string | null;
    readonly rows: readonly object[];
  },
): string => contentDigest({ list, mode, period, documentNumber, rows });

/** A header that lacks nothing, of a signature by this key, made now. */
export const headerFor = (key: JWK, push: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  alg: key.kty === 'OKP' ? 'EdDSA' : 'ES256',
  typ: 'yidang-submission+jws',
  kid: key.kid,
  iat: Math.floor(Date.now() / 1000),
  ...push,
});

/**
 * Signs a digest with any header, as an object or as text, by a key whatever the header claims: past every library, so that what no library
 * would sign is signed too. With `attached` the payload stands in the middle.
 */
export function signatureOf(
  key: JWK,
  header: object | string,
  digest: string,
  { attached = false }: { readonly attached?: boolean } = {},
): string {
  const head = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header)).toString('base64url');
  const payload = Buffer.from(digest).toString('base64url');
  const { kty, crv, x, y, d } = key;
  const privateKey = createPrivateKey({ key: { kty, crv, x, y, d } as never, format: 'jwk' });
  const algorithm = kty === 'OKP' ? null : 'sha256';
  const value = sign(algorithm, Buffer.from(`${head}.${payload}`), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${head}.${attached ? payload : ''}.${value.toString('base64url')}`;
}

/** As anybody checks it who has the public key and what the receipt says: with no code of the hub's. */
export function holds(jws: string, digest: string, publicKey: JWK): boolean {
  const [header, , value] = jws.split('.') as [string, string, string];
  const signed = Buffer.from(`${header}.${Buffer.from(digest).toString('base64url')}`);
  const by = createPublicKey({ key: publicKey as never, format: 'jwk' });
  const algorithm = publicKey.kty === 'OKP' ? null : 'sha256';
  return verify(algorithm, signed, { key: by, dsaEncoding: 'ieee-p1363' }, Buffer.from(value, 'base64url'));
}
