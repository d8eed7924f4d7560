import { expect } from 'vitest';
import { testHub, type TestHub } from './hub.ts';

/** A verdict as the graph shows it. */
export interface ShownVerdict {
  readonly row: number;
  readonly outcome: string;
  readonly findings: readonly {
    readonly code: string;
    readonly column: string | null;
    readonly zh: string;
    readonly en: string;
  }[];
}

/** What the graph shows of a push. */
export interface ShownPush {
  readonly id: string;
  readonly status: string;
  readonly counts: Readonly<Record<'sent' | 'accepted' | 'unchanged' | 'flagged' | 'rejected', number>>;
  readonly claimsAdded: number;
  readonly claimsEnded: number;
  readonly receipt: { readonly id: string; readonly digest: string; readonly receivedAt: string } | null;
  readonly verdicts: readonly ShownVerdict[];
}

/** A hub that agencies push to over HTTP; its day is set by the test. */
export interface PushingHub extends TestHub {
  /** Sets the hub's clock: nine in the morning of a day, or an instant. */
  setDay(on: string): void;
  /** Pushes rows to a list; the answer is the push shown, or the code of why it was refused. */
  push(client: string, list: string, rows: readonly object[], input?: object): Promise<ShownPush | string>;
  /** Pushes rows that must be received as a whole. */
  received(client: string, list: string, rows: readonly object[], input?: object): Promise<ShownPush>;
}

/** Starts a hub that is easy to push to; stop it in `afterAll`. With `work: 'elsewhere'` its tables change by pushes alone. */
export async function pushingHub(
  options: { readonly work?: 'elsewhere'; readonly revealBecause?: string } = {},
): Promise<PushingHub> {
  let now = new Date();
  let pushes = 0;
  const hub = await testHub({ ...options, clock: { now: () => now } });

  async function push(
    client: string,
    list: string,
    rows: readonly object[],
    input: object = {},
  ): Promise<ShownPush | string> {
    const query = `mutation ($input: Push${list}Input!) { pushed: push${list}(input: $input) {
      id status counts { sent accepted unchanged flagged rejected } claimsAdded claimsEnded
      receipt { id digest receivedAt }
      verdicts(first: 5000) { edges { node { row outcome findings { code column zh en } } } } } }`;
    const variables = { input: { idempotencyKey: `push-${(pushes += 1)}`, rows, ...input } };
    const { body } = await hub.ask(client, { query, variables });
    const shown = body.data?.pushed;
    if (!shown) return body.errors?.[0]?.extensions.code ?? 'no answer';
    return { ...shown, verdicts: shown.verdicts.edges.map(({ node }: { node: ShownVerdict }) => node) };
  }

  return {
    ...hub,
    setDay: (on) => {
      now = new Date(on.length === 10 ? `${on}T09:00:00+08:00` : on);
    },
    push,
    received: async (client, list, rows, input) => {
      const shown = await push(client, list, rows, input);
      if (typeof shown === 'string') return expect.unreachable(`the push was refused: ${shown}`);
      return shown;
    },
  };
}
