import type { Emergency } from '../domain/access/emergency.ts';
import type { Agency } from '../domain/intake/words.ts';

/** Whose emergency is used: the staff member who asked for it. */
export interface EmergencyUser {
  readonly jurisdiction: string;
  readonly agency: Agency;
  readonly operator: string;
}

/** What an emergency begins with. */
export type NewEmergency = Pick<
  Emergency,
  'id' | 'jurisdiction' | 'agency' | 'because' | 'numbers' | 'minutes' | 'askedBy'
>;

/** Where emergencies are kept, and whose clock they go by. */
export interface EmergencyStore {
  add(emergency: NewEmergency): Promise<Emergency>;
  /** One of the agency's own. */
  find(jurisdiction: string, agency: Agency, id: string): Promise<Emergency | undefined>;
  /** The agency's own, the newest first. */
  latest(jurisdiction: string, agency: Agency, most: number): Promise<readonly Emergency[]>;
  /** It holds from now on; `undefined` where somebody has approved or ended it meanwhile, and where it has waited for an hour. */
  approve(emergency: Emergency, by: string): Promise<Emergency | undefined>;
  /** `undefined` where it is over, or was ended, already. */
  end(emergency: Emergency, by: string): Promise<Emergency | undefined>;
  /** Uses so many numbers of one that is open, and gives its id; `undefined`, and nothing is used, where none has so many left. */
  use(user: EmergencyUser, numbers: number): Promise<string | undefined>;
  /** These persons were looked up by it. */
  keepOpened(jurisdiction: string, emergency: string, persons: readonly string[]): Promise<void>;
  /** Who was looked up by those that still hold; `undefined` where none holds. */
  opened(user: EmergencyUser): Promise<ReadonlySet<string> | undefined>;
}

/** Hears at once of what is rare and should be looked at. Nothing of a person is in it. */
export type Alarm = (told: {
  /** The emergency's id; `null` where one was used that is not there. */
  readonly emergency: string | null;
  readonly did: 'ASKED' | 'APPROVED' | 'ENDED' | 'USED' | 'REFUSED';
  readonly client: string;
}) => void;
