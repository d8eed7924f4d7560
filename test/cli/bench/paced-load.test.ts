import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { beginPaced, percentile, stretchesOf } from '../../../src/cli/bench/paced-load.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Answers requests by their number with a status and a text; resolves `came` when so many have come. */
async function answering(count: number, answer: (number: number) => [status: number, text: string]) {
  const came = Promise.withResolvers<void>();
  let requests = 0;
  server = createServer((_request, response) => {
    requests += 1;
    const [status, text] = answer(requests);
    response.writeHead(status).end(text);
    if (requests === count) came.resolve();
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, came: came.promise };
}

const load = { token: 'none', bodies: ['{}'], requestsPerSecond: 200 };

test('answers are counted, and those that are none or tell of errors', async () => {
  const { url, came } = await answering(20, (number) =>
    number === 3 ? [500, '{}'] : number === 5 ? [200, '{"errors":[]}'] : [200, '{"data":{}}'],
  );
  const end = beginPaced({ ...load, url });
  await came;
  const { requests, failures, p99, stretches } = await end();
  expect(requests).toBeGreaterThanOrEqual(20);
  expect(failures).toBe(2);
  expect(p99).toBeGreaterThan(0);
  expect(stretches).toHaveLength(5);
});

test('the p99 of each fifth is told in the order of time, whatever is slow in the others', () => {
  const times = [10, 20, 30, 40, 50].flatMap((slow) => [slow, ...Array.from({ length: 49 }, () => 1)]);
  expect(stretchesOf(times)).toEqual([10, 20, 30, 40, 50]);
});

test('a percentile is the value below which so many lie, in any order', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(values, 50)).toBe(51);
  expect(percentile(values, 99)).toBe(100);
  expect(percentile([], 99)).toBeNaN();
});
