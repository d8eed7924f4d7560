import type pg from 'pg';
import type { PeopleStore } from '../flows/ports-people.ts';
import type { Ids } from '../flows/ports.ts';
import { cardStore } from './card-store.ts';
import { matterFinder } from './find-matters.ts';
import { inTransaction } from './in-transaction.ts';
import { keepMatters } from './keep-matters.ts';

/** Keeps cards and the tasks that follow from them, both or neither. */
export const peopleStore = (pool: pg.Pool, ids: Ids): PeopleStore => ({
  inTransaction: (work) =>
    inTransaction(pool, (client) =>
      work({
        cards: cardStore(client),
        matters: matterFinder(client),
        keepMatters: (...what) => keepMatters(client, ids, ...what),
      }),
    ),
});
