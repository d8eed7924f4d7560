import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { schemaFiles } from '../gateway/schema-files.ts';

/**
 * `npm run schema`: writes the SDL of every subgraph and of the supergraph into `schema/`, so that an API change shows as a diff. Writes
 * nothing where a field has owners that `schema/owners.yaml` does not name.
 */
async function main(): Promise<void> {
  await mkdir('schema', { recursive: true });
  const reviewed = await readFile(join('schema', 'owners.yaml'), 'utf8');
  for (const [name, text] of await schemaFiles(reviewed)) await writeFile(join('schema', name), text);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
