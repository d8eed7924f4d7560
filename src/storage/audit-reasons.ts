import { readEntry, type AuditEntry } from '../domain/audit/audit-entry.ts';
import { needPersonKeys, readPersonKeys } from './person-keys.ts';
import { keyIdOf } from './sealing/sealed-value.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { Sealing } from './sealing/no-sealing.ts';
import { SealingFault } from './sealing/sealing-fault.ts';
import type { Queryable, WalledDatabase, WalledPart } from './walled-database.ts';

const COLUMN = 'audit_entry.sealed_because';

/**
 * Seals what entries say in words (ADR 0025), each under the key of the person whom it is about, or under the hub's own where it is about
 * nobody. One statement more for entries that have any, another where somebody has no key yet; none for others.
 */
export function reasonSealer(walled: WalledDatabase, sealing: Sealing) {
  return async (log: string, entries: readonly AuditEntry[]): Promise<readonly AuditEntry[]> => {
    if (entries.every(({ revealBecause }) => revealBecause === null)) return entries;
    const inside = walled.of(log);
    const persons = entries.flatMap(({ revealBecause, person }) => (revealBecause === null || !person ? [] : [person]));
    const keys = { seal: inside.seal, draw: () => sealing.draw() };
    const own = persons.length === 0 ? new Map<string, PlaceSeal>() : await needPersonKeys(inside, keys, log, persons);
    return entries.map((entry) => {
      if (entry.revealBecause === null) return entry;
      const seal = entry.person === null ? inside.seal : own.get(entry.person)!;
      const sealed = seal.seal(COLUMN, placeOf(entry), entry.revealBecause);
      return { ...entry, revealBecause: null, sealedBecause: sealed.toString('base64url') };
    });
  };
}

/** Why something was asked for, as it can be read; `null` where nobody said. */
export type Reason = { readonly words: string } | 'ERASED' | null;

/**
 * Opens what entries of one log say in words, in their order: `ERASED` where the key of the person whom it is about was destroyed; a
 * `SealingFault` where something else keeps it from opening. One statement.
 *
 * @param seal of the log's jurisdiction
 */
export async function openReasons(
  client: Queryable,
  seal: PlaceSeal,
  log: string,
  entries: readonly AuditEntry[],
): Promise<readonly Reason[]> {
  const persons = entries.flatMap(({ sealedBecause, person }) => (sealedBecause && person ? [person] : []));
  const own = await readPersonKeys(client, seal, log, [...new Set(persons)]);
  return entries.map((entry) => {
    const { revealBecause, sealedBecause, person } = entry;
    if (sealedBecause === null) return revealBecause === null ? null : { words: revealBecause };
    return opened(person === null ? seal : own.get(person), entry, Buffer.from(sealedBecause, 'base64url'));
  });
}

function opened(seal: PlaceSeal | undefined, entry: AuditEntry, sealed: Buffer): Reason {
  if (keyIdOf(sealed) === undefined) throw new SealingFault('SEALED_VALUE_UNSOUND', COLUMN);
  if (!seal) return 'ERASED';
  try {
    return { words: seal.open(COLUMN, placeOf(entry), sealed) };
  } catch (error) {
    // They were told of again since, and have another key: what was said of them before is gone.
    const isAnothers = error instanceof SealingFault && error.code === 'SEALING_KEY_UNKNOWN' && entry.person !== null;
    if (isAnothers) return 'ERASED';
    throw error;
  }
}

/** An entry that says in words why. */
export interface ReasonGiven {
  /** Its place in the log, from 0. */
  readonly sequence: number;
  readonly entry: AuditEntry;
  readonly reason: Reason;
}

/**
 * Reads entries of a log that say in words why, in their order, as {@link openReasons} opens them.
 *
 * @param request to read those of one request alone; `null` for all
 * @param after behind which place in the log; -1 for all
 */
export async function readReasons(
  inside: WalledPart,
  log: string,
  request: string | null,
  after: number,
  limit: number,
): Promise<readonly ReasonGiven[]> {
  const { rows } = await inside.query<EntryRecord>(WITH_REASONS, [log, after, request, limit]);
  const entries = rows.map(({ body }) => entryOf(body));
  const reasons = await openReasons(inside, inside.seal, log, entries);
  return rows.map(({ sequence }, index) => ({
    sequence: Number(sequence),
    entry: entries[index]!,
    reason: reasons[index]!,
  }));
}

interface EntryRecord {
  readonly sequence: string;
  readonly body: string;
}

function entryOf(body: string): AuditEntry {
  const entry = readEntry(body);
  if (!entry) throw new Error('an entry of the audit log is not as it was written');
  return entry;
}

const WITH_REASONS = `
select sequence, body from audit_entry
where log = $1 and sequence > $2 and (body like '%"revealBecause":%' or body like '%"sealedBecause":%')
  and ($3::text is null or body::json ->> 'request' = $3)
order by sequence
limit $4`;

const placeOf = ({ person, request, act }: AuditEntry): readonly string[] => [person ?? '', request, act];
