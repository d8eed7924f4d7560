import type { Caller } from '../domain/access/caller.ts';
import { granted, type Answer } from '../domain/access/refusal.ts';
import { findSubmission, noSuchSubmission, type FindSubmissionsPorts } from './find-submissions.ts';
import type { StoredSubmission } from './ports.ts';

/** Milliseconds between two looks at a submission. */
const LOOK_EVERY = 1_000;

/** A thing as it is now, and again whenever it has changed, until it changes no more or nobody follows it. */
export type Following<T> = AsyncIterableIterator<T>;

/**
 * One of the agency's own submissions, at once and again whenever it has moved on; the last is how it ended. Access is decided
 * at every look. Refuses like `findSubmission`, and `NOT_FOUND` for an absent one and for another agency's alike.
 */
export async function followSubmission(
  id: string,
  caller: Caller | null,
  ports: FindSubmissionsPorts,
): Promise<Answer<Following<StoredSubmission>>> {
  const look = async (): Promise<Answer<StoredSubmission>> => {
    const found = await findSubmission(id, caller, ports);
    if (!found.ok) return found;
    return found.value ? granted(found.value) : noSuchSubmission();
  };
  const first = await look();
  return first.ok ? granted(following(first.value, look)) : first;
}

/** Is there nothing more to come, until somebody asks for it? */
const isSettled = ({ status, takenInAt, decidedAt }: StoredSubmission): boolean =>
  status !== 'QUEUED' && status !== 'WORKING' && (takenInAt === null || decidedAt !== null);

/**
 * By hand rather than as a generator: whoever goes while nothing changes must end the wait, which a generator that is waiting
 * cannot be told.
 */
function following(
  first: StoredSubmission,
  look: () => Promise<Answer<StoredSubmission>>,
): Following<StoredSubmission> {
  let shown: StoredSubmission | undefined;
  let over = false;
  let wake = (): void => {};
  const pause = (): Promise<void> =>
    new Promise((resume) => {
      const timer = setTimeout(resume, LOOK_EVERY);
      wake = () => {
        clearTimeout(timer);
        resume();
      };
    });
  const end: IteratorReturnResult<undefined> = { done: true, value: undefined };

  const next = async (): Promise<IteratorResult<StoredSubmission>> => {
    if (!shown) return { done: false, value: (shown = first) };
    for (;;) {
      if (over || isSettled(shown)) return end;
      await pause();
      const seen = over ? undefined : await look();
      // Access may end while somebody follows; then so does what they see.
      if (!seen?.ok) return end;
      if (JSON.stringify(seen.value) !== JSON.stringify(shown)) return { done: false, value: (shown = seen.value) };
    }
  };
  return {
    next,
    return: async () => {
      over = true;
      wake();
      return end;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
