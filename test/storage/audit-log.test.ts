import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditEntry, type AuditEntry } from '../../src/domain/audit/audit-entry.ts';
import { GrowingTree, NO_ENTRIES } from '../../src/domain/audit/merkle-tree.ts';
import { AuditUnavailable, type TreeHead } from '../../src/flows/ports-audit.ts';
import { signCheckpoints } from '../../src/storage/audit-checkpoints.ts';
import { auditLog, type AuditWriter } from '../../src/storage/audit-log.ts';
import { sha256Tree } from '../../src/storage/audit-tree.ts';
import { countEveryStatement } from '../support/statements.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let writers: AuditWriter[];
let next = 0;

beforeAll(async () => {
  database = await testDatabase();
  writers = [auditLog(database.url), auditLog(database.url)];
});
afterAll(async () => {
  await Promise.all(writers.map((writer) => writer.close()));
  await database.close();
});

const entries = (count: number): AuditEntry[] =>
  Array.from({ length: count }, () =>
    auditEntry({
      at: new Date('2026-03-02T02:00:00Z'),
      actor: { client: '130628:tax', key: null, operator: null },
      // Nothing that stands in a text may end it, or begin another.
      request: `request "${(next += 1)}"\n\r\u2028 {\\n, NULL}`,
      operation: 'Test',
      act: 'test',
      person: '018f0000-0000-7000-8000-000000000000',
    }),
  );

/** Everything that is kept of a log. */
async function kept(log: string) {
  const read = async (text: string): Promise<any[]> => (await database.pool.query(text, [log])).rows;
  return {
    bodies: (await read('select body from audit_entry where log = $1 order by sequence')).map(({ body }) => body),
    sequences: (await read('select sequence from audit_entry where log = $1 order by sequence')).map(({ sequence }) =>
      Number(sequence),
    ),
    leaves: (await read('select leaf from audit_entry where log = $1 order by sequence')).map(({ leaf }) => leaf),
    subtrees: (await read('select level, index, hash from audit_subtree where log = $1 order by level, index')).map(
      ({ level, index, hash }) => [level, Number(index), hash.toString('hex')],
    ),
    head: (await read('select size, root from audit_head where log = $1'))[0],
  };
}

/** The log must be what a tree over its texts is. */
async function expectSound(log: string, size: number): Promise<void> {
  const { bodies, sequences, leaves, subtrees, head } = await kept(log);
  expect(sequences).toEqual(Array.from({ length: size }, (_, index) => index));
  const complete: unknown[] = [];
  const tree = new GrowingTree(sha256Tree, NO_ENTRIES, ({ level, index }, hash) => {
    if (level % 8 === 0) complete.push([level, index, Buffer.from(hash).toString('hex')]);
  });
  for (const body of bodies) tree.add(sha256Tree.leaf(body));
  expect(leaves).toEqual(bodies.map((body) => Buffer.from(sha256Tree.leaf(body))));
  expect(subtrees).toEqual(complete);
  expect([Number(head.size), head.root]).toEqual([size, Buffer.from(tree.root())]);
}

describe('a log', () => {
  it('keeps what many ask at once through two processes, each once and whole', async () => {
    const sizes = [1, 3, 1, 200, 1, 1, 60, 1, 7, 1];
    const asked = Array.from({ length: 8 }, () => sizes).flat();
    const heads = await Promise.all(asked.map((size, index) => writers[index % 2]!.append('a', entries(size))));
    const total = asked.reduce((sum, size) => sum + size, 0);
    await expectSound('a', total);
    expect(new Set((await kept('a')).bodies).size).toBe(total);
    expect(Math.max(...heads.map(({ size }) => size))).toBe(total);
  });

  it('tells the head that holds what was added', async () => {
    const head = await writers[0]!.append('b', entries(3));
    const { head: stands } = await kept('b');
    expect(head).toEqual({ log: 'b', size: 3, root: stands.root.toString('hex') });
  });

  it('takes one statement for all who ask at once', async () => {
    await writers[0]!.append('c', entries(1));
    const counted = countEveryStatement();
    await Promise.all(Array.from({ length: 50 }, () => writers[0]!.append('c', entries(4))));
    expect(counted.stop()).toBe(1);
    await expectSound('c', 201);
  });

  it('is one of its jurisdiction alone', async () => {
    await Promise.all([writers[0]!.append('d', entries(2)), writers[0]!.append('e', entries(1))]);
    await expectSound('d', 2);
    await expectSound('e', 1);
  });

  it('can be asked whether it could be written, and stays as it is', async () => {
    await writers[0]!.append('f', entries(1));
    await writers[1]!.check();
    await expectSound('f', 1);
    await database.pool.query('alter table audit_entry rename to audit_gone');
    await expect(writers[1]!.check()).rejects.toThrow(AuditUnavailable);
    await database.pool.query('alter table audit_gone rename to audit_entry');
    await writers[1]!.check();
    expect((await database.pool.query("select from audit_entry where log = ''")).rowCount).toBe(0);
  });

  it('adds more than one statement takes in the order given', async () => {
    await Promise.all([writers[0]!.append('g', entries(4_000)), writers[0]!.append('g', entries(6_000))]);
    await expectSound('g', 10_000);
  });

  it.each(['update audit_entry set body = body', 'delete from audit_entry', 'truncate audit_entry'])(
    'is not changed by %s',
    async (statement) => {
      await writers[0]!.append('h', entries(1));
      await expect(database.pool.query(statement)).rejects.toMatchObject({ code: '42501' });
    },
  );

  it.each([
    ...['delete from audit_head', 'truncate audit_head', 'update audit_head set size = 0'],
    ...['update audit_head set root = root', 'delete from audit_subtree', 'truncate audit_checkpoint'],
  ])('nor by %s', async (statement) => {
    await writers[0]!.append('h', entries(256));
    await database.pool.query("insert into audit_checkpoint values ('h', 1, now(), '') on conflict do nothing");
    await expect(database.pool.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  it('that cannot be written fails those who wait, and takes entries again when it can', async () => {
    const impatient = auditLog(database.url, { longestWait: 300 });
    await impatient.append('i', entries(1));
    const client = await database.pool.connect();
    await client.query("begin; select 1 from audit_head where log = 'i' for update");
    await expect(impatient.append('i', entries(1))).rejects.toThrow(AuditUnavailable);
    await client.query('rollback');
    client.release();
    await impatient.append('i', entries(1));
    await impatient.close();
    const { bodies } = await kept('i');
    await expectSound('i', bodies.length);
  });

  it('goes on where another process left it', async () => {
    await writers[0]!.append('j', entries(5));
    const other = auditLog(database.url);
    expect(await other.append('j', entries(1))).toMatchObject({ size: 6 });
    await other.close();
    expect(await writers[0]!.append('j', entries(1))).toMatchObject({ size: 7 });
    await expectSound('j', 7);
  });

  it.each([
    ['of which a hash is cut off', 'substr(frontier, 1, 64)'],
    ['of which a byte is cut off', 'substr(frontier, 1, 95)'],
    ['of which nothing is left', "''::bytea"],
    ['to which a hash is added', 'frontier || substr(frontier, 1, 32)'],
  ])('with a head %s is not added to, nor is anything answered or signed', async (cut, frontier) => {
    const log = `k ${cut}`;
    await writers[0]!.append(log, entries(7));
    const signed: string[] = [];
    const sign = async ({ log: of }: TreeHead): Promise<string> => {
      signed.push(of);
      return '';
    };
    const fault = (error: unknown): never => {
      throw error;
    };
    await signCheckpoints(database.pool, sign, fault).stop();
    expect(signed.filter((of) => of === log)).toHaveLength(1);
    await tamper(`update audit_head set frontier = ${frontier} where log = '${log}'`);

    const other = auditLog(database.url);
    await expect(other.append(log, entries(1))).rejects.toThrow(AuditUnavailable);
    await expect(other.append(log, entries(1))).rejects.toThrow(AuditUnavailable);
    await other.close();
    await expectSound(log, 7);
    await signCheckpoints(database.pool, sign, fault).stop();
    expect(signed.filter((of) => of === log)).toHaveLength(1);
  });
});

/** Changes what the database itself keeps from being changed, as only who owns it can. */
async function tamper(statement: string): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query('set session_replication_role = replica');
    await client.query(statement);
  } finally {
    // Nobody else gets the connection.
    client.release(true);
  }
}
