import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawRow } from '../../src/domain/intake/list-definition.ts';
import { testDatabase } from '../support/database.ts';
import { residentId } from '../support/id-numbers.ts';
import { intakeOn, manyRows, openPlace, type Intake, type PushSketch } from '../support/two-ways.ts';

let inline: Intake;
let whole: Intake;

beforeAll(async () => {
  inline = intakeOn(await testDatabase());
  whole = intakeOn(await testDatabase());
});
afterAll(() => Promise.all([inline?.database.close(), whole?.database.close()]));

const NAMES = ['王芳', '王 芳', '王方'];
const person = fc.integer({ min: 0, max: 3 });
const called = fc.constantFrom(...NAMES);
const change = fc.constantFrom('ADD', 'ADD', 'ADD', 'ADD', undefined, 'REMOVE', 'CORRECT');
const day = fc.constantFrom('2025-01-01', '2025-06-30', '2025-10-31');
const later = fc.constantFrom(undefined, undefined, '2025-11-30', '2025-10-31', '2099-12-31');
/** Now and then something is wrong with a row, of which sometimes the person can be told and sometimes not. */
const slip = fc.constantFrom<RawRow>(
  {},
  {},
  {},
  {},
  {},
  {},
  { name: ' ' },
  { idNumber: '130628198005150012' },
  { x: 1 },
);
const certificate = fc.constantFrom(undefined, 'P130000001', 'P130000002', 'P130000003');

const row = (cells: fc.Arbitrary<RawRow>): fc.Arbitrary<RawRow> =>
  fc.tuple(person, called, change, slip, cells).map(([who, name, how, wrong, said]) => ({
    name,
    idNumber: residentId(who),
    ...(how === undefined ? {} : { change: how }),
    ...said,
    ...wrong,
  }));
const rowsOf = (cells: fc.Arbitrary<RawRow>): fc.Arbitrary<RawRow[]> =>
  fc.array(row(cells), { minLength: 1, maxLength: 5 });

const identity = fc
  .record({ category: fc.constantFrom('低保对象', '特困人员', '不知道'), from: day, to: later })
  .map(withoutAbsent);
const payment = fc
  .record({
    policyYear: fc.constant(2026),
    amount: fc.constantFrom('400.00', '380.00'),
    paidOn: day,
    channel: fc.constant('ONLINE'),
    receiptNumber: fc.constantFrom(undefined, '1', '2', '3'),
  })
  .map(withoutAbsent);
const hardship = rowsOf(identity);
const deaths = rowsOf(fc.record({ diedOn: day }));
const births = rowsOf(
  fc
    .tuple(fc.integer({ min: 4, max: 6 }), certificate)
    .map(([child, number]) =>
      withoutAbsent({ idNumber: residentId(child, '2025-10-05'), bornOn: '2025-10-05', certificateNumber: number }),
    ),
);
const payments = rowsOf(payment);
const disability = fc
  .tuple(person, called, change, fc.constantFrom(undefined, '41', '42', '42B1'), day)
  .map(([who, name, how, certified, from]) =>
    withoutAbsent({
      ...{ name, idNumber: residentId(who), type: 'LIMB', level: certified === '41' ? 1 : 2, from, change: how },
      certificateNumber: certified && `${residentId(who)}${certified}`,
    }),
  );
const disabilities = fc.array(disability, { minLength: 1, maxLength: 5 });

function withoutAbsent(cells: Readonly<Record<string, unknown>>): RawRow {
  return Object.fromEntries(Object.entries(cells).filter(([, value]) => value !== undefined));
}

const mode = fc.constantFrom('DELTA', 'DELTA', 'SNAPSHOT') as fc.Arbitrary<'DELTA' | 'SNAPSHOT'>;
const period = fc.constantFrom(null, '第一期', '第二期');
const push = (agency: PushSketch['agency'], list: PushSketch['list'], rows: fc.Arbitrary<RawRow[]>) =>
  fc.record({ agency: fc.constant(agency), list: fc.constant(list), rows, mode, period });
const pushes = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: push('civil-affairs', 'hardship', hardship) },
    push('civil-affairs', 'deaths', deaths),
    push('health', 'deaths', deaths),
    push('health', 'births', births),
    { weight: 2, arbitrary: push('tax', 'payments', payments) },
    { weight: 2, arbitrary: push('disabled-federation', 'disability', disabilities) },
  ),
  { minLength: 1, maxLength: 5 },
) as fc.Arbitrary<PushSketch[]>;

const SLIPS: readonly RawRow[] = [{ name: '王方' }, { change: 'REMOVE' }, { name: ' ' }];
/** Rows of two persons that mostly just add, of which every push of a history says some. */
const steadyRow = (cells: fc.Arbitrary<RawRow>): fc.Arbitrary<RawRow> =>
  fc
    .tuple(fc.integer({ min: 0, max: 1 }), cells, fc.constantFrom<RawRow>(...manyRows(9, () => ({})), ...SLIPS))
    .map(([who, said, slipped]) => ({ name: '王芳', idNumber: residentId(who), ...said, ...slipped }));
const steady = (agency: PushSketch['agency'], list: PushSketch['list'], cells: fc.Arbitrary<RawRow>) =>
  fc
    .array(steadyRow(cells), { minLength: 3, maxLength: 6 })
    .chain((rows) =>
      fc.array(push(agency, list, fc.shuffledSubarray(rows, { minLength: 1 })), { minLength: 3, maxLength: 5 }),
    );
const steadyPushes = fc.oneof(
  steady('tax', 'payments', payment),
  steady('civil-affairs', 'hardship', identity),
) as fc.Arbitrary<PushSketch[]>;

let places = 0;
const nextPlace = (): string => `place-${(places += 1)}`;
const dayOf = (index: number): Date => new Date(Date.UTC(2025, 10, 1 + index, 2));

async function bothWays(history: readonly PushSketch[]): Promise<void> {
  const place = nextPlace();
  const stateAfter = async (intake: Intake, take: (sketch: PushSketch) => Promise<unknown>): Promise<unknown> => {
    for (const [index, sketch] of history.entries()) {
      intake.setNow(dayOf(index));
      await take(sketch);
    }
    return intake.state(place);
  };
  // At the same time: each has a database of its own, for which it mostly waits. Both are over before the next history comes to them.
  const ways = await Promise.allSettled([
    stateAfter(whole, async (sketch) => whole.takeIn(await whole.keep(place, sketch))),
    stateAfter(inline, (sketch) => inline.push(place, sketch)),
  ]);
  const [kept, pushed] = ways.map((way) => {
    if (way.status === 'rejected') throw way.reason;
    return way.value;
  });
  expect(kept).toEqual(pushed);
}

describe('a list kept whole and taken in by a job', () => {
  it('comes to what the same rows come to when they are pushed inline', async () => {
    await fc.assert(fc.asyncProperty(pushes, bothWays), { numRuns: 10 });
  }, 300_000);

  it('does so too where pushes say much the same of several matters of a person', async () => {
    await fc.assert(fc.asyncProperty(steadyPushes, bothWays), { numRuns: 12 });
  }, 300_000);

  it('does so too among so many claims that those of each row are looked up by themselves', async () => {
    await whole.takeIn(await whole.keep(nextPlace(), { ...ofHardship, rows: many(200) }));
    await whole.database.pool.query('analyze claim');
    await fc.assert(fc.asyncProperty(fc.oneof(pushes, steadyPushes), bothWays), { numRuns: 10 });
  }, 300_000);
});

const dibao = (who: number, said: RawRow = {}): RawRow => ({
  ...{ name: '王芳', idNumber: residentId(who), category: '低保对象', from: '2025-01-01' },
  ...said,
});
const many = (count: number, said: RawRow = {}): RawRow[] =>
  Array.from({ length: count }, (_, who) => dibao(who, said));
const ofHardship = { agency: 'civil-affairs', list: 'hardship' } as const;

describe('a list kept whole', () => {
  it.each(['SNAPSHOT', 'DELTA'] as const)('of several blocks says what it changes (%s)', async (sent) => {
    const place = nextPlace();
    const first = await whole.keep(place, { ...ofHardship, mode: 'SNAPSHOT', rows: many(900) });
    await whole.takeIn(first);
    const rows = [...many(890).slice(5), ...many(5, { to: '2025-12-31' }), dibao(901), dibao(902, { name: ' ' })];
    const second = await whole.keep(place, { ...ofHardship, mode: sent, rows });
    await whole.takeIn(second);

    expect(await whole.submission(place, second.id)).toMatchObject({
      status: 'RECEIVED',
      counts: { sent: 892, accepted: 6, unchanged: 885, flagged: 0, rejected: 1 },
      changes: { added: 1, changed: 5, dropped: sent === 'SNAPSHOT' ? 10 : 0, unchanged: 885 },
      claimsAdded: sent === 'SNAPSHOT' ? 16 : 6,
      claimsEnded: sent === 'SNAPSHOT' ? 15 : 5,
      attempts: 1,
      report: [{ code: 'VALUE_MISSING', column: 'name', rows: 1, examples: [892] }],
    });
  });

  it('only to be judged keeps verdicts and bad rows, and no claim, person or good row', async () => {
    const place = nextPlace();
    const rows = [dibao(1), dibao(2, { name: ' ' }), dibao(3), dibao(3)];
    const trial = await whole.keep(place, { ...ofHardship, rows }, { dryRun: true });
    await whole.takeIn(trial);
    expect(await whole.state(place)).toMatchObject({
      submissions: [
        {
          status: 'DRY_RUN',
          takenInAt: null,
          claimsAdded: 2,
          changes: { added: 2 },
          counts: { sent: 4, accepted: 2, unchanged: 1, rejected: 1 },
          rows: [
            { sent: {} },
            { sent: rows[1], outcome: 'REJECTED' },
            { sent: {} },
            { outcome: 'UNCHANGED', sent: {} },
          ],
        },
      ],
      ...{ claims: [], links: [], identifiers: [], persons: [] },
    });
  });

  it('takes its turn in the order of receipt, and so does what is pushed inline meanwhile', async () => {
    const place = nextPlace();
    const file = await whole.keep(place, { ...ofHardship, rows: [dibao(1, { to: '2025-11-30' })] });
    const pushed = await whole.push(place, { ...ofHardship, rows: [dibao(1)] });
    expect(pushed).toMatchObject({ status: 'QUEUED', takenInAt: null });
    const other = await whole.push(place, {
      agency: 'health',
      list: 'deaths',
      rows: [{ ...dibao(9), diedOn: '2025-01-01' }].map(deathOf),
    });
    expect(other.status).toBe('RECEIVED');
    await whole.takeIn(file);
    expect(await whole.submission(place, pushed.id)).toMatchObject({ status: 'RECEIVED', changes: { changed: 1 } });
    expect((await whole.push(place, { ...ofHardship, rows: [dibao(1)] })).counts.unchanged).toBe(1);
  });
});

const deathOf = (of: RawRow): RawRow => ({ name: of['name'], idNumber: of['idNumber'], diedOn: '2025-01-01' });

describe('a list that looks wrong as a whole', () => {
  const limits = { shrink: { percent: 10, butAtLeast: 3 }, newDeaths: 2, badRowsPercent: 40 };
  const strict = (place: string) => openPlace(place, limits);
  const cases: ReadonlyArray<[why: string, before: RawRow[], sketch: PushSketch, status: string, code?: string]> = [
    [
      'that drops too much',
      many(20),
      { ...ofHardship, mode: 'SNAPSHOT', rows: many(17) },
      'NEEDS_RELEASE',
      'SHRINKS_TOO_MUCH',
    ],
    ['that drops a share too small', many(40), { ...ofHardship, mode: 'SNAPSHOT', rows: many(37) }, 'RECEIVED'],
    ['that drops too few to matter', many(4), { ...ofHardship, mode: 'SNAPSHOT', rows: many(2) }, 'RECEIVED'],
    [
      'with too many deaths',
      [],
      { agency: 'civil-affairs', list: 'deaths', rows: many(3).map(deathOf) },
      'NEEDS_RELEASE',
      'TOO_MANY_NEW_DEATHS',
    ],
    [
      'with as many deaths as may be',
      [],
      { agency: 'civil-affairs', list: 'deaths', rows: many(2).map(deathOf) },
      'RECEIVED',
    ],
    ['of bad rows', [], { ...ofHardship, rows: [dibao(1), dibao(2, { name: '' })] }, 'REFUSED', 'TOO_MANY_BAD_ROWS'],
    [
      'of bad rows, but not too many',
      [],
      { ...ofHardship, rows: [...many(3), dibao(4, { name: '' }), dibao(5, { name: '' })] },
      'RECEIVED',
    ],
  ];

  it.each(cases)('%s', async (_why, before, sketch, status, code) => {
    const place = nextPlace();
    const [pushing, keeping] = [intakeOn(inline.database, strict), intakeOn(whole.database, strict)];
    if (before.length > 0) {
      await pushing.push(place, { ...ofHardship, rows: before });
      await keeping.push(place, { ...ofHardship, rows: before });
    }
    const pushed = await pushing.push(place, sketch);
    const kept = await keeping.keep(place, sketch);
    await keeping.takeIn(kept);
    expect(pushed).toMatchObject({ status, remarks: code ? [{ code }] : [] });
    expect(await keeping.state(place)).toEqual(await pushing.state(place));

    if (status !== 'NEEDS_RELEASE') return;
    await release(whole, kept.id);
    await keeping.takeIn(kept);
    expect(await keeping.submission(place, kept.id)).toMatchObject({ status: 'RECEIVED', remarks: [] });
  });

  it('names a category that the agency may not push: nothing of it is taken in', async () => {
    const place = nextPlace();
    const narrow = (id: string) => {
      const open = openPlace(id);
      const office = open.agencies['civil-affairs']!;
      return {
        ...open,
        agencies: { 'civil-affairs': { ...office, pushes: { hardship: { categories: ['ORPHAN'] as const } } } },
      };
    };
    const keeping = intakeOn(whole.database, narrow);
    const kept = await keeping.keep(place, { ...ofHardship, rows: [dibao(1, { category: '孤儿' }), dibao(2)] });
    await keeping.takeIn(kept);
    expect(await keeping.state(place)).toMatchObject({
      submissions: [
        { status: 'REFUSED', remarks: [{ code: 'CATEGORY_NOT_GRANTED' }], counts: { sent: 2, accepted: 2 } },
      ],
      ...{ claims: [], links: [], identifiers: [] },
    });
  });
});

const release = ({ database }: Intake, id: string): Promise<unknown> =>
  database.pool.query(`update submission set status = 'QUEUED', released_by = 'second', attempts = 0 where id = $1`, [
    id,
  ]);
