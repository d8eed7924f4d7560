import type { Purpose, Scope } from '../domain/access/caller.ts';
import type { SeenKind } from '../domain/audit/audit-entry.ts';
import { signatureMark } from '../domain/intake/submission-signature.ts';
import type { PersonView } from './answer-person.ts';
import type { Flows } from './flows.ts';
import type { EmergencyView } from './handle-emergency.ts';
import type { StoredSubmission } from './ports.ts';
import type { CorrectionView, ReviewTaskView } from './show-review.ts';

/** What a flow did, for the audit log: one entry a person, or one for what is about nobody by name. */
export interface Told {
  /** Whom it was about, by person id or subject key; `null` for each that was asked for and not told. Absent: nobody by name. */
  readonly persons?: readonly (string | null)[];
  readonly kinds: readonly SeenKind[];
  readonly scopes: readonly Scope[];
  readonly purpose?: Purpose | null;
  readonly knownAt?: Date | null;
  readonly submissions?: readonly string[];
  readonly count?: number;
  readonly digest?: string;
  readonly signature?: string;
  readonly emergency?: string;
  /** Why the emergency was asked for. */
  readonly revealBecause?: string;
}

/** A flow by its name. */
export type Act = keyof Flows;

/** What a flow is asked with, and what it gives where it is granted. */
export type Asked<A extends Act> = Parameters<Flows[A]>;
type Given<A extends Act> = Extract<Awaited<ReturnType<Flows[A]>>, { readonly ok: true }>['value'];

/** Gives one entry after another, with whom each is about. */
type PersonOf<S> = S extends AsyncIterable<infer T> ? (one: T) => string | null : never;

/** How a flow is put down. */
export type AuditRule<A extends Act> =
  /** It shows nothing of anybody: only that it was denied is put down. */
  | 'NOBODY'
  /** So, and what the request did before must have been put down, since it tells what the log came to. */
  | 'TELLS_LOG'
  | {
      /** It changes something: not even begun while the log cannot be written. */
      readonly changes?: true;
      /** `null`: what was given shows nothing of anybody. */
      tell(given: Given<A>, asked: Asked<A>): Told | null;
    }
  | {
      /** It gives people one after another: they are put down some at a time, before any of them is given. */
      stream(
        given: Given<A>,
        asked: Asked<A>,
      ): Omit<Told, 'persons'> & {
        readonly given: AsyncIterable<unknown>;
        readonly personOf: PersonOf<AsyncIterable<never>>;
        with(recorded: AsyncIterable<never>): Given<A>;
      };
    };

/** People of views; who may see whole numbers has seen them. */
const views = (
  found: readonly (PersonView | null | undefined)[],
  purpose: Purpose | null | undefined,
  knownAt: Date | null = null,
): Told => ({
  persons: found.map((view) => view?.id ?? null),
  purpose: purpose ?? null,
  knownAt,
  scopes: purpose === 'EMERGENCY' ? ['person:read', 'person:emergency'] : ['person:read'],
  kinds: [
    'RECORD',
    ...(found.some((view) => view?.hasClaims) ? (['CLAIMS'] as const) : []),
    ...(found.some((view) => view?.mayReveal) ? (['NUMBERS'] as const) : []),
  ],
});

const households = (
  found: readonly ({ readonly members: readonly { readonly view: PersonView }[] } | null)[],
  purpose: Purpose | undefined,
  knownAt: Date | null | undefined,
): Told => {
  const seen = views(
    found.flatMap((household) => household?.members.map(({ view }) => view) ?? [null]),
    purpose,
    knownAt,
  );
  return { ...seen, kinds: [...seen.kinds, 'HOUSEHOLD'] };
};

const tasks = (found: readonly (ReviewTaskView | null)[]): Told => ({
  persons: found.flatMap((task) => task?.sides.map(({ person }) => person) ?? [null]),
  kinds: ['REVIEW', ...(found.some((task) => task?.mayReveal) ? (['NUMBERS'] as const) : [])],
  scopes: ['review:read'],
});

const settled = (task: ReviewTaskView): Told => ({ ...tasks([task]), scopes: ['review:settle'] });

const requests = (found: readonly CorrectionView[]): Told => ({
  persons: found.map(({ request }) => request.subjectKey),
  kinds: ['REVIEW'],
  scopes: ['review:read'],
});

const submission = (
  { id, list, counts, digest, signature }: StoredSubmission,
  scopes: readonly Scope[] = [`list:${list}:push`],
): Told => ({
  kinds: ['ROWS'],
  scopes,
  submissions: [id],
  count: counts.sent,
  digest,
  ...(signature && { signature: signatureMark(signature) }),
});

const EXACT_FIGURES: Told = { kinds: ['BENEFIT'], scopes: ['benefit:read', 'person:reveal'] };

/** What was done with an emergency: for how many numbers it was asked for, and how many it came to. */
const emergency = ({ id, because, numbers, used, endedAt }: EmergencyView): Told => ({
  kinds: [],
  scopes: ['person:emergency'],
  purpose: 'EMERGENCY',
  emergency: id,
  revealBecause: because,
  count: endedAt === null ? numbers : used,
});

/** Of every flow, what of it is put down. A flow that is missing here does not compile; one that shows people must not be `NOBODY`. */
export const AUDIT_RULES: { readonly [A in Act]: AuditRule<A> } = {
  receiveList: {
    changes: true,
    tell: ({ submission: kept, counts }, [push]) =>
      kept ? submission(kept) : { kinds: ['ROWS'], scopes: [`list:${push.list}:push`], count: counts.sent },
  },
  receiveFile: { changes: true, tell: ({ submission: kept }) => submission(kept) },
  returnRows: {
    stream: (given) => ({
      given: given.rows,
      personOf: ({ subjectKey }: { readonly subjectKey: string | null }) => subjectKey,
      with: (rows) => ({ ...given, rows }),
      kinds: ['ROWS'],
      scopes: ['submission:read'],
    }),
  },
  // Whom the file shows is put down when it is fetched.
  linkFile: {
    changes: true,
    tell: (_link, [{ kind, purpose }]) => ({
      kinds: [],
      scopes: kind === 'persons.csv' ? ['benefit:read', 'person:reveal'] : ['submission:read'],
      purpose,
    }),
  },
  openFileLink: 'NOBODY',
  findSubmission: 'NOBODY',
  findSubmissions: 'NOBODY',
  pageSubmissions: 'NOBODY',
  // A verdict names a row of what the agency itself has sent, and never what it says.
  pageVerdicts: 'NOBODY',
  followSubmission: 'NOBODY',
  signReceipt: 'TELLS_LOG',
  proveLog: 'NOBODY',
  personsOfRows: { tell: (found, [, , purpose]) => views(found, purpose) },
  withdrawSubmission: { changes: true, tell: (kept) => submission(kept) },
  releaseSubmission: { changes: true, tell: (kept) => submission(kept, ['submission:release']) },
  redriveSubmission: { changes: true, tell: (kept) => submission(kept) },
  findPeople: { tell: (found, [, purpose, knownAt]) => views(found, purpose, knownAt) },
  findPeopleByIds: { tell: (found, [, purpose, knownAt]) => views(found, purpose, knownAt) },
  findPeopleAgain: { tell: (found, [, knownAt]) => views(found, found[0]?.purpose, knownAt) },
  searchPeople: {
    tell: ({ items }, [, purpose]) => {
      const seen = views(
        items.map(({ view }) => view),
        purpose,
      );
      return { ...seen, scopes: ['person:search'] };
    },
  },
  findHousehold: { tell: (found, [, purpose, { knownAt }]) => households([found], purpose, knownAt) },
  findHouseholdsOf: { tell: (found, [persons]) => households(found, persons[0]?.purpose, persons[0]?.knownAt) },
  requestEmergency: { changes: true, tell: emergency },
  approveEmergency: { changes: true, tell: emergency },
  endEmergency: { changes: true, tell: emergency },
  emergencies: 'NOBODY',
  decideBenefit: {
    tell: (_decision, [person]) => ({
      persons: [person.id],
      kinds: ['BENEFIT'],
      scopes: ['benefit:read'],
      purpose: person.purpose,
    }),
  },
  // Counts of everybody, of nobody in particular; but exact ones tell of few people, and take a reason that is to be kept.
  populationSummary: { tell: (summary) => (summary?.exact ? EXACT_FIGURES : null) },
  askComparison: { changes: true, tell: () => ({ kinds: ['BENEFIT'], scopes: ['benefit:read'] }) },
  findComparison: { tell: (found) => (found?.totals?.exact ? EXACT_FIGURES : null) },
  comparedPersons: {
    stream: (given, [, purpose]) => ({
      given,
      personOf: ({ person }: { readonly person: string }) => person,
      with: (persons) => persons,
      kinds: ['RECORD', 'NUMBERS', 'BENEFIT'],
      scopes: ['benefit:read', 'person:reveal'],
      purpose,
    }),
  },
  policyPacks: 'NOBODY',
  decideAll: 'NOBODY',
  listCatalogue: 'NOBODY',
  findChanges: {
    tell: ({ items }, [{ purpose }]) => ({
      persons: items.map(({ person }) => person),
      kinds: ['BENEFIT'],
      scopes: ['change:read'],
      purpose,
    }),
  },
  whoLooked: {
    tell: (page, [, purpose]) => ({
      persons: [page?.person ?? null],
      kinds: ['LOOKS'],
      scopes: ['person:read', 'audit:read'],
      purpose,
    }),
  },
  reviewTasks: { tell: ({ items }) => tasks(items) },
  reviewTask: { tell: (task) => tasks([task]) },
  settleReview: { changes: true, tell: settled },
  confirmReview: { changes: true, tell: settled },
  undoSettlement: { changes: true, tell: settled },
  requestCorrection: { changes: true, tell: (request) => requests([request]) },
  corrections: { tell: ({ items }) => requests(items) },
  answerCorrection: { changes: true, tell: (request) => requests([request]) },
};
