import { RequestRefused } from './error-answer.ts';

/** What the questions of one client may cost together at one time: two that are as dear as any may be. */
const MOST_OF_A_CLIENT = 20_000;

/** Does the work while it counts for its client. Refuses with `TOO_MANY_AT_ONCE` what would make too much of it. */
export type WhileItCosts = <T>(client: string, cost: number, work: () => Promise<T>) => Promise<T>;

/** Counts what the questions of each client cost that are being answered, so that no client has the hub to itself. */
export function costsUnderWay(): WhileItCosts {
  const underWay = new Map<string, number>();
  const add = (client: string, cost: number): void => {
    const sum = (underWay.get(client) ?? 0) + cost;
    if (sum === 0) underWay.delete(client);
    else underWay.set(client, sum);
  };
  return async (client, cost, work) => {
    if ((underWay.get(client) ?? 0) + cost > MOST_OF_A_CLIENT) throw new RequestRefused('TOO_MANY_AT_ONCE');
    add(client, cost);
    try {
      return await work();
    } finally {
      add(client, -cost);
    }
  };
}
