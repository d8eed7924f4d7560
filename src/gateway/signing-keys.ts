import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isSoundPublicKey } from '../domain/access/public-key.ts';
import { makeKeyPair, publicHalf, type JSONWebKeySet } from './issuer.ts';

/** The settings that name files of keys. */
type KeySetting = 'AUDIT_KEY_FILE' | 'ISSUER_KEY_FILE' | 'GATEWAY_KEY_FILE' | 'GATEWAY_PUBLIC_KEY_FILE';

/**
 * Reads private signing keys: a JSON Web Key Set whose first key signs. With `mayMake` a missing file is made; otherwise, and
 * where the file holds no such keys, throws an error naming the file and the setting.
 */
export async function loadSigningKeys(setting: KeySetting, file: string, mayMake: boolean): Promise<JSONWebKeySet> {
  if (mayMake) {
    await mkdir(dirname(file), { recursive: true });
    const { privateKey } = await makeKeyPair();
    await writeFile(file, JSON.stringify({ keys: [privateKey] }), { mode: 0o600, flag: 'wx' }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      },
    );
  }
  const set = await readKeySet(setting, file);
  if (set.keys.length === 0 || !set.keys.every(isSigningKey)) {
    throw new Error(`${setting}: ${file} must hold private ES256 or EdDSA keys as a JSON Web Key Set`);
  }
  return set;
}

/** Reads the gateway's public keys, as its subgraphs are given them; throws an error naming the file where it holds anything else. */
export async function loadPublicKeys(file: string): Promise<JSONWebKeySet> {
  const set = await readKeySet('GATEWAY_PUBLIC_KEY_FILE', file);
  // A subgraph that had the private half could ask its siblings as the gateway.
  if (set.keys.length === 0 || !set.keys.every(isSoundPublicKey)) {
    throw new Error(
      `GATEWAY_PUBLIC_KEY_FILE: ${file} must hold public ES256 or EdDSA keys only, as a JSON Web Key Set`,
    );
  }
  return set;
}

async function readKeySet(setting: KeySetting, file: string): Promise<JSONWebKeySet> {
  try {
    const set = JSON.parse(await readFile(file, 'utf8')) as Partial<JSONWebKeySet>;
    return { keys: Array.isArray(set.keys) ? set.keys : [] };
  } catch {
    // The parser's own message would quote the key.
    throw new Error(`${setting}: ${file} cannot be read as JSON`);
  }
}

function isSigningKey(key: JSONWebKeySet['keys'][number]): boolean {
  return typeof key.d === 'string' && isSoundPublicKey(publicHalf(key));
}
