import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawRow } from '../../src/domain/intake/list-definition.ts';
import { testDatabase } from '../support/database.ts';
import { residentId } from '../support/id-numbers.ts';
import { intakeOn, type Intake, type PushSketch } from '../support/two-ways.ts';

let inline: Intake;
let whole: Intake;

beforeAll(async () => {
  inline = intakeOn(await testDatabase());
  whole = intakeOn(await testDatabase());
});
afterAll(() => Promise.all([inline?.database.close(), whole?.database.close()]));

const NAMES = ['王芳', '王 芳', '王方'];
const person = fc.integer({ min: 0, max: 3 });
const name = fc.constantFrom(...NAMES);
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
  fc.tuple(person, name, change, slip, cells).map(([who, called, how, wrong, said]) => ({
    name: called,
    idNumber: residentId(who),
    ...(how === undefined ? {} : { change: how }),
    ...said,
    ...wrong,
  }));
const rowsOf = (cells: fc.Arbitrary<RawRow>): fc.Arbitrary<RawRow[]> =>
  fc.array(row(cells), { minLength: 1, maxLength: 5 });

const hardship = rowsOf(
  fc.record({ category: fc.constantFrom('低保对象', '特困人员', '不知道'), from: day, to: later }).map(withoutAbsent),
);
const deaths = rowsOf(fc.record({ diedOn: day }));
const births = rowsOf(
  fc
    .tuple(fc.integer({ min: 4, max: 6 }), certificate)
    .map(([child, number]) =>
      withoutAbsent({ idNumber: residentId(child, '2025-10-05'), bornOn: '2025-10-05', certificateNumber: number }),
    ),
);
const payments = rowsOf(
  fc.record({
    policyYear: fc.constant(2026),
    amount: fc.constantFrom('400.00', '380.00'),
    paidOn: day,
    channel: fc.constant('ONLINE'),
  }),
);

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
  ),
  { minLength: 1, maxLength: 5 },
) as fc.Arbitrary<PushSketch[]>;

let places = 0;
const nextPlace = (): string => `place-${(places += 1)}`;
const dayOf = (index: number): Date => new Date(Date.UTC(2025, 10, 1 + index, 2));

async function bothWays(history: readonly PushSketch[]): Promise<void> {
  const place = nextPlace();
  for (const [index, sketch] of history.entries()) {
    inline.setNow(dayOf(index));
    whole.setNow(dayOf(index));
    await inline.push(place, sketch);
    await whole.takeIn(await whole.keep(place, sketch));
  }
  expect(await whole.state(place)).toEqual(await inline.state(place));
}

describe('a list kept whole and taken in by a job', () => {
  it('comes to what the same rows come to when they are pushed inline', async () => {
    await fc.assert(fc.asyncProperty(pushes, bothWays), { numRuns: Number(process.env['RUNS'] ?? 60) });
  }, 300_000);
});
