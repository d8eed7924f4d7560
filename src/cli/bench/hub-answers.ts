import type { ListHub } from './lists/list-hub.ts';
import { PLACE } from './made-persons.ts';
import type { Helper } from './processes.ts';

/** The agency that sees every list and every decision, so that nothing is left out of an answer. */
const ASKING = 'medical-insurance';

/** The two operations that are measured, as they are published. */
export type Operation = 'PersonDecision' | 'PeopleDecisions';

/** The body of a request for one person, or for many in one. */
export function bodyFor(idNumbers: string | readonly string[]): string {
  const common = { purpose: 'BENEFIT_ADMINISTRATION', policyYear: 2026 };
  return typeof idNumbers === 'string'
    ? JSON.stringify({ documentId: 'PersonDecision', variables: { idNumber: idNumbers, ...common } })
    : JSON.stringify({ documentId: 'PeopleDecisions', variables: { idNumbers, ...common } });
}

/** A server of the bench with what it takes to ask it. */
export interface Asked {
  readonly url: string;
  readonly token: string;
}

/** A token is good for some minutes: it is obtained anew for each piece of work. */
export const tokenFrom = (watched: Helper): Promise<string> => watched.ask<string>('token', `${PLACE}:${ASKING}`);

/** The door of the hub, with a token for one piece of work. */
export const doorOf = async (hub: ListHub): Promise<Asked> => ({ url: hub.url, token: await hub.tokenOf(ASKING) });

/** Asks once and gives the data; throws where there are errors. */
export async function answerOf({ url, token }: Asked, body: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  });
  const { data, errors } = (await response.json()) as { data?: Record<string, unknown>; errors?: unknown };
  if (!data || errors !== undefined) throw new Error(`answered with errors: ${JSON.stringify(errors)}`);
  return data;
}
