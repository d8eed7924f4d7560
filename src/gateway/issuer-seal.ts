import { CompactSign, compactVerify, importJWK, type JSONWebKeySet, type JWK } from 'jose';
import { publicHalf } from './issuer-key-pair.ts';

/** What the hub puts its seal under: what the log came to at an instant, and what was received of an agency. */
export type SealedType = 'audit-checkpoint' | 'receipt';

/** The hub's seal: it signs for what the hub can be held to later. */
export interface HubSeal {
  /** Signs members as a compact JWS (RFC 7515), its `typ` telling what they are. */
  seal(type: SealedType, members: object): Promise<string>;
  /** The public halves of all its keys, so that what a former one signed can still be checked. */
  readonly publicKeys: JSONWebKeySet;
}

/** Makes the seal of private keys, the first of which signs. */
export async function hubSeal({ keys }: { readonly keys: readonly JWK[] }): Promise<HubSeal> {
  const [key] = keys;
  const alg = algorithmOf(key!);
  const signing = await importJWK({ ...key!, alg }, alg);
  return {
    seal: (type, members) =>
      new CompactSign(new TextEncoder().encode(JSON.stringify(members)))
        .setProtectedHeader({ alg, typ: type, ...(key!.kid === undefined ? {} : { kid: key!.kid }) })
        .sign(signing),
    publicKeys: { keys: keys.map(publicHalf) },
  };
}

/** Reads what the seal was put under; `undefined` where it is of another type or none of these keys signed it. */
export async function readSealed(
  text: string,
  type: SealedType,
  keys: readonly JWK[],
): Promise<Readonly<Record<string, unknown>> | undefined> {
  for (const key of keys) {
    const alg = algorithmOf(key);
    const signed = await compactVerify(text, await importJWK({ ...publicHalf(key), alg }, alg), {
      algorithms: [alg],
    }).catch(() => undefined);
    if (signed?.protectedHeader.typ !== type) continue;
    return JSON.parse(new TextDecoder().decode(signed.payload)) as Readonly<Record<string, unknown>>;
  }
  return undefined;
}

const algorithmOf = ({ kty }: JWK): string => (kty === 'OKP' ? 'EdDSA' : 'ES256');
