import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawRow } from '../../src/domain/intake/list-definition.ts';
import { withdrawSubmission } from '../../src/flows/withdraw-submission.ts';
import { inTransaction } from '../../src/storage/in-transaction.ts';
import { settle, undo, type IdentitySettlement } from '../../src/storage/settle-identities.ts';
import { submissionStore } from '../../src/storage/submission-store.ts';
import { hmacSubjectKeys } from '../../src/storage/subject-keys.ts';
import { withdrawStore } from '../../src/storage/withdraw-store.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { residentId } from '../support/id-numbers.ts';
import { callerOf } from '../support/jurisdictions.ts';
import { brokenHistories, linksNow, linksRebuilt } from '../support/links.ts';
import { INTAKE_PEPPER, intakeOn, openPlace, type Intake, type PushSketch } from '../support/two-ways.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

let places = 0;
const nextPlace = (): string => `place-${(places += 1)}`;
const dayOf = (index: number): Date => new Date(Date.UTC(2025, 10, 1, 2, index));

/** Documents of a few people who know each other by the slips of clerks. */
const DOCUMENTS = [
  ...[0, 1, 2].map((sequence) => ({ idType: 'RESIDENT_ID', idNumber: residentId(sequence) })),
  ...['H12345678', 'M87654321'].map((idNumber) => ({ idType: 'HM_TRAVEL_PERMIT', idNumber })),
  ...['E12345678', 'XY998877'].map((idNumber) => ({ idType: 'PASSPORT', idNumber })),
] as const;
const document = fc.nat({ max: DOCUMENTS.length - 1 });
const two = fc.uniqueArray(document, { minLength: 2, maxLength: 2 });

/** A row that names two documents; `year` makes it a matter of its own. */
const rowOf = (one: number, other: number, year: number, said: RawRow = {}): RawRow => ({
  ...{ name: ['王芳', '李强'][year % 2], ...DOCUMENTS[one], policyYear: 2000 + year, registeredOn: '2025-10-01' },
  ...{ otherIdType: DOCUMENTS[other]!.idType, otherIdNumber: DOCUMENTS[other]!.idNumber },
  ...said,
});

const registrations = (rows: RawRow[], mode: PushSketch['mode'] = 'DELTA'): PushSketch => ({
  ...{ agency: 'medical-insurance', list: 'registrations', rows, mode, period: null },
});

/** A row for each document, which names no other. */
const everybody = (): PushSketch =>
  registrations(DOCUMENTS.map((who) => ({ name: '王芳', ...who, policyYear: 1999, registeredOn: '2025-10-01' })));

const { keyOf: keyOfDocument } = hmacSubjectKeys(INTAKE_PEPPER);
const keyOf = (index: number): string => keyOfDocument(DOCUMENTS[index] as never);

async function push(intake: Intake, place: string, sketch: PushSketch, asFile: boolean): Promise<string> {
  if (!asFile) return (await intake.push(place, sketch)).id;
  const kept = await intake.keep(place, sketch);
  await intake.takeIn(kept);
  return kept.id;
}

async function withdraw(intake: Intake, place: string, id: string): Promise<void> {
  const { walled } = database;
  const ports = {
    ...intake.ports,
    jurisdictions: { find: openPlace, all: () => [] },
    submissions: submissionStore(walled),
    withdrawals: withdrawStore(walled),
  };
  const caller = callerOf(openPlace(place), 'medical-insurance');
  expect(await withdrawSubmission(id, '报错了', caller, ports)).toMatchObject({ ok: true });
}

const settling = (place: string, task: string, settlement: IdentitySettlement, at: Date) => {
  const inside = database.walled.of(place);
  const numbers = { seal: inside.seal, subjectKeys: hmacSubjectKeys(INTAKE_PEPPER) };
  return inTransaction(inside, (client) => settle(client, numbers, place, task, settlement, at));
};
const undoing = (place: string, task: string, at: Date) =>
  inTransaction(database.walled.of(place), (client) => undo(client, database.walled.of(place).seal, place, task, at));

async function expectRebuilt(place: string): Promise<void> {
  const { pool } = database;
  expect(await linksNow(pool, place)).toEqual(await linksRebuilt(pool, place));
  expect(await brokenHistories(pool, place)).toEqual([]);
}

// Most of its time is waiting for the database: each test has an intake, with a clock, of its own beside the others.
describe.concurrent('who is who', () => {
  const stated = fc.uniqueArray(fc.tuple(two, fc.nat({ max: 5 })), {
    maxLength: 8,
    minLength: 1,
    selector: ([[one], year]) => `${one}|${year}`,
  });

  it('does not depend on the order in which rows come, nor on the way', async () => {
    const intake = intakeOn(database);
    await fc.assert(
      fc.asyncProperty(stated, fc.infiniteStream(fc.nat()), async (rows, chance) => {
        const next = (): number => chance.next().value as number;
        const shuffled = rows.map((row) => [next(), row] as const).sort(([a], [b]) => a - b);
        const [one, other] = [nextPlace(), nextPlace()];
        const ofRow = ([[a, b], year]: (typeof rows)[number]) => registrations([rowOf(a!, b!, year)]);
        for (const [index, row] of rows.entries()) {
          intake.setNow(dayOf(index));
          await push(intake, one, ofRow(row), false);
        }
        for (const [index, [, row]] of shuffled.entries()) {
          intake.setNow(dayOf(index));
          await push(intake, other, ofRow(row), next() % 3 === 0);
        }
        const links = await linksNow(database.pool, one);
        expect(await linksNow(database.pool, other)).toEqual(links);
        await expectRebuilt(one);
      }),
      { numRuns: 25 },
    );
  }, 240_000);

  const subjects = fc.uniqueArray(document, { minLength: 2, maxLength: 3 });
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('push' as const),
        rows: fc.array(fc.tuple(two, fc.nat({ max: 1 }), fc.constantFrom({}, {}, {}, { change: 'REMOVE' })), {
          minLength: 1,
          maxLength: 4,
        }),
        mode: fc.constantFrom('DELTA' as const, 'DELTA' as const, 'SNAPSHOT' as const),
        asFile: fc.boolean(),
      }),
    },
    fc.record({ do: fc.constant('withdraw' as const), which: fc.nat() }),
    fc.record({ do: fc.constant('same' as const), subjects }),
    fc.record({ do: fc.constant('different' as const), subjects }),
    fc.record({ do: fc.constant('split' as const), subject: document, name: fc.constantFrom('王芳', '李强') }),
    fc.record({ do: fc.constant('undo' as const), which: fc.nat() }),
  );
  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

  async function take(
    intake: Intake,
    place: string,
    one: Step,
    pushed: string[],
    tasks: string[],
    at: Date,
  ): Promise<void> {
    const newTask = (): string => {
      tasks.push(intake.ports.ids.next());
      return tasks.at(-1)!;
    };
    switch (one.do) {
      case 'push': {
        const rows = one.rows.map(([[a, b], year, said]) => rowOf(a!, b!, year, said));
        pushed.push(await push(intake, place, registrations(rows, one.mode), one.asFile));
        return;
      }
      case 'withdraw':
        if (pushed.length > 0) await withdraw(intake, place, pushed[one.which % pushed.length]!);
        return;
      case 'same':
      case 'different': {
        const kind = one.do === 'same' ? 'SAME_PERSON' : 'DIFFERENT_PEOPLE';
        const known = await linksNow(database.pool, place);
        const keys = one.subjects.map(keyOf).filter((key) => known.has(key));
        if (keys.length > 1) await settling(place, newTask(), { kind, subjects: keys }, at);
        return;
      }
      case 'split': {
        const known = await linksNow(database.pool, place);
        if (!known.has(keyOf(one.subject))) return;
        const split = { kind: 'OTHER_PERSONS_NAMES', subject: keyOf(one.subject), names: [one.name] } as const;
        await settling(place, newTask(), split, at);
        return;
      }
      case 'undo':
        if (tasks.length > 0) await undoing(place, tasks[one.which % tasks.length]!, at);
    }
  }

  it('always is what the rows that stand and the settlements come to, whatever was told, taken back, settled and undone', async () => {
    const intake = intakeOn(database);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 9 }), async (steps) => {
        const place = nextPlace();
        const [pushed, tasks]: [string[], string[]] = [[], []];
        const ever = new Set<string>();
        for (const [index, one] of steps.entries()) {
          intake.setNow(dayOf(index));
          await take(intake, place, one, pushed, tasks, dayOf(index));
          await expectRebuilt(place);
          const known = await linksNow(database.pool, place);
          for (const key of known.keys()) ever.add(key);
          // Nobody is lost: whoever was ever heard of is somebody now.
          expect([...known.keys()]).toEqual([...ever].sort());
        }
      }),
      { numRuns: 40 },
    );
  }, 240_000);

  it('undoing settlements, the newest first, leaves everybody as before', async () => {
    const intake = intakeOn(database);
    await fc.assert(
      fc.asyncProperty(
        stated,
        fc.array(fc.tuple(subjects, fc.boolean()), { minLength: 1, maxLength: 4 }),
        async (rows, words) => {
          const place = nextPlace();
          intake.setNow(dayOf(0));
          await push(intake, place, everybody(), false);
          await push(intake, place, registrations(rows.map(([[a, b], year]) => rowOf(a!, b!, year))), false);
          const states = [await linksNow(database.pool, place)];
          const tasks: string[] = [];
          for (const [indexes, same] of words) {
            tasks.push(intake.ports.ids.next());
            const kind = same ? 'SAME_PERSON' : 'DIFFERENT_PEOPLE';
            await settling(place, tasks.at(-1)!, { kind, subjects: indexes.map(keyOf) }, dayOf(tasks.length));
            states.push(await linksNow(database.pool, place));
          }
          for (const [index, task] of tasks.toReversed().entries()) {
            await undoing(place, task, dayOf(10 + index));
            expect(await linksNow(database.pool, place)).toEqual(states.at(-2 - index));
          }
        },
      ),
      { numRuns: 25 },
    );
  }, 240_000);

  it('is the same whether pushes come one after the other or all at once, from several agencies', async () => {
    const intake = intakeOn(database);
    await fc.assert(
      fc.asyncProperty(stated, stated, async (first, second) => {
        const [one, other] = [nextPlace(), nextPlace()];
        // Lists of several agencies, each row a push of its own: nothing but who is who makes them wait for each other.
        const by = ['medical-insurance', 'tax', 'public-security'] as const;
        const pushesOf = (place: string) =>
          [...first, ...second.map(([pair, year]) => [pair, year + 6] as const)].map(([[a, b], year]) => {
            const sketch = { ...registrations([rowOf(a!, b!, year)]), agency: by[year % by.length]! };
            return () => intake.push(place, sketch);
          });
        // Everybody is known before, so that no push waits for another's new documents either.
        for (const place of [one, other]) await push(intake, place, everybody(), false);
        intake.setNow(dayOf(1));
        for (const pushOne of pushesOf(one)) await pushOne();
        await Promise.all(
          pushesOf(other)
            .toReversed()
            .map((pushOne) => pushOne()),
        );
        expect(await linksNow(database.pool, other)).toEqual(await linksNow(database.pool, one));
        await expectRebuilt(one);
        await expectRebuilt(other);
      }),
      { numRuns: 12 },
    );
  }, 240_000);
});
