import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AgencySignature, SignedPush } from '../../domain/intake/submission-signature.ts';
import type { JWK } from '../../gateway/issuer.ts';
import { readSealed } from '../../gateway/issuer-seal.ts';
import type { HeldHead } from '../../storage/audit-verify.ts';

/** What somebody holds of a log, by a receipt or a checkpoint that the hub signed. */
export interface SealedHead extends HeldHead {
  readonly log: string;
  /** What a receipt is for; `null` for a checkpoint. */
  readonly received: ReceivedPush | null;
}

/** A push as a receipt says that it was received. */
export interface ReceivedPush extends Pick<SignedPush, 'jurisdiction' | 'agency' | 'list' | 'mode' | 'period'> {
  readonly submission: string;
  readonly digest: string;
  /** The agency's own signature; absent where it came without one. */
  readonly signature?: Pick<AgencySignature, 'jws' | 'key'>;
}

/** A compact JWS, wherever it stands in a file. */
const SEALED = /[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{40,}/g;

/** A file as whoever called names it: npm runs commands in the folder of the package, whatever folder they were called in. */
export const asCalled = (file: string): string => resolve(process.env['INIT_CWD'] ?? '', file);

/** The receipts and checkpoints of a file; throws where it holds none, or one that none of these keys signed. */
export async function sealedIn(file: string, keys: readonly JWK[]): Promise<readonly SealedHead[]> {
  const texts = (await readFile(asCalled(file), 'utf8')).match(SEALED) ?? [];
  if (texts.length === 0) throw new Error(`${file}: 没有回执 / holds no receipt`);
  return Promise.all(
    texts.map(async (text) => {
      const read = await readHead(text, keys, file);
      if (!read) throw new Error(`${file}: 回执不是本枢纽签名 / holds a receipt that this hub did not sign`);
      return read;
    }),
  );
}

/** Reads one receipt or checkpoint; `undefined` where it is neither, or none of these keys signed it. */
export async function readHead(text: string, keys: readonly JWK[], from: string): Promise<SealedHead | undefined> {
  const receipt = await readSealed(text, 'receipt', keys);
  if (receipt) {
    const { log, ...received } = receipt as unknown as SealedReceipt;
    return { ...log, log: log.name, from: `${from} ${received.submission}`, received };
  }
  const checkpoint = await readSealed(text, 'audit-checkpoint', keys);
  if (!checkpoint) return undefined;
  const { log, size, root } = checkpoint as unknown as Pick<SealedHead, 'log' | 'size' | 'root'>;
  return { log, size, root, from: `${from} checkpoint ${size}`, received: null };
}

/** The members of a receipt that say what it holds the hub to. */
interface SealedReceipt extends ReceivedPush {
  readonly log: { readonly name: string; readonly size: number; readonly root: string };
}
