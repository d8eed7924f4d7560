import { findingOf } from '../domain/intake/row-messages.ts';
import type { Category } from '../domain/intake/words.ts';
import { categoryWordsLike, readCategoryWord } from './category-words.ts';
import { daysInOrder } from './day-order.ts';
import { defineList } from './define-list.ts';

/** 困难人员名单: which identity (特困, 低保, 监测对象 …) a person was recognised as having, from when to when. */
export const hardship = defineList({
  name: 'hardship',
  shape: 'PERIOD',
  columns: [
    { name: 'category', zh: '身份类别', holds: { kind: 'text', maxLength: 50 }, required: true },
    { name: 'from', zh: '认定日期', holds: { kind: 'day', future: 'allowed' }, required: true },
    { name: 'to', zh: '终止日期', holds: { kind: 'day', future: 'allowed' }, required: false },
    { name: 'liftedHousehold', zh: '是否脱贫户', holds: { kind: 'yes-no' }, required: false },
    { name: 'riskEliminated', zh: '风险是否已消除', holds: { kind: 'yes-no' }, required: false },
    { name: 'ruralHukou', zh: '是否农村户口', holds: { kind: 'yes-no' }, required: false },
  ],
  neededToRemove: [['category']],
  keyOf: ({ category, from }) => `${categoryOf(category)}|${from}`,
  means: ({ category }, claim) => claim.attributes.category === categoryOf(category),
  attributes: ({ category: word, liftedHousehold, riskEliminated, ruralHukou }) => ({
    // A row whose word cannot be read is rejected before it is read as a claim.
    category: categoryOf(word) as Category,
    word,
    liftedHousehold: householdType(word, liftedHousehold),
    riskEliminated,
    ruralHukou,
  }),
  from: ({ from }) => from,
  to: ({ to }) => to ?? null,
  check: ({ category, from, to, liftedHousehold }) => [
    ...checkWord(category),
    ...(disagree(category, liftedHousehold) ? [findingOf('HOUSEHOLD_TYPE_DISAGREES', 'liftedHousehold')] : []),
    ...daysInOrder(from, to, 'to'),
  ],
  categoryOf: ({ category }) => categoryOf(category) ?? null,
});

function categoryOf(word: string | undefined): Category | undefined {
  const reading = word === undefined ? undefined : readCategoryWord(word);
  return reading?.kind === 'category' ? reading.category : undefined;
}

function checkWord(word: string | undefined): ReturnType<typeof findingOf>[] {
  const reading = word === undefined ? undefined : readCategoryWord(word);
  if (!reading || reading.kind === 'category') return [];
  if (reading.kind === 'umbrella') return [findingOf('CATEGORY_WORD_IS_UMBRELLA', 'category')];
  // Every word known would make the report of a bad list larger than the list; the catalogue has them.
  const alike = categoryWordsLike(word ?? '').join('、');
  return [
    findingOf('CATEGORY_WORD_UNKNOWN', 'category', {
      zh: `${alike && `是否为${alike}；`}全部名称见名单目录 lists { categoryWords }`,
      en: `${alike && `perhaps ${alike}; `}all words are in the catalogue, lists { categoryWords }`,
    }),
  ];
}

function impliedHousehold(word: string | undefined): boolean | undefined {
  const reading = word === undefined ? undefined : readCategoryWord(word);
  return reading?.kind === 'category' ? reading.liftedHousehold : undefined;
}

function disagree(word: string | undefined, stated: boolean | undefined): boolean {
  const implied = impliedHousehold(word);
  return implied !== undefined && stated !== undefined && implied !== stated;
}

/** The type of household that word and flag state together; not stated where they disagree, since either may be the slip. */
function householdType(word: string, stated: boolean | undefined): boolean | undefined {
  return disagree(word, stated) ? undefined : (stated ?? impliedHousehold(word));
}
