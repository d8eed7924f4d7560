import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { postOf, putSocketLoad } from '../../../src/cli/bench/socket-load.ts';

const url = new URL('http://127.0.0.1/graphql');
const post = postOf(url, { authorization: 'Bearer t' }, '{"documentId":"张"}');

/** Puts one request on a server that answers each in these pieces, sent apart. */
async function failuresOf(...pieces: readonly string[]): Promise<{ heard: string; failures: number; answers: number }> {
  let heard = '';
  const server = createServer({ noDelay: true }, (socket: Socket) => {
    socket.on('data', async (chunk) => {
      heard += String(chunk);
      for (const piece of pieces) {
        socket.write(piece);
        await new Promise((turn) => setTimeout(turn, 2));
      }
      if (pieces.length === 0) socket.destroy();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const { times, failures } = await putSocketLoad({ host: '127.0.0.1', port, requests: [[post]], seconds: 0 });
  server.close();
  return { heard, failures, answers: times.length };
}

const head = (status: string, length: number): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

it('sends whole requests, and takes an answer for one however it comes in pieces', async () => {
  const { heard, ...result } = await failuresOf(head('200 OK', 11) + '{"data":{}}');
  expect(heard).toBe(post.toString());
  expect(heard).toMatch(/^POST \/graphql HTTP\/1\.1\r\n.*content-length: 20\r\n.*\r\n\r\n{"documentId":"张"}$/s);
  expect(result).toEqual({ failures: 0, answers: 1 });
  expect(await failuresOf('HTTP/1.1 200 OK\r\ncontent-len', 'gth: 11\r\n\r\n{"da', 'ta":{}}')).toMatchObject(result);
});

it.each([
  ['of another status', [head('429 Too Many Requests', 2) + '{}']],
  ['that tells of errors', [head('200 OK', 13) + '{"errors":[]}']],
  ['that tells of errors behind its head', [head('200 OK', 13), '{"err', 'ors":[]}']],
  ['longer than it says', [head('200 OK', 2) + '{"data":{}}']],
  ['that does not say how long it is', ['HTTP/1.1 200 OK\r\n\r\n{"data":{}}']],
])('an answer is none %s', async (_, pieces) => {
  expect(await failuresOf(...pieces)).toMatchObject({ failures: 1, answers: 1 });
});

it('who is hung up on has failed, and waits for nothing', async () => {
  expect(await failuresOf()).toMatchObject({ failures: 1, answers: 0 });
});
