import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import type { SettlementMistake } from '../domain/review/check-settlement.ts';
import { isLabel } from './check-labels.ts';

/** A task that is absent, another jurisdiction's, or about nobody of the agency's own where it sees only these. */
export const noSuchTask = (): Answer<never> => refused('NOT_FOUND', '未找到该核查任务', 'There is no such task');

/** A task or request that was changed since it was seen. */
export const stale = (): Answer<never> =>
  refused('STALE_VERSION', '已有人先行办理，请重新查看后再办', 'Somebody changed it meanwhile; look at it again');

/** A task or request with which this cannot be done where it stands. */
export const wrongState = (): Answer<never> =>
  refused('WRONG_STATE', '当前状态不能这样办理', 'This cannot be done with it where it stands');

const MISTAKES: Readonly<Record<SettlementMistake, readonly [zh: string, en: string]>> = {
  KIND_NOT_ADMITTED: ['该类任务不能这样认定', 'A task of this kind is not settled in this way'],
  SUBJECTS_UNFIT: [
    '须列出两个以上不同的证件主体，至少一个属于本任务',
    'Name two or more subjects, one of the task at least',
  ],
  SUBJECT_NOT_OF_TASK: ['有证件主体不属于本任务', 'A subject is none of the task’s'],
  NAMES_UNFIT: ['须列出名单中写明的姓名，且不能是全部', 'Name names that rows give the subject, and not all of them'],
  VALUE_UNKNOWN: ['没有来源写明该值', 'No row gives this value'],
  ROW_UNKNOWN: ['该行不在本任务的依据中', 'The row takes no part in this task'],
};

/** The refusal of a settlement that does not fit its task. */
export function refusedFor(mistake: SettlementMistake): Answer<never> {
  const [zh, en] = MISTAKES[mistake];
  return refused('BAD_USER_INPUT', zh, en);
}

/** Why something is done, trimmed; refused where it says nothing. */
export function checkReason(text: string): Answer<string> {
  const reason = text.trim();
  if (reason !== '' && isLabel(reason)) return granted(reason);
  return refused('BAD_USER_INPUT', '理由须为 1 至 200 个可见字符', 'The reason must be 1 to 200 printable characters');
}
