import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config.ts';
import { makeKeyPair } from '../../src/gateway/issuer.ts';
import { startHub } from '../../src/main.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/storage/embedded-postgres.ts';
import { withNewKey } from '../../src/storage/sealing/key-ring.ts';
import { TEST_KEY_FILE } from '../support/sealing-keys.ts';

// Section 3.7 of the security programme, line 107: a hub that others can reach does not start on an unsafe setting, and names it.

const ROOT = resolve(import.meta.dirname, '../..');

let folder: string;
let sound: Readonly<Record<string, string>>;
const inFolder = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'yidang-settings-'));
  for (const name of ['issuer', 'audit', 'gateway']) {
    const { privateKey } = await makeKeyPair();
    writeFileSync(inFolder(name), JSON.stringify({ keys: [privateKey] }), { mode: 0o600 });
  }
  const sealing = JSON.stringify(withNewKey('AES-256-GCM'));
  mkdirSync(inFolder('data/below'), { recursive: true });
  for (const name of ['sealing', 'data/sealing', 'data/below/sealing'])
    writeFileSync(inFolder(name), sealing, { mode: 0o600 });
  symlinkSync(inFolder('data/sealing'), inFolder('sealing-within'));
  copyFileSync(TEST_KEY_FILE, inFolder('sealing-of-tests'));
  chmodSync(inFolder('sealing-of-tests'), 0o600);
  writeFileSync(inFolder('sealing-for-all'), sealing, { mode: 0o604 });
  chmodSync(inFolder('sealing-for-all'), 0o604);
  copyFileSync(inFolder('issuer'), inFolder('copied'));
  linkSync(inFolder('issuer'), inFolder('linked'));
  symlinkSync(inFolder('issuer'), inFolder('symlinked'));
  copyFileSync(inFolder('gateway'), inFolder('world-readable'));
  chmodSync(inFolder('world-readable'), 0o644);
  copyFileSync(inFolder('gateway'), inFolder('world-writable'));
  chmodSync(inFolder('world-writable'), 0o602);
  sound = {
    YIDANG_ENV: 'production',
    NODE_ENV: 'production',
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATA_DIR: inFolder('data'),
    DATABASE_URL: `postgres://hub_app:${randomBytes(24).toString('hex')}@db/hub`,
    PUBLIC_URL: 'https://hub.example',
    SUBJECT_KEY_PEPPER: randomBytes(32).toString('hex'),
    ISSUER_KEY_FILE: inFolder('issuer'),
    AUDIT_KEY_FILE: inFolder('audit'),
    SEALING_KEY_FILE: inFolder('sealing'),
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The settings that stop the start. */
function problemsOf(more: Readonly<Record<string, string>>, role: 'gateway' | 'subgraph' = 'gateway'): string[] {
  try {
    loadConfig({ ...sound, ...more }, role);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems.map(({ variable }) => variable);
  }
}

const withPassword = (password: string): string => `postgres://hub_app:${password}@db/hub`;

/** What is set, by name or made when the folder is there, and which setting must be named. */
const UNSAFE: readonly (readonly [why: string, named: string, more: () => Record<string, string>])[] = [
  ['the schema open to questions', 'FREE_QUERIES', () => ({ FREE_QUERIES: 'everybody' })],
  ['NODE_ENV unset', 'NODE_ENV', () => ({ NODE_ENV: '' })],
  ['NODE_ENV of developers', 'NODE_ENV', () => ({ NODE_ENV: 'development' })],
  ['development that others reach', 'YIDANG_ENV', () => ({ YIDANG_ENV: 'development', HOST: '0.0.0.0' })],
  ['no pepper', 'SUBJECT_KEY_PEPPER', () => ({ SUBJECT_KEY_PEPPER: '' })],
  ['a pepper of one letter', 'SUBJECT_KEY_PEPPER', () => ({ SUBJECT_KEY_PEPPER: 'x'.repeat(64) })],
  ['a pepper in words', 'SUBJECT_KEY_PEPPER', () => ({ SUBJECT_KEY_PEPPER: 'change-me-change-me-change-me-now' })],
  ['the password of the examples', 'DATABASE_URL', () => ({ DATABASE_URL: withPassword('PASSWORD') })],
  ['a password that is the user', 'DATABASE_URL', () => ({ DATABASE_URL: 'postgres://hub:hub@db/hub' })],
  ['a password that everybody tries', 'DATABASE_URL', () => ({ DATABASE_URL: withPassword('postgres') })],
  [
    'the owner’s password of the examples',
    'DATABASE_OWNER_URL',
    () => ({ DATABASE_OWNER_URL: 'postgres://yidang:PASSWORD@postgres:5432/yidang' }),
  ],
  ['an address in clear text', 'PUBLIC_URL', () => ({ PUBLIC_URL: 'http://hub.example' })],
  [
    'an issuer in clear text',
    'ISSUER_URL',
    () => ({ ISSUER_URL: 'http://issuer.example', ISSUER_JWKS_URL: 'https://issuer.example/jwks' }),
  ],
  ['certificates that nobody checks', 'NODE_TLS_REJECT_UNAUTHORIZED', () => ({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })],
  ['a log for developers', 'LOG_LEVEL', () => ({ LOG_LEVEL: 'debug' })],
  ['a log of every step', 'LOG_LEVEL', () => ({ LOG_LEVEL: 'trace' })],
  ['packages that tell what they do', 'DEBUG', () => ({ DEBUG: 'oidc-provider:*' })],
  ['Node telling headers', 'NODE_DEBUG', () => ({ NODE_DEBUG: 'http' })],
  ['no keys of the seal', 'AUDIT_KEY_FILE', () => ({ AUDIT_KEY_FILE: '' })],
  ['no keys of the issuer', 'ISSUER_KEY_FILE', () => ({ ISSUER_KEY_FILE: '' })],
  ['keys that all may read', 'ISSUER_KEY_FILE', () => ({ ISSUER_KEY_FILE: inFolder('world-readable') })],
  ['keys of the seal that all may read', 'AUDIT_KEY_FILE', () => ({ AUDIT_KEY_FILE: inFolder('world-readable') })],
  ['keys that all may change', 'GATEWAY_KEY_FILE', () => ({ GATEWAY_KEY_FILE: inFolder('world-writable') })],
  ['no sealing keys', 'SEALING_KEY_FILE', () => ({ SEALING_KEY_FILE: '' })],
  ['sealing keys that all may read', 'SEALING_KEY_FILE', () => ({ SEALING_KEY_FILE: inFolder('sealing-for-all') })],
  ['sealing keys beside the data', 'SEALING_KEY_FILE', () => ({ SEALING_KEY_FILE: inFolder('data/sealing') })],
  ['sealing keys below the data', 'SEALING_KEY_FILE', () => ({ SEALING_KEY_FILE: inFolder('data/below/sealing') })],
  [
    'a link to sealing keys beside the data',
    'SEALING_KEY_FILE',
    () => ({ SEALING_KEY_FILE: inFolder('sealing-within') }),
  ],
  ['sealing keys that somebody wrote', 'SEALING_KEY_FILE', () => ({ SEALING_KEY_FILE: inFolder('sealing-of-tests') })],
  ['one file for two keys', 'AUDIT_KEY_FILE', () => ({ AUDIT_KEY_FILE: inFolder('issuer') })],
  ['a link to the same file', 'AUDIT_KEY_FILE', () => ({ AUDIT_KEY_FILE: inFolder('linked') })],
  ['a symbolic link to it', 'GATEWAY_KEY_FILE', () => ({ GATEWAY_KEY_FILE: inFolder('symlinked') })],
  ['a copy of it', 'AUDIT_KEY_FILE', () => ({ AUDIT_KEY_FILE: inFolder('copied') })],
  [
    'one file, spelt twice',
    'AUDIT_KEY_FILE',
    () => ({ ISSUER_KEY_FILE: '/gone/keys', AUDIT_KEY_FILE: '/gone/./keys' }),
  ],
];

describe('settings of a site', () => {
  it('107. all that a site needs, and nothing unsafe, is taken', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ GATEWAY_KEY_FILE: inFolder('gateway') })).toEqual([]);
    chmodSync(inFolder('gateway'), 0o640);
    expect(problemsOf({ GATEWAY_KEY_FILE: inFolder('gateway') })).toEqual([]);
  });

  it.each(UNSAFE)('107. %s stops the start, and %s is named', (_why, named, more) => {
    expect(problemsOf(more())).toEqual([named]);
  });

  it('107. a subgraph in a process of its own is held to the same', () => {
    const given = { GATEWAY_PUBLIC_KEY_FILE: inFolder('world-readable'), ISSUER_KEY_FILE: '' };
    expect(problemsOf(given, 'subgraph')).toEqual([]);
    for (const [named, value] of [
      ['NODE_ENV', ''],
      ['LOG_LEVEL', 'trace'],
      ['SEALING_KEY_FILE', ''],
      ['SUBJECT_KEY_PEPPER', 'x'.repeat(64)],
      ['DATABASE_URL', withPassword('PASSWORD')],
    ] as const) {
      expect(problemsOf({ ...given, [named]: value }, 'subgraph')).toEqual([named]);
    }
  });

  it('107. no pepper that stands in the repository is taken', () => {
    const peppers = new Set(['src', 'test', 'deploy', 'docs', '.ci'].flatMap(filesIn).flatMap(peppersIn));
    expect(peppers.size).toBeGreaterThan(5);
    for (const pepper of peppers)
      expect([pepper, problemsOf({ SUBJECT_KEY_PEPPER: pepper })]).toEqual([pepper, ['SUBJECT_KEY_PEPPER']]);
  });

  it('107. a process ends with 1 and names every setting, and no value', async () => {
    const unsafe = {
      ...sound,
      NODE_ENV: '',
      LOG_LEVEL: 'debug',
      AUDIT_KEY_FILE: inFolder('issuer'),
      SUBJECT_KEY_PEPPER: 'x'.repeat(64),
    };
    const env = { PATH: process.env['PATH'], ...unsafe };
    const ended = promisify(execFile)(process.execPath, [join(ROOT, 'src/cli/work.ts')], { env });
    const { code, stderr } = (await ended.catch((error: unknown) => error)) as { code: number; stderr: string };
    expect(code).toBe(1);
    for (const named of ['NODE_ENV', 'LOG_LEVEL', 'AUDIT_KEY_FILE', 'SUBJECT_KEY_PEPPER'])
      expect(stderr).toContain(`${named}: `);
    expect(stderr).not.toContain('x'.repeat(8));
  });
});

describe('the database of a site', () => {
  let server: EmbeddedPostgres;
  let owner: pg.Client;
  beforeAll(async () => {
    // A server of its own: that of the tests gives up durability, and what is set here is set for all of it.
    server = await startEmbeddedPostgres(inFolder('pg'), { maxConnections: 60 });
    const maintenance = new pg.Client({ connectionString: server.urlOf('postgres', 'postgres') });
    await maintenance.connect();
    await maintenance.query('create database hub');
    await maintenance.end();
    const ownerUrl = server.urlOf('hub', 'postgres');
    await (await openDatabase({ kind: 'server', url: server.urlOf('hub', 'hub_app'), ownerUrl })).close();
    owner = new pg.Client({ connectionString: ownerUrl });
    await owner.connect();
  });
  afterAll(async () => {
    await owner?.end();
    await server?.stop();
  });

  /** The settings that stop the start of a whole hub; none where it starts. */
  async function startProblems(role = 'hub_app'): Promise<string[]> {
    const config = loadConfig({ ...sound, DATABASE_URL: server.urlOf('hub', role) });
    try {
      const hub = await startHub({ config, work: 'elsewhere' });
      await hub.stop();
      return [];
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      return (error as ConfigError).problems.map(({ variable }) => variable);
    }
  }

  async function done(...statements: readonly string[]): Promise<void> {
    for (const statement of statements) await owner.query(statement);
  }

  // Of a cluster that has checksums none without them can be made while it runs: the hub is shown that they are off.
  const NO_CHECKSUMS = [
    'create schema shadow',
    `create view shadow.pg_settings as select name,
       case name when 'data_checksums' then 'off' else setting end as setting from pg_catalog.pg_settings`,
    'grant usage on schema shadow to hub_app; grant select on shadow.pg_settings to hub_app',
    'alter role hub_app set search_path = shadow, pg_catalog, public',
  ];
  const CHECKSUMS = ['alter role hub_app reset search_path', 'drop schema shadow cascade'];

  const FAULTS: readonly (readonly [why: string, named: string, make: readonly string[], mend: readonly string[]])[] = [
    ['fsync off', 'fsync', ['alter system set fsync = off'], ['alter system reset fsync']],
    [
      'half pages after a crash',
      'full_page_writes',
      ['alter system set full_page_writes = off'],
      ['alter system reset full_page_writes'],
    ],
    [
      'commits that are not waited for',
      'synchronous_commit',
      ['alter role hub_app set synchronous_commit = off'],
      ['alter role hub_app reset synchronous_commit'],
    ],
    ['checksums off', 'data_checksums', NO_CHECKSUMS, CHECKSUMS],
    ['a superuser', 'DATABASE_URL', ['alter role hub_app superuser'], ['alter role hub_app nosuperuser']],
    [
      'a role that walls do not stop',
      'DATABASE_URL',
      ['alter role hub_app bypassrls'],
      ['alter role hub_app nobypassrls'],
    ],
    [
      'a table without row level security',
      'DATABASE_OWNER_URL',
      ['alter table claim disable row level security'],
      ['alter table claim enable row level security'],
    ],
    [
      'a table without its policy',
      'DATABASE_OWNER_URL',
      ['drop policy own_jurisdiction on claim'],
      [
        `create policy own_jurisdiction on claim
           using ((jurisdiction = (select nullif(current_setting('hub.jurisdiction', true), ''))) is true)`,
      ],
    ],
    [
      'a database that other keys seal',
      'SEALING_KEY_FILE',
      ["update sealing_key set wrapped_by = 'lost-' || wrapped_by"],
      ["update sealing_key set wrapped_by = replace(wrapped_by, 'lost-', '')"],
    ],
  ];

  it('107. a hub starts on it as it should be', async () => {
    expect(await startProblems()).toEqual([]);
  });

  it.each(FAULTS)('107. %s stops the start, and %s is named', async (_why, named, make, mend) => {
    await done(...make, 'select pg_reload_conf()');
    try {
      // The server takes up a changed file when it comes to it.
      await expect.poll(() => startProblems(), { timeout: 20_000 }).toEqual([named]);
    } finally {
      await done(...mend, 'select pg_reload_conf()');
    }
    await expect.poll(() => startProblems(), { timeout: 20_000 }).toEqual([]);
  });
});

function filesIn(folderName: string): string[] {
  return readdirSync(join(ROOT, folderName), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|yaml|yml|md|example|json)$|^run$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** Whatever stands in a file as a pepper. */
function peppersIn(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const written = /(?:PEPPER\w*\s*[=:]\s*|hmacSubjectKeys\()(?:'([^'\n]{32,})'|([\w+/-]{32,}))/g;
  return [...text.matchAll(written)].map(([, quoted, bare]) => (quoted ?? bare)!);
}
