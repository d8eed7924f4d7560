import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { attackLines, readReport, type AttackLine, type TestReport } from './attacks/attack-lines.ts';

// `npm run attacks`: runs the attacks of the security programme (test/attacks) and tells, line by line, what was tried and what held.
const ROOT = resolve(import.meta.dirname, '../..');
const ATTACKS = join(ROOT, 'test/attacks');
const STATES = {
  BROKEN: '未守住 broken',
  NOT_TRIED: '未试 not tried',
  UNEXPLAINED: '未试且无说明 not tried, no reason given',
} as const;

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}

/** Runs all attacks; true where every line was tried and held, or says why it was not tried. */
async function main(): Promise<boolean> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  if (!existsSync(vitest) || !existsSync(ATTACKS)) {
    throw new Error('需要源码和开发依赖 / this needs the sources and the packages of development (npm ci)');
  }
  const folder = mkdtempSync(join(tmpdir(), 'yidang-attacks-'));
  try {
    const report = join(folder, 'report.json');
    await run(vitest, ['run', 'test/attacks', '--reporter=json', `--outputFile=${report}`]);
    const reasons: unknown = parse(readFileSync(join(ATTACKS, 'not-tried.yaml'), 'utf8'));
    return print(attackLines(readReport(JSON.parse(readFileSync(report, 'utf8')) as TestReport), reasons));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether tests fail is in the report; only a run that leaves none is an error here. */
function run(script: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [script, ...args], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((ended, failed) => {
    child.once('error', failed);
    child.once('exit', () => ended());
  });
}

function print(lines: readonly AttackLine[]): boolean {
  for (const { number, state, why } of lines) {
    if (state !== 'HELD') process.stdout.write(`${number}\t${STATES[state]}\t${why}\n`);
  }
  const tried = lines.filter(({ state }) => state === 'HELD' || state === 'BROKEN');
  const held = lines.filter(({ state }) => state === 'HELD');
  process.stdout.write(`${tried.length} of ${lines.length} tried, ${held.length} held\n`);
  return lines.every(({ state }) => state === 'HELD' || state === 'NOT_TRIED');
}
