import type { Agency, Category, ListName } from '../intake/words.ts';
import type { SurvivorshipTable } from '../person/survivorship.ts';
import type { ReadBudget } from './read-budget.ts';

/** Purposes for which a person may be read. Each agency is granted some of them by its jurisdiction's file. */
export const PURPOSES = {
  PREMIUM_COLLECTION: '参保缴费征收',
  SUBSIDY_ADMINISTRATION: '参保资助审核',
  BENEFIT_ADMINISTRATION: '待遇核定',
  REFUND_HANDLING: '退费办理',
  LIST_VERIFICATION: '名单核对',
  AUDIT: '审计监督',
  /** Opened by two persons for an hour at most (ADR 23); no file can grant it. */
  EMERGENCY: '应急查询',
} as const;
/** A purpose for which a person may be read. */
export type Purpose = keyof typeof PURPOSES;

/** What one token allows, as the issuer signed it. */
export type Scope =
  | `list:${ListName}:push`
  | 'submission:read'
  | 'submission:release'
  | 'person:read'
  | 'person:reveal'
  | 'person:search'
  | 'person:emergency'
  | 'benefit:read'
  | 'change:read'
  | 'audit:read'
  | 'review:read'
  | 'review:settle';

/**
 * The request in which somebody asks, as logs, errors and the audit log name it: one object for all of the request, and never a copy, of
 * which nothing that is noted for the audit log would be put down.
 */
export interface AskedIn {
  readonly id: string;
  /** The published operation or the file's address; `unpublished` until it is known, and for a document of the sender's own. */
  operation: string;
}

/** Who asks: one agency of one jurisdiction, with the scopes of its token. */
export interface Caller {
  /** The OAuth client, `<jurisdiction>:<agency>`. */
  readonly client: string;
  readonly agency: Agency;
  readonly jurisdiction: string;
  readonly scopes: ReadonlySet<string>;
  /** The staff member in whose name the agency's system acts, by the agency's own short id; absent where the token names nobody. */
  readonly operator?: string;
  /** Thumbprint of the agency's key by which the token was obtained; absent where the issuer does not say. */
  readonly key?: string;
  /** Absent outside of a request. */
  readonly request?: AskedIn;
  /**
   * Why this request asks for names and numbers unmasked, in the asker's words; absent where it does not. Kept with the audit entries of
   * whatever it reads, never with the token.
   */
  readonly revealBecause?: string;
}

/** Brakes on lists that look wrong as a whole: held until a second person releases them, or refused. */
export interface ListLimits {
  /** A snapshot that drops more than this share of what stands is held, if it drops at least so many. */
  readonly shrink: { readonly percent: number; readonly butAtLeast: number };
  /** A push that adds more deaths than this is held. */
  readonly newDeaths: number;
  /** A list of which more than this share of rows is rejected is refused whole; `null`: none is. */
  readonly badRowsPercent: number | null;
}

/** What holds where a jurisdiction's file sets no limits: a county of 300,000 buries some 200 people a month. */
export const DEFAULT_LIMITS: ListLimits = {
  shrink: { percent: 5, butAtLeast: 50 },
  newDeaths: 1_000,
  badRowsPercent: null,
};

/** What a jurisdiction grants one of its agencies. */
export interface AgencyGrant {
  /** The office's full name, as on its seal. */
  readonly name: string;
  /** Its tokens must be bound to a key that its system proves to have with every request (RFC 9449); absent: they may be. */
  readonly dpop?: 'required';
  /** Whatever it pushes must be signed by it; absent: it may be. */
  readonly signature?: 'required';
  /** May its systems send GraphQL documents of their own, and ask about the schema; absent: published operations alone. */
  readonly freeQueries?: boolean;
  /** The lists it may push; for hardship and disability only the categories named, where any are. */
  readonly pushes: Partial<Record<ListName, { readonly categories?: readonly Category[] }>>;
  /** What it may read of persons; absent: nothing. */
  readonly reads?: {
    readonly purposes: readonly Purpose[];
    /**
     * Whom it may know of: `EVERYBODY` in the jurisdiction, or only its `OWN` people, of whom it has itself said something that
     * stands. A grant of some lists is for checking one's own people, not for learning who else is on a roster.
     */
    readonly knows: 'EVERYBODY' | 'OWN';
    /** Lists whose claims it sees on a person; `ALL` for every list. */
    readonly lists: 'ALL' | readonly ListName[];
    /** May ask what a pack decides. */
    readonly benefit: boolean;
    /** May see names and numbers unmasked, where its request says why. */
    readonly reveal: boolean;
    /** May search people by name, birthday, place, household and what is decided of them; absent: no. */
    readonly search?: boolean;
    /** Is the unit that must act on people who are not enrolled, and may be told who they are; absent: no. */
    readonly unenrolled?: boolean;
    /** May read how decisions changed; absent: no. */
    readonly changes?: boolean;
    /** May ask who looked at a person, to tell them; absent: no. */
    readonly whoLooked?: boolean;
    /** May its staff look people up in an emergency that a second of them approves; absent: no. */
    readonly emergency?: boolean;
    /** How many people it may be told of; absent: as everybody. */
    readonly budget?: ReadBudget;
  };
  /** What it may do about matters of identity that only a person can settle; absent: nothing. */
  readonly reviews?: {
    /** `ALL` tasks of the jurisdiction, or only those about its `OWN` people, of whom it has itself said something that stands. */
    readonly sees: 'ALL' | 'OWN';
    /** May settle the tasks it sees. */
    readonly settles: boolean;
  };
}

/** A pooling area (统筹区/县区): its agencies and what they may do, its packs, and whose word counts. */
export interface Jurisdiction {
  readonly id: string;
  /** The national region code of the place, six digits or more. */
  readonly regionCode: string;
  readonly name: string;
  readonly agencies: Partial<Record<Agency, AgencyGrant>>;
  /** Which agencies confirm a death, and how many of them must name the same day. */
  readonly deaths: { readonly sources: readonly Agency[]; readonly mustAgree: number };
  /** Whose word on a value of the record goes first. */
  readonly survivorship: SurvivorshipTable;
  /** Ids of the policy packs in force, one a plan year. */
  readonly packs: readonly string[];
  /** Days after which a person is told of a look for such a purpose; those not named are told at once. */
  readonly disclosedAfterDays?: Partial<Record<Purpose, number>>;
  /** Absent: {@link DEFAULT_LIMITS}. */
  readonly limits?: ListLimits;
  /** Numbers, normalised, that are written here where none is known, besides those that everybody knows. */
  readonly placeholderNumbers?: ReadonlySet<string>;
}

/** The scopes that an agency's token may carry: derived from its grant, so that the two cannot disagree. */
export function scopesOf(grant: AgencyGrant): Scope[] {
  const lists = Object.keys(grant.pushes) as ListName[];
  const scopes: Scope[] = lists.map((list): Scope => `list:${list}:push`);
  if (lists.length > 0) scopes.push('submission:read', 'submission:release');
  if (grant.reads) scopes.push('person:read');
  if (grant.reads?.benefit) scopes.push('benefit:read');
  if (grant.reads?.reveal) scopes.push('person:reveal');
  if (grant.reads?.search) scopes.push('person:search');
  if (grant.reads?.emergency) scopes.push('person:emergency');
  if (grant.reads?.changes) scopes.push('change:read');
  if (grant.reads?.whoLooked) scopes.push('audit:read');
  if (grant.reviews) scopes.push('review:read');
  if (grant.reviews?.settles) scopes.push('review:settle');
  return scopes;
}
