import { createHash } from 'node:crypto';
import { stoodAt, type Claim } from '../../src/domain/claims/claim.ts';
import { planClaims } from '../../src/domain/claims/plan-claims.ts';
import type { Subject } from '../../src/domain/identity/subject.ts';
import { checkRow } from '../../src/domain/intake/check-row.ts';
import type { RawRow } from '../../src/domain/intake/list-definition.ts';
import type { Agency, ListName } from '../../src/domain/intake/words.ts';
import type { PersonFacts } from '../../src/domain/person/person-facts.ts';
import { endOfDayInShanghai, type PlainDate } from '../../src/domain/time/plain-date.ts';
import { getList } from '../../src/lists/registry.ts';

/** One push of a story: on which day which agency sent which list. */
export interface StoryPush {
  readonly on: PlainDate;
  readonly agency: Agency;
  readonly list: ListName;
  readonly rows: readonly RawRow[];
}

/** A person as stories name them. */
export interface StoryPerson {
  readonly name: string;
  readonly idNumber: string;
  readonly idType?: string;
}

const uuid = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

const subjectOf = (document: { idType: Subject['idType']; idNumber: string }): Subject => ({
  ...document,
  key: createHash('sha256').update(`${document.idType}\0${document.idNumber}`).digest('hex').slice(0, 32),
});

/** Takes the pushes of one person through the real checks and plan, in memory; answers what stood at the end of a day. */
export function takeIn(person: StoryPerson, pushes: readonly StoryPush[]): (knownOn: PlainDate) => PersonFacts {
  const claims: Claim[] = [];
  const subjects = new Map<string, Subject>();
  let number = 0;
  pushes.forEach((push, order) => {
    const receivedAt = new Date(new Date(`${push.on}T09:00:00+08:00`).getTime() + order * 1000);
    const list = getList(push.list);
    const rows = push.rows.map((row, index) => {
      const checked = checkRow({ ...person, ...row }, index, list, push.on);
      if (checked.rejected) throw new Error(`row rejected: ${checked.findings.map((finding) => finding.code).join()}`);
      if (checked.subject) {
        for (const document of [checked.subject, ...list.otherDocuments(checked.cells, checked.subject)]) {
          const subject = subjectOf(document);
          subjects.set(subject.key, subject);
        }
      }
      return { ...checked, subjectKey: checked.subject ? subjectOf(checked.subject).key : null };
    });
    const plan = planClaims({
      list,
      rows,
      mode: 'DELTA',
      standing: claims.filter(
        (claim) => claim.endedAt === null && claim.agency === push.agency && claim.list === push.list,
      ),
      covered: new Set(),
      jurisdiction: 'story',
      agency: push.agency,
      submission: uuid(900_000 + order),
      receivedAt,
      nextId: () => uuid((number += 1)),
    });
    const ended = new Set(plan.end.map((claim) => claim.id));
    claims.forEach((claim, at) => {
      if (ended.has(claim.id)) claims[at] = { ...claim, endedAt: receivedAt };
    });
    claims.push(...plan.add);
  });
  return (knownOn) => {
    const knownAt = endOfDayInShanghai(knownOn);
    return {
      id: 'person',
      subjects: [...subjects.values()],
      claims: claims.filter((claim) => stoodAt(claim, knownAt)),
    };
  };
}
