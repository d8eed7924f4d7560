import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { SizeBench } from '../size-bench.ts';
import { filledColumns } from './file-columns.ts';
import type { ListFile } from './upload.ts';

/**
 * The least that keeping the rows of a CSV file can cost: one COPY into a plain table of text columns, logged and without an
 * index, committed. Gives milliseconds.
 */
export async function copyRaw({ database }: SizeBench, { list, file }: ListFile): Promise<number> {
  const client = await database.pool.connect();
  try {
    const columns = filledColumns(list).map(({ name }) => `${pg.escapeIdentifier(name)} text`);
    await client.query('drop table if exists bench_raw');
    await client.query(`create table bench_raw (${columns.join(', ')})`);
    await client.query('checkpoint');
    const started = performance.now();
    await pipeline(
      createReadStream(file, { highWaterMark: 256 * 1024 }),
      client.query(copyFrom('copy bench_raw from stdin (format csv, header)')),
    );
    const time = performance.now() - started;
    await client.query('drop table bench_raw');
    return time;
  } finally {
    client.release();
  }
}
