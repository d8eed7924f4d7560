import { findPeople, findPeopleAgain, findPeopleByIds, type FindPersonPorts } from './answer-person.ts';
import { askComparison, comparedPersons, findComparison, type ComparePacksPorts } from './compare-packs.ts';
import { decideAll } from './decide-all.ts';
import { decideBenefit, type DecideBenefitPorts } from './decide-benefit.ts';
import { linkFile, openFileLink, type FileLinkPorts } from './file-links.ts';
import { findChanges, type FindChangesPorts } from './find-changes.ts';
import { findHousehold, findHouseholdsOf, type FindHouseholdsPorts } from './find-households.ts';
import { populationSummary, type FindPopulationPorts } from './find-population.ts';
import {
  findSubmission,
  findSubmissions,
  pageSubmissions,
  pageVerdicts,
  type FindSubmissionsPorts,
} from './find-submissions.ts';
import { reviewTask, reviewTasks } from './find-reviews.ts';
import {
  approveEmergency,
  emergencies,
  endEmergency,
  requestEmergency,
  type EmergencyPorts,
} from './handle-emergency.ts';
import { followSubmission } from './follow-submission.ts';
import type { Flows } from './flows.ts';
import { listCatalogue, type ListCataloguePorts } from './list-catalogue.ts';
import { listPolicyPacks, type ListPolicyPacksPorts } from './list-policy-packs.ts';
import { proveLog, type ProveLogPorts } from './prove-log.ts';
import { receiveFile, type ReceiveFilePorts } from './receive-file.ts';
import { receiveList, type ReceiveListPorts } from './receive-list.ts';
import { answerCorrection, corrections, requestCorrection, type CorrectionPorts } from './request-correction.ts';
import { returnRows, type ReturnRowsPorts } from './return-rows.ts';
import { redriveSubmission, type RedriveSubmissionPorts } from './redrive-submission.ts';
import { releaseSubmission } from './release-submission.ts';
import { personsOfRows, type RowPersonsPorts } from './row-persons.ts';
import { signReceipt, type SignReceiptPorts } from './sign-receipt.ts';
import { searchPeople, type SearchPeoplePorts } from './search-people.ts';
import { confirmReview, settleReview, undoSettlement } from './settle-review.ts';
import type { SettleReviewPorts } from './settle-task.ts';
import { whoLooked, type WhoLookedPorts } from './who-looked.ts';
import { withdrawSubmission, type WithdrawSubmissionPorts } from './withdraw-submission.ts';

/** The ports of every flow. */
export type FlowPorts = ReceiveListPorts &
  ReceiveFilePorts &
  ReturnRowsPorts &
  FileLinkPorts &
  FindSubmissionsPorts &
  WithdrawSubmissionPorts &
  RedriveSubmissionPorts &
  FindPopulationPorts &
  FindChangesPorts &
  ComparePacksPorts &
  FindPersonPorts &
  EmergencyPorts &
  SearchPeoplePorts &
  RowPersonsPorts &
  FindHouseholdsPorts &
  SettleReviewPorts &
  CorrectionPorts &
  WhoLookedPorts &
  SignReceiptPorts &
  ProveLogPorts &
  DecideBenefitPorts &
  ListPolicyPacksPorts &
  ListCataloguePorts;

/** Hands every flow its ports, so that whoever calls one needs to know only who asks and what for. */
export function bindFlows(ports: FlowPorts): Flows {
  return {
    decideAll: (wanted, caller) => decideAll(wanted, caller, ports),
    receiveList: (push, caller) => receiveList(push, caller, ports),
    receiveFile: (push, file, caller) => receiveFile(push, file, caller, ports),
    returnRows: (id, caller) => returnRows(id, caller, ports),
    linkFile: (wish, caller) => linkFile(wish, caller, ports),
    openFileLink: (ticket) => openFileLink(ticket, ports),
    findSubmission: (id, caller) => findSubmission(id, caller, ports),
    pageSubmissions: (filter, first, after, caller) => pageSubmissions(filter, first, after, caller, ports),
    pageVerdicts: (submission, only, first, after, caller) =>
      pageVerdicts(submission, only, first, after, caller, ports),
    personsOfRows: (submission, rows, purpose, caller) => personsOfRows(submission, rows, purpose, caller, ports),
    findSubmissions: (ids, caller) => findSubmissions(ids, caller, ports),
    signReceipt: (submission, caller) => signReceipt(submission, caller, ports),
    proveLog: (question, caller) => proveLog(question, caller, ports),
    withdrawSubmission: (id, reason, caller) => withdrawSubmission(id, reason, caller, ports),
    releaseSubmission: (id, caller) => releaseSubmission(id, caller, ports),
    redriveSubmission: (id, caller) => redriveSubmission(id, caller, ports),
    followSubmission: (id, caller) => followSubmission(id, caller, ports),
    findPeople: (documents, purpose, knownAt, caller) => findPeople(documents, purpose, knownAt, caller, ports),
    findPeopleByIds: (ids, purpose, knownAt, caller) => findPeopleByIds(ids, purpose, knownAt, caller, ports),
    findPeopleAgain: (persons, knownAt, caller) => findPeopleAgain(persons, knownAt, caller, ports),
    searchPeople: (searched, purpose, first, after, caller) =>
      searchPeople(searched, purpose, first, after, caller, ports),
    findHousehold: (number, purpose, question, caller) => findHousehold(number, purpose, question, caller, ports),
    findHouseholdsOf: (persons, question, caller) => findHouseholdsOf(persons, question, caller, ports),
    requestEmergency: (wish, caller) => requestEmergency(wish, caller, ports),
    approveEmergency: (id, caller) => approveEmergency(id, caller, ports),
    endEmergency: (id, caller) => endEmergency(id, caller, ports),
    emergencies: (caller) => emergencies(caller, ports),
    decideBenefit: (person, policyYear, asOf, caller) => decideBenefit(person, policyYear, asOf, caller, ports),
    populationSummary: (policyYear, caller) => populationSummary(policyYear, caller, ports),
    findChanges: (question, caller) => findChanges(question, caller, ports),
    askComparison: (wish, caller) => askComparison(wish, caller, ports),
    findComparison: (id, caller) => findComparison(id, caller, ports),
    comparedPersons: (id, purpose, caller) => comparedPersons(id, purpose, caller, ports),
    whoLooked: (document, purpose, first, after, caller) => whoLooked(document, purpose, first, after, caller, ports),
    reviewTasks: (filter, first, after, caller) => reviewTasks(filter, first, after, caller, ports),
    reviewTask: (id, caller) => reviewTask(id, caller, ports),
    settleReview: (seen, settlement, because, caller) => settleReview(seen, settlement, because, caller, ports),
    confirmReview: (seen, caller) => confirmReview(seen, caller, ports),
    undoSettlement: (seen, because, caller) => undoSettlement(seen, because, caller, ports),
    requestCorrection: (wish, caller) => requestCorrection(wish, caller, ports),
    corrections: (which, state, first, after, caller) => corrections(which, state, first, after, caller, ports),
    answerCorrection: (seen, answer, caller) => answerCorrection(seen, answer, caller, ports),
    policyPacks: (caller, jurisdiction) => listPolicyPacks(caller, jurisdiction, ports),
    listCatalogue: (caller) => listCatalogue(caller, ports),
  };
}
