import autocannon from 'autocannon';
import { beginPaced, percentile, type PacedLoad, type PacedResult } from './paced-load.ts';
import { answerBench } from './processes.ts';

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
  const times: number[] = [];
  let started = 0;
  const result = await run(
    {
      url: `${url}/graphql`,
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      connections,
      duration: seconds,
      requests: [{ body: bodies[0]! }],
      // Errors come first in an answer, so one look at its beginning tells.
      verifyBody: (body) => !String(body).startsWith('{"errors"'),
      setupClient: (client) => {
        // Each connection has persons of its own, or all would ask for the same one at the same moment.
        const own = bodies.filter((_, index) => index % connections === started % connections);
        started += 1;
        client.setRequests((own.length > 0 ? own : bodies).map((body) => ({ body })));
      },
    },
    (time) => times.push(time),
  );
  return {
    requests: times.length,
    seconds: result.duration,
    p50: percentile(times, 50),
    p99: percentile(times, 99),
    failures: result.errors + result.timeouts + result.non2xx + result.mismatches,
  };
}

type Options = Parameters<typeof autocannon>[0];

/** Runs autocannon to its end; hears the time of each answer in milliseconds, of which autocannon itself keeps whole ones only. */
function run(options: Options, onAnswer: (time: number) => void): Promise<autocannon.Result> {
  return new Promise((resolve, reject) => {
    const instance = autocannon(options, (error: Error | null, result) => (error ? reject(error) : resolve(result)));
    instance.on('response', (_client, _status, _bytes, time) => onAnswer(time));
  });
}
