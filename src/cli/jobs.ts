import { loadConfig } from '../config.ts';
import type { Job } from '../flows/ports.ts';
import { layGround } from '../ground.ts';
import { besideHub, openDatabase, type Database } from '../storage/database.ts';
import { failedSubmissions, failedWork } from '../storage/failed-work.ts';
import { JOB_CAUSES } from '../storage/job-causes.ts';
import { listJobs, tryAgain, type ListedJob } from '../storage/job-list.ts';

const USAGE = `usage:
  npm run jobs                     待办、进行中和失败的任务 / jobs that wait, run or failed
  npm run jobs -- again <id>       重办失败的任务或报送 / try a failed job or submission again`;

const STATES = { WAITING: '等待 waiting', RUNNING: '进行中 running', FAILED: '失败 failed' } as const;

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

/** Lists or tries again; false where there was nothing of the kind to try. */
async function main([command, id, ...more]: readonly string[]): Promise<boolean> {
  const asked = command === undefined || (command === 'again' && id !== undefined && more.length === 0);
  if (!asked) throw new Error(USAGE);
  const config = loadConfig(process.env);
  const jurisdictions = layGround({ config })
    .jurisdictions.all()
    .map((jurisdiction) => jurisdiction.id);
  const database = await openDatabase(besideHub(config.database));
  try {
    return id === undefined ? await list(database, jurisdictions) : await again(id, database, jurisdictions);
  } finally {
    await database.close();
  }
}

async function list({ pool, walled }: Database, jurisdictions: readonly string[]): Promise<true> {
  const jobs = await listJobs(pool);
  const submissions = await failedSubmissions(walled, jurisdictions);
  for (const job of jobs) print(job.id, STATES[job.state], aboutWhat(job.job), triesOf(job), causeOf(job));
  for (const { id, jurisdiction, agency, list: name, remarks } of submissions) {
    const causes = remarks.map(({ code, zh, en }) => `${code} ${zh} / ${en}`);
    print(id, STATES.FAILED, `submission ${jurisdiction}:${agency} ${name}`, '', causes.join('; '));
  }
  if (jobs.length + submissions.length === 0) print('没有任务 / there are no jobs');
  return true;
}

async function again(id: string, { pool, walled }: Database, jurisdictions: readonly string[]): Promise<boolean> {
  const submission = (await failedSubmissions(walled, jurisdictions)).find((one) => one.id === id);
  const taken = submission
    ? (await failedWork(walled).takeUpAgain(submission.jurisdiction, id)) !== undefined
    : /^\d{1,18}$/.test(id) && (await tryAgain(pool, id));
  print(taken ? '已重新排队 / it waits for its turn again' : '没有这样的失败任务 / there is no failed job of this id');
  return taken;
}

function aboutWhat(job: Job): string {
  switch (job.kind) {
    case 'take-in-list':
      return `${job.kind} ${job.jurisdiction}:${job.agency} ${job.list}`;
    case 'decide-touched':
    case 'keep-people':
      return `${job.kind} ${job.jurisdiction}`;
    case 'rebuild-decisions':
      return `${job.kind} ${job.jurisdiction} ${job.pack}`;
    case 'compare-packs':
      return `${job.kind} ${job.jurisdiction} ${job.comparison}`;
  }
}

function triesOf({ tries }: ListedJob): string {
  return tries === 0 ? '' : `第 ${tries} 次 / try ${tries}`;
}

function causeOf({ cause }: ListedJob): string {
  if (cause === null) return '';
  const [zh, en] = JOB_CAUSES[cause];
  return `${cause} ${zh} / ${en}`;
}

function print(...cells: readonly string[]): void {
  process.stdout.write(`${cells.join('\t').trimEnd()}\n`);
}
