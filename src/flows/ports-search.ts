import type { Agency, Category } from '../domain/intake/words.ts';
import type { ToldResidence } from '../domain/person/household.ts';
import type { Namesakes } from '../domain/person/namesake-matters.ts';
import type { PersonCard } from '../domain/person/person-card.ts';
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

/**
 * Is a person enrolled for a plan year? `PAID`: something was paid; `NOT_ENROLLED`: they live, nothing was paid and no cover is
 * decided.
 */
export type EnrolmentState = 'PAID' | 'COVERED_WITHOUT_PAYMENT' | 'NOT_ENROLLED';

/** A person found, and the cursor after which to go on from them. */
export interface FoundPerson {
  readonly person: string;
  readonly cursor: string;
}

/** What tells who was in some households: registrations of everybody who ever was in one, and the subjects to look for. */
export interface HouseholdResidences {
  readonly residences: readonly ToldResidence[];
  readonly subjects: readonly string[];
}

/** Where people are searched: a fixed number of statements, whatever the size of the page and however many there are. */
export interface SearchStore {
  /**
   * The persons found, in the order of the keys of names and of ids, and how many there are in all. Two statements; one
   * more for a beginning longer than the three characters that keys tell apart, of which the names are opened.
   */
  search(jurisdiction: string, search: PersonSearch, first: number, after: string | null): Promise<Page<FoundPerson>>;
  /**
   * Every registration, told by the instant, of the subjects of whom one in these households was told by then; at most `most` of
   * them, in which case there may be more. One statement.
   */
  residencesOf(
    jurisdiction: string,
    householdNumbers: readonly string[],
    knownAt: Date,
    most: number,
  ): Promise<HouseholdResidences>;
  /** Persons whom rows of a submission are about, by row number, as linked now; rejected rows are about nobody. One statement. */
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
   *
   * @param subjects of these persons, or that once were theirs
   * @returns everybody who shares name and birthday with one whose card is another than before, or did with what it was; and, where
   *   the subjects are or were a matter of namesakes or something was settled of them, whoever shares them with those concerned
   */
  replace(
    jurisdiction: string,
    persons: readonly string[],
    subjects: readonly string[],
    cards: readonly PersonCard[],
  ): Promise<readonly Namesakes[]>;
  /** Where there are people and cards of none of them, adds the job that makes them. */
  wantMissing(jurisdiction: string): Promise<void>;
}
