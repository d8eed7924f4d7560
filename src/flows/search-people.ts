import type { Caller, Purpose } from '../domain/access/caller.ts';
import { decideBenefitRead, decideSearch, decideUnenrolled, type ReadRight } from '../domain/access/decide-read.ts';
import { inFullTens } from '../domain/access/full-tens.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { bareName } from '../domain/identity/normalise-name.ts';
import { wideRegion } from '../domain/intake/region-code.ts';
import type { Category } from '../domain/intake/words.ts';
import { parsePlainDate, type PlainDate } from '../domain/time/plain-date.ts';
import { viewPersons, type AnswerPersonPorts, type PersonView } from './answer-person.ts';
import { packForYear } from './pack-for-year.ts';
import type { Page, PolicyPacks } from './ports.ts';
import type { EnrolmentState, PersonSearch, SearchStore } from './ports-search.ts';

/** What it takes to search people. */
export interface SearchPeoplePorts extends AnswerPersonPorts {
  readonly search: SearchStore;
  readonly packs: PolicyPacks;
}

/** By what a caller searches; every part that is not `null` must fit. */
export interface PeopleSearched {
  /** The beginning of the name. */
  readonly name: string | null;
  readonly birthDate: PlainDate | null;
  /** A county, town or village; everybody within it. */
  readonly regionCode: string | null;
  readonly householdNumber: string | null;
  /** The plan year whose pack decides identity and enrolment; needed with either. */
  readonly policyYear: number | null;
  /** The identity whose tier is used. */
  readonly category: Category | null;
  /** Only ordinary residents, whose premium nobody subsidises. */
  readonly ordinary: boolean;
  readonly enrolment: EnrolmentState | null;
}

/** One person of a page, and the cursor after which to go on from them. */
export interface PersonFound {
  readonly view: PersonView;
  readonly cursor: string;
}

/** A page of people found, and how many there are as the caller may know it; `null`: not told. */
export interface PeopleFound extends Omit<Page<PersonFound>, 'total'> {
  readonly total: number | null;
}

/** The most persons of a page. */
const MOST_FOUND = 200;
const LONGEST_TEXT = 100;

/**
 * Searches people of the caller's jurisdiction as they are known now: a page of them in an order that stays, and how many there are in all.
 * Whoever knows only its own people searches among these. Identity and enrolment are what a pack decides, and need the right to it.
 *
 * Decisions and cards follow a push by seconds; what is shown of a person is always as of now.
 */
export async function searchPeople(
  searched: PeopleSearched,
  purpose: Purpose,
  first: number,
  after: string | null,
  caller: Caller | null,
  ports: SearchPeoplePorts,
): Promise<Answer<PeopleFound>> {
  const jurisdiction = caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined;
  const right = decideSearch(caller, jurisdiction, purpose);
  if (!right.ok) return right;
  if (isByDecision(searched)) {
    const benefit = decideBenefitRead(caller, jurisdiction);
    if (!benefit.ok) return benefit;
  }
  if (searched.enrolment !== null) {
    const unenrolled = decideUnenrolled(caller, jurisdiction);
    if (!unenrolled.ok) return unenrolled;
  }
  const search = readSearch(searched, right.value, ports.packs);
  if (!search.ok) return search;
  if (!Number.isInteger(first) || first < 1 || first > MOST_FOUND) {
    return refused('BAD_USER_INPUT', `每页条数应为 1 至 ${MOST_FOUND}`, `A page holds from 1 to ${MOST_FOUND} persons`);
  }

  const { id } = right.value.jurisdiction;
  const page = await ports.search.search(id, search.value, first, after);
  const knownAt = ports.clock.now();
  const facts = await ports.persons.findByIds(
    id,
    page.items.map(({ person }) => person),
    knownAt,
  );
  // Whoever was joined into somebody else since the card was written, or is the caller's own no more, is left out.
  const views = viewPersons(
    page.items.map(({ person }) => facts.get(person)),
    { right: right.value, purpose, knownAt },
  );
  const items = page.items.flatMap(({ cursor }, index) => {
    const view = views[index];
    return view ? [{ view, cursor }] : [];
  });
  return granted({ ...page, items, total: toldTotal({ ...page, items }, after, right.value) });
}

/**
 * How many people a search finds is exactly told to who is told of each of them on this page, and to who may see names and numbers whole
 * and says why. To everybody else in full tens: a question for nothing but the number would tell of people whom nobody puts down.
 */
function toldTotal({ items, total }: Page<unknown>, after: string | null, { reveal }: ReadRight): number | null {
  const isAllHere = after === null && items.length === total;
  return isAllHere || reveal ? total : inFullTens(total);
}

const isByDecision = ({ category, ordinary, enrolment }: PeopleSearched): boolean =>
  category !== null || ordinary || enrolment !== null;

/** Reads what is searched: refuses what is no name, day or place, what would list everybody, and a year without a pack. */
function readSearch(
  searched: PeopleSearched,
  { jurisdiction, knows, caller }: ReadRight,
  packs: PolicyPacks,
): Answer<PersonSearch> {
  const { name, birthDate, regionCode, householdNumber } = searched;
  const bare = name === null ? null : bareName(name);
  if ([bare, householdNumber].some((text) => text !== null && !isText(text))) {
    return badInput('姓名和户号应为 1 至 100 个字', 'name and householdNumber hold 1 to 100 characters');
  }
  if (birthDate !== null && parsePlainDate(birthDate) === undefined) {
    return badInput('birthDate 不是日历上的日期', 'birthDate is not a day of the calendar');
  }
  if (regionCode !== null && !/^\d{6,12}$/.test(regionCode)) {
    return badInput('regionCode 应为 6 至 12 位数字', 'regionCode holds 6 to 12 digits');
  }
  if (bare === null && birthDate === null && householdNumber === null && !isByDecision(searched)) {
    return badInput('除行政区划外，请至少给出一项检索条件', 'Give at least one thing to search by besides the region');
  }
  const decided = readDecided(searched, jurisdiction.packs, packs);
  if (!decided.ok) return decided;
  return granted({
    ...(bare === null ? {} : { name: bare }),
    ...(birthDate === null ? {} : { birthDate }),
    ...(regionCode === null ? {} : { regionCode: wideRegion(regionCode) }),
    ...(householdNumber === null ? {} : { householdNumber }),
    ...(decided.value === null ? {} : { decided: decided.value }),
    ...(knows === 'OWN' ? { ownOf: caller.agency } : {}),
  });
}

function readDecided(
  searched: PeopleSearched,
  ids: readonly string[],
  packs: PolicyPacks,
): Answer<PersonSearch['decided'] | null> {
  const { policyYear, category, ordinary, enrolment } = searched;
  if (!isByDecision(searched)) return granted(null);
  if (ordinary && category !== null) {
    return badInput('普通居民没有身份类别', 'An ordinary resident has no category');
  }
  if (policyYear === null) {
    return badInput('按身份或参保状态检索须给出参保年度', 'Searching by identity or enrolment needs a plan year');
  }
  const pack = packForYear(policyYear, ids, packs);
  if (!pack) {
    return refused('NOT_FOUND', '本统筹区没有该年度的政策包', 'This jurisdiction has no policy pack for the plan year');
  }
  return granted({
    pack: pack.id,
    ...(category === null && !ordinary ? {} : { category }),
    ...(enrolment === null ? {} : { enrolment }),
  });
}

// A control character is in no name, and no text of the store can hold all of them.
const isText = (text: string): boolean => text.length >= 1 && text.length <= LONGEST_TEXT && !/\p{Cc}/u.test(text);

const badInput = (zh: string, en: string) => refused('BAD_USER_INPUT', zh, en);
