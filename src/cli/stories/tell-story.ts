import type { Mismatch } from './compare.ts';
import { ofWork } from './expectation.ts';
import type { StoryStep } from './step.ts';
import type { Story, StoryAsk } from './story.ts';
import { askableFrom, tellAsk, tellWorkAsk } from './tell-ask.ts';
import { tellStep } from './tell-step.ts';
import type { Telling } from './telling.ts';
import { signedInOnce, type StoryHub } from './told-hub.ts';
import { untilDecided } from './work-done.ts';

/** Where a story is told: a jurisdiction where nothing has happened yet. */
export interface StoryPlace {
  readonly jurisdiction: string;
  /** The plan year of the story's pack. */
  readonly policyYear: number;
}

/** Something to do when its instant has come. */
interface Moment {
  readonly at: Date;
  readonly happen: () => Promise<Mismatch[]>;
}

/**
 * Tells one story to a hub: every step on its day and in its order, then every question. The questions come last, so that each must
 * be answered from what was known on its own day although the hub has heard more since; a story with `steps` asks each on its day
 * too, when nothing more had been heard. Gives what was not as expected.
 */
export async function tellStory(story: Story, place: StoryPlace, hub: StoryHub): Promise<Mismatch[]> {
  const failed: Mismatch[] = [];
  for (const { at, happen } of momentsOf(tellingOf(story, place, hub))) {
    hub.setClock(at);
    failed.push(...(await happen()));
  }
  return failed;
}

/**
 * Waits until the hub has decided the place's nobodies, where the story looks at what it decides later. Before any story sets the
 * clock: the day as of which everybody is decided is that of the hub's start.
 */
export async function untilReadyFor(story: Story, place: StoryPlace, hub: StoryHub): Promise<void> {
  const [missed] = looksAtWork(story) ? await untilDecided(tellingOf(story, place, hub)) : [];
  if (missed) throw new Error(`${story.id}: the hub has not decided anything: ${JSON.stringify(missed.got)}`);
}

const tellingOf = (story: Story, { jurisdiction, policyYear }: StoryPlace, hub: StoryHub): Telling => ({
  story,
  policyYear,
  agencies: signedInOnce(jurisdiction, hub),
  sent: [],
});

function momentsOf(telling: Telling): readonly Moment[] {
  const { story } = telling;
  const steps = story.steps.map((step, index) => ({
    at: happensAt(step, index),
    happen: async () => [
      ...(await tellStep(step, index, telling)),
      // What the work on one step comes to is not to be told together with the next.
      ...(looksAtWork(story) ? await untilDecided(telling) : []),
    ],
  }));
  const onTheirDay = story.asks.map((ask) => ({
    at: askableFrom(ask),
    happen: async () => [...(await tellAsk(ask, telling)), ...(await tellWorkAsk(ask, telling))],
  }));
  const last = lastInstant(story);
  const atTheEnd = (told: string) => (ask: StoryAsk) => ({
    at: last,
    happen: async () => (await tellAsk(ask, telling)).map((missed) => ({ ...missed, key: missed.key + told })),
  });
  return story.lists === 'steps'
    ? [...inOrder([...steps, ...onTheirDay]), ...story.asks.map(atTheEnd(' afterwards'))]
    : [...steps, ...story.asks.map(atTheEnd(''))];
}

/** When everything has been told and every day asked about is over. */
export function lastInstant({ steps, asks }: Story): Date {
  return new Date(Math.max(...steps.map(happensAt).map(Number), ...asks.map(askableFrom).map(Number)));
}

/** Does a story go by what the hub does after it has received something: settlements, searches and some questions do. */
export const looksAtWork = ({ persons, steps, asks }: Story): boolean =>
  [...persons.values()].some(({ foundBy }) => foundBy === 'name') ||
  steps.some(({ does }) => does === 'settle' || does === 'undo') ||
  asks.some(({ expect }) => Object.keys(ofWork(expect)).length > 0);

/** A sort that keeps the order of what happens at one instant. */
const inOrder = (moments: readonly Moment[]): readonly Moment[] =>
  moments.toSorted((a, b) => a.at.getTime() - b.at.getTime());

/** Nine in the morning, a second later for each step, so that those of one day keep their order. */
function happensAt(step: StoryStep, index: number): Date {
  return new Date(Date.parse(`${step.on}T09:00:00+08:00`) + index * 1000);
}
