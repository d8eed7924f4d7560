import { refused, type Answer } from '../domain/access/refusal.ts';
import { checkLabels, noRows } from './check-labels.ts';
import type { ListPush } from './flows.ts';

/** How many rows one push may bring; larger lists come as files. */
const MOST_ROWS = 5_000;

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
