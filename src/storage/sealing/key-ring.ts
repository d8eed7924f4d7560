import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { algorithmOf, isAlgorithmName, type AlgorithmName } from './algorithms.ts';
import { headOf, openBytes, sealBytes, type DataKey } from './sealed-value.ts';

/** A key that only wraps data keys. It lies outside the database. */
export interface WrappingKey {
  /** Its name, told with what it wraps. */
  readonly id: string;
  readonly algorithm: AlgorithmName;
  readonly key: Buffer;
}

/** The wrapping keys of a hub: one wraps, the others still unwrap what they have wrapped before. */
export interface KeyRing {
  readonly current: WrappingKey;
  find(id: string): WrappingKey | undefined;
}

/** Thrown where a file of sealing keys cannot be used. Tells why, and nothing of what it holds. */
export class KeyRingUnusable extends Error {
  readonly code = 'SEALING_KEYS_UNUSABLE';
  readonly zh: string;
  readonly en: string;

  constructor(zh: string, en: string) {
    super(`${zh} / ${en}`);
    this.name = 'KeyRingUnusable';
    this.zh = zh;
    this.en = en;
  }
}

/** A file of sealing keys as it is written. */
export interface KeyRingFile {
  /** Id of the key that wraps. */
  readonly current: string;
  readonly keys: readonly { readonly id: string; readonly algorithm: AlgorithmName; readonly key: string }[];
}

/** Reads a file of sealing keys; throws a {@link KeyRingUnusable}. With `mayMake` a missing file is made. */
export function readKeyRing(file: string, { mayMake }: { readonly mayMake: boolean }): KeyRing {
  if (mayMake && !existsSync(file)) makeKeyFile(file);
  return keyRingOf(readKeyFile(file));
}

/** Reads a file of sealing keys as it is written; throws a {@link KeyRingUnusable} where it is none. */
export function readKeyFile(file: string): KeyRingFile {
  const text = textOf(file);
  try {
    const { current, keys } = JSON.parse(text) as Partial<KeyRingFile>;
    if (typeof current === 'string' && Array.isArray(keys) && keys.every(isWrittenKey)) return { current, keys };
  } catch {
    // The parser's own message would quote the keys.
  }
  throw new KeyRingUnusable('不是封存密钥文件', 'is no file of sealing keys');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new KeyRingUnusable('文件不存在或无法读取', 'the file is missing or cannot be read');
  }
}

function isWrittenKey(value: unknown): value is KeyRingFile['keys'][number] {
  const { id, algorithm, key } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return typeof id === 'string' && id !== '' && isAlgorithmName(algorithm) && typeof key === 'string';
}

/** The keys of a file; throws a {@link KeyRingUnusable} where they are not sound or this Node cannot use them. */
export function keyRingOf({ current, keys }: KeyRingFile): KeyRing {
  const byId = new Map(keys.map(({ id, algorithm, key }) => [id, wrappingKeyOf(id, algorithm, key)]));
  const wraps = byId.get(current);
  if (!wraps || byId.size !== keys.length) {
    throw new KeyRingUnusable('应有唯一的当前密钥，密钥编号不得重复', 'needs one current key, and ids that differ');
  }
  return { current: wraps, find: (id) => byId.get(id) };
}

function wrappingKeyOf(id: string, algorithm: AlgorithmName, text: string): WrappingKey {
  const { keyBytes, isOffered } = algorithmOf(algorithm);
  const key = Buffer.from(text, 'base64url');
  if (key.length !== keyBytes) {
    throw new KeyRingUnusable(
      `${algorithm} 的密钥应为 ${keyBytes} 字节`,
      `a key of ${algorithm} has ${keyBytes} bytes`,
    );
  }
  if (!isOffered) {
    throw new KeyRingUnusable(`此 Node 不提供 ${algorithm}`, `this Node does not offer ${algorithm}`);
  }
  return { id, algorithm, key };
}

/** A file with a new key that wraps from now on; keys that were there before still unwrap. */
export function withNewKey(algorithm: AlgorithmName, before: KeyRingFile['keys'] = []): KeyRingFile {
  const id = `${algorithm.toLowerCase()}-${randomBytes(6).toString('hex')}`;
  const key = randomBytes(algorithmOf(algorithm).keyBytes).toString('base64url');
  return { current: id, keys: [{ id, algorithm, key }, ...before] };
}

/** Makes a file of sealing keys that its owner alone may read, where there is none: what another one wraps would be lost. */
function makeKeyFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  // Written whole before it gets its name; of two who make one, the first one's counts.
  const whole = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(whole, JSON.stringify(withNewKey('AES-256-GCM')), { mode: 0o600, flag: 'wx' });
  try {
    linkSync(whole, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(whole);
  }
}

/** Where wrapped keys lie: data keys, and those that documents are looked up by. */
export type WrappedColumn = 'sealing_key.wrapped' | 'index_key.wrapped';

/** Wraps a key, bound to where it lies, to its number and to the key that wraps it. */
export const wrapKey = (by: WrappingKey, { id, algorithm, key }: DataKey, column: WrappedColumn): Buffer =>
  sealBytes(
    { ...by, id: 0, head: headOf({ id: 0, algorithm: by.algorithm }) },
    placeOf(by, id, algorithm, column),
    key,
  );

/** Unwraps a key; `undefined` where this key did not wrap it under this number. */
export function unwrapKey(
  by: WrappingKey,
  { id, algorithm, wrapped }: { readonly id: number; readonly algorithm: AlgorithmName; readonly wrapped: Buffer },
  column: WrappedColumn,
): DataKey | undefined {
  const head = headOf({ id: 0, algorithm: by.algorithm });
  const key = openBytes({ ...by, id: 0, head }, placeOf(by, id, algorithm, column), wrapped);
  return key && { id, algorithm, key };
}

const placeOf = (by: WrappingKey, id: number, algorithm: AlgorithmName, column: WrappedColumn): string =>
  JSON.stringify([column, by.id, id, algorithm]);
