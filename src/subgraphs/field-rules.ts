import { ACCESS_RULES, type AccessRule, type RuleName, type RuleUse } from '../domain/access/access-rules.ts';
import { LISTS, type ListName } from '../domain/intake/words.ts';

/** A rule as a field of the graph goes by it. */
export interface FieldRule extends Pick<RuleUse, 'list'> {
  readonly rule: RuleName;
}

/** How a field of a type that tells of somebody is shown to who got as far as its parent. */
export type ShownBy =
  /** As the parent is. */
  | 'PARENT'
  /** Masked unless `REVEAL` lets the caller in. */
  | 'MASKED'
  /** Only what rows of granted lists say. */
  | 'GRANTED_LISTS'
  /** A figure over people: in full tens, and none below ten, unless `REVEAL` lets the caller in. */
  | 'IN_TENS'
  | ShownByList
  | (FieldRule & { readonly otherwise: 'FORBIDDEN' | 'NULL' });

/** Only where the list is granted, else as for a person of whom it says nothing. */
interface ShownByList {
  readonly needs: ListName;
  readonly otherwise: 'NULL' | 'EMPTY';
}

const push = (list: ListName): FieldRule => ({ rule: 'PUSH_LIST', list });

/** By which rule every root field lets callers in. */
export const ROOT_RULES: Readonly<Record<string, FieldRule>> = {
  'Query.lists': { rule: 'ANY_TOKEN' },
  'Query.policyPack': { rule: 'ANY_TOKEN' },
  'Query.policyPacks': { rule: 'ANY_TOKEN' },
  'Query.submission': { rule: 'READ_SUBMISSIONS' },
  'Query.submissions': { rule: 'READ_SUBMISSIONS' },
  'Query.person': { rule: 'READ_PERSONS' },
  'Query.people': { rule: 'READ_PERSONS' },
  'Query.searchPeople': { rule: 'SEARCH_PEOPLE' },
  'Query.whoLooked': { rule: 'WHO_LOOKED' },
  'Query.emergencies': { rule: 'USE_EMERGENCY' },
  'Query.household': { rule: 'READ_HOUSEHOLDS' },
  'Query.populationSummary': { rule: 'COUNT_EVERYBODY' },
  'Query.packComparison': { rule: 'COUNT_EVERYBODY' },
  'Query.changes': { rule: 'READ_CHANGES' },
  'Query.reviewTasks': { rule: 'READ_REVIEWS' },
  'Query.reviewTask': { rule: 'READ_REVIEWS' },
  'Query.corrections': { rule: 'READ_REVIEWS' },
  'Mutation.pushDeaths': push('deaths'),
  'Mutation.pushBirths': push('births'),
  'Mutation.pushRegistrations': push('registrations'),
  'Mutation.pushHardship': push('hardship'),
  'Mutation.pushDisability': push('disability'),
  'Mutation.pushStudents': push('students'),
  'Mutation.pushEnrolments': push('enrolments'),
  'Mutation.pushPayments': push('payments'),
  'Mutation.pushRefundApplications': push('refund-applications'),
  'Mutation.pushLifeEvents': push('life-events'),
  'Mutation.pushMigrantWorkers': push('migrant-workers'),
  'Mutation.pushResidents': push('residents'),
  'Mutation.withdrawSubmission': { rule: 'TAKE_BACK' },
  'Mutation.redriveSubmission': { rule: 'TAKE_BACK' },
  'Mutation.releaseSubmission': { rule: 'RELEASE' },
  'Mutation.comparePacks': { rule: 'COUNT_EVERYBODY' },
  'Mutation.requestEmergency': { rule: 'USE_EMERGENCY' },
  'Mutation.approveEmergency': { rule: 'USE_EMERGENCY' },
  'Mutation.endEmergency': { rule: 'USE_EMERGENCY' },
  'Mutation.settleReview': { rule: 'SETTLE_REVIEWS' },
  'Mutation.confirmReview': { rule: 'SETTLE_REVIEWS' },
  'Mutation.undoSettlement': { rule: 'SETTLE_REVIEWS' },
  'Mutation.requestCorrection': { rule: 'ASK_CORRECTION' },
  'Mutation.answerCorrection': { rule: 'ANSWER_CORRECTION' },
  'Subscription.submissionProgress': { rule: 'READ_SUBMISSIONS' },
};

const each = (names: string, shown: ShownBy): Record<string, ShownBy> =>
  Object.fromEntries(names.split(' ').map((name) => [name, shown]));

const needs = (list: ListName, otherwise: ShownByList['otherwise'] = 'EMPTY'): ShownByList => ({
  needs: list,
  otherwise,
});

const by = (rule: RuleName, otherwise: 'FORBIDDEN' | 'NULL' = 'FORBIDDEN'): ShownBy => ({ rule, otherwise });

/** What every entry of a list on a person has; the entry itself is there only where its list is granted. */
const ENTRY = { name: 'MASKED', ...each('regionCode source', 'PARENT') } as const;
const DATED_ENTRY = { ...ENTRY, ...each('from to', 'PARENT') } as const;

const COUNTED_COST = { suppressed: 'PARENT', ...each('persons subsidy payable refunds', 'IN_TENS') } as const;

/**
 * How every field of the types that tell of somebody, or count people, is shown; `NOBODY` for a type that tells of nobody: of policies,
 * lists, or of what became of an agency's own push, by row numbers.
 */
export const TYPE_RULES: Readonly<Record<string, 'NOBODY' | Readonly<Record<string, ShownBy>>>> = {
  Person: {
    ...each('id asKnown jurisdiction knownAt birthDate sex', 'PARENT'),
    ...each('name idNumber identifiers', 'MASKED'),
    ...each('regionCode provenance claims', 'GRANTED_LISTS'),
    death: needs('deaths', 'NULL'),
    householdNumber: needs('residents', 'NULL'),
    household: needs('residents', 'NULL'),
    residences: needs('residents'),
    migrantWork: needs('migrant-workers'),
    deathReports: needs('deaths'),
    birthReports: needs('births'),
    hardshipListings: needs('hardship'),
    disabilities: needs('disability'),
    studies: needs('students'),
    payments: needs('payments'),
    refundApplications: needs('refund-applications'),
    registrations: needs('registrations'),
    enrolments: needs('enrolments'),
    lifeEvents: needs('life-events'),
    benefit: by('READ_BENEFIT'),
  },
  Identifier: { idType: 'PARENT', number: 'MASKED' },
  MaskedText: { masked: 'PARENT', revealed: by('REVEAL') },
  Death: each('status diedOn conflicting reports', 'PARENT'),
  ReportedDeath: each('diedOn source', 'PARENT'),
  Provenance: {
    ...each('of category conflicting', 'PARENT'),
    value: 'MASKED',
    ...each('sources others', 'GRANTED_LISTS'),
  },
  OtherValue: { value: 'MASKED', sources: 'GRANTED_LISTS' },
  ClaimSource: each('claim agency list submission row toldAt validFrom validTo', 'PARENT'),
  Claim: {
    ...each('id list agency said validFrom validTo toldAt firstToldAt source', 'PARENT'),
    submission: by('READ_SUBMISSIONS'),
  },
  SaidValue: { ...each('name zh', 'PARENT'), value: 'MASKED' },
  BirthReport: { ...ENTRY, bornOn: 'PARENT' },
  DeathReport: { ...ENTRY, diedOn: 'PARENT' },
  Disability: { ...DATED_ENTRY, ...each('type level', 'PARENT'), certificateNumber: 'MASKED' },
  Enrolment: { ...DATED_ENTRY, ...each('scheme region endedBecause backPaidMonths', 'PARENT') },
  HardshipListing: { ...DATED_ENTRY, ...each('category word liftedHousehold riskEliminated ruralHukou', 'PARENT') },
  LifeEvent: { ...ENTRY, ...each('kind happenedOn', 'PARENT') },
  MigrantWork: DATED_ENTRY,
  Payment: { ...ENTRY, ...each('policyYear amount paidOn creditedOn channel receiptNumber', 'PARENT') },
  RefundApplication: { ...ENTRY, ...each('policyYear appliedOn cause', 'PARENT') },
  Registration: { ...ENTRY, ...each('policyYear registeredOn', 'PARENT') },
  Residence: { ...DATED_ENTRY, ...each('householdNumber registration', 'PARENT') },
  Study: { ...DATED_ENTRY, ...each('stage newStudent paidSchoolYearUntil schoolRegion', 'PARENT') },

  Household: {
    ...each('number jurisdiction asOf knownAt policyYear members', 'PARENT'),
    ...each('status notEnrolled', by('LIST_UNENROLLED')),
  },
  HouseholdMember: {
    ...each('person from to registration present', 'PARENT'),
    enrolment: by('LIST_UNENROLLED'),
  },
  LookConnection: each('edges pageInfo totalCount', 'PARENT'),
  LookEdge: each('cursor node', 'PARENT'),
  Look: each('at agency agencyName purpose purposeName scopes kinds', 'PARENT'),

  PersonConnection: { ...each('edges pageInfo', 'PARENT'), totalCount: 'IN_TENS' },
  PersonEdge: each('cursor node', 'PARENT'),

  BenefitDecision: each(
    'outcome pack asOf knownAt category subsidy fundedBy payable paid candidates periods waiting refund assisted targetGroups review notices steps',
    'PARENT',
  ),
  BenefitPeriod: each('from to rule', 'PARENT'),
  WaitingPeriod: each('from to length unit rule', 'PARENT'),
  Refund: each('decision amount cause rule', 'PARENT'),
  ReviewReason: each('code zh en rule', 'PARENT'),
  Notice: each('code zh en rule', 'PARENT'),
  TargetGroup: each('group ratePercent rule', 'PARENT'),
  Tier: { ...each('category subsidy payable fundedBy standing rule', 'PARENT'), claims: 'GRANTED_LISTS' },
  Step: { ...each('rule quote reading document outcome inputs', 'PARENT'), claims: 'GRANTED_LISTS' },
  StepInput: each('name value', 'PARENT'),
  StepOutcome: each('zh en', 'PARENT'),

  DecisionChangeConnection: each('edges pageInfo totalCount', 'PARENT'),
  DecisionChangeEdge: each('cursor node', 'PARENT'),
  DecisionChange: {
    ...each('id pack asOf at because rules before after adjustment knownBefore knownAfter causesWithheld', 'PARENT'),
    ...each('causes claims', 'GRANTED_LISTS'),
    person: by('READ_PERSONS'),
  },
  CausingClaim: each('what source', 'PARENT'),
  DecisionAdjustment: each('subsidy payable paid refund coveredDays', 'PARENT'),
  KeptTerms: each('outcome category fundedBy subsidy payable paid refund periods review', 'PARENT'),
  KeptRefund: each('decision amount', 'PARENT'),
  CoveredDays: each('from to', 'PARENT'),

  ReviewTaskConnection: each('edges pageInfo totalCount', 'PARENT'),
  ReviewTaskEdge: each('cursor node', 'PARENT'),
  ReviewTask: {
    ...each('id kind state version openedAt dueOn overdue dueOnMayMove sides admits', 'PARENT'),
    ...each('suggestion proposal settled history corrections', 'PARENT'),
    difference: by('READ_BENEFIT', 'NULL'),
  },
  ReviewSide: {
    ...each('subject person idType heldApart sex', 'PARENT'),
    number: 'MASKED',
    ...each('names birthDates households deaths namedWith', 'GRANTED_LISTS'),
  },
  EvidenceValue: { value: 'MASKED', sources: 'GRANTED_LISTS' },
  ReviewStep: { ...each('version did at by because settlement', 'PARENT'), difference: by('READ_BENEFIT', 'NULL') },
  ProposedSettlement: { ...each('settlement because by at', 'PARENT'), difference: by('READ_BENEFIT', 'NULL') },
  SettledReview: each('settlement because by confirmedBy at', 'PARENT'),
  SettlementSuggestion: each('settlement because zh en', 'PARENT'),
  Settlement: {
    ...each('kind subjects attribute submission row about withheld', 'PARENT'),
    ...each('names value', 'MASKED'),
  },
  SettledDifference: each('person pack before after', 'PARENT'),
  SettledTerms: each(
    'outcome category fundedBy subsidy payable paid refundDecision refundAmount periods review',
    'PARENT',
  ),
  SettledDays: each('from to', 'PARENT'),
  Actor: each('agency operator', 'PARENT'),

  PopulationSummary: each('pack asOf builtAt pending exact groups', 'PARENT'),
  PopulationGroup: {
    ...each('category fundedBy suppressed', 'PARENT'),
    ...each('persons inReview subsidy payable paid', 'IN_TENS'),
  },
  PackComparison: {
    ...each('id status pack policyYear changedDigest asOf knownAt askedAt doneAt totals', 'PARENT'),
    ...each('personsToDo personsDone', 'IN_TENS'),
  },
  PackComparisonTotals: {
    ...each('exact suppressed total groups', 'PARENT'),
    ...each('persons winners losers unchanged newlyInReview', 'IN_TENS'),
  },
  ComparedCost: each('category fundedBy before after difference', 'PARENT'),
  PackCost: COUNTED_COST,
  PackCostDifference: COUNTED_COST,

  RowVerdictConnection: each('edges pageInfo totalCount', 'PARENT'),
  RowVerdictEdge: each('cursor node', 'PARENT'),
  RowVerdict: { ...each('row outcome findings', 'PARENT'), person: by('READ_PERSONS', 'NULL') },

  ...Object.fromEntries(
    `CategoryUsage ColumnWord CorrectionRequest CorrectionRequestConnection CorrectionRequestEdge Emergency EnrolmentTarget FindingCount
    ListChanges ListColumn ListDescription OpenDays PageInfo PayerGroup
    PolicyDocument PolicyPack PolicyPeriod PolicyPlace PolicyRule Premium Receipt RejectedRows RowCounts
    RowFinding Submission SubmissionConnection SubmissionEdge SubmissionRemark SubmissionSignature SubsidyTier UntieredCategory WorkProgress`
      .split(/\s+/)
      .map((type) => [type, 'NOBODY' as const]),
  ),
};

const ROOTS: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

/** Is it declared how the field is shown? Fields that federation adds, by a name beginning with `_`, are not ours to declare. */
export function isRuled(type: string, field: string): boolean {
  if (type.startsWith('_') || field.startsWith('_')) return true;
  if (ROOTS.has(type)) return ROOT_RULES[`${type}.${field}`] !== undefined;
  const rules = TYPE_RULES[type];
  return rules === 'NOBODY' || rules?.[field] !== undefined;
}

/** The sets of scopes of which a field takes one; none: any token; `undefined` where the field has no rule of its own. */
export function scopesOfField(type: string, field: string): readonly (readonly string[])[] | undefined {
  const ofType = TYPE_RULES[type];
  const shown = ROOTS.has(type) ? ROOT_RULES[`${type}.${field}`] : ofType === 'NOBODY' ? undefined : ofType?.[field];
  return typeof shown === 'object' && 'rule' in shown ? scopesOfRule(shown) : undefined;
}

/** The sets of scopes of which a rule takes one. Which list a push that is taken back must be of is decided in the flow. */
export function scopesOfRule({ rule, list }: FieldRule): readonly (readonly string[])[] {
  const { scopes }: AccessRule = ACCESS_RULES[rule];
  const lists = list === undefined ? Object.keys(LISTS) : [list];
  return scopes.flatMap((set) =>
    set.includes('list:<list>:push') ? lists.map((one) => [`list:${one}:push`]) : [[...set]],
  );
}
