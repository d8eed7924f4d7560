import { buildSubgraph, type Subgraph } from '../federated-schema.ts';
import { personReference } from '../person-key.ts';
import { RowVerdictResolver } from '../row-verdict.resolver.ts';
import { SubmissionResolver, submissionReference } from '../submission.resolver.ts';
import { MaskedTextResolver } from '../masked-text.resolver.ts';
import { CorrectionResolver } from './correction.resolver.ts';
import { EmergencyResolver } from './emergency.resolver.ts';
import { PersonResolver } from './person.resolver.ts';
import { RegistryPerson } from './person.type.ts';
import { ClaimResolver } from './claim.resolver.ts';
import { HouseholdMemberResolver, HouseholdOfPersonResolver, HouseholdResolver } from './household.resolver.ts';
import { PushResidentsResolver } from './push-residents.resolver.ts';
import { ReviewResolver } from './review.resolver.ts';
import { SearchPeopleResolver } from './search-people.resolver.ts';
import { WhoLookedResolver } from './who-looked.resolver.ts';

/** Registry: persons, their documents, households and where they live (一人一档). */
export function registrySubgraph(): Promise<Subgraph> {
  return buildSubgraph('registry', {
    resolvers: [
      PersonResolver,
      SearchPeopleResolver,
      WhoLookedResolver,
      HouseholdResolver,
      HouseholdMemberResolver,
      HouseholdOfPersonResolver,
      ClaimResolver,
      ReviewResolver,
      CorrectionResolver,
      EmergencyResolver,
      MaskedTextResolver,
      PushResidentsResolver,
      SubmissionResolver,
      RowVerdictResolver,
    ],
    person: RegistryPerson,
    entities: [],
    references: { Person: personReference, Submission: submissionReference },
  });
}
