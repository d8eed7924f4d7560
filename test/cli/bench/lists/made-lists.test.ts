import { expect, test } from 'vitest';
import { changedRows, madePayments, madeRoster, type MadeList } from '../../../../src/cli/bench/lists/made-lists.ts';
import { madeIdentity, madePerson } from '../../../../src/cli/bench/made-persons.ts';
import { checkRow } from '../../../../src/domain/intake/check-row.ts';
import { getList } from '../../../../src/lists/registry.ts';

const extent = { rows: 1_000, persons: 3_000 };
const lists: readonly (readonly [name: string, list: MadeList])[] = [
  ['payments', madePayments(extent)],
  ['a roster', madeRoster(extent, 'first')],
  ['a roster a month later', madeRoster(extent, 'changed')],
];
const rowsOf = (list: MadeList) => Array.from({ length: list.rows }, (_, index) => list.rowAt(index));

test.each(lists)('every row of %s is good, but for those that are bad on purpose', (_name, list) => {
  const judged = rowsOf(list).map((row, index) => checkRow(row, index, getList(list.list), '2026-06-01'));
  const findings = judged.flatMap((row) => row.findings.map(({ code }) => code));
  expect(findings).toEqual(Array.from({ length: list.badRows }, () => 'ID_NUMBER_CHECK_DIGIT'));
  expect(list.badRows).toBe(10);
});

test.each(lists)('%s is the same every time, and names each person once', (_name, list) => {
  const rows = rowsOf(list);
  expect(rowsOf(list)).toEqual(rows);
  expect(new Set(rows.map((row) => row['idNumber'])).size).toBe(list.rows);
});

test('rows are about persons of the whole population, by their own names but for a few', () => {
  const rows = rowsOf(madePayments(extent));
  const named = rows.filter((row, index) => row['name'] === madeIdentity(index * 3).name);
  expect(named).toHaveLength(995);
});

test('a roster a month later differs in as many good rows as are said to be changed', () => {
  const [first, later] = [madeRoster(extent, 'first'), madeRoster(extent, 'changed')].map(rowsOf);
  const differing = first!.filter((row, index) => JSON.stringify(row) !== JSON.stringify(later![index]));
  expect(differing).toHaveLength(changedRows(extent.rows));
  expect(changedRows(extent.rows)).toBe(10);
});

test('who a person is does not depend on whether their rows are made too', () => {
  const { idNumber, name, bornOn } = madePerson(4711);
  expect(madeIdentity(4711)).toEqual({ idNumber, name, bornOn });
});
