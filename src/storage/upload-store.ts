import type { FileHandle } from 'node:fs/promises';
import pg from 'pg';
import type { RawRow } from '../domain/intake/list-definition.ts';
import { NOT_BEGUN } from '../domain/intake/submission.ts';
import type { Agency, ListName } from '../domain/intake/words.ts';
import type { StoredSubmission, Upload, UploadedSubmission, UploadStore } from '../flows/ports.ts';
import { enqueue } from './jobs.ts';
import { lockList, snapshotPeriods } from './list-receipts.ts';
import { BLOCK_ROWS } from './row-blocks.ts';
import { resealedRows, sealRows } from './sealed-blocks.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { Sealing } from './sealing/no-sealing.ts';
import { openSpoolFile } from './spool-file.ts';
import { INSERT_SUBMISSION, submissionOf, submissionParameters, type SubmissionRecord } from './submission-table.ts';
import { walledDatabase } from './walled-database.ts';

/** Connections for uploads: each holds one as long as it lasts, so they have their own. */
const POOL_SIZE = 4;

/** The constraint that another push of the same agency under the same key violates. */
const ONE_KEY_ONCE = 'submission_idempotency';

/** The store of uploads, and the way to let go of it. */
export interface OpenUploadStore extends UploadStore {
  close(): Promise<void>;
}

/**
 * Takes files in. While rows come they are put aside, in blocks, in a file without a name, sealed under a key that no other upload has
 * and that is kept nowhere; the database has only the lock on the key. So a sender that is slow, or that breaks off, leaves nothing in the tables, and the submission gets its id,
 * which is its place in the order of receipt, once it is whole.
 *
 * @param url of the database
 * @param folder for what is put aside
 */
export function uploadStore(url: string, folder: string, sealing: Sealing): OpenUploadStore {
  const pool = new pg.Pool({ connectionString: url, max: POOL_SIZE });
  const walled = walledDatabase(pool, sealing);
  // Without a listener a connection that the server drops while idle would end the process.
  pool.on('error', () => undefined);
  return {
    begin: async (jurisdiction, agency, key) => {
      const inside = walled.of(jurisdiction);
      const client = await inside.begin();
      // The statement that needs the connection next tells that it is gone.
      const onLost = (): void => undefined;
      client.on('error', onLost);
      const release = async (): Promise<void> => {
        const broken = await client.query('rollback').then(
          () => false,
          () => true,
        );
        client.off('error', onLost);
        client.release(broken);
      };
      try {
        if (!(await lockKey(client, jurisdiction, agency, key))) {
          await release();
          return undefined;
        }
        const found = await client.query<SubmissionRecord>(FIND_BY_KEY, [jurisdiction, agency, key]);
        const before = found.rows[0] && submissionOf(found.rows[0]);
        const aside = await asideIn(folder, sealing.passing());
        return uploadOn(client, { jurisdiction, agency, before, seal: inside.seal }, aside, release);
      } catch (error) {
        await release();
        throw error;
      }
    },
    close: () => pool.end(),
  };
}

interface Whose {
  readonly jurisdiction: string;
  readonly agency: Agency;
  readonly before: StoredSubmission | undefined;
  /** Under which rows are kept. */
  readonly seal: PlaceSeal;
}

function uploadOn(client: pg.PoolClient, whose: Whose, aside: RowsAside, release: () => Promise<void>): Upload {
  const of = (list: ListName) => ({ jurisdiction: whose.jurisdiction, agency: whose.agency, list });
  return {
    before: whose.before,
    get rows() {
      return aside.rows;
    },
    addRows: (rows) => aside.add(rows),
    lockList: (list) => lockList(client, of(list)),
    snapshotPeriods: (list) => snapshotPeriods(client, of(list)),
    keep: async (uploaded) => {
      await aside.end();
      const submission = queued(uploaded, aside.rows);
      try {
        await client.query(INSERT_SUBMISSION, submissionParameters(submission));
      } catch (error) {
        if (error instanceof pg.DatabaseError && error.constraint === ONE_KEY_ONCE) return undefined;
        throw error;
      }
      for await (const values of aside.blocks(submission, whose.seal)) await client.query({ ...ADD_BLOCK, values });
      await enqueue(client, { kind: 'take-in-list', ...of(submission.list) });
      await client.query('commit');
      return submission;
    },
    close: async () => {
      await aside.close();
      await release();
    },
  };
}

async function lockKey(client: pg.ClientBase, jurisdiction: string, agency: Agency, key: string): Promise<boolean> {
  const locked = await client.query<{ locked: boolean }>(LOCK_KEY, [`upload|${jurisdiction}|${agency}|${key}`]);
  return locked.rows[0]!.locked;
}

const queued = (uploaded: UploadedSubmission, rows: number): StoredSubmission => ({
  ...NOT_BEGUN,
  ...uploaded,
  counts: { sent: rows, accepted: 0, unchanged: 0, flagged: 0, rejected: 0 },
});

/** Rows put aside in blocks. */
interface RowsAside {
  readonly rows: number;
  add(rows: readonly RawRow[]): Promise<void>;
  /** Puts the last, unfinished block aside. */
  end(): Promise<void>;
  /** The blocks as {@link ADD_BLOCK} takes them, sealed for the submission that they have become. */
  blocks(submission: Pick<StoredSubmission, 'id' | 'jurisdiction'>, seal: PlaceSeal): AsyncGenerator<unknown[]>;
  close(): Promise<void>;
}

/** What rows are bound to while there is no submission yet: each upload has a key of its own. */
const ASIDE = 'aside';

async function asideIn(folder: string, passing: PlaceSeal): Promise<RowsAside> {
  const file = await openSpoolFile(folder);
  const blocks: { readonly firstRow: number; readonly rowCount: number; readonly size: number }[] = [];
  let waiting: RawRow[] = [];
  let rows = 0;

  async function putBlock(): Promise<void> {
    if (waiting.length === 0) return;
    const firstRow = rows - waiting.length + 1;
    const { sent } = sealRows(passing, ASIDE, firstRow, waiting);
    blocks.push({ firstRow, rowCount: waiting.length, size: sent.length });
    waiting = [];
    await writeAll(file, sent);
  }

  return {
    get rows() {
      return rows;
    },
    add: async (batch) => {
      for (const row of batch) {
        waiting.push(row);
        rows += 1;
        if (waiting.length === BLOCK_ROWS) await putBlock();
      }
    },
    end: putBlock,
    blocks: async function* ({ id, jurisdiction }, seal) {
      let position = 0;
      for (const { firstRow, rowCount, size } of blocks) {
        const aside = Buffer.allocUnsafe(size);
        const { bytesRead } = await file.read(aside, 0, size, position);
        // What is kept must be what was put aside, or nothing.
        if (bytesRead !== size) throw new Error('rows put aside are gone');
        position += size;
        const { codec, sent } = resealedRows(
          { seal: passing, submission: ASIDE },
          { seal, submission: id },
          firstRow,
          aside,
        );
        yield [id, firstRow, rowCount, jurisdiction, codec, sent];
      }
    },
    close: () => file.close(),
  };
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await file.write(bytes, written)).bytesWritten;
  }
}

const LOCK_KEY = 'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as locked';

const FIND_BY_KEY = `
select * from submission where jurisdiction = $1 and agency = $2 and idempotency_key = $3`;

// Not COPY, which PostgreSQL does not do into a table with row level security; a block is a thousand rows, so that it costs little.
const ADD_BLOCK = {
  name: 'add-block',
  text: `
insert into submission_block (submission, first_row, row_count, jurisdiction, codec, sent) values ($1, $2, $3, $4, $5, $6)`,
};
