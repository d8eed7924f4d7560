import { WORKING_DAYS_TO_ANSWER } from '../domain/review/settlement.ts';
import { dayInShanghai, type PlainDate } from '../domain/time/plain-date.ts';
import type { WorkingDays } from './ports-review.ts';

/** The day by which something that is asked or found at an instant is to be answered (政务数据共享条例 art. 26). */
export const dueFrom = (at: Date, workingDays: WorkingDays): PlainDate =>
  workingDays.after(dayInShanghai(at), WORKING_DAYS_TO_ANSWER);
