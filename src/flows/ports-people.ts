import type { MatterFinder, ReviewStore } from './ports-review.ts';
import type { CardStore } from './ports-search.ts';

/** What is kept of people beside their decisions: all that is done in one transaction happens, or none of it. */
export interface PeopleTransaction {
  readonly cards: Pick<CardStore, 'replace'>;
  readonly matters: MatterFinder;
  /** See {@link ReviewStore.keepMatters}. */
  readonly keepMatters: ReviewStore['keepMatters'];
}

/** Where cards and tasks are kept together: a task may follow from a card that changed, which it does only once. */
export interface PeopleStore {
  inTransaction<T>(jurisdiction: string, work: (tx: PeopleTransaction) => Promise<T>): Promise<T>;
}
