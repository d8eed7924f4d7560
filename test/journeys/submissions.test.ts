import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { clientAssertion, obtainToken } from '../../src/gateway/issuer.ts';
import { post } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';
import { pushingHub, type PushingHub } from '../support/pushing-hub.ts';

const CIVIL_AFFAIRS = '130628:civil-affairs';
const RURAL_AFFAIRS = '130628:rural-affairs';
const INSURANCE = '130628:medical-insurance';
const FIELDS = `id status repeated format operator changes { added changed dropped unchanged } remarks { code }
  report { code column severity rows examples } rejectedRows { csv xlsx } takenInAt decidedAt
  releasedBy releasedAt withdrawnAt withdrawnBecause receipt { id changes { added changed dropped unchanged } }`;

let hub: PushingHub;
let database: pg.Pool;
beforeAll(async () => {
  hub = await pushingHub();
  database = new pg.Pool({ connectionString: hub.databaseUrl, max: 1 });
});
afterAll(async () => {
  await database?.end();
  await hub?.stop();
});

const listed = (number: number, more: object = {}): object => ({
  name: `甲${number}`,
  idNumber: residentId(number),
  category: '低保对象',
  from: '2025-01-01',
  ...more,
});

/** A root field asked by name: what it shows, or the code of its refusal. */
async function ask(client: string, text: string, token?: string): Promise<any> {
  const answer = await (token ? post(`${hub.url}/graphql`, { query: text }, token) : hub.ask(client, { query: text }));
  const { data, errors } = answer.body;
  return errors ? errors[0]!.extensions.code : Object.values<any>(data)[0];
}
const submission = (id: string, client = CIVIL_AFFAIRS): Promise<any> =>
  ask(client, `{ submission(id: "${id}") { ${FIELDS} } }`);
const withdraw = (id: string, client = CIVIL_AFFAIRS, reason = '报错了名单', token?: string): Promise<any> =>
  ask(client, `mutation { withdrawSubmission(id: "${id}", reason: "${reason}") { ${FIELDS} } }`, token);
const release = async (id: string, operator: string | undefined, client = CIVIL_AFFAIRS): Promise<any> =>
  ask(client, `mutation { releaseSubmission(id: "${id}") { ${FIELDS} } }`, await tokenOf(client, operator));

const tokenOf = async (client: string, operator?: string): Promise<string> =>
  (await obtainToken(client, hub.issuer, await hub.privateKeyOf(client), hub.url, operator)).access_token;

/** What the insurance office reads of a person; null where there is none. */
const person = (number: number, knownAt?: string): Promise<any> =>
  ask(
    INSURANCE,
    `{ person(idNumber: "${residentId(number)}", purpose: BENEFIT_ADMINISTRATION${knownAt ? `, knownAt: "${knownAt}"` : ''}) {
      hardshipListings { word from to } benefit(policyYear: 2026, asOf: "2025-12-01") { category payable } } }`,
  );

async function eventually<T>(look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    expect(Date.now(), JSON.stringify(seen)).toBeLessThan(deadline);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const set = async (id: string, state: string): Promise<void> => {
  await database.query(`update submission set ${state} where id = $1`, [id]);
};

describe('what became of a push', () => {
  test('is told with what it changes, what was found and where the bad rows are', async () => {
    hub.setDay('2025-03-03');
    const bad = listed(3, { idNumber: '130628198005150012' });
    const push = await hub.received(CIVIL_AFFAIRS, 'Hardship', [
      listed(1),
      listed(2),
      bad,
      { ...bad, category: '富裕户' },
    ]);
    const shown = await submission(push.id);
    expect(shown).toMatchObject({
      status: 'RECEIVED',
      repeated: false,
      format: 'GRAPHQL',
      operator: null,
      changes: { added: 2, changed: 0, dropped: 0, unchanged: 0 },
      receipt: { id: push.id, changes: { added: 2 } },
      remarks: [],
      report: [
        { code: 'ID_NUMBER_CHECK_DIGIT', column: 'idNumber', severity: 'REJECT', rows: 2, examples: [3, 4] },
        { code: 'CATEGORY_WORD_UNKNOWN', column: 'category', severity: 'REJECT', rows: 1, examples: [4] },
      ],
      rejectedRows: { csv: `/submissions/${push.id}/rejected.csv`, xlsx: `/submissions/${push.id}/rejected.xlsx` },
      withdrawnAt: null,
    });
    expect(shown.takenInAt).not.toBeNull();
    const next = await hub.received(CIVIL_AFFAIRS, 'Hardship', [listed(1, { to: '2025-12-31' }), listed(4)], {
      mode: 'SNAPSHOT',
    });
    expect((await submission(next.id)).changes).toEqual({ added: 1, changed: 1, dropped: 1, unchanged: 0 });
  });

  test('a push sent again says so, and one in somebody’s name names them', async () => {
    const token = await tokenOf(RURAL_AFFAIRS, 'li.na');
    const query = `mutation { pushHardship(input: { idempotencyKey: "named", rows: [{ name: "乙", idNumber: "${residentId(20)}",
      category: "边缘易致贫户", from: "2025-01-01" }] }) { id repeated operator } }`;
    const first = await ask(RURAL_AFFAIRS, query, token);
    expect(first).toEqual({ id: expect.any(String), repeated: false, operator: 'li.na' });
    expect(await ask(RURAL_AFFAIRS, query, token)).toEqual({ ...first, repeated: true });
    expect((await submission(first.id, RURAL_AFFAIRS)).repeated).toBe(false);
  });

  test('a dry run tells what it would change', async () => {
    const query = `mutation { pushHardship(input: { idempotencyKey: "dry", dryRun: true, rows: [{ name: "丙", idNumber: "${residentId(21)}",
      category: "边缘易致贫户", from: "2025-01-01" }, { name: "丁" }] }) { ${FIELDS} } }`;
    expect(await ask(RURAL_AFFAIRS, query)).toMatchObject({
      status: 'DRY_RUN',
      changes: { added: 1 },
      report: expect.arrayContaining([expect.objectContaining({ code: 'VALUE_MISSING', examples: [2] })]),
      rejectedRows: null,
      receipt: null,
    });
  });
});

describe('a push taken back', () => {
  test('stands no more from then on, for persons and decisions alike, and is known as it was', async () => {
    hub.setDay('2025-10-06');
    const push = await hub.received(CIVIL_AFFAIRS, 'Hardship', [listed(31)]);
    expect(await person(31)).toMatchObject({
      hardshipListings: [{ word: '低保对象' }],
      benefit: { category: 'SUBSISTENCE_ALLOWANCE', payable: '40.00' },
    });
    hub.setDay('2025-10-08');
    const withdrawn = await withdraw(push.id);
    expect(withdrawn).toMatchObject({
      id: push.id,
      status: 'WITHDRAWN',
      withdrawnBecause: '报错了名单',
      withdrawnAt: '2025-10-08T01:00:00.000Z',
      decidedAt: null,
    });
    const after = await person(31);
    expect([after?.hardshipListings ?? [], after?.benefit.category ?? null]).toEqual([[], null]);
    expect(await person(31, '2025-10-07T00:00:00Z')).toMatchObject({
      hardshipListings: [{ word: '低保对象' }],
      benefit: { category: 'SUBSISTENCE_ALLOWANCE' },
    });
    expect(
      await eventually(
        () => submission(push.id),
        ({ decidedAt }) => decidedAt !== null,
      ),
    ).toMatchObject({
      status: 'WITHDRAWN',
    });

    hub.setDay('2025-10-09');
    const again = await withdraw(push.id, CIVIL_AFFAIRS, '另一个原因');
    expect([again.withdrawnAt, again.withdrawnBecause]).toEqual([withdrawn.withdrawnAt, '报错了名单']);
  });

  test('a snapshot taken back leaves those whom it dropped standing as before', async () => {
    hub.setDay('2025-10-10');
    const client = '130628:veterans';
    const veteran = (number: number): object => listed(number, { category: '困难退役军人' });
    await hub.received(client, 'Hardship', [veteran(41), veteran(42)]);
    hub.setDay('2025-10-12');
    const snapshot = await hub.received(client, 'Hardship', [veteran(41)], { mode: 'SNAPSHOT' });
    expect((await person(42)).hardshipListings).toMatchObject([{ to: '2025-10-11' }]);
    hub.setDay('2025-10-13');
    expect(await withdraw(snapshot.id, client)).toMatchObject({ status: 'WITHDRAWN', changes: { dropped: 1 } });
    expect((await person(42)).hardshipListings).toEqual([{ word: '困难退役军人', from: '2025-01-01', to: null }]);
    expect((await person(41)).hardshipListings).toMatchObject([{ to: null }]);
  });

  test('leaves what a later push said of the same matter', async () => {
    hub.setDay('2025-10-14');
    const first = await hub.received(CIVIL_AFFAIRS, 'Hardship', [listed(51), listed(52)]);
    hub.setDay('2025-10-15');
    await hub.received(CIVIL_AFFAIRS, 'Hardship', [listed(51, { to: '2026-12-31' })]);
    hub.setDay('2025-10-16');
    await withdraw(first.id);
    expect((await person(51)).hardshipListings).toMatchObject([{ to: '2026-12-31' }]);
    expect((await person(52))?.hardshipListings ?? []).toEqual([]);
  });

  const states = [
    ['QUEUED', 'WITHDRAWN'],
    ['NEEDS_RELEASE', 'WITHDRAWN'],
    ['FAILED', 'WITHDRAWN'],
    ['REFUSED', 'WITHDRAWN'],
    ['WORKING', 'SUBMISSION_IN_WORK'],
  ] as const;
  it.each(states)('while %s: %s', async (status, outcome) => {
    const { id } = await hub.received(CIVIL_AFFAIRS, 'Deaths', [
      { name: '戊', idNumber: residentId(60), diedOn: '2025-01-01' },
    ]);
    await eventually(
      () => submission(id),
      ({ decidedAt }) => decidedAt !== null,
    );
    await set(id, `status = '${status}', taken_in_at = null`);
    const answer = await withdraw(id);
    expect(answer.status ?? answer).toBe(outcome);
    expect((await submission(id)).status).toBe(outcome === 'WITHDRAWN' ? outcome : status);
    await set(id, "status = 'WITHDRAWN'");
  });

  test('only by its own agency, with a token for its list and a reason', async () => {
    const { id } = await hub.received(CIVIL_AFFAIRS, 'Hardship', [listed(71)]);
    const narrow = async (scope: string): Promise<string> => {
      const response = await fetch(`${hub.url}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: await clientAssertion(CIVIL_AFFAIRS, hub.issuer, await hub.privateKeyOf(CIVIL_AFFAIRS)),
          scope,
        }),
      });
      return ((await response.json()) as { access_token: string }).access_token;
    };
    expect(await withdraw(id, RURAL_AFFAIRS)).toBe('NOT_FOUND');
    expect(await withdraw('00000000-0000-7000-8000-000000000000')).toBe('NOT_FOUND');
    expect(await withdraw('no id at all')).toBe('NOT_FOUND');
    expect(await withdraw(id, '130628:finance')).toBe('FORBIDDEN');
    expect(await withdraw(id, CIVIL_AFFAIRS, '报错了', await narrow('submission:read person:read'))).toBe('FORBIDDEN');
    expect(await withdraw(id, CIVIL_AFFAIRS, '报错了', await narrow('list:deaths:push'))).toBe('FORBIDDEN');
    for (const reason of ['', '  ', 'x'.repeat(201)])
      expect(await withdraw(id, CIVIL_AFFAIRS, reason)).toBe('BAD_USER_INPUT');
    expect((await submission(id)).status).toBe('RECEIVED');
    expect((await withdraw(id, CIVIL_AFFAIRS, '报错了', await narrow('list:hardship:push'))).status).toBe('WITHDRAWN');
  });
});

describe('a push that is held', () => {
  /** 60 listed, then a snapshot of one: 59 would go. */
  async function held(first: number, operator: string | undefined, client = RURAL_AFFAIRS): Promise<string> {
    const category = client === RURAL_AFFAIRS ? '边缘易致贫户' : '低保对象';
    const roster = Array.from({ length: 60 }, (_, index) => listed(first + index, { category }));
    await hub.received(client, 'Hardship', roster);
    const text = `mutation ($input: PushHardshipInput!) { pushHardship(input: $input) { ${FIELDS} } }`;
    const input = { idempotencyKey: `held-${first}`, mode: 'SNAPSHOT', rows: roster.slice(0, 1) };
    const { body } = await post(
      `${hub.url}/graphql`,
      { query: text, variables: { input } },
      await tokenOf(client, operator),
    );
    expect(body.data.pushHardship).toMatchObject({
      status: 'NEEDS_RELEASE',
      remarks: [{ code: 'SHRINKS_TOO_MUCH' }],
      takenInAt: null,
    });
    return body.data.pushHardship.id;
  }

  test('is let in by a second named person, and then taken in', async () => {
    hub.setDay('2025-11-03');
    const id = await held(100, 'li.na');
    expect((await person(101)).hardshipListings).toMatchObject([{ to: null }]);

    hub.setDay('2025-11-04');
    expect(await release(id, undefined)).toBe('NOT_FOUND');
    expect(await release(id, undefined, RURAL_AFFAIRS)).toBe('FORBIDDEN');
    expect(await release(id, 'li.na', RURAL_AFFAIRS)).toBe('FORBIDDEN');
    expect(await release(id, 'li.na', '130628:finance')).toBe('FORBIDDEN');
    expect((await submission(id, RURAL_AFFAIRS)).status).toBe('NEEDS_RELEASE');

    expect(await release(id, 'wang.wei', RURAL_AFFAIRS)).toMatchObject({
      releasedBy: 'wang.wei',
      releasedAt: '2025-11-04T01:00:00.000Z',
    });
    const taken = await eventually(
      () => submission(id, RURAL_AFFAIRS),
      ({ status }) => status === 'RECEIVED',
    );
    expect(taken).toMatchObject({ releasedBy: 'wang.wei', operator: 'li.na' });
    expect((await person(101)).hardshipListings).toMatchObject([{ to: expect.any(String) }]);
    expect(await release(id, 'wang.wei', RURAL_AFFAIRS)).toBe('SUBMISSION_NOT_HELD');

    hub.setDay('2025-11-06');
    await withdraw(id, RURAL_AFFAIRS);
    expect((await person(101)).hardshipListings).toMatchObject([{ to: null }]);
  });

  test('that named nobody is let in by anybody named', async () => {
    hub.setDay('2025-11-10');
    const id = await held(200, undefined);
    expect(await release(id, undefined, RURAL_AFFAIRS)).toBe('FORBIDDEN');
    expect(await release(id, 'wang.wei', RURAL_AFFAIRS)).toMatchObject({ releasedBy: 'wang.wei' });
  });
});

test('submissions are found by where they stand', async () => {
  const ids = async (status: string): Promise<unknown[]> =>
    (
      await ask(CIVIL_AFFAIRS, `{ submissions(first: 100, status: ${status}) { edges { node { status } } } }`)
    ).edges.map(({ node }: any) => node.status);
  expect(new Set(await ids('[WITHDRAWN]'))).toEqual(new Set(['WITHDRAWN']));
  expect(new Set(await ids('[WITHDRAWN, RECEIVED]'))).toEqual(new Set(['WITHDRAWN', 'RECEIVED']));
  expect(await ids('[NEEDS_RELEASE]')).toEqual([]);
});
