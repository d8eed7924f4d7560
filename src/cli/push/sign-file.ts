import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { calculateJwkThumbprint, CompactSign, importJWK } from 'jose';
import { signedMembers, type SignedPush } from '../../domain/intake/submission-signature.ts';
import { SIGNATURE_TYPE } from '../../gateway/authenticate-signature.ts';
import type { JWK } from '../../gateway/issuer.ts';
import type { PushOptions } from './push-options.ts';

/** What a file to be signed is pushed as. */
type SignedFile = Pick<PushOptions, 'file' | 'kind' | 'list' | 'period' | 'documentNumber' | 'dryRun'> & {
  readonly client: string;
  readonly mode: string;
  readonly idempotencyKey: string;
};

/** Signs the push of a file in the agency's name: a detached JWS over SHA-256 of the file, unpacked where it is packed. */
export async function signFile({ file, kind, client, ...labels }: SignedFile, keyFile: string): Promise<string> {
  const key = await readSigningKey(keyFile);
  const [jurisdiction = '', agency = ''] = client.split(':');
  const { list, mode, period, documentNumber, idempotencyKey, dryRun } = labels;
  const push = {
    jurisdiction,
    agency,
    list,
    mode,
    period,
    documentNumber,
    idempotencyKey,
    format: kind.format,
    dryRun,
  };
  const alg = key.kty === 'OKP' ? 'EdDSA' : 'ES256';
  const header = {
    alg,
    typ: SIGNATURE_TYPE,
    kid: await calculateJwkThumbprint(key),
    iat: Math.floor(Date.now() / 1000),
    // A mode that is none is for the hub to refuse.
    ...signedMembers(push as SignedPush),
  };
  const whole = await new CompactSign(Buffer.from(await digestOf(file, kind.packed)))
    .setProtectedHeader(header)
    .sign(await importJWK({ ...key, alg }, alg));
  return whole.replace(/\..*\./, '..');
}

async function digestOf(file: string, isPacked: boolean): Promise<string> {
  const hash = createHash('sha256');
  const bytes = createReadStream(file);
  await (isPacked ? pipeline(bytes, createGunzip(), hash) : pipeline(bytes, hash));
  return hash.digest('hex');
}

async function readSigningKey(file: string): Promise<JWK> {
  const text = await readFile(file, 'utf8');
  try {
    const key = JSON.parse(text) as JWK | null;
    if (typeof key?.d === 'string') return key;
  } catch {
    // The parser's own message would quote the key.
  }
  throw new Error(`--sign-key: ${file} 不是私钥（JWK） / holds no private key as JSON Web Key`);
}
