import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { accessDocument } from '../../../src/cli/schema/access-document.ts';
import { loadJurisdictions } from '../../../src/storage/jurisdiction-files.ts';
import { readPacks } from '../../../src/storage/pack-files.ts';
import { jurisdictionWith, readerGrant } from '../../support/jurisdictions.ts';

test('docs/access.md says who may see what as it is decided now (npm run schema renews it)', () => {
  const years = new Map(readPacks('packs').map(({ id, policyYear }) => [id, policyYear]));
  const jurisdictions = loadJurisdictions('jurisdictions', (id) => years.get(id)).all();
  const isFresh = readFileSync('docs/access.md', 'utf8') === accessDocument(jurisdictions);
  expect(isFresh, 'docs/access.md is stale: run npm run schema').toBe(true);
});

test('it tells of each agency what its tokens may do', () => {
  const text = accessDocument([jurisdictionWith({ tax: readerGrant({ lists: ['payments'], reveal: true }) })]);
  expect(text.trimEnd().split('\n').at(-1)).toBe(
    '| `tax` 税务局 | — | `LIST_VERIFICATION` | OWN | `payments` | `reveal` | — | `person:read` `person:reveal` |',
  );
});
