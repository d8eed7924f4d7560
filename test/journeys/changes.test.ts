import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { residentId } from '../support/id-numbers.ts';
import { pushingHub, type PushingHub } from '../support/pushing-hub.ts';

const MEDICAL = '130628:medical-insurance';
const TAX = '130628:tax';
const CIVIL_AFFAIRS = '130628:civil-affairs';
const POLICE = '130628:public-security';

let hub: PushingHub;
beforeAll(async () => {
  hub = await pushingHub();
  // Whoever is decided for the first time has not changed: the packs' first decisions come before everything here.
  await decided();
});
afterAll(() => hub?.stop());

/** Waits until everybody who was told of is decided. */
const decided = (): Promise<void> =>
  vi.waitFor(
    async () => {
      const { body } = await hub.ask(MEDICAL, { query: '{ populationSummary(policyYear: 2026) { pending } }' });
      expect(body.data.populationSummary?.pending).toBe(0);
    },
    { timeout: 60_000, interval: 100 },
  );

const CHANGES = `query ($purpose: Purpose!, $since: DateTime, $after: String, $first: Int! = 100) {
  changes(purpose: $purpose, since: $since, after: $after, policyYear: 2026, first: $first) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { cursor node {
      because causes rules knownBefore knownAfter person { id }
      claims { what source { list agency submission row } }
      before { ...terms } after { ...terms }
      adjustment { subsidy payable paid refund coveredDays } } } } }
  fragment terms on KeptTerms { outcome category subsidy payable paid refund { decision amount } periods { from to } }`;
const changes = async (client: string, variables: object): Promise<any> => {
  const { body } = await hub.ask(client, {
    query: CHANGES,
    variables: { purpose: client === TAX ? 'PREMIUM_COLLECTION' : 'SUBSIDY_ADMINISTRATION', ...variables },
  });
  return body.errors?.[0]?.extensions.code ?? body.data.changes;
};
const since = '2020-01-01T00:00:00Z';
/** Where the changes end now. */
const endNow = async (): Promise<string | undefined> => (await changes(MEDICAL, { since })).edges.at(-1)?.cursor;
const changesAfter = async (client: string, cursor: string | undefined): Promise<any[]> =>
  (await changes(client, cursor === undefined ? { since } : { after: cursor })).edges.map(({ node }: any) => node);

const BENEFIT = `query ($of: String!, $knownAt: DateTime) { person(idNumber: $of, purpose: AUDIT) { id
  benefit(policyYear: 2026, asOf: "2026-03-01", knownAt: $knownAt) { payable paid subsidy } } }`;
const benefitAt = async (idNumber: string, knownAt: string): Promise<any> =>
  (await hub.ask(MEDICAL, { query: BENEFIT, variables: { of: idNumber, knownAt } })).body.data.person.benefit;

const payment = (name: string, idNumber: string, amount: string, paidOn: string) => ({
  ...{ name, idNumber, policyYear: 2026, amount, paidOn, creditedOn: paidOn, channel: 'ONLINE' },
});
const listing = (name: string, idNumber: string) => ({ name, idNumber, category: '特困人员', from: '2025-03-01' });

describe('changes of decisions', () => {
  it('tell of a listing that was withdrawn: what it cost, which rows, and the answers before and after', async () => {
    const idNumber = residentId(11, '1970-02-03');
    hub.setDay('2025-09-20');
    const listed = await hub.received(CIVIL_AFFAIRS, 'Hardship', [listing('周一', idNumber)]);
    await decided();
    const known = await endNow();

    hub.setDay('2025-11-05');
    const query = 'mutation ($id: ID!) { withdrawSubmission(id: $id, reason: "名单报错") { status } }';
    await hub.ask(CIVIL_AFFAIRS, { query, variables: { id: listed.id } });
    await decided();

    const [change, ...others] = await changesAfter(MEDICAL, known);
    expect(others).toEqual([]);
    expect(change).toMatchObject({
      because: 'LISTS',
      causes: [listed.id],
      claims: [{ what: 'ENDED', source: { list: 'HARDSHIP', agency: 'CIVIL_AFFAIRS', submission: listed.id, row: 1 } }],
      before: { category: 'EXTREME_POVERTY', payable: '0.00', subsidy: '400.00' },
      after: null,
      adjustment: { subsidy: '-400.00' },
    });
  });

  it('tell of a death that is known two months later, with its rules; of each the rows that the asker may see', async () => {
    const idNumber = residentId(12, '1950-02-03');
    hub.setDay('2025-10-20');
    await hub.received(TAX, 'Payments', [payment('周二', idNumber, '400.00', '2025-10-20')]);
    await decided();
    const known = await endNow();

    hub.setDay('2026-02-20');
    const death = { name: '周二', idNumber, diedOn: '2025-12-20' };
    const first = await hub.received(CIVIL_AFFAIRS, 'Deaths', [death]);
    // Otherwise the second may be there when the first is decided, and change nothing afterwards.
    await decided();
    const second = await hub.received(POLICE, 'Deaths', [death]);
    await decided();

    const told = await changesAfter(MEDICAL, known);
    expect(told.length).toBeGreaterThan(0);
    expect(new Set(told.flatMap(({ causes }: any) => causes))).toEqual(new Set([first.id, second.id]));
    for (const { claims, rules } of told) {
      expect(claims.every(({ source }: any) => source.list === 'DEATHS')).toBe(true);
      expect(claims.length).toBeGreaterThan(0);
      expect(rules.length).toBeGreaterThan(0);
    }
    expect(told[0].before).toMatchObject({ paid: '400.00', payable: '400.00' });
    expect(told.at(-1).after).not.toEqual(told[0].before);
    expect(await benefitAt(idNumber, told[0].knownBefore)).toEqual({
      payable: '400.00',
      paid: '400.00',
      subsidy: '0.00',
    });

    // The tax office must move the money and is not granted the list of deaths.
    const forTax = await changesAfter(TAX, known);
    expect(forTax.map(({ after }: any) => after)).toEqual(told.map(({ after }: any) => after));
    expect(forTax.flatMap(({ claims }: any) => claims)).toEqual([]);
  });

  it('come page by page, each once, and to nobody who is not granted them', async () => {
    const all = (await changes(MEDICAL, { since })).edges.map(({ cursor }: any) => cursor);
    expect(all.length).toBeGreaterThan(1);
    const seen: string[] = [];
    let page = await changes(MEDICAL, { since, first: 1 });
    for (;;) {
      seen.push(...page.edges.map(({ cursor }: any) => cursor));
      if (!page.pageInfo.hasNextPage) break;
      page = await changes(MEDICAL, { after: page.pageInfo.endCursor, first: 1 });
    }
    expect(seen).toEqual(all);
    expect(await changes(MEDICAL, { since: '2999-01-01T00:00:00Z' })).toMatchObject({ totalCount: 0, edges: [] });
    expect(await changes(MEDICAL, {})).toBe('BAD_USER_INPUT');
    expect(await changes(CIVIL_AFFAIRS, { since })).toBe('FORBIDDEN');
    expect(await changes(TAX, { since, purpose: 'AUDIT' })).toBe('FORBIDDEN');
  });
});
