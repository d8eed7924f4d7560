import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadJurisdictions } from '../../src/storage/jurisdiction-files.ts';
import { residentId } from '../support/id-numbers.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yidang-places-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const yearOf = (pack: string): number => Number(pack.slice(-4));

/** A place whose file names these numbers as placeholders. */
function load(numbers: string) {
  const content = readFileSync('jurisdictions/130628.yaml', 'utf8');
  writeFileSync(join(folder, '130628.yaml'), `${content}\nplaceholderNumbers: [${numbers}]\n`);
  return loadJurisdictions(folder, yearOf).find('130628')?.placeholderNumbers;
}

test('a place names placeholders of its own as rows write them', () => {
  const number = residentId(7);
  expect(load(`'${number.slice(0, 6)} ${number.slice(6)}', 'H0123456702'`)).toEqual(new Set([number, 'H01234567']));
});

test.each([
  ['no number', "'无'"],
  ['a wrong check digit', `'${residentId(7).slice(0, 17)}${residentId(7).endsWith('0') ? '1' : '0'}'`],
  ['a number without quotes', '130628198005150070'],
])('%s is refused by its place in the file, and not repeated', (_why, number) => {
  expect(() => load(number)).toThrow(/^130628\.yaml placeholderNumbers\.0: .+$/);
  expect(() => load(number)).not.toThrow(number.replaceAll("'", ''));
});
