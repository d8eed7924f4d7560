import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDataKeys } from '../../src/storage/sealing/data-keys.ts';
import { bulkHub, WAYS, type BulkHub } from '../support/bulk-hub.ts';
import { dumpOf, foundIn } from '../support/dump.ts';
import { residentId, withCheckDigit } from '../support/id-numbers.ts';
import { openedBlocks, TEST_KEYS } from '../support/sealing-keys.ts';

// What whoever has a dump of the database, and not the keys, finds in it: whatever ADR 21 says is sealed is looked for here.

const CLIENT = '130628:disabled-federation';
const BORN = '1971-02-03';
/** One for each way. */
const WORD = '子丑寅卯';

let hub: BulkHub;
/** Whatever must not be readable: numbers, certificates, names, and what stood in rows that were not taken in. */
const secrets = new Map<string, string>();
/** Every table by COPY, as pg_dump writes it. */
let dump: Buffer;

/** People whose rows come in one way: taken in, flagged, and rejected with a number or a cell that is wrong. */
function rowsOf(way: number): readonly Readonly<Record<string, unknown>>[] {
  const person = (place: number) => {
    const idNumber = residentId(way * 10 + place, BORN);
    return { idNumber, name: `赵${WORD[way]}${'甲乙丙丁戊'[place]!}`, type: 'LIMB', level: 1, from: '2024-05-06' };
  };
  const certified = { ...person(0), certificateNumber: `${person(0).idNumber}41` };
  const disagrees = { ...person(1), certificateNumber: `${person(1).idNumber}33` };
  const wrong = { ...person(2), name: `钱${WORD[way]}镠邈`, idNumber: `${person(2).idNumber.slice(0, 17)}?` };
  const odd = { ...person(3), name: `孙${WORD[way]}霨黻`, regionCode: `盲${WORD[way]}魃魈` };
  const rows = [certified, disagrees, wrong, odd, person(4)];
  for (const [index, row] of rows.entries()) {
    secrets.set(`number ${index} by ${WAYS[way]}`, row.idNumber);
    secrets.set(`number ${index} by ${WAYS[way]}, without its check digit`, row.idNumber.slice(0, 17));
  }
  secrets.set(`certificate by ${WAYS[way]}`, certified.certificateNumber);
  secrets.set(`other certificate by ${WAYS[way]}`, disagrees.certificateNumber);
  for (const index of [0, 1, 4]) secrets.set(`name ${index} by ${WAYS[way]}`, rows[index]!.name);
  secrets.set(`rejected name by ${WAYS[way]}`, wrong.name);
  secrets.set(`rejected word by ${WAYS[way]}`, odd.regionCode);
  return rows;
}

beforeAll(async () => {
  hub = await bulkHub({ clock: { now: () => new Date('2025-12-01T09:00:00+08:00') } });
});
afterAll(() => hub?.stop());

const found = (what: ReadonlyMap<string, Buffer>): readonly string[] => foundIn(dump, what);

it('what was sent by every way can be read, by whoever has the keys', async () => {
  for (const [index, way] of WAYS.entries()) {
    const pushed = await hub.judged(way, { client: CLIENT, list: 'disability', rows: rowsOf(index) });
    const { sent, flagged, rejected } = pushed.counts;
    expect([way, sent, flagged, rejected]).toEqual([way, 5, 1, 2]);
  }
  // A child known by a birth certificate and a guardian's number.
  const births = {
    name: '李新生',
    idNumber: 'Q130000719',
    bornOn: '2025-11-02',
    guardianIdNumber: withCheckDigit('13062819880809012'),
  };
  secrets.set('guardian', births.guardianIdNumber);
  secrets.set('birth certificate', births.idNumber);
  secrets.set('name of a child', births.name);
  await hub.judged('graph', { client: '130628:health', list: 'births', rows: [births] });
  dump = await dumpOf(hub.database);
  const { rows } = await hub.database.query<{ id: string }>('select id from submission order by id');
  const sent = (await Promise.all(rows.map(({ id }) => openedBlocks(hub.database, id)))).flat();
  const text = JSON.stringify(sent.map((block) => block.rows));
  for (const [name, secret] of secrets) expect([name, text.includes(secret)]).toEqual([name, true]);
}, 120_000);

it('a dump holds no number, certificate, name or row as sent in clear, nor what compresses to one', async () => {
  // What is in clear, so that the search is known to find.
  expect(found(new Map([['a heading', Buffer.from('LIMB')]]))).toEqual(['a heading']);
  expect(found(new Map([...secrets].map(([name, secret]) => [name, Buffer.from(secret)])))).toEqual([]);
  const { rows } = await hub.database.query<{ sent: Buffer }>('select sent from submission_block');
  expect(rows.length).toBeGreaterThan(WAYS.length);
  for (const { sent } of rows) {
    expect(sent.includes(Buffer.from('28b52ffd', 'hex'))).toBe(false);
    expect(() => zstdDecompressSync(sent.subarray(18))).toThrow();
  }
});

it('nor a hash of a number that could be tried without a key', () => {
  const numbers = [...secrets].filter(([name]) => /number|certificate|guardian/.test(name));
  const hashes = numbers.flatMap(([name, number]) =>
    ['md5', 'sha1', 'sha256', 'sm3'].flatMap((hash) =>
      [
        number,
        `RESIDENT_ID\0${number}`,
        `DISABILITY_CERTIFICATE\0${number}`,
        `RESIDENT_ID${number}`,
        `RESIDENT_ID|${number}`,
      ].map(
        (text, place) =>
          // Subject keys keep the first ten digits of a hash unchanged.
          [`${name} ${hash} ${place}`, createHash(hash).update(text).digest().subarray(0, 5)] as const,
      ),
    ),
  );
  const text = dump.toString('latin1').replaceAll('-', '');
  expect(hashes.filter(([, hash]) => text.includes(hash.toString('hex'))).map(([name]) => name)).toEqual([]);
});

it('equal texts lie as different values, so that nobody can tell who was sent twice', async () => {
  const push = { client: CLIENT, list: 'disability', rows: rowsOf(0) } as const;
  const [one, other] = [await hub.judged('graph', push), await hub.judged('graph', push)];
  expect(await hub.sentRows(one.id)).toEqual(await hub.sentRows(other.id));
  const { rows } = await hub.database.query<{ sent: Buffer }>(
    'select sent from submission_block where submission = any($1)',
    [[one.id, other.id]],
  );
  const [first, second] = rows.map(({ sent }) => sent);
  // All that they share is under which key they lie.
  expect(first!.subarray(0, 6)).toEqual(second!.subarray(0, 6));
  expect(first!.subarray(6, 18)).not.toEqual(second!.subarray(6, 18));
  expect(first!.subarray(18)).not.toEqual(second!.subarray(18));
});

it('the keys are not in the dump: neither those that wrap, nor data keys, nor the pepper', async () => {
  const data = await readDataKeys(hub.database, TEST_KEYS);
  const pepper = readFileSync(join(hub.dataDir, 'pepper'));
  const keys = new Map([
    ['wrapping key', TEST_KEYS.current.key],
    ['pepper', pepper],
    ...data.map(({ id, key }) => [`data key ${id}`, key!.key] as const),
  ]);
  expect(keys.size).toBeGreaterThanOrEqual(3);
  expect(found(keys)).toEqual([]);
  // Known by name only.
  expect(dump.includes(TEST_KEYS.current.id)).toBe(true);
});

it('rows that were changed in the database are a fault to whoever asks for them, and never no rows', async () => {
  const { id } = await hub.judged('graph', { client: CLIENT, list: 'disability', rows: rowsOf(1) });
  await hub.database.query(
    'update submission_block set sent = set_byte(sent, 30, 255 - get_byte(sent, 30)) where submission = $1',
    [id],
  );
  const query =
    'query ($id: ID!) { submission(id: $id) { verdicts(first: 10) { totalCount edges { node { row } } } } }';
  const { text, body } = await hub.ask(CLIENT, { query, variables: { id } });
  expect([body.errors?.map(({ extensions }) => extensions.code), body.data?.submission?.verdicts ?? null]).toEqual([
    ['INTERNAL_SERVER_ERROR'],
    null,
  ]);
  for (const secret of secrets.values()) expect(text).not.toContain(secret);
});
