import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Claim } from '../../src/domain/claims/claim.ts';
import type { Subject } from '../../src/domain/identity/subject.ts';
import type { PersonStore, ReceiveStore } from '../../src/flows/ports.ts';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { personStore } from '../../src/storage/person-store.ts';
import { receiveStore } from '../../src/storage/receive-store.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { hardshipClaim, subject, submission } from '../support/pushes.ts';
import { countStatements } from '../support/statements.ts';

let database: TestDatabase;
let store: ReceiveStore;
let persons: PersonStore;

beforeAll(async () => {
  database = await testDatabase();
  store = receiveStore(database.walled, uuidv7Ids());
  persons = personStore(database.walled);
});
afterAll(() => database.close());

const at = (minute: number): Date => new Date(Date.UTC(2025, 10, 1, 8, minute));
const before = (instant: Date): Date => new Date(instant.getTime() - 1);

/** One row about the first subject that names the others as theirs. */
const link = ([first, ...others]: readonly Subject[], since: Date, jurisdiction = '130628'): Promise<void> =>
  store.inTransaction(jurisdiction, async (tx) => {
    const told = submission({ receivedAt: since, jurisdiction });
    const sameAs = others.map(({ key }) => key).sort();
    const attributes = { name: '张三', bornOn: '2025-01-01', sameAs };
    if (others.length > 0) await tx.lockIdentities(jurisdiction);
    await tx.linkSubjects(jurisdiction, [first!, ...others], since, told.id);
    if (others.length === 0) return;
    await tx.addClaims([hardshipClaim(first!, told, { list: 'births', key: told.id, attributes } as Partial<Claim>)]);
    await tx.resolveIdentities(jurisdiction, [first!.key, ...sameAs], since, told.id);
  });

const find = async (about: Subject, knownAt: Date, jurisdiction = '130628') =>
  (await persons.findBySubjects(jurisdiction, [about.key], knownAt)).get(about.key);

describe('a person as known at an instant', () => {
  test('is there from the instant of the push, and for its jurisdiction only', async () => {
    const about = subject('known-1');
    await link([about], at(0));
    expect(await find(about, before(at(0)))).toBeUndefined();
    expect(await find(about, at(0))).toEqual({ id: about.key, subjects: [about], claims: [] });
    expect(await find(about, at(0), '140405')).toBeUndefined();
    expect((await persons.findByIds('140405', [about.key], at(0))).size).toBe(0);
  });

  test('has the claims that stood then, to the millisecond, in the order told', async () => {
    const about = subject('known-2');
    const [first, second, third] = [0, 1, 2].map((minute) => submission({ receivedAt: at(minute) }));
    const old = hardshipClaim(about, first!);
    const other = hardshipClaim(about, second!, { key: 'ORPHAN|2025-01-01', validTo: '2025-12-31' });
    const corrected = hardshipClaim(about, third!, { validFrom: '2025-04-01', firstToldAt: at(0) });
    await link([about], at(0));
    await store.inTransaction('130628', (tx) => tx.addClaims([other, old]));
    await store.inTransaction('130628', async (tx) => {
      await tx.endClaims([old], at(2), third!.id);
      await tx.addClaims([corrected]);
    });
    const ended = { ...old, endedAt: at(2) };

    const claimsAt = async (instant: Date) => (await find(about, instant))?.claims;
    expect(await claimsAt(at(0))).toEqual([ended]);
    expect(await claimsAt(before(at(2)))).toEqual([ended, other]);
    expect(await claimsAt(at(2))).toEqual([other, corrected]);
  });

  test('has claims whose key may be any text', async () => {
    const about = subject('known-4');
    const claim = hardshipClaim(about, submission({ receivedAt: at(0) }), { key: 'a "key"\\, of\n[五保]\u0001' });
    await link([about], at(0));
    await store.inTransaction('130628', (tx) => tx.addClaims([claim]));
    expect((await find(about, at(0)))?.claims).toEqual([claim]);
  });

  test('has the claims of one push in the order of their ids', async () => {
    const about = subject('known-5');
    const told = submission({ receivedAt: at(0) });
    const claims = ['ORPHAN', 'EXTREME_POVERTY', 'LOW_INCOME'].map((key) => hardshipClaim(about, told, { key }));
    await link([about], at(0));
    await store.inTransaction('130628', (tx) => tx.addClaims(claims.toReversed()));
    expect((await find(about, at(0)))?.claims).toEqual(claims.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
  });

  test('who has no claim left is still a person', async () => {
    const about = subject('known-3');
    const claim = hardshipClaim(about, submission());
    await link([about], at(0));
    await store.inTransaction('130628', (tx) => tx.addClaims([claim]));
    await store.inTransaction('130628', (tx) => tx.endClaims([claim], at(1), submission().id));
    expect(await find(about, at(1))).toEqual({ id: about.key, subjects: [about], claims: [] });
  });
});

describe('documents of one person', () => {
  test('a newborn goes by the citizen number from when it is told, and is found by the certificate and its id', async () => {
    const [certificate, number] = [subject('born-certificate', 'BIRTH_CERTIFICATE'), subject('born-number')];
    const told = hardshipClaim(certificate, submission({ receivedAt: at(0) }));
    await link([certificate], at(0));
    await store.inTransaction('130628', (tx) => tx.addClaims([told]));
    await link([number, certificate], at(5));

    const joined = await find(number, at(5));
    expect(joined).toMatchObject({ id: number.key, subjects: [number, certificate] });
    expect(joined?.claims.map(({ subjectKey }) => subjectKey)).toEqual([certificate.key, number.key]);
    expect(await find(certificate, at(5))).toEqual(joined);
    expect((await persons.findBySubjects('130628', [certificate.key], at(5))).size).toBe(1);
    expect((await persons.findByIds('130628', [certificate.key], at(5))).get(certificate.key)).toEqual(joined);
    expect(await find(number, before(at(5)))).toBeUndefined();
    expect(await find(certificate, before(at(5)))).toEqual({
      id: certificate.key,
      subjects: [certificate],
      claims: [told],
    });
  });

  test('are joined with all that is joined with them, and yesterday stays two persons', async () => {
    const [a, c] = [subject('join-a'), subject('join-c', 'PASSPORT')];
    const b = subject('join-b', 'BIRTH_CERTIFICATE');
    await link([a], at(1));
    await link([b], at(0));
    await link([b, c], at(2));
    await link([c, a], at(3));

    for (const each of [a, b, c]) {
      const person = await find(each, at(3));
      expect(person?.id).toBe(a.key);
      expect(person?.subjects).toHaveLength(3);
      expect((await persons.findByIds('130628', [each.key], at(3))).get(each.key)?.id).toBe(a.key);
    }
    expect((await find(a, before(at(3))))?.subjects).toEqual([a]);
    expect((await find(b, before(at(3))))?.subjects.map(({ key }) => key)).toEqual([c.key, b.key]);
  });

  test('come in the order in which they were joined, behind the one whose key became the id', async () => {
    const first = subject('joined-5');
    // Their keys would give the other order.
    const [later, earlier] = [subject('joined-6', 'PASSPORT'), subject('joined-7', 'PASSPORT')].sort((a, b) =>
      a.key < b.key ? -1 : 1,
    );
    for (const each of [first, earlier!, later!]) await link([each], at(0));
    await link([first, earlier!], at(1));
    await link([first, later!], at(2));
    expect((await find(later!, at(2)))?.subjects).toEqual([first, earlier, later]);
  });

  test('joined in one jurisdiction stay apart in another', async () => {
    const [a, b] = [subject('apart-a'), subject('apart-b', 'PASSPORT')];
    for (const each of [a, b]) for (const place of ['130628', '140405']) await link([each], at(0), place);
    await link([a, b], at(1));
    expect((await find(a, at(1)))?.subjects).toHaveLength(2);
    expect((await find(a, at(1), '140405'))?.subjects).toEqual([a]);
  });

  test('nothing is rewritten: links close and others open, and the same said again adds none', async () => {
    const [a, b] = [subject('links-a'), subject('links-b', 'PASSPORT')];
    await link([a], at(0));
    await link([b], at(1));
    await link([a, b], at(2));
    await link([a, b], at(3));
    const links = await database.pool.query(
      'select subject_key, person_id, since, until, because from subject_link where subject_key = any($1) order by since',
      [[a.key, b.key]],
    );
    expect(links.rows).toEqual([
      { subject_key: a.key, person_id: a.key, since: at(0), until: null, because: 'SUBJECT_OF_ROW' },
      { subject_key: b.key, person_id: b.key, since: at(1), until: at(2), because: 'SUBJECT_OF_ROW' },
      { subject_key: b.key, person_id: a.key, since: at(2), until: null, because: 'STATED' },
    ]);
  });
});

describe('pushes at the same moment', () => {
  const chain = (name: string): Subject[] =>
    Array.from({ length: 12 }, (_, index) => subject(`${name}-${index}`, index === 7 ? 'RESIDENT_ID' : 'PASSPORT'));
  const pairs = (subjects: readonly Subject[]): Subject[][] =>
    subjects.slice(1).map((each, index) => (index % 2 ? [each, subjects[index]!] : [subjects[index]!, each]));

  test.each(['forward', 'backward', 'evens first'])('joins %s come to the same person', async (order) => {
    const subjects = chain(`chain-${order}`);
    const joins = pairs(subjects);
    if (order === 'backward') joins.reverse();
    if (order === 'evens first') joins.sort((a, b) => pairIndex(a) - pairIndex(b));
    await Promise.all(joins.map((pair) => link(pair, at(0))));

    const found = await persons.findBySubjects(
      '130628',
      subjects.map(({ key }) => key),
      at(0),
    );
    expect([...found.values()].map(({ id }) => id)).toEqual(subjects.map(() => subjects[7]!.key));
    expect(
      found
        .get(subjects[0]!.key)
        ?.subjects.map(({ key }) => key)
        .sort(),
    ).toEqual(subjects.map(({ key }) => key).sort());
  });

  const pairIndex = (pair: readonly Subject[]): number => Number(/\d+$/.exec(pair[0]!.idNumber)?.[0]) % 2;

  test('new subjects named by many pushes in any order become one person each', async () => {
    const subjects = Array.from({ length: 200 }, (_, index) =>
      subject(`crowd-${index}`, index === 1 ? 'PASSPORT' : 'RESIDENT_ID'),
    );
    const push = (named: readonly Subject[]): Promise<void> =>
      store.inTransaction('130628', (tx) => tx.linkSubjects('130628', named, at(0), submission().id));
    await Promise.all([
      push(subjects),
      push([...subjects].reverse()),
      link(subjects.slice(0, 2), at(0)),
      push(subjects),
    ]);

    const links = await database.pool.query(
      'select count(*) filter (where until is null)::int as standing from subject_link where subject_key = any($1)',
      [subjects.map(({ key }) => key)],
    );
    expect(links.rows).toEqual([{ standing: 200 }]);
    const found = await persons.findBySubjects(
      '130628',
      subjects.map(({ key }) => key),
      at(0),
    );
    expect(new Set([...found.values()].map(({ id }) => id)).size).toBe(199);
  });
});

describe('statements', () => {
  test.each([1, 100])('one for %i persons, by document or by id', async (many) => {
    const about = Array.from({ length: many }, (_, index) => subject(`crowd-${index}`).key);
    const counted = countStatements(database.hubPool);
    await persons.findBySubjects('130628', about, at(9));
    await persons.findByIds('130628', about, at(9));
    expect(counted.stop()).toBe(2);
  });

  test('one for all who ask at once, who are each told of their own persons as they were at their own instant', async () => {
    const [one, other] = [subject('together-1'), subject('together-2')];
    await link([one], at(0));
    await link([other], at(0));
    await link([one], at(0), '140405');
    const claim = hardshipClaim(one, submission({ receivedAt: at(2) }));
    await store.inTransaction('130628', (tx) => tx.addClaims([claim]));
    const ask = async (abouts: readonly Subject[], minute: number, jurisdiction = '130628') => {
      const keys = abouts.map(({ key }) => key);
      return [...(await persons.findBySubjects(jurisdiction, keys, at(minute))).values()];
    };

    const counted = countStatements(database.hubPool);
    const found = await Promise.all([
      ask([one], 1),
      ask([one], 2),
      ask([other, one], 2),
      ask([subject('together-unknown')], 2),
      ask([one], 2, '140405'),
    ]);
    expect(counted.stop()).toBe(2);
    const [alone, known] = [
      { id: one.key, subjects: [one], claims: [] },
      { id: other.key, subjects: [other], claims: [] },
    ];
    const told = { ...alone, claims: [claim] };
    const inOrder = found.map((some) => some.toSorted((a, b) => (a.id === one.key ? -1 : a.id < b.id ? -1 : 1)));
    expect(inOrder).toEqual([[alone], [told], [told, known], [], [alone]]);
    // Whatever is made of what one is told, another is not told it.
    expect(inOrder[1]![0]).not.toBe(inOrder[2]![0]);
  });

  test('a number that does not open is the trouble of whoever asks for it', async () => {
    const [sound, unsound] = [subject('opens'), subject('opens-not')];
    await link([sound], at(0));
    await link([unsound], at(0));
    await database.pool.query(
      `update identifier set sealed = overlay(sealed placing '\\x0000' from octet_length(sealed) - 1) where subject_key = $1`,
      [unsound.key],
    );
    const [first, second] = await Promise.allSettled([find(sound, at(1)), find(unsound, at(1))]);
    expect(first).toMatchObject({ value: { id: sound.key } });
    expect(second).toMatchObject({ reason: { code: 'SEALED_VALUE_UNSOUND' } });
  });

  test('none for nobody', async () => {
    const counted = countStatements(database.hubPool);
    expect((await persons.findBySubjects('130628', [], at(9))).size).toBe(0);
    expect(counted.stop()).toBe(0);
  });
});
