import { expect, test } from 'vitest';
import { namingLists } from '../../../../src/cli/bench/lists/made-matches.ts';

test('eight lists name 1.3 persons a person of the population, each list everybody once', () => {
  const lists = namingLists(10_000);
  expect(lists).toHaveLength(8);
  expect(lists.reduce((sum, { rows }) => sum + rows, 0)).toBe(13_000);
  for (const { rows, personAt } of lists) {
    expect(new Set(Array.from({ length: rows }, (_, index) => personAt(index))).size).toBe(rows);
  }
});

test('one row in a hundred names somebody whom nobody knows, and no two lists the same one', () => {
  const strangers = namingLists(10_000).flatMap(({ rows, personAt }) =>
    Array.from({ length: rows }, (_, index) => personAt(index)).filter((person) => person >= 10_000),
  );
  expect(strangers).toHaveLength(130);
  expect(new Set(strangers).size).toBe(130);
});
