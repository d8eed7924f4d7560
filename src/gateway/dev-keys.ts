import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSoundPublicKey } from '../domain/access/public-key.ts';
import { makeKeyPair, publicHalf, type JWK } from './issuer.ts';

/**
 * The keys by which a development hub can act as any of its agencies, kept in a folder that its user alone may read.
 * The hub trusts what lies in this folder, so that a command on the same machine can obtain tokens too.
 */
export interface DevelopmentKeys {
  /** The private key of a client, made when it is first asked for. */
  privateKeyOf(client: string): Promise<JWK>;
  /** The public half, where there is a key. */
  publicKeysOf(client: string): Promise<readonly JWK[]>;
}

/** Opens the folder of development keys below the hub's data folder. */
export function developmentKeys(dataDir: string): DevelopmentKeys {
  const folder = join(dataDir, 'dev-keys');
  const fileOf = (client: string): string => join(folder, `${encodeURIComponent(client)}.json`);
  return {
    privateKeyOf: async (client) => {
      const known = await readKey(fileOf(client));
      if (known) return known;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { privateKey } = await makeKeyPair();
      // Written whole before it gets its name, so that nobody reads half a key; of two who make one, the first one's counts.
      const whole = join(folder, `${randomUUID()}.tmp`);
      await writeFile(whole, JSON.stringify(privateKey), { mode: 0o600 });
      await link(whole, fileOf(client)).catch(unlessThere);
      await unlink(whole);
      return (await readKey(fileOf(client)))!;
    },
    publicKeysOf: async (client) => {
      const key = await readKey(fileOf(client));
      return key && isSoundPublicKey(publicHalf(key)) ? [publicHalf(key)] : [];
    },
  };
}

async function readKey(file: string): Promise<JWK | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JWK;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
