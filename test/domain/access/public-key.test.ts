import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isSoundPublicKey } from '../../../src/domain/access/public-key.ts';

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ec = p256.publicKey.export({ format: 'jwk' });
const ed = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
const littleEndian = (y: bigint, sign = 0): string => {
  const bytes = Buffer.from(y.toString(16).padStart(64, '0'), 'hex').reverse();
  bytes[31]! |= sign << 7;
  return bytes.toString('base64url');
};
const P = 2n ** 255n - 19n;
const EIGHTH = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;

const cases: ReadonlyArray<[why: string, jwk: unknown, sound: boolean]> = [
  ['P-256', ec, true],
  ['P-256 with its words', { ...ec, alg: 'ES256', use: 'sig', kid: 'any' }, true],
  ['Ed25519', ed, true],
  ['Ed25519 by its newer name', { ...ed, alg: 'Ed25519' }, true],
  ['a private key', p256.privateKey.export({ format: 'jwk' }), false],
  ['a secret that is undefined', { ...ec, k: undefined }, false],
  ['for encryption', { ...ec, use: 'enc' }, false],
  ['for another algorithm', { ...ec, alg: 'ES384' }, false],
  ['a point beside the curve', { ...ec, y: ec.x }, false],
  ['the point of nothing', { ...ec, x: 'A'.repeat(43), y: 'A'.repeat(43) }, false],
  ['half a point', { ...ec, y: undefined }, false],
  ['a longer coordinate', { ...ec, x: `A${ec.x}` }, false],
  ['left-over bits', { ...ec, x: `${ec.x!.slice(0, -1)}B` }, false],
  ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' }), false],
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }), false],
  ['X25519', generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }), false],
  ['a shared secret', { kty: 'oct', k: 'YWFhYWFhYWE' }, false],
  ...[0n, 1n, P - 1n, EIGHTH, P - EIGHTH].flatMap((y): [string, unknown, boolean][] => [
    [`of small order, y = ${y}`, { kty: 'OKP', crv: 'Ed25519', x: littleEndian(y) }, false],
    [`of small order, y = ${y}, negative`, { kty: 'OKP', crv: 'Ed25519', x: littleEndian(y, 1) }, false],
  ]),
  ['past the field', { kty: 'OKP', crv: 'Ed25519', x: littleEndian(P + 1n) }, false],
  ['text', 'a key', false],
  ['nothing', null, false],
];

describe('a public key by which somebody may prove who they are', () => {
  test.each(cases)('%s', (_why, jwk, sound) => {
    expect(isSoundPublicKey(jwk)).toBe(sound);
  });
});
