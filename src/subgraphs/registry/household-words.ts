import type { HouseholdStatus, MemberEnrolment } from '../../domain/policy/household-enrolment.ts';
import { wordEnum } from '../word-enum.ts';

/** How members of a household stand to insurance. */
export const MemberEnrolmentWord = wordEnum(
  'MemberEnrolment',
  '成员参保情况：How a member of a household stands to the insurance of a plan year: enrolled, not enrolled, or why they need not be.',
  {
    ENROLLED: '已参保：insured here for the plan year: paid for, enrolled or covered',
    NOT_ENROLLED: '未参保：should be insured here for the plan year and is not',
    DEAD: '已死亡：has died; not to be enrolled',
    DEATH_UNCONFIRMED: '死亡待核实：a death is reported and not confirmed; whether they are to be enrolled is open',
    EMPLOYEE_SCHEME: '已参加职工医保：insured by the employees’ scheme; not to be enrolled',
    INSURED_ELSEWHERE: '已在外地参保：insured by the residents’ scheme of another place; not to be enrolled',
    SERVING: '服役：serving in the forces; not to be enrolled',
    IMPRISONED: '服刑：serving a sentence; not to be enrolled',
  } satisfies Record<MemberEnrolment, string>,
);

/** Whether households are enrolled whole. */
export const HouseholdStatusWord = wordEnum(
  'HouseholdStatus',
  '整户参保状态：Is everybody of a household enrolled who should be? Who need not be does not count.',
  {
    COMPLETE: '全户参保：every member who should be enrolled is',
    PARTIAL: '部分参保：some of the members who should be enrolled are not',
    NONE: '全户未参保：none of the members who should be enrolled is',
  } satisfies Record<HouseholdStatus, string>,
);
