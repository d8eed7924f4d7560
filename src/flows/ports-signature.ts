import type { AgencySignature } from '../domain/intake/submission-signature.ts';
import type { Agency } from '../domain/intake/words.ts';

/** A signature taken apart. Nothing of it is proven yet. */
export interface ReadSignature extends Omit<AgencySignature, 'key'> {
  /** What its header says, the push that it was made for among it. */
  readonly header: Readonly<Record<string, unknown>>;
}

/** What the hub knows of signatures of agencies, and of the keys by which they may be made. */
export interface AgencySignatures {
  /** Takes a signature apart; `MALFORMED` unless written in the one way, `OUT_OF_TIME` where it was made too long ago, or will be. */
  read(jws: string): ReadSignature | 'MALFORMED' | 'OUT_OF_TIME';
  /** The agency's public key of this thumbprint, while it is registered and not revoked. */
  keyOf(jurisdiction: string, agency: Agency, thumbprint: string): Promise<AgencySignature['key'] | undefined>;
  /** Was it made by the holder of this key, over this digest? */
  isMadeBy(signature: Pick<AgencySignature, 'jws' | 'key'>, digest: string): Promise<boolean>;
}
