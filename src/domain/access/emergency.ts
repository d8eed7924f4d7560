import type { Agency } from '../intake/words.ts';
import { ACCESS_RULES, decideByRule, type Granted } from './access-rules.ts';
import type { Caller, Jurisdiction } from './caller.ts';
import { readRightOf, type ReadRight } from './decide-read.ts';
import { granted, refused, type Answer } from './refusal.ts';

/** The widest an emergency can be: whoever needs more asks again, and two persons decide again. */
export const WIDEST_EMERGENCY = { minutes: 60, numbers: 20 } as const;

/** Milliseconds in which a second person can approve what was asked; later it has lapsed. The store's statements say the same hour. */
const WAITS_FOR = 60 * 60_000;

/** Leave for one of an agency's staff to look up some people whom the agency may otherwise not know of, given by another. */
export interface Emergency {
  readonly id: string;
  readonly jurisdiction: string;
  readonly agency: Agency;
  readonly because: string;
  /** How many numbers may be asked for, whether or not there is anybody; and how many were. */
  readonly numbers: number;
  readonly used: number;
  /** How long it holds once it is approved. */
  readonly minutes: number;
  /** Who may use it. */
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly approvedBy: string | null;
  /** Until when it holds; `null` before it is approved. */
  readonly until: Date | null;
  readonly endedBy: string | null;
  readonly endedAt: Date | null;
  /** When it was read, by the clock of the database, like every instant here: the clocks of processes may differ. */
  readonly asOf: Date;
}

/** Where an emergency stands: only an `OPEN` one opens anything. */
export type EmergencyState = 'ASKED' | 'LAPSED' | 'OPEN' | 'USED_UP' | 'EXPIRED' | 'ENDED';

/** Where an emergency stood when it was read. */
export function stateOf({ endedAt, until, askedAt, asOf, used, numbers }: Emergency): EmergencyState {
  if (endedAt !== null) return 'ENDED';
  if (until === null) return asOf.getTime() < askedAt.getTime() + WAITS_FOR ? 'ASKED' : 'LAPSED';
  if (asOf >= until) return 'EXPIRED';
  return used < numbers ? 'OPEN' : 'USED_UP';
}

/** May the caller ask for, approve and use emergencies at all? Needs the grant `emergency` and its scope. */
export const decideEmergency = (caller: Caller | null, own: Jurisdiction | undefined): Answer<Granted> =>
  decideByRule('USE_EMERGENCY', caller, own);

/** In whose name an emergency is asked for, approved, ended or used: always somebody's. */
export function decideEmergencyOperator({ operator }: Caller): Answer<string> {
  if (operator !== undefined) return granted(operator);
  return refused(
    'FORBIDDEN',
    '应急查询须指明经办人：申请令牌时请带 operator 参数',
    'An emergency needs a named person: ask for the token with the parameter operator',
  );
}

/** May the caller approve this one? A second person of the same agency, while it waits. */
export function decideApproval(emergency: Emergency, caller: Caller): Answer<string> {
  const operator = decideEmergencyOperator(caller);
  if (!operator.ok) return operator;
  if (operator.value === emergency.askedBy) {
    return refused(
      'FORBIDDEN',
      '应急查询须由申请人以外的另一人批准',
      'An emergency takes a second person: not the one who asked for it',
    );
  }
  return stateOf(emergency) === 'ASKED' ? operator : noLongerAsked();
}

const noLongerAsked = (): Answer<never> =>
  refused('WRONG_STATE', '该应急查询不在待批准状态', 'The emergency does not wait for approval');

/** What whoever has no open emergency for so many numbers is told: none, used up, over and ended are one. */
export const noEmergency = (): Answer<never> => refused('FORBIDDEN', ...ACCESS_RULES.USE_EMERGENCY.refusal);

/**
 * What is seen of persons in an emergency: everybody may be asked for, by number alone, and every list says what it says of them. Names and
 * numbers are masked as for any read: whole only by the rule `REVEAL` and its reason.
 */
export const emergencyRight = (letIn: Granted): ReadRight => ({
  ...readRightOf(letIn),
  knows: 'EVERYBODY',
  lists: 'ALL',
});
