import { loadConfig } from '../config.ts';
import { startHub } from '../main.ts';
import { serveUntilStopped } from './serve-until-stopped.ts';

// `npm start`: the whole hub in one process.
await serveUntilStopped(
  () => startHub({ config: loadConfig(process.env) }),
  ({ url }) => `一档已启动 / Yidang serves at ${url} · 调试页 / playground: ${url}/graphql`,
);
