import { loadConfig } from '../config.ts';
import { startSubgraph } from '../main.ts';
import { serveUntilStopped } from './serve-until-stopped.ts';

// `node dist/cli/subgraph.js <name>`: one subgraph as a process of its own; the gateway finds it by SUBGRAPHS.
const [name = ''] = process.argv.slice(2);
await serveUntilStopped(
  () => startSubgraph(name, { config: loadConfig(process.env, 'subgraph') }),
  ({ url }) => `${name} ${url}`,
);
