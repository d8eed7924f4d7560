import type { ListName } from '../intake/words.ts';
import type { MatterKind } from '../identity/identity-matter.ts';
import { bareName } from '../identity/normalise-name.ts';
import { rowsOf, type RowOfSubject, type Side } from './evidence.ts';
import { standardName } from './name-variants.ts';
import type { Settlement } from './settlement.ts';

/** Why a settlement is suggested. Stable words. */
export const SUGGESTION_REASONS = {
  NAMES_ARE_VARIANTS: ['姓名只是字形不同（繁简、异体）', 'the names differ only in how characters are written'],
  NAMES_DIFFER_IN_ONE_CHARACTER: ['姓名只差一个字', 'the names differ in one character'],
  NAMES_SHARE_NO_CHARACTER: ['姓名没有一个字相同', 'the names share no character'],
  NAMES_DIFFER: ['姓名有多处不同', 'the names differ in more than one character'],
  NUMBERS_DIFFER_IN_ONE_DIGIT: ['号码只差一位', 'the numbers differ in one digit'],
  NUMBERS_HAVE_DIGITS_SWAPPED: ['号码有相邻两位颠倒', 'two neighbouring digits of the numbers are swapped'],
  OTHER_SEX: ['号码所示性别不同', 'the numbers state different sexes'],
  EACH_IN_A_HOUSEHOLD: ['各有户籍或居住登记', 'each stands in a register of residents of their own'],
  DOCUMENTS_CANNOT_BE_ONE_PERSONS: ['所列证件不可能同属一人', 'the documents named cannot all be one person’s'],
  NUMBER_IS_NOT_THEIR_OWN: ['号码不是本人的', 'the number is not their own'],
} as const satisfies Record<string, readonly [zh: string, en: string]>;
/** Why a settlement is suggested. */
export type SuggestionReason = keyof typeof SUGGESTION_REASONS;

/** What the evidence speaks for. Only a person settles; nothing follows from a suggestion. */
export interface Suggestion {
  readonly settlement: Settlement;
  readonly because: SuggestionReason;
}

/** The column of a list in which a second document is named. */
export type OtherDocumentColumn = (list: ListName) => string;

/** Suggests a settlement from the evidence; `null` where nothing speaks for one. */
export function suggest(
  kind: MatterKind,
  sides: readonly Side[],
  otherDocument: OtherDocumentColumn,
): Suggestion | null {
  switch (kind) {
    case 'SAME_NUMBER_OTHER_NAME':
    case 'TWO_PEOPLE_ON_ONE_NUMBER':
      return aboutNames(sides);
    case 'SAME_NAME_OTHER_NUMBER':
      return aboutNumbers(sides);
    case 'DOCUMENTS_IN_CONFLICT':
      return askOwner(namingTogether(sides), otherDocument, 'DOCUMENTS_CANNOT_BE_ONE_PERSONS');
    case 'NUMBER_NOT_THEIR_OWN':
      return askOwner(rowsOf(sides.filter(({ heldApart }) => heldApart)), () => 'idNumber', 'NUMBER_IS_NOT_THEIR_OWN');
  }
}

function aboutNames(sides: readonly Side[]): Suggestion | null {
  const side = sides.find(({ names }) => names.length > 1);
  if (!side) return null;
  const [trusted, ...others] = side.names.map(({ value }) => value) as [string, ...string[]];
  const keep: Settlement = { kind: 'KEEP_VALUE', subject: side.subject.key, attribute: 'name', value: trusted };
  if (others.every((name) => standardName(name) === standardName(trusted))) {
    return { settlement: keep, because: 'NAMES_ARE_VARIANTS' };
  }
  if (others.every((name) => charactersBetween(standardName(name), standardName(trusted)) <= 1)) {
    return { settlement: keep, because: 'NAMES_DIFFER_IN_ONE_CHARACTER' };
  }
  const later = rowsOf([{ ...side, birthDates: [], households: [], deaths: [], namedWith: [] }]);
  const strangers = others.some((name) => sharesNoCharacter(name, trusted));
  return strangers
    ? askOwner(later, () => 'idNumber', 'NAMES_SHARE_NO_CHARACTER')
    : askOwner(later, () => 'name', 'NAMES_DIFFER');
}

function aboutNumbers(sides: readonly Side[]): Suggestion | null {
  const subjects = sides.map(({ subject }) => subject.key);
  if (subjects.length < 2) return null;
  const different: Settlement = { kind: 'DIFFERENT_PEOPLE', subjects };
  if (new Set(sides.flatMap(({ sex }) => sex ?? [])).size > 1) return { settlement: different, because: 'OTHER_SEX' };
  if (sides.every(({ households }) => households.length > 0)) {
    return { settlement: different, because: 'EACH_IN_A_HOUSEHOLD' };
  }
  const numbers = sides.map(({ subject }) => subject.idNumber);
  const same: Settlement = { kind: 'SAME_PERSON', subjects };
  const [first, ...others] = numbers as [string, ...string[]];
  if (others.every((number) => differInOneDigit(first, number))) {
    return { settlement: same, because: 'NUMBERS_DIFFER_IN_ONE_DIGIT' };
  }
  if (others.every((number) => haveDigitsSwapped(first, number))) {
    return { settlement: same, because: 'NUMBERS_HAVE_DIGITS_SWAPPED' };
  }
  return null;
}

/** Asks the owner of the row told last that a person wrote: what a snapshot left out has no row to look at. */
function askOwner(
  rows: readonly RowOfSubject[],
  columnOf: OtherDocumentColumn,
  because: SuggestionReason,
): Suggestion | null {
  const later = rows.find(({ row }) => row > 0);
  if (!later) return null;
  const { submission, row, list } = later;
  return { settlement: { kind: 'ASK_OWNER', submission, row, about: columnOf(list) }, because };
}

const namingTogether = (sides: readonly Side[]): readonly RowOfSubject[] =>
  rowsOf(sides.map((side) => ({ ...side, names: [], birthDates: [], households: [], deaths: [] })));

/** In how many characters two names differ: put for another, left out or put in. */
function charactersBetween(a: string, b: string): number {
  const [one, other] = [[...a], [...b]];
  let above = other.map((_, index) => index + 1);
  one.forEach((character, row) => {
    let [corner, left] = [row, row + 1];
    above = other.map((opposite, column) => {
      const best = Math.min(above[column]! + 1, left + 1, corner + (character === opposite ? 0 : 1));
      corner = above[column]!;
      left = best;
      return best;
    });
  });
  return above.at(-1) ?? one.length;
}

const sharesNoCharacter = (a: string, b: string): boolean => {
  const characters = new Set(standardName(a));
  return ![...standardName(bareName(b))].some((character) => characters.has(character));
};

/**
 * Do the numbers differ in one digit? Of two citizen numbers that both bear checking, the check digit differs as well, and is
 * left out of account.
 */
function differInOneDigit(a: string, b: string): boolean {
  const places = placesThatDiffer(a, b);
  return places !== null && places.length === 1;
}

function haveDigitsSwapped(a: string, b: string): boolean {
  const places = placesThatDiffer(a, b);
  if (places?.length !== 2) return false;
  const [first, second] = places as [number, number];
  return second === first + 1 && a[first] === b[second] && a[second] === b[first];
}

/** Places at which numbers of equal length differ, that of a citizen number's check digit left out; `null` for other lengths. */
function placesThatDiffer(a: string, b: string): readonly number[] | null {
  if (a.length !== b.length) return null;
  const counted = a.length === CITIZEN_NUMBER ? CITIZEN_NUMBER - 1 : a.length;
  return Array.from({ length: counted }, (_, place) => place).filter((place) => a[place] !== b[place]);
}

const CITIZEN_NUMBER = 18;
