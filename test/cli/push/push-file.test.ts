import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pushFile } from '../../../src/cli/push/push-file.ts';
import { readPushOptions } from '../../../src/cli/push/push-options.ts';
import { testHub, type TestHub } from '../../support/hub.ts';
import { residentId } from '../../support/id-numbers.ts';

const CLIENT = '130628:civil-affairs';

let hub: TestHub;
beforeAll(async () => {
  hub = await testHub();
});
afterAll(() => hub.stop());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yidang-push-'));
  return () => rmSync(folder, { recursive: true, force: true });
});

const HEADINGS = '姓名,证件号码,身份类别,认定日期\n';
const line = (sequence: number, category = '低保对象'): string =>
  `张三,${residentId(sequence)},${category},2025-03-01\n`;

/** Runs the command on a file in the folder; what it printed, and its exit code. */
async function push(list: string, file: string, ...more: string[]): Promise<{ code: number; printed: string }> {
  const token = await hub.tokenOf(CLIENT);
  const options = readPushOptions([list, join(folder, file), '--as', CLIENT, '--hub', hub.url, ...more], {
    YIDANG_TOKEN: token,
  });
  const lines: string[] = [];
  const access = { hub: hub.url, token: async () => token };
  const code = await pushFile(options, access, { print: (text) => lines.push(text), screen: new PassThrough() });
  return { code, printed: lines.join('\n') };
}

describe('the push command', () => {
  it('takes a file in, tells what changed, and says so when it is pushed again', async () => {
    writeFileSync(join(folder, 'good.csv'), HEADINGS + line(1) + line(2));
    const first = await push('hardship', 'good.csv');
    expect(first).toMatchObject({ code: 0, printed: expect.stringContaining('新增 added 2') });
    const again = await push('hardship', 'good.csv');
    expect(again).toMatchObject({ code: 0, printed: expect.stringContaining('此前已收到') });
    // Under a key of its own it is another push, which changes nothing.
    const anew = await push('hardship', 'good.csv', '--key', 'anew');
    expect(anew).toMatchObject({ code: 0, printed: expect.stringContaining('未变 unchanged 2') });
    expect(readdirSync(folder)).toEqual(['good.csv']);
  });

  it('keeps the signed receipt where it is told to, each behind the one before', async () => {
    writeFileSync(join(folder, 'kept.csv'), HEADINGS + line(8));
    const receipts = join(folder, 'receipts');
    for (const key of ['one', 'two']) await push('hardship', 'kept.csv', '--key', key, '--receipt', receipts);
    const members = readFileSync(receipts, 'utf8')
      .trim()
      .split('\n')
      .map((text) => JSON.parse(Buffer.from(text.split('.')[1]!, 'base64url').toString()));
    expect(members).toMatchObject([{ list: 'hardship' }, { list: 'hardship', agency: 'civil-affairs' }]);
    expect(members[0].submission).not.toBe(members[1].submission);
  });

  it('signs what it pushes, a packed file as it is unpacked, so that the receipt holds the signature too', async () => {
    const receipts = join(folder, 'receipts');
    writeFileSync(join(folder, 'key.json'), JSON.stringify(await hub.privateKeyOf(CLIENT)));
    const terms = ['--mode', 'SNAPSHOT', '--period', '2025-11', '--document', '高民字〔2025〕1号'];
    const signed = ['--receipt', receipts, '--sign-key', join(folder, 'key.json'), ...terms];
    writeFileSync(join(folder, 'signed.csv'), HEADINGS + line(21));
    expect(await push('hardship', 'signed.csv', ...signed)).toMatchObject({ code: 0 });
    expect(await push('hardship', 'signed.csv', ...signed)).toMatchObject({
      printed: expect.stringContaining('此前已收到'),
    });
    writeFileSync(join(folder, 'signed.csv.gz'), gzipSync(HEADINGS + line(22)));
    expect(await push('hardship', 'signed.csv.gz', ...signed)).toMatchObject({ code: 0 });
    await push('hardship', 'signed.csv', '--dry-run', ...signed);

    const texts = readFileSync(receipts, 'utf8').trim().split('\n');
    const members = texts.map((text) => JSON.parse(Buffer.from(text.split('.')[1]!, 'base64url').toString()));
    expect(members.map(({ signature }) => signature.jws.split('.').length)).toEqual([3, 3, 3, 3]);
    // A receipt is sealed anew, the signature in it stays that of the first.
    expect(members[0].signature).toEqual(members[1].signature);

    writeFileSync(join(folder, 'public.json'), JSON.stringify({ kty: 'EC' }));
    await expect(push('hardship', 'signed.csv', '--sign-key', join(folder, 'public.json'))).rejects.toThrow(
      '--sign-key',
    );
    writeFileSync(join(folder, 'broken.json'), '{"d":"secret');
    const broken = push('hardship', 'signed.csv', '--sign-key', join(folder, 'broken.json'));
    await expect(broken).rejects.toThrow(/^(?!.*secret).*--sign-key/);
  });

  it('puts rejected rows beside the file, to be corrected and pushed', async () => {
    writeFileSync(join(folder, 'mixed.csv'), HEADINGS + line(11) + line(12, '不存在的类别') + line(13));
    const { code, printed } = await push('hardship', 'mixed.csv');
    expect(code).toBe(1);
    expect(printed).toContain('CATEGORY_WORD_UNKNOWN (category) ×1');
    expect(printed).not.toContain(residentId(12));

    const rejected = join(folder, 'mixed.csv.rejected.csv');
    const text = readFileSync(rejected, 'utf8');
    expect(text).toContain('退回原因');
    expect(text).toContain('原第 2 行；身份类别：');
    expect(text.trim().split('\n')).toHaveLength(2);
    expect(statSync(rejected).mode & 0o777).toBe(0o600);

    writeFileSync(rejected, text.replace('不存在的类别', '特困人员'));
    expect(await push('hardship', 'mixed.csv.rejected.csv')).toMatchObject({ code: 0 });
    // A file that somebody may be correcting is never written over.
    await push('hardship', 'mixed.csv', '--key', 'again');
    expect(readdirSync(folder)).toContain('mixed.csv.rejected-2.csv');
  });

  it('only judges on a dry run', async () => {
    writeFileSync(join(folder, 'try.ndjson'), '{"name":"张三"}\n');
    const { code, printed } = await push('hardship', 'try.ndjson', '--dry-run');
    expect(code).toBe(1);
    expect(printed).toContain('未入库');
    expect(readdirSync(folder)).toContain('try.ndjson.rejected.csv');
  });

  it('tells why the hub does not take a file', async () => {
    writeFileSync(join(folder, 'wrong.csv'), `姓名,没有这一列\n张三,1\n`);
    await expect(push('hardship', 'wrong.csv')).rejects.toThrow(/^HEADINGS_DO_NOT_FIT: 列名与名单不符/);
    writeFileSync(join(folder, 'other.csv'), HEADINGS + line(1));
    await expect(push('payments', 'other.csv')).rejects.toThrow(/^FORBIDDEN/);
  });
});

describe('its arguments', () => {
  const wrong: ReadonlyArray<[why: string, args: readonly string[]]> = [
    ['no file', ['hardship']],
    ['an extension that is none of the formats', ['hardship', 'list.xls', '--as', CLIENT]],
    ['nobody to push as', ['hardship', 'list.csv']],
    ['a token without a hub', ['hardship', 'list.csv', '--token', 'x']],
    [
      'a key to sign with and nobody to sign as',
      ['hardship', 'list.csv', '--sign-key', 'k', '--token', 'x', '--hub', 'h'],
    ],
    ['an unknown option', ['hardship', 'list.csv', '--as', CLIENT, '--dryrun']],
  ];
  it.each(wrong)('are refused with the usage: %s', (_why, args) => {
    expect(() => readPushOptions(args, {})).toThrow('usage');
  });

  it('tell the kind of a file by its name', () => {
    const kindOf = (name: string) => readPushOptions(['REFUND_APPLICATIONS', name, '--as', CLIENT], {}).kind;
    expect(kindOf('a.CSV')).toEqual({ type: 'text/csv', format: 'CSV', packed: false, rejectedAs: 'csv' });
    expect(kindOf('a.ndjson.gz')).toEqual({
      type: 'application/x-ndjson',
      format: 'NDJSON',
      packed: true,
      rejectedAs: 'csv',
    });
    expect(kindOf('a.xlsx').rejectedAs).toBe('xlsx');
    expect(readPushOptions(['REFUND_APPLICATIONS', 'a.csv', '--as', CLIENT], {}).list).toBe('refund-applications');
  });
});
