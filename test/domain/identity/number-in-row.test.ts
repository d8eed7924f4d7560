import { expect, it } from 'vitest';
import { numberInCell, soughtNumber, type NumberInCell } from '../../../src/domain/identity/number-in-row.ts';
import type { IdType, ListName } from '../../../src/domain/intake/words.ts';
import { getList } from '../../../src/lists/registry.ts';
import { residentId } from '../../support/id-numbers.ts';

const CITIZEN = residentId(1);

const cases: ReadonlyArray<
  [why: string, sought: [IdType, string], list: ListName, row: Record<string, unknown>, says: NumberInCell]
> = [
  [
    'a citizen number in words',
    ['RESIDENT_ID', CITIZEN],
    'residents',
    { householdNumber: `户${CITIZEN}` },
    'THE_DOCUMENT',
  ],
  ['as it was of old', ['RESIDENT_ID', CITIZEN], 'residents', { householdNumber: '130628800515001' }, 'THE_DOCUMENT'],
  ['under a heading that no list has', ['RESIDENT_ID', CITIZEN], 'residents', { 身份证: CITIZEN }, 'THE_DOCUMENT'],
  ['in a cell of another kind', ['RESIDENT_ID', CITIZEN], 'residents', { regionCode: CITIZEN }, 'THE_DOCUMENT'],
  ['told to be a passport', ['RESIDENT_ID', CITIZEN], 'residents', other('PASSPORT', CITIZEN), 'THE_DOCUMENT'],
  ['a part of another', ['RESIDENT_ID', CITIZEN], 'residents', { householdNumber: `1${CITIZEN}` }, 'NOTHING'],

  ['a passport told to be one', ['PASSPORT', '130628'], 'residents', other('PASSPORT', '130628'), 'THE_DOCUMENT'],
  ['in Chinese, as files have it', ['PASSPORT', '130628'], 'residents', other('普通护照', '130628'), 'THE_DOCUMENT'],
  ['with a space in the word', ['PASSPORT', '130628'], 'residents', other('普通 护照', '130628'), 'THE_DOCUMENT'],
  ['its word in full width', ['PASSPORT', '130628'], 'residents', other('ＰＡＳＳＰＯＲＴ', '130628'), 'THE_DOCUMENT'],
  ['told by no word at all, under no heading', ['PASSPORT', '130628'], 'births', guardians('PASSPORT'), 'PERHAPS'],
  ['in full width', ['PASSPORT', 'E1234'], 'residents', other('PASSPORT', 'ｅ１２ 34'), 'THE_DOCUMENT'],
  ['a short one whose kind is not told', ['PASSPORT', '130628'], 'residents', other(undefined, '130628'), 'PERHAPS'],
  ['the beginning of a number', ['PASSPORT', '130628'], 'residents', { idNumber: '130628' }, 'PERHAPS'],
  ['a household’s number', ['PASSPORT', '130628'], 'residents', { householdNumber: '130628' }, 'PERHAPS'],
  ['under a heading that no list has', ['PASSPORT', '130628'], 'residents', { 备注: '130628' }, 'PERHAPS'],
  ['a place', ['PASSPORT', '130628'], 'residents', { regionCode: '130628' }, 'NOTHING'],
  ['money', ['PASSPORT', '130628'], 'payments', { amount: '130628' }, 'NOTHING'],

  [
    'a longer one whose kind is not told',
    ['PASSPORT', 'E12345678'],
    'residents',
    other(undefined, 'e12345678'),
    'THE_DOCUMENT',
  ],
  ['told in a word that is none', ['PASSPORT', 'E12345678'], 'residents', other('护照', 'E12345678'), 'THE_DOCUMENT'],
  ['a guardian’s', ['PASSPORT', 'E12345678'], 'births', { guardianIdNumber: 'E12345678' }, 'THE_DOCUMENT'],
  ['with words around it', ['PASSPORT', 'E12345678'], 'births', { guardianIdNumber: '护照E12345678' }, 'PERHAPS'],
  ['a household’s number', ['PASSPORT', 'E12345678'], 'residents', { householdNumber: 'E12345678' }, 'PERHAPS'],

  [
    'a permit like a passport',
    ['PASSPORT', 'H12345678'],
    'residents',
    other('HM_TRAVEL_PERMIT', 'H12345678'),
    'PERHAPS',
  ],
  ['read as a permit by its shape', ['PASSPORT', 'H12345678'], 'births', { guardianIdNumber: 'H12345678' }, 'PERHAPS'],
  [
    'a permit with its issue',
    ['HM_TRAVEL_PERMIT', 'H12345678'],
    'births',
    { guardianIdNumber: 'H1234567802' },
    'THE_DOCUMENT',
  ],
  [
    'a passport like a certificate',
    ['PASSPORT', 'U130000001'],
    'births',
    { certificateNumber: 'U130000001' },
    'PERHAPS',
  ],
  ['a certificate', ['BIRTH_CERTIFICATE', 'U130000001'], 'births', { certificateNumber: 'U130000001' }, 'THE_DOCUMENT'],
];

/** A guardian's number, whose kind no column tells, beside a cell without a heading. */
function guardians(unheaded: string) {
  return { guardianIdNumber: '130628', '': unheaded };
}

function other(otherIdType: string | undefined, otherIdNumber: string) {
  return { otherIdNumber, otherIdType };
}

it.each(cases)('%s: %j in %s', (_why, [idType, idNumber], list, row, says) => {
  const [name] = Object.keys(row) as [string];
  expect(numberInCell(row, name, getList(list).columns, soughtNumber({ idType, idNumber }))).toBe(says);
});
