import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorkerChild } from '../../src/cli/worker-child.ts';
import type { Job } from '../../src/flows/ports.ts';
import { listJobs } from '../../src/storage/job-list.ts';
import { enqueue } from '../../src/storage/jobs.ts';
import { INSERT_SUBMISSION, submissionParameters } from '../../src/storage/submission-table.ts';
import {
  COMPILED_ONCE,
  commandProcess,
  runCommand,
  type CommandProcess,
  type RanCommand,
} from '../support/commands.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { submission } from '../support/pushes.ts';
import { TEST_KEY_FILE } from '../support/sealing-keys.ts';

const TOUCHED: Job = { kind: 'decide-touched', jurisdiction: '130628' };
const PEPPER = 'a-pepper-that-all-processes-of-this-test-share';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

describe('npm run jobs', () => {
  let commands: CommandProcess;
  beforeAll(() => {
    commands = commandProcess();
  });
  afterAll(() => commands?.close());

  const asked = (words: readonly string[]) => ({
    command: 'jobs.ts',
    words,
    environment: { YIDANG_ENV: 'development', DATABASE_URL: database.url, SUBJECT_KEY_PEPPER: PEPPER },
  });
  const ran = ({ code, stdout, stderr }: RanCommand): { readonly code: number; readonly lines: readonly string[] } => ({
    code,
    lines: `${stdout}${stderr}`.trim().split('\n'),
  });
  /** Runs the command; its exit code and the lines it prints. */
  const jobs = async (...words: readonly string[]) => ran(await commands.run(asked(words)));
  /** The same in a process of its own, which must end. */
  const jobsAlone = async (...words: readonly string[]) => ran(await runCommand(asked(words)));

  it('lists what failed with its cause in both languages, and drives it again', async () => {
    expect(await jobs()).toEqual({ code: 0, lines: ['没有任务 / there are no jobs'] });

    await enqueue(database.pool, TOUCHED);
    await database.pool.query("update graphile_worker._private_jobs set attempts = 3, last_error = 'DATABASE_FULL'");
    const broken = { code: 'WORK_BROKE_OFF', zh: '处理中断', en: 'the work broke off' } as const;
    const failed = submission({ status: 'FAILED', remarks: [broken] });
    await database.pool.query(INSERT_SUBMISSION, submissionParameters(failed));
    const [job] = await listJobs(database.pool);
    expect((await jobs()).lines).toEqual([
      `${job!.id}\t失败 failed\tdecide-touched 130628\t第 3 次 / try 3\tDATABASE_FULL 数据库空间或资源不足 / the database ran out of space or another resource`,
      `${failed.id}\t失败 failed\tsubmission 130628:civil-affairs hardship\t\tWORK_BROKE_OFF 处理中断 / the work broke off`,
    ]);

    expect((await jobs('again', job!.id)).code).toBe(0);
    expect((await jobs('again', failed.id)).code).toBe(0);
    expect((await listJobs(database.pool)).map(({ job: { kind }, state, tries }) => [kind, state, tries])).toEqual([
      ['decide-touched', 'WAITING', 0],
      ['take-in-list', 'WAITING', 0],
    ]);
    for (const id of [job!.id, failed.id, 'x']) expect([id, (await jobs('again', id)).code]).toEqual([id, 1]);
    expect((await jobsAlone('again')).code).toBe(1);
  }, 180_000);
});

describe('the worker of npm start', () => {
  const eventually = async (ask: () => unknown, holds: unknown): Promise<void> => {
    await expect.poll(ask, { timeout: 60_000, interval: 50 }).toEqual(holds);
  };
  const children = (): string => readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim();
  const touched = async (): Promise<unknown> =>
    (await listJobs(database.pool)).filter(({ job }) => job.kind === 'decide-touched').map(({ state }) => state);

  it.runIf(process.platform === 'linux')(
    'is begun again when it dies, and ends with the hub',
    async () => {
      process.env['SUBJECT_KEY_PEPPER'] = PEPPER;
      process.env['SEALING_KEY_FILE'] = TEST_KEY_FILE;
      process.env['LOG_LEVEL'] = 'silent';
      process.env['NODE_COMPILE_CACHE'] = COMPILED_ONCE.NODE_COMPILE_CACHE;
      const worker = startWorkerChild(database.url, 'development');
      try {
        const first = children();
        expect(first).toMatch(/^\d+$/);
        await enqueue(database.pool, TOUCHED);
        await eventually(touched, []);

        process.kill(Number(first), 'SIGKILL');
        await eventually(() => /^\d+$/.test(children()) && children() !== first, true);
        await enqueue(database.pool, TOUCHED);
        await eventually(touched, []);
      } finally {
        await worker.stop();
      }
      expect(children()).toBe('');
    },
    180_000,
  );
});
