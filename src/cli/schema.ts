import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { schemaFiles } from '../gateway/schema-files.ts';
import { loadJurisdictions } from '../storage/jurisdiction-files.ts';
import { readPacks } from '../storage/pack-files.ts';
import { accessDocument } from './schema/access-document.ts';

/**
 * `npm run schema`: writes the SDL of every subgraph and of the supergraph into `schema/`, so that an API change shows as a diff, and who
 * may see what into `docs/access.md`. Writes nothing where a field has no rule of access, or owners that `schema/owners.yaml` does not
 * name.
 */
async function main(): Promise<void> {
  await mkdir('schema', { recursive: true });
  const reviewed = await readFile(join('schema', 'owners.yaml'), 'utf8');
  for (const [name, text] of await schemaFiles(reviewed)) await writeFile(join('schema', name), text);
  const years = new Map(readPacks('packs').map(({ id, policyYear }) => [id, policyYear]));
  const jurisdictions = loadJurisdictions('jurisdictions', (id) => years.get(id)).all();
  await writeFile(join('docs', 'access.md'), accessDocument(jurisdictions));
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
