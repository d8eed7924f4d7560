import type { DecisionCodes } from '../domain/policy/decision-codes.ts';
import type { PersonFacts } from '../domain/person/person-facts.ts';
import type { PopulationCell } from '../domain/policy/population-cells.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import type { StoredSubmission } from './ports.ts';

/** Puts failed work back to where it begins. */
export interface FailedWork {
  /**
   * A submission on which the work broke off waits for its turn again, its tries counted anew. `undefined` where there is none of
   * that id, or it has not failed.
   */
  takeUpAgain(jurisdiction: string, submission: string): Promise<StoredSubmission | undefined>;
}

/** What a set of decisions is decided by: the rules, as a digest, and the day. Equal ones give equal decisions. */
export interface DecidedBy {
  readonly digest: string;
  readonly asOf: PlainDate;
}

/** The decisions of one pack about everybody in a jurisdiction of whom anything stands, all as of one day. */
export interface DecisionSet {
  readonly jurisdiction: string;
  readonly pack: string;
  /** The generation that counts; `null` before the first was built. */
  readonly generation: number | null;
  readonly decidedBy: DecidedBy | null;
  readonly builtAt: Date | null;
  /** What it shall be decided by next; equal to `decidedBy` when nothing is to be done. */
  readonly wanted: DecidedBy;
}

/** Which decisions: those of a set in one generation. */
export type DecisionGeneration = Pick<DecisionSet, 'jurisdiction' | 'pack'> & { readonly generation: number };

/** What a pack says of one person. */
export interface PersonDecision {
  readonly person: string;
  readonly codes: DecisionCodes;
}

/** Why persons are decided anew: it stays with every decision that changes. */
export interface DecidingBecause {
  readonly because: 'LISTS' | 'SETTLEMENT';
  /** The submissions, or the task. */
  readonly causes: readonly string[];
  readonly at: Date;
}

/** Decisions of one generation. */
export interface GenerationDecisions {
  readonly to: DecisionGeneration;
  /** The day as of which they are. */
  readonly asOf: PlainDate;
  readonly decisions: readonly PersonDecision[];
}

/** Takes decisions to be written, and writes some persons' while more are added. */
export interface DecisionWriter {
  /** Of these persons, exactly these decisions shall be there, all at once; those that are there already stay untouched. */
  add(persons: readonly string[], decisions: readonly GenerationDecisions[]): Promise<void>;
  /** Resolves when everything that was added is written, or nothing more will be. */
  end(): Promise<void>;
}

/** A submission whose persons are still to be decided, as it stood when that began. */
export interface UndecidedSubmission {
  readonly id: string;
  readonly withdrawn: boolean;
}

/** Persons whom settlements of a task concern, still to be decided; `since` the last of these settlements. */
export interface UndecidedTask {
  readonly task: string;
  readonly since: Date;
}

/** Some of the persons whom submissions or tasks touch. */
export interface TouchedPersons {
  /** Their ids; also of persons who have been joined into others, or of whom nothing stands any more. */
  readonly persons: readonly string[];
  /** Everything that stands of those of whom anything stands. */
  readonly facts: readonly PersonFacts[];
}

/** Decisions of one jurisdiction, while nobody else changes what counts. */
export interface DecidingAlone {
  sets(): Promise<readonly DecisionSet[]>;
  /** Submissions, in order of receipt, that were taken in or withdrawn and are still to be decided: a large one, or some small. */
  undecided(): Promise<readonly UndecidedSubmission[]>;
  /** Tasks that were settled or undone and whose persons are still to be decided. */
  undecidedTasks(): Promise<readonly UndecidedTask[]>;
  /** The persons that the submissions or tasks touch, each once, a batch at a time, with what stands of them no earlier than this call. */
  touchedBy(causes: readonly string[]): AsyncIterable<TouchedPersons>;
  /**
   * Writes decisions over those that are there, and for each that changes an entry that tells so; both or neither.
   *
   * @param because `null` for a generation that does not count yet: nothing changes by it
   * @param onWritten told how many persons are written so far
   */
  replacing(because: DecidingBecause | null, onWritten?: (persons: number) => Promise<void>): DecisionWriter;
  /** Writes on a submission how many of its persons are decided. */
  tellProgress(submission: string, persons: number, at: Date): Promise<void>;
  /**
   * The persons of these submissions are decided, unless one was withdrawn meanwhile. Generations that are being built will have to
   * take them again.
   */
  markDecided(submissions: readonly UndecidedSubmission[], at: Date): Promise<void>;
  /** The persons of a task are decided, unless it was settled again meanwhile. Generations being built will have to take them again. */
  markTaskDecided(task: UndecidedTask, at: Date): Promise<void>;
  /** Submissions and tasks that were marked while the generation was being built. */
  missedBy(building: DecisionGeneration): Promise<readonly string[]>;
  /** From now on this generation counts; for each decision that is another than in the one before, an entry tells so. */
  establish(built: DecisionGeneration, decidedBy: DecidedBy, at: Date): Promise<void>;
}

/** Where decisions about everybody are kept. */
export interface DecisionStore {
  /** The sets of a jurisdiction. */
  sets(jurisdiction: string): Promise<readonly DecisionSet[]>;
  /** A set shall be decided by something else: says so and adds the job, both or neither. */
  want(jurisdiction: string, pack: string, wanted: DecidedBy): Promise<void>;
  /** Decides in a jurisdiction while nobody else does; waits for whoever does. */
  alone<T>(jurisdiction: string, work: (deciding: DecidingAlone) => Promise<T>): Promise<T>;
  /** Begins a generation beside the one that counts; what is left of an unfinished one goes. */
  begin(jurisdiction: string, pack: string): Promise<DecisionGeneration>;
  /** Everybody of whom anything stands, with all that stands of them, in order of person id, a batch at a time. */
  everybody(jurisdiction: string): AsyncIterable<readonly PersonFacts[]>;
  /** Writes a whole generation: all of it or nothing. */
  write(to: DecisionGeneration, decisions: AsyncIterable<readonly PersonDecision[]>): Promise<void>;
  /** Removes the generations of the set that do not count. */
  prune(jurisdiction: string, pack: string): Promise<void>;
}

/** What a pack decides of everybody in a jurisdiction of whom anything stands. */
export interface CountedPopulation {
  readonly pack: string;
  /** The day as of which everybody is decided. */
  readonly asOf: PlainDate;
  /** When everybody was last decided at once; what was pushed since is in the figures as well. */
  readonly builtAt: Date;
  /** Pushes and settled tasks whose persons are still to be decided. */
  readonly pending: number;
  /** Everybody, each in one cell. */
  readonly cells: readonly PopulationCell[];
}

/** Where decisions about everybody are counted. */
export interface PopulationStore {
  /** Counts the set that stands; `undefined` before there is one. One statement, so that all figures are of one moment. */
  summarise(jurisdiction: string, pack: string): Promise<CountedPopulation | undefined>;
}
