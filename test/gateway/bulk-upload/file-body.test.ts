import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type ClientRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileBody } from '../../../src/gateway/bulk-upload/file-body.ts';

let server: Server;
let address: string;
beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** A request whose body the test writes, from both ends. */
async function exchange(): Promise<{ sent: ClientRequest; received: IncomingMessage }> {
  const sent = request(address, { method: 'POST' });
  sent.on('error', () => undefined);
  sent.flushHeaders();
  const [received] = (await once(server, 'request')) as [IncomingMessage];
  return { sent, received };
}

const read = async (chunks: AsyncIterable<Buffer>): Promise<Buffer> => {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
};

describe('the body of a file', () => {
  it('comes in pieces that leave others a turn, and tells its digest', async () => {
    const { sent, received } = await exchange();
    const body = Buffer.alloc(300_000, '名单');
    sent.end(body);
    const { bytes, digest } = fileBody(received, { packed: false, largest: 1_000_000 });
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 0);
    expect((await read(bytes)).equals(body)).toBe(true);
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(0);
    expect(await digest()).toBe(createHash('sha256').update(body).digest('hex'));
  });

  it('tells the digest of a body that nobody has read', async () => {
    const { sent, received } = await exchange();
    sent.end('abc');
    const { digest } = fileBody(received, { packed: false, largest: 1_000_000 });
    expect(await digest()).toBe(createHash('sha256').update('abc').digest('hex'));
  });

  it('ends where the sender drips, but not because the hub is slow', async () => {
    const dripping = await exchange();
    dripping.sent.write('a few bytes');
    const pace = { span: 100, bytes: 1_000 };
    const slow = fileBody(dripping.received, { packed: false, largest: 1_000_000, pace });
    await expect(read(slow.bytes)).rejects.toThrow('BODY_TOO_SLOW');

    const { sent, received } = await exchange();
    sent.end('x'.repeat(100));
    const { bytes } = fileBody(received, { packed: false, largest: 1_000_000, pace });
    const since = performance.now();
    let size = 0;
    for await (const chunk of bytes) {
      size += chunk.length;
      while (performance.now() - since < 2 * pace.span);
    }
    expect(size).toBe(100);
  });

  it('ends where there is more than is taken', async () => {
    const { sent, received } = await exchange();
    sent.end(Buffer.alloc(100_000));
    const { bytes } = fileBody(received, { packed: false, largest: 99_999 });
    await expect(read(bytes)).rejects.toThrow('BODY_TOO_LARGE');
  });
});
