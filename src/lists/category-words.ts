import { CATEGORIES, type Category } from '../domain/intake/words.ts';

/** What an owner's category word says. */
export type CategoryWord =
  | {
      readonly kind: 'category';
      readonly category: Category;
      /** What the word says of the household (脱贫户 or 一般农户); absent where it says nothing. */
      readonly liftedHousehold?: boolean;
    }
  | { readonly kind: 'umbrella' }
  | { readonly kind: 'unknown' };

/** Endings that stand for one another in the sources (a slash in catalogue §0.2; 对象 is used alike). A word with them is four. */
const ENDINGS = '人口/人员/户/对象';

/** The words of catalogue §0.2 by category. The official names of the categories are understood besides. */
const WORDS: Readonly<Record<Category, readonly string[]>> = {
  EXTREME_POVERTY: ['特困人口/人员/户/对象', '特困供养人口/人员/户/对象', '五保人口/人员/户/对象', '特困'],
  ORPHAN: ['孤儿', '孤(弃)', '孤(弃)儿童'],
  UNATTENDED_CHILD: ['事实无人抚养儿童', '事实无抚养儿童', '事实无人抚养'],
  WELFARE_INSTITUTION_CHILD: ['儿童福利机构收留抚养儿童', '儿童福利机构接收的儿童'],
  SUBSISTENCE_ALLOWANCE: ['低保人口/人员/户/对象', '最低生活保障人口/人员/户/对象', '低保'],
  SUBSISTENCE_ALLOWANCE_MARGIN: [
    ...['低保边缘家庭成员', '最低生活保障边缘家庭成员', '低保边缘家庭', '低保边缘'],
    ...['低保边缘人口/人员/户/对象', '最低生活保障边缘人口/人员/户/对象'],
  ],
  FALLEN_INTO_POVERTY: ['返贫致贫人口/人员/户/对象'],
  MONITORED_UNSTABLE: ['脱贫不稳定人口/人员/户/对象', '监测对象·脱贫不稳定'],
  MONITORED_AT_RISK: ['边缘易致贫人口/人员/户/对象', '监测对象·边缘易致贫'],
  MONITORED_SUDDEN_HARDSHIP: ['突发严重困难人口/人员/户/对象', '监测对象·突发严重困难'],
  LIFTED_FROM_POVERTY: ['其他脱贫人口/人员/户/对象', '稳定脱贫人口/人员/户/对象', '脱贫人口/人员/户/对象'],
  SEVERE_DISABILITY: ['重度残疾人', '1、2级重度残疾人', '一、二级重度残疾人'],
  MODERATE_DISABILITY: ['三级、四级残疾人', '三、四级残疾人', '3、4级残疾人'],
  HARDSHIP_VETERAN: ['困难退役军人'],
  FAMILY_PLANNING: [
    ...['独女户', '双女户', '两女户', '双女户(两女户)', '节育并发症'],
    ...['计生特扶', '计生特扶(计生特殊困难家庭)', '计生特殊困难家庭'],
  ],
  ENTITLED_GROUP: ['重点优抚对象', '优抚对象'],
  ARMED_POLICE_STIPEND: ['老武警', '武警'],
  VILLAGE_OFFICER: ['村两委干部'],
};

/** Words for 突发严重困难 that also say which kind of household it was; the plain word says neither (national.md §8). */
const SUDDEN_HARDSHIP_BY_HOUSEHOLD: readonly (readonly [word: string, liftedHousehold: boolean])[] = [
  ['脱贫人口突发严重困难人口/人员/户/对象', true],
  ['脱贫人员突发严重困难人口/人员/户/对象', true],
  ['脱贫户突发严重困难人口/人员/户/对象', true],
  ['突发严重困难人口/人员/户/对象(脱贫户)', true],
  ['一般农户突发严重困难人口/人员/户/对象', false],
  ['突发严重困难人口/人员/户/对象(一般农户)', false],
];

/** Unions of categories that the texts never define alike: they cannot be tiered (catalogue §0.2). */
const UMBRELLAS = [
  ...['易返贫致贫人口/人员/户/对象', '农村低收入人口/人员/户/对象', '低收入人口/人员/户/对象', '监测对象'],
  ...['防止返贫监测对象', '防返贫监测对象', '困难群众', '困难人员', '救助对象', '医疗救助对象'],
];

/** Reads a category as its owner writes it; spaces, quotation marks and the width of brackets and digits do not matter. */
export function readCategoryWord(word: string): CategoryWord {
  // Most are written as the readings are; writing a word bare costs more than all else.
  return READINGS.get(word) ?? READINGS.get(bare(word)) ?? { kind: 'unknown' };
}

/** Every category word understood, each ending spelt out, with the category it stands for. */
export function categoryUsages(): readonly { readonly word: string; readonly category: Category }[] {
  return USAGES;
}

/** As many words are suggested at most, each of another identity. */
const MOST_SUGGESTIONS = 3;
/** Words less alike than this (Dice's coefficient of their pairs of characters) have hardly more than an ending in common. */
const LEAST_LIKENESS = 0.35;
/** Words that are wrong come again and again in a list. */
const REMEMBERED_WORDS = 1_000;

/** The known words most like one that is not known, each of another identity, the most alike first; none where none is. */
export function categoryWordsLike(word: string): readonly string[] {
  const known = suggested.get(word);
  if (known) return known;
  const pairs = pairsOf(bare(word));
  const best = new Map<Category, { readonly usage: string; readonly likeness: number }>();
  for (const { word: usage, category } of categoryUsages()) {
    const likeness = dice(pairs, pairsOf(usage));
    if (likeness >= LEAST_LIKENESS && likeness > (best.get(category)?.likeness ?? 0)) {
      best.set(category, { usage, likeness });
    }
  }
  const alike = [...best.values()].sort((a, b) => b.likeness - a.likeness).map(({ usage }) => usage);
  if (suggested.size >= REMEMBERED_WORDS) suggested.clear();
  suggested.set(word, alike.slice(0, MOST_SUGGESTIONS));
  return suggested.get(word)!;
}

const suggested = new Map<string, readonly string[]>();

const pairsOf = (word: string): ReadonlySet<string> =>
  new Set(Array.from({ length: Math.max(0, word.length - 1) }, (_, index) => word.slice(index, index + 2)));

const dice = (a: ReadonlySet<string>, b: ReadonlySet<string>): number =>
  a.size + b.size === 0 ? 0 : (2 * [...a].filter((pair) => b.has(pair)).length) / (a.size + b.size);

const bare = (word: string): string =>
  word
    .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[\s“”"'‘’]/g, '');

const meaning = (word: string, reading: CategoryWord): [string, CategoryWord][] =>
  ENDINGS.split('/').map((ending) => [bare(word.replace(ENDINGS, ending)), reading]);

const READINGS: ReadonlyMap<string, CategoryWord> = new Map([
  ...UMBRELLAS.flatMap((word) => meaning(word, { kind: 'umbrella' })),
  ...(Object.keys(WORDS) as Category[]).flatMap((category) =>
    [CATEGORIES[category], ...WORDS[category]].flatMap((word) => meaning(word, { kind: 'category', category })),
  ),
  ...SUDDEN_HARDSHIP_BY_HOUSEHOLD.flatMap(([word, liftedHousehold]) =>
    meaning(word, { kind: 'category', category: 'MONITORED_SUDDEN_HARDSHIP', liftedHousehold }),
  ),
]);

const USAGES = [...READINGS].flatMap(([word, reading]) =>
  reading.kind === 'category' ? [{ word, category: reading.category }] : [],
);
