import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attackGround, expectNoLeak, knock, type AttackGround } from '../support/attack-ground.ts';
import { problemsOfLock, type LockedPackage, type Lockfile, type Manifest } from '../support/lockfile.ts';

// Section 3.7 of the security programme, lines 105 and 106: what an outsider may not find, and what may not come in with a package.

const ROOT = resolve(import.meta.dirname, '../..');
const read = <T>(file: string): T => JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as T;

describe('what stands behind the door', () => {
  let ground: AttackGround;
  beforeAll(async () => {
    ground = await attackGround();
  });
  afterAll(() => ground.stop());

  const PATHS = [
    '/metrics',
    '/debug',
    '/debug/pprof',
    '/status',
    '/server-status',
    '/.env',
    '/.git/config',
    '/package.json',
    '/package-lock.json',
    '/dist/main.js',
    '/main.js.map',
    '/dist/cli/start.js.map',
    '/sitemap.xml',
    '/graphql.map',
    '/admin',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/graphql/../package.json',
    '//evil.example/graphql',
    '/__proto__',
    '/constructor',
  ];

  it('105. metrics, debugging, source maps, settings and files are nowhere, and no header says what runs here', async () => {
    const token = await ground.goodToken();
    for (const door of ground.doors) {
      for (const path of PATHS) {
        for (const headers of [[], [`authorization: Bearer ${token}`]]) {
          const answer = await knock(door.url, headers, door.question, path);
          expect([door.name, path, answer.status]).toEqual([door.name, path, 404]);
          expectNoLeak(path, answer);
          expect(answer.body).not.toContain(path);
        }
      }
      for (const path of ['/', '/graphql', '/healthz', '/no-such-place']) {
        const { headers } = await fetch(`${door.url}${path}`);
        for (const banner of ['server', 'x-powered-by', 'via', 'x-aspnet-version']) {
          expect([door.name, path, banner, headers.get(banner)]).toEqual([door.name, path, banner, null]);
        }
      }
    }
  });
});

describe('packages', () => {
  const lock = read<Lockfile>('package-lock.json');
  const manifest = read<Manifest>('package.json');
  const withPackage = (name: string, changed: LockedPackage): Lockfile => ({
    packages: {
      ...lock.packages,
      [`node_modules/${name}`]: { ...lock.packages[`node_modules/${name}`], license: 'MIT', ...changed },
    },
  });
  const INTEGRITY = lock.packages['node_modules/jose']!.integrity!;

  const tampered: ReadonlyArray<[why: string, lock: Lockfile, problem: string]> = [
    ['a digest taken out', withPackage('jose', { integrity: '' }), 'jose: no digest of what it holds'],
    ['a weak digest', withPackage('jose', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }), 'jose: no digest'],
    ['another place', withPackage('jose', { resolved: 'https://evil.example/jose.tgz' }), 'jose: from a place'],
    ['a folder in its place', withPackage('jose', { link: true, integrity: '' }), 'jose: no digest'],
    ['a script of a package that had none', withPackage('jose', { hasInstallScript: true }), 'jose: runs a script'],
    ['MikroORM 7.1', withPackage('@mikro-orm/core', { version: '7.1.9' }), '@mikro-orm/core: a version with a known'],
    [
      'MikroORM 6.6.14',
      withPackage('@mikro-orm/core', { version: '6.6.14' }),
      '@mikro-orm/core: a version with a known',
    ],
    [
      'Apollo Server 5.4',
      withPackage('@apollo/server', { version: '5.4.9' }),
      '@apollo/server: a version with a known',
    ],
    [
      'an old gateway deep inside',
      withPackage('a/node_modules/@apollo/gateway', { version: '2.13.1', integrity: INTEGRITY }),
      '@apollo/gateway: a version with a known weakness',
    ],
    [
      'Elastic-licensed composition',
      withPackage('@apollo/composition', { version: '2.15.1', integrity: INTEGRITY, license: 'Elastic-2.0' }),
      '@apollo/composition: licence Elastic-2.0',
    ],
    [
      'the abandoned reader of workbooks',
      withPackage('xlsx', { version: '0.18.5', integrity: INTEGRITY, license: 'Apache-2.0' }),
      'xlsx: a version with a known weakness',
    ],
  ];

  it('106. a lockfile that brings in anything else than was reviewed is refused', () => {
    expect(problemsOfLock(lock, manifest)).toEqual([]);
    for (const [why, changed, problem] of tampered) {
      const problems = problemsOfLock(changed, manifest);
      expect([why, problems]).toEqual([why, [expect.stringContaining(problem)]]);
    }
    const loose = { ...manifest, dependencies: { ...manifest.dependencies, jose: '^6.2.17' } };
    expect(problemsOfLock(lock, loose)).toEqual(['jose: not pinned to one version']);
  });
});
