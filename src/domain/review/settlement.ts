import type { Agency } from '../intake/words.ts';
import type { KeptTerms } from '../policy/decision-adjustment.ts';

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
  readonly before: KeptTerms | null;
  readonly after: KeptTerms | null;
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

/** What was done about a task. Stable words. */
export const TASK_STEPS = {
  OPENED: ['立任务', 'the matter came up'],
  REOPENED: ['重新待核查', 'the matter came up again, or with names or subjects that nobody had settled'],
  CHANGED: ['范围变化', 'other subjects are concerned'],
  ASKED: ['请部门核实', 'the owner of a row was asked'],
  ANSWERED: ['部门不予更正', 'the owner says that the row is right'],
  PROPOSED: ['提出认定', 'somebody settled it; since money would move, a second person must confirm'],
  RECOMPUTED: ['影响已变化', 'what the proposal would change is no longer what was shown'],
  TAKEN_BACK: ['收回提议', 'the proposal was taken back'],
  SETTLED: ['认定', 'somebody settled it, or a second person confirmed it'],
  UNDONE: ['撤销认定', 'what was settled was ended'],
  OBSOLETE: ['已消除', 'what raised it no longer stands'],
} as const satisfies Record<string, readonly [zh: string, en: string]>;
/** What was done about a task. */
export type TaskStep = keyof typeof TASK_STEPS;

/** What may be done about a request that stands somewhere: a closed one is never answered again. */
export function mayBecome(from: CorrectionState, to: CorrectionState): boolean {
  if (from === 'OPEN') return to !== 'OPEN';
  return from === 'ACCEPTED' && (to === 'CORRECTED' || to === 'REFUSED');
}
