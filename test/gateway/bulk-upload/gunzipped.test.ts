import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzipped } from '../../../src/gateway/bulk-upload/gunzipped.ts';
import { gathered, inPieces } from '../../support/file-bytes.ts';

const unpack = async (bytes: Uint8Array, limits = {}): Promise<string> =>
  Buffer.concat(await gathered(gunzipped(inPieces(bytes, 1_000), limits))).toString();

describe('gzip', () => {
  it('is unpacked, also where it has several members', async () => {
    expect(await unpack(Buffer.concat([gzipSync('张三'), gzipSync('李四')]))).toBe('张三李四');
  });

  const whole = gzipSync('姓名,证件号码\n'.repeat(1_000));
  const unfit: ReadonlyArray<[why: string, answer: string, bytes: Uint8Array, limits?: object]> = [
    ['no gzip', '400 FILE_BROKEN', Buffer.from('姓名,证件号码')],
    ['nothing', '400 FILE_BROKEN', Buffer.alloc(0)],
    ['cut after its first byte', '400 FILE_BROKEN', whole.subarray(0, 1)],
    ['cut in the middle', '400 FILE_BROKEN', whole.subarray(0, whole.length / 2)],
    ['cut before its last byte', '400 FILE_BROKEN', whole.subarray(0, -1)],
    ['with zeros behind its end', '400 FILE_BROKEN', Buffer.concat([whole, Buffer.alloc(3)])],
    ['with other bytes behind its end', '400 FILE_BROKEN', Buffer.concat([whole, Buffer.from('x')])],
    ['with a wrong check sum', '400 FILE_BROKEN', Buffer.from(whole).fill(0, whole.length - 8, whole.length - 4)],
    ['that becomes a thousand times as large', '413 BODY_TOO_LARGE', gzipSync(Buffer.alloc(100_000_000))],
    ['that becomes larger than the limit', '413 BODY_TOO_LARGE', whole, { mostBytes: 10_000 }],
  ];
  it.each(unfit)('%s is answered %s', async (_why, answer, bytes, limits) => {
    const told = await unpack(bytes, limits).catch(
      ({ status, code }: { status: number; code: string }) => `${status} ${code}`,
    );
    expect(told).toBe(answer);
  });

  it('lets through what went wrong with the connection', async () => {
    const broken = async function* (): AsyncGenerator<Buffer> {
      yield whole.subarray(0, 20);
      throw new Error('connection lost');
    };
    await expect(gathered(gunzipped(broken()))).rejects.toThrow('connection lost');
  });
});
