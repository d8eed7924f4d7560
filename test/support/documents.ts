import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Subject } from '../../src/domain/identity/subject.ts';
import { DOCUMENT_AS_JSON, subjectFromJson, type DocumentJson } from '../../src/storage/sealed-numbers.ts';
import { hmacSubjectKeys, type PepperKeys } from '../../src/storage/subject-keys.ts';
import type { WalledDatabase } from '../../src/storage/walled-database.ts';

/** Every document of a place in order of key, its number opened. */
export async function documentsOf(walled: WalledDatabase, place: string): Promise<readonly Subject[]> {
  const inside = walled.of(place);
  const { rows } = await inside.query<{ document: DocumentJson }>(
    `select ${DOCUMENT_AS_JSON} as document from identifier i where i.jurisdiction = $1 order by i.subject_key`,
    [place],
  );
  return rows.map(({ document }) => subjectFromJson(inside.seal, document));
}

/** The subject keys of a hub in development, which keeps its pepper in its folder. */
export const subjectKeysOf = ({ dataDir }: { readonly dataDir: string }): PepperKeys =>
  hmacSubjectKeys(readFileSync(join(dataDir, 'pepper'), 'utf8').trim());

/** The keys of residents by number. */
export const residentKeys = (hub: { readonly dataDir: string }, numbers: readonly string[]): readonly string[] => {
  const keys = subjectKeysOf(hub);
  return numbers.map((idNumber) => keys.keyOf({ idType: 'RESIDENT_ID', idNumber }));
};
