import type { BudgetStore } from '../flows/ports-budget.ts';
import type { WalledDatabase } from './walled-database.ts';

/** Keeps what was drawn of each budget: one row for each caller and kind, one statement a draw. */
export function budgetStore(walled: WalledDatabase): BudgetStore {
  return {
    draw: async (jurisdiction, { client, operator, kind, limit, span, ahead }, needed, now) => {
      const begun = new Date(now.getTime() - span);
      const values = [jurisdiction, client, operator, kind, now, begun, needed, Math.max(needed, ahead), limit];
      const { rows } = await walled.of(jurisdiction).query<{ last: number; since: Date }>({ ...DRAW, values });
      const [{ last, since }] = rows as [{ last: number; since: Date }];
      return { amount: last, until: new Date(since.getTime() + span) };
    },
  };
}

/** What is over began at `$6` or before. A draw that would be too much leaves the row as it is, but for saying that it drew nothing. */
const DRAW = {
  name: 'budget-draw',
  text: `
insert into audit_budget as b (jurisdiction, client, operator, kind, since, drawn, last)
values ($1, $2, $3, $4, $5,
  case when $7::int <= $9::int then least($8::int, $9::int) else 0 end,
  case when $7::int <= $9::int then least($8::int, $9::int) else 0 end)
on conflict (jurisdiction, client, operator, kind) do update set (since, drawn, last) = (
  select f.since, f.drawn + t.taken, t.taken
  from (select case when b.since > $6 then b.since else excluded.since end as since,
               case when b.since > $6 then b.drawn else 0 end as drawn) f,
  lateral (select case when f.drawn + $7::int <= $9::int then least($8::int, $9::int - f.drawn) else 0 end as taken) t
)
returning last, since`,
};
