import { PURPOSES, type Caller, type Jurisdiction, type Purpose } from '../domain/access/caller.ts';
import { decideWhoLooked } from '../domain/access/decide-read.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import type { AuditEntry, SeenKind } from '../domain/audit/audit-entry.ts';
import { readIdNumber } from '../domain/intake/id-number.ts';
import { AGENCIES, type Agency, type IdType } from '../domain/intake/words.ts';
import { factsOf, viewPersons, type AnswerPersonPorts } from './answer-person.ts';
import { untilBeat } from './even-answers.ts';
import type { Page } from './ports.ts';
import type { AuditReader, LoggedLook } from './ports-audit.ts';

/** What it takes to tell people who looked at them. */
export interface WhoLookedPorts extends AnswerPersonPorts {
  readonly auditReader: AuditReader;
}

/** One look, in the terms of the person looked at. Nobody but them and an office is in it. */
export interface Look {
  readonly cursor: string;
  readonly at: Date;
  /** The office; `null` for the hub itself. */
  readonly agency: Agency | null;
  /** Its full name, as on its seal. */
  readonly agencyName: string;
  readonly purpose: Purpose | null;
  /** Why, in Chinese. */
  readonly purposeName: string;
  /** By which scopes of the office's grant. */
  readonly scopes: readonly string[];
  readonly kinds: readonly SeenKind[];
}

/** Looks at one person. */
export interface PersonLooks extends Page<Look> {
  readonly person: string;
}

/** As many looks as one page holds. */
const MOST_LOOKS = 200;

/** What was done by an office with a person's data where it names no purpose. */
const DONE: Readonly<Partial<Record<SeenKind, string>>> = {
  ROWS: '报送、退回名单',
  REVIEW: '身份核查',
  DECIDED: '自动核定',
  BENEFIT: '政策测算',
};

/**
 * Tells who looked at a person: which office, when, what for, on what ground and at what kinds of things, the newest first. Purposes
 * that the jurisdiction's file discloses later are told from their day on. To be shown to the person; this look is one of them.
 *
 * @returns `null` for a person who is not there, and for one of whom the caller may not know; `FORBIDDEN`; `BAD_USER_INPUT`
 */
export async function whoLooked(
  document: { readonly idType: IdType | null; readonly idNumber: string },
  purpose: Purpose,
  first: number,
  after: string | null,
  caller: Caller | null,
  ports: WhoLookedPorts,
): Promise<Answer<PersonLooks | null>> {
  const begun = performance.now();
  const right = decideWhoLooked(caller, caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined, purpose);
  if (!right.ok) return right;
  if (!Number.isInteger(first) || first < 1 || first > MOST_LOOKS || (after !== null && !/^\d{1,15}$/.test(after))) {
    return refused('BAD_USER_INPUT', `每页条数应为 1 至 ${MOST_LOOKS}`, `A page holds from 1 to ${MOST_LOOKS} looks`);
  }
  const { jurisdiction } = right.value;
  const read = readIdNumber(document.idNumber, document.idType);
  const key = read.ok ? (await ports.subjectKeys.find(() => [read.document])).keyOf(read.document) : null;
  const now = ports.clock.now();
  const found = await ports.persons.findBySubjects(jurisdiction.id, key === null ? [] : [key], now);
  const [view] = viewPersons([found.get(key ?? '')], { right: right.value, purpose, knownAt: now });
  if (!view) {
    await untilBeat(begun, right.value);
    return granted(null);
  }
  const keys = factsOf(view).subjects.map((subject) => subject.key);
  const told = { now, afterDays: jurisdiction.disclosedAfterDays ?? {} };
  const page = await ports.auditReader.looksAt(jurisdiction.id, keys, told, first, after);
  return granted({ ...page, person: view.id, items: page.items.map((look) => shown(look, jurisdiction)) });
}

function shown({ sequence, entry }: LoggedLook, jurisdiction: Jurisdiction): Look {
  const agency = agencyOf(entry);
  const { at, purpose, scopes, kinds } = entry;
  return {
    cursor: String(sequence),
    at,
    agency,
    agencyName: agency === null ? '数据共享枢纽' : (jurisdiction.agencies[agency]?.name ?? AGENCIES[agency]),
    purpose,
    purposeName: purpose === null ? (kinds.map((kind) => DONE[kind]).find(Boolean) ?? '依职权办理') : PURPOSES[purpose],
    scopes,
    kinds,
  };
}

function agencyOf({ actor }: AuditEntry): Agency | null {
  const [, agency = ''] = actor.client.split(':');
  return Object.hasOwn(AGENCIES, agency) ? (agency as Agency) : null;
}
