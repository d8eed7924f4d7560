import { constants, setPriority } from 'node:os';
import { loadConfig } from '../config.ts';
import { startWork } from '../work.ts';
import { serveUntilStopped } from './serve-until-stopped.ts';

// `npm run work`: a worker on its own, for jobs that the hub leaves to others (`WORK=elsewhere`). `npm start` has one as its child.

// Whoever waits for an answer goes before lists that come in.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
await serveUntilStopped(
  () => startWork({ config: loadConfig(process.env) }),
  () => '一档后台任务已启动 / Yidang works on jobs',
);
