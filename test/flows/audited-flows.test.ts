import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import type { AskedIn } from '../../src/domain/access/caller.ts';
import { granted } from '../../src/domain/access/refusal.ts';
import type { AuditEntry } from '../../src/domain/audit/audit-entry.ts';
import type { PersonView } from '../../src/flows/answer-person.ts';
import { auditedFlows } from '../../src/flows/audited-flows.ts';
import type { Flows } from '../../src/flows/flows.ts';
import { AuditUnavailable } from '../../src/flows/ports-audit.ts';
import type { StoredSubmission } from '../../src/flows/ports.ts';
import { callerOf, jurisdictionWith } from '../support/jurisdictions.ts';

const here = jurisdictionWith({ tax: { name: '税务局', pushes: { payments: {}, 'refund-applications': {} } } });

const push = { list: 'payments' } as Parameters<Flows['receiveList']>[0];
const submission = (id: string): StoredSubmission =>
  ({ id, list: 'payments', counts: { sent: 1 }, digest: `of ${id}` }) as StoredSubmission;

/** Flows that take pushes in, sign receipts and show a household, over a log that does as it is told. */
function desk(append: (entries: readonly AuditEntry[]) => Promise<void>) {
  const log: AuditEntry[] = [];
  const head = () => ({ log: here.id, size: log.length, root: '' });
  let next = 0;
  const flows = {
    receiveList: async () => granted({ submission: submission(`s${++next}`) }),
    signReceipt: async () => granted(`of ${log.length} entries`),
    findHouseholdsOf: async ([asked]: readonly PersonView[]) =>
      granted([{ members: [{ view: asked }, { view: { ...asked, id: 'p2' } }] }]),
  } as unknown as Flows;
  const audited = auditedFlows(flows, {
    audit: {
      append: async (_log, entries) => {
        await append(entries);
        log.push(...entries);
        return head();
      },
      head: async () => head(),
      check: async () => {},
    },
    budgets: { draw: async (_log, { ahead }) => ({ amount: ahead, until: new Date('2026-03-02T00:00:00Z') }) },
    jurisdictions: { find: () => here, all: () => [here] },
    clock: { now: () => new Date('2026-03-01T00:00:00Z') },
  });
  const request: AskedIn = { id: 'r', operation: 'Test' };
  return { ...audited, log, caller: { ...callerOf(here, 'tax'), request } };
}

it('what could not be put down for a receipt leaves the whole request without an answer', async () => {
  let isThere = false;
  const { flows, settle, caller } = desk(async () => {
    if (!isThere) throw new AuditUnavailable();
  });
  await flows.receiveList(push, caller);
  await expect(flows.signReceipt(submission('s1'), caller)).rejects.toThrow(AuditUnavailable);
  isThere = true;
  await expect(settle(caller)).rejects.toThrow(AuditUnavailable);
});

it('of two receipts asked for at once neither is signed before the push is put down', async () => {
  const { flows, caller } = desk(() => new Promise((put) => setImmediate(put)));
  await flows.receiveList(push, caller);
  const sign = () => flows.signReceipt(submission('s1'), caller);
  expect(await Promise.all([sign(), sign()])).toEqual([granted('of 1 entries'), granted('of 1 entries')]);
});

it('each of several pushes of a request is put down with the digest of its own content', async () => {
  const { flows, settle, log, caller } = desk(async () => {});
  await flows.receiveList(push, caller);
  await flows.receiveList(push, caller);
  await settle(caller);
  expect(log.map(({ submissions, count, digest }) => ({ submissions, count, digest }))).toEqual([
    { submissions: ['s1'], count: 1, digest: 'of s1' },
    { submissions: ['s2'], count: 1, digest: 'of s2' },
  ]);
});

it('what is noted of a request is not seen in it, nor taken along by a copy', async () => {
  const { flows, settle, log, caller } = desk(async () => {});
  await flows.receiveList(push, caller);
  const { request } = caller;
  expect(inspect(request, { depth: null })).toBe("{ id: 'r', operation: 'Test' }");
  expect(Reflect.ownKeys({ ...request })).toEqual(['id', 'operation']);
  await settle({ ...caller, request: { ...request } });
  expect(log).toEqual([]);
  await settle(caller);
  expect(log).toHaveLength(1);
});

it('who was in a household is put down as known at the instant for which it was read', async () => {
  const { flows, settle, log, caller } = desk(async () => {});
  const knownAt = new Date('2025-06-01T00:00:00Z');
  const head = { id: 'p1', purpose: 'AUDIT', knownAt, claims: [] } as unknown as PersonView;
  await flows.findHouseholdsOf([head], { asOf: null, policyYear: null }, caller);
  await settle(caller);
  expect(log.map((entry) => [entry.person, entry.knownAt])).toEqual([
    ['p1', knownAt],
    ['p2', knownAt],
  ]);
});
