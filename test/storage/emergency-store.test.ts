import { afterAll, beforeAll, expect, it } from 'vitest';
import { approveEmergency, emergencies, endEmergency, requestEmergency } from '../../src/flows/handle-emergency.ts';
import { emergencyStore } from '../../src/storage/emergency-store.ts';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { callerOf, jurisdictionWith } from '../support/jurisdictions.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const reads = {
  purposes: ['LIST_VERIFICATION'],
  knows: 'OWN',
  lists: [],
  benefit: false,
  reveal: false,
  emergency: true,
} as const;
const place = jurisdictionWith({
  'public-security': { name: '公安局', pushes: {}, reads },
  health: { name: '卫健局', pushes: {}, reads },
});

it('of two agencies that may, neither sees, approves, ends or uses what the other asked for', async () => {
  const store = emergencyStore(database.walled);
  const ports = {
    emergencies: store,
    jurisdictions: { find: (id: string) => (id === place.id ? place : undefined), all: () => [place] },
    alarm: () => undefined,
    ids: uuidv7Ids(),
  };
  const of = (agency: 'public-security' | 'health', operator: string) => ({ ...callerOf(place, agency), operator });
  const wish = { because: '山洪受困人员核实身份', numbers: 3, minutes: 30 };
  const asked = await requestEmergency(wish, of('public-security', 'li.na'), ports);
  if (!asked.ok) throw new Error(JSON.stringify(asked));
  const { id } = asked.value;
  const stranger = of('health', 'wang.wei');
  expect(await emergencies(stranger, ports)).toEqual({ ok: true, value: [] });
  for (const decide of [approveEmergency, endEmergency]) {
    expect(await decide(id, stranger, ports)).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } });
  }
  expect(await approveEmergency(id, of('public-security', 'wang.wei'), ports)).toMatchObject({ ok: true });
  const user = { jurisdiction: place.id, operator: 'li.na' } as const;
  expect(await store.use({ ...user, agency: 'health' }, 1)).toBeUndefined();
  expect(await store.opened({ ...user, agency: 'health' })).toBeUndefined();
  expect(await store.use({ ...user, agency: 'public-security' }, 1)).toBe(id);
});
