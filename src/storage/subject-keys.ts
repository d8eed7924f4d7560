import { createHash, hash } from 'node:crypto';
import type { IdentityDocument } from '../domain/identity/subject.ts';
import type { SubjectKeys } from '../flows/ports.ts';
import type { HashName } from './sealing/hmac.ts';
import type { Queryable } from './walled-database.ts';

/** SHA-256 and SM3 read blocks of so many bytes, and give so many. */
const BLOCK = 64;
const DIGEST = 32;
/** Longer than any document with its type; a longer one gets a buffer of its own. */
const MOST_BYTES = 512;

/** Hex digits with the two bits of the UUID's variant set. */
const VARIANT = '89ab89ab89ab89ab';

/** The keyed hash of a document, written as a UUID. */
export type DocumentHash = (document: IdentityDocument) => string;

/** Subject keys where documents were never looked up by anything but the pepper: a document's hash is the key of its subject. */
export interface PepperKeys extends KeptSubjectKeys {
  readonly keyOf: DocumentHash;
}

/** Subject keys as they are kept. */
export interface KeptSubjectKeys extends SubjectKeys {
  /** The same by statements over a connection that is lent already, in whose transaction they belong. */
  over(client: Queryable): SubjectKeys;
}

/** What the pepper makes of documents, for a database that has no index keys, or before it is asked which. */
export function hmacSubjectKeys(pepper: string): PepperKeys {
  const asked = { keyOf: documentHash('sha256', Buffer.from(pepper)), newest: 0 };
  const keys: PepperKeys = {
    keyOf: asked.keyOf,
    find: async () => asked,
    enter: async () => asked,
    look: async () => undefined,
    over: () => keys,
  };
  return keys;
}

/**
 * Hashes documents: HMAC (RFC 2104) under a key of the document's type and normalised number, its first 16 bytes written as a UUIDv8
 * (RFC 9562 §5.8, free for such uses). Without the key a hash cannot be tried against the few billion numbers there are.
 *
 * The two hashes of an HMAC are taken by Node's one-shot function: its HMAC objects cost four times as much, a million times a list.
 */
export function documentHash(hashName: HashName, key: Buffer): DocumentHash {
  const [inner, outer] = paddedKeys(hashName, key);
  const room = Buffer.concat([inner, Buffer.alloc(MOST_BYTES)]);
  return ({ idType, idNumber }) => {
    // The NUL keeps type and number apart, whatever they hold.
    const text = `${idType}\0${idNumber}`;
    const fits = text.length * 3 <= MOST_BYTES;
    const message = fits
      ? room.subarray(0, BLOCK + room.write(text, BLOCK))
      : Buffer.concat([inner, Buffer.from(text)]);
    outer.write(hash(hashName, message, 'hex'), BLOCK, 'hex');
    const hex = hash(hashName, outer, 'hex');
    const variant = VARIANT[Number.parseInt(hex[16]!, 16)]!;
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  };
}

/** The key as HMAC mixes it into its inner and outer hash, the outer one with room for the inner digest. */
function paddedKeys(hashName: HashName, bytes: Buffer): readonly [inner: Buffer, outer: Buffer] {
  const key = Buffer.alloc(BLOCK);
  (bytes.length > BLOCK ? createHash(hashName).update(bytes).digest() : bytes).copy(key);
  const padded = (pad: number): Buffer => Buffer.from(key.map((byte) => byte ^ pad));
  return [padded(0x36), Buffer.concat([padded(0x5c), Buffer.alloc(DIGEST)])];
}
