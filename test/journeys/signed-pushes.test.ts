import { gzipSync } from 'node:zlib';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeKeyPair, publicHalf } from '../../src/gateway/issuer.ts';
import { agencyKeys } from '../../src/storage/agency-keys.ts';
import { revocationStore } from '../../src/storage/revocations.ts';
import { entriesOf, expectDenied, type LeftEntry } from '../support/audit.ts';
import { attachedDatabase, type TestDatabase } from '../support/database.ts';
import { testHub, type TestHub } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';
import { digestOf, headerFor, holds, signatureOf } from '../support/signatures.ts';
import {
  digestAt,
  jurisdictionsWhere,
  labelsOf,
  sendAt,
  SIGNED_DOORS,
  signedAt,
  type DoorPush,
  type SignedDoor,
} from '../support/signing-hub.ts';
import { fingerprintOf } from '../support/stored-rows.ts';

const CLIENT = '130628:civil-affairs';
const OTHER = '130628:rural-affairs';
/** Must sign. */
const BOUND = '130628:disabled-federation';

let hub: TestHub;
let database: TestDatabase;
let owner: pg.Pool;
/** P-256, of the agency. */
let key: JWK;
/** Ed25519, registered besides. */
let second: JWK;
let stranger: JWK;
let others: JWK;

beforeAll(async () => {
  hub = await testHub({ work: 'elsewhere', jurisdictions: jurisdictionsWhere(BOUND) });
  database = await attachedDatabase(hub.databaseUrl);
  owner = database.pool;
  key = await hub.privateKeyOf(CLIENT);
  others = await hub.privateKeyOf(OTHER);
  stranger = (await makeKeyPair()).privateKey;
  second = await exportJWK((await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })).privateKey);
  second.kid = await calculateJwkThumbprint(second);
  await agencyKeys(database).add('130628', 'civil-affairs', second.kid, publicHalf(second), new Date());
});
afterAll(async () => {
  await database?.close();
  await hub?.stop();
});

let pushes = 0;
let push: DoorPush;
beforeEach(() => {
  push = pushOf({ mode: 'SNAPSHOT', period: '2025-11', documentNumber: '高民字〔2025〕1号' });
});

const rowOf = (index: number) => ({
  ...{ name: '张三', idNumber: residentId(index), category: '低保对象', from: '2025-06-01' },
});

function pushOf(labels: DoorPush['labels'] = {}): DoorPush {
  pushes += 1;
  return { client: CLIENT, list: 'hardship', idempotencyKey: `signed-${pushes}`, labels, rows: [rowOf(pushes)] };
}

/** A submission as its agency, or another, is shown it. */
async function shown(id: string, client = CLIENT): Promise<any> {
  const query = `query ($id: ID!) { submission(id: $id) {
    receipt { digest } signedReceipt signature { jws thumbprint publicKey signedAt } } }`;
  const { body } = await hub.ask(client, { query, variables: { id } });
  return body.data.submission;
}

const membersOf = (signedReceipt: string): any =>
  JSON.parse(Buffer.from(signedReceipt.split('.')[1]!, 'base64url').toString());

describe.each(SIGNED_DOORS)('a signed push through the door %s', (door) => {
  it.each(['P-256', 'Ed25519'])('is kept with its signature, which the receipt and the log name: %s', async (curve) => {
    const by = curve === 'P-256' ? key : second;
    const jws = signedAt(door, push, by);
    let pushed: any;
    const left = await entriesOf(hub.databaseUrl, async () => (pushed = await sendAt(hub, door, push, jws)));
    expect([pushed.code, pushed.receipt.digest]).toEqual([null, digestAt(door, push)]);

    const { receipt, signature, signedReceipt } = await shown(pushed.id);
    const [header, , value] = jws.split('.') as [string, string, string];
    const { iat } = JSON.parse(Buffer.from(header, 'base64url').toString());
    expect(signature).toMatchObject({ jws, thumbprint: by.kid, signedAt: new Date(iat * 1000).toISOString() });
    expect(holds(signature.jws, receipt.digest, JSON.parse(signature.publicKey))).toBe(true);
    expect(signature.publicKey).not.toContain('"d"');
    for (const sealed of [pushed.signedReceipt, signedReceipt]) {
      const said = membersOf(sealed);
      expect(said).toMatchObject({ digest: receipt.digest, signature: { jws } });
      expect(holds(said.signature.jws, said.digest, said.signature.key)).toBe(true);
    }
    expect(left.map(({ decision, signature: named }: LeftEntry) => [decision, named])).toEqual([
      ['GRANTED', `${by.kid}.${value}`],
    ]);
    // Nobody else learns of it.
    expect(await shown(pushed.id, OTHER)).toBeNull();
  });

  it('is received once: again, under the same signature or another, it gives the same receipt', async () => {
    const jws = signedAt(door, push, key);
    const first = await sendAt(hub, door, push, jws);
    const before = await fingerprintOf(owner);
    for (const again of [jws, signedAt(door, push, key), signedAt(door, push, second)]) {
      const { id, repeated, receipt, signedReceipt } = await sendAt(hub, door, push, again);
      expect([id, repeated, receipt]).toEqual([first.id, true, first.receipt]);
      expect(membersOf(signedReceipt).signature.jws).toBe(jws);
    }
    expect((await sendAt(hub, door, push)).repeated).toBe(true);
    await expectRefused(door, push, signedAt(door, push, stranger, { kid: key.kid }));
    expect(await fingerprintOf(owner)).toBe(before);
  });

  it('is judged on a dry run, for which its signature alone is good', async () => {
    const tried = { ...push, labels: { ...push.labels, dryRun: true } };
    const jws = signedAt(door, tried, key);
    const { code, status } = await sendAt(hub, door, tried, jws);
    expect([code, status]).toEqual([null, door === 'graph' ? 200 : 202]);
    await expectRefused(door, push, jws);
    await expectRefused(door, tried, signedAt(door, push, key));
  });

  it('is refused where what it is signed for, or by, is anything else', async () => {
    const labels = labelsOf(door, push);
    const header = headerFor(key, labels);
    const now = header['iat'] as number;
    const signed = (more: Readonly<Record<string, unknown>>) => signedAt(door, push, key, more);
    const other = { ...push, rows: [rowOf(900)] };
    const cases: ReadonlyArray<readonly [why: string, jws: string]> = [
      ['another key under the agency’s name', signedAt(door, push, stranger, { kid: key.kid })],
      ['a key that nobody registered', signedAt(door, push, stranger)],
      ['another agency’s key', signedAt(door, push, others)],
      ['another key of the agency', signedAt(door, push, second, { kid: key.kid })],
      ['other content', signedAt(door, push, key, {}, digestAt(door, other))],
      ['the digest in capitals', signedAt(door, push, key, {}, digestAt(door, push).toUpperCase())],
      ['nothing', signedAt(door, push, key, {}, '')],
      ['another idempotency key', signed({ idempotencyKey: 'another' })],
      ['another list', signed({ list: 'deaths' })],
      ['another agency', signed({ agency: 'rural-affairs' })],
      ['another jurisdiction', signed({ jurisdiction: '140405' })],
      ['the other mode', signed({ mode: 'DELTA' })],
      ['another period', signed({ period: '2025-12' })],
      ['no period', signed({ period: undefined })],
      ['another document', signed({ documentNumber: '高民字〔2025〕2号' })],
      ['no document', signed({ documentNumber: undefined })],
      ['another format', signed({ format: 'CSV' })],
      ['no format', signed({ format: undefined })],
      ['a period as a number', signed({ period: 202511 })],
      ['eleven days ago', signed({ iat: now - 11 * 24 * 3600 })],
      ['a minute ahead', signed({ iat: now + 60 })],
    ];
    for (const [why, jws] of cases) await expectRefused(door, push, jws, why);
  });

  it('is refused where its signature is not written in the one way', async () => {
    const labels = labelsOf(door, push);
    const header = headerFor(key, labels);
    const digest = digestAt(door, push);
    const good = JSON.stringify(header);
    const written = (text: string) => signatureOf(key, text, digest);
    const more = (members: object) => written(JSON.stringify({ ...header, ...members }));
    const [head, , value] = written(good).split('.') as [string, string, string];
    const cases: ReadonlyArray<readonly [why: string, jws: string]> = [
      ['a member written twice', written(good.replace('{', '{"idempotencyKey":"another",'))],
      ['a member written twice, once as an escape', written(good.replace('{', '{"l\\u0069st":"deaths",'))],
      ['crit', more({ crit: ['iat'] })],
      ['crit of nothing', more({ crit: [] })],
      ['b64', more({ b64: false, crit: ['b64'] })],
      ['b64 that says what is so anyway', more({ b64: true })],
      ['alg none', `${more({ alg: 'none' }).split('..')[0]}..`],
      ['alg none, signed', more({ alg: 'none' })],
      ['alg HS256', more({ alg: 'HS256' })],
      ['the other algorithm', more({ alg: 'EdDSA' })],
      ['no typ', more({ typ: undefined })],
      ['the typ of a token', more({ typ: 'at+jwt' })],
      ['the typ in capitals', more({ typ: 'YIDANG-SUBMISSION+JWS' })],
      ['no kid', more({ kid: undefined })],
      ['a path for a kid', more({ kid: '../../dev/null' })],
      ['a key of its own', more({ jwk: publicHalf(key) })],
      ['an address of keys', more({ jku: 'https://example.com/keys' })],
      ['a member that nobody knows', more({ note: 'x' })],
      ['a reserved name', written(good.replace('{', '{"__proto__":{},'))],
      ['no iat', more({ iat: undefined })],
      ['iat as text', more({ iat: String(header['iat']) })],
      ['iat past all days', more({ iat: Number.MAX_SAFE_INTEGER })],
      ['iat past all numbers', written(good.replace(/"iat":\d+/, '"iat":1e999'))],
      ['its payload within', signatureOf(key, header, digest, { attached: true })],
      ['padding', `${head}..${value}==`],
      ['a blank', `${head} ..${value}`],
      ['two parts', `${head}.${value}`],
      ['four parts', `${head}..${value}.`],
      ['no signature', `${head}..`],
      ['a longer signature', `${head}..${value}AAAA`],
      ['JSON', JSON.stringify({ protected: head, signature: value })],
      [
        'a header of 20 KB',
        door === 'graph' ? more({ period: 'x'.repeat(20_000) }) : more({ period: 'x'.repeat(9_000) }),
      ],
      ['no header', `..${value}`],
      ['a word', 'signature'],
    ];
    for (const [why, jws] of cases) await expectRefused(door, push, jws, why);
    if (door === 'graph') await expectRefused(door, push, '', 'an empty text');
  });

  it('must be signed where the jurisdiction’s file says so', async () => {
    const bound: DoorPush = {
      ...{ client: BOUND, list: 'disability', idempotencyKey: `bound-${door}` },
      rows: [{ name: '李四', idNumber: residentId(800), type: 'LIMB', level: 1, from: '2019-03-01' }],
    };
    const before = await fingerprintOf(owner);
    for (const labels of [{}, { dryRun: true }]) {
      const unsigned = await sendAt(hub, door, { ...bound, labels });
      expect([unsigned.status, unsigned.code]).toEqual([403, 'SIGNATURE_REQUIRED']);
    }
    expect(await fingerprintOf(owner)).toBe(before);
    const signed = await sendAt(hub, door, bound, signedAt(door, bound, await hub.privateKeyOf(BOUND)));
    expect([signed.code, signed.repeated]).toEqual([null, false]);
    // Also what was received before is not told again without a signature.
    expect((await sendAt(hub, door, bound)).code).toBe('SIGNATURE_REQUIRED');
  });
});

/** Nothing of it is kept, and its denial is put down. */
async function expectRefused(door: SignedDoor, sent: DoorPush, jws: string, why = ''): Promise<void> {
  const before = await fingerprintOf(owner);
  await expectDenied(hub.databaseUrl, { reason: 'SIGNATURE_INVALID', client: CLIENT }, async () => {
    const { status, code, message } = await sendAt(hub, door, sent, jws);
    expect([why, status, code]).toEqual([why, 422, 'SIGNATURE_INVALID']);
    expect(message).not.toMatch(/signed-\d|2025|高民字|张三/);
  });
  expect([why, await fingerprintOf(owner)]).toEqual([why, before]);
}

it('what is signed through the graph are the rows as they were sent: words, numbers and nulls', async () => {
  const sent: DoorPush = {
    ...{ client: BOUND, list: 'disability', idempotencyKey: 'as-sent' },
    rows: [
      { to: null, name: '李四', type: 'LIMB', level: 1, from: '2019-03-01', change: 'ADD', idType: 'RESIDENT_ID' },
      { name: 'é e\u0301 \u{20BB7} "\\', idNumber: 1.5e21, level: 2, type: 'VISUAL', from: '2019-13-01' },
    ],
  };
  const { code, receipt } = await sendAt(hub, 'graph', sent, signedAt('graph', sent, await hub.privateKeyOf(BOUND)));
  expect([code, receipt?.digest]).toEqual([null, digestAt('graph', sent)]);
});

it('a signature for one door is good for no other', async () => {
  const jws = signedAt('graph', push, key);
  await expectRefused('file', push, jws);
  // Also where the bytes of the one are the canonical text of the other.
  await expectRefused('file', push, signedAt('graph', push, key, {}, digestAt('file', push)));
});

it('a push with two signatures is none', async () => {
  const jws = signedAt('file', push, key);
  const { status, code } = await sendAt(hub, 'file', push, jws, jws);
  expect([status, code]).toEqual([400, 'BAD_USER_INPUT']);
});

it('a file that is packed on its way is signed as it is', async () => {
  const csv = `姓名,证件号码,身份类别,认定日期\n张三,${residentId(700)},低保对象,2025-03-01\n`;
  const labels = { ...labelsOf('file', push), format: 'CSV' };
  const response = await fetch(`${hub.url}/lists/hardship?${new URLSearchParams(push.labels as never).toString()}`, {
    method: 'POST',
    headers: {
      'content-type': 'text/csv',
      'content-encoding': 'gzip',
      authorization: `Bearer ${await hub.tokenOf(CLIENT)}`,
      'idempotency-key': push.idempotencyKey,
      'submission-signature': signatureOf(key, headerFor(key, labels), digestOf(csv)),
    },
    body: gzipSync(csv) as BodyInit,
  });
  expect(response.status).toBe(202);
});

it('a key that is revoked signs no more; what it signed before still holds', async () => {
  const signed = signedAt('graph', push, second);
  const { id } = await sendAt(hub, 'graph', push, signed);
  expect(await revocationStore(database).revokeKey(CLIENT, second.kid!, new Date())).toBe(true);
  push = pushOf();
  for (const door of SIGNED_DOORS) await expectRefused(door, push, signedAt(door, push, second), door);
  const { receipt, signature } = await shown(id);
  expect([signature.jws, signature.thumbprint]).toEqual([signed, second.kid]);
  expect(holds(signature.jws, receipt.digest, JSON.parse(signature.publicKey))).toBe(true);
});
