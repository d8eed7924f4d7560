import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditEntry, readEntry, type AuditEntry } from '../../src/domain/audit/audit-entry.ts';
import { AuditUnavailable } from '../../src/flows/ports-audit.ts';
import { auditLog } from '../../src/storage/audit-log.ts';
import { openReasons } from '../../src/storage/audit-reasons.ts';
import { PERSON_KEYS } from '../../src/storage/person-keys.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { countEveryStatement } from '../support/statements.ts';

const [WANG, LI] = ['018f0000-0000-8000-8000-00000000000a', '018f0000-0000-8000-8000-00000000000b'] as const;

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

const said = (person: string | null, words: string | null): AuditEntry =>
  auditEntry({
    at: new Date('2026-03-02T02:00:00Z'),
    actor: { client: '130628:tax', key: null, operator: null },
    request: 'request',
    operation: 'Test',
    act: 'test',
    person,
    revealBecause: words,
  });

async function put(log: string, entries: readonly AuditEntry[]): Promise<void> {
  const writer = auditLog(database.url, { sealing: database.sealing });
  await writer.append(log, entries);
  await writer.close();
}

async function kept(log: string): Promise<readonly AuditEntry[]> {
  const { rows } = await database.pool.query<{ body: string }>(
    'select body from audit_entry where log = $1 order by sequence',
    [log],
  );
  return rows.map(({ body }) => readEntry(body)!);
}

const opened = async (log: string, entries?: readonly AuditEntry[]) => {
  const inside = database.walled.of(log);
  return openReasons(inside, inside.seal, log, entries ?? (await kept(log)));
};

const destroyKey = (log: string, person: string) =>
  database.pool.query('delete from person_key where jurisdiction = $1 and person_id = $2', [log, person]);

/** Another byte in each, whatever stands there: a fixed one would now and then be the same. */
const damageKeys = (log: string, persons: readonly string[]) =>
  database.pool.query(
    `update person_key set sealed = set_byte(sealed, 19, 255 - get_byte(sealed, 19))
     where jurisdiction = $1 and person_id = any($2)`,
    [log, persons],
  );

describe('what entries say in words', () => {
  it('lies sealed under a key of each person’s own, and opens as it was said', async () => {
    await put('own', [said(WANG, '核对王'), said(LI, '核对李'), said(null, '汛情'), said(WANG, null), said(WANG, '')]);
    expect(JSON.stringify(await kept('own'))).not.toMatch(/核对|汛情/);
    const words = [{ words: '核对王' }, { words: '核对李' }, { words: '汛情' }, null, { words: '' }];
    expect(await opened('own')).toEqual(words);
    const { rows } = await database.pool.query("select person_id from person_key where jurisdiction = 'own'");
    expect(rows).toHaveLength(2);
  });

  it('is gone with the key, for this person alone, and stays gone when there is another', async () => {
    await put('gone', [said(WANG, '核对王'), said(LI, '核对李')]);
    await destroyKey('gone', WANG);
    expect(await opened('gone')).toEqual(['ERASED', { words: '核对李' }]);
    await put('gone', [said(WANG, '又一次')]);
    expect(await opened('gone')).toEqual(['ERASED', { words: '核对李' }, { words: '又一次' }]);
  });

  it('opens in its own entry alone', async () => {
    await put('moved', [said(WANG, '核对王'), said(null, '汛情')]);
    const [own, nobodys] = (await kept('moved')) as [AuditEntry, AuditEntry];
    for (const other of [
      { ...own, request: 'other' },
      { ...own, act: 'other' },
      { ...nobodys, act: 'other' },
    ]) {
      await expect(opened('moved', [other])).rejects.toMatchObject({ code: 'SEALED_VALUE_UNSOUND' });
    }
    await expect(opened('moved', [{ ...own, sealedBecause: 'AAAA' }])).rejects.toThrow('SEALED_VALUE_UNSOUND');
    await expect(opened('own', [nobodys])).rejects.toMatchObject({ code: 'SEALED_VALUE_UNSOUND' });
  });

  it('takes a statement more, and another for whoever has no key; entries without words take none', async () => {
    const writer = auditLog(database.url, { sealing: database.sealing });
    await writer.append('counted', [said(null, null)]);
    const statements = async (entries: readonly AuditEntry[]) => {
      const count = countEveryStatement();
      await writer.append('counted', entries);
      return count.stop();
    };
    expect(await statements([said(WANG, null), said(LI, null)])).toBe(1);
    expect(await statements([said(WANG, '一'), said(WANG, '二'), said(LI, null)])).toBe(4);
    expect(await statements([said(WANG, '三')])).toBe(2);
    await writer.close();
  });

  it('has one key a person, however many processes draw one at once', async () => {
    await Promise.all(Array.from({ length: 6 }, (_, index) => put('raced', [said(WANG, `第 ${index} 次`)])));
    const reasons = await opened('raced');
    expect(reasons.map((reason) => (reason as { words: string }).words).sort()).toEqual(
      Array.from({ length: 6 }, (_, index) => `第 ${index} 次`),
    );
  });

  it('is not put down in clear by whoever has no keys', async () => {
    const writer = auditLog(database.url);
    await expect(writer.append('keyless', [said(WANG, '核对王')])).rejects.toThrow(AuditUnavailable);
    await writer.close();
    expect(await kept('keyless')).toEqual([]);
  });

  it('keeps out who has a key that does not open, and nobody else of the same batch', async () => {
    await put('unsound', [said(WANG, '核对王'), said(LI, '核对李')]);
    await damageKeys('unsound', [WANG]);
    const writer = auditLog(database.url, { sealing: database.sealing });
    const all = [said(WANG, '又一次'), said(LI, '又一次'), said(null, null)];
    const told = await Promise.allSettled(all.map((entry) => writer.append('unsound', [entry])));
    await writer.close();
    expect(told.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect((await kept('unsound')).map(({ person }) => person)).toEqual([WANG, LI, LI, null]);
  });

  describe('of many at once', () => {
    const persons = Array.from({ length: 64 }, (_, index) => `${WANG.slice(0, -2)}${String(10 + index)}`);
    const all = persons.map((person) => said(person, '核对'));

    /** Has all of them put down at once, by a process that knows the log; tells what was and what it took. */
    async function putAtOnce(log: string, entries: readonly AuditEntry[], sealing?: TestDatabase['sealing']) {
      const writer = auditLog(database.url, sealing ? { sealing } : {});
      await writer.append(log, [said(null, null)]);
      const before = (await kept(log)).length;
      const count = countEveryStatement();
      const told = await Promise.allSettled(entries.map((entry) => writer.append(log, [entry])));
      const statements = count.stop();
      await writer.close();
      return {
        statements,
        rejected: told.flatMap(({ status }, index) => (status === 'rejected' ? [index] : [])),
        added: (await kept(log)).slice(before).map(({ person }) => person),
      };
    }

    it.each<[which: string, bad: readonly number[]]>([
      ['one', [40]],
      ['every other one', persons.flatMap((_, index) => (index % 2 === 0 ? [index] : []))],
      ['the last two', [62, 63]],
    ])('keeps out %s whose key does not open, in three statements', async (which, bad) => {
      const log = `many ${which}`;
      await put(log, all);
      await damageKeys(
        log,
        bad.map((index) => persons[index]!),
      );
      const { statements, rejected, added } = await putAtOnce(log, all, database.sealing);
      // The keys of all, those of the others, and one to add these.
      expect(statements).toBe(3);
      expect(rejected).toEqual(bad);
      expect(added).toEqual(persons.filter((_, index) => !bad.includes(index)));
    });

    it('fails all in one statement where no key opens', async () => {
      await put('many all', all);
      await damageKeys('many all', persons);
      const { statements, rejected, added } = await putAtOnce('many all', all, database.sealing);
      expect(statements).toBe(1);
      expect(rejected).toHaveLength(64);
      expect(added).toEqual([]);
    });

    it('fails all who give words to a process without keys, and nobody else', async () => {
      const nobodys = [said(null, '汛情'), said(null, null), said(WANG, null)];
      await put('many keyless', all);
      const { statements, rejected, added } = await putAtOnce('many keyless', [...all, ...nobodys]);
      expect(statements).toBe(2);
      expect(rejected).toEqual(Array.from({ length: 65 }, (_, index) => index));
      expect(added).toEqual([null, WANG]);
    });
  });

  it('opens after the keys themselves were sealed anew', async () => {
    await put('rotated', [said(WANG, '核对王'), said(LI, '核对李')]);
    const { seal } = database.walled.of('rotated');
    const before = await database.pool.query("select sealed from person_key where jurisdiction = 'rotated'");
    const work = { jurisdiction: 'rotated', head: Buffer.alloc(6), after: null, limit: 1 };
    const client = await database.pool.connect();
    expect(await PERSON_KEYS.countOld(client, 'rotated', work.head)).toBe(2);
    const { last } = await PERSON_KEYS.resealSome(client, seal, work);
    expect(await PERSON_KEYS.resealSome(client, seal, { ...work, after: last })).toMatchObject({ resealed: 1 });
    client.release();
    const after = await database.pool.query("select sealed from person_key where jurisdiction = 'rotated'");
    expect(before.rows.filter(({ sealed }) => after.rows.some((row) => sealed.equals(row.sealed)))).toEqual([]);
    expect(await opened('rotated')).toEqual([{ words: '核对王' }, { words: '核对李' }]);
  });

  it('loses its key to nobody but the owner', async () => {
    for (const change of ['delete from person_key', 'update person_key set sealed = sealed', 'truncate person_key']) {
      await expect(database.walled.of('own').query(change)).rejects.toMatchObject({ code: '42501' });
    }
  });
});
