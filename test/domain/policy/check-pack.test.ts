import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readPack, readPacks } from '../../../src/storage/pack-files.ts';
import { PackError } from '../../../src/storage/pack-text.ts';

const sound = readFileSync('packs/gaoyang-2026/pack.yaml', 'utf8');

/** Plants one mistake and tells what the clerk is told, a line a mistake. */
function told(from: string | RegExp, to: string): string[] {
  const planted = sound.replace(from, to);
  expect(planted, 'the mistake was not planted').not.toBe(sound);
  try {
    readPack('gaoyang-2026/pack.yaml', planted);
  } catch (error) {
    if (error instanceof PackError) return error.problems.map(({ where, zh, en }) => `${where}: ${zh} / ${en}`);
    throw error;
  }
  return [];
}

test('the packs in force are sound', () => {
  expect(readPacks('packs').map((pack) => pack.id)).toEqual([
    'gaoyang-2024',
    'gaoyang-2026',
    'qixian-2022',
    'tunliu-2024',
    'yueyanglou-2025',
  ]);
});

test('an amount that does not add up is named with its identity and both sums', () => {
  expect(
    told(
      '{ category: SUBSISTENCE_ALLOWANCE, subsidy: 360, payable: 40,',
      '{ category: SUBSISTENCE_ALLOWANCE, subsidy: 350, payable: 40,',
    ),
  ).toEqual([expect.stringContaining('低保对象')]);
  expect(
    told(
      '{ category: SUBSISTENCE_ALLOWANCE, subsidy: 360, payable: 40,',
      '{ category: SUBSISTENCE_ALLOWANCE, subsidy: 350, payable: 40,',
    )[0],
  ).toContain('资助350.00元加个人缴费40.00元为390.00元，不等于个人缴费标准400.00元');
});

test('a gap in a start table is named with its group and line', () => {
  const lines = told(
    '- { start: CREDITED_DAY, rule: GY26-2.5.4c }',
    "- { until: '2026-06-30', start: CREDITED_DAY, rule: GY26-2.5.4c }",
  );
  expect(lines).toEqual([
    expect.stringMatching(/NEWBORN_OF_YEAR（当年出生的新生儿） › 第2行: 末行有止日，其后的日期无人管（有空档）/),
  ]);
});

test('an overlap in a start table is named with both days', () => {
  const lines = told(
    "- { until: '2026-02-28', start: CREDITED_DAY, rule: GY26-2.4b }",
    "- { until: '2025-12-01', start: CREDITED_DAY, rule: GY26-2.4b }",
  );
  expect(lines).toEqual([expect.stringContaining('止日 2025-12-01 不晚于上一行的 2025-12-31（有重叠）')]);
});

test.each<[why: string, from: string | RegExp, to: string, said: string]>([
  ['a rule that nobody wrote down', 'rule: GY26-2.5.6c }', 'rule: GY26-9.9 }', '引用了没有写明的规则 GY26-9.9'],
  ['an identity that is placed nowhere', /^ *- \{ category: VILLAGE_OFFICER.*\n/m, '', '未写村“两委”干部'],
  ['an identity placed twice', '{ category: VILLAGE_OFFICER,', '{ category: ORPHAN,', '孤儿写了不止一处'],
  [
    'a combination of facts without a tier',
    /^ *- \{ category: MONITORED_AT_RISK, when: \{ riskEliminated: true \}.*\n/m,
    '',
    'riskEliminated=true 时没有档次',
  ],
  [
    'a window that closes before it opens',
    "window: { from: '2025-10-20'",
    "window: { from: '2026-10-20'",
    '集中征缴期止于起始之前',
  ],
  ['a day that is on no calendar', "to: '2026-12-31'", "to: '2026-02-30'", 'period'],
  ['an amount that is no amount', 'standard: 400', 'standard: 4e2x', 'premium'],
  [
    'a reading without words that is not marked',
    /(GY26-2\.3f:\n.*\n.*\n) *assumption: true/,
    '$1    assumption: false',
    '没有引文的规则必须标明',
  ],
])('%s', (_, from, to, said) => {
  expect(told(from, to).join('\n')).toContain(said);
});
