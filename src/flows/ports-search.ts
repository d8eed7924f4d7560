import type { Agency, Category } from '../domain/intake/words.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import type { Page } from './ports.ts';

/** By what people of a jurisdiction are searched; every part that is given must fit. */
export interface PersonSearch {
  /** The beginning of the name, as names are compared. */
  readonly name?: string;
  readonly birthDate?: PlainDate;
  /** A village, town or district by the beginning of its region code. */
  readonly regionCode?: string;
  readonly householdNumber?: string;
  /** What the pack of a plan year decides. */
  readonly decided?: {
    readonly pack: string;
    /** The identity whose tier is used; `null` for ordinary residents. */
    readonly category?: Category | null;
    readonly enrolment?: EnrolmentState;
  };
  /** Only persons of whom this agency has said something that stands. */
  readonly ownOf?: Agency;
}

/** Is a person enrolled for a plan year? `PAID`: something was paid; `NOT_ENROLLED`: nothing was paid and no cover is decided. */
export type EnrolmentState = 'PAID' | 'COVERED_WITHOUT_PAYMENT' | 'NOT_ENROLLED';

/** By what a person is found, as the claims that stand tell it. */
export interface PersonCard {
  readonly person: string;
  readonly name: string | null;
  /** The name as names are compared. */
  readonly bareName: string | null;
  readonly birthDate: PlainDate | null;
  readonly regionCode: string | null;
  readonly householdNumber: string | null;
  readonly deceased: boolean;
}

/** Where people are searched: two statements a page, whatever its size and however many there are. */
export interface SearchStore {
  /** Ids of the persons found, in order of name and id, and how many there are in all. */
  search(jurisdiction: string, search: PersonSearch, first: number, after: string | null): Promise<Page<string>>;
  /** The subjects who were registered in a household on or up to a day, as known at the instant. */
  householdMembers(jurisdiction: string, householdNumber: string, knownAt: Date): Promise<readonly string[]>;
  /** Persons whom rows of a submission are about, by row number, as linked now. */
  personsOfRows(
    jurisdiction: string,
    submission: string,
    rows: readonly number[],
  ): Promise<ReadonlyMap<number, string>>;
}

/** Where cards are kept, by the job that decides. */
export interface CardStore {
  /**
   * Of these persons, exactly these cards are there afterwards.
   * @returns groups of persons who share bare name and birthday with one whose card changed, each with all of their ids
   */
  replace(
    jurisdiction: string,
    persons: readonly string[],
    cards: readonly PersonCard[],
  ): Promise<
    readonly { readonly bareName: string; readonly birthDate: PlainDate; readonly persons: readonly string[] }[]
  >;
}
