import type { Agency } from '../../domain/intake/words.ts';
import type { Story } from './story.ts';
import type { Agencies } from './told-hub.ts';

/** A story that is being told, and what has happened of it so far. */
export interface Telling {
  readonly story: Story;
  /** The plan year of the story's pack. */
  readonly policyYear: number;
  readonly agencies: Agencies;
  /** What was pushed, in order. */
  readonly sent: SentPush[];
}

/** A push that the hub received. */
export interface SentPush {
  readonly submission: string;
  readonly agency: Agency;
  readonly key: string | undefined;
}
