import { buildSubgraph, type Subgraph } from '../federated-schema.ts';
import { personReference } from '../person-key.ts';
import { RowVerdictResolver } from '../row-verdict.resolver.ts';
import { SubmissionResolver, submissionReference } from '../submission.resolver.ts';
import { ExchangeResolver } from './exchange.resolver.ts';
import { ExchangePerson } from './person.type.ts';
import { SubmissionWorkResolver } from './submission-work.resolver.ts';

/** Exchange: submissions, receipts and the catalogue of lists (数据交换). */
export function exchangeSubgraph(): Promise<Subgraph> {
  return buildSubgraph('exchange', {
    resolvers: [ExchangeResolver, SubmissionWorkResolver, SubmissionResolver, RowVerdictResolver],
    person: ExchangePerson,
    entities: [],
    references: { Person: personReference, Submission: submissionReference },
  });
}
