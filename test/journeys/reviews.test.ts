import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { residentId } from '../support/id-numbers.ts';
import { PARTS, reviewingHub, TASK, type ReviewingHub } from '../support/reviewing-hub.ts';

const MEDICAL = '130628:medical-insurance';
const LI = `${MEDICAL}/li.na`;
const WANG = `${MEDICAL}/wang.wei`;
const CIVIL_AFFAIRS = '130628:civil-affairs';
const POLICE = '130628:public-security';
const TAX = '130628:tax';

let hub: ReviewingHub;
let sequence = 0;
beforeAll(async () => {
  hub = await reviewingHub();
});
afterAll(() => hub?.stop());

const hardship = (idNumber: string, name: string) => ({ name, idNumber, category: '低保对象', from: '2025-03-01' });
const resident = (idNumber: string, name: string, household = '1') => ({
  ...{ name, idNumber, householdNumber: household, registration: 'HUKOU', regionCode: '130628', from: '2010-01-01' },
});
const registration = (idNumber: string, name: string) => ({
  ...{ name, idNumber, policyYear: 2026, registeredOn: '2025-10-09' },
});
const payment = (idNumber: string, name: string, amount = '400.00') => ({
  ...{ name, idNumber, policyYear: 2026, amount, paidOn: '2025-10-10', channel: 'ONLINE' },
});
const aNumber = (): string => residentId((sequence += 1), '1980-05-15');

const taskOf = async (id: string, who = LI): Promise<any> =>
  hub.asks(who, `query ($id: ID!) { reviewTask(id: $id) { ${TASK} } } ${PARTS}`, { id });
const openTasks = async (who = LI): Promise<any[]> => {
  const page = await hub.asks(who, `{ reviewTasks(first: 100) { edges { node { id kind state } } } }`);
  return page.edges.map(({ node }: any) => node);
};
const settle = (who: string, task: any, settlement: object, because = '户籍档案核实'): Promise<any> =>
  hub.asks(
    who,
    `mutation ($id: ID!, $version: Int!, $settlement: SettlementInput!, $because: String!) {
      settleReview(id: $id, version: $version, settlement: $settlement, because: $because) { ${TASK} } } ${PARTS}`,
    { id: task.id, version: task.version, settlement, because },
  );
const confirm = (who: string, task: any): Promise<any> =>
  hub.asks(
    who,
    `mutation ($id: ID!, $version: Int!) { confirmReview(id: $id, version: $version) { ${TASK} } } ${PARTS}`,
    { id: task.id, version: task.version },
  );
const undo = (who: string, task: any, because = '认定有误'): Promise<any> =>
  hub.asks(
    who,
    `mutation ($id: ID!, $version: Int!, $because: String!) {
      undoSettlement(id: $id, version: $version, because: $because) { ${TASK} } } ${PARTS}`,
    { id: task.id, version: task.version, because },
  );
/** What the graph says of the persons of some numbers: everything but the instant. */
const recordsOf = async (...idNumbers: string[]): Promise<any> =>
  hub.asks(
    LI,
    `query ($of: [String!]!) { people(idNumbers: $of, purpose: AUDIT) {
      id name birthDate householdNumber identifiers { idType number { masked } } claims { id list source { row } }
      provenance { of value sources { claim } others { value sources { claim } } }
      benefit(policyYear: 2026) { outcome category payable paid subsidy periods { from to } refund { decision amount } } } }`,
    { of: idNumbers },
  );

/** Two persons of one name and birthday under numbers that differ in one digit; the task about them. */
async function twins(pushes: (a: string, b: string) => Promise<unknown>): Promise<any> {
  const [a, b] = [aNumber(), aNumber()];
  await pushes(a, b);
  const subjects = [...(await hub.subjectsOf(a)), ...(await hub.subjectsOf(b))].sort();
  const before = new Set((await openTasks()).map(({ id }) => id));
  await hub.keepMatters(
    subjects,
    [{ kind: 'SAME_NAME_OTHER_NUMBER', about: `王芳|1980-05-15|${a}`, subjects }],
    '2025-11-03',
  );
  const task = (await openTasks()).find(({ id }) => !before.has(id));
  return { a, b, subjects, task: await taskOf(task.id) };
}

/** One number with several names, each by an agency of its own; the task about it. */
async function oneNumber(names: Readonly<Record<string, string>>, kind = 'SAME_NUMBER_OTHER_NAME'): Promise<any> {
  const number = aNumber();
  hub.setDay('2025-11-02');
  for (const [list, name] of Object.entries(names)) {
    const [client, row] =
      list === 'Residents'
        ? [POLICE, resident(number, name)]
        : list === 'Hardship'
          ? [CIVIL_AFFAIRS, hardship(number, name)]
          : [TAX, payment(number, name)];
    await hub.received(client as string, list, [row as object]);
  }
  const subjects = await hub.subjectsOf(number);
  const before = new Set((await openTasks()).map(({ id }) => id));
  await hub.keepMatters(subjects, [{ kind: kind as never, about: subjects[0]!, subjects }], '2025-11-03');
  const task = (await openTasks()).find(({ id }) => !before.has(id));
  return { number, subject: subjects[0], task: await taskOf(task.id) };
}

describe('a task', () => {
  it('shows both sides with the rows behind them, a suggestion, and when it is due', async () => {
    hub.setDay('2025-11-03');
    const { a, b, subjects, task } = await twins(async (one, other) => {
      await hub.received(POLICE, 'Residents', [resident(one, '王芳')]);
      await hub.received(CIVIL_AFFAIRS, 'Hardship', [hardship(other, '王芳')]);
    });
    expect(task).toMatchObject({
      kind: 'SAME_NAME_OTHER_NUMBER',
      state: 'OPEN',
      version: 1,
      dueOn: '2025-11-17',
      overdue: false,
      dueOnMayMove: false,
      admits: ['SAME_PERSON', 'DIFFERENT_PEOPLE', 'ASK_OWNER'],
      suggestion: { because: expect.any(String), settlement: { kind: expect.any(String), subjects } },
      proposal: null,
      settled: null,
      difference: [],
      history: [{ did: 'OPENED', by: null }],
      corrections: [],
    });
    expect(task.sides.map(({ subject }: any) => subject)).toEqual(subjects);
    const side = task.sides.find(({ names }: any) => names[0].sources[0].list === 'RESIDENTS');
    expect(side).toMatchObject({
      idType: 'RESIDENT_ID',
      number: { masked: `${a.slice(0, 3)}***********${a.slice(-4)}` },
      names: [{ value: '王芳', sources: [{ agency: 'PUBLIC_SECURITY', row: 1, validFrom: '2010-01-01' }] }],
      birthDates: [{ value: '1980-05-15', sources: [] }],
      households: [{ value: '1' }],
    });
    expect(JSON.stringify(task)).not.toContain(b);
  });

  it('is overdue the day after it was due, and no longer once it is settled', async () => {
    const { subjects, task } = await twins(async (one, other) => {
      await hub.received(CIVIL_AFFAIRS, 'Hardship', [hardship(one, '王芳'), hardship(other, '王芳')]);
    });
    hub.setDay('2025-11-17');
    expect(await taskOf(task.id)).toMatchObject({ overdue: false });
    hub.setDay('2025-11-18');
    expect(await taskOf(task.id)).toMatchObject({ overdue: true });
    expect(await settle(LI, task, { differentPeople: { subjects } })).toMatchObject({ overdue: false });
  });
});

describe('settling', () => {
  it('makes two records one, once a second person confirms where money moves', async () => {
    hub.setDay('2025-11-03');
    const { a, b, subjects, task } = await twins(async (one, other) => {
      await hub.received(MEDICAL, 'Registrations', [registration(one, '王芳')]);
      await hub.received(TAX, 'Payments', [payment(one, '王芳')]);
      await hub.received(CIVIL_AFFAIRS, 'Hardship', [hardship(other, '王芳')]);
    });
    const before = await recordsOf(a, b);
    const proposed = await settle(LI, task, { samePerson: { subjects } });
    expect(proposed).toMatchObject({
      state: 'PROPOSED',
      version: 2,
      settled: null,
      proposal: { by: { agency: 'MEDICAL_INSURANCE', operator: 'li.na' }, because: '户籍档案核实' },
    });
    expect(proposed.proposal.difference.length).toBeGreaterThan(0);
    expect(await recordsOf(a, b)).toEqual(before);

    expect(await confirm(LI, proposed)).toBe('FORBIDDEN');
    expect(await confirm(WANG, task)).toBe('STALE_VERSION');
    const confirmed = await confirm(WANG, proposed);
    expect(confirmed).toMatchObject({
      state: 'SETTLED',
      version: 3,
      proposal: null,
      settled: { by: { operator: 'li.na' }, confirmedBy: { operator: 'wang.wei' }, settlement: { subjects } },
      difference: proposed.proposal.difference,
    });
    expect(confirmed.history.map(({ did, by }: any) => [did, by?.operator])).toEqual([
      ['OPENED', undefined],
      ['PROPOSED', 'li.na'],
      ['SETTLED', 'wang.wei'],
    ]);
    const [one, other] = await recordsOf(a, b);
    expect(one).toEqual(other);
    expect(one.identifiers).toHaveLength(2);
    expect(one.benefit).toMatchObject({ category: 'SUBSISTENCE_ALLOWANCE', paid: '400.00' });

    // The difference told is what the persons' decisions show.
    const told = confirmed.difference.find(({ person, pack }: any) => person === one.id && pack === 'gaoyang-2026');
    expect(told.after).toMatchObject({ category: 'SUBSISTENCE_ALLOWANCE', payable: one.benefit.payable });

    hub.setDay('2025-11-04');
    const undoing = await undo(WANG, confirmed);
    expect(undoing).toMatchObject({ state: 'PROPOSED', proposal: { settlement: null }, settled: confirmed.settled });
    expect(await confirm(WANG, undoing)).toBe('FORBIDDEN');
    const undone = await confirm(LI, undoing);
    expect(undone).toMatchObject({ state: 'OPEN', settled: null, dueOn: '2025-11-18' });
    expect(undone.history.map(({ did }: any) => did)).toEqual(['OPENED', 'PROPOSED', 'SETTLED', 'PROPOSED', 'UNDONE']);
    expect(await recordsOf(a, b)).toEqual(before);
    // What it changed has been changed back.
    const swapped = confirmed.difference.map((change: any) => ({
      ...change,
      before: change.after,
      after: change.before,
    }));
    expect(undone.difference).toEqual(swapped);
  });

  it('needs nobody else where no money moves, and sends whom it concerns to be decided anew', async () => {
    hub.setDay('2025-11-03');
    const { a, b, subjects, task } = await twins(async (one, other) => {
      await hub.received(POLICE, 'Residents', [resident(one, '王芳')]);
      await hub.received(POLICE, 'Residents', [resident(other, '王芳', '2')]);
    });
    const settled = await settle(LI, task, { samePerson: { subjects } });
    expect(settled).toMatchObject({ state: 'SETTLED', settled: { confirmedBy: null } });
    const [one, other] = await recordsOf(a, b);
    expect(one.id).toBe(other.id);
    const waiting = await hub.database.pool.query('select person_id from to_decide where task = $1 order by 1', [
      task.id,
    ]);
    expect(waiting.rows.map((row) => row['person_id'])).toEqual(subjects);

    // A later settlement takes the place of the earlier.
    const parted = await settle(WANG, settled, { differentPeople: { subjects } });
    expect(parted).toMatchObject({ state: 'SETTLED', settled: { settlement: { kind: 'DIFFERENT_PEOPLE' } } });
    const [again, apart] = await recordsOf(a, b);
    expect(again.id).not.toBe(apart.id);
  });

  it('keeps different people apart for good, and comes up again only when somebody joins', async () => {
    const { a, subjects, task } = await twins(async (one, other) => {
      await hub.received(CIVIL_AFFAIRS, 'Hardship', [hardship(one, '王芳'), hardship(other, '王芳')]);
    });
    const settled = await settle(LI, task, { differentPeople: { subjects } });
    expect(settled).toMatchObject({ state: 'SETTLED', difference: [] });
    const matter = { kind: 'SAME_NAME_OTHER_NUMBER', about: `王芳|1980-05-15|${a}` } as const;
    await hub.keepMatters(subjects, [{ ...matter, subjects }], '2025-11-05');
    expect(await taskOf(task.id)).toMatchObject({ state: 'SETTLED', version: settled.version });

    const third = aNumber();
    await hub.received(CIVIL_AFFAIRS, 'Hardship', [hardship(third, '王芳')]);
    const all = [...subjects, ...(await hub.subjectsOf(third))].sort();
    await hub.keepMatters(all, [{ ...matter, subjects: all }], '2025-11-10');
    const again = await taskOf(task.id);
    expect(again).toMatchObject({ state: 'OPEN', dueOn: '2025-11-24', settled: { because: '户籍档案核实' } });
    expect(again.history.at(-1)).toMatchObject({ did: 'REOPENED' });
    expect(again.sides).toHaveLength(3);
    // Without the third it is as it was settled.
    await hub.keepMatters(all, [], '2025-11-11');
    expect(await taskOf(task.id)).toMatchObject({ state: 'SETTLED', suggestion: null });
  });

  it('has nothing to settle once what raised it no longer stands, until it does again', async () => {
    const { a, subjects, task } = await twins(async (one, other) => {
      await hub.received(CIVIL_AFFAIRS, 'Hardship', [hardship(one, '王芳'), hardship(other, '王芳')]);
    });
    await hub.keepMatters(subjects, [], '2025-11-11');
    const obsolete = await taskOf(task.id);
    expect(obsolete).toMatchObject({ state: 'OBSOLETE', suggestion: null });
    expect(await settle(LI, obsolete, { differentPeople: { subjects } })).toBe('WRONG_STATE');
    const matter = { kind: 'SAME_NAME_OTHER_NUMBER', about: `王芳|1980-05-15|${a}`, subjects } as const;
    await hub.keepMatters(subjects, [matter], '2025-11-12');
    expect(await taskOf(task.id)).toMatchObject({ state: 'OPEN', dueOn: '2025-11-26' });
  });

  it('lets a proposal to undo stand while what was settled does away with the matter', async () => {
    hub.setDay('2025-11-03');
    const { subjects, task } = await twins(async (one, other) => {
      await hub.received(TAX, 'Payments', [payment(one, '王芳')]);
      await hub.received(POLICE, 'Residents', [resident(other, '王芳')]);
    });
    const settled = await confirm(WANG, await settle(LI, task, { samePerson: { subjects } }));
    await hub.keepMatters(subjects, [], '2025-11-04');
    expect(await taskOf(task.id)).toEqual(settled);
    const undoing = await undo(LI, settled);
    await hub.keepMatters(subjects, [], '2025-11-05');
    expect(await taskOf(task.id)).toEqual(undoing);
    expect(await confirm(WANG, undoing)).toMatchObject({ state: 'OPEN', settled: null });
  });

  it('keeps the name that counts, against the order of sources, until a name comes that nobody had looked at', async () => {
    const { number, subject, task } = await oneNumber({ Residents: '王芳', Hardship: '王方' });
    expect(task.suggestion).toMatchObject({
      because: 'NAMES_DIFFER_IN_ONE_CHARACTER',
      settlement: { kind: 'KEEP_VALUE', attribute: 'NAME', value: '王芳' },
    });
    const keep = { keepValue: { subject, attribute: 'NAME', value: '王方' } };
    const settled = await settle(LI, task, keep);
    expect(settled).toMatchObject({ state: 'SETTLED', settled: { settlement: { value: '王方' } } });
    expect((await recordsOf(number))[0]).toMatchObject({ name: '王方' });

    const matter = { kind: 'SAME_NUMBER_OTHER_NAME', about: subject, subjects: [subject] } as const;
    await hub.keepMatters([subject], [matter], '2025-11-05');
    expect(await taskOf(task.id)).toMatchObject({ state: 'SETTLED' });
    await hub.received(TAX, 'Payments', [payment(number, '王房')]);
    await hub.keepMatters([subject], [matter], '2025-11-06');
    expect(await taskOf(task.id)).toMatchObject({ state: 'OPEN' });
  });

  it('tells names on one number apart as different people, and undoing puts them back', async () => {
    const { number, subject, task } = await oneNumber(
      { Residents: '李强', Hardship: '赵敏' },
      'TWO_PEOPLE_ON_ONE_NUMBER',
    );
    expect(task.suggestion).toMatchObject({
      because: 'NAMES_SHARE_NO_CHARACTER',
      settlement: { kind: 'ASK_OWNER', row: 1, about: 'idNumber', submission: expect.any(String) },
    });
    const before = await recordsOf(number);
    const proposed = await settle(LI, task, { otherPersonsNames: { subject, names: ['赵敏'] } });
    const settled = await confirm(WANG, proposed);
    expect(settled).toMatchObject({ state: 'SETTLED' });
    const [owner] = await recordsOf(number);
    expect(owner).toMatchObject({ name: '李强', benefit: { category: null } });
    expect(owner.claims.map(({ list }: any) => list)).toEqual(['RESIDENTS']);
    expect(settled.difference.map(({ before: from, after }: any) => [from !== null, after !== null])).toContainEqual([
      false,
      true,
    ]);
    const undone = await confirm(LI, await undo(WANG, settled));
    expect(undone).toMatchObject({ state: 'OPEN' });
    expect(await recordsOf(number)).toEqual(before);
  });

  it('links a row whose number is not its person’s own to whom a person found it to be', async () => {
    hub.setDay('2025-11-03');
    const [owner, nobodys] = [aNumber(), '000000000000000000'];
    await hub.received(POLICE, 'Residents', [resident(owner, '周丽')]);
    await hub.received(CIVIL_AFFAIRS, 'Hardship', [hardship(nobodys, '周丽')]);
    const [[apart], [found]] = [await hub.subjectsOf(nobodys), await hub.subjectsOf(owner)];
    const matter = { kind: 'NUMBER_NOT_THEIR_OWN', about: apart!, subjects: [apart!] } as const;
    await hub.keepMatters([apart!], [matter], '2025-11-03');
    const task = await taskOf((await openTasks())[0].id);
    expect(task).toMatchObject({
      kind: 'NUMBER_NOT_THEIR_OWN',
      sides: [{ heldApart: true, birthDates: [], sex: null }],
      suggestion: { because: 'NUMBER_IS_NOT_THEIR_OWN', settlement: { kind: 'ASK_OWNER', about: 'idNumber' } },
    });
    expect(await settle(LI, task, { samePerson: { subjects: [apart, task.id] } })).toBe('BAD_USER_INPUT');
    expect(await settle(LI, task, { samePerson: { subjects: [apart, 'nobody'] } })).toBe('BAD_USER_INPUT');
    const proposed = await settle(LI, task, { samePerson: { subjects: [apart, found] } });
    expect(await confirm(WANG, proposed)).toMatchObject({ state: 'SETTLED' });
    const [person] = await recordsOf(owner);
    expect(person).toMatchObject({ id: found, benefit: { category: 'SUBSISTENCE_ALLOWANCE' } });
  });

  it('believes of documents in conflict what a person settled, and no row', async () => {
    hub.setDay('2025-11-03');
    const [a, b, certificate] = [aNumber(), aNumber(), 'P130000001'];
    const birth = (idNumber: string) => ({
      ...{ name: '王芳', idNumber, bornOn: '1980-05-15', certificateNumber: certificate },
    });
    await hub.received(POLICE, 'Births', [birth(a)]);
    await hub.received(POLICE, 'Births', [birth(b)]);
    const [[one], [other], [born]] = [
      await hub.subjectsOf(a),
      await hub.subjectsOf(b),
      await hub.subjectsOf(certificate),
    ];
    const subjects = [one!, other!, born!].sort();
    await hub.keepMatters(subjects, [{ kind: 'DOCUMENTS_IN_CONFLICT', about: subjects[0]!, subjects }], '2025-11-03');
    const task = await taskOf((await openTasks())[0].id);
    expect(task.suggestion).toMatchObject({
      because: 'DOCUMENTS_CANNOT_BE_ONE_PERSONS',
      settlement: { kind: 'ASK_OWNER', about: 'certificateNumber' },
    });
    expect(task.sides.flatMap(({ namedWith }: any) => namedWith.map(({ value }: any) => value))).toContain(born);
    const settled = await settle(LI, task, { samePerson: { subjects: [one, born] } });
    expect(settled).toMatchObject({ state: 'SETTLED', difference: [] });
    const [first, second] = await recordsOf(a, b);
    expect(first.identifiers).toHaveLength(2);
    expect(second.identifiers).toHaveLength(1);
    // Of the third nothing was settled: what joins the matter that nobody looked at keeps it open.
    await hub.keepMatters(subjects, [{ kind: 'DOCUMENTS_IN_CONFLICT', about: subjects[0]!, subjects }], '2025-11-04');
    const open = await taskOf(task.id);
    expect(open).toMatchObject({ state: 'OPEN', settled: { settlement: { kind: 'SAME_PERSON' } } });
    expect(await undo(LI, open)).toMatchObject({ state: 'OPEN', settled: null });
    expect((await recordsOf(a))[0].identifiers).toHaveLength(1);
  });

  it('lets exactly one of two settle who saw the same', async () => {
    const { subjects, task } = await twins(async (one, other) => {
      await hub.received(CIVIL_AFFAIRS, 'Hardship', [hardship(one, '王芳'), hardship(other, '王芳')]);
    });
    const both = await Promise.all([
      settle(LI, task, { differentPeople: { subjects } }),
      settle(WANG, task, { samePerson: { subjects } }),
    ]);
    expect(both.filter((answer) => answer === 'STALE_VERSION')).toHaveLength(1);
    const won = both.find((answer) => answer !== 'STALE_VERSION');
    expect(won).toMatchObject({ version: 2 });
    expect(await taskOf(task.id)).toEqual(won);
  });

  it('shows a proposal anew whose difference has changed before it can be confirmed', async () => {
    hub.setDay('2025-11-03');
    const { b, subjects, task } = await twins(async (one, other) => {
      await hub.received(TAX, 'Payments', [payment(one, '王芳')]);
      await hub.received(POLICE, 'Residents', [resident(other, '王芳')]);
    });
    const proposed = await settle(LI, task, { samePerson: { subjects } });
    expect(proposed).toMatchObject({ state: 'PROPOSED' });
    await hub.received(CIVIL_AFFAIRS, 'Hardship', [hardship(b, '王芳')]);
    expect(await confirm(WANG, proposed)).toBe('STALE_VERSION');
    const anew = await taskOf(task.id);
    expect(anew).toMatchObject({ state: 'PROPOSED', version: 3 });
    expect(anew.proposal.difference).not.toEqual(proposed.proposal.difference);
    expect(await confirm(WANG, anew)).toMatchObject({ state: 'SETTLED' });
  });

  it('can be taken back as long as it is only proposed', async () => {
    hub.setDay('2025-11-03');
    const { subjects, task } = await twins(async (one, other) => {
      await hub.received(TAX, 'Payments', [payment(one, '王芳')]);
      await hub.received(CIVIL_AFFAIRS, 'Hardship', [hardship(other, '王芳')]);
    });
    expect(await undo(LI, task)).toBe('WRONG_STATE');
    const proposed = await settle(LI, task, { samePerson: { subjects } });
    const back = await undo(WANG, proposed, '先再查');
    expect(back).toMatchObject({ state: 'OPEN', proposal: null });
    expect(back.history.at(-1)).toMatchObject({ did: 'TAKEN_BACK', because: '先再查' });
    expect(await confirm(WANG, back)).toBe('WRONG_STATE');
  });

  it('refuses what does not fit the task', async () => {
    const { subject, task } = await oneNumber({ Residents: '王芳', Hardship: '王方' });
    const ask = { submission: task.sides[0].names[0].sources[0].submission, row: 1, about: 'name' };
    for (const settlement of [
      {},
      { samePerson: { subjects: [subject] } },
      { differentPeople: { subjects: [subject, subject] } },
      { otherPersonsNames: { subject, names: [] } },
      { otherPersonsNames: { subject, names: ['王芳', '王方'] } },
      { otherPersonsNames: { subject, names: ['张三'] } },
      { otherPersonsNames: { subject: task.id, names: ['王方'] } },
      { keepValue: { subject, attribute: 'NAME', value: '张三' } },
      { keepValue: { subject, attribute: 'BIRTH_DATE', value: '王芳' } },
      { keepValue: { subject: task.id, attribute: 'NAME', value: '王芳' } },
      { askOwner: { ...ask, row: 2 } },
      { askOwner: { ...ask, submission: task.id } },
      { askOwner: { ...ask, about: 'nonsense' } },
      { askOwner: ask, keepValue: { subject, attribute: 'NAME', value: '王芳' } },
    ]) {
      expect([settlement, await settle(LI, task, settlement)]).toEqual([settlement, 'BAD_USER_INPUT']);
    }
    const keep = { keepValue: { subject, attribute: 'NAME', value: '王芳' } };
    for (const because of ['', ' ', 'x'.repeat(201), 'a\u0000b']) {
      expect(await settle(LI, task, keep, because)).toBe('BAD_USER_INPUT');
    }
    expect(await taskOf(task.id)).toEqual(task);
  });
});

describe('who may', () => {
  it('see and settle is what its grant says', async () => {
    const { number, subject, task } = await oneNumber({ Residents: '王芳', Hardship: '王方' });
    const keep = { keepValue: { subject, attribute: 'NAME', value: '王芳' } };
    expect(await settle(MEDICAL, task, keep)).toBe('FORBIDDEN');
    expect(await settle(`${CIVIL_AFFAIRS}/zhao`, task, keep)).toBe('FORBIDDEN');
    expect(await settle('130628:education/qian', task, keep)).toBe('FORBIDDEN');
    expect(await settle(LI, { ...task, id: 'none' }, keep)).toBe('NOT_FOUND');
    expect(await settle('140405:medical-insurance/li.na', task, keep)).toBe('NOT_FOUND');
    expect(await taskOf(task.id, '140405:medical-insurance')).toBeNull();

    // Only its own people, and of these only the rows that it may see.
    expect(await taskOf(task.id, TAX)).toBeNull();
    expect((await openTasks(TAX)).map(({ id }) => id)).not.toContain(task.id);
    const seen = await taskOf(task.id, CIVIL_AFFAIRS);
    expect((await openTasks(CIVIL_AFFAIRS)).map(({ id }) => id)).toContain(task.id);
    expect(seen.sides[0].names.map(({ value }: any) => value)).toEqual(['王*']);
    expect(seen).toMatchObject({ difference: null, suggestion: null });
    expect(JSON.stringify(seen)).not.toContain('王芳');
    expect(await settle(LI, task, keep)).toMatchObject({ state: 'SETTLED' });
    const later = await taskOf(task.id, CIVIL_AFFAIRS);
    expect(later.settled.settlement).toMatchObject({ kind: 'KEEP_VALUE', value: null, withheld: true });
    expect(JSON.stringify(later)).not.toContain('王芳');

    await hub.received(TAX, 'Payments', [payment(number, '王芳')]);
    expect(await taskOf(task.id, TAX)).toMatchObject({ id: task.id });
  });

  it('settle as the police does so for its own people', async () => {
    hub.setDay('2025-11-03');
    const { subjects, task } = await twins(async (one, other) => {
      await hub.received(POLICE, 'Residents', [resident(one, '王芳'), resident(other, '王芳', '2')]);
    });
    const settled = await settle(`${POLICE}/sun`, task, { differentPeople: { subjects } });
    expect(settled).toMatchObject({
      state: 'SETTLED',
      settled: { by: { agency: 'PUBLIC_SECURITY', operator: 'sun' } },
    });
  });
});
