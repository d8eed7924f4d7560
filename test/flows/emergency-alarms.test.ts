import { expect, it } from 'vitest';
import type { Emergency } from '../../src/domain/access/emergency.ts';
import { approveEmergency, endEmergency, requestEmergency } from '../../src/flows/handle-emergency.ts';
import type { Alarm, EmergencyStore } from '../../src/flows/ports-emergency.ts';
import { beginInEmergency } from '../../src/flows/read-in-emergency.ts';
import { callerOf, jurisdictionWith, readerGrant } from '../support/jurisdictions.ts';

const here = jurisdictionWith({ 'public-security': readerGrant({ emergency: true }) });
const asker = { ...callerOf(here, 'public-security'), operator: 'li.na' };
const NOON = new Date('2026-07-20T12:00:00Z');

/** Keeps one emergency, of one number. */
function ports() {
  const heard: Parameters<Alarm>[0][] = [];
  let kept: Emergency | undefined;
  const change = (changes: Partial<Emergency>): Emergency => (kept = { ...kept!, ...changes });
  const emergencies: EmergencyStore = {
    add: async (asked) => {
      const none = { approvedBy: null, until: null, endedBy: null, endedAt: null };
      return change({ ...asked, ...none, used: 0, askedAt: NOON, asOf: NOON });
    },
    find: async () => kept,
    latest: async () => [kept!],
    approve: async (_, by) => change({ approvedBy: by, until: new Date(NOON.getTime() + 60_000) }),
    end: async (_, by) => change({ endedBy: by, endedAt: NOON }),
    use: async () => (kept?.until && kept.used === 0 ? change({ used: 1 }).id : undefined),
    keepOpened: async () => {},
    opened: async () => new Set(),
  };
  return {
    heard,
    emergencies,
    alarm: (told: Parameters<Alarm>[0]) => void heard.push(told),
    jurisdictions: { find: () => here, all: () => [here] },
    clock: { now: () => NOON },
    ids: { next: () => 'e' },
  };
}

it('whoever watches hears of each step of an emergency, and of each use, refused ones too', async () => {
  const all = ports();
  const look = () => beginInEmergency(1, null, asker, all);
  await look();
  await requestEmergency({ because: '山洪 130628198001010011', numbers: 1, minutes: 1 }, asker, all);
  await approveEmergency('e', { ...asker, operator: 'wang.wei' }, all);
  await look();
  await look();
  await endEmergency('e', asker, all);
  expect(all.heard.map(({ did, emergency, client }) => [did, emergency, client])).toEqual([
    ['REFUSED', null, asker.client],
    ['ASKED', 'e', asker.client],
    ['APPROVED', 'e', asker.client],
    ['USED', 'e', asker.client],
    ['REFUSED', null, asker.client],
    ['ENDED', 'e', asker.client],
  ]);
  expect(JSON.stringify(all.heard)).not.toContain('山洪');
});

it('is not heard of where nothing was done: approved by who asked, or not granted', async () => {
  const all = ports();
  await requestEmergency({ because: '山洪', numbers: 1, minutes: 1 }, asker, all);
  all.heard.length = 0;
  expect((await approveEmergency('e', asker, all)).ok).toBe(false);
  expect((await beginInEmergency(1, null, { ...asker, scopes: new Set() }, all)).ok).toBe(false);
  expect(all.heard).toEqual([]);
});
