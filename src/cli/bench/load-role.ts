import { beginPaced, percentile, type PacedLoad, type PacedResult } from './paced-load.ts';
import { answerBench } from './processes.ts';
import { postOf, putSocketLoad } from './socket-load.ts';

/** A load to put on a server: bodies to post, over and over, by so many connections at once. */
export interface Load {
  readonly url: string;
  readonly token: string;
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly seconds: number;
}

/** What came of a load; times in milliseconds. */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers that were none, or told of errors. */
  readonly failures: number;
}

/** The process that puts load on the others, so that its own work is nowhere in their figures. */
export function loadRole(): Promise<void> {
  let end: (() => Promise<PacedResult>) | undefined;
  return answerBench(
    {
      load: putLoad,
      beginPaced: (load: PacedLoad) => {
        end = beginPaced(load);
      },
      endPaced: () => end!(),
    },
    async () => {
      // Let go in the middle of a paced load: it would go on for ever.
      await end?.();
    },
  );
}

async function putLoad({ url, token, bodies, connections, seconds }: Load): Promise<LoadResult> {
  const door = new URL(`${url}/graphql`);
  const posts = bodies.map((body) => postOf(door, { authorization: `Bearer ${token}` }, body));
  // Each connection has persons of its own, or all would ask for the same one at the same moment.
  const requests = Array.from({ length: connections }, (_, connection) => {
    const own = posts.filter((_post, index) => index % connections === connection);
    return own.length > 0 ? own : posts;
  });
  const result = await putSocketLoad({ port: Number(door.port), host: door.hostname, requests, seconds });
  return {
    requests: result.times.length,
    seconds: result.seconds,
    p50: percentile(result.times, 50),
    p99: percentile(result.times, 99),
    failures: result.failures,
  };
}
