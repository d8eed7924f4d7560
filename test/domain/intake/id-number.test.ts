import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { birthDateOf, readIdNumber, sexOf, type IdNumberReading } from '../../../src/domain/intake/id-number.ts';
import type { IdType } from '../../../src/domain/intake/words.ts';
import { residentId, withCheckDigit } from '../../support/id-numbers.ts';

const toWide = (text: string): string =>
  [...text].map((character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0)).join('');

const numberOf = (reading: IdNumberReading): string | null => (reading.ok ? reading.document.idNumber : null);
const problemsOf = (reading: IdNumberReading): readonly string[] => (reading.ok ? [] : reading.problems);

const readable: ReadonlyArray<[why: string, raw: string, idType: IdType, idNumber: string]> = [
  ['sample of the standard with X', '11010519491231002X', 'RESIDENT_ID', '11010519491231002X'],
  ['sample of the standard', '440524188001010014', 'RESIDENT_ID', '440524188001010014'],
  ['lower-case x', '11010519491231002x', 'RESIDENT_ID', '11010519491231002X'],
  ['full-width', toWide('11010519491231002x'), 'RESIDENT_ID', '11010519491231002X'],
  ['spaces within and around', ' 110105 19491231\u3000002X\u00A0', 'RESIDENT_ID', '11010519491231002X'],
  ['zero-width characters', '\uFEFF110105\u200B19491231\u200D002X\u2060', 'RESIDENT_ID', '11010519491231002X'],
  ['15 digits and their twin are one', '110105491231002', 'RESIDENT_ID', '11010519491231002X'],
  [
    'Hong Kong resident',
    withCheckDigit('81000019900101001'),
    'RESIDENCE_PERMIT_HMT',
    withCheckDigit('81000019900101001'),
  ],
  ['Macao resident', withCheckDigit('82000019900101001'), 'RESIDENCE_PERMIT_HMT', withCheckDigit('82000019900101001')],
  ['Taiwan resident', withCheckDigit('83000019900101001'), 'RESIDENCE_PERMIT_HMT', withCheckDigit('83000019900101001')],
  [
    'foreigner, new card',
    withCheckDigit('91184019900101001'),
    'FOREIGN_PERMANENT_RESIDENT',
    withCheckDigit('91184019900101001'),
  ],
  ['foreigner, old card', 'USA110090010100', 'FOREIGN_PERMANENT_RESIDENT', 'USA110090010100'],
  ['travel permit, first issue', 'H0123456701', 'HM_TRAVEL_PERMIT', 'H01234567'],
  ['travel permit, later issue is the same', 'H0123456702', 'HM_TRAVEL_PERMIT', 'H01234567'],
  ['travel permit without its issue', 'M01234567', 'HM_TRAVEL_PERMIT', 'M01234567'],
  ['birth certificate', 'P130123456', 'BIRTH_CERTIFICATE', 'P130123456'],
  ['disability certificate names its holder', '11010519491231002X41', 'RESIDENT_ID', '11010519491231002X'],
  ['reissued disability certificate', '11010519491231002X41B1', 'RESIDENT_ID', '11010519491231002X'],
];

const unreadable: ReadonlyArray<[why: string, raw: unknown, ...problems: string[]]> = [
  ['wrong check digit', '110105194912310021', 'ID_NUMBER_CHECK_DIGIT'],
  ['17 characters', '11010519491231002', 'ID_NUMBER_MALFORMED'],
  ['19 characters', '11010519491231002X1', 'ID_NUMBER_MALFORMED'],
  ['Arabic-Indic digits', '١١٠١٠٥١٩٤٩١٢٣١٠٠٢X', 'ID_NUMBER_MALFORMED'],
  ['x in the middle', '1101051949123x0021', 'ID_NUMBER_MALFORMED'],
  ['first digit 7', withCheckDigit('71010519491231002'), 'ID_NUMBER_MALFORMED'],
  ['first digit 0', withCheckDigit('01010519491231002'), 'ID_NUMBER_MALFORMED'],
  ['8 but no permit region', withCheckDigit('81000119900101001'), 'ID_NUMBER_MALFORMED'],
  ['no such day', withCheckDigit('11010519490230002'), 'ID_NUMBER_BIRTH_DATE'],
  ['month 13', withCheckDigit('11010519491331002'), 'ID_NUMBER_BIRTH_DATE'],
  ['born too long ago', withCheckDigit('11010517491231002'), 'ID_NUMBER_BIRTH_DATE'],
  ['born after today', withCheckDigit('11010520251202002'), 'ID_NUMBER_BIRTH_DATE'],
  ['15 digits, no such day', '110105490230002', 'ID_NUMBER_BIRTH_DATE'],
  ['15 digits of somebody born before 1900', '110105801231997', 'ID_NUMBER_BIRTH_DATE'],
  ['two things wrong are both told', '110105194902300021', 'ID_NUMBER_CHECK_DIGIT', 'ID_NUMBER_BIRTH_DATE'],
  ['certificate of a kind 8', '11010519491231002X81', 'ID_NUMBER_MALFORMED'],
  ['certificate of level 5', '11010519491231002X45', 'ID_NUMBER_MALFORMED'],
  ['certificate around a wrong number', '11010519491231002141', 'ID_NUMBER_CHECK_DIGIT'],
  ['lower-case letter of another document', 'h0123456701', 'ID_NUMBER_MALFORMED'],
  ['a tab is no space', '11010519491231002X\t', 'ID_NUMBER_MALFORMED'],
  ['very long', '1'.repeat(1_000_000), 'ID_NUMBER_MALFORMED'],
  ['empty', '', 'ID_NUMBER_MALFORMED'],
  ...[110105194912310000, 0, -1, true, null, undefined, [], {}].map((raw): [string, unknown, string] => [
    `not text: ${String(raw)}`,
    raw,
    'ID_NUMBER_NOT_TEXT',
  ]),
];

describe('identity numbers', () => {
  it.each(readable)('reads: %s', (_why, raw, idType, idNumber) => {
    expect(readIdNumber(raw, null)).toMatchObject({ ok: true, document: { idType, idNumber } });
  });

  it.each(unreadable)('rejects: %s', (_why, raw, ...problems) => {
    expect(problemsOf(readIdNumber(raw, null, '2025-12-01'))).toEqual(problems);
  });

  it('takes a type that fits and rejects one that does not', () => {
    expect(readIdNumber('11010519491231002X', 'RESIDENT_ID').ok).toBe(true);
    expect(readIdNumber('11010519491231002X41', 'DISABILITY_CERTIFICATE').ok).toBe(true);
    expect(problemsOf(readIdNumber('11010519491231002X', 'BIRTH_CERTIFICATE'))).toEqual(['ID_TYPE_DISAGREES']);
    expect(problemsOf(readIdNumber('11010519491231002X41', 'RESIDENT_ID'))).toEqual(['ID_TYPE_DISAGREES']);
    expect(problemsOf(readIdNumber('110105194912310021', 'HM_TRAVEL_PERMIT'))).toEqual([
      'ID_TYPE_DISAGREES',
      'ID_NUMBER_CHECK_DIGIT',
    ]);
  });

  it('tells what a disability certificate says', () => {
    expect(readIdNumber('11010519491231002X41B1', null)).toMatchObject({
      certificate: { number: '11010519491231002X41B1', type: 'LIMB', level: 1 },
    });
  });

  it('tells birth and sex from numbers that carry them, from others nothing', () => {
    expect([birthDateOf('11010519491231002X'), sexOf('11010519491231002X')]).toEqual(['1949-12-31', 'FEMALE']);
    expect([birthDateOf('440524188001010014'), sexOf('440524188001010014')]).toEqual(['1880-01-01', 'MALE']);
    for (const other of ['P130123456', 'H01234567', 'USA110090010100', withCheckDigit('91184019900101001'), '']) {
      expect([birthDateOf(other), sexOf(other)]).toEqual([undefined, undefined]);
    }
  });

  it('carries a birth only in the shape of a resident’s number or a residence permit, and on a day of the calendar', () => {
    expect(birthDateOf('810000199912310016')).toBe('1999-12-31');
    expect(birthDateOf('830000200002290014')).toBe('2000-02-29');
    const without = [
      ...['710000199912310016', '840000199912310016', '810001199912310016', '011010194912310021'],
      ...['11010519490231002X', '11010519491331002X', '11010500001231002X', '110105194912310021 '],
      ...[
        '1101051949123100X1',
        '11010519491231002x',
        '110105194912310A21',
        'A10105194912310021',
        '11010519491231００21',
      ],
    ];
    for (const number of without) expect(birthDateOf(number), number).toBeUndefined();
  });
});

describe('any valid number', () => {
  const validNumber = fc
    .tuple(fc.integer({ min: 0, max: 995 }), fc.integer({ min: 0, max: 36_000 }))
    .map(([sequence, day]) => residentId(sequence, new Date(Date.UTC(1900, 0, 1 + day)).toISOString().slice(0, 10)));

  it('is caught when one of its characters is changed', () => {
    fc.assert(
      fc.property(validNumber, fc.nat(17), fc.constantFrom(...'0123456789X'), (number, place, character) => {
        fc.pre(number[place] !== character);
        const changed = number.slice(0, place) + character + number.slice(place + 1);
        expect(readIdNumber(changed, null).ok).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is caught when two neighbours are exchanged', () => {
    fc.assert(
      fc.property(validNumber, fc.nat(16), (number, place) => {
        fc.pre(number[place] !== number[place + 1]);
        const [a, b] = [number[place], number[place + 1]];
        expect(readIdNumber(number.slice(0, place) + b + a + number.slice(place + 2), null).ok).toBe(false);
      }),
    );
  });

  it('comes out the same however it is spaced and widened, and again when read twice', () => {
    const noise = fc.array(fc.constantFrom('', ' ', '\u3000', '\u200B', '\uFEFF', '\u00A0'), {
      minLength: 18,
      maxLength: 18,
    });
    fc.assert(
      fc.property(validNumber, noise, fc.boolean(), (number, gaps, wide) => {
        const written = [...(wide ? toWide(number.toLowerCase()) : number)].map((digit, i) => digit + gaps[i]).join('');
        expect(numberOf(readIdNumber(written, null))).toBe(number);
      }),
    );
  });

  it('equals its 15-digit form where the century allows one', () => {
    fc.assert(
      fc.property(validNumber, (number) => {
        fc.pre(number.slice(6, 8) === '19');
        expect(numberOf(readIdNumber(number.slice(0, 6) + number.slice(8, 17), null))).toBe(number);
      }),
    );
  });
});

it('reads any text without failing', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readIdNumber(text, null, '2025-12-01')));
});
