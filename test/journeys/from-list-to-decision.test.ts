import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { residentId } from '../support/id-numbers.ts';
import { pushingHub, type PushingHub } from '../support/pushing-hub.ts';

const CIVIL_AFFAIRS = '130628:civil-affairs';
const INSURANCE = '130628:medical-insurance';
const TAX = '130628:tax';

let hub: PushingHub;
beforeAll(async () => {
  hub = await pushingHub({ revealBecause: '按姓名核对' });
});
afterAll(() => hub?.stop());

const READ = `query ($idNumber: String!, $asOf: Date, $knownAt: DateTime) {
  person(idNumber: $idNumber, purpose: BENEFIT_ADMINISTRATION, knownAt: $knownAt) {
    id name death { status diedOn } identifiers { idType }
    provenance { of value sources { agency list } others { value sources { agency list } } }
    hardshipListings { category word from to }
    benefit(policyYear: 2026, asOf: $asOf) {
      category subsidy payable paid assisted periods { from to } refund { decision amount }
      review { code } steps { rule quote claims { list agency row submission } }
    }
  }
}`;

interface Read {
  readonly idNumber: string;
  readonly asOf?: string;
  readonly knownAt?: string;
}

const read = async (asked: Read): Promise<any> => {
  const { body } = await hub.ask(INSURANCE, { query: READ, variables: asked });
  expect(body.errors).toBeUndefined();
  return body.data.person;
};

const insured2025 = (name: string, idNumber: string): Promise<unknown> =>
  hub.received(INSURANCE, 'Enrolments', [
    { name, idNumber, scheme: 'RESIDENT', region: '130628', from: '2025-01-01', to: '2025-12-31' },
  ]);

const paid = (name: string, idNumber: string, amount: string, paidOn: string): Promise<unknown> =>
  hub.received(TAX, 'Payments', [
    { name, idNumber, policyYear: 2026, amount, paidOn, creditedOn: paidOn, channel: 'AGENT' },
  ]);

test('a pushed list decides what a person pays, with the row it came from among the reasons', async () => {
  const [name, idNumber] = ['王秀英', residentId(301)];
  hub.setDay('2025-09-01');
  await insured2025(name, idNumber);
  hub.setDay('2025-10-30');
  const listed = await hub.received(CIVIL_AFFAIRS, 'Hardship', [
    { name: '常有福', idNumber: residentId(302), category: '特困人员', from: '2025-10-20' },
    { name, idNumber, category: '最低生活保障对象', from: '2025-10-20' },
  ]);
  hub.setDay('2025-11-03');
  await paid(name, idNumber, '40.00', '2025-11-03');

  const { benefit, hardshipListings } = await read({ idNumber, asOf: '2026-01-15' });
  expect(hardshipListings).toEqual([
    { category: 'SUBSISTENCE_ALLOWANCE', word: '最低生活保障对象', from: '2025-10-20', to: null },
  ]);
  expect(benefit).toMatchObject({
    category: 'SUBSISTENCE_ALLOWANCE',
    subsidy: '360.00',
    payable: '40.00',
    paid: '40.00',
    assisted: true,
    periods: [{ from: '2026-01-01', to: '2026-12-31' }],
    review: [],
  });
  const tier = benefit.steps.find(({ rule }: any) => rule === 'GY26-2.3b');
  expect(tier.quote).toContain('低保');
  expect(tier.claims).toContainEqual({
    list: 'HARDSHIP',
    agency: 'CIVIL_AFFAIRS',
    row: 2,
    submission: listed.id,
  });
});

test('yesterday’s answer stays what it was: knownAt is exact to the instant of receipt', async () => {
  const [name, idNumber] = ['张桂兰', residentId(303)];
  hub.setDay('2025-09-01');
  await insured2025(name, idNumber);
  hub.setDay('2025-10-22');
  await paid(name, idNumber, '400.00', '2025-10-22');
  const before = await read({ idNumber, asOf: '2025-12-01' });
  expect(before.benefit).toMatchObject({ payable: '400.00', refund: null });

  hub.setDay('2025-11-20T10:30:00.500+08:00');
  await hub.received(CIVIL_AFFAIRS, 'Hardship', [{ name, idNumber, category: '低保对象', from: '2025-11-18' }]);
  const after = await read({ idNumber, asOf: '2025-12-01' });
  expect(after.benefit).toMatchObject({ payable: '40.00', refund: { decision: 'ALLOWED', amount: '360.00' } });

  hub.setDay('2025-12-01');
  expect(await read({ idNumber, asOf: '2025-12-01', knownAt: '2025-11-20T10:30:00.499+08:00' })).toEqual(before);
  expect(await read({ idNumber, asOf: '2025-12-01', knownAt: '2025-11-20T02:30:00.500Z' })).toEqual(after);
  expect(await read({ idNumber, knownAt: '2025-08-31T23:59:59+08:00' })).toBeNull();
});

describe('what a list says changes', () => {
  const row = (name: string, sequence: number, category: string, more: object = {}): object => ({
    name,
    idNumber: residentId(sequence),
    category,
    from: '2025-10-01',
    ...more,
  });
  const listings = async (sequence: number, knownAt?: string): Promise<unknown> =>
    (
      await read({ idNumber: residentId(sequence), asOf: '2025-12-31', ...(knownAt ? { knownAt } : {}) })
    ).hardshipListings.map(({ category, from, to }: any) => [category, from, to]);

  test('REMOVE ends a listing on the day told, CORRECT replaces it', async () => {
    hub.setDay('2025-10-10');
    await hub.received(CIVIL_AFFAIRS, 'Hardship', [row('甲', 310, '低保对象'), row('乙', 311, '低保对象')]);
    hub.setDay('2025-12-10');
    const changed = await hub.received(CIVIL_AFFAIRS, 'Hardship', [
      { name: '甲', idNumber: residentId(310), category: '低保对象', change: 'REMOVE', to: '2025-11-30' },
      row('乙', 311, '低保对象', { change: 'CORRECT', from: '2025-10-05' }),
    ]);
    expect(changed.counts).toMatchObject({ accepted: 2, flagged: 0 });
    expect(await listings(310)).toEqual([['SUBSISTENCE_ALLOWANCE', '2025-10-01', '2025-11-30']]);
    expect(await listings(311)).toEqual([['SUBSISTENCE_ALLOWANCE', '2025-10-05', null]]);
    expect(await listings(310, '2025-12-09T00:00:00Z')).toEqual([['SUBSISTENCE_ALLOWANCE', '2025-10-01', null]]);
  });

  test('a DELTA leaves out nobody; a SNAPSHOT ends whom it leaves out, the day before, but not whom it names badly', async () => {
    const rural = '130628:rural-affairs';
    const people = ['丙', '丁', '戊'].map((name, index) => row(name, 320 + index, '边缘易致贫人口'));
    hub.setDay('2025-10-10');
    await hub.received(rural, 'Hardship', people);
    hub.setDay('2025-11-10');
    await hub.received(rural, 'Hardship', people.slice(0, 1));
    expect(await listings(321)).toEqual([['MONITORED_AT_RISK', '2025-10-01', null]]);

    hub.setDay('2025-12-10');
    const snapshot = await hub.received(rural, 'Hardship', [people[0]!, { ...people[1], category: '富裕户' }], {
      mode: 'SNAPSHOT',
    });
    expect(snapshot.counts).toMatchObject({ unchanged: 1, rejected: 1 });
    expect(await listings(320)).toEqual([['MONITORED_AT_RISK', '2025-10-01', null]]);
    expect(await listings(321)).toEqual([['MONITORED_AT_RISK', '2025-10-01', null]]);
    expect(await listings(322)).toEqual([['MONITORED_AT_RISK', '2025-10-01', '2025-12-09']]);
    // Another agency's listings are none of this snapshot's business.
    expect(await listings(311)).toEqual([['SUBSISTENCE_ALLOWANCE', '2025-10-05', null]]);
  });
});

test('a newborn’s certificate and later number become one person, and the payment under the certificate counts', async () => {
  const certificate = 'W130628331';
  const idNumber = residentId(331, '2026-01-15');
  hub.setDay('2026-01-25');
  await hub.received('130628:health', 'Births', [{ name: '陈雨桐', idNumber: certificate, bornOn: '2026-01-15' }]);
  hub.setDay('2026-02-10');
  await paid('陈雨桐', certificate, '400.00', '2026-02-10');
  expect(await read({ idNumber })).toBeNull();
  const asCertificate = await read({ idNumber: certificate, asOf: '2026-03-01' });
  expect(asCertificate.benefit.paid).toBe('400.00');

  hub.setDay('2026-03-20');
  await hub.received('130628:health', 'Births', [
    { name: '陈雨桐', idNumber, bornOn: '2026-01-15', certificateNumber: certificate },
  ]);
  const child = await read({ idNumber, asOf: '2026-04-01' });
  expect(child.benefit).toMatchObject({
    paid: '400.00',
    periods: [{ from: '2026-01-15', to: '2026-12-31' }],
    review: [],
  });
  expect(child.identifiers.map(({ idType }: any) => idType).toSorted()).toEqual(['BIRTH_CERTIFICATE', 'RESIDENT_ID']);
  expect((await read({ idNumber: certificate, asOf: '2026-04-01' })).id).toBe(child.id);
  // Before the two were told to be one, they were not.
  expect(await read({ idNumber, knownAt: '2026-03-19T00:00:00Z' })).toBeNull();
});

test('names that differ are kept, each with its sources; the register of residents is believed first', async () => {
  const idNumber = residentId(341);
  hub.setDay('2025-10-10');
  await paid('刘海滔', idNumber, '400.00', '2025-10-09');
  await hub.received('130628:public-security', 'Residents', [
    {
      name: '刘海涛',
      idNumber,
      householdNumber: 'H341',
      registration: 'HUKOU',
      regionCode: '130628',
      from: '2001-01-01',
    },
  ]);
  const { name, provenance } = await read({ idNumber });
  expect(name).toBe('刘海涛');
  const named = provenance.find(({ of }: any) => of === 'NAME');
  expect(named).toMatchObject({ value: '刘海涛', sources: [{ agency: 'PUBLIC_SECURITY', list: 'RESIDENTS' }] });
  expect(named.others).toEqual([{ value: '刘海滔', sources: [{ agency: 'TAX', list: 'PAYMENTS' }] }]);
});

test('a death counts when two sources agree, as the jurisdiction’s rules say', async () => {
  const [name, idNumber] = ['赵德福', residentId(351)];
  hub.setDay('2025-09-01');
  await insured2025(name, idNumber);
  hub.setDay('2025-11-06');
  await paid(name, idNumber, '400.00', '2025-11-06');
  const whole = [{ from: '2026-01-01', to: '2026-12-31' }];

  hub.setDay('2026-03-05');
  await hub.received(CIVIL_AFFAIRS, 'Deaths', [{ name, idNumber, diedOn: '2026-03-01' }]);
  const one = await read({ idNumber, asOf: '2026-03-31' });
  expect(one).toMatchObject({ death: { status: 'REPORTED', diedOn: null }, benefit: { periods: whole } });
  expect(one.benefit.review).toContainEqual({ code: 'DEATH_UNCONFIRMED' });

  // The village may tell, but its word is not among those that count.
  await hub.received('130628:village', 'Deaths', [{ name, idNumber, diedOn: '2026-03-01' }]);
  expect((await read({ idNumber, asOf: '2026-03-31' })).death.status).toBe('REPORTED');

  hub.setDay('2026-03-12');
  await hub.received('130628:public-security', 'Deaths', [{ name, idNumber, diedOn: '2026-03-01' }]);
  expect(await read({ idNumber, asOf: '2026-03-31' })).toMatchObject({
    death: { status: 'CONFIRMED', diedOn: '2026-03-01' },
    benefit: { periods: [{ from: '2026-01-01', to: '2026-03-01' }], review: [] },
  });
});
