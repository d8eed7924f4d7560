import { describe, expect, it } from 'vitest';
import { documentToKey, splitDocument, withNumberJudged } from '../../../src/domain/identity/held-apart.ts';
import { isPlaceholderNumber } from '../../../src/domain/identity/placeholder-numbers.ts';
import { checkRow } from '../../../src/domain/intake/check-row.ts';
import type { RawRow } from '../../../src/domain/intake/list-definition.ts';
import type { ListName } from '../../../src/domain/intake/words.ts';
import { getList } from '../../../src/lists/registry.ts';
import { residentId, withCheckDigit } from '../../support/id-numbers.ts';

const ZEROS = '0'.repeat(18);

const numbers: ReadonlyArray<[why: string, idNumber: string, isPlaceholder: boolean]> = [
  ['eighteen zeros', ZEROS, true],
  ['fifteen zeros', '0'.repeat(15), true],
  ['zeros and an X', `${'0'.repeat(17)}X`, true],
  ['a permit of zeros', 'H00000000', true],
  ['a birth certificate of zeros', 'P000000000', true],
  ['an old permanent resident’s number of zeros', `CHN${'0'.repeat(12)}`, true],
  ['a sample of GB 11643', '440524188001010014', true],
  ['the example of many lessons', '34052419800101001X', true],
  ['the day that stands for no day', withCheckDigit('13062819000101001'), true],
  ['a resident’s', residentId(1), false],
  ['born a day after the filler', withCheckDigit('13062819000102001'), false],
  ['a permit that begins with zeros', 'H00000001', false],
  ['a birth certificate', 'P130123456', false],
];

/** A row of a list judged by itself, with the number by which its subject is keyed. */
function judged(list: ListName, raw: RawRow, agency: 'health' | 'town' = 'health', named?: ReadonlySet<string>) {
  const origin = { agency, list, placeholderNumbers: named };
  const row = withNumberJudged(checkRow({ name: '甲', ...raw }, 0, getList(list), '2026-06-01'), origin);
  return {
    rejected: row.rejected,
    codes: row.findings.map(({ code }) => code),
    key: documentToKey(row, origin)?.idNumber ?? null,
    said: row.rejected || row.change === 'REMOVE' ? null : getList(list).read(row.cells).attributes,
  };
}

describe('a placeholder number', () => {
  it.each(numbers)('%s: %s is one: %s', (_why, idNumber, isPlaceholder) => {
    expect(isPlaceholderNumber(idNumber)).toBe(isPlaceholder);
  });

  it('is also what the jurisdiction has met', () => {
    expect(isPlaceholderNumber(residentId(1), new Set([residentId(1)]))).toBe(true);
    expect(
      judged('deaths', { idNumber: residentId(1), diedOn: '2026-01-01' }, 'health', new Set([residentId(1)])),
    ).toMatchObject({
      codes: ['NUMBER_NOT_THEIR_OWN'],
    });
  });
});

describe('a row under a placeholder number', () => {
  it.each([
    ...[ZEROS, '0'.repeat(15), `${'0'.repeat(17)}x`, '０'.repeat(18), ' 000000 00000000 0000 ', '440524188001010014'],
  ])('is taken in and flagged, and says so: %s', (idNumber) => {
    expect(judged('deaths', { idNumber, diedOn: '2026-01-01' })).toMatchObject({
      rejected: false,
      codes: ['NUMBER_NOT_THEIR_OWN'],
      said: { name: '甲', diedOn: '2026-01-01', heldApart: true },
    });
  });

  it.each(['0', '000000', '0'.repeat(14), '0'.repeat(16), '0'.repeat(19), `${'0'.repeat(17)}1`])(
    'is rejected as before where no document has as many digits: %s',
    (idNumber) => {
      expect(judged('deaths', { idNumber, diedOn: '2026-01-01' })).toMatchObject({ rejected: true });
    },
  );

  it('is somebody of its own: the same again, and nobody else', () => {
    const death = { idNumber: ZEROS, diedOn: '2026-01-01' };
    const { key } = judged('deaths', death);
    expect(key).toMatch(/^0{18}\0/);
    expect(judged('deaths', { ...death, idNumber: ` ${ZEROS}` }).key).toBe(key);
    expect(judged('deaths', { ...death, change: 'ADD' }).key).toBe(key);
    expect(judged('deaths', { ...death, change: 'CORRECT' }).key).toBe(key);
    const others = [
      judged('deaths', { ...death, diedOn: '2026-01-02' }),
      judged('deaths', { ...death, name: '乙' }),
      judged('deaths', { ...death, change: 'REMOVE' }),
      judged('deaths', death, 'town'),
      judged('births', { idNumber: ZEROS, bornOn: '2026-01-01' }),
    ];
    expect(new Set([key, ...others.map((other) => other.key)]).size).toBe(6);
  });

  it('is not told by a cell that somebody sends', () => {
    expect(judged('deaths', { idNumber: residentId(1), diedOn: '2026-01-01', heldApart: true })).toMatchObject({
      codes: ['COLUMN_UNKNOWN'],
      key: residentId(1),
    });
  });
});

const births: ReadonlyArray<[why: string, idNumber: string, cells: RawRow, ...codes: string[]]> = [
  ['their own number', residentId(1, '2026-01-10'), {}],
  ['somebody’s who is old enough to be a parent', residentId(1, '2014-01-10'), {}, 'NUMBER_NOT_THEIR_OWN'],
  ['one day too young for it', residentId(1, '2014-01-11'), {}, 'BIRTH_DATE_DIFFERS'],
  ['the guardian’s', residentId(1), { guardianIdNumber: residentId(1) }, 'NUMBER_NOT_THEIR_OWN'],
  ['a permit that is the guardian’s', 'H0123456701', { guardianIdNumber: 'H0123456702' }, 'NUMBER_NOT_THEIR_OWN'],
  [
    'the guardian’s, who is named by a disability certificate',
    residentId(1, '2020-01-01'),
    { guardianIdNumber: `${residentId(1, '2020-01-01')}41` },
    'NUMBER_NOT_THEIR_OWN',
  ],
  [
    'their own number, in the guardian’s column as well',
    residentId(1, '2026-01-10'),
    { guardianIdNumber: residentId(1, '2026-01-10') },
  ],
  ['another than the guardian’s', residentId(1, '2026-01-10'), { guardianIdNumber: residentId(2) }],
  ['a certificate', 'P130123456', { guardianIdNumber: residentId(2) }],
];

describe('a newborn under', () => {
  it.each(births)('%s', (_why, idNumber, cells, ...codes) => {
    const row = judged('births', { idNumber, bornOn: '2026-01-10', ...cells });
    const isApart = codes.includes('NUMBER_NOT_THEIR_OWN');
    expect(row).toMatchObject({ rejected: false, codes });
    expect(row.key?.includes('\0')).toBe(isApart);
    expect(row.said && 'heldApart' in row.said).toBe(isApart);
  });
});

it('a name split from a number is keyed apart from it and from other names', () => {
  const document = { idType: 'RESIDENT_ID', idNumber: residentId(1) } as const;
  const keyed = ['甲', '乙'].map((name) => splitDocument(document, name).idNumber);
  expect(new Set([residentId(1), ...keyed]).size).toBe(3);
});
