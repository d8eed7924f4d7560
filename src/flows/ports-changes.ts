import type { Claim } from '../domain/claims/claim.ts';
import type { DecidedSubject } from '../domain/identity/subject.ts';
import type { KeptTerms } from '../domain/policy/decision-adjustment.ts';
import type { Agency, ListName } from '../domain/intake/words.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import type { Page } from './ports.ts';

/** Why a decision changed: claims of submissions came or went, something was settled, or the rules or the day are others. */
export type ChangeCause = 'LISTS' | 'SETTLEMENT' | 'RULES_OR_DAY';

/** That what a pack decides of a person changed: never rewritten, never removed. */
export interface DecisionChange {
  /** UUIDv7: in the order in which decisions changed. */
  readonly id: string;
  readonly person: string;
  readonly pack: string;
  /** The day as of which the decisions are. */
  readonly asOf: PlainDate;
  /** When it was decided anew. */
  readonly at: Date;
  readonly because: ChangeCause;
  /** The submissions, or the task. */
  readonly causes: readonly string[];
  /** `null` where nothing was decided of the person before, or nothing is any more. */
  readonly before: KeptTerms | null;
  readonly after: KeptTerms | null;
}

/** A submission behind a change. */
export interface CausingSubmission {
  readonly list: ListName;
  /** `null` where it was not withdrawn. */
  readonly withdrawnAt: Date | null;
}

/** Everything ever told of a person by the documents that ever named them, also what no longer stands. */
export interface PersonHistory {
  readonly person: string;
  readonly subjects: readonly (DecidedSubject & { readonly since: Date; readonly until: Date | null })[];
  readonly claims: readonly (Claim & { readonly endedBy: string | null })[];
}

/** Which changes. */
export interface ChangeFilter {
  /** Only of these packs. */
  readonly packs: readonly string[];
  /** Only of persons of whom this agency has said something that stands; `null`: of everybody. */
  readonly ownOf: Agency | null;
}

/** Where changes of decisions are read: a fixed number of statements a page. */
export interface ChangeStore {
  /** Changes behind a cursor or from an instant on, oldest first. */
  since(
    jurisdiction: string,
    from: { readonly after: string } | { readonly since: Date },
    filter: ChangeFilter,
    first: number,
  ): Promise<Page<DecisionChange>>;
  /** What must be known of submissions to tell what they changed, by id. */
  submissions(jurisdiction: string, ids: readonly string[]): Promise<ReadonlyMap<string, CausingSubmission>>;
  /** Histories of the persons, by person id. */
  histories(jurisdiction: string, persons: readonly string[]): Promise<ReadonlyMap<string, PersonHistory>>;
}
