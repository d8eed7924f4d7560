import type { Mismatch } from './compare.ts';
import { seenWithin } from './patience.ts';
import type { Telling } from './telling.ts';
import { whyNot } from './told-hub.ts';

/** Longer than the first decisions of all jurisdictions of a run take, which may come before this story's. */
const PATIENCE_MS = 120_000;

const PENDING = `
  query ($policyYear: Int!) { populationSummary(policyYear: $policyYear) { pending } }`;

/** Waits until everybody whom lists have told of is decided; gives why not where that does not come to pass. */
export async function untilDecided({ agencies, policyYear }: Telling): Promise<Mismatch[]> {
  const look = async () => {
    const answer = await agencies('medical-insurance').ask(PENDING, { policyYear });
    // Null as long as nobody has ever been decided in the jurisdiction.
    const summary = answer.data?.['populationSummary'] as { readonly pending: number } | null | undefined;
    return { answer, pending: summary?.pending };
  };
  const { answer, pending } = await seenWithin(PATIENCE_MS, look, (seen) => seen.pending === 0);
  if (pending === 0) return [];
  const got = pending === undefined ? whyNot(answer, 'nobody decided') : `${pending} waiting`;
  return [{ key: 'decisions', expected: 'decided', got }];
}
