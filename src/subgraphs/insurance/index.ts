import { buildSubgraph, type Subgraph } from '../federated-schema.ts';
import { personReference } from '../person-key.ts';
import { RowVerdictResolver } from '../row-verdict.resolver.ts';
import { SubmissionResolver, submissionReference } from '../submission.resolver.ts';
import { BenefitResolver } from './benefit.resolver.ts';
import { DecisionChangeResolver } from './decision-change.resolver.ts';
import { InsurancePerson, InsuranceResolver } from './insurance.resolver.ts';
import { PackComparisonResolver } from './pack-comparison.resolver.ts';

/** Insurance: registrations, enrolments, life events, policy packs and decisions (参保、待遇). */
export function insuranceSubgraph(): Promise<Subgraph> {
  return buildSubgraph('insurance', {
    resolvers: [
      InsuranceResolver,
      BenefitResolver,
      PackComparisonResolver,
      DecisionChangeResolver,
      SubmissionResolver,
      RowVerdictResolver,
    ],
    person: InsurancePerson,
    entities: [InsurancePerson],
    references: { Person: personReference, Submission: submissionReference },
  });
}
