import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller, Jurisdiction } from '../../src/domain/access/caller.ts';
import type { ListMode, RawRow } from '../../src/domain/intake/list-definition.ts';
import type { Agency, ListName } from '../../src/domain/intake/words.ts';
import { decideCodes } from '../../src/domain/policy/decide.ts';
import type { DecisionCodes } from '../../src/domain/policy/decision-codes.ts';
import { decideTouched, keepDecided, keepEverybody, rebuildDecisions } from '../../src/flows/decide-population.ts';
import { jobRecords } from '../../src/flows/job-records.ts';
import { receiveList } from '../../src/flows/receive-list.ts';
import { withdrawSubmission } from '../../src/flows/withdraw-submission.ts';
import { auditLog, type AuditWriter } from '../../src/storage/audit-log.ts';
import { cardStore } from '../../src/storage/card-store.ts';
import { contentDigest } from '../../src/storage/content-digest.ts';
import { decisionStore } from '../../src/storage/decision-store.ts';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { readPacks } from '../../src/storage/pack-files.ts';
import { peopleStore } from '../../src/storage/people-store.ts';
import { personStore } from '../../src/storage/person-store.ts';
import { receiveStore } from '../../src/storage/receive-store.ts';
import { hmacSubjectKeys } from '../../src/storage/subject-keys.ts';
import { submissionStore } from '../../src/storage/submission-store.ts';
import { withdrawStore } from '../../src/storage/withdraw-store.ts';
import { workingDays } from '../../src/storage/working-days.ts';
import { entriesOf } from '../support/audit.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { residentId } from '../support/id-numbers.ts';
import { callerOf, jurisdictionWith } from '../support/jurisdictions.ts';
import { noSignatures } from '../support/signatures.ts';

const PACKS = ['gaoyang-2024', 'gaoyang-2026'];
const PUSHED_BY = {
  hardship: 'civil-affairs',
  deaths: 'civil-affairs',
  births: 'health',
  payments: 'tax',
  enrolments: 'medical-insurance',
} as const satisfies Partial<Record<ListName, Agency>>;
type Pushed = keyof typeof PUSHED_BY;

const packs = readPacks('packs').filter(({ id }) => PACKS.includes(id));
const going = new AbortController().signal;

let database: TestDatabase;
let audit: AuditWriter;
beforeAll(async () => {
  database = await testDatabase();
  audit = auditLog(database.url);
});
afterAll(async () => {
  await audit.close();
  await database.close();
});

/** What is kept of a decision. */
const KEPT =
  'k.outcome, k.category, k.funded_by, k.subsidy, k.payable, k.paid, k.refund, k.refund_amount, k.review, k.periods';

/** A jurisdiction of its own, with everything that decides its people, in one go from so many rows on. */
function place(bulkFrom?: number) {
  const jurisdiction: Jurisdiction = {
    ...jurisdictionWith({
      'civil-affairs': { name: '民政局', pushes: { hardship: {}, deaths: {} } },
      health: { name: '卫健局', pushes: { births: {} } },
      tax: { name: '税务局', pushes: { payments: {} } },
      'medical-insurance': { name: '医保局', pushes: { enrolments: {} } },
    }),
    id: `place-${(places += 1)}`,
    packs: PACKS,
  };
  const callers = new Map<Agency, Caller>(
    Object.values(PUSHED_BY).map((agency) => [agency, callerOf(jurisdiction, agency)]),
  );
  let now = Date.parse('2025-11-03T02:00:00Z');
  const ids = uuidv7Ids();
  const clock = { now: () => new Date(now) };
  const subjectKeys = hmacSubjectKeys('pepper for tests, long enough for anything');
  const ports = {
    clock,
    jobs: jobRecords({ audit, clock, ids }),
    ids,
    subjectKeys,
    contentDigest,
    jurisdictions: {
      find: (id: string) => (id === jurisdiction.id ? jurisdiction : undefined),
      all: () => [jurisdiction],
    },
    packs: { find: (id: string) => packs.find((pack) => pack.id === id), all: () => packs },
    signatures: noSignatures,
    store: receiveStore(database.walled, ids),
    submissions: submissionStore(database.walled),
    withdrawals: withdrawStore(database.walled),
    decisions: decisionStore(database.walled, ids, bulkFrom === undefined ? {} : { bulkFrom }),
    cards: cardStore(database.walled, (one) => database.walled.of(one).seal),
    people: peopleStore(database.walled, ids),
    workingDays,
  };
  let pushes = 0;
  const rebuild = async (asOf = '2025-12-31'): Promise<void> => {
    for (const pack of PACKS) await rebuildDecisions({ jurisdiction: jurisdiction.id, pack, asOf }, ports, going);
  };
  return {
    id: jurisdiction.id,
    ports,
    begin: async () => {
      await keepDecided(ports, true);
      await rebuild();
    },
    push: async (list: Pushed, mode: ListMode, rows: readonly RawRow[]): Promise<string> => {
      now += 86_400_000;
      const labels = { list, mode, period: null, documentNumber: null, jurisdiction: null };
      const push = { ...labels, dryRun: false, rows, signature: null };
      const key = `push-${(pushes += 1)}`;
      const answer = await receiveList({ ...push, idempotencyKey: key }, callers.get(PUSHED_BY[list])!, ports);
      if (!answer.ok || !answer.value.submission) throw new Error(`not received: ${JSON.stringify(answer)}`);
      return answer.value.submission.id;
    },
    withdraw: async (id: string, list: Pushed): Promise<void> => {
      now += 86_400_000;
      await withdrawSubmission(id, '报错了', callers.get(PUSHED_BY[list])!, ports);
    },
    decideTouched: () => decideTouched(jurisdiction.id, ports, going),
    rebuild,
    /** The decisions that count, as they lie in the table, without the number of their generation. */
    decisions: async (): Promise<readonly Record<string, unknown>[]> => {
      const found = await database.pool.query<Record<string, unknown>>(
        `select d.jurisdiction, d.pack, d.person_id, ${KEPT}
         from decision d
         join decision_set s using (jurisdiction, pack, generation)
         join decision_kind k on k.id = d.kind and k.category is not distinct from d.category
         where jurisdiction = $1 order by pack, person_id`,
        [jurisdiction.id],
      );
      return found.rows;
    },
    /** Entries about decisions that changed, in order: whose, and what was kept of them before and after. */
    changes: async (): Promise<readonly ToldChange[]> => {
      const found = await database.pool.query<ToldChange>(
        `select c.pack, d.person_id, c.because, c.causes,
           (select row_to_json(k) from (select ${KEPT} from decision_kind k where k.id = d.before) k) as before,
           (select row_to_json(k) from (select ${KEPT} from decision_kind k where k.id = d.after) k) as after
         from decision_change d join change_cause c on c.id = d.cause and c.jurisdiction = d.jurisdiction
         where d.jurisdiction = $1 order by d.id`,
        [jurisdiction.id],
      );
      return found.rows;
    },
    /** The cards of everybody, in order of person id. */
    cards: async (): Promise<readonly Record<string, unknown>[]> => {
      const found = await database.pool.query<Record<string, unknown>>(
        'select * from person_card where jurisdiction = $1 order by person_id',
        [jurisdiction.id],
      );
      return found.rows;
    },
    /** The matters that are open, without what depends on when they came up. */
    matters: async (): Promise<readonly Record<string, unknown>[]> => {
      const found = await database.pool.query<Record<string, unknown>>(
        `select kind, matter, (select array_agg(s order by s) from unnest(subjects) as s) as subjects from review_task
         where jurisdiction = $1 and state = 'OPEN' order by kind, matter`,
        [jurisdiction.id],
      );
      return found.rows;
    },
    /** What each person's own answer says now, of everybody who ever was one. */
    answers: async (): Promise<readonly object[]> => {
      const persons = await database.pool.query<{ id: string }>(
        'select distinct person_id as id from subject_link where jurisdiction = $1 and until is null order by 1',
        [jurisdiction.id],
      );
      const knownAt = new Date(now + 1_000);
      const found = await personStore(database.walled).findByIds(
        jurisdiction.id,
        persons.rows.map(({ id }) => id),
        knownAt,
      );
      const question = { asOf: '2025-12-31', knownAt, deathRule: jurisdiction.deaths };
      return PACKS.flatMap((id) =>
        [...found.values()]
          .filter(({ claims }) => claims.length > 0)
          .sort((a, b) => (a.id < b.id ? -1 : 1))
          .map((facts) => ({
            jurisdiction: jurisdiction.id,
            pack: id,
            person_id: facts.id,
            ...keptOf(decideCodes(ports.packs.find(id)!, facts, question)),
          })),
      );
    },
  };
}
let places = 0;

interface ToldChange {
  readonly pack: string;
  readonly person_id: string;
  readonly because: string;
  readonly causes: readonly string[];
  readonly before: object | null;
  readonly after: object | null;
}

type Kept = Record<string, unknown>;

/** What differs between what was and what is decided of everybody, as entries tell it; whoever was not decided before is left out. */
function differences(before: readonly Kept[], after: readonly Kept[]): readonly object[] {
  const keyOf = ({ pack, person_id: id }: Kept): string => `${String(pack)} ${String(id)}`;
  const bare = (kept: Kept | undefined): object | null => {
    if (!kept) return null;
    const { jurisdiction: _j, pack: _p, person_id: _i, ...rest } = kept;
    return rest;
  };
  const now = new Map(after.map((kept) => [keyOf(kept), kept]));
  return before
    .map((was) => ({
      pack: was['pack'],
      person_id: was['person_id'],
      before: bare(was),
      after: bare(now.get(keyOf(was))),
    }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after));
}

const inOrder = (told: readonly object[]): readonly object[] =>
  told.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** What the table shall hold of a decision. */
const keptOf = (codes: DecisionCodes): object => ({
  outcome: codes.outcome,
  category: codes.category,
  funded_by: codes.fundedBy,
  subsidy: codes.subsidy,
  payable: codes.payable,
  paid: codes.paid,
  refund: codes.refund?.decision ?? null,
  refund_amount: codes.refund?.amount ?? null,
  review: codes.review.map(({ code }) => code),
  periods: codes.periods.map(({ from, to }) => `${from}/${to}`).join(' '),
});

const child = fc.integer({ min: 1, max: 3 });
const person = fc.oneof(
  fc.integer({ min: 1, max: 3 }).map((n) => ({ name: `甲${n}`, idNumber: residentId(n, '1980-05-15') })),
  child.map((n) => ({ name: `乙${n}`, idNumber: residentId(n, '2025-10-08') })),
  // A newborn who is known by the birth certificate alone, until a row names both.
  child.map((n) => ({ name: `乙${n}`, idNumber: `T13000000${n}`, idType: 'BIRTH_CERTIFICATE' })),
);
const change = fc.constantFrom('ADD', 'ADD', 'ADD', 'REMOVE', 'CORRECT');
const rowOf: { readonly [L in Pushed]: fc.Arbitrary<RawRow> } = {
  hardship: fc
    .record({
      category: fc.constantFrom('低保对象', '特困人员', '低保边缘家庭成员'),
      from: fc.constantFrom('2025-01-01', '2025-10-20', '2025-11-20'),
      to: fc.option(fc.constantFrom('2025-11-30', '2026-07-31'), { nil: null }),
      change,
    })
    .chain((said) => person.map((who) => ({ ...who, ...said }))),
  deaths: fc
    .record({ diedOn: fc.constantFrom('2025-11-10', '2025-12-01'), change })
    .chain((said) => person.map((who) => ({ ...who, ...said }))),
  births: fc.oneof(
    child.map((n) => ({
      name: `乙${n}`,
      idNumber: residentId(n, '2025-10-08'),
      bornOn: '2025-10-08',
      certificateNumber: `T13000000${n}`,
    })),
    child.map((n) => ({
      name: `乙${n}`,
      idNumber: `T13000000${n}`,
      idType: 'BIRTH_CERTIFICATE',
      bornOn: '2025-10-08',
    })),
  ),
  payments: fc
    .record({ amount: fc.constantFrom('40.00', '400.00'), paidOn: fc.constantFrom('2025-10-15', '2025-12-20'), change })
    .chain((said) =>
      person.map((who) => ({ ...who, ...said, creditedOn: said.paidOn, policyYear: 2026, channel: 'AGENT' })),
    ),
  enrolments: person.map((who) => ({
    ...who,
    scheme: 'RESIDENT',
    region: '130628',
    from: '2025-01-01',
    to: '2025-12-31',
  })),
};
const push = fc
  .constantFrom(...(Object.keys(PUSHED_BY) as Pushed[]))
  .chain((list) =>
    fc.tuple(
      fc.constant(list),
      fc.constantFrom<ListMode>('DELTA', 'DELTA', 'SNAPSHOT'),
      fc.array(rowOf[list], { minLength: 1, maxLength: 5 }),
    ),
  );
/** A push, or the number of an earlier one to be taken back. */
const step = fc.oneof({ weight: 4, arbitrary: push }, { weight: 1, arbitrary: fc.nat() });

const listed = (n: number): RawRow => ({
  name: `甲${n}`,
  idNumber: residentId(n, '1980-05-15'),
  category: '低保对象',
  from: '2025-01-01',
});

const births = (...rows: RawRow[]): [Pushed, ListMode, RawRow[]] => ['births', 'DELTA', rows];
const bornOn = '2025-10-08';
const newborn = { name: '乙1', idNumber: 'T130000001', idType: 'BIRTH_CERTIFICATE', bornOn };
const registered = { name: '乙1', idNumber: residentId(1, bornOn), bornOn };
/** A history in which persons are joined, a matter is left open and decisions change: few of those made up at random have all three. */
const EVENTFUL: readonly (number | [Pushed, ListMode, RawRow[]])[] = [
  births(newborn),
  ['hardship', 'DELTA', [listed(1)]],
  births({ ...registered, certificateNumber: newborn.idNumber }),
  births({ ...registered, idNumber: residentId(2, bornOn) }),
  ['hardship', 'DELTA', [{ ...listed(1), change: 'REMOVE' }]],
];

function* forever<T>(value: T): Generator<T, void> {
  for (;;) yield value;
}

describe('what jobs do with people', () => {
  it('is put down once a run: by the submissions for whom they touch, over everybody for a rebuild', async () => {
    const here = place();
    await here.begin();
    const pushed = await here.push(
      'enrolments',
      'DELTA',
      [1, 2, 3].map((index) => ({
        idNumber: residentId(index, '1980-01-01'),
        name: '赵一',
        scheme: 'RESIDENT',
        region: '130628',
        from: '2025-01-01',
        to: '2025-12-31',
      })),
    );
    const touched = await entriesOf(database.url, here.decideTouched);
    expect(touched).toMatchObject([{ client: 'hub', act: 'decideTouched', submissions: [pushed], count: 3 }]);
    expect(touched[0]).not.toHaveProperty('person');
    const rebuilt = await entriesOf(database.url, here.rebuild);
    expect(rebuilt).toMatchObject(PACKS.map(() => ({ act: 'rebuildDecisions', everybody: true, count: 3 })));
  });
});

describe('decisions about everybody', () => {
  it('come to the same bytes, whether the touched are decided push by push or everybody at the end', async () => {
    let [joined, open, changed] = [0, 0, 0];
    // Of those that are made up alone: what is told of nothing but the one written down would prove little.
    let moved = 0;
    // No decision changes without an entry, and no entry tells of what did not.
    const decideAndCompare = async (here: ReturnType<typeof place>): Promise<void> => {
      const [before, known] = [await here.decisions(), (await here.changes()).length];
      await here.decideTouched();
      const told = (await here.changes()).slice(known);
      const bare = told.map(({ because: _b, causes: _c, ...rest }) => rest);
      expect(inOrder(bare)).toEqual(inOrder(differences(before, await here.decisions())));
      expect(told.every(({ because, causes }) => because === 'LISTS' && causes.length > 0)).toBe(true);
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 12 }),
        fc.infiniteStream(fc.boolean()),
        fc.constantFrom(0, 3, 5_000),
        async (steps, chance, bulkFrom) => {
          const here = place(bulkFrom);
          await here.begin();
          const pushed: [id: string, list: Pushed][] = [];
          for (const next of steps) {
            if (typeof next !== 'number') pushed.push([await here.push(...next), next[0]]);
            else if (pushed.length > 0) await here.withdraw(...pushed[next % pushed.length]!);
            // Several pushes may be decided at once.
            if (chance.next().value) await decideAndCompare(here);
          }
          await decideAndCompare(here);
          const bit = await here.decisions();
          const [cards, matters] = [await here.cards(), await here.matters()];
          const told = await here.changes();
          await here.rebuild();
          // Whoever's card is taken for another is looked at as if never seen.
          await database.pool.query('update person_card set digest = null where jurisdiction = $1', [here.id]);
          await keepEverybody(here.id, here.ports, going);
          expect(await here.decisions()).toEqual(bit);
          expect(bit).toEqual(await here.answers());
          expect(await here.cards()).toEqual(cards);
          expect(cards.map((card) => card['person_id'])).toEqual(
            bit.filter(({ pack }) => pack === PACKS[0]).map((kept) => kept['person_id']),
          );
          expect(await here.matters()).toEqual(matters);
          // The rebuild came to the same, so that there is nothing more to tell.
          expect(await here.changes()).toEqual(told);
          open += matters.length;
          changed += told.length;
          const ended = await database.pool.query(
            'select from subject_link where jurisdiction = $1 and until is not null',
            [here.id],
          );
          joined += ended.rowCount!;
          if (steps !== EVENTFUL) moved += told.length + ended.rowCount!;
        },
      ),
      { numRuns: 24, examples: [[EVENTFUL, fc.stream(forever(true)), 3]] },
    );
    expect(Math.min(joined, open, changed, moved)).toBeGreaterThan(0);
  }, 240_000);

  it('count in their old generation until the new one is whole, which then has missed nothing', async () => {
    const here = place();
    await here.begin();
    for (const n of [1, 2, 3]) await here.push('hardship', 'DELTA', [listed(n)]);
    await here.decideTouched();
    const before = await here.decisions();
    expect(before).toHaveLength(6);

    const { decisions } = here.ports;
    await rebuildDecisions(
      { jurisdiction: here.id, pack: 'gaoyang-2026', asOf: '2025-12-31' },
      {
        ...here.ports,
        decisions: {
          ...decisions,
          everybody: async function* everybody(jurisdiction) {
            // What is read is what stood when the reading began; the pushes come after it.
            for await (const persons of decisions.everybody(jurisdiction)) {
              await here.push('hardship', 'DELTA', [listed(4), { ...listed(1), category: '特困人员' }]);
              await here.push('hardship', 'DELTA', [{ ...listed(2), change: 'REMOVE' }]);
              await here.decideTouched();
              yield persons;
            }
          },
          write: async (to, all) => {
            await decisions.write(to, all);
            // Written and not yet established: everybody is there once a pack, as the pushes left them.
            expect(await here.decisions()).toHaveLength(8);
          },
        },
      },
      going,
    );
    const after = await here.decisions();
    await here.rebuild();
    expect(after).toEqual(await here.decisions());
    const generations = await database.pool.query(
      'select distinct generation from decision where jurisdiction = $1 and pack = $2',
      [here.id, 'gaoyang-2026'],
    );
    expect(generations.rowCount).toBe(1);
  });

  it('do not count where a later rebuild has begun meanwhile', async () => {
    const here = place();
    await here.begin();
    await here.push('hardship', 'DELTA', [listed(1)]);
    await here.decideTouched();
    const before = await here.decisions();
    const { decisions } = here.ports;
    const overtaken = {
      ...decisions,
      write: async (...[to, all]: Parameters<typeof decisions.write>) => {
        await decisions.write(to, all);
        await decisions.begin(here.id, 'gaoyang-2026');
      },
    };
    const early = { jurisdiction: here.id, pack: 'gaoyang-2026', asOf: '2026-01-31' };
    await rebuildDecisions(early, { ...here.ports, decisions: overtaken }, going);
    expect(await here.decisions()).toEqual(before);
    expect(await decisions.sets(here.id)).toContainEqual(
      expect.objectContaining({ pack: 'gaoyang-2026', decidedBy: expect.objectContaining({ asOf: '2025-12-31' }) }),
    );
  });

  it('leave an entry where a rebuild as of another day comes to something else, and none where it does not', async () => {
    const here = place();
    await here.begin();
    await here.push('hardship', 'DELTA', [listed(1), { ...listed(2), from: '2025-11-20' }]);
    await here.decideTouched();
    const before = await here.decisions();
    expect(await here.changes()).toEqual([]);

    await here.rebuild('2025-11-10');
    const told = await here.changes();
    const bare = told.map(({ because: _b, causes: _c, ...rest }) => rest);
    expect(inOrder(bare)).toEqual(inOrder(differences(before, await here.decisions())));
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThan(before.length);
    for (const { because, causes } of told) expect([because, causes]).toEqual(['RULES_OR_DAY', []]);
  });

  it('are built anew after a rebuild that broke off, and nothing of that is left', async () => {
    const here = place();
    await here.begin();
    await here.push('hardship', 'DELTA', [listed(1)]);
    await here.decideTouched();
    const before = await here.decisions();
    const broken = { ...here.ports.decisions, alone: () => Promise.reject(new Error('broken off')) };
    const again = { jurisdiction: here.id, pack: 'gaoyang-2026', asOf: '2026-01-31' };
    await expect(rebuildDecisions(again, { ...here.ports, decisions: broken }, going)).rejects.toThrow('broken off');
    expect(await here.decisions()).toEqual(before);

    await here.rebuild();
    expect(await here.decisions()).toEqual(before);
    const rows = await database.pool.query('select from decision where jurisdiction = $1', [here.id]);
    expect(rows.rowCount).toBe(2);
  });
});

describe('keepDecided', () => {
  const wanted = async (id: string): Promise<readonly string[]> => {
    const found = await database.pool.query<{ told: string }>(
      `select concat(payload ->> 'pack', ' ', payload ->> 'asOf') as told from graphile_worker._private_jobs
       where payload ->> 'jurisdiction' = $1 and payload ->> 'kind' = 'rebuild-decisions' order by 1`,
      [id],
    );
    await database.pool.query("delete from graphile_worker._private_jobs where payload ->> 'jurisdiction' = $1", [id]);
    return found.rows.map(({ told }) => told);
  };

  it('asks once for what is not decided by the present rules as of today, and never goes back a day', async () => {
    const { id, ports } = place();
    const on = (day: string) => ({ ...ports, clock: { now: () => new Date(`${day}T09:00:00+08:00`) } });
    const both = (day: string): string[] => PACKS.map((pack) => `${pack} ${day}`);

    await keepDecided(on('2025-11-03'), false);
    expect(await wanted(id)).toEqual(both('2025-11-03'));
    await keepDecided(on('2025-11-03'), false);
    expect(await wanted(id)).toEqual([]);
    // A process that starts cannot know that its predecessor's job was not given up.
    await keepDecided(on('2025-11-03'), true);
    expect(await wanted(id)).toEqual(both('2025-11-03'));
    for (const pack of PACKS) await rebuildDecisions({ jurisdiction: id, pack, asOf: '2025-11-03' }, ports, going);
    await keepDecided(on('2025-11-03'), true);
    expect(await wanted(id)).toEqual([]);

    await keepDecided(on('2025-11-04'), false);
    expect(await wanted(id)).toEqual(both('2025-11-04'));
    await keepDecided(on('2025-11-03'), false);
    expect(await wanted(id)).toEqual([]);

    const [first, second] = packs;
    const revised = { ...second!, policyYear: second!.policyYear + 1 };
    const held = {
      all: () => [first!, revised],
      find: (pack: string) => [first!, revised].find((one) => one.id === pack),
    };
    await keepDecided({ ...on('2025-11-04'), packs: held }, false);
    expect(await wanted(id)).toEqual([`${revised.id} 2025-11-04`]);
  });
});
