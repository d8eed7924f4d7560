import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { testHub } from '../support/hub.ts';

const answered = (
  sent: ClientRequest,
): Promise<{ status: number | undefined; connection: string | undefined; text: string }> =>
  new Promise((resolve, reject) => {
    sent.once('error', reject);
    sent.once('response', (response: IncomingMessage) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.once('end', () =>
        resolve({ status: response.statusCode, connection: response.headers.connection, text }),
      );
    });
  });

describe('a hub that is told to stop', () => {
  it('finishes the request under way, takes no other, and lets go of everything', async () => {
    const hub = await testHub();
    const body = JSON.stringify({ query: '{ lists { name } }' });
    const sent = httpRequest(`${hub.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': body.length,
        authorization: `Bearer ${await hub.tokenOf('130628:tax')}`,
      },
    });
    const answer = answered(sent);
    sent.write(body.slice(0, 5));
    // Both came over one address: once the hub has answered the second, it has the beginning of the first.
    await fetch(`${hub.url}/healthz`);

    const stopped = hub.stop();
    await expect(fetch(`${hub.url}/healthz`)).rejects.toThrow('fetch failed');
    sent.end(body.slice(5));

    // Told to close: a connection kept open would hold the hub for as long.
    expect(await answer).toMatchObject({
      status: 200,
      connection: 'close',
      text: expect.stringContaining('HARDSHIP'),
    });
    await stopped;
    // Asked again, it has stopped already.
    await hub.stop();
  });
});
