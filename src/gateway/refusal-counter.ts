/** Milliseconds over which refusals are added up before they are told. */
const TOLD_EVERY = 10_000;

/** Counts what is not let in, so that a flood without a credential fills neither log nor audit. */
export interface RefusalCounter {
  /** Adds one to a reason, which is a word of the hub and never the sender's. */
  readonly count: (reason: string) => void;
  /** Tells what has not been told yet, and nothing more after that. */
  stop(): void;
}

/** Makes a counter; `tell` hears the counts of at most every ten seconds in which there were any. */
export function refusalCounter(tell: (counts: Readonly<Record<string, number>>) => void): RefusalCounter {
  let counts: Record<string, number> = {};
  let waiting: NodeJS.Timeout | undefined;
  const tellNow = (): void => {
    clearTimeout(waiting);
    waiting = undefined;
    if (Object.keys(counts).length > 0) tell(counts);
    counts = {};
  };
  return {
    count: (reason) => {
      counts[reason] = (counts[reason] ?? 0) + 1;
      waiting ??= setTimeout(tellNow, TOLD_EVERY).unref();
    },
    stop: tellNow,
  };
}
