import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NOT_BEGUN } from '../../../src/domain/intake/submission.ts';
import { uuidv7Ids } from '../../../src/storage/ids.ts';
import { uploadStore, type OpenUploadStore } from '../../../src/storage/upload-store.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';
import { submission } from '../../support/pushes.ts';
import { openedBlocks } from '../../support/sealing-keys.ts';

const NUMBER = '130628199003070013';

let database: TestDatabase;
let folder: string;
let uploads: OpenUploadStore;
beforeAll(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'yidang-aside-'));
  uploads = uploadStore(database.url, folder, database.sealing);
});
afterAll(async () => {
  await uploads?.close();
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What this process has put aside in files without a name. */
const aside = (): Buffer =>
  Buffer.concat(
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder) ? [readFileSync(`/proc/self/fd/${fd}`)] : [];
      } catch {
        return [];
      }
    }),
  );

it.runIf(process.platform === 'linux')(
  'rows put aside while they come in are sealed there already, and again where they stay',
  async () => {
    const rows = Array.from({ length: 2_500 }, (_, row) => ({ idNumber: NUMBER, name: '张三', row }));
    const upload = (await uploads.begin('130628', 'civil-affairs', 'key'))!;
    await upload.addRows(rows);
    const lies = aside();
    expect(lies.length).toBeGreaterThan(2_000);
    expect(lies.includes(NUMBER)).toBe(false);
    // How a compressed block in clear begins.
    expect(lies.includes(Buffer.from('28b52ffd', 'hex'))).toBe(false);

    const kept = (await upload.keep({ ...NOT_BEGUN, ...submission(), id: uuidv7Ids().next() }))!;
    await upload.close();
    expect(aside()).toEqual(Buffer.alloc(0));
    const blocks = await openedBlocks(database.pool, kept.id);
    expect(blocks.flatMap((block) => block.rows)).toEqual(rows);
  },
);
