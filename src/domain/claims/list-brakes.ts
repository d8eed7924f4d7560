import type { ListMode, RowCounts } from '../intake/list-definition.ts';
import type { ListChanges, SubmissionRemark } from '../intake/submission.ts';
import type { ListName } from '../intake/words.ts';

/** Shares and numbers beyond which a list as a whole looks wrong; a jurisdiction sets them. */
export interface BrakeLimits {
  readonly shrink: { readonly percent: number; readonly butAtLeast: number };
  readonly newDeaths: number;
  readonly badRowsPercent: number | null;
}

/** What a push would change, beside what it could have left out. */
export interface PushEffect {
  readonly list: ListName;
  readonly mode: ListMode;
  readonly changes: ListChanges;
  /** Matters that stand, that the snapshot covers and that are not over: as many as it could drop. */
  readonly stood: number;
}

/** Why a list that looks wrong waits for a second person; empty where nothing holds it. */
export function listBrakes(effect: PushEffect, limits: BrakeLimits): readonly SubmissionRemark[] {
  return [
    ...(shrinksTooMuch(effect, limits) ? [REMARKS.SHRINKS_TOO_MUCH] : []),
    ...(effect.list === 'deaths' && effect.changes.added > limits.newDeaths ? [REMARKS.TOO_MANY_NEW_DEATHS] : []),
  ];
}

/** Is a larger share of the rows rejected than the jurisdiction bears? Then the list is refused whole. */
export function tooManyBadRows({ sent, rejected }: RowCounts, { badRowsPercent }: BrakeLimits): boolean {
  return badRowsPercent !== null && rejected * 100 > sent * badRowsPercent;
}

/** The remark of a code, told in both languages. */
export function remarkOf(code: SubmissionRemark['code']): SubmissionRemark {
  return REMARKS[code];
}

function shrinksTooMuch({ mode, changes, stood }: PushEffect, { shrink }: BrakeLimits): boolean {
  return mode === 'SNAPSHOT' && changes.dropped >= shrink.butAtLeast && changes.dropped * 100 > stood * shrink.percent;
}

const remark = (code: SubmissionRemark['code'], zh: string, en: string): SubmissionRemark => ({ code, zh, en });

const REMARKS: Readonly<Record<SubmissionRemark['code'], SubmissionRemark>> = {
  SHRINKS_TOO_MUCH: remark(
    'SHRINKS_TOO_MUCH',
    '整份名单比在册减少过多，须由本部门另一人放行',
    'The list drops too large a share of what stands; a second person of the agency has to release it',
  ),
  TOO_MANY_NEW_DEATHS: remark(
    'TOO_MANY_NEW_DEATHS',
    '新增死亡人数超过上限，须由本部门另一人放行',
    'The list adds more deaths than the limit; a second person of the agency has to release it',
  ),
  TOO_MANY_BAD_ROWS: remark(
    'TOO_MANY_BAD_ROWS',
    '不合格行的比例超过上限，整份未接收',
    'A larger share of the rows is bad than the limit allows; nothing was taken in',
  ),
  CATEGORY_NOT_GRANTED: remark(
    'CATEGORY_NOT_GRANTED',
    '名单含未获准报送的身份类别，整份未接收',
    'The list holds a category that the agency may not push; nothing was taken in',
  ),
  WORK_BROKE_OFF: remark(
    'WORK_BROKE_OFF',
    '处理三次中断，已搁置；可以重新发起处理',
    'The work broke off three times and was set aside; it can be driven again',
  ),
};
