import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { auditEntry, canonicalText, type AuditEntry } from '../../domain/audit/audit-entry.ts';
import { auditLog } from '../../storage/audit-log.ts';
import { atLeast, comparisonOf, type Figure } from './report.ts';
import { runsOf, type SizeBench } from './size-bench.ts';
import type { LogToCheck } from './verify-role.ts';

/** Who ask at the same time. */
const CLIENTS = 16;
/** Entries of the log that is checked: of fewer, the start of the threads that check them would be a large part. */
const ENTRIES = 1_000_000;
const QUICK_ENTRIES = 50_000;

/**
 * How many entries sixteen who ask at once have put down in a second, beside as many plain rows inserted and committed one by one; and how
 * many entries of a log a process that does nothing else checks in a second, beside a bare chain of hashes.
 */
export async function measureAudit(bench: SizeBench): Promise<Figure[]> {
  const pool = new pg.Pool({ connectionString: bench.database.ownerUrl, max: CLIENTS });
  const log = auditLog(bench.database.url);
  const entries = bench.quick ? QUICK_ENTRIES : ENTRIES;
  try {
    await pool.query('create table if not exists bench_row (id uuid primary key, body text)');
    const text = canonicalText(entry());
    const appends = await runsOf(bench, async () => ({
      limit: await rate(bench.seconds, () => pool.query({ ...INSERT, values: [randomUUID(), text] })),
      value: await rate(bench.seconds, () => log.append('bench', [entry()])),
    }));
    for (let at = 0; at < entries; at += 1_000) await log.append('bench-checked', Array.from({ length: 1_000 }, entry));
    const checker = await bench.start('verify');
    const written: LogToCheck = { url: bench.database.url, log: 'bench-checked', entries };
    const checks = await runsOf(bench, async () => ({
      limit: await checker.ask<number>('chain', entries),
      value: await checker.ask<number>('check', written),
    }));
    return [
      { name: `${bench.size}.audit-append`, unit: '/s', bar: atLeast(0.5, 0.7), ...comparisonOf(appends) },
      { name: `${bench.size}.audit-verify`, unit: '/s', bar: atLeast(0.5, 1), ...comparisonOf(checks) },
    ];
  } finally {
    await log.close();
    await pool.query('drop table if exists bench_row');
    await pool.end();
  }
}

const INSERT = { name: 'bench-row', text: 'insert into bench_row values ($1, $2)' };

/** An entry as a read leaves it. */
const entry = (): AuditEntry =>
  auditEntry({
    at: new Date(),
    actor: { client: '130628:medical-insurance', key: 'k'.repeat(43), operator: null },
    request: randomUUID(),
    operation: 'PersonRecord',
    act: 'findPeople',
    purpose: 'BENEFIT_ADMINISTRATION',
    scopes: ['person:read'],
    person: randomUUID(),
    kinds: ['RECORD', 'CLAIMS'],
  });

async function rate(seconds: number, one: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const until = performance.now() + seconds * 1_000;
  const client = async (): Promise<void> => {
    for (; performance.now() < until; count += 1) await one();
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return count / seconds;
}
