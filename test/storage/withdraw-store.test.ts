import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Caller, Jurisdiction } from '../../src/domain/access/caller.ts';
import type { ListMode, RawRow } from '../../src/domain/intake/list-definition.ts';
import type { Clock } from '../../src/flows/ports.ts';
import { receiveList } from '../../src/flows/receive-list.ts';
import { withdrawSubmission } from '../../src/flows/withdraw-submission.ts';
import { contentDigest } from '../../src/storage/content-digest.ts';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import type { Claim } from '../../src/domain/claims/claim.ts';
import { contentHash } from '../../src/storage/content-hash.ts';
import { nameKeyOf } from '../../src/storage/name-keys.ts';
import { receiveStore } from '../../src/storage/receive-store.ts';
import { hmacSubjectKeys } from '../../src/storage/subject-keys.ts';
import { submissionStore } from '../../src/storage/submission-store.ts';
import { withdrawStore } from '../../src/storage/withdraw-store.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { residentId } from '../support/id-numbers.ts';
import { callerOf, jurisdictionWith } from '../support/jurisdictions.ts';
import { noSignatures } from '../support/signatures.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const DAY = 86_400_000;

/** One agency's hardship list, in a jurisdiction of its own. */
function listOfItsOwn(dayByDay: boolean) {
  const place: Jurisdiction = {
    ...jurisdictionWith({
      'civil-affairs': {
        name: '民政局',
        pushes: { hardship: { categories: ['SUBSISTENCE_ALLOWANCE', 'EXTREME_POVERTY'] } },
      },
    }),
    id: `place-${(places += 1)}`,
  };
  const caller: Caller = callerOf(place, 'civil-affairs');
  let now = new Date('2025-03-03T02:00:00Z').getTime();
  const clock: Clock = { now: () => new Date(now) };
  const ids = uuidv7Ids();
  const ports = {
    clock,
    ids,
    subjectKeys: hmacSubjectKeys('pepper for tests, long enough for anything'),
    contentDigest,
    jurisdictions: { find: (id: string) => (id === place.id ? place : undefined), all: () => [place] },
    signatures: noSignatures,
    store: receiveStore(database.walled, ids),
    submissions: submissionStore(database.walled),
    withdrawals: withdrawStore(database.walled),
  };
  let pushes = 0;
  return {
    push: async (mode: ListMode, rows: readonly RawRow[]): Promise<string> => {
      if (dayByDay) now += DAY;
      const push = { list: 'hardship', mode, period: null, documentNumber: null, jurisdiction: null } as const;
      const key = `push-${(pushes += 1)}`;
      const answer = await receiveList(
        { ...push, idempotencyKey: key, dryRun: false, rows, signature: null },
        caller,
        ports,
      );
      if (!answer.ok || answer.value.submission?.status !== 'RECEIVED') throw new Error('not received');
      return answer.value.submission.id;
    },
    withdraw: async (id: string): Promise<void> => {
      if (dayByDay) now += DAY;
      const answer = await withdrawSubmission(id, '报错了', caller, ports);
      expect(answer).toMatchObject({ ok: true, value: { id, status: 'WITHDRAWN' } });
    },
    /** What stands, apart from ids and when it was told: names opened, and of digests whether each is that of what the claim says. */
    standing: async () => {
      const { seal } = database.walled.of(place.id);
      const nameOf = new Map(NAMES.map((name) => [nameKeyOf(seal, name), name]));
      const found = await database.pool.query<StandingClaim>(
        `select subject_key, key, attributes, valid_from, valid_to, first_told_at, submission, row_number, content_hash
         from claim where jurisdiction = $1 and ended_at is null order by subject_key, key`,
        [place.id],
      );
      return found.rows.map((claim) => {
        const attributes = { ...claim.attributes, name: nameOf.get(claim.attributes.name)! };
        const digest = contentHash(seal, { attributes, validFrom: claim.valid_from, validTo: claim.valid_to });
        return { ...claim, attributes, content_hash: digest === claim.content_hash.replaceAll('-', '') };
      });
    },
  };
}
const NAMES = ['甲1', '甲2', '甲3'];

interface StandingClaim {
  readonly submission: string;
  readonly first_told_at: Date;
  readonly attributes: Claim['attributes'];
  readonly valid_from: string | null;
  readonly valid_to: string | null;
  readonly content_hash: string;
}
let places = 0;

const row: fc.Arbitrary<RawRow> = fc
  .record({
    person: fc.integer({ min: 1, max: 3 }),
    category: fc.constantFrom('低保对象', '特困人员'),
    from: fc.constantFrom('2025-01-01', '2025-01-01', '2025-02-01'),
    to: fc.option(fc.constantFrom('2025-06-30', '2025-07-31'), { nil: null }),
    change: fc.constantFrom('ADD', 'ADD', 'ADD', 'REMOVE', 'CORRECT'),
  })
  .map(({ person, ...cells }) => ({ name: `甲${person}`, idNumber: residentId(person, '1980-05-15'), ...cells }));
const rows = fc.array(row, { minLength: 1, maxLength: 4 });
const mode = fc.constantFrom<ListMode>('DELTA', 'DELTA', 'SNAPSHOT');
const pushes = fc.array(fc.tuple(mode, rows), { minLength: 1, maxLength: 6 });

it('a push taken back leaves what stood before it, whatever was pushed and taken back until then', async () => {
  await fc.assert(
    fc.asyncProperty(pushes, fc.array(fc.nat()), mode, rows, fc.boolean(), async (told, taken, how, last, days) => {
      const list = listOfItsOwn(days);
      const ids: string[] = [];
      for (const push of told) ids.push(await list.push(...push));
      for (const index of taken) await list.withdraw(ids[index % ids.length]!);
      const before = await list.standing();
      await list.withdraw(await list.push(how, last));
      expect(await list.standing()).toEqual(before);
    }),
    { numRuns: 60 },
  );
}, 240_000);

it('the order in which pushes are taken back decides nothing, and with all of them gone nothing stands', async () => {
  await fc.assert(
    fc.asyncProperty(pushes, fc.infiniteStream(fc.nat()), fc.boolean(), async (told, chance, days) => {
      const lists = [listOfItsOwn(days), listOfItsOwn(days)] as const;
      const ids: string[][] = [[], []];
      for (const push of told) for (const which of [0, 1] as const) ids[which]!.push(await lists[which].push(...push));
      const some = told.map((_, index) => index).filter(() => chance.next().value % 2 === 0);
      for (const index of some) await lists[0].withdraw(ids[0]![index]!);
      for (const index of some.toReversed()) await lists[1].withdraw(ids[1]![index]!);
      const own = (which: 0 | 1) => async () =>
        (await lists[which].standing()).map((claim) => {
          const { submission, first_told_at: _, ...said } = claim;
          return { ...said, push: ids[which]!.indexOf(submission) };
        });
      expect(await own(1)()).toEqual(await own(0)());

      for (const id of ids[0]!) await lists[0].withdraw(id);
      expect(await lists[0].standing()).toEqual([]);
    }),
    { numRuns: 40 },
  );
}, 240_000);
