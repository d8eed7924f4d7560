import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../src/config.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'yidang-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PEPPER = randomBytes(32).toString('hex');
const PRODUCTION = {
  YIDANG_ENV: 'production',
  NODE_ENV: 'production',
  SUBJECT_KEY_PEPPER: PEPPER,
  PUBLIC_URL: 'https://hub.example',
  ISSUER_KEY_FILE: '/etc/yidang/issuer.json',
  AUDIT_KEY_FILE: '/etc/yidang/audit.json',
  SEALING_KEY_FILE: '/etc/yidang/sealing.json',
};

const load = (variables: Record<string, string>) => loadConfig({ DATA_DIR: folder, ...variables });

function problemsWith(variables: Record<string, string>): string[] {
  try {
    load(variables);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems.map(({ variable }) => variable).sort();
  }
}

describe('with nothing said', () => {
  test('the hub tries itself out on this machine alone', () => {
    expect(load({})).toMatchObject({
      environment: 'development',
      host: '127.0.0.1',
      port: 4000,
      publicUrl: 'http://127.0.0.1:4000',
      database: { kind: 'embedded', dir: join(folder, 'postgres') },
      issuer: { kind: 'built-in', url: 'http://127.0.0.1:4000' },
      subgraphs: {},
    });
  });

  test('the pepper is made once, kept, and readable by its owner alone', () => {
    const first = load({}).subjectKeyPepper;
    expect(first.length).toBeGreaterThanOrEqual(32);
    expect(load({}).subjectKeyPepper).toBe(first);
    expect(readFileSync(join(folder, 'pepper'), 'utf8')).toBe(first);
    expect(statSync(join(folder, 'pepper')).mode & 0o777).toBe(0o600);
  });

  test('an empty variable counts as absent', () => {
    expect(load({ PORT: '', DATABASE_URL: '' })).toMatchObject({ port: 4000, environment: 'development' });
  });
});

const environments: ReadonlyArray<[why: string, variables: Record<string, string>, environment: string]> = [
  ['an address others can reach', { ...PRODUCTION, YIDANG_ENV: '', HOST: '0.0.0.0' }, 'production'],
  ['a database of the site', { ...PRODUCTION, YIDANG_ENV: '', DATABASE_URL: 'postgres://db/hub' }, 'production'],
  ['said to be development', { YIDANG_ENV: 'development', DATABASE_URL: 'postgres://db/hub' }, 'development'],
];
test.each(environments)('%s', (_why, variables, environment) => {
  expect(load(variables).environment).toBe(environment);
});

const refused: ReadonlyArray<[why: string, variables: Record<string, string>, named: string[]]> = [
  ['a port that is none', { PORT: '80000' }, ['PORT']],
  ['a port in words', { PORT: 'http' }, ['PORT']],
  ['a database that is not PostgreSQL', { DATABASE_URL: 'mysql://db/hub' }, ['DATABASE_URL']],
  ['several at once', { PORT: '-1', LOG_LEVEL: 'loud', SUBGRAPHS: 'insurance' }, ['LOG_LEVEL', 'PORT', 'SUBGRAPHS']],
  ['a subgraph without a web address', { SUBGRAPHS: 'insurance=ftp://x' }, ['SUBGRAPHS']],
  ['half an external issuer', { ISSUER_URL: 'https://issuer.example' }, ['ISSUER_JWKS_URL']],
  ['the other half', { ISSUER_JWKS_URL: 'https://issuer.example/jwks' }, ['ISSUER_URL']],
  ['a short pepper', { SUBJECT_KEY_PEPPER: 'short' }, ['SUBJECT_KEY_PEPPER']],
  ['anybody signing in from elsewhere', { YIDANG_ENV: 'development', HOST: '0.0.0.0' }, ['YIDANG_ENV']],
  [
    'production without its secrets',
    { YIDANG_ENV: 'production', HOST: '0.0.0.0' },
    ['AUDIT_KEY_FILE', 'ISSUER_KEY_FILE', 'NODE_ENV', 'PUBLIC_URL', 'SEALING_KEY_FILE', 'SUBJECT_KEY_PEPPER'],
  ],
  ['documents of anybody’s own in production', { ...PRODUCTION, FREE_QUERIES: 'everybody' }, ['FREE_QUERIES']],
  ['patience without an end', { ...PRODUCTION, SLOW_SENDER_SECONDS: '61' }, ['SLOW_SENDER_SECONDS']],
  ['no patience', { ...PRODUCTION, SLOW_SENDER_SECONDS: '0' }, ['SLOW_SENDER_SECONDS']],
  ['production in clear text', { ...PRODUCTION, PUBLIC_URL: 'http://hub.example' }, ['PUBLIC_URL']],
  [
    'keys of the issuer in clear text',
    { ...PRODUCTION, ISSUER_URL: 'https://issuer.example', ISSUER_JWKS_URL: 'http://issuer.example/jwks' },
    ['ISSUER_JWKS_URL'],
  ],
];
test.each(refused)('refuses %s', (_why, variables, named) => {
  expect(problemsWith(variables)).toEqual(named);
});

test('says what is wrong without repeating the value, which may be a secret', () => {
  expect(() => load({ DATABASE_URL: 'mysql://user:hunter2@db/hub' })).toThrow(/^DATABASE_URL: .+ \/ .+$/);
  expect(() => load({ DATABASE_URL: 'mysql://user:hunter2@db/hub' })).not.toThrow(/hunter2/);
});

test('production that is told everything starts, and reads its addresses without a slash at the end', () => {
  const config = load({
    ...PRODUCTION,
    PUBLIC_URL: 'https://hub.example/',
    SUBGRAPHS: 'insurance=http://i:1/graphql, tax=http://t:2/',
    GATEWAY_KEY_FILE: '/etc/yidang/gateway.json',
  });
  expect(config).toMatchObject({
    environment: 'production',
    publicUrl: 'https://hub.example',
    subjectKeyPepper: PEPPER,
    issuer: { kind: 'built-in', signingKeyFile: '/etc/yidang/issuer.json' },
    subgraphs: { insurance: 'http://i:1/graphql', tax: 'http://t:2' },
    freeQueries: 'granted',
    patience: 10_000,
  });
});

test('the address of an embedded server is a database address', () => {
  const url = 'postgresql:///yidang?host=%2Ftmp%2Fpg&port=54329&user=postgres';
  expect(load({ YIDANG_ENV: 'development', DATABASE_URL: url }).database).toEqual({ kind: 'server', url });
});
