import type { Fen } from '../intake/fen.ts';
import type { PlainDate } from '../time/plain-date.ts';
import type {
  Agency,
  Category,
  DisabilityType,
  EnrolmentEndCause,
  LifeEventKind,
  ListName,
  PaymentChannel,
  RefundCause,
  ResidentRegistration,
  Scheme,
  StudentStage,
} from '../intake/words.ts';

/** What every row says besides its list's own columns. */
interface Said {
  /** The name exactly as the owner wrote it. */
  readonly name: string;
  /** The place the row names for the person, a region code of 6 to 12 digits. */
  readonly regionCode?: string;
  /** The number that the row names is not its subject's own, so that the subject is this row's alone. */
  readonly heldApart?: true;
  /**
   * Keys of the other documents that the row names as the same person's, in order: who is who follows from it for as long as the
   * claim stands. For the hub alone; nobody is shown it.
   */
  readonly sameAs?: readonly string[];
}

/** What a claim of each list says, by list. Days are inclusive. */
export interface ClaimAttributes {
  deaths: Said & { readonly diedOn: PlainDate };
  births: Said & { readonly bornOn: PlainDate };
  registrations: Said & { readonly policyYear: number; readonly registeredOn: PlainDate };
  hardship: Said & {
    readonly category: Category;
    /** The category word exactly as the owner wrote it. */
    readonly word: string;
    readonly liftedHousehold?: boolean;
    readonly riskEliminated?: boolean;
    readonly ruralHukou?: boolean;
  };
  disability: Said & { readonly type: DisabilityType; readonly level: number; readonly certificateNumber?: string };
  students: Said & {
    readonly stage: StudentStage;
    readonly newStudent?: boolean;
    readonly paidSchoolYearUntil?: PlainDate;
    readonly schoolRegion?: string;
  };
  enrolments: Said & {
    readonly scheme: Scheme;
    readonly region: string;
    readonly endedBecause?: EnrolmentEndCause;
    readonly backPaidMonths?: number;
  };
  payments: Said & {
    readonly policyYear: number;
    readonly amount: Fen;
    readonly paidOn: PlainDate;
    readonly creditedOn?: PlainDate;
    readonly channel: PaymentChannel;
    readonly receiptNumber?: string;
  };
  'refund-applications': Said & {
    readonly policyYear: number;
    readonly appliedOn: PlainDate;
    readonly cause: RefundCause;
  };
  'life-events': Said & { readonly kind: LifeEventKind; readonly happenedOn: PlainDate };
  'migrant-workers': Said;
  residents: Said & { readonly householdNumber: string; readonly registration: ResidentRegistration };
}

/** The part of a claim that does not depend on its list. */
interface ClaimBase {
  /** UUIDv7. */
  readonly id: string;
  readonly jurisdiction: string;
  /** Keyed hash of the document that names the subject. */
  readonly subjectKey: string;
  readonly agency: Agency;
  /** What the claim is about within its list (for hardship the category and day of recognition): one standing claim a key. */
  readonly key: string;
  /** First day on which what is said holds; for an event its day. `null` where the list gives none. */
  readonly validFrom: PlainDate | null;
  /** Last day on which it holds, `null` while it goes on. For an event the same day as `validFrom`. */
  readonly validTo: PlainDate | null;
  /** The instant at which the hub was told. */
  readonly toldAt: Date;
  /**
   * The instant at which the matter was first told. Equal to `toldAt` for something new; a claim that replaces another of the
   * same matter (an end set by a removal or a snapshot, a correction) keeps the first one's, because some rules turn on when a
   * listing was first received (GY26-2.5.3e).
   */
  readonly firstToldAt: Date;
  /** The instant from which the claim no longer stands (corrected, removed or withdrawn), `null` while it stands. */
  readonly endedAt: Date | null;
  readonly submission: string;
  /** The row of that submission, counted from 1; 0 where no row says it: a snapshot left the subject out. */
  readonly row: number;
}

/** One dated statement of one list about one subject: who said it, what, true from and to, told when, by which row. */
export type ClaimOf<L extends ListName> = ClaimBase & { readonly list: L; readonly attributes: ClaimAttributes[L] };

/** A claim of any list; `list` tells which. */
export type Claim = { [L in ListName]: ClaimOf<L> }[ListName];

/** Where a value came from: enough to find the row again. */
export interface ClaimSource {
  readonly claim: string;
  readonly agency: Agency;
  readonly list: ListName;
  readonly submission: string;
  readonly row: number;
  readonly toldAt: Date;
  /** True when: the days for which it is said, as the claim has them. */
  readonly validFrom: PlainDate | null;
  readonly validTo: PlainDate | null;
}

/** Names the row behind a claim. */
export function sourceOf(claim: Claim): ClaimSource {
  return {
    claim: claim.id,
    agency: claim.agency,
    list: claim.list,
    submission: claim.submission,
    row: claim.row,
    toldAt: claim.toldAt,
    validFrom: claim.validFrom,
    validTo: claim.validTo,
  };
}

/** Did the claim stand at the instant: told by then, and not yet ended? */
export function stoodAt(claim: Claim, knownAt: Date): boolean {
  return claim.toldAt <= knownAt && (claim.endedAt === null || claim.endedAt > knownAt);
}
