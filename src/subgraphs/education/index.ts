import { buildSubgraph, type Subgraph } from '../federated-schema.ts';
import { personReference } from '../person-key.ts';
import { RowVerdictResolver } from '../row-verdict.resolver.ts';
import { SubmissionResolver, submissionReference } from '../submission.resolver.ts';
import { EducationPerson, EducationResolver } from './education.resolver.ts';

/** Education: students (在校学生). */
export function educationSubgraph(): Promise<Subgraph> {
  return buildSubgraph('education', {
    resolvers: [EducationResolver, SubmissionResolver, RowVerdictResolver],
    person: EducationPerson,
    entities: [EducationPerson],
    references: { Person: personReference, Submission: submissionReference },
  });
}
