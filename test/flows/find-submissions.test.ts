import { describe, expect, it } from 'vitest';
import { findSubmission, findSubmissions, pageSubmissions, pageVerdicts } from '../../src/flows/find-submissions.ts';
import type { Page, StoredSubmission } from '../../src/flows/ports.ts';
import { callerOf, jurisdictionWith } from '../support/jurisdictions.ts';

const here = jurisdictionWith({
  'civil-affairs': { name: '民政局', pushes: { deaths: {}, hardship: {} } },
  tax: { name: '税务局', pushes: { payments: {} } },
});
const civil = callerOf(here, 'civil-affairs');
const tax = callerOf(here, 'tax');

const submission = (number: number, agency: 'civil-affairs' | 'tax', list: StoredSubmission['list']) =>
  ({
    id: `00000000-0000-7000-8000-00000000000${number}`,
    jurisdiction: here.id,
    agency,
    list,
  }) as StoredSubmission;
const stored = [
  submission(1, 'civil-affairs', 'deaths'),
  submission(2, 'civil-affairs', 'hardship'),
  submission(3, 'tax', 'payments'),
];

const pageOf = <T>(items: readonly T[]): Page<T> => ({ items, next: null, total: items.length });
const ports = {
  jurisdictions: { find: (id: string) => (id === here.id ? here : undefined), all: () => [here] },
  submissions: {
    find: async (jurisdiction: string, id: string) =>
      stored.find((one) => one.jurisdiction === jurisdiction && one.id === id),
    page: async (_jurisdiction: string, filter: { readonly agency?: string; readonly list?: string }) =>
      pageOf(
        stored.filter(
          ({ agency, list }) =>
            (filter.agency === undefined || agency === filter.agency) &&
            (filter.list === undefined || list === filter.list),
        ),
      ),
    findOwn: async (_jurisdiction: string, agency: string, ids: readonly string[]) =>
      stored.filter((one) => one.agency === agency && ids.includes(one.id)),
    rows: async () => pageOf([{ row: 1, outcome: 'ACCEPTED' as const, findings: [], subjectKey: null, sent: {} }]),
  },
};

describe('an agency and its submissions', () => {
  it('finds its own; another’s is as absent as one that never was', async () => {
    expect(await findSubmission(stored[0]!.id, civil, ports)).toEqual({ ok: true, value: stored[0] });
    expect(await findSubmission(stored[0]!.id, tax, ports)).toEqual({ ok: true, value: null });
    expect(await findSubmission('00000000-0000-7000-8000-000000000009', civil, ports)).toEqual({
      ok: true,
      value: null,
    });
    const asked = [stored[2]!.id, stored[1]!.id, 'no id'];
    expect(await findSubmissions(asked, civil, ports)).toEqual({ ok: true, value: [null, stored[1], null] });
    expect(await findSubmission('not an id', civil, ports)).toEqual({ ok: true, value: null });
  });

  it('pages through its own only', async () => {
    const ids = async (list: StoredSubmission['list'] | null) => {
      const answer = await pageSubmissions({ list, status: null }, 10, null, civil, ports);
      return answer.ok && answer.value.items.map((one) => one.list);
    };
    expect(await ids(null)).toEqual(['deaths', 'hardship']);
    expect(await ids('hardship')).toEqual(['hardship']);
    expect(await ids('payments')).toEqual([]);
  });

  it('reads the verdicts on its own rows only', async () => {
    expect(await pageVerdicts(stored[0]!.id, null, 10, null, civil, ports)).toMatchObject({ ok: true });
    expect(await pageVerdicts(stored[0]!.id, null, 10, null, tax, ports)).toMatchObject({
      ok: false,
      refusal: { code: 'NOT_FOUND' },
    });
  });

  it.each([0, -1, 1.5, 5_001, Number.NaN])('refuses a page of %d', async (first) => {
    const refusal = { ok: false, refusal: { code: 'BAD_USER_INPUT' } };
    expect(await pageSubmissions({ list: null, status: null }, first, null, civil, ports)).toMatchObject(refusal);
    expect(await pageVerdicts(stored[0]!.id, null, first, null, civil, ports)).toMatchObject(refusal);
  });

  it('is refused without a token or its scope', async () => {
    const narrowed = { ...civil, scopes: new Set(['list:deaths:push']) };
    for (const [caller, code] of [
      [null, 'UNAUTHENTICATED'],
      [narrowed, 'FORBIDDEN'],
    ] as const) {
      const refusal = { ok: false, refusal: { code } };
      expect(await findSubmission(stored[0]!.id, caller, ports)).toMatchObject(refusal);
      expect(await pageSubmissions({ list: null, status: null }, 10, null, caller, ports)).toMatchObject(refusal);
      expect(await pageVerdicts(stored[0]!.id, null, 10, null, caller, ports)).toMatchObject(refusal);
    }
  });
});
