import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { schemaFiles } from '../gateway/schema-files.ts';

/** `npm run schema`: writes the SDL of every subgraph and of the supergraph into `schema/`, so that an API change shows as a diff. */
async function main(): Promise<void> {
  await mkdir('schema', { recursive: true });
  for (const [name, sdl] of await schemaFiles()) await writeFile(join('schema', name), sdl);
}

await main();
