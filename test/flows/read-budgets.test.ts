import { expect, it } from 'vitest';
import { BudgetSpent, type BudgetStore } from '../../src/flows/ports-budget.ts';
import { ReadBudgets } from '../../src/flows/read-budgets.ts';
import { callerOf, jurisdictionWith, readerGrant } from '../support/jurisdictions.ts';

const here = jurisdictionWith({ tax: readerGrant({}) });
const caller = callerOf(here, 'tax');

/** Budgets over a store that counts who draws, and gives no more than it has. */
function budgetsWith(most: number) {
  let drawn = 0;
  const draws: number[] = [];
  const draw: BudgetStore['draw'] = async (_jurisdiction, _share, needed) => {
    await new Promise((turn) => setImmediate(turn));
    const amount = drawn + needed <= most ? Math.min(100, most - drawn) : 0;
    drawn += amount;
    draws.push(amount);
    return { amount, until: new Date('2026-03-02T00:00:00Z') };
  };
  const clock = { now: () => new Date('2026-03-01T00:00:00Z') };
  const budgets = new ReadBudgets({ budgets: { draw }, jurisdictions: { find: () => here, all: () => [here] }, clock });
  return { draws, spend: (persons: number) => budgets.spend(caller, { persons, misses: 0 }) };
}

it('requests of one moment share the part that one of them draws', async () => {
  const { draws, spend } = budgetsWith(1_000);
  await Promise.all(Array.from({ length: 32 }, () => spend(1)));
  expect(draws).toEqual([100]);
  await spend(69);
  expect(draws).toEqual([100, 100]);
});

it('who waited for a part that was refused to another draws for itself, and is given what is left', async () => {
  const { draws, spend } = budgetsWith(100);
  const [tooMany, few] = await Promise.allSettled([spend(101), spend(3)]);
  expect(tooMany).toMatchObject({ status: 'rejected', reason: expect.any(BudgetSpent) });
  expect(few.status).toBe('fulfilled');
  expect(draws).toEqual([0, 100]);
});
