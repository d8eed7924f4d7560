import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** The port, if nobody listens on it, or another that is free. */
export async function freePort(host: string, port: number): Promise<number> {
  return (await tryPort(host, port)) ?? (await tryPort(host, 0)) ?? port;
}

async function tryPort(host: string, port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    const { port: free } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return free;
  } catch (error) {
    // Anything else (a host that is not this machine, a port for root alone) the hub's own start will tell.
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    return port;
  }
}
