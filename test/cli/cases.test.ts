import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { hubUrlOf } from '../support/global-database.ts';
import { runStories } from '../../src/cli/stories/run-stories.ts';

/**
 * A resident who pays for 2026 in the window, told twice: once as it comes out, once with four mistakes and without the
 * listing, which the first story alone may know of.
 */
const payment = `
      - {on: "2025-11-15", agency: tax, list: payments, rows: [{policyYear: 2026, amount: "400.00", paidOn: "2025-11-15", creditedOn: "2025-11-15", channel: ONLINE}]}`;
const listing = `
      - {on: "2025-12-05", agency: civil-affairs, list: hardship, rows: [{category: 特困人员, from: "2025-11-01"}]}`;
const STORIES = `
pack: gaoyang-2026
cases:
  - id: HOLDS
    rule: GY26-2.1
    title: 征缴期内正常缴费，当月认定的特困次月才报送
    person: {name: 甲, idNumber: "11010519491231002X"}
    pushes: ${payment}${listing}
    asks:
      - {on: "2025-11-30", policyYear: 2026, expect: {category: null, payable: 400, assisted: false}}
      - {on: "2025-12-31", policyYear: 2026, expect: {assisted: true}}
  - id: FAILS
    rule: GY26-2.1
    title: 期望有误、行被拒绝、无权报送、未获准接入
    person: {name: 甲, idNumber: "11010519491231002X"}
    pushes: ${payment}
      - {on: "2025-11-16", agency: tax, list: payments, rows: [{policyYear: 2026, amount: "四百", paidOn: "2025-11-16", channel: ONLINE}]}
      - {on: "2025-11-17", agency: town, list: payments, rows: [{policyYear: 2026, amount: "400.00", paidOn: "2025-11-17", channel: ONLINE}]}
      - {on: "2025-11-18", agency: statistics, list: deaths, rows: [{diedOn: "2025-11-18"}]}
    asks:
      - {on: "2025-12-31", policyYear: 2026, expect: {payable: 40, assisted: false}}
`;

/**
 * A child named by a birth certificate, then by a number; the payment is under the certificate. One question holds on its own day
 * and afterwards, one on neither, and one push says what is to be worth a look.
 */
const STEPS = `
pack: gaoyang-2026
cases:
  - id: STEPS
    rule: GY26-2.5.4a
    persons:
      certificate: {name: 甲之子, idNumber: "X123456789", idType: BIRTH_CERTIFICATE}
      child: {name: 甲, idNumber: "110105202511110016"}
    steps:
      - {on: "2025-11-20", agency: health, list: births, rows: [{of: certificate, bornOn: "2025-11-11"}]}
      - {on: "2025-12-20", agency: tax, list: payments, key: paid, rows: [{of: certificate, policyYear: 2026, amount: "400.00", paidOn: "2025-12-20", channel: ONLINE}]}
      - {on: "2026-01-25", agency: public-security, list: births, rowFlags: [], rejected: [WORD_UNKNOWN], rows: [{of: child, bornOn: "2025-11-11", certificateNumber: {of: certificate}}]}
      - {on: "2026-02-01", withdraw: paid, operator: clerk-1, because: 录错}
    asks:
      - {on: "2026-01-10", of: child, expect: {known: false}}
      - {on: "2026-01-30", of: child, policyYear: 2026, expect: {samePersonAs: certificate, benefit: ["2025-11-11..2026-12-31"]}}
      - {on: "2026-02-01", of: child, policyYear: 2026, expect: {name: 乙, notSamePersonAs: [certificate], benefit: []}}
`;

/** Two people on one number told apart by two operators, with what that changes; the household has one expectation too many. */
const SETTLED = `
pack: gaoyang-2024
cases:
  - id: SETTLED
    rule: GY24-2.5.3b
    persons:
      owner: {name: 甲某, idNumber: "11010519491231002X"}
      other: {name: 乙氏, idNumber: "11010519491231002X", foundBy: name}
    steps:
      - {on: "2023-09-20", agency: public-security, list: residents, rows: [{of: owner, householdNumber: "1-1", registration: HUKOU, regionCode: "130628", from: "1990-01-01"}]}
      - {on: "2023-10-10", agency: tax, list: payments, rows: [{of: owner, policyYear: 2024, amount: "380.00", paidOn: "2023-10-10", channel: ONLINE}]}
      - {on: "2023-11-06", agency: civil-affairs, list: hardship, rows: [{of: other, category: 低保对象, from: "2023-11-01"}]}
      - {on: "2023-11-10", settle: {kind: TWO_PEOPLE_ON_ONE_NUMBER}, settlement: {otherPersonsNames: {of: owner, names: [乙氏]}}, by: {operator: one}, because: 另有其人, confirmedBy: {operator: two}}
    asks:
      - on: "2023-11-06"
        of: owner
        policyYear: 2024
        expect: {refund: {decision: ALLOWED, amount: 342}, tasks: [{kind: TWO_PEOPLE_ON_ONE_NUMBER, state: OPEN}]}
      - on: "2023-11-10"
        of: owner
        policyYear: 2024
        expect:
          refund: null
          notSamePersonAs: other
          household: {number: "1-1", status: COMPLETE, members: [owner, other], notEnrolled: []}
          tasks: [{kind: TWO_PEOPLE_ON_ONE_NUMBER, state: SETTLED}]
          changes: [{of: owner, because: SETTLEMENT, after: {payable: 380, refund: null}, adjustment: {refund: -342}}]
      - {on: "2023-11-10", of: other, policyYear: 2024, expect: {payable: 38, benefit: []}}
`;

let folder: string;
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

async function run(paths: readonly string[]): Promise<{ readonly lines: readonly string[]; readonly sound: boolean }> {
  const lines: string[] = [];
  const sound = await runStories(paths, {
    verbose: false,
    print: (line) => lines.push(line),
    environment: {
      DATABASE_URL: hubUrlOf(inject('testServer').maintenance),
      DATABASE_OWNER_URL: inject('testServer').maintenance,
    },
  });
  return { lines, sound };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'yidang-cases-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('npm run cases', () => {
  it('tells each story over HTTP, prints what did not hold and fails; nothing of it stays', async () => {
    const { lines, sound } = await run([file('both.yaml', STORIES)]);
    expect(lines).toEqual([
      'FAILS  GY26-2.1  pushes[1] payments row 1: expected "accepted", got ["MONEY_NOT_DECIMAL (amount)"]',
      expect.stringMatching(/^FAILS {2}GY26-2\.1 {2}pushes\[2\] payments: expected "received", got \["FORBIDDEN /),
      expect.stringMatching(/^FAILS {2}GY26-2\.1 {2}pushes\[3\] deaths: expected "received", got \[".*invalid_client/),
      'FAILS  GY26-2.1  payable on 2025-12-31: expected 40, got 400',
      '1 passed, 1 failed',
    ]);
    expect(sound).toBe(false);
    expect(await databasesOfRuns()).toEqual([]);
  });

  it('lets steps happen, and asks on the day and once more when all is told', async () => {
    const { lines } = await run([file('steps.yaml', STEPS)]);
    const missed = (when: string): string[] => [
      `STEPS  GY26-2.5.4a  name on 2026-02-01${when}: expected "乙", got "甲"`,
      `STEPS  GY26-2.5.4a  notSamePersonAs on 2026-02-01${when}: expected "certificate", got "the same"`,
    ];
    expect(lines).toEqual([
      'STEPS  GY26-2.5.4a  steps[2] births rejected: expected ["WORD_UNKNOWN"], got []',
      ...missed(''),
      ...missed(' afterwards'),
      '0 passed, 1 failed',
    ]);
  });

  it('has people settle who is who, and asks what that came to', async () => {
    const { lines } = await run([file('settled.yaml', SETTLED)]);
    const missed = 'expected ["other","owner"], got ["owner"]';
    expect(lines).toEqual([
      `SETTLED  GY24-2.5.3b  household members on 2023-11-10: ${missed}`,
      `SETTLED  GY24-2.5.3b  household members on 2023-11-10 afterwards: ${missed}`,
      '0 passed, 1 failed',
    ]);
  });

  it('is content where every story holds', async () => {
    const holding = STORIES.slice(0, STORIES.indexOf('  - id: FAILS'));
    expect(await run([file('holds.yaml', holding)])).toEqual({ lines: ['1 passed, 0 failed'], sound: true });
  });

  it('fails where there is no story, a malformed one or a pack that nobody lists', async () => {
    expect(await run([file('none.yaml', 'pack: gaoyang-2026\ncases: []')])).toEqual({
      lines: ['0 passed, 0 failed'],
      sound: false,
    });
    const malformed = file('malformed.yaml', 'pack: gaoyang-2026\ncases: [{id: X, rule: R}]');
    expect((await run([malformed])).lines.at(-1)).toBe('0 passed, 1 failed');
    const unknown = file('unknown.yaml', STORIES.replace('gaoyang-2026', 'nowhere-2026'));
    expect((await run([unknown])).lines).toEqual([
      'HOLDS: no jurisdiction lists the pack nowhere-2026',
      'FAILS: no jurisdiction lists the pack nowhere-2026',
      '0 passed, 2 failed',
    ]);
  });
});

async function databasesOfRuns(): Promise<string[]> {
  const client = new pg.Client({ connectionString: inject('testServer').maintenance });
  await client.connect();
  const found = await client.query<{ datname: string }>(
    "select datname from pg_database where datname like 'yidang_cases_%'",
  );
  await client.end();
  return found.rows.map(({ datname }) => datname);
}
