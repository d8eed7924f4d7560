import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadPublicKeys, loadSigningKeys } from '../../src/gateway/signing-keys.ts';
import { entriesOf } from '../support/audit.ts';
import { commandProcess, runCommand, type CommandProcess, type RanCommand } from '../support/commands.ts';
import { newDatabase } from '../support/database.ts';

const CLIENT = '130628:civil-affairs';

let folder: string;
let env: NodeJS.ProcessEnv;
let commands: CommandProcess;
beforeAll(async () => {
  commands = commandProcess();
  folder = mkdtempSync(join(tmpdir(), 'yidang-keys-'));
  env = {
    ...process.env,
    YIDANG_ENV: 'development',
    DATA_DIR: folder,
    DATABASE_URL: await newDatabase({ migrated: true }),
  };
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await commands?.close();
});

interface Ran {
  readonly code: number;
  readonly out: string;
}
const ran = ({ code, stdout, stderr }: RanCommand): Ran => ({ code, out: code === 0 ? stdout : stdout + stderr });

/** Runs a command; its exit code and what it printed. */
const run = async (command: string, ...words: readonly string[]): Promise<Ran> =>
  ran(await commands.run({ command, words, environment: env }));

/** The same as an operator would, in a process that must end. */
const runAlone = async (command: string, ...words: readonly string[]): Promise<Ran> =>
  ran(await runCommand({ command, words, environment: env }));

it('keys are listed and revoked for good; agencies are suspended and let in again', async () => {
  const file = join(folder, 'key.jwk.json');
  let made = { code: -1, out: '' };
  const registered = await entriesOf(env['DATABASE_URL']!, async () => {
    made = await run('keygen.ts', CLIENT, '--private', file);
  });
  const thumbprint = /[A-Za-z0-9_-]{43}/.exec(made.out.split('\n')[1]!)![0];
  expect((await run('keys.ts')).out).toBe(`${CLIENT}\t${thumbprint}\t有效 in use\n`);

  const changed = await entriesOf(env['DATABASE_URL']!, async () => {
    expect((await runAlone('keys.ts', 'revoke', CLIENT, thumbprint)).code).toBe(0);
    expect((await run('keys.ts', 'revoke', CLIENT, thumbprint)).code).toBe(1);
    expect((await run('keys.ts', 'suspend', CLIENT)).code).toBe(0);
    const listed = (await run('keys.ts')).out.split('\n');
    expect(listed[0]).toContain(`${CLIENT}\t*\t已停用 suspended`);
    expect(listed[1]).toContain(`${CLIENT}\t${thumbprint}\t已吊销 revoked`);
    expect((await run('keys.ts', 'resume', CLIENT)).code).toBe(0);
    expect((await run('keys.ts', 'resume', CLIENT)).code).toBe(1);
  });
  // What was so already is put down once.
  expect([...registered, ...changed].map(({ act, operation, key }) => [act, operation, key])).toEqual([
    ['registerKey', `keygen ${CLIENT}`, thumbprint],
    ['revokeKey', `keys revoke ${CLIENT}`, thumbprint],
    ['suspendAgency', `keys suspend ${CLIENT}`, undefined],
    ['resumeAgency', `keys resume ${CLIENT}`, undefined],
  ]);

  for (const wrong of [
    ['revoke', CLIENT],
    ['revoke', CLIENT, 'x'],
    ['suspend', '130628:nobody'],
  ]) {
    expect((await run('keys.ts', ...wrong)).code).toBe(2);
  }
  expect((await runAlone('keys.ts', 'forget', CLIENT)).code).toBe(2);
}, 120_000);

it.each([`${CLIENT}:11010519491231002X`, '11010519491231002X:tax'])(
  'no key is made for %s, and nothing of what was typed is put down',
  async (typed) => {
    const file = join(folder, 'nobody.jwk.json');
    const put = await entriesOf(env['DATABASE_URL']!, async () => {
      const { code, out } = await run('keygen.ts', typed, '--private', file);
      expect([code, out.includes(typed), existsSync(file)]).toEqual([1, false, false]);
      const suspended = await run('keys.ts', 'suspend', typed);
      expect([suspended.code, suspended.out.includes(typed)]).toEqual([2, false]);
    });
    expect(put).toEqual([]);
  },
  120_000,
);

it('every key that a site needs is made by one command, and never over one that is there', async () => {
  const of = (name: string): string => join(folder, name);
  const rightsOf = (name: string): number => statSync(of(name)).mode & 0o777;
  for (const [option, setting] of [
    ['--issuer', 'ISSUER_KEY_FILE'],
    ['--seal', 'AUDIT_KEY_FILE'],
  ] as const) {
    expect((await run('keygen.ts', option, of(setting))).code).toBe(0);
    expect((await loadSigningKeys(setting, of(setting), false)).keys).toHaveLength(1);
    expect(rightsOf(setting)).toBe(0o600);
    expect((await run('keygen.ts', option, of(setting))).code).toBe(1);
  }
  expect((await run('keygen.ts', '--gateway', of('private'), '--public', of('public'))).code).toBe(0);
  const { keys } = await loadPublicKeys(of('public'));
  expect((await loadSigningKeys('GATEWAY_KEY_FILE', of('private'), false)).keys[0]).toMatchObject(keys[0]!);
  expect([rightsOf('private'), rightsOf('public')]).toEqual([0o600, 0o644]);
}, 120_000);
