import type { IncomingMessage } from 'node:http';

/** Bytes of a body that must come in a millisecond of waiting for them, on the whole of each span: a link of 80 kbit/s. */
const SLOWEST_PACE = 10;
/** Looks within a span. */
const LOOKS = 10;

/** Ends requests whose bodies drip. */
export interface BodyPace {
  watch(request: IncomingMessage): void;
  /** The request has been answered: nothing more is looked for, unless its body is coming still. */
  answered(request: IncomingMessage): void;
  stop(): void;
}

/** How much of a body had come, and when. */
interface Come {
  bytes: number;
  at: number;
}

/**
 * Watches all bodies that are coming by one timer: one for each request costs more than the looking.
 *
 * @param span milliseconds over which the pace of a body counts
 */
export function bodyPace(span: number): BodyPace {
  const coming = new Map<IncomingMessage, Come>();
  const look = (): void => {
    const now = performance.now();
    for (const [request, come] of coming) {
      if (request.complete || request.destroyed) coming.delete(request);
      else if (now - come.at >= span) judge(request, come, now);
    }
  };
  const judge = (request: IncomingMessage, come: Come, now: number): void => {
    const { bytesRead } = request.socket;
    if (bytesRead - come.bytes < SLOWEST_PACE * (now - come.at)) request.destroy();
    come.bytes = bytesRead;
    come.at = now;
  };
  // A hub that could not listen ends; one that listens lives by that.
  const timer = setInterval(look, span / LOOKS).unref();
  let begun: IncomingMessage[] = [];
  const takeUp = (): void => {
    for (const request of begun) {
      if (!request.complete) coming.set(request, { bytes: request.socket.bytesRead, at: performance.now() });
    }
    begun = [];
  };
  return {
    // At the end of the turn: most bodies have come with their heads and are whole by then.
    watch: (request) => {
      if (begun.push(request) === 1) setImmediate(takeUp);
    },
    answered: (request) => {
      if (request.complete) coming.delete(request);
    },
    stop: () => clearInterval(timer),
  };
}
