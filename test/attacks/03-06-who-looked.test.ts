import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesOf } from '../support/audit.ts';
import { layCards } from '../support/cards.ts';
import { testHub, type TestHub } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';

const OPERATIONS = resolve(import.meta.dirname, '../../operations');
const INSURANCE = '130628:medical-insurance';
const TAX = '130628:tax';
const [ME, OTHER] = [residentId(1, '1980-01-01'), residentId(2, '1980-01-01')] as const;

let hub: TestHub;
let now = new Date('2026-03-02T02:00:00Z');
let submission: string;
let [me, other] = ['', ''];

beforeAll(async () => {
  hub = await testHub({ work: 'elsewhere', clock: { now: () => now } });
  const rows = [
    { idNumber: ME, name: '赵一', householdNumber: 'H1', regionCode: '130628100' },
    { idNumber: OTHER, name: '钱二', householdNumber: 'H1', regionCode: '130628100' },
  ].map((row) => ({ ...row, registration: 'HUKOU', from: '2000-01-01' }));
  submission = await push('130628:public-security', 'Residents', rows);
  const registered = [ME, OTHER].map((idNumber) => ({ idNumber, policyYear: 2026, registeredOn: '2026-01-01' }));
  const own = await push(
    INSURANCE,
    'Registrations',
    registered.map((row, index) => ({ ...row, name: ['赵一', '钱二'][index] })),
  );
  submission = own;
  const { body } = await hub.ask(INSURANCE, {
    query: 'query ($idNumbers: [String!]!) { people(idNumbers: $idNumbers, purpose: BENEFIT_ADMINISTRATION) { id } }',
    variables: { idNumbers: [ME, OTHER] },
  });
  [me, other] = body.data.people.map(({ id }: { id: string }) => id);
  await layCards(
    hub.databaseUrl,
    [me, other].map((person, index) => ({
      person,
      name: ['赵一', '钱二'][index]!,
      birthDate: '1980-01-01',
      householdNumber: 'H1',
    })),
  );
});
afterAll(() => hub?.stop());

async function push(client: string, list: string, rows: readonly object[]): Promise<string> {
  const query = `mutation ($input: Push${list}Input!) { pushed: push${list}(input: $input) { id status counts { rejected } } }`;
  const { body } = await hub.ask(client, { query, variables: { input: { idempotencyKey: `${list}-1`, rows } } });
  expect(body).toMatchObject({ data: { pushed: { status: 'RECEIVED', counts: { rejected: 0 } } } });
  return body.data.pushed.id;
}

interface ShownLook {
  readonly at: string;
  readonly agencyName: string;
  readonly purposeName: string;
  readonly scopes: readonly string[];
  readonly kinds: readonly string[];
}

/** What the hub tells of who looked at somebody, the newest first, without this very question, which is not yet among it. */
async function looksAt(idNumber: string): Promise<readonly ShownLook[]> {
  const variables = { idNumber, purpose: 'LIST_VERIFICATION', first: 200 };
  const { body } = await hub.ask(INSURANCE, { documentId: 'WhoLooked', variables });
  expect(body.errors).toBeUndefined();
  return body.data.whoLooked.edges.map(({ node }: { node: ShownLook }) => node);
}

/** Every path by which somebody is read: the operation, what is asked, and the kinds of things that it shows. */
const PATHS: readonly (readonly [path: string, client: string, request: () => object, kinds: readonly string[]])[] = [
  ['by document', INSURANCE, () => ({ documentId: 'PersonRecord', variables: { idNumber: ME } }), ['RECORD', 'CLAIMS']],
  [
    'by many documents, with what is decided',
    INSURANCE,
    () => ({ documentId: 'PeopleDecisions', variables: { idNumbers: [ME, OTHER, ME], policyYear: 2026 } }),
    ['RECORD', 'CLAIMS', 'BENEFIT'],
  ],
  [
    'by a search',
    INSURANCE,
    () => ({ documentId: 'SearchPeople', variables: { by: { birthDate: '1980-01-01' } } }),
    ['RECORD', 'CLAIMS'],
  ],
  [
    'by household',
    INSURANCE,
    () => ({ documentId: 'Household', variables: { number: 'H1', policyYear: 2026 } }),
    ['RECORD', 'CLAIMS', 'HOUSEHOLD'],
  ],
  [
    'by the rows of a submission',
    INSURANCE,
    () => ({ documentId: 'RowPersons', variables: { id: submission } }),
    ['RECORD', 'CLAIMS'],
  ],
  [
    'through a document of one’s own, twice over',
    INSURANCE,
    () => ({
      query: `query ($purpose: Purpose!) { a: person(idNumber: "${ME}", purpose: $purpose) { name } b: person(idNumber: "${ME}", purpose: $purpose) { benefit(policyYear: 2026, knownAt: "2026-03-02T01:59:00Z") { outcome } hardshipListings { category } } }`,
      variables: {},
    }),
    ['RECORD', 'CLAIMS', 'BENEFIT'],
  ],
];

const asking = ({ variables, ...request }: { variables?: object }, purpose: string): object => ({
  ...request,
  variables: { purpose, ...variables },
});

describe('103. who looked at me', () => {
  it.each(PATHS)('103. one more, for a look %s', async (_path, client, request, kinds) => {
    const before = await looksAt(ME);
    now = new Date(now.getTime() + 60_000);
    const { body } = await hub.ask(client, asking(request(), 'BENEFIT_ADMINISTRATION'));
    expect(body.errors).toBeUndefined();
    const after = await looksAt(ME);
    // The question before is among what is told now.
    const [look, question] = after.slice(0, after.length - before.length);
    expect(after).toHaveLength(before.length + 2);
    expect(question).toMatchObject({ kinds: ['LOOKS'] });
    expect(look).toMatchObject({ at: now.toISOString(), agencyName: '高阳县医疗保障局', purposeName: '待遇核定' });
    expect(look!.kinds.toSorted()).toEqual([...kinds].toSorted());
  });

  it('103. also that rows about them were pushed, and who did', async () => {
    const pushes = (await looksAt(ME)).filter(({ kinds }) => kinds.includes('ROWS'));
    expect(pushes.map(({ agencyName, purposeName }) => [agencyName, purposeName])).toEqual([
      ['高阳县医疗保障局', '报送、退回名单'],
      ['高阳县公安局', '报送、退回名单'],
    ]);
  });

  it('103. nothing of anybody else', async () => {
    const text = JSON.stringify(await looksAt(ME));
    for (const secret of [other, OTHER, '钱二', me, ME, '赵一']) expect(text).not.toContain(secret);
  });

  it('103. a purpose that is told later appears at its date', async () => {
    const at = now;
    await hub.ask(INSURANCE, asking({ ...PATHS[0]![2]() }, 'AUDIT'));
    const told = async () => (await looksAt(ME)).filter(({ purposeName }) => purposeName === '审计监督');
    expect(await told()).toEqual([]);
    now = new Date(at.getTime() + 90 * 86_400_000 - 1);
    expect(await told()).toEqual([]);
    now = new Date(at.getTime() + 90 * 86_400_000);
    expect(await told()).toMatchObject([{ at: at.toISOString() }]);
  });

  it('103. is not told to an office without the grant, nor of somebody who is not there', async () => {
    const variables = { idNumber: ME, purpose: 'PREMIUM_COLLECTION' };
    const { body } = await hub.ask(TAX, { documentId: 'WhoLooked', variables });
    expect(body.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    const absent = { idNumber: residentId(77, '1980-01-01'), purpose: 'LIST_VERIFICATION' };
    expect((await hub.ask(INSURANCE, { documentId: 'WhoLooked', variables: absent })).body.data).toEqual({
      whoLooked: null,
    });
  });
});

/** Published operations that show nobody; every other one is held to leave an entry for each person that it shows. */
const SHOWS_NOBODY = new Set([
  ...['ListCatalogue', 'PolicyPack', 'PopulationSummary'],
  ...['Submissions', 'SubmissionReport', 'SubmissionVerdicts'],
]);
/** Held elsewhere: what changes something leaves its entry before it answers (03-07-audit), and tasks need matters (journeys). */
const HELD_ELSEWHERE =
  /^(?:Push|Withdraw|Release|Redrive|Settle|Confirm|Undo|Request|Answer|Approve|End)|^(?:ReviewTasks?|Corrections|DecisionChanges|SubmissionProgress|Emergencies)$/;

const VARIABLES: Readonly<Record<string, object>> = {
  PersonBasics: { idNumber: ME },
  PersonRecord: { idNumber: ME },
  PersonDecision: { idNumber: ME, policyYear: 2026 },
  PeopleDecisions: { idNumbers: [ME, OTHER], policyYear: 2026 },
  SearchPeople: { by: { birthDate: '1980-01-01' } },
  Household: { number: 'H1', policyYear: 2026 },
  WhoLooked: { idNumber: ME },
};

const published = readdirSync(OPERATIONS)
  .filter((file) => file.endsWith('.graphql'))
  .map((file) => /^(?:query|mutation|subscription) (\w+)/m.exec(readFileSync(join(OPERATIONS, file), 'utf8'))![1]!)
  .filter((name) => !HELD_ELSEWHERE.test(name));

it.each(published)('103. %s leaves an entry for each person that it shows, and no other', async (name) => {
  const variables = { ...VARIABLES[name], ...(/^RowPersons$|^Submission\w/.test(name) ? { id: submission } : {}) };
  const entries = await entriesOf(hub.databaseUrl, async () => {
    if (SHOWS_NOBODY.has(name)) {
      const { body } = await hub.ask(INSURANCE, { documentId: name, variables: { ...variables, ...EMPTY[name] } });
      expect(body.errors).toBeUndefined();
      return;
    }
    const { body } = await hub.ask(INSURANCE, {
      documentId: name,
      variables: { purpose: 'LIST_VERIFICATION', ...variables },
    });
    expect(body.errors).toBeUndefined();
  });
  const persons = entries.map(({ person }) => person);
  const expected = SHOWS_NOBODY.has(name) ? [] : /^Person|^Who/.test(name) ? [me] : [me, other];
  expect(persons.toSorted()).toEqual(expected.toSorted());
});

const EMPTY: Readonly<Record<string, object>> = {
  PolicyPack: { jurisdiction: '130628', policyYear: 2026 },
  PopulationSummary: { policyYear: 2026 },
};
