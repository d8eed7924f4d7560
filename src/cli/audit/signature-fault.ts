import { calculateJwkThumbprint } from 'jose';
import { signatureMark } from '../../domain/intake/submission-signature.ts';
import { isSignatureOver, readSignature } from '../../gateway/authenticate-signature.ts';
import type { JWK } from '../../gateway/issuer.ts';
import type { ReceivedPush } from './sealed-texts.ts';

/** The members that a receipt and a signature have in common. */
const SHARED = ['jurisdiction', 'agency', 'list', 'mode', 'period'] as const;

/**
 * What is wrong with the agency's signature that a receipt holds, in both languages; `null` where nothing is.
 *
 * @param logged the signature by which the log names the push (`signatureMark`); `null` where it names none
 * @param agencyKeys thumbprints of the keys that are known for the agency's; `null`: any key will do
 */
export async function signatureFault(
  received: ReceivedPush,
  logged: string | null,
  agencyKeys: ReadonlySet<string> | null,
): Promise<string | null> {
  const { signature, digest } = received;
  if (!signature) {
    return logged === null
      ? null
      : '日志记有部门签名，回执没有 / the log has a signature of the agency, the receipt none';
  }
  const read = readSignature(signature.jws);
  const thumbprint = await calculateJwkThumbprint(signature.key as JWK).catch(() => undefined);
  if (read?.thumbprint !== thumbprint || !read || !(await isSignatureOver(signature, digest))) {
    return '部门签名与内容不符 / the agency’s signature does not fit the content';
  }
  if (SHARED.some((member) => read.header[member] !== (received[member] ?? undefined))) {
    return '部门签名是为另一份报送作的 / the agency’s signature was made for another push';
  }
  if (logged !== signatureMark(read)) return '日志所记的部门签名不同 / the log has another signature of the agency';
  if (!agencyKeys || agencyKeys.has(read.thumbprint)) return null;
  return `签名密钥 ${read.thumbprint} 不在所给的部门公钥之中 / signed by a key that is none of those given of the agency`;
}
