import { createCipheriv, createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ALGORITHMS, algorithmOf, type AlgorithmName } from '../../../src/storage/sealing/algorithms.ts';
import { hmac, type HashName } from '../../../src/storage/sealing/hmac.ts';

// What is published of each algorithm, so that whoever reads the values by another program finds what is written here.

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

interface Vector {
  readonly source: string;
  readonly algorithm: AlgorithmName;
  readonly key: string;
  readonly nonce: string;
  readonly bound: string;
  readonly plain: string;
  readonly text: string;
  readonly tag: string;
}

const VECTORS: readonly Vector[] = [
  {
    source: 'McGrew and Viega, The Galois/Counter Mode of Operation (submitted to NIST), test case 13',
    algorithm: 'AES-256-GCM',
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    bound: '',
    plain: '',
    text: '',
    tag: '530f8afbc74536b9a963b4f1c4cb738b',
  },
  {
    source: 'the same, test case 14',
    algorithm: 'AES-256-GCM',
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    bound: '',
    plain: '00'.repeat(16),
    text: 'cea7403d4d606b6e074ec5d3baf39d18',
    tag: 'd0d1c8a799996bf0265b98b5d48ab919',
  },
  {
    source: 'the same, test case 16',
    algorithm: 'AES-256-GCM',
    key: 'feffe9928665731c6d6a8f9467308308'.repeat(2),
    nonce: 'cafebabefacedbaddecaf888',
    bound: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
    plain:
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    text: '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662',
    tag: '76fc6ece0f4e1768cddf8853bb2d551b',
  },
  {
    source: 'RFC 8998 appendix A.1',
    algorithm: 'SM4-GCM',
    key: '0123456789abcdeffedcba9876543210',
    nonce: '00001234567800000000abcd',
    bound: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
    plain:
      'aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa',
    text: '17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d',
    tag: '83de3541e4c2b58177e065a9bf7b62ec',
  },
];

describe('published vectors', () => {
  it.each(VECTORS)('$algorithm: $source', ({ algorithm, key, nonce, bound, plain, text, tag }) => {
    const { isOffered, encrypt, decrypt } = algorithmOf(algorithm);
    // Node hands out SM4-GCM from some version on; until then nothing can be sealed by it, and key files that name it are refused.
    if (!isOffered) return expect(algorithm).toBe('SM4-GCM');
    const sealed = encrypt(hex(key), hex(nonce), hex(bound), hex(plain));
    expect(sealed.toString('hex')).toBe(text + tag);
    expect(decrypt(hex(key), hex(nonce), hex(bound), sealed)?.toString('hex')).toBe(plain);
  });

  it('SM4 as in GB/T 32907 appendix A, whose cipher is the first block of the counter mode beneath SM4-CTR-HMAC-SM3', () => {
    const key = hex('0123456789abcdeffedcba9876543210');
    const cipher = createCipheriv('sm4-ecb', key, null).setAutoPadding(false);
    expect(cipher.update(key).toString('hex')).toBe('681edf34d206965e86b3e94f536e4246');
  });

  it.each([
    ['abc', '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'],
    ['abcd'.repeat(16), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'],
  ])('SM3 of %s as in GB/T 32905 appendix A', (text, digest) => {
    expect(createHash('sm3').update(text).digest('hex')).toBe(digest);
  });

  const MACS: readonly (readonly [source: string, hash: HashName, key: Buffer, data: Buffer, mac: string])[] = [
    [
      'RFC 4231 test case 1',
      'sha256',
      Buffer.alloc(20, 0x0b),
      Buffer.from('Hi There'),
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    ],
    [
      'RFC 4231 test case 2',
      'sha256',
      Buffer.from('Jefe'),
      Buffer.from('what do ya want for nothing?'),
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      'GM/T 0042-2015 appendix D.3, first',
      'sm3',
      Buffer.from(Array.from({ length: 32 }, (_, index) => index + 1)),
      Buffer.from('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'.repeat(2)),
      'ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a',
    ],
    [
      'GM/T 0042-2015 appendix D.3, second',
      'sm3',
      Buffer.from(Array.from({ length: 37 }, (_, index) => index + 1)),
      Buffer.alloc(50, 0xcd),
      '220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae',
    ],
  ];
  it.each(MACS)('HMAC: %s', (_source, hash, key, data, mac) => {
    expect(hmac(hash, key, data).toString('hex')).toBe(mac);
    expect(hmac(hash, key, data.subarray(0, 3), data.subarray(3)).toString('hex')).toBe(mac);
  });

  it('SM4-CTR-HMAC-SM3 is SM4 of the counters over the text, and the first half of an HMAC-SM3 over all of it', () => {
    const { keyBytes, encrypt } = algorithmOf('SM4-CTR-HMAC-SM3');
    const key = Buffer.from(Array.from({ length: keyBytes }, (_, index) => index));
    const [nonce, bound, plain] = [
      hex('0102030405060708090a0b0c'),
      Buffer.from('where it lies'),
      Buffer.alloc(20, 0x61),
    ];
    const counters = Buffer.concat([0, 1].map((count) => Buffer.concat([nonce, Buffer.from([0, 0, 0, count])])));
    const stream = createCipheriv('sm4-ecb', key.subarray(32), null).setAutoPadding(false).update(counters);
    const text = Buffer.from(plain.map((byte, index) => byte ^ stream[index]!));
    // Bits of what is bound, as in RFC 7518 §5.2.2.1.
    const length = hex('0000000000000068');
    const mac = hmac('sm3', key.subarray(0, 32), Buffer.concat([bound, nonce, text, length]));
    expect(encrypt(key, nonce, bound, plain)).toEqual(Buffer.concat([text, mac.subarray(0, 16)]));
  });
});

describe.each(ALGORITHMS.filter((name) => algorithmOf(name).isOffered))('%s', (name) => {
  const { keyBytes, encrypt, decrypt } = algorithmOf(name);
  const [key, nonce, bound] = [Buffer.alloc(keyBytes, 7), Buffer.alloc(12, 9), Buffer.from('row 1')];
  const plain = Buffer.from('130628199003070013');
  const sealed = encrypt(key, nonce, bound, plain);

  it('gives back what it was given, also nothing', () => {
    expect(decrypt(key, nonce, bound, sealed)).toEqual(plain);
    expect(decrypt(key, nonce, bound, encrypt(key, nonce, bound, Buffer.alloc(0)))).toEqual(Buffer.alloc(0));
    expect(sealed.length).toBe(plain.length + 16);
  });

  it('opens nothing that was changed in any bit, cut, or that another key, nonce or place sealed', () => {
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect([at, decrypt(key, nonce, bound, changed)]).toEqual([at, undefined]);
      expect([at, decrypt(key, nonce, bound, sealed.subarray(0, at))]).toEqual([at, undefined]);
    }
    expect(decrypt(Buffer.alloc(keyBytes, 8), nonce, bound, sealed)).toBeUndefined();
    expect(decrypt(key, Buffer.alloc(12, 8), bound, sealed)).toBeUndefined();
    expect(decrypt(key, nonce, Buffer.from('row 2'), sealed)).toBeUndefined();
  });
});

it('an algorithm that values name keeps its number', () => {
  expect(ALGORITHMS.map((name) => [name, algorithmOf(name).number])).toEqual([
    ['AES-256-GCM', 1],
    ['SM4-GCM', 2],
    ['SM4-CTR-HMAC-SM3', 3],
  ]);
});
