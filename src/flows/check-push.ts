import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import type { ListPush } from './flows.ts';

/** How many rows one push may bring; larger lists come as files. */
const MOST_ROWS = 5_000;

const LONGEST_LABEL = 200;
const UNFIT_FOR_LABELS = /[\p{Cc}\p{Cs}]/u;

/** Is the push as a whole one that can be taken in: a usable idempotency key and labels, some rows and not too many? */
export function checkPush(push: ListPush): Answer<true> {
  if (push.rows.length > MOST_ROWS) {
    return refused(
      'TOO_MANY_ROWS',
      `一次最多报送 ${MOST_ROWS} 行，更大的名单请以文件报送`,
      `At most ${MOST_ROWS} rows can be pushed at once; send a larger list as a file`,
    );
  }
  return push.rows.length === 0 ? noRows() : checkLabels(push);
}

/** An empty snapshot would say that nobody is on the list any more: far more often a mistake than meant. */
export const noRows = (): Answer<never> => refused('BAD_USER_INPUT', '名单没有数据行', 'The list has no rows');

/** Are the idempotency key and the labels ones that can be kept? */
export function checkLabels(push: Pick<ListPush, 'idempotencyKey' | 'period' | 'documentNumber'>): Answer<true> {
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
