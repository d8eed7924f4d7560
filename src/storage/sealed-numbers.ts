import { setImmediate as othersFirst } from 'node:timers/promises';
import type { DecidedSubject, Subject } from '../domain/identity/subject.ts';
import { birthDateOf, sexOf } from '../domain/intake/id-number.ts';
import type { IdType } from '../domain/intake/words.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import { plainArray, textArray, uuidArray } from './array-text.ts';
import { NIL_ID } from './ids.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { SealedColumn } from './sealing/sealed-column.ts';
import { SEAL_BYTES } from './sealing/sealed-value.ts';
import type { Queryable } from './walled-database.ts';

/** What a number is bound to besides its jurisdiction and its subject. */
const NUMBER = 'identifier.id_number';

/** Numbers sealed between two turns of the process: each takes some microseconds, and others wait. */
const SEALED_AT_ONCE = 500;

/** SQL for the members of a document `i` as JSON, its number as it lies; read by {@link subjectFromJson}. */
export const DOCUMENT = `'key', i.subject_key, 'idType', i.id_type, 'idNumber', i.id_number, 'sealed', encode(i.sealed, 'hex')`;

/** SQL for a document `i` as JSON, read by {@link subjectFromJson}. */
export const DOCUMENT_AS_JSON = `json_build_object(${DOCUMENT})`;

/** SQL for the characters that the number of a document `i` has: all are ASCII, and a value is sealed as long as it is. */
export const NUMBER_LENGTH = `coalesce(length(i.id_number), octet_length(i.sealed) - ${SEAL_BYTES})`;

/** A document as {@link DOCUMENT} gives it: with its number in clear or sealed. */
export interface DocumentJson {
  readonly key: string;
  readonly idType: IdType;
  readonly idNumber: string | null;
  readonly sealed: string | null;
}

/** Reads a document and opens its number. */
export function subjectFromJson(seal: PlaceSeal, { key, idType, idNumber, sealed }: DocumentJson): Subject {
  return { key, idType, idNumber: idNumber ?? openNumber(seal, key, Buffer.from(sealed!, 'hex')) };
}

/** SQL for the members of a document `i` as JSON as far as deciding goes: a sealed number stays where it is; read by {@link decidedSubject}. */
export const DECIDED_DOCUMENT = `'key', i.subject_key, 'idType', i.id_type, 'idNumber', i.id_number,
      'birthDate', i.birth_date, 'male', i.male`;

/** A document as {@link DECIDED_DOCUMENT} gives it. */
export interface DecidedDocument extends Omit<DocumentJson, 'sealed'> {
  readonly birthDate: PlainDate | null;
  readonly male: boolean | null;
}

/** Reads a document by what its number says, or by a number that lies in clear still. */
export const decidedSubject = ({ key, idType, idNumber, birthDate, male }: DecidedDocument): DecidedSubject =>
  idNumber === null
    ? { key, idType, birthDate, sex: male === null ? null : male ? 'MALE' : 'FEMALE' }
    : { key, idType, idNumber };

/** The document of a subject; `undefined` where there is none. One statement. */
export async function findDocument(
  client: Queryable,
  seal: PlaceSeal,
  jurisdiction: string,
  subject: string,
): Promise<Subject | undefined> {
  const found = await client.query<{ document: DocumentJson }>(FIND_DOCUMENT, [jurisdiction, subject]);
  return found.rows[0] && subjectFromJson(seal, found.rows[0].document);
}

/**
 * Keeps documents of subjects that have none yet, with their numbers sealed; those of whom another push has just kept one are passed over.
 * One statement, however many.
 */
export async function keepDocuments(
  client: Queryable,
  seal: PlaceSeal,
  jurisdiction: string,
  subjects: readonly Subject[],
): Promise<void> {
  if (subjects.length === 0) return;
  await client.query(KEEP_DOCUMENTS, [jurisdiction, ...(await sealedDocuments(seal, subjects))]);
}

/** Documents with their numbers sealed, as the values that {@link SEALED_DOCUMENTS} takes. Lets others have their turn meanwhile. */
export async function sealedDocuments(seal: PlaceSeal, subjects: readonly Subject[]): Promise<readonly unknown[]> {
  const sealed: string[] = [];
  for (const { key, idNumber } of subjects) {
    if (sealed.length % SEALED_AT_ONCE === SEALED_AT_ONCE - 1) await othersFirst();
    sealed.push(sealNumber(seal, key, idNumber).toString('hex'));
  }
  const said = subjects.map(({ idNumber }) => saidBy(idNumber));
  return [
    uuidArray(subjects.map(({ key }) => key)),
    textArray(subjects.map(({ idType }) => idType)),
    plainArray(sealed),
    plainArray(said.map(({ birthDate }) => birthDate)),
    plainArray(said.map(({ male }) => male)),
  ];
}

/** A document's columns as the bench copies them in. */
export const documentColumns = (seal: PlaceSeal, { key, idType, idNumber }: Subject): readonly unknown[] => {
  const { birthDate, male } = saidBy(idNumber);
  return [key, idType, `\\x${sealNumber(seal, key, idNumber).toString('hex')}`, birthDate, male];
};

/** What a number says of its bearer, as it is kept beside it; `null` where it says nothing. */
function saidBy(idNumber: string): { readonly birthDate: PlainDate | null; readonly male: boolean | null } {
  const sex = sexOf(idNumber);
  return { birthDate: birthDateOf(idNumber) ?? null, male: sex === undefined ? null : sex === 'MALE' };
}

const sealNumber = (seal: PlaceSeal, key: string, idNumber: string): Buffer => seal.seal(NUMBER, [key], idNumber);

const openNumber = (seal: PlaceSeal, key: string, sealed: Buffer): string => seal.open(NUMBER, [key], sealed);

const FIND_DOCUMENT = `
select ${DOCUMENT_AS_JSON} as document from identifier i where i.jurisdiction = $1 and i.subject_key = $2`;

/** SQL for documents `s` with their places, counted from 1, out of the values $2 to $6: {@link sealedDocuments}. */
export const SEALED_DOCUMENTS = `unnest($2::uuid[], $3::text[], $4::text[], $5::date[], $6::boolean[])
  with ordinality as s(key, id_type, sealed, birth_date, male, place)`;

/**
 * SQL that keeps documents `s` for the jurisdiction $1, passing over those that another push has just kept. In key order, so that two pushes
 * which name the same new subjects wait for each other rather than each for the other.
 *
 * @param from what the documents are taken from
 */
export const insertDocuments = (from: string): string => `
insert into identifier (subject_key, jurisdiction, id_type, sealed, birth_date, male)
select s.key, $1, s.id_type, decode(s.sealed, 'hex'), s.birth_date, s.male
from ${from}
order by s.key
on conflict do nothing`;

const KEEP_DOCUMENTS = insertDocuments(SEALED_DOCUMENTS);

/** Numbers of documents, for the command that seals anew. */
export const ID_NUMBERS: SealedColumn = {
  name: NUMBER,
  countOld: async (client, jurisdiction, head) => {
    const counted = await client.query<{ old: number }>(COUNT_OLD, [jurisdiction, head]);
    return counted.rows[0]!.old;
  },
  resealSome: async (client, seal, { jurisdiction, head, after, limit }) => {
    const found = await client.query<DocumentJson>(OLD_DOCUMENTS, [jurisdiction, head, after ?? NIL_ID, limit]);
    const old = found.rows.map((row) => subjectFromJson(seal, row));
    if (old.length > 0) await client.query(SEAL_NUMBERS, [jurisdiction, ...(await sealedDocuments(seal, old))]);
    return { resealed: old.length, last: old.length < limit ? null : old.at(-1)!.key };
  },
};

const IS_OLD = 'i.jurisdiction = $1 and (i.sealed is null or substr(i.sealed, 1, length($2::bytea)) <> $2)';

const COUNT_OLD = `select count(*)::integer as old from identifier i where ${IS_OLD}`;

const OLD_DOCUMENTS = `
select i.subject_key as key, i.id_type as "idType", i.id_number as "idNumber", encode(i.sealed, 'hex') as sealed
from identifier i
where ${IS_OLD} and i.subject_key > $3
order by i.subject_key
limit $4
for update skip locked`;

const SEAL_NUMBERS = `
update identifier i set id_number = null, sealed = decode(s.sealed, 'hex'), birth_date = s.birth_date, male = s.male
from ${SEALED_DOCUMENTS}
where i.subject_key = s.key and i.jurisdiction = $1`;
