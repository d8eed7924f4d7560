import type { Caller } from '../domain/access/caller.ts';
import { decideReviewRead, type ReviewRight } from '../domain/access/decide-review.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import type { MatterKind } from '../domain/identity/identity-matter.ts';
import type { Agency } from '../domain/intake/words.ts';
import type { TaskState } from '../domain/review/settlement.ts';
import type { Page } from './ports.ts';
import { showTasks, type ReviewPorts, type ReviewTaskView } from './show-review.ts';

/** Which tasks are meant; `null` where any are. */
export interface ReviewFilter {
  readonly state: readonly TaskState[] | null;
  readonly kind: readonly MatterKind[] | null;
}

/** How many tasks or requests one page may hold. */
const LARGEST_PAGE = 100;

/** Pages through the tasks that the caller sees, the newest first. Five statements, whatever the size of the page. */
export async function reviewTasks(
  filter: ReviewFilter,
  first: number,
  after: string | null,
  caller: Caller | null,
  ports: ReviewPorts,
): Promise<Answer<Page<ReviewTaskView>>> {
  const right = decideReviewRead(caller, caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined);
  if (!right.ok) return right;
  const size = checkPageSize(first);
  if (!size.ok) return size;

  const agency = ownOf(right.value);
  const page = await ports.reviews.page(
    right.value.jurisdiction.id,
    {
      ...(filter.state && { state: filter.state }),
      ...(filter.kind && { kind: filter.kind }),
      ...(agency && { agency }),
    },
    size.value,
    after,
  );
  return granted({ ...page, items: await showTasks(page.items, right.value, ports) });
}

/** One task; `null` where there is none, and where the caller may not see it. */
export async function reviewTask(
  id: string,
  caller: Caller | null,
  ports: ReviewPorts,
): Promise<Answer<ReviewTaskView | null>> {
  const right = decideReviewRead(caller, caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined);
  if (!right.ok) return right;
  const found = await ports.reviews.find(right.value.jurisdiction.id, id, ownOf(right.value));
  const [shown] = await showTasks(found ? [found] : [], right.value, ports);
  return granted(shown ?? null);
}

/** Of whom something must have been said for a task to be seen; `undefined` where all are. */
export const ownOf = ({ sees, caller }: ReviewRight): Agency | undefined =>
  sees === 'OWN' ? caller.agency : undefined;

/** Is it a size that a page of tasks or requests may have? */
export function checkPageSize(first: number): Answer<number> {
  if (Number.isInteger(first) && first >= 1 && first <= LARGEST_PAGE) return granted(first);
  return refused('BAD_USER_INPUT', `每页条数应为 1 至 ${LARGEST_PAGE}`, `A page holds from 1 to ${LARGEST_PAGE} items`);
}
