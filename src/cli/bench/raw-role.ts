import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { maskName, maskNumber } from '../../domain/access/mask.ts';
import { formatYuan } from '../../domain/intake/fen.ts';
import type { Claim } from '../../domain/claims/claim.ts';
import { NamesByKey, type KeptName } from '../../storage/sealed-names.ts';
import { openOwnAttributes } from '../../storage/sealed-claims.ts';
import type { PlaceSeal } from '../../storage/sealing/place-seal.ts';
import { hmacSubjectKeys } from '../../storage/subject-keys.ts';
import { ATTRIBUTE_LABELS, attributesInOrder } from '../../subgraphs/words.ts';
import { openBeside } from './beside-database.ts';
import { PLACE } from './made-persons.ts';
import { answerBench } from './processes.ts';

/**
 * Tables of answers that only the bench has: what the hub said of the persons that are asked for. Apart from the hub's, or none would start
 * beside them: they know no jurisdiction.
 */
export const SIDE_TABLES = `
create schema bench;
create table bench.person (
  subject_key uuid primary key, id uuid not null, name text, masked text not null, birth_date text, sex text,
  death_status text, died_on text
);
create table bench.decision (
  operation text not null, subject_key uuid not null, benefit json not null, primary key (operation, subject_key)
)`;

const PERSON = {
  name: 'person',
  text: 'select * from bench.person where subject_key = any($1::uuid[])',
};
const CLAIMS = {
  name: 'claims',
  text: `
    select c.subject_key, c.key, c.list, c.agency, c.attributes, c.valid_from, c.valid_to, c.told_at, c.submission, c.row_number,
      encode(n.sealed, 'hex') as sealed_name
    from claim c
    join subject_name n on n.subject_key = c.subject_key and n.jurisdiction = $2 and n.name_key = c.attributes ->> 'name'
    where c.subject_key = any($1::uuid[]) and c.jurisdiction = $2 and c.ended_at is null order by c.told_at, c.id`,
};
const DECISION = {
  name: 'decision',
  text: 'select subject_key, benefit::text from bench.decision where operation = $2 and subject_key = any($1::uuid[])',
};

/**
 * The least that could answer the same: plain HTTP, three prepared statements and the numbers and names in claims opened. No token, no rights, no graph, nothing
 * decided: what the hub works out, this reads from tables filled with the hub's own answers.
 */
export async function rawRole(): Promise<void> {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.DATE, (text: string) => text);
  const pool = new pg.Pool({ connectionString: process.env['DATABASE_OWNER_URL'], max: 10, types });
  const opened = await openBeside(
    { kind: 'server', url: process.env['DATABASE_URL']!, ownerUrl: process.env['DATABASE_OWNER_URL']! },
    process.env['SEALING_KEY_FILE']!,
  );
  const answer = rawAnswer(pool, opened.walled.of(PLACE).seal, process.env['SUBJECT_KEY_PEPPER']!);
  const server = createServer((request, response) => {
    void readAll(request)
      .then((text) => answer(JSON.parse(text) as Question))
      .then((body) => {
        response.writeHead(200, {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(body),
        });
        response.end(body);
      })
      .catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await answerBench({ url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, async () => {
    server.closeAllConnections();
    server.close();
    await pool.end();
    await opened.close();
  });
}

/** A published operation with its variables, as the hub is sent it too. */
interface Question {
  readonly documentId: 'PersonDecision' | 'PeopleDecisions';
  readonly variables: { readonly idNumber?: string; readonly idNumbers?: readonly string[] };
}

interface Rows {
  readonly [column: string]: unknown;
  readonly subject_key: string;
}

function rawAnswer(pool: pg.Pool, seal: PlaceSeal, pepper: string): (question: Question) => Promise<string> {
  const keys = hmacSubjectKeys(pepper);
  const keyOf = (idNumber: string): string => keys.keyOf({ idType: 'RESIDENT_ID', idNumber });
  return async ({ documentId, variables: { idNumber, idNumbers } }) => {
    const asked = idNumber === undefined ? idNumbers!.map(keyOf) : [keyOf(idNumber)];
    const [persons, claims, decisions] = await Promise.all([
      pool.query<Rows>({ ...PERSON, values: [asked] }),
      pool.query<Rows>({ ...CLAIMS, values: [asked, PLACE] }),
      pool.query<Rows>({ ...DECISION, values: [asked, documentId] }),
    ]);
    const claimsOf = Map.groupBy(claims.rows, ({ subject_key }) => subject_key);
    const decisionOf = new Map(decisions.rows.map((row) => [row.subject_key, row['benefit'] as string]));
    const personOf = new Map(
      persons.rows.map((row) => [
        row.subject_key,
        personJson(row, seal, claimsOf.get(row.subject_key) ?? [], decisionOf.get(row.subject_key)),
      ]),
    );
    const found = asked.map((key) => personOf.get(key) ?? 'null');
    return idNumber === undefined ? `{"data":{"people":[${found.join(',')}]}}` : `{"data":{"person":${found[0]}}}`;
  };
}

/** A person as JSON. The decision is put in as the text it is kept as: nobody needs to read it. */
function personJson(row: Rows, seal: PlaceSeal, claims: readonly Rows[], benefit: string | undefined): string {
  const names = new NamesByKey(seal, claims.map(nameIn));
  const person = JSON.stringify({
    id: row['id'],
    name: row['name'],
    idNumber: { masked: row['masked'] },
    birthDate: row['birth_date'],
    sex: row['sex'],
    death: { status: row['death_status'], diedOn: row['died_on'] },
    claims: claims.map((claim) => claimView(claim, seal, names)),
  });
  return `${person.slice(0, -1)},"benefit":${benefit ?? 'null'}}`;
}

const nameIn = (row: Rows): KeptName => ({
  subject: row.subject_key,
  key: (row['attributes'] as Claim['attributes']).name,
  sealed: row['sealed_name'] as string,
});

const claimView = (row: Rows, seal: PlaceSeal, names: NamesByKey): unknown => ({
  list: graphName(row['list'] as string),
  agency: graphName(row['agency'] as string),
  said: attributesInOrder(openedOf(row, seal, names)).map(([name, value]) => ({
    name,
    zh: ATTRIBUTE_LABELS[name],
    value: textOf(name, value),
  })),
  validFrom: row['valid_from'],
  validTo: row['valid_to'],
  toldAt: row['told_at'],
  source: { submission: row['submission'], row: row['row_number'] },
});

const openedOf = (row: Rows, seal: PlaceSeal, names: NamesByKey): object =>
  openOwnAttributes(
    seal,
    { subjectKey: row.subject_key, key: row['key'] as string },
    row['attributes'] as Claim['attributes'],
    names,
  );

const graphName = (word: string): string => word.replaceAll('-', '_').toUpperCase();

function textOf(name: string, value: unknown): string {
  if (name === 'amount') return formatYuan(value as number);
  if (name === 'name') return maskName(value as string);
  return name === 'certificateNumber' ? maskNumber('DISABILITY_CERTIFICATE', value as string) : String(value);
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
