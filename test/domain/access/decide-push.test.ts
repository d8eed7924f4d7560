import { expect, it } from 'vitest';
import { decideCategories, decidePush } from '../../../src/domain/access/decide-push.ts';
import { callerOf, jurisdictionWith } from '../../support/jurisdictions.ts';

const gaoyang = jurisdictionWith({
  'rural-affairs': { name: '农业农村局', pushes: { hardship: { categories: ['MONITORED_AT_RISK'] }, students: {} } },
});
const ruralAffairs = callerOf(gaoyang, 'rural-affairs');
const hardship = { list: 'hardship', jurisdiction: null } as const;

it('grants a list by file and token, with the categories of the file', () => {
  expect(decidePush(hardship, ruralAffairs, gaoyang)).toMatchObject({
    value: { categories: new Set(['MONITORED_AT_RISK']) },
  });
  expect(decidePush({ list: 'students', jurisdiction: gaoyang.id }, ruralAffairs, gaoyang)).toMatchObject({
    value: { categories: 'ALL' },
  });
});

it('takes no other jurisdiction’s grant for the caller’s own', () => {
  const elsewhere = { ...gaoyang, id: '430602' };
  expect(decidePush(hardship, ruralAffairs, elsewhere)).toMatchObject({ refusal: { code: 'FORBIDDEN' } });
  expect(decidePush(hardship, ruralAffairs, undefined)).toMatchObject({ refusal: { code: 'FORBIDDEN' } });
});

it('forbids the whole push for one category too many', () => {
  const right = { categories: new Set(['MONITORED_AT_RISK'] as const) };
  expect(decideCategories(right, []).ok).toBe(true);
  expect(decideCategories(right, ['MONITORED_AT_RISK']).ok).toBe(true);
  expect(decideCategories(right, ['MONITORED_AT_RISK', 'ORPHAN'])).toMatchObject({ refusal: { code: 'FORBIDDEN' } });
  expect(decideCategories({ categories: 'ALL' }, ['ORPHAN']).ok).toBe(true);
});
