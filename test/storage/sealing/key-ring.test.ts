import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { algorithmOf } from '../../../src/storage/sealing/algorithms.ts';
import {
  KeyRingUnusable,
  keyRingOf,
  readKeyFile,
  readKeyRing,
  unwrapKey,
  withNewKey,
  wrapKey,
} from '../../../src/storage/sealing/key-ring.ts';

let folder: string;
const file = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'yidang-rings-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a file of sealing keys', () => {
  it('is made once where it may be, readable by its owner alone, and nothing beside it', () => {
    const made = file('below/sealing-keys.json');
    const { current } = readKeyRing(made, { mayMake: true });
    expect(current).toMatchObject({ algorithm: 'AES-256-GCM' });
    expect(statSync(made).mode & 0o777).toBe(0o600);
    expect(readKeyRing(made, { mayMake: true }).current).toEqual(current);
    expect(readdirSync(file('below'))).toEqual(['sealing-keys.json']);
    expect(() => readKeyRing(file('missing.json'), { mayMake: false })).toThrow(KeyRingUnusable);
  });

  const key = Buffer.alloc(32, 7).toString('base64url');
  const sound = { id: 'a', algorithm: 'AES-256-GCM', key };
  it.each([
    ['no JSON', `{"current":"a","keys":[{"id":"a","key":"${key}"`],
    ['no keys', '{"current":"a"}'],
    ['nothing', 'null'],
    ['a key of another form', JSON.stringify({ current: 'a', keys: [{ ...sound, key: 7 }] })],
    ['an algorithm that is none', JSON.stringify({ current: 'a', keys: [{ ...sound, algorithm: 'AES-256-ECB' }] })],
    ['an algorithm of every object', JSON.stringify({ current: 'a', keys: [{ ...sound, algorithm: 'constructor' }] })],
    ['a short key', JSON.stringify({ current: 'a', keys: [{ ...sound, key: key.slice(0, 40) }] })],
    [
      'a key of another algorithm',
      JSON.stringify({ current: 'a', keys: [{ ...sound, algorithm: 'SM4-CTR-HMAC-SM3' }] }),
    ],
    ['no current key', JSON.stringify({ current: 'b', keys: [sound] })],
    ['one id twice', JSON.stringify({ current: 'a', keys: [sound, sound] })],
  ])('with %s is refused, and no key told', (_why, text) => {
    writeFileSync(file('wrong.json'), text);
    const read = (): unknown => readKeyRing(file('wrong.json'), { mayMake: false });
    expect(read).toThrow(KeyRingUnusable);
    expect(read).not.toThrow(key.slice(0, 8));
  });

  it.runIf(!algorithmOf('SM4-GCM').isOffered)(
    'that names what this Node does not offer is refused, and says so',
    () => {
      expect(() => keyRingOf(withNewKey('SM4-GCM'))).toThrow('does not offer SM4-GCM');
    },
  );

  it('gets a new key before those of before, which still unwrap', () => {
    const first = withNewKey('AES-256-GCM');
    const second = withNewKey('SM4-CTR-HMAC-SM3', first.keys);
    const ring = keyRingOf(second);
    expect(ring.current).toMatchObject({ id: second.current, algorithm: 'SM4-CTR-HMAC-SM3' });
    expect(ring.find(first.current)).toEqual(keyRingOf(first).current);
    writeFileSync(file('second.json'), JSON.stringify(second));
    expect(readKeyFile(file('second.json'))).toEqual(second);
    expect(readFileSync(file('second.json'), 'utf8')).not.toContain('private');
  });
});

const COLUMN = 'sealing_key.wrapped';

it('a data key unwraps under the key that wrapped it and the number it was given, and under nothing else', () => {
  const [by, other] = [keyRingOf(withNewKey('AES-256-GCM')).current, keyRingOf(withNewKey('AES-256-GCM')).current];
  const data = { id: 3, algorithm: 'AES-256-GCM', key: Buffer.alloc(32, 5) } as const;
  const wrapped = wrapKey(by, data, COLUMN);
  expect(wrapped.includes(data.key)).toBe(false);
  expect(unwrapKey(by, { id: 3, algorithm: 'AES-256-GCM', wrapped }, COLUMN)).toEqual(data);
  expect(unwrapKey(by, { id: 4, algorithm: 'AES-256-GCM', wrapped }, COLUMN)).toBeUndefined();
  expect(unwrapKey(by, { id: 3, algorithm: 'SM4-GCM', wrapped }, COLUMN)).toBeUndefined();
  expect(unwrapKey(other, { id: 3, algorithm: 'AES-256-GCM', wrapped }, COLUMN)).toBeUndefined();
  expect(unwrapKey({ ...other, id: by.id }, { id: 3, algorithm: 'AES-256-GCM', wrapped }, COLUMN)).toBeUndefined();
  expect(unwrapKey(by, { id: 3, algorithm: 'AES-256-GCM', wrapped }, 'index_key.wrapped')).toBeUndefined();
});
