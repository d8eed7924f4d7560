import { ListsClaimsPersons } from './0001-lists-claims-persons.ts';
import { FilesAndJobs } from './0002-files-and-jobs.ts';
import { JobsAndDecisions } from './0003-jobs-and-decisions.ts';
import { DryRuns } from './0004-dry-runs.ts';
import { TakeIn } from './0005-take-in.ts';
import { Comparisons } from './0006-comparisons.ts';
import { SmallerDecisions } from './0007-smaller-decisions.ts';
import { IdentityAndReviews } from './0008-identity-and-reviews.ts';
import { ReviewSteps } from './0009-review-steps.ts';
import { Search } from './0010-search.ts';
import { Revocations } from './0012-revocations.ts';
import { KindsOfDecision } from './0013-kinds-of-decision.ts';
import { Audit } from './0014-audit.ts';
import { SecondWall } from './0015-second-wall.ts';
import { ReadBudgets } from './0016-read-budgets.ts';
import { SealingKeys } from './0017-sealing.ts';
import { Signatures } from './0018-signatures.ts';
import { Emergencies } from './0019-emergencies.ts';
import { FileLinks } from './0020-file-links.ts';
import { SealedNumbers } from './0021-sealed-numbers.ts';
import { SealedNames } from './0022-sealed-names.ts';
import { IndexKeys } from './0023-index-keys.ts';

/** Every migration in order. Listed by hand: files would have to be found by pattern, which differs in a built hub. */
export const migrations = [
  { name: '0001-lists-claims-persons', class: ListsClaimsPersons },
  { name: '0002-files-and-jobs', class: FilesAndJobs },
  { name: '0003-jobs-and-decisions', class: JobsAndDecisions },
  { name: '0004-dry-runs', class: DryRuns },
  { name: '0005-take-in', class: TakeIn },
  { name: '0006-comparisons', class: Comparisons },
  { name: '0007-smaller-decisions', class: SmallerDecisions },
  { name: '0008-identity-and-reviews', class: IdentityAndReviews },
  { name: '0009-review-steps', class: ReviewSteps },
  { name: '0010-search', class: Search },
  { name: '0012-revocations', class: Revocations },
  { name: '0013-kinds-of-decision', class: KindsOfDecision },
  { name: '0014-audit', class: Audit },
  { name: '0015-second-wall', class: SecondWall },
  { name: '0016-read-budgets', class: ReadBudgets },
  { name: '0017-sealing', class: SealingKeys },
  { name: '0018-signatures', class: Signatures },
  { name: '0019-emergencies', class: Emergencies },
  { name: '0020-file-links', class: FileLinks },
  { name: '0021-sealed-numbers', class: SealedNumbers },
  { name: '0022-sealed-names', class: SealedNames },
  { name: '0023-index-keys', class: IndexKeys },
];
