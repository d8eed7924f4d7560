import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { gathered } from '../../src/storage/gathered-reads.ts';

/** Gathers; what was asked together is answered when it is let go. */
function gatherer(fails: (question: number) => boolean = () => false) {
  const asked: { readonly place: string; readonly questions: readonly number[]; readonly letGo: () => void }[] = [];
  const ask = gathered(async (place, questions: readonly number[]) => {
    await new Promise<void>((letGo) => asked.push({ place, questions, letGo }));
    const bad = questions.find(fails);
    if (bad !== undefined) throw new Error(`${bad} is bad`);
    return questions.map((question) => question * 10);
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

test('what is asked while two are on their way waits for one of them, and goes together', async () => {
  const { asked, ask, questions } = gatherer();
  const answers: Promise<number>[] = [];
  for (const question of upTo(4)) {
    answers.push(ask('130628', question));
    await turn();
  }
  expect(questions()).toEqual([[1], [2]]);
  asked[1]!.letGo();
  expect(await answers[1]).toBe(20);
  await turn();
  expect(questions()).toEqual([[1], [2], [3, 4]]);
  for (const { letGo } of asked) letGo();
  expect(await Promise.all(answers)).toEqual([10, 20, 30, 40]);
});

test('no more than 32 go together, in the order in which they came', async () => {
  const { asked, ask, questions } = gatherer();
  const answers = Promise.all(upTo(80).map((question) => ask('130628', question)));
  await turn();
  expect(questions()).toEqual([upTo(80).slice(0, 32), upTo(80).slice(32, 64)]);
  asked[0]!.letGo();
  await turn();
  expect(questions()[2]).toEqual(upTo(80).slice(64));
  for (const { letGo } of asked) letGo();
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

test('what is wrong with one is told to that one alone', async () => {
  const { asked, ask, questions } = gatherer((question) => question === 2);
  const answers = Promise.allSettled([1, 2, 3].map((question) => ask('130628', question)));
  await turn();
  asked[0]!.letGo();
  await turn();
  expect(questions()).toEqual([[1, 2, 3], [1], [2], [3]]);
  for (const { letGo } of asked) letGo();
  const [first, second, third] = await answers;
  expect([first, third]).toMatchObject([{ value: 10 }, { value: 30 }]);
  expect(second).toMatchObject({ status: 'rejected', reason: { message: '2 is bad' } });
  // And whoever comes later is answered.
  const later = ask('130628', 4);
  await turn();
  asked.at(-1)!.letGo();
  expect(await later).toBe(40);
});
