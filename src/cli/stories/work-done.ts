import { setTimeout as delay } from 'node:timers/promises';
import type { Mismatch } from './compare.ts';
import type { Telling } from './tell-step.ts';
import { whyNot } from './told-hub.ts';

/** Longer than the first decisions of all jurisdictions of a run take, which may come before this story's. */
const PATIENCE_MS = 120_000;
const PAUSE_MS = 50;

const PENDING = `
  query ($policyYear: Int!) { populationSummary(policyYear: $policyYear) { pending } }`;

/** Waits until everybody whom the story has told of is decided; gives why not where that does not come to pass. */
export async function untilDecided({ agencies, policyYear }: Telling): Promise<Mismatch[]> {
  const client = agencies('medical-insurance');
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await client.ask(PENDING, { policyYear });
    // Null as long as nobody has ever been decided in the jurisdiction.
    const summary = answer.data?.['populationSummary'] as { readonly pending: number } | null | undefined;
    if (summary?.pending === 0) return [];
    if (Date.now() > deadline) {
      const got = summary ? `${summary.pending} waiting` : whyNot(answer, 'nobody decided');
      return [{ key: 'decisions', expected: 'decided', got }];
    }
    await delay(PAUSE_MS);
  }
}
