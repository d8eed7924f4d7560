import type { HubAnswer } from '../hub-client.ts';
import { mismatches, type AnsweredDecision, type Mismatch } from './compare.ts';
import type { ChangeExpectation } from './expectation.ts';
import type { Telling } from './telling.ts';
import { whyNot } from './told-hub.ts';

const TERMS = 'category subsidy payable fundedBy periods { from to } refund { decision amount } review';

const CHANGES = `
  query ($since: DateTime!, $policyYear: Int!) {
    changes(purpose: SUBSIDY_ADMINISTRATION, since: $since, policyYear: $policyYear, first: 1000) {
      edges { node {
        person { id } because before { ${TERMS} } after { ${TERMS} }
        adjustment { subsidy payable paid refund coveredDays }
      } }
    }
  }`;

type Terms = Pick<AnsweredDecision, 'category' | 'subsidy' | 'payable' | 'fundedBy' | 'periods' | 'refund'> & {
  readonly review: readonly string[];
};

interface Change {
  readonly person: { readonly id: string } | null;
  readonly because: string;
  readonly before: Terms | null;
  readonly after: Terms | null;
  readonly adjustment: Readonly<Record<string, string | number>>;
}

/**
 * Holds the changes of decisions since the story began against those expected, which must be among them; none at all where none is
 * expected.
 *
 * @param idOf the person whom a document of the story names now
 */
export async function changeMismatches(
  expected: readonly ChangeExpectation[],
  { story, policyYear, agencies }: Telling,
  idOf: (name: string) => Promise<string | undefined>,
): Promise<Mismatch[]> {
  const since = `${story.steps[0]!.on}T00:00:00+08:00`;
  const answer = await agencies('medical-insurance').ask(CHANGES, { since, policyYear });
  const changes = changesIn(answer);
  if (!changes) return [{ key: 'changes', expected: 'an answer', got: whyNot(answer, 'nothing') }];
  if (expected.length === 0 && changes.length > 0) return [{ key: 'changes', expected, got: changes }];

  const missed: Mismatch[] = [];
  for (const [index, one] of expected.entries()) {
    const person = await idOf(one.of);
    const theirs = changes.filter((change) => person !== undefined && change.person?.id === person);
    if (!theirs.some((change) => isAsExpected(one, change))) {
      missed.push({ key: `changes[${index}]`, expected: one, got: theirs.map(({ person: _id, ...change }) => change) });
    }
  }
  return missed;
}

const changesIn = ({ data }: HubAnswer): readonly Change[] | undefined =>
  (data?.['changes'] as { readonly edges: readonly { readonly node: Change }[] } | null | undefined)?.edges.map(
    ({ node }) => node,
  );

function isAsExpected({ because, before, after, adjustment = {} }: ChangeExpectation, change: Change): boolean {
  return (
    (because === undefined || because === change.because) &&
    areTerms(before, change.before) &&
    areTerms(after, change.after) &&
    Object.entries(adjustment).every(([key, value]) => value === undefined || value === Number(change.adjustment[key]))
  );
}

function areTerms(expected: ChangeExpectation['before'], terms: Terms | null): boolean {
  if (expected === undefined) return true;
  if (expected === null || terms === null) return expected === terms;
  const asDecision: AnsweredDecision = {
    ...terms,
    review: terms.review.map((code) => ({ code })),
    assisted: false,
    notices: [],
    targetGroups: [],
  };
  return mismatches(expected, asDecision).length === 0;
}
