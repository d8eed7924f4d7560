import { granted, refused, type Answer } from '../domain/access/refusal.ts';

/** The words by which a sender names a push. */
export interface PushLabels {
  readonly idempotencyKey: string;
  readonly period: string | null;
  readonly documentNumber: string | null;
}

const LONGEST_LABEL = 200;
const UNFIT_FOR_LABELS = /[\p{Cc}\p{Cs}]/u;

/** An empty snapshot would say that nobody is on the list any more: far more often a mistake than meant. */
export const noRows = (): Answer<never> => refused('BAD_USER_INPUT', '名单没有数据行', 'The list has no rows');

/** Are the idempotency key and the labels ones that can be kept? */
export function checkLabels(push: PushLabels): Answer<true> {
  if (push.idempotencyKey.trim() === '' || !isLabel(push.idempotencyKey)) {
    return refused(
      'BAD_USER_INPUT',
      `幂等键须为 1 至 ${LONGEST_LABEL} 个可见字符`,
      `The idempotency key must be 1 to ${LONGEST_LABEL} printable characters`,
    );
  }
  if (!isLabel(push.period ?? '') || !isLabel(push.documentNumber ?? '')) {
    return refused(
      'BAD_USER_INPUT',
      `期次和文号最多 ${LONGEST_LABEL} 个可见字符`,
      `Period and document number may have at most ${LONGEST_LABEL} printable characters`,
    );
  }
  return granted(true);
}

/** Is it a text that a label may have? */
export const isLabel = (text: string): boolean => text.length <= LONGEST_LABEL && !UNFIT_FOR_LABELS.test(text);
