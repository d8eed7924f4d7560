import type { Caller } from '../domain/access/caller.ts';
import type { Flows } from '../flows/flows.ts';
import type { HouseholdLoader, PersonLoader, RowLoader } from './loaders.ts';

/** What every resolver is given: who asks, what the hub can do, and the loaders of this one request. */
export interface HubContext {
  /** Null without a valid token; every flow refuses it. */
  readonly caller: Caller | null;
  readonly flows: Flows;
  readonly persons: PersonLoader;
  readonly households: HouseholdLoader;
  readonly rows: RowLoader;
  /** Names the request in logs and errors. */
  readonly requestId: string;
}
