import { describe, expect, it } from 'vitest';
import type { AgencyGrant, Caller } from '../../src/domain/access/caller.ts';
import { linkFile, openFileLink, type FileLinkPorts } from '../../src/flows/file-links.ts';
import type { FileLink } from '../../src/flows/ports-file-links.ts';
import { jurisdictionWith } from '../support/jurisdictions.ts';

const NOW = new Date('2026-03-02T02:00:00Z');
const SECRET = 's'.repeat(43);
const ONE = '018f0000-0000-7000-8000-000000000001';
const TWO = '018f0000-0000-7000-8000-000000000002';
const WISH = { kind: 'rejected.csv', id: ONE, purpose: null } as const;

const caller: Caller = {
  client: '130628:tax',
  agency: 'tax',
  jurisdiction: '130628',
  scopes: new Set(['submission:read']),
  operator: 'li.na',
  request: { id: 'r-1', operation: 'POST' },
};

/** Ports of one agency, one of whose submissions is there and judged. */
function portsFor(grant: Partial<AgencyGrant>) {
  const kept: FileLink[] = [];
  const place = jurisdictionWith({ tax: { name: '税务局', pushes: { payments: {} }, ...grant } });
  const submission = {
    ...{ id: ONE, jurisdiction: '130628', agency: 'tax', list: 'payments', fileColumns: null },
    counts: { sent: 1, accepted: 0, unchanged: 0, flagged: 0, rejected: 1 },
  };
  const ports = {
    clock: { now: () => NOW },
    jurisdictions: { all: () => [place], find: () => place },
    submissions: { find: async (_jurisdiction: string, id: string) => (id === ONE ? submission : null) },
    rejectedRows: {
      blocks: async function* () {
        yield expect.unreachable('nothing is read for a link');
      },
    },
    fileLinks: {
      add: async (link: FileLink) => {
        kept.push(link);
        return SECRET;
      },
      use: async (_jurisdiction: string, secret: string) =>
        secret === SECRET ? { ...kept[0]!, isOpen: true } : undefined,
    },
  } as unknown as FileLinkPorts;
  return { ports, kept };
}

describe('a link to a file', () => {
  it('is for whoever may have the file, in their name, for fifteen minutes; the request stays out of it', async () => {
    const { ports, kept } = portsFor({});
    const until = new Date('2026-03-02T02:15:00Z');
    expect(await linkFile(WISH, { ...caller, revealBecause: '核对 11010519491231002X' }, ports)).toEqual({
      ok: true,
      value: { ticket: `130628.${SECRET}`, until },
    });
    const { request: _, ...asker } = caller;
    expect(kept).toEqual([{ wish: WISH, asker: { ...asker, revealBecause: '核对 …' }, askedAt: NOW, until }]);
    const opened = await openFileLink(`130628.${SECRET}`, ports);
    expect(opened).toMatchObject({ ok: true, value: { wish: WISH, isOpen: true } });
  });

  it('is refused as the file is, and to agencies that prove to hold their tokens', async () => {
    const refusedBy = async (grant: Partial<AgencyGrant>, asking: Caller | null, id = ONE): Promise<string | null> => {
      const { ports, kept } = portsFor(grant);
      const answer = await linkFile({ ...WISH, id }, asking, ports);
      expect(kept).toHaveLength(answer.ok ? 1 : 0);
      return answer.ok ? null : answer.refusal.code;
    };
    expect(await refusedBy({}, caller)).toBeNull();
    expect(await refusedBy({}, null)).toBe('UNAUTHENTICATED');
    expect(await refusedBy({}, { ...caller, scopes: new Set() })).toBe('NOT_FOUND');
    expect(await refusedBy({}, caller, TWO)).toBe('NOT_FOUND');
    expect(await refusedBy({ dpop: 'required' }, caller)).toBe('FORBIDDEN');
  });

  it.each(['', '130628', SECRET, `130628.${SECRET}x`, `.${SECRET}`, `130628.${'t'.repeat(43)}`, `１.${SECRET}`])(
    'is none: %s',
    async (ticket) => {
      const { ports } = portsFor({});
      await linkFile(WISH, caller, ports);
      expect(await openFileLink(ticket, ports)).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } });
    },
  );
});
