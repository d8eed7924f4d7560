import { buildSubgraph, type Subgraph } from '../federated-schema.ts';
import { MaskedTextResolver } from '../masked-text.resolver.ts';
import { personReference } from '../person-key.ts';
import { RowVerdictResolver } from '../row-verdict.resolver.ts';
import { SubmissionResolver, submissionReference } from '../submission.resolver.ts';
import { DisabilityPerson, DisabilityResolver } from './disability.resolver.ts';

/** Disability: recognised disabilities (残疾). */
export function disabilitySubgraph(): Promise<Subgraph> {
  return buildSubgraph('disability', {
    resolvers: [DisabilityResolver, MaskedTextResolver, SubmissionResolver, RowVerdictResolver],
    person: DisabilityPerson,
    entities: [DisabilityPerson],
    references: { Person: personReference, Submission: submissionReference },
  });
}
