import type { Mismatch } from './compare.ts';
import type { StoryStep } from './step.ts';
import type { Story, StoryAsk } from './story.ts';
import { askableFrom, tellAsk } from './tell-ask.ts';
import { tellStep, type Telling } from './tell-step.ts';
import { signedInOnce, type StoryHub } from './told-hub.ts';

/** Something to do when its instant has come. */
interface Moment {
  readonly at: Date;
  readonly happen: () => Promise<Mismatch[]>;
}

/**
 * Tells one story to a hub, in a jurisdiction where nothing has happened yet: every step on its day and in its order, then every
 * question. The questions come last, so that each must be answered from what was known on its own day although the hub has heard
 * more since; a story with `steps` asks each on its day too, when nothing more had been heard. Gives what was not as expected.
 */
export async function tellStory(story: Story, jurisdiction: string, hub: StoryHub): Promise<Mismatch[]> {
  const telling: Telling = { story, agencies: signedInOnce(jurisdiction, hub), sent: [] };
  const ask =
    (one: StoryAsk, ...when: string[]) =>
    async () =>
      (await tellAsk(story, one, telling.agencies)).map((missed) => ({
        ...missed,
        key: [missed.key, ...when].join(' '),
      }));
  const steps = story.steps.map((step, index) => ({
    at: happensAt(step, index),
    happen: () => tellStep(step, index, telling),
  }));
  const asked = story.asks.map((one) => ({ at: askableFrom(one), happen: ask(one) }));
  const last = new Date(Math.max(...[...steps, ...asked].map(({ at }) => at.getTime())));
  const afterwards = story.asks.map((one) => ({
    at: last,
    happen: ask(one, ...(asksTwice(story) ? ['afterwards'] : [])),
  }));

  const failed: Mismatch[] = [];
  for (const { at, happen } of [...inOrder(story, steps, asked), ...afterwards]) {
    hub.setClock(at);
    failed.push(...(await happen()));
  }
  return failed;
}

const asksTwice = ({ lists }: Story): boolean => lists === 'steps';

/** A sort that keeps the order of what happens at one instant. */
function inOrder(story: Story, steps: readonly Moment[], asked: readonly Moment[]): readonly Moment[] {
  return asksTwice(story) ? [...steps, ...asked].sort((a, b) => a.at.getTime() - b.at.getTime()) : steps;
}

/** Nine in the morning, a second later for each step, so that those of one day keep their order. */
function happensAt(step: StoryStep, index: number): Date {
  return new Date(Date.parse(`${step.on}T09:00:00+08:00`) + index * 1000);
}
