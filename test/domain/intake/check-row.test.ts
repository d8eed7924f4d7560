import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRow } from '../../../src/domain/intake/check-row.ts';
import type { RawRow } from '../../../src/domain/intake/list-definition.ts';
import { ROW_MESSAGES } from '../../../src/domain/intake/row-messages.ts';
import type { ListName } from '../../../src/domain/intake/words.ts';
import { allLists, getList } from '../../../src/lists/registry.ts';
import { residentId } from '../../support/id-numbers.ts';

const TODAY = '2025-11-01';
const WHO = { name: '王芳', idNumber: residentId(1, '1980-05-15') };

/** A good row of each list, to be spoilt one cell at a time. */
const good: Readonly<Record<ListName, RawRow>> = {
  deaths: { ...WHO, diedOn: '2025-10-01' },
  births: { ...WHO, bornOn: '1980-05-15', certificateNumber: 'P130123456', guardianIdNumber: residentId(2) },
  registrations: { ...WHO, policyYear: 2026, registeredOn: '2025-10-20' },
  hardship: { ...WHO, category: '低保对象', from: '2025-09-01', to: '2026-08-31', ruralHukou: true },
  disability: { ...WHO, type: 'LIMB', level: 1, certificateNumber: `${WHO.idNumber}41`, from: '2019-03-01' },
  students: { ...WHO, stage: 'COLLEGE', enteredOn: '2025-09-01', newStudent: true, schoolRegion: '130600' },
  enrolments: { ...WHO, scheme: 'RESIDENT', region: '130628', from: '2026-01-01', to: '2026-12-31' },
  payments: { ...WHO, policyYear: 2026, amount: '400.00', paidOn: '2025-10-30', channel: 'ONLINE' },
  'refund-applications': { ...WHO, policyYear: 2026, appliedOn: '2025-10-31', cause: 'DEATH' },
  'life-events': { ...WHO, kind: 'ENLISTED', happenedOn: '2025-09-10' },
  'migrant-workers': { ...WHO, from: '2025-02-10' },
  residents: {
    ...WHO,
    householdNumber: '130628-0001',
    registration: 'HUKOU',
    regionCode: '130628001',
    from: '2000-01-01',
  },
};

/** Codes found in a good row of the list with some cells replaced (`undefined` takes one away), each with its column. */
function found(list: ListName, spoilt: RawRow): string[] {
  const row = checkRow({ ...good[list], ...spoilt }, 0, getList(list), TODAY);
  return row.findings.map(({ code, column, severity }) => `${severity === 'FLAG' ? 'flag ' : ''}${code}@${column}`);
}

const cases: ReadonlyArray<[why: string, list: ListName, spoilt: RawRow, ...found: string[]]> = [
  ['a column left out', 'deaths', { diedOn: undefined }, 'VALUE_MISSING@diedOn'],
  ['null is left out', 'deaths', { diedOn: null }, 'VALUE_MISSING@diedOn'],
  ['spaces only', 'deaths', { name: ' \u3000 ' }, 'VALUE_MISSING@name'],
  ['no number at all', 'deaths', { idNumber: undefined }, 'VALUE_MISSING@idNumber'],
  ['a number as JSON number', 'deaths', { idNumber: 130628198005150 }, 'ID_NUMBER_NOT_TEXT@idNumber'],
  ['another id column as JSON number', 'births', { guardianIdNumber: 1 }, 'ID_NUMBER_NOT_TEXT@guardianIdNumber'],
  ['type and number disagree', 'deaths', { idType: 'BIRTH_CERTIFICATE' }, 'ID_TYPE_DISAGREES@idType'],
  ['unknown type', 'deaths', { idType: 'LIBRARY_CARD' }, 'WORD_UNKNOWN@idType'],
  ['a citizen number called a passport’s', 'deaths', { idType: 'PASSPORT' }, 'ID_TYPE_DISAGREES@idType'],
  ['a day that is none', 'deaths', { diedOn: '2024-02-30' }, 'DAY_NOT_ON_CALENDAR@diedOn'],
  ['year 0', 'deaths', { diedOn: '0000-01-01' }, 'DAY_NOT_ON_CALENDAR@diedOn'],
  ['year 10000', 'deaths', { diedOn: '10000-01-01' }, 'DAY_NOT_ON_CALENDAR@diedOn'],
  ['a spreadsheet’s day number', 'deaths', { diedOn: 45321 }, 'DAY_NOT_ON_CALENDAR@diedOn'],
  ['died tomorrow', 'deaths', { diedOn: '2025-11-02' }, 'DAY_IN_FUTURE@diedOn'],
  ['died today', 'deaths', { diedOn: '2025-11-01' }],
  ['died before birth', 'deaths', { diedOn: '1980-05-14' }, 'DAY_BEFORE_BIRTH@diedOn'],
  ['died on the day of birth', 'deaths', { diedOn: '1980-05-15' }],
  ['born tomorrow', 'births', { bornOn: '2025-11-02' }, 'DAY_IN_FUTURE@bornOn'],
  ['born on another day than the number says', 'births', { bornOn: '1980-05-16' }, 'flag BIRTH_DATE_DIFFERS@bornOn'],
  ['a certificate that is none', 'births', { certificateNumber: residentId(2) }, 'ID_TYPE_DISAGREES@certificateNumber'],
  ['two birth certificates', 'births', { idNumber: 'P130999999' }, 'flag CERTIFICATE_DISAGREES@certificateNumber'],
  ['paid tomorrow', 'payments', { paidOn: '2025-11-02' }, 'DAY_IN_FUTURE@paidOn'],
  ['applied tomorrow', 'refund-applications', { appliedOn: '2025-11-02' }, 'DAY_IN_FUTURE@appliedOn'],
  ['happens tomorrow', 'life-events', { happenedOn: '2025-11-02' }, 'DAY_IN_FUTURE@happenedOn'],
  ['registered tomorrow', 'registrations', { registeredOn: '2025-11-02' }, 'DAY_IN_FUTURE@registeredOn'],
  ['cover may end in future', 'enrolments', { to: '2030-12-31' }],
  ['ends before it begins', 'enrolments', { to: '2025-12-31' }, 'DAYS_OUT_OF_ORDER@to'],
  ['left before entering', 'students', { leftOn: '2025-08-31' }, 'DAYS_OUT_OF_ORDER@leftOn'],
  ['credited before paid', 'payments', { creditedOn: '2025-10-29' }, 'DAYS_OUT_OF_ORDER@creditedOn'],
  ['level 5', 'disability', { level: 5 }, 'NUMBER_OUT_OF_RANGE@level'],
  ['level 0', 'disability', { level: 0 }, 'NUMBER_OUT_OF_RANGE@level'],
  ['level in words', 'disability', { level: '1' }, 'VALUE_WRONG_KIND@level'],
  ['level 1.5', 'disability', { level: 1.5 }, 'VALUE_WRONG_KIND@level'],
  ['certificate of another level', 'disability', { level: 2 }, 'flag CERTIFICATE_DISAGREES@certificateNumber'],
  ['certificate of another kind', 'disability', { type: 'VISUAL' }, 'flag CERTIFICATE_DISAGREES@certificateNumber'],
  [
    'certificate of somebody else',
    'disability',
    { certificateNumber: `${residentId(2)}41` },
    'flag CERTIFICATE_DISAGREES@certificateNumber',
  ],
  [
    'certificate as the row’s own number',
    'disability',
    { idNumber: `${WHO.idNumber}42`, certificateNumber: undefined },
    'flag CERTIFICATE_DISAGREES@idNumber',
  ],
  ['year 1999', 'payments', { policyYear: 1999 }, 'NUMBER_OUT_OF_RANGE@policyYear'],
  ['no premium', 'payments', { amount: '0' }],
  ...(
    [
      '1,000.00',
      '400.001',
      '-1',
      '+1',
      '1e3',
      '0x10',
      ' 400',
      '９９',
      'NaN',
      '9'.repeat(99),
      400,
      2 ** 53,
      -0,
      true,
    ] as const
  ).map((amount): [string, ListName, RawRow, string] => [
    `amount ${String(amount)}`,
    'payments',
    { amount },
    'MONEY_NOT_DECIMAL@amount',
  ]),
  ['a channel nobody knows', 'payments', { channel: 'toString' }, 'WORD_UNKNOWN@channel'],
  ['a flag in words', 'hardship', { ruralHukou: 'true' }, 'VALUE_WRONG_KIND@ruralHukou'],
  ['a region of letters', 'enrolments', { region: '高阳县' }, 'REGION_CODE_MALFORMED@region'],
  ['a region as number', 'enrolments', { region: 130628 }, 'REGION_CODE_MALFORMED@region'],
  ['a region of five digits', 'deaths', { regionCode: '13062' }, 'REGION_CODE_MALFORMED@regionCode'],
  ['unknown category', 'hardship', { category: '困难户甲' }, 'CATEGORY_WORD_UNKNOWN@category'],
  ['umbrella category', 'hardship', { category: '防止返贫监测对象' }, 'CATEGORY_WORD_IS_UMBRELLA@category'],
  [
    'word and flag name different households',
    'hardship',
    { category: '脱贫人口突发严重困难人口', liftedHousehold: false },
    'flag HOUSEHOLD_TYPE_DISAGREES@liftedHousehold',
  ],
  ['NUL in a name', 'deaths', { name: '王\u0000芳' }, 'TEXT_HAS_CONTROL_CHARACTERS@name'],
  ['a line break in a name', 'deaths', { name: '王\n芳' }, 'TEXT_HAS_CONTROL_CHARACTERS@name'],
  ['writing direction turned', 'deaths', { name: '王\u202E芳' }, 'TEXT_HAS_CONTROL_CHARACTERS@name'],
  ['half a surrogate pair', 'deaths', { name: '王\uD842' }, 'TEXT_HAS_CONTROL_CHARACTERS@name'],
  ['bytes lost in decoding', 'deaths', { name: '王\uFFFD' }, 'TEXT_HAS_CONTROL_CHARACTERS@name'],
  ['a joiner in a name', 'deaths', { name: '王\u200D芳' }, 'flag TEXT_HAS_INVISIBLE_CHARACTERS@name'],
  ['a variant of a character', 'deaths', { name: '葛\u{E0100}' }, 'flag TEXT_HAS_INVISIBLE_CHARACTERS@name'],
  ['100 characters beyond the BMP', 'deaths', { name: '𠮷'.repeat(100) }],
  ['101 characters', 'deaths', { name: '𠮷'.repeat(101) }, 'TEXT_TOO_LONG@name'],
  ['a column the list does not have', 'deaths', { diagnosis: '秘密' }, 'COLUMN_UNKNOWN@null'],
  [
    'everything wrong is told at once',
    'payments',
    { name: '', idNumber: '1', amount: 'x', paidOn: 'y', policyYear: 1 },
    'NUMBER_OUT_OF_RANGE@policyYear',
    'MONEY_NOT_DECIMAL@amount',
    'DAY_NOT_ON_CALENDAR@paidOn',
    'ID_NUMBER_MALFORMED@idNumber',
    'VALUE_MISSING@name',
  ],
];

describe('one row', () => {
  it.each(Object.keys(good) as ListName[])('a good row of %s has nothing found', (list) => {
    expect(found(list, {})).toEqual([]);
  });

  it.each(cases)('%s', (_why, list, spoilt, ...expected) => {
    expect(found(list, spoilt)).toEqual(expected);
  });

  it('is rejected by one rejecting finding, not by a flag', () => {
    expect(checkRow({ ...good.deaths, diedOn: 'x' }, 0, getList('deaths'), TODAY).rejected).toBe(true);
    expect(checkRow({ ...good.births, bornOn: '1980-05-16' }, 0, getList('births'), TODAY).rejected).toBe(false);
  });

  it('tells its subject although another cell is bad, and counts rows from 1', () => {
    const row = checkRow({ ...good.deaths, diedOn: 'x' }, 4, getList('deaths'), TODAY);
    expect(row).toMatchObject({ row: 5, subject: { idType: 'RESIDENT_ID', idNumber: WHO.idNumber } });
  });

  it('keeps a trimmed name and exact fen', () => {
    const { cells } = checkRow(
      { ...good.payments, name: ' 王芳\u3000', amount: '0.07' },
      0,
      getList('payments'),
      TODAY,
    );
    expect(cells).toMatchObject({ name: '王芳', amount: 7 });
  });

  const removals: ReadonlyArray<[list: ListName, cells: RawRow, ...found: string[]]> = [
    ['hardship', { category: '低保' }],
    ['hardship', {}, 'VALUE_MISSING@category'],
    ['disability', {}],
    ['deaths', {}],
    ['students', { stage: 'PRIMARY' }],
    ['payments', { receiptNumber: 'A1' }],
    ['payments', { policyYear: 2026, paidOn: '2025-10-30', amount: '400.00' }],
    ['payments', { policyYear: 2026, paidOn: '2025-10-30' }, 'VALUE_MISSING@amount'],
  ];
  it.each(removals)('to remove from %s needs only what identifies: %j', (list, cells, ...expected) => {
    const row = checkRow({ idNumber: WHO.idNumber, change: 'REMOVE', ...cells }, 0, getList(list), TODAY);
    expect(row.findings.map(({ code, column }) => `${code}@${column}`)).toEqual(expected);
  });
});

describe('messages', () => {
  it('are there in both languages for every code', () => {
    for (const [, zh, en] of Object.values(ROW_MESSAGES)) {
      expect(zh).toMatch(/\p{Script=Han}/u);
      expect(en).toMatch(/^[a-z]/);
    }
  });

  it('name the words that would do', () => {
    const [unknown] = checkRow({ ...good.hardship, category: '困难户甲' }, 0, getList('hardship'), TODAY).findings;
    expect(unknown?.zh).toContain('突发严重困难户');
    expect(unknown?.zh).toContain('lists { categoryWords }');
    const [word] = checkRow({ ...good.payments, channel: 'POST' }, 0, getList('payments'), TODAY).findings;
    expect(word?.zh).toContain('CASH_DESK（现金缴费处）');
  });

  it('never repeat what a cell said', () => {
    const secret = fc.constantFrom('秘密机密文字', '13062819800515SECRET', 'SECRET-1949').map((text) => `${text}x`);
    fc.assert(
      fc.property(fc.constantFrom(...allLists()), secret, (list, text) => {
        const raw = Object.fromEntries(list.columns.map(({ name }) => [name, text]));
        const { findings } = checkRow({ ...raw, [text]: text }, 0, list, TODAY);
        expect(findings.length).toBeGreaterThan(0);
        expect(JSON.stringify(findings)).not.toContain(text.slice(0, 6));
      }),
    );
  });
});

it('judges whatever comes without failing', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...allLists()),
      fc.array(fc.jsonValue(), { minLength: 15, maxLength: 15 }),
      (list, values) => {
        const raw = Object.fromEntries(list.columns.map(({ name }, index) => [name, values[index]]));
        expect(checkRow(raw, 0, list, TODAY).row).toBe(1);
      },
    ),
  );
});
