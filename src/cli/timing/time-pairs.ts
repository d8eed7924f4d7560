import { Agent, request } from 'node:http';

/** What is to be told apart: questions of two kinds, by their number. */
export interface PairedQuestions {
  readonly first: (pair: number) => string;
  readonly second: (pair: number) => string;
}

/** How pairs are timed. */
export interface PairOptions {
  readonly pairs: number;
  /** Pairs under way at once, each one question after the other. */
  readonly lanes: number;
  readonly signal?: AbortSignal;
}

/** Asks the hub, and gives what it answers. */
export type Asking = (body: string) => Promise<string>;

/**
 * Asks pairs of questions, in each of them the one or the other first at random, and gives by how many milliseconds the first kind took
 * longer. Throws where two answers of a pair differ: then there is no need to time them.
 */
export async function timePairs(
  ask: Asking,
  { first, second }: PairedQuestions,
  { pairs, lanes, signal }: PairOptions,
): Promise<number[]> {
  const differences: number[] = [];
  let next = 0;
  const timed = async (body: string): Promise<[milliseconds: number, answer: string]> => {
    const started = performance.now();
    const answer = await ask(body);
    return [performance.now() - started, answer];
  };
  const lane = async (): Promise<void> => {
    while (next < pairs) {
      signal?.throwIfAborted();
      const pair = next++;
      const bodies = [first(pair), second(pair)] as const;
      const turned = Math.random() < 0.5;
      const one = await timed(bodies[turned ? 1 : 0]);
      const other = await timed(bodies[turned ? 0 : 1]);
      if (one[1] !== other[1]) throw new Error('应答不同，无须计时 / the answers differ, there is nothing to time');
      differences.push((one[0] - other[0]) * (turned ? -1 : 1));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return differences;
}

/** Asks the graph of a hub over connections that stay open; `close` them afterwards. */
export function askingAt(url: string, tokenOf: () => Promise<string>): { readonly ask: Asking; close(): void } {
  const agent = new Agent({ keepAlive: true });
  const ask = async (body: string): Promise<string> => {
    const headers = {
      authorization: `Bearer ${await tokenOf()}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    return new Promise((resolve, reject) => {
      const sent = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve(`${response.statusCode} ${text}`));
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  };
  return { ask, close: () => agent.destroy() };
}
