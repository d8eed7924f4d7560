import { createCipheriv, createDecipheriv, getCiphers, getHashes, timingSafeEqual } from 'node:crypto';
import { hmac } from './hmac.ts';
import { preparedKey } from './prepared-key.ts';

/** Bytes of a nonce and of the tag behind a ciphertext, whatever the algorithm. */
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

/** Ways of sealing. Every one hides what is sealed and shows whether it, or what it is bound to, was changed. */
export const ALGORITHMS = ['AES-256-GCM', 'SM4-GCM', 'SM4-CTR-HMAC-SM3'] as const;

/** A way of sealing, by its name in key files and in the table of data keys. */
export type AlgorithmName = (typeof ALGORITHMS)[number];

/** A way of sealing. */
export interface Algorithm {
  /** Names it in each sealed value. Never given to another. */
  readonly number: number;
  readonly keyBytes: number;
  /** Does this Node's OpenSSL have what it takes? */
  readonly isOffered: boolean;
  /** Gives the ciphertext, as long as the plain text, with its tag behind it. */
  encrypt(key: Buffer, nonce: Buffer, bound: Buffer, plain: Buffer): Buffer;
  /** Gives the plain text; `undefined` where the tag is not that of all of it. */
  decrypt(key: Buffer, nonce: Buffer, bound: Buffer, sealed: Buffer): Buffer | undefined;
}

const CIPHERS: ReadonlySet<string> = new Set(getCiphers());
const HASHES: ReadonlySet<string> = new Set(getHashes());

/** Galois/Counter Mode (NIST SP 800-38D) of a block cipher. */
function galoisCounter(number: number, cipher: string, keyBytes: number): Algorithm {
  // The types know the modes of AES alone.
  const name = cipher as 'aes-256-gcm';
  const options = { authTagLength: TAG_BYTES };
  return {
    number,
    keyBytes,
    isOffered: CIPHERS.has(cipher),
    encrypt: (key, nonce, bound, plain) => {
      const encrypting = createCipheriv(name, preparedKey(key), nonce, options).setAAD(bound);
      return Buffer.concat([encrypting.update(plain), encrypting.final(), encrypting.getAuthTag()]);
    },
    decrypt: (key, nonce, bound, sealed) => {
      const text = sealed.length - TAG_BYTES;
      if (text < 0) return undefined;
      const decrypting = createDecipheriv(name, preparedKey(key), nonce, options)
        .setAAD(bound)
        .setAuthTag(sealed.subarray(text));
      try {
        return Buffer.concat([decrypting.update(sealed.subarray(0, text)), decrypting.final()]);
      } catch {
        return undefined;
      }
    },
  };
}

const SM4_KEY = 16;
const SM3_KEY = 32;
/** Where the counter of blocks begins, behind the nonce. */
const COUNTER = Buffer.alloc(4);

/**
 * SM4 in counter mode, then HMAC-SM3 over everything, each under a half of its own of the key: for a Node whose OpenSSL has SM4 and
 * SM3 but hands out no SM4-GCM. Encrypt-then-MAC as in RFC 7518 §5.2.2, the tag cut to 16 bytes as there.
 */
const SM4_THEN_SM3: Algorithm = {
  number: 3,
  keyBytes: SM4_KEY + SM3_KEY,
  isOffered: CIPHERS.has('sm4-ctr') && HASHES.has('sm3'),
  encrypt: (key, nonce, bound, plain) => {
    const text = counted(key, nonce, plain);
    return Buffer.concat([text, tagOf(key, nonce, bound, text)]);
  },
  decrypt: (key, nonce, bound, sealed) => {
    const end = sealed.length - TAG_BYTES;
    if (end < 0) return undefined;
    const text = sealed.subarray(0, end);
    return timingSafeEqual(tagOf(key, nonce, bound, text), sealed.subarray(end))
      ? counted(key, nonce, text)
      : undefined;
  },
};

const halves = new WeakMap<Buffer, { readonly sm3: Buffer; readonly sm4: Buffer }>();

/** The halves of a key, the same bytes each time, so that they are prepared once. */
function halvesOf(key: Buffer): { readonly sm3: Buffer; readonly sm4: Buffer } {
  const known = halves.get(key) ?? { sm3: key.subarray(0, SM3_KEY), sm4: key.subarray(SM3_KEY) };
  halves.set(key, known);
  return known;
}

/** Encrypts and, being its own inverse, decrypts. */
function counted(key: Buffer, nonce: Buffer, bytes: Buffer): Buffer {
  const cipher = createCipheriv('sm4-ctr', preparedKey(halvesOf(key).sm4), Buffer.concat([nonce, COUNTER]));
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
}

function tagOf(key: Buffer, nonce: Buffer, bound: Buffer, text: Buffer): Buffer {
  // The length of what is bound, in bits, keeps it and the text apart, whatever they hold.
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(bound.length) * 8n);
  return hmac('sm3', halvesOf(key).sm3, bound, nonce, text, length).subarray(0, TAG_BYTES);
}

const BY_NAME: Readonly<Record<AlgorithmName, Algorithm>> = {
  'AES-256-GCM': galoisCounter(1, 'aes-256-gcm', 32),
  'SM4-GCM': galoisCounter(2, 'sm4-gcm', 16),
  'SM4-CTR-HMAC-SM3': SM4_THEN_SM3,
};

/** What a name stands for. */
export const algorithmOf = (name: AlgorithmName): Algorithm => BY_NAME[name];

/** Is this the name of a way of sealing? */
export const isAlgorithmName = (name: unknown): name is AlgorithmName =>
  typeof name === 'string' && Object.hasOwn(BY_NAME, name);
