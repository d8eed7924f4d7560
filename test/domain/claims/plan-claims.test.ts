import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../src/domain/claims/claim.ts';
import type { ClaimPlan } from '../../../src/domain/claims/plan-claims.ts';
import { countRows, type RawRow } from '../../../src/domain/intake/list-definition.ts';
import type { ListName } from '../../../src/domain/intake/words.ts';
import { residentId } from '../../support/id-numbers.ts';
import { afterPlan, contents, planOf, standingAfter, type TestPush } from '../../support/standing-claims.ts';

const WANG = { name: '王芳', idNumber: residentId(1) };
const LI = { name: '李强', idNumber: residentId(2) };

const outcomes = ({ verdicts }: ClaimPlan): string[] =>
  verdicts.map(({ outcome, findings }) => [outcome, ...findings.map(({ code }) => code)].join(' '));

const spans = (claims: readonly Claim[]): string[] =>
  claims.map(({ validFrom, validTo }) => `${validFrom}..${validTo ?? ''}`).sort();

/** A story in pushes; what is compared is the verdicts on the last push and the spans that stand after it. */
interface Story {
  readonly why: string;
  readonly list: ListName;
  readonly before: readonly RawRow[];
  readonly on?: string;
  readonly rows: readonly RawRow[];
  readonly mode?: TestPush['mode'];
  readonly verdicts: readonly string[];
  readonly stands: readonly string[];
}

const dibao = { ...WANG, category: '低保对象', from: '2025-01-01' };
const tekun = { ...WANG, category: '特困人员', from: '2025-02-01' };
const paid = { ...WANG, policyYear: 2026, amount: '400.00', paidOn: '2025-10-30', channel: 'ONLINE' };

const stories: readonly Story[] = [
  {
    why: 'something new',
    list: 'hardship',
    before: [],
    rows: [dibao],
    verdicts: ['ACCEPTED'],
    stands: ['2025-01-01..'],
  },
  {
    why: 'the same again',
    list: 'hardship',
    before: [dibao],
    rows: [dibao],
    verdicts: ['UNCHANGED'],
    stands: ['2025-01-01..'],
  },
  {
    why: 'the same matter with an end now',
    list: 'hardship',
    before: [dibao],
    rows: [{ ...dibao, to: '2025-12-31' }],
    verdicts: ['ACCEPTED'],
    stands: ['2025-01-01..2025-12-31'],
  },
  {
    why: 'the same twice in one push',
    list: 'hardship',
    before: [],
    rows: [dibao, dibao],
    verdicts: ['ACCEPTED', 'UNCHANGED'],
    stands: ['2025-01-01..'],
  },
  {
    why: 'two rows that contradict each other',
    list: 'hardship',
    before: [],
    rows: [dibao, { ...dibao, to: '2025-12-31' }],
    verdicts: ['FLAGGED ROW_CONTRADICTS_ROW', 'FLAGGED ROW_CONTRADICTS_ROW'],
    stands: ['2025-01-01..'],
  },
  {
    why: 'removed on a stated day, the other identity stays',
    list: 'hardship',
    before: [dibao, tekun],
    rows: [{ idNumber: WANG.idNumber, change: 'REMOVE', category: '低保', to: '2025-10-31' }],
    verdicts: ['ACCEPTED'],
    stands: ['2025-01-01..2025-10-31', '2025-02-01..'],
  },
  {
    why: 'removed without a day: until the day before receipt',
    list: 'hardship',
    before: [dibao],
    rows: [{ ...WANG, change: 'REMOVE', category: '低保对象' }],
    verdicts: ['ACCEPTED'],
    stands: ['2025-01-01..2025-10-31'],
  },
  {
    why: 'removed before it began',
    list: 'hardship',
    before: [{ ...dibao, from: '2026-01-01' }],
    rows: [{ ...WANG, change: 'REMOVE', category: '低保对象' }],
    verdicts: ['ACCEPTED'],
    stands: [],
  },
  {
    why: 'removal leaves a period that was over long ago as it is',
    list: 'hardship',
    before: [{ ...dibao, from: '2019-01-01', to: '2020-12-31' }, dibao],
    rows: [{ ...WANG, change: 'REMOVE', category: '低保对象' }],
    verdicts: ['ACCEPTED'],
    stands: ['2019-01-01..2020-12-31', '2025-01-01..2025-10-31'],
  },
  {
    why: 'a removal that says since when means that period',
    list: 'hardship',
    before: [dibao, { ...dibao, from: '2025-05-01' }],
    rows: [{ ...WANG, change: 'REMOVE', category: '低保对象', from: '2025-01-01' }],
    verdicts: ['ACCEPTED'],
    stands: ['2025-01-01..2025-10-31', '2025-05-01..'],
  },
  {
    why: 'removed again without a day',
    list: 'hardship',
    before: [{ ...dibao, to: '2025-06-30' }],
    rows: [{ ...WANG, change: 'REMOVE', category: '低保对象' }],
    verdicts: ['UNCHANGED'],
    stands: ['2025-01-01..2025-06-30'],
  },
  {
    why: 'nothing there to remove',
    list: 'hardship',
    before: [tekun],
    rows: [{ ...WANG, change: 'REMOVE', category: '低保对象' }],
    verdicts: ['FLAGGED NOTHING_TO_REMOVE'],
    stands: ['2025-02-01..'],
  },
  {
    why: 'removed and added anew in one push, whatever comes first',
    list: 'hardship',
    before: [dibao],
    rows: [
      { ...dibao, from: '2025-11-01' },
      { ...WANG, change: 'REMOVE', category: '低保对象', to: '2025-10-31' },
    ],
    verdicts: ['ACCEPTED', 'ACCEPTED'],
    stands: ['2025-01-01..2025-10-31', '2025-11-01..'],
  },
  {
    why: 'a corrected day of recognition',
    list: 'hardship',
    before: [dibao],
    rows: [{ ...dibao, change: 'CORRECT', from: '2024-12-01' }],
    verdicts: ['ACCEPTED'],
    stands: ['2024-12-01..'],
  },
  {
    why: 'a correction of one of two periods finds its own',
    list: 'hardship',
    before: [{ ...dibao, from: '2019-01-01', to: '2020-12-31' }, dibao],
    rows: [{ ...dibao, change: 'CORRECT', from: '2019-01-01', to: '2020-06-30' }],
    verdicts: ['ACCEPTED'],
    stands: ['2019-01-01..2020-06-30', '2025-01-01..'],
  },
  {
    why: 'nothing there to correct',
    list: 'hardship',
    before: [],
    rows: [{ ...dibao, change: 'CORRECT' }],
    verdicts: ['FLAGGED NOTHING_TO_CORRECT'],
    stands: ['2025-01-01..'],
  },
  {
    why: 'disability removed without naming its kind',
    list: 'disability',
    before: [{ ...WANG, type: 'LIMB', level: 1, from: '2019-03-01' }],
    rows: [{ ...WANG, change: 'REMOVE', to: '2025-10-01' }],
    verdicts: ['ACCEPTED'],
    stands: ['2019-03-01..2025-10-01'],
  },
  {
    why: 'a student leaves on the day stated in the list’s own column',
    list: 'students',
    before: [{ ...WANG, stage: 'COLLEGE', enteredOn: '2022-09-01' }],
    rows: [{ ...WANG, change: 'REMOVE', stage: 'COLLEGE', leftOn: '2025-06-30' }],
    verdicts: ['ACCEPTED'],
    stands: ['2022-09-01..2025-06-30'],
  },
  {
    why: 'a death taken back',
    list: 'deaths',
    before: [{ ...WANG, diedOn: '2025-10-01' }],
    rows: [{ ...WANG, change: 'REMOVE' }],
    verdicts: ['ACCEPTED'],
    stands: [],
  },
  {
    why: 'a payment of another day is not the one to remove',
    list: 'payments',
    before: [paid],
    rows: [{ ...paid, change: 'REMOVE', paidOn: '2025-10-29' }],
    verdicts: ['FLAGGED NOTHING_TO_REMOVE'],
    stands: ['2025-10-30..2025-10-30'],
  },
  {
    why: 'two payments of one day by different receipts are two',
    list: 'payments',
    before: [{ ...paid, receiptNumber: 'A1' }],
    rows: [{ ...paid, receiptNumber: 'A2' }],
    verdicts: ['ACCEPTED'],
    stands: ['2025-10-30..2025-10-30', '2025-10-30..2025-10-30'],
  },
  {
    why: 'the only payment of the year is the one corrected',
    list: 'payments',
    before: [paid],
    rows: [{ ...paid, change: 'CORRECT', paidOn: '2025-10-29' }],
    verdicts: ['ACCEPTED'],
    stands: ['2025-10-29..2025-10-29'],
  },
  {
    why: 'of two payments the hub does not choose',
    list: 'payments',
    before: [paid, { ...paid, paidOn: '2025-10-20' }],
    rows: [{ ...paid, change: 'CORRECT', paidOn: '2025-10-29' }],
    verdicts: ['FLAGGED NOTHING_TO_CORRECT'],
    stands: ['2025-10-20..2025-10-20', '2025-10-29..2025-10-29', '2025-10-30..2025-10-30'],
  },
  {
    why: 'a snapshot ends the periods of those it leaves out',
    list: 'hardship',
    before: [dibao, { ...LI, category: '孤儿', from: '2025-03-01' }],
    mode: 'SNAPSHOT',
    rows: [dibao],
    verdicts: ['UNCHANGED'],
    stands: ['2025-01-01..', '2025-03-01..2025-10-31'],
  },
  {
    why: 'a snapshot leaves alone what was over before',
    list: 'hardship',
    before: [
      { ...dibao, to: '2025-06-30' },
      { ...LI, category: '孤儿', from: '2025-03-01' },
    ],
    mode: 'SNAPSHOT',
    rows: [{ ...LI, category: '孤儿', from: '2025-03-01' }],
    verdicts: ['UNCHANGED'],
    stands: ['2025-01-01..2025-06-30', '2025-03-01..'],
  },
  {
    why: 'a snapshot takes back the events that it leaves out',
    list: 'deaths',
    before: [
      { ...WANG, diedOn: '2025-10-01' },
      { ...LI, diedOn: '2025-10-02' },
    ],
    mode: 'SNAPSHOT',
    rows: [{ ...WANG, diedOn: '2025-10-01' }],
    verdicts: ['UNCHANGED'],
    stands: ['2025-10-01..2025-10-01'],
  },
  {
    why: 'a bad row of a snapshot does not drop its person',
    list: 'hardship',
    before: [dibao, { ...LI, category: '孤儿', from: '2025-03-01' }],
    mode: 'SNAPSHOT',
    rows: [dibao, { ...LI, category: '孤独儿童', from: '2025-03-01' }],
    verdicts: ['UNCHANGED', 'REJECTED CATEGORY_WORD_UNKNOWN'],
    stands: ['2025-01-01..', '2025-03-01..'],
  },
  {
    why: 'a snapshot of nothing but bad rows ends nothing',
    list: 'hardship',
    before: [dibao],
    mode: 'SNAPSHOT',
    rows: [{ ...LI, idNumber: '1', category: '孤儿', from: '2025-03-01' }],
    verdicts: ['REJECTED ID_NUMBER_MALFORMED'],
    stands: ['2025-01-01..'],
  },
];

describe('a push over what stands', () => {
  it.each(stories)('$why', ({ list, before, on = '2025-11-01', rows, mode, verdicts, stands }) => {
    const standing = standingAfter({ list, rows: before, on: '2025-10-31' });
    const plan = planOf(standing, { list, rows, on, mode });
    expect(outcomes(plan)).toEqual(verdicts);
    expect(spans(afterPlan(standing, plan))).toEqual([...stands].sort());
  });

  it('keeps when a matter was first told, through a correction and a removal', () => {
    const claims = standingAfter(
      { list: 'hardship', rows: [dibao], on: '2025-02-01' },
      { list: 'hardship', rows: [{ ...dibao, change: 'CORRECT', from: '2024-12-01' }], on: '2025-03-01' },
      { list: 'hardship', rows: [{ ...WANG, change: 'REMOVE', category: '低保对象' }], on: '2025-04-01' },
    );
    expect(claims).toHaveLength(1);
    expect(claims[0]).toMatchObject({
      firstToldAt: new Date('2025-02-01T10:00:00+08:00'),
      toldAt: new Date('2025-04-01T10:00:00+08:00'),
      row: 1,
      validFrom: '2024-12-01',
      validTo: '2025-03-31',
    });
  });

  it('does not take another order of a claim’s values for a change', () => {
    const standing = standingAfter({ list: 'payments', rows: [paid], on: '2025-10-31' }).map((claim) => ({
      ...claim,
      attributes: Object.fromEntries(Object.entries(claim.attributes).reverse()),
    })) as unknown as Claim[];
    expect(outcomes(planOf(standing, { list: 'payments', rows: [paid], on: '2025-11-01' }))).toEqual(['UNCHANGED']);
  });

  it('a claim that a snapshot closed names no row', () => {
    const plan = planOf(standingAfter({ list: 'hardship', rows: [dibao], on: '2025-02-01' }), {
      list: 'hardship',
      rows: [{ ...LI, category: '孤儿', from: '2025-03-01' }],
      on: '2025-04-01',
      mode: 'SNAPSHOT',
    });
    expect(plan.add.map(({ row, subjectKey }) => [row, subjectKey])).toContainEqual([0, WANG.idNumber]);
  });
});

describe('any push', () => {
  const who = fc
    .integer({ min: 1, max: 3 })
    .map((sequence) => ({ name: `人${sequence}`, idNumber: residentId(sequence) }));
  const day = fc.constantFrom('2024-03-01', '2025-01-01', '2025-05-31', '2025-10-01');
  const hardshipRow = fc
    .record({
      who,
      change: fc.constantFrom('ADD', 'ADD', 'REMOVE', 'CORRECT'),
      category: fc.constantFrom('低保对象', '低保人员', '特困人员', '不知道'),
      from: day,
      to: fc.constantFrom(undefined, undefined, '2025-10-20', '2026-12-31'),
    })
    .map(({ who: person, ...cells }): RawRow => ({ ...person, ...cells }));
  const paymentRow = fc
    .record({
      who,
      change: fc.constantFrom('ADD', 'ADD', 'REMOVE', 'CORRECT'),
      amount: fc.constantFrom('400.00', '40.00', '400'),
      paidOn: day,
      channel: fc.constantFrom('ONLINE', 'AGENT'),
      receiptNumber: fc.constantFrom(undefined, 'A1', 'A2'),
    })
    .map(({ who: person, ...cells }): RawRow => ({ ...person, policyYear: 2026, ...cells }));
  const rowsOf = (row: fc.Arbitrary<RawRow>): fc.Arbitrary<RawRow[]> => fc.array(row, { maxLength: 8 });
  const anyList = fc.oneof(
    fc.record({ list: fc.constant('hardship' as const), before: rowsOf(hardshipRow), rows: rowsOf(hardshipRow) }),
    fc.record({ list: fc.constant('payments' as const), before: rowsOf(paymentRow), rows: rowsOf(paymentRow) }),
  );
  const mode = fc.constantFrom('DELTA' as const, 'SNAPSHOT' as const);
  const on = '2025-11-01';

  it('comes to the same whatever the order of its rows', () => {
    const shuffled = anyList.chain((push) =>
      fc.tuple(
        fc.constant(push),
        fc.shuffledSubarray(push.rows, { minLength: push.rows.length, maxLength: push.rows.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, mode, ([{ list, before, rows }, otherOrder], listMode) => {
        const standing = standingAfter({ list, rows: before, on: '2025-10-15' });
        const one = planOf(standing, { list, rows, on, mode: listMode });
        const other = planOf(standing, { list, rows: otherOrder, on, mode: listMode });
        expect(contents(afterPlan(standing, other))).toEqual(contents(afterPlan(standing, one)));
        expect(countRows(other.verdicts)).toEqual(countRows(one.verdicts));
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives every row one verdict and leaves one standing claim a key', () => {
    fc.assert(
      fc.property(anyList, mode, ({ list, before, rows }, listMode) => {
        const standing = standingAfter({ list, rows: before, on: '2025-10-15' });
        const plan = planOf(standing, { list, rows, on, mode: listMode });
        const { sent, accepted, unchanged, flagged, rejected } = countRows(plan.verdicts);
        expect([sent, accepted + unchanged + flagged + rejected]).toEqual([rows.length, rows.length]);
        const keys = afterPlan(standing, plan).map(({ subjectKey, key }) => `${subjectKey} ${key}`);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  it('that only adds and does not contradict itself is all unchanged when pushed again', () => {
    fc.assert(
      fc.property(anyList, mode, ({ list, rows }, listMode) => {
        const additions = rows.map((row) => ({ ...row, change: 'ADD' }));
        const first = planOf([], { list, rows: additions, on });
        fc.pre(first.verdicts.every(({ outcome }) => outcome === 'ACCEPTED' || outcome === 'UNCHANGED'));
        const again = planOf(first.add, { list, rows: additions, on: '2025-12-01', mode: listMode });
        expect(again.verdicts.every(({ outcome }) => outcome === 'UNCHANGED')).toBe(true);
        expect([again.add, again.end]).toEqual([[], []]);
      }),
    );
  });
});
