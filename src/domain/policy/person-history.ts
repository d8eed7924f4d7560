import type { Claim, ClaimOf } from '../claims/claim.ts';
import type { ListName } from '../intake/words.ts';
import { birthDateOf } from '../intake/id-number.ts';
import type { PersonFacts } from '../person/person-facts.ts';
import type { PlainDate } from '../time/plain-date.ts';

/** A person's claims as a pack reads them: by list, only what had happened by the day asked about. */
export interface PersonHistory {
  readonly asOf: PlainDate;
  readonly birth: { readonly day: PlainDate; readonly claims: readonly Claim[] } | null;
  /** Named by a foreign permanent resident's card. */
  readonly foreigner: boolean;
  readonly claims: readonly Claim[];
  readonly hardship: readonly ClaimOf<'hardship'>[];
  readonly disability: readonly ClaimOf<'disability'>[];
  /** In the order of payment. */
  readonly payments: readonly ClaimOf<'payments'>[];
  readonly registrations: readonly ClaimOf<'registrations'>[];
  readonly enrolments: readonly ClaimOf<'enrolments'>[];
  readonly students: readonly ClaimOf<'students'>[];
  readonly lifeEvents: readonly ClaimOf<'life-events'>[];
  readonly migrantWork: readonly ClaimOf<'migrant-workers'>[];
  readonly refundApplications: readonly ClaimOf<'refund-applications'>[];
  readonly deaths: readonly ClaimOf<'deaths'>[];
}

const byDay = (a: Claim, b: Claim): number => {
  const [left, right] = [a.validFrom ?? '', b.validFrom ?? ''];
  if (left !== right) return left < right ? -1 : 1;
  return a.toldAt.getTime() - b.toldAt.getTime() || (a.id < b.id ? -1 : 1);
};

/**
 * Reads the claims that stood into what had happened by `asOf`; a claim whose first day lies later is left out. Enrolments stay
 * whole: an enrolment told in December for January is a fact about the coming year.
 */
export function historyOf(facts: PersonFacts, asOf: PlainDate): PersonHistory {
  const happened = facts.claims.filter(
    (claim) => claim.list === 'enrolments' || claim.validFrom === null || claim.validFrom <= asOf,
  );
  const of = <L extends ListName>(list: L): ClaimOf<L>[] =>
    happened.filter((claim): claim is Extract<Claim, { list: L }> & ClaimOf<L> => claim.list === list).sort(byDay);

  return {
    asOf,
    birth: birthOf(of('births'), facts),
    foreigner: facts.subjects.some((subject) => subject.idType === 'FOREIGN_PERMANENT_RESIDENT'),
    claims: happened,
    hardship: of('hardship'),
    disability: of('disability'),
    payments: of('payments'),
    registrations: of('registrations'),
    enrolments: of('enrolments'),
    students: of('students'),
    lifeEvents: of('life-events'),
    migrantWork: of('migrant-workers'),
    refundApplications: of('refund-applications'),
    deaths: of('deaths'),
  };
}

// The births list goes first: it is the source the policies name; the number only carries the day along.
function birthOf(births: readonly ClaimOf<'births'>[], facts: PersonFacts): PersonHistory['birth'] {
  const told = births.at(-1);
  if (told) return { day: told.attributes.bornOn, claims: [told] };
  for (const subject of facts.subjects) {
    const day = birthDateOf(subject.idNumber);
    if (day !== undefined) return { day, claims: [] };
  }
  return null;
}
