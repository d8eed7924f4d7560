import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runDemo, SAMPLES_DIR } from '../../../src/cli/demo/run-demo.ts';
import { readSamples } from '../../../src/cli/demo/samples.ts';
import { loadConfig, type Config } from '../../../src/config.ts';
import { loadJurisdictions } from '../../../src/storage/jurisdiction-files.ts';
import { readPacks } from '../../../src/storage/pack-files.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';
import { TEST_KEY_FILE } from '../../support/sealing-keys.ts';
import { countRows } from '../../support/stored-rows.ts';

const ROOT = join(import.meta.dirname, '../../..');
const samples = readSamples(SAMPLES_DIR);

/** What is printed until the hub is filled, and how many lists were new to it. */
interface Run {
  readonly news: number;
  readonly lines: readonly string[];
  readonly stored: Readonly<Record<string, number>>;
}

describe('the demonstration, run twice on the same data', () => {
  const dir = mkdtempSync(join(tmpdir(), 'yidang-demo-'));
  let database: TestDatabase;
  let first: Run;
  let second: Run;

  beforeAll(async () => {
    database = await testDatabase();
    const config = loadConfig({
      YIDANG_ENV: 'development',
      DATA_DIR: dir,
      PORT: '0',
      LOG_LEVEL: 'error',
      DATABASE_URL: database.source.url,
      SEALING_KEY_FILE: TEST_KEY_FILE,
    });
    first = await run(config);
    second = await run(config);
  }, 180_000);
  afterAll(async () => {
    await database?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  async function run(config: Config): Promise<Run> {
    const lines: string[] = [];
    const hub = await runDemo(config, (line) => void lines.push(line), new AbortController().signal);
    await hub.stop();
    return { news: hub.news, lines, stored: await countRows(database.pool) };
  }

  const tablesOf = ({ lines }: Run): readonly string[] => lines.slice(lines.findIndex((line) => line.includes('截至')));

  test('every list is received, and every place has a row that is sent back', () => {
    expect(first.news).toBe(samples.flatMap(({ lists }) => lists).length);
    expect(first.lines.filter((line) => / row \d+ REJECTED /.test(line)).length).toBeGreaterThanOrEqual(samples.length);
    expect(first.lines.join('\n')).not.toContain('already received');
  });

  test('everybody stands in the table of their pack', () => {
    const text = tablesOf(first).join('\n');
    for (const { pack, people } of samples) {
      const table = text.slice(text.indexOf(pack)).split('\n\n')[0];
      for (const { name } of people) expect(table).toContain(`\n${name} `);
    }
  });

  test('the tables show what policies are about: refunds, matters for a person, newborns, deaths, several funds', () => {
    const text = tablesOf(first).join('\n');
    for (const word of ['ALLOWED', 'REVIEW', '! DEATH_UNCONFIRMED', '! CATEGORY_NOT_IN_POLICY', '残疾人就业保障金']) {
      expect(text).toContain(word);
    }
    // Paid for under the birth certificate, asked for by the number that came later: cover since birth.
    expect(text).toMatch(/陈雨桐 .* 2026-01-15\.\.2026-12-31/);
    expect(text).toMatch(/赵德福 .* 2026-01-01\.\.2026-03-01/);
  });

  test('no id number is printed', () => {
    expect(first.lines.join('\n')).not.toMatch(/\d{17}[\dX]/);
  });

  test('the second run receives nothing again, changes nothing, and answers the same', () => {
    expect(second.news).toBe(0);
    expect(second.lines.filter((line) => line.includes('already received'))).toHaveLength(first.news);
    expect(second.stored).toEqual(first.stored);
    expect(tablesOf(second)).toEqual(tablesOf(first));
  });
});

test('every agency that can push a list pushes one in the samples', () => {
  const years = new Map(readPacks(join(ROOT, 'packs')).map(({ id, policyYear }) => [id, policyYear]));
  for (const { packs, agencies } of loadJurisdictions(join(ROOT, 'jurisdictions'), (id) => years.get(id)).all()) {
    const pushing = Object.entries(agencies).filter(([, { pushes }]) => Object.keys(pushes).length > 0);
    const here = samples.filter(({ pack }) => packs.includes(pack)).flatMap(({ lists }) => lists);
    expect(new Set(here.map(({ agency }) => agency))).toEqual(new Set(pushing.map(([agency]) => agency)));
  }
});
