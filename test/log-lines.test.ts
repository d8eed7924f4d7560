import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const LOG_LINES = join(import.meta.dirname, '../src/log-lines.ts');

/** Runs a script that logs in a process of its own; gives the lines, and how often standard output was written to. */
function logged(script: string): { readonly lines: readonly string[]; readonly writes: number } {
  const counted = `
    import fs from 'node:fs';
    const write = fs.writeSync;
    let writes = 0;
    fs.writeSync = (fd, ...rest) => { if (fd === 1) writes += 1; return write(fd, ...rest); };
    process.on('exit', () => write(2, String(writes)));
    const { logLines } = await import(${JSON.stringify(LOG_LINES)});
    const turn = () => new Promise((resume) => setImmediate(resume));
    const log = (count) => { for (let line = 0; line < count; line += 1) logLines.write('{"line":' + line + '}\\n'); };
    ${script}`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', counted]);
  return { lines: String(stdout).split('\n').slice(0, -1), writes: Number(stderr) };
}
const numbered = (count: number): string[] => Array.from({ length: count }, (_, line) => `{"line":${line}}`);

it('writes the lines of a turn together, in order', () => {
  expect(logged('log(20); await turn(); await turn();')).toEqual({ lines: numbered(20), writes: 1 });
});

it('does not wait for the end of a turn that logs much', () => {
  expect(logged('log(10_000); process.kill(process.pid, "SIGKILL"); await turn();').lines.length).toBeGreaterThan(
    9_000,
  );
});

it.each(['process.exit(1)', 'throw new Error()', 'process.exitCode = 1'])('loses no line at the end: %s', (end) => {
  expect(logged(`process.on('uncaughtException', () => process.exit(2)); log(3); ${end};`).lines).toEqual(numbered(3));
});

it('has told of every turn but the last when it is killed', () => {
  expect(
    logged('log(3); await turn(); await turn(); process.kill(process.pid, "SIGKILL"); await turn();').lines,
  ).toEqual(numbered(3));
});
