import { buildSubgraph, type Subgraph } from '../federated-schema.ts';
import { personReference } from '../person-key.ts';
import { RowVerdictResolver } from '../row-verdict.resolver.ts';
import { SubmissionResolver, submissionReference } from '../submission.resolver.ts';
import { HardshipPerson, HardshipResolver } from './hardship.resolver.ts';

/** Hardship: identities that a policy can subsidise (困难人员). */
export function hardshipSubgraph(): Promise<Subgraph> {
  return buildSubgraph('hardship', {
    resolvers: [HardshipResolver, SubmissionResolver, RowVerdictResolver],
    person: HardshipPerson,
    entities: [HardshipPerson],
    references: { Person: personReference, Submission: submissionReference },
  });
}
