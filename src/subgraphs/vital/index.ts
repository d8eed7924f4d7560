import { buildSubgraph, type Subgraph } from '../federated-schema.ts';
import { personReference } from '../person-key.ts';
import { SubmissionResolver, submissionReference } from '../submission.resolver.ts';
import { VitalPerson, VitalResolver } from './vital.resolver.ts';

/** Vital: births and deaths (出生、死亡). */
export function vitalSubgraph(): Promise<Subgraph> {
  return buildSubgraph('vital', {
    resolvers: [VitalResolver, SubmissionResolver],
    entities: [VitalPerson],
    references: { Person: personReference, Submission: submissionReference },
  });
}
