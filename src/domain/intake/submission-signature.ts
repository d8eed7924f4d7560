import type { ListMode } from './list-definition.ts';
import type { SubmissionFormat } from './submission.ts';

/** The signature under which an agency pushed, as kept with the submission: whoever has the public key can hold it against the digest. */
export interface AgencySignature {
  /** A detached JWS (RFC 7515 appendix F) as it was sent; its payload is the digest of the content, as lower-case hex. */
  readonly jws: string;
  /** Thumbprint (RFC 7638) of the key, as the header's `kid` names it. */
  readonly thumbprint: string;
  /** The agency's public key as JSON Web Key. Kept, since the agency may take it out of use later. */
  readonly key: Readonly<Record<string, unknown>>;
  /** When it was made, as its header says. */
  readonly signedAt: Date;
}

/** What makes a push the one that it is, besides its content: what a signature names, so that it is good for no other push. */
export interface SignedPush {
  readonly jurisdiction: string;
  readonly agency: string;
  readonly list: string;
  readonly mode: ListMode;
  readonly period: string | null;
  readonly documentNumber: string | null;
  readonly idempotencyKey: string;
  readonly format: SubmissionFormat;
  readonly dryRun: boolean;
}

/** The members of a signature's header that name its push. */
export const SIGNED_MEMBERS = [
  ...(['jurisdiction', 'agency', 'list', 'mode', 'period', 'documentNumber', 'idempotencyKey', 'format'] as const),
  'dryRun',
] as const satisfies readonly (keyof SignedPush)[];

/** The members as a signature of this push has them: what it does not say is left out, and so is `dryRun` unless it is one. */
export const signedMembers = (push: SignedPush): Readonly<Record<string, string | true>> =>
  Object.fromEntries(
    SIGNED_MEMBERS.flatMap((member) => {
      const value = push[member];
      return value === null || value === false ? [] : [[member, value]];
    }),
  );

/** By which of its members a header speaks of another push than this; none: of this one. */
export function membersUnlike(header: Readonly<Record<string, unknown>>, push: SignedPush): readonly string[] {
  const members = signedMembers(push);
  return SIGNED_MEMBERS.filter((member) => header[member] !== members[member]);
}

/** How the audit log names a signature: by its key and its value. The header stays out, since it holds words of the agency's own. */
export const signatureMark = ({ thumbprint, jws }: Pick<AgencySignature, 'thumbprint' | 'jws'>): string =>
  `${thumbprint}.${jws.slice(jws.lastIndexOf('.') + 1)}`;
