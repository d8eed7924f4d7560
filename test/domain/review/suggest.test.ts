import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../src/domain/claims/claim.ts';
import type { MatterKind } from '../../../src/domain/identity/identity-matter.ts';
import { sidesOf } from '../../../src/domain/review/evidence.ts';
import { suggest } from '../../../src/domain/review/suggest.ts';
import { hardshipClaim, subject, submission } from '../../support/pushes.ts';

const TRUST = { name: ['public-security'], birthDate: [] } as const;

/** What is suggested for subjects that rows give these names, the later the later; `home`: with a household of their own. */
function suggested(kind: MatterKind, told: readonly { number: string; name: string; home?: boolean }[]): string | null {
  const subjects = new Map(told.map(({ number }) => [number, subject(number)]));
  const claims = told.map(({ number, name, home }, index): Claim => {
    const by = submission({ receivedAt: new Date(Date.UTC(2025, 10, 1 + index)) });
    const said = home
      ? { list: 'residents', attributes: { name, householdNumber: `${index}`, registration: 'HUKOU' } }
      : { attributes: { name } };
    return hardshipClaim(subjects.get(number)!, by, said as Partial<Claim>);
  });
  const persons = [...subjects.values()].map((one) => ({
    id: one.key,
    subjects: [one],
    claims: claims.filter(({ subjectKey }) => subjectKey === one.key),
  }));
  const sides = sidesOf([...subjects.values()].map(({ key }) => key).sort(), persons, TRUST);
  const suggestion = suggest(kind, sides, () => 'otherIdNumber');
  if (!suggestion) return null;
  const { settlement, because } = suggestion;
  const what =
    settlement.kind === 'KEEP_VALUE'
      ? settlement.value
      : settlement.kind === 'ASK_OWNER'
        ? `${settlement.about} ${claims.findIndex((claim) => claim.submission === settlement.submission)}`
        : settlement.kind;
  return `${because}: ${what}`;
}

const ONE = '130628198005150014';

describe('of one number with several names is suggested', () => {
  it.each<[why: string, names: readonly string[], suggestion: string | null]>([
    ['the newest of equals, where one character differs', ['王芳', '王方'], 'NAMES_DIFFER_IN_ONE_CHARACTER: 王方'],
    ['one character more is one that differs', ['王小芳', '王芳'], 'NAMES_DIFFER_IN_ONE_CHARACTER: 王芳'],
    ['only the form of characters differs, in all of them', ['張偉傑', '张伟杰'], 'NAMES_ARE_VARIANTS: 张伟杰'],
    ['a variant and one other character', ['張偉傑', '张伟捷'], 'NAMES_DIFFER_IN_ONE_CHARACTER: 张伟捷'],
    [
      'to ask the owner of the later row, where nothing is shared',
      ['李强', '赵敏'],
      'NAMES_SHARE_NO_CHARACTER: idNumber 1',
    ],
    ['to ask also where one of three is a stranger', ['李强', '李刚', '赵敏'], 'NAMES_SHARE_NO_CHARACTER: idNumber 2'],
    ['to ask about the name, where something is shared', ['阿卜杜拉·买买提', '阿卜杜拉'], 'NAMES_DIFFER: name 1'],
    ['nothing where all names are one', ['王芳', '王 芳'], null],
  ])('%s', (_, names, suggestion) => {
    expect(
      suggested(
        'SAME_NUMBER_OTHER_NAME',
        names.map((name) => ({ number: ONE, name })),
      ),
    ).toBe(suggestion);
  });
});

describe('of one name under several numbers is suggested', () => {
  const CASES: readonly (readonly [
    why: string,
    numbers: readonly string[],
    home: boolean,
    suggestion: string | null,
  ])[] = [
    [
      'one person, where a digit differs',
      ['130628198005150014', '130638198005150017'],
      false,
      'NUMBERS_DIFFER_IN_ONE_DIGIT: SAME_PERSON',
    ],
    [
      'one person, where digits are swapped',
      ['130628198005150135', '130628198005150313'],
      false,
      'NUMBERS_HAVE_DIGITS_SWAPPED: SAME_PERSON',
    ],
    [
      'several, where the numbers state other sexes',
      ['130628198005150014', '130628198005150022'],
      false,
      'OTHER_SEX: DIFFERENT_PEOPLE',
    ],
    [
      'several, where each stands in a register',
      ['130628198005150014', '130638198005150017'],
      true,
      'EACH_IN_A_HOUSEHOLD: DIFFERENT_PEOPLE',
    ],
    ['nothing, where nothing speaks for it', ['130628198005150014', '140405198005157771'], false, null],
  ];
  it.each(CASES)('%s', (_, numbers, home, suggestion) => {
    const told = numbers.map((number) => ({ number, name: '王芳', home }));
    expect(suggested('SAME_NAME_OTHER_NUMBER', told)).toBe(suggestion);
  });
});
