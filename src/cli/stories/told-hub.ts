import type { Agency } from '../../domain/intake/words.ts';
import { signIn, SignInRefused, type HubAddress, type HubAnswer, type HubClient } from '../hub-client.ts';

/** Stories name people, and hold what is answered of them against these names. */
const REVEAL_BECAUSE = '用例核对 / told as a story';

/** The hub that a story is told to. */
export interface StoryHub extends HubAddress {
  /** Sets the day and time that the hub takes for now. */
  setClock(instant: Date): void;
}

/** The agencies of the jurisdiction in which a story is told, each asking in the name of an operator where one is named. */
export type Agencies = (agency: Agency, operator?: string) => HubClient;

/** Agencies that sign in the first time they ask. One that the hub does not let in is answered so. */
export function signedInOnce(jurisdiction: string, hub: HubAddress): Agencies {
  const clients = new Map<string, Promise<HubClient>>();
  return (agency, operator) => ({
    ask: async (operation, variables) => {
      const who = `${agency} ${operator ?? ''}`;
      const signedIn =
        clients.get(who) ??
        signIn(hub, `${jurisdiction}:${agency}`, {
          revealBecause: REVEAL_BECAUSE,
          ...(operator === undefined ? {} : { operator }),
        });
      clients.set(who, signedIn);
      try {
        return await (await signedIn).ask(operation, variables);
      } catch (error) {
        if (!(error instanceof SignInRefused)) throw error;
        return { data: null, errors: [error.message] };
      }
    },
  });
}

/** Why an answer holds nothing. */
export const whyNot = (answer: HubAnswer, otherwise: string): unknown =>
  answer.errors.length > 0 ? answer.errors : otherwise;
