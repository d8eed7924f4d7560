import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { SECRET_MEMBERS } from '../domain/access/public-key.ts';

/** Makes a key pair as JWKs (ES256), its id being its RFC 7638 thumbprint. */
export async function makeKeyPair(): Promise<{ readonly privateKey: JWK; readonly publicKey: JWK }> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const common = { alg: 'ES256', use: 'sig' };
  const publicKey: JWK = { ...(await exportJWK(pair.publicKey)), ...common };
  const kid = await calculateJwkThumbprint(publicKey);
  return {
    privateKey: { ...(await exportJWK(pair.privateKey)), ...common, kid },
    publicKey: { ...publicKey, kid },
  };
}

/** A key without the members that only its holder may know. */
export function publicHalf(key: JWK): JWK {
  return Object.fromEntries(Object.entries(key).filter(([member]) => !SECRET_MEMBERS.includes(member))) as JWK;
}
