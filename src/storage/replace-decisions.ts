import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { DecisionGeneration, PersonDecision } from '../flows/ports-work.ts';
import { COPY_DECISIONS, decisionLine, resultOf } from './decision-rows.ts';
import { KEPT, REMOVE } from './decision-statements.ts';
import { inTransaction } from './in-transaction.ts';

/** Of these persons, exactly these decisions are in the generation afterwards, all at once; equal ones are not written. */
export async function replaceDecisions(
  pool: pg.Pool,
  to: DecisionGeneration,
  persons: readonly string[],
  decisions: readonly PersonDecision[],
): Promise<void> {
  const generation = [to.jurisdiction, to.pack, to.generation];
  const found = await pool.query<[person: string, result: string]>({
    rowMode: 'array',
    text: KEPT,
    values: [...generation, persons],
  });
  const kept = new Map(found.rows);

  const lines: string[] = [];
  for (const decision of decisions) {
    const result = resultOf(decision);
    if (kept.get(decision.person) === result) kept.delete(decision.person);
    else lines.push(decisionLine(to, decision, result));
  }
  // What is kept and not equal: of persons decided otherwise now, or no longer.
  const outdated = [...kept.keys()];
  if (outdated.length === 0 && lines.length === 0) return;
  await inTransaction(pool, async (client) => {
    if (outdated.length > 0) await client.query(REMOVE, [...generation, outdated]);
    if (lines.length > 0) await copyDecisions(client, [lines.join('')]);
  });
}

/** Copies lines made by `decisionLine` into the table of decisions. */
export const copyDecisions = (client: pg.ClientBase, lines: Iterable<string> | AsyncIterable<string>): Promise<void> =>
  pipeline(Readable.from(lines), client.query(copyFrom(COPY_DECISIONS)));
