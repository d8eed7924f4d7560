import type { Emergency } from '../domain/access/emergency.ts';
import type { Agency } from '../domain/intake/words.ts';
import type { EmergencyStore } from '../flows/ports-emergency.ts';
import type { WalledDatabase } from './walled-database.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Keeps emergencies (ADR 0023), and whom they opened. */
export function emergencyStore(walled: WalledDatabase): EmergencyStore {
  const some = async (jurisdiction: string, text: string, values: readonly unknown[]): Promise<Emergency[]> => {
    const { rows } = await walled.of(jurisdiction).query<EmergencyRecord>(text, [jurisdiction, ...values]);
    return rows.map(emergencyOf);
  };
  const one = async (jurisdiction: string, text: string, values: readonly unknown[]): Promise<Emergency | undefined> =>
    (await some(jurisdiction, text, values))[0];
  return {
    add: async ({ id, jurisdiction, agency, because, numbers, minutes, askedBy }) =>
      (await one(jurisdiction, ADD, [id, agency, because, numbers, minutes, askedBy]))!,
    find: async (jurisdiction, agency, id) => (UUID.test(id) ? one(jurisdiction, FIND, [agency, id]) : undefined),
    latest: (jurisdiction, agency, most) => some(jurisdiction, LATEST, [agency, most]),
    approve: ({ jurisdiction, id }, by) => one(jurisdiction, APPROVE, [id, by]),
    end: ({ jurisdiction, id }, by) => one(jurisdiction, END, [id, by]),
    use: async ({ jurisdiction, agency, operator }, numbers) => {
      const values = [jurisdiction, agency, operator, numbers];
      const { rows } = await walled.of(jurisdiction).query<{ id: string }>(USE, values);
      return rows[0]?.id;
    },
    keepOpened: async (jurisdiction, emergency, persons) => {
      if (persons.length === 0) return;
      await walled.of(jurisdiction).query(KEEP_OPENED, [jurisdiction, emergency, persons]);
    },
    opened: async ({ jurisdiction, agency, operator }) => {
      const values = [jurisdiction, agency, operator];
      const { rows } = await walled.of(jurisdiction).query<{ opened: string[] }>(OPENED, values);
      return rows.length === 0 ? undefined : new Set(rows.flatMap(({ opened }) => opened));
    },
  };
}

interface EmergencyRecord {
  readonly id: string;
  readonly jurisdiction: string;
  readonly agency: Agency;
  readonly because: string;
  readonly numbers: number;
  readonly used: number;
  readonly minutes: number;
  readonly asked_by: string;
  readonly asked_at: Date;
  readonly approved_by: string | null;
  readonly until: Date | null;
  readonly ended_by: string | null;
  readonly ended_at: Date | null;
  readonly as_of: Date;
}

const emergencyOf = ({ asked_by, asked_at, approved_by, ended_by, ended_at, as_of, ...of }: EmergencyRecord) => ({
  ...of,
  askedBy: asked_by,
  askedAt: asked_at,
  approvedBy: approved_by,
  endedBy: ended_by,
  endedAt: ended_at,
  asOf: as_of,
});

const COLUMNS = `id, jurisdiction, agency, because, numbers, used, minutes, asked_by, asked_at, approved_by, until, ended_by, ended_at,
  now()::timestamptz(3) as as_of`;

const ADD = `
insert into emergency (jurisdiction, id, agency, because, numbers, minutes, asked_by)
values ($1, $2, $3, $4, $5, $6, $7)
returning ${COLUMNS}`;

const FIND = `select ${COLUMNS} from emergency where jurisdiction = $1 and agency = $2 and id = $3`;

const LATEST = `select ${COLUMNS} from emergency where jurisdiction = $1 and agency = $2 order by id desc limit $3`;

const APPROVE = `
update emergency set approved_by = $3, approved_at = now(), until = now() + make_interval(mins => minutes)
where jurisdiction = $1 and id = $2 and until is null and ended_at is null and asked_by <> $3
  and asked_at > now() - interval '1 hour'
returning ${COLUMNS}`;

const END = `
update emergency set ended_by = $3, ended_at = now()
where jurisdiction = $1 and id = $2 and ended_at is null and coalesce(until, asked_at + interval '1 hour') > now()
returning ${COLUMNS}`;

const HOLDS = 'jurisdiction = $1 and agency = $2 and asked_by = $3 and until > now() and ended_at is null';

// The one that is over first is used first. Whoever comes at the same moment waits, and finds what is left.
const USE = `
update emergency set used = used + $4
where jurisdiction = $1 and id = (
  select id from emergency where ${HOLDS} and used + $4 <= numbers order by until, id limit 1 for update
)
returning id`;

const KEEP_OPENED = `
update emergency set opened = array(select distinct unnest(opened || $3::uuid[]))
where jurisdiction = $1 and id = $2`;

const OPENED = `select opened from emergency where ${HOLDS}`;
