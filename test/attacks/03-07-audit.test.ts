import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pg from 'pg';
import { entriesOf, expectDenied, expectOnlyCounted } from '../support/audit.ts';
import { post, testHub, type TestHub } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';

const INSURANCE = '130628:medical-insurance';
const TAX = '130628:tax';
const PEOPLE = Array.from({ length: 5 }, (_, index) => residentId(index, '1980-01-01'));

let hub: TestHub;
let database: pg.Pool;
beforeAll(async () => {
  hub = await testHub({ work: 'elsewhere', clock: { now: () => new Date('2026-03-02T02:00:00Z') } });
  database = new pg.Pool({ connectionString: hub.databaseUrl, max: 1 });
  const rows = PEOPLE.map((idNumber) => ({ idNumber, name: '赵一', policyYear: 2026, registeredOn: '2026-01-01' }));
  await pushed('first', rows);
}, 60_000);
afterAll(async () => {
  await database?.end();
  await hub?.stop();
});

const pushed = (idempotencyKey: string, rows: readonly object[]) =>
  hub.ask(INSURANCE, {
    query: 'mutation ($input: PushRegistrationsInput!) { pushRegistrations(input: $input) { id status } }',
    variables: { input: { idempotencyKey, rows } },
  });

const READ =
  'query ($idNumbers: [String!]!, $purpose: Purpose!) { people(idNumbers: $idNumbers, purpose: $purpose) { id } }';
const read = (client: string, idNumbers: readonly string[], purpose = 'AUDIT') =>
  hub.ask(client, { query: READ, variables: { idNumbers, purpose } });

describe('what is denied', () => {
  it('leaves one entry, by whom and why', async () => {
    const entry = await expectDenied(hub.databaseUrl, { reason: 'FORBIDDEN', client: TAX }, () => read(TAX, PEOPLE));
    expect(entry).toMatchObject({ act: 'findPeople', key: expect.stringMatching(/^[\w-]{43}$/) });
  });

  it.each([
    ['a document that is none', { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
    ['a field that is not there', { query: '{ nobody }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['a body that is none', [], 'BAD_USER_INPUT'],
    ['a page too large', { query: '{ submissions(first: 5001) { edges { node { id } } } }' }, 'BAD_USER_INPUT'],
    [
      'two things at once',
      {
        query: `{ a: people(idNumbers: ["${PEOPLE[0]}"], purpose: AUDIT) { id } b: people(idNumbers: [], purpose: AUDIT) { id } }`,
      },
      'FORBIDDEN',
    ],
  ])('leaves one entry: %s', async (_why, request, reason) => {
    await expectDenied(hub.databaseUrl, { reason, client: TAX }, () => hub.ask(TAX, request));
  });

  it('leaves none without a token, or with a bad one', async () => {
    await expectOnlyCounted(hub.databaseUrl, async () => {
      const answers = [
        await hub.ask(null, { query: READ }),
        await post(`${hub.url}/graphql`, { query: READ }, 'e30.e30.e30'),
      ];
      expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    });
  });
});

it('N persons read leave N entries', async () => {
  const entries = await entriesOf(hub.databaseUrl, () => read(INSURANCE, PEOPLE));
  expect(entries.map(({ decision }) => decision)).toEqual(PEOPLE.map(() => 'GRANTED'));
  expect(new Set(entries.map(({ person }) => person)).size).toBe(PEOPLE.length);
});

/** Lets nobody write the log while something is done. */
async function withoutLog(work: () => Promise<void>): Promise<void> {
  await database.query('alter table audit_entry rename to audit_away');
  try {
    await work();
  } finally {
    await database.query('alter table audit_away rename to audit_entry');
  }
}

const claims = async (): Promise<number> => (await database.query('select from claim')).rowCount!;

describe('110. while the log cannot be written', () => {
  it('110. nobody is read, nothing is pushed, and the answer says so without a word of data', async () => {
    const before = await claims();
    await withoutLog(async () => {
      const rows = [
        { idNumber: residentId(99, '1980-01-01'), name: '钱二', policyYear: 2026, registeredOn: '2026-01-01' },
      ];
      for (const { status, body } of [await read(INSURANCE, PEOPLE), await pushed('second', rows)]) {
        expect([status, body.data, body.errors?.map(({ extensions }) => extensions.code)]).toEqual([
          503,
          undefined,
          ['AUDIT_UNAVAILABLE'],
        ]);
      }
      // Whatever shows nobody is still answered.
      expect((await hub.ask(INSURANCE, { query: '{ lists { name } }' })).status).toBe(200);
    });
    expect(await claims()).toBe(before);
    expect((await read(INSURANCE, PEOPLE)).body.data.people).toHaveLength(PEOPLE.length);
  });
});
