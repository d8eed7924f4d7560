import { loadConfig } from '../config.ts';
import { startHub } from '../main.ts';
import { serveUntilStopped } from './serve-until-stopped.ts';
import { startWorkerChild } from './worker-child.ts';

// `npm start`: the whole hub, answering in one process and working on jobs in another.
await serveUntilStopped(
  async () => {
    const config = loadConfig(process.env);
    const place = config.work ?? 'child';
    const hub = await startHub({ config, work: place === 'here' ? 'here' : 'elsewhere' });
    const worker = place === 'child' ? startWorkerChild(hub.databaseUrl, config.environment) : undefined;
    return {
      url: hub.url,
      stop: async () => {
        // The worker first: the database may be the hub's own.
        await worker?.stop();
        await hub.stop();
      },
    };
  },
  ({ url }) => `一档已启动 / Yidang serves at ${url} · 调试页 / playground: ${url}/graphql`,
);
