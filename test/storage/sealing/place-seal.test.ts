import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { algorithmOf, type AlgorithmName } from '../../../src/storage/sealing/algorithms.ts';
import { keyedHashOf } from '../../../src/storage/sealing/keyed-hash.ts';
import { NO_SEAL, placeSeal, type KeyInUse, type KeysInUse } from '../../../src/storage/sealing/place-seal.ts';
import { HEAD_BYTES, headOf, keyIdOf } from '../../../src/storage/sealing/sealed-value.ts';

const COLUMN = 'identifier.id_number';
const ROW = ['00000000-0000-8000-8000-000000000001'];
const NUMBER = '130628199003070013';

function keyOf(id: number, algorithm: AlgorithmName = 'AES-256-GCM'): KeyInUse {
  const data = { id, algorithm, key: randomBytes(algorithmOf(algorithm).keyBytes) };
  return { ...data, head: headOf(data) };
}

const keysOf = (...keys: readonly KeyInUse[]): KeysInUse => ({
  draw: () => keys.at(-1)!,
  find: (id) => keys.find((key) => key.id === id),
  hash: keyedHashOf(keys[0]!),
});

const KEYS = keysOf(keyOf(1), keyOf(2, 'SM4-CTR-HMAC-SM3'), keyOf(70_000));
const seal = placeSeal('130628', KEYS);

/** The code with which it fails; `undefined` where it does not. */
function faultOf(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    // Nothing of a value in what goes to logs.
    expect(String(error)).not.toContain(NUMBER.slice(0, 6));
    return (error as { code?: unknown }).code;
  }
}

it('gives back the text, and tells nothing of it: equal texts become different values of the length that is told', () => {
  const [one, other] = [seal.seal(COLUMN, ROW, NUMBER), seal.seal(COLUMN, ROW, NUMBER)];
  expect([seal.open(COLUMN, ROW, one), seal.open(COLUMN, ROW, other)]).toEqual([NUMBER, NUMBER]);
  expect(one.equals(other)).toBe(false);
  expect(one.length).toBe(NUMBER.length + 34);
  expect(one.includes(NUMBER)).toBe(false);
  expect(seal.open(COLUMN, ROW, seal.seal(COLUMN, ROW, '王𠮷·é'))).toBe('王𠮷·é');
  expect(seal.openBytes(COLUMN, ROW, seal.seal(COLUMN, ROW, Buffer.from([0, 255])))).toEqual(Buffer.from([0, 255]));
});

it('no nonce comes twice, over more values than are drawn at a time', () => {
  const nonces = Array.from({ length: 3_000 }, () => seal.seal(COLUMN, ROW, '').subarray(6, 18).toString('hex'));
  expect(new Set(nonces).size).toBe(3_000);
});

it('names form, algorithm and key in its first bytes, which all values under one key share', () => {
  const value = seal.seal(COLUMN, ROW, NUMBER);
  expect(value.subarray(0, HEAD_BYTES).toString('hex')).toBe('010100011170');
  expect(keyIdOf(value)).toBe(70_000);
  expect(headOf(keyOf(2, 'SM4-CTR-HMAC-SM3')).toString('hex')).toBe('010300000002');
});

it('opens values of every key that it holds, and seals under the newest', () => {
  const before = placeSeal('130628', keysOf(keyOf(5)));
  const [old, now] = [keyOf(1), keyOf(2, 'SM4-CTR-HMAC-SM3')];
  const value = placeSeal('130628', keysOf(old)).seal(COLUMN, ROW, NUMBER);
  const both = placeSeal('130628', keysOf(old, now));
  expect(both.open(COLUMN, ROW, value)).toBe(NUMBER);
  expect(keyIdOf(both.seal(COLUMN, ROW, NUMBER))).toBe(2);
  expect(both.open(COLUMN, ROW, both.seal(COLUMN, ROW, NUMBER))).toBe(NUMBER);
  expect(faultOf(() => both.open(COLUMN, ROW, before.seal(COLUMN, ROW, NUMBER)))).toBe('SEALING_KEY_UNKNOWN');
});

it('opens nowhere else: not in another column, row or jurisdiction, nor where parts run together', () => {
  const value = seal.seal(COLUMN, ['a', 'b'], NUMBER);
  const elsewhere: readonly (() => unknown)[] = [
    () => seal.open('identifier.other', ['a', 'b'], value),
    () => seal.open(COLUMN, ['a', 'c'], value),
    () => seal.open(COLUMN, ['ab'], value),
    () => seal.open(COLUMN, ['a,b'], value),
    () => seal.open(COLUMN, ['a', 'b', ''], value),
    () => seal.open(COLUMN, [], value),
    () => placeSeal('130629', KEYS).open(COLUMN, ['a', 'b'], value),
    () => placeSeal('', KEYS).open(COLUMN, ['130628', 'a', 'b'], value),
  ];
  for (const open of elsewhere) expect(faultOf(open)).toBe('SEALED_VALUE_UNSOUND');
  expect(seal.open(COLUMN, ['a', 'b'], value)).toBe(NUMBER);
});

it('a value changed anywhere, cut or made up is a fault, and never nothing', () => {
  const value = seal.seal(COLUMN, ROW, NUMBER);
  for (let at = 0; at < value.length; at++) {
    const changed = Buffer.from(value);
    changed[at]! ^= 1;
    // Of its number's bytes it may seem to lie under a key that nobody has.
    expect(faultOf(() => seal.open(COLUMN, ROW, changed))).toMatch(/^SEALED_VALUE_UNSOUND$|^SEALING_KEY_UNKNOWN$/);
    expect(faultOf(() => seal.open(COLUMN, ROW, value.subarray(0, at)))).toBe('SEALED_VALUE_UNSOUND');
  }
  for (const made of [Buffer.alloc(0), Buffer.from(NUMBER), Buffer.alloc(100)])
    expect(faultOf(() => seal.open(COLUMN, ROW, made))).toBe('SEALED_VALUE_UNSOUND');
});

it('a value that claims another algorithm or key of those held is a fault', () => {
  const value = seal.seal(COLUMN, ROW, NUMBER);
  for (const head of ['010300000002', '010100000001', '010300011170', '020100011170', '01ff00011170'])
    expect(faultOf(() => seal.open(COLUMN, ROW, Buffer.concat([Buffer.from(head, 'hex'), value.subarray(6)])))).toBe(
      'SEALED_VALUE_UNSOUND',
    );
});

it('a keyed hash is the same for equal texts of a column in a jurisdiction, and for nothing else', () => {
  const hash = seal.keyed(COLUMN, NUMBER);
  expect(hash).toMatch(/^[0-9a-f]{32}$/);
  expect(placeSeal('130628', KEYS).keyed(COLUMN, NUMBER)).toBe(hash);
  const others = [
    seal.keyed('claim.content_hash', NUMBER),
    seal.keyed(COLUMN, `${NUMBER} `),
    placeSeal('130629', KEYS).keyed(COLUMN, NUMBER),
    placeSeal('130628', keysOf(keyOf(1))).keyed(COLUMN, NUMBER),
  ];
  expect(new Set([hash, ...others]).size).toBe(5);
  // The key that seals does not decide, so that hashes stay when another one seals.
  const [first, second] = [keyOf(1, 'SM4-CTR-HMAC-SM3'), keyOf(2)];
  expect(placeSeal('1', keysOf(first, second)).keyed(COLUMN, 'x')).toBe(
    placeSeal('1', keysOf(first)).keyed(COLUMN, 'x'),
  );
});

it('without keys nothing is sealed, opened or hashed', () => {
  for (const work of [
    () => NO_SEAL.seal(COLUMN, ROW, NUMBER),
    () => NO_SEAL.open(COLUMN, ROW, seal.seal(COLUMN, ROW, NUMBER)),
    () => NO_SEAL.openBytes(COLUMN, ROW, Buffer.alloc(0)),
    () => NO_SEAL.keyed(COLUMN, NUMBER),
  ])
    expect(faultOf(work)).toBe('SEALING_UNAVAILABLE');
});
