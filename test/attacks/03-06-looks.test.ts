import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadConfig, type Config } from '../../src/config.ts';
import { revealReasonHeader } from '../../src/gateway/reveal-reason.ts';
import { startSubgraph } from '../../src/main.ts';
import { startWork } from '../../src/work.ts';
import { logSizes, type LeftEntry } from '../support/audit.ts';
import { asHub } from '../support/database.ts';
import { follow } from '../support/events.ts';
import { residentId } from '../support/id-numbers.ts';
import { asGateway } from '../support/internal-callers.ts';
import { reviewingHub, type ReviewingHub } from '../support/reviewing-hub.ts';
import { TEST_KEY_FILE } from '../support/sealing-keys.ts';

// Section 3.6 of the security programme, line 103, where people are seen beside the questions about them: in comparisons, tasks, requests
// to correct, changes, events, references between subgraphs, and by the hub's own jobs. So many reads, so many looks.

const INSURANCE = '130628:medical-insurance';
const CIVIL_AFFAIRS = '130628:civil-affairs';
const LI = `${INSURANCE}/li.na`;
const ZHAO = `${CIVIL_AFFAIRS}/zhao`;

/** Two of one name and birthday, which is a matter to be looked into; a dozen beside them, so that no group is small. */
const [ME, TWIN] = [residentId(1), residentId(2)] as const;
const OTHERS = Array.from({ length: 12 }, (_, index) => ({
  idNumber: residentId(10 + index, `19${60 + index}-03-04`),
  name: `欧阳${'甲乙丙丁戊己庚辛壬癸子丑'[index]}`,
}));
const PEOPLE = [{ idNumber: ME, name: '王芳' }, { idNumber: TWIN, name: '王芳' }, ...OTHERS];

const PACK = readFileSync('packs/gaoyang-2026/pack.yaml', 'utf8');
const LINE = '{ category: SUBSISTENCE_ALLOWANCE, subsidy: 360, payable: 40,';
const CHANGED = PACK.replace(LINE, '{ category: SUBSISTENCE_ALLOWANCE, subsidy: 350, payable: 50,');

let hub: ReviewingHub;
let config: Config;
let now = new Date('2025-11-03T01:00:00Z');
const ids = new Map<string, string>();
let [listed, registered, comparison, task] = ['', '', '', ''];

/** A minute later, for the hub and for whoever looks back at it. */
function later(minutes = 1): Date {
  now = new Date(now.getTime() + minutes * 60_000);
  hub.setDay(now.toISOString());
  return now;
}

/** Has all waiting jobs done by a worker, which then ends. */
async function worked(): Promise<void> {
  const work = await startWork({ config, clock: { now: () => now } });
  try {
    await vi.waitFor(async () => expect(await unfinished()).toBe(0), { timeout: 60_000, interval: 50 });
  } finally {
    await work.stop();
  }
}

async function unfinished(): Promise<number> {
  const { rows } = await hub.database.pool.query<{ left: number }>(`
    select (select count(*) from graphile_worker._private_jobs)::int
      + (select count(*) from submission where decided_at is null)::int
      + (select count(*) from comparison where status in ('QUEUED', 'WORKING'))::int
      + 2 - (select count(*) from decision_set where jurisdiction = '130628' and generation is not null)::int as left`);
  return rows[0]!.left;
}

beforeAll(async () => {
  hub = await reviewingHub();
  config = loadConfig({
    YIDANG_ENV: 'development',
    LOG_LEVEL: 'silent',
    DATA_DIR: hub.dataDir,
    DATABASE_URL: asHub(hub.databaseUrl),
    SEALING_KEY_FILE: TEST_KEY_FILE,
  });
  later();
  const hardship = PEOPLE.map((one) => ({ ...one, category: '低保对象', from: '2025-03-01' }));
  listed = (await hub.received(CIVIL_AFFAIRS, 'Hardship', hardship)).id;
  const registrations = PEOPLE.map((one) => ({ ...one, policyYear: 2026, registeredOn: '2025-10-09' }));
  registered = (await hub.received(INSURANCE, 'Registrations', registrations)).id;
  await worked();

  later();
  await hub.received('130628:tax', 'Payments', [
    { ...PEOPLE[0]!, policyYear: 2026, amount: '400.00', paidOn: '2025-11-03', channel: 'ONLINE' },
  ]);
  comparison = await hub
    .asks(INSURANCE, 'mutation ($input: ComparePacksInput!) { comparePacks(input: $input) { id } }', {
      input: { policyYear: 2026, pack: CHANGED },
    })
    .then(({ id }) => id);
  await worked();
  const people = await hub.asks(
    INSURANCE,
    'query ($of: [String!]!) { people(idNumbers: $of, purpose: BENEFIT_ADMINISTRATION) { id } }',
    { of: PEOPLE.map(({ idNumber }) => idNumber) },
  );
  for (const [index, { idNumber }] of PEOPLE.entries()) ids.set(idNumber, people[index].id);
  const tasks = await hub.asks(LI, '{ reviewTasks { edges { node { id } } } }');
  expect(tasks.edges).toHaveLength(1);
  task = tasks.edges[0].node.id;
}, 180_000);
afterAll(() => hub?.stop());

/** What jobs of the jurisdiction put down while something is done. */
async function runsOf(work: () => Promise<void>): Promise<readonly LeftEntry[]> {
  const { '130628': size } = await logSizes(hub.database.pool);
  await work();
  const { rows } = await hub.database.pool.query<{ body: string }>(
    "select body from audit_entry where log = '130628' and sequence >= $1",
    [size],
  );
  return rows.map(({ body }) => JSON.parse(body) as LeftEntry).filter(({ client }) => client === 'hub');
}

interface ShownLook {
  readonly at: string;
  readonly agencyName: string;
  readonly purposeName: string;
  readonly kinds: readonly string[];
}

/** Who looked at somebody, the newest first; those who asked this are left out. */
async function looksAt(idNumber: string): Promise<readonly ShownLook[]> {
  const variables = { idNumber, purpose: 'LIST_VERIFICATION', first: 200 };
  const { body } = await hub.ask(INSURANCE, { documentId: 'WhoLooked', variables });
  expect(body.errors).toBeUndefined();
  expect(body.data.whoLooked.pageInfo.hasNextPage).toBe(false);
  const looks: ShownLook[] = body.data.whoLooked.edges.map(({ node }: { node: ShownLook }) => node);
  return looks.filter(({ kinds }) => !kinds.includes('LOOKS'));
}

/** A way in which people are seen. */
interface Way {
  readonly name: string;
  /** Whom of the two it shows. */
  readonly shows: readonly string[];
  readonly look: Omit<ShownLook, 'at'>;
  read(): Promise<unknown>;
}

const OFFICE = '高阳县医疗保障局';
const EVENTS = `subscription ($id: ID!) { submissionProgress(id: $id) { status
  verdicts(first: 100) { edges { node { person(purpose: BENEFIT_ADMINISTRATION) { id } } } } } }`;

const WAYS: readonly Way[] = [
  {
    name: 'in the file of a comparison',
    shows: [ME, TWIN],
    look: { agencyName: OFFICE, purposeName: '参保资助审核', kinds: ['RECORD', 'NUMBERS', 'BENEFIT'] },
    read: async () => {
      const address = `${hub.url}/comparisons/${comparison}/persons.csv?purpose=SUBSIDY_ADMINISTRATION`;
      const headers = { authorization: `Bearer ${await hub.tokenOf(INSURANCE)}`, ...revealReasonHeader('核对') };
      const file = await fetch(address, { headers });
      expect([file.status, await file.text()]).toEqual([200, expect.stringContaining(ME)]);
    },
  },
  {
    name: 'in a task',
    shows: [ME, TWIN],
    look: { agencyName: OFFICE, purposeName: '身份核查', kinds: ['REVIEW', 'NUMBERS'] },
    read: async () => {
      const shown = await hub.asks(LI, `{ reviewTask(id: "${task}") { sides { person } } }`);
      expect(shown.sides.map(({ person }: { person: string }) => person).toSorted()).toEqual(
        [ids.get(ME), ids.get(TWIN)].toSorted(),
      );
    },
  },
  {
    name: 'in the list of tasks',
    shows: [ME, TWIN],
    look: { agencyName: OFFICE, purposeName: '身份核查', kinds: ['REVIEW', 'NUMBERS'] },
    read: async () => {
      const { edges } = await hub.asks(LI, '{ reviewTasks { edges { node { sides { names { value } } } } } }');
      expect(edges[0].node.sides).toHaveLength(2);
    },
  },
  {
    name: 'among changes of decisions',
    shows: [ME],
    look: { agencyName: OFFICE, purposeName: '参保资助审核', kinds: ['RECORD', 'CLAIMS', 'BENEFIT'] },
    read: async () => {
      const variables = { purpose: 'SUBSIDY_ADMINISTRATION', since: '2020-01-01T00:00:00Z' };
      const { body } = await hub.ask(INSURANCE, { documentId: 'DecisionChanges', variables });
      expect(body.errors).toBeUndefined();
      const changed = body.data.changes.edges.map(({ node }: any) => node.person.id);
      expect(new Set(changed)).toEqual(new Set([ids.get(ME)]));
    },
  },
  {
    name: 'in an event',
    shows: [ME, TWIN],
    look: { agencyName: OFFICE, purposeName: '待遇核定', kinds: ['RECORD', 'CLAIMS'] },
    read: async () => {
      const asked = { query: EVENTS, variables: { id: registered } };
      const [event, ...rest] = await (await follow(hub.url, asked, await hub.tokenOf(INSURANCE))).rest();
      expect(event!.data.data.submissionProgress.verdicts.edges).toHaveLength(PEOPLE.length);
      expect(rest).toMatchObject([{ event: 'complete' }]);
    },
  },
];

/** Does something so many times, a minute apart, and gives the instants, the newest first. */
async function again(times: number, work: () => Promise<unknown>): Promise<readonly string[]> {
  const instants: string[] = [];
  for (let count = 0; count < times; count += 1) {
    instants.unshift(later().toISOString());
    await work();
  }
  return instants;
}

/** So many looks more, at the instants and as said, for those who were shown, and none for the other. */
async function expectLooks(
  way: Pick<Way, 'shows' | 'look'>,
  times: number,
  work: () => Promise<unknown>,
): Promise<void> {
  const before = new Map<string, readonly ShownLook[]>();
  for (const one of [ME, TWIN]) before.set(one, await looksAt(one));
  const instants = await again(times, work);
  for (const one of [ME, TWIN]) {
    const after = await looksAt(one);
    const known = before.get(one)!;
    expect(after.slice(after.length - known.length)).toEqual(known);
    const news = after.slice(0, after.length - known.length);
    const expected = way.shows.includes(one) ? instants.map((at) => ({ at, ...way.look })) : [];
    const seen = news.map(({ at, agencyName, purposeName, kinds }) => ({ at, agencyName, purposeName, kinds }));
    expect(seen.map(inOrder)).toEqual(expected.map(inOrder));
  }
}

const inOrder = (look: ShownLook): ShownLook => ({ ...look, kinds: look.kinds.toSorted() });

describe('103. who is seen beside the questions about them', () => {
  it.each(WAYS)('103. three reads $name are three looks, by whom, what for and when', async (way) => {
    await expectLooks(way, 3, () => way.read());
  });

  it('103. three references asked of a subgraph are three looks', async () => {
    const subgraph = await startSubgraph('hardship', { config, clock: { now: () => now } });
    try {
      const token = asGateway(hub.dataDir);
      const way = {
        shows: [TWIN],
        look: { agencyName: OFFICE, purposeName: '待遇核定', kinds: ['RECORD', 'CLAIMS'] },
      };
      await expectLooks(way, 3, async () => {
        const response = await fetch(subgraph.url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${await token('hardship', await hub.tokenOf(INSURANCE))}`,
          },
          body: JSON.stringify({
            query:
              'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Person { hardshipListings { word } } } }',
            variables: { of: [{ __typename: 'Person', asKnown: `${ids.get(TWIN)}~BENEFIT_ADMINISTRATION` }] },
          }),
        });
        expect(await response.json()).toEqual({ data: { _entities: [{ hardshipListings: [{ word: '低保对象' }] }] } });
      });
    } finally {
      await subgraph.stop();
    }
  });

  it('103. a request to correct a row, three reads of it and its answer are five looks', async () => {
    const of = (agencyName: string) => ({
      shows: [ME],
      look: { agencyName, purposeName: '身份核查', kinds: ['REVIEW'] },
    });
    let id = '';
    await expectLooks(of(OFFICE), 1, async () => {
      const query = 'mutation ($input: CorrectionRequestInput!) { requestCorrection(input: $input) { id } }';
      const input = { submission: listed, row: 1, about: 'name', reason: '与户口簿不一致' };
      ({ id } = await hub.asks(LI, query, { input }));
    });
    await expectLooks(of(OFFICE), 3, async () => {
      const { edges } = await hub.asks(LI, '{ corrections(which: ALL) { edges { node { id } } } }');
      expect(edges).toEqual([{ node: { id } }]);
    });
    await expectLooks(of('高阳县民政局'), 1, async () => {
      const answer = `mutation { answerCorrection(id: "${id}", version: 1, answer: { state: REFUSED, answer: "无误" }) { state } }`;
      expect(await hub.asks(ZHAO, answer)).toEqual({ state: 'REFUSED' });
    });
  });

  it('103. what is settled is a look at both', async () => {
    const subjects = [...(await hub.subjectsOf(ME)), ...(await hub.subjectsOf(TWIN))].toSorted();
    const query = `mutation ($settlement: SettlementInput!) { settleReview(id: "${task}", version: 1, settlement: $settlement, because: "档案") { state } }`;
    const look = { agencyName: OFFICE, purposeName: '身份核查', kinds: ['REVIEW', 'NUMBERS'] };
    await expectLooks({ shows: [ME, TWIN], look }, 1, async () => {
      expect(await hub.asks(LI, query, { settlement: { differentPeople: { subjects } } })).toEqual({
        state: 'SETTLED',
      });
    });
  });

  it('103. each run of a job that decided about somebody is a look, by the hub; of others it is none', async () => {
    const byHub = async (idNumber: string) =>
      (await looksAt(idNumber)).filter(({ agencyName }) => agencyName === '数据共享枢纽');
    for (const days of [1, 2]) {
      later(days * 24 * 60);
      const own = (
        await hub.received('130628:tax', 'Payments', [
          { ...PEOPLE[0]!, policyYear: 2026, amount: `${days}.00`, paidOn: '2025-11-03', channel: 'ONLINE' },
        ])
      ).id;
      const [mine, other] = [await byHub(ME), await byHub(TWIN)];
      const runs = await runsOf(worked);
      const ofAll = runs.filter(({ everybody }) => everybody);
      const ofMine = runs.filter(({ submissions = [], person }) => submissions.includes(own) || person === ids.get(ME));
      expect(ofMine.map(({ act }) => act)).toContain('decideTouched');
      const news = (await byHub(ME)).slice(0, ofAll.length + ofMine.length);
      expect(await byHub(ME)).toEqual([...news, ...mine]);
      for (const { at, kinds, purposeName } of news) {
        expect([at, kinds, purposeName]).toEqual([now.toISOString(), ['DECIDED'], '自动核定']);
      }
      const ofOther = runs.filter(({ person }) => person === ids.get(TWIN));
      expect(await byHub(TWIN)).toHaveLength(other.length + ofAll.length + ofOther.length);
    }
  });

  it('103. nothing of any of these looks tells of anybody else', async () => {
    for (const one of [ME, TWIN]) {
      const text = JSON.stringify(await looksAt(one));
      for (const { idNumber, name } of PEOPLE) {
        for (const secret of [idNumber, name, ids.get(idNumber)!]) expect(text).not.toContain(secret);
      }
    }
  });
});
