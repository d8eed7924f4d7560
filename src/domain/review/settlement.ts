import type { Agency } from '../intake/words.ts';
import type { DecidedTerms } from '../policy/compare-decisions.ts';
import type { PlainDate } from '../time/plain-date.ts';

/** Where a task stands. Stable words. */
export const TASK_STATES = {
  OPEN: ['待核查', 'nobody has settled it yet'],
  ASKED: ['已请名单所属部门核实', 'the owner of a list was asked; settled by an answer or by hand'],
  PROPOSED: ['待复核', 'a settlement that moves money waits for a second person'],
  SETTLED: ['已认定', 'settled by a person'],
  OBSOLETE: ['已消除', 'what raised it no longer stands'],
} as const satisfies Record<string, readonly [zh: string, en: string]>;
/** Where a task stands. */
export type TaskState = keyof typeof TASK_STATES;

/** What a person settles. Subjects are named by key. */
export type Settlement =
  /** 同一人: these subjects are one person. */
  | { readonly kind: 'SAME_PERSON'; readonly subjects: readonly string[] }
  /** 不同的人: no two of these subjects are one person. */
  | { readonly kind: 'DIFFERENT_PEOPLE'; readonly subjects: readonly string[] }
  /** 一号两人: what is told of the subject under these names is told of others, each name another person. */
  | { readonly kind: 'OTHER_PERSONS_NAMES'; readonly subject: string; readonly names: readonly string[] }
  /** 以此值为准: of the subject this value counts. */
  | {
      readonly kind: 'KEEP_VALUE';
      readonly subject: string;
      readonly attribute: 'name' | 'birthDate';
      readonly value: string;
    }
  /** 请名单所属部门核实: asks the owner of a row to check and correct it. */
  | { readonly kind: 'ASK_OWNER'; readonly submission: string; readonly row: number; readonly about: string };
/** The kind of a settlement. */
export type SettlementKind = Settlement['kind'];

/** What a settlement changes of one person's decision by one pack; `null` where there is no decision before or after. */
export interface SettledDifference {
  readonly person: string;
  readonly pack: string;
  readonly before: DecidedTerms | null;
  readonly after: DecidedTerms | null;
}

/** Who acted: an operator of an agency. */
export interface Actor {
  readonly agency: Agency;
  readonly operator: string;
}

/** Where a request to correct a row stands. Stable words. */
export const CORRECTION_STATES = {
  OPEN: ['待答复', 'waits for the owner of the list'],
  ACCEPTED: ['已受理', 'the owner is checking'],
  CORRECTED: ['已更正', 'the owner says it has been corrected by a push'],
  REFUSED: ['不予更正', 'the owner says that the row is right, and why'],
} as const satisfies Record<string, readonly [zh: string, en: string]>;
/** Where a request to correct a row stands. */
export type CorrectionState = keyof typeof CORRECTION_STATES;

/** The days within which an owner answers and a task is to be settled: 政务数据共享条例 art. 26. */
export const WORKING_DAYS_TO_ANSWER = 10;

/** Something with a day by which it is due, in Asia/Shanghai, that day included. */
export interface Due {
  readonly dueOn: PlainDate;
}
