import type { Answer } from '../domain/access/refusal.ts';
import type { Caller, Purpose } from '../domain/access/caller.ts';
import type { ListMode, RawRow, RowCounts, RowOutcome, RowVerdict } from '../domain/intake/list-definition.ts';
import type { FindingCount, ListChanges } from '../domain/intake/submission.ts';
import type { IdType, ListName } from '../domain/intake/words.ts';
import type { BenefitDecision } from '../domain/policy/decision.ts';
import type { PolicyPack } from '../domain/policy/policy-pack.ts';
import type { CorrectionState, Settlement } from '../domain/review/settlement.ts';
import type { PersonView } from './answer-person.ts';
import type { ComparisonWish, ShownComparedPerson } from './compare-packs.ts';
import type { Wanted } from './decide-all.ts';
import type { FileTicket, OpenedLink } from './file-links.ts';
import type { ChangeQuestion, ExplainedChange } from './find-changes.ts';
import type { PopulationSummary } from './find-population.ts';
import type { HouseholdQuestion, HouseholdView } from './find-households.ts';
import type { SubmissionFilter } from './find-submissions.ts';
import type { EmergencyView, EmergencyWish } from './handle-emergency.ts';
import type { Following } from './follow-submission.ts';
import type { CataloguedList } from './list-catalogue.ts';
import type { ReviewFilter } from './find-reviews.ts';
import type { FilePush, FileReceipt, IncomingFile } from './receive-file.ts';
import type { CorrectionAnswer, CorrectionSide, CorrectionWish } from './request-correction.ts';
import type { SignedProof } from './prove-log.ts';
import type { ReturnedRows } from './return-rows.ts';
import type { PeopleSearched, PeopleFound } from './search-people.ts';
import type { SeenTask } from './settle-task.ts';
import type { CorrectionView, ReviewTaskView } from './show-review.ts';
import type { PersonLooks } from './who-looked.ts';
import type { ProofQuestion } from './ports-audit.ts';
import type { FileWish } from './ports-file-links.ts';
import type { Page, StoredRow, StoredSubmission } from './ports.ts';
import type { ComparisonView } from './show-comparison.ts';

/** One push of one list, as it came through a door. */
export interface ListPush {
  readonly list: ListName;
  readonly idempotencyKey: string;
  readonly mode: ListMode;
  readonly period: string | null;
  readonly documentNumber: string | null;
  /** The jurisdiction the sender means; when given it must be the token's own. */
  readonly jurisdiction: string | null;
  readonly dryRun: boolean;
  readonly rows: readonly RawRow[];
  /** The agency's signature, a detached JWS; `null`: it comes without one. */
  readonly signature: string | null;
}

/** What the hub answers to a push. */
export interface PushResult {
  /** Null after a dry run: nothing is stored. */
  readonly submission: StoredSubmission | null;
  /** True where the same push had been received before and this is its receipt. */
  readonly repeated: boolean;
  readonly counts: RowCounts;
  /** What it changes on its list; after a dry run, what it would. */
  readonly changes: ListChanges;
  /** What was found among the rows. */
  readonly report: readonly FindingCount[];
  /** Verdicts in row order; null where they are to be read from the store (a repeated push). */
  readonly verdicts: readonly RowVerdict[] | null;
  readonly claimsAdded: number;
  readonly claimsEnded: number;
}

/** Everything the hub does, with its ports already in hand. Each is decided for its caller; nothing else reaches data. */
export interface Flows {
  /** May the caller do all of these, decided before any is begun; see `decideAll`. */
  decideAll(wanted: readonly Wanted[], caller: Caller | null): Answer<true>;
  receiveList(push: ListPush, caller: Caller | null): Promise<Answer<PushResult>>;
  /** Keeps a file whole, to be taken in by a job. Nothing of it is read before the caller may push it. */
  receiveFile(push: FilePush, file: IncomingFile, caller: Caller | null): Promise<Answer<FileReceipt>>;
  /** Hands the rejected rows of one of the agency's own submissions back; `NOT_FOUND` for any other. */
  returnRows(id: string, caller: Caller | null): Promise<Answer<ReturnedRows>>;
  /** Gives a link to a file, good once; see `linkFile`. */
  linkFile(wish: FileWish, caller: Caller | null): Promise<Answer<FileTicket>>;
  /** Uses a link to a file up; see `openFileLink`. */
  openFileLink(ticket: string): Promise<Answer<OpenedLink>>;
  findSubmission(id: string, caller: Caller | null): Promise<Answer<StoredSubmission | null>>;
  pageSubmissions(
    filter: SubmissionFilter,
    first: number,
    after: string | null,
    caller: Caller | null,
  ): Promise<Answer<Page<StoredSubmission>>>;
  pageVerdicts(
    submission: string,
    only: readonly RowOutcome[] | null,
    first: number,
    after: string | null,
    caller: Caller | null,
  ): Promise<Answer<Page<StoredRow>>>;
  /** The persons whom rows of one of the agency's own submissions are about, in the order of the rows; see `personsOfRows`. */
  personsOfRows(
    submission: string,
    rows: readonly number[],
    purpose: Purpose,
    caller: Caller | null,
  ): Promise<Answer<readonly (PersonView | null)[]>>;
  /** Those of these submissions that are the agency's own, in the order asked; null for any other. */
  findSubmissions(ids: readonly string[], caller: Caller | null): Promise<Answer<readonly (StoredSubmission | null)[]>>;
  /** The receipt of one of the agency's own submissions, signed by the hub; see `signReceipt`. */
  signReceipt(
    submission: Pick<StoredSubmission, 'id' | 'jurisdiction' | 'agency'>,
    caller: Caller | null,
  ): Promise<Answer<string>>;
  /** What the log of the caller's jurisdiction is, and that a submission of its own is in it; see `proveLog`. */
  proveLog(question: ProofQuestion, caller: Caller | null): Promise<Answer<SignedProof>>;
  /** Takes one of the agency's own pushes back whole; see `withdrawSubmission`. */
  withdrawSubmission(id: string, reason: string, caller: Caller | null): Promise<Answer<StoredSubmission>>;
  /** Lets in one of the agency's own submissions that is held; see `releaseSubmission`. */
  releaseSubmission(id: string, caller: Caller | null): Promise<Answer<StoredSubmission>>;
  /** One of the agency's own submissions, again and again as it moves on; see `followSubmission`. */
  followSubmission(id: string, caller: Caller | null): Promise<Answer<Following<StoredSubmission>>>;
  /** Drives one of the agency's own submissions again, on which the work broke off. */
  redriveSubmission(id: string, caller: Caller | null): Promise<Answer<StoredSubmission>>;
  /** Persons by document (without a type its shape tells), in the order asked; null where there is none, or none that the caller may know of. */
  findPeople(
    documents: readonly { readonly idType: IdType | null; readonly idNumber: string }[],
    purpose: Purpose,
    knownAt: Date | null,
    caller: Caller | null,
  ): Promise<Answer<readonly (PersonView | null)[]>>;
  /** Persons by person id, in the order asked: the way in for references from other subgraphs. */
  findPeopleByIds(
    ids: readonly string[],
    purpose: Purpose | null,
    knownAt: Date | null,
    caller: Caller | null,
  ): Promise<Answer<readonly (PersonView | null)[]>>;
  /** Persons found before for one purpose, as known at another instant, in the order given. */
  findPeopleAgain(
    persons: readonly PersonView[],
    knownAt: Date,
    caller: Caller | null,
  ): Promise<Answer<readonly PersonView[]>>;
  /** Searches people of the caller's jurisdiction, as known now: a page of them and how many there are; see `searchPeople`. */
  searchPeople(
    searched: PeopleSearched,
    purpose: Purpose,
    first: number,
    after: string | null,
    caller: Caller | null,
  ): Promise<Answer<PeopleFound>>;
  /** One household by its number, with its members over time and who of them is not enrolled; see `findHousehold`. */
  findHousehold(
    number: string,
    purpose: Purpose,
    question: HouseholdQuestion,
    caller: Caller | null,
  ): Promise<Answer<HouseholdView | null>>;
  /** The households of persons found before, in the order given; see `findHouseholdsOf`. */
  findHouseholdsOf(
    persons: readonly PersonView[],
    question: Omit<HouseholdQuestion, 'knownAt'>,
    caller: Caller | null,
  ): Promise<Answer<readonly (HouseholdView | null)[]>>;
  /** Asks for an emergency; see `requestEmergency`. */
  requestEmergency(wish: EmergencyWish, caller: Caller | null): Promise<Answer<EmergencyView>>;
  /** Approves an emergency as a second person; see `approveEmergency`. */
  approveEmergency(id: string, caller: Caller | null): Promise<Answer<EmergencyView>>;
  /** Ends an emergency; see `endEmergency`. */
  endEmergency(id: string, caller: Caller | null): Promise<Answer<EmergencyView>>;
  /** The agency's own emergencies, the newest first. */
  emergencies(caller: Caller | null): Promise<Answer<readonly EmergencyView[]>>;
  /** What the jurisdiction's pack of the plan year decides for a person found before; `NOT_FOUND` where there is no such pack. */
  decideBenefit(
    person: PersonView,
    policyYear: number,
    asOf: string | null,
    caller: Caller | null,
  ): Answer<BenefitDecision>;
  /** What the jurisdiction's pack of the plan year decides of everybody, counted; `null` before anybody is decided. */
  populationSummary(policyYear: number, caller: Caller | null): Promise<Answer<PopulationSummary | null>>;
  /** Asks for a changed pack to be held against the one in force, over everybody; see `askComparison`. */
  askComparison(wish: ComparisonWish, caller: Caller | null): Promise<Answer<ComparisonView>>;
  /** One of the agency's own comparisons; `null` where there is none, and for another agency's. */
  findComparison(id: string, caller: Caller | null): Promise<Answer<ComparisonView | null>>;
  /** The persons whom the packs of one of the agency's own comparisons do not decide alike; see `comparedPersons`. */
  comparedPersons(
    id: string,
    purpose: Purpose | null,
    caller: Caller | null,
  ): Promise<Answer<AsyncIterable<ShownComparedPerson>>>;
  /** The packs in force in a jurisdiction, by default the caller's own; none where the hub does not serve it. */
  policyPacks(caller: Caller | null, jurisdiction?: string): Answer<readonly PolicyPack[]>;
  /** Every list with its columns and words, and what of it the caller may push. */
  listCatalogue(caller: Caller | null): Answer<readonly CataloguedList[]>;
  /** Tells how decisions changed, oldest first. */
  findChanges(question: ChangeQuestion, caller: Caller | null): Promise<Answer<Page<ExplainedChange>>>;
  /** Who looked at a person, the newest first, to tell them; null as in `findPeople`. See `whoLooked`. */
  whoLooked(
    document: { readonly idType: IdType | null; readonly idNumber: string },
    purpose: Purpose,
    first: number,
    after: string | null,
    caller: Caller | null,
  ): Promise<Answer<PersonLooks | null>>;
  /** Tasks for review that the caller sees, the newest first; see `reviewTasks`. */
  reviewTasks(
    filter: ReviewFilter,
    first: number,
    after: string | null,
    caller: Caller | null,
  ): Promise<Answer<Page<ReviewTaskView>>>;
  /** One task; `null` where there is none, and where the caller may not see it. */
  reviewTask(id: string, caller: Caller | null): Promise<Answer<ReviewTaskView | null>>;
  /** Settles a task, or proposes to where money would move; see `settleReview`. */
  settleReview(
    seen: SeenTask,
    settlement: Settlement,
    because: string,
    caller: Caller | null,
  ): Promise<Answer<ReviewTaskView>>;
  /** Confirms, as a second person, what another proposed. */
  confirmReview(seen: SeenTask, caller: Caller | null): Promise<Answer<ReviewTaskView>>;
  /** Ends what a task settled, or takes back what is proposed. */
  undoSettlement(seen: SeenTask, because: string, caller: Caller | null): Promise<Answer<ReviewTaskView>>;
  /** Asks the owner of a row to check and correct it; see `requestCorrection`. */
  requestCorrection(wish: CorrectionWish, caller: Caller | null): Promise<Answer<CorrectionView>>;
  /** Requests asked of the caller's agency or by it, the newest first. */
  corrections(
    which: CorrectionSide,
    state: readonly CorrectionState[] | null,
    first: number,
    after: string | null,
    caller: Caller | null,
  ): Promise<Answer<Page<CorrectionView>>>;
  /** Answers a request as the owner of the list. */
  answerCorrection(
    seen: { readonly id: string; readonly version: number },
    answer: CorrectionAnswer,
    caller: Caller | null,
  ): Promise<Answer<CorrectionView>>;
}
