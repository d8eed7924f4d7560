import type { PeopleStore } from '../flows/ports-people.ts';
import type { Ids } from '../flows/ports.ts';
import { cardStore } from './card-store.ts';
import { matterFinder } from './find-matters.ts';
import { inTransaction } from './in-transaction.ts';
import { keepMatters } from './keep-matters.ts';
import type { WalledDatabase } from './walled-database.ts';

/** Keeps cards and the tasks that follow from them, both or neither. */
export const peopleStore = (walled: WalledDatabase, ids: Ids): PeopleStore => ({
  inTransaction: (jurisdiction, work) => {
    const inside = walled.of(jurisdiction);
    return inTransaction(inside, (client) =>
      work({
        cards: cardStore({ of: () => client }, () => inside.seal),
        matters: matterFinder(client, inside.seal),
        keepMatters: (...what) => keepMatters(client, { ids, seal: inside.seal }, ...what),
      }),
    );
  },
});
