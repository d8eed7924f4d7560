import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { gathered } from '../../src/storage/gathered-reads.ts';

/** Gathers; what was asked together is answered when it is let go. Questions fail as they are asked, or as answers to them are made. */
function gatherer(
  fails: (question: number) => boolean = () => false,
  isUnsound: (question: number) => boolean = () => false,
) {
  const asked: { readonly place: string; readonly questions: readonly number[]; readonly letGo: () => void }[] = [];
  const ask = gathered(async (place, questions: readonly number[]) => {
    await new Promise<void>((letGo) => asked.push({ place, questions, letGo }));
    const bad = questions.find(fails);
    if (bad !== undefined) throw new Error(`${bad} is bad`);
    return () => {
      const unsound = questions.find(isUnsound);
      if (unsound !== undefined) throw new Error(`${unsound} is unsound`);
      return questions.map((question) => question * 10);
    };
  });
  return { asked, ask, questions: () => asked.map(({ questions }) => questions) };
}

const upTo = (most: number): number[] => Array.from({ length: most }, (_, index) => index + 1);

test('what is asked in one turn goes together, and everybody is given their own answer', async () => {
  const { asked, ask, questions } = gatherer();
  const answers = Promise.all([1, 2, 3].map((question) => ask('130628', question)));
  await turn();
  expect(questions()).toEqual([[1, 2, 3]]);
  asked[0]!.letGo();
  expect(await answers).toEqual([10, 20, 30]);
});

test('what is asked while a statement is on its way waits for it, and goes together', async () => {
  const { asked, ask, questions } = gatherer();
  const answers: Promise<number>[] = [];
  for (const question of upTo(3)) {
    answers.push(ask('130628', question));
    await turn();
  }
  expect(questions()).toEqual([[1]]);
  asked[0]!.letGo();
  expect(await answers[0]).toBe(10);
  expect(questions()).toEqual([[1], [2, 3]]);
  asked[1]!.letGo();
  expect(await Promise.all(answers)).toEqual([10, 20, 30]);
});

test('no more than 32 go together, in the order in which they came', async () => {
  const { asked, ask, questions } = gatherer();
  const answers = Promise.all(upTo(80).map((question) => ask('130628', question)));
  await turn();
  for (const from of [0, 32, 64]) {
    expect(questions().at(-1)).toEqual(upTo(80).slice(from, from + 32));
    asked.at(-1)!.letGo();
    await turn();
  }
  expect(await answers).toEqual(upTo(80).map((question) => question * 10));
});

test('one place never waits for another, nor goes with it', async () => {
  const { asked, ask } = gatherer();
  const answers = Promise.all([ask('130628', 1), ask('140405', 2), ask('130628', 3)]);
  await turn();
  expect(asked.map(({ place, questions }) => [place, questions])).toEqual([
    ['130628', [1, 3]],
    ['140405', [2]],
  ]);
  for (const { letGo } of asked) letGo();
  expect(await answers).toEqual([10, 20, 30]);
});

test('the next are asked before answers are made of what has come', async () => {
  const events: string[] = [];
  const letGo: (() => void)[] = [];
  const ask = gathered(async (_place, questions: readonly number[]) => {
    events.push(`asked ${questions.join(' ')}`);
    await new Promise<void>((done) => letGo.push(done));
    return () => {
      events.push(`made ${questions.join(' ')}`);
      return questions;
    };
  });
  const answers: Promise<number>[] = [];
  for (const question of upTo(2)) {
    answers.push(ask('130628', question));
    await turn();
  }
  letGo[0]!();
  await answers[0];
  expect(events).toEqual(['asked 1', 'asked 2', 'made 1']);
  letGo[1]!();
  expect(await Promise.all(answers)).toEqual(upTo(2));
});

test('while some are asked again alone, no more than one statement goes for others', async () => {
  const { asked, ask, questions } = gatherer(undefined, (question) => question === 2);
  const answers = [1, 2].map((question) => ask('130628', question));
  await turn();
  const others: Promise<number>[] = [];
  for (const question of [3, 4, 5]) {
    others.push(ask('130628', question));
    if (question === 3) asked[0]!.letGo();
    await turn();
  }
  expect(questions()).toEqual([[1, 2], [3], [1], [2]]);
  asked[1]!.letGo();
  expect(await others[0]).toBe(30);
  await turn();
  expect(questions()).toEqual([[1, 2], [3], [1], [2]]);
  for (const { letGo } of asked) letGo();
  expect(await Promise.allSettled(answers)).toMatchObject([{ value: 10 }, { status: 'rejected' }]);
  await turn();
  expect(questions().slice(4)).toEqual([[4, 5]]);
  asked.at(-1)!.letGo();
  expect(await Promise.all(others)).toEqual([30, 40, 50]);
});

const isTwo = (question: number): boolean => question === 2;

test.each([
  { of: 'asking', with: gatherer(isTwo), reason: '2 is bad' },
  { of: 'what came of asking', with: gatherer(undefined, isTwo), reason: '2 is unsound' },
])('what is wrong with one of $of is told to that one alone', async ({ with: { asked, ask, questions }, reason }) => {
  const answers = Promise.allSettled([1, 2, 3].map((question) => ask('130628', question)));
  await turn();
  asked[0]!.letGo();
  await turn();
  expect(questions()).toEqual([[1, 2, 3], [1], [2], [3]]);
  for (const { letGo } of asked) letGo();
  const [first, second, third] = await answers;
  expect([first, third]).toMatchObject([{ value: 10 }, { value: 30 }]);
  expect(second).toMatchObject({ status: 'rejected', reason: { message: reason } });
  // And whoever comes later is answered.
  const later = ask('130628', 4);
  await turn();
  asked.at(-1)!.letGo();
  expect(await later).toBe(40);
});
