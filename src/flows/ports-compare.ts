import type { Agency } from '../domain/intake/words.ts';
import type { PersonFacts } from '../domain/person/person-facts.ts';
import type { PackProblem } from '../domain/policy/check-pack.ts';
import type { DecisionDifference } from '../domain/policy/compare-decisions.ts';
import type { ShownComparison } from '../domain/access/shown-comparison.ts';
import type { ComparisonTotals } from '../domain/policy/comparison-tally.ts';
import type { PolicyPack } from '../domain/policy/policy-pack.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';

/** Reads a pack from the text of its file: the pack, or everything that is wrong with it. */
export type ReadPackText = (
  text: string,
) =>
  { readonly ok: true; readonly pack: PolicyPack } | { readonly ok: false; readonly problems: readonly PackProblem[] };

/** A changed pack held against the pack in force, over everybody as known at an instant. */
export interface StoredComparison {
  readonly id: string;
  readonly jurisdiction: string;
  readonly agency: Agency;
  /** Id of the pack in force. */
  readonly pack: string;
  readonly policyYear: number;
  /** SHA-256 of the changed pack's text, lower-case hex. */
  readonly changedDigest: string;
  readonly asOf: PlainDate;
  readonly knownAt: Date;
  readonly askedAt: Date;
  readonly status: 'QUEUED' | 'WORKING' | 'DONE' | 'FAILED';
  /** How many persons there are, about; `null` before it is counted. */
  readonly personsToDo: number | null;
  readonly personsDone: number;
  /** `null` as long as it is not done. */
  readonly totals: KeptTotals | null;
  readonly doneAt: Date | null;
}

/** What a comparison came to: exactly, and as whoever may not see exact figures is told it. */
export interface KeptTotals extends ComparisonTotals {
  /** Absent from comparisons of before there was any: then nothing of them is told but exactly. */
  readonly inTens?: ShownComparison;
}

/** A person whom the packs do not decide alike. */
export interface ComparedPerson extends DecisionDifference {
  readonly person: string;
}

/** Where comparisons and what they came to are kept, and the population is read. */
export interface ComparisonStore {
  /** Keeps a comparison that is asked for and adds its job, both or neither. */
  add(comparison: StoredComparison, changedPack: string): Promise<void>;
  find(jurisdiction: string, id: string): Promise<StoredComparison | undefined>;
  /** The text of the changed pack. */
  changedPackOf(jurisdiction: string, id: string): Promise<string | undefined>;
  /** Begins the work, or begins it again: forgets the persons found so far. Counts how many persons there are. */
  begin(comparison: StoredComparison): Promise<void>;
  /** Everybody of whom anything stood at the instant, in order of person id, a batch at a time. */
  everybody(jurisdiction: string, knownAt: Date): AsyncIterable<readonly PersonFacts[]>;
  /** Keeps persons, and says how many are done. */
  keep(comparison: StoredComparison, persons: readonly ComparedPerson[], done: number): Promise<void>;
  finish(comparison: StoredComparison, totals: KeptTotals, at: Date): Promise<void>;
  fail(comparison: StoredComparison): Promise<void>;
  /** The persons of a comparison, in order of person id, a batch at a time. */
  persons(jurisdiction: string, id: string): AsyncIterable<readonly ComparedPerson[]>;
}
