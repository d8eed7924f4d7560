import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NamesByKey, type KeptName } from '../../src/storage/sealed-names.ts';
import { sealOf } from '../support/sealing-keys.ts';
import { bulkHub, WAYS, type BulkHub, type Judged, type Way } from '../support/bulk-hub.ts';
import { residentId } from '../support/id-numbers.ts';

// Section 3.5 of the security programme, what stands in a row: each line by the graph and by a file of each format. A file is judged by
// the job that takes it in; what is asserted is what its sender reads of it afterwards.

const CIVIL_AFFAIRS = '130628:civil-affairs';
const TAX = '130628:tax';
const HEALTH = '130628:health';
const BAD_NUMBER = `${residentId(7).slice(0, 17)}${residentId(7).endsWith('0') ? '1' : '0'}`;
const NOW = new Date('2025-12-01T09:00:00+08:00');

let hub: BulkHub;
beforeAll(async () => {
  hub = await bulkHub({ clock: { now: () => NOW } });
}, 180_000);
afterAll(() => hub.stop());
afterEach(async () => {
  expect((await hub.ask(CIVIL_AFFAIRS, { query: '{ lists { name } }' })).status).toBe(200);
});

type Row = Readonly<Record<string, unknown>>;
let people = 0;
/** A number that nobody of this file has had, nor their birthday: namesakes of one day are flagged. */
const freshNumber = (): string =>
  residentId(1 + ((people += 1) % 900), new Date(Date.UTC(1950, 0, 1 + people)).toISOString().slice(0, 10));
const listed = (said: Row = {}): Row => ({
  name: '欧阳春花',
  idNumber: freshNumber(),
  category: '低保对象',
  from: '2025-03-01',
  ...said,
});

/** The rows that were not simply taken in, as `number code`. */
const told = ({ rows }: Judged): string[] => rows.flatMap(({ row, codes }) => codes.map((code) => `${row} ${code}`));

/** Every cell is refused with its code in its own row, a good row between them is taken in, and no cell is repeated. */
async function expectRowsRejected(
  way: Way,
  push: { readonly client: string; readonly list: Parameters<BulkHub['judged']>[1]['list'] },
  cases: readonly (readonly [row: Row, code: string])[],
  good: Row,
  values: readonly string[],
): Promise<void> {
  const judged = await hub.judged(way, { ...push, rows: [...cases.map(([row]) => row), good] });
  expect(judged.counts).toMatchObject({ sent: cases.length + 1, accepted: 1, rejected: cases.length });
  expect(told(judged), way).toEqual(cases.map(([, code], index) => `${index + 1} ${code}`));
  for (const value of values) expect([way, value, judged.text.includes(value)]).toEqual([way, value, false]);
}

describe.each(WAYS)('by %s', (way) => {
  it('76. numbers that are none reject their row; only width, spaces and the case of x are mended', async () => {
    const number = freshNumber();
    const wrong = number.slice(0, 17) + (number.endsWith('0') ? '1' : '0');
    const arabic = [...number]
      .map((sign) => (/\d/.test(sign) ? String.fromCharCode(0x0660 + Number(sign)) : sign))
      .join('');
    const cases = [
      [wrong, 'ID_NUMBER_CHECK_DIGIT'],
      [number.slice(0, 17), 'ID_NUMBER_MALFORMED'],
      [`${number}0`, 'ID_NUMBER_MALFORMED'],
      [arabic, 'ID_NUMBER_MALFORMED'],
      [number.replace(/^1/, 'l'), 'ID_NUMBER_MALFORMED'],
      [Number(number.slice(0, 17)), 'ID_NUMBER_NOT_TEXT'],
      ['130628199902300010', 'ID_NUMBER_CHECK_DIGIT'],
    ] as const;
    const rows = cases.map(([idNumber, code]) => [listed({ idNumber }), code] as const);
    const tried = way === 'csv' ? rows.filter(([, code]) => code !== 'ID_NUMBER_NOT_TEXT') : rows;
    const both = tried.flatMap(([row, code]) => (row['idNumber'] === cases[6][0] ? [] : [[row, code] as const]));
    const values = [number, wrong, arabic];
    await expectRowsRejected(way, { client: CIVIL_AFFAIRS, list: 'hardship' }, both, listed(), values);

    const endingX = numberWithX();
    const old = freshNumber();
    const spellings: readonly (readonly [plain: string, written: readonly string[]])[] = [
      [
        endingX,
        [endingX.toLowerCase(), wide(endingX), `\uFEFF${endingX}`, `${endingX}\u00A0`, gapped(endingX, '\u200B')],
      ],
      [old, [old.slice(0, 6) + old.slice(8, 17), gapped(old, ' '), gapped(old, '\u3000')]],
    ];
    for (const [plain, written] of spellings) {
      const judged = await hub.judged(way, {
        client: CIVIL_AFFAIRS,
        list: 'hardship',
        rows: [plain, ...written].map((idNumber) => listed({ idNumber })),
      });
      expect([way, judged.counts.rejected, judged.claimsAdded]).toEqual([way, 0, 1]);
      expect(judged.text).not.toContain(plain);
    }
  });

  it('77. days that are none, serial numbers, and what happens before a birth or in the future', async () => {
    const died = (diedOn: unknown, idNumber = freshNumber()): Row => ({ name: '李四', idNumber, diedOn });
    const day = 'DAY_NOT_ON_CALENDAR';
    const cases: (readonly [Row, string])[] = [
      ...['2024-02-30', '2023-02-29', '0000-01-01', '10000-01-01', '45321', '2024-13-01', '2024-00-10', 'Infinity'].map(
        (text) => [died(text), day] as const,
      ),
      [died(45_321), day],
      [died('1949-12-31'), 'DAY_BEFORE_BIRTH'],
      [died('2025-12-02'), 'DAY_IN_FUTURE'],
      [died('9999-12-31'), 'DAY_IN_FUTURE'],
    ];
    await expectRowsRejected(way, { client: CIVIL_AFFAIRS, list: 'deaths' }, cases, died('2025-11-30'), [
      '2024-02-30',
      '45321',
      '9999-12-31',
    ]);
    const born = (bornOn: string, idNumber: string): Row => ({ name: `小${way}`, idNumber, bornOn });
    await expectRowsRejected(
      way,
      { client: HEALTH, list: 'births' },
      [
        [born('2025-12-02', residentId(WAYS.indexOf(way), '2025-11-02')), 'DAY_IN_FUTURE'],
        [born('2025-11-02', residentId(WAYS.indexOf(way), '2025-12-02')), 'ID_NUMBER_BIRTH_DATE'],
        [born('2025-11-02', residentId(WAYS.indexOf(way), '1849-12-02')), 'ID_NUMBER_BIRTH_DATE'],
      ],
      born('2025-11-03', residentId(10 + WAYS.indexOf(way), '2025-11-03')),
      [],
    );
  });

  it('78. amounts that are no plain decimal reject their row, and money goes through no float', async () => {
    const paid = (amount: unknown): Row => ({
      ...{ name: '王五', idNumber: freshNumber(), policyYear: 2026, paidOn: '2025-11-01', channel: 'ONLINE' },
      amount,
    });
    const texts = [
      '1e309',
      '-0',
      '-1',
      'NaN',
      'Infinity',
      '0x10',
      '9007199254740993',
      '9'.repeat(99),
      '1,000.00',
      '1.005',
      '００1',
    ];
    // A spreadsheet has its amounts as numbers; by the graph and in NDJSON a number is none.
    const numbers =
      way === 'csv' ? [] : way === 'xlsx' ? [-1, 9_007_199_254_740_992, 1e21, 0.1 + 0.2] : [380, 1e21, -0, 0.1 + 0.2];
    const cases = [...texts, ...numbers].map((amount) => [paid(amount), 'MONEY_NOT_DECIMAL'] as const);
    await expectRowsRejected(way, { client: TAX, list: 'payments' }, cases, paid('380.00'), [
      '1e309',
      '9007199254740993',
    ]);

    // As floats these are 99999999999999.98 and 114.99999999999999 fen.
    const exact = [paid('999999999999.99'), paid('1.15'), paid('0.07')];
    const { id } = await hub.judged(way, { client: TAX, list: 'payments', rows: exact });
    const { rows } = await hub.database.query(
      `select attributes->>'amount' as fen from claim where submission = $1 order by row_number`,
      [id],
    );
    expect(rows.map(({ fen }) => fen)).toEqual(['99999999999999', '115', '7']);
  });

  it('84. signs that hide or turn text: some reject their row, some are flagged and kept', async () => {
    const rejected = [
      '张\0三',
      '张\u202E三',
      '张\u2066三',
      '张\u0007三',
      '张\uFFFD三',
      ...(way === 'csv' ? [] : ['张\uD800三']),
    ];
    const flagged = ['张\u200D三', '张\uFE0F三', '张\u{E0101}三', '张\u200B三'];
    const judged = await hub.judged(way, {
      client: CIVIL_AFFAIRS,
      list: 'hardship',
      rows: [...rejected, ...flagged].map((name) => listed({ name })),
    });
    expect(told(judged)).toEqual([
      ...rejected.map((_, index) => `${index + 1} TEXT_HAS_CONTROL_CHARACTERS`),
      ...flagged.map((_, index) => `${rejected.length + index + 1} TEXT_HAS_INVISIBLE_CHARACTERS`),
    ]);
    expect(judged.counts).toMatchObject({ accepted: 0, flagged: flagged.length, rejected: rejected.length });
    expect(await namesOf(judged.id)).toEqual(flagged);
    const damaged = await hub.database.query(
      `select count(*)::int as n from claim where attributes::text like '%' || chr(65533) || '%'`,
    );
    expect(damaged.rows).toEqual([{ n: 0 }]);
  });

  it('85. names that look alike: each stays its own person, is kept to the letter and counted in code points', async () => {
    const names = [
      ...['Maria', 'M\u0430ria', '阿依古丽·买买提', '阿依古丽•买买提', '阿依古丽・买买提', '阿依古丽‧买买提'],
      ...['樂三', '\uF914三', '𠮷野家', '吉野家', '𡈼'.repeat(100)],
    ];
    // All born on one day: nothing but their numbers tells them apart.
    const on = `19${60 + WAYS.indexOf(way)}-07-08`;
    const rows = names.map((name, index) => listed({ name, idNumber: residentId(index, on) }));
    const judged = await hub.judged(way, { client: CIVIL_AFFAIRS, list: 'hardship', rows });
    expect(judged.counts.rejected).toBe(0);
    expect(await namesOf(judged.id)).toEqual(names);
    const persons = await hub.database.query(
      `select count(distinct person_id)::int as persons from subject_link l join claim c using (subject_key, jurisdiction)
       where c.submission = $1 and l.until is null`,
      [judged.id],
    );
    expect(persons.rows).toEqual([{ persons: names.length }]);

    const long = await hub.judged(way, {
      client: CIVIL_AFFAIRS,
      list: 'hardship',
      rows: [listed({ name: '𡈼'.repeat(101) })],
    });
    expect(told(long)).toEqual(['1 TEXT_TOO_LONG']);
  });

  it('90. what ends a COPY, splits a statement or escapes is text like any other', async () => {
    const names = [
      '\\.',
      '\\N',
      "'; drop table claim; --",
      'a\\tb',
      '\\\\',
      'NULL',
      '{"a":1}',
      '$1',
      "E'\\x41'",
      '%s',
      '"',
      '\\\\.',
    ];
    const rows = names.map((name) => listed({ name }));
    const judged = await hub.judged(way, { client: CIVIL_AFFAIRS, list: 'hardship', rows });
    expect(judged.counts).toMatchObject({ sent: names.length, accepted: names.length });
    expect(await namesOf(judged.id)).toEqual(names);
    expect((await hub.sentRows(judged.id)).map(({ name }) => name)).toEqual(names);

    // A real tab is a control character: its row is rejected, and kept as it was sent.
    const tab = await hub.judged(way, {
      client: CIVIL_AFFAIRS,
      list: 'hardship',
      rows: [listed({ name: 'a\tb\\.' }), listed()],
    });
    expect(told(tab)).toEqual(['1 TEXT_HAS_CONTROL_CHARACTERS']);
    expect((await hub.sentRows(tab.id))[0]?.['name']).toBe('a\tb\\.');
  });
});

// Last, so that nobody above waits until all of these are decided.
describe('one bad row among many', () => {
  // By the graph no more are taken; files of the other formats are of several blocks and batches too.
  const sizes = { graph: 5_000, csv: 2_500, xlsx: 2_500, ndjson: 100_000 };
  it.each(Object.entries(sizes) as [Way, number][])(
    '74. by %s: of %i rows it costs itself alone',
    async (way, many) => {
      const bad = Math.floor(many * 0.7);
      // Years of births for each way: nobody is in two of them.
      const first = 1901 + 10 * WAYS.indexOf(way);
      const day = (index: number): string =>
        new Date(Date.UTC(first, 0, 1 + Math.floor(index / 1_000))).toISOString().slice(0, 10);
      const rows = Array.from({ length: many }, (_, index) => ({
        name: '张三',
        idNumber: index === bad ? BAD_NUMBER : residentId(index % 1_000, day(index)),
        category: '低保对象',
        from: '2025-03-01',
      }));
      const push = { client: CIVIL_AFFAIRS, list: 'hardship', rows } as const;
      const judged = await hub.judged(way, { ...push, within: many > 5_000 ? 240_000 : 120_000 });
      const found = {
        report: [{ code: 'ID_NUMBER_CHECK_DIGIT', rows: 1, examples: [bad + 1] }],
        rows: [{ row: bad + 1, outcome: 'REJECTED', codes: ['ID_NUMBER_CHECK_DIGIT'] }],
      };
      expect(judged).toMatchObject({ status: 'RECEIVED', claimsAdded: many - 1, ...found });
      expect(judged.counts).toEqual({ sent: many, accepted: many - 1, unchanged: 0, flagged: 0, rejected: 1 });
      expect(judged.text).not.toContain(BAD_NUMBER);
      if (many > 5_000) return;
      const again = await hub.judged(way, { ...push, within: 120_000 });
      expect(again).toMatchObject({ claimsAdded: 0, ...found });
      expect(again.counts).toMatchObject({ sent: many, unchanged: many - 1, rejected: 1 });
    },
    300_000,
  );
});

/** Names that the claims of a submission give, in order of rows. */
async function namesOf(id: string): Promise<string[]> {
  const { rows } = await hub.database.query<KeptName>(
    `select c.subject_key as subject, n.name_key as key, encode(n.sealed, 'hex') as sealed
     from claim c join subject_name n on n.subject_key = c.subject_key and n.jurisdiction = c.jurisdiction
       and n.name_key = c.attributes ->> 'name'
     where c.submission = $1 order by c.row_number`,
    [id],
  );
  const names = new NamesByKey(await sealOf(hub.database, '130628'), rows);
  return rows.map(({ subject, key }) => names.nameOf(subject, key));
}

const wide = (text: string): string =>
  [...text].map((sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)).join('');
const gapped = (text: string, gap: string): string => [...text].join(gap);

function numberWithX(): string {
  for (;;) {
    const number = freshNumber();
    if (number.endsWith('X')) return number;
  }
}
