import type { Purpose, Scope } from '../access/caller.ts';
import type { RefusalCode } from '../access/refusal.ts';

/** What kinds of things of a person were seen, or done with their data. */
export const SEEN_KINDS = {
  RECORD: '基本信息',
  NUMBERS: '证件号码',
  CLAIMS: '各部门申报记录',
  HOUSEHOLD: '户籍与同户人员',
  BENEFIT: '待遇核定结果',
  REVIEW: '身份核查事项',
  ROWS: '报送的名单行',
  DECIDED: '自动核定',
  LOOKS: '访问记录',
} as const;
/** A kind of thing that was seen. */
export type SeenKind = keyof typeof SEEN_KINDS;

/** Why an operation was denied: the code of its refusal, or of what the door says. */
export type DenialCode = RefusalCode | (string & {});

/** Who acted. */
export interface AuditActor {
  /** The client (`130628:civil-affairs`); `hub` for the hub's own jobs and its operator's commands. */
  readonly client: string;
  /** Thumbprint of the key by which its token was obtained, or of the one that a command is about; `null` for none. */
  readonly key: string | null;
  readonly operator: string | null;
}

/** One thing that somebody did or was denied, as it is put down once and never changed. Never a number or a name of a person. */
export interface AuditEntry {
  readonly at: Date;
  readonly actor: AuditActor;
  /** Names the request in the hub's log and in errors; for a job its own id. */
  readonly request: string;
  /** The published operation, the file's address, the kind of job, or the command; `unpublished` for a document of the sender's own. */
  readonly operation: string;
  /** What the hub did for it, by the name of its flow. */
  readonly act: string;
  readonly decision: 'GRANTED' | 'DENIED';
  /** Why it was denied; `null` where it was granted. */
  readonly reason: DenialCode | null;
  readonly purpose: Purpose | null;
  /** The scopes of the token by which it was granted; the grant is that of the client's agency. */
  readonly scopes: readonly Scope[];
  /** Whom it was about, by person id or subject key; `null` for what is about nobody in particular. */
  readonly person: string | null;
  /** What was asked was as known at this instant; `null` for then. */
  readonly knownAt: Date | null;
  readonly kinds: readonly SeenKind[];
  /**
   * In the asker's words, why names and numbers were to be shown whole, or why an emergency was asked for; `null` for neither, and where it
   * lies sealed. Words may name people, so that they are in clear in entries of before only.
   */
  readonly revealBecause: string | null;
  /** The same, sealed (ADR 0025): base64url. The text has it so, and is hashed so; `null` where nothing is sealed. */
  readonly sealedBecause: string | null;
  /** The submissions it was about: who of them was touched follows from their claims. */
  readonly submissions: readonly string[];
  /** It was about everybody of the jurisdiction. */
  readonly everybody: boolean;
  /** How many it was about, where they are not named one by one. */
  readonly count: number | null;
  /** SHA-256 over those counted, or of the content received. */
  readonly digest: string | null;
  /** The agency's signature under the content received, by its key and value (`signatureMark`); `null` where there is none. */
  readonly signature: string | null;
  /** The emergency that was asked for, approved or ended, by id. */
  readonly emergency: string | null;
}

/** An entry of which only what is not as usual needs to be said. */
export type AuditNote = Pick<AuditEntry, 'at' | 'actor' | 'request' | 'operation' | 'act'> & Partial<AuditEntry>;

/** Fills in what an entry leaves unsaid. */
export const auditEntry = (note: AuditNote): AuditEntry => ({
  decision: 'GRANTED',
  reason: null,
  purpose: null,
  scopes: [],
  person: null,
  knownAt: null,
  kinds: [],
  revealBecause: null,
  sealedBecause: null,
  submissions: [],
  everybody: false,
  count: null,
  digest: null,
  signature: null,
  emergency: null,
  ...note,
});

/** Versions of the text's form: that of before, and that of an entry whose reason lies sealed. Each entry has one form alone. */
const FORM = { plain: 1, sealed: 2 } as const;

const formOf = ({ sealedBecause }: AuditEntry): number => (sealedBecause === null ? FORM.plain : FORM.sealed);

/**
 * An entry as the one text that is hashed: JSON on one line, its members in this order, without those that say nothing. What is read
 * back gives the same text again.
 */
export function canonicalText(entry: AuditEntry): string {
  const { at, actor, request, operation, act, decision, reason, purpose, scopes, person, knownAt } = entry;
  const { kinds, revealBecause, sealedBecause, submissions, everybody, count, digest, signature, emergency } = entry;
  return JSON.stringify({
    v: formOf(entry),
    at: at.toISOString(),
    client: actor.client,
    key: actor.key ?? undefined,
    operator: actor.operator ?? undefined,
    request,
    operation,
    act,
    decision,
    reason: reason ?? undefined,
    purpose: purpose ?? undefined,
    scopes: scopes.length > 0 ? scopes : undefined,
    person: person ?? undefined,
    knownAt: knownAt?.toISOString(),
    kinds: kinds.length > 0 ? kinds : undefined,
    revealBecause: revealBecause ?? undefined,
    sealedBecause: sealedBecause ?? undefined,
    submissions: submissions.length > 0 ? submissions : undefined,
    everybody: everybody || undefined,
    count: count ?? undefined,
    digest: digest ?? undefined,
    signature: signature ?? undefined,
    emergency: emergency ?? undefined,
  });
}

/** The text's members. */
type EntryText = Omit<AuditNote, 'at' | 'actor' | 'knownAt'> & {
  readonly v: number;
  readonly at: string;
  readonly client: string;
  readonly key?: string;
  readonly operator?: string;
  readonly knownAt?: string;
};

/** Reads an entry back from its text; `undefined` where it is none, or not in its one form. */
export function readEntry(text: string): AuditEntry | undefined {
  try {
    // The form is that of the entry, or the text would not come out the same.
    const { v: _form, at, client, key = null, operator = null, knownAt, ...rest } = JSON.parse(text) as EntryText;
    const entry = auditEntry({
      ...rest,
      at: new Date(at),
      knownAt: knownAt === undefined ? null : new Date(knownAt),
      actor: { client, key, operator },
    });
    return canonicalText(entry) === text ? entry : undefined;
  } catch {
    return undefined;
  }
}
