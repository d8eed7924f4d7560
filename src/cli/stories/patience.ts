import { setTimeout as delay } from 'node:timers/promises';

/** Looks again and again until what is seen will do, or for so long; gives what was seen last. */
export async function seenWithin<T>(ms: number, look: () => Promise<T>, willDo: (seen: T) => boolean): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (willDo(seen) || Date.now() > deadline) return seen;
    await delay(PAUSE_MS);
  }
}

const PAUSE_MS = 50;
