import type { IdentityMatter } from '../domain/identity/identity-matter.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import type { MatterFinder } from './ports-review.ts';
import type { CardStore } from './ports-search.ts';

/** What is kept of people beside their decisions: all that is done in one transaction happens, or none of it. */
export interface PeopleTransaction {
  readonly cards: Pick<CardStore, 'replace'>;
  readonly matters: MatterFinder;
  /**
   * Of the subjects, exactly these matters are open: opens a task for each that has none, or was settled before names or subjects
   * joined it that it has now; says of open ones which subjects they are about; and sets aside (`OBSOLETE`) tasks of these
   * subjects whose matter no longer stands and of which nothing is settled; where something is, that is how they stand.
   */
  keepMatters(
    jurisdiction: string,
    subjects: readonly string[],
    matters: readonly IdentityMatter[],
    opened: OpenedTasks,
  ): Promise<void>;
}

/** When tasks are opened, and until when they are to be settled. */
export interface OpenedTasks {
  readonly at: Date;
  readonly dueOn: PlainDate;
}

/** Where cards and tasks are kept together: a task may follow from a card that changed, which it does only once. */
export interface PeopleStore {
  inTransaction<T>(jurisdiction: string, work: (tx: PeopleTransaction) => Promise<T>): Promise<T>;
}
