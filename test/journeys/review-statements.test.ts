import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { residentId } from '../support/id-numbers.ts';
import { reviewingHub, type ReviewingHub } from '../support/reviewing-hub.ts';
import { REVIEW_STATEMENTS } from '../support/review-statements.ts';
import { countEveryStatement } from '../support/statements.ts';

const LI = '130628:medical-insurance/li.na';
const WANG = '130628:medical-insurance/wang.wei';
const ZHAO = '130628:civil-affairs/zhao';

let hub: ReviewingHub;
let submission: string;
let tasks: readonly any[];

/** Tasks about 2 and about 12 people of one name and birthday: twice where no money would move, twice where it would. */
beforeAll(async () => {
  hub = await reviewingHub();
  hub.setDay('2025-11-03');
  let sequence = 0;
  for (const [index, people] of [2, 12, 2, 12].entries()) {
    const numbers = Array.from({ length: people }, () => residentId((sequence += 1), '1980-05-15'));
    const rows = numbers.map((idNumber) => ({ name: '王芳', idNumber, policyYear: 2026, registeredOn: '2025-10-09' }));
    await hub.received('130628:medical-insurance', 'Registrations', rows);
    if (index >= 2) {
      const [idNumber] = numbers;
      const row = { name: '王芳', idNumber, category: '低保对象', from: '2025-03-01' };
      submission = (await hub.received('130628:civil-affairs', 'Hardship', [row])).id;
    }
    const subjects = (await Promise.all(numbers.map((number) => hub.subjectsOf(number)))).flat().sort();
    await hub.keepMatters(subjects, [{ kind: 'SAME_NAME_OTHER_NUMBER', about: `${index}`, subjects }], '2025-11-03');
  }
  const page = await hub.asks(LI, '{ reviewTasks(first: 4) { edges { node { id version sides { subject } } } } }');
  tasks = page.edges.map(({ node }: any) => node).reverse();
});
afterAll(() => hub?.stop());

/** Asks as published, and counts; the token is there before. */
async function counted(who: string, file: string, variables: object): Promise<any> {
  await hub.asks(who, '{ __typename }');
  const count = countEveryStatement();
  const answer = await hub.asks(who, readFileSync(`operations/${file}.graphql`, 'utf8'), variables);
  return { statements: count.stop(), answer };
}

describe('statements of reviewing, the same for few and for many', () => {
  it('ReviewTasks and ReviewTask', async () => {
    for (const first of [1, 4]) {
      const { statements, answer } = await counted(LI, 'review-tasks', { first });
      expect(answer.edges).toHaveLength(first);
      expect(statements).toBe(REVIEW_STATEMENTS['ReviewTasks']);
    }
    for (const { id } of tasks) {
      const { statements, answer } = await counted(LI, 'review-task', { id });
      expect(answer.id).toBe(id);
      expect(statements).toBe(REVIEW_STATEMENTS['ReviewTask']);
    }
  });

  it('SettleReview, ConfirmReview and UndoSettlement', async () => {
    for (const [index, { id, version, sides }] of tasks.entries()) {
      const subjects = sides.map(({ subject }: any) => subject);
      const settlement = { samePerson: { subjects } };
      const settled = await counted(LI, 'settle-review', { id, version, settlement, because: '核实过' });
      expect(settled.answer.state).toBe(index < 2 ? 'SETTLED' : 'PROPOSED');
      if (index < 2) {
        expect(settled.statements).toBe(REVIEW_STATEMENTS['SettleReview']);
        const undone = await counted(LI, 'undo-settlement', { id, version: version + 1, because: '有误' });
        expect(undone.answer.state).toBe('OPEN');
        expect(undone.statements).toBe(REVIEW_STATEMENTS['UndoSettlement']);
      } else {
        const confirmed = await counted(WANG, 'confirm-review', { id, version: version + 1 });
        expect(confirmed.answer.state).toBe('SETTLED');
        expect(confirmed.statements).toBe(REVIEW_STATEMENTS['ConfirmReview']);
      }
    }
  });

  it('RequestCorrection, Corrections and AnswerCorrection', async () => {
    const input = { submission, row: 1, about: 'name', reason: '不一致' };
    const asked = await counted(LI, 'request-correction', { input });
    expect(asked.answer.state).toBe('OPEN');
    expect(asked.statements).toBe(REVIEW_STATEMENTS['RequestCorrection']);
    const page = await counted(ZHAO, 'corrections', {});
    expect(page.answer.edges).toHaveLength(1);
    expect(page.statements).toBe(REVIEW_STATEMENTS['Corrections']);
    const answer = { state: 'REFUSED', answer: '无误' };
    const answered = await counted(ZHAO, 'answer-correction', { id: asked.answer.id, version: 1, answer });
    expect(answered.answer.state).toBe('REFUSED');
    expect(answered.statements).toBe(REVIEW_STATEMENTS['AnswerCorrection']);
  });
});
