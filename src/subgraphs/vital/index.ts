import { buildSubgraph, type Subgraph } from '../federated-schema.ts';
import { personReference } from '../person-key.ts';
import { RowVerdictResolver } from '../row-verdict.resolver.ts';
import { SubmissionResolver, submissionReference } from '../submission.resolver.ts';
import { VitalPerson, VitalResolver } from './vital.resolver.ts';

/** Vital: births and deaths (出生、死亡). */
export function vitalSubgraph(): Promise<Subgraph> {
  return buildSubgraph('vital', {
    resolvers: [VitalResolver, SubmissionResolver, RowVerdictResolver],
    person: VitalPerson,
    entities: [VitalPerson],
    references: { Person: personReference, Submission: submissionReference },
  });
}
