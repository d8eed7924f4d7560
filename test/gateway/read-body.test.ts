import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJsonBody } from '../../src/gateway/read-body.ts';

// How a body is heard; what may stand in one is tried at the hub itself (requests.test.ts).

let server: Server;
beforeAll(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends the head of a request and some of its body; gives the sender and what the server received. */
async function begin(
  length: number,
  body: string,
): Promise<{ readonly sender: Socket; readonly request: IncomingMessage }> {
  const received = once(server, 'request') as Promise<[IncomingMessage]>;
  const sender = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sender.on('error', () => undefined);
  const head = ['POST / HTTP/1.1', 'host: hub', 'content-type: application/json', `content-length: ${length}`];
  sender.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  return { sender, request: (await received)[0] };
}

describe('a body', () => {
  it('is read whole from the parts in which it comes, however characters lie across them', async () => {
    const text = JSON.stringify({ name: '张三'.repeat(20_000) });
    const bytes = Buffer.from(text);
    const { sender, request } = await begin(bytes.length, '');
    const read = readJsonBody(request, { bytes: 1_000_000, values: 1 });
    for (let at = 0; at < bytes.length; at += 10_001) {
      sender.write(bytes.subarray(at, at + 10_001));
      await new Promise((resume) => setImmediate(resume));
    }
    expect(await read).toEqual(JSON.parse(text));
    expect(request.listenerCount('data') + request.listenerCount('close')).toBe(0);
    sender.destroy();
  });

  it('that is larger than it may be is refused while it comes, and the rest is left where it is', async () => {
    const { sender, request } = await begin(200_000, `{"a":"${'x'.repeat(50_000)}`);
    // As one that comes in chunks, which says nothing of its length.
    delete request.headers['content-length'];
    await expect(readJsonBody(request, { bytes: 10_000, values: 1 })).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect([request.destroyed, request.isPaused()]).toEqual([false, true]);
    sender.destroy();
  });

  it.each([
    ['while it is read', 0],
    ['before it is', 1],
  ])('whose sender goes away %s ends in an error', async (_when, before) => {
    const { sender, request } = await begin(100, '{"a":');
    const gone = new Promise((resume) => request.once('close', resume));
    const reading = before === 1 ? gone.then(() => readJsonBody(request)) : readJsonBody(request);
    sender.destroy();
    await expect(reading).rejects.toThrow('went away');
    expect(request.complete).toBe(false);
  });
});
