import { setTimeout as pause } from 'node:timers/promises';
import { PushRefused } from './send-file.ts';
import type { HubAccess } from './tokens.ts';

/** A submission as the command needs it. */
export interface FollowedSubmission {
  readonly id: string;
  readonly status: string;
  readonly counts: Readonly<Record<'sent' | 'accepted' | 'unchanged' | 'flagged' | 'rejected', number>>;
  readonly changes: Readonly<Record<'added' | 'changed' | 'dropped' | 'unchanged', number>>;
  readonly progress: { readonly stage: string; readonly rowsDone: number; readonly rate: number | null } | null;
  readonly report: readonly {
    readonly code: string;
    readonly column: string | null;
    readonly severity: string;
    readonly zh: string;
    readonly rows: number;
    readonly examples: readonly number[];
  }[];
  readonly remarks: readonly { readonly code: string; readonly zh: string; readonly en: string }[];
}

const QUERY = `query Followed($id: ID!) { submission(id: $id) {
  id status counts { sent accepted unchanged flagged rejected } changes { added changed dropped unchanged }
  progress { stage rowsDone rate } report { code column severity zh rows examples } remarks { code zh en } } }`;

/** Milliseconds between questions: few at first, so that a short list is soon told, then growing. */
const PAUSE = { first: 200, growth: 1.4, longest: 5_000 };
/** Questions that may fail one after another, for a hub that is being restarted. */
const MOST_FAILURES = 20;

/** Asks after a submission until the work on it has ended; `onProgress` is told of every answer. */
export async function followWork(
  id: string,
  access: HubAccess,
  onProgress: (submission: FollowedSubmission) => void,
): Promise<FollowedSubmission> {
  let failures = 0;
  for (let wait = PAUSE.first; ; wait = Math.min(wait * PAUSE.growth, PAUSE.longest)) {
    const found = await ask(id, access).catch((error: Error) => {
      failures += 1;
      if (error instanceof PushRefused || failures === MOST_FAILURES) throw error;
      return undefined;
    });
    if (found) {
      failures = 0;
      if (found.status !== 'QUEUED' && found.status !== 'WORKING') return found;
      onProgress(found);
    }
    await pause(wait);
  }
}

async function ask(id: string, access: HubAccess): Promise<FollowedSubmission> {
  const response = await fetch(`${access.hub}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await access.token()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY, variables: { id } }),
  });
  const { data, errors } = (await response.json()) as {
    readonly data?: { readonly submission: FollowedSubmission | null } | null;
    readonly errors?: readonly { readonly message: string }[];
  };
  if (data?.submission) return data.submission;
  const said = errors?.map(({ message }) => message).join('\n') ?? '没有这份报送 / there is no such submission';
  if (response.status < 500) throw new PushRefused(said);
  throw new Error(said);
}
