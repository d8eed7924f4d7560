import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { revealReasonHeader } from '../../src/gateway/reveal-reason.ts';
import { entriesOf } from '../support/audit.ts';
import { post } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';
import { jobsDone } from '../support/jobs-done.ts';
import { pushingHub, type PushingHub } from '../support/pushing-hub.ts';

// Section 3.6 of the security programme, line 100: figures over few people.

const INSURANCE = '130628:medical-insurance';
const FINANCE = '130628:finance';
const TAX = '130628:tax';
const CIVIL_AFFAIRS = '130628:civil-affairs';
const WHY = '年终决算';
const PACK = readFileSync('packs/gaoyang-2026/pack.yaml', 'utf8');

const BORN = '1970-07-07';
const HOUSEHOLD = 'H-100';
const NAMES = ['刘一', '刘二', '刘三'];
const ORDINARY = Array.from({ length: 27 }, (_, index) => residentId(index));
const ALLOWANCE = Array.from({ length: 13 }, (_, index) => residentId(100 + index));
const EXTREME = NAMES.map((_, index) => residentId(200 + index, BORN));

let hub: PushingHub;

beforeAll(async () => {
  hub = await pushingHub();
  hub.setDay('2025-11-03');
  const everybody = [...ORDINARY, ...ALLOWANCE, ...EXTREME];
  const nameOf = (idNumber: string): string => NAMES[EXTREME.indexOf(idNumber)] ?? '测试';
  await hub.received(
    '130628:public-security',
    'Residents',
    everybody.map((idNumber) => ({
      name: nameOf(idNumber),
      idNumber,
      householdNumber: EXTREME.includes(idNumber) ? HOUSEHOLD : `H-${idNumber}`,
      registration: 'HUKOU',
      regionCode: '130628101001',
      from: '2020-01-01',
    })),
  );
  await hub.received(CIVIL_AFFAIRS, 'Hardship', [
    ...ALLOWANCE.map((idNumber) => ({ name: '测试', idNumber, category: '最低生活保障对象', from: '2025-10-20' })),
    ...EXTREME.map((idNumber) => ({ name: nameOf(idNumber), idNumber, category: '特困人员', from: '2025-10-20' })),
  ]);
  await vi.waitFor(
    async () => {
      const { pending, groups } = (await summary(INSURANCE)) ?? {};
      expect(pending).toBe(0);
      expect(groups.find(isOrdinary)?.persons).toBe(20);
    },
    { timeout: 60_000, interval: 100 },
  );
  // Nobody is pending before the run of the job ends, and leaves an entry of its own.
  const client = new pg.Client({ connectionString: hub.databaseUrl });
  await client.connect();
  await jobsDone(client).finally(() => client.end());
}, 180_000);
afterAll(() => hub?.stop());

const isOrdinary = ({ category }: { category: string | null }): boolean => category === null;
const isExtreme = ({ category }: { category: string | null }): boolean => category === 'EXTREME_POVERTY';

async function ask(client: string, query: string, variables: object = {}, because?: string): Promise<any> {
  const { body } = await post(
    `${hub.url}/graphql`,
    { query, variables },
    await hub.tokenOf(client),
    revealReasonHeader(because),
  );
  return body;
}

const FIGURES = 'persons inReview subsidy payable paid suppressed';
const SUMMARY = `{ populationSummary(policyYear: 2026) { exact pending groups { category fundedBy ${FIGURES} } } }`;
const summary = async (client: string, because?: string): Promise<any> =>
  (await ask(client, SUMMARY, {}, because)).data.populationSummary;

const COST = 'persons subsidy payable refunds suppressed';
const GROUP = `category fundedBy before { ${COST} } after { ${COST} } difference { ${COST} }`;
const COMPARISON = `id status personsToDo personsDone totals {
  exact persons winners losers unchanged newlyInReview suppressed total { ${GROUP} } groups { ${GROUP} } }`;

const found = async (id: string, client: string, because?: string): Promise<any> =>
  (await ask(client, `query ($id: ID!) { packComparison(id: $id) { ${COMPARISON} } }`, { id }, because)).data
    .packComparison;

/** What a pack comes to, and the id under which it is kept. */
async function compared(pack: string, client = FINANCE): Promise<any> {
  const query = `mutation ($input: ComparePacksInput!) { comparePacks(input: $input) { ${COMPARISON} } }`;
  const asked = await ask(client, query, { input: { policyYear: 2026, pack } });
  expect(asked.errors).toBeUndefined();
  const { id } = asked.data.comparePacks;
  return vi.waitFor(
    async () => {
      const now = await found(id, client);
      expect(now.status).toBe('DONE');
      return now;
    },
    { timeout: 60_000, interval: 50 },
  );
}

const HELD = { persons: null, inReview: null, subsidy: null, payable: null, paid: null, suppressed: true };

describe('figures over everybody', () => {
  it('100. groups of fewer than ten are held back with their money, whoever asks without a reason, and the same each time', async () => {
    for (const client of [INSURANCE, FINANCE, TAX]) {
      const told = await summary(client);
      expect(told.exact).toBe(false);
      expect(told.groups.find(isExtreme)).toMatchObject(HELD);
      expect(told.groups.find(isOrdinary)).toMatchObject({
        persons: 20,
        inReview: null,
        subsidy: null,
        payable: '8000.00',
      });
      expect(told.groups.find(({ category }: any) => category === 'SUBSISTENCE_ALLOWANCE')).toMatchObject({
        ...{ persons: 10, subsidy: '3600.00', payable: '400.00', suppressed: true },
      });
      // A tier that nobody has looks like that of three people.
      expect(told.groups.find(({ category }: any) => category === 'ORPHAN')).toMatchObject(HELD);
      for (let again = 0; again < 5; again += 1) expect(await summary(client)).toEqual(told);
    }
  });

  it('100. exact ones take the grant and a reason, and the reason is kept', async () => {
    expect((await summary(FINANCE, WHY)).exact).toBe(false);
    expect((await summary(TAX, WHY)).groups.find(isExtreme)).toMatchObject(HELD);

    const left = await entriesOf(hub.databaseUrl, async () => {
      expect(await summary(INSURANCE, WHY)).toMatchObject({ exact: true, groups: [{ persons: 3 }, {}, {}] });
    });
    expect(left).toMatchObject([{ act: 'populationSummary', revealBecause: WHY, kinds: ['BENEFIT'] }]);
    expect(left[0]).not.toHaveProperty('person');
    expect(await entriesOf(hub.databaseUrl, () => summary(INSURANCE))).toEqual([]);
  });
});

describe('a pack that is made up', () => {
  const LINE = /\{ category: EXTREME_POVERTY, subsidy: 400, payable: 0,/;

  it('100. for three people tells no more than the pack in force, in any amount, and the same each time', async () => {
    expect(PACK).toMatch(LINE);
    const inForce = await compared(PACK);
    expect(inForce.totals).toMatchObject({
      ...{
        exact: false,
        suppressed: true,
        persons: 30,
        winners: null,
        losers: null,
        unchanged: 30,
        newlyInReview: null,
      },
    });
    const shown = ({ totals, personsToDo, personsDone }: any) => ({ totals, personsToDo, personsDone });
    const made = [
      PACK.replace(LINE, '{ category: EXTREME_POVERTY, subsidy: 0, payable: 400,'),
      PACK.replace(LINE, '{ category: EXTREME_POVERTY, subsidy: 399.99, payable: 0.01,'),
    ];
    for (const pack of made) {
      const told = await compared(pack);
      expect(shown(told)).toEqual(shown(inForce));
      expect(shown(await found(told.id, FINANCE))).toEqual(shown(told));
      // A reason gives nothing to an office that may not see people by name.
      expect(shown(await found(told.id, FINANCE, WHY))).toEqual(shown(told));
    }
  });

  it('100. is exact for who may see people by name and says why, and the reason is kept', async () => {
    const { id, totals } = await compared(
      PACK.replace(LINE, '{ category: EXTREME_POVERTY, subsidy: 0, payable: 400,'),
      INSURANCE,
    );
    expect(totals).toMatchObject({ exact: false, losers: null });
    const left = await entriesOf(hub.databaseUrl, async () => {
      expect((await found(id, INSURANCE, WHY)).totals).toMatchObject({
        exact: true,
        persons: 43,
        losers: 3,
        unchanged: 40,
      });
    });
    expect(left).toMatchObject([{ act: 'findComparison', revealBecause: WHY }]);
  });

  it('100. for as many people as may be counted is told in full tens', async () => {
    const line = '{ category: SUBSISTENCE_ALLOWANCE, subsidy: 360, payable: 40,';
    const { totals } = await compared(
      PACK.replace(line, '{ category: SUBSISTENCE_ALLOWANCE, subsidy: 350, payable: 50,'),
    );
    expect(totals).toMatchObject({ persons: 30, winners: null, losers: 10, unchanged: 20 });
    expect(totals.total.difference).toMatchObject({ persons: null, subsidy: '-100.00', payable: '100.00' });
  });
});

describe('how many a search finds', () => {
  const SEARCH = `query ($by: PeopleSearched!, $first: Int!, $after: String) {
    searchPeople(by: $by, purpose: AUDIT, first: $first, after: $after) { totalCount edges { cursor node { name } } } }`;
  const search = async (by: object, first: number, after: string | null = null, because?: string): Promise<any> =>
    (await ask(INSURANCE, SEARCH, { by, first, after }, because)).data.searchPeople;
  const FILTERS = [
    { householdNumber: HOUSEHOLD },
    { birthDate: BORN },
    { name: '刘' },
    { householdNumber: HOUSEHOLD, category: 'EXTREME_POVERTY', policyYear: 2026 },
    { birthDate: BORN, category: 'SUBSISTENCE_ALLOWANCE', policyYear: 2026 },
  ];

  it('100. by overlapping filters: nothing below ten but what the page itself shows', async () => {
    for (const by of FILTERS) {
      const all = await search(by, 20);
      expect([by, all.totalCount]).toEqual([by, all.edges.length === 0 ? 0 : 3]);
      // One of three, and nobody at all behind a cursor of nobody's: what is not put down is not counted.
      const one = await search(by, 1);
      expect([by, one.totalCount]).toEqual([by, all.edges.length === 0 ? 0 : null]);
      expect([by, (await search(by, 1, 'x')).totalCount]).toEqual([by, null]);
    }
    const everybody = await search({ ordinary: true, policyYear: 2026 }, 1);
    expect(everybody.totalCount).toBe(20);
    expect((await search({ ordinary: true, policyYear: 2026 }, 1, null, WHY)).totalCount).toBe(27);
  });

  it('100. whoever counts toward a number below ten is put down', async () => {
    const left = await entriesOf(hub.databaseUrl, () => search(FILTERS[3]!, 20));
    expect(new Set(left.flatMap(({ person }) => person ?? [])).size).toBe(3);
  });
});
