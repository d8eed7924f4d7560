import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgencyGrant } from '../../src/domain/access/caller.ts';
import { AGENCIES } from '../../src/domain/intake/words.ts';
import { DEFAULT_LIMITS } from '../../src/domain/access/caller.ts';
import { JurisdictionFilesError, loadJurisdictions } from '../../src/storage/jurisdiction-files.ts';

const SHIPPED = 'jurisdictions';
const yearOf = (pack: string): number | undefined => (/-\d{4}$/.test(pack) ? Number(pack.slice(-4)) : undefined);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yidang-places-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const gaoyang = (): string => readFileSync(join(SHIPPED, '130628.yaml'), 'utf8');

function problemsOf(content: string, file = '130628.yaml'): string[] {
  writeFileSync(join(folder, file), content);
  try {
    loadJurisdictions(folder, yearOf);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(JurisdictionFilesError);
    return (error as JurisdictionFilesError).problems.map(({ file: name, at }) => `${name} ${at}`);
  }
}

describe('the jurisdictions that come along', () => {
  const places = loadJurisdictions(SHIPPED, yearOf);

  test('are the five policies’ four places', () => {
    expect(
      places
        .all()
        .flatMap(({ packs }) => packs)
        .sort(),
    ).toEqual(['gaoyang-2024', 'gaoyang-2026', 'qixian-2022', 'tunliu-2024', 'yueyanglou-2025']);
    expect(places.find('130628')?.name).toBe('高阳县');
    expect(places.find('999999')).toBeUndefined();
  });

  /** Who pushes what in the stories of policy cases; every place takes every story. */
  const stories = {
    deaths: ['civil-affairs', 'public-security', 'health', 'town'],
    births: ['health'],
    registrations: ['medical-insurance'],
    enrolments: ['medical-insurance'],
    hardship: ['civil-affairs', 'rural-affairs', 'veterans', 'health', 'organization'],
    disability: ['disabled-federation'],
    students: ['education'],
    payments: ['tax'],
    'refund-applications': ['tax'],
    'life-events': ['civil-affairs', 'veterans', 'justice'],
    'migrant-workers': ['town', 'village'],
    residents: ['public-security'],
  } as const;

  test.each(Object.entries(stories))('every place takes %s', (list, agencies) => {
    for (const place of places.all()) {
      for (const agency of agencies) {
        expect(place.agencies[agency]?.pushes, `${place.id} ${agency}`).toHaveProperty(list);
      }
    }
  });

  test('nobody but medical insurance sees every list; names and numbers whole only it and the register, which settles by them', () => {
    for (const { agencies } of places.all()) {
      const whom = (holds: (reads: NonNullable<AgencyGrant['reads']>) => boolean): string[] =>
        (Object.keys(AGENCIES) as (keyof typeof AGENCIES)[]).filter((agency) => {
          const reads = agencies[agency]?.reads;
          return reads !== undefined && holds(reads);
        });
      expect(whom(({ lists }) => lists === 'ALL')).toEqual(['medical-insurance']);
      expect(whom(({ reveal }) => reveal)).toEqual(['medical-insurance', 'public-security']);
    }
  });

  test('each hardship category has an office that pushes it, other than disability only one family of offices', () => {
    for (const { agencies } of places.all()) {
      expect(agencies['civil-affairs']?.pushes.hardship?.categories).not.toContain('MONITORED_AT_RISK');
      expect(agencies['rural-affairs']?.pushes.hardship?.categories).not.toContain('SUBSISTENCE_ALLOWANCE');
    }
  });
});

const mistakes: ReadonlyArray<[why: string, from: string | RegExp, to: string, at: string]> = [
  ['a word that is no agency', 'civil-affairs:', 'civil-afairs:', 'agencies.civil-afairs'],
  ['a word that is no list', 'students: {}', 'pupils: {}', 'agencies.education.pushes.pupils'],
  ['a word that is no category', '- ORPHAN', '- ORPHANS', 'agencies.civil-affairs.pushes.hardship.categories.1'],
  ['a word that is no purpose', '[LIST_VERIFICATION]', '[CURIOSITY]', 'agencies.civil-affairs.reads.purposes.0'],
  ['an entry that there is not', 'reveal: true', 'revealAll: true', 'agencies.medical-insurance.reads.reveal'],
  [
    'categories of a list that has none',
    'students: {}',
    'students: { categories: [ORPHAN] }',
    'agencies.education.pushes.students',
  ],
  [
    'all categories at once',
    'hardship: { categories: [FAMILY_PLANNING] }',
    'hardship: {}',
    'agencies.health.pushes.hardship',
  ],
  [
    'categories of another list',
    'disability: { categories: [SEVERE_DISABILITY, ',
    'disability: { categories: [ORPHAN, ',
    'agencies.disabled-federation.pushes.disability',
  ],
  [
    'signatures that are anything but required',
    'name: 高阳县民政局',
    'name: 高阳县民政局\n    signature: optional',
    'agencies.civil-affairs.signature',
  ],
  ['a source of deaths that pushes none', 'sources: [civil-affairs', 'sources: [education', 'deaths.sources'],
  ['more to agree than there are', 'mustAgree: 2', 'mustAgree: 9', 'deaths.mustAgree'],
  ['nobody who must agree', 'mustAgree: 2', 'mustAgree: 0', 'deaths.mustAgree'],
  ['a pack that is not held', 'gaoyang-2026', 'gaoyang-next', 'packs'],
  ['two packs for one year', 'gaoyang-2026', 'other-2024', 'packs'],
  ['a number where text belongs', "id: '130628'", 'id: 130628', 'id'],
  ['an id that is not the name of the file', "id: '130628'", "id: '130629'", 'id'],
  [
    'a word of survivorship for an agency not there',
    'birthDate: [health',
    'birthDate: [statistics',
    'survivorship.birthDate',
  ],
  [
    'an agency not there in the long form',
    '{ prefer: NEWEST, order: [public-security] }',
    '{ prefer: NEWEST, order: [statistics] }',
    'survivorship.householdNumber',
  ],
  [
    'a way of preferring that there is not',
    'prefer: NEWEST, order',
    'prefer: OLDEST, order',
    'survivorship.householdNumber',
  ],
];
test.each(mistakes)('names %s', (_why, from, to, at) => {
  const content = gaoyang().replace(from, to);
  expect(content).not.toBe(gaoyang());
  expect(problemsOf(content)).toContain(`130628.yaml ${at}`);
});

const limitMistakes: ReadonlyArray<[why: string, limits: string, at: string]> = [
  ['more than everything', 'badRowsPercent: 101', 'limits.badRowsPercent'],
  ['less than nothing', 'shrink: { percent: -1, butAtLeast: 50 }', 'limits.shrink.percent'],
  ['half a limit', 'shrink: { percent: 5 }', 'limits.shrink.butAtLeast'],
  ['half a death', 'newDeaths: 0.5', 'limits.newDeaths'],
  ['a share as text', "badRowsPercent: '10'", 'limits.badRowsPercent'],
  ['a limit that there is not', 'newBirths: 5', 'limits.newBirths'],
];
test.each(limitMistakes)('names %s', (_why, limits, at) => {
  expect(problemsOf(withLimits(limits))).toEqual([`130628.yaml ${at}`]);
});

const readLimits: ReadonlyArray<[why: string, limits: string, read: object]> = [
  [
    'all of them',
    'shrink: { percent: 2.5, butAtLeast: 0 }, newDeaths: 40, badRowsPercent: 10',
    { shrink: { percent: 2.5, butAtLeast: 0 }, newDeaths: 40, badRowsPercent: 10 },
  ],
  ['one of them, the others as usual', 'badRowsPercent: 10', { ...DEFAULT_LIMITS, badRowsPercent: 10 }],
  ['bad rows without a limit', 'badRowsPercent: null', DEFAULT_LIMITS],
];
test.each(readLimits)('reads limits: %s', (_why, limits, read) => {
  expect(problemsOf(withLimits(limits))).toEqual([]);
  expect(loadJurisdictions(folder, yearOf).find('130628')?.limits).toEqual(read);
});

function withLimits(limits: string): string {
  return `${gaoyang().replace(/^limits:[^]*?(?=^\S)/m, '')}\nlimits: { ${limits} }\n`;
}

test('names the line of what is no YAML', () => {
  expect(problemsOf(`${gaoyang()}\n  : : [`)[0]).toMatch(/^130628\.yaml line \d+$/);
});

test('an agency written twice is no YAML either: the second would silently win', () => {
  expect(problemsOf(`${gaoyang()}\n  tax:\n    name: x\n    pushes: {}\n`)[0]).toMatch(/^130628\.yaml line \d+$/);
});

test('a folder without jurisdictions is a mistake', () => {
  expect(() => loadJurisdictions(folder, yearOf)).toThrow(JurisdictionFilesError);
});
