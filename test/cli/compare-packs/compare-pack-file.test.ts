import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCompareOptions } from '../../../src/cli/compare-packs/compare-options.ts';
import { comparePackFile } from '../../../src/cli/compare-packs/compare-pack-file.ts';
import { residentId } from '../../support/id-numbers.ts';
import { pushingHub, type PushingHub } from '../../support/pushing-hub.ts';

const PACK = readFileSync('packs/gaoyang-2026/pack.yaml', 'utf8');

let hub: PushingHub;
const folder = mkdtempSync(join(tmpdir(), 'yidang-compare-'));
beforeAll(async () => {
  hub = await pushingHub();
  hub.setDay('2025-11-01');
  await hub.received('130628:civil-affairs', 'Hardship', [
    { name: '王秀英', idNumber: residentId(501), category: '特困人员', from: '2025-10-20' },
    { name: '李四', idNumber: residentId(502), category: '最低生活保障对象', from: '2025-10-20' },
  ]);
});
afterAll(async () => {
  await hub?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function compare(client: string, pack: string, ...more: string[]): Promise<string> {
  const file = join(folder, 'pack.yaml');
  writeFileSync(file, pack);
  const token = await hub.tokenOf(client);
  const options = readCompareOptions([file, '--hub', hub.url, ...more], { YIDANG_TOKEN: token });
  const lines: string[] = [];
  const access = { hub: hub.url, token: async () => token };
  await comparePackFile(options, access, { print: (line) => lines.push(line), screen: new PassThrough() });
  return lines.join('\n');
}

test('prints who gains and loses and what it costs, and saves the persons for nobody else to read', async () => {
  const changed = PACK.replace(
    'SUBSISTENCE_ALLOWANCE, subsidy: 360, payable: 40,',
    'SUBSISTENCE_ALLOWANCE, subsidy: 380, payable: 20,',
  );
  const saved = join(folder, 'persons.csv');
  const printed = await compare(
    '130628:medical-insurance',
    changed,
    ...['--persons', saved, '--exact-because', '测算'],
  );
  expect(printed).toContain('共 2 人 persons：受益 winners 1，受损 losers 0，不变 unchanged 1');
  expect(printed).toMatch(/低保对象 +│ 医疗救助 +│ 1 +│ 360\.00 → 380\.00 \(\+20\.00\) │ 40\.00 → 20\.00 \(-20\.00\)/);
  expect(readFileSync(saved, 'utf8')).toContain(residentId(502));
  expect(statSync(saved).mode & 0o077).toBe(0);
});

test('without a reason figures are in full tens, and say so', async () => {
  const printed = await compare('130628:medical-insurance', PACK);
  expect(printed).toContain('共 <10 人 persons：受益 winners <10，受损 losers <10，不变 unchanged <10');
  expect(printed).toContain('人数按整十');
  expect(printed).toMatch(/低保对象 +│ 医疗救助 +│ <10 +│ <10 +│ <10/);
});

test.each([
  [
    'a pack that is not sound',
    '130628:medical-insurance',
    PACK.replace('subsidy: 360', 'subsidy: 361'),
    /不等于个人缴费标准/,
  ],
  ['an agency that may not', '130628:civil-affairs', PACK, /未获准/],
  ['a file that names no year', '130628:medical-insurance', 'a: 1\n', /--year/],
])('%s: fails with the reason', async (_, client, pack, reason) => {
  await expect(compare(client, pack)).rejects.toThrow(reason);
});

test.each([
  [[]],
  [['a.yaml']],
  [['a.yaml', '--as', 'x', '--year', '26']],
  [['a.yaml', '--token', 't']],
  [['a', '--what']],
])('the command line %j is answered with the usage', (args) => {
  expect(() => readCompareOptions(args, {})).toThrow(/usage/);
});
