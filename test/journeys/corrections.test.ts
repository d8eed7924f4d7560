import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { residentId } from '../support/id-numbers.ts';
import { PARTS, reviewingHub, TASK, type ReviewingHub } from '../support/reviewing-hub.ts';

const MEDICAL = '130628:medical-insurance';
const LI = `${MEDICAL}/li.na`;
const CIVIL_AFFAIRS = '130628:civil-affairs';
const ZHAO = `${CIVIL_AFFAIRS}/zhao`;
const POLICE = '130628:public-security';
const TAX = '130628:tax';

const FIELDS = `id state version task askedBy askedByOperator askedAt dueOn overdue dueOnMayMove agency list submission row
  about reason answer answeredBy answeredAt`;

let hub: ReviewingHub;
let sequence = 0;
beforeAll(async () => {
  hub = await reviewingHub();
});
afterAll(() => hub?.stop());

const aNumber = (): string => residentId((sequence += 1), '1975-02-03');
const hardship = (idNumber: string, name: string) => ({ name, idNumber, category: '低保对象', from: '2025-03-01' });

/** Pushes a hardship row; gives the submission. */
const pushed = async (idNumber: string, name = '王芳'): Promise<string> =>
  (await hub.received(CIVIL_AFFAIRS, 'Hardship', [hardship(idNumber, name)])).id;

const request = (who: string, submission: string, said: object = {}): Promise<any> =>
  hub.asks(who, `mutation ($input: CorrectionRequestInput!) { requestCorrection(input: $input) { ${FIELDS} } }`, {
    input: { submission, row: 1, about: 'name', reason: '与户口簿不一致', ...said },
  });
const answer = (who: string, asked: any, state: string, words?: string): Promise<any> =>
  hub.asks(
    who,
    `mutation ($id: ID!, $version: Int!, $answer: CorrectionAnswerInput!) {
      answerCorrection(id: $id, version: $version, answer: $answer) { ${FIELDS} } }`,
    { id: asked.id, version: asked.version, answer: { state, answer: words } },
  );
const requestsOf = async (who: string, which?: string): Promise<any> => {
  const page = await hub.asks(
    who,
    `query ($which: CorrectionSide) { corrections(which: $which, first: 100) { edges { node { ${FIELDS} } } } }`,
    { which },
  );
  return page.edges?.map(({ node }: any) => node) ?? page;
};

describe('a request to correct a row', () => {
  it('goes to its owner, who takes it up and says what was corrected, within ten working days', async () => {
    hub.setDay('2026-09-30');
    const submission = await pushed(aNumber());
    const asked = await request(LI, submission);
    expect(asked).toMatchObject({
      state: 'OPEN',
      version: 1,
      task: null,
      askedBy: 'MEDICAL_INSURANCE',
      askedByOperator: 'li.na',
      agency: 'CIVIL_AFFAIRS',
      list: 'HARDSHIP',
      submission,
      row: 1,
      about: 'name',
      reason: '与户口簿不一致',
      // The holiday of October left out, the Saturday that was worked for it counted.
      dueOn: '2026-10-20',
      overdue: false,
      dueOnMayMove: false,
      answer: null,
    });
    expect(await requestsOf(CIVIL_AFFAIRS)).toContainEqual(asked);
    expect(await requestsOf(LI, 'ASKED_BY_US')).toContainEqual(asked);
    expect(await requestsOf(LI, 'ALL')).toContainEqual(asked);
    expect(await requestsOf(LI)).toEqual([]);

    hub.setDay('2026-10-20');
    expect((await requestsOf(CIVIL_AFFAIRS))[0]).toMatchObject({ overdue: false });
    hub.setDay('2026-10-21');
    expect((await requestsOf(CIVIL_AFFAIRS))[0]).toMatchObject({ overdue: true });
    const taken = await answer(ZHAO, asked, 'ACCEPTED');
    expect(taken).toMatchObject({ state: 'ACCEPTED', version: 2, answer: null, answeredBy: 'zhao', overdue: true });
    expect(await answer(ZHAO, asked, 'REFUSED', '无误')).toBe('STALE_VERSION');
    expect(await answer(ZHAO, taken, 'ACCEPTED')).toBe('WRONG_STATE');
    const corrected = await answer(ZHAO, taken, 'CORRECTED', '姓名已更正');
    expect(corrected).toMatchObject({ state: 'CORRECTED', answer: '姓名已更正', overdue: false });
    expect(await answer(ZHAO, corrected, 'REFUSED', '无误')).toBe('WRONG_STATE');
  });

  it('is told that its day may move where the holidays of that year are not known', async () => {
    hub.setDay('2026-12-28');
    const asked = await request(LI, await pushed(aNumber()));
    expect(asked).toMatchObject({ dueOn: '2027-01-11', dueOnMayMove: true });
  });

  it('is for whoever sees the row of a person of whom it may know', async () => {
    hub.setDay('2025-11-03');
    const number = aNumber();
    const submission = await pushed(number);
    // The police knows of its own people only, and does not see the hardship list.
    expect(await request(POLICE, submission)).toBe('NOT_FOUND');
    await hub.received(POLICE, 'Residents', [
      {
        ...{ name: '王芳', idNumber: number, householdNumber: '1', registration: 'HUKOU' },
        ...{ regionCode: '130628', from: '2010-01-01' },
      },
    ]);
    expect(await request(POLICE, submission)).toBe('NOT_FOUND');
    expect(await request(CIVIL_AFFAIRS, submission)).toMatchObject({ askedBy: 'CIVIL_AFFAIRS', askedByOperator: null });
    expect(await request('140405:medical-insurance', submission)).toBe('NOT_FOUND');
    for (const said of [{ row: 2 }, { row: 0 }, { row: -1 }])
      expect(await request(LI, submission, said)).toBe('NOT_FOUND');
    expect(await request(LI, 'none')).toBe('NOT_FOUND');
    for (const said of [{ about: 'nonsense' }, { reason: ' ' }, { reason: 'x'.repeat(201) }]) {
      expect(await request(LI, submission, said)).toBe('BAD_USER_INPUT');
    }
    expect(await requestsOf(CIVIL_AFFAIRS, 'ALL')).toBe('FORBIDDEN');
    await hub.asks(CIVIL_AFFAIRS, `mutation { withdrawSubmission(id: "${submission}", reason: "报错") { id } }`);
    expect(await request(LI, submission)).toBe('NOT_FOUND');
  });

  it('is answered by its owner in somebody’s name, and by nobody else', async () => {
    const asked = await request(LI, await pushed(aNumber()));
    expect(await answer(LI, asked, 'REFUSED', '无误')).toBe('NOT_FOUND');
    expect(await answer(`${TAX}/qian`, asked, 'REFUSED', '无误')).toBe('NOT_FOUND');
    expect(await answer(CIVIL_AFFAIRS, asked, 'REFUSED', '无误')).toBe('FORBIDDEN');
    expect(await answer(ZHAO, asked, 'OPEN', '无误')).toBe('BAD_USER_INPUT');
    expect(await answer(ZHAO, asked, 'REFUSED')).toBe('BAD_USER_INPUT');
    expect(await answer(ZHAO, asked, 'REFUSED', ' ')).toBe('BAD_USER_INPUT');
    const both = await Promise.all([answer(ZHAO, asked, 'REFUSED', '无误'), answer(ZHAO, asked, 'CORRECTED', '已改')]);
    expect(both.filter((one) => one === 'STALE_VERSION')).toHaveLength(1);
  });
});

describe('a task whose row’s owner was asked', () => {
  /** A task about one number with two names, for which the owner of the hardship row was asked. */
  async function askedTask(): Promise<any> {
    hub.setDay('2025-11-03');
    const number = aNumber();
    await hub.received(TAX, 'Payments', [
      {
        ...{ name: '李强', idNumber: number, policyYear: 2026, amount: '400.00', paidOn: '2025-10-10' },
        channel: 'ONLINE',
      },
    ]);
    const submission = await pushed(number, '赵敏');
    const [subject] = (await hub.subjectsOf(number)) as [string];
    const matter = { kind: 'TWO_PEOPLE_ON_ONE_NUMBER', about: subject, subjects: [subject] } as const;
    await hub.keepMatters([subject], [matter], '2025-11-03');
    const page = await hub.asks(LI, '{ reviewTasks(first: 1) { edges { node { id version } } } }');
    const { id, version } = page.edges[0].node;
    const task = await hub.asks(
      LI,
      `mutation ($settlement: SettlementInput!) {
        settleReview(id: "${id}", version: ${version}, settlement: $settlement, because: "请核实号码") { ${TASK} } } ${PARTS}`,
      { settlement: { askOwner: { submission, row: 1, about: 'idNumber' } } },
    );
    return { task, subject };
  }
  const again = async (id: string): Promise<any> =>
    hub.asks(LI, `query ($id: ID!) { reviewTask(id: $id) { ${TASK} } } ${PARTS}`, { id });

  it('waits for the answer, and is open again when the owner refuses', async () => {
    const { task } = await askedTask();
    expect(task).toMatchObject({
      state: 'ASKED',
      settled: null,
      corrections: [
        { state: 'OPEN', agency: 'CIVIL_AFFAIRS', about: 'idNumber', reason: '请核实号码', dueOn: '2025-11-17' },
      ],
    });
    const asked = (await requestsOf(CIVIL_AFFAIRS)).find((one: any) => one.task === task.id);
    await answer(ZHAO, asked, 'REFUSED', '号码经核对无误');
    const open = await again(task.id);
    expect(open).toMatchObject({ state: 'OPEN', version: task.version + 1 });
    expect(open.history.at(-1)).toMatchObject({
      did: 'ANSWERED',
      because: '号码经核对无误',
      by: { agency: 'CIVIL_AFFAIRS', operator: 'zhao' },
    });
  });

  it('is obsolete once the owner’s push has made the matter vanish', async () => {
    const { task, subject } = await askedTask();
    const asked = (await requestsOf(CIVIL_AFFAIRS)).find((one: any) => one.task === task.id);
    await answer(ZHAO, asked, 'CORRECTED', '已更正号码');
    expect(await again(task.id)).toMatchObject({ state: 'ASKED' });
    await hub.keepMatters([subject], [], '2025-11-04');
    expect(await again(task.id)).toMatchObject({ state: 'OBSOLETE', overdue: false });
  });
});
