import { describe, expect, it } from 'vitest';
import { CATEGORIES, type Category } from '../../src/domain/intake/words.ts';
import { categoryUsages, categoryWordsLike, readCategoryWord } from '../../src/lists/category-words.ts';

/** The aliases of catalogue §0.2, copied from there; those that hold the separator themselves follow below. */
const catalogue: Readonly<Record<Category, string>> = {
  EXTREME_POVERTY: '特困人员、特困供养人员、五保户',
  ORPHAN: '孤儿、孤(弃)、孤（弃）',
  UNATTENDED_CHILD: '事实无人抚养儿童、事实无抚养儿童、事实无人抚养',
  WELFARE_INSTITUTION_CHILD: '儿童福利机构收留抚养儿童、儿童福利机构接收的儿童',
  SUBSISTENCE_ALLOWANCE: '低保对象、低保人员、最低生活保障对象、低保',
  SUBSISTENCE_ALLOWANCE_MARGIN: '低保边缘家庭成员、最低生活保障边缘家庭成员',
  FALLEN_INTO_POVERTY: '返贫致贫人口、返贫致贫人员、返贫致贫户',
  MONITORED_UNSTABLE: '脱贫不稳定人口、脱贫不稳定人员、脱贫不稳定户',
  MONITORED_AT_RISK: '边缘易致贫人口、边缘易致贫人员、边缘易致贫户、 边缘易致贫人口 ',
  MONITORED_SUDDEN_HARDSHIP: '脱贫人口突发严重困难人口、突发严重困难人口、突发严重困难户、突发严重困难人口（一般农户）',
  LIFTED_FROM_POVERTY: '其他脱贫人口、稳定脱贫人口、稳定脱贫人员、脱贫人口、脱贫户',
  SEVERE_DISABILITY: '重度残疾人',
  MODERATE_DISABILITY: '',
  HARDSHIP_VETERAN: '困难退役军人',
  FAMILY_PLANNING:
    '独女户、双女户、两女户、双女户(两女户)、计生特扶(计生特殊困难家庭)、计生特扶、计生特殊困难家庭、节育并发症',
  ENTITLED_GROUP: '重点优抚对象、优抚对象',
  ARMED_POLICE_STIPEND: '老武警、武警',
  VILLAGE_OFFICER: '村“两委干部”、村两委干部、村“两委”干部、村"两委"干部',
};

const words = (Object.entries(catalogue) as [Category, string][]).flatMap(([category, aliases]) =>
  aliases
    .split('、')
    .filter((word) => word !== '')
    .map((word): [string, Category] => [word, category]),
);

describe('category words', () => {
  const withSeparator = [
    ['1、2级重度残疾人', 'SEVERE_DISABILITY'],
    ['一、二级重度残疾人', 'SEVERE_DISABILITY'],
    ['三级、四级残疾人', 'MODERATE_DISABILITY'],
  ] as const;
  it.each([...words, ...withSeparator])('%s is %s', (word, category) => {
    expect(readCategoryWord(word)).toMatchObject({ kind: 'category', category });
  });

  it.each(Object.entries(CATEGORIES))('%s is understood by its official name %s', (category, name) => {
    expect(readCategoryWord(name)).toMatchObject({ category });
  });

  it.each(['易返贫致贫人口', '防止返贫监测对象', '农村低收入人口', '困难群众', '救助对象', ' 救助对象 '])(
    '%s is an umbrella',
    (word) => {
      expect(readCategoryWord(word)).toEqual({ kind: 'umbrella' });
    },
  );

  it.each(['', '人口', '低保对像', '普通居民', 'SUBSISTENCE_ALLOWANCE', 'constructor', '低保对象低保对象'])(
    '“%s” is unknown',
    (word) => {
      expect(readCategoryWord(word)).toEqual({ kind: 'unknown' });
    },
  );

  const households: ReadonlyArray<[word: string, lifted: boolean | undefined]> = [
    ['脱贫人口突发严重困难人口', true],
    ['脱贫户突发严重困难户', true],
    ['突发严重困难户（脱贫户）', true],
    ['一般农户突发严重困难人口', false],
    ['突发严重困难人口 (一般农户)', false],
    ['突发严重困难人口', undefined],
  ];
  it.each(households)('%s says of the household: lifted %s', (word, lifted) => {
    const reading = readCategoryWord(word);
    expect(reading).toMatchObject({ category: 'MONITORED_SUDDEN_HARDSHIP' });
    expect('liftedHousehold' in reading ? reading.liftedHousehold : undefined).toBe(lifted);
  });

  it('every word said to be known is known, as what it is said to be', () => {
    for (const { word, category } of categoryUsages()) expect(readCategoryWord(word)).toMatchObject({ category });
  });

  const alike: ReadonlyArray<[word: string, most: string | undefined]> = [
    ['低保户口', '低保户'],
    ['低保对像', '低保对象'],
    ['“低保” 对像', '低保对象'],
    ['特因供养人员', '特困供养人员'],
    ['一级重度残疾人', '重度残疾人'],
    ['富裕户', undefined],
    ['', undefined],
    ['x', undefined],
  ];
  it.each(alike)('“%s” is most like %s, and nothing is suggested that is not known', (word, most) => {
    const suggested = categoryWordsLike(word);
    expect(suggested[0]).toBe(most);
    expect(suggested.length).toBeLessThanOrEqual(3);
    const categories = suggested.map((one) => readCategoryWord(one)).map((one) => 'category' in one && one.category);
    expect(new Set(categories).size).toBe(suggested.length);
    expect(categories).not.toContain(false);
  });
});
