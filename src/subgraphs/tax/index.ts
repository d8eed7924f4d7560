import { buildSubgraph, type Subgraph } from '../federated-schema.ts';
import { personReference } from '../person-key.ts';
import { RowVerdictResolver } from '../row-verdict.resolver.ts';
import { SubmissionResolver, submissionReference } from '../submission.resolver.ts';
import { TaxPerson, TaxResolver } from './tax.resolver.ts';

/** Tax: payments and refund applications (缴费、退费). */
export function taxSubgraph(): Promise<Subgraph> {
  return buildSubgraph('tax', {
    resolvers: [TaxResolver, SubmissionResolver, RowVerdictResolver],
    person: TaxPerson,
    entities: [TaxPerson],
    references: { Person: personReference, Submission: submissionReference },
  });
}
